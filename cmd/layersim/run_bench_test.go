package main

import (
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
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			walkOnce(b, sc, stageOf(b, sc, catalog))
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "walks/s")
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
