package plaidsim

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow/plaidsim/outbox"
)

// carried is a transport straight into a receiver: without a socket, so that
// time in the test may be synctest's.
type carried struct{ to http.Handler }

func (c carried) RoundTrip(r *http.Request) (*http.Response, error) {
	done := make(chan *http.Response, 1)
	go func() {
		w := httptest.NewRecorder()
		c.to.ServeHTTP(w, r)
		done <- w.Result()
	}()
	select {
	case resp := <-done:
		return resp, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// rejects answers with a status until it is told otherwise.
func (r *receiver) rejects(status int) {
	r.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// schedule is when a webhook is sent that nobody takes, after the first time.
var schedule = []time.Duration{
	30 * time.Second, 150 * time.Second, 630 * time.Second, 2550 * time.Second, 10230 * time.Second, 40950 * time.Second,
}

func TestRetriesAsTimePasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := &receiver{}
		app.rejects(http.StatusInternalServerError)
		s := webhookSim(t, "http://localhost:1/hook", func(c *Config) { c.Now, c.WebhookTransport = time.Now, carried{app} })
		l := newLink(t, s, "default")
		begin := time.Now()
		l.review(fullPhone)
		synctest.Wait()
		for n, after := range schedule {
			time.Sleep(time.Until(begin.Add(after)) - time.Nanosecond)
			synctest.Wait()
			if got := len(app.all()); got != n+1 {
				t.Fatalf("%d attempts right before %v", got, after)
			}
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			if got := len(app.all()); got != n+2 {
				t.Fatalf("%d attempts after %v", got, after)
			}
		}
		time.Sleep(100 * time.Hour)
		synctest.Wait()
		if got := len(app.all()); got != len(schedule)+1 {
			t.Errorf("%d attempts in the end", got)
		}
		if d := s.Webhooks()[0]; d.State != outbox.GivenUp || d.Attempt != 7 || d.Status != 500 {
			t.Errorf("%+v", d)
		}
		// Each was signed when it was sent, so that none is too old.
		issued := map[string]bool{}
		for _, g := range app.all() {
			issued[g.header.Get("Plaid-Verification")] = true
		}
		if len(issued) != 7 {
			t.Errorf("%d signatures", len(issued))
		}
	})
}

func TestRetriesWhenTheClockIsAdvanced(t *testing.T) {
	app := listen(t)
	app.rejects(http.StatusNoContent) // the documentation says 200
	s := webhookSim(t, app.url)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	settle(t, s)
	count := func(want int) {
		t.Helper()
		settle(t, s)
		if got := len(app.all()); got != want {
			t.Fatalf("%d attempts; want %d", got, want)
		}
	}
	count(1)
	s.Advance(29 * time.Second)
	count(1)
	s.Advance(time.Second)
	count(2)
	s.Advance(119 * time.Second)
	count(2)
	app.answer = nil
	s.Advance(time.Second)
	count(3)
	s.Advance(48 * time.Hour)
	count(3)
	var states []string
	records, _ := s.Records(0, 1000)
	for _, r := range records {
		if w := r.Webhook; w != nil {
			states = append(states, fmt.Sprintf("%s %s %d %d %v %s", w.Code, w.State, w.Attempt, w.Status, w.Next.Sub(r.At) > 0, r.At.Sub(start)))
			if r.Thread != 1 || r.Session != l.id || w.Target != app.url || w.Attempt > 0 && w.Kid != s.WebhookKeys()[0].Kid {
				t.Errorf("%+v %+v", r, w)
			}
		}
	}
	same(t, states, []string{
		passed + " waiting 0 0 false 0s", passed + " waiting 1 204 true 0s", passed + " waiting 2 204 true 30s", passed + " accepted 3 200 false 2m30s",
	})
}

func TestAReceiverThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := &receiver{}
		app.answer = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		s := webhookSim(t, "http://localhost:1/hook", func(c *Config) { c.Now, c.WebhookTransport = time.Now, carried{app} })
		begin := time.Now()
		l := newLink(t, s, "default")
		l.review(fullPhone)
		if !time.Now().Equal(begin) {
			t.Error("Link waited for the webhook")
		}
		time.Sleep(10*time.Second - 1)
		synctest.Wait()
		if d := s.Webhooks()[0]; d.State != outbox.Sending {
			t.Errorf("before ten seconds: %+v", d)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if d := s.Webhooks()[0]; d.State != outbox.Waiting || d.Status != 0 || d.Error != "no answer within 10 seconds" || !d.Next.Equal(begin.Add(40*time.Second)) {
			t.Errorf("after ten seconds: %+v", d)
		}
		time.Sleep(30 * time.Second)
		synctest.Wait()
		s.Close() // while an attempt is under way
		if len(app.all()) != 2 {
			t.Errorf("%d attempts", len(app.all()))
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(app.all()) != 2 {
			t.Errorf("%d attempts after Close", len(app.all()))
		}
	})
}

func TestReceiversThatFail(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		status int
		says   string
	}{
		{"500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, 500, ""},
		{"201", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }, 201, ""},
		{"closes", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, "the connection was closed without an answer"},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, 307, ""},
		{"endless body", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			for range 1000 {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<20)); err != nil {
					return
				}
			}
		}, 503, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := listen(t)
			app.answer = test.answer
			s := webhookSim(t, app.url)
			newLink(t, s, "default").review(fullPhone)
			settle(t, s)
			d := s.Webhooks()[0]
			if d.State != outbox.Waiting || d.Status != test.status || d.Error != test.says || !d.Next.Equal(start.Add(30*time.Second)) {
				t.Errorf("%+v", d)
			}
			if len(app.all()) != 1 {
				t.Errorf("%d requests", len(app.all()))
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		server.Close()
		s := webhookSim(t, server.URL)
		newLink(t, s, "default").review(fullPhone)
		settle(t, s)
		if d := s.Webhooks()[0]; d.State != outbox.Waiting || !strings.Contains(d.Error, "refused") {
			t.Errorf("%+v", d)
		}
	})
}

func TestSessionsDoNotWaitForEachOthersWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		slow, quick := &receiver{}, &receiver{}
		slow.answer = func(http.ResponseWriter, *http.Request) { <-free }
		hosts := http.NewServeMux()
		hosts.Handle("slow.localhost/", slow)
		hosts.Handle("quick.localhost/", quick)
		s := webhookSim(t, "", func(c *Config) { c.Now, c.WebhookTransport = time.Now, carried{hosts} })
		walk := func(host string) {
			_, o := post(t, s, "/session/token/create", with(object{
				"template_id": "default", "user": object{"client_user_id": "u"}, "webhook": "http://" + host + "/",
			}))
			linkFor(t, s, text(o, "link", "link_token")).review(fullPhone)
		}
		for range 100 { // more than may be under way to one receiver
			walk("slow.localhost")
		}
		walk("quick.localhost")
		synctest.Wait() // no time passes
		if n := len(quick.all()); n != 1 {
			t.Errorf("%d webhooks where nothing is in the way", n)
		}
		if n := len(slow.all()); n == 0 || n == 100 {
			t.Errorf("%d under way to one that hangs", n)
		}
		close(free)
		settle(t, s)
		if n := len(slow.all()); n != 100 {
			t.Errorf("%d of 100", n)
		}
	})
}

func TestATargetThatRejectsNearlyAllIsSuspended(t *testing.T) {
	app := listen(t)
	app.rejects(http.StatusInternalServerError)
	s := webhookSim(t, app.url)
	// Forgeries are to be rejected: they do not count.
	misdeliver(t, s, outbox.Misdelivery{Kind: outbox.AlgNone, Webhooks: 30})
	for range 30 {
		newLink(t, s, "default").review(fullPhone)
		settle(t, s)
	}
	app.forget()
	first := len(s.Webhooks()) + 1
	for range 20 {
		newLink(t, s, "default").review(fullPhone)
		settle(t, s)
	}
	if n := len(app.all()); n != 20 {
		t.Fatalf("%d attempts", n)
	}
	app.answer = nil
	last := func() outbox.Delivery {
		settle(t, s)
		all := s.Webhooks()
		return all[len(all)-1]
	}
	newLink(t, s, "default").review(fullPhone)
	if d := last(); d.State != outbox.Suspended || !strings.Contains(d.Error, "90 %") {
		t.Errorf("%+v", d)
	}
	s.Advance(30 * time.Second) // no retries either
	if last(); len(app.all()) != 20 {
		t.Errorf("%d attempts", len(app.all()))
	}
	if _, ok := s.ResendWebhook(first); !ok || last().State != outbox.Accepted {
		t.Errorf("asked for by hand: %+v", last())
	}
	s.Advance(24 * time.Hour)
	newLink(t, s, "default").review(fullPhone)
	if d := last(); d.State != outbox.Accepted {
		t.Errorf("a day later: %+v", d)
	}
}
