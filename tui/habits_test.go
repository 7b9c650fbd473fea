package tui

import (
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
)

// burst sends keys faster than anything can answer.
func (w *world) burst(enter bool, text string) {
	if enter {
		w.program.Send(keyPress("enter"))
	}
	for _, r := range text {
		w.program.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	synctest.Wait()
}

// Whoever types the code while Link still brings its pane loses no digit.
func TestCodeTypedAheadIsKept(t *testing.T) {
	inBubble(t, setting{persona: "two-banks"}, func(w *world) {
		w.begin()
		w.press("enter", "enter")
		w.sees("Continue")
		w.burst(true, "123456")
		w.sees("Review your information")
	})
}

// An Enter right after the last digit ends the code, as people are used to; it
// does not share everything unseen.
func TestEnterAfterTheCodeDoesNotShare(t *testing.T) {
	inBubble(t, setting{persona: "two-banks"}, func(w *world) {
		w.begin()
		w.press("enter", "enter", "enter")
		w.typeText("123456")
		w.sees("Review your information")
		w.burst(true, "")
		w.sees("Review your information")
		w.stands(flow.PhaseLink)
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
	})
}

// What a persona proposes is replaced by typing, not added to, and can still
// be edited.
func TestTypingReplacesAProposal(t *testing.T) {
	inBubble(t, setting{persona: "savings-only"}, func(w *world) {
		w.begin()
		w.sees("+15155550019")
		w.typeText("415-555-0011")
		w.sees(`submit({ phone_number: "+14155550011" })`)
	})
	inBubble(t, setting{persona: "savings-only"}, func(w *world) {
		w.begin()
		w.press("backspace")
		w.typeText("6")
		w.sees(`submit({ phone_number: "+15155550016" })`)
	})
}

// The simulator can say what is missing, which is what a room asks first.
func TestStageSaysWhyTheUserIsNotEligible(t *testing.T) {
	inBubble(t, setting{persona: "no-ssn"}, func(w *world) {
		w.begin()
		w.press("enter")
		w.stands(flow.PhaseDateOfBirth)
		w.sees("Only the simulator says why: template requires ssn;", "persona has none.")
	})
}
