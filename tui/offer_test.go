package tui

import (
	"strings"
	"testing"

	"layersim/flow"
)

// Whoever only presses Enter gets through a walk: what is needed stands in the
// fields already.
func TestEnterAloneWalksOn(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.begin()
		w.sees("415-555-0011", `submit({ phone_number: "+14155550011" })`)
		w.press("enter")
		w.stands(flow.PhaseReady)
	})
	for phone, then := range map[string]flow.Phase{"4155550000": flow.PhaseReady, "4155550012": flow.PhaseFallback} {
		inBubble(t, setting{}, func(w *world) {
			w.submit(phone)
			w.stands(flow.PhaseDateOfBirth)
			w.press("enter")
			w.stands(then)
		})
	}
}

// The real Plaid is asked about nobody whom the operator did not name.
func TestNothingIsOfferedLive(t *testing.T) {
	m := everyState(t)["phone"]
	m.opts.Live = true
	m.phone.set("")
	m.offer()
	if got := m.phone.value(); got != "" || m.phone.proposed {
		t.Errorf("%q is offered", got)
	}
}

// What is kept from the walk before is replaced by typing, not added to.
func TestTypingReplacesWhatWasKept(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550012")
		w.stands(flow.PhaseDateOfBirth)
		w.press("ctrl+n", "enter", "enter")
		w.stands(flow.PhasePhone)
		w.sees("4155550012")
		w.typeText("4155550013")
		if got := w.model().phone.value(); got != "4155550013" {
			t.Errorf("the field holds %q", got)
		}
	})
	inBubble(t, setting{}, func(w *world) {
		w.begin()
		w.typeText("999")
		w.press("ctrl+n", "enter", "enter")
		w.typeText("4155550011")
		if got := w.model().phone.value(); !strings.HasPrefix(got, "415") {
			t.Errorf("the field holds %q", got)
		}
	})
}
