// Package journal keeps the one record of a walk: every event that reached the
// app, in order, with what became of it.
//
// Everything that looks back reads this record and nothing else: the event
// log, the wire view, the sequence of calls, the history cursor. A State is a
// fold over the events, so the record of them is enough to stand again at any
// earlier moment:
//
//	j := journal.New(state)
//	t := flow.Step(state, event)
//	j.Append(event, t)
//	before := j.StateAt(j.Len() - 2)
//
// A Journal never changes what it was given and may be read from several
// goroutines while one appends.
package journal

import (
	"sync"
	"time"

	"layersim/flow"
)

// snapshotEvery is how many entries lie between two kept states. StateAt
// replays fewer events than this; a hundred thousand entries keep four hundred
// states.
const snapshotEvery = 256

// Entry is one event and what became of it.
type Entry struct {
	Seq     int       // 1 for the first entry, one more each time
	At      time.Time // when the event reached the app
	Event   flow.Event
	Verdict flow.Verdict
	Why     string
	Before  flow.Phase // before the event
	Phase   flow.Phase // after the event
	// Effects are what the world was then asked to do.
	Effects []flow.Effect
	// Lane is LaneOf(Event), except that a CallFailed is booked where the call
	// that failed went.
	Lane Lane
}

// Journal is a record of one walk, in memory. Make one with New.
type Journal struct {
	mu        sync.RWMutex
	entries   []Entry
	snapshots []flow.State // snapshots[k] is the state before entry k*snapshotEvery
	last      flow.State
}

// New returns an empty journal of a walk that begins in initial.
func New(initial flow.State) *Journal {
	return &Journal{snapshots: []flow.State{initial}, last: initial}
}

// Append records event and the transition it caused, and returns the entry.
func (j *Journal) Append(event flow.Event, t flow.Transition) Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	entry := Entry{
		Seq: len(j.entries) + 1, At: event.When(), Event: event,
		Verdict: t.Verdict, Why: t.Why, Before: j.last.Phase, Phase: t.Next.Phase, Effects: t.Effects,
		Lane: laneAfter(j.last, event),
	}
	j.entries = append(j.entries, entry)
	j.last = t.Next
	if len(j.entries)%snapshotEvery == 0 {
		j.snapshots = append(j.snapshots, t.Next)
	}
	return entry
}

// Len returns the number of entries.
func (j *Journal) Len() int {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return len(j.entries)
}

// At returns entry i, the first being 0. It panics when there is none, as
// indexing a slice does.
func (j *Journal) At(i int) Entry {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return j.entries[i]
}

// Entries returns all entries, oldest first. They must not be changed.
func (j *Journal) Entries() []Entry {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return j.entries[:len(j.entries):len(j.entries)]
}

// StateAt returns the state right after entry i. Below 0 that is the state the
// walk began in, past the end the newest one.
func (j *Journal) StateAt(i int) flow.State {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if i >= len(j.entries)-1 {
		return j.last
	}
	k := max(i+1, 0) / snapshotEvery
	return Fold(j.snapshots[k], j.entries[k*snapshotEvery:max(i+1, 0)]...)
}

// Fold returns the state that initial becomes through the events of entries.
func Fold(initial flow.State, entries ...Entry) flow.State {
	for _, e := range entries {
		initial = flow.Step(initial, e.Event).Next
	}
	return initial
}
