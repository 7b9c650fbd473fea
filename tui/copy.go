package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/tui/pane"
)

// Copying: the text goes to the clipboard by OSC 52. A terminal does not say
// whether it took it, so the text can also be seen plain, without borders and
// with the mouse left to the terminal, to be selected there.

// clipboard is what was copied last.
type clipboard struct {
	what, text string
	offset     int
	// lines is the text as it is seen at a width: to wrap a long one takes too
	// long for each frame.
	lines []string
	width int
}

// muchToCopy is from how many bytes on a terminal may refuse a text: many keep
// 100 kB of OSC 52, in which three bytes take four.
const muchToCopy = 75_000

// copy puts a text on the clipboard and says so.
func (m *Model) copy(what, text string) tea.Cmd {
	if text == "" {
		return nil
	}
	text = harmless(m.hideWords(text))
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
	if len(text) > muchToCopy {
		m.notice = fmt.Sprintf("✓ Copied %s, %d kB: a terminal may refuse so much. %s shows it for the mouse.", what, len(text)/1000, pane.KeyName(copiedKey))
	}
	return tea.SetClipboard(text)
}

// harmless drops what would do something where a text is pasted: control
// characters but the ends of lines and tabs, and what changes the direction of
// writing.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || flow.IsHarmless(r) {
			return r
		}
		return -1
	}, text)
}

// copyHere copies what is looked at: as it is shown, or with the real values.
func (m *Model) copyHere(unmasked bool) tea.Cmd {
	if canTell(m) {
		return m.copy(m.tell())
	}
	a, ok := m.looking()
	if !ok || a.copy == nil {
		return nil
	}
	if unmasked && (m.refuseWhilePrivate() || m.refusesToReveal()) {
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
	lines := m.board.lines
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

// layOutCopied wraps what was copied, once for a width.
func (m *Model) layOutCopied() {
	b, width := &m.board, m.layout.overlay().w
	if b.lines != nil && b.width == width {
		return
	}
	b.lines, b.width = nil, width
	for line := range strings.SplitSeq(strings.TrimSuffix(b.text, "\n"), "\n") {
		line = pane.Clean(strings.ReplaceAll(line, "\t", "    "))
		b.lines = append(b.lines, strings.Split(ansi.Hardwrap(line, max(width, 1), true), "\n")...)
	}
}

func (m *Model) scrollCopied(a action) {
	m.board.offset = scrolled(a, m.board.offset, len(m.board.lines), m.layout.overlay().h-2)
}
