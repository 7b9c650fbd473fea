package watch

import (
	"strconv"
	"time"

	"layersim/tui/pane"
)

// story says in plain words where a lane stands and what the app should do
// next.
func (l *lane) story(now time.Time) string {
	switch {
	case l.other && len(l.calls) == 0:
		return "What concerns no session, but the simulator itself: its clock, its faults, and what it was told to forget. Calls that belong to no link_token come here as well."
	case l.other && l.failure == nil:
		return "Calls that belong to no link_token, such as one for the key that a webhook is verified with."
	case l.other:
		return "Calls that belong to no link_token: their credentials or their body were refused, their token is unknown, or the simulator has no such path. " +
			"Open one with Enter to read Plaid's answer, which names what is wrong."
	case l.session == "" && l.token == nil:
		return "Somebody asked Link for a session with a link_token that is not good. A link_token lives four hours and belongs to one handler."
	case l.session == "":
		return "The app's server made a link_token " + ago(now, l.since) + ". Next the app's page gives it to Plaid.create, and the Link session goes on in this lane. " +
			"A token that is never used is common and harmless: React's StrictMode, for one, asks for two."
	}
	switch l.state {
	case "created":
		again := ""
		if l.again {
			again = "This link_token had a session before; Sandbox forgives that, Production does not. "
		}
		return again + "Plaid.create made a handler. Next the app submits a phone number: handler.submit({ phone_number }). The user sees nothing of Plaid yet."
	case "eligible":
		return l.told(now, "LAYER_READY") + " Plaid holds all that template " + pane.Clean(l.about.Template) +
			" requires. Next the app calls handler.open(), once; until then the user sees nothing of Plaid."
	case "need_dob":
		return l.told(now, "LAYER_NOT_AVAILABLE") + " The phone number alone is not enough" + l.because() +
			". The app may now submit a date_of_birth on the same handler, or fall back to its own form."
	case "ineligible":
		return l.told(now, "LAYER_AUTOFILL_NOT_AVAILABLE") + " The date of birth did not help either" + l.because() +
			". The app now destroys the handler and shows its own form."
	case "consent":
		return "Link is open and asks the user to agree. The app waits for onSuccess or onExit" + l.holding() + "."
	case "verify_phone":
		return "Link asks the user for the one-time code that Plaid sent to the phone; in the Sandbox it is 123456, unless the persona has another. Three wrong codes end the session" + l.holding() + "."
	case "review":
		return "The phone is proven. The user looks through the identity, may edit it, chooses accounts and shares. The app waits for onSuccess or onExit" + l.holding() + "."
	case "select_institution", "credential", "oauth", "mfa", "select_account", "connected":
		return "The user adds another bank in review: finds it, signs in and chooses accounts. It becomes one Item more when the user shares. The app waits for onSuccess or onExit" + l.holding() + "."
	case "leaving":
		return "The app called handler.exit() without force, and Link asks the user whether to leave. The app waits for onSuccess or onExit" + l.holding() + "."
	case "done":
		return l.doneStory(now)
	case "exited":
		return l.exitStory(now)
	}
	return "The Link session stands at " + strconv.Quote(pane.Clean(l.state)) + "."
}

func (l *lane) doneStory(now time.Time) string {
	if l.fetched == nil {
		return l.ended(now, "onSuccess") + " The app sends the public_token to its server, and the server calls /user_account/session/get with it: that is what brings the identity, the edit history and the Items."
	}
	items := strconv.Itoa(len(l.about.Account.Items)) + " Items"
	switch len(l.about.Account.Items) {
	case 0:
		items = "no Item, which is a success as well"
	case 1:
		items = "one Item"
	}
	return "Onboarded. The app's server fetched the identity " + ago(now, l.fetched.At) + ", with " + items +
		". Only the phone number is verified: the user could edit the rest. With each Item's access_token the server can call /accounts/get."
}

func (l *lane) exitStory(now time.Time) string {
	text := l.ended(now, "onExit")
	switch {
	case l.end != nil && l.end.Callback.Error != "":
		text += " It carries the error " + pane.Clean(l.end.Callback.Error) + "."
	case l.leave == "exit":
		text += " The app itself called handler.exit()."
	default:
		text += " The user closed Link; there is no error."
	}
	return text + " The app offers a new attempt, which needs a new link_token and a new handler, or its own form."
}

func (l *lane) because() string {
	if l.verdict == "" {
		return ""
	}
	return " (only the simulator says why: " + pane.Clean(l.verdict) + ")"
}

// told says whether the app has the last verdict.
func (l *lane) told(now time.Time, name string) string {
	switch {
	case l.layer == nil:
		return name + "."
	case l.layer.delivered.IsZero():
		return name + " was sent " + ago(now, l.layer.At) + "."
	}
	return name + " was delivered " + ago(now, l.layer.delivered) + "."
}

// ended says the same of onSuccess and onExit.
func (l *lane) ended(now time.Time, name string) string {
	switch {
	case l.end == nil:
		return name + "."
	case l.end.delivered.IsZero():
		return name + " was sent " + ago(now, l.end.At) + "; the app's page has not confirmed it yet."
	}
	return name + " was delivered " + ago(now, l.end.delivered) + "."
}

// holding says that events wait for the end, if any do.
func (l *lane) holding() string {
	n := 0
	for _, w := range l.waiting {
		if l.held(w.Callback) {
			n++
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return "; one event is held back until then"
	}
	return "; " + strconv.Itoa(n) + " events are held back until then"
}

// notice is what went wrong last, "" when nothing did.
func (l *lane) notice() string {
	switch {
	case l.refused != nil:
		return l.refused.Name + " was refused: " + pane.Clean(l.refused.Why)
	case l.failure != nil:
		code, message := l.failure.failed()
		text := pane.Clean(l.failure.Name) + ": " + pane.Clean(code)
		if message != "" {
			text += ", " + pane.Clean(message)
		}
		return text
	}
	return ""
}

// ago says how long before now a moment was, with a word that ends a sentence.
func ago(now, at time.Time) string {
	if d := now.Sub(at); d >= time.Second {
		return age(d) + " ago"
	}
	return "just now"
}

// age says a time span in one unit.
func age(d time.Duration) string {
	switch {
	case d < time.Second:
		return "now"
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " days"
}
