package lint

import (
	"slices"
	"time"

	"layersim/flow"
)

// known is what the observations so far say.
type known struct {
	client   flow.Client
	tokens   shelf[int, *token]
	handlers shelf[string, *handler]
	renewed  shelf[string, uint64]   // Seq of the newest link_token of each user
	unread   []*handler              // that came to onSuccess and were not read yet, the oldest first
	tried    shelf[string, *handler] // public_tokens with which a session was asked for in vain
}

// app is what is known of an app's receiver of webhooks. It outlives what the
// simulator forgets: an app keeps the keys that it was given.
type app struct {
	asked    shelf[string, struct{}] // kids whose key was asked for
	accepted bool                    // a genuine webhook was answered with 200
	refused  []string                // kinds of forgeries that it refused
	// partial: records before are missing, so that there may be more.
	partial bool
}

// Of how many tokens, handlers and users something is known; the oldest are
// forgotten first.
const mostKnown = 20_000

func nothingKnown() known {
	return known{
		tokens: newShelf[int, *token](), handlers: newShelf[string, *handler](),
		renewed: newShelf[string, uint64](), tried: newShelf[string, *handler](),
	}
}

// token is what is known of a link_token.
type token struct {
	user    string
	expires time.Time
	begun   bool     // its /session/token/create was seen
	worn    *handler // one that was submitted to, opened or ended; rather one that came to onSuccess
}

// handler is what is known of a handler and its Link session.
type handler struct {
	name      string
	made      Observation
	token     *token
	destroyed bool
	left      bool // exit() was called

	phone       string // masked; the last that was submitted
	phones      int
	births      int
	opened      int
	events      map[string]bool // that happened
	told        map[string]bool
	success     Observation // onSuccess as it was delivered
	succeeded   bool
	ended       bool
	read        bool // /user_account/session/get was answered for it
	tried       bool // it was called, in vain
	passed      bool // LAYER_AUTHENTICATION_PASSED was believed
	items       []string
	used        []string
	judged      string
	submittedAt time.Time
}

// scene is an observation with what it is about.
type scene struct {
	*Linter
	o Observation
	h *handler // of which nothing is known if the observation is about none
	t *token   // nil: of no token
}

// sceneOf finds what an observation is about.
func (l *Linter) sceneOf(o Observation) *scene {
	s := &scene{Linter: l, o: o, h: &handler{}}
	if o.Token != 0 {
		if s.t = l.tokens.get(o.Token); s.t == nil {
			s.t = &token{}
			l.tokens.put(o.Token, s.t)
		}
	}
	if o.Handler != "" {
		if s.h = l.handlers.get(o.Handler); s.h == nil {
			s.h = &handler{name: o.Handler}
			l.handlers.put(o.Handler, s.h)
		}
		if s.h.token == nil {
			s.h.token = s.t
		}
	}
	return s
}

// learn takes in an observation, after the rules have looked at it.
func (l *Linter) learn(s *scene) {
	switch w := s.o.What.(type) {
	case ClientKnown:
		l.client = w.Client
	case Called:
		l.learnCall(s, w)
	case WebhookVerified:
		if w.Code == flow.WebhookLayerAuthenticationPassed {
			s.h.passed = true
		}
	}
	if w, answered := s.o.What.(WebhookAnswered); answered {
		l.learnWebhook(w)
	}
	s.h.learn(s.o)
	if w, told := s.o.What.(Told); told && w.Name == OnSuccess && !s.h.read && !slices.Contains(l.unread, s.h) {
		if len(l.unread) >= mostWaiting {
			l.unread = l.unread[1:]
		}
		l.unread = append(l.unread, s.h)
	}
	if s.t != nil && s.h.worn() && (s.t.worn == nil || !s.t.worn.came()) {
		s.t.worn = s.h
	}
}

func (l *Linter) learnCall(s *scene, c Called) {
	switch {
	case c.Path == pathTokenCreate && c.Status == ok && s.t != nil:
		s.t.user, s.t.expires, s.t.begun = c.User, c.Expires, true
		l.renewed.put(c.User, s.o.Seq)
	case c.Path == pathSessionGet && c.Status == ok:
		s.h.read, s.h.items = true, c.Items
		l.unread = slices.DeleteFunc(l.unread, func(h *handler) bool { return h == s.h })
	case c.Path == pathSessionGet:
		l.learnTry(s, c)
	case c.Path == pathWebhookKey && c.Status == ok:
		l.asked.put(c.KeyID, struct{}{})
	case c.AccessToken != "" && !slices.Contains(s.h.used, c.AccessToken):
		s.h.used = append(s.h.used, c.AccessToken)
	}
}

// learnTry finds out for whom a session was asked for in vain. If the record
// does not say it, the public_token belongs to nobody: then it is taken for
// that of the newest session that waits to be read. Trying again with one token
// counts for one session.
func (l *Linter) learnTry(s *scene, c Called) {
	if s.o.Handler != "" {
		s.h.tried = true
		return
	}
	if l.tried.has(c.PublicToken) {
		return
	}
	for _, h := range slices.Backward(l.unread) {
		if !h.tried {
			h.tried = true
			l.tried.put(c.PublicToken, h)
			return
		}
	}
}

func (l *Linter) learnWebhook(w WebhookAnswered) {
	switch {
	case w.Forged == "" && w.Status == ok:
		l.accepted = true
	case w.Forged != "" && refusal(w.Status) && !slices.Contains(l.refused, w.Forged):
		l.refused = append(l.refused, w.Forged)
	}
}

func (h *handler) learn(o Observation) {
	switch w := o.What.(type) {
	case HandlerMade:
		h.made = o
	case Submitted:
		if w.Phone != "" {
			h.phone, h.submittedAt = w.Phone, o.At
		}
		if w.Refused {
			return
		}
		if w.Phone != "" {
			h.phones++
		}
		if w.DateOfBirth && w.Phone == "" { // the one that came along is not read
			h.births++
		}
	case Opened:
		if !w.Refused {
			h.opened++
		}
	case Exited:
		h.left = true
	case Destroyed:
		h.destroyed = true
	case Judged:
		h.judged = w.Why
	case Happened:
		h.events = with(h.events, w.Name)
		if w.Name == OnSuccess || w.Name == OnExit {
			h.ended = true
		}
	case Told:
		h.told = with(h.told, w.Name)
		if w.Name == OnSuccess {
			h.success, h.succeeded = o, true
		}
	}
}

func with(set map[string]bool, name string) map[string]bool {
	if set == nil {
		set = map[string]bool{}
	}
	set[name] = true
	return set
}

// worn reports whether more was done with a handler than to create it.
func (h *handler) worn() bool { return h.phones+h.births+h.opened > 0 || h.ended }

// came reports whether a handler came to onSuccess.
func (h *handler) came() bool { return h.succeeded || h.events[OnSuccess] }

// stranger reports whether what was before with a handler is not in the record.
func (s *scene) stranger() bool {
	if _, made := s.o.What.(HandlerMade); made {
		return false
	}
	return s.o.Handler != "" && s.h.made.What == nil
}

// withPast makes the check of a rule that looks at what a handler has come to
// before. Of one whose beginning is missing it says nothing.
func withPast(check func(*scene) verdict) func(*scene) verdict {
	return func(s *scene) verdict {
		if s.stranger() {
			return verdict{}
		}
		return check(s)
	}
}

// miss says that records are missing before what comes next.
func (l *Linter) miss() {
	l.waiting = nil
	l.known = nothingKnown()
	l.partial = true
}

// forget forgets everything, or what one handler had come to.
func (l *Linter) forget(o Observation) {
	l.waiting = slices.DeleteFunc(l.waiting, func(w wait) bool { return o.Handler == "" || w.of.Handler == o.Handler })
	if o.Handler == "" {
		l.known = nothingKnown()
		clear(l.reported)
		l.run++
		return
	}
	h := l.handlers.get(o.Handler)
	if h == nil {
		return
	}
	*h = handler{name: h.name, made: h.made, token: h.token}
	if h.token != nil {
		h.token.worn = nil
	}
}

// shelf holds what was put there last.
type shelf[K comparable, V any] struct {
	held  map[K]V
	order []K
}

func newShelf[K comparable, V any]() shelf[K, V] { return shelf[K, V]{held: map[K]V{}} }

func (s *shelf[K, V]) get(k K) V { return s.held[k] }

func (s *shelf[K, V]) has(k K) bool {
	_, ok := s.held[k]
	return ok
}

func (s *shelf[K, V]) put(k K, v V) {
	if _, known := s.held[k]; !known {
		if len(s.order) >= mostKnown {
			delete(s.held, s.order[0])
			s.order = s.order[1:]
		}
		s.order = append(s.order, k)
	}
	s.held[k] = v
}
