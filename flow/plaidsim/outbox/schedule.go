package outbox

import "time"

// Timeout is how long a receiver may take to answer, in real time
// (Plaid docs: webhooks).
const Timeout = 10 * time.Second

// A webhook that is not answered with 200 is sent again after 30 seconds, then
// after four times as long each, for up to 24 hours (Plaid docs: webhooks).
const (
	firstDelay  = 30 * time.Second
	delayFactor = 4
	retryFor    = 24 * time.Hour
)

// nextAttempt says when a webhook is tried again whose nth attempt failed just
// now; first is when the first was made. Not ok: never.
func nextAttempt(first, now time.Time, n int) (at time.Time, ok bool) {
	delay := firstDelay
	for range n - 1 {
		if delay *= delayFactor; delay > retryFor {
			return time.Time{}, false
		}
	}
	at = now.Add(delay)
	return at, at.Sub(first) <= retryFor
}

// A destination that rejected more than 90 % of what it got in 24 hours gets
// nothing any more (Plaid docs: webhooks). UNCONFIRMED: that a few failures do
// not count yet, and that it ends when the failures are a day old. Attempts are
// counted, forgeries are not: they are to be rejected.
const (
	suspendPercent = 90
	suspendAtLeast = 20
	longestMemory  = 500
)

// health is how a destination did lately, oldest attempt first. A value.
type health struct{ attempts []result }

type result struct {
	at time.Time
	ok bool
}

func (h health) add(at time.Time, ok bool) health {
	recent := h.since(at)
	if len(recent) >= longestMemory {
		recent = recent[len(recent)-longestMemory+1:]
	}
	return health{append(append([]result(nil), recent...), result{at, ok})}
}

func (h health) since(now time.Time) []result {
	a := h.attempts
	for len(a) > 0 && now.Sub(a[0].at) >= retryFor {
		a = a[1:]
	}
	return a
}

func (h health) suspended(now time.Time) bool {
	recent := h.since(now)
	rejected := 0
	for _, r := range recent {
		if !r.ok {
			rejected++
		}
	}
	return len(recent) >= suspendAtLeast && rejected*100 > len(recent)*suspendPercent
}
