package linkpage

import (
	"encoding/json"
	"errors"
	"time"

	"layersim/flow"
)

// Limits, in characters, of what a page may say. Link's own texts are far
// shorter; longer ones are cut, longer names and tokens refused.
const (
	maxInstance = 64
	maxName     = 100
	maxToken    = 200
	maxText     = 500
	maxSentence = 300
)

// message is one numbered message of a tab. Whoever wrote it is not trusted.
// Only what orders messages must be of its type: a callback with a field of
// another type still uses its number up, else the ones after it would wait for
// it for ever.
type message struct {
	Kind text `json:"kind"` // did, load, event, success, exit, trouble
	Seq  int  `json:"seq"`
	// Instance is the load that the message is of, if it is not the tab's
	// present one.
	Instance    string          `json:"instance"`
	Handler     number          `json:"handler"`
	Name        text            `json:"name"`
	PublicToken text            `json:"public_token"`
	Error       json.RawMessage `json:"error"`
	Metadata    json.RawMessage `json:"metadata"`
	Reason      text            `json:"reason"`
	// N is the call that was made, with did; Failure is what it threw.
	N       number `json:"n"`
	Failure text   `json:"failure"`
	// After is the last call that the load had made when this came.
	After number `json:"after"`
}

// linkError is the error of onExit (Plaid docs: Link Web, onExit).
type linkError struct {
	Type           text `json:"error_type"`
	Code           text `json:"error_code"`
	Message        text `json:"error_message"`
	DisplayMessage text `json:"display_message"`
}

// text is a field that should be a string: a number is read as its digits,
// whatever else it is as "".
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) != nil && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9') {
		s = string(raw)
	}
	*t = text(s)
	return nil
}

// number is a field that should be a whole number, and is 0 if it is not.
type number int

// UnmarshalJSON never fails.
func (n *number) UnmarshalJSON(raw []byte) error {
	var i int
	if json.Unmarshal(raw, &i) != nil {
		i = 0
	}
	*n = number(i)
	return nil
}

// errNeverPresented refuses what a page says of a handler that it never had.
var errNeverPresented = errors.New("the handler was never presented")

// parseHello returns the name a tab gives itself in its first message.
func parseHello(data []byte) (string, error) {
	var hello struct{ Kind, Instance string }
	if err := json.Unmarshal(data, &hello); err != nil {
		return "", errors.New("not JSON")
	}
	if hello.Kind != "hello" || hello.Instance == "" || len(hello.Instance) > maxInstance {
		return "", errors.New("not a hello")
	}
	return hello.Instance, nil
}

// parseMessage reads the outside of a message. Its errors never quote it.
func parseMessage(data []byte) (message, error) {
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		return message{}, errors.New("not the JSON that was agreed")
	}
	if m.Seq < 1 {
		return message{}, errors.New("no number")
	}
	return m, nil
}

// event turns the message into the event it stands for; known says whether its
// handler was ever presented.
func (m message) event(known bool, now time.Time) (flow.Event, error) {
	at := flow.At(now)
	if m.Kind == "trouble" {
		reason := redactText(string(m.Reason))
		if reason == "" {
			return nil, errors.New("trouble without a reason")
		}
		return flow.PageTrouble{At: at, Reason: reason}, nil
	}
	if !known {
		return nil, errNeverPresented
	}
	id, metadata := flow.HandlerID(m.Handler), readMetadata(m.Metadata)
	switch m.Kind {
	case "load":
		return flow.OnLoad{At: at, HandlerID: id}, nil
	case "event":
		name := string(m.Name)
		if name == "" || len(name) > maxName || flow.CleanLine(name, maxName) != name {
			return nil, errors.New("no proper event name")
		}
		return flow.OnEvent{At: at, HandlerID: id, Name: name, Metadata: metadata}, nil
	case "success":
		// public_token may be null for products other than Layer.
		token, err := m.publicToken()
		if err != nil {
			return nil, err
		}
		return flow.OnSuccess{At: at, HandlerID: id, PublicToken: token, Metadata: metadata}, nil
	case "exit":
		return flow.OnExit{At: at, HandlerID: id, Failure: m.failure(metadata), Metadata: metadata}, nil
	}
	return nil, errors.New("unknown kind")
}

func (m message) publicToken() (flow.PublicToken, error) {
	if m.PublicToken == "" {
		return flow.PublicToken{}, nil
	}
	for _, b := range []byte(m.PublicToken) {
		if b <= ' ' || b > '~' {
			return flow.PublicToken{}, errors.New("no proper public_token")
		}
	}
	if len(m.PublicToken) > maxToken {
		return flow.PublicToken{}, errors.New("no proper public_token")
	}
	return flow.NewPublicToken(string(m.PublicToken)), nil
}

func (m message) failure(metadata flow.Metadata) flow.Failure {
	var e linkError
	switch string(m.Error) {
	case "", "null", "false", "0", `""`: // what an app's "if (error)" passes over
		return flow.Failure{}
	}
	if json.Unmarshal(m.Error, &e) != nil {
		_ = json.Unmarshal(m.Error, &e.Message) // no object, so all it can be is a text
	}
	f := flow.Failure{
		Type:           flow.CleanLine(string(e.Type), maxName),
		Code:           flow.CleanLine(string(e.Code), maxName),
		Message:        redactText(string(e.Message)),
		DisplayMessage: redactText(string(e.DisplayMessage)),
		RequestID:      metadata.RequestID,
	}
	if f.IsZero() {
		f.Code = flow.CodeNotPlaid // an error was given, so it must not read as none
	}
	return f
}

// readMetadata picks what the core reads and keeps the rest, redacted. What is
// no object is none: the callback that it came with counts all the same.
func readMetadata(raw json.RawMessage) flow.Metadata {
	if len(raw) == 0 || string(raw) == "null" {
		return flow.Metadata{}
	}
	text, compact, err := redactObject(raw)
	if err != nil {
		return flow.Metadata{}
	}
	m := flow.Metadata{
		ViewName:      text["view_name"],
		ErrorType:     text["error_type"],
		ErrorCode:     text["error_code"],
		ErrorMessage:  text["error_message"],
		ExitStatus:    text["exit_status"],
		LinkSessionID: text["link_session_id"],
		RequestID:     text["request_id"],
		Raw:           compact,
	}
	// onExit calls it status, onEvent exit_status (Plaid docs: Link Web).
	if m.ExitStatus == "" {
		m.ExitStatus = text["status"]
	}
	if at, err := time.Parse(time.RFC3339Nano, text["timestamp"]); err == nil {
		m.Timestamp = at
	}
	return m
}
