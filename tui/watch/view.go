package watch

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/tui/pane"
	"layersim/tui/theme"
)

// View draws the screen. Only what can be seen is drawn.
func (m Model) View() tea.View {
	v := tea.View{AltScreen: true, WindowTitle: m.title()}
	if m.width > 0 && m.height > 0 {
		v.Content = m.screen()
	}
	return v
}

func (m *Model) title() string {
	if m.opts.Recording != "" {
		return "layersim replay"
	}
	return "layersim serve"
}

func (m *Model) screen() string {
	l := m.layout
	if l.tooSmall {
		return m.tooSmall()
	}
	var body string
	switch {
	case m.help:
		body = m.drawHelp()
	case len(m.lanes.all) == 0:
		body = m.drawEmpty()
	case l.narrow && l.list.w > 0:
		body = m.drawList()
	case l.narrow:
		body = m.drawLane()
	default:
		body = pane.Beside(m.drawList(), m.drawLane())
	}
	return m.header() + "\n" + body + "\n" + m.footer()
}

func (m *Model) frame(r rect, focused bool) pane.Frame {
	return pane.Frame{Styles: m.styles, Width: r.w, Height: r.h, Focused: focused}
}

func (m *Model) listFrame() pane.Frame {
	return pane.Inner(m.frame(m.layout.list, m.place()&(inList|inFilter) != 0))
}

// content is the frame inside the box of the tabs.
func (m *Model) content() pane.Frame {
	return pane.Inner(m.frame(m.layout.detail, m.place()&(inLane|inEntry) != 0))
}

// header says where the simulator is and how much there is to see; what
// matters least is left out first where there is no room.
func (m *Model) header() string {
	s := m.styles
	sessions, tokens := m.lanes.count()
	type part struct {
		rank  int // 0 matters most
		style theme.Style
		text  string
	}
	parts := []part{
		{0, s.Title, m.title()},
		{0, s.Link, pane.Clean(m.opts.Address + m.opts.Recording)},
		{1, s.Text, counted(sessions, "session", "sessions")},
	}
	if tokens > 0 {
		parts = append(parts, part{5, s.Dim, counted(tokens, "token without one", "tokens without one")})
	}
	switch {
	case m.opts.Recording != "": // nothing new comes
	case m.follow:
		parts = append(parts, part{2, s.Accent, "● following"})
	default:
		parts = append(parts, part{2, s.Dim, "○ not following"})
	}
	if m.ahead.Abs() >= time.Second && m.opts.Recording == "" {
		clock := "! its clock " + m.now().Format("2006-01-02 15:04")
		if !m.frozen.IsZero() {
			clock += ", standing still"
		}
		parts = append(parts, part{3, s.Warn, clock})
	}
	if n := m.lanes.forgotten; n > 0 {
		parts = append(parts, part{1, s.Warn, "! " + strconv.FormatUint(n, 10) + " entries missed"})
	}
	if n := m.lanes.gone; n > 0 {
		parts = append(parts, part{4, s.Dim, strconv.Itoa(n) + " left out"})
	}
	const gap = "  "
	room := m.width + len(gap)
	kept := make([]bool, len(parts))
	for rank := range 6 {
		for i, p := range parts {
			if w := pane.Width(p.text) + len(gap); p.rank == rank && (w <= room || rank == 0) {
				room -= w
				kept[i] = true
			}
		}
	}
	var b strings.Builder
	for i, p := range parts {
		if kept[i] {
			p.style.Append(&b, p.text)
			b.WriteString(gap)
		}
	}
	return pane.Fit(strings.TrimSuffix(b.String(), gap), m.width)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

const hintGap = "  "

// footer draws the keys that apply, as many as fit; the ones that are always
// wanted keep their place.
func (m *Model) footer() string {
	hints := m.hints()
	width := func(h hint) int { return pane.Width(h.key) + 1 + pane.Width(h.does) + len(hintGap) }
	room := m.width + len(hintGap) // the last one needs no gap
	for _, h := range hints {
		if h.always {
			room -= width(h)
		}
	}
	var b strings.Builder
	for _, h := range hints {
		if !h.always {
			if width(h) > room {
				continue
			}
			room -= width(h)
		}
		m.styles.Key.Append(&b, h.key)
		b.WriteByte(' ')
		m.styles.Dim.Append(&b, h.does)
		b.WriteString(hintGap)
	}
	return pane.Fit(strings.TrimSuffix(b.String(), hintGap), m.width)
}

func (m *Model) helpFrame() pane.Frame { return pane.Inner(m.frame(m.layout.body, true)) }

// helpText draws the whole key table, however long it is.
func (m *Model) helpText(f pane.Frame) []string {
	var groups [][]pane.HelpRow
	for _, g := range KeyTable() {
		rows := []pane.HelpRow{{Does: g.Name}}
		for _, k := range g.Keys {
			rows = append(rows, pane.HelpRow{Keys: k.Keys, Does: k.Does})
		}
		groups = append(groups, rows)
	}
	return pane.WholeHelp(f, groups)
}

func (m *Model) drawHelp() string {
	f := m.helpFrame()
	lines := m.helpText(f)
	title := "All keys"
	if len(lines) > f.Height {
		title += " · ↑↓ for more"
	}
	return pane.Box(m.frame(m.layout.body, true), title, pane.Text(f, lines, m.helpOffset))
}

// tooSmall says which size is needed.
func (m *Model) tooSmall() string {
	text := []string{
		"The window is too small.",
		"At least " + strconv.Itoa(minWidth) + "×" + strconv.Itoa(minHeight) + ";",
		"this is " + strconv.Itoa(m.width) + "×" + strconv.Itoa(m.height) + ".",
		"Ctrl+C quits.",
	}
	lines := make([]string, m.height)
	top := max((m.height-len(text))/2, 0)
	for i := range lines {
		if i >= top && i-top < len(text) {
			lines[i] = text[i-top]
		}
		lines[i] = pane.Fit(lines[i], m.width)
	}
	return strings.Join(lines, "\n")
}
