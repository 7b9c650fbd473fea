package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/tui/pane"
)

// What the screen shows of a walk against the real Plaid, besides the walk
// itself: always where it leads to and how the page stands, and of the fixtures
// only what Plaid documents.

// statusLines are the lines below the steps that a live walk always shows, nil
// for a simulated one.
func (m *Model) statusLines(width int) []string {
	if !m.opts.Live || width <= 0 {
		return nil
	}
	lines := []string{m.pageLine(width)}
	if len(m.opts.Elsewhere) == 0 {
		return lines
	}
	sign := "! "
	for l := range strings.SplitSeq(ansi.Wrap(pane.Clean(m.elsewhere()), max(width-2, 1), " "), "\n") {
		lines = append(lines, fit(m.styles.Warn.Render(sign+l), width))
		sign = "  "
	}
	const most = 5 // nobody sets more than fits, and the walk needs its room
	return lines[:min(len(lines), most)]
}

// elsewhere says which settings lead elsewhere than to Plaid. One that only adds
// to whom we trust is named last, because it leads nowhere.
func (m *Model) elsewhere() string {
	var away, besides []string
	for _, s := range m.opts.Elsewhere {
		if strings.HasPrefix(s, "LAYERSIM_CA_FILE=") {
			besides = append(besides, s)
			continue
		}
		away = append(away, s)
	}
	if len(away) > 0 {
		away = append([]string{"not Plaid:"}, away...)
	}
	return strings.Join(append(away, besides...), " ")
}

// pageLine says what the walk runs against and how the page stands.
func (m *Model) pageLine(width int) string {
	s := m.styles
	words := s.Strong.Render("live")
	if !strings.HasPrefix(m.elsewhere(), "not Plaid") {
		words = s.Strong.Render("live Plaid Sandbox")
	}
	page := m.state.Link.Page
	url := pane.Clean(page.URL)
	switch {
	case page.Connected && page.Trouble != "":
		words += s.Bad.Render(" · page in trouble")
	case page.Connected:
		words += s.Good.Render(" · page connected") + s.Text.Render(m.loadedWords())
	case m.state.NeedsPage() && url != "":
		open, end := pane.Hyperlink(url)
		head := s.Strong.Render("live") + s.Warn.Render(" · page not open: ")
		words = head + open + s.Link.Render(ansi.Truncate(url, max(width-ansi.StringWidth(head), 0), "…")) + end
	case m.state.NeedsPage():
		words += s.Text.Render(" · the page is about to open")
	case page.Tab > 0:
		words += s.Dim.Render(" · page closed")
	default:
		words += s.Dim.Render(" · no page yet: it opens with the handler")
	}
	return fit(words, width)
}

// loadedWords says how far Link is in the page.
func (m *Model) loadedWords() string {
	s := &m.state
	if !s.NeedsPage() || s.Phase == flow.PhaseFailed && !s.HandlerAlive {
		return ""
	}
	if took, known := s.Preload.Took(); known && !s.Link.Anew { // it is the first page's
		return " · Link loaded in " + flow.Span(took)
	}
	if s.HandlerLoaded && !s.Preload.Loaded.IsZero() {
		return " · Link loaded"
	}
	return " · Link is loading"
}

// pagePrimary is what Enter does while a call waits for the page.
func (m *Model) pagePrimary() (string, func(*Model) tea.Cmd) {
	s := &m.state
	page := s.Link.Page
	if !s.Config.InPage || page.Connected && page.Trouble == "" || page.URL == "" {
		return "", nil
	}
	switch s.Phase {
	case flow.PhaseHandler, flow.PhaseEligibility, flow.PhaseAutofill:
	default:
		return "", nil
	}
	if s.NeedsPage() && !s.Silent && (page.Tab > 0 || page.BrowserTrouble != "") {
		return "open the page again", (*Model).reopenPage
	}
	return "", nil // a browser is on its way
}

// reopenPage opens the page of the handler again.
func (m *Model) reopenPage() tea.Cmd {
	return m.take(flow.SurfaceChosen{At: m.at(), Surface: flow.InBrowser})
}

// laidOut divides the window; a live walk keeps some lines for its status.
func (m *Model) laidOut() layout {
	status := len(m.statusLines(m.width))
	if status == 0 || m.width < minWidth || m.height < minHeight {
		return m.roomForMistake(layOut(m.width, m.height, m.hasResults(), m.focus, m.zoomed))
	}
	whole := m.height
	m.height = max(m.height-status, minHeight)
	l := m.roomForMistake(layOut(m.width, m.height, m.hasResults(), m.focus, m.zoomed))
	over := m.height + status - whole
	m.height = whole
	if over > 0 { // too low for both: the panes give way
		l = narrowLayout(m.width, whole-status, m.hasResults(), m.focus)
	}
	l.rail.h += status
	l.lower(status)
	return l
}

// lower moves everything below the steps down.
func (l *layout) lower(by int) {
	for _, r := range []*rect{&l.banner, &l.tabs, &l.body, &l.footer} {
		if !r.empty() {
			r.y += by
		}
	}
	for i := range l.panes {
		if r := &l.panes[i]; !r.empty() {
			r.y += by
		}
	}
}

// drawRail draws the steps, and below them the status of a live walk.
func (m *Model) drawRail(r rect) string {
	status := m.statusLines(r.w)
	steps := r
	steps.h = max(r.h-len(status), 1)
	return strings.Join(append([]string{pane.Rail(m.frame(steps, false), m.state)}, status...), "\n")
}

// hasTemplates reports whether there is a template to choose: live, one is made
// in Plaid's Dashboard and named before the walk begins.
func hasTemplates(m *Model) bool { return !m.opts.Live }
