package plaidsim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/plaidsim/outbox"
)

// Config is what a simulator is made of.
type Config struct {
	// Catalog holds the personas and templates. It must not change any more.
	Catalog *fixtures.Catalog
	// Now is the clock the simulator's own clock starts from; required.
	Now func() time.Time
	// Seed fixes every id, token and shuffle.
	Seed uint64
	// LiveEvents is teaching mode: every event is delivered at once. Otherwise
	// as documented: OPEN and LAYER_* at once, the rest held until onSuccess or
	// onExit, in seeded order (Plaid docs: Link Web, onEvent).
	LiveEvents bool
	// Credentials says whether a client_id and secret belong together; nil
	// takes any pair that is not empty.
	Credentials func(clientID, secret string) bool
	// Hosts are names, besides loopback ones, that Loopback answers to.
	Hosts []string
	// Webhook is where webhooks go if neither the request nor the template
	// names a URL; "" is nowhere.
	Webhook string
	// AllowRemoteWebhooks lets webhooks leave this machine.
	AllowRemoteWebhooks bool
	// WebhookTransport carries webhooks; nil is real connections, to this
	// machine only unless AllowRemoteWebhooks is set.
	WebhookTransport http.RoundTripper
}

// What is remembered at most; the oldest is forgotten first.
const (
	maxLinkTokens   = 100_000
	maxPublicTokens = 100_000
	maxAccessTokens = 100_000
	maxSessions     = 10_000
)

// Lifetimes. A link_token lives 4 hours (Plaid OpenAPI:
// SessionTokenCreateResponseLink), an ordinary public_token 30 minutes;
// UNCONFIRMED that the same holds for Layer's.
const (
	linkTokenLife   = 4 * time.Hour
	publicTokenLife = 30 * time.Minute
)

// Prefixes of the tokens.
const (
	linkTokenPrefix   = "link-sandbox-"
	publicTokenPrefix = "profile-sandbox-"
	accessTokenPrefix = "access-sandbox-"
)

// Sim is the simulator. It is safe for concurrent use.
type Sim struct {
	cfg      Config
	started  time.Time
	fallback *fixtures.Template // for a template_id that nobody knows
	faulty   atomic.Bool

	mu           sync.Mutex
	skew         time.Duration
	ids          *ids
	faults       []Fault
	linkTokens   shelf[uuid, linkToken]
	publicTokens shelf[uuid, *sharedAccount]
	accessTokens shelf[uuid, *itemEntry]
	sessions     map[string]*linkSession
	sessionAge   queue[string]           // every key, oldest first
	finished     queue[string]           // keys of ended sessions, first ended first
	byID         map[string]*linkSession // the same sessions by link_session_id
	histories    map[flow.PhoneNumber]*history
	threads      int // link_tokens made so far

	journal journal
	hooks   *outbox.Outbox
}

// New returns a simulator that remembers nothing yet.
func New(cfg Config) *Sim {
	s := &Sim{
		cfg:          cfg,
		started:      cfg.Now(),
		ids:          newIDs(cfg.Seed),
		linkTokens:   newShelf[uuid, linkToken](maxLinkTokens),
		publicTokens: newShelf[uuid, *sharedAccount](maxPublicTokens),
		accessTokens: newShelf[uuid, *itemEntry](maxAccessTokens),
		sessions:     map[string]*linkSession{},
		byID:         map[string]*linkSession{},
		histories:    map[flow.PhoneNumber]*history{},
	}
	if t, ok := cfg.Catalog.Template("default"); ok {
		s.fallback = &t
	} else if len(cfg.Catalog.Templates) > 0 {
		s.fallback = &cfg.Catalog.Templates[0]
	} else {
		s.fallback = &fixtures.Template{Name: "empty", Accounts: fixtures.AccountsSkip}
	}
	for _, p := range cfg.Catalog.Personas {
		h := &history{}
		for _, e := range p.Edits {
			h.add([]fixtures.Field{e.Field}, s.started.Add(-e.Ago))
		}
		s.histories[p.Phone] = h
	}
	s.hooks = s.newOutbox()
	return s
}

// Advance moves the simulator's clock: tokens expire, windows age, and webhooks
// that have become due go out.
func (s *Sim) Advance(d time.Duration) {
	s.mu.Lock()
	s.skew += d
	s.mu.Unlock()
	s.hooks.Wake()
}

// Close ends webhooks that are under way and waits for them. Nothing else runs
// by itself, and the simulator still answers.
func (s *Sim) Close() { s.hooks.Close() }

// Now returns the time on the simulator's clock.
func (s *Sim) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// now is Now for those who hold the lock.
func (s *Sim) now() time.Time { return s.cfg.Now().Add(s.skew) }

func (s *Sim) requestID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ids.requestID()
}

// ServeHTTP answers API calls, Link sessions and Link's web assets.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.faulty.Load() && s.fail(w, r) {
		return
	}
	if answer := endpoints[r.URL.Path]; answer != nil {
		s.serveAPI(w, r, answer)
		return
	}
	if s.webhookControl(w, r) {
		return
	}
	switch r.URL.Path {
	case pathLinkSession:
		s.serveLink(w, r, s.linkCreate)
	case "/healthz":
		s.answer(w, http.StatusOK, []byte(`{"status":"ok"}`))
	default:
		if strings.HasPrefix(r.URL.Path, pathLinkSession+"/") {
			s.serveLink(w, r, s.linkStep)
			return
		}
		if serveAsset(w, r) {
			return
		}
		s.serveAPI(w, r, unknownPath)
	}
}

// answer writes a JSON body.
func (s *Sim) answer(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away needs no answer
}

var (
	jsonType = []string{"application/json; charset=utf-8"}
	noStore  = []string{"no-store"}
	noSniff  = []string{"nosniff"}
)

// refuse writes an error the way Plaid does.
func (s *Sim) refuse(w http.ResponseWriter, e *plaidError) {
	e.RequestID = s.requestID()
	if e.closeSocket {
		w.Header().Set("Connection", "close")
	}
	s.answer(w, e.status, encode(e))
}

// encode is for our own types, which always encode. Text is sent as it is:
// bodies are JSON, never pasted into a page.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
