package pane

import (
	"strconv"

	"layersim/flow"
)

// What an answer has beside its contract.

// deviationRows returns a row for each listed deviation; in tells answers apart.
func deviationRows(in string, d flow.Deviations) []Row {
	rows := make([]Row, 0, len(d.List))
	for i := range d.List {
		x := &d.List[i]
		r := privateRow(in+":"+x.Path, x.Path, x.Value)
		r.deviation = x
		rows = append(rows, r)
	}
	return rows
}

// deviationLines draws where an answer differs from the contract: what is new,
// what is of another kind, and what that does to an app. at is the line of the
// cursor, which counts rows.
func deviationLines(f Frame, d flow.Deviations, rows []Row, revealed func(string) bool, cursor int) (lines []string, at int) {
	if d.IsZero() {
		return nil, 0
	}
	s := f.Styles
	part := func(title string, fresh bool) {
		first := true
		for i, r := range rows {
			if r.deviation.New() != fresh {
				continue
			}
			if first {
				lines = append(lines, pad(f.Width))
				lines = append(lines, paragraph(s.Strong, title, f.Width)...)
				first = false
			}
			if i == cursor {
				at = len(lines)
			}
			lines = append(lines, deviationLine(f, r, revealed != nil && revealed(r.Key), i == cursor)...)
		}
	}
	part("New, not in the contract we know", true)
	part("Not as the contract says", false)
	if d.More > 0 {
		lines = append(lines, newRow(f.Width).gap(1).put(s.Dim, "and "+strconv.Itoa(d.More)+" more, see Wire").String())
	}
	if d.Refused {
		lines = append(lines, pad(f.Width))
		lines = append(lines, paragraph(s.Warn, "! plaid-go cannot decode this answer. What is shown was read around it; an app that uses plaid-go gets an error instead.", f.Width)...)
	}
	return lines, at
}

func deviationLine(f Frame, r Row, shown, here bool) []string {
	s, x := f.Styles, r.deviation
	line := newRow(f.Width)
	cursor := " "
	if here && f.Focused {
		cursor = "›"
		line.under(s.Selected)
	}
	said := string(x.Came)
	if x.Came == flow.KindNothing {
		said = "is missing"
	}
	switch {
	case x.Wanted == flow.KindKnown:
		said += ", not one of the contract's values"
	case !x.New():
		said += ", " + string(x.Wanted) + " wanted"
	}
	value := r.Text(false)
	if shown {
		value = "! shown"
	}
	// The end of a path says most.
	room := max(f.Width-1-2-width(value)-2-width(said), min(f.Width/2, 20))
	line.put(s.Accent, cursor).put(s.Text, clipLeft(Clean(x.Path), room))
	if value != "" {
		line.gap(2).put(s.Code, value)
	}
	line.gap(2).put(s.Dim, said)
	lines := []string{line.String()}
	if shown {
		for _, l := range chunks(r.Text(true), max(f.Width-2, 1)) {
			lines = append(lines, newRow(f.Width).gap(2).put(s.Code, l).String())
		}
	}
	return lines
}

// clipLeft cuts the beginning of clean text.
func clipLeft(text string, w int) string {
	for width(text) > w && text != "" {
		_, rest := splitAt(text, 1)
		if rest == text || rest == "" {
			return clip(text, w)
		}
		if width(rest) < w {
			return "…" + rest
		}
		text = rest
	}
	return text
}
