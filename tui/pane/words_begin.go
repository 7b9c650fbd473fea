package pane

import (
	"strings"
	"time"

	"layersim/flow"
)

// The words from the link_token to LAYER_READY.

func tokenText(s flow.State) StageText {
	t := StageText{Facts: facts(
		Fact{"template_id", s.Config.TemplateID},
		Fact{"client_user_id", s.Config.ClientUserID},
		Fact{"Link SDK", s.Config.Client.Label()},
		Fact{"webhooks", webhooksFact(s)},
	)}
	if s.Waiting() {
		t.Title = "Asking for a link_token"
		t.Body = "Your server has called /session/token/create and waits for Plaid's answer. " +
			"The client_id and the secret stay on your server; only the link_token goes on to your client."
		return t
	}
	t.Title = "Ask for a link_token"
	t.Body = "Your server asks Plaid for a link_token: POST /session/token/create with your template and your own id for the user. " +
		"The template, made in Plaid's Dashboard, says which data Layer must find. " +
		"The link_token is good for one Layer session and lives four hours."
	if s.Attempt > 1 {
		t.Notice = "A link_token and its handler are good for one session, so another attempt begins with new ones. What was entered is kept."
	}
	return t
}

func handlerText(s flow.State, now time.Time) (t StageText) {
	until := ""
	if !s.Expiration.IsZero() {
		until = s.Expiration.In(now.Location()).Format("15:04, Jan 2")
	}
	n := s.Config.Client.Words()
	t = StageText{Facts: facts(Fact{"link_token", s.LinkToken.String()}, Fact{"expires", until}, Fact{"Link SDK", s.Config.Client.Label()})}
	if s.Config.InPage {
		defer handlerInPage(s, &t)
	}
	if s.Waiting() || s.HandlerAlive {
		t.Title = "Link is preloading"
		t.Body = "Your client has called " + n.Create + ". Link loads out of sight" + loads(n) +
			"Wait for it: a submit sent straight after has been seen to vanish without any event."
		return t
	}
	where := "page"
	if s.Config.Client.Platform == "ios" || s.Config.Client.Platform == "android" || s.Config.Client.Platform == "react-native" {
		where = "screen"
	}
	t.Title = "Create the " + n.Object
	t.Body = "Plaid answered with a link_token, and your server passed it to your client. Your client now calls " + n.Create + " with it. " +
		"Do it early, as soon as your " + where + " loads: Link preloads while the user is still typing, and opens without a wait later."
	return t
}

// loads says how the app hears that Link has preloaded.
func loads(n flow.Names) string {
	if n.Load == "none" {
		return "; nothing says when it is done. "
	}
	return " and calls " + n.Load + " when it is done. "
}

func phoneText(s flow.State) StageText {
	n := s.Config.Client.Words()
	t := StageText{
		Title: "Ask for the phone number",
		Body: "Link has preloaded. Your app asks the user for a phone number in its own form, and your client passes it to " + n.Submit + ", as " + n.Phone + ". " +
			"It is all Layer needs to look for the user. Link stays hidden, and no code is sent yet.",
	}
	if !s.HandlerLoaded {
		t.Body = "There is no handler yet. Your app asks the user for a phone number first, and your client will call create() when it is to be submitted. " +
			"The user then waits while Link loads."
		if s.Waiting() {
			t.Title = "The user waits for Link to load"
		}
	}
	if client := s.Config.Client; !client.Layer {
		t.NoticeKind = Warn
		t.Notice = client.Label() + " does not know Layer: " + n.Submit + " will bring no LAYER_* event."
		if client.MinLayer != "" {
			t.Notice += " Layer needs " + client.MinLayer + " or later."
		}
	}
	return t
}

// silenceText says what the silence is about.
func silenceText(s flow.State) (title, notice string) {
	if m := s.Mistake; m.Wrong == flow.WrongOutcomeUnhandled && m.Outcome != "" {
		return "The app hangs", "The event came 15 seconds ago, and the app has no code for it: nothing more will happen. Submit again, or start over."
	}
	return "No answer yet", silenceFor(s.Config.Client)
}

const silence = "No LAYER_* event for 15 seconds. It may still come. A submit() that reaches Link before onLoad can be lost without any event: submit again, or start over."

// silenceFor says why no event came.
func silenceFor(c flow.Client) string {
	if c.Layer {
		return silence
	}
	return "No LAYER_* event for 15 seconds, and none will come: " + c.Label() + " does not know Layer, which needs " + c.MinLayer +
		" or later. An app without a limit to its wait shows its user nothing, for ever. Set one, then use your own form."
}

func eligibilityText(s flow.State) StageText {
	n := s.Config.Client.Words()
	t := StageText{
		Title: "Is the user eligible?",
		Body: "Your client called " + n.Submit + " with the phone number. Plaid compares what it holds for this phone with what your template requires, " +
			"and answers with one event: " + n.Ready + " or " + n.NotAvailable + ". Before the first your client must not call " + n.Open + ".",
		Facts: facts(Fact{"phone_number", s.Phone.String()}),
	}
	switch {
	case s.Silent:
		t.Title, t.Notice = silenceText(s)
		t.NoticeKind = Warn
		if !s.Config.Client.Layer {
			t.Title = "No answer, and none will come"
			t.Body = "Your client called " + n.Submit + " with the phone number. With an SDK that knows Layer it would hear " + n.Ready + " or " + n.NotAvailable +
				" now. With this one it hears nothing: no event, no error, no callback."
		}
	case !flow.IsNorthAmerican(s.Phone):
		t.Notice = "Layer serves the United States only: a number of another country is never eligible."
	}
	return t
}

// verdict says why the simulator decided as it did, which Plaid never tells.
func verdict(s flow.State) string {
	if s.Verdict == "" {
		return untold(s)
	}
	return "Only the simulator says why: " + strings.TrimSuffix(s.Verdict, ".") + "."
}

func birthText(s flow.State) StageText {
	n := s.Config.Client.Words()
	return StageText{
		Notice: verdict(s),
		Title:  "Ask for the date of birth",
		Body: n.NotAvailable + ": Plaid does not hold everything your template requires for this phone. " +
			"With a date of birth, Extended Autofill may still find it. " +
			"Keep the " + n.Object + " and submit " + n.Birth + " alone, without the phone number: each submit() carries exactly one field.",
	}
}

func autofillText(s flow.State) StageText {
	n := s.Config.Client.Words()
	t := StageText{
		Title: "Can Extended Autofill help?",
		Body: "Your client called " + n.Submit + " on the same " + n.Object + " with the date of birth. Plaid looks for what is missing " +
			"and answers " + n.Ready + " or " + n.AutofillNotAvailable + ". " +
			"The same template counts: if it requires accounts, Extended Autofill rarely helps, so make them Optional or Skip.",
		Facts: facts(Fact{"phone_number", s.Phone.String()}, Fact{"date_of_birth", s.DateOfBirth.String()}),
	}
	if s.Silent {
		t.Title, t.Notice = silenceText(s)
		t.NoticeKind = Warn
	}
	return t
}

func readyText(s flow.State) StageText {
	n := s.Config.Client.Words()
	why := n.Ready + ": Plaid holds everything your template requires for this phone. "
	if s.SubmittedDOB {
		why = n.Ready + ": with the date of birth, Extended Autofill found everything your template requires. "
	}
	preload := s.Preload.Brief()
	if s.Config.InPage { // there it is a sentence
		preload = ""
	}
	return StageText{
		Title:  "The user is eligible",
		Notice: eligible(s),
		Body: why + "Your client now calls " + n.Open + ", and the user sees Link for the first time. " +
			"Call it once: the event may be delivered twice, and a " + n.Object + " opens Link only once.",
		Facts: facts(Fact{"link_session_id", s.LinkSessionID}, Fact{"preloading", preload}),
	}
}

// eligible is the verdict about somebody who is. Where nobody tells, there is
// nothing to wonder about, and preloading takes its place.
func eligible(s flow.State) string {
	switch {
	case s.Verdict != "":
		return verdict(s)
	case s.Config.InPage:
		return s.Preload.Sentence()
	}
	return ""
}
