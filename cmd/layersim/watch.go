package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"layersim/flow/plaidsim"
	"layersim/tui/watch"

	"layersim/flow/guard"
)

// framePace is the least time between two batches for the screen. People see
// no more than that, and a busy app does not keep keys waiting.
const framePace = 33 * time.Millisecond

// mostPerBatch bounds how much one message to the screen carries.
const mostPerBatch = 2_000

// canWatch refuses a screen where there is no terminal for it.
func canWatch(s serveSettings, std stdio, environ []string) error {
	if s.asJSON {
		return usagef("--json is for programs and --ui for people: choose one. 'layersim serve --json' prints its ready line and no screen.")
	}
	if err := needsScreen(environ, "What --ui shows", "Leave --ui out: 'layersim serve' runs anywhere, and with --record writes down what an app does."); err != nil {
		return err
	}
	if !isTerminal(std.in) || !isTerminal(std.out) {
		return usagef("--ui draws on a terminal, and %s is not one. Run it in a terminal window, or leave --ui out: 'layersim serve' runs anywhere.", notTerminal(std))
	}
	return nil
}

// watchApp shows what the app does that uses the simulator, until its operator
// quits or the server stops, which ended tells.
func watchApp(ctx context.Context, sim *plaidsim.Sim, o watch.Options, ended <-chan error, std stdio, environ []string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	guard.Go(func() {
		select {
		case err := <-ended:
			if !errors.Is(err, http.ErrServerClosed) {
				cancel(failure{exitUnexpected, fmt.Errorf("the simulator stopped: %w", err)})
			}
		case <-ctx.Done():
		}
	})
	o.Batches, o.Now, o.Context = follow(ctx, sim, time.Now), time.Now, ctx
	o.Color, o.Light = !noColor(environ), lightTerminal(environ)
	model := watch.New(o)
	err := show(ctx, model, std, environ)
	var stopped failure
	if cause := context.Cause(ctx); errors.As(cause, &stopped) && errors.Is(err, errInterrupted) {
		return stopped
	}
	return err
}

// follow reads the simulator's journal and returns what is new, batch by batch,
// at most one per frame, until ctx ends. No entry is lost on the way: what the
// screen has not taken yet waits in the journal.
func follow(ctx context.Context, sim *plaidsim.Sim, now func() time.Time) <-chan watch.Batch {
	batches := make(chan watch.Batch)
	guard.Go(func() {
		defer close(batches)
		pause := time.NewTimer(framePace)
		defer pause.Stop()
		linter := newAppLinter()
		overdue := time.NewTicker(time.Second) // a mistake may be that nothing follows
		defer overdue.Stop()
		for last := uint64(0); ; {
			select {
			case <-sim.Changed(last):
			case <-overdue.C:
				if !linter.overdue(sim.Now()) {
					continue
				}
			case <-ctx.Done():
				return
			}
			records, forgotten := sim.Records(last, mostPerBatch)
			last += forgotten + uint64(len(records))
			batch := batchOf(sim, records, now)
			batch.Forgotten = forgotten
			batch.Findings, batch.Checks = linter.take(records, forgotten, sim.Now()), linter.checks()
			batch.LetGo = linter.letGo()
			select {
			case batches <- batch:
			case <-ctx.Done():
				return
			}
			pause.Reset(framePace)
			select {
			case <-pause.C:
			case <-ctx.Done():
				return
			}
		}
	})
	return batches
}

// batchOf puts records into the words of the screen, with what is to be known
// about the sessions they belong to.
func batchOf(sim *plaidsim.Sim, records []plaidsim.Record, now func() time.Time) watch.Batch {
	b := watch.Batch{Entries: make([]watch.Entry, 0, len(records)), Ahead: sim.Now().Sub(now())}
	if at, frozen := sim.Clock(); frozen {
		b.Frozen = at
	}
	seen := map[string]bool{}
	for _, r := range records {
		b.Entries = append(b.Entries, entryOf(r))
		if r.Session == "" || seen[r.Session] {
			continue
		}
		seen[r.Session] = true
		if v, ok := sim.Session(r.Session); ok {
			b.About = append(b.About, aboutOf(v))
		}
	}
	return b
}
