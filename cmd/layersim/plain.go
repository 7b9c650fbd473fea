package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/plain"
)

// isPlain reports whether the walk is one of plain text: it was asked for, or
// the terminal can do no more.
func (s settings) isPlain() bool { return s.plain || dumb(s.environ) }

// dumb reports whether the terminal says that it can do nothing but lines.
func dumb(environ []string) bool { return getenv(environ, "TERM") == "dumb" }

// plainSurface is where Link is finished in plain mode, unless somebody said:
// here, if there is no terminal, or no browser that could be started.
func (s *settings) plainSurface(std stdio) {
	_, said := s.origins["link"]
	if live, err := s.isLive(); said || err != nil || live {
		return
	}
	_, none := s.chooseBrowser().(noBrowser)
	if none || !isTerminal(std.in) || !isTerminal(std.out) {
		s.link = string(flow.InTerminal)
	}
}

// walkPlain runs the walk as lines of text, until its operator quits or the
// input is over.
func walkPlain(ctx context.Context, s settings, std stdio) error {
	s.plainSurface(std)
	p, err := s.check()
	if err != nil {
		return err
	}
	forgetKeys()
	p.remote.sayRemarks(std.talk())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer survivesBrokenPipe()()
	around := surroundings{now: time.Now, browser: s.chooseBrowser(), pageAddr: s.getenv("LAYERSIM_PAGE_ADDR")}
	finish, err := record(p, &around)
	if err != nil {
		return err
	}
	a, err := newApp(ctx, p, around)
	if err != nil {
		return errors.Join(err, finish())
	}
	typed := isTerminal(std.in)
	o := a.plain()
	out := &unread{to: std.out}
	o.In, o.Out, o.Typed, o.Hanging = std.in, out, typed, typed && isTerminal(std.out)
	ended, err := plain.Run(ctx, o)
	switch {
	case err == nil && ended.CutShort && typed && !isTerminal(std.in): // its window was closed, and the signal that says so is on its way
		err = errInterrupted
	case err == nil && ended.CutShort: // the walk has said so
		err = failure{exitTimedOut, errSaid}
	case err != nil: // nothing but the end of ctx
		err = errInterrupted
	case out.lost != nil && !isTerminal(std.out): // of a terminal that is gone, its signal tells
		err = failure{exitUnexpected, fmt.Errorf("standard output: %w", reason(out.lost))}
	}
	cancel()
	err = errors.Join(err, a.Close())
	lost := finish()
	if lost != nil && (errors.Is(err, errInterrupted) || errors.Is(err, errSaid)) { // which alone is not worth a word
		showError(std.talk(), lost)
		lost = nil
	}
	return errors.Join(err, lost)
}

// unread is an output that keeps why it could not be written, unless its reader
// has had enough.
type unread struct {
	to   io.Writer
	lost error
}

func (u *unread) Write(text []byte) (int, error) {
	n, err := u.to.Write(text)
	if err != nil && u.lost == nil && !errors.Is(err, brokenPipe) {
		u.lost = err
	}
	return n, err
}

// plain returns what plain mode needs of the app.
func (a *app) plain() plain.Options {
	o := plain.Options{
		Config: a.plan.config, Catalog: a.plan.catalog, Persona: a.plan.persona,
		Perform: a.engine.Perform, Events: a.events, Now: a.now,
		Surface: a.plan.surface, Private: a.plan.private, WhatIf: whatIfPlain, Record: a.record,
	}
	if a.sim != nil {
		o.Settle = a.sim.SettleWebhooks
	}
	if a.plan.remote != nil {
		o.Live, o.WhatIf = true, nil // nobody outside knows whom the real Layer finds
		o.Elsewhere = a.plan.remote.elsewhere
	}
	return o
}

// said prints a recording as lines of text.
func (r replaying) said(ctx context.Context, recording journal.Recording, entries []journal.Entry, initial flow.State, catalog *fixtures.Catalog, std stdio) error {
	defer survivesBrokenPipe()()
	walk := plain.Recorded{Initial: initial, Entries: entries, Catalog: catalog, Private: r.private, Torn: recording.Torn}
	if isTerminal(std.in) && isTerminal(std.out) {
		walk.In = std.in
	}
	err := plain.Replay(ctx, walk, std.out)
	switch {
	case ctx.Err() != nil:
		return errInterrupted
	case errors.Is(err, brokenPipe): // the reader has had enough
		return nil
	case err != nil:
		return failure{exitUnexpected, fmt.Errorf("standard output: %w", reason(err))}
	}
	if r.record != "" {
		return sayRecordedAgain(std.talk(), recording, r.record)
	}
	return nil
}

// survivesBrokenPipe lets writing to a reader that has had enough be an error
// like others. Without this it would end the program, in the middle of a
// recording.
func survivesBrokenPipe() (stop func()) {
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, syscall.SIGPIPE)
	return func() { signal.Stop(broken) }
}

// whatIfPlain is whatIf in the words of plain mode.
func whatIfPlain(t fixtures.Template, p fixtures.Persona) plain.Prospect {
	foretold := whatIf(t, p)
	prospect := plain.Prospect{Phone: plain.Answer(foretold.Phone), MinItems: foretold.MinItems, MaxItems: foretold.MaxItems}
	if foretold.Birth != nil {
		birth := plain.Answer(*foretold.Birth)
		prospect.Birth = &birth
	}
	return prospect
}

// needsScreen refuses, in a terminal that can do nothing but lines, what is
// drawn.
func needsScreen(environ []string, what, instead string) error {
	if !dumb(environ) {
		return nil
	}
	return usagef("%s is drawn, and TERM=dumb says that this terminal cannot draw. %s", what, instead)
}
