package plaidsim

import "time"

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
	return clock{wall: cfg.Now, frozen: true, at: cfg.Start}
}

func (c *clock) now() time.Time {
	if c.frozen {
		return c.at
	}
	return c.wall().Add(c.skew)
}

func (c *clock) set(t time.Time) {
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

// Advance moves the simulator's clock: tokens expire and windows age.
func (s *Sim) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.set(s.now().Add(d))
	s.note("the clock was advanced by " + d.String())
}

// SetClock puts the simulator's clock to a time, earlier or later.
func (s *Sim) SetClock(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.set(t)
	s.note("the clock was set to " + t.UTC().Format(time.RFC3339))
}

// Freeze stops the simulator's clock, or lets it go on from where it stands.
func (s *Sim) Freeze(frozen bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.freeze(frozen)
	if frozen {
		s.note("the clock stands still")
	} else {
		s.note("the clock runs")
	}
}

// note writes into the journal what concerns the simulator itself; the caller
// holds the lock.
func (s *Sim) note(text string) {
	s.journal.add(Record{At: s.now(), Kind: KindNote, Note: text})
}
