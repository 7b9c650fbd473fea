package tui

import (
	"strings"

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
	return pane.ErrorText{Name: t.Name(), Means: t.Means, Cause: t.Cause, Remedy: t.RemedyWith(m.opts.Elsewhere), Retry: t.Retry.Sentence(), URL: t.URL}
}

// explain gives a failure its hint, before anybody hears of it.
func (m *Model) explain(e flow.Event) flow.Event { return fixtures.Explain(e, m.opts.Elsewhere) }

// tryAgain says what trying the failed call again is called, and whether it is
// the next sensible move: not when only a new token helps, or a new start of
// layersim.
func (m *Model) tryAgain(f flow.Failure) (does string, sensible bool) {
	t, ok := fixtures.Meaning(f)
	switch {
	case m.needsOtherKeys():
		return "try again with the same keys", false
	case !ok || f.Retryable || t.Retry == fixtures.RetryAfterWait:
		return "try again", true
	case t.Retry == fixtures.RetryWithToken:
		return "try again with the same token", false
	default:
		return "try again once it is changed", true
	}
}

// needsOtherKeys reports whether nothing has begun because Plaid does not take
// the keys of this live walk. They are read when layersim starts.
func (m *Model) needsOtherKeys() bool {
	_, asked := m.state.FailedCall.(flow.CreateSessionToken)
	return m.opts.Live && m.state.Phase == flow.PhaseFailed && asked &&
		(m.state.Failure.Code == "INVALID_API_KEYS" || m.state.Failure.Code == "UNAUTHORIZED_ENVIRONMENT")
}

// canTell reports whether there is a failure that support could be told of.
func canTell(m *Model) bool {
	return m.focus == paneStage && m.shown(paneStage) && m.overlay == onScreen && !m.state.Failure.IsZero() &&
		(m.state.Phase == flow.PhaseFailed || m.state.Phase == flow.PhaseExited)
}

// tell returns the failure as text: what Plaid's support asks for.
func (m *Model) tell() (what, text string) {
	f := m.state.Failure
	lines := []string{pane.StageFor(m.state, m.now()).Title, f.Error()}
	if f.RequestID != "" {
		lines = append(lines, "request_id "+f.RequestID)
	}
	for _, fact := range pane.FailureFacts(f) {
		lines = append(lines, fact.Label+" "+fact.Value)
	}
	for i := m.journal.Len() - 1; i >= 0; i-- {
		if e := m.journal.At(i); failureOf(e.Event) == f {
			lines = append(lines, "at "+e.At.UTC().Format("2006-01-02T15:04:05Z07:00"))
			break
		}
	}
	return "the failure, as Plaid's support asks for it", strings.Join(lines, "\n")
}

// failureOf returns what an event reports as failed.
func failureOf(e flow.Event) flow.Failure {
	switch e := e.(type) {
	case flow.CallFailed:
		return e.Failure
	case flow.OnExit:
		return e.Failure
	}
	return flow.Failure{}
}
