package scenario

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"layersim/fixtures/document"
	"layersim/flow"
)

// value is what a file says of a step or a field: a text, a list or a group.
type value struct {
	text  string
	list  []string // of texts; not nil for a list
	group []pair   // not nil for a group
	plain bool     // a number or a truth value: written without quotes
}

type pair struct {
	name string
	of   value
}

// codec reads and writes one kind of value. read adds what is wrong to the
// mistakes; some says that there is something to write.
type codec[T any] struct {
	read  func(r *reader, node document.Node, path string) T
	write func(T) (v value, some bool)
}

// text is a value of one word or line.
func text[T ~string](rule document.Rule) codec[T] {
	return codec[T]{
		read:  func(r *reader, node document.Node, path string) T { return T(r.Value(node, path, rule)) },
		write: func(t T) (value, bool) { return value{text: string(t)}, t != "" },
	}
}

// choiceOf is one of a few words, asked for when it is needed.
func choiceOf[T ~string](rule func(r *reader) document.Rule) codec[T] {
	return codec[T]{
		read:  func(r *reader, node document.Node, path string) T { return T(r.Value(node, path, rule(r))) },
		write: func(t T) (value, bool) { return value{text: string(t)}, t != "" },
	}
}

func number(least, most int) codec[int] {
	rule := document.Rule{Expected: "a whole number from " + strconv.Itoa(least) + " to " + strconv.Itoa(most), Filled: true, Check: wholeNumber(least, most)}
	return codec[int]{
		read: func(r *reader, node document.Node, path string) int {
			n, _ := strconv.Atoi(r.Value(node, path, rule))
			return n
		},
		write: func(n int) (value, bool) { return value{text: strconv.Itoa(n), plain: true}, n != 0 },
	}
}

var yes = codec[bool]{
	read: func(r *reader, node document.Node, path string) bool {
		return r.Value(node, path, document.Bool) == "true"
	},
	write: func(b bool) (value, bool) { return value{text: "true", plain: true}, b },
}

// longest is how much time can pass in one step.
const longest = 10 * 365 * 24 * time.Hour

var durationRule = document.Rule{Expected: `a time such as "500ms", "20s", "5h" or "3d"`, Filled: true, Check: func(text string) string {
	if d, ok := parseDuration(text); !ok || d <= 0 || d > longest {
		return "is not a time above zero and up to ten years"
	}
	return ""
}}

// parseDuration reads what Go reads, and days.
func parseDuration(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err == nil
	}
	d, err := time.ParseDuration(text)
	return d, err == nil
}

// writeDuration writes 5h0m0s as 5h, and whole days as days.
func writeDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

var duration = codec[time.Duration]{
	read: func(r *reader, node document.Node, path string) time.Duration {
		d, _ := parseDuration(r.Value(node, path, durationRule))
		return d
	},
	write: func(d time.Duration) (value, bool) { return value{text: writeDuration(d)}, d != 0 },
}

// listOf is a list of texts, written even if it is empty.
func listOf(rule document.Rule) codec[[]string] {
	return codec[[]string]{
		read: func(r *reader, node document.Node, path string) []string { return r.list(node, path, rule) },
		write: func(l []string) (value, bool) {
			return value{list: append([]string{}, l...)}, true
		},
	}
}

func (r *reader) list(node document.Node, path string, rule document.Rule) []string {
	list := []string{}
	items, ok := document.Items(node)
	if !ok {
		r.Fault(document.SpotOf(node, path), "is %s; expected a list, such as [a, b], each: %s", document.Describe(node), rule.Expected)
		return list
	}
	for i, item := range items {
		list = append(list, r.Value(item, path+"["+strconv.Itoa(i)+"]", rule))
	}
	return list
}

// fieldsOf is a group of texts by name, such as edited fields. What it holds is
// private.
func fieldsOf(names []string) codec[map[string]flow.SSN] {
	rule := document.Rule{Expected: "what is typed there", Private: true, Check: document.AtMost(200)}
	return codec[map[string]flow.SSN]{
		read: func(r *reader, node document.Node, path string) map[string]flow.SSN {
			values := map[string]flow.SSN{}
			r.filled(node, path, "fields such as {"+names[0]+": …}")
			r.eachPrivate(node, path, names, func(e document.Entry, path string) {
				if e.Value == nil {
					values[e.Name] = flow.NewPaneValue("")
					return
				}
				values[e.Name] = flow.NewPaneValue(r.Value(e.Value, path, rule))
			})
			return values
		},
		write: func(m map[string]flow.SSN) (value, bool) {
			v := value{group: []pair{}}
			for _, name := range slices.Sorted(maps.Keys(m)) {
				v.group = append(v.group, pair{name, value{text: m[name].Reveal()}})
			}
			return v, true
		},
	}
}

// eachPrivate visits the fields of a group without ever repeating what is in it.
func (r *reader) eachPrivate(node document.Node, path string, names []string, visit func(e document.Entry, path string)) {
	entries, ok := document.Entries(node, path)
	if !ok {
		r.Fault(document.SpotOf(node, path), "is no group of fields, and is not repeated here; expected fields such as {%s: …}", names[0])
		return
	}
	seen := map[string]int{}
	for _, e := range entries {
		switch line, twice := seen[e.Name]; {
		case !slices.Contains(names, e.Name):
			hint := "expected " + document.OneOf(names)
			if word := document.Nearest(quotable(e.Name), names); word != "" {
				hint = "did you mean \"" + word + "\"?"
			}
			r.Fault(e.At, "has no field %s; %s", quoteWord(e.Name), hint)
			continue
		case twice:
			r.Fault(e.At, "has %s twice, first in line %d", document.Quote(e.Name), line)
			continue
		}
		seen[e.Name] = e.At.Line
		visit(e, path+"."+e.Name)
	}
}

// quotable is the part of a word that quoteWord repeats.
func quotable(word string) string {
	if i := strings.IndexAny(word, "0123456789@ "); i >= 0 {
		return word[:i]
	}
	return word
}

// valuesOf is a group of texts by path, such as "identity.name.first_name".
var valuesOf = valuesAt(func(string) string { return "" })

// valuesAt is a group of texts by path, where check says what is wrong with one.
func valuesAt(check func(path string) string) codec[map[string]string] {
	return codec[map[string]string]{read: func(r *reader, node document.Node, path string) map[string]string {
		values := map[string]string{}
		r.filled(node, path, "a path and its value such as {items: 1}")
		rule := document.Rule{Expected: `a value, "absent" or "present"`, Check: document.AtMost(400)}
		r.each(node, path, "a path such as items", func(e document.Entry, path string) {
			if problem := check(e.Name); problem != "" {
				r.Fault(e.At, "%s %s", quoteName(e.Name), problem)
				return
			}
			if e.Value == nil {
				r.Fault(e.At, "says nothing of %s; expected %s", document.Quote(e.Name), rule.Expected)
				return
			}
			values[e.Name] = r.Value(e.Value, path, rule)
		})
		return values
	},
		write: func(m map[string]string) (value, bool) {
			v := value{group: []pair{}}
			for _, name := range slices.Sorted(maps.Keys(m)) {
				v.group = append(v.group, pair{name, value{text: m[name]}})
			}
			return v, len(m) > 0
		}}
}

// filled says that a group is empty, if it is: nothing would be looked at.
func (r *reader) filled(node document.Node, path, expected string) {
	if entries, ok := document.Entries(node, path); ok && len(entries) == 0 {
		r.Fault(document.SpotOf(node, path), "is empty; expected %s", expected)
	}
}

// quoteName repeats a name, however long it is.
func quoteName(name string) string { return strconv.Quote(name) }

// each visits the fields of a group that can have any names.
func (r *reader) each(node document.Node, path, example string, visit func(e document.Entry, path string)) {
	entries, ok := document.Entries(node, path)
	if !ok {
		r.Fault(document.SpotOf(node, path), "is %s; expected a group: %s", document.Describe(node), example)
		return
	}
	seen := map[string]int{}
	for _, e := range entries {
		if line, twice := seen[e.Name]; twice {
			r.Fault(e.At, "has %s twice, first in line %d", document.Quote(e.Name), line)
			continue
		}
		seen[e.Name] = e.At.Line
		if n := len(e.Name); n == 0 || n > 120 || strings.ContainsFunc(e.Name, document.IsControl) {
			r.Fault(e.At, "has the name %s; expected %s", document.Quote(e.Name), example)
			continue
		}
		visit(e, path+"."+e.Name)
	}
}

// counts are edit counts by field and window.
var counts = codec[map[string]map[string]int]{
	read: func(r *reader, node document.Node, path string) map[string]map[string]int {
		all := map[string]map[string]int{}
		field := document.Choice("a field of the edit history", editFields...)
		window := document.Choice("a window of the edit history", editWindows...)
		n := document.Rule{Expected: "a whole number from 0 to 100000", Filled: true, Check: wholeNumber(0, 100000)}
		r.filled(node, path, "a field such as {address: {current: 1}}")
		r.each(node, path, "a field such as address: {current: 1}", func(e document.Entry, path string) {
			if problem := field.Check(e.Name); problem != "" {
				r.Fault(e.At, "%s %s; expected %s", document.Quote(e.Name), problem, field.Expected)
				return
			}
			if e.Value == nil {
				r.Fault(e.At, "says nothing of %s; expected windows such as {current: 1}", document.Quote(e.Name))
				return
			}
			row := map[string]int{}
			r.filled(e.Value, path, "windows such as {current: 1}")
			r.each(e.Value, path, "a window such as current: 1", func(e document.Entry, path string) {
				switch problem := window.Check(e.Name); {
				case problem != "":
					r.Fault(e.At, "%s %s; expected %s", document.Quote(e.Name), problem, window.Expected)
				case e.Value == nil:
					r.Fault(e.At, "says nothing of %s; expected %s", document.Quote(e.Name), n.Expected)
				default:
					row[e.Name], _ = strconv.Atoi(r.Value(e.Value, path, n))
				}
			})
			all[e.Name] = row
		})
		return all
	},
	write: func(m map[string]map[string]int) (value, bool) {
		v := value{group: []pair{}}
		for _, field := range editFields {
			row, ok := m[field]
			if !ok {
				continue
			}
			windows := value{group: []pair{}}
			for _, w := range editWindows {
				if n, ok := row[w]; ok {
					windows.group = append(windows.group, pair{w, value{text: strconv.Itoa(n), plain: true}})
				}
			}
			v.group = append(v.group, pair{field, windows})
		}
		return v, true
	},
}
