package scenario

import (
	"context"

	"layersim/flow"
	"layersim/flow/journal"
)

// Result is what became of a scenario that was played to its end, or to its
// first failure.
type Result struct {
	Scenario Scenario
	Steps    int // that were begun, the failed one included
	Failure  *Failure
	State    flow.State
	Journal  *journal.Journal
	// Idle names the faults that were armed and never acted.
	Idle []string
}

// Passed reports whether everything was as the scenario expects.
func (r Result) Passed() bool { return r.Failure == nil && r.Steps >= len(r.Scenario.Steps) }

// Run plays all of a scenario, or up to the first step that is not as it expects:
// what would follow then means nothing. The error says that ctx ended before, or
// that the walk could not be recorded.
func Run(ctx context.Context, sc Scenario, w World) (Result, error) {
	p := Play(sc, w)
	r := Result{Scenario: sc, Journal: p.Journal()}
	for !p.Done() {
		out, err := p.Step(ctx)
		r.Steps, r.Failure, r.State = r.Steps+1, out.Failure, p.State()
		if err != nil || out.Failure != nil {
			r.Idle = p.Idle()
			return r, err
		}
	}
	r.Idle = p.Idle()
	return r, ctx.Err()
}
