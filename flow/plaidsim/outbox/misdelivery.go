package outbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind is what goes wrong with a webhook on purpose.
type Kind string

// The kinds of misdelivery. The first three happen with Plaid's own webhooks
// (Plaid docs: webhooks); all others are forgeries or broken ones that a
// verifier written from the documentation refuses.
const (
	Duplicate    Kind = "duplicate"    // it comes twice
	Delayed      Kind = "delayed"      // it comes late, by Delay
	Reordered    Kind = "reordered"    // it comes after the next one of its session
	WrongKey     Kind = "wrong_key"    // a real kid, signed by somebody else
	UnknownKid   Kind = "unknown_kid"  // a kid that the key endpoint does not know
	ExpiredKey   Kind = "expired_key"  // signed by a key that has expired
	OldIat       Kind = "old_iat"      // signed ten minutes ago: a replay
	ChangedBody  Kind = "changed_body" // changed after it was signed
	Reserialised Kind = "reserialised" // the same JSON with other whitespace
	HS256        Kind = "hs256"        // an HMAC with the public key as its secret
	AlgNone      Kind = "alg_none"     // not signed, and says so
	DER          Kind = "der"          // the signature in ASN.1, which JWS forbids
	NoHeader     Kind = "no_header"    // without Plaid-Verification
)

// Kinds lists every kind of misdelivery.
func Kinds() []Kind {
	return []Kind{
		Duplicate, Delayed, Reordered, WrongKey, UnknownKid, ExpiredKey, OldIat,
		ChangedBody, Reserialised, HS256, AlgNone, DER, NoHeader,
	}
}

// Forged reports whether a verifier must refuse such a webhook.
func (k Kind) Forged() bool {
	switch k {
	case "", Duplicate, Delayed, Reordered:
		return false
	}
	return true
}

// Misdelivery spoils the next webhooks. A forged one takes the place of the
// real one and is sent once: who forges does not try again for a day.
type Misdelivery struct {
	Kind Kind `json:"kind"`
	// Code says which webhooks, by their webhook_code; empty is any.
	Code string `json:"webhook_code,omitempty"`
	// Webhooks is how many; 0 is one, negative is all from now on.
	Webhooks int `json:"webhooks,omitempty"`
	// Delay is how late a delayed one comes; 0 is a minute.
	Delay Duration `json:"delay,omitempty"`
}

// What is held back at most.
const (
	usualDelay = time.Minute
	// longestHold is when a reordered webhook is sent if no other follows.
	longestHold = time.Hour
)

func (m Misdelivery) check() (Misdelivery, error) {
	if !slices.Contains(Kinds(), m.Kind) {
		var all []string
		for _, k := range Kinds() {
			all = append(all, string(k))
		}
		return m, fmt.Errorf("kind must be one of %s", strings.Join(all, ", "))
	}
	if m.Delay < 0 {
		return m, fmt.Errorf("delay must not be negative")
	}
	if m.Kind == Delayed && m.Delay == 0 {
		m.Delay = Duration(usualDelay)
	}
	if m.Webhooks == 0 {
		m.Webhooks = 1
	}
	return m, nil
}

// fits: what ends a session has none after it to change places with.
func (m Misdelivery) fits(w Webhook) bool {
	return (m.Code == "" || m.Code == w.Code) && (m.Kind != Reordered || !w.Last)
}

// Duration is a time.Duration that is "1m30s" in JSON.
type Duration time.Duration

// MarshalJSON writes it as Go does.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }
