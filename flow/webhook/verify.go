// Package webhook tells whether a webhook is Plaid's: bytes, a header and a time
// in, a verdict out. It is written from the steps of Plaid's documentation
// (webhook verification) and shares nothing with the simulator that signs.
//
//	v := webhook.Verifier{Keys: server.GetWebhookKey, Now: time.Now}
//	if err := v.Verify(ctx, webhook.Message{Signature: header.Get(webhook.Header), Body: raw}); err != nil {
//		// answer 400, do nothing
//	}
package webhook

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"sync"
	"time"

	"layersim/flow"
)

// Header carries the signature of a webhook, a JWT.
const Header = "Plaid-Verification"

// oldest is how old a webhook may be (Plaid docs: webhook verification).
const oldest = 5 * time.Minute

// kept is how long a key is kept.
const kept = time.Minute

// Message is a webhook as it came.
type Message struct {
	Signature string // the value of Header
	Body      []byte // the bytes themselves, not what was read out of them
}

// Why a webhook is not believed.
var (
	errNoHeader  = errors.New("there is no " + Header + " header")
	errForm      = errors.New("the header holds no JWT")
	errAlgorithm = errors.New("its algorithm is not ES256")
	errExpired   = errors.New("its key has expired")
	errKey       = errors.New("its key is none for webhooks")
	errSignature = errors.New("the signature does not fit")
	errOld       = errors.New("it was signed more than five minutes ago")
	errBody      = errors.New("the body is not the one that was signed")
)

// Verifier checks webhooks and keeps the keys it was given for a short while. Its fields must
// be set; it is safe for concurrent use.
type Verifier struct {
	// Keys asks /webhook_verification_key/get.
	Keys func(ctx context.Context, kid string) (flow.WebhookKey, error)
	Now  func() time.Time

	mu    sync.Mutex
	cache map[string]keptKey
}

type keptKey struct {
	flow.WebhookKey
	at time.Time // when it was asked for
}

// Verify returns nil if the webhook is Plaid's, or a sentence that says why it
// must not be believed.
func (v *Verifier) Verify(ctx context.Context, m Message) error {
	return check{key: v.key, fits: rawSignature, signed: asItCame, now: v.Now}.verify(ctx, m)
}

// key returns the key that a kid names: keys change, and a webhook says which
// one it was signed with. One that is kept never learns that it has expired, so
// it is kept for a short while only, and a new kid lets all others be asked for
// again.
func (v *Verifier) key(ctx context.Context, kid string) (flow.WebhookKey, error) {
	now := v.Now()
	v.mu.Lock()
	k, known := v.cache[kid]
	v.mu.Unlock()
	if known && now.Sub(k.at) < kept {
		return k.WebhookKey, nil
	}
	fresh, err := v.Keys(ctx, kid)
	if err != nil {
		return fresh, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if !known {
		v.cache = map[string]keptKey{}
	}
	v.cache[kid] = keptKey{fresh, now}
	return fresh, nil
}

// check is a procedure, right or wrong.
type check struct {
	key    func(ctx context.Context, kid string) (flow.WebhookKey, error)
	fits   func(key *ecdsa.PublicKey, digest, signature []byte) bool
	signed func(body []byte) []byte // what is hashed of a body
	now    func() time.Time
}

func (c check) verify(ctx context.Context, m Message) error {
	if m.Signature == "" {
		return errNoHeader
	}
	parts := strings.Split(m.Signature, ".")
	if len(parts) != 3 {
		return errForm
	}
	var header struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
	}
	var claims struct {
		IssuedAt int64  `json:"iat"`
		Hash     string `json:"request_body_sha256"`
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || decode(parts[0], &header) != nil || decode(parts[1], &claims) != nil {
		return errForm
	}
	if header.Alg != "ES256" {
		return errAlgorithm
	}
	k, err := c.key(ctx, header.Kid)
	if err != nil {
		return err
	}
	if k.Expired {
		return errExpired
	}
	public, err := publicKey(k)
	if err != nil {
		return err
	}
	if digest := sha256.Sum256([]byte(parts[0] + "." + parts[1])); !c.fits(public, digest[:], signature) {
		return errSignature
	}
	if c.now().Sub(time.Unix(claims.IssuedAt, 0)) > oldest {
		return errOld
	}
	hash := sha256.Sum256(c.signed(m.Body))
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(hash[:])), []byte(claims.Hash)) != 1 {
		return errBody
	}
	return nil
}

func decode(part string, into any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func publicKey(k flow.WebhookKey) (*ecdsa.PublicKey, error) {
	x, errX := base64.RawURLEncoding.DecodeString(k.X)
	y, errY := base64.RawURLEncoding.DecodeString(k.Y)
	if errors.Join(errX, errY) != nil || k.Curve != "P-256" || len(x) != 32 || len(y) != 32 {
		return nil, errKey
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return nil, errKey
	}
	return public, nil
}

// rawSignature is the form JWS wants: R and S, 32 bytes each (RFC 7518).
func rawSignature(key *ecdsa.PublicKey, digest, signature []byte) bool {
	if len(signature) != 64 {
		return false
	}
	return ecdsa.Verify(key, digest, new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}

func asItCame(body []byte) []byte { return body }
