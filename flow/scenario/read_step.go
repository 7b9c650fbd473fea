package scenario

import (
	"fmt"
	"slices"
	"strconv"
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
	o.List("steps", func(entry document.Node, _ string) {
		path := fmt.Sprintf("step %d", len(steps)+1) // as a failure counts them
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
	if r.outdented(entries, path) {
		return step
	}
	seen := map[string]int{}
	did := ""
	for _, e := range entries {
		where := e.At
		where.Path = path + ": " + e.Name
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
	return verbs[i].read(r, at, value, path+": "+word)
}

// outdented finds fields that stand beside the word of their step and not below
// it, as in "- expect event:" with "name: OPEN" right under "expect".
func (r *reader) outdented(entries []document.Entry, path string) bool {
	for _, word := range entries {
		i := slices.IndexFunc(verbs, func(v verb) bool { return v.word == word.Name })
		if i < 0 || word.Value != nil || verbs[i].takesNothing() {
			continue
		}
		for _, e := range entries {
			isField := slices.Contains(verbs[i].fields, e.Name) || verbs[i].fields == nil && !slices.Contains(stepWords(), e.Name)
			if isField {
				at := e.At
				at.Path = path
				r.Fault(at, "%s stands beside %q of line %d; expected it below, with more spaces before it, as in: %s", quoteWord(e.Name), word.Name, word.At.Line, verbs[i].example)
				return true
			}
		}
	}
	return false
}

// stepWords are all words that a step can have.
func stepWords() []string { return append(words(), keyBeat, keyNotes, keyAsk) }

// unknownWord says what was probably meant. What follows a known word may be
// private, as in "code 123456".
func (r *reader) unknownWord(word string, at document.Spot) {
	known := stepWords()
	if strings.Contains(word, " - ") {
		r.Fault(at, "is more than one step; expected the - of each right below the - of the first")
		return
	}
	longest := ""
	for _, k := range known {
		if strings.HasPrefix(word, k+" ") && len(k) > len(longest) {
			longest = k
		}
	}
	if i := slices.IndexFunc(verbs, func(v verb) bool { return v.word == longest }); i >= 0 && verbs[i].takesNothing() {
		r.Fault(at, "is no step: after %q comes more, which is not repeated here; expected %q alone, and each step in a line of its own after -", longest, longest)
		return
	}
	if longest != "" {
		r.Fault(at, "is no step: after %q comes more, which is not repeated here; did you mean \"%s: …\"?", longest, longest)
		return
	}
	r.Fault(at, "has no step %s; %s", quoteWord(word), meant(word, known))
}

// meant says which step a word was probably meant to be, with an example.
func meant(word string, known []string) string {
	switch {
	case slices.Contains(events, word) || slices.Contains(callbacks, word):
		return fmt.Sprintf("did you mean \"expect event: %s\"?", word)
	case slices.Contains(phaseNames(), word):
		return fmt.Sprintf("did you mean \"expect phase: %s\"?", word)
	}
	near := []string{document.Nearest(word, known)}
	if near[0] == "" {
		near = sharing(word, known)
	}
	if len(near) == 0 || len(near) > 4 {
		return `expected a step such as "create token", "code: wrong" or "expect event: LAYER_READY"; 'layersim scenarios NAME' shows a whole file`
	}
	for i, k := range near {
		near[i] = strconv.Quote(k)
		if at := slices.IndexFunc(verbs, func(v verb) bool { return v.word == k }); at >= 0 && verbs[at].example != k {
			near[i] += " (" + verbs[at].example + ")"
		}
	}
	return "did you mean " + strings.Join(near, " or ") + "?"
}

// sharing lists what has a word in common with what was written, as "press
// share" has with "share".
func sharing(written string, known []string) []string {
	var list []string
	for _, k := range known {
		if slices.ContainsFunc(strings.Fields(strings.ToLower(written)), func(w string) bool { return slices.Contains(strings.Fields(k), w) }) {
			list = append(list, k)
		}
	}
	return list
}

// quoteWord repeats what stands where a word should, up to the first digit: what
// follows that may be somebody's number.
func quoteWord(word string) string {
	if i := strings.IndexAny(word, "0123456789@"); i >= 0 {
		word = strings.TrimSpace(word[:i]) + "…"
	}
	return document.Quote(word)
}
