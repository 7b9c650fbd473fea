package plaidsim

import (
	"net/http"
	"time"
)

type clockAnswer struct {
	Now    time.Time `json:"now"` // UTC
	Frozen bool      `json:"frozen"`
}

// controlClock answers GET /sim/clock.
func (s *Sim) controlClock(_ http.ResponseWriter, _ *http.Request) (any, *plaidError) {
	now, frozen := s.Clock()
	return clockAnswer{now.UTC(), frozen}, nil
}

// controlSetClock answers POST /sim/clock. What is given is done in this order:
// frozen, set, advance.
func (s *Sim) controlSetClock(w http.ResponseWriter, r *http.Request) (any, *plaidError) {
	const example = `{"advance":"4h"}, {"set":"2026-04-01T12:00:00Z"} or {"frozen":true}`
	var q struct {
		Advance *string `json:"advance"`
		Set     *string `json:"set"`
		Frozen  *bool   `json:"frozen"`
	}
	if e := controlBody(w, r, &q, example); e != nil {
		return nil, e
	}
	var set time.Time
	var by time.Duration
	var err error
	if q.Advance == nil && q.Set == nil && q.Frozen == nil {
		return nil, missingFields("advance, set or frozen, as in " + example)
	}
	if q.Set != nil {
		if set, err = time.Parse(time.RFC3339, *q.Set); err != nil {
			return nil, invalidField("set must be a time such as 2026-04-01T12:00:00Z, not " + clip(*q.Set))
		}
	}
	if q.Advance != nil {
		if by, err = time.ParseDuration(*q.Advance); err != nil || by < 0 {
			return nil, invalidField("advance must be a duration such as 90s, 30m or 4h, not " + clip(*q.Advance) + "; to go back use set")
		}
	}
	to, _ := s.Clock()
	if q.Set != nil {
		to = set
	}
	if to.Before(FirstTime) || to.After(LastTime) || by > LastTime.Sub(to) {
		return nil, invalidField("the clock goes from " + FirstTime.Format(time.RFC3339) + " to " + LastTime.Format(time.RFC3339))
	}
	if q.Frozen != nil {
		s.Freeze(*q.Frozen)
	}
	if q.Set != nil {
		s.SetClock(set)
	}
	if q.Advance != nil {
		s.Advance(by)
	}
	return s.controlClock(w, r)
}
