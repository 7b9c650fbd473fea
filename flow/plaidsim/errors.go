package plaidsim

import (
	"encoding/json"
	"net/http"
	"strings"

	"layersim/flow"
)

// plaidError is Plaid's error body with the HTTP status it comes with
// (Plaid OpenAPI: PlaidError; codes and messages: Plaid docs, Errors). The keys
// are those of Plaid's answers, in the same order (plaid/plaid-ruby#344).
type plaidError struct {
	status           int
	Display          opt    `json:"display_message"`
	DocumentationURL string `json:"documentation_url"`
	Code             string `json:"error_code"`
	Message          string `json:"error_message"`
	Type             string `json:"error_type"`
	RequestID        string `json:"request_id"`
	SuggestedAction  opt    `json:"suggested_action"`
	closeSocket      bool
	noTurn           bool  // it was not carried out, see Sim.turn
	gaveUp           error // because nobody waits for it
}

// sign puts in what every error has.
func (e *plaidError) sign(requestID string) {
	e.RequestID = requestID
	page := strings.TrimSuffix(strings.ToLower(e.Type), "_error")
	e.DocumentationURL = "https://plaid.com/docs/?ref=error#" + strings.ReplaceAll(page, "_", "-") + "-errors"
}

// opt is a string that is null in JSON when empty.
type opt string

// MarshalJSON writes null for the empty string.
func (o opt) MarshalJSON() ([]byte, error) {
	if o == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(o))
}

func (e *plaidError) Error() string { return e.Type + " / " + e.Code + ": " + e.Message }

func invalidRequest(code, message string) *plaidError {
	return &plaidError{status: http.StatusBadRequest, Type: "INVALID_REQUEST", Code: code, Message: message}
}

func invalidInput(code, message string) *plaidError {
	return &plaidError{status: http.StatusBadRequest, Type: "INVALID_INPUT", Code: code, Message: message}
}

func itemError(code, message string) *plaidError {
	return &plaidError{status: http.StatusBadRequest, Type: "ITEM_ERROR", Code: code, Message: message}
}

func missingFields(names ...string) *plaidError {
	return invalidRequest("MISSING_FIELDS", "the following required fields are missing: "+strings.Join(names, ", "))
}

func unknownFields(names ...string) *plaidError {
	return invalidRequest("UNKNOWN_FIELDS", "the following fields are not recognized by this endpoint: "+strings.Join(names, ", "))
}

func invalidField(message string) *plaidError { return invalidRequest("INVALID_FIELD", message) }

func notFound(message string) *plaidError {
	e := invalidRequest("NOT_FOUND", message)
	e.status = http.StatusNotFound
	return e
}

func invalidLinkToken() *plaidError {
	return invalidInput("INVALID_LINK_TOKEN", "invalid link_token provided")
}

// clip shortens text of a stranger's before it is quoted in a message.
func clip(s string) string { return flow.CleanLine(s, 80) }
