package main

import (
	"bytes"
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/export"
	"layersim/flow/journal"
	"layersim/tui"
	"layersim/tui/cast"
)

// casting is how an asciicast is made of a walk.
type casting struct {
	width, height int
	idleLimit     time.Duration // no pause is longer
	private       bool
	catalog       *fixtures.Catalog
	// enough ends the film after the entry with this index, nil for never.
	enough func(entry int) bool
}

const (
	// leastPause stands before each thing that somebody does, so that it can be
	// seen what was there: in a walk that a program did no time passes.
	leastPause = time.Second
	// lastPause is how long the end stands.
	lastPause = 3 * time.Second
	// longestCast is how large a film becomes, in bytes, a frame more or less. A
	// walk makes some hundred kB; of what a program did in a loop a part is enough.
	longestCast = 16 << 20
)

// write shows the walk on the real screen, entry by entry, and keeps what a
// terminal would be sent.
func (c casting) write(w export.Walk) ([]byte, error) {
	document, _, err := c.film(w, longestCast)
	return document, err
}

// film is write; once it is as large as longest it ends, and entries says how
// many of the walk it shows.
func (c casting) film(w export.Walk, longest int) (document []byte, entries int, err error) {
	var out bytes.Buffer
	entries = len(w.Entries)
	c.enough = func(entry int) bool {
		if out.Len() < longest {
			return false
		}
		entries = entry + 1
		return true
	}
	h := w.Recording.Header
	title := "layersim: a walk through Plaid Layer, " + h.Mode
	if w.Recording.Torn {
		title += " (the recording breaks off)"
	}
	file := cast.New(&out, cast.Header{Width: c.width, Height: c.height, Started: h.Started, Title: title})
	err = c.frames(w, func(at time.Duration, phase flow.Phase, v tea.View) {
		if phase != "" {
			file.Mark(at, string(phase))
		}
		file.Show(at, v)
	}, file.End)
	return out.Bytes(), entries, err
}

// frames draws each moment of the walk that differs in time from the one before;
// phase is "" unless it has changed.
func (c casting) frames(w export.Walk, show func(at time.Duration, phase flow.Phase, v tea.View), end func(at time.Duration) error) error {
	h := w.Recording.Header
	now, at := h.Started, time.Duration(0)
	var model tea.Model = tui.New(tui.Options{
		Config: w.Initial.Config, Catalog: c.catalog, Template: h.Template, Now: func() time.Time { return now }, Context: context.Background(),
		Surface: flow.InTerminal, Color: true, Private: c.private, Live: h.Mode == journal.ModeLive, Elsewhere: h.Elsewhere,
	})
	model, _ = model.Update(tea.WindowSizeMsg{Width: c.width, Height: c.height})
	phase := w.Initial.Phase
	show(at, phase, model.View())
	for i, e := range w.Entries {
		if e.At.After(now) && i > 0 || e.Lane == journal.LaneYou {
			at += c.pause(now, e)
		}
		now = e.At
		model, _ = model.Update(tui.Feed(e.Event))
		if next := i + 1; next < len(w.Entries) && !w.Entries[next].At.After(e.At) && w.Entries[next].Lane != journal.LaneYou {
			continue // more comes at the same moment
		}
		changed := flow.Phase("")
		if e.Phase != phase {
			phase, changed = e.Phase, e.Phase
		}
		show(at, changed, model.View())
		if c.enough != nil && c.enough(i) {
			break
		}
	}
	return end(at + lastPause)
}

// pause is how long the screen stands before an entry.
func (c casting) pause(since time.Time, e journal.Entry) time.Duration {
	pause := max(e.At.Sub(since), 0)
	if e.Lane == journal.LaneYou {
		pause = max(pause, leastPause)
	}
	return min(pause, max(c.idleLimit, 0))
}
