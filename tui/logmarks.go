package tui

import (
	"slices"

	"layersim/flow"
	"layersim/flow/journal"
)

// Marks, and the ways from one entry of the log to another.

// looksAtEntry reports whether keys are about an entry of the log.
func looksAtEntry(m *Model) bool {
	return m.entryAt() >= 0 && (m.overlay == inEntry || m.overlay == onScreen && m.focus == paneLog)
}

// canMark reports whether there is an entry to mark: in a replay, that of the
// moment is always there.
func canMark(m *Model) bool {
	return looksAtEntry(m) || m.replay.on && m.overlay == onScreen && m.entryAt() >= 0
}

// entryAt returns the index of the entry that is open, or under the cursor; -1
// if there is none.
func (m *Model) entryAt() int {
	if m.overlay == inEntry {
		return m.log.entry.index
	}
	return m.logAt()
}

// goToEntry puts the cursor on an entry; if one is open, that one is open then.
func (m *Model) goToEntry(i int) {
	if m.overlay != inEntry {
		m.showEntry(i)
		return
	}
	m.showEntry(i)
	m.openEntry()
}

// mark marks the entry, or takes its mark away.
func (m *Model) mark() {
	i := m.entryAt()
	if i < 0 {
		return
	}
	if m.log.marks[i] {
		delete(m.log.marks, i)
	} else {
		m.log.marks[i] = true
	}
	if f := &m.log.filter; f.on() && slices.ContainsFunc(f.terms, func(t logTerm) bool { return t.is == isMarked }) {
		m.filterLog(f.query)
	}
}

// nextMark goes to the next entry that is marked, after the last to the first.
func (m *Model) nextMark() {
	if m.replay.on && m.overlay == onScreen {
		m.jump(m.marked(), true, "There is no mark after this moment. m marks one.")
		return
	}
	at, first, next := m.entryAt(), -1, -1
	for i := range m.moment() {
		switch {
		case !m.log.marks[i]:
		case i > at:
			next = i
		case first < 0:
			first = i
		}
		if next >= 0 {
			break
		}
	}
	if next < 0 {
		next = first
	}
	if next >= 0 {
		m.goToEntry(next)
	}
}

func canGoToMark(m *Model) bool { return hasMarks(m) || m.replay.on && m.overlay == onScreen }

func hasMarks(m *Model) bool { return looksAtEntry(m) && len(m.log.marks) > 0 }

// relations returns what belongs to the entry.
func (m *Model) relations(i int) []journal.Relation {
	v, moment := &m.log.entry, m.moment()
	if i != v.index || m.overlay != inEntry {
		return journal.Related(m.journal.Entries()[:moment], i)
	}
	if v.tracer == nil || v.tracer.Len() > moment {
		v.tracer = journal.NewTracer(i)
	}
	return v.tracer.Read(m.journal.Entries()[:moment])
}

// goAlong goes along the chain of what belongs together: to what comes next of
// this entry, or back to what it comes from. Webhooks are beside the chain: it
// leads over one only where there is nothing else.
func (m *Model) goAlong(forward bool) {
	at := m.entryAt()
	related := m.relations(at)
	if !forward {
		slices.Reverse(related)
	}
	way := -1
	for _, r := range related {
		if r.Index > at != forward {
			continue
		}
		if _, beside := m.journal.At(r.Index).Event.(flow.WebhookReceived); !beside {
			way = r.Index
			break
		}
		if way < 0 {
			way = r.Index
		}
	}
	if way >= 0 {
		m.goToEntry(way)
		return
	}
	if forward {
		m.notice = "Nothing follows from this entry so far."
	} else {
		m.notice = "This entry comes from no other."
	}
}
