// Package engine performs what the core asks for: one Effect in, the Event that
// answers it out.
//
// It exists so that the core can stay pure and the adapters can stay small. The
// engine knows in which order the ports work together and it keeps one promise
// on behalf of all of them: every Question is answered by exactly one Event,
// whatever a port does. A port that returns an error, returns nonsense, panics
// or does not return at all makes the answer a CallFailed.
//
//	e := engine.New(engine.Ports{Server: plaid, Link: link, Now: time.Now, Emit: emit})
//	defer e.Close()
//	for _, effect := range transition.Effects {
//		go func() {
//			if event := e.Perform(ctx, effect); event != nil {
//				emit(event)
//			}
//		}()
//	}
//
// What happens meanwhile and answers nothing (PageServed, BrowserFailed, and
// whatever the adapters report themselves) goes through Emit.
package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"layersim/flow"
	"layersim/flow/guard"
)

// Server is our server: it calls Plaid's API. Errors are flow.Failure.
type Server interface {
	CreateSessionToken(ctx context.Context, e flow.CreateSessionToken) (token flow.LinkToken, expiration time.Time, requestID string, err error)
	GetUserAccountSession(ctx context.Context, e flow.GetUserAccountSession) (flow.UserAccount, error)
	GetAccounts(ctx context.Context, e flow.GetAccounts) (flow.ItemAccounts, error)
	ExchangePublicToken(ctx context.Context, e flow.ExchangePublicToken) error
}

// Link is the Link SDK as our client sees it. What it calls back arrives as
// events, not here. Errors are flow.Failure.
type Link interface {
	Create(ctx context.Context, e flow.CreateHandler) error
	Submit(ctx context.Context, e flow.SubmitHandler) error
	// Open opens Link, or goes on with an open session, drawn in the terminal.
	Open(ctx context.Context, id flow.HandlerID) error
	// OpenAgain calls open() although it was called before, and adds nothing to
	// make it work.
	OpenAgain(ctx context.Context, id flow.HandlerID) error
	// HandOver stops drawing and returns what a page needs to take over.
	HandOver(ctx context.Context, id flow.HandlerID) (flow.Handover, error)
	Act(ctx context.Context, id flow.HandlerID, a flow.LinkAction) error
	Exit(ctx context.Context, id flow.HandlerID) error
	Destroy(id flow.HandlerID)
}

// Paged is a Link whose handlers live in the local page from create() on, as
// those of the real Link do. Its calls wait until a browser has the page open.
type Paged interface {
	Link
	// Serve begins to serve the page, if it is not served yet, and returns its
	// address and whether a browser has it open.
	Serve(ctx context.Context) (url string, connected bool, err error)
}

// Page is the local page in which Link can be finished.
type Page interface {
	// Present makes the page show this session and returns its address.
	Present(ctx context.Context, id flow.HandlerID, h flow.Handover) (url string, err error)
	// Dismiss tells a connected page that it is not needed any more, and why.
	Dismiss(id flow.HandlerID, sentence string)
	Close() error
}

// Browser opens an address in the operator's browser.
type Browser interface{ Open(url string) error }

// Webhooks lets webhooks be sent and checked, rightly and wrongly.
type Webhooks interface {
	Try(ctx context.Context, e flow.TryWebhooks) ([]flow.WebhookTrial, error)
}

// Clock is the clock of a simulated Plaid.
type Clock interface{ Advance(d time.Duration) }

// Ports are what the engine works with. Now and Emit are required. Without a
// Server, Link, Page, Clock or Webhooks the calls that need them fail; without a Browser
// the operator is told to open the page's address.
type Ports struct {
	Server  Server
	Link    Link
	Page    Page
	Browser Browser
	Now     func() time.Time
	Emit    func(flow.Event)
	// Clock and Webhooks are a simulated Plaid's; nil with the real one.
	Clock    Clock
	Webhooks Webhooks
	// LinkPatience is how long a call of Link may take, 0 for as long as any
	// other. A Paged one waits for a person to open the page.
	LinkPatience time.Duration
}

const (
	// callPatience is how long a call may take. Plaid documents no limit of its
	// own; its slowest Layer calls take a few seconds.
	callPatience = 30 * time.Second
	// lastWord is how long a port that was told to stop may take to say why,
	// which is more telling than what the engine would say in its place.
	lastWord = 250 * time.Millisecond
	// browserPatience is how long the start of a browser is waited for. Some
	// systems return only when the browser is closed: silence means it runs.
	browserPatience = 3 * time.Second
)

const (
	overSentence       = "This session is over. Go back to the terminal."
	inTerminalSentence = "Link goes on in the terminal. Go back to the terminal."
)

var errClosed = errors.New("the program is closing")

// Engine performs effects. It keeps no state of the walk; any number of effects
// may be performed at once.
type Engine struct {
	ports    Ports
	open     context.Context // ends when the engine is closed
	shut     context.CancelFunc
	calls    chan func()   // taken by a goroutine that waits for its next call
	idle     chan struct{} // those that wait
	closing  sync.Once
	closeErr error
}

// New returns an engine that works with ports.
func New(ports Ports) *Engine {
	open, shut := context.WithCancel(context.Background())
	return &Engine{ports: ports, open: open, shut: shut, calls: make(chan func()), idle: make(chan struct{}, mostIdle)}
}

// Perform does what effect asks for and returns the event that answers it, nil
// for an order. It blocks for as long as that takes: at most half a minute for
// a call, LinkPatience for one of Link, until its time for a timer, less when ctx
// ends or the engine is closed.
func (e *Engine) Perform(ctx context.Context, effect flow.Effect) flow.Event {
	ctx, done := e.whileOpen(ctx)
	defer done()
	switch effect := effect.(type) {
	case flow.StartTimer:
		return e.wait(ctx, effect)
	case flow.DestroyHandler:
		e.destroy(effect.HandlerID)
		return nil
	case flow.DoDeed:
		return flow.AppDid{At: e.now(), Deed: effect.Deed, Because: effect.Because}
	case flow.ForgeOnSuccess:
		return flow.OnSuccess{At: e.now(), HandlerID: effect.HandlerID, PublicToken: effect.PublicToken}
	case flow.Question:
		return e.answer(ctx, effect)
	}
	return nil
}

// whileOpen returns a context that ends with the engine too.
func (e *Engine) whileOpen(ctx context.Context) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	if e.open.Err() != nil {
		cancel(errClosed)
	}
	stop := context.AfterFunc(e.open, guard.Func(func() { cancel(errClosed) }))
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// Close ends every call and timer that is still running and closes the page.
// Questions asked later fail at once.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		e.shut()
		if e.ports.Page != nil {
			e.closeErr = e.ports.Page.Close()
		}
	})
	return e.closeErr
}

// wait answers a timer when its time has come, or not at all.
func (e *Engine) wait(ctx context.Context, start flow.StartTimer) flow.Event {
	timer := time.NewTimer(start.Until.Sub(e.ports.Now()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return flow.TimerFired{At: e.now(), Timer: start.Timer}
	case <-ctx.Done():
		return nil
	}
}

// destroy gives a handler up. Nobody waits for an answer, so a port that
// panics here is let be: what it held is forgotten either way.
func (e *Engine) destroy(id flow.HandlerID) {
	if e.ports.Link != nil {
		harmless(func() { e.ports.Link.Destroy(id) })
	}
	e.dismiss(id, overSentence)
}

func (e *Engine) dismiss(id flow.HandlerID, sentence string) {
	if e.ports.Page != nil {
		harmless(func() { e.ports.Page.Dismiss(id, sentence) })
	}
}

func harmless(f func()) {
	defer func() { _ = recover() }()
	f()
}

// answer performs a question within callPatience and turns whatever comes of
// it into one event.
func (e *Engine) answer(parent context.Context, q flow.Question) flow.Event {
	ctx, cancel := context.WithTimeout(parent, e.patience(q))
	defer cancel()
	if err := ctx.Err(); err != nil {
		return e.failed(q, givenUp(ctx, e.patience(q)))
	}
	// Room for one: a port that comes back after it was given up must not hang.
	done := make(chan flow.Event, 1)
	e.begin(func() {
		var event flow.Event
		defer func() {
			switch r := recover(); {
			case r != nil:
				guard.Survived(r)
				event = e.failed(q, clientFailure(fmt.Sprintf("this program made a mistake while it called: %v", r)))
			case event == nil: // the port ended its goroutine
				event = e.failed(q, clientFailure("the call ended without an answer"))
			}
			done <- event
		}()
		event = e.ask(ctx, q)
	})
	select {
	case event := <-done:
		return event
	case <-ctx.Done():
	}
	grace := time.NewTimer(lastWord)
	defer grace.Stop()
	select {
	case event := <-done:
		return event
	case <-grace.C:
		return e.failed(q, givenUp(ctx, e.patience(q)))
	}
}

// mostIdle is how many goroutines wait for their next call, and idleFor how long.
const (
	mostIdle = 2
	idleFor  = time.Second
)

// begin runs a call on another goroutine. One that has made its call waits for the
// next: a call goes deep, through SDK and transport, and a stack that grew for one
// need not grow again for the next.
func (e *Engine) begin(call func()) {
	select {
	case e.calls <- call:
	default:
		guard.Go(func() { e.work(call) })
	}
}

func (e *Engine) work(call func()) {
	patience := time.NewTimer(idleFor)
	defer patience.Stop()
	for {
		call()
		select {
		case e.idle <- struct{}{}:
		default:
			return
		}
		patience.Reset(idleFor)
		select {
		case call = <-e.calls:
			<-e.idle
		case <-patience.C:
			<-e.idle
			return
		case <-e.open.Done():
			return
		}
	}
}

// patience is how long a question may take.
func (e *Engine) patience(q flow.Question) time.Duration {
	switch q.(type) {
	case flow.CreateHandler, flow.SubmitHandler, flow.OpenHandler, flow.PresentLink, flow.ExitHandler:
		if e.ports.LinkPatience > 0 {
			return e.ports.LinkPatience
		}
	}
	return callPatience
}

func (e *Engine) now() flow.At { return flow.At(e.ports.Now()) }
