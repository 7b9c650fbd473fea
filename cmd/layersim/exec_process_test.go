//go:build linux

package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestExecEndsAsTheCommandEnds(t *testing.T) {
	notExecutable := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(notExecutable, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		env  []string
		args []string
		code int
		said string
	}{
		{"well", nil, []string{"--", "true"}, exitDone, ""},
		{"with a code", nil, []string{"--", "sh", "-c", "exit 7"}, 7, ""},
		{"by a signal", nil, []string{"--", "sh", "-c", "kill -KILL $$"}, 128 + 9, ""},
		{"without two dashes", nil, []string{"sh", "-c", "exit 8"}, 8, ""},
		{"no command", nil, nil, exitUsage, "which command?"},
		{"only dashes", nil, []string{"--"}, exitUsage, "which command?"},
		{"unknown command", nil, []string{"--", "no-such-command"}, exitUsage, `there is no command "no-such-command"`},
		{"unknown path", nil, []string{"--", "./no/such/file"}, exitUsage, `there is no command "./no/such/file"`},
		{"not executable", nil, []string{"--", notExecutable}, exitUsage, "cannot be run: "},
		{"production", []string{"PLAID_ENV=production"}, []string{"--", "true"}, exitUsage, "PLAID_ENV=production is refused"},
		{"another address", nil, []string{"--addr", "0.0.0.0:0", "--", "true"}, exitUsage, "other machines could reach it"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := runExec(t, tc.env, tc.args...)
			if r.code != tc.code || !strings.Contains(r.talk, tc.said) {
				t.Errorf("exit code %d; want %d, and %q in:\n%s", r.code, tc.code, tc.said, r.talk)
			}
			if tc.said == "" && strings.Contains(r.talk, "layersim: ") {
				t.Errorf("it speaks of the command's end: %s", r.talk)
			}
			if r.out != "" {
				t.Errorf("standard output is the command's alone, but has %q", r.out)
			}
		})
	}
}

func TestExecPassesItsStreamsThrough(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), buildProgram(t), "exec", "--", "sh", "-c", "cat; echo talk >&2")
	cmd.Stdin = strings.NewReader("in\x00and out")
	var talk strings.Builder
	cmd.Stderr = &talk
	out, err := cmd.Output()
	if err != nil || string(out) != "in\x00and out" || !strings.HasSuffix(talk.String(), "talk\n") {
		t.Errorf("out %q, talk %q (%v)", out, talk.String(), err)
	}
}

// What the app would find set, and what is only set where nothing was.
func TestExecSetsWhatWasNotSet(t *testing.T) {
	const show = `echo "$PLAID_ENV $PLAID_CLIENT_ID $PLAID_SECRET $LAYER_TEMPLATE_ID"; echo "$LAYERSIM_URL"`
	r := runExec(t, []string{"LAYER_TEMPLATE_ID="}, "--", "sh", "-c", show)
	lines := strings.Split(r.out, "\n")
	if lines[0] != "sandbox layersim layersim template_4uinBNe4B2x9" || !strings.HasPrefix(lines[1], "http://127.0.0.1:") {
		t.Errorf("the app finds %q", lines)
	}
	for _, name := range []string{"PLAID_ENV=sandbox", "HTTPS_PROXY=http://layersim:xxxxx@127.0.0.1:", "NODE_EXTRA_CA_CERTS=/", "LAYERSIM_URL=" + lines[1]} {
		if !strings.Contains(r.talk, "  "+name) {
			t.Errorf("it does not say %s:\n%s", name, r.talk)
		}
	}
	r = runExec(t, []string{"PLAID_CLIENT_ID=mine", "PLAID_SECRET=my secret", "LAYER_TEMPLATE_ID=template_mine"}, "--", "sh", "-c", show)
	if want := "sandbox mine my secret template_mine\n"; !strings.HasPrefix(r.out, want) {
		t.Errorf("the app finds %q; want %q", r.out, want)
	}
	if strings.Contains(r.talk, "my secret") {
		t.Errorf("the secret is printed:\n%s", r.talk)
	}
}

// An operator behind a proxy is told that it is still used, and no password of
// theirs.
func TestExecNamesTheOperatorsProxy(t *testing.T) {
	r := runExec(t, []string{"HTTPS_PROXY=http://me:hidden@127.0.0.1:9", "https_proxy="}, "--", "sh", "-c", `echo "$HTTPS_PROXY"`)
	if !strings.Contains(r.talk, "your own proxy, 127.0.0.1:9.") || strings.Contains(r.talk, "hidden") {
		t.Errorf("it says:\n%s", r.talk)
	}
	if !strings.HasPrefix(r.out, "http://layersim:") {
		t.Errorf("the app's proxy is %q", r.out)
	}
}

// counting is an app that says which signals it got, and ends at TERM.
const counting = `
trap 'echo got INT' INT
trap 'echo got USR2' USR2
trap 'echo got TERM; exit 3' TERM
echo up
while :; do read -r line || sleep 0.05; done`

func TestExecHandsSignalsOn(t *testing.T) {
	folders := t.TempDir()
	cmd := exec.CommandContext(t.Context(), buildProgram(t), "exec", "--", "sh", "-c", counting)
	cmd.Env = append(os.Environ(), "TMPDIR="+folders)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	lines := bufio.NewScanner(stdout)
	says := func(want string) {
		t.Helper()
		if !lines.Scan() || lines.Text() != want {
			t.Fatalf("the app says %q; want %q", lines.Text(), want)
		}
	}
	says("up")
	for _, s := range []struct {
		signal syscall.Signal
		said   string
	}{{syscall.SIGINT, "got INT"}, {syscall.SIGUSR2, "got USR2"}, {syscall.SIGINT, "got INT"}, {syscall.SIGTERM, "got TERM"}} {
		_ = cmd.Process.Signal(s.signal)
		says(s.said)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("exec ended with %v; want the app's code 3", err)
	}
	leftNothing(t, folders)
}

// A person's Ctrl-C reaches the app by itself, and exec stays until the app
// ends.
func TestExecInATerminal(t *testing.T) {
	folders := t.TempDir()
	p := startProgram(t, 80, 24, []string{"TMPDIR=" + folders}, buildProgram(t), "exec", "--", "sh", "-c", counting)
	mark := p.await(0, `\nup`)
	p.send("\x03")
	p.await(mark, "got INT")
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	p.await(mark, "got TERM")
	if code := p.end(); code != 3 {
		t.Errorf("exit code %d; want the app's 3", code)
	}
	leftNothing(t, folders)
}

// An app that left the terminal does not get the Ctrl-C, so one that stayed
// does not get it twice.
func TestExecDoesNotRepeatCtrlC(t *testing.T) {
	p := startProgram(t, 80, 24, nil, buildProgram(t), "exec", "--", "setsid", "sh", "-c", counting)
	mark := p.await(0, `\nup`)
	p.send("\x03")
	p.await(mark, `\^C`)
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	p.await(mark, "got TERM")
	if out, _ := p.seen(); strings.Contains(out[mark:], "got INT") {
		t.Errorf("exec handed on what was typed:\n%s", out[mark:])
	}
	p.end()
}

func TestExecAfterCtrlC(t *testing.T) {
	folders := t.TempDir()
	p := startProgram(t, 80, 24, []string{"TMPDIR=" + folders}, buildProgram(t), "exec", "--", "sh", "-c", "echo up; exec sleep 60")
	p.await(0, `\nup`)
	p.send("\x03")
	if code := p.end(); code != exitInterrupted {
		t.Errorf("exit code %d; want %d", code, exitInterrupted)
	}
	leftNothing(t, folders)
	p.restored()
}

// A program that the app leaves running does not keep exec.
func TestExecDoesNotWaitForWhatIsLeftRunning(t *testing.T) {
	folders := t.TempDir()
	p := startProgram(t, 80, 24, []string{"TMPDIR=" + folders}, buildProgram(t), "exec", "--", "sh", "-c", "sleep 60 & echo left $!.; exit 5")
	p.await(0, `left \d+\.`)
	if code := p.end(); code != 5 {
		t.Errorf("exit code %d; want 5", code)
	}
	leftNothing(t, folders)
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
}
