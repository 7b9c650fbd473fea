package plaidsim

import (
	"testing"

	"layersim/flow/plaidsim/outbox"
)

func TestResetForgetsWebhooks(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url)
	walk := func() string {
		l := newLink(t, s, "default")
		l.review(fullPhone)
		settle(t, s)
		return l.id
	}
	first, key := walk(), s.WebhookKeys()[0].Kid
	s.RotateWebhookKey()
	misdeliver(t, s, outbox.Misdelivery{Kind: outbox.AlgNone, Webhooks: -1})
	app.rejects(500)
	walk()
	app.answer = nil

	s.Reset()
	if all, armed := s.Webhooks(), s.hooks.Armed(); len(all) != 0 || len(armed) != 0 {
		t.Errorf("after the reset there are %+v, armed %+v", all, armed)
	}
	if keys := s.WebhookKeys(); len(keys) != 1 || keys[0].Kid != key || keys[0].ExpiredAt != nil {
		t.Errorf("after the reset the keys are %+v", keys)
	}
	app.forget()
	if again := walk(); again != first {
		t.Errorf("the session is %s, not %s", again, first)
	}
	all := s.Webhooks()
	if len(all) != 1 || all[0].ID != 1 || all[0].Lane != first || all[0].State != outbox.Accepted || all[0].Kid != key || all[0].Forged {
		t.Errorf("%+v", all)
	}
	same(t, app.codes(), []string{passed})
}

// Whoever has seen the simulator reset may have webhooks sent at once: none of
// them is forgotten with what was before.
func TestAWebhookRightAfterAResetIsNotForgotten(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url)
	for range 300 {
		was := s.journal.newest()
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.Reset()
		}()
		for { // until the reset is seen
			s.mu.Lock()
			seen := s.resetAt > was
			if seen {
				s.hooks.Send(s.now(), outbox.Webhook{Lane: "new", Target: app.url, Body: []byte("{}")})
			}
			s.mu.Unlock()
			if seen {
				break
			}
		}
		<-done
		if n := len(s.Webhooks()); n != 1 {
			t.Fatalf("%d webhooks after a reset and one webhook", n)
		}
	}
}
