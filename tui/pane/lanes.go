package pane

import "layersim/tui/theme"

// Mark says how a lane stands. Each has a sign and a style; the words beside
// it say the same.
type Mark int

// The marks.
const (
	MarkWaiting Mark = iota // something is awaited
	MarkActive              // something is under way
	MarkGood
	MarkWarn
	MarkBad
	MarkNone
)

// Sign returns the sign and style of a mark.
func (m Mark) Sign(s theme.Styles) (string, theme.Style) {
	switch m {
	case MarkActive:
		return "●", s.Accent
	case MarkGood:
		return "✓", s.Good
	case MarkWarn:
		return "!", s.Warn
	case MarkBad:
		return "✗", s.Bad
	case MarkNone:
		return "·", s.Dim
	default:
		return "○", s.Dim
	}
}

// LaneRow is one lane of a list: a session, or what else goes on by itself.
type LaneRow struct {
	Mark  Mark
	Title string
	State string // how it stands, in words
	Phone string // masked
	Who   string // the persona
	Age   string
}

// oneLine is the width from which a lane takes one line instead of two.
const oneLine = 74

// LaneRows returns how many lanes a frame shows at once.
func LaneRows(f Frame) int {
	if f.Width >= oneLine {
		return max(f.Height-1, 0) // the first line names the columns
	}
	return f.Height / 2
}

// Lanes draws the lanes from offset on, of n there are; lane(i) is called only
// for those shown. The one with index cursor is marked.
func Lanes(f Frame, n int, lane func(i int) LaneRow, offset, cursor int) string {
	lines := make([]string, 0, f.Height)
	wide := f.Width >= oneLine
	if wide && f.Height > 0 {
		r := newRow(f.Width).gap(3)
		laneColumns(f, r, func(r *row, text string, w int) { r.col(f.Styles.Dim, text, w) },
			[4]string{"client_user_id", "stands at", "phone", "persona"})
		lines = append(lines, r.right(f.Styles.Dim, "age", f.Width-r.used).String())
	}
	offset = max(min(offset, n-1), 0)
	for i := offset; i < n && i < offset+LaneRows(f); i++ {
		if wide {
			lines = append(lines, laneLine(f, lane(i), i == cursor))
			continue
		}
		lines = append(lines, laneLines(f, lane(i), i == cursor)...)
	}
	return fill(lines, f.Width, f.Height)
}

// laneColumns puts four texts into the columns of a list; the age is left.
func laneColumns(f Frame, r *row, put func(r *row, text string, w int), texts [4]string) {
	rest := f.Width - 3 - 7 // mark, age
	phone, persona := 15, min(max(rest/5, 14), 20)
	state := min(max((rest-phone-persona)/2, 19), 30)
	for i, w := range [4]int{rest - phone - persona - state, state, phone, persona} {
		put(r, texts[i], w-2)
		r.gap(2)
	}
}

func (l LaneRow) begin(f Frame, here bool) *row {
	s := f.Styles
	r := newRow(f.Width)
	cursor := " "
	if here {
		cursor = "›"
		if f.Focused {
			r.under(s.Selected)
		}
	}
	sign, style := l.Mark.Sign(s)
	return r.put(s.Accent, cursor).put(style, sign).gap(1)
}

func (l LaneRow) titleStyle(s theme.Styles, here bool) theme.Style {
	if here {
		return s.Strong
	}
	return s.Text
}

func laneLine(f Frame, l LaneRow, here bool) string {
	s := f.Styles
	r := l.begin(f, here)
	styles := [4]theme.Style{l.titleStyle(s, here), s.Text, s.Dim, s.Dim}
	i := 0
	laneColumns(f, r, func(r *row, text string, w int) {
		r.col(styles[i], text, w)
		i++
	}, [4]string{Clean(l.Title), l.State, Clean(l.Phone), Clean(l.Who)})
	return r.right(s.Dim, l.Age, f.Width-r.used).String()
}

// laneLines draws a lane in two lines: who it is, and how it stands.
func laneLines(f Frame, l LaneRow, here bool) []string {
	s := f.Styles
	first := l.begin(f, here)
	first.col(l.titleStyle(s, here), Clean(l.Title), f.Width-first.used-width(l.Age)-1)
	first.right(s.Dim, l.Age, f.Width-first.used)
	second := newRow(f.Width)
	if here && f.Focused {
		second.under(s.Selected)
	}
	second.gap(3).put(s.Text, l.State)
	for _, text := range []string{Clean(l.Phone), Clean(l.Who)} {
		if text == "" || second.left() < width(text)+3 {
			break
		}
		second.put(s.Dim, " · "+text)
	}
	return []string{first.String(), second.String()}
}
