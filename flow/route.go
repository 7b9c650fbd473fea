package flow

import "slices"

// Route is a way from one phase to another and what leads there.
type Route struct {
	From, To Phase
	By       string
	Mistake  bool // only a mistake made on purpose, or what follows one, leads there
}

// Routes lists every way there is from one phase to another within an attempt,
// in the order of a walk, those of mistakes last. Starting over leads from anywhere to the token, and
// is not listed. A test holds it against Step: no way is missing, none is
// impossible.
func Routes() []Route {
	const (
		fails   = "a call fails"
		expires = "the link_token expires"
		again   = "try again"
		left    = "onExit"
		early   = "open() before " + EventLayerReady
		late    = "an event comes although the call failed"
	)
	return []Route{
		{From: PhaseToken, To: PhaseHandler, By: "link_token"},
		{From: PhaseToken, To: PhaseFailed, By: fails},
		{From: PhaseHandler, To: PhasePhone, By: "onLoad"},
		{From: PhaseHandler, To: PhaseExited, By: left},
		{From: PhaseHandler, To: PhaseFailed, By: fails},
		{From: PhasePhone, To: PhaseEligibility, By: "submit(phone_number)"},
		{From: PhasePhone, To: PhaseExited, By: left},
		{From: PhasePhone, To: PhaseFailed, By: expires},
		{From: PhaseEligibility, To: PhaseReady, By: EventLayerReady},
		{From: PhaseEligibility, To: PhaseDateOfBirth, By: EventLayerNotAvailable},
		{From: PhaseEligibility, To: PhaseFallback, By: EventLayerNotAvailable + " and an old SDK, or silence"},
		{From: PhaseEligibility, To: PhaseExited, By: left},
		{From: PhaseEligibility, To: PhaseFailed, By: fails},
		{From: PhaseDateOfBirth, To: PhaseAutofill, By: "submit(date_of_birth)"},
		{From: PhaseDateOfBirth, To: PhaseFallback, By: "no date of birth"},
		{From: PhaseDateOfBirth, To: PhaseExited, By: left},
		{From: PhaseDateOfBirth, To: PhaseFailed, By: expires},
		{From: PhaseAutofill, To: PhaseReady, By: EventLayerReady},
		{From: PhaseAutofill, To: PhaseFallback, By: EventLayerAutofillUnavailable + ", or silence"},
		{From: PhaseAutofill, To: PhaseExited, By: left},
		{From: PhaseAutofill, To: PhaseFailed, By: fails},
		{From: PhaseReady, To: PhaseLink, By: "open()"},
		{From: PhaseReady, To: PhaseExited, By: left},
		{From: PhaseReady, To: PhaseFailed, By: expires},
		{From: PhaseLink, To: PhaseSession, By: "onSuccess"},
		{From: PhaseLink, To: PhaseExited, By: left},
		{From: PhaseLink, To: PhaseFailed, By: fails},
		{From: PhaseSession, To: PhaseOnboarded, By: "/user_account/session/get"},
		{From: PhaseSession, To: PhaseFailed, By: fails},
		{From: PhaseFailed, To: PhaseToken, By: again},
		{From: PhaseFailed, To: PhaseHandler, By: again},
		{From: PhaseFailed, To: PhaseEligibility, By: again},
		{From: PhaseFailed, To: PhaseAutofill, By: again},
		{From: PhaseFailed, To: PhaseLink, By: again},
		{From: PhaseFailed, To: PhaseSession, By: again},
		{From: PhaseFailed, To: PhasePhone, By: late},
		{From: PhaseFailed, To: PhaseReady, By: late},
		{From: PhaseFailed, To: PhaseDateOfBirth, By: late},
		{From: PhaseFailed, To: PhaseFallback, By: late},
		{From: PhaseFailed, To: PhaseExited, By: late},
		{From: PhaseHandler, To: PhaseEligibility, By: "submit() before onLoad", Mistake: true},
		{From: PhasePhone, To: PhaseLink, By: early, Mistake: true},
		{From: PhaseEligibility, To: PhaseLink, By: early, Mistake: true},
		{From: PhaseDateOfBirth, To: PhaseLink, By: early, Mistake: true},
		{From: PhaseAutofill, To: PhaseLink, By: early, Mistake: true},
		{From: PhaseOnboarded, To: PhaseFallback, By: "no Items taken for a failure", Mistake: true},
	}
}

// RouteBy returns what leads from one phase to another, "" if nothing does.
func RouteBy(from, to Phase) string {
	r, _ := routeOf(from, to)
	return r.By
}

func routeOf(from, to Phase) (Route, bool) {
	routes := Routes()
	i := slices.IndexFunc(routes, func(r Route) bool { return r.From == from && r.To == to })
	if i < 0 {
		return Route{}, false
	}
	return routes[i], true
}
