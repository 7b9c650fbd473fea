package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"layersim/tui/pane"
)

// helpRows is the key table for the overlay; what does not apply now is marked.
func (m *Model) helpRows() [][]pane.HelpRow {
	var groups [][]pane.HelpRow
	for _, g := range KeyTable() {
		rows := []pane.HelpRow{{Does: g.Name}}
		for _, k := range g.Keys {
			keys := k.Keys
			if k.Typing != "" {
				keys += " " + k.Typing
			}
			rows = append(rows, pane.HelpRow{Keys: keys, Does: k.Does, Off: !m.applies(k.binding)})
		}
		groups = append(groups, rows)
	}
	return groups
}

// helpText draws the whole key table, however long it is.
func (m *Model) helpText(f pane.Frame) []string {
	lines := pane.WholeHelp(f, m.helpRows())
	return append(lines, "", clip("Where two keys are given, the second works while you type as well.", f.Width), clip("A key in parentheses does nothing in this step.", f.Width))
}

// layOutHelp counts the lines of help, to know how far it can be scrolled.
func (m *Model) layOutHelp() {
	f := pane.Inner(m.frame(m.layout.overlay(), true))
	m.helpLength = len(m.helpText(f))
}

func (m *Model) helpIsLong() bool { return m.helpLength > m.layout.overlay().h-2 }

func (m *Model) scrollHelp(a action) {
	m.helpOffset = scrolled(a, m.helpOffset, m.helpLength, m.layout.overlay().h-2)
}

func (m *Model) drawHelp(f pane.Frame) (title, body string) {
	lines := m.helpText(f)
	from := max(min(m.helpOffset, len(lines)-f.Height), 0)
	lines = lines[from:]
	if len(lines) > f.Height && f.Height > 1 {
		lines = append(lines[:f.Height-1:f.Height-1], m.styles.Dim.Render("↓ more below"))
	}
	return "All keys", strings.Join(lines, "\n")
}

// drawQR draws the page's address as a QR code, and beside it the address. It
// needs every line there is, so it has no border.
func (m *Model) drawQR(f pane.Frame) (title, body string) {
	r := rect{w: f.Width, h: f.Height}
	const aside = 24 // cells for the words beside the code
	s := m.styles
	url := pane.Clean(m.state.Link.Page.URL)
	code := strings.Split(pane.QR(s, url), "\n")
	used := ansi.StringWidth(code[0])
	if used == 0 || len(code) > r.h || used+aside > r.w {
		code, used = nil, 0
	}
	title = "Open Link elsewhere"
	if m.state.Config.InPage {
		title = "The address of the page"
	}
	words := []string{s.Title.Render(title), ""}
	words = append(words, strings.Split(hyperlink(s.Link.Render, url, r.w-used-3), "\n")...)
	note := "It is served on this machine only: for another device, forward the port."
	if code == nil {
		note = "The window is too small for the QR code; make it larger."
	}
	words = append(words, "")
	words = append(words, strings.Split(ansi.Wrap(note, r.w-used-3, " "), "\n")...)
	lines := make([]string, r.h)
	for i := range lines {
		left, right := strings.Repeat(" ", used), ""
		if i < len(code) {
			left = code[i]
		}
		if i < len(words) {
			right = words[i]
		}
		lines[i] = fit(left+"  "+right, r.w)
	}
	return "", strings.Join(lines, "\n")
}
