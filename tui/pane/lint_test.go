package pane_test

import (
	"strings"
	"testing"

	"layersim/tui/pane"
)

func lintRow(i int) pane.LintRow {
	switch {
	case i == 0:
		return pane.LintRow{Mark: pane.MarkBad, Rule: "both-fields", Text: "submit({ phone_number: +1••••••••11, date_of_birth }) was called with both at once.", When: "12:00:07"}
	case i < 10:
		return pane.LintRow{Mark: pane.MarkGood, Rule: "open-before-ready", Text: "open() waits for LAYER_READY"}
	}
	return pane.LintRow{Mark: pane.MarkNone, Rule: "autofill-needs-accounts", Text: "Extended Autofill has a template that does not require accounts"}
}

func lintText() pane.LintText {
	return pane.LintText{
		Mark: pane.MarkBad, Rule: "both-fields", Title: "One field in each submit()", Stands: "A mistake of this walk, at 12:00:07.",
		What:   "submit({ phone_number: +1••••••••11, date_of_birth }) was called with both at once.",
		Why:    "submit() takes one field at a time.",
		Fix:    "submit({ phone_number }) first; after LAYER_NOT_AVAILABLE, submit({ date_of_birth }).",
		Source: "Plaid docs: Layer, Extended Autofill", Keys: "Space looks at entry 7 in the log.",
	}
}

func TestLintNewsIsOneLine(t *testing.T) {
	for _, w := range []int{1, 5, 20, 60, 200} {
		for _, text := range append(hostile, "what happened") {
			f := frame(w, 9)
			requireSize(t, "news", pane.LintNews(f, pane.MarkWarn, text+"rule", text), w, 1)
		}
	}
	if got := plainText(pane.LintNews(frame(60, 9), pane.MarkBad, "open-twice", "open() was called twice")); !strings.Contains(got, "✗ open-twice  open() was called twice") || !strings.Contains(got, "Lint tab") {
		t.Errorf("%q", got)
	}
}
