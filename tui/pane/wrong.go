package pane

import (
	"fmt"

	"layersim/flow"
	"layersim/tui/theme"
)

// WrongRow is one mistake of the menu.
type WrongRow struct {
	flow.Wrong
	Obstacle string // why it cannot be committed now, "" if it can
	// Done: it was committed, and Outcome says what has come of it, "" if
	// nothing has yet.
	Done    bool
	Outcome string
	Trials  []flow.WebhookTrial
}

// WrongMenu draws the mistakes that can be committed on purpose, windowed around
// the cursor, and below them what is to be said of the one under the cursor.
func WrongMenu(f Frame, rows []WrongRow, cursor int) string {
	if f.Width <= 0 || f.Height <= 0 || len(rows) == 0 {
		return fill(nil, f.Width, f.Height)
	}
	cursor = min(max(cursor, 0), len(rows)-1)
	note := wrongNote(f, rows[cursor])
	all := make([]string, 0, len(rows)+1)
	at := cursor
	for i, r := range rows {
		if r.Obstacle != "" && (i == 0 || rows[i-1].Obstacle == "") {
			all = append(all, newRow(f.Width).put(f.Styles.Dim, "── not now ").rule(f.Styles.Border).String())
			if cursor >= i {
				at++
			}
		}
		all = append(all, wrongLine(f, r, i == cursor))
	}
	list := min(max(f.Height-len(note)-1, min(f.Height, 3)), len(all))
	first := max(min(at-list/2, len(all)-list), 0)
	lines := make([]string, 0, f.Height)
	lines = append(lines, all[first:first+list]...)
	lines = append(lines, moreLine(f, first, len(all)-first-list, cursor+1, len(rows)))
	return fill(append(lines, note...), f.Width, f.Height)
}

// moreLine says below a list how many of its lines are above and below those
// that are shown, and which one of how many is under the cursor.
func moreLine(f Frame, above, below, at, n int) string {
	if above <= 0 && below <= 0 {
		return pad(f.Width)
	}
	return newRow(f.Width).put(f.Styles.Dim, "  "+MoreWords(above, below)+fmt.Sprintf("  %d/%d", at, n)).String()
}

// MoreWords says how many lines of a list are above and below those shown, ""
// where all are.
func MoreWords(above, below int) string {
	switch {
	case above > 0 && below > 0:
		return fmt.Sprintf("↑ %d  ↓ %d more", above, below)
	case above > 0:
		return fmt.Sprintf("↑ %d more", above)
	case below > 0:
		return fmt.Sprintf("↓ %d more", below)
	}
	return ""
}

// WrongPage returns how many rows of the menu are seen at once, for paging.
func WrongPage(f Frame) int { return max(f.Height-8, 1) }

func wrongLine(f Frame, x WrongRow, here bool) string {
	s, r := f.Styles, newRow(f.Width)
	title, obstacle := s.Text, s.Dim
	if x.Obstacle != "" {
		title = s.Dim
	}
	if here {
		r.under(s.Selected)
		title, obstacle = s.Selected, s.Selected
	}
	mark := "  "
	switch {
	case here:
		mark = "› "
	case x.Done:
		mark = "✗ "
	}
	r.put(title, mark)
	if x.Obstacle == "" {
		return r.put(title, Clean(x.Title)).String()
	}
	const column = 42
	return r.col(title, Clean(x.Title), min(column, f.Width*6/10)).gap(2).put(obstacle, Clean(x.Obstacle)).String()
}

// wrongNote says of a mistake what it is, what to watch for and what is right.
func wrongNote(f Frame, x WrongRow) []string {
	s := f.Styles
	var lines []string
	say := func(style func(string) string, label, text string) {
		const column = 7
		for i, l := range wrap(Clean(text), min(f.Width, readable)-column) {
			r := newRow(f.Width)
			if i > 0 {
				label = ""
			}
			r.col(s.Dim, label, column)
			r.raw(fit(style(l), r.left()))
			lines = append(lines, r.String())
		}
	}
	say(s.Bad.Render, "Wrong", x.Does)
	if x.Done && x.Outcome != "" {
		say(s.Warn.Render, "Came", x.Outcome)
		lines = append(lines, trialTable(f, x.Trials)...)
	} else {
		say(s.Text.Render, "Watch", x.Watch)
	}
	say(s.Good.Render, "Right", x.Right)
	lines = append(lines, pad(f.Width))
	if x.Obstacle != "" {
		return append(lines, newRow(f.Width).put(s.Dim, "Not now: "+Clean(x.Obstacle)+".").String())
	}
	return append(lines, newRow(f.Width).put(s.Button, " Enter ").gap(1).put(s.Strong, "does it wrong").String())
}

// trialTable shows what both checks say of each webhook, one line each.
func trialTable(f Frame, trials []flow.WebhookTrial) []string {
	if len(trials) == 0 {
		return nil
	}
	s := f.Styles
	const indent, verdict = 7, 11
	widest := 0
	for _, t := range trials {
		widest = max(widest, width(Clean(t.What)))
	}
	what := max(min(widest, f.Width-indent-2*verdict-6), 0)
	line := func(style theme.Style, cells ...string) string {
		return newRow(f.Width).gap(indent).col(style, cells[0], what).put(s.Dim, " │ ").
			col(style, cells[1], verdict).put(s.Dim, " │ ").put(style, cells[2]).String()
	}
	lines := []string{line(s.Dim, "webhook", "right check", "this app's")}
	for _, t := range trials {
		style := s.Text
		if (t.Right == "") != (t.Wrong == "") {
			style = s.Bad
		}
		lines = append(lines, line(style, Clean(t.What), verdictOn(t.Right), verdictOn(t.Wrong)))
	}
	return lines
}

func verdictOn(refused string) string {
	if refused == "" {
		return "✓ believed"
	}
	return "✗ refused"
}

// MistakeLines says that what is on the screen was done wrong on purpose, what
// has come of it, and what right would be, in at most h lines; nil when nothing
// was.
func MistakeLines(f Frame, m flow.Mistake, h int) []string {
	w, ok := m.Wrong.Wrong()
	if !ok || h <= 0 {
		return nil
	}
	text := "Wrong on purpose: " + w.Title + "."
	switch {
	case m.Outcome != "":
		text += " " + m.Outcome
	case m.Armed:
		text += " " + w.Does
	}
	right := wrap("Right: "+Clean(w.Right), f.Width-2)
	what := wrap(Clean(text), f.Width-2)
	if len(what)+len(right) > h {
		right = cutText(right, min(max(h-len(what), 1), h-1))
		what = cutText(what, h-len(right))
	}
	s := f.Styles
	var lines []string
	for i, l := range what {
		r := newRow(f.Width)
		if i == 0 {
			r.put(s.Bad, "✗ ")
		} else {
			r.gap(2)
		}
		lines = append(lines, r.put(s.Bad, l).String())
	}
	for _, l := range right {
		lines = append(lines, newRow(f.Width).gap(2).put(s.Good, l).String())
	}
	return lines[:min(len(lines), h)]
}
