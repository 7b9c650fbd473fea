package main

import (
	"testing"

	"layersim/fixtures"
	"layersim/flow/plaidsim"
)

// The screen is told what the simulator says, and nothing else.
func TestTheScreenIsToldWhatTheSimulatorSays(t *testing.T) {
	c, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, template := range c.Templates {
		for _, p := range c.Personas {
			want, got := plaidsim.WhatIf(template, p), whatIf(template, p)
			if got.Phone.Ready != want.Phone.Eligible || got.Phone.Why != want.Phone.Why || got.MinItems != want.MinItems || got.MaxItems != want.MaxItems {
				t.Errorf("%s, %s: the screen is told %+v, the simulator says %+v", template.Name, p.Name, got, want)
			}
			switch {
			case want.Phone.Eligible != (got.Birth == nil):
				t.Errorf("%s, %s: a date of birth is asked for: %v", template.Name, p.Name, got.Birth != nil)
			case got.Birth != nil && (got.Birth.Ready != want.Birth.Eligible || got.Birth.Why != want.Birth.Why):
				t.Errorf("%s, %s: the screen is told %+v, the simulator says %+v", template.Name, p.Name, *got.Birth, want.Birth)
			}
		}
	}
}
