package plaidsim

import (
	"bytes"
	"encoding/json"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/plaidsim/outbox"
)

// news is something that happened to a Link session and that the app's server
// is told by webhook.
type news struct {
	Code   string
	Status string // of SESSION_FINISHED
}

// Values of the status of SESSION_FINISHED (Plaid OpenAPI:
// LinkSessionFinishedWebhook).
const (
	statusSuccess = "SUCCESS"
	statusExited  = "EXITED"
)

// phoneProven says that the user owns the phone number, however that was shown.
// The app hears of it at once, even if the user then leaves (Plaid OpenAPI:
// LayerAuthenticationPassedWebhook).
func (t *turn) phoneProven() {
	t.out.Webhooks = append(t.out.Webhooks, news{Code: flow.WebhookLayerAuthenticationPassed})
}

// finished says that the session is over; it is called before the state
// changes. UNCONFIRMED: sessions in which Link was never opened; there was
// nothing to finish, so nothing is said of them. UNCONFIRMED too: when Plaid
// finishes one that was left without onExit, as with a closed tab; here never.
func (t *turn) finished(status string) {
	if t.s.State.open() {
		t.out.Webhooks = append(t.out.Webhooks, news{Code: flow.WebhookSessionFinished, Status: status})
	}
}

// webhookFor is where the webhooks of a link_token go.
func (s *Sim) webhookFor(requested string, t *fixtures.Template) string {
	switch {
	case requested != "":
		return requested
	case t.Webhook != "":
		return t.Webhook
	}
	return s.cfg.Webhook
}

// noticeWebhook tells the app at once if its webhooks will not be sent.
func (s *Sim) noticeWebhook(c *call, requested string, t *fixtures.Template) {
	target := s.webhookFor(requested, t)
	if target == "" {
		return
	}
	if err := outbox.CheckTarget(target, s.cfg.AllowRemoteWebhooks); err != nil {
		c.notice("no webhooks to " + clip(outbox.Shown(target)) + ": " + err.Error())
	}
}

func (s *Sim) newOutbox() *outbox.Outbox {
	return outbox.New(outbox.Config{
		Seed: s.ids.seed, Now: s.Now, Wall: s.cfg.Now, AllowRemote: s.cfg.AllowRemoteWebhooks, Transport: s.webhookTransport(), Manual: s.cfg.ManualWebhooks,
		Report: func(r outbox.Report) {
			s.journal.add(Record{At: r.At, Kind: KindWebhook, Thread: r.Thread, Session: r.Lane, Webhook: webhookOf(r)})
		},
	})
}

// layerWebhook is the body of LAYER_AUTHENTICATION_PASSED (Plaid OpenAPI:
// LayerAuthenticationPassedWebhook).
type layerWebhook struct {
	Type          string `json:"webhook_type"`
	Code          string `json:"webhook_code"`
	Environment   string `json:"environment"`
	LinkSessionID string `json:"link_session_id"`
	LinkToken     string `json:"link_token"`
}

// finishedWebhook is the body of SESSION_FINISHED (Plaid OpenAPI:
// LinkSessionFinishedWebhook). UNCONFIRMED: public_tokens when EXITED; there is
// none then, so it is left out.
type finishedWebhook struct {
	Type          string   `json:"webhook_type"`
	Code          string   `json:"webhook_code"`
	Status        string   `json:"status"`
	LinkSessionID string   `json:"link_session_id"`
	LinkToken     string   `json:"link_token"`
	PublicTokens  []string `json:"public_tokens,omitempty"`
	// PublicToken is deprecated; apps that still read it find it.
	PublicToken string `json:"public_token,omitempty"`
	UserID      string `json:"user_id,omitempty"`
	Environment string `json:"environment"`
}

// tell sends the webhooks of one step; the caller holds the lock, which keeps
// them in the order in which things happened.
func (s *Sim) tell(l *linkSession, out outcome) {
	if l.webhook == "" {
		return
	}
	for _, n := range out.Webhooks {
		w := outbox.Webhook{Lane: l.id, Thread: l.thread, Code: n.Code, Target: l.webhook}
		linkToken := linkTokenPrefix + l.token.String()
		switch n.Code {
		case flow.WebhookLayerAuthenticationPassed:
			w.Type = "LAYER"
			w.Body = webhookBody(layerWebhook{w.Type, n.Code, "sandbox", l.id, linkToken})
		case flow.WebhookSessionFinished:
			w.Type, w.Last = "LINK", true
			b := finishedWebhook{
				Type: w.Type, Code: n.Code, Status: n.Status, LinkSessionID: l.id, LinkToken: linkToken,
				UserID: l.userID, Environment: "sandbox",
			}
			if g := out.Grant; g != nil {
				b.PublicToken = publicTokenPrefix + g.PublicToken.String()
				b.PublicTokens = []string{b.PublicToken}
			}
			w.Body = webhookBody(b)
		}
		s.hooks.Send(s.now(), w)
	}
}

// webhookBody writes JSON with two spaces for each level: the signature covers
// these very bytes (Plaid docs: webhook verification).
func webhookBody(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic(err) // our own types always encode
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
