package scenario

import (
	"context"
	"fmt"
	"slices"

	"layersim/flow"
)

// Fit plays a scenario that was made of a recording, and takes out what is not so
// in front of a simulated Plaid, until the rest passes. left says, in sentences
// for people, what was taken out. play plays a scenario to its first failure, as
// [Run] does, in a new world each time; its errors are returned.
func Fit(ctx context.Context, sc Scenario, play func(context.Context, Scenario) (Result, error)) (fitted Scenario, left []string, err error) {
	sc.Steps = slices.Clone(sc.Steps)
	for range len(sc.Steps) {
		result, err := play(ctx, sc)
		if err != nil || result.Failure == nil {
			return sc, left, err
		}
		if !sc.Strict { // a recording does not say whether the simulated Plaid was strict
			strict := sc
			strict.Strict = true
			other, err := play(ctx, strict)
			if err != nil {
				return sc, left, err
			}
			if other.Failure == nil || other.Steps > result.Steps {
				sc = strict
				continue
			}
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
