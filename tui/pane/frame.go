package pane

import (
	"strings"

	"layersim/tui/theme"
)

// Frame is the place a pane is drawn in: its size in cells, the styles, and
// whether keys go to it.
type Frame struct {
	Styles        theme.Styles
	Width, Height int
	Focused       bool
}

// Kind says how a notice is meant.
type Kind int

// The kinds of notice. Each has a sign and a style.
const (
	Info Kind = iota
	Good
	Warn
	Bad
)

// sign returns the sign and style of a kind.
func (k Kind) sign(s theme.Styles) (string, theme.Style) {
	switch k {
	case Good:
		return "✓", s.Good
	case Warn:
		return "!", s.Warn
	case Bad:
		return "✗", s.Bad
	default:
		return "→", s.Accent
	}
}

// inset is what a Box takes on each side: one line above and below, one border
// and one blank left and right.
const (
	insetX = 2
	insetY = 1
)

// InnerSize returns the room inside a Box.
func InnerSize(f Frame) (width, height int) {
	return max(f.Width-2*insetX, 0), max(f.Height-2*insetY, 0)
}

// Inner returns the Frame inside a Box.
func Inner(f Frame) Frame {
	f.Width, f.Height = InnerSize(f)
	return f
}

// Box draws a border with a title around body. Title and body are the
// program's own and may hold styles; body is clipped and padded. A box too
// small for a border is blank.
func Box(f Frame, title, body string) string {
	if f.Width < 2*insetX || f.Height < 2*insetY {
		return fill(nil, f.Width, f.Height)
	}
	s := f.Styles
	edge, titleStyle, corner := s.Border, s.Dim, [...]string{"╭", "╮", "╰", "╯"}
	line := "─"
	if f.Focused {
		// Heavier lines say it without colour.
		edge, titleStyle, corner, line = s.BorderFocus, s.Title, [...]string{"┏", "┓", "┗", "┛"}, "━"
	}
	w, h := InnerSize(f)
	side := edge.Render("│")
	if f.Focused {
		side = edge.Render("┃")
	}

	var b strings.Builder
	// What is in the body, its padding, the border: its signs take three bytes.
	b.Grow(len(body) + len(title) + h*(w+2*len(side)+3) + 2*(3*f.Width+4*len(side)))
	title = clip(title, w-2)
	if title == "" {
		b.WriteString(edge.Render(corner[0] + strings.Repeat(line, f.Width-2) + corner[1]))
	} else {
		b.WriteString(edge.Render(corner[0] + line))
		b.WriteByte(' ')
		if strings.ContainsRune(title, 0x1b) {
			b.WriteString(title)
		} else {
			b.WriteString(titleStyle.Render(title))
		}
		b.WriteByte(' ')
		b.WriteString(edge.Render(strings.Repeat(line, f.Width-5-width(title)) + corner[1]))
	}
	rest := body
	for range h {
		var l string
		l, rest, _ = strings.Cut(rest, "\n")
		b.WriteByte('\n')
		b.WriteString(side)
		b.WriteByte(' ')
		b.WriteString(fit(l, w))
		b.WriteByte(' ')
		b.WriteString(side)
	}
	b.WriteByte('\n')
	b.WriteString(edge.Render(corner[2] + strings.Repeat(line, f.Width-2) + corner[3]))
	return b.String()
}
