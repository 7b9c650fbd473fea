//go:build !unix

package main

import (
	"io"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// terminal leaves drawing to Bubble Tea, which knows the consoles of systems
// that have no terminals in the sense of Unix.
type terminal struct{}

func openTerminal(stdio, colorprofile.Profile) (*terminal, error) { return &terminal{}, nil }

func (*terminal) keys(std stdio, _ func()) (io.Reader, func(), error) {
	return std.in, func() {}, nil
}
func (*terminal) options() []tea.ProgramOption      { return nil }
func (*terminal) Watch(m tea.Model) tea.Model       { return m }
func (*terminal) follow(*tea.Program) (stop func()) { return func() {} }
func (*terminal) Close() error                      { return nil }
