package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// fragile is a screen that breaks down, or hangs, over a key.
type fragile struct {
	how   string
	begun bool
}

// Init does nothing.
func (f fragile) Init() tea.Cmd { return nil }

// Update breaks with the first key.
func (f fragile) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.KeyPressMsg); !ok {
		return f, nil
	}
	switch f.how {
	case "key":
		panic("broken")
	case "Update":
		hang()
	}
	f.begun = true
	return f, nil
}

// View hangs after the first key.
func (f fragile) View() tea.View {
	if f.begun && f.how == "View" {
		hang()
	}
	v := tea.NewView("fine")
	v.MouseMode = tea.MouseModeCellMotion
	return v
}

func hang() {
	_, _ = os.Stderr.WriteString("it hangs")
	select {}
}

// fragileMain shows it as layersim shows its screens.
func fragileMain() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := show(ctx, fragile{how: os.Args[1]}, stdio{os.Stdin, os.Stdout, os.Stderr}, os.Environ())
	var known failure
	if errors.As(err, &known) {
		showError(os.Stderr, err)
		os.Exit(known.code)
	}
}

// fragileProgram is where it can be run.
func fragileProgram(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("fragile") // TestMain puts it there
	if err != nil {
		t.Fatal(err)
	}
	return path
}
