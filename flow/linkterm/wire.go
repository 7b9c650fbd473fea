package linkterm

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"

	"layersim/flow"
)

// longestAnswer is how many bytes an answer may have. The longest real ones,
// with a review of every field and several banks, stay under ten thousand.
const longestAnswer = 1 << 20

// answer is what every request on a Link session returns.
type answer struct {
	Session   string     `json:"session"`
	State     string     `json:"state"`
	Refused   string     `json:"refused"`
	Why       string     `json:"why"` // the simulator's reason for a verdict
	Callbacks []callback `json:"callbacks"`
	Pane      *pane      `json:"pane"`

	news bool // at least one callback was emitted
}

// opened reports whether the session is open or was: there is nothing left to
// open.
func (a answer) opened() bool {
	switch a.State {
	case "created", "eligible", "need_dob", "ineligible":
		return false
	}
	return true
}

// over reports whether the session has ended.
func (a answer) over() bool { return a.State == "done" || a.State == "exited" }

type callback struct {
	Seq         int             `json:"seq"`
	Kind        string          `json:"kind"` // event, success or exit
	Name        string          `json:"name"`
	PublicToken string          `json:"public_token"`
	Error       *plaidError     `json:"error"`
	Metadata    json.RawMessage `json:"metadata"`

	read metadata
}

// metadata holds the keys that the core reads; null and absent are "".
type metadata struct {
	ViewName      string `json:"view_name"`
	ErrorType     string `json:"error_type"`
	ErrorCode     string `json:"error_code"`
	ErrorMessage  string `json:"error_message"`
	ExitStatus    string `json:"exit_status"` // of events
	Status        string `json:"status"`      // of onExit
	LinkSessionID string `json:"link_session_id"`
	RequestID     string `json:"request_id"`
	Timestamp     string `json:"timestamp"`
}

type plaidError struct {
	Type           string `json:"error_type"`
	Code           string `json:"error_code"`
	Message        string `json:"error_message"`
	DisplayMessage string `json:"display_message"`
	RequestID      string `json:"request_id"`
}

type pane struct {
	View         string      `json:"view"`
	Title        string      `json:"title"`
	Text         string      `json:"text"`
	Notice       string      `json:"notice"`
	Button       string      `json:"button"`
	Verb         string      `json:"verb"`
	Auto         string      `json:"auto"`
	AttemptsLeft int         `json:"attempts_left"`
	AccountsRule string      `json:"accounts_rule"`
	Fields       []paneField `json:"fields"`
	Banks        []paneBank  `json:"banks"`
	Options      []struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		Detail string `json:"detail"`
	} `json:"options"`
	Others []struct {
		Verb  string `json:"verb"`
		Label string `json:"label"`
	} `json:"others"`
}

type paneField struct {
	Key      string `json:"key"`
	Label    string `json:"label"`
	Value    string `json:"value"`
	Private  bool   `json:"private"`
	Required bool   `json:"required"`
	Notice   string `json:"notice"`
}

type paneBank struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Accounts []paneAccount `json:"accounts"`
}

type paneAccount struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Mask     string `json:"mask"`
	Type     string `json:"type"`
	Subtype  string `json:"subtype"`
	Selected bool   `json:"selected"`
}

// pathSegment is the key as part of an address: the one place besides
// HandOver where it leaves its type.
func pathSegment(key flow.LinkKey) string { return url.PathEscape(key.Reveal()) }

// post sends body and returns the answer once all of it has been checked, so
// that nothing is half believed.
func (c *Client) post(ctx context.Context, path string, body map[string]any) (answer, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return answer{}, clientFailure("the request could not be written")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.baseURL+path, bytes.NewReader(encoded))
	if err != nil {
		return answer{}, clientFailure("the simulator's address is not one")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, onTheWay(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	var content bytes.Buffer
	content.Grow(int(min(max(response.ContentLength, 0), longestAnswer)) + bytes.MinRead)
	_, err = content.ReadFrom(io.LimitReader(response.Body, longestAnswer+1))
	switch {
	case err != nil:
		return answer{}, onTheWay(ctx, err)
	case content.Len() > longestAnswer:
		return answer{}, notLink("the answer is longer than a megabyte")
	case response.StatusCode != http.StatusOK:
		return answer{}, errorAnswer(response.StatusCode, content.Bytes())
	}
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind != "application/json" {
		return answer{}, notLink("the answer is not JSON")
	}
	var a answer
	if err := json.Unmarshal(content.Bytes(), &a); err != nil {
		return answer{}, notLink("the answer does not have the shape of Link's")
	}
	if a.State == "" {
		return answer{}, notLink("the answer names no state")
	}
	for i := range a.Callbacks {
		if trouble := a.Callbacks[i].check(); trouble != "" {
			return answer{}, notLink(trouble)
		}
	}
	return a, nil
}

// check reads the metadata and says what is wrong with the callback, if
// anything is.
func (cb *callback) check() string {
	if cb.Seq <= 0 {
		return "a callback has no number"
	}
	if len(cb.Metadata) > 0 && json.Unmarshal(cb.Metadata, &cb.read) != nil {
		return "the metadata of a callback does not have the shape of Link's"
	}
	switch cb.Kind {
	case "event":
		if clean(cb.Name) == "" {
			return "an event has no name"
		}
	case "success", "exit":
	default:
		return "a callback is none that Link has"
	}
	return ""
}
