package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"layersim/flow"
)

// junitReport writes JUnit XML at the end: one suite, one case for each scenario.
// There is no standard; these are the elements that CI systems read.
type junitReport struct {
	out  io.WriteCloser
	name string // of the file, for people
	all  []played
}

func newJUnitReport(out io.WriteCloser, name string) *junitReport {
	return &junitReport{out: out, name: name}
}

type (
	junitSuites struct {
		XMLName  xml.Name `xml:"testsuites"`
		Name     string   `xml:"name,attr"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Errors   int      `xml:"errors,attr"`
		Skipped  int      `xml:"skipped,attr"`
		Time     seconds  `xml:"time,attr"`
		Suite    junitSuite
	}
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     seconds     `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Time    seconds       `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
		Error   *junitFailure `xml:"error"`
		Skipped *junitSkipped `xml:"skipped"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
	seconds time.Duration
)

// MarshalText writes seconds, as JUnit has them.
func (s seconds) MarshalText() ([]byte, error) { //nolint:unparam // encoding.TextMarshaler
	return fmt.Appendf(nil, "%.3f", time.Duration(s).Seconds()), nil
}

func (r *junitReport) scenario(p played) error {
	r.all = append(r.all, p)
	return nil
}

func (r *junitReport) end(t tally) error {
	suite := junitSuite{
		Name: "layersim run", Tests: t.scenarios, Failures: t.failed, Errors: t.errors, Skipped: t.notRun, Time: seconds(t.took),
	}
	for _, p := range r.all {
		suite.Cases = append(suite.Cases, junitCaseOf(p))
	}
	content, err := xml.MarshalIndent(junitSuites{
		Name: "layersim", Tests: t.scenarios, Failures: t.failed, Errors: t.errors, Skipped: t.notRun, Time: seconds(t.took), Suite: suite,
	}, "", "  ")
	if err == nil {
		_, err = io.WriteString(r.out, xml.Header+string(content)+"\n")
	}
	if closed := r.out.Close(); err == nil {
		err = closed
	}
	return unwritten("--junit "+r.name, err)
}

func junitCaseOf(p played) junitCase {
	c := junitCase{Name: p.Scenario.Name, Class: "layersim.scenario", File: flow.CleanLine(p.Scenario.File, 500), Time: seconds(p.took)}
	switch p.outcome {
	case outcomePassed:
	case outcomeNotRun:
		c.Skipped = &junitSkipped{"interrupted before it was over"}
	case outcomeError:
		c.Error = &junitFailure{Message: flow.CleanLine(p.err.Error(), 500), Type: "error", Text: p.err.Error()}
	case outcomeFailed:
		f := p.Failure
		c.Line = f.Step.Line
		text := []string{p.where(), f.Step.String(), "expected  " + f.Expected, "got       " + f.Got}
		if f.Why != "" {
			text = append(text, "why       "+f.Why)
		}
		text = append(text, "the journal around it")
		c.Failure = &junitFailure{
			Message: flow.CleanLine(f.Step.String()+": expected "+f.Expected+", got "+f.Got, 1000), Type: "expectation",
			Text: "\n" + strings.Join(append(text, journalLines(f.Around)...), "\n") + "\n",
		}
	}
	return c
}
