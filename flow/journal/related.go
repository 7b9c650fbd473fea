package journal

import (
	"cmp"
	"slices"
	"strings"

	"layersim/flow"
)

// Relation says that another entry belongs to one, and how.
type Relation struct {
	Index int    // of the other entry
	Why   string // what the other entry is to this one: "the answer to this call"
}

// Related returns the entries that belong to entry i, in the order of the
// journal: the way from a link_token to its handler, to submit, to the event
// that answers it, to Link's end and to the session, each step of it to the one
// before and after. It is found by what they share: call, link_token, handler,
// public_token, link_session_id and request_id. Entries that only stand beside
// each other are not related.
func Related(entries []Entry, i int) []Relation { return NewTracer(i).Read(entries) }

// A Tracer finds what Related finds, and goes on where it stopped when the
// journal has grown. Make one with NewTracer.
type Tracer struct {
	about int
	read  int // how many entries it has been through
	found []Relation

	// What follows is where what can be referred to later came up.
	calls    map[flow.CallID]*asked
	open     map[string][]*asked // calls by path, oldest first; the last ones may be answered
	tokens   map[flow.LinkToken]int
	handlers map[flow.HandlerID]int
	loaded   map[flow.HandlerID]int
	submits  map[flow.HandlerID]int // the last submit that no LAYER_* answered
	ready    map[flow.HandlerID]int
	opens    map[flow.HandlerID]int
	handoffs map[flow.HandlerID]int // HANDOFF, EXIT
	events   map[flow.HandlerID]int // the newest event since open()
	sessions map[string]int         // how each link_session_id ended in the app
	webhooks map[string]int
	requests map[string]int // by request_id: the exchange, or who named it first
	wire     map[string]*unread
}

// asked is a call: the entry that made it, and what it asks.
type asked struct {
	index    int
	path     string // of the API, "" for a call of the SDK
	answered bool
}

// unread are exchanges whose answer has not reached the walk. When calls to one
// path run beside each other, nothing tells which answer came from which.
type unread struct {
	at     []int
	unsure bool
}

// NewTracer returns a tracer of what belongs to entry about, which may not have
// happened yet.
func NewTracer(about int) *Tracer {
	t := &Tracer{about: about}
	t.calls, t.open = map[flow.CallID]*asked{}, map[string][]*asked{}
	t.tokens, t.handlers, t.loaded = map[flow.LinkToken]int{}, map[flow.HandlerID]int{}, map[flow.HandlerID]int{}
	t.submits, t.ready, t.opens, t.handoffs = map[flow.HandlerID]int{}, map[flow.HandlerID]int{}, map[flow.HandlerID]int{}, map[flow.HandlerID]int{}
	t.events = map[flow.HandlerID]int{}
	t.sessions, t.webhooks, t.requests, t.wire = map[string]int{}, map[string]int{}, map[string]int{}, map[string]*unread{}
	return t
}

// Len returns how many entries were read so far.
func (t *Tracer) Len() int { return t.read }

// Read goes on to the end of a journal, of which it has read the beginning
// before, and returns what is related in all of it.
func (t *Tracer) Read(entries []Entry) []Relation {
	for ; t.read < len(entries); t.read++ {
		t.event(t.read, entries[t.read].Event)
		for _, effect := range entries[t.read].Effects {
			t.effect(t.read, effect)
		}
	}
	found := slices.Clone(t.found)
	slices.SortStableFunc(found, func(a, b Relation) int { return cmp.Compare(a.Index, b.Index) })
	return slices.CompactFunc(found, func(a, b Relation) bool { return a.Index == b.Index })
}

// link relates two entries if one of them is asked about: forward says what the
// later one is to the earlier, back what the earlier is to the later.
func (t *Tracer) link(earlier, later int, forward, back string) {
	switch t.about {
	case earlier:
		if later != earlier {
			t.found = append(t.found, Relation{later, forward})
		}
	case later:
		t.found = append(t.found, Relation{earlier, back})
	}
}

// to relates entry later to the one that m holds for key, if it holds one.
func to[K comparable](t *Tracer, m map[K]int, key K, later int, forward, back string) {
	if earlier, ok := m[key]; ok {
		t.link(earlier, later, forward, back)
	}
}

// first keeps i for key, unless one is kept already.
func first[K comparable](m map[K]int, key K, i int) {
	if _, ok := m[key]; !ok {
		m[key] = i
	}
}

func (t *Tracer) event(i int, event flow.Event) {
	switch e := event.(type) {
	case flow.ExchangeRecorded:
		t.exchange(i, e.Exchange)
	case flow.SessionTokenCreated:
		t.answer(i, e.Call, e.RequestID)
		first(t.tokens, e.LinkToken, i)
	case flow.HandlerCreated:
		t.answer(i, e.Call, "")
	case flow.HandlerSubmitted:
		t.answer(i, e.Call, "")
	case flow.HandlerOpened:
		t.answer(i, e.Call, "")
	case flow.LinkDriven:
		t.answer(i, e.Call, "")
	case flow.HandlerExited:
		t.answer(i, e.Call, "")
	case flow.UserAccountFetched:
		t.answer(i, e.Call, e.Account.RequestID)
	case flow.AccountsFetched:
		t.answer(i, e.Call, "")
	case flow.CallFailed:
		t.answer(i, e.Call, e.Failure.RequestID)
	case flow.TimerFired:
		if call := t.calls[e.Timer.Call]; call != nil {
			t.link(call.index, i, "the timer of this call", "the call that this timer watches")
		}
	case flow.OnLoad:
		to(t, t.handlers, e.HandlerID, i, "this handler has loaded", "the handler that has loaded")
		first(t.loaded, e.HandlerID, i)
	case flow.OnEvent:
		t.onEvent(i, e)
	case flow.OnSuccess:
		t.ended(i, e.HandlerID, e.Metadata.LinkSessionID)
	case flow.OnExit:
		t.ended(i, e.HandlerID, e.Metadata.LinkSessionID)
	case flow.WebhookReceived:
		t.webhook(i, e)
	}
}

// exchange remembers a call on the wire until its answer reaches the walk, and
// relates it to the newest call there that has none yet.
func (t *Tracer) exchange(i int, x flow.Exchange) {
	t.request(i, x.RequestID)
	path := pathOf(x.URL)
	if path == "" {
		return
	}
	if t.wire[path] == nil {
		t.wire[path] = &unread{}
	}
	t.wire[path].at = append(t.wire[path].at, i)
	open := t.open[path]
	for len(open) > 0 && open[len(open)-1].answered {
		open = open[:len(open)-1]
	}
	if t.open[path] = open; len(open) > 0 {
		t.link(open[len(open)-1].index, i, "this call on the wire", "what made your server call")
	}
}

// answer relates an answer to the entry that asked, and to the exchange it was
// read from.
func (t *Tracer) answer(i int, id flow.CallID, request string) {
	call := t.calls[id]
	if call != nil && !call.answered {
		call.answered = true
		t.link(call.index, i, "the answer to this call", "what asked for this answer")
		if wire := t.wire[call.path]; wire != nil {
			wire.answer(func(x int) { t.link(x, i, "what your server made of it", "the call on the wire that brought this") })
		}
	}
	t.request(i, request)
}

func (u *unread) answer(link func(exchange int)) {
	switch len(u.at) {
	case 0:
		return
	case 1:
		if !u.unsure {
			link(u.at[0])
		}
	default:
		u.unsure = true
	}
	u.at = u.at[1:]
	if len(u.at) == 0 {
		u.unsure = false
	}
}

// request relates entries that name the same request_id.
func (t *Tracer) request(i int, id string) {
	if id == "" {
		return
	}
	to(t, t.requests, id, i, "has the same request_id", "has the same request_id")
	first(t.requests, id, i)
}

func (t *Tracer) onEvent(i int, e flow.OnEvent) {
	switch e.Name {
	case flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable:
		to(t, t.submits, e.HandlerID, i, "this event answers that submit", "the submit that this event answers")
		delete(t.submits, e.HandlerID)
		if e.Name == flow.EventLayerReady {
			t.ready[e.HandlerID] = i
		}
	case flow.EventOpen:
		to(t, t.opens, e.HandlerID, i, "Link says that it opened", "the open() behind this event")
	case flow.EventHandoff, flow.EventExit:
		if end, ok := t.sessions[e.Metadata.LinkSessionID]; ok && e.Metadata.LinkSessionID != "" {
			t.link(end, i, "the event of this callback", "the callback of this event")
		}
		t.handoffs[e.HandlerID] = i
	}
	if _, open := t.opens[e.HandlerID]; open {
		to(t, t.events, e.HandlerID, i, "the next event of this Link", "the event before it")
		t.events[e.HandlerID] = i
	}
	t.request(i, e.Metadata.RequestID)
}

// ended relates onSuccess or onExit to what led to it.
func (t *Tracer) ended(i int, id flow.HandlerID, session string) {
	to(t, t.opens, id, i, "how Link ended", "the open() that began it")
	to(t, t.handoffs, id, i, "the callback of this event", "the event of this callback")
	if session != "" {
		to(t, t.webhooks, session, i, "how the same Link session ended in your client", "a webhook of the same Link session")
		t.sessions[session] = i
	}
}

func (t *Tracer) webhook(i int, e flow.WebhookReceived) {
	if !e.LinkToken.IsZero() {
		to(t, t.tokens, e.LinkToken, i, "a webhook about this link_token", "the link_token that this webhook names")
	}
	if e.LinkSessionID != "" {
		to(t, t.sessions, e.LinkSessionID, i, "a webhook of the same Link session", "how the same Link session ended in your client")
		to(t, t.webhooks, e.LinkSessionID, i, "a later webhook of the same Link session", "an earlier webhook of the same Link session")
		t.webhooks[e.LinkSessionID] = i
	}
}

// effect remembers what entry i asked for, and relates it to what it needs.
func (t *Tracer) effect(i int, effect flow.Effect) {
	if q, ok := effect.(flow.Question); ok {
		call := &asked{index: i, path: pathOfCall(q)}
		t.calls[q.CallID()] = call
		if call.path != "" {
			t.open[call.path] = append(t.open[call.path], call)
		}
	}
	switch e := effect.(type) {
	case flow.CreateHandler:
		to(t, t.tokens, e.LinkToken, i, "makes a handler from this link_token", "made from this link_token")
		first(t.handlers, e.HandlerID, i)
	case flow.SubmitHandler:
		if loaded, ok := t.loaded[e.HandlerID]; ok {
			t.link(loaded, i, "submits on this handler", "the handler it submits on")
		} else {
			to(t, t.handlers, e.HandlerID, i, "submits on this handler", "the handler it submits on")
		}
		t.submits[e.HandlerID] = i
	case flow.OpenHandler:
		to(t, t.ready, e.HandlerID, i, "opens what this event made ready", "the event that allows open()")
		t.opens[e.HandlerID] = i
	case flow.PresentLink:
		to(t, t.opens, e.HandlerID, i, "shows the same Link elsewhere", "where Link was opened")
	case flow.ExitHandler:
		to(t, t.opens, e.HandlerID, i, "calls exit() on it", "the open() that this exit() ends")
	case flow.DestroyHandler:
		to(t, t.handlers, e.HandlerID, i, "destroys this handler", "the handler that is destroyed")
	}
}

// pathOfCall returns the path of the API that a question goes to, "" if it goes
// to the SDK.
func pathOfCall(q flow.Question) string {
	switch q.(type) {
	case flow.CreateSessionToken:
		return "/session/token/create"
	case flow.GetUserAccountSession:
		return "/user_account/session/get"
	case flow.GetAccounts:
		return "/accounts/get"
	}
	return ""
}

func pathOf(url string) string {
	for _, path := range []string{"/session/token/create", "/user_account/session/get", "/accounts/get"} {
		if strings.HasSuffix(url, path) {
			return path
		}
	}
	return ""
}
