package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
	"layersim/flow/plaidsim"
	"layersim/flow/plaidsim/outbox"
)

// receiver is the app's own server, which answers each webhook with the next
// status; the last one goes on.
type receiver []int

// RoundTrip answers a webhook.
func (r *receiver) RoundTrip(q *http.Request) (*http.Response, error) {
	status := (*r)[0]
	if len(*r) > 1 {
		*r = (*r)[1:]
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: q}, nil
}

func TestWatchingWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 200, 50, func(c *plaidsim.Config) {
			c.Webhook, c.WebhookTransport = "http://localhost:3000/hook", &receiver{500, 200}
		})
		app := newSomeApp(t, w.sim, "ann").create().submit("+14155550011").open()
		app.act(flow.LinkAction{Kind: flow.LinkContinue}, flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("123456")})
		w.settle()
		w.mustShow(`hook +.*LAYER_AUTHENTICATION_PASSED +not taken attempt 1 500 http://localhost:3000/hook`)
		w.mustShow(`Only 200 within ten seconds counts. It is sent again at`)
		w.sim.Advance(time.Minute)
		w.settle()
		w.mustShow(`LAYER_AUTHENTICATION_PASSED +attempt 2 200`)
		w.mustShow(`The phone is proven to be the user's`)
		if _, err := w.sim.Misdeliver(outbox.Misdelivery{Kind: outbox.WrongKey}); err != nil {
			t.Fatal(err)
		}
		app.act(flow.LinkAction{Kind: flow.LinkClose})
		w.settle()
		w.mustShow(`SESSION_FINISHED +✗ webhook-unverified +believed +wrong_key +attempt 1`)
		w.mustShow(`forged on purpose, and the app's server believed it`)
		w.program.Quit()
		synctest.Wait()
	})
}

func TestWatchingAReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 160, 40)
		newSomeApp(t, w.sim, "before").create().submit("+14155550011")
		w.settle()
		w.mustShow(`before .*ready to open`)
		w.pressed("enter", "enter")
		w.sim.Reset()
		w.settle()
		w.mustShow(`everything was reset`)
		w.mustNotShow(`before`)
		newSomeApp(t, w.sim, "after").create() // the same numbers and ids as before
		w.settle()
		w.mustShow(`after .*handler created`)
		w.mustNotShow(`ready to open|had a session before`)
		w.program.Quit()
		synctest.Wait()
	})
}

func TestWatchingLiveEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 160, 40, func(c *plaidsim.Config) { c.Delivery = plaidsim.Live })
		newSomeApp(t, w.sim, "ann").create().submit("+14155550011").open()
		w.settle()
		w.mustShow(`TRANSITION_VIEW +sent +CONSENT`)
		w.mustNotShow(`held`)
		w.program.Quit()
		synctest.Wait()
	})
}

// What the simulator can be asked, this screen can put into words.
func TestEverythingHasWords(t *testing.T) {
	for _, path := range plaidsim.Endpoints() {
		if calls[path] == "" {
			t.Errorf("nothing says what %s is for", path)
		}
	}
	if len(calls) != len(plaidsim.Endpoints()) {
		t.Errorf("there are words for %d calls, and %d calls", len(calls), len(plaidsim.Endpoints()))
	}
	for _, verb := range plaidsim.Verbs() {
		if verbs[verb].name == "" {
			t.Errorf("nothing names the verb %s", verb)
		}
	}
	if len(verbs) != len(plaidsim.Verbs()) {
		t.Errorf("there are words for %d verbs, and %d verbs", len(verbs), len(plaidsim.Verbs()))
	}
}
