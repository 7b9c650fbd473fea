//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// printing is how a command is run where nobody may read what it prints.
type printing struct {
	args  []string
	code  int  // the exit code, with an input that is over at once
	quiet bool // nothing of its own goes to standard output
	lasts bool // until a signal ends it, with 130
}

// Whatever prints is run with a reader that leaves after a line, with a full
// disk, and with nothing open at all: no stack trace, and an exit code that
// says what happened. A new command needs a row here.
func TestNobodyReadsWhatIsPrinted(t *testing.T) {
	path := buildProgram(t)
	walked := recordedBy(t, path)
	rows := map[string]printing{
		"":           {args: []string{"--plain", "--link", "terminal"}, code: exitTimedOut},
		"--help":     {},
		"--version":  {},
		"compare":    {args: []string{walked}},
		"completion": {args: []string{"bash"}},
		"doctor":     {},
		"exec":       {args: []string{"--", "true"}, quiet: true},
		"export":     {args: []string{walked, "--format", "markdown"}},
		"help":       {args: []string{"run"}},
		"licences":   {},
		"lint":       {args: []string{walked}},
		"man":        {},
		"personas":   {},
		"present":    {code: exitUsage, quiet: true},
		"replay":     {args: []string{walked}, code: exitUsage, quiet: true},
		"run":        {args: []string{"eligible"}},
		"scenarios":  {},
		"serve":      {args: []string{"--addr", "127.0.0.1:0"}, lasts: true},
		"templates":  {},
		"version":    {},
	}
	root := newRoot(stdio{}, nil)
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		if _, ok := rows[cmd.Name()]; !ok {
			t.Errorf("nobody tried %q with a reader that leaves; it needs a row here", cmd.Name())
		}
	}
	for name, row := range rows {
		args := row.args
		if name != "" {
			args = append([]string{name}, args...)
		}
		t.Run("a reader that leaves/"+name, func(t *testing.T) {
			t.Parallel()
			code, talk := readerLeaves(t, path, row, args)
			if code != exitDone && code != row.code && code != 128+int(syscall.SIGPIPE) {
				t.Errorf("exit code %d: %s", code, talk)
			}
		})
		t.Run("a full disk/"+name, func(t *testing.T) {
			t.Parallel()
			want := exitUnexpected
			if row.quiet {
				want = row.code
			}
			code, talk := redirected(t, `exec "$@" <&- >/dev/full`, path, args)
			if code != want {
				t.Errorf("exit code %d; want %d: %s", code, want, talk)
			}
			if want == exitUnexpected && !strings.Contains(talk, "no space left") {
				t.Errorf("it does not say why: %q", talk)
			}
		})
		if row.lasts {
			continue
		}
		for what, redirect := range map[string]string{"no room for talk": `exec "$@" <&- 2>/dev/full`, "nothing open": `exec "$@" <&- >&- 2>&-`} {
			t.Run(what+"/"+name, func(t *testing.T) {
				t.Parallel()
				if code, talk := redirected(t, redirect, path, args); code != row.code {
					t.Errorf("exit code %d; want %d: %s", code, row.code, talk)
				}
			})
		}
	}
}

// readerLeaves runs a command and closes the pipe after the first line.
func readerLeaves(t *testing.T, path string, row printing, args []string) (code int, talk string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = nobodysHome(t)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReaderSize(out, 16).ReadSlice('\n'); err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	_ = out.Close()
	if row.lasts {
		_ = cmd.Process.Signal(syscall.SIGTERM)
	}
	code, talk = exitOf(t, cmd.Wait()), said.String()
	if row.lasts && code == exitInterrupted {
		code = exitDone
	}
	return code, talk
}

// redirected runs a command as a shell redirects it.
func redirected(t *testing.T, script, path string, args []string) (code int, talk string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{"-c", script, "sh", path}, args...)...)
	cmd.Env = nobodysHome(t)
	var said bytes.Buffer
	cmd.Stderr = &said
	return exitOf(t, cmd.Run()), noStack(t, said.String())
}

// nobodysHome is an environment in which a report of a panic stays here.
func nobodysHome(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() {
		if left, _ := filepath.Glob(filepath.Join(dir, "layersim", "panic-*")); len(left) > 0 {
			t.Errorf("it broke down: %s", left)
		}
	})
	return append(os.Environ(), "XDG_STATE_HOME="+dir)
}

func noStack(t *testing.T, talk string) string {
	t.Helper()
	if strings.Contains(talk, "goroutine ") || strings.Contains(talk, "panic") {
		t.Errorf("a stack trace:\n%s", talk)
	}
	return talk
}

// exitOf is the exit code as a shell says it: 128 and the number of a signal.
func exitOf(t *testing.T, err error) int {
	t.Helper()
	var failed *exec.ExitError
	switch {
	case err == nil:
		return exitDone
	case !errors.As(err, &failed):
		t.Fatal(err)
	}
	if status, ok := failed.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return failed.ExitCode()
}
