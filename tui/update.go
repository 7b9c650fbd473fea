package tui

import (
	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/theme"
)

// Update takes one message. It only looks at the type; what a message means is
// in the file about its topic.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	before := m.whereabouts()
	switch msg := msg.(type) {
	case arrived:
		cmd = m.withWalk(func() tea.Cmd { return m.arrived(msg) })
	case momentOver:
		cmd = m.withWalk(func() tea.Cmd { return m.momentOver(msg) })
	case played:
		cmd = m.playedOn(msg)
	case pageFailed:
		cmd = m.pageFailed(msg)
	case tea.KeyPressMsg:
		cmd = m.key(msg)
	case tea.PasteMsg:
		cmd = m.typed(msg)
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.dark = msg.IsDark()
		m.styles = theme.New(m.dark, m.opts.Color)
	case tea.MouseClickMsg:
		cmd = m.click(msg)
	case tea.MouseWheelMsg:
		m.wheel(msg)
	}
	m.layout = m.withScrubber()
	if o := overlayAt(m.overlay); o.layOut != nil {
		o.layOut(&m)
	}
	m.concealed(m.layOutAspects)
	if m.whereabouts() != before {
		m.revealed = ""
	}
	return m, cmd
}

// arrived takes events in their order and listens for the next ones.
func (m *Model) arrived(msg arrived) tea.Cmd {
	cmds := make([]tea.Cmd, 0, len(msg.events)+1)
	for _, e := range msg.events {
		if cmd := m.take(e); cmd != nil {
			cmds = append(cmds, cmd)
		}
	}
	return tea.Batch(append(cmds, m.listen())...)
}

// take lets the core decide what an event means, records it, and lets the
// screen follow.
func (m *Model) take(e flow.Event) tea.Cmd {
	if m.refusesToAct() {
		return nil
	}
	before := m.state
	e = m.explain(e)
	t := flow.Step(m.state, e)
	if _, timer := e.(flow.TimerFired); timer && t.Verdict == flow.Refused {
		return nil // our own clock, for a question that was answered: nothing happened
	}
	m.state = t.Next
	m.follow(before, e, m.record(e, t))
	cmd := m.perform(t.Effects)
	if _, ready := e.(flow.LinkDriven); ready {
		cmd = tea.Batch(cmd, m.codeIsComplete())
	}
	return tea.Batch(cmd, m.goesOn())
}

// follow brings what the screen itself knows in line with what has happened;
// entry is as much of the event as may be shown.
func (m *Model) follow(before flow.State, event flow.Event, entry journal.Entry) {
	switch {
	case entry.Verdict != flow.Refused:
		m.refusal = ""
	case entry.Lane == journal.LaneYou:
		m.refusal = entry.Why
	}
	m.sequence.Grow(m.journal)
	m.hopped(before, entry)
	m.log.recorded(entry, m.state.LinkSessionID)
	m.lint.recorded(entry)
	switch e := entry.Event.(type) {
	case flow.StartOverRequested:
		if e.Client.Platform != "" {
			m.sdks = append(m.sdks, sdkChange{entry.Seq, e.Client})
		}
	case flow.ExchangeRecorded:
		m.inspector.recorded(e.Exchange, entry.Seq)
	}
	if e, ok := event.(flow.PaneShown); ok && entry.Verdict != flow.Refused && m.link.show(e) {
		m.focusOn(paneStage)
	}
	if m.state.Phase != before.Phase || m.state.Attempt != before.Attempt {
		m.entered(before)
	}
}

// entered prepares the screen for the phase that has just begun.
func (m *Model) entered(before flow.State) {
	m.insisted, m.revealed = false, ""
	m.inspector.guide.offset, m.inspector.state.cursor = 0, 0
	m.inspector.code.selected, m.inspector.code.offset = 0, 0
	m.offer()
	switch {
	case m.state.Phase == flow.PhaseFallback && before.Phase != flow.PhaseFallback:
		m.offerSignUp()
	case m.hasResults():
		m.results = results{}
	}
	if !m.exists(m.focus) {
		m.focus = panesOf(m.hasResults())[0]
	}
	// What is typed next belongs to what is asked for now.
	if asks(m.state.Phase) {
		m.focus = paneStage
	}
	if m.overlay == inQR && !hasAddress(m) {
		m.overlay = onScreen
	}
}

// asks reports whether a phase waits for the operator.
func asks(p flow.Phase) bool {
	switch p {
	case flow.PhasePhone, flow.PhaseDateOfBirth, flow.PhaseReady, flow.PhaseLink, flow.PhaseFallback, flow.PhaseExited, flow.PhaseFailed:
		return true
	default:
		return false
	}
}

// key finds what a key means here; what means nothing else is typed.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	m.notice, m.struck = "", msg.String()
	if b, ok := m.bindingFor(msg.String()); ok {
		return m.do(b.action)
	}
	if m.place() == onScreen && m.replay.on && actsInWalk(m.struck) {
		m.refusesToAct()
		return nil
	}
	return m.typed(msg)
}
