package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"layersim/tui/plain"
)

func TestReadmeShowsPlainMode(t *testing.T) {
	out := plainWalk(t, "\n\n515-555-0016\n/quit\n")
	from, to := strings.Index(out, "Step: Ask for the phone number."), strings.Index(out, "Step: Ask for the date of birth.")
	if from < 0 || to < from {
		t.Fatalf("the walk is another:\n%s", out)
	}
	checkReadme(t, "plain", "```text\n"+strings.TrimSpace(out[from:to])+"\n```")
}

func TestReadmeShowsTheWordsOfPlainMode(t *testing.T) {
	var b strings.Builder
	b.WriteString("| word | with | does |\n| --- | --- | --- |")
	for _, w := range plain.Words() {
		fmt.Fprintf(&b, "\n| `%s` | %s | %s |", w.Word, w.Args, w.Does)
	}
	checkReadme(t, "plain-words", b.String())
}

// plainWalk runs the whole program in plain mode, in a bubble of fake time.
func plainWalk(t *testing.T, lines string) (out string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := settings{link: "terminal", platform: "web", template: "ssn-required", seed: 7, seedGiven: true}
		p, err := s.check()
		if err != nil {
			t.Fatal(err)
		}
		a, err := newApp(t.Context(), p, surroundings{now: time.Now, browser: noBrowser{"this is a test"}})
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		o := a.plain()
		o.In, o.Out = strings.NewReader(lines), &said
		if _, err := plain.Run(t.Context(), o); err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		out = said.String()
	})
	return out
}
