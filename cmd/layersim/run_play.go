package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/guard"
	"layersim/flow/journal"
	"layersim/flow/scenario"
)

// company plays scenarios, several at the same time.
type company struct {
	catalog    *fixtures.Catalog
	recordings []string // the file of each scenario, nil for none
	parallel   int
}

// play plays all scenarios and reports each as soon as those before it are
// reported. The error is the exit code they lead to, or a report that could not
// be written, after which nothing more is begun.
func (c company) play(ctx context.Context, scenarios []scenario.Scenario, reports reporter) error {
	interrupted := ctx.Err
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	began := time.Now()
	done := make([]chan played, len(scenarios))
	for i := range done {
		done[i] = make(chan played, 1)
	}
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(c.parallel, len(scenarios)) {
		wg.Go(guard.Func(func() {
			for i := range next {
				done[i] <- c.perform(ctx, i, scenarios[i])
			}
		}))
	}
	wg.Go(guard.Func(func() {
		defer close(next)
		for i := range scenarios {
			select {
			case next <- i:
			case <-ctx.Done():
				for ; i < len(scenarios); i++ {
					done[i] <- played{Result: scenario.Result{Scenario: scenarios[i]}, outcome: outcomeNotRun}
				}
				return
			}
		}
	}))
	var t tally
	var lost error
	for i := range scenarios {
		p := <-done[i]
		t.add(p)
		if err := reports.scenario(p); err != nil && lost == nil {
			lost = err
			stop()
		}
	}
	wg.Wait()
	t.interrupted, t.took = interrupted() != nil, time.Since(began)
	if err := reports.end(t); lost == nil {
		lost = err
	}
	if lost != nil {
		return lost
	}
	return t.err()
}

// perform plays one scenario and takes it down if that is wanted.
func (c company) perform(ctx context.Context, i int, sc scenario.Scenario) (p played) {
	began := time.Now()
	p = played{Result: scenario.Result{Scenario: sc}, outcome: outcomeError}
	defer func() {
		p.took = time.Since(began)
		if r := recover(); r != nil {
			p.outcome, p.err = outcomeError, fmt.Errorf("layersim made a mistake: %v\n%s", r, debug.Stack())
		}
	}()
	var record func(journal.Entry) error
	finish := func() error { return nil }
	if c.recordings != nil {
		plan, started, err := stagePlan(sc, c.catalog)
		if err != nil {
			p.err = err
			return p
		}
		r, err := openRecording(c.recordings[i], recordingHeader(plan, started), plan.testNumber)
		if err != nil {
			p.err = err
			return p
		}
		record, finish = r.Record, r.Close
	}
	st, err := newStage(ctx, sc, c.catalog, record)
	if err != nil {
		p.err = errors.Join(err, finish())
		return p
	}
	p.Result, err = scenario.Run(ctx, sc, st.world())
	err = errors.Join(err, st.Close(), finish())
	switch {
	case ctx.Err() != nil:
		p.outcome = outcomeNotRun
	case err != nil:
		p.err = err
	case p.Failure != nil:
		p.outcome = outcomeFailed
	default:
		p.outcome = outcomePassed
	}
	return p
}

// where says at which step a scenario failed: "step 9 of 15, file.yaml:23".
func (p played) where() string {
	step := fmt.Sprintf("step %d of %d", p.Steps, len(p.Scenario.Steps))
	if p.Failure != nil && p.Failure.Step.Line > 0 {
		step += fmt.Sprintf(", %s:%d", flow.CleanLine(p.Scenario.File, 200), p.Failure.Step.Line)
	}
	return step
}

// notes are what else is worth knowing of a scenario that was played: a fault
// that never acted is probably not armed where it was meant to be.
func (p played) notes() []string {
	var notes []string
	for _, fault := range p.Idle {
		notes = append(notes, "the fault on "+flow.CleanLine(fault, 200)+" never acted: nothing came that it is for")
	}
	return notes
}
