//go:build unix

package main

import (
	"io"
	"os"
	"os/signal"
	"syscall"

	"layersim/tui/screen"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"layersim/flow/guard"
)

// terminal is the terminal that the walk is drawn on, by our own screen.
type terminal struct {
	*screen.Screen
	out           *os.File
	width, height int
}

func openTerminal(std stdio, profile colorprofile.Profile) (*terminal, error) {
	width, height, err := screen.Size(std.out)
	if err != nil {
		return nil, err
	}
	s, err := screen.Open(std.in, std.out, profile)
	return &terminal{s, std.out, width, height}, err
}

func (t *terminal) options() []tea.ProgramOption {
	return []tea.ProgramOption{tea.WithoutRenderer(), tea.WithWindowSize(t.width, t.height)}
}

// keys returns where keys are read, and what ends that.
func (*terminal) keys(std stdio, interrupted func()) (keys io.Reader, done func(), err error) {
	k, err := screen.OpenKeyboard(std.in, interrupted)
	if err != nil {
		return nil, nil, err
	}
	return k, k.Close, nil
}

// follow tells the program what becomes of its terminal until stopped: it is
// resized, taken away by a stop from outside, or given back.
func (t *terminal) follow(p *tea.Program) (stop func()) {
	changed, done := make(chan os.Signal, 4), make(chan struct{})
	signal.Notify(changed, syscall.SIGWINCH, syscall.SIGTSTP, syscall.SIGCONT)
	guard.Go(func() {
		for {
			select {
			case <-done:
				return
			case s := <-changed:
				t.changed(s, p.Send)
			}
		}
	})
	return func() {
		signal.Stop(changed)
		close(done)
	}
}

func (t *terminal) changed(s os.Signal, send func(tea.Msg)) {
	switch s {
	case syscall.SIGTSTP:
		send(screen.SuspendMsg{})
		return
	case syscall.SIGCONT:
		send(screen.ContinuedMsg{})
	}
	// While it was stopped it may have been resized, and nobody said so.
	if width, height, err := screen.Size(t.out); err == nil {
		send(tea.WindowSizeMsg{Width: width, Height: height})
	}
}
