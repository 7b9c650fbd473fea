package linkpage

import (
	"encoding/json"
	"errors"
	"fmt"
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
type message struct {
	Kind string `json:"kind"` // did, load, event, success, exit, trouble
	Seq  int    `json:"seq"`
	// Instance is the load that the message is of, if it is not the tab's
	// present one.
	Instance    string          `json:"instance"`
	Handler     flow.HandlerID  `json:"handler"`
	Name        string          `json:"name"`
	PublicToken *string         `json:"public_token"`
	Error       *linkError      `json:"error"`
	Metadata    json.RawMessage `json:"metadata"`
	Reason      string          `json:"reason"`
	// N is the call that was made, with did; Failure is what it threw.
	N       int    `json:"n"`
	Failure string `json:"failure"`
	// After is the last call that the load had made when this came.
	After int `json:"after"`
}

// linkError is the error of onExit (Plaid docs: Link Web, onExit).
type linkError struct {
	Type           string  `json:"error_type"`
	Code           string  `json:"error_code"`
	Message        string  `json:"error_message"`
	DisplayMessage *string `json:"display_message"`
}

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
		reason := redactText(m.Reason)
		if reason == "" {
			return nil, errors.New("trouble without a reason")
		}
		return flow.PageTrouble{At: at, Reason: reason}, nil
	}
	if !known {
		return nil, errors.New("the handler was never presented")
	}
	metadata, err := readMetadata(m.Metadata)
	if err != nil {
		return nil, err
	}
	switch m.Kind {
	case "load":
		return flow.OnLoad{At: at, HandlerID: m.Handler}, nil
	case "event":
		if m.Name == "" || len(m.Name) > maxName || flow.CleanLine(m.Name, maxName) != m.Name {
			return nil, errors.New("no proper event name")
		}
		return flow.OnEvent{At: at, HandlerID: m.Handler, Name: m.Name, Metadata: metadata}, nil
	case "success":
		// public_token may be null for products other than Layer.
		token, err := m.publicToken()
		if err != nil {
			return nil, err
		}
		return flow.OnSuccess{At: at, HandlerID: m.Handler, PublicToken: token, Metadata: metadata}, nil
	case "exit":
		return flow.OnExit{At: at, HandlerID: m.Handler, Failure: m.failure(metadata), Metadata: metadata}, nil
	}
	return nil, fmt.Errorf("unknown kind")
}

func (m message) publicToken() (flow.PublicToken, error) {
	if m.PublicToken == nil {
		return flow.PublicToken{}, nil
	}
	for _, b := range []byte(*m.PublicToken) {
		if b <= ' ' || b > '~' {
			return flow.PublicToken{}, errors.New("no proper public_token")
		}
	}
	if len(*m.PublicToken) > maxToken {
		return flow.PublicToken{}, errors.New("no proper public_token")
	}
	return flow.NewPublicToken(*m.PublicToken), nil
}

func (m message) failure(metadata flow.Metadata) flow.Failure {
	if m.Error == nil {
		return flow.Failure{}
	}
	f := flow.Failure{
		Type:      flow.CleanLine(m.Error.Type, maxName),
		Code:      flow.CleanLine(m.Error.Code, maxName),
		Message:   redactText(m.Error.Message),
		RequestID: metadata.RequestID,
	}
	if m.Error.DisplayMessage != nil {
		f.DisplayMessage = redactText(*m.Error.DisplayMessage)
	}
	if f.IsZero() {
		f.Code = flow.CodeNotPlaid // an error was given, so it must not read as none
	}
	return f
}

// readMetadata picks what the core reads and keeps the rest, redacted.
func readMetadata(raw json.RawMessage) (flow.Metadata, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return flow.Metadata{}, nil
	}
	text, compact, err := redactObject(raw)
	if err != nil {
		return flow.Metadata{}, err
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
	return m, nil
}
