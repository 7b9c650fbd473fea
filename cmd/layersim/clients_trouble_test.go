package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"layersim/flow/linkpage/pagetest"
	"layersim/flow/plaidsim"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// TestLinkInTrouble has Link open in Chromium while the simulator misbehaves.
// The faults are for all sessions, so the cases come one after the other.
func TestLinkInTrouble(t *testing.T) {
	needClients(t)
	n := newNeighbourhood(t)
	const version = "5.0.0"
	script := bundle(t, "react/app.jsx", "react-plaid-link=react-plaid-link-5")
	n.file("/react/"+version+".js", "text/javascript", string(script))
	n.file("/react/"+version, "text/html", `<!doctype html><title>app</title><div id="root"></div><script src="/react/`+version+`.js"></script>`)
	for _, c := range []struct {
		name string
		test func(*testing.T, *neighbourhood, context.Context)
	}{
		{"typing while a callback is late", testTypingWhileLate},
		{"a pane that goes on by itself while a callback is late", testSilentWhileLate},
		{"another user after a reset", testAnotherUser},
		{"forgotten after onSuccess", testForgottenAfterTheEnd},
		{"Close while the simulator is gone", leavesAnyway(func(t *testing.T, tab context.Context) { pagetest.Press(t, tab, "Close") })},
		{"Escape while the simulator is gone", leavesAnyway(func(t *testing.T, tab context.Context) { pagetest.TypeKeys(t, tab, kb.Escape) })},
		{"exit while the simulator is gone", leavesAnyway(func(t *testing.T, tab context.Context) { do(t, tab, `app.exit({ force: true })`) })},
		{"exit as the simulator goes", testExitAsItGoes},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer n.sim.Heal()
			c.test(t, n, n.react(t, version, templateDefault))
		})
	}
}

const syncsSeen = `performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/sync")).length`

func testTypingWhileLate(t *testing.T, n *neighbourhood, tab context.Context) {
	n.sim.Fail(plaidsim.Fault{On: "OPEN", Hold: true})
	submit(t, tab, "phone_number", "415-555-0011")
	toPane(t, tab, paneCode)
	pagetest.TypeKeys(t, tab, "123")
	pagetest.InLink(t, tab, `(document.querySelector("input").value === "123") && (document.body.dataset.before = `+syncsSeen+`)`)
	pagetest.InLink(t, tab, syncsSeen+` >= Number(document.body.dataset.before) + 3`)
	pagetest.TypeKeys(t, tab, "456") // the focus is where it was
	pagetest.Shows(t, tab, paneReview)
}

func testSilentWhileLate(t *testing.T, n *neighbourhood, tab context.Context) {
	n.sim.Fail(plaidsim.Fault{On: "OPEN", Hold: true})
	submit(t, tab, "phone_number", "+14155550160")
	toPane(t, tab, paneConsent)
	pagetest.Press(t, tab, "Continue")
	pagetest.Shows(t, tab, paneReview)
}

// What one user has typed is not for the next one of the same session.
func testAnotherUser(t *testing.T, n *neighbourhood, tab context.Context) {
	submit(t, tab, "phone_number", "415-555-0011")
	toPane(t, tab, paneReview)
	pagetest.Fill(t, tab, "First name", "Edited by the first")
	n.sim.ResetSession(told(t, tab, "OPEN")[1].Metadata["link_session_id"].(string))
	pagetest.Press(t, tab, "Share")
	pagetest.InPage(t, tab, `document.querySelector("iframe").style.visibility === "hidden"`)
	do(t, tab, `log.length = 0`)
	submit(t, tab, "phone_number", "415-555-0011")
	toPane(t, tab, paneReview)
	pagetest.InLink(t, tab, `!["", "Edited by the first"].includes(document.querySelector("input[data-key='name.first_name']").value)`)
}

// A session has one end: what the simulator forgets afterwards is no onExit.
func testForgottenAfterTheEnd(t *testing.T, n *neighbourhood, tab context.Context) {
	submit(t, tab, "phone_number", "415-555-0011")
	toPane(t, tab, paneReview)
	n.sim.Fail(plaidsim.Fault{On: "HANDOFF", Hold: true}) // so that Link goes on asking
	pagetest.Press(t, tab, "Share")
	told(t, tab, "onSuccess")
	n.sim.Reset()
	pagetest.InLink(t, tab, `performance.getEntriesByType("resource").some((e) => e.responseStatus >= 400)`)
	// What the frame says goes through the same port in order, and the last
	// thing it does by itself is long before the page has looked 20 times.
	pagetest.InPage(t, tab, `(window.looked = (window.looked ?? 0) + 1) > 20`)
	if log := lines(told(t, tab, "onSuccess")); slices.ContainsFunc(log, func(l string) bool { return strings.HasPrefix(l, "onExit") }) {
		t.Errorf("the app was told %v", log)
	}
}

// leavesAnyway leaves Link by a way out while a step is asked for in vain.
func leavesAnyway(leave func(*testing.T, context.Context)) func(*testing.T, *neighbourhood, context.Context) {
	return func(t *testing.T, n *neighbourhood, tab context.Context) {
		submit(t, tab, "phone_number", "415-555-0011")
		toPane(t, tab, paneConsent)
		n.sim.Fail(plaidsim.Fault{Drop: true, Calls: -1})
		pagetest.Press(t, tab, "Continue")
		pagetest.InLink(t, tab, `document.getElementById("trouble").textContent !== ""`)
		leave(t, tab)
		hasLeft(t, n, tab)
	}
}

func testExitAsItGoes(t *testing.T, n *neighbourhood, tab context.Context) {
	submit(t, tab, "phone_number", "415-555-0011")
	toPane(t, tab, paneConsent)
	n.sim.Fail(plaidsim.Fault{Drop: true, Calls: -1})
	do(t, tab, `app.exit({ force: true })`)
	hasLeft(t, n, tab)
}

// hasLeft checks that the app was told of the end once, and of nothing that
// came to Link afterwards.
func hasLeft(t *testing.T, n *neighbourhood, tab context.Context) {
	t.Helper()
	log := told(t, tab, "onExit")
	pagetest.InPage(t, tab, `document.querySelector("iframe").style.visibility === "hidden"`)
	if diff := cmp.Diff([]string{"load", "LAYER_READY", "OPEN", "onExit"}, lines(log)); diff != "" {
		t.Errorf("the app was told:\n%s", diff)
	}
	end := log[len(log)-1]
	if end.Error != nil || end.Metadata["link_session_id"] != log[1].Metadata["link_session_id"] {
		t.Errorf("onExit has the error %v and the metadata %v", end.Error, end.Metadata)
	}
	n.sim.Heal()
	do(t, tab, `app.exit({ force: true }); app.submit({ phone_number: "515-555-0016" }); app.open()`)
	pagetest.InLink(t, tab, `document.getElementById("dialog").hidden`)
	if after := told(t, tab, "onExit"); len(after) != len(log) {
		t.Errorf("after onExit the app was told %v", lines(after[len(log):]))
	}
	pagetest.InPage(t, tab, `(window.looked = (window.looked ?? 0) + 1) > 20 && document.querySelector("iframe").style.visibility === "hidden"`)
}
