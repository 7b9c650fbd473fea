package pane

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"layersim/tui/theme"
)

// FindLine returns the first of these drawn lines that has a text, whatever its
// case, -1 if none has it.
func FindLine(lines []string, text string) int {
	for i, l := range lines {
		if _, _, ok := findIn(ansi.Strip(l), text); ok {
			return i
		}
	}
	return -1
}

// Found marks a text in drawn lines. A line that has it loses its other styles,
// so that the mark stands out.
func Found(s theme.Styles, lines []string, text string) []string {
	if text == "" {
		return lines
	}
	for i, l := range lines {
		plain := ansi.Strip(l)
		from, to, ok := findIn(plain, text)
		if !ok {
			continue
		}
		r := newRow(width(plain))
		for ; ok; from, to, ok = findIn(plain, text) {
			r.put(s.Text, plain[:from]).put(s.Selected, plain[from:to])
			plain = plain[to:]
		}
		lines[i] = r.put(s.Text, plain).String()
	}
	return lines
}

// findIn returns where text is in line. Letters of another case are the same
// if they are as long, which all are that these texts are written in.
func findIn(line, text string) (from, to int, ok bool) {
	low, sought := strings.ToLower(line), strings.ToLower(text)
	if sought == "" || len(low) != len(line) || len(sought) != len(text) {
		return 0, 0, false
	}
	from = strings.Index(low, sought)
	return from, from + len(text), from >= 0
}
