package tui

import (
	tea "charm.land/bubbletea/v2"

	"layersim/tui/pane"
)

// overlay is what can be laid over the panes, between the rail and the last
// line. Only draw is needed.
type overlay struct {
	draw func(*Model, pane.Frame) (title, body string)
	// bare: it has no border, and draw gets the whole rectangle.
	bare   bool
	scroll func(*Model, action)
	long   func(*Model) bool // whether up and down move something
	next   func(m *Model)    // Tab
	enter  func(m *Model) tea.Cmd
	// click takes a click on a line of the frame that draw got.
	click func(m *Model, row int, f pane.Frame) tea.Cmd
	// layOut is called after every message while it is there.
	layOut func(*Model)
}

// overlayAt returns what is laid over the panes at a place.
func overlayAt(p place) overlay {
	switch p {
	case inPicker:
		return overlay{draw: (*Model).drawPicker, scroll: (*Model).scrollPicker, long: always, next: (*Model).otherList, enter: (*Model).pick}
	case inPlatform:
		return overlay{draw: (*Model).drawSDKs, scroll: (*Model).scrollSDKs, long: always, next: (*Model).otherSDKList, enter: (*Model).chooseSDK, layOut: (*Model).layOutSDKs}
	case inWrong:
		return overlay{draw: (*Model).drawWrong, scroll: (*Model).scrollWrong, long: always, enter: (*Model).commitWrong}
	case inHelp:
		return overlay{draw: (*Model).drawHelp, scroll: (*Model).scrollHelp, long: (*Model).helpIsLong, layOut: (*Model).layOutHelp}
	case inPalette:
		return overlay{draw: (*Model).drawPalette, scroll: (*Model).scrollPalette, long: always, enter: (*Model).runPalette, layOut: (*Model).layOutPalette, click: (*Model).clickPalette}
	case inQR:
		return overlay{draw: (*Model).drawQR, bare: true}
	case inEntry:
		return overlay{draw: (*Model).drawEntry, scroll: (*Model).scrollEntry, long: always, enter: (*Model).leaveEntry, layOut: (*Model).layOutEntry}
	case inCopied:
		return overlay{draw: (*Model).drawCopied, bare: true, scroll: (*Model).scrollCopied, long: always, layOut: (*Model).layOutCopied}
	}
	return overlay{}
}

func always(*Model) bool { return true }

// drawOverlay draws what lies over the panes.
func (m *Model) drawOverlay(r rect) string {
	f, o := m.frame(r, true), overlayAt(m.overlay)
	if o.draw == nil {
		return pane.Box(f, "", "")
	}
	if o.bare {
		_, body := o.draw(m, f)
		return body
	}
	title, body := o.draw(m, pane.Inner(f))
	return pane.Box(f, title, body)
}
