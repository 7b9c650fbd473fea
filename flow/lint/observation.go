package lint

import (
	"time"

	"layersim/flow"
)

// Observation is one thing that was seen of an app. What it is about is given
// by numbers and names of the adapter's own; they need only differ.
type Observation struct {
	// Seq is the number of the entry in the record that it was read from.
	// Several observations may come from one entry.
	Seq uint64
	At  time.Time
	// Token numbers the link_tokens, 1 for the first; 0 is none.
	Token int
	// Handler names a handler and its Link session: the link_session_id, or what
	// stands for it. "" is none.
	Handler string
	What    What
}

// What says what was observed.
type What interface{ observed() }

type mark struct{}

func (mark) observed() {}

// What an app's client does.
type (
	// ClientKnown says which Link SDK the app uses.
	ClientKnown struct {
		mark
		Client flow.Client
	}
	// HandlerMade is Plaid.create.
	HandlerMade struct {
		mark
		// Alive is how many other handlers of the same page were not destroyed.
		Alive int
		// Earlier is how many handlers the page had before, destroyed or not.
		Earlier int
		// Scripts is how often the page has link-initialize.js, 0 if unknown.
		Scripts int
		// Refused: Link did not take the link_token.
		Refused bool
		// Late: the phone number was known before.
		Late bool
	}
	// Submitted is handler.submit.
	Submitted struct {
		mark
		Phone string // masked, "" for none
		// Foreign: the phone number has a country code other than 1.
		Foreign     bool
		DateOfBirth bool
		// Early: it came before onLoad.
		Early bool
		// Untold: what Link made of it is not known, because Link is the real one.
		Untold bool
		// Late: the last input into a field of the page came before create().
		// Timed says that whoever observes can tell.
		Late, Timed bool
		// Refused: Link did not take it.
		Refused bool
	}
	// Opened is handler.open.
	Opened struct {
		mark
		Refused bool // Link did not open
	}
	// Exited is handler.exit.
	Exited struct{ mark }
	// Destroyed is handler.destroy.
	Destroyed struct{ mark }
	// FellBack says that the app goes on with its own form.
	FellBack struct{ mark }
	// NotRead says that the app is happy with onSuccess, and its server asks
	// nothing.
	NotRead struct{ mark }
	// Onboarded says that the app takes the user for onboarded.
	Onboarded struct{ mark }
	// Did is something that the app did by itself.
	Did struct {
		mark
		Deed    flow.Deed
		Because string
	}
)

// What Link says.
type (
	// Happened is a callback when Link makes it. The app may be told later.
	Happened struct {
		mark
		Callback
	}
	// Told is a callback when the app's function is called.
	Told struct {
		mark
		Callback
	}
	// Judged is why a simulated Plaid found the user eligible or not.
	Judged struct {
		mark
		Why string
	}
)

// Callback is a call of onEvent, onSuccess or onExit.
type Callback struct {
	Name string // the event's, or OnSuccess or OnExit
	Code string // error_code, "" for none
}

// Names of the callbacks that are no events.
const (
	OnSuccess = "onSuccess"
	OnExit    = "onExit"
)

// What an app's server does.
type (
	// Called is a call of Plaid's API and its answer. Tokens are masked.
	Called struct {
		mark
		Path        string
		Status      int
		Code        string    // error_code
		User        string    // client_user_id or user_id, of a link_token
		Expires     time.Time // of the link_token that was answered
		PublicToken string
		AccessToken string
		KeyID       string   // of /webhook_verification_key/get
		Products    []string // of /link/token/create
		Items       []string // access_tokens of the Items that were answered
		NoAnswer    bool     // a fault of the simulator's, or of the network
	}
	// WebhookAnswered is an attempt to deliver a webhook, and its answer.
	WebhookAnswered struct {
		mark
		Code   string
		Kid    string
		Status int // 0 when no answer came
		// Forged is how the webhook was spoilt so that a verifier must refuse it,
		// "" for a genuine one.
		Forged string
		// Odd: it is genuine, and was repeated, delayed or overtaken on purpose.
		Odd bool
	}
	// WebhookVerified says that the app's server has verified a webhook.
	WebhookVerified struct {
		mark
		Code string
	}
)

// TimePassed says no more than what time it is.
type TimePassed struct{ mark }

// Gap says that records before are missing. Nothing is expected of what they
// may have been about.
type Gap struct{ mark }

// Reset says that everything before was forgotten, or, with a Handler, what
// that one had come to.
type Reset struct{ mark }
