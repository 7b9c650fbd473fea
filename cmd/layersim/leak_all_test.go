//go:build linux

package main

import (
	"maps"
	"slices"
	"testing"
)

// TestNothingLeaks plants values that occur nowhere else into everything that is
// given to the program, and looks for them in everything that it writes.
func TestNothingLeaks(t *testing.T) {
	foreign(t)
	for _, part := range []struct {
		name string
		test func(*testing.T)
	}{
		{"a changed recording", leakOfARecordedWalk},
		{"a changed recording of an app", leakOfARecordedApp},
		{"serve", leakOfServe},
		{"typed into wrong fields", leakOfWrongFields},
		{"plain mode", leakOfPlain},
		{"a panic", leakOfPanic},
		{"doctor", leakOfDoctor},
		{"run", leakOfRun},
		{"completion", leakOfCompletion},
		{"exec", leakOfExec},
		{"present", leakOfPresent},
		{"a live walk, masked", func(t *testing.T) { liveWalkLeaksNothing(t, false) }},
		{"a live walk, private", func(t *testing.T) { liveWalkLeaksNothing(t, true) }},
		{"a simulated walk", simulatedWalkLeaksNothing},
	} {
		t.Run(part.name, part.test)
	}
	searched.mu.Lock()
	defer searched.mu.Unlock()
	all := 0
	for _, where := range slices.Sorted(maps.Keys(searched.sinks)) {
		all += searched.sinks[where]
		t.Logf("%10d bytes  %s", searched.sinks[where], where)
	}
	forms := 0
	for m := range searched.markers {
		forms += len(m.forms()) + 1
	}
	t.Logf("%d values in %d forms were looked for in %d places: %d bytes", len(searched.markers), forms, len(searched.sinks), all)
}
