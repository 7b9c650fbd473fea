package tui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
)

// Time travel: every pane shows an earlier moment of the walk, which goes on
// meanwhile. The State of a moment is a fold over the journal, so looking back
// needs nothing but the number of entries that the moment has.

// travel is the moment that is looked at. While it is on, Model.state is the
// State of that moment, and what the screen knows of the walk itself is here.
type travel struct {
	on bool
	at int // how many entries the moment has
	seen
}

// seen is what of a moment is on the screen beside its entries: of the walk
// itself or of the moment looked at, in Model, of the other one in travel.
type seen struct {
	state        flow.State
	link         linkForm
	signUp       form
	results      results
	phone, birth field
	insisted     bool
	refusal      string
}

func (m *Model) seen() seen {
	return seen{m.state, m.link, m.signUp, m.results, m.phone, m.birth, m.insisted, m.refusal}
}

func (m *Model) see(s seen) {
	m.state, m.link, m.signUp, m.results = s.state, s.link, s.signUp, s.results
	m.phone, m.birth, m.insisted, m.refusal = s.phone, s.birth, s.insisted, s.refusal
}

// moment returns how many entries of the journal have happened at the moment
// that is looked at.
func (m *Model) moment() int {
	if m.travel.on {
		return m.travel.at
	}
	return m.journal.Len()
}

// walk returns the State of the walk itself, whatever moment is looked at.
func (m *Model) walk() flow.State {
	if m.travel.on {
		return m.travel.state
	}
	return m.state
}

// now is the time at the moment that is looked at.
func (m *Model) now() time.Time {
	if m.travel.on {
		return m.momentTime()
	}
	return m.opts.Now()
}

func (m *Model) momentTime() time.Time {
	if n := m.travel.at; n > 0 {
		return m.journal.At(n - 1).At
	}
	if m.journal.Len() > 0 {
		return m.journal.At(0).At
	}
	return m.opts.Now()
}

// goTo looks at the moment with n entries; the walk itself goes on.
func (m *Model) goTo(n int) {
	if n >= m.journal.Len() && !m.replay.on {
		m.returnToWalk()
		return
	}
	if !m.travel.on {
		m.travel = travel{on: true, seen: m.seen()}
	}
	m.travel.at = min(max(n, 0), m.journal.Len())
	m.state = m.private.truth.StateAt(m.travel.at - 1)
	m.link = linkForm{}
	if link := m.state.Link; link.Pane.View != "" {
		m.link.show(flow.PaneShown{HandlerID: m.state.HandlerID, Pane: link.Pane})
		m.answeredThen()
	}
	m.signUp = newSignUp(m.known())
	m.results = results{}
	m.phone, m.birth = newPhone(), newBirth() // what was typed later is not of this moment
	m.phone.set(m.state.Phone.Reveal())
	m.birth.set(m.state.DateOfBirth.Reveal())
	m.revealed, m.refusal, m.insisted = "", "", false
	if n := m.travel.at; n > 0 {
		if e := m.journal.At(n - 1); e.Verdict == flow.Refused {
			m.refusal = e.Why
		}
	}
	m.sawAnotherMoment()
}

// answeredThen brings Link's pane in line with the moment that is looked at: its
// user may have answered it, and the next one may not have been drawn yet.
func (m *Model) answeredThen() {
	for i := m.travel.at - 1; i >= 0; i-- {
		e := m.journal.At(i)
		if _, shown := e.Event.(flow.PaneShown); shown {
			return
		}
		acted, ok := e.Event.(flow.LinkActed)
		if !ok || e.Verdict == flow.Refused {
			continue
		}
		m.link.answered = "This is sent. Link is about to answer."
		if acted.Action.Kind == flow.LinkCode {
			m.link.code = strings.Repeat("•", codeLength)
			m.link.answered = "The code is sent. Link is about to answer."
		}
		if next := m.state.Link.View; next != "" && next != m.link.pane.View {
			m.link.answered = "This is answered. Link goes on to " + next + ", as TRANSITION_VIEW has said."
		}
		return
	}
}

// returnToWalk looks at the walk itself again.
func (m *Model) returnToWalk() {
	if !m.travel.on || m.replay.on {
		return
	}
	m.see(m.travel.seen)
	m.travel, m.revealed = travel{}, ""
	m.sawAnotherMoment()
}

// sawAnotherMoment brings what is looked at in line with another moment.
func (m *Model) sawAnotherMoment() {
	m.log.cursor = following
	m.inspector.anotherMoment()
	if !m.exists(m.focus) {
		m.focus = panesOf(m.hasResults())[0]
	}
}

// withWalk lets f act on the walk itself, and comes back to the moment that is
// looked at.
func (m *Model) withWalk(f func() tea.Cmd) tea.Cmd {
	if !m.travel.on {
		return f()
	}
	at, moment := m.travel.at, m.seen()
	inspector, focus, over, cursor, revealed := m.inspector, m.focus, m.overlay, m.log.cursor, m.revealed
	m.see(m.travel.seen)
	m.travel = travel{}
	cmd := f()
	m.travel = travel{on: true, at: at, seen: m.seen()}
	m.see(moment)
	inspector.calls, inspector.seqs = m.inspector.calls, m.inspector.seqs
	m.inspector, m.focus, m.overlay, m.log.cursor, m.revealed = inspector, focus, over, cursor, revealed
	return cmd
}

// step looks at the moment before or after, past what says nothing new.
func (m *Model) step(by int) {
	m.pause()
	n := m.moment() + by
	for n > 0 && n < m.journal.Len() && routine(m.journal.At(n-1)) {
		n += by
	}
	if n <= 0 && m.moment() == 0 {
		return
	}
	m.goTo(max(n, 0))
}

func canStepBack(m *Model) bool { return m.moment() > 0 }
func canStepForward(m *Model) bool {
	return m.travel.on && (!m.replay.on || m.moment() < m.journal.Len())
}

// travelled says which moment is looked at, "" when it is the walk itself.
func (m *Model) travelled() string {
	if !m.travel.on || m.replay.on { // the scrubber says it
		return ""
	}
	return fmt.Sprintf("◂ %d of %d · %s", m.travel.at, m.journal.Len(), m.momentTime().Format("15:04:05"))
}
