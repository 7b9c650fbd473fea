package tui

import tea "charm.land/bubbletea/v2"

// prompt is a line of text typed in the last line of the screen: what to search
// for. What it is for follows with every letter.
type prompt struct {
	on     bool
	field  field
	before string // what was searched for when it began
	aspect aspect
}

// beginSearch asks for what to search for in what has the focus; in the log, if
// that has nothing to search.
func (m *Model) beginSearch() {
	if m.overlay == onScreen && m.focus != paneInspector && m.focus != paneLog && m.exists(paneLog) {
		m.focusOn(paneLog)
	}
	a, ok := m.looking()
	if !ok || a.search == nil {
		return
	}
	m.prompt = prompt{on: true, field: newField(200), aspect: a}
	if a.query != nil {
		m.prompt.before = a.query(m)
		m.prompt.field.set(m.prompt.before)
	}
}

// typedInPrompt gives a key or a paste to the prompt.
func (m *Model) typedInPrompt(msg tea.Msg) {
	if m.prompt.field.update(msg) {
		m.prompt.aspect.search(m, m.prompt.field.value())
	}
}

// endSearch ends typing; drop goes back to what was searched for before.
func (m *Model) endSearch(drop bool) {
	if drop {
		m.prompt.aspect.search(m, "")
	}
	m.prompt.on = false
	if !drop && m.prompt.aspect.missing != nil {
		m.notice = m.prompt.aspect.missing(m)
	}
}

// drawPrompt draws the prompt in the last line.
func (m *Model) drawPrompt(width int) string {
	s := m.styles
	room := max(width-len("/ ")-40, 12)
	return fit(s.Key.Render("/ ")+m.prompt.field.view(s, look{width: room, focused: true, placeholder: "text to search for"})+
		hintGap+s.Key.Render("Enter")+s.Dim.Render(" keep")+hintGap+s.Key.Render("Esc")+s.Dim.Render(" show all again"), width)
}
