package plaidsim

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
)

// How long the rest of the world waits for a Follower that is behind.
const (
	// patience is how long one that is in the way may stand still before it is
	// cut off. A client that reads slowly takes in a socket's buffer at a time,
	// so this is seconds.
	patience = 10 * time.Second
	// longestWait is how long one request waits for its turn and for room. It
	// may need two turns, one for a fault, within loopback.AnswerPatience.
	longestWait = 20 * time.Second
	// maxTurns is how many requests are worked on at once. What these add comes
	// on top of a full journal, where there is room for it.
	maxTurns = 64
	// maxFollowers is how many there may be at once.
	maxFollowers = 64
)

// ErrCutOff is what Follower.Next returns to one that did not read for so long
// that it was in everyone's way.
var ErrCutOff = errors.New("the journal went on without this follower, which had stopped reading")

// ErrTooManyFollowers is returned by Follow.
var ErrTooManyFollowers = errors.New("the journal has too many followers; close one of them")

// Follower reads the journal and misses nothing: while it is behind and the
// journal is full, requests to the simulator wait for it. One that stops
// reading is cut off after a while.
type Follower struct {
	// Forgotten is how many records that it asked for were gone already.
	Forgotten uint64

	j    *journal
	read uint64 // seq of the newest record that it is done with
	gone chan struct{}
}

// Follow returns a Follower for the records with a Seq above after. It must be
// closed.
func (s *Sim) Follow(after uint64) (*Follower, error) {
	j := &s.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.followers) >= maxFollowers {
		return nil, ErrTooManyFollowers
	}
	f := &Follower{j: j, read: min(after, j.last), gone: make(chan struct{})}
	if gone := j.oldest() - 1; gone > f.read {
		f.Forgotten, f.read = gone-f.read, gone
	}
	j.followers = append(j.followers, f)
	return f, nil
}

// Next waits for records and returns up to limit of them, oldest first. It ends
// with the context or with ErrCutOff. They are kept until Done.
func (f *Follower) Next(ctx context.Context, limit int) ([]Record, error) {
	for {
		f.j.mu.Lock()
		from := f.read
		records, _ := f.j.read(from, limit)
		f.j.mu.Unlock()
		select {
		case <-f.gone:
			return nil, ErrCutOff
		default:
		}
		if len(records) > 0 {
			return records, nil
		}
		select {
		case <-f.j.changed(from):
		case <-f.gone:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Done says that everything up to seq has been dealt with and may be forgotten.
func (f *Follower) Done(seq uint64) {
	f.j.mu.Lock()
	defer f.j.mu.Unlock()
	f.read = max(f.read, seq)
	if f.j.tight.Load() {
		f.j.trim()
	}
}

// CutOff is closed when the follower was cut off, or closed.
func (f *Follower) CutOff() <-chan struct{} { return f.gone }

// Close lets go of the journal.
func (f *Follower) Close() {
	f.j.mu.Lock()
	defer f.j.mu.Unlock()
	f.j.drop(f)
	f.j.trim()
}

// drop removes a follower; the caller holds the lock, and trims.
func (j *journal) drop(f *Follower) {
	if i := slices.Index(j.followers, f); i >= 0 {
		j.followers = slices.Delete(j.followers, i, i+1)
		close(f.gone)
	}
}

// slowest is the follower that is furthest behind, nil if there is none.
func (j *journal) slowest() *Follower {
	var slow *Follower
	for _, f := range j.followers {
		if slow == nil || f.read < slow.read {
			slow = f
		}
	}
	return slow
}

// turn waits until a request may be worked on: there may be thousands at once,
// and when a full journal has room again, not all of them may fill it. Whoever
// has the turn reads no request and writes no answer meanwhile, which may take a
// client for ever. It is called outside every lock; done gives the turn back.
// Without a turn the request must not be carried out: nobody waits for its
// answer any more, or it has waited longestWait.
func (s *Sim) turn(ctx context.Context) (done func(), e *plaidError) {
	mine := false
	select {
	case s.turns <- struct{}{}:
		mine = true
	default:
	}
	done = func() { <-s.turns }
	if mine && !s.journal.tight.Load() {
		return done, nil
	}
	waiting, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	if !mine {
		select {
		case s.turns <- struct{}{}:
		case <-waiting.Done():
			return nil, noTurn(ctx)
		}
	}
	s.journal.admit(waiting)
	if ctx.Err() != nil {
		done()
		return nil, noTurn(ctx)
	}
	return done, nil
}

// noTurn is the answer without a turn.
func noTurn(ctx context.Context) *plaidError {
	return &plaidError{status: http.StatusServiceUnavailable, Type: "API_ERROR", Code: "INTERNAL_SERVER_ERROR", noTurn: true, gaveUp: ctx.Err(),
		Message: "the simulator has more requests than it can work on; this one was not carried out"}
}

// refuseTurn answers what got no turn. It is in no journal, which is what it
// would have waited for.
func (s *Sim) refuseTurn(w http.ResponseWriter, e *plaidError) {
	if e.gaveUp != nil {
		giveUp(w, e.gaveUp)
		return
	}
	e.sign(s.strayID(strayTurn))
	s.answer(w, e.status, encode(e))
}

// admit waits while the journal is full of what a follower has yet to read, but
// no longer than ctx.
func (j *journal) admit(ctx context.Context) {
	if !j.tight.Load() {
		return
	}
	for {
		j.mu.Lock()
		slow := j.slowest()
		if !j.tight.Load() || slow == nil {
			j.mu.Unlock()
			return
		}
		seen := slow.read
		if j.room == nil {
			j.room = make(chan struct{})
		}
		room := j.room
		j.mu.Unlock()

		stuck := time.NewTimer(patience)
		select {
		case <-room:
		case <-ctx.Done():
		case <-stuck.C:
			j.mu.Lock()
			if slow.read == seen {
				j.drop(slow)
				j.trim()
			}
			j.mu.Unlock()
			continue
		}
		stuck.Stop()
		return
	}
}

// upToDate reports whether there is nothing left to read now.
func (f *Follower) upToDate() bool {
	f.j.mu.Lock()
	defer f.j.mu.Unlock()
	return f.read >= f.j.last
}
