package plaidsim

import "sync"

// maxJournalBytes is roughly how much the journal holds. Beyond it the oldest
// records are forgotten, and whoever reads from there is told so.
const maxJournalBytes = 6 << 20

// journal is the record of everything, in memory, bounded. The zero value is
// ready for use.
type journal struct {
	mu      sync.Mutex
	records queue[Record]
	last    uint64 // seq of the newest record
	bytes   int
	wake    chan struct{} // closed by the next record; nil while nobody waits
}

// add numbers a record and keeps it.
func (j *journal) add(r Record) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	r.Seq = j.last
	j.records.push(r)
	for j.bytes += r.size(); j.bytes > maxJournalBytes; {
		j.bytes -= j.records.pop().size()
	}
	if j.wake != nil {
		close(j.wake)
		j.wake = nil
	}
}

// after returns up to limit records with a seq above n, oldest first, and how
// many of those above n were forgotten before anybody asked.
func (j *journal) after(n uint64, limit int) (records []Record, forgotten uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	oldest := j.last - uint64(j.records.len()) + 1 //nolint:gosec // a length is never negative
	if n+1 < oldest {
		forgotten = oldest - n - 1
		n = oldest - 1
	}
	if n >= j.last {
		return nil, forgotten
	}
	from := int(n - oldest + 1) //nolint:gosec // below the number of records
	held := j.records.items[j.records.head:]
	return append([]Record(nil), held[from:min(len(held), from+limit)]...), forgotten
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
// bounded, the oldest go first.
func (s *Sim) Records(after uint64, limit int) (records []Record, forgotten uint64) {
	return s.journal.after(after, limit)
}

// Changed is closed as soon as the journal has a record with a Seq above after.
func (s *Sim) Changed(after uint64) <-chan struct{} { return s.journal.changed(after) }
