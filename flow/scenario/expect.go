package scenario

import (
	"fmt"
	"slices"
	"strings"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/lint"
)

// Failure is a step that is not as the scenario expects.
type Failure struct {
	Step          Step
	Expected, Got string // in a few words, without private values
	// Why the walk stands where it does, where something did not come: what the
	// last thing means that did; "" where Got says it.
	Why string
	// Around are entries of the journal before and after the failure.
	Around []journal.Entry
}

// How many entries of the journal surround a failure.
const (
	shownBefore = 8
	shownAfter  = 4
)

// around are the entries around a place in the journal.
func (p *Player) around(at int) []journal.Entry {
	all := p.journal.Entries()
	from := max(0, at-shownBefore)
	return all[from:min(len(all), max(at+shownAfter, from))]
}

// why says what the newest thing means that came of Link, of a call or of what
// somebody did, and what the simulated Plaid adds to it.
func (p *Player) why(d Deed) string {
	switch d.(type) {
	case ExpectEvent, ExpectEvents, ExpectPhase, ExpectPane:
	default:
		return ""
	}
	all := p.journal.Entries()
	for i := len(all) - 1; i >= 0; i-- {
		switch e := all[i].Event.(type) {
		case flow.ExchangeRecorded, flow.HandlerSubmitted, flow.HandlerOpened, flow.HandlerExited, flow.LinkDriven, flow.WebhookReceived: // they say only that something returned, or nothing of Link
		case flow.OnEvent:
			if e.Metadata.Verdict != "" {
				return all[i].Why + " Simulated Plaid: " + e.Metadata.Verdict
			}
			return all[i].Why
		default:
			return all[i].Why
		}
	}
	return ""
}

// looked is how far expectations have looked.
type looked struct {
	event      int // Seq of the callback that was expected last
	events     int // length of the journal when events were listed last
	webhook    int // Seq of the webhook that was expected last
	trouble    int // Seq of the error that was expected last
	unrecorded error
}

func isExpectation(d Deed) bool {
	switch d.(type) {
	case ExpectEvent, ExpectEvents, ExpectPhase, ExpectRefused, ExpectResult, ExpectEdits, ExpectError, ExpectAnswer,
		ExpectWebhook, ExpectFindings, ExpectOutcome, ExpectPane:
		return true
	}
	return false
}

// expect checks what a step expects, nil if it is so.
func (p *Player) expect(step Step) *Failure {
	switch d := step.Do.(type) {
	case ExpectEvent:
		return p.expectEvent(d)
	case ExpectEvents:
		return p.expectEvents(d)
	case ExpectPhase:
		if p.state.Phase != d.Phase {
			return &Failure{Expected: "phase " + string(d.Phase), Got: "phase " + string(p.state.Phase) + because(p.state.EndReason)}
		}
	case ExpectRefused:
		return p.expectRefused(d)
	case ExpectResult:
		return p.expectResult(d)
	case ExpectEdits:
		return p.expectEdits(d)
	case ExpectError:
		return p.expectError(d)
	case ExpectAnswer:
		return p.expectAnswer(d)
	case ExpectWebhook:
		return p.expectWebhook(d)
	case ExpectFindings:
		return p.expectFindings(d)
	case ExpectOutcome:
		if got := p.state.Mistake.Outcome; !holds(got, d.Says) {
			return &Failure{Expected: fmt.Sprintf("the mistake came to %q", d.Says), Got: orNothing(got, "nothing has come of a mistake")}
		}
	case ExpectPane:
		return p.expectPane(d)
	}
	return nil
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

func orNothing(s, nothing string) string {
	if s == "" {
		return nothing
	}
	return s
}

// holds reports whether a text has a part, whatever the case of its letters.
func holds(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

func (p *Player) expectRefused(d ExpectRefused) *Failure {
	expected := "the step before is refused"
	if d.Why != "" {
		expected += fmt.Sprintf(", because of %q", d.Why)
	}
	switch {
	case p.refused == "":
		return &Failure{Expected: expected, Got: "it was done"}
	case !holds(p.refused, d.Why):
		return &Failure{Expected: expected, Got: "it was refused: " + p.refused}
	}
	return nil
}

func (p *Player) expectPane(d ExpectPane) *Failure {
	expected := "Link shows " + orNothing(d.View, "a pane")
	if d.Notice != "" {
		expected += fmt.Sprintf(" and says %q", d.Notice)
	}
	pane, shown := p.pane()
	if !shown {
		return &Failure{Expected: expected, Got: "Link shows no pane; the walk stands at " + string(p.state.Phase) + because(p.state.EndReason)}
	}
	said := strings.TrimSpace(pane.Notice + " " + fieldNotices(pane))
	if d.View != "" && d.View != pane.View || !holds(said, d.Notice) {
		got := "it shows " + pane.View
		if said != "" {
			got += fmt.Sprintf(" and says %q", said)
		} else if d.Notice != "" {
			got += " and says nothing went wrong"
		}
		return &Failure{Expected: expected, Got: got}
	}
	return nil
}

// expectFindings lets the linter read the walk. What has not followed by the end
// of a scenario is taken not to follow.
func (p *Player) expectFindings(d ExpectFindings) *Failure {
	reader, linter := lint.NewWalk(p.journal.StateAt(-1)), lint.New(lint.InWalk)
	for _, e := range p.journal.Entries() {
		for _, o := range reader.Read(e) {
			linter.Add(o)
		}
	}
	linter.Until(p.world.Now())
	if !slices.ContainsFunc(p.steps[p.next:], func(s Step) bool { return !isExpectation(s.Do) }) {
		linter.Finish()
	}
	var got []string
	said := map[string]string{}
	for _, f := range linter.Findings() {
		got = append(got, f.Rule)
		said[f.Rule] = f.What
	}
	want := sortedSet(d.Rules)
	if got = sortedSet(got); slices.Equal(got, want) {
		return nil
	}
	f := &Failure{Expected: "the linter finds " + orNothing(strings.Join(want, ", "), "nothing"), Got: orNothing(strings.Join(got, ", "), "nothing")}
	for _, rule := range got {
		if !slices.Contains(want, rule) {
			f.Got += "; " + rule + ": " + said[rule]
		}
	}
	return f
}

func sortedSet(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// attempt is the first entry of this attempt: what came before belongs to one
// that was left.
func (p *Player) attempt() int {
	all := p.journal.Entries()
	for i := len(all) - 1; i >= 0; i-- {
		if _, over := all[i].Event.(flow.StartOverRequested); over && all[i].Verdict != flow.Refused {
			return all[i].Seq
		}
	}
	return 0
}
