package main

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/scenario"
)

// recordingOf plays a scenario and returns its recording, as --record writes it.
func recordingOf(t testing.TB, sc scenario.Scenario, catalog *fixtures.Catalog) (journal.Recording, scenario.Result) {
	t.Helper()
	var file bytes.Buffer
	write := func(line []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		file.Write(append(line, '\n'))
	}
	var s *stage
	s, err := newStage(t.Context(), sc, catalog, func(e journal.Entry) error {
		var more []journal.Addition
		if entered, ok := e.Event.(flow.PhoneNumberEntered); ok {
			more = append(more, journal.TestNumber(s.app.plan.testNumber(entered.Phone)))
		}
		write(journal.Whole(e, more...))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	h := recordingHeader(s.app.plan, s.clock.now())
	h.TestNumbers = true
	write(h.Line())
	result, err := scenario.Run(t.Context(), sc, s.world())
	if err != nil {
		t.Fatal(err)
	}
	r, err := journal.ReadRecording(&file, sc.Name+".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return r, result
}

// A walk that was recorded becomes a scenario that passes: for every scenario
// that is shipped, through its file.
func TestRecordingsBecomeScenariosThatPass(t *testing.T) {
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	all, err := scenario.Shipped(catalog)
	if err != nil {
		t.Fatal(err)
	}
	for i, sc := range all {
		if raceDetector && i%10 != 0 {
			continue // what happens at once is the same in each
		}
		t.Run(sc.Name, func(t *testing.T) {
			t.Parallel()
			recorded, result := recordingOf(t, sc, catalog)
			if !result.Passed() {
				t.Skipf("does not pass itself: %v", result.Failure)
			}
			made, left, err := scenario.FromRecording(recorded, catalog)
			if err != nil {
				t.Fatal(err)
			}
			made = fitted(t, made, catalog)
			file := scenario.Commented(made.YAML(), left)
			read, err := scenario.Read(sc.Name+".yaml", file, catalog)
			if err != nil {
				t.Fatalf("%v\n%s", err, file)
			}
			_, again := recordingOf(t, read, catalog)
			if f := again.Failure; f != nil {
				t.Errorf("line %d, %s: expected %s, got %s\n%s", f.Step.Line, f.Step, f.Expected, f.Got, file)
			}
			if diff := cmp.Diff(gistOf(result.Journal), gistOf(again.Journal)); diff != "" {
				t.Errorf("it is another walk: %s\n%s", diff, file)
			}
		})
	}
}

// gistOf is what a walk is about: what Link and Plaid told, and where it led.
func gistOf(j *journal.Journal) []string {
	var list []string
	for _, e := range j.Entries() {
		switch event := e.Event.(type) {
		case flow.OnEvent:
			list = append(list, event.Name+" "+event.Metadata.ViewName+" "+event.Metadata.ErrorCode)
		case flow.OnSuccess:
			list = append(list, "onSuccess")
		case flow.OnExit:
			list = append(list, "onExit "+event.Failure.Code+" "+event.Metadata.ExitStatus)
		case flow.CallFailed:
			list = append(list, "failed "+event.Failure.Code)
		case flow.WebhookReceived:
			list = append(list, fmt.Sprint(event.Code, " ", event.Status, " ", event.Verified))
		case flow.PaneShown:
			list = append(list, "pane "+event.Pane.View+" "+event.Pane.Notice)
		}
	}
	return append(list, string(j.StateAt(j.Len()).Phase))
}

// fitted plays a scenario that was made of a recording, and fails the test over
// what does not hold: none of these needs the real Plaid.
func fitted(t *testing.T, made scenario.Scenario, catalog *fixtures.Catalog) scenario.Scenario {
	t.Helper()
	made, unfit, err := scenario.Fit(t.Context(), made, func(_ context.Context, sc scenario.Scenario) (scenario.Result, error) {
		_, result := recordingOf(t, sc, catalog)
		return result, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range unfit {
		t.Errorf("not as it was recorded: %s", s)
	}
	return made
}
