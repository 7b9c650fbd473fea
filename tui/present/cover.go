package present

import (
	"slices"
	"strings"

	"layersim/flow/scenario"
	"layersim/tui/pane"
)

// What a room sees beside the beats: the cover, the questions and what it takes home.

// strip is a question and its answer, where the columns matter more.
func (m *Model) strip(q scenario.Question) []string {
	t := newSheet(m.frame(rect{m.width, 4}))
	t.mark("?", m.styles.Accent, m.styles.Dim, pane.Clean(q.Question))
	t.mark("✓", m.styles.Good, m.styles.Text, pane.Clean(q.Answer))
	if len(t.lines) > 4 {
		return nil // a shows it
	}
	return t.lines
}

// drawQuestion puts a question to the room, and its answer below it.
func (m *Model) drawQuestion(sc *scene, head int) string {
	l := layOut(m.width, m.height, head, m.notes, plaid)
	f := m.frame(l.columns[plaid])
	inner := pane.Inner(f)
	t := newSheet(pane.Frame{Styles: m.styles, Width: min(max(inner.Width-8, 1), 90), Height: inner.Height})
	if m.height >= tallHeadline {
		for _, line := range bigText("?", 1, t.w) {
			t.add(m.styles.Accent.Render(line))
		}
		t.gap()
	}
	q := sc.question
	t.say(m.styles.Strong, q.Question)
	t.gap()
	unsaid := len(t.lines)
	t.mark("✓", m.styles.Good, m.styles.Text, pane.Clean(q.Answer))
	lead := max((inner.Height-len(t.lines)-4)/2, 0)
	indent := min((inner.Width-t.w)/2, inner.Width/8)
	lines := make([]string, 0, inner.Height)
	for range lead {
		lines = append(lines, "")
	}
	if sc.stand == asking { // its room is kept, so that the question stays where it is
		t.lines = t.lines[:unsaid]
	}
	for _, line := range t.lines {
		lines = append(lines, strings.Repeat(" ", indent)+line)
	}
	if over := len(lines) - inner.Height; over > 0 && inner.Height > 0 {
		lines = lines[:inner.Height]
	}
	body := pane.Box(f, "A question for you", strings.Join(lines, "\n"))
	if l.notes.h > 0 {
		body += "\n" + m.drawNotes(m.frame(l.notes))
	}
	return body
}

// drawCover draws what comes before the first beat, and after the last.
func (m *Model) drawCover(over bool) string {
	f := m.frame(rect{m.width, m.height - 2})
	notes := rect{}
	if m.notes {
		notes = rect{m.width, min(max(m.height*2/5, 6), f.Height)}
		f.Height -= notes.h
	}
	t := newSheet(pane.Frame{Styles: m.styles, Width: min(max(m.width-8, 1), 90), Height: f.Height})
	sc := m.opts.Scenario
	title, rest := sc.Title, []string{strings.TrimSpace(sc.About)}
	if over {
		title = "That was it"
		rest = []string{counted(len(m.beats), "beat", "beats") + " in " + minutes(m.show.watch.elapsed(m.opts.Now())) + "."}
		if n := m.show.missed; n > 0 {
			rest = append(rest, counted(n, "thing was", "things were")+" not as the scenario expects. Look back: they are marked.")
		}
	}
	big := m.large(pane.Clean(title), t.w)
	for _, line := range big {
		t.add(pane.Fit(m.styles.Accent.Render(line), t.w))
	}
	if big == nil {
		t.say(m.styles.Title, title)
	}
	t.gap()
	for _, line := range rest {
		t.say(m.styles.Text, line)
		t.gap()
	}
	if m.show.broken != nil {
		t.mark("✗", m.styles.Bad, m.styles.Text, "It could not begin: "+pane.Clean(m.show.broken.Error()))
		t.gap()
	}
	if !over {
		plan := counted(len(m.beats), "beat", "beats")
		if sc.Minutes > 0 {
			plan += ", " + counted(sc.Minutes, "minute", "minutes")
		}
		t.say(m.styles.Dim, plan+". All of Plaid is simulated here; nobody in it is real.")
		t.gap()
		if m.opts.Session != "" {
			t.say(m.styles.Dim, "Notes for the presenter: n, or in a second terminal: layersim present --attach")
		}
	} else {
		t.say(m.styles.Dim, "R begins again, ← looks back, q quits.")
	}
	lead := max((f.Height-len(t.lines))/3, 0)
	lines := make([]string, 0, f.Height)
	for range lead {
		lines = append(lines, pane.Fit("", m.width))
	}
	for _, line := range t.lines {
		lines = append(lines, pane.Fit("    "+line, m.width))
	}
	for len(lines) < f.Height {
		lines = append(lines, pane.Fit("", m.width))
	}
	body := strings.Join(lines[:f.Height], "\n")
	if notes.h > 0 {
		body += "\n" + m.drawNotes(m.frame(notes))
	}
	return body
}

// takesHome reports whether a scene has nothing to show but the answer to its
// question: what a room takes home.
func takesHome(sc *scene) bool {
	return sc.stand == shown && sc.looks && len(sc.entries) == 0 && len(sc.failures) == 0 && sc.question.Answer != "" &&
		!slices.ContainsFunc(sc.deeds, func(d scenario.Deed) bool { _, phase := d.(scenario.ExpectPhase); return !phase })
}

// drawTakenHome draws an answer, one sentence a line, as large as all of them can
// be.
func (m *Model) drawTakenHome(sc *scene, head int) string {
	const margin = 3
	l := layOut(m.width, m.height, head, m.notes, plaid)
	f := m.frame(l.columns[plaid])
	var said []string
	for sentence := range strings.SplitAfterSeq(pane.Clean(sc.question.Answer), ". ") {
		if sentence = strings.TrimSuffix(strings.TrimSpace(sentence), "."); sentence != "" {
			said = append(said, sentence)
		}
	}
	t := newSheet(pane.Frame{Styles: m.styles, Width: max(f.Width-2*margin, 1), Height: f.Height})
	large := true
	for _, sentence := range said {
		large = large && len(said)*(glyphRows/2+1) <= f.Height && bigText(sentence, 1, t.w) != nil
	}
	for _, sentence := range said {
		t.gap()
		if !large {
			t.mark("✓", m.styles.Good, m.styles.Strong, sentence)
			continue
		}
		for _, line := range bigText(sentence, 1, t.w) {
			t.add(m.styles.Accent.Render(line))
		}
	}
	lines := slices.Repeat([]string{pane.Fit("", f.Width)}, max((f.Height-len(t.lines))/2, 0))
	for _, line := range t.lines {
		lines = append(lines, pane.Fit(strings.Repeat(" ", margin)+line, f.Width))
	}
	body := pane.Text(f, lines, 0)
	if l.notes.h > 0 {
		body += "\n" + m.drawNotes(m.frame(l.notes))
	}
	return body
}
