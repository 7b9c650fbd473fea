package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
)

// What the screen tells must be true, readable and said once.

// A share that Link refuses takes no edit back, and leads to what Link objects
// to, however far the cursor was from it.
func TestRefusedShareKeepsTheEditsMarked(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.press("down", "down")
		w.typeText(" North")
		w.press("down", "down", "down", "ctrl+u", "down", "down")
		w.press("enter")
		w.shows(flow.ViewReview)
		w.sees("State is needed")
		if n := strings.Count(w.screen(), " edited "); n != 2 {
			t.Errorf("%d values are marked as edited, want 2:\n%s", n, w.screen())
		}
		if key := w.model().link.stop().Key; key != "address.region" {
			t.Errorf("the cursor is at %q", key)
		}
	})
}

// The code is what nobody can guess, so it must be whole at every size.
func TestTheCodeIsReadable(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 36}, {200, 50}} {
		inBubble(t, setting{width: size[0], height: size[1]}, func(w *world) {
			w.submit("4155550011")
			w.openLink()
			w.sees("The phone received 123456.")
		})
	}
}

// lines returns the details of all lines of the log.
func (m *Model) logged() (names, details []string) {
	for i := range m.journal.Len() {
		l := m.log.line(m.journal.At(i))
		names, details = append(names, l.Name), append(details, l.Detail)
	}
	return names, details
}

// An id that every line repeats hides what differs.
func TestLogSaysASessionOnce(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		_, details := w.model().logged()
		if n := strings.Count(strings.Join(details, "\n"), "link_session_id="); n != 1 {
			t.Errorf("link_session_id is said %d times:\n%s", n, strings.Join(details, "\n"))
		}
		w.event(flow.WebhookReceived{At: flow.At(time.Now()), Code: "SESSION_FINISHED", LinkSessionID: "another"})
		if _, details = w.model().logged(); !strings.Contains(details[len(details)-1], "link_session_id=another") {
			t.Errorf("a foreign session is not named: %q", details[len(details)-1])
		}
	})
}

// That a call returned says nothing; the line above it does.
func TestLogFollowsWhatSaysSomething(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.stands(flow.PhaseReady)
		w.sees("Why LAYER_READY")
		w.press("tab", "tab", "down")
		w.sees("Why The call returned.") // but it can be looked at
		w.press("end")
		w.sees("Why LAYER_READY")
	})
}

// A timer that finds its question answered is nothing that happened.
func TestTimerNobodyNeedsIsNotLogged(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.stands(flow.PhaseReady)
		known := w.model().Journal().Len()
		w.pass(time.Minute)
		if n := w.model().Journal().Len(); n != known {
			t.Errorf("%d entries came to the journal while nothing happened", n-known)
		}
	})
}

// The app's form holds what the user gave, not what a persona would give next.
func TestFormHoldsOnlyWhatWasGiven(t *testing.T) {
	inBubble(t, setting{platform: "ios", version: "6.3.0", persona: "no-ssn"}, func(w *world) {
		w.begin()
		w.press("enter")
		w.stands(flow.PhaseFallback)
		for _, r := range w.model().signUp.rows {
			if want := map[string]string{signUpPhone: "+15155550016"}[r.key]; r.value != want {
				t.Errorf("%s is %q, want %q", r.key, r.value, want)
			}
		}
	})
}

// What is explained while typing is explained whole.
func TestRemarksAreWhole(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {80, 24}, {99, 36}} {
		inBubble(t, setting{width: size[0], height: size[1]}, func(w *world) {
			w.begin()
			w.typeText("12ab")
			w.sees(w.model().onPhone().text)
			w.press("ctrl+u")
			w.typeText("+44 20 7946 0958")
			w.sees("Layer will not find it.")
		})
	}
}

// Enter and another key for the same thing need one line, not two.
func TestChoicesDoNotRepeatEnter(t *testing.T) {
	for name, m := range everyStateWith(t, usual) {
		m.sized(120, 36)
		enter, _ := m.primary()
		if enter != "" && strings.Contains(ansi.Strip(m.choices(100)), " "+enter+"  ") {
			t.Errorf("%s: both Enter and another key %q", name, enter)
		}
	}
}

// In a field narrower than what is typed the cursor stays behind the last letter.
func TestCursorInALongValueOfLink(t *testing.T) {
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 36}, {200, 50}} {
		inBubble(t, setting{width: size[0], height: size[1]}, func(w *world) {
			w.submit("4155550011")
			w.untilReview()
			w.program.Send(tea.PasteMsg{Content: strings.Repeat("long ", 20) + "end"})
			w.press("f1", "esc")
			v := w.model().View()
			if v.Cursor == nil {
				t.Fatalf("%v: there is no cursor", size)
			}
			line := strings.Split(ansi.Strip(v.Content), "\n")[v.Cursor.Y]
			if before := ansi.Truncate(line, v.Cursor.X, ""); !strings.HasSuffix(before, "end") {
				t.Errorf("%v: the cursor is behind %q", size, before)
			}
		})
	}
}

// Help tells which keys do something now, and how to read the rest of it.
func TestHelpMarksWhatDoesNothing(t *testing.T) {
	inBubble(t, setting{width: 80, height: 24}, func(w *world) {
		w.press("?")
		w.sees("(r Ctrl+R)", "p Ctrl+L", "↑↓ move")
		w.seesNot("(p Ctrl+L)")
		w.press("end")
		w.sees("Ctrl+Z", "A key in parentheses does nothing in this step.")
		w.program.Send(tea.WindowSizeMsg{Width: 120, Height: 50})
		w.press("home")
		w.seesNot("↑↓ move", "more below") // all of it is seen
		w.press("?")
		w.sees("Ask for a link_token")
	})
}

// Every size names the way out of Link that is the app's, also while typing.
func TestExitIsNamedInLink(t *testing.T) {
	inBubble(t, setting{width: 80, height: 24}, func(w *world) {
		w.submit("4155550011")
		w.openLink()
		w.sees("Ctrl+X exit()", "Ctrl+C quit")
		w.seesNot("quit…")
	})
}

func TestPickerNamesItsKeys(t *testing.T) {
	inBubble(t, setting{width: 80, height: 24}, func(w *world) {
		w.press("p")
		w.sees("Enter choose", "Tab other list", "Esc close", "› two-banks")
		w.press("tab")
		w.sees("› default ● in use", "Enter starts over with a link_token for this template")
		w.press("esc")
		w.sees("Ask for a link_token")
	})
}

// The end offers a way on where the eye is.
func TestTheEndOffersAWayOn(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.press("enter")
		w.sees("n start over with a new token", "p another persona")
	})
}
