package pane

import (
	"strings"

	"layersim/tui/theme"
)

// lanes are where the lifelines of a sequence diagram stand, in cells from the
// left of the part that has them.
type lanes struct {
	at    []int
	width int
	times string // the layout of the time of day before them, "" for none
	full  bool   // there is room for full names
}

// newLanes spreads lifelines over a frame. They stand no further apart than
// leaves room for a label behind the last one, and no closer than their names
// allow.
func newLanes(f Frame, lives []SequenceLife) lanes {
	const narrowest, closest, fullNames, widest, label, edge = 7, 10, 12, 20, 26, 6
	l := lanes{width: f.Width - 2}
	switch {
	case f.Width >= sequenceMillis:
		l.times = clock
	case f.Width >= sequenceClock:
		l.times = "15:04:05"
	}
	if l.times != "" {
		l.width -= len(l.times) + 1
	}
	pitch := widest
	if n := len(lives); n > 1 {
		pitch = min((l.width-edge-label)/(n-1), widest)
		pitch = min(max(pitch, closest), max((l.width-edge)/(n-1), narrowest))
	}
	l.full = pitch >= fullNames
	first := 2
	if l.full {
		first = 4
	}
	for i := range lives {
		l.at = append(l.at, first+i*pitch)
	}
	return l
}

// head names the lifelines.
func (l lanes) head(f Frame, lives []SequenceLife) string {
	r := newRow(f.Width).gap(f.Width - l.width)
	begin := r.used
	for i, life := range lives {
		name := Clean(life.Short)
		if l.full {
			name = Clean(life.Name)
		}
		r.gap(begin + l.at[i] - width(name)/2 - r.used)
		r.put(f.Styles.Strong, name)
	}
	return r.String()
}

// blank is a line with nothing but lifelines.
func (l lanes) blank(f Frame) string {
	if f.Width < sequenceLanes {
		return pad(f.Width)
	}
	r := newRow(f.Width).gap(f.Width - l.width)
	l.strip().draw(f.Styles, r, f.Styles.Border, label{})
	return r.String()
}

// clock draws the time of day, where there is room.
func (l lanes) clock(f Frame, r *row, a SequenceArrow) {
	if l.times == "" {
		return
	}
	if a.At.IsZero() {
		r.gap(len(l.times) + 1)
		return
	}
	r.col(f.Styles.Dim, a.At.Format(l.times), len(l.times)).gap(1)
}

// arrow draws the lifelines and an arrow between two of them.
func (l lanes) arrow(f Frame, r *row, a SequenceArrow) {
	s := f.Styles
	line, text := arrowStyles(s, a)
	words := label{text: Clean(a.Label), style: text, tag: sequenceTag(a), tagStyle: s.Warn}
	if path, ok := strings.CutPrefix(words.text, "POST "); ok {
		words.short = path // as all calls of Plaid's API are
	}
	if a.Kind == SequenceDivider {
		r.put(s.Border, "──── ").put(s.Strong, words.text).gap(1).rule(s.Border)
		return
	}
	strip := l.strip()
	from, to := l.at[a.From], l.at[a.To]
	if a.Kind == SequenceNote || from == to {
		strip.set(from, '◆')
		words.place(from, from, l.width)
		strip.draw(s, r, line, words)
		return
	}
	shaft, point, step := '─', '▸', 1
	if a.Kind == SequenceAnswer {
		shaft = '┄'
	}
	if to < from {
		point, step = '◂', -1
	}
	if a.Refused || a.Failed {
		point = '✗'
	}
	for x := from + step; x != to; x += step {
		strip.set(x, shaft)
	}
	strip.set(to-step, point)
	words.place(min(from, to), max(from, to), l.width)
	strip.draw(s, r, line, words)
}

// label is a text beside an arrow.
type label struct {
	text, tag       string
	short           string // in place of a text that does not fit, "" for none
	style, tagStyle theme.Style
	x, w            int // where it stands; w 0 for nowhere
}

// place finds room for the label: behind the arrow that covers the cells from
// a to b, else before it, else where it is cut least.
func (t *label) place(a, b, all int) {
	behind, before := all-b-2, a-2
	if t.short != "" && width(t.text) > max(behind, before) {
		t.text = t.short
	}
	need := width(t.text)
	if t.tag != "" {
		need += 2 + width(t.tag)
	}
	switch {
	case need <= behind || behind >= before:
		t.x, t.w = b+2, max(min(need, behind), 0)
	case need <= before:
		t.x, t.w = a-1-need, need
	default:
		t.x, t.w = 0, before+1
	}
}

// strip is a line of single cells: lifelines, and one arrow over them.
type strip struct {
	cells []rune
	arrow []bool // whether a cell is the arrow's
}

func (l lanes) strip() strip {
	st := strip{cells: make([]rune, l.width), arrow: make([]bool, l.width)}
	for i := range st.cells {
		st.cells[i] = ' '
	}
	for _, x := range l.at {
		if x < len(st.cells) {
			st.cells[x] = '│'
		}
	}
	return st
}

func (st strip) set(x int, r rune) {
	if x >= 0 && x < len(st.cells) {
		st.cells[x], st.arrow[x] = r, true
	}
}

// draw writes the line with a label over it.
func (st strip) draw(s theme.Styles, r *row, line theme.Style, t label) {
	if t.w <= 0 {
		st.cellsTo(s, r, line, 0, len(st.cells))
		return
	}
	st.cellsTo(s, r, line, 0, t.x)
	end, text := r.used+t.w, t.w
	if t.tag != "" {
		text -= 2 + width(t.tag)
	}
	if text > 0 {
		r.put(t.style, clip(t.text, text))
		if t.tag != "" {
			r.gap(2)
		}
	}
	if t.tag != "" {
		r.put(t.tagStyle, clip(t.tag, end-r.used))
	}
	r.gap(end - r.used)
	st.cellsTo(s, r, line, t.x+t.w, len(st.cells))
}

// cellsTo writes the cells from a to b; neighbours of one style at once.
func (st strip) cellsTo(s theme.Styles, r *row, line theme.Style, a, b int) {
	for a < b {
		end := a + 1
		for end < b && st.arrow[end] == st.arrow[a] {
			end++
		}
		style := s.Border
		if st.arrow[a] {
			style = line
		}
		r.put(style, string(st.cells[a:end]))
		a = end
	}
}
