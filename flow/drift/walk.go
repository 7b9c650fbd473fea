package drift

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
)

// Walk is one attempt of a recorded walk: from a link_token to an end. Fields
// that a caller may want to know, to do the same again, are exported.
type Walk struct {
	Line int // of the recording where it begins

	// What was done. Phone is masked: the country code and the last two digits.
	Created    bool // the handler was asked for
	Phone      string
	BirthGiven bool   // a date of birth was submitted
	Declined   bool   // the app went on to its own form instead
	Opened     bool   // open() was called
	ExitCalled bool   // the app called exit()
	Mistake    string // those that were made on purpose, in order
	TestNumber string // whose Phone is in the fixtures, if the recording says so
	// Reloaded: the page was loaded again while Link was open in it, and so Link
	// began once more.
	Reloaded    bool
	LinkTrouble string // error code of a call of Link that failed

	// What came of it.
	Loaded   bool
	Events   []Event // in the order in which they happened
	Ends     []End
	Calls    []Call
	Webhooks []Webhook
	// Unverified counts webhooks that were not believed; they are not compared.
	Unverified int

	tokens []string // masks of its link_tokens
}

// Event is a call of onEvent.
type Event struct {
	Name     string
	View     string // view_name
	Code     string // error_code
	Metadata map[string]any

	happened, at time.Time
	seq          int
	afterDOB     bool
	raw          json.RawMessage
	told         told
}

// End is a call of onSuccess or onExit.
type End struct {
	Success              bool
	ErrorType, ErrorCode string // of onExit's error
	Metadata             json.RawMessage

	trouble json.RawMessage // onExit's error

	at  time.Time
	seq int
}

// Call is a call of the API.
type Call struct {
	Path     string
	Status   int    // 0 when no answer came
	Type     string // error_type
	Code     string // error_code
	Response json.RawMessage
}

// Webhook is a webhook that was verified.
type Webhook struct {
	Type, Code, Status string
	Body               json.RawMessage // nil in a recording that does not have it
}

// Walks takes a recording apart into its attempts. What was refused because it
// did not belong to the phase was not done.
func Walks(r journal.Recording) []Walk {
	var walks []*Walk
	var now *Walk
	begin := func(line int) {
		now = &Walk{Line: line}
		walks = append(walks, now)
	}
	begin(2)
	for _, e := range r.Entries {
		if e.Kind == "StartOverRequested" && e.Verdict != flow.Refused.String() {
			begin(e.Line)
			continue
		}
		now.take(e, walks)
	}
	out := make([]Walk, 0, len(walks))
	for _, w := range walks {
		if len(w.Calls)+len(w.Events) == 0 { // nothing was asked of Plaid
			continue
		}
		slices.SortStableFunc(w.Events, func(a, b Event) int { return a.happened.Compare(b.happened) })
		w.classify()
		out = append(out, *w)
	}
	return out
}

// carried is what the events of a recording carry, as package journal writes it.
type carried struct {
	Phone     string          `json:"phone_number"`
	EventName string          `json:"event_name"`
	Again     bool            `json:"again"`
	Metadata  json.RawMessage `json:"metadata"`
	Error     json.RawMessage `json:"error"`
	LinkToken string          `json:"link_token"`
	Request   struct {
		URL string `json:"url"`
	} `json:"request"`
	Response struct {
		Status int             `json:"status"`
		Body   json.RawMessage `json:"body"`
	} `json:"response"`
	WebhookType string          `json:"webhook_type"`
	WebhookCode string          `json:"webhook_code"`
	Status      string          `json:"status"`
	Verified    bool            `json:"verified"`
	Delivery    int             `json:"delivery"`
	Body        json.RawMessage `json:"body"`
	Mistake     string          `json:"mistake"`
}

func (w *Walk) take(e journal.Recorded, all []*Walk) {
	var c carried
	_ = json.Unmarshal(e.Event, &c) // what has another type stays empty
	var failed struct {
		Type string `json:"error_type"`
		Code string `json:"error_code"`
	}
	_ = json.Unmarshal(c.Error, &failed)
	refused := e.Verdict == flow.Refused.String()
	if c.Again && w.Opened && len(w.Ends) == 0 {
		w.Reloaded = true
	}
	switch e.Kind {
	case "OnLoad":
		w.Loaded = w.Loaded || !c.Again
	case "OnEvent":
		if !c.Again {
			w.event(e, c)
		}
	case "OnSuccess", "OnExit":
		w.Ends = append(w.Ends, End{
			Success: e.Kind == "OnSuccess", ErrorType: failed.Type, ErrorCode: failed.Code, Metadata: c.Metadata, trouble: c.Error, at: e.At, seq: e.Seq,
		})
	case "ExchangeRecorded":
		w.call(c)
	case "SessionTokenCreated":
		w.tokens = append(w.tokens, c.LinkToken)
	case "WebhookReceived":
		for _, other := range all { // it may come when the next attempt has begun
			if slices.Contains(other.tokens, c.LinkToken) {
				w = other
			}
		}
		switch {
		case !c.Verified:
			w.Unverified++
		case c.Delivery < 2: // Plaid may deliver one twice
			w.Webhooks = append(w.Webhooks, Webhook{c.WebhookType, c.WebhookCode, c.Status, c.Body})
		}
	case "CallFailed":
		if e.Lane == string(journal.LaneLink) && w.LinkTrouble == "" {
			w.LinkTrouble = failed.Code
		}
	}
	if refused {
		return
	}
	switch e.Kind {
	case "HandlerRequested":
		w.Created = true
	case "PhoneNumberEntered":
		w.Phone, w.TestNumber = c.Phone, e.TestNumber
	case "DateOfBirthEntered":
		w.BirthGiven = true
	case "AutofillDeclined":
		w.Declined = true
	case "OpenRequested":
		w.Opened = true
	case "ExitRequested":
		w.ExitCalled = true
	case "DoWrong":
		w.Mistake = strings.Trim(w.Mistake+", "+c.Mistake, ", ")
	}
}

func (w *Walk) event(e journal.Recorded, c carried) {
	happened := e.Happened
	if happened.IsZero() {
		happened = e.At
	}
	var metadata map[string]any
	_ = json.Unmarshal(c.Metadata, &metadata)
	word := func(key string) string { s, _ := metadata[key].(string); return s }
	w.Events = append(w.Events, Event{
		Name: c.EventName, View: word("view_name"), Code: word("error_code"), Metadata: metadata,
		happened: happened, at: e.At, seq: e.Seq, afterDOB: w.BirthGiven, raw: c.Metadata,
	})
}

func (w *Walk) call(c carried) {
	path := c.Request.URL
	if u, err := url.Parse(path); err == nil {
		path = u.Path
	}
	call := Call{Path: path, Status: c.Response.Status, Response: c.Response.Body}
	if call.Status >= 400 {
		var body struct {
			Type string `json:"error_type"`
			Code string `json:"error_code"`
		}
		_ = json.Unmarshal(call.Response, &body)
		call.Type, call.Code = body.Type, body.Code
	}
	w.Calls = append(w.Calls, call)
}

// label is how an event is named in a report.
func (e Event) label() string {
	parts := []string{line(e.Name)}
	for _, more := range []string{e.View, e.Code} {
		if more != "" {
			parts = append(parts, line(more))
		}
	}
	return strings.Join(parts, " ")
}

// line makes foreign text fit for a report.
func line(s string) string { return flow.CleanLine(s, 120) }

// BirthRefused reports whether a date of birth was answered by
// LAYER_AUTOFILL_NOT_AVAILABLE.
func (w Walk) BirthRefused() bool {
	return w.BirthGiven && slices.ContainsFunc(w.Events, func(e Event) bool { return e.Name == flow.EventLayerAutofillUnavailable })
}

// Shared reports whether onSuccess says that a bank was shared, whatever the
// session holds.
func (w Walk) Shared() bool {
	for _, e := range w.Ends {
		var m struct {
			Institution map[string]any `json:"institution"`
		}
		if e.Success && json.Unmarshal(e.Metadata, &m) == nil && m.Institution != nil {
			return true
		}
	}
	return false
}

// Items returns how many Items the session held, known only if it was read.
func (w Walk) Items() (n int, known bool) {
	var session struct {
		Items []json.RawMessage `json:"items"`
	}
	known = w.session(&session)
	return len(session.Items), known
}

// Edited reports whether the user changed an identity field in Link, as the edit
// history of the session tells.
func (w Walk) Edited(field string) bool {
	type counts struct {
		Current int `json:"edits_current"`
	}
	var session struct {
		History map[string]json.RawMessage `json:"identity_edit_history"`
	}
	if !w.session(&session) {
		return false
	}
	content := session.History[field]
	if field == "ssn" {
		var document map[string]json.RawMessage
		_ = json.Unmarshal(session.History["official_document"], &document)
		content = document[field]
	}
	var c counts
	_ = json.Unmarshal(content, &c)
	return c.Current > 0
}

// session reads the answer of /user_account/session/get.
func (w Walk) session(into any) bool {
	for _, call := range w.Calls {
		if call.Path == pathSession && call.Status == 200 {
			return json.Unmarshal(call.Response, into) == nil
		}
	}
	return false
}
