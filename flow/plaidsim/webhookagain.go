package plaidsim

import (
	"context"
	"errors"
	"net/http"

	"layersim/flow/plaidsim/outbox"
)

// InboxURL is where webhooks go that Config.Inbox takes.
const InboxURL = "http://inbox.localhost/webhook"

// trialsURL is where those go that Config.Trials takes.
const trialsURL = "http://trials.localhost/webhook"

// postman brings webhooks into this process, and all others where they belong.
type postman struct{ inbox, trials, elsewhere http.RoundTripper }

func (p postman) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case r.URL.Host == "inbox.localhost" && p.inbox != nil:
		return p.inbox.RoundTrip(r)
	case r.URL.Host == "trials.localhost" && p.trials != nil:
		return p.trials.RoundTrip(r)
	}
	return p.elsewhere.RoundTrip(r)
}

func (s *Sim) webhookTransport() http.RoundTripper {
	if s.cfg.Inbox == nil && s.cfg.Trials == nil {
		return s.cfg.WebhookTransport
	}
	p := postman{s.cfg.Inbox, s.cfg.Trials, s.cfg.WebhookTransport}
	if p.elsewhere == nil {
		p.elsewhere = outbox.NewTransport(s.cfg.AllowRemoteWebhooks)
	}
	return p
}

// SendWebhookAgain sends the newest webhook of a Link session once more, to
// Config.Trials, spoilt as kind says (an outbox.Kind, "" for none), and waits until it was answered.
func (s *Sim) SendWebhookAgain(ctx context.Context, linkSessionID, kind string) error {
	if err := s.SettleWebhooks(ctx); err != nil {
		return err
	}
	newest := 0
	for _, d := range s.hooks.Deliveries() {
		if d.Lane == linkSessionID && d.CopyOf == 0 {
			newest = d.ID
		}
	}
	if newest == 0 {
		return errors.New("no webhook was sent of this Link session")
	}
	if _, ok := s.hooks.ResendTo(trialsURL, newest, outbox.Kind(kind)); !ok {
		return errors.New("the webhook cannot be sent again")
	}
	return s.SettleWebhooks(ctx)
}
