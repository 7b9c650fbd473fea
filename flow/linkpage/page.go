// Package linkpage is the app's client in a browser: a local page on loopback
// that includes the Link script, creates the handler, opens Link and relays
// what Link calls back.
//
// The Link SDK for the web exists only inside a page, so an app in a terminal
// needs one:
//
//	page := linkpage.New(linkpage.Options{ScriptURL: script, Emit: emit, Now: time.Now, Simulated: true})
//	defer page.Close()
//	url, err := page.Present(ctx, handlerID, handover) // open this in a browser
//	…                                                  // OnEvent, OnSuccess, OnExit arrive through emit
//	page.Dismiss(handlerID, "All done. Go back to the terminal.")
//
// The real Link has its handlers in the page from create() on; then Handlers is
// Link for the app, and the terminal asks it for each call:
//
//	link := page.Handlers()
//	url, _, err := link.Serve(ctx)      // open this in a browser
//	err = link.Create(ctx, createHandler) // returns when the page has made the call
//
// The page can be reloaded, closed, opened twice or lose its connection; the
// walk goes on. The rules that make it so:
//
//   - The page is told what to show, not what to do: whenever a tab connects
//     it is given the present stage, and it moves there from wherever it is. What
//     its handler should have been asked for is a list, of which every load of
//     the page makes what it has not made.
//   - Callbacks are numbered by the tab and sent again until acknowledged, and
//     a number is emitted once, in order.
//   - The newest tab is the one that shows Link.
//
// Nothing but a tab that was given the URL can speak to the page: it listens
// on loopback only, under a path that cannot be guessed, and checks Host and
// Origin.
package linkpage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"layersim/flow"
	"layersim/flow/guard"
	"layersim/flow/loopback"
)

// Options is what a Page needs. ScriptURL, Emit and Now must be set.
type Options struct {
	// ScriptURL returns the address of link-initialize.js. It is asked at every
	// Present, so that a simulator may begin to listen only when a page needs it.
	ScriptURL func(context.Context) (string, error)
	// Emit is given what the page reports, one event at a time and in order. It
	// must not call back into the Page and must not block for long.
	Emit func(flow.Event)
	// Now is the app's clock.
	Now func() time.Time
	// Token is the source of the page's secret path; nil means crypto/rand.
	Token io.Reader
	// Addr is where to listen, loopback only; "" means 127.0.0.1 and any port.
	Addr string
	// Simulated makes the page say that it is simulated. A page that is not is
	// for the real Link, and may load what that one needs.
	Simulated bool
	// Connect is the address of Plaid's API, which the real Link calls from the
	// page.
	Connect string
	// Elsewhere names the settings that lead somewhere else than to Plaid, "" for
	// none. The page says so all the time.
	Elsewhere string
	// Listen opens the page's listener; nil means the operating system's own.
	Listen func(ctx context.Context, network, address string) (net.Listener, error)
	// Log is told what was refused, never its content; nil means nothing is.
	Log *slog.Logger
}

// Page is the local page. It begins to listen at the first Present.
type Page struct {
	opts Options

	// turn orders what is emitted: whoever decides that an event happened holds
	// it until the event is emitted. It is taken before mu, never after.
	turn sync.Mutex

	mu       sync.Mutex
	closed   bool
	server   *http.Server
	url      string // http://127.0.0.1:PORT/<secret>/
	port     string
	secret   string
	link     string // address of the Link script, as served
	stage    stage
	lastCall int                     // number of the newest call
	known    map[flow.HandlerID]bool // handlers that were ever on the page
	// destroyed are handlers given up, maybe before they came here.
	destroyed map[flow.HandlerID]bool
	tabs      tabs
	ctx       context.Context // ends with Close
	stop      context.CancelFunc
	handlers  sync.WaitGroup // requests that are being served, bridges included
}

// maxConnections bounds how many requests and bridges there are at once. A
// browser needs a few for each tab.
const maxConnections = 256

// stage is what the page now shows. Every change counts version up, so that a
// tab knows a repetition from something new.
type stage struct {
	version   int
	handler   flow.HandlerID
	script    string
	handover  flow.Handover
	calls     *calls // what is wanted of a handler that lives here, nil if it was presented
	dismissed bool
	sentence  string
	lived     bool // the handler lived here, and what became of it is said
}

// New returns a Page that is not listening yet.
func New(o Options) *Page {
	if o.Token == nil {
		o.Token = rand.Reader
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Listen == nil {
		o.Listen = (&net.ListenConfig{}).Listen
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Page{opts: o, known: map[flow.HandlerID]bool{}, destroyed: map[flow.HandlerID]bool{}, ctx: ctx, stop: stop}
}

// Present shows the Link session of a handler on the page and returns the
// page's URL, which stays the same until Close. A tab that is connected moves
// there by itself. The error is a flow.Failure that says what to do.
func (p *Page) Present(ctx context.Context, id flow.HandlerID, h flow.Handover) (string, error) {
	script, err := p.script(ctx, "Finish in the terminal instead.")
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.serve(ctx, script); err != nil {
		return "", err
	}
	p.known[id] = true
	p.stage = stage{version: p.stage.version, handler: id, script: script, handover: h}
	p.changed()
	return p.url, nil
}

// script returns the address of the Link script, or a failure with this hint.
func (p *Page) script(ctx context.Context, hint string) (string, error) {
	script, err := p.opts.ScriptURL(ctx)
	if err != nil {
		return "", clientFailure("The Link script has no address: "+err.Error(), hint)
	}
	if _, err := originOf(script); err != nil {
		return "", clientFailure(err.Error(), hint)
	}
	return script, nil
}

// serve begins to listen, if need be, for a page that loads this script. Called
// with mu held.
func (p *Page) serve(ctx context.Context, script string) error {
	if p.closed {
		return clientFailure("The local page is closed.", "Start again.")
	}
	p.link = script
	if p.server != nil {
		return nil
	}
	return p.listen(ctx)
}

// changed lets the tab know that the stage is another. Called with mu held.
func (p *Page) changed() {
	p.stage.version++
	p.tabs.wake()
}

// Dismiss takes Link off the page and shows a sentence instead, also to tabs
// that connect later. It does nothing if another handler has been presented
// since.
func (p *Page) Dismiss(id flow.HandlerID, sentence string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage.version == 0 || p.stage.handler != id || p.stage.calls != nil || p.stage.lived {
		return
	}
	p.stage = stage{version: p.stage.version, handler: id, script: p.stage.script, dismissed: true, sentence: flow.CleanLine(sentence, maxSentence)}
	p.changed()
}

// Close stops listening, drops every tab and waits until nothing of the page
// runs any more. It emits nothing, and may be called twice.
func (p *Page) Close() error {
	p.mu.Lock()
	server := p.server
	p.closed = true
	p.stop()
	p.mu.Unlock()
	var err error
	if server != nil {
		err = server.Close()
	}
	p.handlers.Wait()
	return err
}

// listen starts the server. Called with mu held.
func (p *Page) listen(ctx context.Context) error {
	host, _, err := net.SplitHostPort(p.opts.Addr)
	if err != nil || (host != "127.0.0.1" && host != "localhost") {
		return clientFailure(fmt.Sprintf("The local page listens on 127.0.0.1 only, not on %q.", p.opts.Addr), "Give an address such as 127.0.0.1:8138.")
	}
	secret, err := newSecret(p.opts.Token)
	if err != nil {
		return clientFailure("No random path for the local page: "+err.Error(), "Finish in the terminal instead.")
	}
	listener, err := p.opts.Listen(ctx, "tcp4", p.opts.Addr)
	if err != nil {
		return clientFailure(fmt.Sprintf("The local page can't listen on %s: %s.", p.opts.Addr, cause(err)), "Free the port or choose another one.")
	}
	address := listener.Addr().String()
	_, p.port, _ = net.SplitHostPort(address)
	p.secret = secret
	p.url = (&url.URL{Scheme: "http", Host: address, Path: "/" + secret + "/"}).String()
	p.server = loopback.NewServer(p)
	p.server.ErrorLog = slog.NewLogLogger(p.opts.Log.Handler(), slog.LevelWarn)
	p.handlers.Add(1)
	server := p.server
	guard.Go(func() {
		defer p.handlers.Done()
		if err := server.Serve(loopback.Limit(listener, maxConnections)); !errors.Is(err, http.ErrServerClosed) {
			p.opts.Log.Error("local page stopped", "error", err)
		}
	})
	return nil
}

func clientFailure(message, hint string) flow.Failure {
	return flow.Failure{Code: flow.CodeClient, Message: message, Hint: hint, Retryable: true}
}

// cause returns the innermost error: "address already in use" without the
// names of the calls that led there.
func cause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
