package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"layersim/flow"
)

// Fit plays a scenario that was made of a recording, and takes out what is not so
// in front of a simulated Plaid, until the rest passes. left says, in sentences
// for people, what was taken out. play plays a scenario to its first failure, as
// [Run] does, in a new world each time; its errors are returned.
func Fit(ctx context.Context, sc Scenario, play func(context.Context, Scenario) (Result, error)) (fitted Scenario, left []string, err error) {
	sc.Steps = slices.Clone(sc.Steps)
	for range 2 * len(sc.Steps) { // each leaves a step out, or settles a doubt about one
		result, err := play(ctx, sc)
		if err != nil || result.Failure == nil {
			return sc, left, err
		}
		other, better, err := instead(ctx, sc, result, play)
		if err != nil {
			return sc, left, err
		}
		if better {
			sc = other
			continue
		}
		at := result.Steps - 1
		if len(sc.Steps) == 1 {
			break
		}
		what := "was expected"
		if canBeRefused(sc.Steps[at].Do) {
			what = "was to be done"
		}
		left = append(left, fmt.Sprintf("%q %s and was left out: %s.", Says(sc.Steps[at].Do), what, flow.CleanLine(result.Failure.Got, 200)))
		n := 1
		if at+1 < len(sc.Steps) { // it goes with the step before
			if _, refused := sc.Steps[at+1].Do.(ExpectRefused); refused {
				n = 2
			}
		}
		sc.Steps = slices.Delete(sc.Steps, at, at+n)
	}
	result, err := play(ctx, sc)
	if err == nil && result.Failure != nil {
		err = fmt.Errorf("nothing of this recording can be played: %s", result.Failure.Got)
	}
	return sc, left, err
}

// instead looks for a reading of the recording with which the scenario passes, or
// gets further than it did.
func instead(ctx context.Context, sc Scenario, result Result, play func(context.Context, Scenario) (Result, error)) (other Scenario, better bool, err error) {
	for _, other := range readings(sc, result.Steps) {
		r, err := play(ctx, other)
		if err != nil {
			return sc, false, err
		}
		if r.Failure == nil || r.Steps > result.Steps {
			return other, true, nil
		}
	}
	return sc, false, nil
}

// readings are what the recording could mean as well. It does not say whether the
// simulated Plaid was strict. Of a call of Link whose connection broke it does not
// say whether Link had heard it: only what came afterwards tells. The newest
// fault before the step that failed comes first.
func readings(sc Scenario, upTo int) []Scenario {
	var list []Scenario
	if !sc.Strict {
		strict := sc
		strict.Strict = true
		list = append(list, strict)
	}
	for i := min(upTo, len(sc.Steps)) - 1; i >= 0; i-- {
		armed, ok := sc.Steps[i].Do.(ArmFault)
		if !ok || !armed.Fault.Drop || !strings.HasPrefix(armed.Fault.On, linkSession) {
			continue
		}
		armed.Fault.Drop, armed.Fault.Truncate = false, true
		other := sc
		other.Steps = slices.Clone(sc.Steps)
		other.Steps[i].Do = armed
		list = append(list, other)
	}
	return list
}
