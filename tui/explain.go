package tui

import (
	"layersim/fixtures"
	"layersim/flow"
	"layersim/tui/pane"
)

// What went wrong, in words: one source for the Wire tab, the stage and the log.

// explained returns what is to be known about a call that did not go well.
func (m *Model) explained(x flow.Exchange) pane.ErrorText {
	t, failed := fixtures.ErrorOf(x)
	if !failed {
		return pane.ErrorText{}
	}
	return pane.ErrorText{Name: t.Name(), Means: t.Means, Cause: t.Cause, Remedy: t.Remedy, Retry: t.Retry.Sentence(), URL: t.URL}
}

// explain gives an error of Plaid's its hint, before anybody hears of it. What
// goes wrong on the way comes with one.
func explain(e flow.Event) flow.Event {
	switch event := e.(type) {
	case flow.CallFailed:
		event.Failure = withHint(event.Failure)
		return event
	case flow.OnExit:
		event.Failure = withHint(event.Failure)
		return event
	}
	return e
}

func withHint(f flow.Failure) flow.Failure {
	if f.Type != "" && f.Code != "" && f.Hint == "" {
		t := fixtures.ErrorFor(f.Type, f.Code)
		f.Hint = t.Means + " " + t.Remedy
	}
	return f
}
