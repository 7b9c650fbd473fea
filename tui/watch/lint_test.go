package watch

import (
	"strings"
	"testing"
	"time"

	"layersim/flow/lint"
)

// mistake tells of a mistake that an entry is to blame for.
func (t *teller) mistake(thread int, session string, seq uint64) *teller {
	rule, _ := lint.ByID("both-fields")
	t.batch.Findings = append(t.batch.Findings, lint.Finding{
		Rule: rule.ID, Title: t.text(rule.Fault), Severity: rule.Severity, Seq: seq, Known: seq, At: noon.Add(7 * time.Second), Token: thread, Handler: session,
		What: t.text("submit({ phone_number: +1••••••••11, date_of_birth }) was called with both at once."), Why: rule.Why, Fix: rule.Fix, Source: rule.Source,
	})
	for i, r := range lint.Rules() {
		check := lint.Check{Rule: &r}
		switch {
		case r.ID == rule.ID:
			check.Standing = lint.Broken
		case i%3 == 0:
			check.Standing = lint.Kept
		}
		t.batch.Checks = append(t.batch.Checks, check)
	}
	return t
}

func TestAMistakeIsSeenEverywhere(t *testing.T) {
	m := fresh(160, 40).with(newTeller().sessions().mistake(1, whole, 3)).lookAt(t, whole, "1")
	for _, want := range []string{"✗1 identity fetched", "✗ both-fields"} {
		if !strings.Contains(m.text(), want) {
			t.Errorf("the screen does not show %q:\n%s", want, m.text())
		}
	}
	m = m.press("6")
	for _, want := range []string{"Two fields in one submit()", "What happened here", "1 mistake in this lane", "rules kept by this app", "✓ old-token-call"} {
		if !strings.Contains(m.text(), want) {
			t.Errorf("the Lint tab does not show %q:\n%s", want, m.text())
		}
	}
	if got := m.press("enter").text(); !strings.Contains(got, "Whole entry: submit") {
		t.Errorf("Enter shows\n%s", got)
	}
	if got := m.press("down").text(); !strings.Contains(got, "Kept by this app") {
		t.Errorf("the row below is\n%s", got)
	}
	if got := m.press("end").text(); !strings.Contains(got, "Broken in another session") {
		t.Errorf("the last row is\n%s", got)
	}
	// Another lane has none, and says how the app has kept the rules.
	if got := fresh(160, 40).with(newTeller().sessions().mistake(1, whole, 3)).lookAt(t, "s-review", "6").text(); !strings.Contains(got, "0 mistakes in this lane") {
		t.Error(got)
	}
	told := newTeller().sessions().mistake(1, whole, 3)
	told.batch.LetGo = 3
	if got := fresh(160, 40).with(told).lookAt(t, whole, "6").text(); !strings.Contains(got, "3 old sessions left out") {
		t.Error(got)
	}
	if got := fresh(160, 40).with(newTeller().sessions()).lookAt(t, whole, "6").text(); !strings.Contains(got, "Nothing has happened yet that a rule is about") {
		t.Error(got)
	}
}

func TestMistakesOfALaneThatIsGone(t *testing.T) {
	tell := newTeller().mistake(9, "s-unheard-of", 1).mistake(0, "", 2).mistake(7, "", 3)
	if got := fresh(120, 36).with(tell).text(); strings.Contains(got, "both-fields") {
		t.Error(got)
	}
}
