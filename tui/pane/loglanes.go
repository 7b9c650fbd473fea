package pane

import "layersim/tui/theme"

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
	laneShares = [columns]int{18, 24, 32, 31}
	// laneOwners are the lanes that a column need not name.
	laneOwners = [columns]string{"you", "Link", "server", "webhook"}
)

// laneWidths divides the cells that the clock leaves between the first n lanes.
func laneWidths(room, n int) []int {
	var all int
	for _, share := range laneShares[:n] {
		all += share
	}
	out := make([]int, n)
	used := 0
	for i := range n - 1 {
		out[i] = room * laneShares[i] / all
		used += out[i]
	}
	out[n-1] = room - used
	return out
}

// InLanesRows returns how many entries InLanes shows at once.
func InLanesRows(f Frame) int {
	f.Height--
	return LogRows(f)
}

// InLanes draws a log as Log does, each entry in its lane's column, under
// headings. The lane of the webhooks is there if hooks says that one came.
func InLanes(f Frame, n int, line func(i int) LogLine, offset, cursor int, hooks bool) string {
	if n == 0 || f.Width <= 0 || f.Height <= 0 {
		return Log(f, 0, line, 0, cursor)
	}
	s := f.Styles
	lanes := columns
	if !hooks {
		lanes = ColumnWebhook
	}
	widths := laneWidths(f.Width-len(clock)-3, lanes)
	head := newRow(f.Width)
	head.gap(1).col(s.Dim, "time", len(clock)).gap(2)
	for i, name := range laneNames[:lanes] {
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

// lanedLine draws an entry in its lane. What is longer runs over the lanes to
// the right, which are empty.
func lanedLine(f Frame, widths []int, l LogLine, here bool) string {
	s := f.Styles
	r := newRow(f.Width)
	cursor := " "
	if here {
		cursor = "›"
		r.under(s.Selected)
	}
	r.put(s.Accent, cursor).col(s.Dim, l.At.Format(clock), len(clock)).put(s.Accent, l.mark()).gap(1)
	column, note, at := min(l.Column, len(widths)-1), l.note(), r.used
	for i, w := range widths {
		at += w
		switch {
		case i == column:
			r.put(s.Border, "│")
			laneCell(r, s, l, note)
		case i == column-1 && column == len(widths)-1 && !laneHolds(widths[column], l, note):
			// Nothing is to the right of the last lane: what stands out about
			// the entry is said to the left of it.
			cut := clip(note, w-2)
			r.put(s.Border, "│").gap(w-2-width(cut)).put(s.Warn, cut)
			note = ""
		case r.used == at-w:
			r.put(s.Border, "│")
		}
		r.gap(at - r.used)
	}
	return r.String()
}

// laneHolds reports whether an entry's name and what stands out about it fit in
// a lane.
func laneHolds(w int, l LogLine, note string) bool {
	return note == "" || 1+2+width(laneTitle(l))+1+width(note) <= w
}

// laneTitle is who acts, where the lane does not say it, and what.
func laneTitle(l LogLine) string {
	if who := Clean(l.Lane); who != laneOwners[l.Column] {
		return who + " " + Clean(l.Name)
	}
	return Clean(l.Name)
}

// laneCell draws an entry: its sign, who acts, its name, what stands out about
// it and the one thing besides.
func laneCell(r *row, s theme.Styles, l LogLine, note string) {
	sign, signStyle := verdictSign(s, l.Verdict)
	r.put(signStyle, sign).gap(1)
	if who := Clean(l.Lane); who != laneOwners[l.Column] {
		r.put(s.Dim, who).gap(1)
	}
	const shortNote = 10 // "refused", "late 12.5s" keep their place beside a long name
	room := r.left()
	if note != "" {
		room -= min(width(note), shortNote) + 1
	}
	r.put(l.style(s), clip(Clean(l.Name), room))
	if note != "" {
		r.gap(1).put(s.Warn, note)
	}
	if brief := Clean(l.Brief); brief != "" && r.left() > 4 {
		r.gap(1).put(s.Dim, brief)
	}
}
