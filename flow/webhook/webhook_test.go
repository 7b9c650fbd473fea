package webhook

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"layersim/flow"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// plaid signs webhooks with keys of its own, and counts how often each is asked
// for. Nothing of it comes from the simulator.
type plaid struct {
	t     *testing.T
	keys  map[string]*ecdsa.PrivateKey
	asked map[string]int
	// expired names a key that is not good any more.
	expired string
}

func newPlaid(t *testing.T) *plaid {
	return &plaid{t: t, keys: map[string]*ecdsa.PrivateKey{}, asked: map[string]int{}}
}

func (p *plaid) key(kid string) *ecdsa.PrivateKey {
	if p.keys[kid] == nil {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			p.t.Fatal(err)
		}
		p.keys[kid] = k
	}
	return p.keys[kid]
}

func (p *plaid) ask(_ context.Context, kid string) (flow.WebhookKey, error) {
	p.asked[kid]++
	k := p.keys[kid]
	if k == nil {
		return flow.WebhookKey{}, flow.Failure{Type: "INVALID_INPUT", Code: "INVALID_WEBHOOK_VERIFICATION_KEY_ID", Status: 400}
	}
	point, err := k.PublicKey.Bytes()
	if err != nil {
		p.t.Fatal(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return flow.WebhookKey{Kid: kid, Curve: "P-256", X: enc(point[1:33]), Y: enc(point[33:]), ExpiredAt: p.expiredAt(kid)}, nil
}

func (p *plaid) expiredAt(kid string) time.Time {
	if kid == p.expired {
		return noon
	}
	return time.Time{}
}

// sign makes the JWT over a body; der writes the signature as most libraries do.
func (p *plaid) sign(alg, kid string, signer *ecdsa.PrivateKey, body string, at time.Time, der bool) string {
	hash := sha256.Sum256([]byte(body))
	enc := base64.RawURLEncoding.EncodeToString
	signed := enc(fmt.Appendf(nil, `{"alg":%q,"kid":%q,"typ":"JWT"}`, alg, kid)) + "." +
		enc(fmt.Appendf(nil, `{"iat":%d,"request_body_sha256":%q}`, at.Unix(), hex.EncodeToString(hash[:])))
	digest := sha256.Sum256([]byte(signed))
	signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		p.t.Fatal(err)
	}
	if !der {
		var rs struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(signature, &rs); err != nil {
			p.t.Fatal(err)
		}
		signature = append(rs.R.FillBytes(make([]byte, 32)), rs.S.FillBytes(make([]byte, 32))...)
	}
	return signed + "." + enc(signature)
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

const body = "{\n  \"webhook_type\": \"LAYER\"\n}"

func TestVerify(t *testing.T) {
	p := newPlaid(t)
	k1, k2, stranger := p.key("k1"), p.key("k2"), newPlaid(t).key("k1")
	p.key("k0")
	p.expired = "k0"
	v := &Verifier{Keys: p.ask, Now: func() time.Time { return noon }}
	for _, tc := range []struct {
		name, signature, body string
		want                  error
	}{
		{"genuine", p.sign("ES256", "k1", k1, body, noon, false), body, nil},
		{"four minutes old", p.sign("ES256", "k1", k1, body, noon.Add(-4*time.Minute), false), body, nil},
		{"another key of Plaid's", p.sign("ES256", "k2", k2, body, noon, false), body, nil},
		{"no header", "", body, errNoHeader},
		{"no JWT", "nonsense", body, errForm},
		{"no JWT in it", "a.b.c", body, errForm},
		{"another algorithm", p.sign("HS256", "k1", k1, body, noon, false), body, errAlgorithm},
		{"none", p.sign("none", "k1", k1, body, noon, false), body, errAlgorithm},
		{"expired key", p.sign("ES256", "k0", p.key("k0"), body, noon, false), body, errExpired},
		{"a stranger", p.sign("ES256", "k1", stranger, body, noon, false), body, errSignature},
		{"the key of another kid", p.sign("ES256", "k2", k1, body, noon, false), body, errSignature},
		{"DER", p.sign("ES256", "k1", k1, body, noon, true), body, errSignature},
		{"six minutes old", p.sign("ES256", "k1", k1, body, noon.Add(-6*time.Minute), false), body, errOld},
		{"signed half a minute ahead", p.sign("ES256", "k1", k1, body, noon.Add(30*time.Second), false), body, nil},
		{"signed two minutes ahead", p.sign("ES256", "k1", k1, body, noon.Add(2*time.Minute), false), body, errAhead},
		{"signed in the year 292277026596", p.sign("ES256", "k1", k1, body, time.Unix(1<<62, 0), false), body, errAhead},
		{"signed at no time", p.sign("ES256", "k1", k1, body, time.Unix(0, 0), false), body, errNoTime},
		{"no kid", p.sign("ES256", "", k1, body, noon, false), body, errNoKid},
		{"an endless kid", p.sign("ES256", strings.Repeat("k", 101), k1, body, noon, false), body, errNoKid},
		{"the signature cut off", strings.TrimRight(p.sign("ES256", "k1", k1, body, noon, false), "-_"+letters), body, errSignature},
		{"another body", p.sign("ES256", "k1", k1, body, noon, false), body + " ", errBody},
	} {
		if err := v.Verify(t.Context(), Message{Signature: tc.signature, Body: []byte(tc.body)}); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
	if err := v.Verify(t.Context(), Message{Signature: p.sign("ES256", "k9", k1, body, noon, false), Body: []byte(body)}); err == nil || !strings.Contains(err.Error(), "INVALID_WEBHOOK") {
		t.Errorf("an unknown kid: %v", err)
	}
}

// A key that is kept does not learn that it has expired: it is asked for again
// after a short while, and as soon as another kid appears.
func TestAKeptKeyExpires(t *testing.T) {
	p := newPlaid(t)
	p.key("k1")
	p.key("k2")
	now := noon
	v := &Verifier{Keys: p.ask, Now: func() time.Time { return now }}
	verify := func(kid string, want error) {
		t.Helper()
		if err := v.Verify(t.Context(), Message{Signature: p.sign("ES256", kid, p.keys[kid], body, now, false), Body: []byte(body)}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", kid, err, want)
		}
	}
	verify("k1", nil)
	verify("k1", nil)
	if p.asked["k1"] != 1 {
		t.Errorf("the key was asked for %d times, want once", p.asked["k1"])
	}
	p.expired = "k1"
	now = now.Add(kept)
	verify("k1", errExpired)

	v, p.expired = &Verifier{Keys: p.ask, Now: v.Now}, ""
	verify("k1", nil)
	p.expired = "k1"
	verify("k2", nil)
	verify("k1", errExpired)
}
