package present

import (
	"slices"
	"strings"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/scenario"
)

// lookedFor are the entries of the record that steps look at which make none of
// their own: for each the newest that fits, in their order, and without what is
// not looked at.
func lookedFor(deeds []scenario.Deed, record []journal.Entry) []journal.Entry {
	wanted := map[int]journal.Entry{}
	newest := func(fits func(journal.Entry) bool, of func(journal.Entry) journal.Entry) {
		for i := len(record) - 1; i >= 0; i-- {
			if fits(record[i]) {
				wanted[i] = of(record[i])
				return
			}
		}
	}
	came := func(e journal.Entry) journal.Entry { e.Effects = nil; return e }
	for _, d := range deeds {
		switch d := d.(type) {
		case scenario.ExpectAnswer:
			newest(func(e journal.Entry) bool { return call(e, d.On) != nil }, func(e journal.Entry) journal.Entry {
				return journal.Entry{Effects: []flow.Effect{call(e, d.On)}}
			})
			newest(func(e journal.Entry) bool { return answers(e.Event, d.On) }, came)
		default:
			if fits := sought(d); fits != nil {
				newest(func(e journal.Entry) bool { return fits(e.Event) }, came)
			}
		}
	}
	var found []journal.Entry
	for i := range record {
		if e, ok := wanted[i]; ok {
			found = append(found, e)
		}
	}
	return found
}

// heldBack is what a scene made, without what the beats right after it only look
// at: each beat reveals its own. later reports that the session's answer is among
// what is held back.
func (m *Model) heldBack(sc *scene) (shown []journal.Entry, later bool) {
	shown = slices.Clone(sc.entries)
	for _, b := range m.beats[sc.beat+1:] {
		if slices.ContainsFunc(b.steps, func(s scenario.Step) bool { return titleOf(s.Do) != "" }) {
			return shown, later
		}
		for _, step := range b.steps {
			var about func(flow.Event) bool
			var path string
			switch d := step.Do.(type) {
			case scenario.ExpectWebhook:
				about = sought(d)
			case scenario.ExpectAnswer:
				path = d.On
				about = func(e flow.Event) bool { return answers(e, path) }
			}
			if about == nil {
				continue
			}
			for i := len(shown) - 1; i >= 0; i-- {
				shown[i].Effects = slices.DeleteFunc(slices.Clone(shown[i].Effects), func(e flow.Effect) bool {
					return call(journal.Entry{Effects: []flow.Effect{e}}, path) != nil
				})
				if about(shown[i].Event) {
					later = later || path == pathSession
					shown = slices.Delete(shown, i, i+1)
				}
			}
		}
	}
	return shown, later
}

// sought tells the events that a step expects to have come, nil if it expects
// none.
func sought(d scenario.Deed) func(flow.Event) bool {
	switch d := d.(type) {
	case scenario.ExpectEvent:
		if !d.Missing {
			return func(e flow.Event) bool { return isCallback(e, d) }
		}
	case scenario.ExpectWebhook:
		if !d.Missing {
			return func(e flow.Event) bool {
				w, ok := e.(flow.WebhookReceived)
				return ok && (d.Code == "" || w.Code == d.Code)
			}
		}
	case scenario.ExpectError:
		return func(e flow.Event) bool {
			f := failureOf(e)
			return !f.IsZero() && (d.Code == "" || f.Code == d.Code)
		}
	case scenario.ExpectAnswer:
		return func(e flow.Event) bool {
			return answers(e, d.On)
		}
	}
	return nil
}

func isCallback(e flow.Event, d scenario.ExpectEvent) bool {
	switch e := e.(type) {
	case flow.OnEvent:
		return e.Name == d.Name && (d.View == "" || e.Metadata.ViewName == d.View) && (d.ErrorCode == "" || e.Metadata.ErrorCode == d.ErrorCode)
	case flow.OnLoad:
		return d.Name == "onLoad"
	case flow.OnSuccess:
		return d.Name == "onSuccess"
	case flow.OnExit:
		return d.Name == "onExit"
	}
	return false
}

// The calls that the walk itself makes.
const (
	pathToken   = "/session/token/create"
	pathSession = "/user_account/session/get"
)

// call returns the walk's own call of a path among what an entry led to, nil for
// none.
func call(e journal.Entry, path string) flow.Effect {
	for _, effect := range e.Effects {
		switch effect.(type) {
		case flow.CreateSessionToken:
			if path == pathToken {
				return effect
			}
		case flow.GetUserAccountSession:
			if path == pathSession {
				return effect
			}
		}
	}
	return nil
}

// answers reports whether an event is what came of a call.
func answers(e flow.Event, path string) bool {
	switch e := e.(type) {
	case flow.SessionTokenCreated:
		return path == pathToken
	case flow.UserAccountFetched:
		return path == pathSession
	case flow.ExchangeRecorded:
		return path != pathToken && path != pathSession && strings.HasSuffix(e.Exchange.URL, path)
	}
	return false
}

func failureOf(e flow.Event) flow.Failure {
	switch e := e.(type) {
	case flow.CallFailed:
		return e.Failure
	case flow.OnExit:
		return e.Failure
	}
	return flow.Failure{}
}
