package outbox

import (
	"net/http"
	"time"
)

// Webhook is what happened and who must be told.
type Webhook struct {
	Lane   string // its Link session: webhooks of one lane go out one after the other
	Thread int    // for the Report only
	Type   string // webhook_type
	Code   string // webhook_code
	Target string // URL
	Body   []byte // the bytes that are sent; nobody changes them any more
	Last   bool   // no other follows in its lane
}

// State says how far a delivery is.
type State string

// The states of a delivery. All but the first two are final.
const (
	Waiting   State = "waiting"   // for its first attempt or the next
	Sending   State = "sending"   // an attempt is under way
	Accepted  State = "accepted"  // answered with 200
	Rejected  State = "rejected"  // a forgery that was not accepted
	GivenUp   State = "given_up"  // nobody took it for 24 hours
	Refused   State = "refused"   // the target is not allowed
	Suspended State = "suspended" // the target rejected nearly everything for a day
	Dropped   State = "dropped"   // too many were waiting
)

// Delivery is a webhook on its way, or what became of it.
type Delivery struct {
	ID int `json:"id"` // 1 for the first, one more each time
	// CopyOf is the delivery that this one repeats, 0 if none.
	CopyOf  int       `json:"copy_of,omitempty"`
	Type    string    `json:"webhook_type"`
	Code    string    `json:"webhook_code"`
	Lane    string    `json:"link_session_id"`
	Target  string    `json:"target"` // without user info and query
	State   State     `json:"state"`
	Kind    Kind      `json:"misdelivery,omitempty"`
	Forged  bool      `json:"forged,omitempty"` // a verifier must refuse it
	Fired   time.Time `json:"fired_at"`
	Next    time.Time `json:"next_attempt_at,omitzero"` // while it waits
	Attempt int       `json:"attempts"`                 // made so far
	// Of the last attempt: HTTP status, 0 without an answer; what went wrong;
	// the kid that the signature named.
	Status int    `json:"status,omitempty"`
	Error  string `json:"error,omitempty"`
	Kid    string `json:"kid,omitempty"`
}

// Report is one step of a delivery: fired (Attempt is 0 and it waits), an
// attempt with its result, or its end without one.
type Report struct {
	At     time.Time
	Thread int
	Delivery
	// Sent is the body: as fired, or as an attempt sent it.
	Sent []byte
}

// delivery is a Delivery with what sending it takes. The Outbox's lock guards
// it, but for webhook, to and Kind, which never change.
type delivery struct {
	Delivery
	webhook Webhook
	to      string    // destination of its target
	first   time.Time // when the first attempt was made
	forced  bool      // sent though its target is suspended
	index   int       // in the heap of those not yet due, -1 outside
	queued  bool      // among those that are due
}

func (d *delivery) open() bool { return d.State == Waiting || d.State == Sending }

// request is an attempt that may be made without the lock.
type request struct {
	target string
	sent   []byte
	header string
	kid    string
}

// answer is what came of it.
type answer struct {
	status int
	err    error
}

func (a answer) ok() bool { return a.err == nil && a.status == http.StatusOK }

// later orders deliveries by when they are due, then by id. It is a heap.
type later []*delivery

func (l later) Len() int { return len(l) }
func (l later) Less(i, j int) bool {
	if !l[i].Next.Equal(l[j].Next) {
		return l[i].Next.Before(l[j].Next)
	}
	return l[i].ID < l[j].ID
}
func (l later) Swap(i, j int) {
	l[i], l[j] = l[j], l[i]
	l[i].index, l[j].index = i, j
}

// Push is for container/heap.
func (l *later) Push(x any) {
	d := x.(*delivery)
	d.index = len(*l)
	*l = append(*l, d)
}

// Pop is for container/heap.
func (l *later) Pop() any {
	old := *l
	d := old[len(old)-1]
	old[len(old)-1] = nil
	*l = old[:len(old)-1]
	d.index = -1
	return d
}
