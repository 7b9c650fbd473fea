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
	copy func(m *Model, unmasked bool) (what, text string)
	// click takes a click on a line of the frame that draw got.
	click  func(m *Model, row int, f pane.Frame)
	search func(*Model, string) // what was typed after "/", letter by letter
	query  func(*Model) string  // what is searched for now
	// missing says where else to look for what was searched for in vain, "" if
	// it was found.
	missing func(*Model) string
	// hit goes to the next place that has what is searched for, or back.
	hit func(m *Model, by int)
	// foldAll folds everything that is shown, or opens it.
	foldAll func(m *Model, open bool)
	// toggling is toggles where that changes.
	toggling func(*Model) string
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
		return aspect{
			title: "Wire", layOut: (*Model).layOutWire, draw: (*Model).drawWire, scroll: (*Model).scrollWire,
			toggle: (*Model).toggleWire, toggling: (*Model).wireToggles, foldAll: (*Model).foldWire, copy: (*Model).copyWire,
			search: (*Model).searchWire, query: (*Model).wireQuery, hit: (*Model).hitWire, click: (*Model).clickWire,
		}
	case tabCode:
		return aspect{title: "Code", click: (*Model).clickCode, layOut: (*Model).layOutCode, draw: (*Model).drawCode, scroll: (*Model).scrollCode, copy: (*Model).copyCode}
	case tabSequence:
		return aspect{title: "Sequence", draw: (*Model).drawSequence, scroll: (*Model).scrollSequence, toggle: (*Model).toLog, toggles: "in the log", copy: (*Model).copySequence}
	case tabState:
		return aspect{title: "State", layOut: (*Model).layOutState, draw: (*Model).drawState, scroll: (*Model).scrollState}
	case tabWhatIf:
		return aspect{title: "What-if", layOut: (*Model).layOutWhatIf, draw: (*Model).drawWhatIf, scroll: (*Model).scrollWhatIf, choose: (*Model).toggleWhatIf, toggles: "change or take"}
	case tabLint:
		return aspect{title: "Lint", layOut: (*Model).layOutLint, draw: (*Model).drawLint, scroll: (*Model).scrollLint, toggle: (*Model).jumpToFinding, toggles: "in the log", copy: (*Model).copyLint}
	default:
		return aspect{title: "Guide", layOut: (*Model).layOutGuide, draw: (*Model).drawGuide, scroll: (*Model).scrollGuide, copy: (*Model).copyGuide,
			search: (*Model).searchGuide, query: (*Model).soughtInGuide, missing: (*Model).notInGuide}
	}
}

// logAspect is the log below.
func logAspect() aspect {
	return aspect{
		title: "Log", click: (*Model).clickLog, draw: (*Model).drawLog, scroll: (*Model).scrollLog, toggle: (*Model).openEntry, toggles: "open",
		copy: (*Model).copyEntry, search: (*Model).filterLog, query: (*Model).logQuery,
	}
}

// looking returns the aspect that keys are about: the log if it has the focus,
// else the inspector's tab if it can be seen.
func (m *Model) looking() (aspect, bool) {
	switch {
	case m.overlay == inEntry:
		return entryAspect(), true
	case m.focus == paneLog:
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
	if m.overlay == onScreen && onAccount(m) {
		return true
	}
	if spacePlays(m) {
		return m.journal.Len() > 0
	}
	a, ok := m.looking()
	return ok && (a.toggle != nil || a.choose != nil) && (m.overlay == inEntry || m.focus == paneLog || m.focus == paneInspector)
}

func (m *Model) toggle() tea.Cmd {
	if spacePlays(m) {
		return m.playOrPause()
	}
	if m.overlay == onScreen && onAccount(m) {
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
	if canTell(m) {
		return true
	}
	a, ok := m.looking()
	return ok && a.copy != nil
}

func canSearch(m *Model) bool {
	a, ok := m.looking()
	return ok && a.search != nil
}

// toggles says what toggling does now.
func (m *Model) toggles() string {
	a, ok := m.looking()
	switch {
	case !ok || onAccount(m):
		return ""
	case a.toggling != nil:
		return a.toggling(m)
	}
	return a.toggles
}

func canFoldAll(m *Model) bool {
	a, ok := m.looking()
	return ok && a.foldAll != nil
}

func (m *Model) foldAll(open bool) {
	if a, ok := m.looking(); ok && a.foldAll != nil {
		a.foldAll(m, open)
	}
}

// canHit reports whether something is searched for that can be gone through.
func canHit(m *Model) bool {
	a, ok := m.looking()
	return ok && a.hit != nil && a.query(m) != ""
}

func (m *Model) hit(by int) {
	if a, ok := m.looking(); ok && a.hit != nil {
		a.hit(m, by)
	}
}

// tabTitles draws the titles of the inspector's tabs.
func (m *Model) tabTitles(w int) string {
	s := m.styles
	words, gap := m.tabWords(w)
	for t := range words {
		if tabID(t) == m.inspector.tab {
			words[t] = s.Accent.Render(words[t])
		} else {
			words[t] = s.Dim.Render(words[t])
		}
	}
	return strings.Join(words, strings.Repeat(" ", gap))
}

// tabWords returns the titles of the inspector's tabs as w cells allow, and how
// many cells there are between them: all of them if they fit, with a sign or
// without, else the one that is shown and signs by which one can count the others.
func (m *Model) tabWords(w int) (words []string, gap int) {
	words = make([]string, tabCount)
	for _, form := range []struct {
		other string
		gap   int
	}{{"○ ", 2}, {"○ ", 1}, {"", 2}, {"", 1}} {
		all := 0
		for t := range tabCount {
			words[t] = form.other + aspectOf(t).title
			if t == m.inspector.tab {
				words[t] = "● " + aspectOf(t).title
			}
			all += ansi.StringWidth(words[t]) + form.gap
		}
		if all-form.gap <= w {
			return words, form.gap
		}
	}
	for t := range words {
		if tabID(t) != m.inspector.tab {
			words[t] = "○"
		}
	}
	return words, 1
}
