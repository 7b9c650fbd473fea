package tui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// One entry of the log, opened: everything it carries, what became of it and
// what belongs to it.

// entryView is the entry that is open.
type entryView struct {
	index int // of the journal
	tree  pane.Tree
	// What follows says for what the tree was made: nothing else of an entry
	// ever changes.
	made, marked bool
	related      []journal.Relation
	tracer       *journal.Tracer // finds them; it has read up to moment
	moment       int
}

// openEntry opens the entry under the cursor.
func (m *Model) openEntry() {
	if i := m.logAt(); i >= 0 {
		m.log.entry = entryView{index: i}
		m.overlay = inEntry
	}
}

// turnEntry opens the line before or after.
func (m *Model) turnEntry(by int) {
	n := m.logCount()
	if n == 0 {
		return
	}
	k := max(min(m.logLineOf(m.log.entry.index)+by, n-1), 0)
	i := m.logIndex(k)
	m.log.cursor = i
	m.log.entry = entryView{index: i}
}

// leaveEntry goes to the related entry under the cursor; from anywhere else to
// the moment in which the open entry was the newest.
func (m *Model) leaveEntry() tea.Cmd {
	if i, ok := m.relatedUnderCursor(); ok {
		m.goToEntry(i)
		return nil
	}
	m.overlay = onScreen
	m.goTo(m.log.entry.index + 1)
	return nil
}

func (m *Model) relatedUnderCursor() (index int, ok bool) {
	at := pane.RelatedAt(m.log.entry.tree)
	if at < 0 || at >= len(m.log.entry.related) {
		return 0, false
	}
	return m.log.entry.related[at].Index, true
}

// entryAspect is what keys do with the open entry.
func entryAspect() aspect {
	return aspect{
		title: "Entry", toggle: (*Model).foldEntry, toggles: "fold", copy: (*Model).copyEntry,
		search: (*Model).searchEntry, query: func(m *Model) string { return m.log.entry.tree.Query() },
	}
}

func (m *Model) foldEntry() { m.log.entry.tree = m.log.entry.tree.Toggle() }

func (m *Model) searchEntry(text string) { m.log.entry.tree = m.log.entry.tree.Search(text) }

func (m *Model) entryFrame() pane.Frame { return pane.Inner(m.frame(m.layout.overlay(), true)) }

// layOutEntry reads what is seen of the open entry.
func (m *Model) layOutEntry() {
	v := &m.log.entry
	if now := m.moment(); !v.made || v.moment != now {
		// What happened meanwhile may belong to it.
		related := m.relations(v.index)
		v.made = v.made && slices.Equal(related, v.related)
		v.moment, v.related = now, related
	}
	if marked := m.log.marks[v.index]; !v.made || v.marked != marked {
		v.tree = pane.EntryTree(m.entryText(v.index, v.related))
		v.made, v.marked = true, marked
	}
	v.tree = v.tree.LayOut(m.entryFrame())
}

func (m *Model) drawEntry(f pane.Frame) (title, body string) {
	v := &m.log.entry
	title = fmt.Sprintf("Entry %d of %d", v.index+1, m.moment())
	if path := v.tree.Path(); path != "" {
		title += " · " + path
	}
	return title, pane.DrawTree(f, v.tree)
}

func (m *Model) scrollEntry(a action) {
	t, f := &m.log.entry.tree, m.entryFrame()
	switch a {
	case actUp:
		*t = t.Move(-1, f)
	case actDown:
		*t = t.Move(+1, f)
	case actPageUp:
		*t = t.Move(-max(f.Height-1, 1), f)
	case actPageDown:
		*t = t.Move(+max(f.Height-1, 1), f)
	case actHome:
		*t = t.Home(f)
	case actEnd:
		*t = t.End(f)
	default:
	}
}

// copyEntry copies the entry as JSON. The journal keeps no real values, so
// there is but one form of it.
func (m *Model) copyEntry(bool) (what, text string) {
	i := m.entryAt()
	if i < 0 {
		return "", ""
	}
	whole, err := journal.Whole(m.journal.At(i))
	var indented bytes.Buffer
	if err == nil {
		err = json.Indent(&indented, whole, "", "  ")
	}
	if err != nil {
		m.notice = "✗ This entry cannot be copied: " + err.Error()
		return "", ""
	}
	return fmt.Sprintf("entry %d as JSON, masked", i+1), indented.String()
}

// entryText collects what is known of an entry.
func (m *Model) entryText(i int, related []journal.Relation) pane.EntryText {
	e := m.journal.At(i)
	t := pane.EntryText{
		Name: journal.Name(e.Event), Marked: m.log.marks[i], Lane: laneInWords(e.Lane),
		At: e.At, Happens: journal.Happened(e.Event), Verdict: e.Verdict, Why: e.Why, Before: e.Before, After: e.Phase,
		Carries: m.carries(e.Event),
	}
	for _, effect := range e.Effects {
		t.LedTo = append(t.LedTo, journal.Asks(effect, m.state.Config.Client))
	}
	for _, id := range []pane.TreePair{
		{Name: "request_id", Value: journal.RequestID(e.Event)},
		{Name: "link_session_id", Value: journal.SessionID(e.Event)},
	} {
		if id.Value != "" {
			t.IDs = append(t.IDs, id)
		}
	}
	for _, r := range related {
		other := m.journal.At(r.Index)
		t.Related = append(t.Related, pane.EntryRelation{
			At: other.At, Lane: string(other.Lane), Name: journal.Name(other.Event), Why: r.Why, Later: r.Index > i,
		})
	}
	return t
}

// laneInWords says who acts.
func laneInWords(l journal.Lane) string {
	switch l {
	case journal.LaneYou:
		return "you, the operator"
	case journal.LaneApp:
		return "your app, by itself"
	case journal.LaneLink:
		return "Link SDK: what its methods returned and what it called back"
	case journal.LaneServer:
		return "your server ↔ Plaid"
	case journal.LaneWebhook:
		return "webhook: Plaid → your server"
	case journal.LanePage:
		return "the local page and its browser"
	case journal.LaneClock:
		return "a timer of your app"
	}
	return string(l)
}

// carries returns what an event carries: the metadata of a callback as it came,
// a request and its answer, or what else there is.
func (m *Model) carries(event flow.Event) []pane.TreePart {
	switch e := event.(type) {
	case flow.ExchangeRecorded:
		parts := pane.WireParts(e.Exchange, m.explained(e.Exchange))
		for i := range parts {
			parts[i].Folded = false // an open entry shows all there is
		}
		return parts
	case flow.OnEvent:
		if e.Metadata.Raw != "" {
			return callbackParts(e.Metadata, pane.TreePair{Name: "eventName", Value: e.Name})
		}
	case flow.OnSuccess:
		if e.Metadata.Raw != "" {
			return callbackParts(e.Metadata, pane.TreePair{Name: "public_token", Value: e.PublicToken.String()})
		}
	case flow.OnExit:
		if e.Metadata.Raw != "" && e.Failure.IsZero() {
			return callbackParts(e.Metadata, pane.TreePair{Name: "error", Value: "null"})
		}
	}
	content, err := journal.Content(event)
	if err != nil {
		return []pane.TreePart{{Title: "What it carries", Said: "cannot be shown: " + err.Error(), Kind: pane.Bad}}
	}
	if len(content) <= len("{}") {
		return nil
	}
	return []pane.TreePart{{Title: "What it carries", JSON: string(content)}}
}

// callbackParts are a callback's arguments: the first, and the metadata.
func callbackParts(m flow.Metadata, first pane.TreePair) []pane.TreePart {
	carried := pane.TreePart{Title: "What it carries", Pairs: []pane.TreePair{first}}
	if m.Verdict != "" {
		carried.Pairs = append(carried.Pairs, pane.TreePair{Name: "verdict, which only a simulated Plaid tells", Value: m.Verdict})
	}
	return []pane.TreePart{carried, {Title: "metadata", JSON: m.Raw}}
}
