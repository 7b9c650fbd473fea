package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"layersim/flow/guard"
)

// secondAsk is how soon a second Ctrl-C or signal is one: shells, npm and others
// send the same one twice at once.
const secondAsk = 300 * time.Millisecond

// ending sees to it that a screen that was told to end does end, whatever hangs:
// at once when it is told a second time, and otherwise after lastPatience. The
// terminal comes back all the same.
type ending struct {
	restore func() error // gives the terminal back
	report  func(hangs guard.Panic) error
	talk    io.Writer
	exit    func(code int)
	signals chan os.Signal
	done    chan struct{}

	mu    sync.Mutex
	first time.Time // when it was told
	over  bool
	timer *time.Timer
}

// begin lets ctx and the signals of people tell it to end.
func (e *ending) begin(ctx context.Context) {
	e.signals, e.done = make(chan os.Signal, 4), make(chan struct{})
	signal.Notify(e.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	guard.Go(func() {
		cancelled := ctx.Done()
		for {
			select {
			case <-e.done:
				return
			case <-cancelled:
				cancelled = nil
			case <-e.signals:
			}
			e.told()
		}
	})
}

// stop is for a screen that has ended.
func (e *ending) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	signal.Stop(e.signals)
	close(e.done)
	e.over = true
	if e.timer != nil {
		e.timer.Stop()
	}
}

// told is for whoever wants the end.
func (e *ending) told() {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.over:
	case e.first.IsZero():
		e.first = time.Now()
		e.timer = time.AfterFunc(lastPatience, guard.Func(e.force))
	case time.Since(e.first) >= secondAsk:
		e.over = true
		e.timer.Stop()
		guard.Go(e.end)
	}
}

// force is for when the time is up.
func (e *ending) force() {
	e.mu.Lock()
	over := e.over
	e.over = true
	e.mu.Unlock()
	if !over {
		e.end()
	}
}

// end ends the process where it stands, and says where it hung.
func (e *ending) end() {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if err := e.restore(); err != nil {
		_, _ = fmt.Fprintf(e.talk, "layersim: the terminal could not be restored: %v. Type 'reset' and Enter\n", err)
	}
	showError(e.talk, e.report(guard.Panic{Cause: errors.New("it was told to end, and hung"), Stack: stacks}))
	e.exit(exitInterrupted)
}

// hung is the report of a program that had to be ended by force, or of the panic
// that it hangs over.
func (g *guardian) hung(p guard.Panic) error {
	if report := g.report(); report != nil {
		return report
	}
	return g.told(p, "%s, so it was ended by force\nThe terminal is restored. The report is in %s; please send it with what you did last")
}
