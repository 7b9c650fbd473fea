package drift

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"layersim/flow"
)

// kinds is a set of JSON types; absent is one of them.
type kinds uint8

const (
	absent kinds = 1 << iota
	null
	text
	number
	boolean
	object
	array
)

var kindNames = []struct {
	kind kinds
	name string
}{
	{text, "text"}, {number, "number"}, {boolean, "true or false"}, {object, "object"}, {array, "array"}, {null, "null"}, {absent, "absent"},
}

// String names the kinds: "text or null".
func (k kinds) String() string {
	var names []string
	for _, n := range kindNames {
		if k&n.kind != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " or ")
}

// hiddenBool ends the mask of a private true or false.
const hiddenBool = "•••• (" + string(flow.KindBool) + ")"

// shape is what is known of a JSON value that was seen once or more often: its
// types, and the shapes of what it holds. The elements of an array are one.
type shape struct {
	kinds   kinds
	seen    int // how often
	objects int // how often it was an object
	members map[string]*shape
	element *shape
}

// add looks at a JSON value. What is no JSON is no part of a shape.
func (s *shape) add(content []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return false
	}
	s.see(v)
	return true
}

func (s *shape) see(v any) {
	s.seen++
	switch v := v.(type) {
	case nil:
		s.kinds |= null
	case bool:
		s.kinds |= boolean
	case json.Number:
		s.kinds |= number
	case string:
		if strings.HasSuffix(v, flow.HiddenNumber) { // a private number, masked
			s.kinds |= number
			return
		}
		if strings.HasSuffix(v, hiddenBool) {
			s.kinds |= boolean
			return
		}
		s.kinds |= text
	case []any:
		s.kinds |= array
		for _, e := range v {
			if s.element == nil {
				s.element = &shape{}
			}
			s.element.see(e)
		}
	case map[string]any:
		s.kinds |= object
		s.objects++
		if s.members == nil {
			s.members = map[string]*shape{}
		}
		for name, value := range v {
			if s.members[name] == nil {
				s.members[name] = &shape{}
			}
			s.members[name].see(value)
		}
	}
}

// whole is what the value itself is.
func (s *shape) whole() kinds {
	if s.seen == 0 {
		return absent
	}
	return s.kinds
}

// member returns the shape of a member and its types, absent among them if it
// was not always there.
func (s *shape) member(name string) (*shape, kinds) {
	m := s.members[name]
	if m == nil {
		return nil, absent
	}
	k := m.kinds
	if m.seen < s.objects {
		k |= absent
	}
	return m, k
}

// contents says whether a list ever had an element, "" for what is no list.
func (s *shape) contents() string {
	switch {
	case s == nil || s.kinds != array:
		return ""
	case s.element == nil:
		return "empty"
	}
	return "has elements"
}

// contrast is a path at which two shapes differ.
type contrast struct {
	path      string // such as "items[].item_id"
	live, sim kinds
}

// contrasts lists where two shapes differ, by path. What one side does not have
// at all is named once, and not what is in it.
func contrasts(live, sim *shape, path string) []contrast {
	var out []contrast
	if live.objects > 0 && sim.objects > 0 {
		names := slices.Collect(maps.Keys(live.members))
		for name := range sim.members {
			if live.members[name] == nil {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			at := name
			if path != "" {
				at = path + "." + name
			}
			l, lk := live.member(name)
			s, sk := sim.member(name)
			if lk != sk {
				out = append(out, contrast{at, lk, sk})
			}
			if l != nil && s != nil {
				out = append(out, contrasts(l, s, at)...)
			}
		}
	}
	if live.element != nil && sim.element != nil {
		at := path + "[]"
		if live.element.kinds != sim.element.kinds {
			out = append(out, contrast{at, live.element.kinds, sim.element.kinds})
		}
		out = append(out, contrasts(live.element, sim.element, at)...)
	}
	return out
}
