package watch

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"layersim/flow"
	"layersim/flow/lint"
	"layersim/tui/pane"
)

// maxLines is how many entries of a lane are kept at least; half as many more
// come before the oldest go.
const maxLines = 400

// line is an entry in its lane.
type line struct {
	Entry
	delivered time.Time // when the callback reached the app
	order     int       // it was the nth to be delivered
	again     int       // and the nth as well, when it came twice
	exchange  *flow.Exchange
}

// call returns the exchange of a call, worked out once.
func (l *line) call() flow.Exchange {
	if l.exchange == nil {
		x := l.Exchange()
		l.exchange = &x
	}
	return *l.exchange
}

// failed returns the error_code and message of a call that was answered with
// an error.
func (l *line) failed() (code, message string) {
	var e struct {
		Code    string `json:"error_code"`
		Message string `json:"error_message"`
	}
	if l.Exchange == nil || l.Status != 0 && l.Status < 400 {
		return "", ""
	}
	x := l.call()
	if json.Unmarshal([]byte(x.ResponseBody), &e) != nil || e.Code == "" {
		return "no answer of Plaid's", x.Error
	}
	return e.Code, e.Message
}

// lane is one Link session, a link_token that has none yet, or the calls that
// belong to neither.
type lane struct {
	thread  int
	session string
	other   bool
	live    bool // its events are not held back
	again   bool // its link_token had a session before
	since   time.Time
	about   About
	state   string

	lines     []*line // oldest first
	calls     []*line // those of lines that are calls
	left      int     // how many older lines are not kept
	leftCalls int     // how many of those were calls
	waiting   []*line // callbacks the app has not got
	twice     *line   // the last one that is delivered twice on purpose
	handed    int     // callbacks the app has got
	token     *line   // the call that made the link_token
	layer     *line   // the newest LAYER_* event
	end       *line   // onSuccess or onExit
	fetched   *line   // /user_account/session/get with success
	verdict   string  // the reason the app never learns
	leave     string  // how Link was left: close or exit
	refused   *line   // the last thing that was refused, if nothing came after it
	failure   *line   // the last call that failed, if none succeeded after it

	findings []lint.Finding      // oldest first
	notes    map[uint64][]string // the rules that each entry broke, by Seq

	title string // worked out once, for a lane without a session
	text  string // what the filter looks at
}

// take adds an entry.
func (l *lane) take(e Entry) {
	if e.Callback != nil && e.Delivered {
		l.deliver(e)
		return
	}
	n := &line{Entry: e}
	l.keep(n)
	l.text = ""
	if e.Reset {
		l.state, l.verdict, l.leave = "created", "", ""
		l.layer, l.end, l.fetched, l.refused, l.failure, l.waiting = nil, nil, nil, nil, nil, nil
	}
	if e.State != "" {
		l.state = e.State
	}
	switch {
	case e.Callback != nil:
		if e.Callback.Fault == "lost" { // the app will never have it
			return
		}
		l.waiting = append(l.waiting, n)
		switch {
		case e.Callback.Type != "event":
			l.end = n
		case isLayerEvent(e.Callback.Name):
			l.layer = n
		}
	case e.Exchange != nil:
		l.called(n)
	case e.Verb != "":
		l.refused = nil
		switch {
		case e.Verdict == flow.Refused:
			l.refused = n
		case e.Verb == "close" || e.Verb == "exit":
			l.leave = e.Verb
		}
	}
}

func (l *lane) called(n *line) {
	if n.Status == 0 || n.Status >= 400 {
		l.failure = n
		return
	}
	l.failure = nil
	switch n.Path {
	case "/session/token/create":
		l.token = cmp.Or(l.token, n)
	case "/user_account/session/get":
		l.fetched = n
	}
}

// deliver notes that the app was given a callback: its line says so. One that
// is not kept any more is passed over.
func (l *lane) deliver(e Entry) {
	l.handed++
	if n := l.twice; n != nil && n.Callback.Name == e.Callback.Name && n.Callback.Type == e.Callback.Type && n.Callback.Happened.Equal(e.Callback.Happened) {
		n.again = l.handed
		return
	}
	for i, w := range l.waiting {
		if c := w.Callback; c.Type == e.Callback.Type && c.Name == e.Callback.Name && c.Happened.Equal(e.Callback.Happened) {
			w.delivered, w.order = e.At, l.handed
			// Link stamps what happens at once a millisecond apart, to keep the
			// order; nothing is delivered before it happened.
			if w.delivered.Before(c.Happened) {
				w.delivered = c.Happened
			}
			l.waiting = slices.Delete(l.waiting, i, i+1)
			if c.Fault == "duplicated" {
				l.twice = w
			}
			return
		}
	}
}

func (l *lane) keep(n *line) {
	l.lines = append(l.lines, n)
	if n.Exchange != nil {
		l.calls = append(l.calls, n)
	}
	if drop := len(l.lines) - maxLines; drop > maxLines/2 {
		for _, gone := range l.lines[:drop] {
			if gone.Exchange != nil {
				l.calls = slices.Delete(l.calls, 0, 1)
				l.leftCalls++
			}
		}
		l.lines = slices.Delete(l.lines, 0, drop)
		l.left += drop
	}
	if drop := len(l.waiting) - maxLines; drop > maxLines/2 {
		l.waiting = slices.Delete(l.waiting, 0, drop)
	}
}

// isLayerEvent reports whether an event is a verdict on eligibility.
func isLayerEvent(name string) bool {
	switch name {
	case flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable:
		return true
	}
	return false
}

// atOnce reports whether Link sends a callback the moment it happens: OPEN and
// the LAYER_* events, while all others wait for onSuccess or onExit (Plaid
// docs: Link Web, onEvent).
func (c *Callback) atOnce() bool {
	return c.Type == "event" && (c.Name == flow.EventOpen || isLayerEvent(c.Name))
}

// held reports whether Link keeps a callback back.
func (l *lane) held(c *Callback) bool {
	return !l.live && l.end == nil && c.Type == "event" && !c.atOnce()
}

// name is what the list calls a lane.
func (l *lane) name() string {
	switch {
	case l.other && len(l.calls) == 0:
		return "The simulator"
	case l.other:
		return "Other calls"
	}
	if l.about.ClientUserID != "" {
		return l.about.ClientUserID
	}
	if l.title == "" {
		l.title = "link_token " + strconv.Itoa(l.thread)
		if l.token != nil {
			var q struct {
				UserID string `json:"user_id"`
				User   struct {
					ClientUserID string `json:"client_user_id"`
				} `json:"user"`
			}
			if json.Unmarshal([]byte(l.token.call().RequestBody), &q) == nil {
				l.title = cmp.Or(q.User.ClientUserID, q.UserID, l.title)
			}
		}
	}
	return l.title
}

// stands says how a lane stands: a mark and a few words.
func (l *lane) stands() (pane.Mark, string) {
	switch {
	case l.other:
		if l.failure != nil {
			return pane.MarkWarn, "of no link_token"
		}
		return pane.MarkNone, "of no link_token"
	case l.session == "":
		return pane.MarkWaiting, "token, no handler"
	}
	switch l.state {
	case "created":
		return pane.MarkWaiting, "handler created"
	case "eligible":
		return pane.MarkActive, "ready to open"
	case "need_dob":
		return pane.MarkWarn, "not by phone"
	case "ineligible":
		return pane.MarkBad, "not available"
	case "consent":
		return pane.MarkActive, "Link: consent"
	case "verify_phone":
		return pane.MarkActive, "Link: code"
	case "review":
		return pane.MarkActive, "Link: review"
	case "select_institution", "credential", "oauth", "mfa", "select_account", "connected":
		return pane.MarkActive, "Link: adding a bank"
	case "leaving":
		return pane.MarkActive, "Link: leave?"
	case "done":
		if l.fetched != nil {
			return pane.MarkGood, "identity fetched"
		}
		return pane.MarkGood, "shared"
	case "exited":
		if l.end != nil && l.end.Callback.Error != "" {
			return pane.MarkBad, "ended by an error"
		}
		return pane.MarkBad, "exited"
	case "":
		return pane.MarkNone, "unknown"
	}
	return pane.MarkNone, pane.Clean(l.state)
}
