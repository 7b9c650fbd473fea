//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"

	"layersim/tui/screen"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
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

// followSize tells the program when the terminal is resized, until stopped.
func (t *terminal) followSize(p *tea.Program) (stop func()) {
	changed, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(changed, syscall.SIGWINCH)
	go func() {
		for {
			select {
			case <-done:
				return
			case <-changed:
				if width, height, err := screen.Size(t.out); err == nil {
					p.Send(tea.WindowSizeMsg{Width: width, Height: height})
				}
			}
		}
	}()
	return func() {
		signal.Stop(changed)
		close(done)
	}
}
