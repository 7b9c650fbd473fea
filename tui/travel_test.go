package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
)

// Every pane shows the moment that is looked at, and the walk goes on.
func TestTimeTravel(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.press("enter")
		w.sees("Onboarded", "Edit history")
		w.press("left")
		w.seesNot("SESSION_FINISHED")
		w.sees("◂ ", "Enter back to now")
		for range 6 {
			w.press("left")
		}
		w.sees("Review", "Link · what the user sees")
		w.press("right")
		w.press("enter")
		w.sees("SESSION_FINISHED", "Edit history")
		w.seesNot("◂ ")
	})
}

// Between a code and the pane that follows, Link's pane says what the others say:
// the code is sent, and what comes next.
func TestAnAnsweredPaneAsksForNothing(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50, live: true}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		m := *w.model()
		sent, next := 0, 0
		for n := 1; n < m.journal.Len(); n++ {
			m.goTo(n)
			screen := text(m.View())
			acted, ok := m.journal.At(n - 1).Event.(flow.LinkActed)
			if ok && acted.Action.Kind == flow.LinkCode {
				sent = n
			}
			if sent == 0 || m.state.Link.Pane.View == flow.ViewReview {
				continue
			}
			if strings.Contains(screen, "tries left") || strings.Contains(screen, "The phone received") || !strings.Contains(screen, " •   •   •   •   •   • ") {
				t.Fatalf("the code is asked for after it was sent:\n%s", screen)
			}
			if m.state.Link.View == flow.ViewReview {
				next++
				if !strings.Contains(screen, "Link goes on to PROFILE_DATA_REVIEW") {
					t.Fatalf("it is not said what comes next:\n%s", screen)
				}
			}
		}
		if sent == 0 || next == 0 {
			t.Errorf("no moment between: sent %d, next %d", sent, next)
		}
	})
}

// What happens meanwhile is not lost, and is not shown before its time.
func TestTheWalkGoesOnWhileOneLooksBack(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.submit("4155550011")
		w.openLink()
		for range 30 {
			w.press("alt+left")
		}
		w.sees("◂ 0 of", "Ask for a link_token")
		w.press("x", "n", "c") // nothing of the walk can be done from the past
		w.event(flow.WebhookReceived{At: flow.At(time.Now()), Code: "LATER", Reason: "no signature"})
		w.seesNot("LATER")
		w.sees("◂ 0 of", "Ask for a link_token")
		w.press("enter")
		w.sees("LATER", "Link · what the user sees")
		if got := w.latest.Load().State().Phase; got != flow.PhaseLink {
			t.Errorf("the walk is in phase %s", got)
		}
	})
}

// A pane alone has all the room, and comes back.
func TestZoom(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.press("tab", "z")
		w.sees("● Inspector", "What happens")
		w.seesNot("Nothing has happened yet")
		w.press("z")
		w.sees("Nothing has happened yet")
	})
}

// What was copied can be seen plain, where a terminal takes no OSC 52.
func TestCopiedTextCanBeSeen(t *testing.T) {
	inBubble(t, setting{width: 120, height: 36}, func(w *world) {
		w.press("tab", "[", "y", "ctrl+y")
		w.sees("the Node code", "select it with the mouse", "sessionTokenCreate")
		w.seesNot("│")
		if v := w.latest.Load().View(); v.MouseMode != 0 {
			t.Error("the mouse is not left to the terminal")
		}
		w.press("esc")
		w.seesNot("select it with the mouse")
	})
}

// A State of the past is the one the walk was in.
func TestEveryMomentCanBeSeen(t *testing.T) {
	inBubble(t, setting{width: 120, height: 36}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.press("enter")
		m := *w.latest.Load()
		n := m.journal.Len()
		for at := range n {
			m.goTo(at)
			if want := m.journal.StateAt(at - 1).Phase; m.state.Phase != want || m.moment() != at {
				t.Fatalf("moment %d: phase %s; want %s", at, m.state.Phase, want)
			}
			m.layout = layOut(120, 36, m.hasResults(), m.focus, false)
			if problem := fills(m.View(), 120, 36); problem != "" {
				t.Fatalf("moment %d: %s\n%s", at, problem, strings.Join(strings.Fields(m.View().Content), " "))
			}
		}
		m.goTo(n)
		if m.travel.on {
			t.Error("the newest moment is the walk itself")
		}
	})
}

// What one looks at in an earlier moment stays as it is when something happens
// in the walk, and the walk is as it was when one comes back.
func TestTheMomentStaysWhenTheWalkGoesOn(t *testing.T) {
	m := longWalk(t, 60)
	m.refusal, m.insisted = "why not", true
	m.phone.set("+14155550099")
	n := m.journal.Len() - 1
	for m.goTo(n); n > 0 && !m.hasResults(); n-- {
		m.goTo(n)
	}
	if m.refusal == "why not" || m.insisted || m.phone.value() == "+14155550099" {
		t.Errorf("the moment has what the walk has: %q, %v, %q", m.refusal, m.insisted, m.phone.value())
	}
	m.results, m.revealed, m.refusal, m.insisted = results{identity: 4, items: 1}, "ssn", "then", true
	m.focus, m.overlay, m.log.cursor = paneIdentity, inHelp, 3
	m.inspector.tab, m.inspector.query, m.inspector.guide.offset = tabWire, "needle", 2
	m.phone.set("+14155550022")
	m.birth.set("1970-01-01")
	m.link.code, m.signUp.cursor = "12", 2
	before := *m
	m.withWalk(func() tea.Cmd {
		if m.refusal != "why not" || !m.insisted || m.phone.value() != "+14155550099" {
			t.Errorf("the walk has what the moment has: %q, %v, %q", m.refusal, m.insisted, m.phone.value())
		}
		m.focus, m.overlay, m.log.cursor = paneLog, onScreen, following
		m.inspector = newInspector()
		m.revealed, m.link, m.signUp, m.results = "", linkForm{}, form{}, results{}
		return m.take(flow.WebhookReceived{At: at, Code: "LATER"})
	})
	for what, same := range map[string]bool{
		"travel": m.travel.on && m.travel.at == before.travel.at, "results": m.results == before.results, "revealed": m.revealed == before.revealed,
		"refusal": m.refusal == before.refusal, "insisted": m.insisted == before.insisted, "focus": m.focus == before.focus,
		"overlay": m.overlay == before.overlay, "log": m.log.cursor == before.log.cursor, "tab": m.inspector.tab == before.inspector.tab,
		"query": m.inspector.query == before.inspector.query, "guide": m.inspector.guide.offset == before.inspector.guide.offset,
		"phone": m.phone.value() == before.phone.value(), "birth": m.birth.value() == before.birth.value(),
		"Link": m.link.code == before.link.code, "sign-up": m.signUp.cursor == before.signUp.cursor, "phase": m.state.Phase == before.state.Phase,
	} {
		if !same {
			t.Errorf("%s: not as it was", what)
		}
	}
	m.returnToWalk()
	if m.refusal == "then" || m.phone.value() != "+14155550099" {
		t.Errorf("back in the walk: %q, %q", m.refusal, m.phone.value())
	}
}

// The stage names the template of the moment.
func TestTheTemplateOfTheMoment(t *testing.T) {
	m := still(t, flow.InTerminal)
	m.take(flow.LinkTokenRequested{At: at})
	first, _ := m.opts.Catalog.Template(m.state.Config.TemplateID)
	for _, other := range m.opts.Catalog.Templates {
		if other.Name == first.Name {
			continue
		}
		m.takeTemplate(other)
		if !strings.Contains(m.source(), other.Name) {
			t.Errorf("the walk has template %s: %s", other.Name, m.source())
		}
		m.goTo(1)
		if !strings.Contains(m.source(), first.Name) {
			t.Errorf("the moment has template %s: %s", first.Name, m.source())
		}
		return
	}
}
