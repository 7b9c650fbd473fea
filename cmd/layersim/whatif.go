package main

import (
	"layersim/fixtures"
	"layersim/flow/plaidsim"
	"layersim/tui"
)

// whatIf asks the simulator's own rules, for the screen.
func whatIf(t fixtures.Template, p fixtures.Persona) tui.Prospect {
	foretold := plaidsim.WhatIf(t, p)
	prospect := tui.Prospect{
		Phone:    tui.Answer{Ready: foretold.Phone.Eligible, Why: foretold.Phone.Why},
		MinItems: foretold.MinItems, MaxItems: foretold.MaxItems,
	}
	if !foretold.Phone.Eligible {
		prospect.Birth = &tui.Answer{Ready: foretold.Birth.Eligible, Why: foretold.Birth.Why}
	}
	return prospect
}
