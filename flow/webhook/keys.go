package webhook

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"layersim/flow"
)

// How keys are kept. Anybody can post a webhook that names any kid, so what a
// kid can cause is bounded: whoever floods the receiver must not make it flood
// Plaid.
const (
	kept       = time.Minute      // a key
	keptAbsent = 20 * time.Second // that Plaid knows no key with a kid; less than Plaid's first retry
	longestKid = 100              // Plaid's are UUIDs
	maxAbsent  = 200              // kids that are remembered to be unknown
	mostAsked  = 10               // calls for kids never seen, within askedIn; and for those that come again
	askedIn    = time.Minute
	// Plaid sends what was not taken again, first after 30 seconds (Plaid docs:
	// webhooks). Who makes kids up has new ones each time.
	againAfter    = 10 * time.Second
	maxTurnedAway = 10_000
)

// errTooMany is why a key is not asked for.
var errTooMany = errors.New("too many webhooks named keys that nobody knows; Plaid is not asked about more of them for a minute")

// ring is the keys that Plaid gave out, by kid.
type ring struct {
	mu     sync.Mutex
	keys   map[string]keptKey
	absent map[string]time.Time // kids that Plaid did not know, and when it was asked
	under  map[string]*asking   // calls that are under way
	asked  []time.Time          // calls for kids never seen, oldest first
	again  []time.Time          // calls for kids that were turned away before
	turned map[string]time.Time // kids that Plaid was not asked about, and when they first came
}

type keptKey struct {
	flow.WebhookKey
	at    time.Time // when it was asked for
	stale bool      // ask again before it is used
}

// asking is a call that several webhooks may wait for.
type asking struct {
	done chan struct{} // closed when key and err are there
	key  flow.WebhookKey
	err  error
}

// key returns the key that a kid names: keys change, and a webhook says which
// one it was signed with. One that is kept never learns that it has expired, so
// it is kept for a short while only, and a new kid lets all others be asked for
// again.
func (r *ring) key(ctx context.Context, kid string, now func() time.Time, ask func(context.Context, string) (flow.WebhookKey, error)) (flow.WebhookKey, error) {
	for {
		r.mu.Lock()
		if k, known := r.keys[kid]; known && !k.stale && now().Sub(k.at) < kept {
			r.mu.Unlock()
			return k.WebhookKey, nil
		}
		if at, absent := r.absent[kid]; absent && now().Sub(at) < keptAbsent {
			r.mu.Unlock()
			return flow.WebhookKey{}, errNoKey
		}
		if under := r.under[kid]; under != nil {
			r.mu.Unlock()
			select {
			case <-under.done:
			case <-ctx.Done():
				return flow.WebhookKey{}, Unchecked{ctx.Err()}
			}
			if errors.Is(under.err, context.Canceled) && ctx.Err() == nil {
				continue // whoever asked has gone; this one has not
			}
			return under.key, under.err
		}
		if _, known := r.keys[kid]; !known && !r.mayAsk(kid, now()) {
			r.mu.Unlock()
			return flow.WebhookKey{}, Unchecked{errTooMany}
		}
		call := &asking{done: make(chan struct{})}
		if r.under == nil {
			r.under = map[string]*asking{}
		}
		r.under[kid] = call
		r.mu.Unlock()
		r.ask(ctx, kid, now, ask, call)
		return call.key, call.err
	}
}

// ask makes a call, keeps what it brought and lets those go on who wait for it.
func (r *ring) ask(ctx context.Context, kid string, now func() time.Time, ask func(context.Context, string) (flow.WebhookKey, error), call *asking) {
	call.err = Unchecked{errors.New("asking for its key ended without an answer")} // should ask panic
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.under, kid)
		close(call.done)
	}()
	at := now()
	key, err := ask(ctx, kid)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil || isUnknownKid(err) {
		delete(r.turned, kid)
	}
	switch {
	case err == nil:
		r.keep(kid, key, at)
		call.key, call.err = key, nil
	case isUnknownKid(err):
		delete(r.keys, kid)
		r.forgetAbsent(at)
		r.absent[kid] = at
		call.err = fmt.Errorf("%w (%s)", errNoKey, codeOf(err))
	default:
		call.err = Unchecked{err}
	}
}

// keep remembers a key; the caller holds the lock.
func (r *ring) keep(kid string, key flow.WebhookKey, at time.Time) {
	if r.keys == nil {
		r.keys = map[string]keptKey{}
	}
	if _, known := r.keys[kid]; !known {
		for other, k := range r.keys {
			k.stale = true
			r.keys[other] = k
		}
	}
	delete(r.absent, kid)
	r.keys[kid] = keptKey{WebhookKey: key, at: at}
}

// mayAsk counts the calls for kids that are not known. One that was turned away
// and comes again has calls of its own, so that no flood of new ones can keep
// Plaid's out for ever; the caller holds the lock.
func (r *ring) mayAsk(kid string, now time.Time) bool {
	if at, turned := r.turned[kid]; turned && now.Sub(at) >= againAfter && take(&r.again, now) {
		return true
	}
	if take(&r.asked, now) {
		return true
	}
	r.turnAway(kid, now)
	return false
}

// take counts one call, if there is one left.
func take(calls *[]time.Time, now time.Time) bool {
	for len(*calls) > 0 && now.Sub((*calls)[0]) >= askedIn {
		*calls = (*calls)[1:]
	}
	if len(*calls) >= mostAsked {
		return false
	}
	*calls = append(*calls, now)
	return true
}

// turnAway remembers a kid that Plaid is not asked about. Any other one makes
// room for it, not the oldest: who floods must not know which.
func (r *ring) turnAway(kid string, now time.Time) {
	if _, turned := r.turned[kid]; turned {
		return
	}
	if r.turned == nil {
		r.turned = map[string]time.Time{}
	}
	if len(r.turned) >= maxTurnedAway {
		for other := range r.turned {
			delete(r.turned, other)
			break
		}
	}
	r.turned[kid] = now
}

// forgetAbsent makes room among the unknown kids; the caller holds the lock.
func (r *ring) forgetAbsent(now time.Time) {
	if r.absent == nil || len(r.absent) >= maxAbsent {
		r.absent = map[string]time.Time{}
	}
	for kid, at := range r.absent {
		if now.Sub(at) >= keptAbsent {
			delete(r.absent, kid)
		}
	}
}

// isUnknownKid reports whether Plaid answered that there is no such key, which
// is a verdict on the webhook. Any other error is none (Plaid docs: errors).
func isUnknownKid(err error) bool {
	switch codeOf(err) {
	case "INVALID_WEBHOOK_VERIFICATION_KEY_ID", "INVALID_FIELD":
		return true
	}
	return false
}

func codeOf(err error) string {
	var f flow.Failure
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}
