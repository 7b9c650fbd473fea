//go:build linux

package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// question is what a terminal would answer into the keyboard: its colours, what
// it can do, where its cursor is, its modes and its name.
var question = regexp.MustCompile(`\x1b\](?:4|10|11|12)[^\x07\x1b]*\?|\x1b\[[?>=]?[0-9;]*[cnq]|\x1b\[[?]?[0-9;]*\$p|\x1bP\+q|\x1b\[\?u|\x1b\[1[4-9]t`)

// Help, versions and mistakes are shown to a terminal that never answers. They
// must not ask: the asker would wait, and a late answer be typed into the shell.
func TestHelpAsksTheTerminalNothing(t *testing.T) {
	path := buildProgram(t)
	root := newRoot(stdio{}, nil)
	runs := [][]string{{"--help"}, {"help"}, {"--version"}, {"--no-such-flag"}, {"no-such-command"}, {"help", "exec"}, {"--env", "nowhere"}, {"serve", "--addr", "0.0.0.0:x"}, {"replay", "/no/such/file"}}
	for _, cmd := range root.Commands() {
		runs = append(runs, []string{cmd.Name(), "--help"})
	}
	for _, args := range runs {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			p := startProgram(t, 80, 24, nil, append([]string{path}, args...)...)
			code := p.end()
			p.restored()
			out, _ := p.seen()
			if asked := question.FindString(out); asked != "" {
				t.Errorf("the terminal is asked %q", asked)
			}
			text := ansi.Strip(out)
			if !slices.Contains(args, "--help") && args[0] != "help" {
				return
			}
			if code != exitDone {
				t.Errorf("exit code %d", code)
			}
			cmd, _, err := root.Find(slices.DeleteFunc(slices.Clone(args), func(s string) bool { return s == "help" || s == "--help" }))
			if err != nil {
				t.Fatal(err)
			}
			wanted := []string{"Usage", cmd.CommandPath(), "--help"}
			for _, sub := range cmd.Commands() {
				if sub.IsAvailableCommand() {
					wanted = append(wanted, sub.Name(), sub.Short)
				}
			}
			one := strings.Join(strings.Fields(text), " ")
			for _, want := range wanted {
				if !strings.Contains(one, want) {
					t.Errorf("the help does not say %q:\n%s", want, text)
				}
			}
			for line := range strings.SplitSeq(text, "\n") {
				if line = strings.TrimRight(line, "\r"); ansi.StringWidth(line) > 80 && !strings.Contains(line, cmd.UseLine()) && !strings.HasPrefix(line, "  layersim ") {
					t.Errorf("a line is wider than the terminal: %q", line)
				}
			}
		})
	}
}
