package present

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/tui/pane"
)

// View draws the screen. Only what can be seen is drawn.
func (m Model) View() tea.View {
	v := tea.View{AltScreen: true, WindowTitle: "layersim present"}
	if m.width > 0 && m.height > 0 {
		v.Content = m.screen()
	}
	return v
}

func (m *Model) screen() string {
	if m.width < minWidth || m.height < minHeight {
		return tooSmall(m.width, m.height)
	}
	top := m.top()
	lines := []string{top}
	var body string
	switch sc := m.show.looking(); {
	case m.help:
		body = drawHelp(m.frame(rect{m.width, m.height - 2}), m.offset)
	case sc == nil:
		body = m.drawCover(len(m.show.scenes) > 0)
	case sc.stand == asking || sc.stand == answered || m.recall:
		lines = append(lines, m.titleLines(sc)...)
		body = m.drawQuestion(sc, len(lines))
	case takesHome(sc):
		lines = append(lines, m.titleLines(sc)...)
		body = m.drawTakenHome(sc, len(lines))
	default:
		lines = append(lines, m.titleLines(sc)...)
		lines = append(lines, m.drawHeadline(sc)...)
		body = m.drawBeat(sc, len(lines))
	}
	if body != "" {
		lines = append(lines, body)
	}
	return strings.Join(lines, "\n") + "\n" + m.bottom()
}

func (m *Model) frame(r rect) pane.Frame {
	return pane.Frame{Styles: m.styles, Width: r.w, Height: r.h}
}

// top says how far the presentation is, in beats and in minutes.
func (m *Model) top() string {
	s := m.styles
	st := m.status()
	left := s.Dim.Render(pane.Clean(m.opts.Scenario.Title))
	if at := m.show.at; at < len(m.show.scenes) {
		left = s.Strong.Render(strconv.Itoa(at+1)+" of "+strconv.Itoa(len(m.beats))) + "  " + m.dots()
	}
	right := s.Text.Render(minutes(st.Elapsed))
	if st.Planned > 0 {
		right += s.Dim.Render(" of " + minutes(st.Planned))
	}
	if st.Beat > 0 && st.Beat <= st.Of {
		right += s.Dim.Render("  beat " + minutes(st.OfBeat))
	}
	if st.Behind > 0 {
		right += s.Dim.Render("  +" + minutes(st.Behind.Truncate(time.Second)))
	}
	if st.Paused {
		right += s.Warn.Render("  timer stands")
	}
	if m.show.at < len(m.show.scenes)-1 || m.show.over && m.show.at < len(m.show.scenes) {
		left += "  " + s.Warn.Render("‹ looking back")
	}
	room := m.width - pane.Width(right) - 2
	if room < 8 {
		return pane.Fit(left, m.width)
	}
	return pane.Fit(left, room) + "  " + right
}

// dots shows the beats: blocks for those that were shown and small dots for those
// to come, which can be told apart from the last row.
func (m *Model) dots() string {
	const most = 40
	if len(m.beats) > most || m.width < 80 {
		return ""
	}
	var b strings.Builder
	for i := range m.beats {
		switch {
		case i == m.show.at:
			m.styles.Accent.Append(&b, "◆")
		case i < len(m.show.scenes):
			b.WriteString("■")
		default:
			m.styles.Dim.Append(&b, "·")
		}
	}
	return b.String()
}

// titleLines is the title of a beat, in two lines if need be.
func (m *Model) titleLines(sc *scene) []string {
	lines := pane.Paragraph(m.styles.Title, pane.Clean(m.beats[sc.beat].title), m.width)
	if len(lines) == 0 || len(lines) > 2 || m.height < tallHeadline {
		return []string{pane.Fit(m.styles.Title.Render(pane.Clean(m.beats[sc.beat].title)), m.width)}
	}
	for i := range lines {
		lines[i] = pane.Fit(lines[i], m.width)
	}
	return lines
}

// drawHeadline draws what came in letters as large as there is room for, and
// what it means. Its name stands below in ordinary letters as well.
func (m *Model) drawHeadline(sc *scene) []string {
	h := m.headline(sc)
	if sc.stand != shown {
		return []string{pane.Fit(m.styles.Dim.Render("One moment…"), m.width)}
	}
	air := 0
	if m.height >= 30 {
		air = 1
	}
	blank := pane.Fit("", m.width)
	var lines []string
	for range air {
		lines = append(lines, blank)
	}
	sign, style := signOf(h.kind, m.frame(rect{}))
	margin := 2
	name := h.name
	if name == "" { // nothing came: the title is what it is about
		name, style = pane.Clean(m.beats[sc.beat].title), m.styles.Accent
	}
	big := m.large(name, m.width-2*margin)
	for _, l := range big {
		lines = append(lines, pane.Fit(strings.Repeat(" ", margin)+style.Render(l), m.width))
	}
	if h.name != "" {
		for range min(air, len(big)) {
			lines = append(lines, blank)
		}
		lines = append(lines, m.meaning(h, style.Render(sign))...)
	}
	for range air {
		lines = append(lines, blank)
	}
	return lines
}

// meaning is the name of what came, and what it means, in a line or two.
func (m *Model) meaning(h headline, sign string) []string {
	const gap = 2
	name := sign + " " + m.styles.Strong.Render(h.name)
	hang := pane.Width(name) + gap
	if h.means == "" || m.width-hang < 20 {
		return []string{pane.Fit(name, m.width)}
	}
	lines := pane.Paragraph(m.styles.Text, h.means, m.width-hang)
	lines = lines[:min(len(lines), 2)]
	for i, line := range lines {
		if i > 0 {
			name = strings.Repeat(" ", hang-gap)
		}
		lines[i] = pane.Fit(name+strings.Repeat(" ", gap)+line, m.width)
	}
	return lines
}

// large draws a name in large letters, in two lines if one is not enough; nil if
// there is no room for them.
func (m *Model) large(name string, w int) []string {
	if m.height < tallHeadline || m.notes && m.height < 36 {
		return nil
	}
	for scale := 2; scale >= 1; scale-- {
		if scale > 1 && m.height < 45 {
			continue
		}
		if big := bigText(name, scale, w); big != nil {
			return big
		}
	}
	if m.height < 30 {
		return nil
	}
	for i := len(name) - 1; i > 0; i-- { // the last place that leaves room for the rest
		if name[i] != '_' && name[i] != ' ' && name[i] != '/' {
			continue
		}
		if first, second := bigText(name[:i], 1, w), bigText(name[i+1:], 1, w); first != nil && second != nil {
			return append(first, second...)
		}
	}
	return nil
}

// drawBeat draws the three columns, the question that was answered, and the
// notes.
func (m *Model) drawBeat(sc *scene, head int) string {
	var asked []string
	if q := sc.question; q.Question != "" && m.height >= 30 && !m.notes {
		asked = m.strip(q)
	}
	l := layOut(m.width, m.height, head+len(asked), m.notes, m.alone)
	draw := func(c column, title string, body func(pane.Frame, *scene) string) string {
		r := l.columns[c]
		if r.w <= 0 || r.h <= 0 {
			return ""
		}
		f := m.frame(r)
		return pane.Box(f, title, body(pane.Inner(f), sc))
	}
	u, a, p := draw(user, "The user sees", m.drawUser), draw(app, "The app does", m.drawApp), draw(plaid, "Plaid does", m.drawPlaid)
	var parts []string
	switch {
	case l.beside:
		parts = []string{pane.Beside(pane.Beside(u, a), p)}
	case u != "" && a != "" && p != "" && !l.stacked:
		parts = []string{pane.Beside(u, a+"\n"+p)}
	default:
		for _, x := range []string{u, a, p} {
			if x != "" {
				parts = append(parts, x)
			}
		}
	}
	parts = append(parts, asked...)
	if l.notes.h > 0 {
		parts = append(parts, m.drawNotes(m.frame(l.notes)))
	}
	return strings.Join(parts, "\n")
}

// bottom says what the keys do, or what the presenter must know.
func (m *Model) bottom() string {
	s := m.styles
	switch {
	case m.leaving:
		return pane.Fit(s.Warn.Render("! q once more ends the presentation; any other key goes on."), m.width)
	case m.notice != "":
		return pane.Fit(s.Strong.Render(m.notice), m.width)
	case m.show.broken != nil && len(m.show.scenes) > 0:
		return pane.Fit(s.Bad.Render("✗ "+pane.Clean(m.show.broken.Error())+". Enter goes on, R begins again."), m.width)
	}
	return drawHints(s, m.hints(), m.width)
}

// tooSmall says which size is needed.
func tooSmall(w, h int) string {
	text := []string{
		"The window is too small.",
		"At least " + strconv.Itoa(minWidth) + "×" + strconv.Itoa(minHeight) + ";",
		"this is " + strconv.Itoa(w) + "×" + strconv.Itoa(h) + ".",
		"Ctrl+C quits.",
	}
	lines := make([]string, h)
	top := max((h-len(text))/2, 0)
	for i := range lines {
		if i >= top && i-top < len(text) {
			lines[i] = text[i-top]
		}
		lines[i] = pane.Fit(lines[i], w)
	}
	return strings.Join(lines, "\n")
}
