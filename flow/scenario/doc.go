// Package scenario reads a walk that is written down, and plays it: it does each
// step as the operator and the user of the walk would, on the same engine as the
// screen, and says what is not as the scenario expects.
//
// It needs no screen and no person. Time passes only where a step says so.
//
//	player := scenario.Play(sc, world)
//	for !player.Done() {
//		if outcome := player.Step(ctx); outcome.Failure != nil {
//			…
//		}
//	}
package scenario
