package pane

import (
	"strconv"
	"strings"

	"layersim/flow"
)

// The words from onSuccess to the ends.

func sessionText(s flow.State) StageText {
	known := facts(Fact{"public_token", s.PublicToken.String()}, Fact{"link_session_id", s.LinkSessionID})
	if s.Unread() {
		return StageText{
			Title: "Nobody reads the session",
			Body: "onSuccess gave your client a public_token, and your app is content with that. Your server has not called /user_account/session/get: " +
				"it knows neither the identity nor the Items, and nobody asks with the public_token.",
			Facts: known,
		}
	}
	if _, exchanging := flow.PendingCall[flow.ExchangePublicToken](s); exchanging {
		return StageText{
			Title: "Your server exchanges the public_token",
			Body:  "onSuccess gave your client a public_token, and your server calls /item/public_token/exchange with it. Layer has no such exchange.",
			Facts: known,
		}
	}
	return StageText{
		Title: "Your server reads the session",
		Body: s.Config.Client.Words().Success + " gave your client a public_token, and your client passed it to your server, which now calls /user_account/session/get. " +
			"Layer has no token exchange. Believe nothing before this answer: a client can be spoofed, Plaid's answer to your server cannot." + proofInSession(s),
		Facts: known,
	}
}

func onboardedText(s flow.State) StageText {
	t := StageText{
		Title: "The user is onboarded",
		Facts: facts(Fact{"request_id", s.Account.RequestID}, Fact{"link_session_id", s.LinkSessionID}),
	}
	switch n := len(s.Account.Items); {
	case !s.Account.HasIdentity:
		t.Body = "Plaid answered your server without an identity. The session is a success all the same, so ask the user for what is missing. "
	case n == 0:
		t.Body = "Plaid gave your server the identity and no Items: no account was shared, or asked for, and that is a success all the same. "
	case n == 1:
		t.Body = "Plaid gave your server the identity and one Item, whose access_token does not expire. "
	default:
		t.Body = "Plaid gave your server the identity and " + strconv.Itoa(n) + " Items, each with an access_token that does not expire. "
	}
	t.Body += proofInEnd(s)
	t.Body += "Layer is billed now: once for each onSuccess."
	t.Body += deviationWords(s.Account)

	asked, failed := 0, 0
	for _, it := range s.Account.Items {
		switch it.Status {
		case flow.AccountsAsked:
			asked++
		case flow.AccountsFailed:
			failed++
		case flow.AccountsKnown:
		}
	}
	switch {
	case failed > 0:
		t.NoticeKind = Warn
		t.Notice = "/accounts/get failed for " + count(failed, "Item") + ". The user is onboarded; the accounts can be asked for again."
	case asked > 0:
		t.Notice = "Your server asks /accounts/get for the accounts of " + count(asked, "Item") + "."
	}
	return t
}

// deviationWords says that the answers differ from the contract, and where to
// look.
func deviationWords(u flow.UserAccount) string {
	fresh, others, refused, at := 0, 0, false, "Identity"
	all := []flow.Deviations{u.Deviations}
	for _, it := range u.Items {
		all = append(all, it.Deviations)
	}
	for i, d := range all {
		fresh, others, refused = fresh+d.New(), others+len(d.List)-d.New(), refused || d.Refused
		if i > 0 && !d.IsZero() {
			at = "Items"
			if !u.Deviations.IsZero() {
				at = "Identity and Items"
			}
		}
	}
	var words []string
	if fresh > 0 {
		words = append(words, count(fresh, "new field")+" that the contract we know does not have")
	}
	if others > 0 {
		words = append(words, count(others, "value")+" not as it says")
	}
	if len(words) == 0 {
		return ""
	}
	text := " Plaid's answers hold " + strings.Join(words, " and ") + ": " + at + " lists them."
	if refused {
		text += " plaid-go cannot decode such an answer, so an app that uses it gets an error."
	}
	return text
}

func count(n int, what string) string {
	if n == 1 {
		return "one " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func fallbackText(s flow.State) StageText {
	form := "Your app asks in its own form, filled in with what the user gave already. Nothing is billed."
	if s.SignedUp && s.PublicToken.IsZero() {
		form = "Your app asked in its own form. Nothing is billed."
	}
	client, n := s.Config.Client, s.Config.Client.Words()
	t := StageText{Title: "Your app's own form", Notice: verdict(s)}
	switch at := whereFellBack(s); {
	case at == flow.PhaseSession:
		form = "Your app asks in its own form for what Plaid has answered already. Layer is billed."
		t.Body = "Your server read the session and took its empty list of Items for a failure. " + form
	case s.Silent && !client.Layer:
		t.Body = client.Label() + " does not know Layer, so no LAYER_* event came, and your app waited no longer. " + cleanedUp(s) + form + since(client.MinLayer, "Layer")
	case s.Silent:
		t.Body = "No LAYER_* event came, and your app waited no longer: silence must not keep a user waiting. " + cleanedUp(s) + form
	case at == flow.PhaseAutofill:
		t.Body = n.AutofillNotAvailable + ": even with the date of birth, Plaid does not have what your template requires. " + cleanedUp(s) + form
	case at == flow.PhaseDateOfBirth:
		t.Body = n.NotAvailable + " came, and your app chose not to ask for a date of birth, so this user cannot use Layer. " + cleanedUp(s) + form
	default:
		t.Body = n.NotAvailable + ", and " + client.Label() + " cannot submit a date of birth. " + cleanedUp(s) + form + since(client.MinAutofill, "Extended Autofill")
	}
	if s.SignedUp {
		t.Title = "The user signed up without Layer"
		t.Notice, t.NoticeKind = "The form was sent: your app has its user. Layer filled in nothing.", Good
		if !s.PublicToken.IsZero() {
			t.Notice = "The form was sent: your app has its user, who gave everything twice."
		}
	}
	return t
}

// cleanedUp says how a client gave up its handler or session, or that it did
// not.
func cleanedUp(s flow.State) string {
	n := s.Config.Client.Words()
	if s.HandlerAlive {
		return "Your client did not destroy the " + n.Object + ": it is alive behind the form. "
	}
	by := " by "
	if strings.HasSuffix(n.Destroy, "()") {
		by = " with "
	}
	return "Your client destroyed the " + n.Object + by + n.Destroy + ". "
}

// since says from which version on the SDK can do something.
func since(version, what string) string {
	if version == "" {
		return ""
	}
	return " " + what + " needs " + version + " or later."
}

func exitedText(s flow.State) StageText {
	const again = "Another attempt needs a new link_token and a new handler. "
	t := StageText{Title: "Link was closed", Facts: facts(Fact{"link_session_id", s.LinkSessionID})}
	switch {
	case s.Failure.Code == "PROFILE_AUTHENTICATION_FAILED":
		t.Title = "The phone could not be proven"
		t.Body = "The third wrong code ended the session: onExit came with PROFILE_AUTHENTICATION_FAILED. " +
			"Nothing was shared and nothing is billed. " + again
	case s.Failure.Code == "INVALID_LINK_TOKEN":
		t.Title = "The link_token was not accepted"
		t.Body = "onExit came with INVALID_LINK_TOKEN: the token has expired or was used before. " +
			"A token opens one session; Sandbox is lenient about it, Production is not. " + again
	case !s.Failure.IsZero():
		t.Title = "Link ended with an error"
		t.Body = "onExit came with " + s.Failure.Code + ". Your client destroyed the handler; nothing was shared and nothing is billed. " + again
	case strings.HasPrefix(s.EndReason, "exit()"):
		t.Title = "Your app gave Link up"
		t.Body = "exit() could not be delivered, so your client destroyed the handler instead; no onExit will come. " +
			"Nothing was shared and nothing is billed. " + again
	case s.ExitCalled:
		t.Title = "Your app closed Link"
		t.Body = "Your client called exit(), and onExit followed without an error. Nothing was shared and nothing is billed. " +
			"Your client destroyed the handler. " + again
	case !s.Opened:
		t.Title = "Link ended before it opened"
		t.Body = "onExit came before open() was called, so the user saw nothing of Link. Your client destroyed the handler. " + again
	default:
		t.Body = "onExit came without an error: closing Link is a choice and not a failure. " +
			"Nothing was shared and nothing is billed. Your client destroyed the handler. " + again
	}
	switch {
	case !s.Failure.IsZero():
		t.NoticeKind, t.Notice = Bad, failureNotice(s.Failure)
		switch s.Failure.Code {
		case "PROFILE_AUTHENTICATION_FAILED", "INVALID_LINK_TOKEN": // the body says it
		case "MISSING_FIELDS": // the hint is about a call to Plaid's API
			t.Notice += " Call submit(), and wait for LAYER_READY before open()."
		default:
			t.Notice = strings.TrimSpace(t.Notice + " " + s.Failure.Hint)
		}
		t.Facts = append(FailureFacts(s.Failure), t.Facts...)
	default:
		t.NoticeKind, t.Notice = proofInExit(s)
	}
	return t
}

// callName says a call as Plaid's documentation does.
func callName(q flow.Question) string {
	switch q.(type) {
	case flow.CreateSessionToken:
		return "/session/token/create"
	case flow.CreateHandler:
		return "Plaid.create()"
	case flow.SubmitHandler:
		return "submit()"
	case flow.OpenHandler, flow.PresentLink:
		return "open()"
	case flow.ExitHandler:
		return "exit()"
	case flow.GetUserAccountSession:
		return "/user_account/session/get"
	case flow.GetAccounts:
		return "/accounts/get"
	}
	return "A call"
}
