package scenario

import (
	"slices"

	"layersim/fixtures/document"
)

// verb is a word of the language: what a step can do or expect.
type verb struct {
	word    string
	example string // a whole step, for the reference
	says    string // what it does, in a sentence or two
	bare    bool   // it can stand without anything after it
	fields  []string
	read    func(r *reader, at document.Spot, node document.Node, path string) Deed
	// write returns what stands after the word; ok is false for the deed of another
	// word.
	write func(d Deed) (v value, some, ok bool)
}

// takesNothing reports whether nothing can follow the word.
func (v verb) takesNothing() bool { return v.example == v.word }

// member is one field of a deed.
type member[D any] struct {
	name  string
	read  func(r *reader, node document.Node, path string, into *D)
	write func(d D) (value, bool)
}

// of makes a member from how it is read and where it is kept.
func of[D, T any](name string, c codec[T], at func(*D) *T) member[D] {
	return member[D]{
		name:  name,
		read:  func(r *reader, node document.Node, path string, into *D) { *at(into) = c.read(r, node, path) },
		write: func(d D) (value, bool) { return c.write(*at(&d)) },
	}
}

// alone is a word that nothing follows.
func alone[D Deed](word, says string) verb {
	return verb{
		word: word, example: word, says: says, bare: true,
		read: func(r *reader, at document.Spot, node document.Node, path string) Deed {
			var d D
			if node != nil {
				r.Fault(document.SpotOf(node, path), "takes nothing after it; expected %q alone", word)
			}
			return d
		},
		write: func(d Deed) (value, bool, bool) {
			_, ok := d.(D)
			return value{}, false, ok
		},
	}
}

// one is a word with one value, which can be left out if optional.
func one[D Deed, T any](word, example, says string, optional bool, c codec[T], at func(*D) *T) verb {
	return verb{
		word: word, example: example, says: says, bare: optional,
		read: func(r *reader, where document.Spot, node document.Node, path string) Deed {
			var d D
			switch {
			case node != nil:
				*at(&d) = c.read(r, node, path)
			case !optional:
				where.Path = path
				r.Fault(where, "has nothing after it; expected a step such as %q", example)
			}
			return d
		},
		write: func(deed Deed) (value, bool, bool) {
			d, ok := deed.(D)
			if !ok {
				return value{}, false, false
			}
			v, some := c.write(*at(&d))
			return v, some, true
		},
	}
}

// group is a word with fields. A text in place of a group is the first of them.
// What sets it apart from another word for the same type is set by mark and
// found by is, which are nil if nothing does.
func group[D Deed](word, example, says string, mark func(*D), is func(D) bool, members ...member[D]) verb {
	var names []string
	for _, m := range members {
		names = append(names, m.name)
	}
	return verb{
		word: word, example: example, says: says, fields: names,
		read: func(r *reader, where document.Spot, node document.Node, path string) Deed {
			var d D
			if mark != nil {
				mark(&d)
			}
			if node == nil {
				where.Path = path
				r.Fault(where, "has nothing after it; expected a step such as %q", example)
				return d
			}
			if _, isText := document.Scalar(node); isText {
				members[0].read(r, node, path, &d)
				return d
			}
			if entries, ok := document.Entries(node, path); ok && len(entries) == 0 {
				r.Fault(document.SpotOf(node, path), "is empty; expected a step such as %q", example)
				return d
			}
			before, given := len(*r.Mistakes), false
			o := r.Object(node, path, names...)
			for _, m := range members {
				if field := o.Get(m.name); field != nil {
					m.read(r, field, document.JoinPath(path, m.name), &d)
					given = true
				}
			}
			if !given && len(*r.Mistakes) == before { // names alone, as in {code}
				r.Fault(document.SpotOf(node, path), "has no values; expected a step such as %q", example)
			}
			return d
		},
		write: func(deed Deed) (value, bool, bool) {
			d, ok := deed.(D)
			if !ok || is != nil && !is(d) {
				return value{}, false, false
			}
			v := value{group: []pair{}}
			for _, m := range members {
				if of, some := m.write(d); some {
					v.group = append(v.group, pair{m.name, of})
				}
			}
			if len(v.group) == 1 && v.group[0].name == members[0].name && v.group[0].of.isText() {
				return v.group[0].of, true, true
			}
			return v, true, true
		},
	}
}

func (v value) isText() bool { return v.list == nil && v.group == nil }

// words lists every word, in the order of the reference.
func words() []string {
	list := make([]string, len(verbs))
	for i, v := range verbs {
		list[i] = v.word
	}
	return list
}

// WordOf is the word for what a step does, such as "create token"; "" for nil.
func WordOf(d Deed) string {
	i := slices.IndexFunc(verbs, func(v verb) bool {
		_, _, ok := v.write(d)
		return ok
	})
	if i < 0 {
		return ""
	}
	return verbs[i].word
}
