package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"layersim/flow"
	"layersim/flow/guard"

	tea "charm.land/bubbletea/v2"
)

// guardian keeps a panic of the screen from leaving a broken terminal behind:
// the program quits in the ordinary way, and a report says what happened.
type guardian struct {
	environ []string
	quit    func()

	mu       sync.Mutex
	fatal    guard.Panic // Cause is nil if there was none
	survived guard.Panic // the first of those that were answered
}

// caught notes a panic and ends the program. Call it with recover().
func (g *guardian) caught(cause any) {
	if cause != nil {
		g.panicked(guard.Panic{Cause: cause, Stack: debug.Stack()})
	}
}

// panicked notes a panic and ends the program, unless it was survived.
func (g *guardian) panicked(p guard.Panic) {
	g.mu.Lock()
	first := !p.Survived && g.fatal.Cause == nil
	switch {
	case first:
		g.fatal = p
	case p.Survived && g.survived.Cause == nil:
		g.survived = p
	}
	g.mu.Unlock()
	if first {
		guard.Go(g.quit) // it waits for Update, which may be what panicked
	}
}

// report writes the report of a panic, if there was one, and returns the error
// that names it.
func (g *guardian) report() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.fatal.Cause != nil:
		return g.told(g.fatal, "layersim broke down: %s\nThe terminal is restored. The report is in %s; please send it with what you did last")
	case g.survived.Cause != nil:
		return g.told(g.survived, "layersim broke down over one call or request, answered it with an error and went on: %s\nThe report is in %s; please send it with what you did then")
	}
	return nil
}

// told writes a report and says where it is.
func (g *guardian) told(p guard.Panic, format string) error {
	known := knownSecrets(g.environ)
	cause := flow.RedactStrictly(quotation.ReplaceAllString(hidePrivate(fmt.Sprint(p.Cause), known), `"…"`))
	text := fmt.Sprintf("layersim %s, %s, %s/%s, %s\n\npanic: %s\n\n%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH,
		time.Now().UTC().Format(time.RFC3339), cause, hidePrivate(string(p.Stack), known))
	path, err := g.save(text)
	if err != nil {
		return failure{exitUnexpected, fmt.Errorf("layersim broke down (%s), and the report could not be written: %w\n%s", cause, err, text)}
	}
	return failure{exitUnexpected, fmt.Errorf(format, flow.CleanLine(cause, 500), path)}
}

// withoutScreen handles panics where nothing is drawn: they are told at once,
// those that were answered once for each place, and one that nobody answered
// ends the command. restore says whether there was such a one.
func withoutScreen(environ []string, talk io.Writer, end func()) (restore func() (broke bool)) {
	var mu sync.Mutex
	told, broke := map[string]bool{}, false
	back := guard.Handle(func(p guard.Panic) {
		mu.Lock()
		defer mu.Unlock()
		place := placeOf(p.Stack)
		g := &guardian{environ: environ}
		switch {
		case !p.Survived:
			g.fatal = p
		case told[place] || len(told) >= mostReports:
			return
		default:
			told[place], g.survived = true, p
		}
		showError(talk, g.report())
		if !p.Survived && !broke {
			broke = true
			end()
		}
	})
	return func() bool {
		back()
		mu.Lock()
		defer mu.Unlock()
		return broke
	}
}

// mostReports is how many reports of panics that were answered one run writes.
const mostReports = 50

// placeOf is a stack without what differs from one time to the next: the lines
// of source alone.
func placeOf(stack []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(stack)) {
		if source, ok := strings.CutPrefix(line, "\t"); ok {
			source, _, _ = strings.Cut(source, " +0x")
			b.WriteString(source + "\n")
		}
	}
	return b.String()
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
		// A batch, or a sequence, whose type Bubble Tea keeps to itself.
		if more := reflect.ValueOf(msg); more.IsValid() && more.Kind() == reflect.Slice && more.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
			for i := range more.Len() {
				inner, _ := more.Index(i).Interface().(tea.Cmd)
				more.Index(i).Set(reflect.ValueOf(m.command(inner)))
			}
		}
		return msg
	}
}
