package pane

import (
	"slices"
	"testing"

	"layersim/flow"
)

// The ways drawn between the phases are the routes of the core, all of them but
// those to the three ends and back from a failure, which are told by signs, and
// those that only a mistake takes.
func TestTheMapDrawsTheRoutes(t *testing.T) {
	ends := []flow.Phase{flow.PhaseFallback, flow.PhaseExited, flow.PhaseFailed}
	drawn := map[[2]flow.Phase]bool{}
	for _, e := range mapEdges {
		if drawn[[2]flow.Phase{e.from, e.to}] || flow.RouteBy(e.from, e.to) == "" {
			t.Errorf("the way from %s to %s is drawn twice, or is none", e.from, e.to)
		}
		drawn[[2]flow.Phase{e.from, e.to}] = true
	}
	for _, r := range flow.Routes() {
		if r.Mistake || slices.Contains(ends, r.From) || slices.Contains(ends, r.To) {
			continue
		}
		if !drawn[[2]flow.Phase{r.From, r.To}] {
			t.Errorf("the way from %s to %s is not drawn", r.From, r.To)
		}
	}
	for _, p := range flow.Phases() {
		on := slices.ContainsFunc(mapNodes, func(n struct {
			phase flow.Phase
			x, y  int
		},
		) bool {
			return n.phase == p
		})
		if on == slices.Contains(ends, p) {
			t.Errorf("%s: on the map %v", p, on)
		}
	}
}
