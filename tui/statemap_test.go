package tui

import (
	"slices"
	"testing"

	"layersim/flow"
)

// The State tab shows where the walk stands, how it came there, and what would
// follow, at any moment of it.
func TestTheStateTab(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.onTab(tabState)
		w.sees("● Token", "where an attempt begins", "ask for a link_token")
		w.focusStage()
		w.submit("4155550000")
		w.stands(flow.PhaseDateOfBirth)
		w.onTab(tabState)
		w.sees("✓ Eligibility", "● Date of birth, from Eligibility: LAYER_NOT_AVAILABLE", "→ Autofill", "enter a date of birth")
		w.press("left", "left")
		w.sees("● Eligibility, from Phone: submit(phone_number)", "LAYER_READY")
		w.press("enter")
		w.sees("● Date of birth, from")

		w.onTab(tabState)
		w.press("end")
		w.sees("no call")
		w.press("home", "down")
		w.sees("No date of birth was asked for", "handler.destroy()")
	})
}

// A new attempt has a path of its own.
func TestThePathIsThatOfTheAttempt(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.submit("4155550011")
		w.stands(flow.PhaseReady)
		w.press("n", "enter")
		w.stands(flow.PhaseHandler)
		w.onTab(tabState)
		w.sees("● Handler, from Token: link_token", "attempt 2")
		if got := w.model().path(); !slices.Equal(got, []flow.Phase{flow.PhaseToken, flow.PhaseHandler}) {
			t.Errorf("path %v", got)
		}
		for range 3 {
			w.press("left")
		}
		if got := w.model().path(); !slices.Equal(got, []flow.Phase{flow.PhaseToken, flow.PhaseHandler, flow.PhasePhone, flow.PhaseEligibility, flow.PhaseReady}) {
			t.Errorf("path %v of the attempt before:\n%s", got, w.screen())
		}
	})
}

// What was refused last is said with its reason.
func TestTheStateTabSaysWhatWasRefused(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.submit("4155550011")
		w.stands(flow.PhaseReady)
		handler := w.model().state.HandlerID
		w.event(flow.OnEvent{HandlerID: handler, Name: flow.EventLayerReady})
		w.onTab(tabState)
		w.sees("✗ LAYER_READY was refused: LAYER_READY was delivered twice")
		w.press("left")
		w.seesNot("was refused")
	})
}
