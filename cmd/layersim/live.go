package main

import (
	"context"
	"strings"
	"time"

	"layersim/flow/engine"
	"layersim/flow/linkpage"
	"layersim/flow/plaidapi"
)

// personPatience is how long a call of Link waits for somebody to open the
// page: as long as a link_token lives (Plaid OpenAPI: link_token, 4 hours).
const personPatience = 4 * time.Hour

// live wires an app to a Plaid outside of this process. The real Link exists
// only in a page, so the page has the handler from create() on.
func (a *app) live(around surroundings) error {
	r := a.plan.remote
	server := plaidapi.New(plaidapi.Options{
		BaseURL: r.baseURL, ClientID: r.clientID, Secret: r.secret, Transport: r.transport, Now: around.now, Record: a.exchanged,
	})
	a.far = server
	if p := a.plan.webhooks; p != nil {
		inbox, err := openWebhookInbox(a.ctx, *p, server.GetWebhookKey, around.now, a.emit)
		if err != nil {
			return err
		}
		a.inbox = inbox
	}
	a.inbox.configure(&a.plan.config)
	a.page = linkpage.New(linkpage.Options{
		ScriptURL: func(context.Context) (string, error) { return r.scriptURL, nil },
		Emit:      a.emit, Now: around.now, Addr: around.pageAddr,
		Connect: r.baseURL, Elsewhere: strings.Join(r.elsewhere, ", "),
	})
	a.engine = engine.New(engine.Ports{
		Server: server, Link: a.page.Handlers(), Browser: around.browser, Webhooks: a.inbox.forger(server.GetWebhookKey, around.now),
		Now: around.now, Emit: a.emit, LinkPatience: personPatience,
	})
	return nil
}
