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
	users    shelf[string, *handler] // the newest handler of each
	asked    shelf[string, struct{}] // kids whose key was asked for
	triedAt  uint64                  // Seq of the last /user_account/session/get that was in vain
}

// Of how many tokens, handlers and users something is known; the oldest are
// forgotten first.
const mostKnown = 20_000

func nothingKnown() known {
	return known{
		tokens: newShelf[int, *token](), handlers: newShelf[string, *handler](),
		users: newShelf[string, *handler](), asked: newShelf[string, struct{}](),
	}
}

// token is what is known of a link_token.
type token struct {
	user    string
	expires time.Time
	worn    *handler // one that was submitted to, opened or ended
}

// handler is what is known of a handler and its Link session.
type handler struct {
	name      string
	made      Observation
	token     *token
	destroyed bool

	phone       string // masked; the last that was submitted
	phones      int
	births      int
	opened      int
	events      map[string]bool // that happened
	told        map[string]bool
	pending     Observation // LAYER_AUTOFILL_NOT_AVAILABLE that nothing followed
	success     Observation // onSuccess as it was delivered
	succeeded   bool
	ended       bool
	read        bool // /user_account/session/get was answered for it
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
	s.h.learn(s.o)
	if made, ok := s.o.What.(HandlerMade); ok && s.t != nil && s.t.user != "" && !made.Refused {
		l.users.put(s.t.user, s.h)
	}
	if s.t != nil && s.h.worn() {
		s.t.worn = s.h
	}
}

func (l *Linter) learnCall(s *scene, c Called) {
	switch {
	case c.Path == pathTokenCreate && c.Status == ok && s.t != nil:
		s.t.user, s.t.expires = c.User, c.Expires
	case c.Path == pathSessionGet && c.Status == ok:
		s.h.read, s.h.items = true, c.Items
	case c.Path == pathSessionGet: // for whom is not known: its public_token belongs to nobody
		l.triedAt = s.o.Seq
	case c.Path == pathWebhookKey && c.Status == ok:
		l.asked.put(c.KeyID, struct{}{})
	case c.AccessToken != "" && !slices.Contains(s.h.used, c.AccessToken):
		s.h.used = append(s.h.used, c.AccessToken)
	}
}

func (h *handler) learn(o Observation) {
	switch w := o.What.(type) {
	case HandlerMade:
		h.made = o
	case Submitted:
		h.submittedAt, h.pending = o.At, Observation{}
		if w.Phone != "" {
			h.phone = w.Phone
			h.phones++
		}
		if w.DateOfBirth && w.Phone == "" { // the one that came along is not read
			h.births++
		}
	case Opened:
		h.opened++
		h.pending = Observation{}
	case Exited:
		h.pending = Observation{}
	case Destroyed:
		h.destroyed, h.pending = true, Observation{}
	case Judged:
		h.judged = w.Why
	case Happened:
		h.events = with(h.events, w.Name)
		if w.Name == OnSuccess || w.Name == OnExit {
			h.ended = true
		}
	case Told:
		h.told = with(h.told, w.Name)
		switch w.Name {
		case flow.EventLayerAutofillUnavailable:
			h.pending = o
		case OnSuccess:
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
