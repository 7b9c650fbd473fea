package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// verdict is what the doctor thinks of one thing.
type verdict string

const (
	fine     verdict = "ok"
	look     verdict = "warning" // it may be wrong, and it may do no harm
	failed   verdict = "failed"
	notAsked verdict = "skipped"
)

// mark is how a verdict is written: a sign, a word and a colour, each of which
// says it alone.
func (v verdict) mark() (sign, color string) {
	switch v {
	case fine:
		return "✓ ok     ", "32"
	case look:
		return "! look   ", "33"
	case failed:
		return "✗ failed ", "31"
	}
	return "- skipped", "2"
}

// finding is one line of the report.
type finding struct {
	Section string  `json:"section"`
	Name    string  `json:"name"`
	Verdict verdict `json:"verdict"`
	Says    string  `json:"says"`
	// Origin says where a setting comes from.
	Origin string `json:"origin,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	// code is the exit code that a failure asks for.
	code int
}

// report writes findings as they come, or all at the end as JSON.
type report struct {
	out      io.Writer
	asJSON   bool
	color    bool
	width    int
	now      string // the section
	findings []finding
	err      error // of writing
}

// reportWidth is how wide lines may be, 0 for any width: what is not read on a
// terminal is easier to search when it is not broken into lines.
func reportWidth(out *os.File) int {
	if width, _, err := term.GetSize(out.Fd()); err == nil && width > 0 {
		return min(max(width, 40), 120)
	}
	return 0
}

func (r *report) section(name string) {
	r.now = name
	r.print(r.paint("1", name) + "\n")
}

func (r *report) add(f finding) {
	f.Section = r.now
	if f.Verdict == failed && f.code == 0 {
		f.code = exitUnexpected
	}
	r.findings = append(r.findings, f)
	says := f.Says
	if f.Origin != "" {
		says += " (" + f.Origin + ")"
	}
	sign, color := f.Verdict.mark()
	const nameWidth = 18
	lead := fmt.Sprintf("  %s %-*s ", r.paint(color, sign), nameWidth, f.Name)
	r.print(lead + r.wrapped(says, ansi.StringWidth(lead)) + "\n")
	if f.Remedy != "" {
		const arrow = "            → "
		r.print(arrow + r.wrapped(f.Remedy, ansi.StringWidth(arrow)) + "\n")
	}
}

// wrapped breaks text into lines that begin below each other. Words stay whole:
// there are tokens and addresses among them.
func (r *report) wrapped(text string, indent int) string {
	room := max(r.width-indent, 20)
	if r.width == 0 {
		room = math.MaxInt
	}
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString("\n" + strings.Repeat(" ", indent))
		}
		used := 0
		for word := range strings.FieldsSeq(line) {
			width := ansi.StringWidth(word)
			switch {
			case used > 0 && used+1+width > room:
				b.WriteString("\n" + strings.Repeat(" ", indent))
				used = 0
			case used > 0:
				b.WriteByte(' ')
				used++
			}
			b.WriteString(word)
			used += width
		}
	}
	return b.String()
}

func (r *report) paint(color, text string) string {
	if !r.color {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func (r *report) print(text string) {
	if r.asJSON || r.err != nil {
		return
	}
	_, r.err = io.WriteString(r.out, text)
}

// code is the exit code: that of the first failure.
func (r *report) code() int {
	for _, f := range r.findings {
		if f.Verdict == failed {
			return f.code
		}
	}
	return exitDone
}

// unusable reports whether a setting cannot be used, whatever failed before it.
func (r *report) unusable() bool {
	return slices.ContainsFunc(r.findings, func(f finding) bool { return f.Verdict == failed && f.code == exitUsage })
}

// end writes the sum of it.
func (r *report) end(interrupted, live bool) error {
	code := r.code()
	if interrupted {
		code = exitInterrupted
	}
	if r.asJSON {
		return printJSON(r.out, struct {
			OK       bool      `json:"ok"`
			Live     bool      `json:"live"`
			ExitCode int       `json:"exit_code"`
			Findings []finding `json:"findings"`
		}{code == exitDone, live, code, r.findings}, "  ")
	}
	r.print("\n" + r.wrapped(r.sum(interrupted, live), 0) + "\n")
	return r.err
}

func (r *report) sum(interrupted, live bool) string {
	failures, remarks := 0, 0
	for _, f := range r.findings {
		switch f.Verdict {
		case failed:
			failures++
		case look:
			remarks++
		}
	}
	switch {
	case interrupted:
		return "Interrupted: the rest was not checked."
	case failures > 0:
		return fmt.Sprintf("%s failed. Begin with the first one; its exit code is %d.", things(failures), r.code())
	case remarks > 0:
		return fmt.Sprintf("Nothing failed; %s to look at.", strings.ToLower(things(remarks)))
	case live:
		return "All is well: 'layersim --env sandbox' can begin."
	}
	return "All is well: 'layersim' can begin."
}

func things(n int) string {
	if n == 1 {
		return "One thing"
	}
	return fmt.Sprintf("%d things", n)
}
