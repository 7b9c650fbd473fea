package tui

import (
	"slices"

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
	selected   int
	bodyOffset int
	drawn      drawnBody

	guide    guideView
	code     codeView
	sequence sequenceView
	state    stateView
	whatIf   whatIfView
}

// drawnBody is the one wire body that is laid out, and for what. An exchange
// never changes, so it is laid out again only for another width or theme.
type drawnBody struct {
	call, width int
	dark        bool
	lines       []string
}

func newInspector() inspector {
	return inspector{tab: tabGuide, selected: newest, sequence: sequenceView{following}}
}

// recorded takes note of an exchange. When an older call is looked at, it stays
// in view.
func (in *inspector) recorded(x flow.Exchange, seq int) {
	in.calls = append(in.calls, pane.WireEntry{Exchange: x})
	in.seqs = append(in.seqs, seq)
	if in.selected == newest {
		in.bodyOffset = 0
	}
}

// anotherMoment forgets what belonged to the moment that was looked at.
func (in *inspector) anotherMoment() {
	in.selected, in.bodyOffset, in.guide.offset = newest, 0, 0
	in.code.selected, in.code.offset = 0, 0
	in.sequence.cursor, in.state.cursor = following, 0
}

// calls returns the exchanges up to the moment that is looked at.
func (m *Model) calls() []pane.WireEntry {
	n, _ := slices.BinarySearch(m.inspector.seqs, m.moment()+1)
	return m.inspector.calls[:n]
}

// call returns the index of the selected call, -1 if there is none.
func (m *Model) call() int {
	if n := len(m.calls()); m.inspector.selected == newest || m.inspector.selected >= n {
		return n - 1
	}
	return m.inspector.selected
}

// layOutWire lays the selected call's body out for a width, once.
func (m *Model) layOutWire(f pane.Frame) {
	in := &m.inspector
	i := m.call()
	if i < 0 || f.Width <= 0 {
		return
	}
	d := &in.drawn
	if d.lines == nil || d.call != i || d.width != f.Width || d.dark != m.styles.Dark {
		if d.call < len(in.calls) {
			in.calls[d.call].Body = nil // only the selected one is kept
		}
		*d = drawnBody{call: i, width: f.Width, dark: m.styles.Dark, lines: pane.WireBody(m.styles, in.calls[i].Exchange, f.Width)}
	}
	in.calls[i].Body = d.lines
}

func (m *Model) drawWire(f pane.Frame) string {
	return pane.Wire(f, m.calls(), m.call(), m.inspector.bodyOffset)
}

// scrollWire chooses a call, or moves in the selected one.
func (m *Model) scrollWire(a action, f pane.Frame) {
	in, n := &m.inspector, len(m.calls())
	if n == 0 {
		return
	}
	switch a {
	case actUp, actDown:
		to := moved(a, m.call(), n, 1)
		in.bodyOffset = 0
		in.selected = to
		if to == n-1 {
			in.selected = newest
		}
	default:
		in.bodyOffset = scrolled(a, in.bodyOffset, len(in.calls[m.call()].Body), pane.WireBodyRows(f, n))
	}
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
