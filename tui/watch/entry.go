package watch

import (
	"time"

	"layersim/flow"
	"layersim/flow/lint"
)

// Side says who did something.
type Side string

// The sides, as the log names them.
const (
	SideServer Side = "server" // the app's server called Plaid's API
	SideClient Side = "app"    // the app's page called the handler
	SideUser   Side = "user"   // somebody did something in Link
	SideLink   Side = "Link"   // Link calls the app back
	SidePlaid  Side = "Plaid"  // the simulator itself
	SideHook   Side = "hook"   // Plaid tells the app's server by webhook
)

// Entry is one thing that the simulator was asked, did or told. Text in it may
// come from strangers; it is cleaned when it is drawn.
type Entry struct {
	Seq uint64
	At  time.Time // on the simulator's clock
	// Thread numbers the link_tokens from 1, 0 is none; Session is the
	// link_session_id, "" for none. They decide on the lane.
	Thread  int
	Session string

	Side      Side
	Name      string
	Detail    string
	Why       string
	Verdict   flow.Verdict
	Note      string // a word in place of the verdict's own
	State     string // of the Link session afterwards, "" when it is not told
	Verb      string // of what the app or the user did to a Link session
	Path      string // of a call
	Status    int    // of its answer
	Callback  *Callback
	Delivered bool // Callback has reached the app; else it has happened
	// Reset: the simulator forgot everything that was before, or, with a
	// Session, what that session had come to.
	Reset bool

	Exchange func() flow.Exchange // nil: this is no call
	Whole    func() string        // everything about it as JSON, private values masked
}

// Callback is a call of onEvent, onSuccess or onExit.
type Callback struct {
	Type     string // event, success or exit
	Name     string // of an event
	Happened time.Time
	Error    string // error_code of an exit
	Fault    string // lost, held, delayed or duplicated on purpose
}

// About is a Link session as it stands.
type About struct {
	Session      string
	Thread       int
	ClientUserID string
	Template     string
	Persona      string // "" for a number nobody has
	State        string // as the simulator names it: created, eligible, need_dob, ineligible, consent, …, done or exited
	Why          string // reason of the last verdict on eligibility
	Phone        flow.PhoneNumber
	Created      time.Time
	Account      flow.UserAccount // what the user shared
}

// Batch is what is new since the last one.
type Batch struct {
	Entries []Entry
	About   []About
	// Findings are mistakes that have become certain; Checks say how every rule
	// stands now, nil if nothing has changed.
	Findings []lint.Finding
	Checks   []lint.Check
	// LetGo is how many sessions so far whoever looks for mistakes had to forget:
	// of one that goes on nothing is known any more.
	LetGo int
	// Forgotten counts entries that were gone before anybody could see them.
	Forgotten uint64
	// Frozen is the time at which the simulator's clock stands still; the zero
	// time is a clock that runs.
	Frozen time.Time
	// Ahead is how far the simulator's clock is ahead of the wall's.
	Ahead time.Duration
}
