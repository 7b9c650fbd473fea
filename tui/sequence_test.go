package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
)

// onTab gives the inspector the focus and opens a tab of it.
func (w *world) onTab(t tabID) {
	w.t.Helper()
	for range paneCount {
		if w.model().focus == paneInspector {
			break
		}
		w.press("tab")
	}
	for w.model().inspector.tab > t {
		w.press("[")
	}
	for w.model().inspector.tab < t {
		w.press("]")
	}
	if m := w.model(); m.focus != paneInspector || m.inspector.tab != t {
		w.t.Fatalf("on tab %d, want %d:\n%s", m.inspector.tab, t, w.screen())
	}
}

// The diagram grows with the walk, shows any moment of it, leads to the log and
// is copied as Mermaid, with nothing private in it.
func TestTheSequenceGrowsWithTheWalk(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.onTab(tabSequence)
		w.sees("Nothing has been called yet", "Client", "Plaid")
		w.focusStage()
		w.submit("4155550011")
		w.stands(flow.PhaseReady)
		w.onTab(tabSequence)
		w.sees("wants a link_token", "POST /session/token/create", "submit(phone_number)", "LAYER_READY", "Why LAYER_READY: Plaid holds")
		w.seesNot("Hooks", "─▸│ open()")
		w.event(flow.WebhookReceived{At: flow.At(time.Now()), Code: "LATER", Reason: "no signature"})
		w.sees("Hooks", "LATER, not verified", "Anybody can send one")

		w.press("y")
		text := w.model().board.text
		for _, want := range []string{"sequenceDiagram\n", "C->>L: submit(phone_number)\n", "P-xW: LATER, not verified\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		if strings.Contains(text, "4155550011") {
			t.Errorf("the copy shows the number\n%s", text)
		}

		w.press("left", "left") // before LAYER_READY
		w.sees("submit(phone_number)", "◂ ")
		w.seesNot("LATER, not", "Hooks")
		w.press("Y")
		if text := w.model().board.text; strings.Contains(text, "LATER") || !strings.Contains(text, "submit(phone_number)") {
			t.Errorf("the copy is of another moment\n%s", text)
		}
		w.press("enter")
		w.sees("LATER, not verified")

		w.onTab(tabSequence)
		w.press("home", "down", "down", "space")
		w.sees("wants a link_token")
		m := w.model()
		if e := m.journal.At(m.logCursor()); m.focus != paneLog || !strings.Contains(e.Why, "HTTP 200") {
			t.Errorf("the log is at %q", e.Why)
		}
	})
}

// focusStage gives the focus back to the stage.
func (w *world) focusStage() {
	w.t.Helper()
	for w.model().focus != paneStage {
		w.press("tab")
	}
}

// long is a screen in a walk of many entries.
func long(tb testing.TB, entries int) *Model {
	tb.Helper()
	m := New(options(tb, setting{}, catalog(tb), func(context.Context, flow.Effect) flow.Event { return nil }, nil, tb.Context()))
	next, _ := m.Update(tea.WindowSizeMsg{Width: 200, Height: 50})
	m = next.(Model)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i := 0; m.journal.Len() < entries; i++ {
		at := flow.At(now.Add(time.Duration(i) * time.Second))
		s := &m.state
		switch {
		case s.Phase == flow.PhaseToken && len(s.Pending) == 0:
			m.take(flow.LinkTokenRequested{At: at})
		case s.Phase == flow.PhaseToken:
			m.take(flow.SessionTokenCreated{At: at, Call: s.LastCall, LinkToken: flow.NewLinkToken("link-sandbox-1")})
		case s.Phase == flow.PhaseHandler && !s.HandlerAlive && len(s.Pending) == 0:
			m.take(flow.HandlerRequested{At: at})
		case s.Phase == flow.PhaseHandler && !s.HandlerAlive:
			m.take(flow.HandlerCreated{At: at, Call: s.LastCall})
		case s.Phase == flow.PhaseHandler:
			m.take(flow.OnLoad{At: at, HandlerID: s.HandlerID})
		case i%9 == 0:
			m.take(flow.StartOverRequested{At: at})
		default:
			m.take(flow.OnEvent{At: at, HandlerID: s.HandlerID, Name: "\x1b[2J\u202e界 UNHEARD_OF", Metadata: flow.Metadata{Timestamp: at.When().Add(-time.Minute)}})
		}
	}
	return &m
}

// Opening a tab draws what is seen, however long the walk is, and every size
// of window is filled exactly.
func TestLongWalksFillEveryWindow(t *testing.T) {
	m := long(t, 600)
	for _, tab := range []tabID{tabSequence, tabState} {
		m.inspector.tab = tab
		m.focusOn(paneInspector)
		for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 36}, {200, 50}} {
			for _, zoomed := range []bool{false, true} {
				m.zoomed = zoomed
				next, _ := m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				shown := next.(Model)
				lines := strings.Split(shown.View().Content, "\n")
				if len(lines) != size[1] {
					t.Errorf("%v, tab %d: %d lines", size, tab, len(lines))
				}
				for _, l := range lines {
					if n := ansi.StringWidth(l); n != size[0] {
						t.Errorf("%v, tab %d: a line of %d cells: %q", size, tab, n, l)
					}
				}
			}
		}
	}
}
