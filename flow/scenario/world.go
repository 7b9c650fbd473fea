package scenario

import (
	"context"
	"net/http"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
)

// World is where a scenario is played: one walk in front of a simulated Plaid.
type World struct {
	Config  flow.Config
	Catalog *fixtures.Catalog
	// Perform does what an effect asks for and returns the event that answers it,
	// nil for none.
	Perform func(ctx context.Context, e flow.Effect) flow.Event
	// Events is the ordered stream of everything that answers nothing.
	Events <-chan flow.Event
	Now    func() time.Time
	// Wait lets time pass for everybody. Timers are the player's.
	Wait func(d time.Duration)
	// Settle returns when no webhook is on its way any more.
	Settle func(ctx context.Context) error
	// Due is when something next happens by itself in the simulated Plaid, such as
	// a webhook that is sent again; nil or false for never.
	Due   func() (at time.Time, ok bool)
	Plaid Plaid
	// Record takes the walk down, entry by entry; nil for nobody.
	Record func(journal.Entry) error
}

// Plaid is as much of a simulated Plaid as scenarios touch.
type Plaid interface {
	// Fail arms a fault. The error says what does not fit together.
	Fail(f Fault) error
	// Idle names the faults that are armed and have not acted.
	Idle() []string
	Heal()
	Advance(d time.Duration)
	// SendWebhook delivers the newest webhook with this code once more.
	SendWebhook(ctx context.Context, code string) error
	RotateWebhookKey()
	// MisdeliverWebhook makes the next webhook with this code, or any, go wrong on
	// its way.
	MisdeliverWebhook(how, code string) error
	// Call makes a call of the walk's server by hand. What came of it is an
	// exchange in the stream of events.
	Call(ctx context.Context, r *http.Request) error
}
