package present

import (
	"strings"

	"layersim/tui/pane"
	"layersim/tui/theme"
)

// sheet collects the lines of a column. Blank lines are for looks: they go first
// where there is no room.
type sheet struct {
	styles theme.Styles
	w, h   int
	lines  []string
	blank  []bool
}

func newSheet(f pane.Frame) *sheet { return &sheet{styles: f.Styles, w: f.Width, h: f.Height} }

func (t *sheet) add(line string) {
	t.lines, t.blank = append(t.lines, line), append(t.blank, false)
}

// say adds a paragraph.
func (t *sheet) say(style theme.Style, text string) {
	for _, line := range pane.Paragraph(style, text, t.w) {
		t.add(line)
	}
}

// mark adds a paragraph after a sign.
func (t *sheet) mark(sign string, signStyle, style theme.Style, text string) {
	hang := pane.Width(sign) + 1
	if t.w <= hang {
		return
	}
	for i, line := range pane.Paragraph(style, text, t.w-hang) {
		if i == 0 {
			t.add(signStyle.Render(sign) + " " + line)
		} else {
			t.add(strings.Repeat(" ", hang) + line)
		}
	}
}

// code adds lines as they are, cut where they are too long.
func (t *sheet) code(lines ...string) {
	for _, line := range lines {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		t.add(pane.Fit(indent+t.styles.Code.Render(pane.Clean(strings.TrimLeft(line, " "))), t.w))
	}
}

// gap adds a blank line, unless there is one.
func (t *sheet) gap() {
	if n := len(t.lines); n > 0 && !t.blank[n-1] {
		t.lines, t.blank = append(t.lines, pane.Fit("", t.w)), append(t.blank, true)
	}
}

// draw fits the sheet into its frame.
func (t *sheet) draw(f pane.Frame) string {
	lines, blank := t.lines, t.blank
	for len(lines) > 0 && blank[len(lines)-1] {
		lines, blank = lines[:len(lines)-1], blank[:len(blank)-1]
	}
	if over := len(lines) - f.Height; over > 0 {
		kept := make([]string, 0, len(lines))
		for i := len(lines) - 1; i >= 0; i-- { // from the end: what comes first is the most important
			if blank[i] && over > 0 {
				over--
				continue
			}
			kept = append(kept, lines[i])
		}
		for i, k := 0, len(kept)-1; i < k; i, k = i+1, k-1 {
			kept[i], kept[k] = kept[k], kept[i]
		}
		lines = kept
	}
	if len(lines) > f.Height && f.Height > 0 {
		lines = append(lines[:f.Height-1:f.Height-1], pane.Fit(t.styles.Dim.Render("… Tab shows all"), t.w))
	}
	return pane.Text(f, lines, 0)
}
