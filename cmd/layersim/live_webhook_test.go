package main

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"layersim/flow"
	"layersim/flow/linkpage/pagetest"

	"github.com/chromedp/chromedp"
)

// startHooked begins a live walk, with these settings of webhooks, and takes it
// to the pane in which the user types the code.
func startHooked(t *testing.T, hooks webhookSettings) (*robot, *far, context.Context) {
	t.Helper()
	f := newFar(t, false, nil)
	browser := f.window(t)
	asked := make(opened, 4)
	r := startRobot(t, settings{env: "sandbox", environ: f.environ, webhooks: hooks}, 140, 45, surroundings{browser: asked})
	r.await("Ask for a link_token")
	if hooks.listen == "" {
		r.mustShow(`webhooks none are received \(--webhook-listen\)`)
	} else {
		r.mustShow(`webhooks to http://127\.0\.0\.1:\d+/webhook`)
	}
	r.press("enter")
	r.await("Create the handler")
	r.press("enter")
	pagetest.Run(t, browser, chromedp.Navigate(asked.address(t)))
	r.await("Ask for the phone number")
	submitsPhone(r, "415-555-0011", "The user is eligible")
	r.press("enter")
	pagetest.Shows(t, browser, "Share your information")
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, "Verify your phone number")
	return r, f, browser
}

// pointsAt opens the menu of mistakes and puts the cursor on one.
func (r *robot) pointsAt(id flow.WrongID) {
	r.t.Helper()
	w, _ := id.Wrong()
	r.press("w")
	r.await("Do it wrong, and see what follows")
	menu := r.screen()
	above := 0
	for _, other := range flow.Wrongs() {
		if at := strings.Index(menu, " "+other.Title+" "); at >= 0 && at < strings.Index(menu, " "+w.Title+" ") {
			above++
		}
	}
	r.press("home")
	for range above {
		r.press("down")
	}
	r.await("› " + regexp.QuoteMeta(w.Title))
}

// doesWrong makes a mistake and waits for what comes of it.
func (r *robot) doesWrong(id flow.WrongID, then string) {
	r.t.Helper()
	r.pointsAt(id)
	r.press("enter")
	w, _ := id.Wrong()
	r.await("Wrong on purpose: " + regexp.QuoteMeta(w.Title) + "\\. " + then)
}

// cannotDoWrong waits for why a mistake cannot be made.
func (r *robot) cannotDoWrong(id flow.WrongID, why string) {
	r.t.Helper()
	r.pointsAt(id)
	r.await("Not now: " + why)
	r.press("esc")
}

// Live, a webhook that a Plaid elsewhere sends proves the phone, while the user
// is still in Link; and forgeries of webhooks and of onSuccess are shown with
// what Plaid says of them.
func TestLiveWebhooks(t *testing.T) {
	r, f, browser := startHooked(t, webhookSettings{listen: "127.0.0.1:0"})
	// Somebody forges the proof before there is one.
	r.doesWrong(flow.WrongWebhookUnverified, "It believes one")
	r.mustNotShow("the phone is proven")
	r.cannotDoWrong(flow.WrongWebhookReencoded, "it takes a genuine webhook, and none has come yet")
	pagetest.TypeKeys(t, browser, "123456")
	r.await("LAYER_AUTHENTICATION_PASSED, verified: the phone is proven")
	pagetest.Shows(t, browser, "Review your information")

	r.doesWrong(flow.WrongWebhookReencoded, "It refuses")
	r.doesWrong(flow.WrongWebhookDER, "It believes")
	r.cannotDoWrong(flow.WrongWebhookOneKey, "with the simulated Plaid only")
	r.doesWrong(flow.WrongWebhookUnverified, "It believes one")
	r.pointsAt(flow.WrongWebhookUnverified)
	r.await("the genuine one ✓ believed ✓ believed one without a signature ✗ refused ✓ believed one signed with a key of our own ✗ refused ✓ believed the genuine one, its body changed ✗ refused ✓ believed")
	r.press("esc")
	r.doesWrong(flow.WrongOnSuccessTrusted, "")
	r.await("INVALID_PUBLIC_TOKEN")

	pagetest.Press(t, browser, "Share")
	r.await("Onboarded")
	r.await("Only the phone is verified, by webhook")
	if state := f.sim.Webhooks(); len(state) != 2 || state[0].Status != 200 || state[1].Status != 200 {
		t.Errorf("Plaid has sent %+v", state)
	}
}

// Without webhooks the walk says so while the best proof would come, and takes
// the number that the session returns for the second best.
func TestLiveWithoutWebhooks(t *testing.T) {
	r, _, browser := startHooked(t, webhookSettings{})
	r.await("This walk receives no webhooks")
	r.cannotDoWrong(flow.WrongWebhookDER, "it takes a genuine webhook, and this walk receives none")
	r.doesWrong(flow.WrongWebhookUnverified, "It believes one")
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, "Review your information")
	pagetest.Press(t, browser, "Share")
	r.await("Onboarded")
	r.await("by session.get, the second")
}
