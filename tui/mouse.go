package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/tui/pane"
)

// The mouse does what keys do: a click gives the focus, chooses a tab, or puts
// the cursor on a line. While it is ours the terminal selects no text with it,
// so it can be given back.

func (m *Model) toggleMouse() {
	m.mouse = !m.mouse
	m.notice = "✓ The mouse is layersim's: click a pane, a tab or a line; the wheel scrolls."
	if !m.mouse {
		m.notice = "✓ The mouse is your terminal's: select text with it. " + orElse(m.keyFor(actMouse), "M") + " takes it back."
	}
}

// digitsAreKeys reports whether a digit is no part of a code.
func digitsAreKeys(m *Model) bool { return !typesAhead(m) }

// goToTab shows a tab of the inspector, which comes into view if it was not.
func (m *Model) goToTab(t tabID) {
	if t < 0 || t >= tabCount {
		return
	}
	m.inspector.tab = t
	if !m.shown(paneInspector) {
		m.focusOn(paneInspector)
	}
}

// click gives the focus to the pane that was clicked, and does in it what a
// click there means.
func (m *Model) click(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Button != tea.MouseLeft || m.prompt.on {
		return nil
	}
	if m.clickScrubber(msg) {
		return nil
	}
	if m.overlay != onScreen {
		return m.clickOverlay(msg.X, msg.Y)
	}
	if r := m.layout.tabs; !r.empty() && msg.Y == r.y {
		if p, ok := m.paneTabAt(msg.X - r.x); ok {
			m.focusOn(p)
		}
		return nil
	}
	p, ok := m.layout.at(msg.X, msg.Y)
	if !ok {
		return nil
	}
	if m.focus != p {
		m.focusOn(p)
	}
	r := m.layout.panes[p]
	f := m.inner(p)
	switch {
	case p == paneInspector && msg.Y == r.y:
		if t, ok := m.tabAt(msg.X-r.x-titleColumn, f.Width-2); ok {
			m.goToTab(t)
		}
	case msg.Y > r.y && msg.Y < r.y+r.h-1:
		m.clickLine(p, msg.Y-r.y-1, f)
	}
	return nil
}

// titleColumn is the cell of a box in which its title begins.
const titleColumn = 3

// clickLine takes a click on a line inside a pane.
func (m *Model) clickLine(p paneID, row int, f pane.Frame) {
	a, ok := m.looking()
	if ok && a.click != nil && (p == paneInspector || p == paneLog) {
		a.click(m, row, f)
	}
}

// clickLog puts the log's cursor on a line, and opens the one it is on.
func (m *Model) clickLog(row int, f pane.Frame) {
	first := m.logFirst(f)
	k := first + row - logHead(f)
	if row < logHead(f) || row >= logHead(f)+logRows(f) || k >= m.logCount() {
		return
	}
	if m.log.cursor != following && k == m.logCursor() {
		m.openEntry()
		return
	}
	m.log.cursor = m.logIndex(k)
}

// logHead is how many lines stand above the first entry.
func logHead(f pane.Frame) int {
	if pane.Laned(f) {
		return 1
	}
	return 0
}

// clickCode chooses a snippet of the list.
func (m *Model) clickCode(row int, f pane.Frame) {
	if c := &m.inspector.code; row < min(len(c.entries), f.Height) {
		c.selected, c.offset = row, 0
	}
}

func (m *Model) clickOverlay(x, y int) tea.Cmd {
	o, r := overlayAt(m.overlay), m.layout.overlay()
	if o.click == nil || x < r.x || x >= r.x+r.w || y <= r.y || y >= r.y+r.h-1 {
		return nil
	}
	return o.click(m, y-r.y-1, pane.Inner(m.frame(r, true)))
}

// tabAt returns the tab whose title is at a cell of the titles, drawn for w
// cells.
func (m *Model) tabAt(x, w int) (tabID, bool) {
	words, gap := m.tabWords(w)
	i, ok := wordAt(words, gap, x)
	return tabID(i), ok
}

// paneTabAt returns the pane whose title is at a cell of the line of panes.
func (m *Model) paneTabAt(x int) (paneID, bool) {
	panes := panesOf(m.hasResults())
	words := make([]string, len(panes))
	for i, p := range panes {
		words[i] = "● " + p.title()
	}
	i, ok := wordAt(words, 2, x)
	if !ok {
		return 0, false
	}
	return panes[i], true
}

// wordAt returns which of words with gap cells between them is at cell x.
func wordAt(words []string, gap, x int) (int, bool) {
	at := 0
	for i, word := range words {
		n := ansi.StringWidth(word)
		if x >= at && x < at+n {
			return i, true
		}
		at += n + gap
	}
	return 0, false
}
