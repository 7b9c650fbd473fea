package plaidsim

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"layersim/fixtures"
	"layersim/flow"
)

const pathLinkSession = "/link/session"

// linkSession is a Link session with what HTTP needs around it.
type linkSession struct {
	key      string // unguessable; whoever has it is this session's Link
	id       string // link_session_id
	thread   int
	client   string // client_id that made the link_token
	user     string // client_user_id it was made for
	userID   string // root user_id of /session/token/create
	created  time.Time
	grant    *grant // once the user has shared
	sharedAt time.Time
	token    uuid
	webhook  string
	session  session
	box      mailbox
	late     []late // callbacks that a fault keeps back
	over     bool   // it has ended, and the app knows
}

type linkAnswer struct {
	Session       string    `json:"session,omitempty"`
	LinkSessionID string    `json:"link_session_id,omitempty"`
	State         linkState `json:"state"`
	// Why is the reason of the last verdict on eligibility. Plaid never says.
	Why       string `json:"why,omitempty"`
	Refused   string `json:"refused,omitempty"`
	Callbacks []any  `json:"callbacks"`
	Pane      *pane  `json:"pane"`
	// Late says that a callback is kept back: ask again in a while.
	Late bool `json:"late,omitempty"`
}

func (l *linkSession) answer(c *fixtures.Catalog) linkAnswer {
	a := linkAnswer{State: l.session.State, Why: l.session.Why, Pane: l.session.pane(c), Callbacks: []any{}}
	for _, c := range l.box.out {
		a.Callbacks = append(a.Callbacks, c.wire())
	}
	a.Late = len(l.late) > 0
	return a
}

func (s *Sim) serveLink(w http.ResponseWriter, r *http.Request, call func(r *http.Request, body []byte) (any, *plaidError)) {
	var answer any
	e := readBody(w, r, func(body []byte) *plaidError {
		done, e := s.turn(r.Context())
		if e != nil {
			return e
		}
		defer done()
		answer, e = call(r, body)
		return e
	})
	switch {
	case e == nil:
		s.answer(w, http.StatusOK, encode(answer))
	case e.noTurn:
		s.refuseTurn(w, e)
	default:
		s.refuse(w, e)
	}
}

type linkCreateRequest struct {
	Token  string `json:"token"`
	Resume string `json:"resume"`
	Ack    int    `json:"ack"`
	Page   *Page  `json:"page"`
}

// linkCreate makes a Link session for a link_token, or continues one. Every call
// without resume makes a new session.
func (s *Sim) linkCreate(_ *http.Request, body []byte) (any, *plaidError) {
	var q linkCreateRequest
	if e := decode(body, &q); e != nil {
		return nil, e
	}
	if q.Token == "" {
		return nil, missingFields("token")
	}
	token, ok := parseToken(q.Token, linkTokenPrefix)
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.sessions[q.Resume]
	held, found := s.linkTokens.get(token)
	refuse := func() (any, *plaidError) {
		e := invalidLinkToken()
		s.journal.add(Record{At: s.now(), Kind: KindLink, Thread: held.thread, Act: &Act{Verb: "create", Refused: e.Message, Page: q.Page.cleaned()}})
		return nil, e
	}
	switch {
	case !ok:
		return refuse()
	case q.Resume != "":
		if l == nil || l.token != token {
			return refuse()
		}
		s.ack(l, q.Ack)
		s.release(l)
		s.ended(l)
		s.record(l, Record{Kind: KindLink, Act: &Act{Verb: "resume", State: string(l.session.State)}})
	case !found || !s.now().Before(held.expires) || s.spent(token):
		return refuse()
	default:
		l = &linkSession{
			key: s.ids.text(32), token: token, userID: held.userID, webhook: s.webhookFor(held.webhook, held.template),
			thread: held.thread, client: held.client, user: held.user, created: s.now(),
			session: session{State: stateCreated, LinkSessionID: s.ids.uuid(), Template: held.template, TokenExpires: held.expires},
			box:     mailbox{delivery: s.cfg.Delivery},
		}
		l.id = l.session.LinkSessionID.String()
		s.keep(l)
		s.record(l, Record{Kind: KindLink, Act: &Act{Verb: "create", State: string(l.session.State), Page: q.Page.cleaned()}})
	}
	a := l.answer(s.cfg.Catalog)
	a.Session, a.LinkSessionID = l.key, l.id
	return a, nil
}

// keep adds a session and forgets the one that ended longest ago, or the
// oldest, when there are too many. The caller holds the lock.
func (s *Sim) keep(l *linkSession) {
	for len(s.sessions) >= maxSessions {
		if s.finished.len() > 0 {
			s.forget(s.finished.pop())
		} else {
			s.forget(s.sessionAge.pop()) // or its key has outlived it
		}
	}
	s.sessions[l.key], s.byID[l.id] = l, l
	s.sessionAge.push(l.key)
	// Keys of forgotten sessions are of no use any more. They are also found
	// behind one that was left open for ever, which would keep them there.
	if s.sessionAge.len() > 2*maxSessions {
		s.sessionAge.keep(func(key string) bool { return s.sessions[key] != nil })
	}
}

// ended books that a session has ended and its app knows everything, and forgets
// the one that did so longest ago when there are too many. Before, its page would
// ask for what happened and find nothing. The caller holds the lock.
func (s *Sim) ended(l *linkSession) {
	if l.over || !l.session.State.final() || len(l.box.out)+len(l.late) > 0 {
		return
	}
	l.over = true
	s.finished.push(l.key)
	for s.finished.len() > maxFinished {
		s.forget(s.finished.pop())
	}
}

// forgetsAgain is how many sessions are forgotten until it is said again.
const forgetsAgain = 10_000

func (s *Sim) forget(key string) {
	l := s.sessions[key]
	if l == nil {
		return
	}
	delete(s.byID, l.id)
	delete(s.sessions, key)
	if s.forgotten++; s.forgotten%forgetsAgain == 1 {
		s.remark("old Link sessions are forgotten, " + strconv.Itoa(s.forgotten) + " so far: at most " + strconv.Itoa(maxSessions) +
			" are remembered, and " + strconv.Itoa(maxFinished) + " of those that have ended and whose app has confirmed it")
	}
}

// record books what concerns a session; the caller holds the lock. Events that
// one step brings happen a millisecond after each other; what follows is not
// booked as if it had been before them.
func (s *Sim) record(l *linkSession, r Record) {
	r.Thread, r.Session = l.thread, l.id
	if r.At.IsZero() {
		r.At = later(s.now(), l.session.lastStamp)
	}
	s.journal.add(r)
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// ack books the callbacks that the app was given; the caller holds the lock.
func (s *Sim) ack(l *linkSession, seq int) {
	box, delivered := l.box.ack(seq)
	l.box = box
	for _, c := range delivered {
		s.record(l, Record{Kind: KindDelivered, Callback: recordOf(c, false)})
	}
}

type linkStepRequest struct {
	Ack         int               `json:"ack"`
	PhoneNumber string            `json:"phone_number"`
	DateOfBirth string            `json:"date_of_birth"`
	Code        string            `json:"code"`
	Values      map[string]string `json:"values"`
	Accounts    *[]string         `json:"accounts"`
	Institution string            `json:"institution"`
	Force       bool              `json:"force"`
	Page        *Page             `json:"page"`
}

// maxUndelivered is how many callbacks wait for an app that confirms none.
const maxUndelivered = 200

// verbs of a Link session.
var verbs = map[string]bool{
	"submit": true, "open": true, "continue": true, "code": true, "verified": true,
	"share": true, "close": true, "exit": true, "sync": true,
	"add_bank": true, "search": true, "institution": true, "credentials": true, "mfa": true, "accounts": true, "back": true,
}

// verbEarly tells of a submit that the script dropped. It does nothing, and is
// told for the journal only.
const verbEarly = "early"

func (s *Sim) linkStep(r *http.Request, body []byte) (any, *plaidError) {
	key, verb, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, pathLinkSession+"/"), "/")
	if !ok || !verbs[verb] && verb != verbEarly {
		return nil, notFound("a Link session has no such verb")
	}
	var q linkStepRequest
	if e := decode(body, &q); e != nil {
		return nil, e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.sessions[key]
	if l == nil {
		return nil, notFound("no such Link session; it may have been forgotten")
	}
	s.ack(l, q.Ack)
	s.release(l)
	if verb == verbEarly {
		early := actOf("submit", q, session{State: l.session.State}, outcome{Refused: "submit came before onLoad and was dropped, as real Link may do"})
		early.Early = true
		s.record(l, Record{Kind: KindLink, Act: early})
		verb = "sync"
	}
	if !l.session.State.final() && s.spent(l.token) {
		l.session.TokenExpires, l.session.Spent = s.now(), true // by another session of the same token
	}
	if verb != "sync" && len(l.box.out)+len(l.box.held)+len(l.late) >= maxUndelivered {
		a := l.answer(s.cfg.Catalog)
		a.Refused = "the app has not confirmed the callbacks it was sent; send ack"
		return a, nil
	}
	now := s.now()
	next, out := step(l.session,
		action{Verb: verb, Phone: q.PhoneNumber, DateOfBirth: q.DateOfBirth, Code: q.Code, Values: q.Values, Accounts: q.Accounts, Institution: q.Institution, Force: q.Force},
		world{now: now, ids: s.ids, catalog: s.cfg.Catalog})
	if verb != "sync" { // before the session has the times of what follows from it
		s.record(l, Record{At: later(now, l.session.lastStamp), Kind: KindLink, Act: actOf(verb, q, next, out)})
	}
	l.session = next
	left, spoilt := s.meddle(l, out.Callbacks)
	for i, c := range out.Callbacks {
		told := recordOf(c, true)
		told.Fault = spoilt[i]
		s.record(l, Record{At: c.at, Kind: KindCallback, Callback: told})
	}
	l.box = l.box.post(left, func() *ids { return s.orderOf(l.thread) })
	if out.Grant != nil {
		s.remember(out.Grant, l)
	}
	s.tell(l, out)
	a := l.answer(s.cfg.Catalog)
	a.Refused = out.Refused
	s.ended(l)
	return a, nil
}

// detailOf is what can be repeated of a verb about a bank: never a credential.
func detailOf(verb string, q linkStepRequest) map[string]string {
	switch verb {
	case "search":
		return map[string]string{"query": flow.RedactStrictly(flow.CleanLine(q.Values["query"], 80))}
	case "institution":
		return map[string]string{"institution_id": flow.RedactStrictly(flow.CleanLine(q.Institution, 80))}
	case "exit":
		return map[string]string{"force": strconv.FormatBool(q.Force)}
	}
	return nil
}

// actOf is what the journal says of a step.
func actOf(verb string, q linkStepRequest, after session, out outcome) *Act {
	a := &Act{Verb: verb, State: string(after.State), Refused: flow.RedactStrictly(out.Refused), Detail: detailOf(verb, q)}
	switch verb {
	case "submit":
		a.Page = q.Page.cleaned()
		if q.PhoneNumber != "" {
			a.Fields = append(a.Fields, "phone_number")
		}
		if q.DateOfBirth != "" {
			a.Fields = append(a.Fields, "date_of_birth")
		}
		// What is no phone number or date is not kept at all.
		if phone, err := flow.ParsePhoneNumber(q.PhoneNumber); err == nil {
			a.Phone = phone
		}
		if _, err := time.Parse(time.DateOnly, q.DateOfBirth); err == nil {
			a.DateOfBirth = flow.NewDateOfBirth(q.DateOfBirth)
		}
		if q.PhoneNumber != "" && q.DateOfBirth != "" && out.Refused == "" {
			a.Detail = map[string]string{"note": "both fields at once: the date_of_birth was not read"}
		}
		a.Why = after.Why
	case "share":
		if g := out.Grant; g != nil {
			for _, f := range g.Edited {
				a.Edited = append(a.Edited, string(f))
			}
			for _, i := range g.Items {
				a.Accounts += len(i.Accounts)
			}
		}
	}
	return a
}
