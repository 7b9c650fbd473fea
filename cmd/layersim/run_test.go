package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"layersim/flow/scenario"
)

// file is a report's file in memory.
type file struct{ bytes.Buffer }

func (*file) Close() error { return nil }

// many are scenarios that pass, but for one that fails and one that cannot be
// played.
func many(t testing.TB, n int) []scenario.Scenario {
	t.Helper()
	all := make([]scenario.Scenario, n)
	for i := range all {
		all[i] = readScene(t, "", "create token", "expect phase: handler")
		all[i].Name = fmt.Sprintf("scenario-%d", i)
	}
	all[1] = readScene(t, "about: \"<&>\"", "create token", "expect phase: onboarded")
	all[1].Name, all[1].Title = "fails", "It <fails> \"& how\" \x1b[2J"
	all[2].Name, all[2].Persona = "impossible", "nobody"
	return all
}

func TestResultsComeInTheOrderGiven(t *testing.T) {
	var text, lines bytes.Buffer
	report := &file{}
	c := company{catalog: builtin(t), parallel: 8}
	err := c.play(t.Context(), many(t, 30), reporters{newTextReport(&text, false), newJSONReport(&lines), newJUnitReport(report, "report.xml")})
	var f failure
	if !errors.As(err, &f) || f.code != exitUnexpected {
		t.Errorf("it ended with %v; what could not be played comes before what failed", err)
	}
	read := strings.Split(strings.TrimSpace(text.String()), "\n")
	if !strings.HasPrefix(read[0], "passed   scenario-0") || !strings.HasPrefix(read[1], "FAILED   fails  step 2 of 2") || strings.Contains(text.String(), "\x1b") {
		t.Errorf("it says\n%s", &text)
	}
	if !strings.Contains(text.String(), "error    impossible\n    test.yaml: there is no persona \"nobody\"") {
		t.Errorf("of the impossible one it says\n%s", &text)
	}
	if last := read[len(read)-1]; !strings.HasPrefix(last, "30 scenarios: 28 passed, 1 failed, 1 could not be played, in ") {
		t.Errorf("in the end it says %s", last)
	}
	var names []string
	decoder := json.NewDecoder(&lines)
	for {
		var line struct {
			Version  int `json:"layersim_run"`
			Type     string
			Scenario string
			Outcome  outcome
			Failure  struct {
				Got     string
				Journal []struct{ Kind string }
			}
		}
		if err := decoder.Decode(&line); errors.Is(err, io.EOF) {
			break
		} else if err != nil || line.Version != 1 {
			t.Fatalf("%+v: %v", line, err)
		}
		if line.Scenario == "fails" && (line.Outcome != outcomeFailed || len(line.Failure.Journal) != 3 || line.Failure.Journal[0].Kind != "LinkTokenRequested") {
			t.Errorf("the failure is %+v", line)
		}
		if line.Type == "scenario" {
			names = append(names, line.Scenario)
		}
	}
	for i, name := range names {
		if i > 2 && name != fmt.Sprintf("scenario-%d", i) {
			t.Fatalf("the order is %v", names)
		}
	}
	readJUnit(t, report.Bytes(), 30, 1, 1, 0)
}

// readJUnit reads a report as strictly as XML is meant, by elements of its own.
func readJUnit(t *testing.T, content []byte, tests, failures, errs, skipped int) {
	t.Helper()
	type counts struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
	}
	var report struct {
		XMLName xml.Name `xml:"testsuites"`
		counts
		Suites []struct {
			counts
			Name  string `xml:"name,attr"`
			Cases []struct {
				Name    string      `xml:"name,attr"`
				Class   string      `xml:"classname,attr"`
				Time    float64     `xml:"time,attr"`
				Failure []string    `xml:"failure"`
				Error   []string    `xml:"error"`
				Skipped *[]struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	decoder := xml.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&report); err != nil {
		t.Fatalf("%v in\n%s", err, content)
	}
	want := counts{tests, failures, errs, skipped}
	if report.counts != want || len(report.Suites) != 1 || report.Suites[0].counts != want || len(report.Suites[0].Cases) != tests {
		t.Errorf("it counts %+v, want %+v", report.counts, want)
	}
	var got counts
	for _, c := range report.Suites[0].Cases {
		got.Tests++
		got.Failures += len(c.Failure)
		got.Errors += len(c.Error)
		if c.Skipped != nil {
			got.Skipped++
		}
		if c.Name == "" || c.Class == "" {
			t.Errorf("a case without a name: %+v", c)
		}
		for _, text := range append(c.Failure, c.Error...) {
			if strings.ContainsAny(text, "\x1b\x00") || text == "" {
				t.Errorf("it says %q", text)
			}
		}
	}
	if got != want {
		t.Errorf("there are %+v, want %+v", got, want)
	}
}

// interrupter interrupts after the first result.
type interrupter struct {
	reporter
	interrupt func()
}

func (i interrupter) scenario(p played) error {
	i.interrupt()
	return i.reporter.scenario(p)
}

func TestInterruptedItShowsWhatWasDone(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	var text bytes.Buffer
	report := &file{}
	c := company{catalog: builtin(t), parallel: 1}
	all := many(t, 200)[3:]
	err := c.play(ctx, all, reporters{interrupter{newTextReport(&text, false), interrupt}, newJUnitReport(report, "report.xml")})
	if !errors.Is(err, errInterrupted) {
		t.Errorf("it ended with %v", err)
	}
	passed, skipped := strings.Count(text.String(), "passed   "), strings.Count(text.String(), "not run  ")
	if passed == 0 || skipped == 0 || passed+skipped != len(all) || !strings.Contains(text.String(), "interrupted. 197 scenarios: ") {
		t.Errorf("%d passed, %d not run:\n%s", passed, skipped, &text)
	}
	readJUnit(t, report.Bytes(), len(all), 0, 0, skipped)
}

// full is a disk that takes nothing more.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAResultThatCannotBeWrittenEndsIt(t *testing.T) {
	for name, first := range map[string]reporter{"text": newTextReport(full{}, false), "json": newJSONReport(full{})} {
		report := &file{}
		c := company{catalog: builtin(t), parallel: 1}
		err := c.play(t.Context(), many(t, 100)[3:], reporters{first, newJUnitReport(report, "report.xml")})
		var f failure
		if !errors.As(err, &f) || f.code != exitUnexpected || err.Error() != "the result cannot be written: no space left on device" {
			t.Errorf("%s: it ended with %v", name, err)
		}
		if !strings.Contains(report.String(), "<skipped message=") { // the other report is written all the same
			t.Errorf("%s: the report:\n%s", name, report)
		}
	}
}

func TestOneThatCannotBePlayedIsNoTroubleForOthers(t *testing.T) {
	all := many(t, 5)[3:]
	var text bytes.Buffer
	c := company{catalog: builtin(t), parallel: 2, recordings: []string{t.TempDir(), t.TempDir() + "/x.jsonl"}} // a folder is no file
	err := c.play(t.Context(), all, reporters{newTextReport(&text, false)})
	var f failure
	if !errors.As(err, &f) || f.code != exitUnexpected || !strings.Contains(text.String(), "error    scenario-3\n    --record ") || !strings.Contains(text.String(), "passed   scenario-4") {
		t.Errorf("it ended with %v:\n%s", err, &text)
	}
}
