package main

import (
	"encoding/json"
	"errors"
	"io"
	"time"

	"layersim/fixtures"
	"layersim/flow/journal"
)

// runVersion is the version of what 'layersim run --json' prints. A reader of it
// ignores members that it does not know.
const runVersion = 1

// jsonReport prints one JSON object per line.
type jsonReport struct{ out io.Writer }

func newJSONReport(out io.Writer) *jsonReport { return &jsonReport{out} }

// scenarioLine is one scenario.
type scenarioLine struct {
	Version  int          `json:"layersim_run"`
	Type     string       `json:"type"`
	Scenario string       `json:"scenario"`
	Title    string       `json:"title,omitempty"`
	File     string       `json:"file,omitempty"`
	Outcome  outcome      `json:"outcome"`
	Steps    int          `json:"steps"`
	Of       int          `json:"of"`
	Phase    string       `json:"phase,omitempty"`
	Entries  int          `json:"entries"`
	Duration float64      `json:"duration_ms"`
	Notes    []string     `json:"notes,omitempty"`
	Failure  *failureLine `json:"failure,omitempty"`
}

type failureLine struct {
	Step     int               `json:"step,omitempty"`
	Line     int               `json:"line,omitempty"`
	Does     string            `json:"does,omitempty"`
	Expected string            `json:"expected,omitempty"`
	Got      string            `json:"got"`
	Why      string            `json:"why,omitempty"`
	Journal  []json.RawMessage `json:"journal,omitempty"`
}

type summaryLine struct {
	Version     int     `json:"layersim_run"`
	Type        string  `json:"type"`
	Scenarios   int     `json:"scenarios"`
	Passed      int     `json:"passed"`
	Failed      int     `json:"failed"`
	Errors      int     `json:"errors"`
	NotRun      int     `json:"not_run"`
	Interrupted bool    `json:"interrupted"`
	Duration    float64 `json:"duration_ms"`
}

func (r *jsonReport) scenario(p played) error {
	line := scenarioLine{
		Version: runVersion, Type: "scenario", Scenario: p.Scenario.Name, Title: p.Scenario.Title, File: p.Scenario.File,
		Outcome: p.outcome, Steps: p.Steps, Of: len(p.Scenario.Steps), Phase: string(p.State.Phase), Duration: milliseconds(p.took),
		Notes: p.notes(),
	}
	if p.Journal != nil {
		line.Entries = p.Journal.Len()
	}
	switch p.outcome {
	case outcomeError:
		line.Failure = &failureLine{Got: p.err.Error()}
	case outcomeFailed:
		f := p.Failure
		line.Failure = &failureLine{Step: p.Steps, Line: f.Step.Line, Does: f.Step.String(), Expected: f.Expected, Got: f.Got, Why: f.Why}
		for _, e := range f.Around {
			entry, _ := journal.Whole(e) // a value that JSON cannot have is left out of it
			line.Failure.Journal = append(line.Failure.Journal, entry)
		}
	}
	return r.line(line)
}

// mistakeLine is one thing that is wrong with a file.
type mistakeLine struct {
	Version int    `json:"layersim_run"`
	Type    string `json:"type"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Field   string `json:"field,omitempty"`
	Problem string `json:"problem"`
}

// mistakes prints what is wrong with the files; what belongs to no file has a
// problem only.
func (r *jsonReport) mistakes(wrong error) error {
	var all fixtures.Mistakes
	if !errors.As(wrong, &all) {
		return r.line(mistakeLine{Version: runVersion, Type: "mistake", Problem: wrong.Error()})
	}
	for _, m := range all {
		line := mistakeLine{runVersion, "mistake", m.File, m.Line, m.Column, m.Field, m.Problem}
		if err := r.line(line); err != nil {
			return err
		}
	}
	return nil
}

func (r *jsonReport) end(t tally) error {
	return r.line(summaryLine{
		Version: runVersion, Type: "summary", Scenarios: t.scenarios, Passed: t.passed, Failed: t.failed, Errors: t.errors,
		NotRun: t.notRun, Interrupted: t.interrupted, Duration: milliseconds(t.took),
	})
}

// line writes an object in one piece.
func (r *jsonReport) line(v any) error {
	return unwritten("the result", printJSON(r.out, v, ""))
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
