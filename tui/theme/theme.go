// Package theme holds every style of the screen by what it means, so that
// panes never name a colour and light, dark and colourless terminals differ in
// one place.
//
//	styles := theme.New(dark, color)
//	line := styles.Good.Render("✓ verified")
//
// A style only supports a meaning that a sign or a word already carries: with
// color false every style is made of bold, underline, faint and reverse alone.
package theme

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// Style is how a text of one line looks. It is made from a lipgloss style
// without size, margin or padding, and keeps only the sequences around the
// text, which makes Render much cheaper than lipgloss's and a Style small
// enough to be passed around. The text must not contain line breaks.
type Style struct {
	open, end string
	lipgloss  *lipgloss.Style
}

// Lipgloss returns the style for those who need one of lipgloss, such as the
// text inputs of bubbles.
func (s Style) Lipgloss() lipgloss.Style {
	if s.lipgloss == nil {
		return lipgloss.NewStyle()
	}
	return *s.lipgloss
}

// Render returns s in this style. An empty s stays empty.
func (s Style) Render(text string) string {
	if text == "" || s.open == "" {
		return text
	}
	return s.open + text + s.end
}

// Append writes text in this style to b.
func (s Style) Append(b *strings.Builder, text string) {
	if text == "" {
		return
	}
	b.WriteString(s.open)
	b.WriteString(text)
	b.WriteString(s.end)
}

// Styles are the meanings the screen knows.
type Styles struct {
	Dark, Color bool

	Text   Style // what is read
	Dim    Style // what helps reading and may be overlooked
	Strong Style // what stands out in a sentence
	Accent Style // where we are, what is asked for
	Good   Style
	Warn   Style
	Bad    Style
	Key    Style // a key to press
	Title  Style // of a pane or a stage
	Button Style // what Enter does
	Link   Style // an address
	Code   Style // names of Plaid's and values as they are sent

	Border      Style
	BorderFocus Style
	Selected    Style // the line under the cursor
	Hit         Style // what was searched for
	Field       Style // a text field that is not being edited
	FieldFocus  Style // the text field that is being edited

	JSONKey, JSONString, JSONNumber, JSONWord, JSONPunct Style

	QR Style // dark on light in every theme, or scanners give up
}

// palette is the colours of one background. Every foreground has a contrast of
// at least 4.5:1 on the usual backgrounds of its kind.
type palette struct {
	dim, accent, good, warn, bad, border   string
	selectedText, selectedBack             string
	buttonText, buttonBack                 string
	fieldBack, hitText, hitBack            string
	jsonKey, jsonString, jsonNumber, jsonW string
}

var (
	darkPalette = palette{
		dim: "#9AA5B4", accent: "#7CC4FF", good: "#7EDB94", warn: "#F4C55C", bad: "#FF8F84", border: "#5A6675",
		selectedText: "#FFFFFF", selectedBack: "#2A415C",
		buttonText: "#0B1B2B", buttonBack: "#7CC4FF",
		fieldBack: "#26303C", hitText: "#1E1B12", hitBack: "#F4C55C",
		jsonKey: "#8CC8FF", jsonString: "#B6E28D", jsonNumber: "#F2B873", jsonW: "#CDB0F7",
	}
	lightPalette = palette{
		dim: "#56616E", accent: "#0A56A3", good: "#13693A", warn: "#7E5200", bad: "#AB1F15", border: "#8793A0",
		selectedText: "#08253F", selectedBack: "#CFE4F9",
		buttonText: "#FFFFFF", buttonBack: "#0A56A3",
		fieldBack: "#E9EEF3", hitText: "#2B1D00", hitBack: "#FFD873",
		jsonKey: "#0A56A3", jsonString: "#13693A", jsonNumber: "#8A4400", jsonW: "#65389C",
	}
)

// New builds the styles for a dark or light terminal, with or without colour.
func New(dark, color bool) Styles {
	p := lightPalette
	if dark {
		p = darkPalette
	}
	plain := lipgloss.NewStyle()
	fg := func(hex string) lipgloss.Style { return tint(color, hex, "") }
	s := Styles{
		Dark: dark, Color: color,
		Text:   build(plain),
		Dim:    build(fg(p.dim)),
		Strong: build(plain.Bold(true)),
		Accent: build(fg(p.accent).Bold(true)),
		Good:   build(fg(p.good)),
		Warn:   build(fg(p.warn)),
		Bad:    build(fg(p.bad)),
		Key:    build(fg(p.accent).Bold(true)),
		Title:  build(plain.Bold(true)),
		Button: build(tint(color, p.buttonText, p.buttonBack).Bold(true)),
		Link:   build(fg(p.accent).Underline(true)),
		Code:   build(fg(p.accent)),

		Border:      build(fg(p.border)),
		BorderFocus: build(fg(p.accent)),
		Selected:    build(tint(color, p.selectedText, p.selectedBack).Bold(true)),
		Hit:         build(tint(color, p.hitText, p.hitBack).Bold(true)),
		Field:       build(tint(color, "", p.fieldBack)),
		FieldFocus:  build(tint(color, "", p.fieldBack).Bold(true)),

		JSONKey:    build(fg(p.jsonKey)),
		JSONString: build(fg(p.jsonString)),
		JSONNumber: build(fg(p.jsonNumber)),
		JSONWord:   build(fg(p.jsonW)),
		JSONPunct:  build(fg(p.dim)),

		QR: build(tint(color, "#000000", "#FFFFFF")),
	}
	if !color {
		s.Dim = build(plain.Faint(true))
		s.Accent = build(plain.Bold(true))
		s.Warn = build(plain.Bold(true))
		s.Bad = build(plain.Bold(true))
		s.Button = build(plain.Bold(true).Reverse(true))
		s.Selected = build(plain.Reverse(true))
		s.Hit = build(plain.Bold(true).Underline(true))
		s.Field = build(plain.Underline(true))
		s.FieldFocus = build(plain.Underline(true).Bold(true))
		s.Border = build(plain.Faint(true))
		s.BorderFocus = build(plain.Bold(true))
		s.JSONKey = build(plain.Bold(true))
		s.JSONPunct = build(plain.Faint(true))
	}
	return s
}

func tint(on bool, fg, bg string) lipgloss.Style {
	s := lipgloss.NewStyle()
	if !on {
		return s
	}
	if fg != "" {
		s = s.Foreground(hex(fg))
	}
	if bg != "" {
		s = s.Background(hex(bg))
	}
	return s
}

func hex(s string) color.Color { return lipgloss.Color(s) }

// build works the sequences of a style out once.
func build(s lipgloss.Style) Style {
	open, end, _ := strings.Cut(s.Render("x"), "x")
	return Style{open: open, end: end, lipgloss: &s}
}
