package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"layersim/flow"
	"layersim/flow/engine"
	"layersim/flow/guard"
	"layersim/flow/journal"
	"layersim/flow/linkpage"
	"layersim/flow/linkterm"
	"layersim/flow/loopback"
	"layersim/flow/plaidapi"
	"layersim/flow/plaidsim"
	"layersim/flow/webhook"
	"layersim/tui"
)

// app is the whole of layersim behind its screen: our server, our client, and
// either a simulated Plaid in this process or the way to a remote one.
type app struct {
	plan   plan
	sim    *plaidsim.Sim // nil when Plaid is remote
	events chan flow.Event
	engine *engine.Engine
	page   *linkpage.Page
	inbox  *webhookInbox // nil unless a live walk receives webhooks
	links  linkServer
	ctx    context.Context
	now    func() time.Time
	// browser opens the local page, and the pages of Plaid's documentation.
	browser engine.Browser
	record  func(journal.Entry) error
	server  *plaidapi.Client // of a simulated walk
	far     *plaidapi.Client // of a live walk
}

// surroundings are what differs between a real run and a test.
type surroundings struct {
	now      func() time.Time
	browser  engine.Browser
	pageAddr string
	record   func(journal.Entry) error // takes the walk down, nil for nobody
	// sleep lets time pass that is nobody's real time, and keeps webhooks back
	// until they are settled; nil for a walk in real time.
	sleep func(ctx context.Context, d time.Duration) error
}

// newApp wires an app. Close it. The error is a port that cannot be had.
func newApp(ctx context.Context, p plan, around surroundings) (*app, error) {
	a := &app{plan: p, ctx: ctx, now: around.now, browser: around.browser, record: around.record, events: make(chan flow.Event, 256)}
	if p.remote != nil {
		if err := a.live(around); err != nil {
			return nil, err
		}
		return a, nil
	}
	a.simulated(around)
	return a, nil
}

// simulated wires an app to a Plaid in this process. The terminal has the
// handler until open(), and draws Link if need be.
func (a *app) simulated(around surroundings) {
	p := a.plan
	clientID, secret := "layersim-client", rand.Text()
	inbox, trials := &webhook.Receiver{Emit: a.emit, Sleep: around.sleep}, &webhook.Mailbox{}
	hook := plaidsim.InboxURL
	if p.config.NoWebhooks { // a live walk without webhooks is done again
		hook = ""
	}
	a.sim = plaidsim.New(plaidsim.Config{
		Webhook: hook, Inbox: inbox, Trials: trials, Strict: p.strict, NotEnabled: p.notEnabled,
		ManualWebhooks: around.sleep != nil, Sleep: around.sleep,
		Catalog: p.catalog, Now: around.now, Seed: p.seed,
		// A room wants to see each event when it happens. Real Link may hold
		// back all but four until the end; the Guide says so.
		Delivery:    cmp.Or(p.delivery, plaidsim.Live),
		Credentials: func(id, s string) bool { return id == clientID && s == secret },
	})
	for _, fault := range p.faults {
		a.sim.Fail(fault)
	}
	a.links.handler, a.links.tell = a.sim.Loopback(), a.sim.Note // the screen is not ours to write on
	a.page = linkpage.New(linkpage.Options{
		ScriptURL: a.links.scriptURL, Emit: a.emit, Now: around.now, Addr: around.pageAddr, Simulated: true,
	})
	// plaid-go and Link believe that they speak to Plaid's Sandbox; the transport
	// leads into this process whatever the host.
	server := plaidapi.New(plaidapi.Options{
		BaseURL: sandboxURL, ClientID: clientID, Secret: secret, Transport: a.sim.Transport(), Now: around.now, Record: a.exchanged,
	})
	a.server = server
	inbox.Verifier = &webhook.Verifier{Keys: server.GetWebhookKey, Now: around.now}
	a.engine = engine.New(engine.Ports{
		Server:  server,
		Link:    linkterm.New(linkterm.Options{BaseURL: sandboxURL, Transport: a.sim.Transport(), Emit: a.emit, Now: around.now}),
		Page:    a.page,
		Browser: around.browser,
		Clock:   a.sim,
		Webhooks: &webhook.Bench{
			Keys: server.GetWebhookKey, Now: around.now, Mailbox: trials,
			SendAgain: a.sim.SendWebhookAgain, RotateKey: func() { a.sim.RotateWebhookKey() },
		},
		Now:  around.now,
		Emit: a.emit,
	})
}

// emit puts an event into the one ordered stream that the screen reads.
func (a *app) emit(e flow.Event) {
	select {
	case a.events <- e:
	case <-a.ctx.Done():
	}
}

// record puts an exchange with Plaid's API into the stream.
func (a *app) exchanged(x flow.Exchange) {
	a.emit(flow.ExchangeRecorded{At: flow.At(a.now()), Exchange: x})
}

// model returns the screen of the app.
func (a *app) model(color, light bool) tui.Model {
	o := tui.Options{
		Config: a.plan.config, Catalog: a.plan.catalog, Persona: a.plan.persona, Template: a.plan.template,
		Perform: a.engine.Perform, Events: a.events, Now: a.now,
		Surface: a.plan.surface, Color: color, Light: light, Context: a.ctx,
		Mouse: true, SelectText: a.plan.selectText, Private: a.plan.private,
		WhatIf: whatIf, OpenURL: a.browser.Open, Record: a.record,
	}
	if a.plan.remote != nil {
		o.Live, o.WhatIf = true, nil // nobody outside knows whom the real Layer finds
		o.Elsewhere = a.plan.remote.elsewhere
	}
	return tui.New(o)
}

// Close stops everything that listens or waits.
func (a *app) Close() error {
	if a.sim != nil {
		a.sim.Close()
	}
	err := errors.Join(a.engine.Close(), a.page.Close(), a.links.Close(), a.inbox.Close())
	if a.far != nil {
		a.far.Close()
	}
	return err
}

// linkServer serves the simulator's Link to browsers on loopback. It begins to
// listen when the first page needs it.
type linkServer struct {
	handler http.Handler
	tell    func(text string) // of trouble that it goes on after
	mu      sync.Mutex
	server  *http.Server
	url     string
}

// scriptURL returns the address of link-initialize.js.
func (l *linkServer) scriptURL(ctx context.Context) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server == nil {
		listener, err := loopback.Listen(ctx, "127.0.0.1:0")
		if err != nil {
			return "", fmt.Errorf("the simulated Link cannot be served on this machine: %w", err)
		}
		l.server = loopback.NewServer(l.handler)
		l.url = "http://" + listener.Addr().String()
		guard.Go(func() { _ = l.server.Serve(forCrowds(listener, l.tell)) })
	}
	return l.url + linkScriptPath, nil
}

// Close stops listening.
func (l *linkServer) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server == nil {
		return nil
	}
	return l.server.Close()
}
