package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"layersim/fixtures"
	"layersim/flow/journal"
	"layersim/flow/sdk"
	"layersim/tui/pane"
)

// The command palette: everything that can be done now, found by typing a part
// of its name.

// paletteEntry is one thing that the palette offers.
type paletteEntry struct {
	group, title string
	also         string // other words by which it is found
	key          string // which key does it as well
	// why says why it cannot be done now, "" when it can.
	why string
	run func(*Model) tea.Cmd

	text []rune // all by which it is found, in small letters
}

// paletteEntries lists what the palette offers, in the order in which it is
// shown before anything is typed. Whoever has more to offer adds a line here.
func paletteEntries(m *Model) []paletteEntry {
	var all []paletteEntry
	for _, list := range []func(*Model) []paletteEntry{
		keyEntries, tabEntries, paneEntries, personaEntries, templateEntries, languageEntries, topicEntries, wrongEntries, sdkEntries, momentEntries,
	} {
		all = append(all, list(m)...)
	}
	return all
}

// palette is the open palette.
type palette struct {
	typed  field
	cursor int
	all    []paletteEntry
	found  []int // indices of all, the best first
	known  int   // how many entries the journal had when all was collected
}

func (m *Model) openPalette() {
	m.palette = palette{typed: newField(80)}
	m.collectPalette() // of what can be done where the palette was asked for
	m.overlay = inPalette
}

func (m *Model) collectPalette() {
	p := &m.palette
	over := m.overlay
	m.overlay = onScreen
	p.all, p.known = paletteEntries(m), m.journal.Len()
	for i := range p.all {
		e := &p.all[i]
		e.text = []rune(strings.ToLower(e.title + " " + e.group + " " + e.also))
	}
	m.overlay = over
	m.filterPalette()
}

// layOutPalette collects again when something has happened meanwhile.
func (m *Model) layOutPalette() {
	if m.palette.known != m.journal.Len() {
		m.collectPalette()
	}
}

func (m *Model) typedInPalette(msg tea.Msg) {
	if m.palette.typed.update(msg) {
		m.palette.cursor = 0
		m.filterPalette()
	}
}

// filterPalette finds what answers to what is typed, the best first; what cannot
// be done now comes after what can.
func (m *Model) filterPalette() {
	p := &m.palette
	typed := p.typed.value()
	words := fuzzyWords(typed)
	scores := make([]int, len(p.all))
	p.found = p.found[:0]
	for i := range p.all {
		e := &p.all[i]
		score, ok := fuzzy(words, e.text)
		if !ok {
			continue
		}
		if e.why != "" {
			score -= 1000
		}
		scores[i] = score
		p.found = append(p.found, i)
	}
	slices.SortStableFunc(p.found, func(a, b int) int {
		if strings.TrimSpace(typed) == "" { // as it was collected
			return sign(p.all[a].why) - sign(p.all[b].why)
		}
		return scores[b] - scores[a]
	})
	p.cursor = max(min(p.cursor, len(p.found)-1), 0)
}

func sign(why string) int {
	if why == "" {
		return 0
	}
	return 1
}

func (m *Model) scrollPalette(a action) {
	f := pane.Inner(m.frame(m.layout.overlay(), true))
	m.palette.cursor = moved(a, m.palette.cursor, len(m.palette.found), pane.PaletteRows(f)-1)
}

// runPalette does what is under the cursor, and leaves the palette open where it
// cannot be done.
func (m *Model) runPalette() tea.Cmd {
	p := &m.palette
	if p.cursor >= len(p.found) {
		return nil
	}
	e := p.all[p.found[p.cursor]]
	if e.why != "" {
		m.notice = "Not now: " + e.why + "."
		return nil
	}
	m.overlay, m.palette = onScreen, palette{}
	return e.run(m)
}

func (m *Model) drawPalette(f pane.Frame) (title, body string) {
	p := &m.palette
	typed := p.typed.view(m.styles, look{width: min(max(f.Width-18, 8), 60), focused: true, placeholder: "type what you want to do"})
	return "Do anything", pane.Palette(f, typed, len(p.found), func(i int) pane.PaletteRow {
		e := p.all[p.found[i]]
		return pane.PaletteRow{Group: e.group, Title: e.title, Key: e.key, Why: e.why}
	}, p.cursor)
}

// clickPalette takes a click on a line of the palette.
func (m *Model) clickPalette(row int, f pane.Frame) tea.Cmd {
	p := &m.palette
	at := pane.PaletteFirst(f, len(p.found), p.cursor) + row - 2
	if row < 2 || at >= len(p.found) {
		return nil
	}
	if at == p.cursor {
		return m.runPalette()
	}
	p.cursor = at
	return nil
}

// keyEntries offers what keys do, but for those that only move.
func keyEntries(m *Model) []paletteEntry {
	var list []paletteEntry
	for i := range keyTable {
		b := &keyTable[i]
		if b.place&onScreen == 0 || b.help == "" || slices.Contains(movements, b.action) {
			continue
		}
		e := paletteEntry{group: b.group, title: b.help, also: b.short, key: m.keyOf(b), run: func(m *Model) tea.Cmd { return m.do(b.action) }}
		if does, _ := m.primary(); b.action == actPrimary && does != "" {
			e.title, e.also = does, b.help
		}
		if !m.applies(b) {
			e.why = m.whyNot(b)
		}
		list = append(list, e)
	}
	return list
}

// movements are the actions that are quicker done than found, and those that
// have entries of their own.
var movements = []action{
	actUp, actDown, actPageUp, actPageDown, actHome, actEnd, actTab, actTabNext, actTabPrevious, actPalette, actInterrupt,
}

// keyOf names the key of a binding that can be pressed now.
func (m *Model) keyOf(b *binding) string {
	keys := b.pressed(m.typing())
	if len(keys) == 0 {
		return ""
	}
	return pane.KeyName(keys[0])
}

// whyNot says why a key does nothing now.
func (m *Model) whyNot(b *binding) string {
	if m.travel.on && (b.group == groupWalk || b.group == groupLink) {
		return "this is the past; go back to now first"
	}
	switch b.action {
	case actPrimary:
		return "there is nothing to do but wait"
	case actRetry:
		return "nothing has failed or is overdue"
	case actBrowser, actTerminal, actQR, actCloseLink, actExit:
		return "Link is not open that way"
	case actOwnForm:
		return "only where a date of birth is asked for"
	case actStartOver:
		return "the walk has only just begun"
	case actReveal:
		return "no private value is under the cursor"
	case actToggle:
		return "nothing to choose or fold has the focus"
	case actCopy, actCopyReal:
		return "nothing to copy is looked at"
	case actCopied:
		return "nothing was copied yet"
	case actSearch:
		return "nothing to search is looked at"
	case actLanguage:
		return "in the Code tab"
	case actStepBack:
		return "this is the first moment"
	case actStepForward:
		return "this is now"
	case actTopicNext, actTopicPrevious, actOpenPage:
		return "in the Guide tab"
	case actNextHit, actPreviousHit:
		return "where something was searched for"
	case actFoldAll, actOpenAll:
		return "where something can be folded"
	case actLeave:
		return "in the Wire tab"
	case actMark, actOrigin, actSequel:
		return "in the Log"
	case actNextMark:
		return "nothing is marked"
	default:
		return "not in this step"
	}
}

// tabEntries leads to each tab of the inspector.
func tabEntries(m *Model) []paletteEntry {
	var list []paletteEntry
	for t := range tabCount {
		list = append(list, paletteEntry{
			group: "Go to", title: aspectOf(t).title + " tab", key: tabKeys()[t],
			run: func(m *Model) tea.Cmd { m.goToTab(t); m.focusOn(paneInspector); return nil },
		})
	}
	return list
}

// paneEntries leads to each pane there is.
func paneEntries(m *Model) []paletteEntry {
	var list []paletteEntry
	for _, p := range panesOf(m.hasResults()) {
		list = append(list, paletteEntry{group: "Go to", title: p.title() + " pane", run: func(m *Model) tea.Cmd { m.focusOn(p); return nil }})
	}
	return list
}

func personaEntries(m *Model) []paletteEntry {
	var list []paletteEntry
	for _, p := range m.opts.Catalog.Personas {
		list = append(list, paletteEntry{
			group: "Persona", title: pane.Clean(p.Name) + ": " + pane.Clean(p.Shows), why: m.inThePast(),
			run: func(m *Model) tea.Cmd { return m.takePersona(p) },
		})
	}
	return list
}

func templateEntries(m *Model) []paletteEntry {
	var list []paletteEntry
	for _, t := range m.opts.Catalog.Templates {
		list = append(list, paletteEntry{
			group: "Template", title: pane.Clean(t.Name) + ": " + pane.Clean(t.Shows), why: m.inThePast(),
			run: func(m *Model) tea.Cmd { return m.takeTemplate(t) },
		})
	}
	return list
}

// inThePast says why something of the walk cannot be done while an earlier
// moment is looked at.
func (m *Model) inThePast() string {
	if m.travel.on {
		return "this is the past; go back to now first"
	}
	return ""
}

// languageEntries offers each language of the Code tab.
func languageEntries(m *Model) []paletteEntry {
	var list []paletteEntry
	for _, side := range []fixtures.Side{fixtures.Server, fixtures.Client} {
		for _, s := range m.codeSources(side) {
			list = append(list, paletteEntry{group: "Code", title: "your " + string(side) + " in " + s.Name, run: func(m *Model) tea.Cmd {
				m.goToTab(tabCode)
				if side == fixtures.Server {
					m.inspector.code.server = s.ID
				} else {
					m.inspector.code.client = s.ID
				}
				return nil
			}})
		}
	}
	return list
}

// topicEntries leads to each topic of the guide.
func topicEntries(m *Model) []paletteEntry {
	var list []paletteEntry
	for _, n := range fixtures.TopicNames() {
		e := paletteEntry{group: "Guide", title: n.Short, run: func(m *Model) tea.Cmd { m.readTopic(n.ID); return nil }}
		if t, ok := m.opts.Catalog.Topic(n.ID); ok {
			e.title, e.also = n.Short+": "+pane.Clean(t.Title), "guide"
			for _, p := range t.Parts {
				e.also += " " + pane.Clean(p.Title)
			}
		}
		list = append(list, e)
	}
	return list
}

func (m *Model) readTopic(id string) {
	g := &m.inspector.guide
	g.topic, g.phase, g.attempt, g.offset = id, m.state.Phase, m.state.Attempt, 0
	m.goToTab(tabGuide)
	m.focusOn(paneInspector)
}

// wrongEntries offers each mistake that can be made on purpose.
func wrongEntries(m *Model) []paletteEntry {
	var list []paletteEntry
	for _, r := range m.wrongRows(nil) {
		why := orElse(m.inThePast(), r.Obstacle)
		list = append(list, paletteEntry{group: "Do it wrong", title: "do it wrong: " + r.Title, also: string(r.ID), why: why, run: func(m *Model) tea.Cmd {
			return m.commit(r.ID)
		}})
	}
	return list
}

// sdkEntries leads to the choice of each SDK.
func sdkEntries(m *Model) []paletteEntry {
	var list []paletteEntry
	for i, p := range sdk.Platforms() {
		list = append(list, paletteEntry{group: "SDK", title: "walk with " + p.Name, also: p.ID + " platform", why: m.inThePast(), run: func(m *Model) tea.Cmd {
			m.openSDKs()
			if m.sdk.platform != i {
				m.sdk.platform, m.sdk.version = i, 0
			}
			return nil
		}})
	}
	return list
}

// momentEntries leads to each moment of the walk by the name of what happened.
func momentEntries(m *Model) []paletteEntry {
	list := make([]paletteEntry, 0, m.journal.Len())
	for i := range m.journal.Len() {
		e := m.journal.At(i)
		if routine(e) {
			continue
		}
		list = append(list, paletteEntry{
			group: "Moment", title: fmt.Sprintf("%s %s (%d)", e.At.Format("15:04:05"), journal.Name(e.Event), i+1),
			run: func(m *Model) tea.Cmd { m.goTo(i + 1); return nil },
		})
	}
	return list
}
