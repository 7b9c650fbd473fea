// Package linkterm is our client without a browser: it drives a simulated Link
// session over HTTP, the way Link's own iframe does.
//
// The real Link SDK lives in a page. Simulated, the terminal itself can create
// the handler and submit, and either hand the session over to a page when open()
// is called or draw Link's panes in the terminal to the end:
//
//	link := linkterm.New(linkterm.Options{BaseURL: url, Transport: rt, Emit: emit, Now: time.Now})
//	err := link.Create(ctx, effect)           // then OnLoad
//	err = link.Submit(ctx, effect)            // then OnEvent LAYER_READY or another
//	err = link.Open(ctx, id)                  // then OPEN … and PaneShown
//	handover, err := link.HandOver(ctx, id)   // or: a page goes on
//
// Callbacks come with the answers, each with a number that counts up in the
// session; the simulator repeats them until they are acknowledged, and every
// one is emitted once, however often an answer was lost or came twice. What the
// simulator says is untrusted like any other answer: reads are bounded, types
// are checked before anything is believed, control characters are removed.
//
// Errors are flow.Failure.
package linkterm

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"layersim/flow"
)

// Options say where the simulated Link is and where its callbacks go. All but
// Transport are required.
type Options struct {
	// BaseURL is the simulator's address without a path, such as
	// "http://127.0.0.1:8137".
	BaseURL string
	// Transport carries the requests; nil is http.DefaultTransport.
	Transport http.RoundTripper
	// Emit takes the callbacks in order. It is called while a method of Client
	// runs, and must not call one itself.
	Emit func(flow.Event)
	// Now is the app's clock.
	Now func() time.Time
}

// Client holds the handlers of one app. Its methods may be called from several
// goroutines; calls on one handler wait for each other.
type Client struct {
	baseURL string
	http    *http.Client
	emit    func(flow.Event)
	now     func() time.Time

	mu       sync.Mutex
	handlers map[flow.HandlerID]*handler
}

// handler is one handler and its Link session.
type handler struct {
	id    flow.HandlerID
	token flow.LinkToken
	key   flow.LinkKey
	gone  atomic.Bool // destroyed: nothing may be emitted any more

	turn chan struct{} // holds one value while a call is under way
	// What follows belongs to whoever has the turn.
	delivered map[int]bool // numbers of the callbacks that were emitted
	ack       int          // the highest of them
	acked     int          // the highest that Link knows of
	opened    bool         // open was called from here
	drawing   bool         // the terminal draws the panes
	elsewhere bool         // a page was given the session
	ended     bool         // onSuccess or onExit was emitted
}

// New returns a client without handlers.
func New(o Options) *Client {
	return &Client{
		baseURL: strings.TrimRight(o.BaseURL, "/"),
		http: &http.Client{
			Transport: o.Transport,
			// A redirect would carry the session's key to another host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		emit:     o.Emit,
		now:      o.Now,
		handlers: map[flow.HandlerID]*handler{},
	}
}

// Create makes a handler with a new Link session, as Plaid.create does, and
// emits OnLoad. A handler that has the same id already is forgotten.
func (c *Client) Create(ctx context.Context, e flow.CreateHandler) error {
	h := &handler{id: e.HandlerID, token: e.LinkToken, turn: make(chan struct{}, 1), delivered: map[int]bool{}}
	// It is there from the start, so that Destroy finds it while Link answers.
	h.turn <- struct{}{}
	defer func() { <-h.turn }()
	c.mu.Lock()
	if old := c.handlers[h.id]; old != nil {
		old.gone.Store(true)
	}
	c.handlers[h.id] = h
	c.mu.Unlock()
	a, err := c.post(ctx, "/link/session", map[string]any{"token": e.LinkToken.Reveal()})
	if err == nil && a.Session == "" {
		err = notLink("the answer names no session")
	}
	if err != nil {
		c.forget(h)
		return err
	}
	h.key = flow.NewLinkKey(a.Session)
	if !e.Early.IsZero() {
		c.dropped(ctx, h, e.Early)
	}
	if h.gone.Load() {
		return clientFailure("the handler was destroyed while it was created")
	}
	c.emit(flow.OnLoad{At: c.at(), HandlerID: h.id})
	c.deliver(h, a)
	return nil
}

// dropped tells Link of a submit() that came before onLoad, of which nothing
// becomes. Nobody hears of it, as nobody would if the app had not called at all.
func (c *Client) dropped(ctx context.Context, h *handler, phone flow.PhoneNumber) {
	_, _ = c.post(ctx, "/link/session/"+pathSegment(h.key)+"/early", map[string]any{"phone_number": phone.Reveal()})
}

// forget drops a handler unless another has taken its place.
func (c *Client) forget(h *handler) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h.gone.Store(true)
	if c.handlers[h.id] == h {
		delete(c.handlers, h.id)
	}
}

// Submit calls handler.submit with what is there: the phone number, the date
// of birth, or both. Whether the user is eligible comes as OnEvent.
func (c *Client) Submit(ctx context.Context, e flow.SubmitHandler) error {
	body := map[string]any{}
	if !e.Phone.IsZero() {
		body["phone_number"] = e.Phone.Reveal()
	}
	if !e.DateOfBirth.IsZero() {
		body["date_of_birth"] = e.DateOfBirth.Reveal()
	}
	return c.call(ctx, e.HandlerID, func(h *handler) error {
		return c.insist(ctx, h, "submit", body)
	})
}

// Open opens Link, or goes on with a session that is open already, and draws
// its panes in the terminal: from now on PaneShown follows what happens.
func (c *Client) Open(ctx context.Context, id flow.HandlerID) error {
	return c.call(ctx, id, func(h *handler) error {
		h.drawing = true
		if h.opened || h.elsewhere {
			a, err := c.drive(ctx, h, "sync", nil)
			if err != nil || a.opened() {
				return err
			}
		}
		h.opened = true
		a, err := c.insisted(ctx, h, "open", nil)
		if err == nil && !a.opened() {
			return unopened()
		}
		return err
	})
}

// OpenAgain calls open() whatever has been called before; Link decides what
// becomes of it.
func (c *Client) OpenAgain(ctx context.Context, id flow.HandlerID) error {
	return c.call(ctx, id, func(h *handler) error { return c.insist(ctx, h, "open", nil) })
}

// HandOver stops drawing in the terminal and returns what a page needs to go
// on with the session. Open takes it back. What was delivered here is
// acknowledged first, so that the page does not deliver it again.
func (c *Client) HandOver(ctx context.Context, id flow.HandlerID) (flow.Handover, error) {
	var handover flow.Handover
	err := c.call(ctx, id, func(h *handler) error {
		h.drawing = false
		if h.ack > h.acked {
			if _, err := c.drive(ctx, h, "sync", nil); err != nil {
				return err
			}
		}
		h.elsewhere = true
		handover = flow.Handover{LinkToken: h.token, Key: h.key}
		return nil
	})
	return handover, err
}

// Act does what the user did in a pane. An action that came too late for the
// pane is no failure: the pane that is really there is shown, and says so.
func (c *Client) Act(ctx context.Context, id flow.HandlerID, action flow.LinkAction) error {
	body, ok := bodyOf(action)
	if !ok {
		return clientFailure("Link has no button for " + clean(string(action.Kind)))
	}
	return c.call(ctx, id, func(h *handler) error {
		a, err := c.drive(ctx, h, string(action.Kind), body)
		if err == nil && a.Refused != "" && a.Pane == nil && !a.news {
			return refusal(a.Refused)
		}
		return err
	})
}

// bodyOf is what an action says besides its verb; ok is false for a verb that
// Link does not have.
func bodyOf(action flow.LinkAction) (body map[string]any, ok bool) {
	values := map[string]string{}
	for key, value := range maps.All(action.Values) {
		values[key] = value.Reveal()
	}
	accounts := append([]string{}, action.Accounts...)
	switch action.Kind {
	case flow.LinkContinue, flow.LinkClose, flow.LinkVerified, flow.LinkBack:
		return nil, true
	case flow.LinkCode:
		return map[string]any{"code": action.Code.Reveal()}, true
	case flow.LinkShare, flow.LinkAddBank:
		return map[string]any{"values": values, "accounts": accounts}, true
	case flow.LinkSearch, flow.LinkCredentials, flow.LinkMFA:
		return map[string]any{"values": values}, true
	case flow.LinkInstitution:
		return map[string]any{"institution": action.Choice}, true
	case flow.LinkAccounts:
		return map[string]any{"accounts": accounts}, true
	}
	return nil, false
}

// Exit calls handler.exit({force: true}); OnExit follows. A session that is
// over already has nothing to say to it. A page that was given the session may
// not have opened Link yet although the app has called open: then that is done
// here first, because only Link that is open can be left.
func (c *Client) Exit(ctx context.Context, id flow.HandlerID) error {
	force := map[string]any{"force": true}
	return c.call(ctx, id, func(h *handler) error {
		a, err := c.drive(ctx, h, "exit", force)
		if err != nil || a.Refused == "" || a.news || a.over() {
			return err
		}
		if !h.elsewhere {
			return refusal(a.Refused)
		}
		if _, err := c.drive(ctx, h, "open", nil); err != nil {
			return err
		}
		return c.insist(ctx, h, "exit", force)
	})
}

// Destroy forgets a handler. As with the real SDK nothing is called back, not
// even by a call that is still under way.
func (c *Client) Destroy(id flow.HandlerID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h := c.handlers[id]; h != nil {
		h.gone.Store(true)
		delete(c.handlers, id)
	}
}

// call runs f with the turn of one handler.
func (c *Client) call(ctx context.Context, id flow.HandlerID, f func(*handler) error) error {
	c.mu.Lock()
	h := c.handlers[id]
	c.mu.Unlock()
	if h == nil {
		return noHandler()
	}
	select {
	case h.turn <- struct{}{}:
		defer func() { <-h.turn }()
		if h.gone.Load() {
			return noHandler()
		}
		return f(h)
	case <-ctx.Done():
		return onTheWay(ctx, ctx.Err())
	}
}

// insist is drive for a call that must be carried out. A refusal that came
// with news is none: the first answer was lost, and the call had been heard.
func (c *Client) insist(ctx context.Context, h *handler, verb string, body map[string]any) error {
	_, err := c.insisted(ctx, h, verb, body)
	return err
}

// insisted is insist for those who look at the answer.
func (c *Client) insisted(ctx context.Context, h *handler, verb string, body map[string]any) (answer, error) {
	a, err := c.drive(ctx, h, verb, body)
	if err == nil && a.Refused != "" && !a.news {
		return a, refusal(a.Refused)
	}
	return a, err
}

// drive sends one verb to the session and emits what its answer brings. That the
// session is over and no callback said so is an error: nothing more will come of
// it, and an app that waits for one waits for ever.
func (c *Client) drive(ctx context.Context, h *handler, verb string, body map[string]any) (answer, error) {
	request := map[string]any{}
	maps.Copy(request, body)
	acked := h.ack
	if acked > 0 {
		request["ack"] = acked
	}
	a, err := c.post(ctx, "/link/session/"+pathSegment(h.key)+"/"+verb, request)
	if err != nil {
		return answer{}, err
	}
	h.acked = max(h.acked, acked)
	a.news = c.deliver(h, a)
	if a.over() && !h.ended && !h.elsewhere && !h.gone.Load() {
		return a, closedSilently()
	}
	return a, nil
}

func (c *Client) at() flow.At { return flow.At(c.now()) }
