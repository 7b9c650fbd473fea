package plaidsim

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"layersim/flow/plaidsim/outbox"
)

// Misdeliver spoils the next webhooks, as outbox.Misdelivery describes.
func (s *Sim) Misdeliver(m outbox.Misdelivery) (outbox.Misdelivery, error) {
	m, err := s.hooks.Arm(m)
	if err == nil {
		s.note("webhooks: " + string(m.Kind) + " is armed")
	}
	return m, err
}

// Redeliver takes back every misdelivery that still waits for a webhook.
func (s *Sim) Redeliver() { s.hooks.Disarm() }

// Webhooks lists the webhooks that are remembered, oldest first, with what
// became of each.
func (s *Sim) Webhooks() []outbox.Delivery {
	all := s.hooks.Deliveries()
	for i := range all {
		all[i] = cleaned(all[i])
	}
	return all
}

// SettleWebhooks waits until every webhook that is due has been answered, or
// has failed and waits for its next attempt. A test or a script that calls it
// after each step sees the same journal in every run.
func (s *Sim) SettleWebhooks(ctx context.Context) error { return s.hooks.Settle(ctx) }

// NextWebhook is when, on the simulator's clock, the next webhook that waits for
// its time will be sent; ok is false if none waits.
func (s *Sim) NextWebhook() (at time.Time, ok bool) { return s.hooks.NextDue() }

// ResendWebhook sends a webhook once more, properly signed. It returns the id
// of the new delivery, or false if there is no such webhook.
func (s *Sim) ResendWebhook(id int) (int, bool) { return s.hooks.Resend(id) }

// RotateWebhookKey lets the key that signs webhooks expire and makes another.
func (s *Sim) RotateWebhookKey() (expired, current outbox.PublicKey) {
	expired, current = s.hooks.Rotate()
	s.note("webhooks: key " + expired.Kid + " has expired, " + current.Kid + " signs from now on")
	return expired, current
}

// WebhookKeys lists the keys that webhooks were signed with, oldest first.
func (s *Sim) WebhookKeys() []outbox.PublicKey { return s.hooks.Keys() }

// longestSettle is how long a call may wait for webhooks: one attempt may take
// ten seconds.
const longestSettle = 30 * time.Second

func (s *Sim) controlWebhooks(http.ResponseWriter, *http.Request) (any, *plaidError) {
	return map[string]any{"webhooks": listOf(s.Webhooks()), "armed": listOf(s.hooks.Armed())}, nil
}

func (s *Sim) controlDisarm(http.ResponseWriter, *http.Request) (any, *plaidError) {
	s.Redeliver()
	return map[string]any{"armed": []any{}}, nil
}

func (s *Sim) controlSettle(_ http.ResponseWriter, r *http.Request) (any, *plaidError) {
	ctx, cancel := context.WithTimeout(r.Context(), longestSettle)
	defer cancel()
	return map[string]any{"settled": s.SettleWebhooks(ctx) == nil}, nil
}

func (s *Sim) controlResend(_ http.ResponseWriter, r *http.Request) (any, *plaidError) {
	if id, err := strconv.Atoi(idIn(r)); err == nil {
		if again, ok := s.ResendWebhook(id); ok {
			return map[string]any{"id": again, "copy_of": id}, nil
		}
	}
	return nil, notFound("no webhook " + clip(idIn(r)) + " that could be sent again; GET /sim/webhooks lists them")
}

func (s *Sim) controlKeys(http.ResponseWriter, *http.Request) (any, *plaidError) {
	return map[string]any{"keys": s.WebhookKeys()}, nil
}

func (s *Sim) controlRotate(http.ResponseWriter, *http.Request) (any, *plaidError) {
	expired, current := s.RotateWebhookKey()
	return map[string]any{"expired": expired, "current": current}, nil
}

func (s *Sim) controlMisdeliver(w http.ResponseWriter, r *http.Request) (any, *plaidError) {
	var q struct {
		Kind     outbox.Kind `json:"kind"`
		Code     string      `json:"webhook_code"`
		Webhooks int         `json:"webhooks"`
		Delay    string      `json:"delay"`
	}
	if e := controlBody(w, r, &q, `{"kind": "duplicate"}`); e != nil {
		return nil, e
	}
	var delay time.Duration
	if q.Delay != "" {
		var err error
		if delay, err = time.ParseDuration(q.Delay); err != nil {
			return nil, invalidField("delay must be a duration such as 90s or 10m")
		}
	}
	m, err := s.Misdeliver(outbox.Misdelivery{Kind: q.Kind, Code: q.Code, Webhooks: q.Webhooks, Delay: outbox.Duration(delay)})
	if err != nil {
		return nil, invalidField(err.Error())
	}
	return map[string]any{"armed": m}, nil
}

// listOf is a list in JSON even if there is nothing in it.
func listOf[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}
