package linkpage_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/engine"
	"layersim/flow/linkpage"
	"layersim/flow/linkpage/pagetest"
	"layersim/flow/plaidsim"
)

var _ engine.Paged = (*linkpage.Handlers)(nil)

// home is a page in which handlers live, with the simulator as the Plaid that
// its Link speaks to.
type home struct {
	*walk
	line     line
	handlers *linkpage.Handlers
}

// livePage is newPage for the real Link, or whoever stands in for it.
func livePage(t *testing.T, script string, l *line, api string) (*linkpage.Page, chan flow.Event) {
	t.Helper()
	events := make(chan flow.Event, 1000)
	p := linkpage.New(linkpage.Options{
		ScriptURL: func(context.Context) (string, error) { return script, nil },
		Emit:      func(e flow.Event) { events <- e },
		Now:       time.Now,
		Connect:   api,
		Listen:    l.listen,
		Log:       slog.New(slog.NewTextHandler(testLog{t}, nil)),
	})
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, events
}

// testLog writes a page's log into the test's.
type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// line is the network between the browser and the page. While it is cut, no
// connection lives or comes about.
type line struct {
	mu    sync.Mutex
	isCut bool
	conns []net.Conn
}

func (l *line) cut(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isCut = on
	for _, conn := range l.conns {
		_ = conn.Close()
	}
	l.conns = nil
}

func (l *line) listen(ctx context.Context, network, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return lineEnd{listener, l}, nil
}

type lineEnd struct {
	net.Listener
	line *line
}

func (e lineEnd) Accept() (net.Conn, error) {
	conn, err := e.Listener.Accept()
	if err != nil {
		return nil, err
	}
	e.line.mu.Lock()
	defer e.line.mu.Unlock()
	if e.line.isCut {
		_ = conn.Close()
	} else {
		e.line.conns = append(e.line.conns, conn)
	}
	return conn, nil
}

func newHome(t *testing.T) *home {
	t.Helper()
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	w := &walk{sim: plaidsim.New(plaidsim.Config{Catalog: catalog, Now: time.Now, Seed: 1})}
	w.server = httptest.NewServer(w.sim.Loopback())
	t.Cleanup(w.server.Close)
	h := &home{walk: w}
	h.page, h.events = livePage(t, w.server.URL+"/link/v2/stable/link-initialize.js", &h.line, w.server.URL)
	h.handlers = h.page.Handlers()
	h.url, _ = h.serve(t)
	return h
}

func (h *home) serve(t *testing.T) (url string, connected bool) {
	t.Helper()
	url, connected, err := h.handlers.Serve(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return url, connected
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), pagetest.Patience)
	t.Cleanup(cancel)
	return ctx
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *home) create(t *testing.T) {
	t.Helper()
	ok(t, h.handlers.Create(within(t), flow.CreateHandler{HandlerID: handlerID, LinkToken: flow.NewLinkToken(h.token(t))}))
}

func (h *home) submit(t *testing.T, phone string) {
	t.Helper()
	ok(t, h.handlers.Submit(within(t), flow.SubmitHandler{HandlerID: handlerID, Phone: flow.NewPhoneNumber(phone)}))
}

func (h *home) open(t *testing.T) {
	t.Helper()
	ok(t, h.handlers.Open(within(t), handlerID))
}

// event waits for an event of this name.
func (h *home) event(t *testing.T, name string) flow.OnEvent {
	t.Helper()
	for {
		if e := await[flow.OnEvent](t, h.events); e.Name == name {
			return e
		}
	}
}

func TestAHandlerLivesInThePage(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := newHome(t)
	pagetest.Run(t, browser, chromedp.Navigate(h.url))
	pageSays(t, browser, "Waiting for your terminal")
	if _, connected := h.serve(t); !connected {
		t.Error("the tab is not seen")
	}
	h.create(t)
	if e := await[flow.OnLoad](t, h.events); e.Again || e.HandlerID != handlerID {
		t.Errorf("%+v", e)
	}
	pageSays(t, browser, "Link is loaded")
	h.submit(t, "+14155550011")
	if e := h.event(t, flow.EventLayerReady); e.Again {
		t.Errorf("%+v", e)
	}
	h.open(t)
	pagetest.Shows(t, browser, consentTitle)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, codeTitle)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, reviewTitle)
	pagetest.Press(t, browser, "Share")
	names, success := until[flow.OnSuccess](t, h.events)
	slices.Sort(names[1 : len(names)-1])
	want := []string{"OPEN", "HANDOFF", "SUBMIT_OTP", "TRANSITION_VIEW", "TRANSITION_VIEW", "TRANSITION_VIEW", "VERIFY_PHONE", "onSuccess"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	if answer := h.shared(t, success.PublicToken); len(answer["items"].([]any)) != 1 {
		t.Errorf("%v", answer)
	}
	pageSays(t, browser, "Thank you")
	h.handlers.Destroy(handlerID)
	pageSays(t, browser, "Thank you. Go on in your terminal.")
	pagetest.InPage(t, browser, `!document.querySelector("iframe")`)
	if names := drain(h.events); len(names) > 0 {
		t.Errorf("after the end came %q", names)
	}
}

func TestTheTerminalDrawsNoRealLink(t *testing.T) {
	h := newHome(t)
	_, handOver := h.handlers.HandOver(t.Context(), handlerID)
	for name, err := range map[string]error{"HandOver": handOver, "Act": h.handlers.Act(t.Context(), handlerID, flow.LinkAction{})} {
		var failure flow.Failure
		if !errors.As(err, &failure) || failure.Code != flow.CodeClient || failure.Retryable || failure.Hint == "" {
			t.Errorf("%s: %+v", name, err)
		}
	}
}
