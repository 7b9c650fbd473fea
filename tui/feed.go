package tui

import (
	tea "charm.land/bubbletea/v2"

	"layersim/flow"
)

// Feed returns the message that brings events to the screen in their order, as
// the stream in Options does. It is for those who run the model by hand, such as
// the export of a recording: they leave aside the commands that Update returns,
// so that nothing is done and nothing is waited for.
func Feed(events ...flow.Event) tea.Msg { return arrived{events} }
