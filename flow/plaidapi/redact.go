package plaidapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"layersim/flow"
)

const (
	// longestBody is how many bytes of a body are kept for those who look on.
	longestBody = 64 << 10
	// deepest is how many levels of JSON are shown; Plaid's bodies have six.
	deepest = 64
	hidden  = "••••"
	// shortestCredential is how long a credential must be to be looked for in
	// any text. Plaid's have 24 and 30 characters; a made-up one such as
	// "secret" is a word that error messages use.
	shortestCredential = 8
)

var (
	errTooDeep = errors.New("too many levels")
	errFull    = errors.New("longer than is kept")

	// A token wherever it stands: link-sandbox-…, profile-production-….
	tokenText = regexp.MustCompile(`(?i)\b[a-z]+-(?:sandbox|development|production)-[\w-]+`)
	phoneText = regexp.MustCompile(`\+\d{8,15}\b`)
	ssnText   = regexp.MustCompile(`\b\d{3}-\d{2}-\d{4}\b`)
	// In text that is no JSON nothing says what a number means.
	numberText = regexp.MustCompile(`\d[\d ().-]{5,}\d`)
)

// redactor takes out what nobody who looks on may see. It knows the
// credentials, so that they are found even where nobody expects them.
type redactor struct{ clientID, secret string }

// body returns a body fit to be kept and shown: JSON indented, with its keys
// in the order in which they came; anything else as text.
func (r redactor) body(content []byte) string {
	trimmed := bytes.TrimSpace(content)
	if len(trimmed) == 0 {
		return ""
	}
	if trimmed[0] != '{' && trimmed[0] != '[' {
		return r.plain(content)
	}
	out := &jsonWriter{redactor: r, in: json.NewDecoder(bytes.NewReader(trimmed))}
	out.in.UseNumber()
	err := out.value(false, 0)
	if err == nil {
		if _, more := out.in.Token(); more != io.EOF {
			err = errors.New("more than one value")
		}
	}
	switch {
	case errors.Is(err, errFull):
		return out.String() + clippedNote(len(content))
	case err != nil:
		// What follows cannot be told apart, so it is not shown at all.
		return out.String() + fmt.Sprintf("\n… this is where it stops being JSON; %d bytes in all", len(content))
	}
	return out.String()
}

// plain returns text that is no JSON.
func (r redactor) plain(content []byte) string {
	clipped := content
	if len(content) > longestBody {
		// Not at the end of what is kept: half a token is no token to a pattern.
		clipped = content[:longestBody]
		if i := bytes.LastIndexAny(clipped, " \t\r\n<>\"'"); i > 0 {
			clipped = clipped[:i]
		} else {
			clipped = nil
		}
	}
	s := r.text(cleanText(string(clipped)))
	s = numberText.ReplaceAllString(s, hidden)
	if len(clipped) < len(content) {
		s += clippedNote(len(content))
	}
	return s
}

// text masks what can be recognised in any text: the credentials, tokens,
// phone numbers and social security numbers.
func (r redactor) text(s string) string {
	if len(r.secret) >= shortestCredential {
		s = strings.ReplaceAll(s, r.secret, hidden)
	}
	if len(r.clientID) >= shortestCredential {
		s = strings.ReplaceAll(s, r.clientID, maskID(r.clientID))
	}
	s = tokenText.ReplaceAllStringFunc(s, flow.MaskToken)
	s = phoneText.ReplaceAllStringFunc(s, func(p string) string { return flow.NewPhoneNumber(p).String() })
	return ssnText.ReplaceAllStringFunc(s, func(n string) string { return flow.NewSSN(n).String() })
}

// under masks the value of a key, if the key says that it must be.
func (r redactor) under(key, value string) (masked string, private bool) {
	key = strings.ToLower(key)
	switch key {
	case "secret", "code", "password", "ssn_last_4", "ssn_last4":
		return hidden, true
	case "client_id":
		return maskID(value), true
	case "ssn":
		return flow.NewSSN(value).String(), true
	case "date_of_birth":
		return flow.NewDateOfBirth(value).String(), true
	case "phone_number", "phone_numbers", "phone":
		return flow.NewPhoneNumber(value).String(), true
	}
	if key == "token" || strings.HasSuffix(key, "_token") || strings.HasSuffix(key, "_tokens") {
		return flow.MaskToken(value), true
	}
	return "", false
}

// maskID keeps the last four characters of a client_id, by which one tells two
// accounts apart.
func maskID(id string) string {
	if len(id) < 12 {
		return hidden
	}
	return hidden + id[len(id)-4:]
}

// requestID reads request_id from a body, "" if there is none.
func requestID(content []byte) string {
	var body struct {
		RequestID string `json:"request_id"`
	}
	_ = json.Unmarshal(content, &body) // not JSON: no request_id
	return body.RequestID
}
