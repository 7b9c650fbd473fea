package plaidsim

import (
	"sync"
	"sync/atomic"
)

// What the journal holds, roughly, in bytes. Beyond maxJournalBytes the oldest
// records are forgotten, unless a Follower has yet to read them: then requests
// wait for it. Requests that were under way already may add up to
// mostJournalBytes; at that point the slowest Follower is cut off.
const (
	maxJournalBytes  = 3 << 20
	mostJournalBytes = 6 << 20
)

// journal is the record of everything, in memory, bounded. The zero value is
// ready for use.
type journal struct {
	tight atomic.Bool // more than maxJournalBytes, because of a follower

	mu        sync.Mutex
	records   queue[Record]
	last      uint64 // seq of the newest record
	bytes     int
	wake      chan struct{} // closed by the next record; nil while nobody waits
	followers []*Follower
	room      chan struct{} // closed when the journal is no longer tight; nil while nobody waits
}

// add numbers a record and keeps it. It never waits: see admit.
func (j *journal) add(r Record) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	r.Seq = j.last
	j.records.push(r)
	j.bytes += r.size()
	j.trim()
	if j.wake != nil {
		close(j.wake)
		j.wake = nil
	}
}

// newest is the seq of the newest record, 0 if there was none.
func (j *journal) newest() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last
}

// oldest is the seq of the oldest record that is held, or of the next one.
func (j *journal) oldest() uint64 {
	return j.last - uint64(j.records.len()) + 1 //nolint:gosec // a length is never negative
}

// trim forgets the oldest records that nobody has yet to read.
func (j *journal) trim() {
	for j.bytes > maxJournalBytes {
		if slow := j.slowest(); slow != nil && slow.read < j.oldest() {
			if j.bytes <= mostJournalBytes {
				break
			}
			j.drop(slow)
		}
		j.bytes -= j.records.pop().size()
	}
	j.tight.Store(j.bytes > maxJournalBytes)
	if j.bytes <= maxJournalBytes && j.room != nil {
		close(j.room)
		j.room = nil
	}
}

// after returns up to limit records with a seq above n, oldest first, and how
// many of those above n were forgotten before anybody asked.
func (j *journal) after(n uint64, limit int) (records []Record, forgotten uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.read(n, limit)
}

func (j *journal) read(n uint64, limit int) (records []Record, forgotten uint64) {
	oldest := j.oldest()
	if n+1 < oldest {
		forgotten = oldest - n - 1
		n = oldest - 1
	}
	if n >= j.last {
		return nil, forgotten
	}
	from := int(n - oldest + 1) //nolint:gosec // below the number of records
	records = make([]Record, min(limit, j.records.len()-from))
	for i := range records {
		records[i] = j.records.at(from + i)
	}
	return records, forgotten
}

// changed is closed as soon as there is a record with a seq above n.
func (j *journal) changed(n uint64) <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.last > n {
		done := make(chan struct{})
		close(done)
		return done
	}
	if j.wake == nil {
		j.wake = make(chan struct{})
	}
	return j.wake
}

// Records returns up to limit records of the journal with a Seq above after,
// oldest first, and how many above it have been forgotten: the journal is
// bounded, the oldest go first. See Follow for reading without a loss.
func (s *Sim) Records(after uint64, limit int) (records []Record, forgotten uint64) {
	return s.journal.after(after, limit)
}

// Changed is closed as soon as the journal has a record with a Seq above after.
func (s *Sim) Changed(after uint64) <-chan struct{} { return s.journal.changed(after) }
