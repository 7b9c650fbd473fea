package tui

import (
	"layersim/flow"
	"layersim/tui/pane"
)

// The inspector beside the stage: the calls on the wire, the code an app has at
// this step, the guide to the phase the walk is in, and so on.

// newest as a selection means the last one there is, whichever that is.
const newest = -1

type inspector struct {
	tab   tabID
	calls []pane.WireEntry // every exchange so far, oldest first
	seqs  []int            // the entry of the journal that has each
	// selected is an index of calls, or newest.
	selected int
	inBody   bool   // the keys go to the selected call and not to the list
	query    string // what is searched for in the calls
	drawn    drawnBody

	guide    guideView
	code     codeView
	sequence sequenceView
	state    stateView
	whatIf   whatIfView
}

func newInspector() inspector {
	return inspector{tab: tabGuide, selected: newest, sequence: sequenceView{following}}
}

// recorded takes note of an exchange. When an older call is looked at, it stays
// in view.
func (in *inspector) recorded(x flow.Exchange, seq int) {
	in.calls = append(in.calls, pane.WireEntry{Exchange: x})
	in.seqs = append(in.seqs, seq)
}

// anotherMoment forgets what belonged to the moment that was looked at.
func (in *inspector) anotherMoment() {
	in.selected, in.inBody, in.guide.offset = newest, false, 0
	in.code.selected, in.code.offset = 0, 0
	in.sequence.cursor, in.state.cursor = following, 0
}

// scrolled returns where a text of n lines, of which rows are seen, begins
// after a key.
func scrolled(a action, offset, n, rows int) int {
	switch a {
	case actUp:
		offset--
	case actDown:
		offset++
	case actPageUp:
		offset -= max(rows-1, 1)
	case actPageDown:
		offset += max(rows-1, 1)
	case actHome:
		offset = 0
	case actEnd:
		offset = n
	default:
	}
	return max(min(offset, n-rows), 0)
}

func (m *Model) drawInspector(f pane.Frame) (title, body string) {
	return m.tabTitles(f.Width - 2), aspectOf(m.inspector.tab).draw(m, f)
}
