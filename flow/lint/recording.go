package lint

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Recording reads the simulator's journal, one JSON object a line, as GET
// /sim/journal answers it. Make one with NewRecording; it is for one goroutine.
type Recording struct {
	// Forgotten is how many records the journal had forgotten before it was read.
	Forgotten uint64
	sessions  names
}

// NewRecording returns a reader that has read nothing yet.
func NewRecording() *Recording { return &Recording{sessions: names{called: map[string]named{}}} }

// Sessions is how many Link sessions there were.
func (r *Recording) Sessions() int { return r.sessions.count }

// LetGo is how many of them are not known any more, because there were too many:
// what still comes of one of those is taken for another session's.
func (r *Recording) LetGo() int { return r.sessions.forgotten }

// record is a line, as package plaidsim writes it.
type record struct {
	Seq       uint64       `json:"seq"`
	At        time.Time    `json:"at"`
	Kind      string       `json:"kind"`
	Thread    int          `json:"thread"`
	Session   string       `json:"link_session_id"`
	Call      *apiCall     `json:"call"`
	Act       *act         `json:"act"`
	Callback  *callback    `json:"callback"`
	Webhook   *webhook     `json:"webhook"`
	Reset     bool         `json:"reset"`
	Forgotten *json.Number `json:"forgotten"`
}

type apiCall struct {
	Path     string          `json:"path"`
	Status   int             `json:"status"`
	Request  json.RawMessage `json:"request"`
	Response json.RawMessage `json:"response"`
}

type act struct {
	Verb        string    `json:"verb"`
	Phone       phoneText `json:"phone_number"`
	DateOfBirth string    `json:"date_of_birth"`
	Why         string    `json:"why"`
	Refused     string    `json:"refused"`
	Fields      []string  `json:"fields"`
	Early       bool      `json:"early"`
	Page        struct {
		Scripts  int    `json:"scripts"`
		Handlers int    `json:"handlers"`
		Alive    int    `json:"alive"`
		Typed    string `json:"typed"`
	} `json:"page"`
}

type callback struct {
	Type string `json:"type"`
	Name string `json:"name"`
	Code string `json:"error_code"`
}

type webhook struct {
	Code    string `json:"webhook_code"`
	Kid     string `json:"kid"`
	State   string `json:"state"`
	Kind    string `json:"misdelivery"`
	Forged  bool   `json:"forged"`
	Attempt int    `json:"attempts"`
	Status  int    `json:"status"`
}

// kinds are those that a record may have, and where what it says is.
var kinds = map[string]string{"call": "call", "link": "act", "callback": "callback", "delivered": "callback", "webhook": "webhook", "note": ""}

// LineError is what is wrong with a line.
type LineError struct {
	Field   string // such as "call.status", "" for the whole line
	Problem string
	// Torn: the line breaks off, as the last one of a file may when its writer
	// was interrupted.
	Torn bool
}

func (e *LineError) Error() string {
	if e.Field == "" {
		return e.Problem
	}
	return e.Field + ": " + e.Problem
}

// Read returns what a line shows of the app. The error is a *LineError.
func (r *Recording) Read(line []byte) ([]Observation, error) {
	var rec record
	if err := json.Unmarshal(line, &rec); err != nil {
		return nil, lineError(err, line)
	}
	part, known := kinds[rec.Kind]
	switch {
	case rec.Kind == "":
		return nil, &LineError{Field: "kind", Problem: "missing: every record of the simulator's journal has one"}
	case !known:
		return nil, &LineError{Field: "kind", Problem: quoted(rec.Kind) + " is none of call, link, callback, delivered, webhook and note"}
	case rec.Forgotten != nil:
		n, _ := strconv.ParseUint(rec.Forgotten.String(), 10, 64)
		r.Forgotten += n
		return []Observation{{What: Gap{}}}, nil
	case rec.Seq == 0:
		return nil, &LineError{Field: "seq", Problem: "missing: the number of the record"}
	case rec.At.IsZero():
		return nil, &LineError{Field: "at", Problem: "missing: the time of the record"}
	case part != "" && !rec.has(part):
		return nil, &LineError{Field: part, Problem: "missing: a record of kind " + rec.Kind + " has one"}
	}
	id := rec.Session
	rec.Session = r.sessions.of(id)
	switch {
	case rec.Reset && id == "":
		r.sessions.clear()
	case rec.Kind == "delivered" && (rec.Callback.Type == "success" || rec.Callback.Type == "exit"):
		r.sessions.end(id)
	}
	return rec.observations(), nil
}

func (rec *record) has(part string) bool {
	switch part {
	case "call":
		return rec.Call != nil
	case "act":
		return rec.Act != nil
	case "callback":
		return rec.Callback != nil
	}
	return rec.Webhook != nil
}

// lineError says what of a line cannot be read.
func lineError(err error, line []byte) error {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	var when *time.ParseError
	switch {
	case errors.As(err, &mistyped):
		return &LineError{Field: mistyped.Field, Problem: "a " + kindOf(mistyped.Value) + " does not belong here"}
	case errors.As(err, &when):
		return &LineError{Field: "at", Problem: quoted(strings.Trim(when.Value, `"`)) + " is no time such as 2026-04-01T12:00:00Z"}
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(line)):
		return &LineError{Problem: "the line breaks off; it is no whole JSON object", Torn: true}
	}
	return &LineError{Problem: "this is no JSON object"}
}

func (rec *record) observations() []Observation {
	what := []What{TimePassed{}}
	switch {
	case rec.Reset:
		what = []What{Reset{}}
	case rec.Call != nil:
		call := Called{Path: rec.Call.Path, Status: rec.Call.Status, NoAnswer: rec.Call.Status == 0}
		call.read(rec.Call.Request, rec.Call.Response)
		what = []What{call}
	case rec.Act != nil:
		what = append(what, rec.Act.observed()...)
	case rec.Callback != nil:
		call := Callback{Name: rec.Callback.Name, Code: rec.Callback.Code}
		switch rec.Callback.Type {
		case "success":
			call.Name = OnSuccess
		case "exit":
			call.Name = OnExit
		}
		if rec.Kind == "delivered" {
			what = []What{Told{Callback: call}}
		} else {
			what = []What{Happened{Callback: call}}
		}
	case rec.Webhook != nil:
		if w := rec.Webhook; w.Attempt > 0 && w.State != "sending" {
			answered := WebhookAnswered{Code: w.Code, Kid: w.Kid, Status: w.Status, Odd: w.Kind != "" && !w.Forged}
			if w.Forged {
				answered.Forged = cmp.Or(w.Kind, "forged")
			}
			what = []What{answered}
		}
	}
	out := make([]Observation, 0, len(what))
	for _, w := range what {
		out = append(out, Observation{Seq: rec.Seq, At: rec.At, Token: rec.Thread, Handler: rec.Session, What: w})
	}
	return out
}

// observed reads what was done to a handler. What the user does in Link is no
// business of the app's.
func (a *act) observed() []What {
	switch a.Verb {
	case "create":
		return []What{HandlerMade{
			Alive: a.Page.Alive, Earlier: a.Page.Handlers, Scripts: a.Page.Scripts, Refused: a.Refused != "",
		}}
	case "submit":
		submitted := Submitted{
			Phone: string(a.Phone), DateOfBirth: a.DateOfBirth != "" || slices.Contains(a.Fields, "date_of_birth"),
			Early: a.Early, Late: a.Page.Typed == "before create", Timed: a.Page.Typed != "", Refused: a.Refused != "",
		}
		if slices.Contains(a.Fields, "phone_number") {
			submitted.Phone = cmp.Or(string(a.Phone), "(no phone number)")
		}
		submitted.Foreign = a.Phone != "" && !strings.HasPrefix(string(a.Phone), "+1") && a.Phone != hiddenPhone
		what := []What{submitted}
		if a.Why != "" {
			what = append(what, Judged{Why: a.Why})
		}
		return what
	case "open":
		return []What{Opened{Refused: a.Refused != ""}}
	case "exit":
		return []What{Exited{}}
	}
	return nil
}

// read picks from the bodies of a call what the rules look at. A body that has
// another shape says nothing.
func (c *Called) read(request, response json.RawMessage) {
	var asked struct {
		User *struct {
			ClientUserID string `json:"client_user_id"`
		} `json:"user"`
		UserID      string `json:"user_id"`
		PublicToken string `json:"public_token"`
		AccessToken string `json:"access_token"`
		KeyID       string `json:"key_id"`
	}
	var named struct {
		Products []string `json:"products"`
	}
	if json.Unmarshal(request, &named) == nil {
		c.Products = named.Products
	}
	if json.Unmarshal(request, &asked) == nil {
		c.User, c.PublicToken, c.AccessToken, c.KeyID = asked.UserID, asked.PublicToken, asked.AccessToken, asked.KeyID
		if asked.User != nil {
			c.User = cmp.Or(asked.User.ClientUserID, c.User)
		}
	}
	var answer struct {
		Code string `json:"error_code"`
		Link struct {
			Expiration time.Time `json:"expiration"`
		} `json:"link"`
		Items []struct {
			AccessToken string `json:"access_token"`
		} `json:"items"`
	}
	if json.Unmarshal(response, &answer) == nil {
		c.Code, c.Expires = answer.Code, answer.Link.Expiration
		for _, item := range answer.Items {
			c.Items = append(c.Items, maskedToken(item.AccessToken))
		}
	}
	c.PublicToken, c.AccessToken = maskedToken(c.PublicToken), maskedToken(c.AccessToken)
}
