package scenario

import (
	"fmt"
	"slices"
	"strings"

	"layersim/fixtures/document"
)

// What a step can have besides its deed.
const (
	keyBeat  = "beat"
	keyNotes = "notes"
	keyAsk   = "ask"
)

func (r *reader) steps(o document.Object) []Step {
	var steps []Step
	if o.Get("steps") == nil {
		o.Missing("steps", "a list of steps, each beginning with -")
		return nil
	}
	items, ok := document.Items(o.Get("steps"))
	if ok && len(items) == 0 {
		r.Fault(o.Spot("steps"), "has no steps; expected at least one")
	}
	if len(items) > MaxSteps {
		r.Fault(document.SpotOf(items[MaxSteps], "steps"), "has %d steps; expected no more than %d", len(items), MaxSteps)
		return nil
	}
	known := true // what the steps before do
	o.List("steps", func(entry document.Node, path string) {
		step := r.step(entry, path)
		known = known && step.Do != nil
		if _, refused := step.Do.(ExpectRefused); refused && known && (len(steps) == 0 || !canBeRefused(steps[len(steps)-1].Do)) {
			r.Fault(document.Spot{Line: step.Line, Column: document.StartOf(entry, path).Column, Path: path},
				`expects that the step before was refused; expected such a step right before, such as "open"`)
		}
		steps = append(steps, step)
	})
	return steps
}

// canBeRefused reports whether a deed is done, as opposed to expected.
func canBeRefused(d Deed) bool { return d != nil && !strings.HasPrefix(WordOf(d), "expect ") }

// step reads one step: a word alone, or a group with one.
func (r *reader) step(node document.Node, path string) Step {
	at := document.StartOf(node, path)
	step := Step{Line: at.Line}
	entries, isGroup := document.Entries(node, path)
	if !isGroup {
		word, ok := document.Scalar(node)
		switch {
		case document.IsNull(node):
			r.Fault(at, "is empty; expected a step such as \"create token\"")
		case !ok:
			r.Fault(at, "is %s; expected a step such as \"create token\"", document.Describe(node))
		default:
			step.Do = r.deed(word, at, nil, path)
		}
		return step
	}
	seen := map[string]int{}
	did := ""
	for _, e := range entries {
		where := e.At
		where.Path = path + "." + e.Name
		if line, twice := seen[e.Name]; twice {
			where.Path = path
			r.Fault(where, "%s is given twice, first in line %d", quoteWord(e.Name), line)
			continue
		}
		seen[e.Name] = e.At.Line
		switch e.Name {
		case keyBeat:
			step.Beat = r.neededValue(e, where, document.Line)
		case keyNotes:
			step.Notes = r.neededValue(e, where, document.Prose)
		case keyAsk:
			step.Ask = r.question(e, where)
		default:
			if did != "" && slices.Contains(words(), e.Name) {
				r.Fault(e.At, "does %q and %q; expected one deed in a step, and a step for each", did, e.Name)
				continue
			}
			if d := r.deed(e.Name, e.At, e.Value, path); d != nil {
				step.Do, did = d, e.Name
			} else {
				did = or(did, e.Name)
			}
		}
	}
	if did == "" {
		r.Fault(at, "does nothing; expected a deed besides %s, such as \"open:\"", document.OneOf([]string{keyBeat, keyNotes, keyAsk}))
	}
	return step
}

func (r *reader) neededValue(e document.Entry, at document.Spot, rule document.Rule) string {
	if e.Value == nil {
		r.Fault(at, "is empty; expected %s", rule.Expected)
		return ""
	}
	return r.Value(e.Value, at.Path, rule)
}

// question reads what the audience is asked, which is nothing without an answer.
func (r *reader) question(e document.Entry, at document.Spot) Question {
	if e.Value == nil {
		r.Fault(at, "is empty; expected question and answer")
		return Question{}
	}
	if _, ok := document.Entries(e.Value, at.Path); !ok {
		r.Fault(document.SpotOf(e.Value, at.Path), "is %s; expected {question: …, answer: …}", document.Describe(e.Value))
		return Question{}
	}
	o := r.Object(e.Value, at.Path, "question", "answer")
	return Question{Question: o.Needed("question", document.Prose), Answer: o.Needed("answer", document.Prose)}
}

// deed reads what a step does; value is nil if only the word is there. It
// returns nil if there is no such word.
func (r *reader) deed(word string, at document.Spot, value document.Node, path string) Deed {
	i := slices.IndexFunc(verbs, func(v verb) bool { return v.word == word })
	if i < 0 {
		r.unknownWord(word, at)
		return nil
	}
	return verbs[i].read(r, at, value, path+"."+word)
}

// unknownWord says what was probably meant. What follows a known word may be
// private, as in "code 123456".
func (r *reader) unknownWord(word string, at document.Spot) {
	known := append(words(), keyBeat, keyNotes, keyAsk)
	longest := ""
	for _, k := range known {
		if strings.HasPrefix(word, k+" ") && len(k) > len(longest) {
			longest = k
		}
	}
	if longest != "" {
		r.Fault(at, "is no step: after %q comes more, which is not repeated here; did you mean \"%s: …\"?", longest, longest)
		return
	}
	hint := fmt.Sprintf("; expected a step such as %q", "create token")
	if k := document.Nearest(word, known); k != "" {
		hint = fmt.Sprintf("; did you mean %q?", k)
	}
	r.Fault(at, "has no step %s%s", quoteWord(word), hint)
}

// quoteWord repeats what stands where a word should, up to the first digit: what
// follows that may be somebody's number.
func quoteWord(word string) string {
	if i := strings.IndexAny(word, "0123456789@"); i >= 0 {
		word = strings.TrimSpace(word[:i]) + "…"
	}
	return document.Quote(word)
}
