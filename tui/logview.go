package tui

import (
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// following as the log's cursor means that it stays on the newest line.
const following = -1

// logView is which line of the event log is looked at.
type logView struct{ cursor int }

// at returns the index of the line looked at, of n.
func (l logView) at(n int) int {
	if l.cursor == following || l.cursor >= n {
		return n - 1
	}
	return l.cursor
}

// scroll moves the cursor among n lines of which rows are seen.
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
		to = n - 1
	default:
	}
	l.cursor = max(to, 0)
	if to >= n-1 {
		l.cursor = following
	}
}

// drawLog draws the lines around the one looked at; how many there are makes
// no difference to the work.
func (m *Model) drawLog(f pane.Frame) string {
	n, rows := m.journal.Len(), pane.LogRows(f)
	cursor := m.log.at(n)
	offset := max(min(cursor-rows/2, n-rows), 0)
	if m.log.cursor == following {
		offset = max(n-rows, 0)
	}
	return pane.Log(f, n, func(i int) pane.LogLine { return logLine(m.journal.At(i)) }, offset, cursor)
}

func logLine(e journal.Entry) pane.LogLine {
	line := pane.LogLine{
		At: e.At, Lane: string(e.Lane), Name: journal.Name(e.Event), Detail: journal.Detail(e.Event),
		Why: e.Why, Verdict: e.Verdict,
	}
	if event, ok := e.Event.(flow.OnEvent); ok {
		line.Happened = event.Metadata.Timestamp
	}
	return line
}
