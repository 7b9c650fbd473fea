//go:build linux

package main

import (
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// screens are all that the program draws, and plain mode: how each is started,
// what it says when it is there, and what is typed to quit.
var screens = []struct {
	name  string
	start func(t *testing.T, path string) *program
	quit  string
}{
	{"the walk", func(t *testing.T, path string) *program {
		return begun(t, `q quit`, nil, path, "--link", "terminal", "--seed", "7")
	}, "q"},
	{"plain", func(t *testing.T, path string) *program {
		return begun(t, `Next \(Enter`, nil, path, "--plain", "--link", "terminal", "--seed", "7")
	}, "quit\r"},
	{"serve --ui", func(t *testing.T, path string) *program {
		return begun(t, `No app has called yet`, nil, path, "serve", "--ui", "--addr", "127.0.0.1:0", "--seed", "7")
	}, "q"},
	{"present", func(t *testing.T, path string) *program {
		return begun(t, `Enter begin`, []string{"XDG_RUNTIME_DIR=" + t.TempDir()}, path, "present")
	}, "qq"},
	{"present --attach", func(t *testing.T, path string) *program {
		where := []string{"XDG_RUNTIME_DIR=" + t.TempDir()}
		begun(t, `Enter begin`, where, path, "present")
		return begun(t, `The room sees`, where, path, "present", "--attach")
	}, "q"},
	{"replay", func(t *testing.T, path string) *program {
		return begun(t, `Step ·`, nil, path, "replay", recordedBy(t, path))
	}, "q"},
}

func begun(t *testing.T, ready string, env []string, command ...string) *program {
	t.Helper()
	p := startProgram(t, 120, 36, env, command...)
	p.await(0, ready)
	return p
}

// recordedBy is a recording of a walk that the built program wrote.
func recordedBy(t *testing.T, path string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), path, "run", "eligible", "--record", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return filepath.Join(dir, "eligible.jsonl")
}

// Whatever ends whichever screen: the terminal comes back, and the exit code
// says whether somebody wanted that.
func TestEveryScreenGivesTheTerminalBack(t *testing.T) {
	path := buildProgram(t)
	by := func(s syscall.Signal) func(*program) {
		return func(p *program) { _ = p.cmd.Process.Signal(s) }
	}
	endings := []struct {
		name string
		end  func(*program)
	}{
		{"Ctrl-C", func(p *program) { p.send("\x03") }},
		{"SIGTERM", by(syscall.SIGTERM)},
		{"SIGHUP", by(syscall.SIGHUP)},
		{"SIGINT", by(syscall.SIGINT)},
		{"SIGQUIT", by(syscall.SIGQUIT)},
		{"SIGTERM in a resize storm", func(p *program) { p.storm(300); by(syscall.SIGTERM)(p) }},
	}
	for _, screen := range screens {
		t.Run(screen.name+", quit", func(t *testing.T) {
			p := screen.start(t, path)
			p.send(screen.quit)
			if code := p.end(); code != exitDone {
				t.Errorf("exit code %d", code)
			}
			p.restored()
		})
		for _, ending := range endings {
			if screen.name == "plain" && ending.name == "SIGQUIT" {
				continue // no screen is left behind; Go then says where the program hangs
			}
			t.Run(screen.name+", "+ending.name, func(t *testing.T) {
				p := screen.start(t, path)
				ending.end(p)
				if code := p.end(); code != exitInterrupted {
					t.Errorf("exit code %d; want %d", code, exitInterrupted)
				}
				p.restored()
			})
		}
		// The window is closed: nobody is there to read a word.
		t.Run(screen.name+", hang-up", func(t *testing.T) {
			p := screen.start(t, path)
			p.hangUp()
			if code := p.end(); code != exitInterrupted {
				t.Errorf("exit code %d; want %d", code, exitInterrupted)
			}
		})
	}
}

// hangUp closes the window.
func (p *program) hangUp() {
	_ = p.tty.Close() // once the read that is under way has returned
	_, _ = p.slave.WriteString("x")
	_ = p.slave.Close()
}

// storm resizes the terminal many times, to sizes that nothing fits.
func (p *program) storm(times int) {
	sizes := [][2]uint16{{1, 1}, {500, 200}, {80, 24}, {2, 2}, {3, 1}, {1, 200}, {500, 1}, {40, 12}}
	for i := range times {
		_ = pty.Setsize(p.tty, &pty.Winsize{Cols: sizes[i%len(sizes)][0], Rows: sizes[i%len(sizes)][1]})
	}
	_ = pty.Setsize(p.tty, &pty.Winsize{Cols: 120, Rows: 36})
}

// After hundreds of sizes the screen is drawn for the last one, and keys work.
func TestResizeStorm(t *testing.T) {
	for _, screen := range screens {
		if screen.name == "plain" {
			continue
		}
		t.Run(screen.name, func(t *testing.T) {
			p := screen.start(t, buildProgram(t))
			out, _ := p.seen()
			p.storm(400)
			p.awaitRaw(len(out), `\x1b\[36;1H`) // the last line of the last size
			p.send(screen.quit)
			if code := p.end(); code != exitDone {
				t.Errorf("exit code %d", code)
			}
			p.restored()
		})
	}
}

// A stop by the shell's Ctrl-Z or from outside gives the shell its terminal, and
// fg draws the screen again, for the size that the terminal has then.
func TestStopAndGoOn(t *testing.T) {
	path := buildProgram(t)
	for _, how := range []string{"Ctrl-Z", "SIGTSTP", "SIGSTOP"} {
		t.Run(how, func(t *testing.T) {
			p := startProgram(t, 120, 36, []string{"PS1=prompt> ", "ENV="}, "sh", "-i")
			p.await(0, `prompt> `)
			out, _ := p.seen()
			p.send(path + " --seed 7\n")
			mark := p.await(len(out), `q quit`)
			switch group := p.foreground(); how {
			case "Ctrl-Z":
				p.send("\x1a")
			case "SIGTSTP":
				_ = syscall.Kill(-group, syscall.SIGTSTP)
			case "SIGSTOP":
				_ = syscall.Kill(-group, syscall.SIGSTOP)
			}
			mark = p.await(mark, `prompt> `)
			if how != "SIGSTOP" { // of which nobody is told
				p.given("while it is stopped")
			}
			_ = pty.Setsize(p.tty, &pty.Winsize{Cols: 90, Rows: 30})
			p.send("fg\n")
			p.awaitRaw(mark, `\x1b\[30;1H`)
			mark = p.await(mark, `q quit`)
			p.send("\r")
			mark = p.await(mark, `Create the handler`)
			p.send("q")
			mark = p.await(mark, `prompt> `)
			p.send("echo code $?\n")
			p.await(mark, `code 0`)
			p.given("at the end")
		})
	}
}

// Without a shell that minds jobs nobody could let the program go on, and the
// system ignores a stop: Ctrl-Z must not be the end of every key and signal.
func TestStopWithoutAShell(t *testing.T) {
	p := startProgram(t, 120, 36, nil, buildProgram(t), "--seed", "7")
	mark := p.await(0, `q quit`)
	p.send("\x1a")
	p.awaitRaw(mark, `\x1b\[\?1049l`)
	p.awaitRaw(mark, `(?s)\x1b\[\?1049l.*\x1b\[\?1049h`)
	p.send("\r")
	p.await(mark, `Create the handler`)
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	if code := p.end(); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	p.restored()
}

// foreground is the process group that has the terminal, once a program has.
func (p *program) foreground() int {
	p.tb.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		var group int
		conn, err := p.tty.SyscallConn() // Fd would let reading block
		if err == nil {
			_ = conn.Control(func(fd uintptr) { group, err = unix.IoctlGetInt(int(fd), unix.TIOCGPGRP) })
		}
		if err == nil && group != p.cmd.Process.Pid {
			return group
		}
	}
	p.tb.Fatal("no program has the terminal")
	return 0
}
