package outbox

import (
	"container/heap"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Config is what an Outbox is made of.
type Config struct {
	// Seed fixes every key and kid.
	Seed [32]byte
	// Now is the clock of the schedule; required.
	Now func() time.Time
	// Wall is the clock of signatures and keys, nil is Now: a receiver compares
	// an iat with its own clock, which does not move with a simulated one. It is
	// asked under the Outbox's lock.
	Wall func() time.Time
	// AllowRemote lets webhooks leave this machine.
	AllowRemote bool
	// Transport carries webhooks; nil is a connection of its own for each, to
	// this machine only unless AllowRemote is set.
	Transport http.RoundTripper
	// Report is told of every step, in order. It must return soon and call
	// nothing of the Outbox.
	Report func(Report)
	// Manual: webhooks go out only while somebody waits in Settle, one after
	// another in the order in which they became due, and none by itself when its
	// time has come. Whoever settles after each step sees the same in every run.
	Manual bool
}

// Limits.
const (
	maxDeliveries = 5_000 // remembered; those that are over are forgotten first
	maxUnderWay   = 256   // attempts at once
	maxPerTarget  = 64    // to one host and port: one that hangs leaves room for others
	maxTargets    = 256   // whose health is remembered
)

// Outbox sends webhooks. It is safe for concurrent use.
type Outbox struct {
	cfg    Config
	ring   *ring
	client *http.Client
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	last     int // id of the newest delivery
	armed    []Misdelivery
	all      map[int]*delivery
	order    []int // ids of all, oldest first
	over     []int // ids of those that are over, first ended first
	waiting  later // not yet due
	due      []*delivery
	held     map[string]*delivery // by lane: until the next of the lane is sent
	*traffic                      // since the last Reset
	health   map[string]health
	known    []string // destinations in health, oldest first
	timer    *time.Timer
	settled  chan struct{} // closed when nothing is due or under way; nil while nobody waits
	settling int           // how many wait in Settle
}

// traffic is the attempts under way. After a Reset there is another, for lanes
// are named anew from the beginning: what is under way then neither holds up
// nor changes what comes after.
type traffic struct {
	busy     map[string]bool // lanes with an attempt under way
	targets  map[string]int  // attempts under way by destination
	underWay int
}

func newTraffic() *traffic { return &traffic{busy: map[string]bool{}, targets: map[string]int{}} }

// enter counts an attempt.
func (t *traffic) enter(d *delivery) {
	t.busy[d.Lane] = true
	t.targets[d.to]++
	t.underWay++
}

// leave says that an attempt is over.
func (t *traffic) leave(d *delivery) {
	delete(t.busy, d.Lane)
	if t.targets[d.to]--; t.targets[d.to] == 0 {
		delete(t.targets, d.to)
	}
	t.underWay--
}

// New returns an Outbox that has nothing to send.
func New(cfg Config) *Outbox {
	if cfg.Transport == nil {
		cfg.Transport = NewTransport(cfg.AllowRemote)
	}
	if cfg.Wall == nil {
		cfg.Wall = cfg.Now
	}
	o := &Outbox{
		cfg: cfg, ring: newRing(cfg.Seed, cfg.Wall()),
		client: &http.Client{
			Transport: cfg.Transport, Timeout: Timeout,
			// Where a redirect leads was not what the app asked for.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		all: map[int]*delivery{}, held: map[string]*delivery{}, traffic: newTraffic(), health: map[string]health{},
	}
	o.ctx, o.cancel = context.WithCancel(context.Background())
	return o
}

// Close ends all attempts and waits for them. What was not delivered stays so.
func (o *Outbox) Close() {
	o.mu.Lock()
	o.closed = true
	if o.timer != nil {
		o.timer.Stop()
	}
	o.mu.Unlock()
	o.cancel()
	o.wg.Wait()
}

// Send takes a webhook that happened now and returns its id. It does not wait
// for the delivery.
func (o *Outbox) Send(now time.Time, w Webhook) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	d := o.add(now, w, o.take(w))
	if d.open() && d.Kind == Duplicate {
		o.copy(now, d, Duplicate)
	}
	if h := o.held[w.Lane]; h != nil && h != d {
		// Now it may go, right after the one that it should have come before.
		delete(o.held, w.Lane)
		if h.index >= 0 {
			heap.Remove(&o.waiting, h.index)
			o.enqueue(h)
		}
	}
	o.pump(now)
	return d.ID
}

// take uses up the misdelivery that fits a webhook.
func (o *Outbox) take(w Webhook) Misdelivery {
	for i, m := range o.armed {
		if !m.fits(w) {
			continue
		}
		if o.armed[i].Webhooks--; o.armed[i].Webhooks == 0 {
			o.armed = slices.Delete(o.armed, i, i+1)
		}
		return m
	}
	return Misdelivery{}
}

// add remembers a delivery and queues it. The caller holds the lock, here and
// below.
func (o *Outbox) add(now time.Time, w Webhook, m Misdelivery) *delivery {
	d := o.remember(now, w, m.Kind)
	if err := CheckTarget(w.Target, o.cfg.AllowRemote); err != nil {
		d.Error, d.webhook.Target = err.Error(), "" // it is of no use any more
		o.end(now, d, Refused)
		return d
	}
	switch m.Kind {
	case Delayed:
		d.Next = now.Add(time.Duration(m.Delay))
	case Reordered:
		d.Next = now.Add(longestHold)
		o.held[w.Lane] = d
	}
	o.report(now, d, w.Body)
	if d.Next.After(now) {
		heap.Push(&o.waiting, d)
	} else {
		o.enqueue(d)
	}
	return d
}

func (o *Outbox) remember(now time.Time, w Webhook, k Kind) *delivery {
	for len(o.all) >= maxDeliveries {
		o.forget(now)
	}
	o.last++
	d := &delivery{webhook: w, to: destination(w.Target), index: -1, Delivery: Delivery{
		ID: o.last, Type: w.Type, Code: w.Code, Lane: w.Lane, Target: Shown(w.Target), State: Waiting, Kind: k, Forged: k.Forged(), Fired: now,
	}}
	o.all[d.ID] = d
	o.order = append(o.order, d.ID)
	if len(o.order) > 2*maxDeliveries {
		o.order = slices.DeleteFunc(o.order, func(id int) bool { return o.all[id] == nil })
	}
	return d
}

// copy sends the webhook of a delivery once more.
func (o *Outbox) copy(now time.Time, of *delivery, k Kind) *delivery {
	d := o.remember(now, of.webhook, k)
	d.CopyOf = of.ID
	o.report(now, d, d.webhook.Body)
	o.enqueue(d)
	return d
}

// forget makes room: first for what is over, then at the cost of what waits.
func (o *Outbox) forget(now time.Time) {
	for len(o.over) > 0 {
		id := o.over[0]
		o.over = o.over[1:]
		if o.all[id] != nil {
			delete(o.all, id)
			return
		}
	}
	for len(o.order) > 0 {
		id := o.order[0]
		o.order = o.order[1:]
		d := o.all[id]
		if d == nil {
			continue
		}
		o.unqueue(d)
		d.Error = "too many webhooks were waiting"
		o.end(now, d, Dropped)
		delete(o.all, id)
		return
	}
}
