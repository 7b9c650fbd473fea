package scenario

import (
	"slices"

	"layersim/flow/lint"
	"layersim/flow/sdk"
)

// Vocabulary lists every word that a step can have for its deed, such as "create
// token", in the order of the reference.
func Vocabulary() []string { return words() }

// Word is one word of the language, for the reference.
type Word struct {
	Word    string
	Alone   bool     // it can stand without anything after it
	Example string   // a whole step; the word itself if nothing can follow it
	Fields  []string // of the group that can follow it; a text in its place is the first
	Says    string   // what it does, in a sentence or two
}

// Part is a part of the language.
type Part struct {
	Name  string // such as "What the user does in Link"
	Words []Word
}

// Reference is the whole language.
func Reference() []Part {
	var parts []Part
	for _, p := range []struct {
		name  string
		verbs []verb
	}{
		{"What the app's server and client do", appVerbs()}, {"What the user does in Link", linkVerbsOf()},
		{"What happens around them", worldVerbs()}, {"What is expected", expectations()},
	} {
		part := Part{Name: p.name}
		for _, v := range p.verbs {
			part.Words = append(part.Words, Word{Word: v.word, Alone: v.bare, Example: v.example, Fields: v.fields, Says: v.says})
		}
		parts = append(parts, part)
	}
	return parts
}

// Values are the names that some place of a file can have.
type Values struct {
	Of    string // the places, in words
	Names []string
}

// KnownValues are the lists that the checks of a file use.
func KnownValues() []Values {
	var rules, platforms []string
	for _, r := range lint.Rules() {
		rules = append(rules, r.ID)
	}
	for _, p := range sdk.Platforms() {
		platforms = append(platforms, p.ID)
	}
	return []Values{
		{"platforms", platforms},
		{"callbacks, in expect event and expect events", slices.Concat(events, callbacks)},
		{"panes, in view and after TRANSITION_VIEW:", views},
		{"phases, in expect phase", phaseNames()},
		{"fields in edit field", profileFields},
		{"fields in sign in", bankFields},
		{"fields in expect edits", editFields},
		{"windows in expect edits", editWindows},
		{"webhooks", webhookCodes},
		{"how, in misdeliver webhook", misdeliveries},
		{"mistakes, in do wrong", wrongNames()},
		{"rules, in expect findings", rules},
		{"on, of a fault in a call", slices.DeleteFunc(faultPlaces(), isEventPlace)},
		{"on, of a fault in an event", slices.DeleteFunc(faultPlaces(), func(on string) bool { return !isEventPlace(on) })},
	}
}

// isEventPlace reports whether a fault there is one in an event.
func isEventPlace(on string) bool {
	return slices.Contains(events, on) || slices.Contains([]string{"onEvent", onSuccess, onExit}, on)
}

// FaultFields are the fields of a fault, in the order of the reference.
func FaultFields() []string {
	var names []string
	for _, m := range faultMembers {
		names = append(names, m.name)
	}
	return names
}
