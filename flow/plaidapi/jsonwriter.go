package plaidapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// jsonWriter copies JSON token by token, so that keys keep their order and
// nulls stay, and redacts on the way. It stops when longestBody is reached.
type jsonWriter struct {
	redactor
	in  *json.Decoder
	out strings.Builder
	key string // of the innermost member: arrays pass it on to what they hold
}

func (w *jsonWriter) String() string { return w.out.String() }

// value copies one value. private says that it is part of a private one, so
// that nothing in it may be shown.
func (w *jsonWriter) value(private bool, depth int) error {
	token, err := w.in.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		if depth == deepest {
			return errTooDeep
		}
		return w.members(token, private, depth+1)
	case nil:
		return w.write("null")
	case bool:
		return w.write(strconv.FormatBool(token))
	case json.Number:
		if masked, hide := w.hide(token.String(), private); hide {
			return w.write(quoted(masked))
		}
		if masked := w.text(token.String()); masked != token.String() {
			return w.write(quoted(masked))
		}
		return w.write(token.String())
	case string:
		if masked, hide := w.hide(token, private); hide {
			return w.write(quoted(masked))
		}
		return w.write(quoted(w.text(token)))
	}
	return fmt.Errorf("unexpected %T", token)
}

// hide returns the mask of a scalar, if it must have one. Counts of edits are
// kept under the name of the field that was edited, and are not the field.
func (w *jsonWriter) hide(value string, private bool) (string, bool) {
	if strings.HasPrefix(w.key, "edits_") {
		_, err := strconv.ParseUint(value, 10, 16)
		return hidden, err != nil && private
	}
	if masked, hide := w.under(w.key, value); hide {
		return masked, true
	}
	return hidden, private
}

func (w *jsonWriter) members(open json.Delim, private bool, depth int) error {
	closing := map[json.Delim]string{'{': "}", '[': "]"}[open]
	if err := w.write(open.String()); err != nil {
		return err
	}
	outer := w.key
	count := 0
	for ; w.in.More(); count++ {
		if count > 0 {
			if err := w.write(","); err != nil {
				return err
			}
		}
		if err := w.write("\n" + strings.Repeat("  ", depth)); err != nil {
			return err
		}
		inner := private
		if open == '{' {
			_, hide := w.under(outer, "")
			inner = private || hide
			if err := w.memberKey(); err != nil {
				return err
			}
		}
		if err := w.value(inner, depth); err != nil {
			return err
		}
	}
	w.key = outer
	if _, err := w.in.Token(); err != nil {
		return err
	}
	if count > 0 {
		closing = "\n" + strings.Repeat("  ", depth-1) + closing
	}
	return w.write(closing)
}

func (w *jsonWriter) memberKey() error {
	token, err := w.in.Token()
	if err != nil {
		return err
	}
	key, ok := token.(string)
	if !ok {
		return fmt.Errorf("unexpected %T", token)
	}
	w.key = key
	return w.write(quoted(w.text(key)) + ": ")
}

func (w *jsonWriter) write(s string) error {
	if w.out.Len()+len(s) > longestBody {
		return errFull
	}
	w.out.WriteString(s)
	return nil
}

// quoted returns s as a JSON string. What a terminal would obey is escaped or,
// where JSON does not ask for that, replaced.
func quoted(s string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string always encodes
	return cleanLine(strings.TrimSuffix(b.String(), "\n"))
}

// cleanLine makes foreign text fit for one line of a terminal: no control
// characters, nothing that changes the direction of writing.
func cleanLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u200b', r == '\ufeff':
			return -1
		case unicode.IsControl(r), unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp):
			return ' '
		}
		return r
	}, s)
}

// cleanText is cleanLine for text of several lines.
func cleanText(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = cleanLine(lines[i])
	}
	return strings.Join(lines, "\n")
}
