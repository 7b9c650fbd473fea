package webhook

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"layersim/flow"
)

// fixedKey is a key that is the same in every run, so that what one input does
// another run does again.
func fixedKey(f *testing.F, seed byte) *ecdsa.PrivateKey {
	f.Helper()
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{seed}, 32))
	if err != nil {
		f.Fatal(err)
	}
	return key
}

// jwt signs two texts with a key, the same way each time.
func jwt(t testing.TB, key *ecdsa.PrivateKey, header, claims string) string {
	enc := base64.RawURLEncoding.EncodeToString
	signed := enc([]byte(header)) + "." + enc([]byte(claims))
	digest := sha256.Sum256([]byte(signed))
	der, err := key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		t.Fatal(err)
	}
	return signed + "." + enc(append(rs.R.FillBytes(make([]byte, 32)), rs.S.FillBytes(make([]byte, 32))...))
}

func jwkOf(t testing.TB, kid string, key *ecdsa.PrivateKey) flow.WebhookKey {
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return flow.WebhookKey{Kid: kid, Curve: "P-256", X: enc(point[1:33]), Y: enc(point[33:])}
}

const (
	goodHeader = `{"alg":"ES256","kid":"k1","typ":"JWT"}`
	goodClaims = `{"iat":NOON,"request_body_sha256":"HASH"}`
)

// filled puts the time and the hash of a body where claims have room for them.
func filled(claims string, body []byte) string {
	hash := sha256.Sum256(body)
	return strings.NewReplacer("NOON", strconv.FormatInt(noon.Unix(), 10), "HASH", hex.EncodeToString(hash[:])).Replace(claims)
}

var wholeNumber = regexp.MustCompile(`-?\d+`)

// fresh reports whether any number in claims is a time at which a webhook may
// have been signed.
func fresh(claims string) bool {
	for _, text := range wholeNumber.FindAllString(claims, -1) {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= noon.Unix()-300 && n <= noon.Unix()+60 {
			return true
		}
	}
	return false
}

// What Plaid's key has signed is believed only if it says when, not long ago, and
// has the hash of this very body; what another key has signed, never.
func FuzzVerify(f *testing.F) {
	plaid, stranger := fixedKey(f, 1), fixedKey(f, 2)
	f.Add(goodHeader, goodClaims, []byte(body), true)
	f.Add(goodHeader, goodClaims, []byte(body), false)
	for _, header := range []string{`{"alg":"none","kid":"k1"}`, `{"alg":"ES256","kid":"k2"}`, `{"alg":"HS256","kid":"k1","alg":"ES256"}`, `{"alg":"ES256"}`, `[]`, ``, `{"alg":"ES256","kid":["k1"]}`} {
		f.Add(header, goodClaims, []byte("{}"), true)
	}
	for _, claims := range []string{`{"iat":0,"request_body_sha256":"HASH"}`, `{"iat":1e9,"request_body_sha256":"HASH"}`, `{"iat":NOON}`, `{"iat":"NOON","request_body_sha256":"HASH"}`, `{"iat":-9223372036854775808,"request_body_sha256":"HASH"}`, `null`, `{"IAT":NOON,"REQUEST_BODY_SHA256":"HASH"}`} {
		f.Add(goodHeader, claims, []byte("{}"), true)
	}
	known := jwkOf(f, "k1", plaid)
	f.Fuzz(func(t *testing.T, header, claims string, content []byte, genuine bool) {
		claims = filled(claims, content)
		signer := plaid
		if !genuine {
			signer = stranger
		}
		v := &Verifier{Now: func() time.Time { return noon }, Keys: func(_ context.Context, kid string) (flow.WebhookKey, error) {
			if kid != "k1" {
				return flow.WebhookKey{}, flow.Failure{Code: "INVALID_WEBHOOK_VERIFICATION_KEY_ID", Status: 400}
			}
			return known, nil
		}}
		m := Message{Signature: jwt(t, signer, header, claims), Body: content}
		err := v.Verify(t.Context(), m)
		if err == nil && (!genuine || !strings.Contains(claims, hex.EncodeToString(sum(content))) || !fresh(claims) || !strings.Contains(header, "ES256")) {
			t.Fatalf("believed: %s %s %q", header, claims, content)
		}
		if err == nil {
			m.Body = append(bytes.Clone(content), ' ')
			if v.Verify(t.Context(), m) == nil {
				t.Fatalf("believed of another body: %s %s %q", header, claims, content)
			}
		}
		if genuine && header == goodHeader && claims == filled(goodClaims, content) && err != nil {
			t.Fatalf("not believed: %v", err)
		}
	})
}

func sum(b []byte) []byte { s := sha256.Sum256(b); return s[:] }

// Whatever is posted without Plaid's key is not believed, and what is told of it
// is short, harmless and shows nothing private.
func FuzzTake(f *testing.F) {
	f.Add("", []byte(body))
	f.Add("a.b.c", []byte("null"))
	f.Add("eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.e30.AAAA", []byte("[]"))
	f.Add(jwt(f, fixedKey(f, 2), goodHeader, filled(goodClaims, []byte("{}"))), []byte("{}"))
	f.Add("é..", []byte(`{"webhook_type":"LINK","webhook_code":"SESSION_FINISHED","status":"SUCCESS","link_session_id":"a","link_token":"link-sandbox-5f3c1b2a-90de-4c7b-8a61-d2f04e97c315","public_tokens":["profile-sandbox-5f3c1b2a-90de-4c7b-8a61-d2f04e97c316"],"error":null}`))
	f.Add("x", []byte(`{"webhook_code":7,"status":"\u001b]0;x\u0007","ssn":"987-65-4321","x":{"y":[1,true,"z"]}}`))
	known := jwkOf(f, "k1", fixedKey(f, 1))
	f.Fuzz(func(t *testing.T, signature string, content []byte) {
		told := 0
		r := &Receiver{
			Verifier: &Verifier{Now: func() time.Time { return noon }, Keys: func(context.Context, string) (flow.WebhookKey, error) { return known, nil }},
			Emit: func(e flow.Event) {
				told++
				w := e.(flow.WebhookReceived)
				if w.Verified || w.Reason == "" || w.When() != noon {
					t.Errorf("%q %q: %+v", signature, content, w)
				}
				for _, s := range []string{w.Type, w.Code, w.Status, w.LinkSessionID, w.Reason} {
					if utf8.RuneCountInString(s) > 200 || flow.CleanLine(s, 0) != s {
						t.Errorf("%q %q: %q", signature, content, s)
					}
				}
				if len(w.Raw) > longestRaw || strings.ContainsFunc(w.Raw, unicode.IsControl) || json.Valid(content) && len(w.Raw) < longestRaw/2 && !json.Valid([]byte(w.Raw)) {
					t.Errorf("%q %q: shown as %q", signature, content, w.Raw)
				}
			},
		}
		if status := r.Take(t.Context(), Message{Signature: signature, Body: content}); status != http.StatusBadRequest || told != 1 {
			t.Errorf("%q: %d, told %d times", signature, status, told)
		}
	})
}

// A key is taken only if it is a point of P-256, and a signature is believed only
// if that point is its signer's.
func FuzzKey(f *testing.F) {
	plaid := fixedKey(f, 1)
	own := jwkOf(f, "k1", plaid)
	f.Add("P-256", own.X, own.Y, int64(0))
	f.Add("P-256", own.Y, own.X, int64(0))
	f.Add("P-384", own.X, own.Y, noon.Unix())
	f.Add("P-256", "", own.Y, noon.Unix()-1)
	f.Add("P-256", strings.Repeat("A", 43), strings.Repeat("A", 43), int64(1)<<62)
	f.Add("P-256", own.X+"=", " "+own.Y, int64(-1))
	m := Message{Signature: jwt(f, plaid, goodHeader, filled(goodClaims, []byte(body))), Body: []byte(body)}
	f.Fuzz(func(t *testing.T, curve, x, y string, expired int64) {
		k := flow.WebhookKey{Kid: "k1", Curve: curve, X: x, Y: y}
		if expired != 0 {
			k.ExpiredAt = time.Unix(expired, 0)
		}
		public, err := publicKey(k)
		if err == nil && (curve != "P-256" || !public.Curve.IsOnCurve(public.X, public.Y)) { //nolint:staticcheck // the fields are looked at, not used
			t.Errorf("taken: %+v", k)
		}
		v := &Verifier{Now: func() time.Time { return noon }, Keys: func(context.Context, string) (flow.WebhookKey, error) { return k, nil }}
		err2 := v.Verify(t.Context(), m)
		if err2 == nil && (err != nil || !public.Equal(&plaid.PublicKey) || expired != 0 && expired <= noon.Unix()) {
			t.Errorf("believed with %+v", k)
		}
		if k == own && err2 != nil {
			t.Error(err2)
		}
	})
}
