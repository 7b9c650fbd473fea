//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// between is what stands between a person and a shell, in a pseudo-terminal.
type between struct {
	name string
	// shell starts it, with a shell in it that prompts with "prompt> ".
	shell func(t *testing.T) *program
	// flags says what it knows of its terminal; nil if it keeps no book.
	flags func(t *testing.T, p *program) string
	// pastes checks that it pastes as into any shell; nil if it pastes nothing.
	pastes func(t *testing.T, p *program)
	// cut ends it without a word.
	cut func(t *testing.T, p *program)
}

// shellCommand starts a shell that has no settings of anybody's.
const shellCommand = "env ENV= PS1='prompt> ' DISPLAY= WAYLAND_DISPLAY= sh -i"

func betweens() []between {
	return []between{
		{"tmux", tmuxShell, tmuxFlags, tmuxPastes, func(t *testing.T, p *program) { tmux(t, p, "kill-server") }},
		{"ssh", sshShell, nil, nil, func(_ *testing.T, p *program) { _ = p.cmd.Process.Kill() }},
	}
}

// Whatever ends the program inside tmux, or at the other end of ssh: the shell
// that it was started from has its terminal back, and shows what is typed.
func TestTheShellIsBack(t *testing.T) {
	if raceDetector {
		t.Skip("the program in the terminal is built without it")
	}
	path, broken := buildProgram(t), fragileProgram(t)
	walk := func(reading string) func(string) string {
		return func(dir string) string { return path + " --no-browser --seed 7" + reading }
	}
	signalled := func(s syscall.Signal) func(*program, int) {
		return func(_ *program, pid int) { _ = syscall.Kill(pid, s) }
	}
	endings := []struct {
		name    string
		command func(dir string) string
		ready   string
		end     func(p *program, pid int)
		code    int
	}{
		{"quit", walk(""), `q quit`, func(p *program, _ int) { p.send("q") }, exitDone},
		{"Ctrl-C", walk(""), `q quit`, func(p *program, _ int) { p.send("\x03") }, exitInterrupted},
		{"SIGTERM", walk(""), `q quit`, signalled(syscall.SIGTERM), exitInterrupted},
		{"SIGHUP", walk(""), `q quit`, signalled(syscall.SIGHUP), exitInterrupted},
		{"panic", func(dir string) string { return "env XDG_STATE_HOME=" + dir + " " + broken + " key" }, `fine`, func(p *program, _ int) { p.send("x") }, exitUnexpected},
	}
	for _, b := range betweens() {
		t.Run(b.name, func(t *testing.T) {
			p := b.shell(t)
			mark := p.await(0, `prompt> `)
			before, flags := p.ask(&mark, "stty -a"), ""
			if b.flags != nil {
				flags = b.flags(t, p)
			}
			for _, ending := range endings {
				t.Logf("%s", ending.name)
				pid := p.begin(&mark, ending.name, ending.command(t.TempDir()), ending.ready)
				if b.flags != nil && b.flags(t, p) == flags {
					t.Errorf("%s: nothing shows that the screen was taken, so this test proves nothing", ending.name)
				}
				ending.end(p, pid)
				mark = p.await(mark, fmt.Sprintf(`%s ended with %d`, ending.name, ending.code))
				p.gone(pid)
				if b.flags != nil {
					if after := b.flags(t, p); after != flags {
						t.Errorf("%s: the terminal was %q and is %q", ending.name, flags, after)
					}
					b.pastes(t, p)
				} else {
					p.modesOff(ending.name)
				}
				if after := p.ask(&mark, "stty -a"); after != before {
					t.Errorf("%s: stty -a said\n%s\nand now says\n%s", ending.name, before, after)
				}
			}
			// The window is closed, or the connection lost.
			pid := p.begin(&mark, "cut", path+" --no-browser --seed 7", `q quit`)
			b.cut(t, p)
			p.gone(pid)
		})
	}
}

// ask lets the shell run a command, and returns what it prints. What is typed
// must be seen as it is typed: that is what a person looks for after the end.
func (p *program) ask(mark *int, command string) string {
	p.tb.Helper()
	p.send(command)
	*mark = p.await(*mark, regexp.QuoteMeta(command))
	start := *mark
	p.send("; echo end of 'it'\r")
	*mark = p.await(*mark, `(?s)end of 'it'.*end of it`)
	out, _ := p.seen()
	said := strings.Split(ansi.Strip(out[start:*mark]), "end of it")[0]
	if i := strings.LastIndex(said, "end of 'it'"); i >= 0 { // tmux may draw the line twice
		said = said[i+len("end of 'it'"):]
	}
	said = strings.ReplaceAll(said, "prompt> ", "") // which may come after what is typed ahead of it
	return strings.Join(strings.Fields(said), " ")
}

// begin lets the shell run a program, and returns its process once it is ready.
// What is said of it has a name, because tmux may draw old lines again.
func (p *program) begin(mark *int, name, command, ready string) int {
	p.tb.Helper()
	p.send("sh -c 'echo \"" + name + " is [$$]\"; exec " + command + "'; echo " + name + " ended 'with' $?\r")
	number := name + ` is \[(\d+)\]`
	p.await(*mark, number)
	out, _ := p.seen()
	pid, err := strconv.Atoi(regexp.MustCompile(number).FindStringSubmatch(ansi.Strip(out[*mark:]))[1])
	if err != nil {
		p.tb.Fatal(err)
	}
	*mark = p.await(*mark, ready)
	return pid
}

// gone waits until there is no such process any more.
func (p *program) gone(pid int) {
	p.tb.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) || strings.Contains(string(stat), ") Z ") {
			return
		}
		if time.Now().After(deadline) {
			p.tb.Fatalf("process %d goes on: %s", pid, stat)
		}
	}
}
