package tui

import (
	"testing"

	"layersim/flow"
)

// The network proves the phone: the pane goes on by itself, and Enter may hurry.
func TestPhoneIsProvenSilently(t *testing.T) {
	for name, hurry := range map[string]func(*world){
		"by itself": func(w *world) { w.pass(moment) },
		"Enter":     func(w *world) { w.press("enter") },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, setting{persona: "silent"}, func(w *world) {
				w.begin()
				w.press("enter")
				w.openLink()
				w.sees("Verifying your phone number", "no code to type")
				w.seesNot("123456", "The phone received")
				hurry(w)
				w.shows(flow.ViewReview)
				w.sees("Tacita")
				w.pass(2 * moment) // what was on its way does no harm
				w.shows(flow.ViewReview)
				w.press("enter")
				w.stands(flow.PhaseOnboarded)
			})
		})
	}
}
