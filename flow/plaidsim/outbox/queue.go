package outbox

import (
	"container/heap"
	"context"
	"slices"
	"time"

	"layersim/flow/guard"
)

// What is due goes out, one after another for each lane.

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
