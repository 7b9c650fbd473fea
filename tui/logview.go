package tui

import (
	"fmt"
	"slices"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// following as the log's cursor means that it stays on the newest line that
// says something.
const following = -1

// logView is what of the event log is looked at.
type logView struct {
	cursor int // an index of the journal, or following
	newest int // the newest line that says something
	// sessions holds each link_session_id of this walk and the line that
	// brought it: said once, it would only hide what matters.
	sessions map[string]int
	filter   logFilter
	marks    map[int]bool // by index of the journal
	entry    entryView
}

func newLogView() logView {
	return logView{cursor: following, sessions: map[string]int{}, marks: map[int]bool{}}
}

// recorded takes note of a new line.
func (l *logView) recorded(e journal.Entry, session string) {
	if session != "" {
		if _, known := l.sessions[session]; !known {
			l.sessions[session] = e.Seq
		}
	}
	if !routine(e) {
		l.newest = e.Seq - 1
	}
	l.filterNewest(e)
}

// routine reports whether an entry only says that something went as it always
// does: a call returned, a timer found nothing left to watch, the terminal has
// a pane to draw.
func routine(e journal.Entry) bool {
	switch e.Event.(type) {
	case flow.HandlerSubmitted, flow.HandlerOpened, flow.LinkDriven, flow.HandlerExited, flow.PaneShown, flow.ExchangeRecorded:
		return e.Verdict == flow.Noted
	case flow.TimerFired:
		return e.Verdict == flow.Refused
	}
	return false
}

// cameAgain reports whether a page that was loaded anew called this back once
// more.
func cameAgain(event flow.Event) bool {
	switch e := event.(type) {
	case flow.OnLoad:
		return e.Again
	case flow.OnEvent:
		return e.Again
	}
	return false
}

// logCount returns how many lines there are: all that happened up to the moment
// looked at, or those of them that the filter lets through.
func (m *Model) logCount() int {
	if !m.log.filter.on() {
		return m.moment()
	}
	n, _ := slices.BinarySearch(m.log.filter.shown, m.moment())
	return n
}

// logIndex returns the index in the journal of line k.
func (m *Model) logIndex(k int) int {
	if !m.log.filter.on() {
		return k
	}
	return m.log.filter.shown[k]
}

// logLineOf returns the line of entry i, or of the next one that is shown.
func (m *Model) logLineOf(i int) int {
	n := m.logCount()
	if m.log.filter.on() {
		i, _ = slices.BinarySearch(m.log.filter.shown[:n], i)
	}
	return min(i, n-1)
}

// logCursor returns the line that is looked at, -1 if there is none.
func (m *Model) logCursor() int {
	switch {
	case m.log.cursor != following:
		return m.logLineOf(m.log.cursor)
	case m.travel.on || m.log.filter.on():
		return m.logCount() - 1
	}
	return m.logLineOf(m.log.newest)
}

// logAt returns the index in the journal of the line that is looked at, -1 if
// there is none.
func (m *Model) logAt() int {
	if k := m.logCursor(); k >= 0 {
		return m.logIndex(k)
	}
	return -1
}

// scrollLog moves the cursor. Past the last line it follows again.
func (m *Model) scrollLog(a action, f pane.Frame) {
	n, to, page := m.logCount(), m.logCursor(), max(logRows(f)-1, 1)
	if n == 0 {
		return
	}
	switch a {
	case actUp:
		to--
	case actDown:
		to++
	case actPageUp:
		to -= page
	case actPageDown:
		to += page
	case actHome:
		to = 0
	case actEnd:
		to = n
	default:
	}
	if to >= n {
		m.log.cursor = following
		return
	}
	m.log.cursor = m.logIndex(max(to, 0))
}

// showEntry gives the log the focus and puts its cursor on entry i of the
// journal, whatever moment and filter there is.
func (m *Model) showEntry(i int) {
	if i < 0 || i >= m.journal.Len() {
		return
	}
	if i >= m.moment() {
		m.goTo(i + 1)
	}
	if f := &m.log.filter; f.on() {
		if _, shown := slices.BinarySearch(f.shown, i); !shown {
			m.filterLog("")
		}
	}
	m.overlay = onScreen
	m.focusOn(paneLog)
	m.log.cursor = i
}

func (m *Model) logTitle() string {
	if !m.log.filter.on() {
		return "Log"
	}
	return fmt.Sprintf("Log · %d of %d · %s", m.logCount(), m.moment(), pane.Clean(m.log.filter.query))
}

func logRows(f pane.Frame) int {
	if pane.Laned(f) {
		return pane.InLanesRows(f)
	}
	return pane.LogRows(f)
}

// logFirst returns the line that is drawn first.
func (m *Model) logFirst(f pane.Frame) int {
	n, rows := m.logCount(), logRows(f)
	if m.log.cursor == following { // what comes after the line looked at is in view as well
		return max(n-rows, 0)
	}
	return max(min(m.logCursor()-rows/2, n-rows), 0)
}

// drawLog draws the lines around the one looked at; how many there are makes
// no difference to the work.
func (m *Model) drawLog(f pane.Frame) string {
	n := m.logCount()
	if n == 0 && m.log.filter.on() {
		return pane.Text(f, pane.Paragraph(m.styles.Dim, "Nothing so far is what you search for. / changes the search; what matches is added as it happens.", f.Width), 0)
	}
	cursor, offset := m.logCursor(), m.logFirst(f)
	line := func(k int) pane.LogLine {
		i := m.logIndex(k)
		line := m.inItsWords(m.journal.At(i), m.log.line(m.journal.At(i)))
		m.lint.note(&line, i+1, m.moment())
		if line.Note == "" && cameAgain(m.journal.At(i).Event) {
			line.Note = "again"
		}
		line.Marked = m.log.marks[i]
		line.Routine = routine(m.journal.At(i))
		line.Brief = inBrief(m.journal.At(i).Event)
		return line
	}
	if !pane.Laned(f) {
		return pane.Log(f, n, line, offset, cursor)
	}
	arrows := m.arrows()
	hooks := arrows > 0 && m.sequence.At(arrows-1).Used.Has(journal.LifeWebhook)
	return pane.InLanes(f, n, line, offset, cursor, hooks)
}

func (l *logView) line(e journal.Entry) pane.LogLine {
	line := lineOf(e)
	line.Name, line.Detail = journal.Name(e.Event), journal.Detail(l.brief(e))
	return line
}

// lineOf is a line without its words.
func lineOf(e journal.Entry) pane.LogLine {
	line := pane.LogLine{At: e.At, Lane: string(e.Lane), Why: e.Why, Verdict: e.Verdict, Column: column(e.Lane)}
	if event, ok := e.Event.(flow.OnEvent); ok {
		line.Happened = event.Metadata.Timestamp
	}
	return line
}

// brief returns an entry's event without what says nothing new: a
// link_session_id of this walk, after it was said once.
func (l *logView) brief(e journal.Entry) flow.Event {
	said := func(session string) bool {
		first, known := l.sessions[session]
		return known && first != e.Seq
	}
	switch event := e.Event.(type) {
	case flow.OnEvent:
		if said(event.Metadata.LinkSessionID) {
			event.Metadata.LinkSessionID = ""
		}
		return event
	case flow.OnSuccess:
		if said(event.Metadata.LinkSessionID) {
			event.Metadata.LinkSessionID = ""
		}
		return event
	case flow.OnExit:
		if said(event.Metadata.LinkSessionID) {
			event.Metadata.LinkSessionID = ""
		}
		return event
	case flow.WebhookReceived:
		if said(event.LinkSessionID) {
			event.LinkSessionID = ""
		}
		return event
	default:
		return event
	}
}
