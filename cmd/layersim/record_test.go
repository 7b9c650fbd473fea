package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recordWalk begins a walk that is recorded, with these settings, and returns it
// with what ends its recording.
func recordWalk(t *testing.T, s settings) (r *robot, end func() error) {
	t.Helper()
	p := planOf(t, s)
	// Time runs faster, because an Enter right after the code is taken for habit.
	start := time.Now()
	around := surroundings{now: func() time.Time { return start.Add(100 * time.Since(start)) }}
	end, err := record(p, &around)
	if err != nil {
		t.Fatal(err)
	}
	return startRobot(t, s, 120, 36, around), end
}

// planOf is what settings mean, with a robot's seed.
func planOf(t *testing.T, s settings) plan {
	t.Helper()
	s.platform, s.seed, s.seedGiven = "web", 7, true
	p, err := s.check()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// linesOf are the lines of a file, all of which must be whole.
func linesOf(t *testing.T, path string) []string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil || !strings.HasSuffix(string(content), "\n") {
		t.Fatalf("%q, %v; want whole lines", content, err)
	}
	return strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
}

func TestRecordWholeWalk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "walk.jsonl")
	r, end := recordWalk(t, settings{link: "terminal", persona: "two-banks", record: path})
	toOpen(r)
	r.await("Share your information")
	r.press("enter")
	r.await("Verify your phone number")
	r.typed("123456")
	r.await("Review your information.*LAYER_AUTHENTICATION_PASSED, verified") // Link has its answer by then
	r.press("enter")
	r.await("✓ Onboarded")
	r.press("ctrl+c")
	_ = r.quits()
	if err := end(); err != nil {
		t.Fatal(err)
	}
	lines := linesOf(t, path)
	last := 0
	for i, line := range lines {
		var whole struct {
			Version  int    `json:"layersim_recording"`
			Mode     string `json:"mode"`
			Template string `json:"template"`
			Seed     string `json:"seed"`
			Seq      int    `json:"seq"`
		}
		err := json.Unmarshal([]byte(line), &whole)
		if i == 0 && (whole.Version != 1 || whole.Mode != "simulated" || whole.Template != "default" || whole.Seed != "7") {
			t.Errorf("the header is %s", line)
		}
		if err != nil || whole.Seq != i {
			t.Errorf("line %d: %s (%v)", i+1, line, err)
		}
		if strings.Contains(line, `"kind":"UserAccountFetched"`) {
			last = i
		}
	}
	if last == 0 {
		t.Errorf("the session that was read is not recorded; %d lines", len(lines))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}
