package linkterm

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"unicode"

	"layersim/flow"
)

var (
	errTooDeep = errors.New("too many levels")

	tokenText = regexp.MustCompile(`(?i)\b[a-z]+-(?:sandbox|development|production)-[\w-]+`)
	phoneText = regexp.MustCompile(`\+\d{8,15}\b`)
	ssnText   = regexp.MustCompile(`\b\d{3}-\d{2}-\d{4}\b`)
)

// redact returns a metadata object as compact JSON with its keys in the order
// in which they came, masked and free of control characters; "" for none.
func redact(raw json.RawMessage) string {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var out strings.Builder
	if redactValue(decoder, &out, false, 0) != nil {
		return ""
	}
	if out.String() == "null" {
		return ""
	}
	return out.String()
}

// deepest is how many levels of objects are shown; Link's metadata has three.
const deepest = 20

func redactValue(in *json.Decoder, out *strings.Builder, private bool, depth int) error {
	token, err := in.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		if depth == deepest {
			return errTooDeep
		}
		return redactMembers(in, out, token == '{', private, depth+1)
	case nil:
		out.WriteString("null")
	case bool:
		if token {
			out.WriteString("true")
		} else {
			out.WriteString("false")
		}
	case json.Number:
		if private {
			quote(out, "••••")
		} else {
			out.WriteString(token.String())
		}
	case string:
		if private {
			quote(out, flow.MaskToken(""))
		} else {
			quote(out, redactText(token))
		}
	}
	return nil
}

func redactMembers(in *json.Decoder, out *strings.Builder, object, private bool, depth int) error {
	brackets := "[]"
	if object {
		brackets = "{}"
	}
	out.WriteByte(brackets[0])
	for first := true; in.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		hide := private
		if object {
			token, err := in.Token()
			if err != nil {
				return err
			}
			key, _ := token.(string)
			quote(out, redactText(key))
			out.WriteByte(':')
			hide = hide || isPrivate(key)
		}
		if err := redactValue(in, out, hide, depth); err != nil {
			return err
		}
	}
	if _, err := in.Token(); err != nil {
		return err
	}
	out.WriteByte(brackets[1])
	return nil
}

// isPrivate reports whether the value under key must not be shown.
func isPrivate(key string) bool {
	key = strings.ToLower(key)
	switch key {
	case "phone", "phone_number", "phone_numbers", "date_of_birth", "ssn", "ssn_last_4", "ssn_last4", "code", "secret", "token":
		return true
	}
	return strings.HasSuffix(key, "_token") || strings.HasSuffix(key, "_tokens")
}

func redactText(s string) string {
	s = clean(s)
	s = tokenText.ReplaceAllStringFunc(s, flow.MaskToken)
	s = phoneText.ReplaceAllStringFunc(s, func(p string) string { return flow.NewPhoneNumber(p).String() })
	return ssnText.ReplaceAllStringFunc(s, func(n string) string { return flow.NewSSN(n).String() })
}

// quote writes s as a JSON string without escaping what is harmless.
func quote(out *strings.Builder, s string) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string always encodes
	out.WriteString(strings.TrimSuffix(b.String(), "\n"))
}

// longestText is how many characters one text of Link's may have.
const longestText = 500

// clean removes what must not reach a terminal: control characters, marks that
// turn the direction of writing, and the end of what is too long.
func clean(s string) string {
	count := 0
	s = strings.Map(func(r rune) rune {
		if count++; count > longestText || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, s)
	if count > longestText {
		s += "…"
	}
	return s
}
