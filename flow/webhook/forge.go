package webhook

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"layersim/flow"
)

// Forger shows mistakes with webhooks where Plaid is real and sends none on
// demand: it forges them itself, as anybody could who knows the address of a
// receiver, and uses the newest genuine one that came. Plaid is asked about
// every key. What it forges is checked in this process and goes nowhere.
type Forger struct {
	Keys func(ctx context.Context, kid string) (flow.WebhookKey, error)
	Now  func() time.Time
	// Receiver has the genuine webhooks; nil where none are received.
	Receiver *Receiver
}

// errNoGenuine is why a mistake cannot be shown.
var errNoGenuine = errors.New("it takes a genuine webhook to show this, and none has come yet")

// Try forges the webhooks that show a mistake and returns what became of each.
func (f *Forger) Try(ctx context.Context, e flow.TryWebhooks) ([]flow.WebhookTrial, error) {
	// A genuine webhook is checked as of when it came, or its age would hide
	// what is to be seen.
	var at time.Time
	now := func() time.Time {
		if at.IsZero() {
			return f.Now()
		}
		return at
	}
	wrong, ok := (&Bench{Keys: f.Keys, Now: now}).wrong(e.Wrong)
	if !ok || e.Wrong == flow.WrongWebhookOneKey { // nobody makes Plaid change its key
		return nil, fmt.Errorf("no webhook that could be forged shows %q", e.Wrong)
	}
	all, err := f.forged(e)
	if err != nil {
		return nil, err
	}
	verifier := &Verifier{Keys: f.Keys, Now: now}
	trials := make([]flow.WebhookTrial, 0, len(all))
	for _, s := range all {
		at = s.at
		trials = append(trials, flow.WebhookTrial{What: s.what, Right: sentence(verifier.Verify(ctx, s.Message)), Wrong: sentence(wrong(ctx, s.Message))})
	}
	return trials, nil
}

// forgery is a webhook to be checked, and what it is for people.
type forgery struct {
	what string
	Message
}

// forged returns the webhooks that show a mistake.
func (f *Forger) forged(e flow.TryWebhooks) ([]forgery, error) {
	var genuine Message
	came := false
	if f.Receiver != nil {
		genuine, came = f.Receiver.newest()
	}
	if e.Wrong != flow.WrongWebhookUnverified {
		if !came {
			return nil, errNoGenuine
		}
		all := []forgery{{"the genuine one", genuine}}
		if spoilt, ok := inDER(genuine); ok && e.Wrong == flow.WrongWebhookDER {
			all = append(all, forgery{"the same, its signature in DER", spoilt})
		}
		return all, nil
	}
	body := f.body(e)
	signed, err := f.sign(body)
	if err != nil {
		return nil, err
	}
	all := []forgery{
		{"one without a signature", Message{Body: body}},
		{"one signed with a key of our own", Message{Signature: signed, Body: body}},
	}
	if came {
		all = append([]forgery{{"the genuine one", genuine}}, all...)
		all = append(all, forgery{"the genuine one, its body changed", changed(genuine)})
		genuine.at = time.Time{}
		all = append(all, forgery{"the genuine one, replayed now", genuine})
	}
	return all, nil
}

// body is what whoever forges LAYER_AUTHENTICATION_PASSED would write (Plaid
// OpenAPI: LayerAuthenticationPassedWebhook); the client knows all of it.
func (f *Forger) body(e flow.TryWebhooks) []byte {
	content := struct {
		Type          string `json:"webhook_type"`
		Code          string `json:"webhook_code"`
		Environment   string `json:"environment"`
		LinkSessionID string `json:"link_session_id"`
		LinkToken     string `json:"link_token"`
	}{"LAYER", flow.WebhookLayerAuthenticationPassed, "sandbox", e.LinkSessionID, e.LinkToken.Reveal()}
	body, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		panic(err) // texts always encode
	}
	return body
}

// sign signs a body correctly in every way, with a key that is not Plaid's.
func (f *Forger) sign(body []byte) (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	hash := sha256.Sum256(body)
	enc := base64.RawURLEncoding.EncodeToString
	signed := enc(fmt.Appendf(nil, `{"alg":"ES256","kid":%q,"typ":"JWT"}`, madeUpKid())) + "." +
		enc(fmt.Appendf(nil, `{"iat":%d,"request_body_sha256":%q}`, f.Now().Unix(), hex.EncodeToString(hash[:])))
	digest := sha256.Sum256([]byte(signed))
	der, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return "", err
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return "", err
	}
	return signed + "." + enc(append(rs.R.FillBytes(make([]byte, 32)), rs.S.FillBytes(make([]byte, 32))...)), nil
}

// madeUpKid is a UUID that names no key.
func madeUpKid() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// changed is a webhook after somebody changed its body on the way: one digit,
// the last, so that an id in it is now another.
func changed(m Message) Message {
	m.Body = bytes.Clone(m.Body)
	if i := bytes.LastIndexAny(m.Body, "0123456789"); i >= 0 {
		m.Body[i] = '0' + (m.Body[i]-'0'+1)%10
	} else {
		m.Body = append(m.Body, ' ')
	}
	return m
}

// inDER writes the signature of a webhook as most libraries make it. The part
// that is signed stays the same, so that only the form differs.
func inDER(m Message) (Message, bool) {
	parts := strings.Split(m.Signature, ".")
	if len(parts) != 3 {
		return m, false
	}
	raw, err := base64url.DecodeString(parts[2])
	if err != nil || len(raw) != 64 {
		return m, false
	}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])})
	if err != nil {
		return m, false
	}
	parts[2] = base64.RawURLEncoding.EncodeToString(der)
	m.Signature = strings.Join(parts, ".")
	return m, true
}
