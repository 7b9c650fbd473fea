package flow

import (
	"slices"
	"time"
)

// Phase is where the walk stands, in the words of Plaid's Layer guide.
type Phase string

// The phases, in the order of a walk, and the four ends.
const (
	PhaseToken       Phase = "token"         // ask for a link_token
	PhaseHandler     Phase = "handler"       // create the handler, wait for onLoad
	PhasePhone       Phase = "phone"         // collect and submit the phone number
	PhaseEligibility Phase = "eligibility"   // wait for LAYER_READY or LAYER_NOT_AVAILABLE
	PhaseDateOfBirth Phase = "date-of-birth" // collect and submit the date of birth
	PhaseAutofill    Phase = "autofill"      // wait for LAYER_READY or LAYER_AUTOFILL_NOT_AVAILABLE
	PhaseReady       Phase = "ready"         // LAYER_READY came: call open()
	PhaseLink        Phase = "link"          // the user is in Link
	PhaseSession     Phase = "session"       // the server reads the session
	PhaseOnboarded   Phase = "onboarded"     // end: identity and Items are here
	PhaseFallback    Phase = "fallback"      // end: the app's own form
	PhaseExited      Phase = "exited"        // end: the user left Link
	PhaseFailed      Phase = "failed"        // end: a call failed; it can be made again
)

// Phases lists every phase in the order of a walk.
func Phases() []Phase {
	return []Phase{
		PhaseToken, PhaseHandler, PhasePhone, PhaseEligibility, PhaseDateOfBirth, PhaseAutofill,
		PhaseReady, PhaseLink, PhaseSession, PhaseOnboarded, PhaseFallback, PhaseExited, PhaseFailed,
	}
}

// IsEnd reports whether the walk has come to an end in this phase. Every end
// can be left by starting over.
func (p Phase) IsEnd() bool {
	switch p {
	case PhaseOnboarded, PhaseFallback, PhaseExited, PhaseFailed:
		return true
	}
	return false
}

// Config is what a walk is told before it begins.
type Config struct {
	TemplateID   string
	ClientUserID string
	Client       Client
	// Webhook is the URL that Plaid is asked to send webhooks to, "" for the one
	// that the template names.
	Webhook string
	// NoWebhooks: nobody receives webhooks in this walk, wherever they go.
	NoWebhooks bool
	// InPage: the handler lives in the local page from create() on, because the
	// real Link exists only there. Else the terminal has it until open().
	InPage bool
}

// State is everything the walk knows. It is a value: Step never changes the
// one it is given. Read it freely; make one with New and Step.
type State struct {
	Config  Config
	Phase   Phase
	Attempt int // 1 for the first, one more each time the walk starts over

	// Calls that are waited for, oldest first.
	Pending  []Question
	LastCall CallID

	LinkToken  LinkToken
	Expiration time.Time

	HandlerID     HandlerID // 0: none was created in this attempt yet
	LastHandler   HandlerID // ids are never used twice
	HandlerAlive  bool      // created and not destroyed
	HandlerLoaded bool      // onLoad came
	Opened        bool      // open() was called on this handler
	ExitCalled    bool      // the app called exit() on it
	Preload       Preload
	LinkSessionID string
	// sessionsBefore are earlier ids of the same handler's Link session: a page
	// that is loaded anew begins another one with the same link_token.
	sessionsBefore []string

	// What the operator entered; kept as a proposal across attempts.
	Phone       PhoneNumber
	DateOfBirth DateOfBirth
	// SubmittedDOB tells the two ways to eligibility apart.
	SubmittedDOB bool
	// Verdict is why the simulator found the user eligible or not, "" when Plaid
	// is real: it keeps that to itself.
	Verdict string
	// Silent: no LAYER_* event came for EligibilityPatience after submit. In
	// PhaseFallback it is why the app fell back.
	Silent bool

	Link LinkState

	PublicToken PublicToken
	Account     UserAccount

	// PhoneProof says how we know that the phone is the user's, "" if we don't.
	PhoneProof PhoneProof
	// GenuineWebhook: a verified webhook came in this walk, of whichever attempt.
	GenuineWebhook bool

	// Failure, FailedIn and FailedCall describe PhaseFailed.
	Failure    Failure
	FailedIn   Phase
	FailedCall Question
	// RetryFrom is the time from which the other side asks to be called again,
	// zero if it does not say.
	RetryFrom time.Time

	// EndReason says in one sentence why the walk ended where it did.
	EndReason string
	// SignedUp: after a fallback, the app's own form was sent.
	SignedUp bool

	// Mistake is what was done wrong on purpose, until the walk has left it
	// behind.
	Mistake Mistake
	Tally   Tally

	// usual is what Config was before a mistake changed it, nil if none did.
	usual *Config
	// strayCalls are those of Pending that a mistake made: whatever they answer,
	// and however late, does not lead the walk on.
	strayCalls []CallID
	// heard is the LAYER_* event that answered the last submit, "" before it.
	heard string
	// watched is the submit whose LAYER_* event is waited for with patience.
	watched CallID

	counted bool        // this attempt's user is in the Tally
	seen    []seenEvent // what onEvent delivered on this handler, to know a double
}

// LinkState is the part of the State about the open Link session.
type LinkState struct {
	Surface Surface
	View    string // last view_name that TRANSITION_VIEW reported
	Pane    Pane   // what the terminal draws, when Surface is InTerminal
	// WrongCodes counts ERROR events with INVALID_OTP.
	WrongCodes int
	ErrorCode  string // last error_code an ERROR event carried
	Handoff    bool
	Shown      bool // OPEN came
	// Anew: the page was loaded anew while Link was open, so that its user begins
	// with another Link session, on the same link_token.
	Anew bool

	Page PageState
}

// PageState is what is known of the local page.
type PageState struct {
	URL string
	// Tab is the newest tab that connected, 0 if none did; Connected says
	// whether it still is.
	Tab       int
	Connected bool
	// BrowserTrouble says why no browser could be started.
	BrowserTrouble string
	// News says what became of the page last, when it was reloaded, or opened
	// in another tab, and the walk went on; "" again in the next phase.
	News string
	// Trouble is what the page itself reported last.
	Trouble string
}

// PhoneProof is how the phone number was proven.
type PhoneProof string

const (
	// ProofWebhook is a verified LAYER_AUTHENTICATION_PASSED, the best proof.
	ProofWebhook PhoneProof = "LAYER_AUTHENTICATION_PASSED"
	// ProofSession says that /user_account/session/get returned the number.
	ProofSession PhoneProof = "/user_account/session/get"
)

type seenEvent struct {
	name, view, code, request string
	at                        time.Time
}

// New returns the State in which a walk begins.
func New(c Config) State { return State{Config: c, Phase: PhaseToken, Attempt: 1} }

// Waiting reports whether an answer is outstanding in this phase.
func (s State) Waiting() bool { return len(s.Pending) > 0 }

// LinkIsGone reports whether Link has closed without a callback, so that the app
// waits for one that may never come.
func (s State) LinkIsGone() bool {
	return s.Phase == PhaseLink && s.Failure.Code == CodeNoCallback
}

// PendingCall returns the oldest outstanding call of type Q.
func PendingCall[Q Question](s State) (Q, bool) {
	for _, q := range s.Pending {
		if q, ok := q.(Q); ok {
			return q, true
		}
	}
	var none Q
	return none, false
}

// stray reports whether a call was made by a mistake, this one or one before.
func (s State) stray(id CallID) bool { return slices.Contains(s.strayCalls, id) }

// clone returns a State that shares no memory that Step writes to.
func (s State) clone() State {
	s.Pending = slices.Clone(s.Pending)
	s.Account = s.Account.clone()
	s.seen = slices.Clone(s.seen)
	s.sessionsBefore = slices.Clone(s.sessionsBefore)
	s.strayCalls = slices.Clone(s.strayCalls)
	s.Mistake = s.Mistake.clone()
	return s
}
