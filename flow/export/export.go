// Package export turns the recording of a walk into documents for people and
// programs that do not have layersim: a transcript in Markdown, the calls of
// Plaid's API as a HAR file, a sequence diagram, one JSON document.
//
//	recording, err := journal.ReadRecording(file, name)
//	walk, err := export.Of(recording)
//	document, err := export.Markdown(walk)
//
// Everything here is a pure function of the recording: the same file gives the
// same bytes. A recording may have been written by anybody, so whatever it says
// is taken for foreign text, which no format takes for markup.
package export

import (
	"layersim/flow"
	"layersim/flow/journal"
)

// Walk is a recording with what its entries mean.
type Walk struct {
	Recording journal.Recording
	// Entries are those of the recording as values of package flow; what is
	// masked stays masked.
	Entries []journal.Entry
	Initial flow.State // in which the walk began
}

// Of reads what the entries of a recording mean. The error is a
// *journal.RecordingError.
func Of(r journal.Recording) (Walk, error) {
	entries, initial, err := journal.Replay(r)
	return Walk{Recording: r, Entries: entries, Initial: initial}, err
}

// End returns the state in which the recording ends.
func (w Walk) End() flow.State { return journal.Fold(w.Initial, w.Entries...) }

// results are the states in which attempts had the user's account, as complete as
// it became.
func (w Walk) results() []flow.State {
	var all []flow.State
	s := w.Initial
	for _, e := range w.Entries {
		s = journal.Fold(s, e)
		switch n := len(all); {
		case s.Phase != flow.PhaseOnboarded:
		case n > 0 && all[n-1].Attempt == s.Attempt:
			all[n-1] = s
		default:
			all = append(all, s)
		}
	}
	return all
}

// arrows is the walk as a sequence diagram.
func (w Walk) arrows() []journal.Arrow {
	sequence := journal.NewSequence(w.Initial)
	for _, e := range w.Entries {
		sequence.Add(e)
	}
	return sequence.First(sequence.Len())
}

// Mermaid returns the walk as a Mermaid sequence diagram.
func Mermaid(w Walk) []byte {
	diagram := journal.Mermaid(w.arrows())
	if s := remarks(w); s != "" {
		diagram += "%% " + s + "\n"
	}
	return []byte(diagram)
}

// attempts returns in which attempt each entry was made, the first being 1.
func (w Walk) attempts() []int {
	all := make([]int, len(w.Entries))
	attempt := 1
	for i, e := range w.Entries {
		if _, again := e.Event.(flow.StartOverRequested); again && e.Verdict != flow.Refused {
			attempt++
		}
		all[i] = attempt
	}
	return all
}
