//go:build linux

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// program is the built program in a pseudo-terminal.
type program struct {
	tb      testing.TB
	cmd     *exec.Cmd
	tty     *os.File // the terminal's side
	slave   *os.File // kept open, so that its settings can be read after the end
	before  unix.Termios
	started time.Time

	mu     sync.Mutex
	output bytes.Buffer
	last   time.Time
	fresh  chan struct{} // closed when there is more output
}

// built is the program as a user would build it, made once for all tests.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "layersim-test")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "layersim")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return path, nil
})

func buildProgram(tb testing.TB) string {
	tb.Helper()
	if t, ok := tb.(*testing.T); ok {
		foreign(t) // the program is built without it
	}
	path, err := built()
	if err != nil {
		tb.Fatalf("go build: %v", err)
	}
	return path
}

// startProgram runs a command in a pseudo-terminal of this size.
func startProgram(tb testing.TB, width, height uint16, env []string, command ...string) *program {
	tb.Helper()
	tty, slave, err := pty.Open()
	if err != nil {
		tb.Fatal(err)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Rows: height, Cols: width}); err != nil {
		tb.Fatal(err)
	}
	before, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(tb.Context(), command[0], command[1:]...)
	cmd.Env = append(append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "DISPLAY=", "WAYLAND_DISPLAY=", "BROWSER=", "NO_COLOR="), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	p := &program{tb: tb, cmd: cmd, tty: tty, slave: slave, before: *before, started: time.Now(), fresh: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go p.read()
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = tty.Close()
		_ = slave.Close()
	})
	return p
}

func (p *program) read() {
	buf := make([]byte, 64<<10)
	for {
		n, err := p.tty.Read(buf)
		if n > 0 {
			p.mu.Lock()
			p.output.Write(buf[:n])
			p.last = time.Now()
			close(p.fresh)
			p.fresh = make(chan struct{})
			p.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

func (p *program) send(text string) {
	p.tb.Helper()
	if _, err := p.tty.WriteString(text); err != nil {
		p.tb.Fatal(err)
	}
}

// seen returns all output so far, and a channel that closes when there is more.
func (p *program) seen() (string, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String(), p.fresh
}

// await waits until the output since a mark matches, and returns where it ends.
func (p *program) await(mark int, pattern string) int {
	p.tb.Helper()
	return p.awaits(mark, pattern, ansi.Strip)
}

// awaitRaw is await for what the terminal gets, sequences and all.
func (p *program) awaitRaw(mark int, pattern string) int {
	p.tb.Helper()
	return p.awaits(mark, pattern, func(s string) string { return s })
}

func (p *program) awaits(mark int, pattern string, of func(string) string) int {
	p.tb.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.After(patience)
	for {
		out, fresh := p.seen()
		if re.MatchString(of(out[mark:])) {
			return len(out)
		}
		select {
		case <-fresh:
		case <-deadline:
			p.tb.Fatalf("no %q in the terminal; it got:\n%q", pattern, of(out[mark:]))
		}
	}
}

// end waits for the process and returns its exit code.
func (p *program) end() int {
	p.tb.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = p.cmd.Wait()
	}()
	select {
	case <-done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		p.tb.Fatal("the program does not end")
		return -1
	}
}

// restored checks that the terminal is as it was before the program ran.
func (p *program) restored() {
	p.tb.Helper()
	// What is written last is read last.
	if _, err := p.slave.WriteString("[the end]"); err != nil {
		p.tb.Fatal(err)
	}
	p.await(0, `\[the end\]`)
	after, err := unix.IoctlGetTermios(int(p.slave.Fd()), unix.TCGETS)
	if err != nil {
		p.tb.Fatal(err)
	}
	if *after != p.before {
		p.tb.Error("the terminal's settings are not what they were: it is left in raw mode")
	}
	p.modesOff("after the end")
}

// given checks that a shell has its terminal back, which has settings of its own.
func (p *program) given(when string) {
	p.tb.Helper()
	now, err := unix.IoctlGetTermios(int(p.slave.Fd()), unix.TCGETS)
	if err != nil {
		p.tb.Fatal(err)
	}
	if now.Lflag&unix.ICANON == 0 || now.Lflag&unix.ECHO == 0 {
		p.tb.Errorf("%s: the terminal is in raw mode", when)
	}
	p.modesOff(when)
}

func (p *program) modesOff(when string) {
	p.tb.Helper()
	out, _ := p.seen()
	for _, mode := range []struct{ on, off, what string }{
		{"\x1b[?1049h", "\x1b[?1049l", "the alternate screen"},
		{"\x1b[?25l", "\x1b[?25h", "the hidden cursor"},
		{"\x1b[?2004h", "\x1b[?2004l", "bracketed paste"},
		{"\x1b[?1000h", "\x1b[?1000l", "reports of clicks"},
		{"\x1b[?1002h", "\x1b[?1002l", "mouse reports"},
		{"\x1b[?1003h", "\x1b[?1003l", "reports of every move"},
		{"\x1b[?1004h", "\x1b[?1004l", "reports of the focus"},
		{"\x1b[?1006h", "\x1b[?1006l", "the mouse's long form"},
		{"\x1b[?2026h", "\x1b[?2026l", "synchronized output"},
		{"\x1b[?7l", "\x1b[?7h", "lines that do not wrap"},
		{"\x1b[>1u", "\x1b[<u", "kitty's keyboard"},
	} {
		on, off := lastIndex(out, mode.on), lastIndex(out, mode.off)
		if on > off {
			p.tb.Errorf("%s: %s is left on", when, mode.what)
		}
	}
}

func lastIndex(s, sub string) int { return bytes.LastIndex([]byte(s), []byte(sub)) }

// The steps of a walk that is finished in the terminal, and what is on the
// screen at each.
var steps = []struct{ keys, then string }{
	{"", "Enter"},
	{"\r", "Create the handler"},
	{"\r", "Ask for the phone number"},
	{"415-555-0015", `\+14155550015`}, // another than the one that is proposed, so that the screen changes
	{"\r", "The user is eligible"},
	{"\r", "› Continue"},
	{"\r", "Enter the 6-digit code"},
	{"123456", "Share"},
}

// Whatever ends the program, at whatever step: the terminal comes back.
func TestTerminalIsRestored(t *testing.T) {
	path := buildProgram(t)
	endings := []struct {
		name string
		end  func(*program)
		code int
	}{
		{"Ctrl-C", func(p *program) { p.send("\x03") }, exitInterrupted},
		{"SIGTERM", func(p *program) { _ = p.cmd.Process.Signal(syscall.SIGTERM) }, exitInterrupted},
		{"SIGHUP", func(p *program) { _ = p.cmd.Process.Signal(syscall.SIGHUP) }, exitInterrupted},
		{"SIGINT", func(p *program) { _ = p.cmd.Process.Signal(syscall.SIGINT) }, exitInterrupted},
	}
	for upTo := range steps {
		for i, ending := range endings {
			if i > 0 && upTo%3 != 0 { // signals at some steps, Ctrl-C at each
				continue
			}
			t.Run(ending.name+" after "+steps[upTo].then, func(t *testing.T) {
				p := startProgram(t, 120, 36, nil, path, "--link", "terminal", "--seed", "7")
				mark := 0
				for _, step := range steps[:upTo+1] {
					p.send(step.keys)
					mark = p.await(mark, step.then)
				}
				ending.end(p)
				if code := p.end(); code != ending.code {
					t.Errorf("exit code %d; want %d", code, ending.code)
				}
				p.restored()
			})
		}
	}
}

func TestQuitKeyEndsWithZero(t *testing.T) {
	p := startProgram(t, 80, 24, nil, buildProgram(t))
	p.await(0, "Enter")
	p.send("q")
	if code := p.end(); code != exitDone {
		t.Errorf("exit code %d; want %d", code, exitDone)
	}
	p.restored()
}

// Any value of NO_COLOR that is not empty means no colour.
func TestNoColor(t *testing.T) {
	color := regexp.MustCompile(`\x1b\[(?:[0-9;:]*;)?(?:[34][0-8]|9[0-7]|10[0-7])(?:[;:][0-9;:]*)?m`)
	for _, value := range []string{"1", "yes", "false"} {
		p := startProgram(t, 120, 36, []string{"NO_COLOR=" + value}, buildProgram(t))
		p.await(0, "Enter")
		p.send("\r")
		p.await(0, "Create the handler")
		out, _ := p.seen()
		if found := color.FindString(out); found != "" {
			t.Errorf("NO_COLOR=%s: the output has colour: %q", value, found)
		}
	}
	p := startProgram(t, 120, 36, nil, buildProgram(t))
	p.await(0, "Enter")
	if out, _ := p.seen(); !color.MatchString(out) {
		t.Error("without NO_COLOR there is no colour, so this test proves nothing")
	}
}
