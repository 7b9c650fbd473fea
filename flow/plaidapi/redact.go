package plaidapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"layersim/flow"
)

const (
	// longestBody is how many bytes of a body are kept for those who look on.
	longestBody = 64 << 10
	hidden      = "••••"
	// shortestCredential is how long a credential must be to be looked for in
	// any text. Plaid's have 24 and 30 characters; a made-up one such as
	// "secret" is a word that error messages use.
	shortestCredential = 8
)

// In text that is no JSON nothing says what a number means.
var numberText = regexp.MustCompile(`\d[\d ().-]{5,}\d`)

// The user and the password in an address, such as that of a proxy.
var userinfoText = regexp.MustCompile(`://[^\s"'<>]*@`)

// redactor takes out what nobody who looks on may see. It knows the
// credentials, so that they are found even where nobody expects them.
type redactor struct {
	clientID, secret string
	coded            []string // the credentials in base64, as Basic has them
}

func newRedactor(clientID, secret string) redactor {
	r := redactor{clientID: clientID, secret: secret}
	for _, credential := range []string{clientID, secret} {
		if len(credential) < shortestCredential {
			continue
		}
		// In base64 a text looks different by where it begins; the letters at its
		// ends depend on its neighbours.
		for shift := range 3 {
			padded := append(make([]byte, shift), credential...)
			first, last := (shift*8+5)/6, len(padded)*8/6
			for _, coding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				if text := coding.EncodeToString(padded)[first:last]; !slices.Contains(r.coded, text) {
					r.coded = append(r.coded, text)
				}
			}
		}
	}
	return r
}

// answer returns the body of an answer fit to be kept and shown. What the
// contract does not have may be anything, a tax id or the number of a passport:
// its shape is shown, no value of it.
func (r redactor) answer(path string, status int, content []byte) string {
	s := answerShape(path)
	if status >= 300 {
		s = nil // a proxy's own words say what is wrong, so they are kept
		if isPlaidError(content) {
			s = errorShape()
		}
	}
	if s == nil {
		return r.body(content)
	}
	return r.shown(content, flow.Redaction{
		Text: r.text, PlainNumber: flow.IsAmountOrTime, ForeignKey: r.key,
		Foreign: func(path []string, kind flow.ValueKind) bool {
			at := s.at(path)
			return at == nil || kind != "" && (at.kind == "" || !at.takes(kind))
		},
	})
}

// isPlaidError reports whether a body is an error body of Plaid's API.
func isPlaidError(content []byte) bool {
	var e struct {
		Code any `json:"error_code"`
	}
	return json.Unmarshal(content, &e) == nil && e.Code != nil
}

// body returns a body fit to be kept and shown: JSON indented, with its keys
// in the order in which they came; anything else as text.
func (r redactor) body(content []byte) string {
	return r.shown(content, flow.Redaction{Text: r.text, PlainNumber: flow.IsAmountOrTime})
}

func (r redactor) shown(content []byte, how flow.Redaction) string {
	trimmed := bytes.TrimSpace(content)
	if len(trimmed) == 0 {
		return ""
	}
	if trimmed[0] != '{' && trimmed[0] != '[' {
		return r.plain(content)
	}
	how.Indent, how.Longest = true, longestBody
	shown, err := how.JSON(trimmed)
	switch {
	case errors.Is(err, flow.ErrClipped):
		shown += clippedNote(len(content))
	case err != nil:
		// What follows cannot be told apart, so it is not shown at all.
		shown += fmt.Sprintf("\n… this is where it stops being JSON; %d bytes in all", len(content))
	}
	return shown
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

// text masks what can be recognised in any text of a body or a message: what
// credentials masks, phone numbers, dates and nine digits or more.
func (r redactor) text(s string) string { return flow.RedactStrictly(r.credentials(s)) }

// credentials masks what can be recognised in a header or an address: the
// credentials, tokens, phone numbers in E.164 and who signs in at an address.
func (r redactor) credentials(s string) string {
	if len(r.secret) >= shortestCredential {
		s = strings.ReplaceAll(s, r.secret, hidden)
	}
	if len(r.clientID) >= shortestCredential {
		s = strings.ReplaceAll(s, r.clientID, flow.MaskID(r.clientID))
	}
	for _, coded := range r.coded {
		s = strings.ReplaceAll(s, coded, hidden)
	}
	if strings.Contains(s, "://") {
		s = userinfoText.ReplaceAllString(s, "://"+hidden+"@")
	}
	return flow.RedactText(s)
}

// id makes an id fit to be shown.
func (r redactor) id(s string) string { return r.text(cleanLine(s)) }

// cleanLine is flow.CleanLine for text of any length.
func cleanLine(s string) string { return flow.CleanLine(s, 0) }

// cleanText is cleanLine for text of several lines.
func cleanText(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = cleanLine(lines[i])
	}
	return strings.Join(lines, "\n")
}

// requestID reads request_id from a body, "" if there is none.
func requestID(content []byte) string {
	var body struct {
		RequestID string `json:"request_id"`
	}
	_ = json.Unmarshal(content, &body) // not JSON: no request_id
	return body.RequestID
}
