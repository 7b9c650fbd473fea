package screen

import (
	"bytes"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Frames turns views into what a terminal of one size is sent for them, each
// after the one before, as Screen does. There is no terminal: somebody keeps the
// bytes and plays them later. Make one with NewFrames.
//
// Nothing is sent that outlives the views: no title, no mouse reports, no second
// screen, which would take the last view away at the end.
type Frames struct {
	screen *Screen
	out    bytes.Buffer
}

// NewFrames returns the frames of a terminal that shows nothing yet.
func NewFrames(width, height int, profile colorprofile.Profile) *Frames {
	f := &Frames{}
	f.screen = newScreen(&f.out, profile)
	f.screen.Resized(width, height)
	return f
}

// Next returns what makes the terminal show a view, nil when it shows it already.
// The bytes are good until the next call.
func (f *Frames) Next(v tea.View) []byte {
	v.WindowTitle, v.MouseMode = "", tea.MouseModeNone
	f.screen.Draw(v)
	return f.written(f.screen.frame())
}

// End returns what leaves the terminal usable, with the last view on it.
func (f *Frames) End() []byte {
	text := ansi.ResetStyle + ansi.CursorPosition(1, f.screen.height) + ansi.ShowCursor
	if f.screen.shape != 0 {
		text = ansi.SetCursorStyle(0) + text
	}
	return f.written(text)
}

func (f *Frames) written(text string) []byte {
	if text == "" {
		return nil
	}
	f.out.Reset()
	f.screen.write(text)
	return f.out.Bytes()
}
