package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/tui/pane"
)

// beforePhone are the phases in which a phone number can still be chosen.
var beforePhone = []flow.Phase{flow.PhaseToken, flow.PhaseHandler, flow.PhasePhone}

// exists reports whether there is such a pane at this point of the walk.
func (m *Model) exists(p paneID) bool { return slices.Contains(panesOf(m.hasResults()), p) }

// shown reports whether a pane can be seen now.
func (m *Model) shown(p paneID) bool {
	return m.exists(p) && (!m.layout.narrow && !m.zoomed || m.focus == p)
}

// cycle moves the focus to the next or previous pane, in the picker to the
// other list. What was revealed is masked again.
func (m *Model) cycle(step int) {
	if m.overlay != onScreen {
		if o := overlayAt(m.overlay); o.next != nil {
			o.next(m)
		}
		return
	}
	panes := panesOf(m.hasResults())
	at := max(slices.Index(panes, m.focus), 0)
	m.focusOn(panes[(at+step+len(panes))%len(panes)])
}

func (m *Model) focusOn(p paneID) {
	m.focus, m.revealed = p, ""
}

// inner returns the frame inside a pane's border.
func (m *Model) inner(p paneID) pane.Frame {
	r := m.layout.panes[p]
	return pane.Inner(pane.Frame{Styles: m.styles, Width: r.w, Height: r.h, Focused: m.focus == p && m.overlay == onScreen})
}

// scroll moves in whatever has the focus.
func (m *Model) scroll(a action) {
	if m.prompt.on && m.prompt.aspect.hit != nil && (a == actUp || a == actDown) {
		by := 1
		if a == actUp {
			by = -1
		}
		m.prompt.aspect.hit(m, by)
		return
	}
	if m.overlay == onScreen {
		m.scrollPane(m.focus, a)
		return
	}
	if o := overlayAt(m.overlay); o.scroll != nil {
		o.scroll(m, a)
	}
}

func (m *Model) scrollPane(p paneID, a action) {
	switch p {
	case paneInspector:
		if v := aspectOf(m.inspector.tab); v.scroll != nil {
			v.scroll(m, a, m.inner(paneInspector))
		}
	case paneLog:
		logAspect().scroll(m, a, m.inner(paneLog))
	case paneIdentity, paneItems:
		if cursor, rows := m.cursorRows(p); cursor != nil {
			m.moveTo(cursor, moved(a, *cursor, len(rows), 5))
		}
	case paneStage:
		m.moveOnStage(a)
	default: // the edit history is always seen whole
	}
}

// moveOnStage moves between the values of a form or of Link's pane.
func (m *Model) moveOnStage(a action) {
	switch {
	case linkIsDrawn(m):
		m.revealed = ""
		m.link.move(moved(a, m.link.cursor, len(m.link.stops), 5))
	case m.state.Phase == flow.PhaseFallback && !m.state.SignedUp:
		m.revealed, m.insisted = "", false
		m.signUp.move(moved(a, m.signUp.cursor, len(m.signUp.rows), 5))
	}
}

func (m *Model) moveTo(cursor *int, to int) {
	if to != *cursor {
		m.revealed = ""
	}
	*cursor = to
}

// hasRows reports whether up and down move something that needs them.
func hasRows(m *Model) bool {
	switch {
	case m.overlay != onScreen:
		o := overlayAt(m.overlay)
		return o.long != nil && o.long(m)
	case m.focus == paneStage:
		return linkIsDrawn(m) || m.state.Phase == flow.PhaseFallback && !m.state.SignedUp
	}
	return m.focus != paneHistory
}

// moved returns where a cursor among n lines stands after a key.
func moved(a action, cursor, n, page int) int {
	switch a {
	case actUp:
		cursor--
	case actDown:
		cursor++
	case actPageUp:
		cursor -= max(page, 1)
	case actPageDown:
		cursor += max(page, 1)
	case actHome:
		cursor = 0
	case actEnd:
		cursor = n - 1
	default:
	}
	return max(min(cursor, n-1), 0)
}

// wheel scrolls the pane under the pointer without giving it the focus.
func (m *Model) wheel(msg tea.MouseWheelMsg) {
	a := actDown
	if msg.Button == tea.MouseWheelUp {
		a = actUp
	}
	if m.overlay != onScreen {
		m.scroll(a)
		return
	}
	if p, ok := m.layout.at(msg.X, msg.Y); ok && p != paneStage {
		m.scrollPane(p, a)
	}
}
