package tui

import (
	"layersim/flow"
	"layersim/tui/pane"
)

// results is where the cursors stand in the panes at the end of a walk.
type results struct{ identity, items int }

// cursorRows returns the cursor and the rows of a pane at the end of the walk,
// nil for one that has no cursor.
func (m *Model) cursorRows(p paneID) (*int, []pane.Row) {
	if !m.hasResults() {
		return nil, nil
	}
	switch p {
	case paneIdentity:
		return &m.results.identity, pane.IdentityRows(m.state.Account)
	case paneItems:
		return &m.results.items, pane.ItemRows(m.state.Account)
	default:
		return nil, nil
	}
}

// privateHere returns the key of the private value under the cursor, "" if
// there is none.
func (m *Model) privateHere() string {
	if cursor, rows := m.cursorRows(m.focus); cursor != nil {
		if *cursor < len(rows) && rows[*cursor].Private {
			return rows[*cursor].Key
		}
		return ""
	}
	if m.focus != paneStage {
		return ""
	}
	switch {
	case linkIsDrawn(m):
		if s := m.link.stop(); s.Kind == pane.StopField && s.Private {
			return s.Key
		}
	case m.state.Phase == flow.PhaseFallback && !m.state.SignedUp:
		if r, ok := m.signUp.current(); ok && r.private {
			return r.key
		}
	}
	return ""
}

func canReveal(m *Model) bool { return m.privateHere() != "" }

// reveal shows the private value under the cursor, or hides it again.
func (m *Model) reveal() {
	if m.refuseWhilePrivate() || m.refusesToReveal() {
		return
	}
	key := m.privateHere()
	if m.revealed == key {
		key = ""
	}
	m.revealed = key
}
