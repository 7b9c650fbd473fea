package main

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
)

// mishaps spoils any effect of a walk, by chance, in any way, and heals after so
// many. What it does belongs to the seed and to the effect, not to the order in
// which effects are performed.
type mishaps struct {
	app     *app
	seed    uint64
	classes []faultClass

	mu   sync.Mutex
	left int
	n    map[string]uint64
	done []string
}

func (m *mishaps) through(a *app) func(context.Context, flow.Effect) flow.Event {
	m.app = a
	return m.perform
}

func (m *mishaps) perform(ctx context.Context, e flow.Effect) flow.Event {
	kind := kindOf(e)
	m.mu.Lock()
	m.n[kind]++
	r := rand.New(rand.NewPCG(m.seed, m.n[kind]<<8|uint64(len(kind))))
	class := m.classes[r.IntN(len(m.classes))]
	p := faultPoint{kind: kind}
	spoilt := m.left > 0 && r.IntN(3) == 0 && class.reasonNot(p) == ""
	if spoilt {
		m.left--
		m.done = append(m.done, p.kind+" × "+class.name)
	}
	m.mu.Unlock()
	if !spoilt {
		return m.app.engine.Perform(ctx, e)
	}
	if class.wire != nil {
		id := m.app.sim.Fail(*class.wire)
		answer := m.app.engine.Perform(ctx, e)
		m.app.sim.HealOne(id)
		return answer
	}
	late := time.Duration(r.IntN(90)) * time.Second
	if class.after == performsLate {
		sleepFor(ctx, late)
	}
	answer := m.app.engine.Perform(ctx, e)
	switch {
	case class.after == answersLate:
		sleepFor(ctx, late)
	case class.after == answersTwice && answer != nil:
		m.app.emit(answer)
	}
	return answer
}

func sleepFor(ctx context.Context, d time.Duration) {
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-over.C:
	case <-ctx.Done():
	}
}

// TestFaultsByChance lets several effects of one walk go wrong, while an operator
// presses keys at any time. A failure names its seed.
func TestFaultsByChance(t *testing.T) {
	walks, classes, catalog := faultWalks(), faultClasses(), builtin(t)
	many, spoilt := 40, 0
	if raceDetector {
		many = 6
	}
	if n, err := strconv.Atoi(os.Getenv("LAYERSIM_FAULT_WALKS")); err == nil && n > 0 {
		many = n
	}
	for seed := range uint64(many) {
		m := &mishaps{seed: seed, classes: classes, left: 6, n: map[string]uint64{}}
		var wrong []string
		synctest.Test(t, func(*testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			w := walks[r.IntN(len(walks))]
			d, err := deskOf(w.scenario(), catalog, m.through)
			if err != nil {
				wrong = append(wrong, err.Error())
				return
			}
			for range 12 + r.IntN(12) { // at any time
				d.press([]string{"enter", "enter", "enter", "enter", "ctrl+x", "ctrl+r", "ctrl+n", "ctrl+f", "ctrl+t", "ctrl+g"}[r.IntN(10)])
				if r.IntN(3) == 0 {
					d.pass(time.Duration(r.IntN(60)) * time.Second)
				}
			}
			m.mu.Lock()
			m.left = 0
			m.mu.Unlock()
			d.app.sim.Heal()
			d.pass(2 * time.Minute)
			o := &operator{desk: d, saboteur: &saboteur{app: d.app}, walk: faultWalk{}, tried: map[string]int{}}
			o.walks()
			d.close()
			wrong = d.wrong
		})
		spoilt += len(m.done)
		for _, s := range wrong {
			t.Errorf("seed %d (%s): %s", seed, strings.Join(m.done, "; "), s)
		}
	}
	t.Logf("%d walks with %d faults", many, spoilt)
}
