package lint

import "time"

// Severity says how bad a mistake is.
type Severity string

// The severities.
const (
	// Wrong breaks the flow, or lets somebody in.
	Wrong Severity = "wrong"
	// Risky works here and fails elsewhere, or costs something.
	Risky Severity = "risky"
)

// Finding is a mistake, with the facts of the session in which it was made.
// Values in it are masked and fit for a terminal.
type Finding struct {
	Rule     string    `json:"rule"`
	Title    string    `json:"title"` // the Rule's Fault
	Severity Severity  `json:"severity"`
	Seq      uint64    `json:"seq"` // of the entry that is to blame
	At       time.Time `json:"at"`
	// Known is the Seq of the entry that made it certain: the same, or a later
	// one when something did not follow.
	Known uint64 `json:"known"`
	// Run counts how often the simulator forgot everything before: numbers and
	// ids begin anew then.
	Run     int    `json:"run,omitempty"`
	Token   int    `json:"thread,omitempty"`
	Handler string `json:"link_session_id,omitempty"`
	What    string `json:"what"` // what happened here
	Why     string `json:"why"`  // why it matters
	Fix     string `json:"fix"`
	Source  string `json:"source"`
}

// Standing is how a rule stands.
type Standing int

// How a rule may stand. The greater one wins.
const (
	Untested Standing = iota // nothing happened that it is about
	Kept
	Broken
)

func (s Standing) String() string { return [...]string{"untested", "kept", "broken"}[s] }

// Check is a rule with how it stands.
type Check struct {
	Rule     *Rule
	Standing Standing
	Findings int
}

// Where says where a rule can be seen.
type Where int

// The two kinds of record.
const (
	InWalk Where = 1 << iota
	InRecording
	Everywhere = InWalk | InRecording
)
