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

// paletteEntries lists what the palette offers beside the moments, in the order in which it is
// shown before anything is typed. Whoever has more to offer adds a line here.
func paletteEntries(m *Model) []paletteEntry {
	var all []paletteEntry
	for _, list := range []func(*Model) []paletteEntry{
		keyEntries, tabEntries, paneEntries, personaEntries, templateEntries, languageEntries, topicEntries, wrongEntries, sdkEntries,
	} {
		all = append(all, list(m)...)
	}
	return all
}

// palette is the open palette. What can be done is collected again whenever
// something happens; the moments, of which there are many, only grow.
type palette struct {
	typed   field
	cursor  int
	all     []paletteEntry // but for the moments
	moments []paletteEntry
	found   []hitInPalette // the best first
	// foundMoments are the moments among found, in their order.
	foundMoments []hitInPalette
	known        int // how many entries of the journal were looked at
}

// hitInPalette is an entry that answers to what is typed.
type hitInPalette struct {
	moment bool
	index  int // of moments, or of all
	score  int
}

// at returns the entry of line i.
func (p *palette) at(i int) *paletteEntry {
	h := p.found[i]
	if h.moment {
		return &p.moments[h.index]
	}
	return &p.all[h.index]
}

func (m *Model) openPalette() {
	m.palette = palette{typed: newField(80)}
	m.collectPalette() // of what can be done where the palette was asked for
	m.overlay = inPalette
}

// collectPalette collects what can be done now, and the moments that are new.
// The cursor stays on what it was on.
func (m *Model) collectPalette() {
	p := &m.palette
	var on *paletteEntry
	if p.cursor < len(p.found) {
		e := *p.at(p.cursor)
		on = &e
	}
	over := m.overlay
	m.overlay = onScreen
	p.all = prepared(paletteEntries(m))
	m.overlay = over
	from := len(p.moments)
	p.moments = append(p.moments, prepared(momentEntries(m, p.known))...)
	p.known = m.journal.Len()
	m.findMoments(from)
	m.filterPalette()
	if on == nil {
		return
	}
	for i := range p.found {
		if e := p.at(i); e.title == on.title && e.group == on.group {
			p.cursor = i
			return
		}
	}
}

func prepared(list []paletteEntry) []paletteEntry {
	for i := range list {
		e := &list[i]
		e.text = []rune(strings.ToLower(e.title + " " + e.group + " " + e.also))
	}
	return list
}

// layOutPalette collects again when something has happened meanwhile.
func (m *Model) layOutPalette() {
	if m.palette.known != m.journal.Len() {
		m.collectPalette()
	}
}

func (m *Model) typedInPalette(msg tea.Msg) {
	if m.palette.typed.update(msg) {
		m.palette.cursor, m.palette.foundMoments = 0, nil
		m.findMoments(0)
		m.filterPalette()
	}
}

// findMoments finds the moments from one on that answer to what is typed.
func (m *Model) findMoments(from int) {
	p := &m.palette
	words := fuzzyWords(p.typed.value())
	n := len(p.foundMoments)
	for i := from; i < len(p.moments); i++ {
		if score, ok := fuzzy(words, p.moments[i].text); ok {
			if len(words) == 0 {
				score = 0 // as they happened
			}
			p.foundMoments = append(p.foundMoments, hitInPalette{true, i, score})
		}
	}
	if fresh := p.foundMoments[n:]; len(fresh) > 0 && len(words) > 0 {
		slices.SortStableFunc(fresh, bestFirst)
		if n > 0 && bestFirst(p.foundMoments[n-1], fresh[0]) > 0 {
			p.foundMoments = merged(p.foundMoments[:n], fresh)
		}
	}
}

func bestFirst(a, b hitInPalette) int { return b.score - a.score }

// merged merges two lists that are in order; of what is equal, a's comes first.
func merged(a, b []hitInPalette) []hitInPalette {
	out := make([]hitInPalette, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if bestFirst(a[0], b[0]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// filterPalette finds what answers to what is typed, the best first; what cannot
// be done now comes after what can.
func (m *Model) filterPalette() {
	p := &m.palette
	const notNow = -1000
	words := fuzzyWords(p.typed.value())
	var here []hitInPalette
	for i := range p.all {
		e := &p.all[i]
		score, ok := fuzzy(words, e.text)
		if !ok {
			continue
		}
		if len(words) == 0 {
			score = 0 // as it was collected
		}
		if e.why != "" {
			score += notNow
		}
		here = append(here, hitInPalette{false, i, score})
	}
	slices.SortStableFunc(here, bestFirst)
	p.found = merged(here, p.foundMoments)
	p.cursor = max(min(p.cursor, len(p.found)-1), 0)
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
	e := *p.at(p.cursor)
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
		e := p.at(i)
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
	if m.replay.on && (b.group == groupWalk || b.group == groupLink) {
		return notInReplay
	}
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
	if m.replay.on {
		return notInReplay
	}
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

// momentEntries leads to each moment of the walk, from one on, by the name of
// what happened.
func momentEntries(m *Model, from int) []paletteEntry {
	var list []paletteEntry
	for i := from; i < m.journal.Len(); i++ {
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
