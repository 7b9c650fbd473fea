package pane

import (
	"strings"
	"time"

	"layersim/flow"
	"layersim/tui/theme"
)

// EntryText is one entry of the log with all that is known of it.
type EntryText struct {
	Name    string
	Marked  bool
	Lane    string // in words
	At      time.Time
	Happens time.Time // zero if that is not told
	Verdict flow.Verdict
	Why     string
	Before  flow.Phase
	After   flow.Phase
	// LedTo is what the world was then asked to do.
	LedTo   []string
	IDs     []Fact // request_id and the like
	Related []EntryRelation
	Parts   []EntryPart
}

// EntryRelation is another entry that belongs to one.
type EntryRelation struct {
	At        time.Time
	Lane, Why string
	Name      string
	Later     bool
}

// EntryPart is a text that an entry carries: headers as they came, then a body.
type EntryPart struct {
	Title   string
	Headers []flow.Header
	Body    string
}

// entryLabel is the width of the labels of an entry.
const entryLabel = 17

// EntryLines draws what is known of an entry as lines of w cells, without its
// parts.
func EntryLines(s theme.Styles, e EntryText, w int) []string {
	if w <= 0 {
		return nil
	}
	b := entryWriter{s: s, w: w}
	head := newRow(w)
	if e.Marked {
		head.put(s.Accent, "◆ ")
	}
	head.put(s.Title, Clean(e.Name))
	b.lines = append(b.lines, head.String(), pad(w))
	b.fact("lane", s.Text, e.Lane)
	if e.Happens.IsZero() {
		b.fact("delivered at", s.Text, e.At.Format(clock))
	} else {
		b.fact("happened at", s.Text, e.Happens.In(e.At.Location()).Format(clock))
		style, text := s.Text, e.At.Format(clock)
		switch d := e.At.Sub(e.Happens); {
		case d >= late:
			style, text = s.Warn, text+", late "+d.Round(time.Millisecond).String()+": Link held it back"
		case d > 0:
			text += ", " + d.Round(time.Millisecond).String() + " later"
		case d == 0:
			text += ", at once"
		}
		b.fact("delivered at", style, text)
	}
	switch e.Verdict {
	case flow.Advanced:
		b.fact("verdict", s.Good, "→ the walk went on")
	case flow.Refused:
		b.fact("verdict", s.Warn, "✗ refused: it changed nothing")
	default:
		b.fact("verdict", s.Text, "noted: the walk stands where it stood")
	}
	b.fact("why", s.Text, e.Why)
	if e.Before == e.After {
		b.fact("phase", s.Text, string(e.After))
	} else {
		b.fact("phase", s.Text, string(e.Before)+" → "+string(e.After))
	}
	b.fact("led to", s.Code, strings.Join(e.LedTo, ", "))
	for _, id := range e.IDs {
		b.fact(id.Label, s.Code, id.Value)
	}
	b.relations(e.Related)
	return b.lines
}

type entryWriter struct {
	s     theme.Styles
	w     int
	lines []string
}

// fact draws a label with a text beside it, below it where the frame is narrow.
func (b *entryWriter) fact(label string, style theme.Style, text string) {
	text = Clean(text)
	if strings.TrimSpace(text) == "" {
		return
	}
	indent := entryLabel
	if b.w < 2*entryLabel {
		b.lines = append(b.lines, newRow(b.w).put(b.s.Dim, Clean(label)).String())
		label, indent = "", min(2, b.w-1)
	}
	for i, line := range wrap(text, b.w-indent) {
		r := newRow(b.w)
		if i > 0 {
			label = ""
		}
		b.lines = append(b.lines, r.col(b.s.Dim, Clean(label), indent).put(style, line).String())
	}
}

func (b *entryWriter) relations(list []EntryRelation) {
	if len(list) == 0 {
		return
	}
	b.lines = append(b.lines, pad(b.w), newRow(b.w).put(b.s.Title, "Belongs to it").String())
	for _, rel := range list {
		r := newRow(b.w)
		sign := "‹ "
		if rel.Later {
			sign = "› "
		}
		r.put(b.s.Accent, sign)
		if b.w >= 60 {
			r.put(b.s.Dim, rel.At.Format(clock)+"  ").col(b.s.Dim, Clean(rel.Lane), 8)
		}
		r.put(b.s.Strong, Clean(rel.Name)).put(b.s.Dim, "  "+rel.Why)
		b.lines = append(b.lines, r.String())
	}
}

// EntryHead draws the title of a part and its headers as lines of w cells.
func EntryHead(s theme.Styles, p EntryPart, w int) []string {
	if w <= 0 {
		return nil
	}
	lines := []string{pad(w), newRow(w).put(s.Title, Clean(p.Title)).String()}
	for _, h := range p.Headers {
		lines = append(lines, newRow(w).put(s.Dim, Clean(h.Name)+": ").put(s.Text, Clean(h.Value)).String())
	}
	return lines
}
