package flow

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const hidden = "••••"

var (
	// A token wherever it stands, also behind a digit or a _ (%22link-sandbox-…):
	// link-sandbox-…, profile-production-….
	tokenText = regexp.MustCompile(`(?i)[a-z]+-(?:sandbox|development|production)-[\w-]+`)
	phoneText = regexp.MustCompile(`\+\d{8,15}\b`)
	ssnText   = regexp.MustCompile(`\b\d{3}-\d{2}-\d{4}\b`)
)

// RedactText masks what can be recognised in any text: tokens, phone numbers
// in E.164 and social security numbers with their hyphens.
func RedactText(s string) string {
	if mayHoldToken(s) {
		s = tokenText.ReplaceAllStringFunc(s, maskToken)
	}
	if strings.Contains(s, "+") {
		s = phoneText.ReplaceAllStringFunc(s, phoneKind{}.mask)
	}
	if mayHoldSSN(s) {
		s = ssnText.ReplaceAllStringFunc(s, ssnKind{}.mask)
	}
	return s
}

// redactMember masks the value of a key, if the key says that it must be. What
// was masked before under the same key stays as it is, and nothing else does:
// what looks like a mask under another key may show what this one must hide.
func redactMember(key, value string) (masked string, private bool) {
	if showsNothing(value) {
		return value, true
	}
	masked, private = maskMember(key, value)
	if number, was := strings.CutSuffix(value, HiddenNumber); was && private && strings.Contains(number, "•") {
		if again, _ := maskMember(key, number); again == number {
			return value, true
		}
	}
	return masked, private
}

// showsNothing recognises the masks that tell no more than what kind of value
// was there.
func showsNothing(value string) bool {
	return value == hidden || value == hidden+HiddenNumber || value == hidden+" ("+string(KindBool)+")"
}

func maskMember(key, value string) (masked string, private bool) {
	personal := looksPersonal(key)
	key = strings.ToLower(key)
	switch key {
	case "webhook", "redirect_uri":
		if value == hidden {
			return hidden, true
		}
		return maskURL(value), true
	case "secret", "password", "ssn_last_4", "ssn_last4", "account_number", "routing_number", "account", "routing", "wire_routing":
		return hidden, true
	case "code":
		if code := (codeKind{}).mask(""); value == code {
			return code, true
		}
		return hidden, true
	case "client_id":
		return MaskID(value), true
	case "ssn":
		return NewSSN(value).String(), true
	case "date_of_birth":
		return NewDateOfBirth(value).String(), true
	case "phone_number", "phone_numbers", "phone":
		return NewPhoneNumber(value).String(), true
	}
	if personal || looksSecret(key) {
		return hidden, true
	}
	if key == "token" || strings.HasSuffix(key, "_token") || strings.HasSuffix(key, "_tokens") {
		return maskToken(value), true
	}
	return "", false
}

var camel = regexp.MustCompile(`([a-z])([A-Z])`)

// looksPersonal recognises the keys of what an authority gave a person: taxID,
// ssn_number, social.
func looksPersonal(key string) bool {
	if isPlain(key) && !mayBePersonal(key) {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(camel.ReplaceAllString(key, "${1}_$2")), func(r rune) bool { return r < 'a' || r > 'z' })
	return slices.ContainsFunc(words, func(word string) bool {
		switch word {
		case "ssn", "social", "tax", "taxid", "tin", "itin", "ein", "dob", "born", "birth", "birthday", "birthdate", "passport":
			return true
		}
		return false
	})
}

// looksSecret recognises the keys of secrets also where they are misspelt:
// PLAID-SECRET, clientSecret, api_key.
func looksSecret(key string) bool {
	var room [64]byte
	letters := room[:0]
	for i := range len(key) {
		if c := key[i]; c >= 'a' && c <= 'z' {
			letters = append(letters, c)
		}
	}
	for _, word := range []string{"secret", "apikey", "password", "authorization"} {
		if bytes.Contains(letters, []byte(word)) {
			return true
		}
	}
	return false
}

// RedactURL leaves out of the address of a webhook what may be secret in it: who
// signs in, the query and the fragment.
func RedactURL(s string) string {
	if strings.ContainsAny(s, "@?#") {
		return maskURL(s)
	}
	return s
}

// maskURL leaves out of a URL what may be secret in it: user and query.
func maskURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return hidden
	}
	if u.User != nil {
		u.User = url.User("hidden")
	}
	if u.RawQuery != "" {
		u.RawQuery = "hidden"
	}
	u.Fragment = ""
	return u.String()
}

// MaskID keeps the last four characters of a client_id, by which one tells two
// accounts apart.
func MaskID(id string) string {
	if len(id) < 12 || id == hidden {
		return hidden
	}
	return hidden + id[len(id)-4:]
}
