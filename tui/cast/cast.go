// Package cast writes views as an asciicast, version 2: the file that asciinema
// plays (https://docs.asciinema.org/manual/asciicast/v2/).
//
//	c := cast.New(file, cast.Header{Width: 120, Height: 36})
//	c.Show(0, model.View())
//	c.Mark(2*time.Second, "phone")
//	c.Show(2*time.Second, next.View())
//	err := c.End(5*time.Second)
//
// What is written is what tui/screen sends a terminal, so a cast looks in every
// terminal as the program does.
package cast

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"layersim/tui/screen"
)

// Header is what a player is told before it begins.
type Header struct {
	Width, Height int       // in cells
	Started       time.Time // of what is shown, zero if that is not known
	Title         string
}

// Cast is a file under way. Make one with New; it is for one goroutine.
type Cast struct {
	out    io.Writer
	frames *screen.Frames
	at     time.Duration // of the newest event: time never goes back
	err    error
}

// New writes the header.
func New(out io.Writer, h Header) *Cast {
	c := &Cast{out: out, frames: screen.NewFrames(h.Width, h.Height, colorprofile.TrueColor)}
	first := struct {
		Version int               `json:"version"`
		Width   int               `json:"width"`
		Height  int               `json:"height"`
		Started int64             `json:"timestamp,omitempty"`
		Title   string            `json:"title,omitempty"`
		Env     map[string]string `json:"env"`
	}{Version: 2, Width: h.Width, Height: h.Height, Title: h.Title, Env: map[string]string{"TERM": "xterm-256color"}}
	if !h.Started.IsZero() {
		first.Started = h.Started.Unix()
	}
	c.line(first)
	return c
}

// Show makes the screen look like this from that moment on.
func (c *Cast) Show(at time.Duration, v tea.View) {
	if frame := c.frames.Next(v); len(frame) > 0 {
		c.event(at, "o", string(frame))
	}
}

// Mark names a moment, for players that can jump.
func (c *Cast) Mark(at time.Duration, label string) { c.event(at, "m", label) }

// End says how long the last view stands, and returns what went wrong.
func (c *Cast) End(at time.Duration) error {
	c.event(at, "o", string(c.frames.End()))
	return c.err
}

func (c *Cast) event(at time.Duration, kind, data string) {
	c.at = max(c.at, at)
	c.line([]any{json.RawMessage(strconv.FormatFloat(c.at.Seconds(), 'f', 6, 64)), kind, data})
}

func (c *Cast) line(v any) {
	if c.err != nil {
		return
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if c.err = encoder.Encode(v); c.err == nil {
		_, c.err = c.out.Write(b.Bytes())
	}
}
