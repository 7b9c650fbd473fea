package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"layersim/flow"
	"layersim/flow/journal"

	"charm.land/lipgloss/v2"
)

// textReport is for people. Words say what colours say.
type textReport struct {
	out              *bufio.Writer
	good, bad, faint func(...string) string
}

func newTextReport(out io.Writer, color bool) *textReport {
	plain := func(s ...string) string { return strings.Join(s, " ") }
	r := &textReport{out: bufio.NewWriter(out), good: plain, bad: plain, faint: plain}
	if color {
		r.good = lipgloss.NewStyle().Foreground(lipgloss.Green).Render
		r.bad = lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true).Render
		r.faint = lipgloss.NewStyle().Faint(true).Render
	}
	return r
}

func (r *textReport) scenario(p played) error {
	name := p.Scenario.Name
	switch p.outcome {
	case outcomePassed:
		r.line("%s  %s  %s", r.good("passed "), name, r.faint(counted(p.Steps, "step", "steps")))
	case outcomeNotRun:
		r.line("%s  %s", r.faint("not run"), name)
	case outcomeError:
		r.line("%s  %s", r.bad("error  "), name)
		for line := range strings.SplitSeq(strings.TrimSpace(p.err.Error()), "\n") {
			r.line("    %s", flow.CleanLine(line, 500))
		}
	case outcomeFailed:
		r.failed(p)
	}
	for _, note := range p.notes() {
		r.line("    note: %s", note)
	}
	return unwritten("the result", r.out.Flush())
}

func (r *textReport) failed(p played) {
	f := p.Failure
	r.line("%s  %s  %s", r.bad("FAILED "), p.Scenario.Name, p.where())
	r.line("    %s", f.Step)
	r.line("    expected  %s", flow.CleanLine(f.Expected, 2000))
	r.line("    got       %s", flow.CleanLine(f.Got, 2000))
	if f.Why != "" {
		r.line("    why       %s", flow.CleanLine(f.Why, 2000))
	}
	if len(f.Around) == 0 {
		return
	}
	r.line("    the journal around it")
	for _, line := range journalLines(f.Around) {
		r.line("      %s", r.faint(line))
	}
}

// journalLines are entries of a journal, one on each line.
func journalLines(entries []journal.Entry) []string {
	lines := make([]string, len(entries))
	for i, e := range entries {
		line := fmt.Sprintf("%3d  %s  %-8s %s", e.Seq, e.At.UTC().Format("15:04:05.000"), e.Lane, journal.Name(e.Event))
		if detail := journal.Detail(e.Event); detail != "" {
			line += "  " + detail
		}
		if e.Verdict == flow.Refused {
			line += "  (refused: " + e.Why + ")"
		}
		lines[i] = flow.CleanLine(line, 300)
	}
	return lines
}

func (r *textReport) end(t tally) error {
	parts := []string{fmt.Sprintf("%d passed", t.passed)}
	for _, part := range []struct {
		n    int
		what string
	}{{t.failed, "failed"}, {t.errors, "could not be played"}, {t.notRun, "not run"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	said := counted(t.scenarios, "scenario", "scenarios") + ": " + strings.Join(parts, ", ")
	if t.interrupted {
		said = "interrupted. " + said
	}
	r.line("%s, in %s", said, t.took.Round(time.Millisecond))
	return unwritten("the result", r.out.Flush())
}

func (r *textReport) line(format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, format+"\n", args...)
}
