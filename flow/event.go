package flow

import "time"

// Event is something that happened. There are seven kinds: what the operator
// wants, what the app does by itself, what the SDK calls back, answers to
// effects, what the local page reports, webhooks and timers. Every event carries the time at which it
// reached the app.
type Event interface{ When() time.Time }

// At is the time an event reached the app; events embed it.
type At time.Time

// When returns the time the event reached the app.
func (a At) When() time.Time { return time.Time(a) }

// What the operator wants.
type (
	// LinkTokenRequested lets our server ask Plaid for a link_token.
	LinkTokenRequested struct{ At }
	// HandlerRequested creates the handler from the link_token.
	HandlerRequested struct{ At }
	// PhoneNumberEntered submits this number.
	PhoneNumberEntered struct {
		At
		Phone PhoneNumber
	}
	// DateOfBirthEntered submits this date.
	DateOfBirthEntered struct {
		At
		DateOfBirth DateOfBirth
	}
	// AutofillDeclined asks for no date of birth, or waits no longer for a
	// LAYER_* event, and uses our own form.
	AutofillDeclined struct{ At }
	// OpenRequested calls open() and shows Link on this surface.
	OpenRequested struct {
		At
		Surface Surface
	}
	// SurfaceChosen shows the Link session that is already open here instead.
	SurfaceChosen struct {
		At
		Surface Surface
	}
	// LinkActed says that the user did something in a pane drawn by the terminal.
	LinkActed struct {
		At
		Action LinkAction
	}
	// ExitRequested makes the app call exit({force: true}).
	ExitRequested struct{ At }
	// RetryRequested makes the call that failed, or went unanswered, again.
	RetryRequested struct{ At }
	// StartOverRequested leaves this attempt and begins a new one with a new
	// token. What was entered stays as a proposal. A TemplateID that is not
	// empty is used from then on, and so is a Client with a Platform: the app
	// was built with another Link SDK.
	StartOverRequested struct {
		At
		TemplateID string
		Client     Client
	}
	// SignUpSubmitted says that the app's own form, after a fallback, was sent.
	SignUpSubmitted struct{ At }
)

// LinkAction is one thing a user can do in a pane of Link.
type LinkAction struct {
	Kind LinkActionKind
	Code OneTimeCode // with LinkCode
	// Values are the identity fields as they stand when Share is pressed, by
	// PaneField key; only what differs from what was shown is an edit. With a
	// bank they are its pane's fields.
	Values   map[string]Masked[ssnKind]
	Accounts []string // ids of the accounts to share, with LinkShare
	Choice   string   // id of a PaneOption, with LinkInstitution
}

// LinkActionKind names a LinkAction.
type LinkActionKind string

// What a user can do in Link.
const (
	LinkContinue LinkActionKind = "continue"
	LinkCode     LinkActionKind = "code"
	LinkShare    LinkActionKind = "share"
	LinkClose    LinkActionKind = "close"
	// LinkVerified is Link's own: the network has proven the phone, no code was
	// needed (silent network authentication).
	LinkVerified LinkActionKind = "verified"

	// Adding another bank in review.
	LinkAddBank     LinkActionKind = "add_bank"    // Values and Accounts as with LinkShare
	LinkSearch      LinkActionKind = "search"      // Values
	LinkInstitution LinkActionKind = "institution" // Choice
	LinkCredentials LinkActionKind = "credentials" // Values
	LinkMFA         LinkActionKind = "mfa"         // Values
	LinkAccounts    LinkActionKind = "accounts"    // Accounts
	LinkBack        LinkActionKind = "back"
)

// What the SDK calls back. HandlerID says which handler: callbacks of one that
// was left behind change nothing.
type (
	// OnLoad is Link's onLoad(): it has preloaded, submit and open are safe.
	// Again: the page was loaded anew, made every call of this handler again, and
	// this is what Link called back meanwhile. It decides nothing.
	OnLoad struct {
		At
		HandlerID HandlerID
		Again     bool
	}
	// OnEvent is Link's onEvent(eventName, metadata).
	OnEvent struct {
		At
		HandlerID HandlerID
		Name      string
		Metadata  Metadata
		Again     bool // as with OnLoad
	}
	// OnSuccess is Link's onSuccess(public_token, metadata).
	OnSuccess struct {
		At
		HandlerID   HandlerID
		PublicToken PublicToken
		Metadata    Metadata
	}
	// OnExit is Link's onExit(error, metadata); Failure is zero when the user
	// simply left.
	OnExit struct {
		At
		HandlerID HandlerID
		Failure   Failure
		Metadata  Metadata
	}
)

// Names of the events that decide something in a Layer flow. Any other name
// is legal too: it is shown and kept. (Plaid docs: Link Web, onEvent.)
const (
	EventLayerReady               = "LAYER_READY"
	EventLayerNotAvailable        = "LAYER_NOT_AVAILABLE"
	EventLayerAutofillUnavailable = "LAYER_AUTOFILL_NOT_AVAILABLE"
	EventOpen                     = "OPEN"
	EventExit                     = "EXIT"
	EventHandoff                  = "HANDOFF"
	EventError                    = "ERROR"
	EventTransitionView           = "TRANSITION_VIEW"
	EventSubmitOTP                = "SUBMIT_OTP"
	EventVerifyPhone              = "VERIFY_PHONE"

	// Adding another bank.
	EventSearchInstitution = "SEARCH_INSTITUTION"
	EventSelectInstitution = "SELECT_INSTITUTION"
	EventSubmitCredentials = "SUBMIT_CREDENTIALS" //nolint:gosec // a name, no credential
	EventSubmitMFA         = "SUBMIT_MFA"
	EventOpenOAuth         = "OPEN_OAUTH"
)

// Metadata is what a callback carries besides its name: the keys that are read
// by the core, and the whole object as it came for those who show it.
type Metadata struct {
	ViewName      string
	ErrorType     string
	ErrorCode     string
	ErrorMessage  string
	ExitStatus    string
	LinkSessionID string
	RequestID     string
	// Timestamp is when it happened, which can be long before it arrived:
	// Link may hold back all but OPEN and the LAYER_* events until the end.
	Timestamp time.Time
	// Verdict is why a simulated Plaid found the user eligible or not. The real
	// one never says.
	Verdict string
	// Raw is the metadata object as JSON, already redacted.
	Raw string
}

// Answers to effects. An answer whose Call is not waited for changes nothing.
type (
	// SessionTokenCreated answers CreateSessionToken.
	SessionTokenCreated struct {
		At
		Call       CallID
		LinkToken  LinkToken
		Expiration time.Time
		RequestID  string
	}
	// HandlerCreated answers CreateHandler: create() returned.
	HandlerCreated struct {
		At
		Call CallID
	}
	// HandlerSubmitted answers SubmitHandler: submit() returned. Whether the
	// user is eligible comes later, as an event.
	HandlerSubmitted struct {
		At
		Call CallID
	}
	// HandlerOpened answers OpenHandler and PresentLink: open() returned.
	HandlerOpened struct {
		At
		Call CallID
	}
	// LinkDriven answers DriveLink.
	LinkDriven struct {
		At
		Call CallID
	}
	// HandlerExited answers ExitHandler: exit() returned.
	HandlerExited struct {
		At
		Call CallID
	}
	// UserAccountFetched answers GetUserAccountSession.
	UserAccountFetched struct {
		At
		Call    CallID
		Account UserAccount
	}
	// AccountsFetched answers GetAccounts.
	AccountsFetched struct {
		At
		Call        CallID
		Institution string
		Accounts    []Account
		Deviations  Deviations
	}
	// PublicTokenExchanged answers ExchangePublicToken.
	PublicTokenExchanged struct {
		At
		Call CallID
	}
	// WebhooksTried answers TryWebhooks.
	WebhooksTried struct {
		At
		Call   CallID
		Trials []WebhookTrial
	}
	// TimePassed answers LetTimePass.
	TimePassed struct {
		At
		Call CallID
	}
	// CallFailed answers any effect that could not be performed.
	CallFailed struct {
		At
		Call    CallID
		Failure Failure
	}
)

// What the local page and the terminal's own Link report.
type (
	// PaneShown says that Link, drawn by the terminal, now shows this pane.
	PaneShown struct {
		At
		HandlerID HandlerID
		Pane      Pane
	}
	// PageServed says that the local page is up at URL, which is secret to this run.
	PageServed struct {
		At
		URL string
	}
	// BrowserStarted says that a browser was asked to open the page.
	BrowserStarted struct{ At }
	// BrowserFailed says that no browser could be started, and why.
	BrowserFailed struct {
		At
		Reason string
	}
	// PageConnected says that a browser tab has the page open. Tab counts them.
	PageConnected struct {
		At
		Tab int
	}
	// PageLost says that the tab that had the page is gone (closed, reloading, asleep).
	PageLost struct {
		At
		Tab int
	}
	// PageTrouble says what the page could not do, e.g. load the script.
	PageTrouble struct {
		At
		Reason string
	}
)

// WebhookReceived is a webhook that reached our server.
type WebhookReceived struct {
	At
	Type, Code    string
	LinkSessionID string
	LinkToken     LinkToken
	Status        string // SUCCESS or EXITED, with SESSION_FINISHED
	// Verified says that the Plaid-Verification header proved who sent it;
	// Reason says why not. An unverified webhook is shown and believed nothing.
	Verified bool
	Reason   string
	// Unchecked: whether it is Plaid's could not be found out, because the key
	// could not be had. It was answered so that Plaid sends it again.
	Unchecked bool
	// Delivery counts how often these very bytes were verified, this time
	// included: Plaid may deliver a webhook twice. 0 when it is not verified.
	Delivery int
	// Raw is the body as JSON, already redacted.
	Raw string
}

// WebhookTrial is one webhook that was checked twice.
type WebhookTrial struct {
	What string // which one it was: "the genuine one"
	// Right and Wrong say why it was refused by the right procedure and by the
	// one with the mistake; "" means that it was believed.
	Right, Wrong string
}

// WebhookKey is a key as /webhook_verification_key/get answers it (Plaid
// OpenAPI: JWKPublicKey).
type WebhookKey struct {
	Kid   string
	Curve string // P-256
	X, Y  string // base64url
	// ExpiredAt is when it expired, or will, zero while Plaid does not say.
	ExpiredAt time.Time
}

// Webhook codes of a Layer session (Plaid docs: Layer API webhooks).
const (
	WebhookLayerAuthenticationPassed = "LAYER_AUTHENTICATION_PASSED"
	WebhookSessionFinished           = "SESSION_FINISHED"
)

// TimerFired says that a timer set by StartTimer has run out.
type TimerFired struct {
	At
	Timer TimerID
}

// ExchangeRecorded is one HTTP request and its answer, as seen by our server.
// It changes nothing; it is in the journal so that every reader has it.
type ExchangeRecorded struct {
	At
	Exchange Exchange
}

// Exchange is an HTTP request and its answer, already redacted.
type Exchange struct {
	Method, URL     string
	RequestHeaders  []Header
	RequestBody     string
	Status          int // 0 when no answer came
	ResponseHeaders []Header
	ResponseBody    string
	Started         time.Time
	Duration        time.Duration
	Error           string // why no answer came, or only a part of one
	ErrorCode       string // which of the Code… constants is known to be true of it, or ""
	RequestID       string
}

// Header is one line of an HTTP header.
type Header struct{ Name, Value string }
