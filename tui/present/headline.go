package present

import (
	"slices"
	"strconv"
	"strings"

	"layersim/flow"
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
	h := m.plainHeadline(sc)
	switch h.name {
	case flow.EventLayerNotAvailable:
		if sc.state.Phase == flow.PhaseDateOfBirth && isUS(sc.state.Phone) && !m.asksNext(sc) {
			h.means += " A date of birth may help."
		}
	case flow.EventLayerReady:
		if byBirth(sc) {
			h.means = "The date of birth did it. The app may call open(), as after a phone number alone."
		}
	}
	return h
}

// asksNext reports whether the beat after a scene begins with a question, whose
// answer must not be given away.
func (m *Model) asksNext(sc *scene) bool {
	next := sc.beat + 1
	return next < len(m.beats) && m.beats[next].steps[0].Ask.Question != ""
}

// byBirth reports whether the user's date of birth was submitted in a scene.
func byBirth(sc *scene) bool {
	return slices.ContainsFunc(sc.deeds, func(d scenario.Deed) bool { _, yes := d.(scenario.SubmitDateOfBirth); return yes })
}

// isUS reports whether a number is one for which a date of birth can help: Layer
// is for +1 numbers only (Plaid docs: Layer).
func isUS(n flow.PhoneNumber) bool { return strings.HasPrefix(n.Reveal(), "+1") }

func (m *Model) plainHeadline(sc *scene) headline {
	if h, wrong := wrongCode(sc); wrong {
		return h
	}
	if len(sc.failures) == 0 {
		for _, d := range sc.deeds {
			if h, ok := expected(sc, d); ok {
				return h
			}
			if p, ok := d.(scenario.ExpectPane); ok && p.View != "" && sc.state.Phase == flow.PhaseLink && sc.state.Link.Pane.View == p.View {
				return headline{pane.Clean(p.View), pane.Info, "Link shows: " + pane.Clean(sc.state.Link.Pane.Title) + "."}
			}
		}
	}
	best, most := headline{}, 0
	for _, e := range sc.entries {
		if _, timer := e.Event.(flow.TimerFired); timer && e.Verdict == flow.Refused {
			continue // it was for something that is over
		}
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

// wrongCode is the headline of a code that was not right, after which Link lets
// the user try again. The app hears of it when Link tells its events.
func wrongCode(sc *scene) (headline, bool) {
	p := sc.state.Link.Pane
	if len(sc.deeds) == 0 || sc.state.Phase != flow.PhaseLink || p.Notice == "" || p.View != flow.ViewVerifyPhone {
		return headline{}, false
	}
	for _, d := range sc.deeds {
		if _, typed := d.(scenario.EnterCode); typed {
			tries := counted(p.AttemptsLeft, "try is left.", "tries are left.")
			return headline{"INVALID_OTP", pane.Bad, "An ERROR event, which Link may keep for the end. " + tries}, true
		}
	}
	return headline{}, false
}

// expected is the headline of a step that expects something to have come.
func expected(sc *scene, d scenario.Deed) (headline, bool) {
	fits := sought(d)
	if fits == nil {
		return headline{}, false
	}
	for i := len(sc.record) - 1; i >= 0; i-- {
		e := sc.record[i].Event
		if !fits(e) {
			continue
		}
		if x, ok := e.(flow.ExchangeRecorded); ok {
			return ofExchange(x.Exchange), true
		}
		h, weight := came(e)
		if _, code := d.(scenario.ExpectError); code {
			f := failureOf(e)
			h.name, h.means = pane.Clean(f.Code), pane.Clean(f.Message)
		}
		return h, weight > 0
	}
	return headline{}, false
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
		return headline{"onExit", pane.Bad, pane.Clean(e.Failure.Code + ": " + e.Failure.Message)}, 100
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
		if e.Pane.Notice != "" {
			return headline{pane.Clean(e.Pane.View), pane.Bad, "Link says: " + pane.Clean(e.Pane.Notice)}, 20
		}
		return headline{pane.Clean(e.Pane.View), pane.Info, "Link shows: " + pane.Clean(e.Pane.Title) + "."}, 20
	case flow.TimerFired:
		if e.Timer.Kind == flow.TimerLinkToken {
			return headline{"link_token expired", pane.Bad, "It was good for four hours. The app needs a new one, and begins anew."}, 65
		}
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
		return headline{name, pane.Warn, "With this phone number, Plaid does not hold all that is required."}, 90
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
	h := headline{strconv.Itoa(x.Status), pane.Good, "Plaid's answer to " + pathOf(x.URL) + "."}
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
	expected, got := strings.TrimRight(f.Expected, ". "), strings.TrimRight(strings.TrimPrefix(f.Got, "there came: "), ". ")
	switch {
	case got == "":
		return "That was not the plan. The scenario expects " + expected + ", and nothing came."
	case strings.HasPrefix(got, "there came"):
		return "That was not the plan. The scenario expects " + expected + ". Instead " + got + "."
	}
	return "That was not the plan. The scenario expects " + expected + ". Instead: " + got + "."
}
