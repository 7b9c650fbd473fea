package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/tui/pane"
)

// Copying: the text goes to the clipboard by OSC 52. A terminal does not say
// whether it took it, so the text can also be seen plain, without borders and
// with the mouse left to the terminal, to be selected there.

// clipboard is what was copied last.
type clipboard struct {
	what, text string
	offset     int
}

// copy puts a text on the clipboard and says so.
func (m *Model) copy(what, text string) tea.Cmd {
	if text == "" {
		return nil
	}
	text = m.hideWords(text)
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	m.board = clipboard{what: what, text: text}
	lines := strings.Count(text, "\n")
	many := fmt.Sprintf("%d lines", lines)
	if lines == 1 {
		many = "one line"
	}
	m.notice = fmt.Sprintf("✓ Copied %s, %s. Nothing to paste? %s shows it for the mouse.", what, many, pane.KeyName(copiedKey))
	return tea.SetClipboard(text)
}

// copyHere copies what is looked at: as it is shown, or with the real values.
func (m *Model) copyHere(unmasked bool) tea.Cmd {
	a, ok := m.looking()
	if !ok || a.copy == nil {
		return nil
	}
	if unmasked && m.refuseWhilePrivate() {
		return nil
	}
	seen := *m
	seen.conceal()
	seen.notice = ""
	what, text := a.copy(&seen, unmasked)
	if text == "" { // it says why, or there is nothing
		m.notice = orElse(seen.notice, "There is nothing to copy here yet.")
		return nil
	}
	return m.copy(what, text)
}

const copiedKey = "ctrl+y"

func hasCopied(m *Model) bool { return m.board.text != "" }

// drawCopied draws what was copied, line by line from the first column.
func (m *Model) drawCopied(f pane.Frame) (title, body string) {
	s := m.styles
	lines := m.copiedLines(f.Width)
	head := fit(s.Title.Render(pane.Clean(m.board.what))+s.Dim.Render("  select it with the mouse and copy it with your terminal's own key"), f.Width)
	rows := max(f.Height-2, 0)
	from := max(min(m.board.offset, len(lines)-rows), 0)
	shown := lines[from:min(from+rows, len(lines))]
	out := append([]string{head, strings.Repeat(" ", f.Width)}, shown...)
	if len(out) > f.Height {
		out = out[:f.Height]
	}
	for i := range out {
		out[i] = fit(out[i], f.Width)
	}
	for len(out) < f.Height {
		out = append(out, strings.Repeat(" ", f.Width))
	}
	return "", strings.Join(out, "\n")
}

func (m *Model) copiedLines(width int) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSuffix(m.board.text, "\n"), "\n") {
		line = pane.Clean(strings.ReplaceAll(line, "\t", "    "))
		lines = append(lines, strings.Split(ansi.Hardwrap(line, max(width, 1), true), "\n")...)
	}
	return lines
}

func (m *Model) scrollCopied(a action) {
	r := m.layout.overlay()
	m.board.offset = scrolled(a, m.board.offset, len(m.copiedLines(r.w)), r.h-2)
}
