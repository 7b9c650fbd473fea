package webhook

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"layersim/flow"
)

// Bench sends real webhooks to a receiver in this process and checks each twice:
// as one should, and with a mistake.
type Bench struct {
	Keys func(ctx context.Context, kid string) (flow.WebhookKey, error)
	Now  func() time.Time
	// SendAgain lets a simulated Plaid send the newest webhook of a Link session
	// once more, to the Mailbox, spoilt as kind says; "" is properly signed. It
	// returns when the webhook has arrived.
	SendAgain func(ctx context.Context, linkSessionID, kind string) error
	// RotateKey lets the simulated Plaid sign with a new key from now on.
	RotateKey func()
	Mailbox   *Mailbox
}

// sending is one webhook that is sent for a mistake to be seen.
type sending struct {
	what string // for people
	kind string
	// rotated: Plaid has changed its key before.
	rotated bool
}

// sendings are the webhooks that show each mistake.
var sendings = map[flow.WrongID][]sending{
	flow.WrongWebhookUnverified: {{what: "the genuine one"}, {what: "one signed by a stranger", kind: "wrong_key"}, {what: "one without a signature", kind: "no_header"}},
	flow.WrongWebhookReencoded:  {{what: "the genuine one"}, {what: "one written anew on the way", kind: "reserialised"}},
	flow.WrongWebhookOneKey:     {{what: "one signed with the first key"}, {what: "one after Plaid changed its key", rotated: true}},
	flow.WrongWebhookDER:        {{what: "the genuine one"}, {what: "one with a DER signature", kind: "der"}},
}

// Try sends the webhooks that show a mistake and returns what became of each.
func (b *Bench) Try(ctx context.Context, e flow.TryWebhooks) ([]flow.WebhookTrial, error) {
	right := &Verifier{Keys: b.Keys, Now: b.Now}
	wrong, ok := b.wrong(e.Wrong)
	if !ok {
		return nil, fmt.Errorf("no webhook shows %q", e.Wrong)
	}
	var trials []flow.WebhookTrial
	for _, s := range sendings[e.Wrong] {
		if s.rotated {
			b.RotateKey()
		}
		before := b.Mailbox.count()
		if err := b.SendAgain(ctx, e.LinkSessionID, s.kind); err != nil {
			return trials, err
		}
		m, arrived := b.Mailbox.after(before)
		if !arrived {
			return trials, fmt.Errorf("the webhook did not arrive")
		}
		trials = append(trials, flow.WebhookTrial{What: s.what, Right: sentence(right.Verify(ctx, m)), Wrong: sentence(wrong(ctx, m))})
	}
	return trials, nil
}

func sentence(err error) string {
	if err == nil {
		return ""
	}
	return flow.CleanLine(err.Error(), 120)
}

// wrong is the procedure with a mistake in it.
func (b *Bench) wrong(id flow.WrongID) (func(context.Context, Message) error, bool) {
	v := &Verifier{Keys: b.Keys, Now: b.Now}
	c := check{key: v.key, fits: rawSignature, signed: asItCame, now: b.Now}
	switch id {
	case flow.WrongWebhookUnverified:
		return func(context.Context, Message) error { return nil }, true
	case flow.WrongWebhookReencoded:
		c.signed = writtenAnew
	case flow.WrongWebhookOneKey:
		c.key = firstKey(v.key)
	case flow.WrongWebhookDER:
		c.fits = ecdsa.VerifyASN1
	default:
		return nil, false
	}
	return c.verify, true
}

// writtenAnew is a body as it is after it was parsed and serialised: the same
// values in other bytes.
func writtenAnew(body []byte) []byte {
	var values any
	if json.Unmarshal(body, &values) != nil {
		return body
	}
	again, err := json.Marshal(values)
	if err != nil {
		return body
	}
	return again
}

// firstKey keeps the first key it is given, whatever kid a webhook names.
func firstKey(ask func(context.Context, string) (flow.WebhookKey, error)) func(context.Context, string) (flow.WebhookKey, error) {
	var kept *flow.WebhookKey
	return func(ctx context.Context, kid string) (flow.WebhookKey, error) {
		if kept != nil {
			return *kept, nil
		}
		k, err := ask(ctx, kid)
		if err == nil {
			kept = &k
		}
		return k, err
	}
}

// Mailbox is a receiver in this process: as an http.RoundTripper it takes
// webhooks without a socket and answers each with 200.
type Mailbox struct {
	mu  sync.Mutex
	got int
	// newest is enough: whoever lets a webhook be sent looks at it at once.
	newest Message
}

// longestBody bounds what is kept of a webhook.
const longestBody = 1 << 20

// RoundTrip takes a webhook.
func (b *Mailbox) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := readAll(r)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got++
	b.newest = Message{Signature: r.Header.Get(Header), Body: body}
	return answer(r, http.StatusOK), nil
}

func (b *Mailbox) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.got
}

// after returns the newest webhook, if there came one since there were n.
func (b *Mailbox) after(n int) (Message, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.newest, b.got > n
}

func readAll(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer func() { _ = r.Body.Close() }()
	return io.ReadAll(io.LimitReader(r.Body, longestBody))
}
