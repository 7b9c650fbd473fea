package tui

import (
	"testing"
	"time"

	"layersim/flow"
)

// A plain walk receives both webhooks, verified with a key that the server asks
// Plaid for; the phone is proven by the first, and the Guide says what came.
func TestAWalkReceivesItsWebhooks(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.onboard()
		w.pass(time.Second)
		var came []flow.WebhookReceived
		for _, e := range w.model().journal.Entries() {
			if hook, ok := e.Event.(flow.WebhookReceived); ok {
				came = append(came, hook)
			}
		}
		if len(came) != 2 || came[0].Code != flow.WebhookLayerAuthenticationPassed || came[1].Code != flow.WebhookSessionFinished || !came[0].Verified || !came[1].Verified || came[1].Status != "SUCCESS" {
			t.Fatalf("there came %+v", came)
		}
		if proof := w.model().state.PhoneProof; proof != flow.ProofWebhook {
			t.Errorf("the phone is proven by %q", proof)
		}
		w.event(flow.TimerFired{At: flow.At(time.Now())})
		w.press("/")
		w.typeText("lane:webhook")
		w.press("enter")
		w.sees("LAYER_AUTHENTICATION_PASSED", "SESSION_FINISHED")
		w.press("esc")

		// One that comes after the attempt was left says nothing about the next.
		w.press("n")
		if proof := w.model().state.PhoneProof; proof != "" {
			t.Errorf("a new attempt begins with the proof %q", proof)
		}
		late := came[0]
		late.At = flow.At(time.Now())
		w.event(late)
		if proof := w.model().state.PhoneProof; proof != "" {
			t.Errorf("a webhook of the last attempt proves %q", proof)
		}
	})
}
