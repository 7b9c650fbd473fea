package flow

import (
	"fmt"
	"time"
)

// Failure is why a call did not do what it should. For an answer of Plaid's
// the first fields are the error body as sent; for trouble on the way there
// (no connection, no answer, an answer that is not Plaid's) Type is empty, Code
// is one of the Code… constants and Status is 0 or what was answered.
type Failure struct {
	Type           string // error_type
	Code           string // error_code
	Message        string // error_message, written for developers
	DisplayMessage string // display_message, written for the user; often empty
	RequestID      string
	Status         int // HTTP status
	// The rest of Plaid's error body, all of it optional (Plaid OpenAPI:
	// PlaidError): error_code_reason, suggested_action, documentation_url, and
	// what each of causes says.
	Reason, SuggestedAction, Documentation, Causes string
	// Retryable says that the same call may well succeed if made again.
	Retryable bool
	// RetryAfter is how long the other side asks to wait before the call is made
	// again (HTTP: Retry-After), 0 if it does not say.
	RetryAfter time.Duration
	// Hint says what it means and what to do next, in one sentence.
	Hint string
}

// Codes of our own, for trouble on the way to Plaid. What they mean to people
// is in fixtures, as for Plaid's codes.
const (
	CodeNoConnection = "NO_CONNECTION"      // and none of the following
	CodeOffline      = "OFFLINE"            // there is no network to send it to
	CodeName         = "NAME_NOT_FOUND"     // DNS does not know the host, or does not answer
	CodeRefused      = "CONNECTION_REFUSED" // nothing listens at the address
	CodeCut          = "CONNECTION_CUT"     // it broke before the answer was whole
	CodeTimeout      = "TIMEOUT"

	CodeNoTLS         = "NO_TLS"                        // the other side does not speak it
	CodeCertAuthority = "CERTIFICATE_AUTHORITY_UNKNOWN" // somebody else's certificate, mostly
	CodeCertTime      = "CERTIFICATE_NOT_VALID_NOW"     // expired, not valid yet, or a wrong clock here
	CodeCertName      = "CERTIFICATE_OF_ANOTHER_HOST"

	CodeProxy    = "PROXY"             // the proxy wants a sign-in, refuses or is not there
	CodeWebPage  = "WEB_PAGE"          // a page for people where JSON was expected
	CodeTooMany  = "TOO_MANY_REQUESTS" // 429 that is not Plaid's
	CodeServer   = "SERVER_ERROR"      // 5xx that is not Plaid's
	CodeNotPlaid = "NOT_A_PLAID_ANSWER"
	CodeClient   = "CLIENT_SIDE"

	CodeNoCallback = "NO_CALLBACK" // Link has closed, and neither onSuccess nor onExit came
)

// IsZero reports whether nothing failed.
func (f Failure) IsZero() bool { return f == Failure{} }

// Error makes a Failure an error.
func (f Failure) Error() string {
	s := f.Code
	if f.Type != "" {
		s = f.Type + " / " + s
	}
	if f.Status != 0 {
		s = fmt.Sprintf("HTTP %d %s", f.Status, s)
	}
	if f.Message != "" {
		s += ": " + f.Message
	}
	return s
}
