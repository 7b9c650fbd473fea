package scenario

import (
	"context"
	"time"

	"layersim/flow"
)

// mostAtOneTime is how often something is waited for that is due and does not
// happen.
const mostAtOneTime = 100

// ring lets the timers go off whose time has come, the first one first. It
// reports whether there was any.
func (p *Player) ring() bool {
	now, rang := p.world.Now(), false
	for {
		i := p.nextTimer()
		if i < 0 || p.timers[i].Until.After(now) {
			return rang
		}
		timer := p.timers[i].Timer
		p.timers = append(p.timers[:i], p.timers[i+1:]...)
		p.events, rang = append(p.events, flow.TimerFired{At: p.at(), Timer: timer}), true
	}
}

// ranBefore is a timer that went off before an event came, such as while a call
// hung; ok is false if there is none.
func (p *Player) ranBefore(when time.Time) (e flow.TimerFired, ok bool) {
	i := p.nextTimer()
	if i < 0 || !p.timers[i].Until.Before(when) {
		return e, false
	}
	timer := p.timers[i]
	p.timers = append(p.timers[:i], p.timers[i+1:]...)
	return flow.TimerFired{At: flow.At(timer.Until), Timer: timer.Timer}, true
}

// nextTimer is the one that goes off first, -1 if there is none. Of two at the
// same time it is the one that was started first.
func (p *Player) nextTimer() int {
	first := -1
	for i, t := range p.timers {
		if first < 0 || t.Until.Before(p.timers[first].Until) {
			first = i
		}
	}
	return first
}

// pass lets time go by for everybody. What happens on the way happens when its
// time has come: timers go off, webhooks are sent again.
func (p *Player) pass(ctx context.Context, d time.Duration) error {
	until := p.world.Now().Add(d)
	for still := 0; ; {
		now := p.world.Now()
		to := until
		if i := p.nextTimer(); i >= 0 && p.timers[i].Until.Before(to) {
			to = p.timers[i].Until
		}
		if p.world.Due != nil {
			if at, ok := p.world.Due(); ok && at.Before(to) && still < mostAtOneTime {
				to = at
			}
		}
		if to.After(now) {
			p.world.Wait(to.Sub(now))
		}
		p.ring()
		if err := p.drain(ctx); err != nil {
			return err
		}
		if err := p.gather(func() error { return p.world.Settle(ctx) }); err != nil {
			return err
		}
		if err := p.drain(ctx); err != nil {
			return err
		}
		if !p.world.Now().Before(until) {
			return nil
		}
		if still++; p.world.Now().After(now) {
			still = 0
		}
	}
}
