package pane

import (
	"strconv"

	"layersim/tui/theme"
)

// LintRow is a mistake that was found, or a rule that was not broken. The
// MarkBad and MarkWarn are mistakes, MarkGood a rule that was kept, MarkNone one
// that did not arise.
type LintRow struct {
	Mark Mark
	Rule string // its id
	Text string // the title of the fault, or what the rule asks for
	When string // the time of a mistake, "" for a rule
}

// LintText is everything about the selected row.
type LintText struct {
	Mark   Mark
	Rule   string
	Title  string // of the fault, or what the rule asks for
	Stands string // how the rule stands, in a few words
	What   string // what happened here; "" if the rule was not broken
	Why    string
	Fix    string
	Source string
	Keys   string // what can be done next
}

// LintListRows returns how many of n rows Lint lists at once.
func LintListRows(f Frame, n int) int {
	return max(min(n, (f.Height-1)*2/5, 14), min(n, f.Height, 1))
}

// LintBodyRows returns how many lines of the selected row's text Lint shows.
func LintBodyRows(f Frame, n int) int { return max(f.Height-LintListRows(f, n)-1, 0) }

// Lint draws the list of mistakes and rules around the selected one; row(i) is
// called only for those shown. Below is body, which LintBody made, from line
// offset on. summary says in a few words how many there are of each.
func Lint(f Frame, n int, row func(i int) LintRow, sel int, summary string, body []string, offset int) string {
	if f.Width <= 0 || f.Height <= 0 {
		return ""
	}
	s := f.Styles
	sel = max(min(sel, n-1), 0)
	rows := LintListRows(f, n)
	first := max(min(sel-rows/2, n-rows), 0)
	lines := make([]string, 0, f.Height)
	for i := first; i < first+rows; i++ {
		lines = append(lines, lintLine(f, row(i), i == sel))
	}
	if f.Height > rows {
		label := " " + Clean(summary) + " "
		if shown := LintBodyRows(f, n); len(body) > shown && shown > 0 {
			where := "· line " + strconv.Itoa(min(offset+1, len(body))) + " of " + strconv.Itoa(len(body)) + " "
			if width(label+where) > f.Width-2 { // which line it is matters less, and is told in short
				where = "· " + strconv.Itoa(min(offset+1, len(body))) + "/" + strconv.Itoa(len(body)) + " "
			}
			label += where
		}
		lines = append(lines, newRow(f.Width).put(s.Border, "──").put(s.Dim, label).rule(s.Border).String())
	}
	offset = max(min(offset, len(body)-1), 0)
	for i := offset; i < len(body) && len(lines) < f.Height; i++ {
		lines = append(lines, fit(body[i], f.Width))
	}
	return fill(lines, f.Width, f.Height)
}

// LintNews says in at most h lines which mistake was just made, and where more
// is said about it.
func LintNews(f Frame, mark Mark, rule, what, where string, h int) []string {
	if f.Width <= 0 || h <= 0 {
		return nil
	}
	s := f.Styles
	sign, style := mark.Sign(s)
	where = Clean(where)
	named := newRow(f.Width).put(style, sign+" "+Clean(rule)).gap(2)
	if room := named.left() - width(where) - 2; h == 1 || width(Clean(what)) <= room {
		if room > 0 {
			named.col(s.Text, Clean(what), room).right(s.Dim, where, named.left())
		}
		return []string{named.String()}
	}
	const indent = 2
	lines := wrap(Clean(rule)+"  "+Clean(what), f.Width-indent)
	if len(lines) == 0 { // hardly any room
		return []string{named.String()}
	}
	if len(lines) < h && width(lines[len(lines)-1])+2+width(where) > f.Width-indent {
		lines = append(lines, "")
	}
	lines = cutText(lines, h)
	for i, l := range lines {
		r := newRow(f.Width)
		if i == 0 {
			r.put(style, sign+" ")
			if name := Clean(rule); len(l) > len(name) && l[:len(name)] == name {
				r.put(style, name)
				l = l[len(name):]
			}
		} else {
			r.gap(indent)
		}
		if i == len(lines)-1 {
			r.col(s.Text, l, r.left()-width(where)-2).right(s.Dim, where, r.left())
		} else {
			r.put(s.Text, l)
		}
		lines[i] = r.String()
	}
	return lines
}

// ruleColumn is as wide as the longest id of a rule.
const ruleColumn = 24

func lintLine(f Frame, l LintRow, here bool) string {
	s := f.Styles
	r := newRow(f.Width)
	cursor := " "
	if here {
		cursor = "›"
		r.under(s.Selected)
	}
	sign, style := l.Mark.Sign(s)
	r.put(s.Accent, cursor).put(style, sign).gap(1)
	name, text := s.Text, s.Dim
	if l.Mark == MarkBad || l.Mark == MarkWarn {
		name, text = s.Strong, s.Text
	}
	mistake := l.When != ""
	switch {
	case f.Width < 3*ruleColumn && mistake: // the id stands below
		return r.put(name, Clean(l.Text)).String()
	case f.Width < 3*ruleColumn: // what is asked for says more than its id
		return r.put(s.Text, Clean(l.Text)).String()
	}
	r.col(name, Clean(l.Rule), ruleColumn)
	when := Clean(l.When)
	if when == "" {
		return r.put(text, Clean(l.Text)).String()
	}
	r.col(text, Clean(l.Text), r.left()-width(when)-1)
	return r.right(s.Dim, when, r.left()).String()
}

// LintBody draws everything about a row as lines of w cells. It is worth
// keeping: it changes only when another row is selected.
func LintBody(s theme.Styles, t LintText, w int) []string {
	if w <= 0 {
		return nil
	}
	sign, style := t.Mark.Sign(s)
	text := min(w, readable)
	lines := []string{newRow(w).put(style, sign+" ").put(s.Title, Clean(t.Title)).String()}
	if stands := Clean(t.Stands); stands != "" {
		if t.Rule != "" {
			stands = Clean(t.Rule) + " · " + stands
		}
		for _, l := range wrap(stands, text) {
			lines = append(lines, newRow(w).put(s.Dim, l).String())
		}
	}
	for _, part := range []struct{ head, text string }{
		{"What happened here", t.What}, {"Why it matters", t.Why}, {"What to do instead", t.Fix}, {"Who says so", t.Source},
	} {
		if part.text == "" {
			continue
		}
		lines = append(lines, pad(w), newRow(w).put(s.Accent, part.head).String())
		for _, l := range wrap(Clean(part.text), text) {
			lines = append(lines, newRow(w).put(s.Text, l).String())
		}
	}
	if t.Keys != "" {
		lines = append(lines, pad(w))
		for _, l := range wrap(Clean(t.Keys), text) {
			lines = append(lines, newRow(w).put(s.Dim, l).String())
		}
	}
	return lines
}
