package main

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/scenario"
)

// libraryRun is a scenario and what came of it.
type libraryRun struct {
	scenario scenario.Scenario
	journal  *journal.Journal
	failure  *scenario.Failure
	err      error
}

var catalogOnce = sync.OnceValues(func() (*fixtures.Catalog, error) { return fixtures.Load("") })

func catalogOf(t testing.TB) *fixtures.Catalog {
	t.Helper()
	catalog, err := catalogOnce()
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

func shipped(t testing.TB) []scenario.Scenario {
	t.Helper()
	all, err := scenario.Shipped(catalogOf(t))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// playAll plays each scenario, several at a time, and gives up on none.
func playAll(t testing.TB, all []scenario.Scenario) []libraryRun {
	t.Helper()
	results := make([]libraryRun, len(all))
	var group sync.WaitGroup
	room := make(chan struct{}, 8)
	for i, sc := range all {
		room <- struct{}{}
		group.Go(func() {
			defer func() { <-room }()
			results[i] = libraryRun{scenario: sc}
			s, err := newStage(t.Context(), sc, catalogOf(t), nil)
			if err != nil {
				results[i].err = err
				return
			}
			defer func() { _ = s.Close() }()
			r, err := scenario.Run(t.Context(), sc, s.world())
			results[i].journal, results[i].failure, results[i].err = r.Journal, r.Failure, err
		})
	}
	group.Wait()
	return results
}

var (
	shippedMu   sync.Mutex
	shippedRuns []libraryRun
)

// playShipped plays what is shipped, once for all tests.
func playShipped(t testing.TB) []libraryRun {
	t.Helper()
	shippedMu.Lock()
	defer shippedMu.Unlock()
	if shippedRuns == nil {
		shippedRuns = playAll(t, shipped(t))
	}
	return shippedRuns
}

func TestEveryShippedScenarioPasses(t *testing.T) {
	for _, p := range playShipped(t) {
		t.Run(p.scenario.Name, func(t *testing.T) {
			switch {
			case p.err != nil:
				t.Error(p.err)
			case p.failure != nil:
				t.Errorf("line %d: expected %s, got %s", p.failure.Step.Line, p.failure.Expected, p.failure.Got)
			}
		})
	}
}

// In a bubble of synctest the clock moves on only when everybody waits for it.
func TestNoShippedScenarioTakesTime(t *testing.T) {
	catalog, all := catalogOf(t), shipped(t)
	synctest.Test(t, func(t *testing.T) {
		for _, sc := range all {
			began := time.Now()
			s, err := newStage(t.Context(), sc, catalog, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := scenario.Run(t.Context(), sc, s.world()); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took > 0 {
				t.Errorf("%s waits %s", sc.Name, took)
			}
		}
	})
}

// A scenario that expects nothing of the end could do anything.
func TestEveryShippedScenarioSaysWhatItShowsAndExpectsIt(t *testing.T) {
	titles, inGroup := map[string]string{}, map[string]int{}
	for _, sc := range shipped(t) {
		inGroup[sc.Group]++
	}
	for _, sc := range shipped(t) {
		t.Run(sc.Name, func(t *testing.T) {
			if sc.Title == "" || sc.About == "" {
				t.Error("it has no title, or nothing about it")
			}
			if other := titles[sc.Title]; other != "" {
				t.Errorf("its title is that of %s", other)
			}
			titles[sc.Title] = sc.Name
			if sc.Group == "" || inGroup[sc.Group] == 1 && sc.Name != "tour" {
				t.Errorf("its group is %q, and no other scenario is in it", sc.Group)
			}
			if sc.Minutes > 0 {
				forPresenters(t, sc)
			}
			if !judged(sc) {
				t.Error("it does not end with what the linter finds: expect findings")
			}
			if outcomeOf(sc) < 0 {
				t.Error("it does not say where the walk ends: expect phase, result, edits or outcome")
			}
			for _, f := range sc.Faults {
				if f.Latency > 0 {
					t.Error("it lets a call wait, which shows nothing that a hung one does not")
				}
			}
		})
	}
}

// forPresenters looks at a scenario that says how long it takes to present.
func forPresenters(t *testing.T, sc scenario.Scenario) {
	t.Helper()
	if sc.Steps[0].Beat == "" {
		t.Error("its first step begins no beat")
	}
	asked := 0
	for _, s := range sc.Steps {
		if s.Beat != "" && s.Notes == "" {
			t.Errorf("line %d: the beat %q has no notes", s.Line, s.Beat)
		}
		if s.Beat == "" && (s.Notes != "" || s.Ask.Question != "") {
			t.Errorf("line %d: notes or a question without a beat", s.Line)
		}
		if s.Ask.Question != "" {
			asked++
		}
	}
	if asked == 0 {
		t.Error("nothing is asked")
	}
}

// judged reports whether the linter looks at all that is done.
func judged(sc scenario.Scenario) bool {
	for _, s := range slices.Backward(sc.Steps) {
		if _, ok := s.Do.(scenario.ExpectFindings); ok {
			return true
		}
		if !strings.HasPrefix(scenario.WordOf(s.Do), "expect ") {
			break
		}
	}
	return false
}

// outcomeOf is the last step that expects something of where the walk has come to,
// -1 if there is none.
func outcomeOf(sc scenario.Scenario) int {
	for i, s := range slices.Backward(sc.Steps) {
		switch s.Do.(type) {
		case scenario.ExpectPhase, scenario.ExpectResult, scenario.ExpectEdits, scenario.ExpectOutcome:
			return i
		}
	}
	return -1
}

// Of each kind of expectation that a scenario has, the last is turned into
// another, one in each run, and the scenario must fail there.
func TestEveryShippedScenarioCanFail(t *testing.T) {
	if raceDetector {
		t.Skip("the same walks as they are shipped are played by the others")
	}
	var spoilt []scenario.Scenario
	var at []int
	for _, sc := range shipped(t) {
		kinds := map[reflect.Type]bool{}
		for i, s := range slices.Backward(sc.Steps) {
			other := otherwise(s.Do)
			if other == nil || kinds[reflect.TypeOf(s.Do)] {
				continue
			}
			kinds[reflect.TypeOf(s.Do)] = true
			bad := sc
			bad.Steps = slices.Clone(sc.Steps)
			bad.Steps[i].Do = other
			spoilt, at = append(spoilt, bad), append(at, i)
		}
	}
	for i, p := range playAll(t, spoilt) {
		step := p.scenario.Steps[at[i]]
		if p.failure == nil || p.failure.Step.Line != step.Line {
			t.Errorf("%s, line %d: it passes with %q as well", p.scenario.Name, step.Line, scenario.Says(step.Do))
		}
	}
}

// otherwise is an expectation that must not hold where this one does, nil for
// what is no expectation.
func otherwise(d scenario.Deed) scenario.Deed {
	switch d := d.(type) {
	case scenario.ExpectPhase:
		if d.Phase == flow.PhaseToken {
			return scenario.ExpectPhase{Phase: flow.PhaseOnboarded}
		}
		return scenario.ExpectPhase{Phase: flow.PhaseToken}
	case scenario.ExpectEvent:
		d.Missing, d.Times = !d.Missing, 0
		return d
	case scenario.ExpectEvents:
		d.Names = append(slices.Clone(d.Names), flow.EventOpen)
		return d
	case scenario.ExpectWebhook:
		if d.Missing { // that it came before, in an attempt that was left, is no contradiction
			return nil
		}
		d.Verified, d.Times = map[string]string{"true": "false", "false": "true", "": "false"}[d.Verified], 0
		return d
	case scenario.ExpectError:
		d.Code = "NO_SUCH_ERROR"
		return d
	case scenario.ExpectAnswer:
		d.Status = 418
		return d
	case scenario.ExpectResult:
		for path, value := range d.Values {
			d.Values = map[string]string{path: map[bool]string{true: "present", false: "absent"}[value == "absent"]}
			return d
		}
	case scenario.ExpectEdits:
		for field := range d.Counts {
			d.Counts = map[string]map[string]int{field: {"current": 7}}
			return d
		}
	case scenario.ExpectFindings:
		if len(d.Rules) > 0 {
			return scenario.ExpectFindings{Rules: []string{}}
		}
		return scenario.ExpectFindings{Rules: []string{"open-before-ready"}}
	case scenario.ExpectOutcome:
		return scenario.ExpectOutcome{Says: "nothing of the kind"}
	case scenario.ExpectPane:
		d.View = strings.ToLower(d.View)
		return d
	case scenario.ExpectRefused:
		return scenario.ExpectRefused{Why: "no reason of the kind"}
	}
	return nil
}

func BenchmarkLibrary(b *testing.B) {
	all := shipped(b)
	for b.Loop() {
		playAll(b, all)
	}
	b.ReportMetric(float64(len(all)), "scenarios")
}
