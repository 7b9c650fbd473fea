package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"layersim/flow"

	tea "charm.land/bubbletea/v2"
)

// guardian keeps a panic of the screen from leaving a broken terminal behind:
// the program quits in the ordinary way, and a report says what happened.
type guardian struct {
	environ []string
	quit    func()

	mu    sync.Mutex
	cause any
	stack []byte
}

// caught notes a panic and ends the program. Call it with recover().
func (g *guardian) caught(cause any) {
	if cause == nil {
		return
	}
	g.mu.Lock()
	first := g.cause == nil
	if first {
		g.cause, g.stack = cause, debug.Stack()
	}
	g.mu.Unlock()
	if first {
		go g.quit() // it waits for Update, which may be what panicked
	}
}

// report writes the report of a panic, if there was one, and returns the error
// that names it.
func (g *guardian) report() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cause == nil {
		return nil
	}
	known := knownSecrets(g.environ)
	cause := flow.RedactStrictly(quotation.ReplaceAllString(hidePrivate(fmt.Sprint(g.cause), known), `"…"`))
	text := fmt.Sprintf("layersim %s, %s, %s/%s, %s\n\npanic: %s\n\n%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH,
		time.Now().UTC().Format(time.RFC3339), cause, hidePrivate(string(g.stack), known))
	path, err := g.save(text)
	if err != nil {
		return failure{exitUnexpected, fmt.Errorf("layersim broke down (%s), and the report could not be written: %w\n%s", cause, err, text)}
	}
	return failure{exitUnexpected, fmt.Errorf("layersim broke down: %s\nThe terminal is restored. The report is in %s; please send it with what you did last", cause, path)}
}

// save writes a report where the user's state files belong.
func (g *guardian) save(text string) (string, error) {
	dir, err := thisMachine(g.environ).stateDir()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "panic-*.txt") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(text)
	return f.Name(), errors.Join(err, f.Close())
}

// What a panic says could quote what it choked on: tokens, phone numbers, SSNs
// and dates are taken out.
var private = regexp.MustCompile(`(?:link|public|profile|access)-[a-z]+-[0-9A-Za-z-]{8,}|\+\d{8,15}|\b\d{9,11}\b|\b\d{3}-\d{2}-\d{4}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b`)

// quotation is what a panic says of a value: names and addresses look like any
// other word.
var quotation = regexp.MustCompile("\"[^\"\n]*\"|`[^`\n]*`")

func hidePrivate(s string, known []string) string {
	for _, secret := range known {
		s = strings.ReplaceAll(s, secret, "[hidden]")
	}
	return private.ReplaceAllString(s, "[hidden]")
}

// knownSecrets are the operator's credentials, which look like nothing.
func knownSecrets(environ []string) []string {
	file, _ := loadDotenv() // one that cannot be read has given none
	c := readCredentials(environ, file)
	return slices.DeleteFunc([]string{c.clientID.value, c.secret.value}, func(s string) bool { return len(s) < 8 })
}

// watch returns the model with its panics caught.
func (g *guardian) watch(m tea.Model) tea.Model { return guarded{m, g} }

type guarded struct {
	inner tea.Model
	guard *guardian
}

func (m guarded) Init() tea.Cmd { return m.command(m.inner.Init()) }

func (m guarded) Update(msg tea.Msg) (next tea.Model, cmd tea.Cmd) {
	defer func() {
		if cause := recover(); cause != nil {
			m.guard.caught(cause)
			next, cmd = m, nil
		}
	}()
	inner, cmd := m.inner.Update(msg)
	return guarded{inner, m.guard}, m.command(cmd)
}

func (m guarded) View() (view tea.View) {
	defer func() { m.guard.caught(recover()) }()
	return m.inner.View()
}

// command returns a command whose panics are caught, and those of the commands
// it returns.
func (m guarded) command(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() { m.guard.caught(recover()) }()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = m.command(batch[i])
			}
		}
		return msg
	}
}
