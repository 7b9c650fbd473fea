package pane

import (
	"strings"
	"time"

	"layersim/flow"
	"layersim/tui/theme"
)

// LogLine is one event of the log.
type LogLine struct {
	At       time.Time // when it reached the app
	Happened time.Time // when it happened, zero if that is not told
	Lane     string
	Name     string
	Detail   string
	Why      string
	Verdict  flow.Verdict
	Note     string // a word that stands out, in place of the verdict's own
	Marked   bool   // the reader wants to find it again
	Routine  bool   // it says only that something went as it always does

	// In lanes, and where there is little room:
	Column int    // one of the Column constants
	Brief  string // in place of Detail
}

const clock = "15:04:05.000"

// late is the difference between happening and arriving worth a word: Link may
// hold events back until the end (Plaid docs: Link Web, onEvent).
const late = time.Second

// IsLate reports whether an event arrived so long after it happened that the
// log says so.
func (l LogLine) IsLate() bool { return lateness(l) != "" }

// LogRows returns how many lines of the log a frame shows; the rest belongs to
// the reason of the line under the cursor.
func LogRows(f Frame) int { return max(f.Height-whyRows(f), min(f.Height, 1)) }

func whyRows(f Frame) int {
	switch {
	case f.Height >= 14:
		return 3 // a line to part it from the list, and two of text
	case f.Height >= 6:
		return 2
	case f.Height == 5:
		return 1
	}
	return 0
}

// Log draws the lines from offset on, of n there are; line(i) gives one and is
// called only for those shown. The line with index cursor is marked, and its
// reason is written below when the frame has five lines or more. A cursor that
// is not in view marks nothing.
func Log(f Frame, n int, line func(i int) LogLine, offset, cursor int) string {
	if f.Width <= 0 || f.Height <= 0 {
		return ""
	}
	if n == 0 {
		return fill([]string{newRow(f.Width).put(f.Styles.Dim, "Nothing has happened yet.").String()}, f.Width, f.Height)
	}
	rows := LogRows(f)
	offset = max(min(offset, n-1), 0)
	lines := make([]string, 0, f.Height)
	for i := offset; i < n && len(lines) < rows; i++ {
		lines = append(lines, logLine(f, line(i), i == cursor))
	}
	if why := whyRows(f); why > 0 && cursor >= 0 && cursor < n {
		for len(lines) < rows {
			lines = append(lines, pad(f.Width))
		}
		l := line(cursor)
		lines = append(lines, whyLines(f, l, why, f.Width < logDetails || width(Clean(l.Detail)) > f.Width-detailColumn)...)
	}
	return fill(lines, f.Width, f.Height)
}

func logLine(f Frame, l LogLine, here bool) string {
	s := f.Styles
	r := newRow(f.Width)
	if here {
		r.under(s.Selected)
	}
	sign, signStyle := verdictSign(s, l.Verdict)
	cursor := " "
	if here {
		cursor = "›"
	}
	r.put(s.Accent, cursor)
	if f.Width >= 50 {
		times := logClock(f)
		r.col(s.Dim, l.At.Format(times), len(times)).put(s.Accent, l.mark()).gap(1)
	}
	if f.Width >= 40 {
		r.col(s.Dim, Clean(l.Lane), 8)
	}
	r.put(signStyle, sign)
	if f.Width >= 50 {
		r.gap(1)
	} else {
		r.put(s.Accent, l.mark())
	}
	name, note := l.style(s), l.note()
	if f.Width < logDetails {
		r.put(name, Clean(l.Name))
		if note != "" {
			r.gap(1).put(s.Warn, note)
		}
		if brief := Clean(l.Brief); brief != "" && (width(brief) < r.left() || r.left() > 12) {
			r.gap(1).put(s.Dim, brief)
		}
		return r.String()
	}
	r.col(name, Clean(l.Name), 34).gap(2)
	if note != "" {
		r.put(s.Warn, note+"  ")
	}
	r.put(s.Dim, Clean(l.Detail))
	return r.String()
}

// logDetails is the width from which a line has its details; below it they are
// written under the list, and the line has whole names.
const logDetails = 84

// logClock is how the time of day is written: to the second where a name needs
// the room.
func logClock(f Frame) string {
	if f.Width < 64 {
		return "15:04:05"
	}
	return clock
}

// style returns how a line's name looks.
func (l LogLine) style(s theme.Styles) theme.Style {
	switch {
	case l.Routine:
		return s.Dim
	case l.Verdict == flow.Noted:
		return s.Text
	}
	return s.Strong
}

// verdictSign returns the sign of a verdict and its style.
func verdictSign(s theme.Styles, v flow.Verdict) (string, theme.Style) {
	switch v {
	case flow.Advanced:
		return "→", s.Good
	case flow.Refused:
		return "✗", s.Warn
	default:
		return " ", s.Text
	}
}

// mark is the sign of a line that is marked.
func (l LogLine) mark() string {
	if l.Marked {
		return "◆"
	}
	return " "
}

// note says what stands out about a line, "" for nothing.
func (l LogLine) note() string {
	note := ""
	switch {
	case l.Note != "":
		note = Clean(l.Note)
	case l.Verdict == flow.Refused:
		note = "refused"
	}
	if late := lateness(l); late != "" {
		if note != "" {
			note += "  "
		}
		note += l.lateWord() + " " + late
	}
	return note
}

// lateWord says why an event is late: OPEN and the three LAYER_* events come at
// once, all others Link may hold back (Plaid docs: Link Web, onEvent).
func (l LogLine) lateWord() string {
	switch name, _, _ := strings.Cut(l.Name, " "); name {
	case flow.EventOpen, flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable, "onSuccess", "onExit":
		return "late"
	}
	return "held"
}

// detailColumn is the cell in which a line's detail begins.
const detailColumn = 1 + len(clock) + 2 + 8 + 2 + 34 + 2

// lateness says how long after it happened an event arrived, if that is long.
func lateness(l LogLine) string {
	if l.Happened.IsZero() {
		return ""
	}
	d := l.At.Sub(l.Happened)
	if d < late {
		return ""
	}
	return d.Round(100 * time.Millisecond).String()
}

// whyLines draws what there is to say about the line under the cursor in n
// lines; with detail also what that line has no room for.
func whyLines(f Frame, l LogLine, n int, detail bool) []string {
	s := f.Styles
	why := Clean(l.Why)
	if lateness(l) != "" {
		why += " It happened at " + l.Happened.In(l.At.Location()).Format(clock) + " and was delivered later."
		if l.lateWord() == "held" {
			why += " Link may hold it back until its end."
		}
	}
	var lines []string
	if n == 3 {
		lines = append(lines, newRow(f.Width).rule(s.Border).String())
		n--
	}
	text := wrap(why, f.Width-4)
	if len(text) < n && detail && l.Detail != "" {
		text = append(text, wrap(Clean(l.Detail), f.Width-4)...)
	}
	if len(text) > n {
		text = text[:n]
		text[n-1] = cutShort(text[n-1], f.Width-4)
	}
	for i, t := range text {
		r := newRow(f.Width)
		if i == 0 {
			r.put(s.Accent, "Why ")
		} else {
			r.gap(4)
		}
		lines = append(lines, r.put(s.Text, t).String())
	}
	return lines
}
