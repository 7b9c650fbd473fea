package main

import (
	"slices"
	"testing"

	"layersim/fixtures"
	"layersim/flow/lint"
)

// The guide's topic about mistakes has every rule of the linter, and nothing
// that the linter does not know.
func TestTheGuideKnowsEveryMistakeOfTheLinter(t *testing.T) {
	c, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	topic, _ := c.Topic("mistakes")
	var told []string
	for _, p := range topic.Parts {
		for _, e := range p.Entries {
			told = append(told, e.Name)
			if !slices.ContainsFunc(lint.Rules(), func(r lint.Rule) bool { return r.ID == e.Name }) {
				t.Errorf("the guide tells of %s, which the linter does not know", e.Name)
			}
		}
	}
	for _, r := range lint.Rules() {
		if !slices.Contains(told, r.ID) {
			t.Errorf("the guide does not tell of %s", r.ID)
		}
	}
}
