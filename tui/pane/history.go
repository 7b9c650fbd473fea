package pane

import (
	"strconv"
	"strings"

	"layersim/flow"
)

// windowNames are the heads of the five windows, in Plaid's order:
// edits_current, edits_1d, edits_30d, edits_365d, edits_all_time.
var windowNames = [5]string{"now", "1d", "30d", "365d", "all"}

// History draws how often each field was edited, in Plaid's five windows: "+2"
// in this session, "•2" in a window, "·" never, "?" not given, which is not never.
// It is whole in 34 columns.
func History(f Frame, u flow.UserAccount) string {
	s := f.Styles
	if !u.HasHistory {
		return fill(paragraph(s.Text, noHistory(u), f.Width), f.Width, f.Height)
	}
	label, cells := historyColumns(f.Width)
	head := newRow(f.Width).col(s.Dim, "Field", label)
	total := label
	for i, name := range windowNames {
		head.right(s.Dim, name, cells[i])
		total += cells[i]
	}
	lines := []string{head.String(), newRow(min(f.Width, total)).rule(s.Border).String() + pad(f.Width-total)}
	for _, r := range u.History.Rows() {
		lines = append(lines, historyLine(f, r, label, cells))
	}
	lines = append(lines, pad(f.Width))
	lines = append(lines, historyNotes(f, u)...)
	return fill(lines, f.Width, f.Height)
}

// noHistory says how the answer came without an edit history.
func noHistory(u flow.UserAccount) string {
	switch flow.HowBlank(u.Blank, "identity_edit_history") {
	case flow.BlankNull:
		return "Plaid answered identity_edit_history: null. Nothing is known of edits, which is not the same as none."
	case flow.BlankOdd:
		return "Plaid answered with an identity_edit_history that is no object, so nothing in it can be read."
	}
	return "Plaid sent no identity_edit_history with this session. Nothing is known of edits, which is not the same as none."
}

// historyColumns returns the widths of the label and of the five windows.
func historyColumns(w int) (label int, cells [5]int) {
	switch {
	case w >= 60:
		return 16, [5]int{8, 8, 8, 8, 8}
	case w >= 41:
		return 14, [5]int{5, 5, 5, 6, 6}
	case w >= 34:
		return 13, [5]int{4, 4, 4, 5, 4}
	}
	return max(w-20, 0), [5]int{4, 3, 4, 5, 4}
}

func historyLine(f Frame, r flow.EditRow, label int, cells [5]int) string {
	s := f.Styles
	name := s.Text
	if r.Counts == (flow.EditCounts{}) || !r.Counts.Given() {
		name = s.Dim
	}
	line := newRow(f.Width).col(name, r.Label, label)
	if !r.Counts.Given() {
		return line.gap(2).put(s.Dim, "not given").String()
	}
	for i, n := range r.Counts.Windows() {
		text, style := "·", s.Dim
		switch {
		case r.Counts.Missing[i]:
			text = "?"
		case n != 0 && i == 0:
			text, style = "+"+strconv.Itoa(n), s.Accent
		case n != 0:
			text, style = "•"+strconv.Itoa(n), s.Warn
		}
		line.right(style, text, cells[i])
	}
	return line.String()
}

func historyNotes(f Frame, u flow.UserAccount) []string {
	s := f.Styles
	legend := newRow(f.Width).put(s.Accent, "+").put(s.Dim, " this session  ").put(s.Warn, "•").put(s.Dim, " edited  · none")
	edited, unknown := 0, false
	for _, row := range u.History.Rows() {
		if row.Counts.Current > 0 {
			edited++
		}
		unknown = unknown || row.Counts.Missing[0]
	}
	what := "The user edited nothing in this session."
	switch {
	case edited == 0 && unknown:
		what = "No edit in this session is reported, but not every field has a count."
	case edited == 1:
		what = "The user edited one field in this session."
	case edited > 1:
		what = "The user edited " + strconv.Itoa(edited) + " fields in this session."
	}
	if unknown {
		legend = newRow(f.Width).put(s.Accent, "+").put(s.Dim, " this session  ").put(s.Warn, "•").put(s.Dim, " edited  · none  ? not given")
	}
	what += " Each window counts the shorter ones too. Many edits to a name or an SSN deserve a second look."
	if f.Width >= 60 {
		what += " There is no row for the phone, because Link does not let it be edited."
	}
	lines := append([]string{legend.String()}, wide(f, paragraph(s.Dim, what, min(f.Width, readable)))...)
	odd := 0
	for _, d := range u.Deviations.List {
		if strings.HasPrefix(d.Path, "identity_edit_history") {
			odd++
		}
	}
	if odd > 0 {
		lines = append(lines, paragraph(s.Warn, "! New or not as the contract says: "+count(odd, "value")+" of this history. See Identity.", f.Width)...)
	}
	return lines
}
