package flow_test

import (
	"strings"
	"testing"

	"layersim/flow"
)

// hook is a webhook of the Link session that the tests have.
func hook(code string, change func(*flow.WebhookReceived)) flow.WebhookReceived {
	w := flow.WebhookReceived{At: at(), Code: code, Verified: true, Delivery: 1, LinkSessionID: "session-1"}
	if change != nil {
		change(&w)
	}
	return w
}

// Webhooks may come twice, late and in any order, and not be Plaid's at all.
func TestWebhooksAsTheyCome(t *testing.T) {
	passed := hook(flow.WebhookLayerAuthenticationPassed, nil)
	again := hook(flow.WebhookLayerAuthenticationPassed, func(w *flow.WebhookReceived) { w.Delivery = 2 })
	finished := hook(flow.WebhookSessionFinished, func(w *flow.WebhookReceived) { w.Status = "SUCCESS" })
	unchecked := hook(flow.WebhookLayerAuthenticationPassed, func(w *flow.WebhookReceived) {
		w.Verified, w.Delivery, w.Unchecked, w.Reason = false, 0, true, "could not be checked: HTTP 500"
	})
	forged := hook(flow.WebhookLayerAuthenticationPassed, func(w *flow.WebhookReceived) {
		w.Verified, w.Delivery, w.Reason = false, 0, "the signature does not fit"
	})
	for _, tc := range []struct {
		name   string
		from   flow.State
		events []flow.Event
		proof  flow.PhoneProof
		why    string
	}{
		{"the proof", inLink(t, flow.InBrowser), []flow.Event{passed}, flow.ProofWebhook, "Do not send a code of your own"},
		{"twice", inLink(t, flow.InBrowser), []flow.Event{passed, again}, flow.ProofWebhook, "delivered again (the same bytes, delivery 2)"},
		{"the end first", inLink(t, flow.InBrowser), []flow.Event{finished, passed}, flow.ProofWebhook, "the phone is proven"},
		{"the end alone", inLink(t, flow.InBrowser), []flow.Event{finished}, "", "Plaid's side of the session is over"},
		{"after the session was read", onboarded(t), []flow.Event{passed}, flow.ProofWebhook, "the phone is proven"},
		{"after the user left", exited(t), []flow.Event{passed}, flow.ProofWebhook, "the phone is proven"},
		{"forged", inLink(t, flow.InBrowser), []flow.Event{forged}, "", "not believed"},
		{"not checked", inLink(t, flow.InBrowser), []flow.Event{unchecked}, "", "could not be found out (could not be checked: HTTP 500)"},
		{"not checked, then sent again", inLink(t, flow.InBrowser), []flow.Event{unchecked, passed}, flow.ProofWebhook, "the phone is proven"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, why := tc.from, ""
			for _, e := range tc.events {
				step := flow.Step(s, e)
				if step.Verdict != flow.Noted || len(step.Effects) > 0 || step.Next.Phase != s.Phase {
					t.Errorf("%s with %d effects leads to %s: %s", step.Verdict, len(step.Effects), step.Next.Phase, step.Why)
				}
				s, why = step.Next, step.Why
			}
			if s.PhoneProof != tc.proof || !strings.Contains(why, tc.why) {
				t.Errorf("proof %q, %q", s.PhoneProof, why)
			}
			if genuine := tc.name != "forged" && tc.name != "not checked"; s.GenuineWebhook != genuine {
				t.Errorf("a genuine one came: %t", s.GenuineWebhook)
			}
			if over := feed(t, s, flow.StartOverRequested{At: at()}); over.PhoneProof != "" || over.GenuineWebhook != s.GenuineWebhook {
				t.Errorf("the next attempt begins with proof %q, genuine %t", over.PhoneProof, over.GenuineWebhook)
			}
		})
	}
}

// Against the real Plaid a webhook can be forged at any time; what only a
// genuine one shows waits for one.
func TestWhichWebhookMistakesCanBeShownLive(t *testing.T) {
	live := func(none, came bool) flow.State {
		s := inLink(t, flow.InBrowser)
		s.Config.InPage, s.Config.NoWebhooks, s.GenuineWebhook = true, none, came
		return s
	}
	for _, tc := range []struct {
		id       flow.WrongID
		from     flow.State
		obstacle string
	}{
		{flow.WrongWebhookUnverified, live(true, false), ""},
		{flow.WrongWebhookUnverified, live(false, true), ""},
		{flow.WrongWebhookReencoded, live(true, false), "receives none"},
		{flow.WrongWebhookDER, live(false, false), "none has come yet"},
		{flow.WrongWebhookDER, live(false, true), ""},
		{flow.WrongWebhookUnverified, inLink(t, flow.InBrowser), "once the phone is proven"},
	} {
		w, _ := tc.id.Wrong()
		got := w.Obstacle(tc.from)
		if (got == "") != (tc.obstacle == "") || !strings.Contains(got, tc.obstacle) {
			t.Errorf("%s: %q, want %q", tc.id, got, tc.obstacle)
		}
		if got != "" {
			continue
		}
		step := flow.Step(tc.from, flow.DoWrong{At: at(), Wrong: tc.id})
		tries, ok := flow.PendingCall[flow.TryWebhooks](step.Next)
		if !ok || tries.LinkToken != tc.from.LinkToken || tries.LinkToken.IsZero() || !strings.Contains(step.Why, "forged in this program") {
			t.Errorf("%s: %+v, %s", tc.id, tries, step.Why)
		}
	}
}
