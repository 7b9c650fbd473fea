package lint

import (
	"slices"
	"strings"
	"time"

	"layersim/flow"
)

func sessionRules() []Rule {
	return []Rule{
		{
			ID: "session-never-read", Title: "After onSuccess the server reads the session", Fault: "The server never read the session", Severity: Wrong, Seen: Everywhere,
			Why:    "onSuccess is billed, and it brings no more than a public_token. Identity, edit history, Items and the proven phone number come from /user_account/session/get; how long Layer's public_token lives is not documented (UNCONFIRMED; that of ordinary Link lives 30 minutes).",
			Fix:    "In onSuccess send the public_token to your server at once, and call /user_account/session/get there. SESSION_FINISHED brings the same token if the page was closed too early.",
			Source: docsAPI, check: withPast(sessionNeverRead),
		},
		{
			ID: "public-token-exchanged", Title: "A profile token is not exchanged", Fault: "A profile token was exchanged", Severity: Wrong, Seen: Everywhere,
			Why:    "Layer's public_token (\"profile-…\") is no token of ordinary Link. /item/public_token/exchange refuses it, and it would bring no identity.",
			Fix:    "Call /user_account/session/get with the public_token; its items have their access_tokens already.",
			Source: docsAPI, check: tokenExchanged,
		},
		{
			ID: "first-item-only", Title: "Every Item is looked at", Fault: "Only the first Item was looked at", Severity: Risky, Seen: Everywhere,
			Why:    "items is a list of none, one or several: users share several banks, and many none. items[0] loses the others, and there may be no items[0].",
			Fix:    "Go through the whole list and keep every access_token with its item_id.",
			Source: docsAPI, check: firstItemOnly,
		},
		{
			ID: "no-items-as-failure", Title: "No Items is a success too", Fault: "No Items was taken for a failure", Severity: Wrong, Seen: InWalk, Unseen: onlyTheApp,
			Why:    "With accounts Optional or Skip, and usually with Extended Autofill, items is empty. The identity is there and the user has done everything right.",
			Fix:    "Take an empty list for what it is: onboard the user, and ask for a bank later if you need one.",
			Source: docsLayer, check: deed(flow.DeedRejectedNoItems, "The app took an empty list of Items for a failure%s.", onReadWithoutItems),
		},
		{
			ID: "identity-trusted", Title: "The identity is not taken for verified", Fault: "The identity was taken for verified", Severity: Wrong, Seen: InWalk, Unseen: onlyTheApp,
			Why:    "Users can edit all of the identity before they share it. Only the phone number is verified; the edit history says how often the rest was changed.",
			Fix:    "Treat name, address, date of birth and SSN as what the user says, and verify them as you would anything typed into a form (KYC).",
			Source: "Plaid OpenAPI: UserAccountSessionGetResponse", check: deed(flow.DeedTrustedIdentity, "The app took the identity for verified%s.", onOnboarded),
		},
	}
}

// How long after onSuccess the session is read at the latest. A public_token
// of ordinary Link lives 30 minutes; an app whose user waits needs seconds.
const readsWithin = 2 * time.Minute

func sessionNeverRead(s *scene) verdict {
	switch w := s.o.What.(type) {
	case Told:
		if w.Name == OnSuccess {
			o, h := s.o, s.h
			s.await("session-never-read", o, o.At.Add(readsWithin), func(ended bool) verdict {
				when := "within " + span(readsWithin)
				if ended {
					when = "before the record ended, " + span(s.last.At.Sub(o.At)) + " later"
				}
				return s.unread(h, "onSuccess was delivered, and /user_account/session/get was not called "+when+".")
			})
		}
	case NotRead:
		if s.h.succeeded {
			return s.unread(s.h, "onSuccess came, and the app's server did not call /user_account/session/get.")
		}
	case Called:
		if w.Path == pathSessionGet && w.Status == ok {
			return kept()
		}
	}
	return verdict{}
}

// unread says that the session of a handler was not read, if it was not.
func (s *scene) unread(h *handler, sentence string) verdict {
	if h.read || !h.succeeded || h.tried {
		return verdict{}
	}
	return broken("%s", sentence).because(h.success)
}

func tokenExchanged(s *scene) verdict {
	c, called := s.o.What.(Called)
	switch {
	case !called:
	case c.Path == pathTokenExchange && strings.HasPrefix(c.PublicToken, "profile-"):
		return broken("The app's server called %s with %s (answered %s).", pathTokenExchange, c.PublicToken, answered(c))
	case c.Path == pathSessionGet && c.Status == ok:
		return kept()
	}
	return verdict{}
}

// usesWithin is how long after the first Item was used the others are used at
// the latest.
const usesWithin = 2 * time.Minute

func firstItemOnly(s *scene) verdict {
	switch w := s.o.What.(type) {
	case Did:
		if w.Deed == flow.DeedReadFirstItem {
			return broken("The app read items[0] and nothing else%s.", because(w))
		}
	case Called:
		h := s.h
		if h == nil || len(h.items) < 2 || w.AccessToken != h.items[0] || len(h.used) > 0 {
			return verdict{}
		}
		s.await("first-item-only", s.o, s.o.At.Add(usesWithin), func(bool) verdict {
			if slices.ContainsFunc(h.items[1:], func(t string) bool { return slices.Contains(h.used, t) }) {
				return kept()
			}
			return broken("The session has %d Items, and of their access_tokens only that of the first was used.", len(h.items))
		})
	}
	return verdict{}
}

func onReadWithoutItems(s *scene) bool {
	return onOnboarded(s) && s.h.read && len(s.h.items) == 0
}
