package lint

import "fmt"

func tokenRules() []Rule {
	return []Rule{
		{
			ID: "old-token-call", Title: "The link_token comes from /session/token/create", Fault: "The link_token came from /link/token/create", Severity: Wrong, Seen: Everywhere,
			Why:    "/link/token/create is the call of ordinary Link. A token of it starts no Layer session, so submit() finds nobody.",
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
			Why:    "Sandbox forgives a link_token that is used again. Production does not: the second session ends with INVALID_LINK_TOKEN, and no test in Sandbox has shown it.",
			Fix:    "Ask for a new link_token for every attempt, and create a new handler with it. Try it here with 'layersim serve --strict', which refuses as Production does.",
			Source: docsToken, check: tokenReused,
		},
	}
}

func oldTokenCall(s *scene) verdict {
	c, called := s.o.What.(Called)
	switch {
	case called && c.Path == pathOldToken:
		return broken("The app's server called %s (answered %s).", pathOldToken, answered(c))
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
			return broken("create() was called with link_token %d, which had expired %s before.", s.o.Token, span(gone))
		}
	case Happened:
		switch {
		case w.Name == OnExit && w.Code == "INVALID_LINK_TOKEN" && gone >= 0:
			return broken("The app went on with a handler whose link_token (%d) had expired %s before; Link ended with INVALID_LINK_TOKEN.", s.o.Token, span(gone))
		case w.Name == OnSuccess:
			return kept()
		}
	}
	return verdict{}
}

func tokenReused(s *scene) verdict {
	made, create := s.o.What.(HandlerMade)
	if !create || s.t == nil {
		return verdict{}
	}
	before := s.t.worn
	if before == nil || before == s.h {
		return kept()
	}
	did := "a phone number was submitted with it"
	switch {
	case before.succeeded || before.events[OnSuccess]:
		did = "it had come to onSuccess"
	case before.ended:
		did = "it had come to onExit"
	case before.opened > 0:
		did = "Link was open with it"
	}
	outcome := "Sandbox lets it pass"
	if made.Refused {
		outcome = "Link refused it"
	}
	return broken("create() was called with link_token %d, which another Link session had used before (%s). %s.", s.o.Token, did, outcome)
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
