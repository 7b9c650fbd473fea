package present

import (
	"strings"

	"layersim/flow/scenario"
)

// beat is what is shown at one time: some steps of the scenario under one title.
type beat struct {
	title string
	steps []scenario.Step
}

// beatsOf divides a scenario. What comes before its first beat is one, under the
// scenario's own title; a scenario that names no beat at all gets one for each
// thing that is done.
func beatsOf(sc scenario.Scenario) []beat {
	named := false
	for _, s := range sc.Steps {
		named = named || s.Beat != ""
	}
	var beats []beat
	for _, s := range sc.Steps {
		title := s.Beat
		if !named {
			title = titleOf(s.Do)
		}
		switch {
		case title != "":
			beats = append(beats, beat{title: title})
		case len(beats) == 0:
			beats = append(beats, beat{title: sc.Title})
		}
		b := &beats[len(beats)-1]
		b.steps = append(b.steps, s)
	}
	return beats
}

// notes are those of all steps.
func (b beat) notes() []string {
	var all []string
	for _, s := range b.steps {
		for line := range strings.Lines(s.Notes) {
			all = append(all, strings.TrimSpace(line))
		}
		if s.Notes != "" {
			all = append(all, "")
		}
	}
	for len(all) > 0 && all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}
