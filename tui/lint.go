package tui

import (
	"fmt"
	"strings"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/lint"
	"layersim/tui/pane"
)

// The inspector's Lint tab: the mistakes of this walk, each explained with what
// happened here, and the rules that were kept, so that the list can be shown as
// what to look after. A mistake is announced as soon as it is certain and stops
// nothing.

// firstRow as a selection means the newest mistake, or the first rule.
const firstRow = -1

type lintView struct {
	reader *lint.Walk
	linter *lint.Linter
	// by holds what there is to say of each entry of the journal.
	by map[int][]blame
	// acted are the entries with which the operator did something: after the
	// next one a mistake is no news any more.
	acted    []int
	selected int
	offset   int
	rows     lintRows
	drawn    lintKey
	body     []string
}

// lintRows are the rows at one moment.
type lintRows struct {
	moment   int
	findings []lint.Finding // newest first
	checks   []lint.Check   // of the rules that were not broken, kept ones first
	summary  string
}

// lintKey is what the text of the selected row depends on.
type lintKey struct {
	moment, selected, width int
	dark                    bool
}

// blame is a rule that an entry broke, and the entry with which that was known.
type blame struct {
	rule  string
	known int
}

func newLintView(s flow.State) lintView {
	return lintView{reader: lint.NewWalk(s), linter: lint.New(lint.InWalk), by: map[int][]blame{}, selected: firstRow, rows: lintRows{moment: -1}}
}

// recorded looks at a new entry of the journal.
func (l *lintView) recorded(e journal.Entry) {
	if e.Lane == journal.LaneYou && e.Verdict != flow.Refused {
		l.acted = append(l.acted, e.Seq)
	}
	for _, o := range l.reader.Read(e) {
		for _, f := range l.linter.Add(o) {
			seq := int(f.Seq)                                          //nolint:gosec // the number of an entry
			l.by[seq] = append(l.by[seq], blame{f.Rule, int(f.Known)}) //nolint:gosec // the number of an entry
		}
	}
}

// readAgain looks at all of another journal of the same walk.
func (l *lintView) readAgain(j *journal.Journal) {
	selected, offset := l.selected, l.offset
	*l = newLintView(j.StateAt(-1))
	l.selected, l.offset = selected, offset
	for _, e := range j.Entries() {
		l.recorded(e)
	}
}

// note names the mistakes that an entry of the log is to blame for, as far as
// they were known at a moment.
func (l *lintView) note(line *pane.LogLine, seq, moment int) {
	var rules []string
	for _, b := range l.by[seq] {
		if b.known <= moment {
			rules = append(rules, b.rule)
		}
	}
	if len(rules) > 0 {
		line.Note = "✗ " + strings.Join(rules, ", ")
	}
}

// news is the mistake that was just made, until the operator goes on.
func (m *Model) news() (lint.Finding, bool) {
	f, found := m.newestMistake()
	if !found {
		return f, false
	}
	for i := len(m.lint.acted) - 1; i >= 0 && m.lint.acted[i] > int(f.Known); i-- { //nolint:gosec // the number of an entry
		if m.lint.acted[i] <= m.moment() {
			return f, false
		}
	}
	return f, true
}

// makeRoomForNews takes the last lines of a frame for the mistake that was just
// made, if there was one, and returns those lines.
func (m *Model) makeRoomForNews(f pane.Frame) (rest pane.Frame, lines string) {
	const most = 3
	found, made := m.news()
	if !made || f.Height < 4 || f.Width <= 0 {
		return f, ""
	}
	news := pane.LintNews(f, markOf(found), found.Rule, found.What, m.whereLint(), min(most, f.Height/6+1))
	f.Height -= len(news)
	return f, "\n" + strings.Join(news, "\n")
}

// whereLint names the tab that says more, by its key where it has one now.
func (m *Model) whereLint() string {
	if digitsAreKeys(m) && !m.typing() {
		return tabKeys()[tabLint] + " Lint"
	}
	return "Lint tab"
}

// bannerWithNews is the banner, with the mistake that was just made in its last
// line.
func (m *Model) bannerWithNews(r rect) string {
	found, made := m.news()
	if !made || r.h < 2 {
		return m.banner(r)
	}
	above := r
	above.h--
	return m.banner(above) + "\n" + pane.LintNews(m.frame(r, false), markOf(found), found.Rule, found.What, m.whereLint(), 1)[0]
}

// newestMistake is the last one that was known at the moment looked at.
func (m *Model) newestMistake() (lint.Finding, bool) {
	all := m.lint.linter.Findings()
	for i := len(all) - 1; i >= 0; i-- {
		if int(all[i].Known) <= m.moment() { //nolint:gosec // the number of an entry
			return all[i], true
		}
	}
	return lint.Finding{}, false
}

// lintRows returns the rows at the moment that is looked at.
func (m *Model) lintRows() *lintRows {
	r := &m.lint.rows
	moment := m.moment()
	if r.moment == moment {
		return r
	}
	*r = lintRows{moment: moment}
	all := m.lint.linter.Findings()
	for i := len(all) - 1; i >= 0; i-- {
		if int(all[i].Known) <= moment { //nolint:gosec // the number of an entry
			r.findings = append(r.findings, all[i])
		}
	}
	count := map[lint.Standing]int{}
	checks := m.lint.linter.Checks(uint64(moment)) //nolint:gosec // a length
	for _, wanted := range []lint.Standing{lint.Kept, lint.Untested} {
		for _, c := range checks {
			if c.Standing == wanted {
				r.checks = append(r.checks, c)
				count[wanted]++
			}
		}
	}
	mistakes := fmt.Sprintf("%d mistakes", len(r.findings))
	if len(r.findings) == 1 {
		mistakes = "1 mistake"
	}
	kept := fmt.Sprintf("%d rules kept", count[lint.Kept])
	if count[lint.Kept] == 1 {
		kept = "1 rule kept"
	}
	r.summary = fmt.Sprintf("%s · %s · %d did not arise", mistakes, kept, count[lint.Untested])
	return r
}

func (r *lintRows) len() int { return len(r.findings) + len(r.checks) }

func (r *lintRows) row(i int) pane.LintRow {
	if i < len(r.findings) {
		f := r.findings[i]
		return pane.LintRow{Mark: markOf(f), Rule: f.Rule, Text: f.Title, When: f.At.Format("15:04:05")}
	}
	c := r.checks[i-len(r.findings)]
	return pane.LintRow{Mark: markOfRule(c), Rule: c.Rule.ID, Text: c.Rule.Title}
}

func markOf(f lint.Finding) pane.Mark {
	if f.Severity == lint.Risky {
		return pane.MarkWarn
	}
	return pane.MarkBad
}

func markOfRule(c lint.Check) pane.Mark {
	if c.Standing == lint.Kept {
		return pane.MarkGood
	}
	return pane.MarkNone
}

// finding returns the selected mistake, if a mistake is selected.
func (m *Model) finding() (lint.Finding, bool) {
	r := m.lintRows()
	if i := m.lintSelected(); i < len(r.findings) {
		return r.findings[i], true
	}
	return lint.Finding{}, false
}

func (m *Model) lintSelected() int { return max(min(m.lint.selected, m.lintRows().len()-1), 0) }

// lintText is everything about the selected row.
func (m *Model) lintText() pane.LintText {
	r, i := m.lintRows(), m.lintSelected()
	if i < len(r.findings) {
		f := r.findings[i]
		stands := "A mistake of this walk, at " + f.At.Format("15:04:05") + "."
		if f.Severity == lint.Risky {
			stands = "A risk taken in this walk, at " + f.At.Format("15:04:05") + "."
		}
		return pane.LintText{
			Mark: markOf(f), Rule: f.Rule, Title: f.Title, Stands: stands, What: f.What, Why: f.Why, Fix: f.Fix, Source: f.Source,
			Keys: "Space looks at entry " + fmt.Sprint(f.Seq) + " in the log.",
		}
	}
	c := r.checks[i-len(r.findings)]
	stands := "Kept so far in this walk."
	switch {
	case c.Standing == lint.Kept:
	case c.Rule.Seen&lint.InWalk == 0:
		stands = "Not to be seen in a walk: " + c.Rule.Unseen + ". 'layersim serve' and 'layersim lint' look for it."
	default:
		stands = "Did not arise in this walk."
	}
	return pane.LintText{
		Mark: markOfRule(c), Rule: c.Rule.ID, Title: c.Rule.Title, Stands: stands, Why: c.Rule.Why, Fix: c.Rule.Fix, Source: c.Rule.Source,
	}
}

// layOutLint draws the selected row's text, once.
func (m *Model) layOutLint(f pane.Frame) {
	key := lintKey{m.moment(), m.lintSelected(), f.Width, m.dark}
	if f.Width <= 0 || m.lint.body != nil && m.lint.drawn == key {
		return
	}
	if m.lint.drawn.selected != key.selected {
		m.lint.offset = 0
	}
	m.lint.drawn, m.lint.body = key, pane.LintBody(m.styles, m.lintText(), f.Width)
}

func (m *Model) drawLint(f pane.Frame) string {
	r := m.lintRows()
	return pane.Lint(f, r.len(), r.row, m.lintSelected(), r.summary, m.lint.body, m.lint.offset)
}

// scrollLint selects a row or moves in the text of the selected one.
func (m *Model) scrollLint(a action, f pane.Frame) {
	l, n := &m.lint, m.lintRows().len()
	switch a {
	case actUp, actDown:
		l.selected, l.offset = moved(a, m.lintSelected(), n, 1), 0
		if l.selected == 0 {
			l.selected = firstRow
		}
	default:
		l.offset = scrolled(a, l.offset, len(l.body), pane.LintBodyRows(f, n))
	}
}

// jumpToFinding looks at the log's entry that the selected mistake was made
// with.
func (m *Model) jumpToFinding() {
	if f, ok := m.finding(); ok {
		m.showEntry(int(f.Seq) - 1) //nolint:gosec // the number of an entry
	}
}

// copyLint returns the selected row's text. It holds nothing but masked values.
func (m *Model) copyLint(bool) (what, text string) {
	t := m.lintText()
	var b strings.Builder
	for _, part := range []struct{ head, text string }{
		{"Rule", t.Rule + ": " + t.Title}, {"What happened", t.What}, {"Why it matters", t.Why}, {"What to do", t.Fix}, {"Source", t.Source},
	} {
		if part.text != "" {
			b.WriteString(part.head + ": " + part.text + "\n")
		}
	}
	return "what the linter says of " + t.Rule, b.String()
}
