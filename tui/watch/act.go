package watch

import (
	tea "charm.land/bubbletea/v2"

	"layersim/tui/pane"
)

// key finds what a key means here; what means nothing else is typed.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	if b, ok := m.bindingFor(msg.String()); ok {
		return m.do(b.action)
	}
	if m.filtering && msg.Text != "" {
		m.setFilter(m.filter + msg.Text)
	}
	return nil
}

// do carries out what a key asks for.
func (m *Model) do(a action) tea.Cmd {
	switch a {
	case actQuit:
		return tea.Quit
	case actInterrupt:
		return tea.Interrupt
	case actSuspend:
		// screen.Screen sees the key first: it gives the terminal back before.
		return tea.Suspend
	case actHelp:
		m.help, m.helpOffset = !m.help, 0
	case actFollow:
		m.follow = !m.follow
		if m.follow && m.count() > 0 {
			m.choose(m.laneAt(0))
		}
	case actFilter:
		m.filtering, m.focus = true, onList
	case actFilterDone:
		m.filtering = false
	case actFilterDrop:
		m.filtering = false
		m.setFilter("")
	case actFilterErase:
		if runes := []rune(m.filter); len(runes) > 0 {
			m.setFilter(string(runes[:len(runes)-1]))
		}
	default:
		m.look(a)
	}
	return nil
}

// look moves what is looked at.
func (m *Model) look(a action) {
	switch a {
	case actFocus:
		m.focus, m.revealed = onLane-m.focus, ""
	case actOpen:
		m.open()
	case actBack:
		if m.opened != nil {
			m.opened = nil
		} else {
			m.focus, m.revealed = onList, ""
		}
	case actLaneUp:
		m.moveLane(actUp)
	case actLaneDown:
		m.moveLane(actDown)
	case actTabOne, actTabTwo, actTabThree, actTabFour, actTabFive, actTabSix:
		m.show(tab(a - actTabOne))
	case actTabPrevious:
		m.show((m.tab + tabCount - 1) % tabCount)
	case actTabNext:
		m.show((m.tab + 1) % tabCount)
	case actFold:
		m.drawn.tree = m.drawn.tree.Toggle()
	case actFoldAll:
		m.drawn.tree = m.drawn.tree.FoldAll()
	case actOpenAll:
		m.drawn.tree = m.drawn.tree.OpenAll()
	case actReveal:
		if key := m.rows()[m.row].Key; m.revealed == key {
			m.revealed = ""
		} else {
			m.revealed = key
		}
	default:
		m.move(a)
	}
}

// open looks into a lane, or at an entry as a whole.
func (m *Model) open() {
	switch {
	case m.focus == onList:
		m.focus = onLane
	case m.tab == tabWire:
		m.opened = m.sel.calls[m.callAt()]
	case m.tab == tabLint:
		m.opened = m.blamed()
	default:
		m.opened = m.sel.lines[m.lineAt()]
	}
}

// show looks at the lane through another tab.
func (m *Model) show(t tab) {
	m.tab, m.row, m.revealed, m.opened, m.lintRow, m.lintOffset = t, 0, "", nil, 0, 0
	m.focus = onLane
}

// move is an arrow key, or one that goes further.
func (m *Model) move(a action) {
	switch m.place() {
	case inHelp:
		m.helpOffset = scrolled(a, m.helpOffset, len(m.helpText(m.helpFrame())), m.helpFrame().Height)
	case inList:
		m.moveLane(a)
	case inEntry:
		m.drawn.tree = moveInTree(m.drawn.tree, a, m.content())
	case inLane:
		m.moveInLane(a)
	}
}

// moveLane selects another lane. Whoever does that wants to stay there.
func (m *Model) moveLane(a action) {
	n := m.count()
	if n == 0 {
		return
	}
	at := m.at()
	to := moved(a, max(at, 0), n, pane.LaneRows(m.listFrame())-1)
	if to == at {
		return
	}
	m.follow = false
	m.choose(m.laneAt(to))
}

func (m *Model) moveInLane(a action) {
	l, f := m.sel, m.content()
	switch m.tab {
	case tabEvents:
		m.cursor = follows(moved(a, m.lineAt(), len(l.lines), pane.LogRows(f)-1), a, l.left, len(l.lines))
	case tabWire:
		switch a {
		case actUp, actDown, actHome, actEnd:
			m.call = follows(moved(a, m.callAt(), len(l.calls), 1), a, l.leftCalls, len(l.calls))
		default:
			m.drawn.tree = moveInTree(m.drawn.tree, a, m.wireFrame())
		}
	case tabLint:
		m.moveInLint(a, f)
	case tabIdentity, tabItems:
		if to := moved(a, m.row, len(m.rows()), 5); to != m.row {
			m.row, m.revealed = to, ""
		}
	default: // the edit history is always seen whole
	}
}

// moveInTree moves the line under the cursor, or a page.
func moveInTree(t pane.Tree, a action, f pane.Frame) pane.Tree {
	page := max(f.Height-1, 1)
	switch a {
	case actUp:
		return t.Move(-1, f)
	case actDown:
		return t.Move(1, f)
	case actPageUp:
		return t.Scroll(-page, f)
	case actPageDown:
		return t.Scroll(page, f)
	case actHome:
		return t.Home(f)
	case actEnd:
		return t.End(f)
	default:
		return t
	}
}

// follows turns an index into a cursor: at the end, gone to by a key that goes
// down, it stays with the newest.
func follows(i int, a action, left, n int) int {
	if i >= n-1 && (a == actDown || a == actPageDown || a == actEnd) {
		return newest
	}
	return max(i, 0) + left
}

// rows are the values of the tab that has a cursor on them.
func (m *Model) rows() []pane.Row {
	switch {
	case m.sel == nil:
		return nil
	case m.tab == tabIdentity:
		return pane.IdentityRows(m.sel.about.Account)
	case m.tab == tabItems:
		return pane.ItemRows(m.sel.about.Account)
	}
	return nil
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
