package plain_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/engine"
	"layersim/flow/linkterm"
	"layersim/flow/plaidapi"
	"layersim/flow/plaidsim"
	"layersim/flow/sdk"
	"layersim/flow/webhook"
	"layersim/tui/plain"
)

// setting is how a walk differs from the usual one.
type setting struct {
	platform, version, template, persona string
	surface                              flow.Surface
	private                              bool
	browser                              error
	fault                                *plaidsim.Fault
	delivery                             plaidsim.Delivery
	answers                              map[string]string // other answers than the simulator's, by path
	live                                 bool
}

// told is what came of a walk.
type told struct {
	t   *testing.T
	out string
	plain.Ended
}

// world is all of layersim behind plain mode; no socket, no real time.
type world struct {
	options plain.Options
	emit    func(flow.Event)
}

var catalogOnce = sync.OnceValues(func() (*fixtures.Catalog, error) { return fixtures.Load("") })

// catalog is what is shipped, which nobody changes.
func catalog(t testing.TB) *fixtures.Catalog {
	t.Helper()
	c, err := catalogOnce()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// build makes a world, to be used in a bubble; it ends with ctx.
func build(ctx context.Context, t testing.TB, s setting) world {
	t.Helper()
	c := catalog(t)
	client, err := sdk.Client(or(s.platform, "web"), s.version)
	if err != nil {
		t.Fatal(err)
	}
	template, ok := c.Template(or(s.template, "default"))
	if !ok {
		t.Fatalf("there is no template %q", s.template)
	}
	events := make(chan flow.Event, 256)
	emit := func(e flow.Event) {
		select {
		case events <- e:
		case <-ctx.Done():
		}
	}
	inbox, trials := &webhook.Receiver{Emit: emit}, &webhook.Mailbox{}
	sim := plaidsim.New(plaidsim.Config{
		Webhook: plaidsim.InboxURL, Inbox: inbox, Trials: trials, Catalog: c, Now: time.Now, Seed: 7, Delivery: plaidsim.Delivery(or(string(s.delivery), string(plaidsim.Live))),
	})
	if s.fault != nil {
		sim.Fail(*s.fault)
	}
	server := plaidapi.New(plaidapi.Options{
		BaseURL: "https://sandbox.plaid.com", ClientID: "client", Secret: "the-secret-of-the-client", Transport: otherAnswers{sim.Transport(), s.answers}, Now: time.Now,
		Record: func(x flow.Exchange) { emit(flow.ExchangeRecorded{At: flow.At(time.Now()), Exchange: x}) },
	})
	inbox.Verifier = &webhook.Verifier{Keys: server.GetWebhookKey, Now: time.Now}
	e := engine.New(engine.Ports{
		Server: server, Page: fakePage{}, Browser: fakeBrowser{s.browser}, Clock: sim, Now: time.Now, Emit: emit,
		Link: linkterm.New(linkterm.Options{BaseURL: "http://layersim.local", Transport: sim.Transport(), Emit: emit, Now: time.Now}),
		Webhooks: &webhook.Bench{
			Keys: server.GetWebhookKey, Now: time.Now, Mailbox: trials,
			SendAgain: sim.SendWebhookAgain, RotateKey: func() { sim.RotateWebhookKey() },
		},
	})
	context.AfterFunc(ctx, func() {
		_ = e.Close()
		sim.Close()
	})
	return world{emit: emit, options: plain.Options{
		Config: flow.Config{TemplateID: template.ID, ClientUserID: "user-1", Client: client}, Catalog: c, Persona: s.persona,
		Perform: e.Perform, Events: events, Now: time.Now, Surface: flow.Surface(or(string(s.surface), string(flow.InTerminal))), Private: s.private,
		WhatIf: foretell, Settle: sim.SettleWebhooks, Live: s.live,
	}}
}

func foretell(t fixtures.Template, p fixtures.Persona) plain.Prospect {
	f := plaidsim.WhatIf(t, p)
	prospect := plain.Prospect{Phone: plain.Answer{Ready: f.Phone.Eligible, Why: f.Phone.Why}, MinItems: f.MinItems, MaxItems: f.MaxItems}
	if !f.Phone.Eligible {
		prospect.Birth = &plain.Answer{Ready: f.Birth.Eligible, Why: f.Birth.Why}
	}
	return prospect
}

// walk reads lines from a pipe, in a bubble of fake time. A line "" is Enter.
func walk(t *testing.T, s setting, lines ...string) (result told) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w := build(ctx, t, s)
		var out strings.Builder
		w.options.In, w.options.Out = strings.NewReader(strings.Join(append(lines, ""), "\n")), &out
		ended, err := plain.Run(ctx, w.options)
		if err != nil {
			t.Errorf("the walk ended with %v", err)
		}
		cancel()
		synctest.Wait()
		result = told{t, out.String(), ended}
	})
	result.t = t
	return result
}

// says fails the test unless every text is there.
func (w told) says(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if !strings.Contains(w.out, text) {
			w.t.Fatalf("nothing says %q:\n%s", text, w.out)
		}
	}
}

// saysOnce fails the test unless every text is there just once.
func (w told) saysOnce(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if n := strings.Count(w.out, text); n != 1 {
			w.t.Fatalf("%q is said %d times:\n%s", text, n, w.out)
		}
	}
}

func (w told) saysNot(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if strings.Contains(w.out, text) {
			w.t.Fatalf("%q is said:\n%s", text, w.out)
		}
	}
}

// stands fails the test unless the walk ended in this phase.
func (w told) stands(p flow.Phase) {
	w.t.Helper()
	if w.State.Phase != p {
		w.t.Fatalf("the walk is in %q, want %q:\n%s", w.State.Phase, p, w.out)
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

type fakePage struct{}

const pageURL = "http://127.0.0.1:45678/link/5b1e0f0c7c3f4a4f8a7c6f2d1e0b9a88"

func (fakePage) Present(context.Context, flow.HandlerID, flow.Handover) (string, error) {
	return pageURL, nil
}
func (fakePage) Dismiss(flow.HandlerID, string) {}
func (fakePage) Close() error                   { return nil }

type fakeBrowser struct{ err error }

func (b fakeBrowser) Open(string) error { return b.err }

// otherAnswers answers some paths in the place of the simulator.
type otherAnswers struct {
	next    http.RoundTripper
	answers map[string]string
}

func (o otherAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	body, ok := o.answers[r.URL.Path]
	if !ok {
		return o.next.RoundTrip(r)
	}
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}
