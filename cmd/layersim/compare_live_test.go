package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"layersim/flow/linkpage/pagetest"

	"github.com/chromedp/chromedp"
)

// A live walk in a real browser, recorded as it goes on, is what the simulator
// would have done: it was the simulator.
func TestLiveWalkInABrowserShowsNoDrift(t *testing.T) {
	found := liveWalkInABrowser(t, false)
	if len(found.Differences) > 0 || strings.Join(found.Personas, " ") != "leslie-knope" || found.Compared.Events < 10 {
		t.Error(found.text())
	}
	if len(found.Elsewhere) == 0 {
		t.Error("it is not said that this was not Plaid")
	}
}

// A page that is loaded again begins Link once more, in the middle of the walk.
func TestLiveWalkWithAReloadIsNotCompared(t *testing.T) {
	found := liveWalkInABrowser(t, true)
	if len(found.Differences) > 0 || !strings.Contains(strings.Join(found.Notes, "\n"), "the page was loaded again while Link was open") {
		t.Error(found.text())
	}
}

// liveWalkInABrowser records a walk and compares it.
func liveWalkInABrowser(t *testing.T, reload bool) compared {
	t.Helper()
	path := filepath.Join(t.TempDir(), "live.jsonl")
	far := newFar(t, false, nil)
	browser := far.window(t)
	s := settings{env: "sandbox", link: "browser", environ: far.environ, record: path}
	asked := make(opened, 4)
	around := surroundings{now: time.Now, browser: asked}
	end, err := record(planOf(t, s), &around)
	if err != nil {
		t.Fatal(err)
	}
	r := startRobot(t, s, 120, 36, around)
	r.await("Ask for a link_token|Get a link_token|Create a Link token")
	r.press("enter")
	r.await("Create the handler")
	r.press("enter")
	pagetest.Run(t, browser, chromedp.Navigate(asked.address(t)))
	r.await("Ask for the phone number")
	submitsPhone(r, "415-555-0015", "The user is eligible")
	r.press("enter")
	pagetest.Shows(t, browser, "Share your information")
	if reload {
		pagetest.Run(t, browser, chromedp.Reload())
		pagetest.Shows(t, browser, "Share your information")
	}
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, "Verify your phone number")
	pagetest.TypeKeys(t, browser, "000000")
	pagetest.InLink(t, browser, `document.getElementById("notice").textContent.startsWith("That code is not right")`)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, "Review your information")
	pagetest.Press(t, browser, "Share")
	r.await("✓ Onboarded")
	r.press("ctrl+c")
	_ = r.quits()
	if err := end(); err != nil {
		t.Fatal(err)
	}
	for i, line := range linesOf(t, path) {
		for _, secret := range []string{farSecret, "987654321", "1979-01-01", "+14155550015"} {
			if strings.Contains(line, secret) {
				t.Errorf("line %d of the recording holds %s", i+1, secret)
			}
		}
	}
	return foundIn(t, path)
}
