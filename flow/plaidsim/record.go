package plaidsim

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"layersim/flow"
)

// Kind says what a Record is about.
type Kind string

// The kinds of record.
const (
	KindCall      Kind = "call"      // an API call and its answer
	KindLink      Kind = "link"      // what the app or the user did to a Link session
	KindCallback  Kind = "callback"  // something happened that the app must be told
	KindDelivered Kind = "delivered" // the app's callback was called
	KindWebhook   Kind = "webhook"   // a webhook: fired, sent, or not to be sent
	KindNote      Kind = "note"      // the simulator itself: its clock, its faults, what it forgot
)

// kinds are all kinds, for those who choose among them.
var kinds = []Kind{KindCall, KindLink, KindCallback, KindDelivered, KindWebhook, KindNote}

// Record is one thing that the simulator was asked, did or told. Records hold
// no secret: what Call and Act return and what is written as JSON is redacted.
type Record struct {
	Seq  uint64    `json:"seq"` // 1 for the first, one more each time
	At   time.Time `json:"at"`  // on the simulator's clock
	Kind Kind      `json:"kind"`
	// Thread numbers the link_tokens, 1 for the first: everything that one
	// token led to has its number. 0 is what belongs to none.
	Thread int `json:"thread,omitempty"`
	// Session is the link_session_id, if it is known.
	Session string `json:"link_session_id,omitempty"`

	Call     *Call     `json:"call,omitempty"`
	Act      *Act      `json:"act,omitempty"`
	Callback *Callback `json:"callback,omitempty"`
	Webhook  *Webhook  `json:"webhook,omitempty"`
	Note     string    `json:"note,omitempty"`
	// Reset: everything before was forgotten, or, with a Session, what that
	// session had come to.
	Reset bool `json:"reset,omitempty"`
}

// size is roughly what the record takes in memory, in bytes.
func (r Record) size() int {
	n := 256 + len(r.Note)
	if r.Call != nil {
		n += 256 + len(r.Call.path) + len(r.Call.clientID) + len(r.Call.notice) + len(r.Call.request) + len(r.Call.response)
	}
	if r.Callback != nil {
		n += 768
	}
	if r.Webhook != nil {
		n += 512 + len(r.Webhook.sent)
	}
	return n
}

// Call is one API call, as Plaid sees it.
type Call struct {
	method, path, clientID string
	status                 int
	request, response      []byte // as they were; they leave this type redacted
	requestID              string
	notice                 string
	started                time.Time
	took                   time.Duration
	spoilt                 bool // a fault answered it
}

// keepText is a copy of a stranger's text, as much as is worth keeping.
func keepText(s string) string { return strings.Clone(s[:min(len(s), 300)]) }

// Path is the path that was called.
func (c *Call) Path() string { return c.path }

// Status is the HTTP status of the answer, 0 when none was sent.
func (c *Call) Status() int { return c.status }

// longestBody is how much of a body is kept for those who look on.
const longestBody = 16 << 10

func keepBody(b []byte) []byte { return slices.Clone(b[:min(len(b), longestBody)]) }

// redacted returns a body fit to be shown. What is not JSON is not shown: in it
// nobody can tell what is private.
func redacted(b []byte, indent bool) string {
	shown, err := flow.Redaction{Indent: indent, Text: flow.RedactStrictly, PlainNumber: flow.IsAmountOrTime}.JSON(b)
	if err != nil && len(b) > 0 {
		shown = strings.TrimSpace(shown + " … not JSON from here, or cut")
	}
	return shown
}

// Exchange returns the call for those who look on.
func (c *Call) Exchange() flow.Exchange {
	e := flow.Exchange{
		Method: flow.CleanLine(c.method, 20), URL: flow.RedactStrictly(flow.CleanLine(c.path, 200)),
		RequestBody: redacted(c.request, true), ResponseBody: redacted(c.response, true),
		RequestHeaders: []flow.Header{{Name: "Plaid-Client-Id", Value: flow.MaskID(c.clientID)}},
		Status:         c.status, Started: c.started, Duration: c.took, RequestID: c.requestID,
	}
	if c.notice != "" {
		e.ResponseHeaders = append(e.ResponseHeaders, flow.Header{Name: Notice, Value: c.notice})
	}
	if c.status == 0 {
		e.Error = "no answer was sent"
	}
	return e
}

// MarshalJSON writes the redacted call.
func (c *Call) MarshalJSON() ([]byte, error) {
	body := func(b []byte) any {
		if shown := redacted(b, false); json.Valid([]byte(shown)) {
			return json.RawMessage(shown)
		}
		return redacted(b, true)
	}
	return json.Marshal(struct {
		Method    string `json:"method"`
		Path      string `json:"path"`
		ClientID  string `json:"client_id,omitempty"`
		Status    int    `json:"status"`
		RequestID string `json:"request_id,omitempty"`
		Notice    string `json:"notice,omitempty"`
		Fault     bool   `json:"fault,omitempty"` // it was a fault that answered
		TookMS    int64  `json:"took_ms"`
		Request   any    `json:"request"`
		Response  any    `json:"response"`
	}{
		flow.CleanLine(c.method, 20), flow.RedactStrictly(flow.CleanLine(c.path, 200)), flow.MaskID(c.clientID), c.status,
		c.requestID, c.notice, c.spoilt, c.took.Milliseconds(), body(c.request), body(c.response),
	})
}

// Act is one thing that the app or the user did to a Link session.
type Act struct {
	// Verb is create, resume, submit, open, continue, code, share, close, exit
	// or another verb of a pane.
	Verb        string            `json:"verb"`
	Phone       flow.PhoneNumber  `json:"-"`
	DateOfBirth flow.DateOfBirth  `json:"-"`
	Edited      []string          `json:"edited,omitempty"`   // keys of what was changed, with share
	Accounts    int               `json:"accounts,omitempty"` // how many were shared
	State       string            `json:"state,omitempty"`    // of the Link session, afterwards
	Why         string            `json:"why,omitempty"`      // reason of the verdict on eligibility
	Refused     string            `json:"refused,omitempty"`  // why nothing became of it
	Detail      map[string]string `json:"detail,omitempty"`   // what else the verb said, harmless
	Fields      []string          `json:"fields,omitempty"`   // names of what submit was given, good or not
	Early       bool              `json:"early,omitempty"`    // submit came before onLoad
	Page        *Page             `json:"page,omitempty"`     // what the app's page told along with it
}

// Page is what the script in an app's page knows of the page. With create it
// counts, with submit it has Typed. Other clients tell nothing.
type Page struct {
	Scripts  int    `json:"scripts,omitempty"`  // how often the app has link-initialize.js
	Handlers int    `json:"handlers,omitempty"` // made before this one
	Alive    int    `json:"alive,omitempty"`    // of those, neither destroyed nor told to exit
	Typed    string `json:"typed,omitempty"`    // when the last input into a field was: "before create" or "after create"
}

// cleaned is what a page may have said, nil if it said nothing.
func (p *Page) cleaned() *Page {
	if p == nil {
		return nil
	}
	const most = 1000
	c := Page{Scripts: max(min(p.Scripts, most), 0), Handlers: max(min(p.Handlers, most), 0), Alive: max(min(p.Alive, most), 0)}
	if p.Typed == "before create" || p.Typed == "after create" {
		c.Typed = p.Typed
	}
	if c == (Page{}) {
		return nil
	}
	return &c
}

// MarshalJSON writes the act with private values masked.
func (a *Act) MarshalJSON() ([]byte, error) {
	type plain Act
	return json.Marshal(struct {
		plain
		Phone       string `json:"phone_number,omitempty"`
		DateOfBirth string `json:"date_of_birth,omitempty"`
	}{plain(*a), a.Phone.String(), a.DateOfBirth.String()})
}

// Callback is something that the app is told: when it happened (KindCallback),
// and when the app's function was called (KindDelivered). The two of one
// callback agree in Type, Name and Happened.
type Callback struct {
	Type     string
	Name     string
	Happened time.Time
	Error    string // the code, of onExit
	Fault    string // lost, held, delayed or duplicated on purpose

	metadata any // as it is sent, nil when delivered; it leaves this type redacted
}

// callbackTold is a callback as it is written.
type callbackTold struct {
	Type     string          `json:"type"` // event, success or exit
	Name     string          `json:"name,omitempty"`
	Happened time.Time       `json:"happened_at"`
	Error    string          `json:"error_code,omitempty"`
	Fault    string          `json:"fault,omitempty"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
}

// Metadata returns the metadata redacted, as JSON; nil for none.
func (c *Callback) Metadata() json.RawMessage {
	if c.metadata == nil {
		return nil
	}
	shown, err := flow.Redaction{Text: flow.RedactStrictly, PlainNumber: flow.IsAmountOrTime}.JSON(encode(c.metadata))
	if err != nil {
		return nil
	}
	return json.RawMessage(shown)
}

// MarshalJSON writes the callback with its metadata redacted.
func (c *Callback) MarshalJSON() ([]byte, error) {
	return encode(callbackTold{c.Type, c.Name, c.Happened, c.Error, c.Fault, c.Metadata()}), nil
}

func recordOf(c callback, whole bool) *Callback {
	out := &Callback{Type: c.Kind, Name: c.Name, Happened: c.at}
	if c.Error != nil {
		out.Error = c.Error.Code
	}
	if whole {
		out.metadata = c.Metadata
	}
	return out
}
