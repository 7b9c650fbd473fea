package present

import (
	"strings"

	"layersim/tui/pane"
	"layersim/tui/theme"
)

const hintGap = "   "

// drawHints draws keys, as many as fit; the ones that are always wanted keep
// their place.
func drawHints(s theme.Styles, hints []hint, w int) string {
	width := func(h hint) int { return pane.Width(h.key) + 1 + pane.Width(h.does) + len(hintGap) }
	room := w + len(hintGap) // the last one needs no gap
	shown := make([]bool, len(hints))
	for _, rank := range []rank{always, soon, roomy} {
		for i, h := range hints {
			if h.rank == rank && (rank == always || width(h) <= room) {
				shown[i] = true
				room -= width(h)
			}
		}
	}
	var b strings.Builder
	for i, h := range hints {
		if !shown[i] {
			continue
		}
		s.Key.Append(&b, h.key)
		b.WriteByte(' ')
		s.Dim.Append(&b, h.does)
		b.WriteString(hintGap)
	}
	return pane.Fit(strings.TrimSuffix(b.String(), hintGap), w)
}

// helpText draws the whole key table, however long it is.
func helpText(f pane.Frame) []string {
	var groups [][]pane.HelpRow
	for _, g := range KeyTable() {
		rows := []pane.HelpRow{{Does: g.Name}}
		for _, k := range g.Keys {
			rows = append(rows, pane.HelpRow{Keys: k.Keys, Does: k.Does})
		}
		groups = append(groups, rows)
	}
	return pane.WholeHelp(f, groups)
}

func drawHelp(f pane.Frame, offset int) string {
	inner := pane.Inner(f)
	lines := helpText(inner)
	title := "All keys"
	if len(lines) > inner.Height {
		title += " · ↑↓ for more"
	}
	return pane.Box(f, title, pane.Text(inner, lines, offset))
}

// notesText are the notes of a presentation for its presenter.
func notesText(f pane.Frame, st Status) []string {
	t := newSheet(f)
	s := f.Styles
	for _, line := range st.Notes {
		if line == "" {
			t.gap()
			continue
		}
		t.say(s.Text, line)
	}
	if st.Question != "" {
		t.gap()
		t.mark("?", s.Accent, s.Strong, st.Question)
		t.mark("✓", s.Good, s.Text, st.Answer)
	}
	if st.Trouble != "" {
		t.gap()
		t.mark("!", s.Warn, s.Text, st.Trouble)
	}
	if len(t.lines) == 0 {
		t.say(s.Dim, "This beat has no notes.")
	}
	if st.ComesNext != "" {
		t.gap()
		t.say(s.Dim, "Then: "+st.ComesNext)
	}
	return t.lines
}

// drawNotes shows the notes on the screen that the room sees too: for a
// rehearsal.
func (m *Model) drawNotes(f pane.Frame) string {
	inner := pane.Inner(f)
	lines := notesText(inner, m.status())
	title := "Notes; the room sees them too"
	if len(lines) > inner.Height {
		title += " · ↑↓ for more"
	}
	return pane.Box(f, title, pane.Text(inner, lines, m.offset))
}

// mostOffset is how far the notes or the help can be scrolled.
func (m *Model) mostOffset() int {
	switch {
	case m.help:
		f := pane.Inner(m.frame(rect{m.width, m.height - 2}))
		return max(len(helpText(f))-f.Height, 0)
	case m.notes:
		f := pane.Inner(m.frame(rect{m.width, max(m.height*2/5, 6)}))
		return max(len(notesText(f, m.status()))-f.Height, 0)
	}
	return 0
}
