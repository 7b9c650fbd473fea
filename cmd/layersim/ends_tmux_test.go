//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tmuxShell starts a tmux that nobody else sees, with a shell in it.
func tmuxShell(t *testing.T) *program {
	t.Helper()
	need(t, true, "tmux")
	dir, err := os.MkdirTemp("", "tmux") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(dir, "tmux.conf")
	if err := os.WriteFile(settings, []byte("set -g status off\nset -g default-shell /bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startProgram(t, 200, 50, []string{"TMUX_TMPDIR=" + dir, "TMUX="}, "tmux", "-L", "ends", "-f", settings, "new-session", shellCommand)
	t.Cleanup(func() {
		kill := exec.Command("tmux", "-L", "ends", "kill-server")
		kill.Env = p.cmd.Env
		_ = kill.Run() // unless the test has
		_ = os.RemoveAll(dir)
	})
	return p
}

// tmux runs one of tmux's commands and returns what it prints.
func tmux(t *testing.T, p *program, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "tmux", append([]string{"-L", "ends"}, args...)...)
	cmd.Env = p.cmd.Env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("tmux %q: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func tmuxFlags(t *testing.T, p *program) string {
	t.Helper()
	return tmux(t, p, "display-message", "-p", "alternate #{alternate_on} cursor #{cursor_flag} wrap #{wrap_flag} mouse #{mouse_any_flag}#{mouse_button_flag}#{mouse_sgr_flag} keys #{keypad_flag}#{keypad_cursor_flag}")
}

// tmuxPastes checks that nothing is put around what is pasted.
func tmuxPastes(t *testing.T, p *program) {
	t.Helper()
	tmux(t, p, "set-buffer", "echo pasted")
	tmux(t, p, "paste-buffer", "-p")
	for deadline := time.Now().Add(patience); ; {
		shown := tmux(t, p, "capture-pane", "-p")
		if strings.HasSuffix(shown, "prompt> echo pasted") {
			break
		}
		if time.Now().After(deadline) {
			t.Errorf("after a paste the shell shows\n%s", shown)
			break
		}
	}
	p.send("\x15") // takes the line back
}

// tmux lays the lines of both screens anew when the window is made wider, and
// takes some of one for those of the other.
func TestNothingIsLeftOfAScreenMadeWider(t *testing.T) {
	path := buildProgram(t)
	p := tmuxShell(t)
	mark := p.await(0, `prompt> `)
	tmux(t, p, "resize-window", "-x", "80", "-y", "24")
	pid := p.begin(&mark, "wider", path+" --no-browser --seed 7", `q quit`)
	tmux(t, p, "resize-window", "-x", "200", "-y", "50")
	mark = p.await(mark, `Log`) // has no room in the small one
	mark = p.await(mark, `q quit`)
	p.send("q")
	p.await(mark, `wider ended with 0`)
	p.gone(pid)
	if shown := tmux(t, p, "capture-pane", "-p"); strings.ContainsAny(shown, "│┃╭╰") {
		t.Errorf("the shell shows\n%s", shown)
	}
}
