package main

import "testing"

// foreign marks a test whose work is done by programs that are not ours, for
// which the race detector cannot look and only takes its time.
func foreign(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("the race detector does not see into the programs that do the work here")
	}
}
