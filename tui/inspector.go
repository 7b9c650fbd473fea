package tui

import (
	"strings"

	"layersim/flow"
	"layersim/tui/pane"
	"layersim/tui/theme"
)

// The inspector beside the stage: the calls on the wire, the guide to the phase
// the walk is in, and the code an app has there.

type tabID int

const (
	tabWire tabID = iota
	tabGuide
	tabCode
	tabCount
)

// title names a tab in the inspector's border.
func (t tabID) title() string { return [...]string{"Wire", "Guide", "Code"}[t] }

// newest as a selection means the last one there is, whichever that is.
const newest = -1

type inspector struct {
	tab   tabID
	calls []pane.WireEntry // every exchange so far, oldest first
	// selected is an index of calls, or newest.
	selected   int
	bodyOffset int
	drawn      drawnBody

	guideOffset int

	code codeView
}

// drawnBody is the one wire body that is laid out, and for what. An exchange
// never changes, so it is laid out again only for another width or theme.
type drawnBody struct {
	call, width int
	dark        bool
	lines       []string
}

func newInspector() inspector { return inspector{tab: tabGuide, selected: newest} }

// recorded takes note of an exchange. When an older call is looked at, it stays
// in view.
func (in *inspector) recorded(x flow.Exchange) {
	in.calls = append(in.calls, pane.WireEntry{Exchange: x})
	if in.selected == newest {
		in.bodyOffset = 0
	}
}

// current returns the index of the selected call, -1 if there is none.
func (in *inspector) current() int {
	if in.selected == newest || in.selected >= len(in.calls) {
		return len(in.calls) - 1
	}
	return in.selected
}

// layOutBody lays the selected call's body out for a width, once.
func (in *inspector) layOutBody(s theme.Styles, width int) {
	i := in.current()
	if i < 0 || width <= 0 {
		return
	}
	d := &in.drawn
	if d.lines == nil || d.call != i || d.width != width || d.dark != s.Dark {
		if d.call < len(in.calls) {
			in.calls[d.call].Body = nil // only the selected one is kept
		}
		*d = drawnBody{call: i, width: width, dark: s.Dark, lines: pane.WireBody(s, in.calls[i].Exchange, width)}
	}
	in.calls[i].Body = d.lines
}

// scroll moves in the tab that is shown, drawn in frame f.
func (in *inspector) scroll(a action, f pane.Frame, guide pane.GuideText) {
	if in.tab == tabGuide {
		in.guideOffset = scrolled(a, in.guideOffset, pane.GuideLines(f, guide), f.Height)
		return
	}
	n := len(in.calls)
	if n == 0 {
		return
	}
	switch a {
	case actUp, actDown:
		to := in.current() + 1
		if a == actUp {
			to -= 2
		}
		to = min(max(to, 0), n-1)
		in.bodyOffset = 0
		in.selected = to
		if to == n-1 {
			in.selected = newest
		}
	default:
		in.bodyOffset = scrolled(a, in.bodyOffset, len(in.calls[in.current()].Body), pane.WireBodyRows(f, n))
	}
}

// scrolled returns where a text of n lines, of which rows are seen, begins
// after a key.
func scrolled(a action, offset, n, rows int) int {
	switch a {
	case actUp:
		offset--
	case actDown:
		offset++
	case actPageUp:
		offset -= max(rows-1, 1)
	case actPageDown:
		offset += max(rows-1, 1)
	case actHome:
		offset = 0
	case actEnd:
		offset = n
	default:
	}
	return max(min(offset, n-rows), 0)
}

// guide returns what is to be read about the phase.
func (m *Model) guide() pane.GuideText {
	g, ok := m.opts.Catalog.GuideFor(m.state.Phase)
	if !ok {
		return pane.GuideText{Title: "No guide text", Happens: "There is no text about this phase."}
	}
	return pane.GuideText{
		Title: g.Title, Happens: g.Happens, Why: g.Why, YourApp: g.YourApp, GoesWrong: g.GoesWrong,
		Disagree: g.Disagree, Unconfirmed: g.Unconfirmed, URL: g.URL,
	}
}

func (m *Model) drawInspector(f pane.Frame) (title, body string) {
	s := m.styles
	titles := make([]string, tabCount)
	for t := range tabCount {
		titles[t] = s.Dim.Render("○ " + t.title())
		if t == m.inspector.tab {
			titles[t] = s.Accent.Render("● " + t.title())
		}
	}
	title = strings.Join(titles, "  ")
	switch m.inspector.tab {
	case tabWire:
		return title, pane.Wire(f, m.inspector.calls, m.inspector.current(), m.inspector.bodyOffset)
	case tabCode:
		return title, m.drawCode(f)
	default:
		return title, pane.Guide(f, m.guide(), m.inspector.guideOffset)
	}
}
