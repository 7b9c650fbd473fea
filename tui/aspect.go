package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/tui/pane"
)

// aspect is one way to look at the walk: a tab of the inspector, or the log.
// Only title and draw are needed; a function that is nil says that this aspect
// cannot do that.
type aspect struct {
	title string
	// layOut does the costly part of drawing and keeps it. It is called after
	// every message while the aspect can be seen.
	layOut func(*Model, pane.Frame)
	draw   func(*Model, pane.Frame) string
	scroll func(*Model, action, pane.Frame)
	toggle func(*Model) // open or fold what is under the cursor
	// toggles says what toggle does here, in the last line; "" for "choose".
	toggles string
	choose  func(*Model) tea.Cmd // in place of toggle, where the walk may change
	// copy returns what to call the text, and the text. unmasked asks for the
	// values themselves in place of the masked ones.
	copy   func(m *Model, unmasked bool) (what, text string)
	search func(*Model, string) // what was typed after "/", letter by letter
	query  func(*Model) string  // what is searched for now
}

// tabID names a tab of the inspector.
type tabID int

const (
	tabWire tabID = iota
	tabCode
	tabGuide
	tabSequence
	tabState
	tabLint
	tabWhatIf
	tabCount
)

// aspectOf returns a tab of the inspector.
func aspectOf(t tabID) aspect {
	switch t {
	case tabWire:
		return aspect{title: "Wire", layOut: (*Model).layOutWire, draw: (*Model).drawWire, scroll: (*Model).scrollWire}
	case tabCode:
		return aspect{title: "Code", layOut: (*Model).layOutCode, draw: (*Model).drawCode, scroll: (*Model).scrollCode, copy: (*Model).copyCode}
	case tabSequence:
		return aspect{title: "Sequence", draw: (*Model).drawSequence, scroll: (*Model).scrollSequence, toggle: (*Model).toLog, toggles: "in the log", copy: (*Model).copySequence}
	case tabState:
		return aspect{title: "State", layOut: (*Model).layOutState, draw: (*Model).drawState, scroll: (*Model).scrollState}
	case tabWhatIf:
		return aspect{title: "What-if", layOut: (*Model).layOutWhatIf, draw: (*Model).drawWhatIf, scroll: (*Model).scrollWhatIf, choose: (*Model).toggleWhatIf}
	case tabLint:
		return aspect{title: "Lint", layOut: (*Model).layOutLint, draw: (*Model).drawLint, scroll: (*Model).scrollLint, toggle: (*Model).jumpToFinding, toggles: "in the log", copy: (*Model).copyLint}
	default:
		return aspect{title: "Guide", layOut: (*Model).layOutGuide, draw: (*Model).drawGuide, scroll: (*Model).scrollGuide, copy: (*Model).copyGuide}
	}
}

// logAspect is the log below.
func logAspect() aspect {
	return aspect{
		title: "Log", draw: (*Model).drawLog, scroll: (*Model).scrollLog, toggle: (*Model).openEntry, toggles: "open",
		copy: (*Model).copyEntry, search: (*Model).filterLog, query: (*Model).logQuery,
	}
}

// looking returns the aspect that keys are about: the log if it has the focus,
// else the inspector's tab if it can be seen.
func (m *Model) looking() (aspect, bool) {
	switch {
	case m.focus == paneLog, m.overlay == inEntry:
		return logAspect(), true
	case m.shown(paneInspector):
		return aspectOf(m.inspector.tab), true
	}
	return aspect{}, false
}

// layOutAspects lets what can be seen do its costly drawing.
func (m *Model) layOutAspects() {
	if a := aspectOf(m.inspector.tab); a.layOut != nil && m.shown(paneInspector) {
		a.layOut(m, m.inner(paneInspector))
	}
	if a := logAspect(); a.layOut != nil && m.shown(paneLog) {
		a.layOut(m, m.inner(paneLog))
	}
}

func canToggle(m *Model) bool {
	if onAccount(m) {
		return true
	}
	a, ok := m.looking()
	return ok && (a.toggle != nil || a.choose != nil) && (m.focus == paneLog || m.focus == paneInspector)
}

func (m *Model) toggle() tea.Cmd {
	if m.overlay == inEntry {
		m.foldEntry()
		return nil
	}
	if onAccount(m) {
		m.link.toggle()
		return nil
	}
	a, _ := m.looking()
	switch {
	case a.choose != nil:
		return a.choose(m)
	case a.toggle != nil:
		a.toggle(m)
	}
	return nil
}

func canCopy(m *Model) bool {
	a, ok := m.looking()
	return ok && a.copy != nil
}

func canSearch(m *Model) bool {
	a, ok := m.looking()
	return ok && a.search != nil
}

// tabTitles draws the titles of the inspector's tabs: all of them if they fit,
// else the one that is shown and how many there are.
func (m *Model) tabTitles(w int) string {
	s := m.styles
	titles := make([]string, tabCount)
	for t := range tabCount {
		titles[t] = s.Dim.Render("○ " + aspectOf(t).title)
		if t == m.inspector.tab {
			titles[t] = s.Accent.Render("● " + aspectOf(t).title)
		}
	}
	for _, gap := range []string{"  ", " "} {
		if all := strings.Join(titles, gap); ansi.StringWidth(all) <= w {
			return all
		}
	}
	// No room for all: the signs of the others stay, so that one can count.
	for t := range titles {
		if tabID(t) != m.inspector.tab {
			titles[t] = s.Dim.Render("○")
		}
	}
	return strings.Join(titles, " ")
}
