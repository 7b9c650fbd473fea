package lint

import (
	"fmt"
	"slices"
	"time"
)

func tokenRules() []Rule {
	return []Rule{
		{
			ID: "old-token-call", Title: "The link_token comes from /session/token/create", Fault: "The link_token came from /link/token/create", Severity: Wrong, Seen: Everywhere,
			Why:    "Older documentation has /link/token/create with the product layer. Today a Layer session begins with /session/token/create; what the old call gives is not documented any more (UNCONFIRMED). For ordinary Link, as a fallback, it is right.",
			Fix:    "Call /session/token/create with the template_id of your Layer template and user.client_user_id. Products belong to the template, not to the call.",
			Source: docsAPI, check: oldTokenCall,
		},
		{
			ID: "token-expired-used", Title: "A link_token is used before it expires", Fault: "A link_token was used after it expired", Severity: Risky, Seen: Everywhere,
			Why:    "A link_token lives four hours. Link answers one that has expired with INVALID_LINK_TOKEN through onExit, and the user who left the page open over lunch cannot go on.",
			Fix:    "When onExit has INVALID_LINK_TOKEN, destroy the handler, ask for a new link_token and create a new handler; keep what the user typed.",
			Source: docsToken, check: tokenExpired,
		},
		{
			ID: "token-reused", Title: "One link_token, one Link session", Fault: "A link_token was used a second time", Severity: Wrong, Seen: Everywhere,
			Why:    "A link_token can be used once, except in Sandbox. Elsewhere a second session after onSuccess ends with INVALID_LINK_TOKEN, and no test in Sandbox has shown it. Whether one that did not come to onSuccess is used up is not documented (UNCONFIRMED).",
			Fix:    "Ask for a new link_token for every attempt, and create a new handler with it. Try it here with 'layersim serve --strict', which refuses a link_token that has come to onSuccess.",
			Source: docsToken, check: tokenReused,
		},
	}
}

func oldTokenCall(s *scene) verdict {
	c, called := s.o.What.(Called)
	switch {
	case called && c.Path == pathOldToken && slices.Contains(c.Products, "layer"):
		return broken("The app's server called %s with the product layer (answered %s).", pathOldToken, answered(c))
	case called && c.Path == pathTokenCreate && c.Status == ok:
		return kept()
	}
	return verdict{}
}

func tokenExpired(s *scene) verdict {
	if s.t == nil || s.t.expires.IsZero() {
		return verdict{}
	}
	gone := s.o.At.Sub(s.t.expires)
	switch w := s.o.What.(type) {
	case HandlerMade:
		if gone >= 0 {
			return s.unlessRenewed(broken("create() was called with link_token %d, which had expired %s before.", s.o.Token, span(gone)))
		}
	case Happened:
		switch {
		case w.Name == OnExit && w.Code == "INVALID_LINK_TOKEN" && gone >= 0:
			return s.unlessRenewed(broken("The app went on with a handler whose link_token (%d) had expired %s before; Link ended with INVALID_LINK_TOKEN.", s.o.Token, span(gone)))
		case w.Name == OnSuccess:
			return kept()
		}
	}
	return verdict{}
}

// renewsWithin is how long after it was told that a link_token has expired an app
// asks for a new one at the latest.
const renewsWithin = 2 * time.Minute

// unlessRenewed waits whether the app does the right thing with an expired
// link_token: asks for a new one. In a walk it knows before that it has expired.
func (s *scene) unlessRenewed(v verdict) verdict {
	if s.where == InWalk {
		return v
	}
	l, o, user := s.Linter, s.o, s.t.user
	l.await("token-expired-used", o, o.At.Add(renewsWithin), func(bool) verdict {
		if l.renewed.get(user) > o.Seq {
			return kept()
		}
		v.what += " No new link_token followed."
		return v
	})
	return verdict{}
}

func tokenReused(s *scene) verdict {
	made, create := s.o.What.(HandlerMade)
	if !create || s.t == nil {
		return verdict{}
	}
	before := s.t.worn
	switch {
	case before != nil && before != s.h:
	case s.t.begun || s.where == InWalk:
		return kept()
	default: // what was before is not known
		return verdict{}
	}
	outcome := "Sandbox lets it pass"
	if made.Refused {
		outcome = "Link refused it"
	}
	did := "a phone number was submitted with it"
	switch {
	case before.came():
		return broken("create() was called with link_token %d, which another Link session had used before (it had come to onSuccess). %s.", s.o.Token, outcome)
	case made.Refused: // for another reason: it has expired
		return verdict{}
	case before.ended:
		did = "it had come to onExit"
	case before.opened > 0:
		did = "Link was open with it"
	}
	return risky("create() was called with link_token %d, which another Link session had used before (%s). %s; whether it is used up elsewhere is not documented (UNCONFIRMED).", s.o.Token, did, outcome)
}

// answered says how a call was answered.
func answered(c Called) string {
	switch {
	case c.Status == 0:
		return "not at all"
	case c.Code != "":
		return fmt.Sprintf("%d %s", c.Status, c.Code)
	}
	return fmt.Sprint(c.Status)
}
