package flow

import (
	"fmt"
	"time"
)

// Failure is why a call did not do what it should. For an answer of Plaid's
// the first fields are the error body as sent; for trouble on the way there
// (no connection, no answer, an answer that is not Plaid's) Code is one of the
// Code… constants and Status is 0 or what was answered.
type Failure struct {
	Type           string // error_type
	Code           string // error_code
	Message        string // error_message, written for developers
	DisplayMessage string // display_message, written for the user; often empty
	RequestID      string
	Status         int // HTTP status
	// Retryable says that the same call may well succeed if made again.
	Retryable bool
	// RetryAfter is how long the other side asks to wait before the call is made
	// again (HTTP: Retry-After), 0 if it does not say.
	RetryAfter time.Duration
	// Hint says what it means and what to do next, in one sentence.
	Hint string
}

// Codes of our own, for trouble that never reached Plaid.
const (
	CodeNoConnection = "NO_CONNECTION"
	CodeTimeout      = "TIMEOUT"
	CodeNotPlaid     = "NOT_A_PLAID_ANSWER"
	CodeClient       = "CLIENT_SIDE"
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
