package plaidsim

import (
	"time"

	"layersim/flow"
)

// clock is the simulator's own: Config.Now moved by skew, or standing still.
type clock struct {
	wall   func() time.Time
	skew   time.Duration
	frozen bool
	at     time.Time // while frozen
}

func newClock(cfg Config) clock {
	if cfg.Start.IsZero() {
		return clock{wall: cfg.Now}
	}
	return clock{wall: cfg.Now, frozen: true, at: bounded(cfg.Start)}
}

func (c *clock) now() time.Time {
	if c.frozen {
		return c.at.UTC()
	}
	return c.wall().Add(c.skew).UTC()
}

func (c *clock) set(t time.Time) {
	t = bounded(t)
	c.at = t
	if !c.frozen {
		c.skew += t.Sub(c.now())
	}
}

// freeze stops the clock, or lets it go on from where it stands.
func (c *clock) freeze(frozen bool) {
	now := c.now()
	c.frozen = frozen
	c.set(now)
}

// Clock returns the time on the simulator's clock, and whether it stands still.
func (s *Sim) Clock() (now time.Time, frozen bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now(), s.clock.frozen
}

// Now returns the time on the simulator's clock.
func (s *Sim) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// now is Now for those who hold the lock.
func (s *Sim) now() time.Time { return s.clock.now() }

// Advance moves the simulator's clock: tokens expire, windows age, and webhooks
// that have become due go out.
func (s *Sim) Advance(d time.Duration) {
	s.moveClock("the clock was advanced by "+d.String(), func(c *clock) { c.set(c.now().Add(d)) })
}

// SetClock puts the simulator's clock to a time, earlier or later.
func (s *Sim) SetClock(t time.Time) {
	s.moveClock("the clock was set to "+t.UTC().Format(time.RFC3339), func(c *clock) { c.set(t) })
}

// Freeze stops the simulator's clock, or lets it go on from where it stands.
func (s *Sim) Freeze(frozen bool) {
	text := "the clock runs"
	if frozen {
		text = "the clock stands still"
	}
	s.moveClock(text, func(c *clock) { c.freeze(frozen) })
}

// FirstTime and LastTime bound the simulator's clock: beyond them times cannot
// be written any more, or tokens would expire there.
var (
	FirstTime = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	LastTime  = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

func bounded(t time.Time) time.Time {
	switch {
	case t.Before(FirstTime):
		return FirstTime
	case t.After(LastTime):
		return LastTime
	}
	return t
}

// moveClock is the one place where the clock is changed.
func (s *Sim) moveClock(text string, move func(*clock)) {
	s.mu.Lock()
	move(&s.clock)
	s.remark(text)
	s.mu.Unlock()
	s.hooks.Wake()
}

// Note writes a line of text into the journal, as from the simulator itself.
func (s *Sim) Note(text string) { s.note(text) }

// note is remark for those who do not hold the lock.
func (s *Sim) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remark(text)
}

// remark writes into the journal what concerns the simulator itself; the caller
// holds the lock.
func (s *Sim) remark(text string) {
	s.journal.add(Record{At: s.now(), Kind: KindNote, Note: flow.RedactStrictly(text)})
}
