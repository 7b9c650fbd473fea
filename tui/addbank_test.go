package tui

import (
	"testing"
	"time"

	"layersim/flow"
)

// until presses down until the cursor of Link's pane stands on what has this
// label.
func (w *world) until(label string) {
	w.t.Helper()
	for range 40 {
		if w.model().link.stop().Label == label {
			return
		}
		w.press("down")
	}
	w.t.Fatalf("nothing in the pane is called %q:\n%s", label, w.screen())
}

// toBanks walks to the search for a bank, with an edit in review.
func (w *world) toBanks() {
	w.t.Helper()
	w.submit("4155550011")
	w.untilReview()
	w.until("Street")
	w.press("end")
	w.typeText("X")
	w.until("Add a bank")
	w.sees("Enter add a bank")
	w.press("enter")
	w.shows(flow.ViewSelectInstitution)
}

func TestAddABankInTheTerminal(t *testing.T) {
	for _, size := range [][2]int{{120, 36}, {80, 24}} {
		inBubble(t, setting{width: size[0], height: size[1]}, func(w *world) {
			w.toBanks()
			w.sees("Cobblestone Savings Bank", "Paper Boat Bank", "[ Back ]", "[ Close ]")
			w.typeText("lantern")
			w.press("enter")
			w.sees("Lanternfish Credit Union", "password and a code", "lantern")
			w.seesNot("Cobblestone")
			w.press("down")
			w.sees("Enter choose this bank")
			w.press("enter")
			w.shows(flow.ViewCredential)
			w.typeText("user_good")
			w.press("down")
			w.typeText("wrong")
			w.seesNot("wrong", "edited")
			w.press("enter")
			w.sees("is not right")
			w.press("backspace", "backspace", "backspace", "backspace", "backspace")
			w.typeText("pass_good")
			w.press("enter")
			w.shows(flow.ViewMFA)
			w.sees("1234")
			w.typeText("1234")
			w.press("enter")
			w.shows(flow.ViewSelectAccount)
			w.sees("Deep Sea Checking", "Choose at least one.")
			w.press("down", "space", "enter")
			w.shows(flow.ViewConnected)
			w.press("enter")
			w.shows(flow.ViewReview)
			w.sees("Lane", "edited")
			w.until("Deep Sea Checking")
			w.sees("[x] Deep Sea Checking")
			w.seesNot("Glow Card")
			w.press("enter")
			w.stands(flow.PhaseOnboarded)
			if a := w.model().state.Account; len(a.Items) != 2 || a.Identity.Address.Street[len(a.Identity.Address.Street)-1] != 'X' {
				t.Errorf("shared: %+v", a)
			}
		})
	}
}

func TestTheBanksOwnSiteAndBackInTheTerminal(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.toBanks()
		w.until("Bank of Elsewhere")
		w.press("enter")
		w.shows(flow.ViewOAuth)
		w.until("Back")
		w.press("enter")
		w.shows(flow.ViewSelectInstitution)
		w.until("Bank of Elsewhere")
		w.press("enter")
		w.shows(flow.ViewOAuth)
		w.until("Continue")
		w.press("enter")
		w.shows(flow.ViewSelectAccount)
		w.press("enter")
		w.shows(flow.ViewConnected)
		w.press("enter")
		w.shows(flow.ViewReview)
		// An Enter out of habit is no decision to share.
		time.Sleep(habit / 2)
		w.program.Send(keyPress("enter"))
		w.pass(0)
		w.shows(flow.ViewReview)
		w.until("Close")
		w.press("enter")
		w.stands(flow.PhaseExited)
	})
}
