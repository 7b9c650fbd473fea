package plaidsim

import (
	"bytes"
	"context"
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
	// Start, unless zero, is where the simulator's clock starts; it then stands
	// still until it is advanced, set or let go.
	Start time.Time
	// Seed fixes every id, token and shuffle.
	Seed uint64
	// Delivery says when the app is told of events; Documented when empty.
	Delivery Delivery
	// Credentials says whether a client_id and secret belong together; nil
	// takes any pair that is not empty.
	Credentials func(clientID, secret string) bool
	// Strict refuses what Plaid's Sandbox forgives and Production does not: a
	// link_token used twice, a redirect_uri without https. It also refuses a
	// template_id that nobody knows.
	Strict bool
	// NotEnabled lists what the client may not use: products ("auth",
	// "identity") and paths ("/network/status/get").
	NotEnabled []string
	// Hosts are names, besides loopback ones, that Loopback answers to: in small
	// letters, without a port.
	Hosts []string
	// Reachable: other machines may use the simulator, and name this one by its
	// IP address, or by that of whoever forwards to it.
	Reachable bool
	// Webhook is where webhooks go if neither the request nor the template
	// names a URL; "" is nowhere.
	Webhook string
	// AllowRemoteWebhooks lets webhooks leave this machine.
	AllowRemoteWebhooks bool
	// WebhookTransport carries webhooks; nil is real connections, to this
	// machine only unless AllowRemoteWebhooks is set.
	WebhookTransport http.RoundTripper
	// Inbox takes webhooks to InboxURL without a connection; nil for none.
	// Trials takes those that SendWebhookAgain sends.
	Inbox, Trials http.RoundTripper
	// ManualWebhooks: webhooks go out only while SettleWebhooks is waited for, one
	// after another. Without it they go out by themselves.
	ManualWebhooks bool
	// Sleep is how a fault lets a call wait; nil waits in real time. d is how
	// long, 0 until the caller gives up. An error is what the caller then sees.
	Sleep func(ctx context.Context, d time.Duration) error
}

// What is remembered at most; the oldest is forgotten first. 10,000 sessions may
// be alive and end in the same moment: what their apps have yet to ask for is there.
const (
	maxLinkTokens   = 12_000
	maxPublicTokens = 12_000
	maxAccessTokens = 24_000
	maxSessions     = 12_000
	maxFinished     = 2_000 // sessions that have ended and whose app knows all of it, among them
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
	environment       = "sandbox"
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
	strays   [strayKinds]atomic.Uint64 // answered so far
	turns    chan struct{}             // holds a value for each request that is worked on

	mu           sync.Mutex
	clock        clock
	ids          *ids
	resetAt      uint64 // seq of the journal's newest record at the last Reset
	faults       []*armed
	armedSoFar   int
	linkTokens   shelf[uuid, linkToken]
	publicTokens shelf[uuid, *sharedAccount]
	accessTokens shelf[uuid, *itemEntry]
	sessions     map[string]*linkSession
	sessionAge   queue[string]           // every key, oldest first
	finished     queue[string]           // keys of ended sessions, first ended first
	byID         map[string]*linkSession // the same sessions by link_session_id
	histories    map[flow.PhoneNumber]*history
	threads      int // link_tokens made so far
	forgotten    int // Link sessions so far

	journal journal
	hooks   *outbox.Outbox
}

// New returns a simulator that remembers nothing yet.
func New(cfg Config) *Sim {
	s := &Sim{cfg: cfg, clock: newClock(cfg), turns: make(chan struct{}, maxTurns)}
	s.started = s.clock.now()
	if t, ok := cfg.Catalog.Template("default"); ok {
		s.fallback = &t
	} else if len(cfg.Catalog.Templates) > 0 {
		s.fallback = &cfg.Catalog.Templates[0]
	} else {
		s.fallback = &fixtures.Template{Name: "empty", Accounts: fixtures.AccountsSkip}
	}
	s.begin()
	s.hooks = s.newOutbox()
	return s
}

// begin makes everything that the simulator remembers, but its clock and its
// journal; the caller holds the lock, or has the simulator alone. It is also
// the end of what was remembered before: see Reset.
func (s *Sim) begin() {
	s.ids = newIDs(s.cfg.Seed)
	s.linkTokens = newShelf[uuid, linkToken](maxLinkTokens)
	s.publicTokens = newShelf[uuid, *sharedAccount](maxPublicTokens)
	s.accessTokens = newShelf[uuid, *itemEntry](maxAccessTokens)
	s.sessions = map[string]*linkSession{}
	s.byID = map[string]*linkSession{}
	s.sessionAge, s.finished = queue[string]{}, queue[string]{}
	s.histories = map[flow.PhoneNumber]*history{}
	s.threads, s.forgotten, s.faults, s.armedSoFar = 0, 0, nil, 0
	s.faulty.Store(false)
	for i := range s.strays {
		s.strays[i].Store(0)
	}
	for _, p := range s.cfg.Catalog.Personas {
		h := &history{}
		for _, e := range p.Edits {
			h.add([]fixtures.Field{e.Field}, s.started.Add(-e.Ago))
		}
		s.histories[p.Phone] = h
	}
}

// Close ends webhooks that are under way and waits for them. Nothing else runs
// by itself, and the simulator still answers.
func (s *Sim) Close() { s.hooks.Close() }

func (s *Sim) requestID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ids.requestID()
}

// ServeHTTP answers API calls, Link sessions and Link's web assets.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, pathControl) {
		s.serveControl(w, r)
		return
	}
	if s.faulty.Load() && s.fail(w, r) {
		return
	}
	s.route(w, r)
}

// route is ServeHTTP once no fault has come between.
func (s *Sim) route(w http.ResponseWriter, r *http.Request) {
	if answer := endpoints[r.URL.Path]; answer != nil {
		s.serveAPI(w, r, answer)
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
		s.serveAPI(w, r, nil)
	}
}

// answer writes a JSON body.
func (s *Sim) answer(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	h["Cross-Origin-Resource-Policy"] = ownPages
	h["Content-Security-Policy"] = noContent
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away needs no answer
}

var (
	jsonType = []string{"application/json; charset=utf-8"}
	noStore  = []string{"no-store"}
	noSniff  = []string{"nosniff"}
	// What is data is no picture, script or frame for another page.
	ownPages  = []string{"same-origin"}
	noContent = []string{"default-src 'none'; frame-ancestors 'none'"}
)

// refuse writes an error the way Plaid does.
func (s *Sim) refuse(w http.ResponseWriter, e *plaidError) {
	e.sign(s.requestID())
	if e.closeSocket {
		w.Header().Set("Connection", "close")
	}
	s.answer(w, e.status, encode(e))
}

// encode is for our own types, which always encode. Markup is sent as it is:
// bodies are JSON, never pasted into a page.
func encode(v any) []byte {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer giveBack(b)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.Clone(escaped(bytes.TrimSuffix(b.Bytes(), []byte("\n"))))
}
