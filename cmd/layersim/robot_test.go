package main

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// robot runs the whole program without a terminal: it presses keys and reads
// the screen.
type robot struct {
	t       testing.TB
	app     *app
	program *tea.Program
	done    chan struct{}
	err     error // of the program, once done is closed

	mu      sync.Mutex
	text    string
	changed chan struct{} // closed when the screen changes
}

// startRobot begins a walk with these settings; its screen has this size.
func startRobot(t testing.TB, s settings, width, height int, around surroundings) *robot {
	t.Helper()
	if s.link == "" {
		s.link = "browser"
	}
	if s.platform == "" {
		s.platform = "web"
	}
	s.seed, s.seedGiven = 7, true
	p, err := s.check()
	if err != nil {
		t.Fatal(err)
	}
	if around.now == nil {
		around.now = time.Now
	}
	if around.browser == nil {
		around.browser = noBrowser{"this is a test"}
	}
	ctx, cancel := context.WithCancel(context.Background())
	a, err := newApp(ctx, p, around)
	if err != nil {
		t.Fatal(err)
	}
	r := &robot{t: t, app: a, done: make(chan struct{}), changed: make(chan struct{})}
	r.program = tea.NewProgram(watched{r.app.model(false, false), r},
		tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignalHandler(),
		tea.WithWindowSize(width, height), tea.WithColorProfile(colorprofile.Ascii), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
	go func() {
		defer close(r.done)
		_, r.err = r.program.Run()
	}()
	t.Cleanup(func() {
		cancel()
		<-r.done
		if err := r.app.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return r
}

// watched tells the robot what every view shows.
type watched struct {
	tea.Model
	robot *robot
}

func (w watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, cmd := w.Model.Update(msg)
	return watched{next, w.robot}, cmd
}

func (w watched) View() tea.View {
	v := w.Model.View()
	w.robot.mu.Lock()
	w.robot.text = ansi.Strip(v.Content)
	close(w.robot.changed)
	w.robot.changed = make(chan struct{})
	w.robot.mu.Unlock()
	return v
}

// screen is what the operator sees now.
func (r *robot) screen() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text
}

// press sends keys by name ("enter", "ctrl+p", "a").
func (r *robot) press(keys ...string) {
	for _, k := range keys {
		r.program.Send(key(k))
	}
}

// typed sends text character by character.
func (r *robot) typed(text string) {
	for _, c := range text {
		r.program.Send(tea.KeyPressMsg{Code: c, Text: string(c)})
	}
}

var named = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "backspace": tea.KeyBackspace, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "space": tea.KeySpace, "end": tea.KeyEnd, "home": tea.KeyHome, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp,
}

func key(name string) tea.KeyPressMsg {
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	if code, ok := named[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	return tea.KeyPressMsg{Code: rune(name[0]), Text: name}
}

// patience bounds how long a screen is waited for where time is real.
const patience = 30 * time.Second

// await waits until the screen matches a pattern. Line breaks and box lines
// count as spaces, so that wrapped sentences are found.
func (r *robot) await(pattern string) {
	r.t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		r.mu.Lock()
		text, changed := r.text, r.changed
		r.mu.Unlock()
		if re.MatchString(flat(text)) {
			return
		}
		select {
		case <-changed:
		case <-r.done:
			r.t.Fatalf("the program ended (%v) while %q was waited for:\n%s", r.err, pattern, text)
		case <-deadline.C:
			r.t.Fatalf("no %q on the screen:\n%s", pattern, text)
		}
	}
}

var blanks = regexp.MustCompile(`[\s│─╭╮╰╯┌┐└┘┃]+`)

func flat(screen string) string { return blanks.ReplaceAllString(screen, " ") }

// quits waits until the program has ended and returns its error.
func (r *robot) quits() error {
	r.t.Helper()
	select {
	case <-r.done:
		return r.err
	case <-time.After(patience):
		r.t.Fatalf("the program does not end:\n%s", r.screen())
		return errors.New("still running")
	}
}

// mustShow fails the test unless the screen matches now.
func (r *robot) mustNotShow(pattern string) {
	r.t.Helper()
	if regexp.MustCompile(pattern).MatchString(flat(r.screen())) {
		r.t.Fatalf("%q is on the screen:\n%s", pattern, r.screen())
	}
}

func (r *robot) mustShow(pattern string) {
	r.t.Helper()
	if !regexp.MustCompile(pattern).MatchString(flat(r.screen())) {
		r.t.Fatalf("no %q on the screen:\n%s", pattern, r.screen())
	}
}
