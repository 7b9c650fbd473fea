package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"layersim/flow"
	"layersim/flow/journal"
)

// Mermaid's own parser understands what the Sequence tab copies, and reads in
// it what the tab shows, whatever stands in the labels.
func TestMermaidReadsTheSequence(t *testing.T) {
	foreign(t)
	needClients(t)
	arrows := []journal.Arrow{}
	used := journal.Lives(1<<len(journal.Lifelines()) - 1)
	for i, label := range []string{
		"plain", "end", "end x", "the End", "a;b", "#35; #x", "a: b: c", "%% comment", "%%{init: {}}%%", "[x] (y) {z} <b>w</b>", `"q" 'p'`, "wrap: x", "nowrap:x",
		"->> -->> -x", "note over U: y", "&amp; &lt;", "+1", "- -", "$$x^2$$", "`c`", "a\\nb", "loop", "participant A", "@{ }", "界 é 👍 •", "http://x/y?z=1&w=2#frag",
	} {
		from := journal.Lifelines()[i%6]
		for _, kind := range []journal.ArrowKind{journal.ArrowCall, journal.ArrowAnswer, journal.ArrowNote, journal.ArrowAttempt} {
			for _, mark := range []journal.ArrowMark{journal.ArrowPlain, journal.ArrowRefused, journal.ArrowFailed} {
				a := journal.Arrow{Kind: kind, Mark: mark, From: from, To: journal.Lifelines()[(i*2+1)%6], Label: label, Used: used}
				arrows = append(arrows, a)
			}
		}
	}
	cmd := exec.CommandContext(t.Context(), "node", "node/mermaid.mjs")
	cmd.Dir = clientsDir
	text := journal.Mermaid(arrows)
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		problem := err.Error()
		if exit, ok := err.(*exec.ExitError); ok { //nolint:errorlint // exec returns it bare
			problem = string(exit.Stderr)
		}
		t.Fatalf("%s\n%s", problem, text)
	}
	var read struct{ Actors, Messages []string }
	if err := json.Unmarshal(out, &read); err != nil {
		t.Fatal(err)
	}
	var names, labels []string
	for _, l := range journal.Lifelines() {
		names = append(names, l.Name())
	}
	for _, a := range arrows {
		labels = append(labels, flow.CleanLine(a.Words(), 0))
	}
	if !slices.Equal(read.Actors, names) {
		t.Errorf("lifelines %q, want %q", read.Actors, names)
	}
	if len(read.Messages) != len(labels) {
		t.Fatalf("%d messages, want %d", len(read.Messages), len(labels))
	}
	for i, got := range read.Messages {
		if got != labels[i] {
			t.Errorf("message %d: %q, want %q", i, got, labels[i])
		}
	}
}
