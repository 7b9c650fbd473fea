package main

import (
	"hash/fnv"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"layersim/fixtures"
	"layersim/flow"
)

// faultPoint is one effect of a walk, in the phase in which it is under way.
type faultPoint struct {
	walk  faultWalk
	kind  string // as kindOf says
	phase flow.Phase
	at    string // as effectID says
}

func (p faultPoint) String() string { return p.kind + " in " + string(p.phase) }

// wired reports whether an effect makes calls that Plaid answers.
func wired(kind string) bool {
	name, _, _ := strings.Cut(kind, " ")
	return !slices.Contains([]string{"LetTimePass", "TryWebhooks", "DestroyHandler", "StartTimer", "DoDeed", "ForgeOnSuccess"}, name)
}

// faultPoints walks all walks unspoilt, and returns where each effect occurs: each
// kind once in each phase. It holds that the walks reach all there are.
func faultPoints(t *testing.T, catalog *fixtures.Catalog) []faultPoint {
	t.Helper()
	var points []faultPoint
	reached, kinds := map[flow.Phase]bool{}, map[string]bool{}
	for _, w := range faultWalks() {
		c := cell{walk: w}
		synctest.Test(t, func(*testing.T) { c.play(catalog) })
		for _, wrong := range c.wrong {
			t.Errorf("%s, with no fault: %s", w.name, wrong)
		}
		s := &saboteur{counts: map[string]int{}}
		for _, e := range c.entries {
			reached[e.Phase] = true
			for _, effect := range e.Effects {
				p := faultPoint{w, kindOf(effect), e.Phase, s.effectID(effect)}
				kinds[effectName(effect)] = true
				if !slices.ContainsFunc(points, func(q faultPoint) bool { return q.kind == p.kind && q.phase == p.phase }) {
					points = append(points, p)
				}
			}
		}
	}
	for _, name := range everyEffect(t) {
		if !kinds[name] {
			t.Errorf("no walk has the effect %s", name)
		}
	}
	for _, p := range flow.Phases() {
		if !reached[p] && p != flow.PhaseFailed {
			t.Errorf("no walk reaches %s", p)
		}
	}
	return points
}

// cell is one walk with one fault in it.
type cell struct {
	walk  faultWalk
	at    string
	class faultClass

	entries []entryOfWalk
	acted   int
	rests   int
	ended   flow.Phase
	wrong   []string
}

// entryOfWalk is as much of a journal's entry as is looked at.
type entryOfWalk struct {
	Phase   flow.Phase
	Effects []flow.Effect
}

// mostDone is how often the operator may do something before a walk must have
// come to its end.
const mostDone = 60

// play plays the cell, in a bubble.
func (c *cell) play(catalog *fixtures.Catalog) {
	s := &saboteur{at: c.at, class: c.class, free: make(chan struct{}), counts: map[string]int{}}
	d, err := deskOf(c.walk.scenario(), catalog, s.through)
	if err != nil {
		c.wrong = append(c.wrong, err.Error())
		return
	}
	o := &operator{desk: d, saboteur: s, walk: c.walk, tried: map[string]int{}}
	o.walks()
	d.close()
	_, c.acted = s.begun()
	c.rests, c.ended, c.wrong = o.rests, d.state().Phase, d.wrong
	for _, e := range d.journal().Entries() {
		c.entries = append(c.entries, entryOfWalk{e.Phase, e.Effects})
	}
}

// reasonNot says why a class of fault cannot occur at a point, "" if it can.
func (c faultClass) reasonNot(p faultPoint) string {
	switch {
	case c.wire != nil && !wired(p.kind):
		return "nobody is called"
	case c.wire != nil && c.wire.Swallow && !strings.HasPrefix(p.kind, "SubmitHandler") && !strings.HasPrefix(p.kind, "OpenHandler") &&
		!strings.HasPrefix(p.kind, "DriveLink") && !strings.HasPrefix(p.kind, "ExitHandler") && !strings.HasPrefix(p.kind, "PresentLink"):
		return "only what is said to an open Link session can be swallowed"
	case c.callbacks && !strings.Contains(p.kind, "Handler") && !strings.HasPrefix(p.kind, "DriveLink") && !strings.HasPrefix(p.kind, "PresentLink"):
		return "Link is not called"
	case c.after == answersTwice && (strings.HasPrefix(p.kind, "DestroyHandler")):
		return "nothing answers it"
	case (c.after == answersLate || c.after == performsLate) && p.kind == "DoDeed":
		return "the app does it on the spot"
	}
	return ""
}

// TestFaultMatrix lets every effect, in every phase in which it occurs, go wrong in
// every way, and holds that the walk explains itself, goes on and comes to an end,
// with nothing left behind. Some of it always runs, all of it with
// LAYERSIM_FAULTS=all.
func TestFaultMatrix(t *testing.T) {
	catalog := builtin(t)
	points, classes := faultPoints(t, catalog), faultClasses()
	if t.Failed() {
		t.FailNow()
	}
	all := os.Getenv("LAYERSIM_FAULTS") == "all"
	only := os.Getenv("LAYERSIM_FAULT_CELL")
	share := uint32(10) // one cell of so many always runs
	if raceDetector {
		share = 60
	}
	goroutines := runtime.NumGoroutine()
	type count struct{ played, skipped, none int }
	var counts = map[string]*count{}
	reasons, ends := map[string]int{}, map[flow.Phase]int{}
	var total count
	failed := 0
	for _, p := range points {
		n := &count{}
		counts[p.String()] = n
		for _, class := range classes {
			name := p.String() + " × " + class.name
			if why := class.reasonNot(p); why != "" {
				n.none++
				reasons[why]++
				continue
			}
			if h := fnv.New32a(); only != "" && name != only || only == "" && !all && func() bool { _, _ = h.Write([]byte(name)); return h.Sum32()%share != 0 }() {
				n.skipped++
				continue
			}
			c := cell{walk: p.walk, at: p.at, class: class}
			synctest.Test(t, func(*testing.T) { c.play(catalog) })
			if c.acted == 0 {
				n.none++
				if !class.callbacks {
					t.Errorf("%s: the fault did not act", name)
				}
				reasons["Link has no such callback to make then"]++
				continue
			}
			n.played++
			ends[c.ended]++
			if len(c.wrong) > 0 {
				failed++
			}
			for _, wrong := range c.wrong {
				t.Errorf("%s (%s): %s", name, p.walk.name, wrong)
			}
		}
		total.played, total.skipped, total.none = total.played+n.played, total.skipped+n.skipped, total.none+n.none
	}
	if after := runtime.NumGoroutine(); after > goroutines+2 {
		t.Errorf("%d goroutines before, %d after", goroutines, after)
	}
	for _, p := range points {
		n := counts[p.String()]
		t.Logf("%4d cells, %4d not now, %4d cannot occur: %s (%s)", n.played, n.skipped, n.none, p, p.walk.name)
	}
	for why, n := range reasons {
		t.Logf("%4d cannot occur: %s", n, why)
	}
	t.Logf("ends: %v", ends)
	t.Logf("%d effects in their phases × %d classes of fault: %d cells were played, %d failed; %d not in this run (LAYERSIM_FAULTS=all), %d cannot occur",
		len(points), len(classes), total.played, failed, total.skipped, total.none)
}
