package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"

	"layersim/flow"
	"layersim/flow/scenario"
)

// A whole eligible walk: a stage of its own, plaid-go, Link, the HTTP handler of
// the simulated Plaid, two signed webhooks that are verified, two Items. One walk
// at a time for each processor.
func BenchmarkEligibleWalk(b *testing.B) {
	catalog := builtin(b)
	sc := scene(stepsToEnd...)
	defer debug.SetGCPercent(debug.SetGCPercent(runGCPercent)) // as 'layersim run' has it
	b.ReportAllocs()
	before := processorTime()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			walkOnce(b, sc, stageOf(b, sc, catalog))
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "walks/s")
	b.ReportMetric((processorTime()-before).Seconds()*1000/float64(b.N), "cpu-ms/walk")
}

// Every scenario that is shipped, as 'layersim run --all' plays them.
func BenchmarkShippedScenarios(b *testing.B) {
	catalog := builtin(b)
	all, err := scenario.Shipped(catalog)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, sc := range all {
			st := stageOf(b, sc, catalog)
			if _, err := scenario.Run(b.Context(), sc, st.world()); err != nil {
				b.Fatal(err)
			}
			_ = st.Close()
		}
	}
	b.ReportMetric(float64(len(all)), "scenarios")
}

func walkOnce(t testing.TB, sc scenario.Scenario, st *stage) {
	r, err := scenario.Run(t.Context(), sc, st.world())
	if err != nil || r.Failure != nil || r.State.Phase != flow.PhaseOnboarded {
		t.Errorf("%v, %+v, %s", err, r.Failure, r.State.Phase)
	}
	if err := st.Close(); err != nil {
		t.Error(err)
	}
}

// Walks leave nothing behind: not what they had on their stage, and no goroutine.
// LAYERSIM_SESSIONS=100000 takes some minutes.
func TestWalksLeaveNothingBehind(t *testing.T) {
	if raceDetector {
		t.Skip("memory under the race detector is another thing")
	}
	total := 300
	if n, err := strconv.Atoi(os.Getenv("LAYERSIM_SESSIONS")); err == nil && n > total {
		total = n
	}
	catalog := builtin(t)
	sc := scene(stepsToEnd...)
	alive := func() (heap uint64, goroutines int) {
		runtime.GC()
		runtime.GC() // masked values are forgotten with the second
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc, runtime.NumGoroutine()
	}
	var before uint64
	var goroutines int
	for n := range total {
		if n == total/3 {
			before, goroutines = alive()
		}
		walkOnce(t, sc, stageOf(t, sc, catalog))
	}
	after, still := alive()
	t.Logf("%d KiB after %d walks, %d KiB after %d", before>>10, total/3, after>>10, total)
	const noise = 1 << 20
	if after > before+before/10+noise {
		t.Errorf("memory grew from %d to %d KiB", before>>10, after>>10)
	}
	if still > goroutines+5 {
		t.Errorf("there were %d goroutines, now there are %d", goroutines, still)
	}
}
