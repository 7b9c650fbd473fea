package plaidsim

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// This file reads the body of an API call the way a strict server does.
// encoding/json would take TEMPLATE_ID for template_id, the last of two equal
// keys, and null for anything. What a body may hold is read off the type it goes
// into:
//
//	AccessToken string  `json:"access_token" plaid:"required"`
//	Note        string  `json:"reason_note" plaid:"nullable"`
//	_           struct{} `plaid:"open"` // unknown names are passed over

// shape is what an object may hold.
type shape struct {
	prefix string // "user." for what lies in user
	fields []shapeField
	open   bool // the contract allows names it does not list
}

type shapeField struct {
	name, path         string
	index              []int  // where it is in its struct
	kind               string // as article writes it
	required, nullable bool
	inner              *shape      // of an object
	element            *shapeField // of an array
}

var shapes sync.Map // reflect.Type → *shape

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	sh := newShape(t, "")
	shapes.Store(t, sh)
	return sh
}

func newShape(t reflect.Type, prefix string) *shape {
	sh := &shape{prefix: prefix}
	for i := range t.NumField() {
		f := t.Field(i)
		rules := f.Tag.Get("plaid")
		switch {
		case f.Anonymous:
			for _, inner := range newShape(f.Type, prefix).fields {
				inner.index = append([]int{i}, inner.index...)
				sh.fields = append(sh.fields, inner)
			}
		case f.Name == "_":
			sh.open = rules == "open"
		default:
			name := f.Tag.Get("json")
			field := newField(f.Type, prefix+name)
			field.index = f.Index
			field.name, field.required, field.nullable = name, rules == "required", rules == "nullable"
			sh.fields = append(sh.fields, field)
		}
	}
	return sh
}

func newField(t reflect.Type, path string) shapeField {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	f := shapeField{path: path, kind: article(t.Kind().String())}
	switch t.Kind() {
	case reflect.Struct:
		f.inner = newShape(t, path+".")
	case reflect.Slice:
		element := newField(t.Elem(), path+"[]")
		f.element = &element
	}
	return f
}

// reading is one body under way. The text is valid JSON.
type reading struct {
	text    []byte
	at      int
	missing []string
	unknown []string
	passed  []string // unknown, where that is allowed
	twice   string
	wrong   string // what a value must be
}

// readStrictly decodes a body into a struct and returns the required fields
// that are not there. Of several mistakes it reports what is broken first:
// JSON, types, names.
func readStrictly(body []byte, into any) (r reading, e *plaidError) {
	if e := soundBody(body); e != nil {
		return r, e
	}
	v := reflect.ValueOf(into).Elem()
	r.text = body
	r.space()
	r.object(shapeOf(v.Type()), v)
	switch {
	case r.twice != "":
		// UNCONFIRMED: most parsers take the last of two. No client library
		// sends two, so that it can only be a mistake.
		return r, invalidBody("it has " + clip(r.twice) + " twice")
	case r.wrong != "":
		return r, invalidField(r.wrong)
	case len(r.unknown) > 0:
		slices.Sort(r.unknown)
		return r, unknownFields(r.unknown...)
	}
	return r, nil
}

func (r *reading) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\r', '\n', ',', ':':
			r.at++
		default:
			return
		}
	}
}

// peek returns the next byte that is not between values.
func (r *reading) peek() byte {
	r.space()
	return r.text[r.at]
}

// object reads from its brace to the other, into a struct.
func (r *reading) object(sh *shape, into reflect.Value) {
	var seen, filled uint64
	for r.at++; r.peek() != '}'; {
		key := r.word()
		i := sh.find(key)
		switch {
		case i < 0 && sh.open:
			r.passed = named(r.passed, sh.prefix, key)
			r.skip()
		case i < 0:
			r.unknown = named(r.unknown, sh.prefix, key)
			r.skip()
		default:
			if seen&(1<<i) != 0 && r.twice == "" {
				r.twice = sh.fields[i].path
			}
			seen |= 1 << i
			if r.value(&sh.fields[i], into.FieldByIndex(sh.fields[i].index)) {
				filled |= 1 << i
			}
		}
	}
	r.at++
	for i := range sh.fields {
		if sh.fields[i].required && filled&(1<<i) == 0 {
			r.missing = append(r.missing, sh.fields[i].path)
		}
	}
}

// mostNames is how many unknown names an answer lists.
const mostNames = 20

func named(names []string, prefix string, key []byte) []string {
	if len(names) == mostNames {
		return names
	}
	return append(names, clip(prefix+string(key)))
}

func (sh *shape) find(key []byte) int {
	for i := range sh.fields {
		if string(key) == sh.fields[i].name {
			return i
		}
	}
	return -1
}

// word reads a string as it is meant: "\u0061" is an a.
func (r *reading) word() []byte {
	from := r.at
	r.skip()
	literal := r.text[from:r.at]
	if bytes.IndexByte(literal, '\\') < 0 {
		return literal[1 : len(literal)-1]
	}
	var s string
	_ = json.Unmarshal(literal, &s) // it is a valid string
	return []byte(s)
}

// longestText is the most that a text may have: what a request leaves behind is
// remembered, and must be bounded. UNCONFIRMED where Plaid's own limits are.
const longestText = 2000

// value reads the value of a field; there is false for null.
func (r *reading) value(f *shapeField, into reflect.Value) (there bool) {
	switch first := r.peek(); {
	case first == 'n':
		// A required value that is null is missing; UNCONFIRMED what Plaid says.
		// For the others the contract decides.
		if !f.required && !f.nullable {
			r.mistake(f)
		}
		r.skip()
		return false
	case first == '{' && f.inner != nil:
		if into.Kind() == reflect.Pointer {
			into.Set(reflect.New(into.Type().Elem()))
			into = into.Elem()
		}
		r.object(f.inner, into)
	case first == '[' && f.element != nil:
		into.Set(reflect.MakeSlice(into.Type(), 0, 0))
		for r.at++; r.peek() != ']'; {
			element := reflect.New(into.Type().Elem()).Elem()
			r.value(f.element, element)
			into.Set(reflect.Append(into, element))
		}
		r.at++
	case first == '"' && f.kind == aString:
		text := r.word()
		if f.required && len(text) == 0 && r.wrong == "" {
			r.wrong = f.path + " must be a non-empty string"
		}
		if len(text) > longestText && r.wrong == "" {
			r.wrong = f.path + " must have " + strconv.Itoa(longestText) + " bytes at most"
		}
		into.SetString(string(text))
	case (first == 't' || first == 'f') && f.kind == aBoolean:
		r.skip()
		into.SetBool(first == 't')
	default:
		r.mistake(f)
		r.skip()
	}
	return true
}

func (r *reading) mistake(f *shapeField) {
	if r.wrong == "" {
		r.wrong = f.path + " must be " + f.kind
	}
}

// skip passes over one value, however deep, without descending.
func (r *reading) skip() {
	depth := 0
	for first := true; first || depth > 0; first = false {
		switch r.peek() {
		case '{', '[':
			depth++
			r.at++
		case '}', ']':
			depth--
			r.at++
		case '"':
			for r.at++; r.text[r.at] != '"'; r.at++ {
				if r.text[r.at] == '\\' {
					r.at++
				}
			}
			r.at++
		default: // a number or a word
			for r.at < len(r.text) && strings.IndexByte(" \t\r\n,:]}", r.text[r.at]) < 0 {
				r.at++
			}
		}
	}
}
