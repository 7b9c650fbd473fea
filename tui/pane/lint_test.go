package pane_test

import (
	"strings"
	"testing"

	"layersim/tui/pane"
)

func lintRow(i int) pane.LintRow {
	switch {
	case i == 0:
		return pane.LintRow{Mark: pane.MarkBad, Rule: "both-fields", Text: "Two fields in one submit()", When: "12:00:07"}
	case i < 10:
		return pane.LintRow{Mark: pane.MarkGood, Rule: "open-before-ready", Text: "open() waits for LAYER_READY"}
	}
	return pane.LintRow{Mark: pane.MarkNone, Rule: "autofill-needs-accounts", Text: "Extended Autofill has a template that does not require accounts"}
}

func lintText() pane.LintText {
	return pane.LintText{
		Mark: pane.MarkBad, Rule: "both-fields", Title: "Two fields in one submit()", Stands: "A mistake of this walk, at 12:00:07.",
		What:   "submit({ phone_number: +1••••••••11, date_of_birth }) was called with both at once.",
		Why:    "submit() takes one field at a time.",
		Fix:    "submit({ phone_number }) first; after LAYER_NOT_AVAILABLE, submit({ date_of_birth }).",
		Source: "Plaid docs: Layer, Extended Autofill", Keys: "Space looks at entry 7 in the log.",
	}
}

func TestLintNews(t *testing.T) {
	for _, w := range []int{1, 5, 20, 60, 200} {
		for _, text := range append(hostile, "what happened") {
			for h := 1; h <= 3; h++ {
				lines := pane.LintNews(frame(w, 9), pane.MarkWarn, text+"rule", text, "6 Lint", h)
				if len(lines) == 0 || len(lines) > h {
					t.Fatalf("%d lines, want 1 to %d", len(lines), h)
				}
				requireSize(t, "news", strings.Join(lines, "\n"), w, len(lines))
			}
		}
	}
	news := func(what string) string {
		return plainText(strings.Join(pane.LintNews(frame(60, 9), pane.MarkBad, "open-twice", what, "6 Lint", 3), "\n"))
	}
	if got := news("open() was called twice"); !strings.Contains(got, "✗ open-twice  open() was called twice") || !strings.Contains(got, "6 Lint") {
		t.Errorf("%q", got)
	}
	if got := news("open() was called twice, and this is said to the end, on as many lines as it takes"); !strings.Contains(got, "it takes") || !strings.Contains(got, "6 Lint") {
		t.Errorf("%q", got)
	}
}
