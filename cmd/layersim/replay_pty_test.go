//go:build linux

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"layersim/flow/journal"
)

// withoutNetwork is a command that runs another where there is no network at all.
func withoutNetwork(t *testing.T) []string {
	t.Helper()
	why := ""
	if _, err := exec.LookPath("unshare"); err != nil {
		why = "there is no unshare here, so no network namespace can be made"
	} else if out, err := exec.CommandContext(t.Context(), "unshare", "-rn", "true").CombinedOutput(); err != nil {
		why = "no network namespace can be made here: " + string(bytes.TrimSpace(out))
	}
	if why != "" {
		if os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	return []string{"unshare", "-rn"}
}

// A recording is looked at in a terminal without a network, without settings and
// with ones that a walk refuses.
func TestReplayNeedsNoNetwork(t *testing.T) {
	alone := withoutNetwork(t)
	dir := t.TempDir()
	layersim := buildProgram(t)
	if out, err := exec.CommandContext(t.Context(), layersim, "run", "wrong-code-three-times", "--record", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file := filepath.Join(dir, "wrong-code-three-times.jsonl")
	p := startProgram(t, 80, 24, []string{"PLAID_ENV=production", "HOME=/nonexistent", "LAYERSIM_LINK=nonsense"}, append(alone, layersim, "replay", file)...)
	mark := p.await(0, "paused ×1.*0 of ")
	p.send("$")
	mark = p.await(mark, "at the end")
	p.send("n")
	mark = p.await(mark, "This is a replay of wrong-code-three-times.jsonl")
	p.send("e")
	p.await(mark, "There is no error after this moment")
	p.send("q")
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// A walk that is killed while it writes leaves what had happened, and everybody
// reads it.
func TestKilledWalkIsReadByEverybody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "walk.jsonl")
	layersim := buildProgram(t)
	p := startProgram(t, 100, 30, nil, layersim, "--link", "terminal", "--record", path)
	mark := p.await(0, "link_token")
	p.send("\r")
	mark = p.await(mark, "link_token received")
	p.send("\r")
	p.await(mark, `create\(\) returned`)
	if err := p.cmd.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := journal.ReadRecording(bytes.NewReader(content), "walk.jsonl")
	if err != nil || len(r.Entries) < 6 {
		t.Fatalf("%d entries, %v:\n%s", len(r.Entries), err, content)
	}
	for _, torn := range []bool{false, true} {
		file := path
		if torn {
			file += ".torn"
			if err := os.WriteFile(file, content[:len(content)-20], 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, args := range [][]string{{"replay", file, "--record", file + ".again"}, {"lint", file}, {"compare", file, file}, {"export", file, "--format", "markdown"}} {
			cmd := exec.CommandContext(t.Context(), layersim, args...)
			out, err := cmd.CombinedOutput()
			said := bytes.Contains(out, []byte("breaks off")) || bytes.Contains(out, []byte("broke off")) || bytes.Contains(out, []byte("torn"))
			if err != nil || said != torn {
				t.Errorf("%s, torn %v: %v\n%s", args[0], torn, err, out)
			}
		}
	}
}

// On a terminal plain text goes step by step.
func TestPlainReplayIsSteppedThrough(t *testing.T) {
	dir := t.TempDir()
	layersim := buildProgram(t)
	if out, err := exec.CommandContext(t.Context(), layersim, "run", "eligible", "--record", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p := startProgram(t, 80, 24, []string{"TERM=dumb"}, layersim, "replay", filepath.Join(dir, "eligible.jsonl"))
	const asks = `Next \(Enter says what follows; all says the rest; quit ends\): $`
	mark := p.await(0, "Step: Ask for a link_token(.|\n)*"+asks)
	p.send("\r")
	mark = p.await(mark, "link_token received(.|\n)*Step: Create the handler(.|\n)*"+asks)
	p.send("all\r")
	p.await(mark, "End of the recording, at the step: ")
	if code := p.end(); code != exitDone {
		t.Errorf("exit code %d; want %d", code, exitDone)
	}
	p.restored()
}
