package tui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// One entry of the log, opened: everything it carries, what became of it and
// what belongs to it.

// entryView is the entry that is open.
type entryView struct {
	index  int // of the journal
	offset int
	drawn  drawnEntry
}

// drawnEntry is the one entry that is laid out, and for what.
type drawnEntry struct {
	index, width, moment int
	dark, marked         bool
	lines                []string
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

// toEntrysMoment looks at the moment in which the open entry was the newest.
func (m *Model) toEntrysMoment() tea.Cmd {
	m.overlay = onScreen
	m.goTo(m.log.entry.index + 1)
	return nil
}

func (m *Model) foldEntry() {}

// layOutEntry draws the open entry, once.
func (m *Model) layOutEntry() {
	v := &m.log.entry
	w, _ := pane.InnerSize(m.frame(m.layout.overlay(), true))
	is := drawnEntry{index: v.index, width: w, moment: m.moment(), dark: m.styles.Dark, marked: m.log.marks[v.index]}
	d := v.drawn
	d.lines = nil
	if v.drawn.lines != nil && d.index == is.index && d.width == is.width && d.moment == is.moment && d.dark == is.dark && d.marked == is.marked {
		return
	}
	e := m.entryText(v.index)
	is.lines = pane.EntryLines(m.styles, e, w)
	for _, p := range e.Parts {
		is.lines = append(is.lines, pane.EntryHead(m.styles, p, w)...)
		if p.Body != "" {
			is.lines = append(is.lines, pane.JSONLines(m.styles, p.Body, w)...)
		}
	}
	v.drawn = is
}

func (m *Model) drawEntry(f pane.Frame) (title, body string) {
	v := &m.log.entry
	title = fmt.Sprintf("Entry %d of %d", v.index+1, m.moment())
	return title, pane.Text(f, v.drawn.lines, v.offset)
}

func (m *Model) scrollEntry(a action) {
	v := &m.log.entry
	v.offset = scrolled(a, v.offset, len(v.drawn.lines), m.layout.overlay().h-2)
}

// copyEntry copies the entry as JSON. The journal keeps no real values, so
// there is but one form of it.
func (m *Model) copyEntry(bool) (what, text string) {
	i := m.entryAt()
	if i < 0 {
		return "", ""
	}
	whole, err := journal.Whole(m.journal.At(i))
	if err != nil {
		return "", ""
	}
	var indented bytes.Buffer
	if json.Indent(&indented, whole, "", "  ") != nil {
		return "", ""
	}
	return fmt.Sprintf("entry %d as JSON, masked", i+1), indented.String()
}

// entryText collects what is known of an entry.
func (m *Model) entryText(i int) pane.EntryText {
	e := m.journal.At(i)
	t := pane.EntryText{
		Name: journal.Name(e.Event), Marked: m.log.marks[i], Lane: laneInWords(e.Lane),
		At: e.At, Happens: journal.Happened(e.Event), Verdict: e.Verdict, Why: e.Why, Before: e.Before, After: e.Phase,
		Parts: entryParts(e.Event),
	}
	for _, effect := range e.Effects {
		t.LedTo = append(t.LedTo, journal.Asks(effect))
	}
	for _, id := range []pane.Fact{
		{Label: "request_id", Value: journal.RequestID(e.Event)},
		{Label: "link_session_id", Value: journal.SessionID(e.Event)},
	} {
		if id.Value != "" {
			t.IDs = append(t.IDs, id)
		}
	}
	for _, r := range m.relations(i) {
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

// entryParts returns the texts that an event carries.
func entryParts(event flow.Event) []pane.EntryPart {
	if x, ok := event.(flow.ExchangeRecorded); ok {
		return exchangeParts(x.Exchange)
	}
	content, err := journal.Content(event)
	if err != nil || len(content) <= len("{}") {
		return nil
	}
	return []pane.EntryPart{{Title: "What it carries", Body: string(content)}}
}

func exchangeParts(x flow.Exchange) []pane.EntryPart {
	request := pane.EntryPart{Title: "Request  " + x.Method + " " + x.URL, Headers: x.RequestHeaders, Body: x.RequestBody}
	answer := pane.EntryPart{Title: "No answer  " + x.Error}
	if x.Status != 0 {
		answer = pane.EntryPart{Title: "Answer  HTTP " + strconv.Itoa(x.Status), Headers: x.ResponseHeaders, Body: x.ResponseBody}
		if x.Duration > 0 {
			answer.Title += "  after " + x.Duration.Round(time.Microsecond).String()
		}
	}
	return []pane.EntryPart{request, answer}
}
