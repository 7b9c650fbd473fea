package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/tui/pane"
)

// drawStage draws what to do now: the step's paragraph and input, or Link
// itself when the terminal draws it.
func (m *Model) drawStage(f pane.Frame) (title, body string) {
	if linkIsDrawn(m) {
		return "Link · what the user sees", m.drawLink(f)
	}
	t := pane.StageFor(m.state, m.now())
	t.Primary, _ = m.primary()
	if f := m.state.Failure; f.Type != "" && (m.state.Phase == flow.PhaseFailed || m.state.Phase == flow.PhaseExited) {
		t.Facts = append(t.Facts, pane.Fact{Label: "docs", Value: strings.TrimPrefix(fixtures.ErrorFor(f.Type, f.Code).URL, "https://")})
		if f.Documentation != "" {
			t.Facts = append(t.Facts, pane.Fact{Label: "Plaid's link", Value: strings.TrimPrefix(f.Documentation, "https://")})
		}
	}
	if m.refusal != "" {
		t.Notice, t.NoticeKind = m.refusal, pane.Warn
	}
	return "Step · " + m.source(), pane.Stage(f, t, m.inputBlock(f.Width), m.choices(f.Width))
}

// linkAside says what nobody but the user's phone would know.
func (m *Model) linkAside() string {
	if m.link.answered != "" {
		return m.link.answered
	}
	if p, ok := m.opts.Catalog.PersonaByPhone(m.state.Phone); ok && m.link.asksCode() {
		return "The phone received " + p.Code + ". Any other code is wrong."
	}
	return ""
}

// onStage are the actions that the stage names beside Enter.
var onStage = []action{actRetry, actCopy, actBrowser, actTerminal, actQR, actOwnForm, actStartOver, actSDK, actPicker}

// choices names what else can be done in this step, wrapped to the width.
func (m *Model) choices(width int) string {
	var b strings.Builder
	used := 0
	for _, a := range onStage {
		does, say := m.choice(a)
		if !say {
			continue
		}
		h := hint{key: m.keyFor(a), does: does}
		if h.key == "" {
			continue
		}
		if w := h.width(); used > 0 && used+w > width {
			b.WriteByte('\n')
			used = 0
		}
		h.draw(m, &b)
		used += h.width()
	}
	return b.String()
}

// choice says what an action means in this step; say is false for one that is
// always there and not worth a word now.
func (m *Model) choice(a action) (does string, say bool) {
	end := m.state.Phase.IsEnd()
	switch a {
	case actRetry:
		does = "try again"
		switch {
		case m.state.Silent:
			does = "submit again"
		case m.state.Phase == flow.PhaseFailed:
			does, _ = m.tryAgain(m.state.Failure)
		}
	case actCopy:
		return "copy it for Plaid's support", canTell(m) && m.state.Failure.RequestID != ""
	case actBrowser:
		switch {
		case !wantsBrowser(m):
			return "", false // it is open, and stays so
		case m.state.Phase == flow.PhaseReady && !m.state.Config.InPage:
			return "open Link in the browser", true
		case m.state.Link.Page.Tab > 0:
			does = "open the page again"
		case m.state.Link.Page.BrowserTrouble != "":
			does = "try the browser again"
		default:
			does = "open the page in the browser"
		}
	case actTerminal:
		if m.state.Phase == flow.PhaseReady {
			return "open Link in the terminal", true
		}
		does = "finish in the terminal"
	case actQR:
		return "QR code", !m.state.Link.Page.Connected || !m.state.Config.InPage
	case actOwnForm:
		does = "use the app's own form"
	case actSDK:
		client := m.state.Config.Client
		return "another Link SDK or version", !client.Layer && (m.state.Silent || end) || !client.Autofill && m.state.Phase == flow.PhaseFallback
	case actStartOver:
		_, enter := m.primary()
		return "start over with a new token", m.state.Silent || m.state.Config.InPage && m.state.Link.Page.Trouble != "" || end && (enter == nil || canRetry(m))
	case actPicker:
		if m.state.Phase == flow.PhasePhone {
			if m.opts.Live {
				return "Plaid's test numbers", true
			}
			return "personas, by what they show", true
		}
		if m.opts.Live {
			return "another test number", end && m.state.Phase != flow.PhaseFailed
		}
		return "another persona", end && m.state.Phase != flow.PhaseFailed
	default:
		return "", false
	}
	enter, _ := m.primary()
	return does, does != enter // Enter has said it already
}

// surfaceBlock says why Link will be drawn here, when nobody asked for that.
func (m *Model) surfaceBlock(width int) string {
	if m.opts.Surface != flow.InTerminal || m.opts.SurfaceReason == "" {
		return ""
	}
	return strings.Join(hanging(m.styles.Dim, "", "Link will be drawn here: "+m.opts.SurfaceReason, width), "\n")
}

// hyperlink draws an address so that it can be clicked and copied: on one line
// when there is room, else cut at the width. Every line carries the link.
func hyperlink(style func(string) string, url string, width int) string {
	var lines []string
	open, end := pane.Hyperlink(url)
	for rest := url; rest != ""; {
		head := ansi.Truncate(rest, max(width, 1), "")
		if head == "" {
			break
		}
		rest = rest[len(head):]
		lines = append(lines, open+style(head)+end)
	}
	return strings.Join(lines, "\n")
}
