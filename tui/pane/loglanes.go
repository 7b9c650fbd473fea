package pane

import "layersim/flow"

// The log in lanes: one column for each who acts, one clock for all.

// The columns of InLanes.
const (
	ColumnYou = iota // the operator, and what the app does by itself
	ColumnLink
	ColumnServer
	ColumnWebhook
	columns
)

// laneWidth is the width from which the log is drawn in lanes.
const laneWidth = 106

// Laned reports whether a frame is wide enough for InLanes.
func Laned(f Frame) bool { return f.Width >= laneWidth && f.Height >= 4 }

// laneNames are the headings; laneShares says how wide the columns are, beside
// each other.
var (
	laneNames  = [columns]string{"you and your app", "Link SDK and its page", "your server ↔ Plaid", "webhooks"}
	laneShares = [columns]int{20, 26, 32, 23}
	// laneOwners are the lanes that a column need not name.
	laneOwners = [columns]string{"you", "Link", "server", "webhook"}
)

// laneWidths divides the cells that the clock leaves.
func laneWidths(room int) [columns]int {
	var all int
	for _, share := range laneShares {
		all += share
	}
	var out [columns]int
	used := 0
	for i := range columns - 1 {
		out[i] = room * laneShares[i] / all
		used += out[i]
	}
	out[columns-1] = room - used
	return out
}

// InLanesRows returns how many entries InLanes shows at once.
func InLanesRows(f Frame) int {
	f.Height--
	return LogRows(f)
}

// InLanes draws a log as Log does, each entry in its lane's column, under
// headings.
func InLanes(f Frame, n int, line func(i int) LogLine, offset, cursor int) string {
	if n == 0 || f.Width <= 0 || f.Height <= 0 {
		return Log(f, 0, line, 0, cursor)
	}
	s := f.Styles
	widths := laneWidths(f.Width - len(clock) - 3)
	head := newRow(f.Width)
	head.gap(1).col(s.Dim, "time", len(clock)).gap(2)
	for i, name := range laneNames {
		head.put(s.Border, "│").gap(1).col(s.Title, name, widths[i]-2)
	}
	lines := make([]string, 0, f.Height)
	lines = append(lines, head.String())
	rows := InLanesRows(f)
	offset = max(min(offset, n-1), 0)
	for i := offset; i < n && len(lines) <= rows; i++ {
		lines = append(lines, lanedLine(f, widths, line(i), i == cursor))
	}
	for len(lines) <= rows { // the lanes go on
		r := newRow(f.Width).gap(len(clock) + 3)
		for _, w := range widths {
			r.put(s.Border, "│").gap(w - 1)
		}
		lines = append(lines, r.String())
	}
	f.Height--
	if why := whyRows(f); why > 0 && cursor >= 0 && cursor < n {
		l := line(cursor)
		if l.Detail != "" {
			l.Detail = l.Name + "  " + l.Detail
		}
		lines = append(lines, whyLines(f, l, why, true)...)
	}
	return fill(lines, f.Width, f.Height+1)
}

func lanedLine(f Frame, widths [columns]int, l LogLine, here bool) string {
	s := f.Styles
	r := newRow(f.Width)
	cursor := " "
	if here {
		cursor = "›"
		r.under(s.Selected)
	}
	r.put(s.Accent, cursor).col(s.Dim, l.At.Format(clock), len(clock)).put(s.Accent, l.mark()).gap(1)
	for i, w := range widths {
		r.put(s.Border, "│")
		if i != l.Column {
			r.gap(w - 1)
			continue
		}
		end := r.used + w - 1
		laneCell(f, r, l, end)
		r.gap(end - r.used)
	}
	return r.String()
}

// shortNote is how much of what stands out keeps its place beside a long name:
// "refused", "late 12.5s".
const shortNote = 10

// laneCell draws an entry up to a cell. What stands out about it keeps its
// place, its name is cut.
func laneCell(f Frame, r *row, l LogLine, end int) {
	s := f.Styles
	style := s.Strong
	sign, signStyle := verdictSign(s, l.Verdict)
	if l.Verdict == flow.Noted {
		style = s.Text
	}
	r.put(signStyle, sign).gap(1)
	note := l.note()
	room := end - r.used
	if note != "" {
		room -= min(width(note), shortNote) + 1
	}
	if who := Clean(l.Lane); who != laneOwners[l.Column] {
		who = clip(who, room-1)
		r.put(s.Dim, who).gap(1)
		room -= width(who) + 1
	}
	name := Clean(l.Name)
	if l.Short != "" && width(name) > room {
		name = Clean(l.Short)
	}
	r.put(style, clip(name, room))
	if note != "" {
		r.gap(1).put(s.Warn, clip(note, end-r.used))
	}
	if left := end - r.used - 1; left > 3 && l.Brief != "" {
		r.gap(1).put(s.Dim, clip(Clean(l.Brief), left))
	}
}
