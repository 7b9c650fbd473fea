package tui

import (
	"slices"
	"strings"

	"layersim/flow"
	"layersim/tui/pane"
)

// The Wire tab: the calls of your server, and the selected one as a tree.

// drawnBody is the one call that is laid out. An exchange never changes, so its
// tree is made once.
type drawnBody struct {
	made bool
	call int
	tree pane.Tree
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

// layOutWire makes a tree of the selected call, once, and reads what the frame
// shows of it.
func (m *Model) layOutWire(f pane.Frame) {
	in := &m.inspector
	i := m.call()
	if f.Width <= 0 { // too small to be drawn: the place in it is kept
		return
	}
	if i < 0 {
		in.drawn, in.inBody = drawnBody{}, false
		return
	}
	if d := &in.drawn; !d.made || d.call != i {
		x := in.calls[i].Exchange
		*d = drawnBody{made: true, call: i, tree: pane.WireTree(x, m.explained(x)).Search(in.query)}
	}
	in.drawn.tree = in.drawn.tree.LayOut(pane.WireBodyFrame(f, len(m.calls())))
}

func (m *Model) drawWire(f pane.Frame) string {
	in := &m.inspector
	return pane.Wire(f, m.calls(), pane.WireView{Selected: m.call(), Body: in.drawn.tree, Inside: in.inBody})
}

// scrollWire chooses a call, or moves in the selected one.
func (m *Model) scrollWire(a action, f pane.Frame) {
	in, n := &m.inspector, len(m.calls())
	if n == 0 {
		return
	}
	body, t := pane.WireBodyFrame(f, n), in.drawn.tree
	page := max(body.Height-1, 1)
	switch {
	case a == actPageUp:
		t = t.Scroll(-page, body)
	case a == actPageDown:
		t = t.Scroll(page, body)
	case !in.inBody:
		m.selectCall(moved(a, m.call(), n, 1))
		return
	case a == actUp && t.AtTop():
		in.inBody = false
	case a == actUp:
		t = t.Move(-1, body)
	case a == actDown:
		t = t.Move(1, body)
	case a == actHome:
		t = t.Home(body)
	case a == actEnd:
		t = t.End(body)
	}
	in.drawn.tree = t
}

// clickWire chooses a call, or puts the cursor on a line of the selected one;
// a second click there opens or folds.
func (m *Model) clickWire(row int, f pane.Frame) {
	n := len(m.calls())
	if n == 0 {
		return
	}
	if i, ok := pane.WireCallAt(f, n, m.call(), row); ok {
		m.selectCall(i)
		return
	}
	if row -= pane.WireListRows(f, n) + 1; row >= 0 {
		m.inspector.drawn.tree = m.inspector.drawn.tree.Click(row, pane.WireBodyFrame(f, n))
		m.enterCall()
	}
}

// selectCall looks at a call. At the last one, it follows what comes.
func (m *Model) selectCall(i int) {
	in := &m.inspector
	in.inBody, in.selected = false, i
	if i == len(m.calls())-1 {
		in.selected = newest
	}
}

// toggleWire goes into the selected call; there it opens and folds.
func (m *Model) toggleWire() {
	in := &m.inspector
	if in.inBody {
		in.drawn.tree = in.drawn.tree.Toggle()
		return
	}
	m.enterCall()
}

// enterCall lets the keys go to the selected call, which stays selected when
// others come.
func (m *Model) enterCall() {
	if i := m.call(); i >= 0 {
		m.inspector.selected, m.inspector.inBody = i, true
	}
}

func inWireBody(m *Model) bool {
	return m.inspector.inBody && m.inspector.tab == tabWire && m.focus == paneInspector
}

func (m *Model) foldWire(open bool) {
	t := &m.inspector.drawn.tree
	if *t = t.FoldAll(); open {
		*t = t.OpenAll()
	}
}

// searchWire looks for a text in the selected call and, if it is not there, in
// the others.
func (m *Model) searchWire(text string) {
	in := &m.inspector
	in.query = text
	if m.call() < 0 {
		return
	}
	in.drawn.tree = in.drawn.tree.Search(text)
	switch hits, _ := in.drawn.tree.Hits(); {
	case strings.TrimSpace(text) == "":
		in.inBody = false
	case hits > 0:
		m.enterCall()
	default:
		m.searchOn(1)
	}
}

func (m *Model) wireQuery() string { return m.inspector.query }

// hitWire goes to the next place where the text stands, or to the one before;
// past the last one of a call to the next call that has it.
func (m *Model) hitWire(by int) {
	in := &m.inspector
	t := &in.drawn.tree
	hits, at := t.Hits()
	last := by > 0 && at >= hits || by < 0 && at <= 1
	switch {
	case last && m.searchOn(by):
	case hits == 0:
	case by > 0:
		*t = t.NextHit()
		m.enterCall()
	default:
		*t = t.PreviousHit()
		m.enterCall()
	}
}

// searchOn goes to the nearest other call that has what is searched for.
func (m *Model) searchOn(by int) bool {
	in, calls := &m.inspector, m.calls()
	text := pane.Lower(strings.TrimSpace(in.query))
	if text == "" {
		return false
	}
	at, n := m.call(), len(calls)
	for i := 1; i < n; i++ {
		to := ((at+by*i)%n + n) % n
		if !callHas(calls[to], text) {
			continue
		}
		m.selectCall(to)
		x := calls[to].Exchange
		in.drawn = drawnBody{made: true, call: to, tree: pane.WireTree(x, m.explained(x)).Search(in.query)}
		if by < 0 {
			in.drawn.tree = in.drawn.tree.PreviousHit() // before the first is the last
		}
		if hits, _ := in.drawn.tree.Hits(); hits > 0 {
			m.enterCall()
		}
		return true
	}
	return false
}

// callHas reports whether a call has a text, which is in lower case.
func callHas(c pane.WireEntry, text string) bool {
	x := &c.Exchange
	has := func(s string) bool { return strings.Contains(pane.Lower(s), text) }
	if has(x.Method+" "+x.URL) || has(x.RequestBody) || has(x.ResponseBody) || has(x.Error) {
		return true
	}
	hasHeader := func(h flow.Header) bool { return has(h.Name + ": " + h.Value) }
	return slices.ContainsFunc(x.RequestHeaders, hasHeader) || slices.ContainsFunc(x.ResponseHeaders, hasHeader)
}

func (m *Model) wireToggles() string {
	if m.inspector.inBody {
		return "fold"
	}
	return "open"
}
