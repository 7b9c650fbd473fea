package scenario

import (
	"time"

	"layersim/flow"
)

// Scenario is a walk that is written down: who walks, where, what is done, and
// what is to be seen. One file is a check for CI, a demonstration for a room
// and a test of this program.
type Scenario struct {
	Name  string // such as "wrong-code-three-times"; the file's name without .yaml
	Title string // what it shows, in a few words
	// Group is the part of the library that it belongs to, such as "Webhooks"; ""
	// for a scenario of somebody's own.
	Group string
	About string // in a few sentences
	// File is where it was read, for people; "" for a scenario that no file has.
	File string

	Persona    string // whose number is submitted, and whose code is typed
	Template   string // its name
	Platform   string // "web"
	SDKVersion string // "" for the newest
	Seed       uint64
	// Clock is when the walk begins; time then passes only where a step says so.
	Clock time.Time
	// Delivery is when a simulated Link tells its events: "documented", "live"
	// or "shuffled".
	Delivery string
	Strict   bool // as serve --strict
	// NotEnabled lists what the client may not use at Plaid: products ("auth") and
	// paths ("/network/status/get").
	NotEnabled []string
	// Faults are armed before the first step.
	Faults []Fault
	// Minutes is how long a presenter takes, 0 if that was not said.
	Minutes int
	Steps   []Step
}

// Step is one thing that is done, or one that is expected.
type Step struct {
	// Line is where it stands in the file, 0 if no file has it.
	Line int
	// Beat begins a beat of a presentation, and names it; "" goes on with the
	// one that was begun.
	Beat  string
	Notes string   // for the presenter, shown on request
	Ask   Question // for the audience, answered before this step is done

	// Do is what is done, or what is expected.
	Do Deed
}

// Question is put to an audience.
type Question struct{ Question, Answer string }

// Deed is what a step does or expects: one of the types below.
type Deed interface{ deed() }

type deedMark struct{}

func (deedMark) deed() {}

// What the app's server and client do.
type (
	// CreateToken asks Plaid for a link_token: "create token".
	CreateToken struct{ deedMark }
	// CreateHandler creates the handler and waits for onLoad: "create handler".
	CreateHandler struct{ deedMark }
	// SubmitPhone submits a phone number: "submit phone". Number is E.164; zero is
	// that of the scenario's persona.
	SubmitPhone struct {
		deedMark
		Number flow.PhoneNumber
	}
	// SubmitDateOfBirth submits a date of birth: "submit date of birth". Zero is
	// the one that finds the persona; "wrong" in a file is WrongDateOfBirth.
	SubmitDateOfBirth struct {
		deedMark
		Date flow.DateOfBirth
	}
	// Decline asks for no date of birth, or waits no longer, and goes on with the
	// app's own form: "decline".
	Decline struct{ deedMark }
	// Open calls open(): "open".
	Open struct{ deedMark }
	// Exit calls exit({force: true}): "exit".
	Exit struct{ deedMark }
	// Retry makes the call that failed again: "retry".
	Retry struct{ deedMark }
	// StartOver begins again: "start over". What is "" stays as it is.
	StartOver struct {
		deedMark
		Template, Platform, SDKVersion string
	}
	// SignUp sends the app's own form: "sign up".
	SignUp struct{ deedMark }
	// DoWrong makes a mistake on purpose: "do wrong".
	DoWrong struct {
		deedMark
		Wrong flow.WrongID
	}
	// Call makes a call of Plaid's API that the walk itself does not make, as
	// somebody's server would: "call". What it carries is sent as it is, with the
	// keys of the walk's server unless Headers has others. In Body ${link_token},
	// ${public_token}, ${access_token} (of the first Item) and ${link_session_id}
	// are those of the walk.
	Call struct {
		deedMark
		Method  string // "" is POST
		Path    string // "/network/status/get"
		Headers []flow.Header
		Body    string
	}
)

// What the user does in Link.
type (
	// Continue presses the primary button of a pane: "continue".
	Continue struct{ deedMark }
	// EnterCode types a one-time code: "code". Zero is the persona's; "wrong" in a
	// file is WrongCode.
	EnterCode struct {
		deedMark
		Code flow.OneTimeCode
	}
	// EditField changes fields before they are shared: "edit field". Nothing is
	// sent until Share.
	EditField struct {
		deedMark
		Values map[string]flow.SSN // by flow.PaneField.Key, such as "address.street"
	}
	// ChooseAccounts ticks accounts: "choose accounts". Of one that is not named the
	// tick is taken away. Nothing is sent until the pane is left.
	ChooseAccounts struct {
		deedMark
		All   bool
		Names []string // name, mask or id of an account, or the name of a bank for all of its
	}
	// Share shares: "share".
	Share struct{ deedMark }
	// AddBank begins to add a bank in review: "add bank".
	AddBank struct{ deedMark }
	// Search looks for a bank: "search".
	Search struct {
		deedMark
		Query string
	}
	// ChooseInstitution chooses a bank: "institution", by its name or id.
	ChooseInstitution struct {
		deedMark
		Institution string
	}
	// SignIn fills in and sends the form of a bank, of whichever pane: "sign in".
	SignIn struct {
		deedMark
		Values map[string]flow.SSN // by flow.PaneField.Key
	}
	// Back goes back one pane: "back".
	Back struct{ deedMark }
	// Close presses Close: "close".
	Close struct{ deedMark }
)

// What happens around them.
type (
	// Wait lets time pass for everybody: "wait".
	Wait struct {
		deedMark
		For time.Duration
	}
	// AdvanceClock moves the clock of the simulated Plaid only: "advance clock".
	AdvanceClock struct {
		deedMark
		By time.Duration
	}
	// ArmFault arms a fault: "fault".
	ArmFault struct {
		deedMark
		Fault Fault
	}
	// Heal takes every fault back: "heal".
	Heal struct{ deedMark }
	// SendWebhook delivers the newest webhook with this code once more: "send webhook".
	SendWebhook struct {
		deedMark
		Code string
	}
	// RotateWebhookKey makes Plaid sign with a new key: "rotate webhook key".
	RotateWebhookKey struct{ deedMark }
	// MisdeliverWebhook makes the next webhook go wrong on its way: "misdeliver
	// webhook". How is a word of POST /sim/webhooks, such as "duplicate".
	MisdeliverWebhook struct {
		deedMark
		How  string
		Code string // "" is any
	}
)

// What is expected. What is "" or nil is not looked at.
type (
	// ExpectEvent wants a callback that comes after the one that was expected
	// last: "expect event".
	ExpectEvent struct {
		deedMark
		// Name is that of the event, or "onLoad", "onSuccess", "onExit".
		Name      string
		View      string
		ErrorCode string
		Status    string // where the user left, with onExit: "requires_code"
		Timing    Timing
		Times     int  // how often from there on, in all; 0 is at least once
		Missing   bool // it must not have come: "expect no event"
	}
	// ExpectEvents wants exactly these events since the last expectation of events,
	// in the order in which they happened: "expect events". A view is written
	// TRANSITION_VIEW:CONSENT, an error ERROR:INVALID_OTP.
	ExpectEvents struct {
		deedMark
		Names []string
	}
	// ExpectPhase wants the walk to stand here: "expect phase".
	ExpectPhase struct {
		deedMark
		Phase flow.Phase
	}
	// ExpectRefused wants the step before to have been refused: "expect refused".
	ExpectRefused struct {
		deedMark
		Why string // a part of the reason
	}
	// ExpectResult wants the session to have these values, by path, such as
	// "identity.name.first_name": "expect result". "items" is how many there are;
	// "absent" is a value that must not be there, "present" any.
	ExpectResult struct {
		deedMark
		Values map[string]string
	}
	// ExpectEdits wants edit counts by field ("name", "address", "email",
	// "date_of_birth", "official_document.ssn") and window ("current", "1d", "30d",
	// "365d", "all_time"): "expect edits".
	ExpectEdits struct {
		deedMark
		Counts map[string]map[string]int
	}
	// ExpectError wants the newest call that failed, or the error that onExit
	// carried, to have failed so: "expect error".
	ExpectError struct {
		deedMark
		Code, Type string
		Status     int
		Message    string // a part of it
		On         string // the path, such as "/session/token/create"
	}
	// ExpectAnswer wants the newest exchange with Plaid's API, or the newest on that
	// path, to have been answered so: "expect answer".
	ExpectAnswer struct {
		deedMark
		On     string // the path, such as "/network/status/get"
		Status int
		// Values are those of the body by path, as with ExpectResult; the length of a
		// list is its value.
		Values map[string]string
	}
	// ExpectWebhook wants a webhook that came after the one that was expected last:
	// "expect webhook".
	ExpectWebhook struct {
		deedMark
		Code     string
		Status   string
		Verified string // "true", "false"
		Reason   string // a part of why it is not believed
		Times    int    // in all; 0 is at least once
		Missing  bool   // none of that code must have come: "expect no webhook"
	}
	// ExpectFindings wants the linter to find exactly these rules: "expect
	// findings". Empty wants none.
	ExpectFindings struct {
		deedMark
		Rules []string
	}
	// ExpectOutcome wants the mistake that was made on purpose to have come to this:
	// "expect outcome".
	ExpectOutcome struct {
		deedMark
		Says string // a part of it
	}
	// ExpectPane wants Link to show this: "expect pane".
	ExpectPane struct {
		deedMark
		View   string
		Notice string // a part of what went wrong with the last answer, in the pane or at a field
	}
)

// Timing is when an event reached the app.
type Timing string

// The timing classes: OPEN and the LAYER_* events come at once, others may be
// held until onSuccess or onExit (Plaid docs: Link Web, onEvent).
const (
	TimingLive Timing = "live" // before Link was over
	TimingHeld Timing = "held" // with onSuccess or onExit
)

// Fault makes the simulated Plaid misbehave, as POST /sim/faults does; the
// fields have its names.
type Fault struct {
	On                                                 string
	Nth, Calls                                         int
	Latency, Delay                                     time.Duration
	NoAnswer, Drop, Garbage, Truncate, Swallow         bool
	Lose, Duplicate, Hold                              bool
	Status                                             int
	ErrorType, ErrorCode, ErrorMessage, DisplayMessage string
}

// What a file means by "wrong".
const (
	WrongDateOfBirth = "1901-02-03" // nobody's
	WrongCode        = "000000"
)
