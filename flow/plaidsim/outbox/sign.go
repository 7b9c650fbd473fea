package outbox

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"time"
)

// Header carries the signature of a webhook (Plaid docs: webhook verification).
const Header = "Plaid-Verification"

// algorithm makes the last part of a JWS.
type algorithm struct {
	name string // the alg of the header
	sign func(k key, signed []byte) []byte
}

// es256 signs as RFC 7518 wants it: R and S, 32 bytes each. The signature
// follows from key and message (RFC 6979), so that two runs are alike.
var es256 = algorithm{"ES256", func(k key, signed []byte) []byte {
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(derOf(k, signed), &rs); err != nil {
		panic(err) // crypto/ecdsa wrote it
	}
	out := make([]byte, 64)
	rs.R.FillBytes(out[:32])
	rs.S.FillBytes(out[32:])
	return out
}}

// derOf is the signature in ASN.1, as most libraries make it and JWS forbids it.
func derOf(k key, signed []byte) []byte {
	digest := sha256.Sum256(signed)
	der, err := k.private.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		panic(err) // a P-256 key signs any SHA-256
	}
	return der
}

// jws is a compact JWS with the claims of Plaid's webhooks over a body.
func jws(a algorithm, k key, kid string, body []byte, issued time.Time) string {
	hash := sha256.Sum256(body)
	header := encoded(struct {
		Alg string `json:"alg"`
		Kid string `json:"kid"`
		Typ string `json:"typ"`
	}{a.name, kid, "JWT"})
	claims := encoded(struct {
		IssuedAt int64  `json:"iat"`
		Hash     string `json:"request_body_sha256"`
	}{issued.Unix(), hex.EncodeToString(hash[:])})
	signed := header + "." + claims
	return signed + "." + base64.RawURLEncoding.EncodeToString(a.sign(k, []byte(signed)))
}

func encoded(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own structs always encode
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// oldBy is how much too old the iat of an old webhook is: twice what the
// documentation lets pass.
const oldBy = 10 * time.Minute

// signer is the key for a webhook of this kind.
func (r *ring) signer(kind Kind, now time.Time) key {
	if kind == ExpiredKey {
		return r.retired(now)
	}
	return r.current()
}

// seal returns what is sent for a body: the bytes, the value of Header (none if
// empty) and the kid that it names.
func (r *ring) seal(k key, kind Kind, body []byte, now time.Time) (sent []byte, header, kid string) {
	kid = k.public.Kid
	switch kind {
	case WrongKey:
		return body, jws(es256, r.stranger(), kid, body, now), kid
	case UnknownKid:
		s := r.stranger()
		return body, jws(es256, s, s.public.Kid, body, now), s.public.Kid
	case OldIat:
		return body, jws(es256, k, kid, body, now.Add(-oldBy)), kid
	case ChangedBody:
		return tampered(body), jws(es256, k, kid, body, now), kid
	case Reserialised:
		var compact bytes.Buffer
		if json.Compact(&compact, body) != nil {
			return append(bytes.Clone(body), ' '), jws(es256, k, kid, body, now), kid
		}
		return compact.Bytes(), jws(es256, k, kid, body, now), kid
	case HS256:
		// The classic: what everybody knows, the public key, is the secret of
		// an HMAC. A verifier that believes the alg of the header accepts it.
		return body, jws(algorithm{"HS256", func(k key, signed []byte) []byte {
			mac := hmac.New(sha256.New, publicPEM(k.private))
			mac.Write(signed)
			return mac.Sum(nil)
		}}, k, kid, body, now), kid
	case AlgNone:
		return body, jws(algorithm{"none", func(key, []byte) []byte { return nil }}, k, kid, body, now), kid
	case DER:
		return body, jws(algorithm{"ES256", derOf}, k, kid, body, now), kid
	case NoHeader:
		return body, "", ""
	}
	return body, jws(es256, k, kid, body, now), kid
}

// tampered is the body with one digit changed, the last: a token or an id in it
// is now another.
func tampered(body []byte) []byte {
	out := bytes.Clone(body)
	if i := bytes.LastIndexAny(out, "0123456789"); i >= 0 {
		out[i] = '0' + (out[i]-'0'+1)%10
		return out
	}
	return append(out, ' ')
}

func publicPEM(k *ecdsa.PrivateKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		panic(err) // a P-256 key always has this form
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}
