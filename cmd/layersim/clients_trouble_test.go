package main

import (
	"context"
	"testing"

	"layersim/flow/linkpage/pagetest"
	"layersim/flow/plaidsim"
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
