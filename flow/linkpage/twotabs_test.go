package linkpage_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"layersim/flow"
	"layersim/flow/linkpage/pagetest"
)

func TestTheNewestTabHasTheHandler(t *testing.T) {
	first := pagetest.NewWindow(t)
	h := readyHome(t, first)
	h.open(t)
	pagetest.Shows(t, first, consentTitle)
	h.event(t, flow.EventOpen)

	second := pagetest.NewTab(t, first)
	pagetest.Run(t, second, chromedp.Navigate(h.url))
	h.again(t, flow.EventLayerReady, flow.EventOpen)
	pagetest.Shows(t, second, consentTitle)
	pageSays(t, first, "This walk goes on in another tab")
	pagetest.InPage(t, first, `!document.querySelector("iframe")`)

	// A tab in the background gets no focus, so what is pressed there is a link.
	pagetest.InPage(t, first, `(document.getElementById("again").click(), true)`)
	h.again(t, flow.EventLayerReady, flow.EventOpen)
	pageSays(t, second, "This walk goes on in another tab")
	pagetest.InPage(t, second, `!document.querySelector("iframe")`)
	pagetest.Run(t, second, chromedp.Navigate("about:blank"))
	h.finish(t, first)
}

// A tab that finished while it was cut off tells so, although another one has
// the walk by then; that one then shows Link no more.
func TestATabThatLostTheWalkStillTellsWhatHappened(t *testing.T) {
	first := pagetest.NewWindow(t)
	h := readyHome(t, first)
	h.open(t)
	pagetest.Shows(t, first, consentTitle)
	h.event(t, flow.EventOpen)
	pagetest.InPage(t, first, `(() => {
		window.Real = WebSocket;
		window.WebSocket = class { static OPEN = 1; constructor() { setTimeout(() => this.onclose(), 0); } };
		return true;
	})()`)
	h.line.cut(true)
	await[flow.PageLost](t, h.events)
	pagetest.Press(t, first, "Continue")
	pagetest.Shows(t, first, codeTitle)
	pagetest.TypeKeys(t, first, "123456")
	pagetest.Shows(t, first, reviewTitle)
	pagetest.Press(t, first, "Share")
	pageSays(t, first, "Thank you")
	h.line.cut(false)

	second := pagetest.NewTab(t, first)
	pagetest.Run(t, second, chromedp.Navigate(h.url))
	h.again(t, flow.EventLayerReady, flow.EventOpen)
	pagetest.Shows(t, second, consentTitle)
	// The first one wakes up.
	pagetest.InPage(t, first, `(() => { window.WebSocket = Real; window.dispatchEvent(new Event("online")); return true; })()`)
	_, success := until[flow.OnSuccess](t, h.events)
	h.shared(t, success.PublicToken)
	pagetest.InPage(t, second, `!document.querySelector("iframe")`)
	pageSays(t, second, "Thank you")
	pageSays(t, first, "This walk goes on in another tab")
	if names := drain(h.events); len(names) > 0 {
		t.Errorf("after the end came %q", names)
	}
}

// A tab that wakes up does not wait for its next attempt.
func TestATabThatWakesUpConnectsAtOnce(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := readyHome(t, browser)
	// It has tried in vain for long: nothing but a wake-up makes it try again.
	do(t, browser, `
		const later = window.setTimeout;
		window.setTimeout = (act, ms) => (ms === 3000 ? later(act, 0) : ms < 200 ? later(act, ms) : 0);`)
	for _, wakes := range []string{`document.dispatchEvent(new Event("visibilitychange"))`, `window.dispatchEvent(new Event("pageshow"))`, `window.dispatchEvent(new Event("online"))`} {
		h.line.cut(true)
		await[flow.PageLost](t, h.events)
		pagetest.InPage(t, browser, `document.getElementById("gone").textContent`)
		h.line.cut(false)
		do(t, browser, wakes)
		await[flow.PageConnected](t, h.events)
		pagetest.InPage(t, browser, `!document.getElementById("gone").textContent`)
	}
}
