package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/scenario"
)

// recordingsOf records the walk of every shipped scenario and returns the files.
func recordingsOf(t *testing.T, catalog *fixtures.Catalog) []string {
	t.Helper()
	dir := t.TempDir()
	scenarios, err := scenario.Shipped(catalog)
	if err != nil {
		t.Fatal(err)
	}
	files, err := planRecordings(dir, scenarios)
	if err != nil {
		t.Fatal(err)
	}
	c := company{catalog: catalog, recordings: files}
	for i, sc := range scenarios {
		if p := c.perform(t.Context(), i, sc); p.outcome != outcomePassed {
			t.Fatalf("%s: %s %v", sc.Name, p.outcome, p.err)
		}
	}
	return files
}

func loadCatalog(t testing.TB) *fixtures.Catalog {
	t.Helper()
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

// Whatever can happen in a walk: its recording, replayed, stands in every moment
// where the walk stood, for the reason that it gave, and is recorded again in the
// same bytes.
func TestEveryScenarioIsReplayedAsItWas(t *testing.T) {
	catalog := loadCatalog(t)
	dir := t.TempDir()
	entriesSeen := map[string]bool{}
	for _, file := range recordingsOf(t, catalog) {
		name := filepath.Base(file)
		recording, err := openAndRead(t.Context(), file, stdio{})
		if err != nil {
			t.Fatal(err)
		}
		entries, initial, err := replayOf(recording, catalog)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		state := initial
		for _, e := range entries {
			entriesSeen[journal.Kind(e.Event)] = true
			next := flow.Step(state, e.Event)
			if problem := journal.Differs(e, next); problem != "" {
				t.Errorf("%s, entry %d: %s", name, e.Seq, problem)
			}
			if next.Why != e.Why {
				t.Errorf("%s, entry %d: %q, was %q", name, e.Seq, next.Why, e.Why)
			}
			state = next.Next
		}
		again := filepath.Join(dir, name)
		if err := recordAgain(recording, entries, again); err != nil {
			t.Fatal(err)
		}
		was, _ := os.ReadFile(file)
		if is, err := os.ReadFile(again); err != nil || !bytes.Equal(was, is) {
			t.Errorf("%s is other bytes when it is recorded again:\n%s", name, firstDifference(string(was), string(is)))
		}
		if info, err := os.Stat(again); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
		}
	}
	if len(entriesSeen) < 25 {
		t.Errorf("the scenarios have %d kinds of event only", len(entriesSeen))
	}
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range as {
		if i >= len(bs) || as[i] != bs[i] {
			return as[i] + "\n" + strings.Join(bs[min(i, len(bs)):min(i+1, len(bs))], "")
		}
	}
	return ""
}
