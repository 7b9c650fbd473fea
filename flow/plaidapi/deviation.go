package plaidapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"layersim/flow"
)

const (
	mostDeviations = 100 // are listed, the others are counted
	deepestNew     = 8   // levels of a new object are looked into
	longestValue   = 300 // characters of a value are kept
	longestKey     = 60
)

// deviations compares an answer with its shape.
func (r redactor) deviations(s *shape, answer any) flow.Deviations {
	d := differ{redactor: r}
	d.compare(s, answer, "")
	return d.found
}

// differ collects the places where an answer is not as its shape says.
type differ struct {
	redactor
	found flow.Deviations
}

func (d *differ) compare(s *shape, v any, path string) {
	came := kindOf(v)
	switch {
	case s == nil:
		d.strange(v, path, 0)
		return
	case !s.takes(came):
		d.add(path, came, s.kind, v)
		d.within(v, path, 0)
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range s.names {
			if _, ok := v[name]; !ok && s.required[name] {
				d.add(under(path, name), flow.KindNothing, s.members[name].kind, nil)
			}
		}
		if s.kind == "" {
			return
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if member, ok := s.members[key]; ok {
				d.compare(member, v[key], under(path, key))
			} else {
				d.strange(v[key], under(path, d.key(key)), 0)
			}
		}
	case []any:
		if s.of == nil {
			return
		}
		for i := range v {
			d.compare(s.of, v[i], element(path, i))
		}
	case string:
		if s.known != nil && v != "" && !s.known(v) {
			d.add(path, flow.KindText, flow.KindKnown, v)
		}
	case json.Number:
		if _, err := strconv.ParseInt(v.String(), 10, 32); err != nil && s.kind == flow.KindWhole {
			d.add(path, flow.KindNumber, flow.KindWhole, v)
		}
	}
}

// strange lists a value that the contract does not have, an object or a list by
// what is in it.
func (d *differ) strange(v any, path string, depth int) {
	if !d.within(v, path, depth) {
		d.add(path, kindOf(v), "", v)
	}
}

// within lists what is in an object or a list where none belongs, and reports
// whether there was anything.
func (d *differ) within(v any, path string, depth int) bool {
	if depth == deepestNew {
		return false
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			d.strange(v[key], under(path, d.key(key)), depth+1)
		}
		return len(v) > 0
	case []any:
		for i := range v {
			d.strange(v[i], element(path, i), depth+1)
		}
		return len(v) > 0
	}
	return false
}

func (d *differ) add(path string, came, wanted flow.ValueKind, v any) {
	if len(d.found.List) == mostDeviations {
		d.found.More++
		return
	}
	d.found.List = append(d.found.List, flow.Deviation{Path: path, Came: came, Wanted: wanted, Value: flow.NewForeignValue(scalar(v, longestValue))})
}

// key makes a key fit to be shown: it may be anything, even a number of somebody.
func (r redactor) key(key string) string {
	return maskDigits(r.credentials(flow.CleanLine(key, longestKey)))
}

var digits = regexp.MustCompile(`\p{N}`)

// maskDigits masks the digits of a text that has many.
func maskDigits(s string) string {
	if len(digits.FindAllString(s, 4)) < 4 {
		return s
	}
	return digits.ReplaceAllString(s, "•")
}

func under(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func element(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// kindOf says what a value is; a number is decoded as json.Number.
func kindOf(v any) flow.ValueKind {
	switch v.(type) {
	case nil:
		return flow.KindNull
	case string:
		return flow.KindText
	case json.Number:
		return flow.KindNumber
	case bool:
		return flow.KindBool
	case []any:
		return flow.KindList
	}
	return flow.KindObject
}

// scalar returns a text, a number, true or false as text; "" for anything else.
func scalar(v any, longest int) string {
	switch v := v.(type) {
	case string:
		return flow.CleanLine(v, longest)
	case json.Number:
		return flow.CleanLine(v.String(), longest)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
