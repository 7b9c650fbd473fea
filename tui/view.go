package tui

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/tui/pane"
)

// View draws the screen. Only what can be seen is drawn.
func (m Model) View() tea.View {
	m.conceal()
	v := tea.View{AltScreen: true, WindowTitle: "layersim · " + string(m.state.Phase)}
	if m.mouse && m.overlay != inCopied {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if m.width <= 0 || m.height <= 0 {
		return v
	}
	v.Content, v.Cursor = takeMark(m.screen())
	return m.finish(v)
}

// part is a rectangle and the text that fills it exactly.
type part struct {
	rect
	text string
}

func (m *Model) screen() string {
	l := &m.layout
	if l.tooSmall {
		return m.tooSmall()
	}
	parts := make([]part, 0, 8)
	add := func(r rect, text string) {
		if !r.empty() {
			parts = append(parts, part{r, text})
		}
	}
	add(l.rail, m.drawRail(l.rail))
	if m.overlay != onScreen {
		add(l.overlay(), m.drawOverlay(l.overlay()))
	} else {
		add(l.banner, m.bannerWithNews(l.banner))
		add(l.tabs, m.tabLine(l.tabs.w))
		for id, r := range l.panes {
			if !r.empty() {
				add(r, m.drawPane(paneID(id), r))
			}
		}
	}
	add(l.footer, m.footer(l.footer.w))
	add(l.scrubber, m.drawScrubber(l.scrubber))
	return compose(m.height, parts)
}

func (m *Model) frame(r rect, focused bool) pane.Frame {
	return pane.Frame{Styles: m.styles, Width: r.w, Height: r.h, Focused: focused}
}

// compose puts parts that tile the screen together, line by line.
func compose(h int, parts []part) string {
	slices.SortStableFunc(parts, func(a, b part) int { return a.x - b.x })
	size := 0
	for i := range parts {
		size += len(parts[i].text)
	}
	var b strings.Builder
	b.Grow(size + h)
	for y := range h {
		if y > 0 {
			b.WriteByte('\n')
		}
		for i := range parts {
			p := &parts[i]
			if y < p.y || y >= p.y+p.h {
				continue
			}
			var line string
			line, p.text, _ = strings.Cut(p.text, "\n")
			b.WriteString(line)
		}
	}
	return b.String()
}

// roomForNews is the height from which the stage has room for what the Lint tab
// found besides a mistake that was made on purpose.
const roomForNews = 22

// drawPane draws a pane with its border.
func (m *Model) drawPane(id paneID, r rect) string {
	f := m.frame(r, m.focus == id)
	inner := pane.Inner(f)
	news := ""
	if id == paneStage && (m.state.Mistake.Wrong == "" || inner.Height >= roomForNews) { // the mistake's own box says more
		inner, news = m.makeRoomForNews(inner)
	}
	s := &m.state
	title, body := id.title(), ""
	switch id {
	case paneStage:
		title, body = m.withMistake(inner, m.drawStage)
	case paneInspector:
		title, body = m.drawInspector(inner)
	case paneLog:
		title, body = m.logTitle(), logAspect().draw(m, inner)
	case paneIdentity:
		body = pane.Identity(inner, s.Account, s.PhoneProof, m.isRevealed, m.results.identity)
	case paneHistory:
		body = pane.History(inner, s.Account)
	case paneItems:
		body = pane.Items(inner, s.Account, m.isRevealed, m.results.items)
	default:
	}
	return pane.Box(f, title, body+news)
}

// tabLine says which panes there are when only one can be seen.
func (m *Model) tabLine(width int) string {
	var b strings.Builder
	for _, p := range panesOf(m.hasResults()) {
		if p == m.focus {
			b.WriteString(m.styles.Accent.Render("● "+p.title()) + "  ")
			continue
		}
		b.WriteString(m.styles.Dim.Render("○ "+p.title()) + "  ")
	}
	return fit(b.String(), width)
}

// banner says in two lines how a walk with results ended, and what can be done
// then if there is room for it.
func (m *Model) banner(r rect) string {
	if r.empty() {
		return ""
	}
	if m.refusal == "" {
		if lines := pane.MistakeLines(m.frame(r, false), m.state.Mistake, r.h); len(lines) > 0 {
			for len(lines) < r.h {
				lines = append(lines, fit("", r.w))
			}
			return strings.Join(lines, "\n")
		}
	}
	s := m.styles
	reason := s.Text.Render(pane.Clean(m.state.EndReason))
	if m.refusal != "" {
		reason = s.Warn.Render("! " + pane.Clean(m.refusal))
	}
	text := ansi.Wrap(s.Good.Render("✓ Onboarded. ")+reason, r.w, " ")
	lines := strings.SplitN(text, "\n", r.h+1)
	if choices := m.choices(r.w); len(lines) < r.h && !strings.Contains(choices, "\n") {
		lines = append(lines, choices)
	}
	for len(lines) < r.h {
		lines = append(lines, "")
	}
	for i := range lines[:r.h] {
		lines[i] = fit(lines[i], r.w)
	}
	return strings.Join(lines[:r.h], "\n")
}

// footer draws the keys that apply, as many as fit; the ones that are always
// wanted keep their place.
func (m *Model) footer(width int) string {
	switch {
	case m.prompt.on:
		return m.drawPrompt(width)
	case m.notice != "":
		return fit(m.styles.Good.Render(pane.Clean(m.notice)), width)
	}
	where := m.standing()
	width -= ansi.StringWidth(where)
	hints := m.hints()
	room := width + len(hintGap) // the last one needs no gap
	for _, h := range hints {
		if h.always {
			room -= h.width()
		}
	}
	var b strings.Builder
	for _, h := range hints {
		if !h.always {
			if h.width() > room {
				continue
			}
			room -= h.width()
		}
		h.draw(m, &b)
	}
	return where + fit(strings.TrimSuffix(b.String(), hintGap), width)
}

// standing says what is not as usual: the moment that is looked at, and what was
// turned on or off.
func (m *Model) standing() string {
	var b strings.Builder
	if past := m.travelled(); past != "" {
		b.WriteString(m.styles.Warn.Render(past) + hintGap)
	}
	if m.private.on {
		b.WriteString(m.styles.Key.Render("P") + " " + m.styles.Warn.Render("private") + hintGap)
	}
	if m.opts.Mouse && !m.mouse {
		b.WriteString(m.styles.Dim.Render("mouse off") + hintGap)
	}
	return b.String()
}

const hintGap = "  "

func (h hint) width() int {
	return ansi.StringWidth(h.key) + 1 + ansi.StringWidth(h.does) + len(hintGap)
}

func (h hint) draw(m *Model, b *strings.Builder) {
	m.styles.Key.Append(b, h.key)
	b.WriteByte(' ')
	m.styles.Dim.Append(b, h.does)
	b.WriteString(hintGap)
}

// tooSmall says which size is needed.
func (m *Model) tooSmall() string {
	text := []string{
		"The window is too small.",
		"layersim needs " + strconv.Itoa(minWidth) + "×" + strconv.Itoa(minHeight) + ";",
		"this is " + strconv.Itoa(m.width) + "×" + strconv.Itoa(m.height) + ".",
		"Make it larger, or press",
		"Ctrl+C to quit.",
	}
	if m.width < 25 || m.height < len(text) {
		text = []string{"Too small:", strconv.Itoa(minWidth) + "×" + strconv.Itoa(minHeight) + " needed.", "Ctrl+C quits."}
	}
	lines := make([]string, m.height)
	top := max((m.height-len(text))/2, 0)
	for i := range lines {
		if i >= top && i-top < len(text) {
			lines[i] = text[i-top]
		}
		lines[i] = fit(lines[i], m.width)
	}
	return strings.Join(lines, "\n")
}

// takeMark takes the cursor's mark out of the screen and returns where it was.
func takeMark(screen string) (string, *tea.Cursor) {
	at := strings.Index(screen, cursorMark)
	if at < 0 {
		return screen, nil
	}
	before := screen[:at]
	y := strings.Count(before, "\n")
	x := ansi.StringWidth(before[strings.LastIndexByte(before, '\n')+1:])
	cursor := tea.NewCursor(x, y)
	cursor.Shape, cursor.Blink = tea.CursorBar, false
	return strings.ReplaceAll(screen, cursorMark, ""), cursor
}

// markAt puts the cursor's mark before cell x of line y of a text.
func markAt(text string, y, x int) string {
	if y < 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	if y < len(lines) {
		lines[y] = ansi.Truncate(lines[y], x, "") + cursorMark + ansi.TruncateLeft(lines[y], x, "")
	}
	return strings.Join(lines, "\n")
}

// clip cuts a styled line to w cells; fit pads it as well.
func clip(s string, w int) string {
	if w <= 0 {
		return ""
	}
	return ansi.Truncate(s, w, "…")
}

func fit(s string, w int) string {
	s = clip(s, w)
	if n := w - ansi.StringWidth(s); n > 0 {
		s += strings.Repeat(" ", n)
	}
	return s
}

// source says in a few words what the walk runs against.
func (m *Model) source() string {
	words := "simulated Plaid"
	if m.opts.Live {
		words = "live Plaid Sandbox"
		if strings.HasPrefix(m.elsewhere(), "not Plaid") {
			words = "live, not Plaid"
		}
	}
	template := m.opts.Template
	if t, ok := m.opts.Catalog.Template(m.state.Config.TemplateID); ok {
		template = t.Name
	} else if m.opts.Live {
		template = m.state.Config.TemplateID
	}
	if template != "" {
		if !strings.HasPrefix(template, "template") { // an id says it itself
			words += " · template"
		} else {
			words += " ·"
		}
		words += " " + pane.Clean(template)
	}
	if label := m.state.Config.Client.Label(); label != "" {
		words += " · " + pane.Clean(label)
	}
	return words
}
