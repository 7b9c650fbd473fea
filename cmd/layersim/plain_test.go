//go:build linux

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"unicode"
)

// The whole walk in a terminal that can do nothing but lines: no escape
// sequence is written, and the terminal is left as it was.
func TestPlainInDumbTerminal(t *testing.T) {
	p := startProgram(t, 80, 24, []string{"TERM=dumb"}, buildProgram(t), "--seed", "7", "--record", filepath.Join(t.TempDir(), "walk.jsonl"))
	mark := 0
	for _, step := range []struct{ keys, then string }{
		{"", `Next \(Enter asks for a link_token\): $`},
		{"\r", `Next \(Enter creates the handler\): $`},
		{"\r", `Phone number \(Enter for \+1 415 555 0011, persona two-banks\): $`},
		{"415-555-0015\r", `Next \(Enter opens Link here\): $`}, // there is no browser that could be started
		{"\r", `In Link \(Enter continues; close\): $`},
		{"\r", `Code \(6 digits; the phone received 123456; close\): $`},
		{"123456\r", `Webhook: LAYER_AUTHENTICATION_PASSED(.|\n)*Review \(Enter shares; [^:]*\): $`},
		{"\r", `Step: The user is onboarded(.|\n)*SESSION_FINISHED(.|\n)*Done \([^:]*\): $`},
		{"reveal ssn\r", `SSN, said because you asked: \d{9}`},
	} {
		p.send(step.keys)
		mark = p.await(mark, step.then)
	}
	p.send("quit\r")
	if code := p.end(); code != exitDone {
		t.Errorf("exit code %d; want %d", code, exitDone)
	}
	out, _ := p.seen()
	if odd := strings.IndexFunc(strings.ReplaceAll(out, "\r\n", "\n"), func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') && !unicode.IsLetter(r) }); odd >= 0 {
		t.Errorf("something that is no text is written: %q", out[max(odd-40, 0):odd+20])
	}
	p.restored()
}

// Whatever interrupts it: 130, and the recording is whole.
func TestPlainInterrupted(t *testing.T) {
	for name, end := range map[string]func(*program){
		"Ctrl-C":  func(p *program) { p.send("\x03") },
		"SIGTERM": func(p *program) { _ = p.cmd.Process.Signal(syscall.SIGTERM) },
	} {
		file := filepath.Join(t.TempDir(), "walk.jsonl")
		p := startProgram(t, 80, 24, nil, buildProgram(t), "--plain", "--seed", "7", "--record", file)
		p.await(0, `link_token\): $`)
		p.send("\r")
		p.await(0, `handler\): $`)
		end(p)
		if code := p.end(); code != exitInterrupted {
			t.Errorf("%s: exit code %d; want %d", name, code, exitInterrupted)
		}
		if out, err := exec.CommandContext(t.Context(), buildProgram(t), "replay", "--plain", file).Output(); err != nil || !bytes.Contains(out, []byte("at the step: Create the handler.")) {
			t.Errorf("%s: the recording: %v\n%s", name, err, out)
		}
		p.restored()
	}
}

// Ctrl-D is the end of the input.
func TestPlainEndOfTyping(t *testing.T) {
	p := startProgram(t, 80, 24, nil, buildProgram(t), "--plain")
	p.await(0, `link_token\): $`)
	p.send("\x04")
	p.await(0, "End of the input. The walk is cut short, at the step: Ask for a link_token.")
	if code := p.end(); code != exitTimedOut {
		t.Errorf("exit code %d; want %d", code, exitTimedOut)
	}
}

// A reader that has had enough is no mistake, and costs the recording nothing.
func TestPlainNobodyReads(t *testing.T) {
	file := filepath.Join(t.TempDir(), "walk.jsonl")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), buildProgram(t), "--plain", "--record", file)
	cmd.Stdin, cmd.Stdout = strings.NewReader("\n\n\n\n\n123456\n\n"), write
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	err = cmd.Run()
	_ = write.Close()
	if err != nil || said.Len() > 0 {
		t.Errorf("it ended with %v and says %q", err, said.String())
	}
}

// A recorded walk is said as it was when it happened, prompts aside.
func TestReplaySaysTheSame(t *testing.T) {
	file := filepath.Join(t.TempDir(), "walk.jsonl")
	lines := "\n\n515-555-0016\n1975-01-18\n\n\n000000\n123456\nedit first name = Ann\naccounts none\n\nover\n\n\n\n\n\nclose\n"
	first := plainOutput(t, lines, "--plain", "--seed", "7", "--template", "ssn-required", "--record", file)
	again := plainOutput(t, "", "replay", "--plain", file)
	told := regexp.MustCompile(`(?m)^(?:You|Link|Server|Webhook|App|Page|Clock|Step|Now|Note|Finding|What came of)\b.*$`)
	want, got := told.FindAllString(first, -1), told.FindAllString(again, -1)
	if len(want) < 60 {
		t.Fatalf("the walk is too short:\n%s", first)
	}
	for i := range max(len(want), len(got)) {
		if i >= len(want) || i >= len(got) || want[i] != got[i] {
			t.Fatalf("line %d differs:\n%s\nwas\n%s", i, strings.Join(got[min(i, len(got)):min(i+1, len(got))], ""), strings.Join(want[min(i, len(want)):min(i+1, len(want))], ""))
		}
	}
}

func plainOutput(t *testing.T, lines string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), buildProgram(t), args...)
	cmd.Stdin = strings.NewReader(lines)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}
