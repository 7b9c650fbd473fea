package plaidsim

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// verifier is an app that checks webhooks. It is written from the steps of
// Plaid's documentation (webhook verification) and from nothing of ours, with a
// JOSE library of somebody else's.
type verifier struct {
	now func() time.Time
	// keyGet is the JSON that /webhook_verification_key/get answers.
	keyGet func(kid string) ([]byte, error)
	cache  map[string]verificationKey
}

type verificationKey struct {
	jwk     jose.JSONWebKey
	expired bool
}

// Why a webhook is not believed, in the order of the steps.
var (
	errNoHeader  = errors.New("1: there is no Plaid-Verification header")
	errAlgorithm = errors.New("2: the algorithm is not ES256")
	errNoKey     = errors.New("3: the key endpoint does not know the kid")
	errExpired   = errors.New("3: the key has expired")
	errSignature = errors.New("4: the signature does not verify")
	errOld       = errors.New("5: it was issued more than five minutes ago")
	errBody      = errors.New("6: the body is not the one that was signed")
)

func (v *verifier) verify(header http.Header, body []byte) error {
	// 1. The JWT is in the header Plaid-Verification, in whatever case.
	token := header.Get("plaid-verification")
	if token == "" {
		return errNoHeader
	}
	// 2. Its header must say ES256, and typ JWT; it names the key.
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return fmt.Errorf("%w: %w", errAlgorithm, err)
	}
	protected := signed.Signatures[0].Protected
	if protected.ExtraHeaders[jose.HeaderType] != "JWT" {
		return fmt.Errorf("typ is %v", protected.ExtraHeaders[jose.HeaderType])
	}
	// 3. The key comes from the cache or from the key endpoint.
	key, err := v.key(protected.KeyID)
	if err != nil {
		return err
	}
	if key.expired {
		return errExpired
	}
	// 4. The signature.
	payload, err := signed.Verify(key.jwk)
	if err != nil {
		return fmt.Errorf("%w: %w", errSignature, err)
	}
	var claims struct {
		IssuedAt int64  `json:"iat"`
		Hash     string `json:"request_body_sha256"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return err
	}
	// 5. Not older than five minutes.
	if v.now().Sub(time.Unix(claims.IssuedAt, 0)) > 5*time.Minute {
		return errOld
	}
	// 6. The hash of the body as it came, compared in constant time.
	hash := sha256.Sum256(body)
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(hash[:])), []byte(claims.Hash)) != 1 {
		return errBody
	}
	return nil
}

// key looks into the cache. A kid that is not there is a sign that keys were
// rotated, so all that have not expired are asked for again.
func (v *verifier) key(kid string) (verificationKey, error) {
	if k, ok := v.cache[kid]; ok {
		return k, nil
	}
	if v.cache == nil {
		v.cache = map[string]verificationKey{}
	}
	ask := []string{kid}
	for old, k := range v.cache {
		if !k.expired {
			ask = append(ask, old)
		}
	}
	for _, kid := range ask {
		answer, err := v.keyGet(kid)
		if err != nil {
			return verificationKey{}, fmt.Errorf("%w: %w", errNoKey, err)
		}
		var got struct {
			Key struct {
				ExpiredAt *int64 `json:"expired_at"`
			} `json:"key"`
		}
		var jwk struct {
			Key jose.JSONWebKey `json:"key"`
		}
		if err := errors.Join(json.Unmarshal(answer, &got), json.Unmarshal(answer, &jwk)); err != nil {
			return verificationKey{}, err
		}
		if !jwk.Key.Valid() || jwk.Key.KeyID != kid || jwk.Key.Use != "sig" || jwk.Key.Algorithm != string(jose.ES256) {
			return verificationKey{}, fmt.Errorf("not a key for webhooks: %s", answer)
		}
		v.cache[kid] = verificationKey{jwk.Key, got.Key.ExpiredAt != nil}
	}
	return v.cache[kid], nil
}
