package linkpage

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"unicode"

	"layersim/flow"
)

// privateKeys are members of a metadata object whose values are nobody's
// business on a screen or in a recording.
var privateKeys = map[string]bool{
	"routing_number": true, "account_number": true, "phone": true, "phone_number": true,
	"email": true, "ssn": true, "date_of_birth": true,
}

var (
	tokenText = regexp.MustCompile(`\b(?:link|access|public|profile)-(?:sandbox|development|production)-[A-Za-z0-9-]+`)
	phoneText = regexp.MustCompile(`\+\d{8,15}\b`)
	ssnText   = regexp.MustCompile(`\b\d{3}-\d{2}-\d{4}\b`)
)

// redactText masks what looks like a token, a phone number or an SSN wherever
// it stands in a text.
func redactText(s string) string {
	s = tokenText.ReplaceAllStringFunc(s, flow.MaskToken)
	s = phoneText.ReplaceAllStringFunc(s, func(p string) string { return flow.NewPhoneNumber(p).String() })
	return ssnText.ReplaceAllStringFunc(s, func(n string) string { return flow.NewSSN(n).String() })
}

// redactObject reads a JSON object and returns it, and the same as compact
// JSON, with every text cleaned and masked.
func redactObject(raw []byte) (object map[string]any, compact string, err error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // a number keeps the digits it came with
	if err := decoder.Decode(&object); err != nil || object == nil {
		return nil, "", errors.New("metadata is not an object")
	}
	object, _ = redactValue(object).(map[string]any)
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // it goes to a terminal, where \u003c is only harder to read
	if err := encoder.Encode(object); err != nil {
		return nil, "", errors.New("metadata can't be written again")
	}
	return object, strings.TrimSpace(b.String()), nil
}

func redactValue(v any) any {
	switch v := v.(type) {
	case string:
		return redactText(clean(v, maxText))
	case []any:
		for i := range v {
			v[i] = redactValue(v[i])
		}
		return v
	case map[string]any:
		redacted := make(map[string]any, len(v))
		for key, value := range v {
			if privateKeys[strings.ToLower(key)] && value != nil {
				value = "••••"
			}
			redacted[redactText(clean(key, maxName))] = redactValue(value)
		}
		return redacted
	}
	return v
}

// clean makes a stranger's text safe to show in a terminal: without control
// characters and without marks that change the direction of writing, cut to a
// number of characters.
func clean(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return '\ufffd'
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return s
}
