package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
)

// object writes one JSON object, its members in the order in which they are
// added. What is empty is left out. Every text is masked on the way in, and
// what a terminal would obey is escaped at the end: nothing is lost by that.
type object struct {
	b   bytes.Buffer
	err error
}

// text adds a text.
func (o *object) text(key, value string) {
	if value != "" {
		o.value(key, strictly(value))
	}
}

// hide adds a private text that has no type of its own, masked.
func (o *object) hide(key, value string) {
	if value != "" {
		o.value(key, "••••")
	}
}

// amount adds an amount of money that is known. One that is kept private is no
// number, and stands there as a mask.
func (o *object) amount(key string, amount *float64) {
	switch {
	case amount == nil:
	case math.IsNaN(*amount) || math.IsInf(*amount, 0):
		o.value(key, "••••")
	default:
		o.value(key, *amount)
	}
}

// number adds a number.
func (o *object) number(key string, n int) {
	if n != 0 {
		o.value(key, n)
	}
}

// yes adds true, or nothing.
func (o *object) yes(key string, is bool) {
	if is {
		o.value(key, true)
	}
}

// time adds a moment, as RFC 3339 in UTC.
func (o *object) time(key string, t time.Time) {
	if !t.IsZero() {
		o.value(key, t.UTC().Format(time.RFC3339Nano))
	}
}

// nested adds an object, empty or not.
func (o *object) nested(key string, write func(*object)) {
	var in object
	write(&in)
	if in.err != nil && o.err == nil {
		o.err = fmt.Errorf("%s: %w", key, in.err)
	}
	o.raw(key, in.bytes())
}

// list adds n objects.
func (o *object) list(key string, n int, write func(o *object, i int)) {
	if n == 0 {
		return
	}
	b := []byte{'['}
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		var in object
		write(&in, i)
		if in.err != nil && o.err == nil {
			o.err = fmt.Errorf("%s %d: %w", key, i, in.err)
		}
		b = append(b, in.bytes()...)
	}
	o.raw(key, append(b, ']'))
}

// body adds what should be JSON under key, and what is not as text under
// key_text, so that a reader always knows what it has.
func (o *object) body(key, content string) {
	if strings.TrimSpace(content) == "" {
		return
	}
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(content)) == nil {
		o.raw(key, compact.Bytes())
		return
	}
	o.value(key+"_text", content) // masked where it came in
}

// value adds whatever json can write.
func (o *object) value(key string, v any) {
	content, err := plainJSON(v)
	if err != nil {
		if o.err == nil {
			o.err = fmt.Errorf("%s: %w", key, err)
		}
		return
	}
	o.raw(key, content)
}

func (o *object) raw(key string, content []byte) {
	if o.b.Len() > 0 {
		o.b.WriteByte(',')
	}
	name, _ := plainJSON(key) // a string always encodes
	o.b.Write(name)
	o.b.WriteByte(':')
	o.b.Write(content)
}

func (o *object) bytes() []byte {
	return append(append([]byte{'{'}, o.b.Bytes()...), '}')
}

// plainJSON is json.Marshal without escapes meant for HTML.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
