package present

import (
	"strconv"
	"strings"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/scenario"
	"layersim/tui/pane"
)

// headline is the one thing that a beat is about: what came, by its name, and
// what it means in a few words.
type headline struct {
	name  string
	kind  pane.Kind
	means string
}

// headline returns what a scene is about: what its scenario expects of it first,
// else what came of it that matters most.
func (m *Model) headline(sc *scene) headline {
	if len(sc.failures) == 0 {
		for _, d := range sc.deeds {
			if h, ok := expected(sc, d); ok {
				return h
			}
		}
	}
	best, most := headline{}, 0
	for _, e := range sc.entries {
		if h, weight := came(e.Event); weight >= most && weight > 0 {
			best, most = h, weight
		}
	}
	if best.name != "" {
		return best
	}
	for _, d := range sc.deeds {
		if h, ok := lookedAt(sc, d); ok {
			return h
		}
	}
	return headline{}
}

// expected is the headline of a step that expects something to have come.
func expected(sc *scene, d scenario.Deed) (headline, bool) {
	fits := func(flow.Event) bool { return false }
	switch d := d.(type) {
	case scenario.ExpectEvent:
		if d.Missing {
			return headline{}, false
		}
		fits = func(e flow.Event) bool { return isCallback(e, d) }
	case scenario.ExpectWebhook:
		if d.Missing {
			return headline{}, false
		}
		fits = func(e flow.Event) bool {
			w, ok := e.(flow.WebhookReceived)
			return ok && (d.Code == "" || w.Code == d.Code)
		}
	case scenario.ExpectError:
		fits = func(e flow.Event) bool {
			f := failureOf(e)
			return !f.IsZero() && (d.Code == "" || f.Code == d.Code)
		}
	case scenario.ExpectAnswer:
		for i := len(sc.record) - 1; i >= 0; i-- {
			if x, ok := sc.record[i].Event.(flow.ExchangeRecorded); ok && strings.HasSuffix(x.Exchange.URL, d.On) {
				return ofExchange(x.Exchange), true
			}
		}
	}
	for i := len(sc.record) - 1; i >= 0; i-- {
		if e := sc.record[i].Event; fits(e) {
			h, weight := came(e)
			return h, weight > 0
		}
	}
	return headline{}, false
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

func failureOf(e flow.Event) flow.Failure {
	switch e := e.(type) {
	case flow.CallFailed:
		return e.Failure
	case flow.OnExit:
		return e.Failure
	}
	return flow.Failure{}
}

// came is the headline of an event, and how much it matters: 0 is not at all.
func came(e flow.Event) (h headline, weight int) {
	switch e := e.(type) {
	case flow.SessionTokenCreated:
		return headline{"link_token", pane.Good, "The key to one session of Link."}, 50
	case flow.OnLoad:
		return headline{"onLoad", pane.Good, "Link has loaded, unseen. Now submit() is safe."}, 60
	case flow.OnEvent:
		return ofEvent(e)
	case flow.OnSuccess:
		return headline{"onSuccess", pane.Good, "The app holds a public_token. What was shared, its server asks for."}, 100
	case flow.OnExit:
		if e.Failure.IsZero() {
			return headline{"onExit", pane.Warn, "The user left Link. Nothing was shared."}, 100
		}
		return headline{pane.Clean(e.Failure.Code), pane.Bad, "With onExit: " + pane.Clean(e.Failure.Message)}, 100
	case flow.CallFailed:
		return headline{pane.Clean(e.Failure.Code), pane.Bad, pane.Clean(e.Failure.Message)}, 95
	case flow.UserAccountFetched:
		return headline{"identity", pane.Good, "What the user shared, for the server only."}, 70
	case flow.WebhookReceived:
		h := headline{pane.Clean(e.Code), pane.Good, "A webhook: signed by Plaid, and checked."}
		if !e.Verified {
			h.kind, h.means = pane.Bad, "A webhook that nobody should believe: "+pane.Clean(e.Reason)
		} else if words := webhookWords(e); words != "" {
			h.means = words
		}
		return h, 55
	case flow.PaneShown:
		return headline{pane.Clean(e.Pane.View), pane.Info, "Link shows: " + pane.Clean(e.Pane.Title) + "."}, 20
	case flow.TimerFired:
		if e.Timer.Kind == flow.TimerEligibility {
			return headline{"no event", pane.Warn, "Nothing has come since submit()."}, 65
		}
	}
	return headline{}, 0
}

// ofEvent is the headline of an event of Link (Plaid docs: Link Web, onEvent).
func ofEvent(e flow.OnEvent) (headline, int) {
	name := pane.Clean(e.Name)
	switch e.Name {
	case flow.EventLayerReady:
		return headline{name, pane.Good, "Plaid holds what the template requires. The app may call open()."}, 90
	case flow.EventLayerNotAvailable:
		return headline{name, pane.Warn, "The phone number is not enough. A date of birth may help."}, 90
	case flow.EventLayerAutofillUnavailable:
		return headline{name, pane.Warn, "The date of birth did not help. The app goes on without Layer."}, 90
	case flow.EventOpen:
		return headline{name, pane.Good, "Link is on the screen."}, 40
	case flow.EventError:
		return headline{or(pane.Clean(e.Metadata.ErrorCode), name), pane.Bad, pane.Clean(e.Metadata.ErrorMessage)}, 45
	case flow.EventHandoff:
		return headline{name, pane.Info, "Link hands over to the app."}, 25
	case flow.EventTransitionView:
		return headline{or(pane.Clean(e.Metadata.ViewName), name), pane.Info, "Link shows another pane."}, 10
	}
	return headline{name, pane.Info, "To be known, not to be acted on."}, 10
}

func ofExchange(x flow.Exchange) headline {
	path := x.URL
	if i := strings.Index(path, "//"); i >= 0 {
		path = path[i+2:]
		if i = strings.IndexByte(path, '/'); i >= 0 {
			path = path[i:]
		}
	}
	h := headline{strconv.Itoa(x.Status), pane.Good, "Plaid's answer to " + pane.Clean(path) + "."}
	if x.Status/100 != 2 {
		h.kind, h.name = pane.Bad, strings.TrimSpace(h.name+" "+pane.Clean(x.ErrorCode))
	}
	return h
}

// webhookWords says what a genuine webhook means (Plaid docs: Layer webhooks).
func webhookWords(e flow.WebhookReceived) string {
	switch e.Code {
	case flow.WebhookLayerAuthenticationPassed:
		return "The phone is proven, and the server knows it from Plaid itself."
	case flow.WebhookSessionFinished:
		return "The session is over: " + pane.Clean(e.Status) + "."
	}
	return ""
}

// lookedAt is the headline of a step that looks at what is there already.
func lookedAt(sc *scene, d scenario.Deed) (headline, bool) {
	switch d := d.(type) {
	case scenario.ExpectResult:
		return headline{"identity", pane.Good, "What the user agreed to share."}, true
	case scenario.ExpectEdits:
		return headline{"edit history", pane.Info, "How often each field was changed, now and before."}, true
	case scenario.ExpectFindings:
		if len(d.Rules) == 0 {
			return headline{"no mistakes", pane.Good, "The linter finds nothing in this walk."}, true
		}
		return headline{counted(len(d.Rules), "mistake", "mistakes"), pane.Bad, "What the linter finds: " + pane.Clean(strings.Join(d.Rules, ", ")) + "."}, true
	case scenario.ExpectPhase:
		return headline{strings.ReplaceAll(string(sc.state.Phase), "-", " "), pane.Info, ""}, true
	case scenario.ExpectOutcome:
		return headline{"a mistake", pane.Bad, pane.Clean(sc.state.Mistake.Outcome)}, true
	}
	return headline{}, false
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// failureWords says what is not as the scenario expects.
func failureWords(f scenario.Failure) string {
	return "The scenario expects " + f.Expected + ". What came: " + or(f.Got, "nothing") + "."
}

// last returns the newest entry for which ok holds.
func last(entries []journal.Entry, ok func(flow.Event) bool) (flow.Event, bool) {
	for i := len(entries) - 1; i >= 0; i-- {
		if ok(entries[i].Event) {
			return entries[i].Event, true
		}
	}
	return nil, false
}
