package outbox

import (
	"container/heap"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"layersim/flow/guard"
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

func (o *Outbox) enqueue(d *delivery) {
	d.queued = true
	o.due = append(o.due, d)
}

func (o *Outbox) unqueue(d *delivery) {
	if d.index >= 0 {
		heap.Remove(&o.waiting, d.index)
	}
	if d.queued {
		d.queued = false
		o.due = slices.DeleteFunc(o.due, func(q *delivery) bool { return q == d })
	}
	if o.held[d.Lane] == d {
		delete(o.held, d.Lane)
	}
}

// end says that a delivery is over.
func (o *Outbox) end(now time.Time, d *delivery, s State) {
	d.State, d.Next = s, time.Time{}
	o.over = append(o.over, d.ID)
	o.report(now, d, nil)
}

func (o *Outbox) report(now time.Time, d *delivery, sent []byte) {
	if o.cfg.Report != nil {
		o.cfg.Report(Report{At: now, Thread: d.webhook.Thread, Delivery: d.Delivery, Sent: sent})
	}
}

// pump starts every attempt that may be made now and sets the timer for the
// next one.
func (o *Outbox) pump(now time.Time) {
	for len(o.waiting) > 0 && !o.waiting[0].Next.After(now) {
		d := heap.Pop(&o.waiting).(*delivery)
		if o.held[d.Lane] == d {
			delete(o.held, d.Lane)
		}
		o.enqueue(d)
	}
	o.start(now)
	o.arm(now)
	if o.settled != nil && o.idle() {
		close(o.settled)
		o.settled = nil
	}
}

func (o *Outbox) idle() bool { return o.closed || len(o.due) == 0 && o.underWay == 0 }

// start begins attempts in the order in which they became due, passing over
// those whose lane or destination is busy.
func (o *Outbox) start(now time.Time) {
	if o.closed || o.cfg.Manual && o.settling == 0 {
		return
	}
	most := maxUnderWay
	if o.cfg.Manual {
		most = 1
	}
	kept := o.due[:0]
	for i, d := range o.due {
		if o.underWay >= most {
			kept = append(kept, o.due[i:]...)
			break
		}
		if o.busy[d.Lane] || o.targets[d.to] >= maxPerTarget {
			kept = append(kept, d)
			continue
		}
		d.queued = false
		if !d.forced && !d.Forged && o.health[d.to].suspended(now) {
			d.Error = "its target rejected more than 90 % of the webhooks of the last 24 hours"
			o.end(now, d, Suspended)
			continue
		}
		d.State, d.Next = Sending, time.Time{}
		if d.Attempt++; d.Attempt == 1 {
			d.first = now
		}
		o.enter(d)
		o.wg.Add(1)
		// The key is taken now, for a Reset changes them.
		traffic, sign := o.traffic, o.ring.signer(d.Kind, o.cfg.Wall())
		guard.Go(func() { o.attempt(d, traffic, sign) })
	}
	clear(o.due[len(kept):])
	o.due = kept
}

// arm lets the timer ring when the next delivery is due, should nobody move the
// clock before.
func (o *Outbox) arm(now time.Time) {
	if o.closed || len(o.waiting) == 0 || o.cfg.Manual {
		if o.timer != nil {
			o.timer.Stop()
		}
		return
	}
	in := max(o.waiting[0].Next.Sub(now), time.Millisecond)
	if o.timer == nil {
		o.timer = time.AfterFunc(in, guard.Func(o.Wake))
	} else {
		o.timer.Reset(in)
	}
}

// Wake sends what has become due. Call it after the clock was moved.
func (o *Outbox) Wake() {
	now := o.lock()
	defer o.mu.Unlock()
	o.pump(now)
}

// lock takes the lock and says what time it is. The clock must not be asked
// under the lock; but if there was a Reset since, it may have been put back.
func (o *Outbox) lock() time.Time {
	o.mu.Lock()
	for {
		since := o.traffic
		o.mu.Unlock()
		now := o.cfg.Now()
		o.mu.Lock()
		if o.traffic == since {
			return now
		}
	}
}

// Settle waits until nothing is due or under way. What waits for a later time
// does not count.
func (o *Outbox) Settle(ctx context.Context) error {
	if o.cfg.Manual {
		now := o.lock()
		o.settling++
		defer func() {
			o.mu.Lock()
			o.settling--
			o.mu.Unlock()
		}()
		o.pump(now)
	} else {
		o.mu.Lock()
	}
	if o.idle() {
		o.mu.Unlock()
		return nil
	}
	if o.settled == nil {
		o.settled = make(chan struct{})
	}
	settled := o.settled
	o.mu.Unlock()
	select {
	case <-settled:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-o.ctx.Done():
		return nil
	}
}

// NextDue is when the next webhook that waits for its time will be due; ok is
// false if none waits.
func (o *Outbox) NextDue() (at time.Time, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) == 0 {
		return time.Time{}, false
	}
	return o.waiting[0].Next, true
}
