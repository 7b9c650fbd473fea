package lint

import (
	"strings"

	"layersim/flow"
)

func outcomeRules() []Rule {
	return []Rule{
		{
			ID: "outcome-unhandled", Title: "All three LAYER_* outcomes lead somewhere", Fault: "A LAYER_* outcome led nowhere", Severity: Wrong, Seen: InWalk, Unseen: "what an app does with an outcome, such as destroy() and a form of its own, does not reach Plaid",
			Why:    "LAYER_READY, LAYER_NOT_AVAILABLE and LAYER_AUTOFILL_NOT_AVAILABLE each end a wait of the user's. Without code for the third, which Plaid's own samples lack, a user whose date of birth did not help looks at a spinner for ever.",
			Fix:    "On LAYER_READY call open(). On LAYER_NOT_AVAILABLE ask for the date of birth. On LAYER_AUTOFILL_NOT_AVAILABLE destroy the handler and show your own form.",
			Source: docsAutofill, check: outcomeUnhandled,
		},
		{
			ID: "autofill-needs-accounts", Title: "Extended Autofill has a template that does not require accounts", Fault: "Extended Autofill with a template that requires accounts", Severity: Risky, Seen: Everywhere,
			Why:    "Extended Autofill finds an identity, and usually no bank. With \"Collect financial accounts\" set to Required nobody gets in by it: the date of birth is always answered with LAYER_AUTOFILL_NOT_AVAILABLE.",
			Fix:    "Set accounts to Optional or Skip in the template that is used with Extended Autofill, or do not ask for the date of birth.",
			Source: docsAutofill, check: withPast(autofillNeedsAccounts),
		},
		{
			ID: "open-before-ready", Title: "open() waits for LAYER_READY", Fault: "open() came before LAYER_READY", Severity: Wrong, Seen: Everywhere,
			Why:    "Before LAYER_READY there is nobody for whom Link could open. Live Sandbox runs have seen the error \"Please submit Phone Number before opening Link\". How real Link shows it, and whether onExit is called, is not documented (UNCONFIRMED); here the session ends with it.",
			Fix:    "Call open() in onEvent when the name is LAYER_READY, and nowhere else.",
			Source: docsAdd + "; the error was seen in live Sandbox runs", check: withPast(openBeforeReady),
		},
		{
			ID: "open-twice", Title: "open() is called once", Fault: "open() was called twice", Severity: Risky, Seen: Everywhere,
			Why:    "LAYER_READY can be delivered twice, and effects run twice. A second open() on one handler does nothing good, and a handler whose session has ended cannot open another.",
			Fix:    "Remember that open() was called, and leave a second LAYER_READY alone. A new attempt needs a new link_token and a new handler.",
			Source: docsLink + "; duplicate events were seen in live Sandbox runs", check: withPast(openTwice),
		},
	}
}

func outcomeUnhandled(s *scene) verdict {
	switch w := s.o.What.(type) {
	case Did:
		if w.Deed == flow.DeedIgnoredEvent && strings.Contains(w.Because, "LAYER_") {
			return broken("%s came, and the app has no code for it: it waits.", w.Because)
		}
	case Opened:
		if s.h.events[flow.EventLayerReady] {
			return kept()
		}
	case Submitted:
		if w.DateOfBirth && s.h.events[flow.EventLayerNotAvailable] {
			return kept()
		}
	case Destroyed, FellBack:
		if s.h.events[flow.EventLayerNotAvailable] {
			return kept()
		}
	}
	return verdict{}
}

func autofillNeedsAccounts(s *scene) verdict {
	w, happened := s.o.What.(Happened)
	switch {
	case !happened:
	case w.Name == flow.EventLayerAutofillUnavailable && strings.Contains(s.h.judged, missingAccounts):
		return broken("The date of birth was answered with LAYER_AUTOFILL_NOT_AVAILABLE, because the template requires accounts (%s).", s.h.judged)
	case w.Name == flow.EventLayerReady && s.h.births > 0:
		return kept()
	}
	return verdict{}
}

// missingAccounts is how the simulator says that accounts are missing.
const missingAccounts = "a bank account"

func openBeforeReady(s *scene) verdict {
	_, open := s.o.What.(Opened)
	switch {
	case !open || s.h.opened > 0:
		return verdict{}
	case s.h.events[flow.EventLayerReady]:
		return kept()
	case s.h.events[flow.EventLayerAutofillUnavailable]:
		return broken("open() was called although LAYER_AUTOFILL_NOT_AVAILABLE had come.")
	case s.h.events[flow.EventLayerNotAvailable]:
		return broken("open() was called although LAYER_NOT_AVAILABLE had come.")
	case s.h.phone != "" && s.h.phones == 0:
		return broken("open() was called, and the phone number that was submitted before had not been taken.")
	case s.h.phones > 0:
		return broken("open() was called %s after submit({ phone_number: %s }), before LAYER_READY had answered it.", span(s.o.At.Sub(s.h.submittedAt)), s.h.phone)
	}
	return broken("open() was called before any phone number was submitted.")
}

func openTwice(s *scene) verdict {
	switch w := s.o.What.(type) {
	case Opened:
		switch {
		case s.h.opened == 0:
		case s.h.ended:
			return broken("open() was called on a handler whose Link session had ended.")
		default:
			return broken("open() was called a second time while Link was open.")
		}
	case Told:
		if (w.Name == OnSuccess || w.Name == OnExit) && s.h.opened == 1 {
			return kept()
		}
	}
	return verdict{}
}
