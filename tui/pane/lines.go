package pane

import (
	"strings"

	"layersim/tui/theme"
)

// Fit clips or pads text, which may hold styles, to exactly w cells. It must be
// clean.
func Fit(text string, w int) string { return fit(text, max(w, 0)) }

// Width counts the cells that text takes, escape sequences not counted.
func Width(text string) int { return width(text) }

// Paragraph breaks text into lines of w cells.
func Paragraph(style theme.Style, text string, w int) []string {
	return paragraph(style, Clean(text), w)
}

// Text draws lines that have f.Width cells each, from line offset on.
func Text(f Frame, lines []string, offset int) string {
	offset = max(min(offset, len(lines)-f.Height), 0)
	return fill(lines[min(offset, len(lines)):], f.Width, f.Height)
}

// Beside joins two texts of the same height.
func Beside(left, right string) string {
	var b strings.Builder
	b.Grow(len(left) + len(right))
	for left != "" || right != "" {
		var l, r string
		l, left, _ = strings.Cut(left, "\n")
		r, right, _ = strings.Cut(right, "\n")
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l)
		b.WriteString(r)
	}
	return b.String()
}
