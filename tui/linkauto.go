package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/tui/wait"
)

// Panes of Link that go on by themselves: those who look on get a moment to
// read them.

const moment = 1500 * time.Millisecond

// momentOver says that the time of such a pane is over.
type momentOver struct {
	handler flow.HandlerID
	auto    flow.LinkActionKind
}

// goesOn begins the moment if the pane that is drawn goes on by itself and
// nothing stands in the way. After a failure its user presses Enter.
func (m *Model) goesOn() tea.Cmd {
	if m.link.moment || !m.isAuto() {
		return nil
	}
	m.link.moment = true
	over := momentOver{m.link.handler, m.link.pane.Auto}
	return wait.For(m.opts.Context, moment, over)
}

func (m *Model) momentOver(msg momentOver) tea.Cmd {
	m.link.moment = false
	if !m.isAuto() || msg != (momentOver{m.link.handler, m.link.pane.Auto}) {
		return m.goesOn() // another pane has come meanwhile, and has a moment of its own
	}
	return m.act(flow.LinkAction{Kind: msg.auto})
}

func (m *Model) isAuto() bool {
	_, busy := flow.PendingCall[flow.DriveLink](m.state)
	return linkIsDrawn(m) && m.link.pane.Auto != "" && !busy && m.state.Failure.IsZero()
}
