package lint

import "layersim/flow"

func handlerRules() []Rule {
	return []Rule{
		{
			ID: "sdk-too-old", Title: "The SDK knows Layer and Extended Autofill", Fault: "The SDK is too old for Layer or Extended Autofill", Severity: Wrong, Seen: InWalk, Unseen: onlyTheWalk,
			Why:    "Plaid names the oldest SDK that knows Layer, and the oldest that knows Extended Autofill. What an older one does is not documented (UNCONFIRMED); one of React Native's was seen without the names of the LAYER_* events. An app may then wait for an answer that never comes.",
			Fix:    "Update the SDK, and use the app's own form for versions that are still out there. Plain JavaScript is always the newest.",
			Source: docsLayer + "; minimum versions", check: sdkTooOld,
		},
		{
			ID: "script-twice", Title: "One script tag for Link", Fault: "Link's script was loaded twice", Severity: Risky, Seen: InRecording, Unseen: "the walk's own page loads the script once",
			Why:    "With link-initialize.js twice in a page, handlers may belong to either copy. react-plaid-link warns of it. What goes wrong then is not documented (UNCONFIRMED).",
			Fix:    "Load https://cdn.plaid.com/link/v2/stable/link-initialize.js once: either by a script tag or by react-plaid-link, which adds its own if there is none with exactly this address.",
			Source: "GitHub: plaid/react-plaid-link#103", check: scriptTwice,
		},
		{
			ID: "late-create", Title: "The handler is created before the user types", Fault: "The handler was created too late to preload", Severity: Risky, Seen: Everywhere,
			Why:    "create() preloads Link. Created only when the phone number is there, Link loads while the user waits, and a submit() before onLoad may be lost.",
			Fix:    "Ask for the link_token and create the handler as soon as the form with the phone number is shown; submit() when it is sent.",
			Source: docsAdd, check: lateCreate,
		},
		{
			ID: "submit-before-load", Title: "submit() comes after onLoad", Fault: "submit() came before onLoad", Severity: Wrong, Seen: Everywhere,
			Why:    "Only an early open() is documented to wait for onLoad. A submit() straight after create() has been seen to vanish without any event, and the app then waits for ever.",
			Fix:    "Keep the button disabled, or the number in hand, until onLoad has come; then submit.",
			Source: "Seen in live Sandbox runs; " + docsLink, check: submitBeforeLoad,
		},
		{
			ID: "birth-first", Title: "The date of birth comes after LAYER_NOT_AVAILABLE", Fault: "The date of birth came before LAYER_NOT_AVAILABLE", Severity: Wrong, Seen: Everywhere,
			Why:    "Link reads a date of birth only once it has answered the phone number with LAYER_NOT_AVAILABLE. Before, it is dropped, and most users never need to be asked for it.",
			Fix:    "Submit the phone number alone. Ask for the date of birth when LAYER_NOT_AVAILABLE comes, and submit it with the same handler.",
			Source: docsAutofill, check: withPast(birthFirst),
		},
		{
			ID: "both-fields", Title: "One field in each submit()", Fault: "Two fields in one submit()", Severity: Wrong, Seen: Everywhere,
			Why:    "submit() takes one field at a time. What Plaid does with two is not documented; here the date of birth is not read, so Extended Autofill is lost.",
			Fix:    "submit({ phone_number }) first; after LAYER_NOT_AVAILABLE, submit({ date_of_birth }).",
			Source: docsAutofill + "; react-plaid-link: migration to version 5", check: bothFields,
		},
		{
			ID: "foreign-number", Title: "Only +1 numbers are submitted", Fault: "A number without +1 was submitted", Severity: Risky, Seen: Everywhere,
			Why:    "Layer serves the United States. A number with another country code is always answered with LAYER_NOT_AVAILABLE, and asking such a user for a date of birth leads nowhere.",
			Fix:    "Look at the country code first and take other users straight to your own form.",
			Source: docsLayer, check: foreignNumber,
		},
		{
			ID: "submit-after-open", Title: "submit() comes before open()", Fault: "submit() came after open()", Severity: Wrong, Seen: Everywhere,
			Why:    "The order is submit(), LAYER_READY, open(). Once Link is open, or was, there is nothing left to decide.",
			Fix:    "Submit the phone number while Link is closed, and call open() when LAYER_READY comes.",
			Source: docsAdd, check: withPast(submitAfterOpen),
		},
		{
			ID: "handler-not-destroyed", Title: "A handler that is done with is destroyed", Fault: "A handler was left behind, not destroyed", Severity: Risky, Seen: Everywhere,
			Why:    "Each handler keeps a hidden frame in the page and goes on calling back. After a fallback or with a second handler, callbacks of the old one reach an app that has gone on.",
			Fix:    "Call destroy() before you fall back to your own form, and before you create another handler.",
			Source: docsLink, check: handlerNotDestroyed,
		},
	}
}

func sdkTooOld(s *scene) verdict {
	c := s.client
	switch w := s.o.What.(type) {
	case HandlerMade:
		switch {
		case c.Name == "":
		case !c.Layer:
			return broken("The app uses %s, which does not know Layer: it needs %s or later.", c.Label(), c.MinLayer)
		case c.Autofill:
			return kept()
		}
	case Told:
		if w.Name == flow.EventLayerNotAvailable && c.Name != "" && c.Layer && !c.Autofill {
			return broken("LAYER_NOT_AVAILABLE came, and %s cannot submit a date of birth: Extended Autofill needs %s or later.", c.Label(), c.MinAutofill)
		}
	}
	return verdict{}
}

func scriptTwice(s *scene) verdict {
	made, create := s.o.What.(HandlerMade)
	switch {
	case !create || made.Scripts == 0:
		return verdict{}
	case made.Scripts > 1:
		return broken("The page has link-initialize.js %d times.", made.Scripts)
	}
	return kept()
}

func lateCreate(s *scene) verdict {
	switch w := s.o.What.(type) {
	case HandlerMade:
		if w.Late {
			return broken("The handler was created only when the phone number was there.")
		}
	case Submitted:
		switch {
		case w.Phone == "" || !w.Late && !w.Timed:
		case !w.Late:
			return kept()
		case s.h.made.At.IsZero():
			return broken("The last input into a field of the page came before the handler was created.")
		default:
			return broken("The last input into a field of the page came before the handler was created, and the phone number was submitted %s after it.", span(s.o.At.Sub(s.h.made.At)))
		}
	}
	return verdict{}
}

func submitBeforeLoad(s *scene) verdict {
	w, submit := s.o.What.(Submitted)
	switch {
	case !submit:
		return verdict{}
	case w.Early && w.Untold:
		return broken("submit(%s) was called before onLoad. It may be lost: if so, no event answers it.", fieldsOf(w))
	case w.Early:
		return broken("submit(%s) was called before onLoad. It was lost; no event answers it.", fieldsOf(w))
	}
	return kept()
}

func birthFirst(s *scene) verdict {
	w, submit := s.o.What.(Submitted)
	switch {
	case !submit || w.Early || !w.DateOfBirth || w.Phone != "":
		return verdict{}
	case s.h.events[flow.EventLayerNotAvailable]:
		return kept()
	case s.h.phones == 0:
		return broken("submit({ date_of_birth }) was called before any phone number was submitted.")
	case s.h.events[flow.EventLayerReady]:
		return broken("submit({ date_of_birth }) was called although LAYER_READY had come for %s.", s.h.phone)
	}
	return broken("submit({ date_of_birth }) was called before LAYER_NOT_AVAILABLE had answered %s.", s.h.phone)
}

func bothFields(s *scene) verdict {
	w, submit := s.o.What.(Submitted)
	switch {
	case !submit:
		return verdict{}
	case w.DateOfBirth && w.Phone != "":
		return broken("submit(%s) was called with both at once.", fieldsOf(w))
	}
	return kept()
}

func foreignNumber(s *scene) verdict {
	w, submit := s.o.What.(Submitted)
	switch {
	case !submit || w.Phone == "":
		return verdict{}
	case w.Foreign:
		return broken("%s was submitted, which has no country code +1.", w.Phone)
	}
	return kept()
}

func submitAfterOpen(s *scene) verdict {
	w, submit := s.o.What.(Submitted)
	switch {
	case !submit:
		return verdict{}
	case s.h.opened > 0:
		return broken("submit(%s) was called after open().", fieldsOf(w))
	}
	return kept()
}

func handlerNotDestroyed(s *scene) verdict {
	switch w := s.o.What.(type) {
	case HandlerMade:
		switch {
		case w.Alive == 1:
			return broken("create() was called while another handler was there that had not been destroyed.")
		case w.Alive > 1:
			return broken("create() was called while %d other handlers were there that had not been destroyed.", w.Alive)
		case w.Earlier > 0:
			return kept()
		}
	case FellBack:
		if s.h.made.At.IsZero() {
			return verdict{}
		}
		if !s.h.destroyed && !s.h.left {
			return broken("The app went on with its own form, and its handler is still there.")
		}
		return kept()
	}
	return verdict{}
}

// fieldsOf writes what was submitted as code does.
func fieldsOf(w Submitted) string {
	switch {
	case w.Phone != "" && w.DateOfBirth:
		return "{ phone_number: " + w.Phone + ", date_of_birth }"
	case w.DateOfBirth:
		return "{ date_of_birth }"
	}
	return "{ phone_number: " + w.Phone + " }"
}
