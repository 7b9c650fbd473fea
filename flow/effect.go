package flow

import "time"

// CallID names one question put to the world; its answer carries the same id.
// Ids are counted in the State and never used twice in a walk.
type CallID int

// HandlerID names one handler. Every create makes a new one.
type HandlerID int

// TimerID names one timer.
type TimerID struct {
	Kind TimerKind
	Call CallID // the call it watches
}

// TimerKind says what a timer is for.
type TimerKind string

const (
	// TimerLinkToken says that the link_token has expired.
	TimerLinkToken TimerKind = "link_token"
	// TimerEligibility says that nothing came back after a submit for a while.
	TimerEligibility TimerKind = "eligibility"
)

// EligibilityPatience is how long after submit the absence of any LAYER_*
// event is worth a word. Plaid documents no limit; a submit that came too
// early has been seen to vanish without an event.
const EligibilityPatience = 15 * time.Second

// Effect is something the world must now do.
type Effect interface{ effect() }

type effectMark struct{}

func (effectMark) effect() {}

// Call is the part of an effect that asks a question: exactly one event with
// this CallID must answer, CallFailed if nothing else fits.
type Call struct {
	effectMark
	Call CallID
}

// CallID returns the id the answer must carry.
func (c Call) CallID() CallID { return c.Call }

// Question is an Effect that wants an answer.
type Question interface {
	Effect
	CallID() CallID
}

// Questions.
type (
	// CreateSessionToken is POST /session/token/create. Answer: SessionTokenCreated.
	CreateSessionToken struct {
		Call
		TemplateID   string
		ClientUserID string
		Webhook      string // "" for the template's own
	}
	// CreateHandler is Plaid.create({token, …}). Answer: HandlerCreated; then
	// OnLoad when Link has preloaded. Early is a phone number for which submit()
	// is called in the line after create(), before onLoad: a mistake.
	CreateHandler struct {
		Call
		HandlerID HandlerID
		LinkToken LinkToken
		Early     PhoneNumber
	}
	// SubmitHandler is handler.submit({phone_number} or {date_of_birth}), exactly
	// one of the two unless both are the mistake. Answer: HandlerSubmitted; then
	// OnEvent.
	SubmitHandler struct {
		Call
		HandlerID   HandlerID
		Phone       PhoneNumber
		DateOfBirth DateOfBirth
	}
	// OpenHandler is handler.open(), shown on Surface. Answer: HandlerOpened.
	// Again: Link is open on this handler already, and the app calls open() all
	// the same, by mistake.
	OpenHandler struct {
		Call
		HandlerID HandlerID
		Surface   Surface
		Again     bool
	}
	// PresentLink shows the Link session that is open already on Surface.
	// Answer: HandlerOpened.
	PresentLink struct {
		Call
		HandlerID HandlerID
		Surface   Surface
	}
	// DriveLink does what the user did in the terminal's pane. Answer: LinkDriven.
	DriveLink struct {
		Call
		HandlerID HandlerID
		Action    LinkAction
	}
	// ExitHandler is handler.exit({force: true}). Answer: HandlerExited; then OnExit.
	ExitHandler struct {
		Call
		HandlerID HandlerID
	}
	// GetUserAccountSession is POST /user_account/session/get. Answer:
	// UserAccountFetched.
	GetUserAccountSession struct {
		Call
		PublicToken PublicToken
	}
	// GetAccounts is POST /accounts/get for one Item. Answer: AccountsFetched.
	GetAccounts struct {
		Call
		ItemID      string
		AccessToken AccessToken
	}
	// ExchangePublicToken is POST /item/public_token/exchange, which Layer does
	// not have: a mistake. Answer: PublicTokenExchanged, or CallFailed.
	ExchangePublicToken struct {
		Call
		PublicToken PublicToken
	}
	// TryWebhooks lets a simulated Plaid send webhooks of a Link session to a
	// receiver in this process, or forges some where Plaid is real. Each is checked
	// rightly and with the mistake. Answer: WebhooksTried.
	TryWebhooks struct {
		Call
		Wrong         WrongID
		LinkSessionID string
		LinkToken     LinkToken
	}
	// LetTimePass moves the simulated Plaid's clock. Answer: TimePassed.
	LetTimePass struct {
		Call
		By time.Duration
	}
)

// Orders: nothing answers them.
type (
	// DestroyHandler is handler.destroy(), and closes the local page.
	DestroyHandler struct {
		effectMark
		HandlerID HandlerID
	}
	// StartTimer sends TimerFired with this id when Until is reached. Timers
	// are not cancelled; one that no longer matters changes nothing.
	StartTimer struct {
		effectMark
		Timer TimerID
		Until time.Time
	}
	// DoDeed lets the app do something by itself; AppDid says that it did.
	DoDeed struct {
		effectMark
		Deed    Deed
		Because string
	}
	// ForgeOnSuccess lets somebody call the client's onSuccess with a token of
	// their own making; OnSuccess follows, as if Link had called it.
	ForgeOnSuccess struct {
		effectMark
		HandlerID   HandlerID
		PublicToken PublicToken
	}
)
