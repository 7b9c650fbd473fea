package outbox

import (
	"slices"
	"time"
)

// Arm spoils the next webhooks. Of several misdeliveries that fit one, the one
// armed first acts. The answer is what was armed, with what was left out.
func (o *Outbox) Arm(m Misdelivery) (Misdelivery, error) {
	m, err := m.check()
	if err != nil {
		return m, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.armed = append(o.armed, m)
	return m, nil
}

// Disarm takes back every misdelivery; what it spoiled already stays.
func (o *Outbox) Disarm() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.armed = nil
}

// Armed lists the misdeliveries that still wait for a webhook.
func (o *Outbox) Armed() []Misdelivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.armed)
}

// Deliveries lists what is remembered, oldest first.
func (o *Outbox) Deliveries() []Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []Delivery
	for _, id := range o.order {
		if d := o.all[id]; d != nil {
			out = append(out, d.Delivery)
		}
	}
	return out
}

// Resend sends the webhook of a delivery once more, as Plaid would: also one
// that was forged, and also to a target that is suspended. It returns the id of
// the new delivery, or false if there is no such webhook or it may not be sent.
func (o *Outbox) Resend(id int) (int, bool) { return o.ResendTo("", id, "") }

// ResendTo is Resend to another target, and with a webhook that is spoilt. An
// empty target is the one that it had, an empty Kind spoils nothing. One that is
// about when a webhook comes, such as Delayed, changes nothing.
func (o *Outbox) ResendTo(target string, id int, k Kind) (int, bool) {
	now := o.lock()
	defer o.mu.Unlock()
	of := o.all[id]
	if of == nil || of.State == Refused {
		return 0, false
	}
	if target != "" {
		elsewhere := *of
		elsewhere.webhook.Target, elsewhere.to = target, destination(target)
		of = &elsewhere
	}
	d := o.copy(now, of, k)
	d.forced = true
	o.pump(now)
	return d.ID, true
}

// Reset forgets every webhook and goes back to the first key. What is under way
// arrives, and nothing comes of the answer. Config.Now is not asked, so that a
// caller may hold its clock's lock.
func (o *Outbox) Reset(now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.traffic = newTraffic()
	o.last, o.all, o.order, o.over = 0, map[int]*delivery{}, nil, nil
	o.armed, o.waiting, o.due, o.held = nil, nil, nil, map[string]*delivery{}
	o.health, o.known = map[string]health{}, nil
	o.ring.reset(o.cfg.Wall())
	o.pump(now)
}

// Rotate lets the current key expire and makes another. Both stay available.
func (o *Outbox) Rotate() (expired, current PublicKey) { return o.ring.rotate(o.cfg.Wall()) }

// Key gives out the key with this kid, and says how often it has been now.
func (o *Outbox) Key(kid string) (k PublicKey, asked uint64, ok bool) { return o.ring.ask(kid) }

// Keys lists all keys, oldest first; the last one signs.
func (o *Outbox) Keys() []PublicKey { return o.ring.all() }
