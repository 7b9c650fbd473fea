package tui

import (
	"sort"
	"time"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// The inspector's State tab: where the walk stands on the map of the phases,
// how it came there, and what each event would do from there.

// hop is a step from one phase to another, or into a new attempt.
type hop struct {
	seq     int // the entry that caused it
	to      flow.Phase
	attempt int
}

// stateView is what of the State tab is kept. What each event would do is asked
// once for a moment.
type stateView struct {
	cursor  int
	asked   stateKey
	outlook []pane.OutlookRow
}

// stateKey is all that the outlook depends on; a second is close enough for
// what expires.
type stateKey struct {
	moment int
	second time.Time
}

// hopped takes note of where the walk went.
func (m *Model) hopped(before flow.State, e journal.Entry) {
	if m.state.Phase != before.Phase || m.state.Attempt != before.Attempt {
		m.hops = append(m.hops, hop{e.Seq, m.state.Phase, m.state.Attempt})
	}
}

// path returns the phases of the attempt that is looked at, up to the moment.
func (m *Model) path() []flow.Phase {
	moment := m.moment()
	n := sort.Search(len(m.hops), func(i int) bool { return m.hops[i].seq > moment })
	begin := n
	for begin > 0 && m.hops[begin-1].attempt == m.state.Attempt {
		begin--
	}
	var path []flow.Phase
	if begin == 0 { // the first attempt begins without a hop
		path = append(path, flow.PhaseToken)
	}
	for _, h := range m.hops[begin:n] {
		path = append(path, h.to)
	}
	if len(path) == 0 {
		path = append(path, m.state.Phase)
	}
	return path
}

// layOutState asks what each event would do, if the moment is another one.
func (m *Model) layOutState(pane.Frame) {
	v := &m.inspector.state
	key := stateKey{m.moment(), m.now().Truncate(time.Second)}
	if v.outlook != nil && v.asked == key {
		return
	}
	v.asked, v.outlook = key, pane.OutlookRows(flow.Outlook(m.state, m.now()))
}

// stateShown is what the tab shows.
func (m *Model) stateShown() pane.StateView {
	v := pane.StateView{
		State: m.state, Now: m.now(), Path: m.path(), Outlook: m.inspector.state.outlook, Cursor: m.inspector.state.cursor,
	}
	// An event that only records something says nothing of the last one's fate.
	for i := m.moment() - 1; i >= 0; i-- {
		e := m.journal.At(i)
		if _, record := e.Event.(flow.ExchangeRecorded); record {
			continue
		}
		if e.Verdict == flow.Refused {
			v.Refused, v.Why = journal.Name(e.Event), e.Why
		}
		break
	}
	return v
}

func (m *Model) drawState(f pane.Frame) string { return pane.StateMap(f, m.stateShown()) }

func (m *Model) scrollState(a action, f pane.Frame) {
	n, rows := pane.StateRows(f, m.stateShown())
	m.inspector.state.cursor = moved(a, m.inspector.state.cursor, n, rows-1)
}
