package journal

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"layersim/flow"
)

// A recording may have been changed by hand, so what layersim masked when it
// wrote one is masked once more when it is read. Of a recording as it was written
// that changes nothing: the mask of a mask is the mask itself.

func strictly(s string) string { return flow.RedactStrictly(s) }

// textsAgain masks every text in JSON, keys too, wherever it stands, and leaves
// all else as it is, byte by byte.
func textsAgain(content []byte) []byte {
	out := make([]byte, 0, len(content))
	key := "" // of the value that is next, with its quotes
	for i := 0; i < len(content); {
		if content[i] != '"' {
			if c := content[i]; c == ',' || c == '{' || c == '[' {
				key = ""
			}
			out = append(out, content[i])
			i++
			continue
		}
		end := i + 1
		for end < len(content) && content[end] != '"' {
			if content[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end+1, len(content))
		out = append(out, textAgain(key, content[i:end])...)
		key, i = string(content[i:end]), end
	}
	return out
}

// textAgain masks one text of JSON, with its quotes. Two kinds stay: a body is
// left to bodyAgain, which knows its keys, and a time, which is read as one, to
// its reader.
func textAgain(key string, literal []byte) []byte {
	var text string
	if json.Unmarshal(literal, &text) != nil {
		return literal // the reader refuses it
	}
	switch key {
	case `"body_text"`, `"metadata_text"`: // see toldBody and carried: nothing else has these names
		return literal
	case `"started"`, `"expiration"`:
		if _, err := time.Parse(time.RFC3339, text); err == nil {
			return literal
		}
	}
	masked := strictly(text)
	if masked == text {
		return literal
	}
	content, err := plainJSON(masked)
	if err != nil {
		return []byte(`""`) // a string always encodes
	}
	return flow.HarmlessJSON(content)
}

// bodyAgain masks the body of a request, an answer or a webhook, or a metadata
// object. One that was clipped is JSON as far as it goes.
func bodyAgain(text string) string {
	if text == "" {
		return ""
	}
	shown, err := flow.Redaction{Indent: strings.Contains(text, "\n"), Text: flow.RedactStrictly, PlainNumber: flow.IsAmountOrTime}.JSON([]byte(text))
	if err == nil {
		if strings.Contains(text, `\u`) && cleaned(text) == cleaned(shown) {
			return text // what a terminal would obey stays escaped, and no mask is new
		}
		return shown
	}
	shown = strings.TrimRight(shown, ", \n")
	if strings.HasPrefix(text, shown) {
		if rest := strings.TrimLeft(text[len(shown):], " \t\r\n"); rest != "" && !strings.HasPrefix(rest, "…") && !strings.ContainsAny(rest[:1], ",]}") {
			shown = strings.TrimRight(shown, "0123456789.+-eE, \n") // no number, but the beginning of 123-45-6789
		}
		return shown + strictly(text[len(shown):])
	}
	return shown + "\n…"
}

// cleaned is JSON without what a terminal would obey, so that two can be compared.
func cleaned(text string) string {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	again, _ := plainJSON(cleanValue(value)) // it was JSON
	return string(again)
}

func cleanValue(value any) any {
	switch value := value.(type) {
	case string:
		return flow.CleanLine(value, 0)
	case []any:
		for i := range value {
			value[i] = cleanValue(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = cleanValue(value[key])
		}
	}
	return value
}

// headerAgain masks the value of a header. Its dates and numbers are the
// server's, so they stay.
func headerAgain(h flow.Header) flow.Header {
	for _, word := range []string{"secret", "authorization", "cookie", "password", "api-key", "ssn", "birth"} {
		if strings.Contains(strings.ToLower(h.Name), word) && !strings.Contains(h.Value, "•") {
			h.Value = "••••"
		}
	}
	h.Value = flow.RedactText(h.Value)
	return h
}

// addressAgain masks the address of a call.
func addressAgain(s string) string {
	if u, err := url.Parse(s); err == nil && u.User != nil {
		return hideURL(s)
	}
	return strictly(s)
}

// hiddenURL is the address of a page as content writes it.
func hiddenURL(s string) string {
	if s == "" {
		return ""
	}
	return hideURL(s)
}
