package plaidsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// This file says what keeps a body from being read. Plaid's own message is not
// more than "body could not be parsed as JSON"; what follows it are our words, for
// whoever looks for the mistake.

// plainBody refuses a body that is compressed, which is never unpacked: a few
// kilobytes could become gigabytes. UNCONFIRMED: what Plaid answers.
func plainBody(r *http.Request) *plaidError {
	for _, coding := range r.Header.Values("Content-Encoding") {
		if coding != "" && !strings.EqualFold(coding, "identity") {
			return invalidBody("it has Content-Encoding " + clip(coding) + "; send it as it is")
		}
	}
	return nil
}

// soundBody refuses what is no JSON object in UTF-8: "The Plaid API only accepts
// JSON text [...] with UTF-8 encoding" (Plaid docs: Errors, INVALID_BODY).
func soundBody(body []byte) *plaidError {
	if isObject(body) && utf8.Valid(body) && json.Valid(body) {
		return nil
	}
	return invalidBody(unsound(body))
}

// unsound says what is wrong with a body that is no JSON object in UTF-8.
func unsound(body []byte) string {
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(body, []byte(mark)) {
			return "it begins with a byte order mark; send UTF-8 without one"
		}
	}
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return "it is empty"
	case bytes.HasPrefix(body, []byte("\x1f\x8b")):
		return "it is compressed; send it as it is"
	case !utf8.Valid(body):
		return "it is not UTF-8, from byte " + strconv.Itoa(validFor(body)+1) + " on"
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(body, new(json.RawMessage)); errors.As(err, &syntax) {
		at := " at byte " + strconv.FormatInt(syntax.Offset, 10)
		switch said := syntax.Error(); {
		case strings.Contains(said, "max depth"):
			return "it is nested too deep" + at
		case strings.Contains(said, "after top-level value"):
			return "something follows its end" + at
		case strings.Contains(said, "unexpected end"):
			return "it breaks off" + at
		default:
			return "something does not belong there" + at
		}
	}
	return "it is no object"
}

// validFor is how many bytes of a text come before one that is none.
func validFor(body []byte) int {
	for i := 0; i < len(body); {
		r, size := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(body)
}

// once refuses an object that has a name twice, at any depth: encoding/json takes
// the last of them, and takes NAME for name. The body is sound.
func once(body []byte) *plaidError {
	r := reading{text: body}
	var within []map[string]bool // the names of the objects that are open; nil is an array
	inObject := func() bool { return len(within) > 0 && within[len(within)-1] != nil }
	isName := false
	for r.space(); r.at < len(body); r.space() {
		switch c := body[r.at]; {
		case c == '{':
			within = append(within, map[string]bool{})
			isName = true
			r.at++
		case c == '[':
			within = append(within, nil)
			isName = false
			r.at++
		case c == '}' || c == ']':
			within = within[:len(within)-1]
			isName = inObject()
			r.at++
		case isName:
			name := string(r.word())
			names, folded := within[len(within)-1], strings.ToLower(name)
			if names[folded] {
				return invalidBody("it has " + clip(name) + " twice")
			}
			names[folded], isName = true, false
		default:
			r.skip()
			isName = inObject()
		}
	}
	return nil
}

// wrongType says what a value must be that has another type.
func wrongType(e *json.UnmarshalTypeError) string {
	kind := article(e.Type.Kind().String())
	if strings.HasPrefix(e.Value, "number") && kind == aNumber {
		kind = "a whole number, and not so large"
	}
	return clip(e.Field) + " must be " + kind
}
