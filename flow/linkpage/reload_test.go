package linkpage_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"layersim/flow"
	"layersim/flow/linkpage/pagetest"
)

// readyHome is a home whose handler has come to LAYER_READY in a tab.
func readyHome(t *testing.T, browser context.Context) *home {
	t.Helper()
	h := newHome(t)
	pagetest.Run(t, browser, chromedp.Navigate(h.url))
	h.create(t)
	await[flow.OnLoad](t, h.events)
	h.submit(t, "+14155550011")
	h.event(t, flow.EventLayerReady)
	return h
}

// again waits until a new load has caught up, and checks that nothing of it is
// taken for news.
func (h *home) again(t *testing.T, names ...string) {
	t.Helper()
	if e := await[flow.OnLoad](t, h.events); !e.Again {
		t.Error("onLoad of another load is news")
	}
	for _, name := range names {
		if e := h.event(t, name); !e.Again {
			t.Errorf("%s of another load is news", name)
		}
	}
}

// finish goes from the consent pane to the end, which must come once.
func (h *home) finish(t *testing.T, browser context.Context) {
	t.Helper()
	pagetest.Shows(t, browser, consentTitle)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, codeTitle)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, reviewTitle)
	pagetest.Press(t, browser, "Share")
	h.finished(t)
}

func (h *home) finished(t *testing.T) {
	t.Helper()
	names, success := until[flow.OnSuccess](t, h.events)
	for _, name := range names {
		if len(name) > 7 && name[:7] == "trouble" {
			t.Errorf("trouble came: %q", names)
		}
	}
	h.shared(t, success.PublicToken)
	h.handlers.Destroy(handlerID)
	for _, name := range drain(h.events) {
		if name == "onSuccess" || name == "onExit" {
			t.Errorf("after the end came %s", name)
		}
	}
}

func TestAReloadMakesTheCallsAgainInEveryPane(t *testing.T) {
	browser := pagetest.NewWindow(t)
	reload := func() { pagetest.Run(t, browser, chromedp.Reload()) }
	h := newHome(t)
	pagetest.Run(t, browser, chromedp.Navigate(h.url))
	h.create(t)
	await[flow.OnLoad](t, h.events)
	reload()
	h.again(t)
	h.submit(t, "+14155550011")
	if e := h.event(t, flow.EventLayerReady); e.Again {
		t.Errorf("%+v", e)
	}
	reload()
	h.again(t, flow.EventLayerReady)
	pageSays(t, browser, "Link is loaded")
	h.open(t)
	if e := h.event(t, flow.EventOpen); e.Again {
		t.Errorf("%+v", e)
	}
	pagetest.Shows(t, browser, consentTitle)
	reload()
	h.again(t, flow.EventLayerReady, flow.EventOpen)
	pagetest.Shows(t, browser, consentTitle)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, codeTitle)
	reload()
	h.again(t, flow.EventLayerReady, flow.EventOpen)
	pagetest.Shows(t, browser, consentTitle)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, codeTitle)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, reviewTitle)
	reload()
	h.again(t, flow.EventLayerReady, flow.EventOpen)
	h.finish(t, browser)
}

// The date of birth waits for the answer to the phone number also when it is
// submitted again.
func TestAReloadWaitsForEachAnswer(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := newHome(t)
	pagetest.Run(t, browser, chromedp.Navigate(h.url))
	h.create(t)
	h.submit(t, "+14155550000")
	h.event(t, flow.EventLayerNotAvailable)
	ok(t, h.handlers.Submit(within(t), flow.SubmitHandler{HandlerID: handlerID, DateOfBirth: flow.NewDateOfBirth("1975-01-18")}))
	names := []string{flow.EventLayerNotAvailable}
	for len(names) < 2 {
		e := await[flow.OnEvent](t, h.events)
		names = append(names, e.Name)
	}
	pagetest.Run(t, browser, chromedp.Reload())
	h.again(t, names...)
	for _, name := range drain(h.events) {
		t.Errorf("after it had caught up came %s", name)
	}
}

func TestATabThatIsClosedAndOpenedAgainCatchesUp(t *testing.T) {
	first := pagetest.NewWindow(t)
	h := readyHome(t, first)
	pagetest.Run(t, first, chromedp.Navigate("about:blank"))
	await[flow.PageLost](t, h.events)
	if _, connected := h.serve(t); connected {
		t.Error("a closed tab is still seen")
	}
	// What is asked for meanwhile waits for a tab.
	opened := make(chan error, 1)
	ctx := within(t)
	go func() { opened <- h.handlers.Open(ctx, handlerID) }()
	second := pagetest.NewTab(t, first)
	pagetest.Run(t, second, chromedp.Navigate(h.url))
	h.again(t, flow.EventLayerReady)
	ok(t, <-opened)
	if e := h.event(t, flow.EventOpen); e.Again {
		t.Errorf("%+v", e)
	}
	h.finish(t, second)
}

func TestALineCutForTenSecondsLosesNothing(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := readyHome(t, browser)
	h.line.cut(true)
	await[flow.PageLost](t, h.events)
	opened := make(chan error, 1)
	ctx := within(t)
	go func() { opened <- h.handlers.Open(ctx, handlerID) }()
	pagetest.InPage(t, browser, `document.getElementById("gone").textContent`)
	mended := time.After(10 * time.Second)
	<-mended
	h.line.cut(false)
	await[flow.PageConnected](t, h.events)
	ok(t, <-opened)
	pagetest.Shows(t, browser, consentTitle)
	pagetest.InPage(t, browser, `!document.getElementById("gone").textContent`)

	// Cut again while the user goes on to the end, in Link.
	h.line.cut(true)
	await[flow.PageLost](t, h.events)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, codeTitle)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, reviewTitle)
	pagetest.Press(t, browser, "Share")
	pageSays(t, browser, "Thank you")
	h.line.cut(false)
	h.finished(t)
}

// What Link called back while the line was cut outlives a reload.
func TestAReloadLosesNoCallback(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := readyHome(t, browser)
	h.open(t)
	pagetest.Shows(t, browser, consentTitle)
	h.event(t, flow.EventOpen)
	pagetest.InPage(t, browser, `sessionStorage.length === 0`)
	// This load never comes through again.
	do(t, browser, `window.WebSocket = class { static OPEN = 1 }`)
	h.line.cut(true)
	await[flow.PageLost](t, h.events)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, codeTitle)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, reviewTitle)
	pagetest.Press(t, browser, "Share")
	pageSays(t, browser, "Thank you")
	pagetest.InPage(t, browser, `sessionStorage.length === 1`)
	h.line.cut(false)
	pagetest.Run(t, browser, chromedp.Reload())
	h.finished(t)
	// It was acknowledged, so it is not kept, and nothing was called again.
	pagetest.InPage(t, browser, `sessionStorage.length === 0`)
	pageSays(t, browser, "Thank you. Go on in your terminal.")
}
