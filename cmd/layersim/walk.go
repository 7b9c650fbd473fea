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

	"layersim/flow/guard"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
)

// walk runs the terminal walk until its operator quits.
func walk(ctx context.Context, s settings, std stdio) error {
	if s.isPlain() {
		return walkPlain(ctx, s, std)
	}
	p, err := s.check()
	if err != nil {
		return err
	}
	if !isTerminal(std.in) || !isTerminal(std.out) {
		return usagef("the walk draws on a terminal, and %s is not one. Run it in a terminal window; over SSH use 'ssh -t', in a container 'docker run -it'. 'layersim --plain' is the walk as lines of text, anywhere. 'layersim personas' and 'layersim templates' print anywhere.", notTerminal(std))
	}
	forgetKeys()
	p.remote.sayRemarks(std.talk())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	around := surroundings{now: time.Now, browser: s.chooseBrowser(), pageAddr: s.getenv("LAYERSIM_PAGE_ADDR")}
	finish, err := record(p, &around)
	if err != nil {
		return err
	}
	a, err := newApp(ctx, p, around)
	if err != nil {
		return errors.Join(err, finish())
	}
	err = show(ctx, a.model(!noColor(s.environ), lightTerminal(s.environ)), std, s.environ)
	cancel()
	err = errors.Join(err, a.Close())
	return withRecording(err, finish(), std.talk())
}

// withRecording adds what a recording lacks to what a command ended with. Beside
// what is said by others, or needs no word, it is said at once.
func withRecording(err, lost error, talk io.Writer) error {
	if lost != nil && (errors.Is(err, errInterrupted) || errors.Is(err, errSaid)) {
		showError(talk, lost)
		lost = nil
	}
	return errors.Join(err, lost)
}

// show runs a model on the terminal, which it restores whatever ends it.
func show(ctx context.Context, model tea.Model, std stdio, environ []string) (err error) {
	// Elsewhere this signal says where the program hangs; here it would do so in
	// the middle of a screen, and leave that behind.
	ctx, stopListening := signal.NotifyContext(ctx, syscall.SIGQUIT)
	defer stopListening()
	guardian := &guardian{environ: environ}
	// Bubble Tea would read NO_COLOR as a boolean and ignore NO_COLOR=yes.
	profile := colorprofile.Ascii
	if !noColor(environ) {
		profile = colorprofile.Detect(std.out, environ)
	}
	terminal, err := openTerminal(std, profile)
	if err != nil {
		return failure{exitUnexpected, fmt.Errorf("the terminal cannot be used: %w", err)}
	}
	brokeDown := false
	defer func() {
		// Of a window that was closed, reading and writing may say so before
		// the signal does, in no certain order.
		if err = errors.Join(err, terminal.Close()); errors.Is(err, syscall.EIO) && !brokeDown {
			err = errInterrupted
		}
	}()
	ending := &ending{restore: terminal.Close, report: guardian.hung, talk: std.talk(), exit: os.Exit}
	ending.begin(ctx)
	defer ending.stop()
	keys, done, err := terminal.keys(std, ending.told)
	if err != nil {
		return failure{exitUnexpected, fmt.Errorf("the keyboard cannot be read: %w", err)}
	}
	defer done()
	program := tea.NewProgram(terminal.Watch(guardian.watch(model)), append(terminal.options(),
		tea.WithContext(ctx), tea.WithInput(keys), tea.WithOutput(std.out), tea.WithEnvironment(environ),
		tea.WithColorProfile(profile),
		tea.WithoutSignalHandler(), // signals end ctx
	)...)
	guardian.quit = func() {
		ending.told()
		program.Quit()
	}
	defer guard.Handle(guardian.panicked)()
	stop := terminal.follow(program)
	_, err = program.Run()
	stop()
	if report := guardian.report(); report != nil {
		brokeDown = true
		return report
	}
	switch {
	case errors.Is(err, tea.ErrInterrupted), ctx.Err() != nil, err != nil && !isTerminal(std.in):
		return errInterrupted // the last is a window that was closed, and the signal that says so is on its way
	case err != nil:
		return failure{exitUnexpected, fmt.Errorf("the screen failed: %w", err)}
	}
	return nil
}

func notTerminal(std stdio) string {
	if !isTerminal(std.out) {
		return "standard output"
	}
	return "standard input"
}

func isTerminal(f *os.File) bool { return term.IsTerminal(f.Fd()) }
