package tui

import (
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// The inspector's Sequence tab: who calls whom, as a diagram that grows with
// the journal.

// sequenceView is which arrow of the diagram is looked at.
type sequenceView struct {
	cursor int // an index of the arrows, or following: the newest
}

// arrows returns how many arrows have happened at the moment that is looked at.
func (m *Model) arrows() int { return m.sequence.Until(m.moment()) }

// arrowAt returns the index of the arrow looked at, -1 if there is none.
func (m *Model) arrowAt() int {
	n := m.arrows()
	if at := m.inspector.sequence.cursor; at != following && at < n {
		return at
	}
	return m.newestTelling(n)
}

// newestTelling returns the newest of n arrows that says more than that a call
// returned as it always does.
func (m *Model) newestTelling(n int) int {
	const far = 8
	for i := n - 1; i >= max(n-far, 0); i-- {
		if !routine(m.journal.At(m.sequence.At(i).Seq - 1)) {
			return i
		}
	}
	return n - 1
}

func (m *Model) drawSequence(f pane.Frame) string {
	n, cursor, rows := m.arrows(), m.arrowAt(), pane.SequenceRows(f)
	used := journal.Lives(1<<journal.LifeWebhook - 1) // webhooks only when there was one
	if n > 0 {
		used |= m.sequence.At(n - 1).Used
	}
	v := pane.SequenceView{
		Arrows: n, Cursor: cursor, Offset: max(min(cursor-rows/2, n-rows), 0),
		Empty: "Nothing has been called yet. Each call, answer, callback and webhook becomes an arrow here.",
	}
	var index lifeIndex
	for _, l := range used.List() {
		index[l] = len(v.Lives)
		v.Lives = append(v.Lives, pane.SequenceLife{Name: l.Name(), Short: l.Short()})
	}
	v.Arrow = func(i int) pane.SequenceArrow { return drawnArrow(m.sequence.At(i), index) }
	if cursor >= 0 {
		e := m.journal.At(m.sequence.At(cursor).Seq - 1)
		v.Detail = pane.SequenceDetail{Why: e.Why, Detail: journal.Detail(e.Event)}
	}
	return pane.Sequence(f, v)
}

// lifeIndex has a place for each lifeline.
type lifeIndex [journal.LifeWebhook + 1]int

func drawnArrow(a journal.Arrow, index lifeIndex) pane.SequenceArrow {
	kinds := [...]pane.SequenceKind{
		journal.ArrowCall: pane.SequenceCall, journal.ArrowAnswer: pane.SequenceAnswer,
		journal.ArrowNote: pane.SequenceNote, journal.ArrowAttempt: pane.SequenceDivider,
	}
	return pane.SequenceArrow{
		Kind: kinds[a.Kind], From: index[a.From], To: index[a.To], Label: a.Label, At: a.At, Happened: a.Happened,
		Refused: a.Mark == journal.ArrowRefused, Failed: a.Mark == journal.ArrowFailed,
	}
}

// scrollSequence moves over the arrows. On the newest it follows again.
func (m *Model) scrollSequence(a action, f pane.Frame) {
	n := m.arrows()
	to := moved(a, m.arrowAt(), n, pane.SequenceRows(f)-1)
	m.inspector.sequence.cursor = to
	if to == n-1 {
		m.inspector.sequence.cursor = following
	}
}

// toLog shows the entry that the arrow tells of in the log.
func (m *Model) toLog() {
	if at := m.arrowAt(); at >= 0 {
		m.showEntry(m.sequence.At(at).Seq - 1)
	}
}

// copySequence returns the diagram up to the moment that is looked at. Its
// values stay masked: a diagram is made to be shown.
func (m *Model) copySequence(bool) (what, text string) {
	return "the sequence as Mermaid", journal.Mermaid(m.sequence.First(m.arrows()))
}
