package flow

import "slices"

// Route is a way from one phase to another and what leads there.
type Route struct {
	From, To Phase
	By       string
}

// Routes lists every way there is from one phase to another within an attempt,
// in the order of a walk. Starting over leads from anywhere to the token, and
// is not listed. A test holds it against Step: no way is missing, none is
// impossible.
func Routes() []Route {
	const (
		fails   = "a call fails"
		expires = "the link_token expires"
		again   = "try again"
		left    = "onExit"
		late    = "an event comes although the call failed"
	)
	return []Route{
		{PhaseToken, PhaseHandler, "link_token"},
		{PhaseToken, PhaseFailed, fails},
		{PhaseHandler, PhasePhone, "onLoad"},
		{PhaseHandler, PhaseExited, left},
		{PhaseHandler, PhaseFailed, fails},
		{PhasePhone, PhaseEligibility, "submit(phone_number)"},
		{PhasePhone, PhaseExited, left},
		{PhasePhone, PhaseFailed, expires},
		{PhaseEligibility, PhaseReady, EventLayerReady},
		{PhaseEligibility, PhaseDateOfBirth, EventLayerNotAvailable},
		{PhaseEligibility, PhaseFallback, EventLayerNotAvailable + ", the SDK is too old for Extended Autofill; or no event at all"},
		{PhaseEligibility, PhaseExited, left},
		{PhaseEligibility, PhaseFailed, fails},
		{PhaseDateOfBirth, PhaseAutofill, "submit(date_of_birth)"},
		{PhaseDateOfBirth, PhaseFallback, "no date of birth"},
		{PhaseDateOfBirth, PhaseExited, left},
		{PhaseDateOfBirth, PhaseFailed, expires},
		{PhaseAutofill, PhaseReady, EventLayerReady},
		{PhaseAutofill, PhaseFallback, EventLayerAutofillUnavailable + ", or no event at all"},
		{PhaseAutofill, PhaseExited, left},
		{PhaseAutofill, PhaseFailed, fails},
		{PhaseReady, PhaseLink, "open()"},
		{PhaseReady, PhaseExited, left},
		{PhaseReady, PhaseFailed, expires},
		{PhaseLink, PhaseSession, "onSuccess"},
		{PhaseLink, PhaseExited, left},
		{PhaseLink, PhaseFailed, fails},
		{PhaseSession, PhaseOnboarded, "/user_account/session/get"},
		{PhaseSession, PhaseFailed, fails},
		{PhaseFailed, PhaseToken, again},
		{PhaseFailed, PhaseHandler, again},
		{PhaseFailed, PhaseEligibility, again},
		{PhaseFailed, PhaseAutofill, again},
		{PhaseFailed, PhaseLink, again},
		{PhaseFailed, PhaseSession, again},
		{PhaseFailed, PhaseReady, late},
		{PhaseFailed, PhaseDateOfBirth, late},
		{PhaseFailed, PhaseFallback, late},
		{PhaseFailed, PhaseExited, late},
	}
}

// RouteBy returns what leads from one phase to another, "" if nothing does.
func RouteBy(from, to Phase) string {
	routes := Routes()
	i := slices.IndexFunc(routes, func(r Route) bool { return r.From == from && r.To == to })
	if i < 0 {
		return ""
	}
	return routes[i].By
}
