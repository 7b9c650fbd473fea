package flow

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"unique"
)

// Masked is a string that must not be shown, logged or written by accident.
// Every way of printing it (fmt verbs, JSON, text, slog) gives its mask; only
// Reveal gives the plain value, so a search for Reveal finds every place where
// a private value leaves its type.
//
// Values compare with ==. The text is behind a handle because fmt calls no
// method on an unexported field: of a struct that holds a Masked in one, it
// then prints an address.
type Masked[K masker] struct {
	plain unique.Handle[string]
	// recorded: plain is the mask, all that a recording has of the value.
	recorded bool
}

func masked[K masker](plain string) Masked[K] {
	if plain == "" {
		return Masked[K]{}
	}
	return Masked[K]{plain: unique.Make(plain)}
}

// masker masks a text. The mask of a mask is the mask itself.
type masker interface{ mask(plain string) string }

// Reveal returns the plain value; of one that was read from a recording its
// mask, because nobody has more. Callers are adapters that must send it, and
// panes whose reader asked to see this one value.
func (m Masked[K]) Reveal() string {
	if m.IsZero() {
		return ""
	}
	return m.plain.Value()
}

// IsZero reports whether there is no value at all.
func (m Masked[K]) IsZero() bool { return m == Masked[K]{} }

// String returns the mask, "" for no value.
func (m Masked[K]) String() string {
	if m.IsZero() {
		return ""
	}
	if m.recorded {
		return m.plain.Value()
	}
	var k K
	return k.mask(m.Reveal())
}

// Format prints the mask whatever the verb, %#v and %x included.
func (m Masked[K]) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(m.String())) }

// MarshalJSON writes the mask.
func (m Masked[K]) MarshalJSON() ([]byte, error) { return json.Marshal(m.String()) }

// LogValue logs the mask.
func (m Masked[K]) LogValue() slog.Value { return slog.StringValue(m.String()) }

type (
	linkTokenKind   struct{}
	publicTokenKind struct{}
	accessTokenKind struct{}
	linkKeyKind     struct{}
	phoneKind       struct{}
	birthKind       struct{}
	ssnKind         struct{}
	codeKind        struct{}
)

type (
	// LinkToken authenticates one Link session: "link-<env>-<uuid>", alive for
	// 4 hours (Plaid OpenAPI: SessionTokenCreateResponse).
	LinkToken = Masked[linkTokenKind]
	// PublicToken is what onSuccess hands over. Layer's begins with "profile-"
	// and goes to /user_account/session/get; it is not exchanged.
	PublicToken = Masked[publicTokenKind]
	// AccessToken belongs to one Item: "access-<env>-<uuid>". It does not expire.
	AccessToken = Masked[accessTokenKind]
	// LinkKey lets a second client take over a simulated Link session.
	LinkKey = Masked[linkKeyKind]
	// PhoneNumber is a phone number in E.164, such as "+14155550011".
	PhoneNumber = Masked[phoneKind]
	// DateOfBirth is a date as "YYYY-MM-DD" (Plaid docs: Link Web, submit).
	DateOfBirth = Masked[birthKind]
	// SSN is a social security number, nine digits.
	SSN = Masked[ssnKind]
	// OneTimeCode is the code that proves a phone.
	OneTimeCode = Masked[codeKind]
)

// The constructors below take whatever text they are given: values come from
// Plaid, and what Plaid sends is shown as it is.

// NewLinkToken wraps a link_token.
func NewLinkToken(s string) LinkToken { return masked[linkTokenKind](s) }

// NewPublicToken wraps a public_token.
func NewPublicToken(s string) PublicToken { return masked[publicTokenKind](s) }

// NewAccessToken wraps an access_token.
func NewAccessToken(s string) AccessToken { return masked[accessTokenKind](s) }

// NewLinkKey wraps the key of a simulated Link session.
func NewLinkKey(s string) LinkKey { return masked[linkKeyKind](s) }

// NewPhoneNumber wraps a phone number that is already E.164; text that a
// person typed goes through ParsePhoneNumber.
func NewPhoneNumber(e164 string) PhoneNumber { return masked[phoneKind](e164) }

// NewDateOfBirth wraps a date that is already YYYY-MM-DD; text that a person
// typed goes through ParseDateOfBirth.
func NewDateOfBirth(iso string) DateOfBirth { return masked[birthKind](iso) }

// NewSSN wraps a social security number.
func NewSSN(s string) SSN { return masked[ssnKind](s) }

// NewOneTimeCode wraps a one-time code.
func NewOneTimeCode(s string) OneTimeCode { return masked[codeKind](s) }

func (linkTokenKind) mask(s string) string   { return maskToken(s) }
func (publicTokenKind) mask(s string) string { return maskToken(s) }
func (accessTokenKind) mask(s string) string { return maskToken(s) }
func (linkKeyKind) mask(string) string       { return "••••" }
func (codeKind) mask(string) string          { return "••••••" }
func (birthKind) mask(string) string         { return "••••-••-••" }
func (ssnKind) mask(string) string           { return "•••-••-••••" }

// The country code and the last two digits stay readable, enough to tell two
// test numbers apart and not enough to call somebody.
func (phoneKind) mask(s string) string {
	r := []rune(s)
	if len(r) < 6 {
		return hidden
	}
	return string(r[:2]) + strings.Repeat("•", len(r)-4) + string(r[len(r)-2:])
}

// maskToken keeps what says which kind of token it is ("profile-sandbox-") and
// the last four characters, by which a reader recognises it elsewhere.
func maskToken(s string) string {
	prefix := ""
	if parts := strings.SplitN(s, "-", 3); len(parts) == 3 && len(parts[0])+len(parts[1]) < 20 {
		prefix = parts[0] + "-" + parts[1] + "-"
	}
	if len(s)-len(prefix) < 12 || s[len(prefix):] == hidden {
		return prefix + hidden
	}
	return prefix + hidden + s[len(s)-4:]
}

// MaskToken masks the text of a token of any kind, for readers of wire bodies.
func MaskToken(s string) string { return maskToken(s) }
