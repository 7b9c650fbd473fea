package tui

import (
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// following as the log's cursor means that it stays on the newest line that
// says something.
const following = -1

// logView is which line of the event log is looked at.
type logView struct {
	cursor int
	newest int // the newest line that says something
	// sessions holds each link_session_id of this walk and the line that
	// brought it: said once, it would only hide what matters.
	sessions map[string]int
}

func newLogView() logView { return logView{cursor: following, sessions: map[string]int{}} }

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

// at returns the index of the line looked at, of n.
func (l *logView) at(n int) int {
	at := l.cursor
	if at == following {
		at = l.newest
	}
	return min(at, n-1)
}

// scroll moves the cursor among n lines of which rows are seen. Past the last
// one it follows again.
func (l *logView) scroll(a action, n, rows int) {
	to := l.at(n)
	switch a {
	case actUp:
		to--
	case actDown:
		to++
	case actPageUp:
		to -= max(rows-1, 1)
	case actPageDown:
		to += max(rows-1, 1)
	case actHome:
		to = 0
	case actEnd:
		to = n
	default:
	}
	l.cursor = max(to, 0)
	if to >= n {
		l.cursor = following
	}
}

func (m *Model) scrollLog(a action, f pane.Frame) {
	m.log.scroll(a, m.moment(), pane.LogRows(f))
}

// logCursor returns the index of the line looked at, -1 if there is none.
func (m *Model) logCursor() int {
	if m.travel.on && m.log.cursor == following {
		return m.travel.at - 1
	}
	return m.log.at(m.moment())
}

func (m *Model) logTitle() string { return "Log" }

// drawLog draws the lines around the one looked at; how many there are makes
// no difference to the work.
func (m *Model) drawLog(f pane.Frame) string {
	n, rows := m.moment(), pane.LogRows(f)
	cursor := m.logCursor()
	offset := max(min(cursor-rows/2, n-rows), 0)
	if m.log.cursor == following { // what comes after the line looked at is in view as well
		offset = max(n-rows, 0)
	}
	return pane.Log(f, n, func(i int) pane.LogLine { return m.inItsWords(m.journal.At(i), m.log.line(m.journal.At(i))) }, offset, cursor)
}

func (l *logView) line(e journal.Entry) pane.LogLine {
	line := pane.LogLine{
		At: e.At, Lane: string(e.Lane), Name: journal.Name(e.Event), Detail: journal.Detail(l.brief(e)),
		Why: e.Why, Verdict: e.Verdict,
	}
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
