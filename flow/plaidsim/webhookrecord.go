package plaidsim

import (
	"encoding/json"
	"strings"

	"layersim/flow"
	"layersim/flow/plaidsim/outbox"
)

// Webhook is one step of a webhook: that it was fired (Attempts is 0 and State
// "waiting"), an attempt to deliver it with what came of it, or why there is
// none. Records of one webhook agree in ID.
type Webhook struct {
	outbox.Delivery
	sent []byte // as it was; it leaves this type redacted
}

func webhookOf(r outbox.Report) *Webhook {
	return &Webhook{cleaned(r.Delivery), r.Sent}
}

// cleaned is a delivery fit to be shown: where it goes is a stranger's text.
func cleaned(d outbox.Delivery) outbox.Delivery {
	target := flow.RedactURL(d.Target)
	d.Error = strings.ReplaceAll(d.Error, d.Target, target) // net/http quotes it
	d.Target = flow.RedactStrictly(flow.CleanLine(target, 200))
	d.Error = flow.RedactStrictly(flow.CleanLine(d.Error, 200))
	return d
}

// Body returns the body that was sent, redacted, with two spaces for each
// level; "" if none was.
func (w *Webhook) Body() string {
	if len(w.sent) == 0 {
		return ""
	}
	return redacted(w.sent, true)
}

// MarshalJSON writes the redacted step.
func (w *Webhook) MarshalJSON() ([]byte, error) {
	out := struct {
		outbox.Delivery
		Body json.RawMessage `json:"body,omitempty"`
	}{Delivery: w.Delivery}
	if shown := redacted(w.sent, false); len(w.sent) > 0 && json.Valid([]byte(shown)) {
		out.Body = json.RawMessage(shown)
	}
	return json.Marshal(out)
}
