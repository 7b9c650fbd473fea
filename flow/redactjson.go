package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Redaction says how JSON is shown to those who look on.
type Redaction struct {
	Indent  bool // several lines, two spaces for each level
	Longest int  // how many bytes are kept, 0 for all
	// Text masks keys and texts; nil is RedactText.
	Text func(string) string
	// Member masks more values by their keys than are masked anyway; nil for
	// none. Of a key whose value is an object or an array, value is "".
	Member func(key, value string) (masked string, private bool)
	// Foreign reports whether a value of that kind at that path is none that its
	// reader knows, so that it may be anything and is masked; nil for no. In the
	// path, "" is an element of a list.
	Foreign func(path []string, kind ValueKind) bool
	// PlainNumber reports whether a number under a key stays as it is, whatever
	// Text would make of it; nil for no.
	PlainNumber func(key, number string) bool
	// ForeignKey masks a key that leads to nothing known.
	ForeignKey func(key string) string
}

// ErrClipped says that JSON was longer than Redaction.Longest.
var ErrClipped = errors.New("longer than is kept")

// HiddenNumber ends the mask of a number: JSON has no number that shows nothing,
// and who compares two answers wants to know that this was no text.
const HiddenNumber = " (number)"

// deepest is how many levels of JSON are shown; Plaid's bodies have six.
const deepest = 64

// JSON returns content fit to be kept and shown: with its keys in the order in
// which they came, nulls kept, what a terminal would obey removed, and what is
// private by its key or its look masked. With an error the text goes as far as
// content was understood.
func (r Redaction) JSON(content []byte) (string, error) {
	if r.Text == nil {
		r.Text = RedactText
	}
	w := &jsonWriter{Redaction: r, in: tokensOf(content)}
	room := len(content) + len(content)/2 // for lines and masks
	if r.Longest > 0 {
		room = min(room, r.Longest)
	}
	w.out.Grow(room)
	err := w.value(false, 0)
	if err == nil {
		if _, more := w.in.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more than one value")
		}
	}
	return w.out.String(), err
}

// jsonWriter copies JSON token by token, so that keys keep their order and
// nulls stay, and redacts on the way.
type jsonWriter struct {
	Redaction
	in  tokens
	out strings.Builder
	key string // of the innermost member: arrays pass it on to what they hold
	// path leads to the value that is copied, if somebody asks.
	path []string
}

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
			return errors.New("too many levels")
		}
		return w.members(token, private, depth+1)
	case nil:
		return w.write("null")
	case bool:
		if w.foreign(KindBool) {
			return w.write(quoted(hidden + " (" + string(KindBool) + ")"))
		}
		return w.write(strconv.FormatBool(token))
	case json.Number:
		if w.foreign(KindNumber) {
			return w.write(quoted(hidden + " (" + string(KindNumber) + ")"))
		}
		if masked, hide := w.hide(token.String(), private); hide {
			return w.write(quoted(masked + HiddenNumber))
		}
		if w.PlainNumber != nil && w.PlainNumber(w.key, token.String()) {
			return w.write(token.String())
		}
		if masked := w.Text(token.String()); masked != token.String() {
			return w.write(quoted(masked + HiddenNumber))
		}
		return w.write(token.String())
	case string:
		if w.foreign(KindText) {
			return w.write(quoted(hidden))
		}
		if masked, hide := w.hide(token, private); hide {
			return w.writeText(masked, "")
		}
		return w.writeText(w.Text(token), "")
	}
	return fmt.Errorf("unexpected %T", token)
}

// foreign reports whether the value that is copied is one that nobody knows.
func (w *jsonWriter) foreign(kind ValueKind) bool { return w.Foreign != nil && w.Foreign(w.path, kind) }

// mostEdits is a count of edits that anybody would have: four digits may be the
// last ones of a number.
const mostEdits = 999

// hide returns the mask of a scalar, if it must have one. Counts of edits are
// kept under the name of the field that was edited, and are not the field. Within
// a private value no key says that less is private.
func (w *jsonWriter) hide(value string, private bool) (string, bool) {
	if strings.HasPrefix(w.key, "edits_") {
		n, err := strconv.ParseUint(value, 10, 16)
		return hidden, err != nil && private || err == nil && n > mostEdits
	}
	if private && !showsNothing(value) {
		return hidden, true
	}
	return w.member(w.key, value)
}

// member returns the mask of a value by its key, if it must have one.
func (w *jsonWriter) member(key, value string) (masked string, private bool) {
	if masked, private = redactMember(key, value); private || w.Member == nil {
		return masked, private
	}
	return w.Member(key, value)
}

func (w *jsonWriter) members(open json.Delim, private bool, depth int) error {
	opening, closing := "{", "}"
	if open == '[' {
		opening, closing = "[", "]"
	}
	if err := w.write(opening); err != nil {
		return err
	}
	outer := w.key
	count := 0
	inner := private
	if open == '{' && !private {
		_, inner = w.member(outer, "")
	}
	for ; w.in.More(); count++ {
		if count > 0 {
			if err := w.write(","); err != nil {
				return err
			}
		}
		if err := w.newLine(depth); err != nil {
			return err
		}
		if open == '{' {
			if err := w.memberKey(); err != nil {
				return err
			}
			w.path = append(w.path, w.key)
		} else {
			w.path = append(w.path, "")
		}
		if err := w.value(inner, depth); err != nil {
			return err
		}
		w.path = w.path[:len(w.path)-1]
	}
	w.key = outer
	if _, err := w.in.Token(); err != nil {
		return err
	}
	if count > 0 {
		if err := w.newLine(depth - 1); err != nil {
			return err
		}
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
	colon := ":"
	if w.Indent {
		colon = ": "
	}
	shown := w.Text(key)
	if w.ForeignKey != nil && w.Foreign != nil && w.Foreign(append(w.path, key), "") {
		shown = w.ForeignKey(key)
	}
	return w.writeText(shown, colon)
}

func (w *jsonWriter) newLine(depth int) error {
	if !w.Indent {
		return nil
	}
	return w.write(newLines[:len("\n")+2*depth])
}

var newLines = "\n" + strings.Repeat("  ", deepest)

func (w *jsonWriter) write(s string) error {
	if !w.fits(len(s)) {
		return ErrClipped
	}
	w.out.WriteString(s)
	return nil
}

func (w *jsonWriter) fits(n int) bool { return w.Longest <= 0 || w.out.Len()+n <= w.Longest }

// writeText writes a JSON string and what comes after it, all or nothing.
func (w *jsonWriter) writeText(s, after string) error {
	if !needsNoEscape(s) {
		return w.write(quoted(s) + after)
	}
	if !w.fits(len(s) + len(`""`) + len(after)) {
		return ErrClipped
	}
	w.out.WriteByte('"')
	w.out.WriteString(s)
	w.out.WriteByte('"')
	w.out.WriteString(after)
	return nil
}

// needsNoEscape reports whether a text is printable ASCII that JSON takes as it is.
func needsNoEscape(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// quoted returns s as a JSON string. What a terminal would obey is escaped or,
// where JSON does not ask for that, removed.
func quoted(s string) string {
	if needsNoEscape(s) {
		return `"` + s + `"`
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string always encodes
	return CleanLine(strings.TrimSuffix(b.String(), "\n"), 0)
}
