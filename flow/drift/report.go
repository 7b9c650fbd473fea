package drift

import "fmt"

// Report is what came of a comparison.
type Report struct {
	Differences []Difference `json:"differences"`
	// Notes say what could not be compared, and why.
	Notes []string `json:"notes,omitempty"`
	// Parted counts the attempts in which Layer answered otherwise, so that from
	// there on there was nothing to compare.
	Parted int `json:"parted,omitempty"`
	// Compared counts what was looked at, on the live side.
	Compared Counts `json:"compared"`
}

// Counts is how much was compared.
type Counts struct {
	Attempts int `json:"attempts"`
	Events   int `json:"events"`
	Calls    int `json:"calls"`
	Webhooks int `json:"webhooks"`
}

// Difference is one thing that the simulator does otherwise than the live Plaid
// did.
type Difference struct {
	Attempt int    `json:"attempt"` // 1 for the first
	Step    Step   `json:"step"`    // of Layer
	Topic   Topic  `json:"topic"`
	Where   string `json:"where"` // which event, call or webhook, and what of it
	Live    string `json:"live"`
	Sim     string `json:"simulator"`
	// As is the persona as whom the attempt was done again, where several fit and
	// it matters which.
	As string `json:"as,omitempty"`
	// Settles is which open question about Plaid the difference answers, "" if it
	// is none that is known.
	Settles string `json:"settles,omitempty"`
}

// Step is where in Layer a difference lies.
type Step string

// The steps, in the order of a walk.
const (
	StepToken    Step = "link_token"
	StepHandler  Step = "handler"
	StepPhone    Step = "phone number"
	StepBirth    Step = "date of birth"
	StepLink     Step = "Link"
	StepEnd      Step = "end of Link"
	StepWebhooks Step = "webhooks"
	StepSession  Step = "session"
	StepAfter    Step = "other calls"
)

var steps = []Step{StepToken, StepHandler, StepPhone, StepBirth, StepLink, StepEnd, StepWebhooks, StepSession, StepAfter}

// Topic is what of it differs.
type Topic string

// The topics.
const (
	TopicEvent    Topic = "event"    // it came, or not
	TopicOrder    Topic = "order"    // when it happened, compared with others
	TopicTold     Topic = "delivery" // when the app was told
	TopicMetadata Topic = "metadata" // keys, types and words of metadata
	TopicCall     Topic = "call"     // it was made, or not
	TopicStatus   Topic = "status"   // HTTP status
	TopicError    Topic = "error"    // error_type, error_code
	TopicResponse Topic = "response" // shape of the answer
	TopicWebhook  Topic = "webhook"  // came, or not; its fields and words
)

// note adds a sentence once.
func (r *Report) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, n := range r.Notes {
		if n == text {
			return
		}
	}
	r.Notes = append(r.Notes, text)
}
