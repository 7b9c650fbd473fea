package tui

import (
	"context"
	"sync"
	"testing/synctest"
	"time"

	"layersim/flow"
	"layersim/flow/linkterm"
)

const pagedURL = "http://127.0.0.1:45678/p/5b1e0f0c7c3f4a4f8a7c6f2d1e0b9a88/"

// pagedLink is a Link that lives in a page: its calls wait until a tab has the
// page open, and what its user does there the test does.
type pagedLink struct {
	*linkterm.Client

	mutex     sync.Mutex
	open      chan struct{} // closed while a tab has the page open
	tab       int
	connected bool
	served    int
}

// newPagedLink returns one that emits what a real Link would: no pane, and not
// why somebody is eligible.
func newPagedLink(emit func(flow.Event), link func(func(flow.Event)) *linkterm.Client) *pagedLink {
	return &pagedLink{open: make(chan struct{}), Client: link(func(e flow.Event) {
		switch e := e.(type) {
		case flow.PaneShown:
		case flow.OnEvent:
			e.Metadata.Verdict = ""
			emit(e)
		default:
			emit(e)
		}
	})}
}

func (l *pagedLink) Serve(context.Context) (url string, connected bool, err error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.served++
	return pagedURL, l.connected, nil
}

func (l *pagedLink) await(ctx context.Context) error {
	l.mutex.Lock()
	open := l.open
	l.mutex.Unlock()
	select {
	case <-open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *pagedLink) Create(ctx context.Context, e flow.CreateHandler) error {
	if err := l.await(ctx); err != nil {
		return err
	}
	return l.Client.Create(ctx, e)
}

func (l *pagedLink) Submit(ctx context.Context, e flow.SubmitHandler) error {
	if err := l.await(ctx); err != nil {
		return err
	}
	return l.Client.Submit(ctx, e)
}

func (l *pagedLink) Open(ctx context.Context, id flow.HandlerID) error {
	if err := l.await(ctx); err != nil {
		return err
	}
	return l.Client.Open(ctx, id)
}

// connect lets a browser open the page, in a new tab.
func (w *world) connect() {
	w.t.Helper()
	l := w.paged
	l.mutex.Lock()
	l.tab++
	tab := l.tab
	if !l.connected {
		l.connected = true
		close(l.open)
	}
	l.mutex.Unlock()
	w.event(flow.PageConnected{At: flow.At(time.Now()), Tab: tab})
}

// lose lets the tab be closed.
func (w *world) lose() {
	w.t.Helper()
	l := w.paged
	l.mutex.Lock()
	l.connected, l.open = false, make(chan struct{})
	tab := l.tab
	l.mutex.Unlock()
	w.event(flow.PageLost{At: flow.At(time.Now()), Tab: tab})
}

// reload lets the page be loaded anew: it creates the handler again and makes
// its calls again, which brings these events once more.
func (w *world) reload(events ...string) {
	w.t.Helper()
	w.lose()
	w.connect()
	id := w.model().state.HandlerID
	w.event(flow.OnLoad{At: flow.At(time.Now()), HandlerID: id, Again: true})
	for _, name := range events {
		w.event(flow.OnEvent{At: flow.At(time.Now()), HandlerID: id, Name: name, Again: true, Metadata: flow.Metadata{LinkSessionID: "session-anew", Timestamp: time.Now()}})
	}
}

// inPage does in the page what its user does there.
func (w *world) inPage(actions ...flow.LinkAction) {
	w.t.Helper()
	for _, a := range actions {
		if err := w.paged.Act(w.t.Context(), w.model().state.HandlerID, a); err != nil {
			w.t.Fatal(err)
		}
		synctest.Wait()
	}
}

// share is all that a user does in Link who is content with everything.
func (w *world) share() {
	w.t.Helper()
	w.inPage(flow.LinkAction{Kind: flow.LinkContinue}, flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("123456")}, flow.LinkAction{Kind: flow.LinkShare})
}
