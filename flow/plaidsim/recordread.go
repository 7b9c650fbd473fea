package plaidsim

import (
	"encoding/json"
	"strings"
	"time"

	"layersim/flow"
)

// A journal that was written down is read back here: what MarshalJSON writes of a
// record becomes the record again, redacted as it was written.

// UnmarshalJSON reads a call. Its bodies are what was shown of them.
func (c *Call) UnmarshalJSON(b []byte) error {
	var told struct {
		Method    string          `json:"method"`
		Path      string          `json:"path"`
		ClientID  string          `json:"client_id"`
		Status    int             `json:"status"`
		RequestID string          `json:"request_id"`
		Notice    string          `json:"notice"`
		Fault     bool            `json:"fault"`
		TookMS    int64           `json:"took_ms"`
		Request   json.RawMessage `json:"request"`
		Response  json.RawMessage `json:"response"`
	}
	if err := json.Unmarshal(b, &told); err != nil {
		return err
	}
	*c = Call{
		method: told.Method, path: told.Path, clientID: told.ClientID, status: told.Status, requestID: told.RequestID, notice: told.Notice,
		spoilt: told.Fault, took: time.Duration(max(min(told.TookMS, 1<<40), 0)) * time.Millisecond, request: bodyOf(told.Request), response: bodyOf(told.Response),
	}
	return nil
}

// bodyOf is a body that was written: as JSON, or what was shown of it as a text.
func bodyOf(told json.RawMessage) []byte {
	var text string
	if json.Unmarshal(told, &text) == nil {
		return []byte(text)
	}
	return told
}

// UnmarshalJSON reads an act; of private values it has the masks.
func (a *Act) UnmarshalJSON(b []byte) error {
	type plain Act
	var told struct {
		plain
		Phone       string `json:"phone_number"`
		DateOfBirth string `json:"date_of_birth"`
	}
	if err := json.Unmarshal(b, &told); err != nil {
		return err
	}
	*a = Act(told.plain)
	a.Phone, a.DateOfBirth = masked(told.Phone, flow.NewPhoneNumber, flow.RecordedPhoneNumber), masked(told.DateOfBirth, flow.NewDateOfBirth, flow.RecordedDateOfBirth)
	return nil
}

// masked reads a private value: its mask, or, where somebody wrote more into a
// file, the value, which its type masks again.
func masked[T any](text string, plain, recorded func(string) T) T {
	if strings.Contains(text, "•") {
		return recorded(text)
	}
	return plain(text)
}

// UnmarshalJSON reads a callback.
func (c *Callback) UnmarshalJSON(b []byte) error {
	var told callbackTold
	if err := json.Unmarshal(b, &told); err != nil {
		return err
	}
	*c = Callback{Type: told.Type, Name: told.Name, Happened: told.Happened, Error: told.Error, Fault: told.Fault}
	if told.Metadata != nil {
		c.metadata = told.Metadata
	}
	return nil
}

// UnmarshalJSON reads a step of a webhook.
func (w *Webhook) UnmarshalJSON(b []byte) error {
	var body struct {
		Body json.RawMessage `json:"body"`
	}
	if err := json.Unmarshal(b, &w.Delivery); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &body); err != nil {
		return err
	}
	w.sent = body.Body
	return nil
}
