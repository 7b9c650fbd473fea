package watch

import (
	"slices"
	"strconv"
	"strings"

	"layersim/flow/lint"
	"layersim/tui/pane"
)

// The Lint tab: the mistakes that can be seen in a lane from outside, each
// explained, and below them how the app has kept the rules so far.

// maxFindings is how many mistakes of a lane are kept; there is one for each
// rule, and a lane that belongs to nobody collects them.
const maxFindings = 200

// lintDrawn is the text of the selected row, and of what.
type lintDrawn struct {
	rule  string
	seq   uint64
	width int
	dark  bool
	lines []string
}

// found books a mistake in its lane.
func (l *lane) found(f lint.Finding) {
	if l.notes == nil {
		l.notes = map[uint64][]string{}
	}
	l.notes[f.Seq] = append(l.notes[f.Seq], f.Rule)
	l.findings = append(l.findings, f)
	if len(l.findings) > maxFindings {
		delete(l.notes, l.findings[0].Seq)
		l.findings = slices.Delete(l.findings, 0, 1)
	}
	l.text = ""
}

// laneOfFinding returns the lane a mistake belongs to, nil if it is not kept.
func (ls *lanes) laneOfFinding(f lint.Finding) *lane {
	switch {
	case f.Handler != "":
		return ls.bySession[f.Handler]
	case f.Token != 0:
		return ls.byThread[f.Token]
	}
	return ls.other
}

// mistakes says in front of how a lane stands how many mistakes there are.
func (l *lane) mistakes() string {
	if len(l.findings) == 0 {
		return ""
	}
	return "✗" + strconv.Itoa(len(l.findings)) + " "
}

// noted names the mistakes that an entry is to blame for, "" for none.
func (l *lane) noted(seq uint64) string {
	if rules := l.notes[seq]; len(rules) > 0 {
		return "✗ " + strings.Join(rules, ", ")
	}
	return ""
}

// checks are the rules in the order in which the tab lists them: the kept ones
// first. What another lane has broken is listed last.
func (m *Model) lintChecks() []lint.Check {
	if m.lintOrder == nil {
		for _, standing := range []lint.Standing{lint.Kept, lint.Untested, lint.Broken} {
			for _, c := range m.checks {
				if c.Standing == standing {
					m.lintOrder = append(m.lintOrder, c)
				}
			}
		}
	}
	return m.lintOrder
}

func (m *Model) lintLen() int { return len(m.sel.findings) + len(m.checks) }

func (m *Model) lintAt() int { return max(min(m.lintRow, m.lintLen()-1), 0) }

// lintFinding returns mistake i of the lane, the newest first.
func (m *Model) lintFinding(i int) (lint.Finding, bool) {
	n := len(m.sel.findings)
	if i >= n {
		return lint.Finding{}, false
	}
	return m.sel.findings[n-1-i], true
}

func (m *Model) lintRowAt(i int) pane.LintRow {
	if f, ok := m.lintFinding(i); ok {
		return pane.LintRow{Mark: lintMark(f), Rule: f.Rule, Text: f.Title, When: f.At.Format("15:04:05")}
	}
	c := m.lintChecks()[i-len(m.sel.findings)]
	return pane.LintRow{Mark: standingMark(c), Rule: c.Rule.ID, Text: titleOf(c)}
}

// titleOf names a rule by what was kept, or by what was done in its place.
func titleOf(c lint.Check) string {
	if c.Standing == lint.Broken {
		return c.Rule.Fault
	}
	return c.Rule.Title
}

func lintMark(f lint.Finding) pane.Mark {
	if f.Severity == lint.Risky {
		return pane.MarkWarn
	}
	return pane.MarkBad
}

func standingMark(c lint.Check) pane.Mark {
	switch c.Standing {
	case lint.Kept:
		return pane.MarkGood
	case lint.Broken:
		return pane.MarkBad
	default:
		return pane.MarkNone
	}
}

// lintText is everything about the selected row.
func (m *Model) lintText() (pane.LintText, uint64) {
	i := m.lintAt()
	if f, ok := m.lintFinding(i); ok {
		stands := "A mistake of this app's, at " + f.At.Format(clock) + "."
		if f.Severity == lint.Risky {
			stands = "A risk that this app takes, at " + f.At.Format(clock) + "."
		}
		return pane.LintText{
			Mark: lintMark(f), Rule: f.Rule, Title: f.Title, Stands: stands, What: f.What, Why: f.Why, Fix: f.Fix, Source: f.Source,
			Keys: "Enter shows the entry it was made with.",
		}, f.Seq
	}
	c := m.lintChecks()[i-len(m.sel.findings)]
	var stands string
	switch {
	case c.Standing == lint.Kept:
		stands = "Kept by this app, in one of its sessions at least."
	case c.Standing == lint.Broken:
		stands = "Broken in another session of this app's."
	case c.Rule.Seen&lint.InRecording == 0:
		stands = "Not to be seen from outside: " + c.Rule.Unseen + "."
	default:
		stands = "Did not arise so far."
	}
	return pane.LintText{
		Mark: standingMark(c), Rule: c.Rule.ID, Title: titleOf(c), Stands: stands, Why: c.Rule.Why, Fix: c.Rule.Fix, Source: c.Rule.Source,
	}, uint64(c.Standing) //nolint:gosec // small
}

// layOutLint draws the selected row's text, once.
func (m *Model) layOutLint() {
	f := m.content()
	if m.sel == nil || m.tab != tabLint || m.opened != nil || f.Width <= 0 || m.lintLen() == 0 {
		return
	}
	text, seq := m.lintText()
	d := &m.lintDrawn
	if d.rule == text.Rule && d.seq == seq && d.width == f.Width && d.dark == m.styles.Dark {
		return
	}
	*d = lintDrawn{rule: text.Rule, seq: seq, width: f.Width, dark: m.styles.Dark, lines: pane.LintBody(m.styles, text, f.Width)}
}

func (m *Model) drawLint(f pane.Frame) string {
	if m.lintLen() == 0 {
		return pane.Text(f, pane.Paragraph(m.styles.Dim, "Nothing has happened yet that a rule is about.", f.Width), 0)
	}
	return pane.Lint(f, m.lintLen(), m.lintRowAt, m.lintAt(), m.lintSummary(), m.lintDrawn.lines, m.lintOffset)
}

func (m *Model) lintSummary() string {
	kept := 0
	for _, c := range m.checks {
		if c.Standing == lint.Kept {
			kept++
		}
	}
	said := counted(len(m.sel.findings), "mistake in this lane", "mistakes in this lane") + " · " + counted(kept, "rule kept by this app", "rules kept by this app")
	if m.letGo > 0 {
		said += " · " + counted(m.letGo, "old session left out", "old sessions left out")
	}
	return said
}

// moveInLint selects a row, or moves in the text of the selected one.
func (m *Model) moveInLint(a action, f pane.Frame) {
	n := m.lintLen()
	switch a {
	case actUp, actDown, actHome, actEnd:
		m.lintRow, m.lintOffset = moved(a, m.lintAt(), n, 1), 0
	default:
		m.lintOffset = scrolled(a, m.lintOffset, len(m.lintDrawn.lines), pane.LintBodyRows(f, n))
	}
}

// blamed returns the entry that the selected mistake was made with, nil if it is
// not kept any more.
func (m *Model) blamed() *line {
	if m.sel == nil {
		return nil
	}
	f, ok := m.lintFinding(m.lintAt())
	if !ok {
		return nil
	}
	for _, n := range m.sel.lines {
		if n.Seq == f.Seq {
			return n
		}
	}
	return nil
}
