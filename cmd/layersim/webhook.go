package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"layersim/flow"
	"layersim/flow/loopback"
	"layersim/flow/webhook"

	"github.com/spf13/pflag"
)

// webhookSettings are what flags and environment say of webhooks in the live
// walk, as written.
type webhookSettings struct{ listen, url string }

func (s *webhookSettings) addFlags(f *pflag.FlagSet) {
	f.StringVar(&s.listen, "webhook-listen", "", "with --env sandbox: where webhooks are received, on this machine only, such as 127.0.0.1:8138")
	f.StringVar(&s.url, "webhook-url", "", "with --env sandbox: the public https address that your tunnel forwards to --webhook-listen")
}

// webhookPlan is what they mean, checked.
type webhookPlan struct {
	listen string
	// url goes to Plaid; "" if only the template's own URL can lead here, or, of
	// a Plaid on this machine, until the receiver listens.
	url  string
	path string // "" for any
	// local: Plaid is on this machine and reaches the receiver without a tunnel.
	local bool
}

// defaultWebhookPath is where a Plaid on this machine sends webhooks.
const defaultWebhookPath = "/webhook"

// check turns settings into a plan, nil if no webhooks are to be received, or
// says what is wrong with them.
func (s webhookSettings) check(to *remote) (*webhookPlan, error) {
	switch {
	case s.listen == "" && s.url == "":
		return nil, nil
	case to == nil:
		return nil, usagef("%s is for the live walk (--env sandbox): the simulated one receives its webhooks inside the program, and verifies them all the same. Leave it out.", s.given())
	case s.listen == "":
		return nil, usagef("--webhook-url alone receives nothing: add --webhook-listen 127.0.0.1:PORT, with the port to which your tunnel forwards")
	}
	switch err := loopback.CheckListen(s.listen); {
	case errors.Is(err, loopback.ErrReachable):
		return nil, usagef("--webhook-listen %s: webhooks are received on this machine only; use 127.0.0.1, localhost or [::1], and let a tunnel forward to it", flow.CleanLine(s.listen, 60))
	case err != nil:
		return nil, usagef("--webhook-listen %s: write it as 127.0.0.1:8138", flow.CleanLine(s.listen, 60))
	}
	p := &webhookPlan{listen: s.listen, local: isLocalURL(to.baseURL)}
	if s.url == "" {
		if p.local {
			p.path = defaultWebhookPath
			return p, nil
		}
		to.remarks = append(to.remarks, unknownToPlaid(s.listen))
		return p, nil
	}
	u, err := checkWebhookURL(s.url, p.local)
	if err != nil {
		return nil, usagef("--webhook-url: %w", err)
	}
	p.url, p.path = s.url, u.Path
	if p.path == "" {
		p.path = "/"
	}
	return p, nil
}

// unknownToPlaid says what it takes for webhooks to come although Plaid is told
// no address.
func unknownToPlaid(listen string) string {
	return "Plaid cannot reach " + listen + " and is told no other address: webhooks come only if the template in the Dashboard names the URL of a tunnel that leads here. Else add --webhook-url https://…"
}

// given names the flags that are set.
func (s webhookSettings) given() string {
	switch {
	case s.url == "":
		return "--webhook-listen"
	case s.listen == "":
		return "--webhook-url"
	}
	return "--webhook-listen with --webhook-url"
}

// isLocalURL reports whether a URL leads to this machine.
func isLocalURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && loopback.Host(u.Hostname())
}

// longestWebhookURL is longer than any tunnel's.
const longestWebhookURL = 2000

// checkWebhookURL reads the URL that goes to Plaid. It is not shown in errors:
// there may be something secret in it.
func checkWebhookURL(text string, local bool) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || strings.TrimSpace(text) != text:
		return nil, errors.New("this is not a URL; write it as https://your-tunnel.example/webhook")
	case len(text) > longestWebhookURL:
		return nil, fmt.Errorf("it is longer than %d bytes", longestWebhookURL)
	case u.User != nil:
		return nil, errors.New("it has a user or a password in it, which Plaid would store; leave them out, the signature of a webhook says who sent it")
	case u.Fragment != "" || strings.Contains(text, "#"):
		return nil, errors.New("it has a fragment (#…), which no request carries; leave it out")
	case loopback.Host(u.Hostname()) && !local:
		return nil, errors.New("it leads to this machine, which Plaid cannot reach; give the public address of your tunnel")
	case u.Scheme == "http" && !loopback.Host(u.Hostname()):
		return nil, errors.New("it must be https: a webhook carries tokens")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("it must begin with https://")
	}
	return u, nil
}

// listenForWebhooks takes the address of a plan, or says who has it. Closing the
// listener frees it: doctor asks in this way whether it is free.
func (p webhookPlan) listenForWebhooks(ctx context.Context) (net.Listener, error) {
	listener, err := loopback.Listen(ctx, p.listen)
	if err != nil {
		return nil, usagef("cannot receive webhooks on %s: %w. End the program that listens there, or choose another with --webhook-listen and let your tunnel forward to that", p.listen, err)
	}
	return listener, nil
}

// webhookInbox receives the webhooks of a live walk.
type webhookInbox struct {
	// url is what Plaid is told, "" for nothing.
	url      string
	receiver *webhook.Receiver
	server   *webhook.Server
}

// configure tells a walk where its webhooks go; with a nil inbox nobody receives
// any, and the best proof of the phone is out of reach.
func (i *webhookInbox) configure(c *flow.Config) {
	if i == nil {
		c.NoWebhooks = true
		return
	}
	c.Webhook = i.url
}

// forger shows the mistakes with webhooks of a live walk, also with a nil inbox.
func (i *webhookInbox) forger(keys func(context.Context, string) (flow.WebhookKey, error), now func() time.Time) *webhook.Forger {
	f := &webhook.Forger{Keys: keys, Now: now}
	if i != nil {
		f.Receiver = i.receiver
	}
	return f
}

// openWebhookInbox begins to receive webhooks. keys asks
// /webhook_verification_key/get. Close it.
func openWebhookInbox(ctx context.Context, p webhookPlan, keys func(context.Context, string) (flow.WebhookKey, error), now func() time.Time, emit func(flow.Event)) (*webhookInbox, error) {
	listener, err := p.listenForWebhooks(ctx)
	if err != nil {
		return nil, err
	}
	inbox := &webhookInbox{url: p.url, receiver: &webhook.Receiver{Verifier: &webhook.Verifier{Keys: keys, Now: now}, Emit: emit}}
	inbox.server = webhook.Serve(listener, p.path, inbox.receiver)
	if p.local && p.url == "" {
		inbox.url = "http://" + listener.Addr().String() + p.path
	}
	return inbox, nil
}

// Close stops receiving.
func (i *webhookInbox) Close() error {
	if i == nil {
		return nil
	}
	return i.server.Close()
}
