package pane

import "fmt"

// PaletteRow is one thing that the command palette offers.
type PaletteRow struct {
	Group, Title string
	Key          string // which key does it as well
	Why          string // why it cannot be done now; "" when it can
}

// PaletteRows returns how many of the things found a frame shows at once.
func PaletteRows(f Frame) int { return max(f.Height-2, 0) }

// PaletteFirst returns which of n things stands in the first row when the
// cursor is on one of them.
func PaletteFirst(f Frame, n, cursor int) int {
	return max(min(cursor-PaletteRows(f)/2, n-PaletteRows(f)), 0)
}

// Palette draws what is typed, which the program has drawn already, and below it
// the things found: row(i) gives one of n and is called for those shown only.
func Palette(f Frame, typed string, n int, row func(i int) PaletteRow, cursor int) string {
	s := f.Styles
	first := PaletteFirst(f, n, cursor)
	found := fmt.Sprintf("%d found", n)
	if rows := PaletteRows(f); n > rows {
		found = fmt.Sprintf("%d/%d", cursor+1, n)
		if more := MoreWords(first, n-first-rows); f.Width > 70 {
			found = more + "  " + found
		}
	}
	head := newRow(f.Width).put(s.Key, "› ")
	head.raw(typed)
	head.right(s.Dim, found, head.left())
	lines := []string{head.String(), newRow(f.Width).rule(s.Border).String()}
	if n == 0 {
		lines = append(lines, paragraph(s.Dim, "Nothing is called that. Fewer letters find more; Esc goes back.", f.Width)...)
	}
	for i := first; i < min(first+PaletteRows(f), n); i++ {
		lines = append(lines, paletteLine(f, row(i), i == cursor))
	}
	return fill(lines[:min(len(lines), max(f.Height, 0))], f.Width, f.Height)
}

// paletteLine draws a title, then why it cannot be done, and at the right the
// key and the group.
func paletteLine(f Frame, p PaletteRow, here bool) string {
	const groups, keys = 15, 11
	s := f.Styles
	r := newRow(f.Width)
	mark, style := "  ", s.Text
	if p.Why != "" {
		style = s.Dim
	}
	if here {
		mark = "› "
		r.under(s.Selected)
	}
	r.put(s.Accent, mark)
	side := 0
	if f.Width >= 56 {
		side = groups + keys
	}
	room := max(r.left()-side, 0)
	title := Clean(p.Title)
	if p.Why != "" {
		title += "  (" + Clean(p.Why) + ")"
	}
	r.col(style, title, room)
	if side > 0 {
		r.gap(1).col(s.Key, p.Key, keys-1).col(s.Dim, Clean(p.Group), groups)
	}
	return r.String()
}
