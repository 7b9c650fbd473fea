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
	"time"

	"layersim/flow"
)

// Header carries the signature of a webhook, a JWT.
const Header = "Plaid-Verification"

// How old a webhook may be (Plaid docs: webhook verification), and how far in
// the future, since two clocks never agree. UNCONFIRMED that Plaid has an
// opinion on the latter; none is documented.
const (
	oldest    = 5 * time.Minute
	mostAhead = time.Minute
)

// Message is a webhook as it came.
type Message struct {
	Signature string    // the value of Header
	Body      []byte    // the bytes themselves, not what was read out of them
	at        time.Time // when it came, of one that a Receiver keeps
}

// Why a webhook is not believed.
var (
	errNoHeader  = errors.New("there is no " + Header + " header")
	errForm      = errors.New("the header holds no JWT")
	errAlgorithm = errors.New("its algorithm is not ES256")
	errNoKid     = errors.New("it does not name the key it was signed with")
	errNoKey     = errors.New("Plaid knows no key with its kid")
	errExpired   = errors.New("its key has expired")
	errKey       = errors.New("its key is none for webhooks")
	errSignature = errors.New("the signature does not fit")
	errNoTime    = errors.New("it does not say when it was signed")
	errOld       = errors.New("it was signed more than five minutes ago")
	errAhead     = errors.New("it was signed in the future, so its sender's clock is wrong, or this computer's")
	errBody      = errors.New("the body is not the one that was signed")
)

// Unchecked says that it could not be found out whether a webhook is Plaid's.
// That is no verdict: whoever gets it asks for the webhook to be sent again.
type Unchecked struct{ Why error }

// Error says why.
func (u Unchecked) Error() string { return "could not be checked: " + u.Why.Error() }

// Unwrap returns why.
func (u Unchecked) Unwrap() error { return u.Why }

// Verifier checks webhooks and keeps the keys it was given for a short while. Its fields must
// be set; it is safe for concurrent use.
type Verifier struct {
	// Keys asks /webhook_verification_key/get. Errors are flow.Failure.
	Keys func(ctx context.Context, kid string) (flow.WebhookKey, error)
	Now  func() time.Time

	ring ring
}

// Verify returns nil if the webhook is Plaid's, or a sentence that says why it
// must not be believed. An error that is Unchecked leaves the question open.
func (v *Verifier) Verify(ctx context.Context, m Message) error {
	return check{key: v.key, fits: rawSignature, signed: asItCame, now: v.Now}.verify(ctx, m)
}

// key returns the key that a kid names.
func (v *Verifier) key(ctx context.Context, kid string) (flow.WebhookKey, error) {
	return v.ring.key(ctx, kid, v.Now, v.Keys)
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
	if len(parts) != 3 || strings.ContainsAny(m.Signature, "\r\n") { // which a decoder overlooks
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
	signature, err := base64url.DecodeString(parts[2])
	if err != nil || decode(parts[0], &header) != nil || decode(parts[1], &claims) != nil {
		return errForm
	}
	if header.Alg != "ES256" {
		return errAlgorithm
	}
	if header.Kid == "" || len(header.Kid) > longestKid {
		return errNoKid
	}
	k, err := c.key(ctx, header.Kid)
	if err != nil {
		return err
	}
	// Plaid's samples refuse a key as soon as expired_at is set; the contract calls
	// it the time when the key expired. UNCONFIRMED that it is ever in the future:
	// until then the key would be good.
	if !k.ExpiredAt.IsZero() && !c.now().Before(k.ExpiredAt) {
		return errExpired
	}
	public, err := publicKey(k)
	if err != nil {
		return err
	}
	if digest := sha256.Sum256([]byte(parts[0] + "." + parts[1])); !c.fits(public, digest[:], signature) {
		return errSignature
	}
	switch age := c.now().Sub(time.Unix(claims.IssuedAt, 0)); {
	case claims.IssuedAt == 0:
		return errNoTime
	case age > oldest:
		return errOld
	case age < -mostAhead:
		return errAhead
	}
	hash := sha256.Sum256(c.signed(m.Body))
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(hash[:])), []byte(claims.Hash)) != 1 {
		return errBody
	}
	return nil
}

// base64url is the encoding of a JWS; one signature has one form only.
var base64url = base64.RawURLEncoding.Strict()

func decode(part string, into any) error {
	text, err := base64url.DecodeString(part)
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
