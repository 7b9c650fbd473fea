package pane

import (
	"strings"
	"time"

	"layersim/tui/theme"
)

// SequenceLife is one who takes part in a sequence diagram.
type SequenceLife struct{ Name, Short string }

// SequenceKind says how a SequenceArrow is drawn.
type SequenceKind int

// The kinds of SequenceArrow.
const (
	SequenceCall    SequenceKind = iota // a line with a point
	SequenceAnswer                      // a broken line with a point
	SequenceNote                        // a mark on the lifeline From
	SequenceDivider                     // a line across
)

// SequenceArrow is one line of a sequence diagram.
type SequenceArrow struct {
	Kind     SequenceKind
	From, To int // indexes of the lifelines
	Label    string
	At       time.Time
	Happened time.Time // when it happened, if that was long before; else zero
	Refused  bool      // it changed nothing
	Failed   bool      // an error, or no answer
}

// SequenceDetail is what there is to say of the arrow under the cursor.
type SequenceDetail struct{ Why, Detail string }

// SequenceView is a sequence diagram of which Arrows are drawn, from Offset on.
// Arrow gives one and is called only for those that are seen.
type SequenceView struct {
	Lives  []SequenceLife
	Arrows int
	Arrow  func(i int) SequenceArrow
	Offset int
	Cursor int
	Detail SequenceDetail
	Empty  string // what to say when there is no arrow yet
}

// The widths at which the diagram changes.
const (
	sequenceLanes  = 50 // from here on there are lifelines, below a list
	sequenceClock  = 76 // the time of day
	sequenceMillis = 100
)

// SequenceRows returns how many arrows a frame shows at once.
func SequenceRows(f Frame) int {
	return max(f.Height-whyRows(f)-sequenceHead(f), min(f.Height, 1))
}

// sequenceHead is how many lines name the lifelines.
func sequenceHead(f Frame) int {
	if f.Width >= sequenceLanes && f.Height >= 3 {
		return 1
	}
	return 0
}

// Sequence draws a sequence diagram: lifelines from left to right, time from
// top to bottom, one line an arrow with its label beside it. The newest arrow
// is marked ●, the one under the cursor ›, and its reason is written below.
// Where there is no room for lifelines it is a list.
func Sequence(f Frame, v SequenceView) string {
	if f.Width <= 0 || f.Height <= 0 {
		return ""
	}
	rows := SequenceRows(f)
	lines := make([]string, 0, f.Height)
	lanes := newLanes(f, v.Lives)
	if sequenceHead(f) > 0 {
		lines = append(lines, lanes.head(f, v.Lives))
	}
	offset := max(min(v.Offset, v.Arrows-1), 0)
	for i := offset; i < v.Arrows && i < offset+rows; i++ {
		r := sequenceRow(f, i == v.Cursor, i == v.Arrows-1)
		a := v.Arrow(i)
		if f.Width < sequenceLanes {
			sequenceItem(f, r, v.Lives, a)
		} else {
			lanes.clock(f, r, a)
			lanes.arrow(f, r, a)
		}
		lines = append(lines, r.String())
	}
	if v.Arrows == 0 {
		lines = append(lines, paragraph(f.Styles.Dim, v.Empty, f.Width)...)
		return fill(lines, f.Width, f.Height)
	}
	if why := whyRows(f); why > 0 && v.Cursor >= 0 && v.Cursor < v.Arrows {
		for len(lines) < f.Height-why {
			lines = append(lines, lanes.blank(f))
		}
		lines = append(lines, sequenceWhy(f, v, why)...)
	}
	return fill(lines, f.Width, f.Height)
}

// sequenceRow begins a line: where the cursor is, and which is the newest.
func sequenceRow(f Frame, here, newest bool) *row {
	r := newRow(f.Width)
	cursor, now := " ", " "
	if here {
		cursor = "›"
		if f.Focused {
			r.under(f.Styles.Selected)
		}
	}
	if newest {
		now = "●"
	}
	return r.put(f.Styles.Accent, cursor).put(f.Styles.Accent, now)
}

// arrowStyles returns how an arrow and its label look.
func arrowStyles(s theme.Styles, a SequenceArrow) (line, label theme.Style) {
	switch {
	case a.Refused:
		return s.Warn, s.Dim
	case a.Failed:
		return s.Bad, s.Bad
	case a.Kind == SequenceAnswer:
		return s.Dim, s.Dim
	case a.Kind == SequenceNote:
		return s.Accent, s.Text
	}
	return s.Accent, s.Text
}

// sequenceTag is the word that an arrow has besides its label.
func sequenceTag(a SequenceArrow) string {
	var tags []string
	if a.Refused {
		tags = append(tags, "refused")
	}
	if l := (LogLine{At: a.At, Happened: a.Happened, Name: a.Label}); l.IsLate() {
		tags = append(tags, l.lateWord()+" "+lateness(l))
	}
	return strings.Join(tags, ", ")
}

// sequenceItem draws an arrow as a line of a list.
func sequenceItem(f Frame, r *row, lives []SequenceLife, a SequenceArrow) {
	s := f.Styles
	line, label := arrowStyles(s, a)
	name := func(i int) string { return strings.ToLower(Clean(lives[i].Short)) }
	switch a.Kind {
	case SequenceDivider:
		r.put(s.Border, "── ").put(s.Strong, Clean(a.Label)).gap(1).rule(s.Border)
		return
	case SequenceNote:
		r.put(line, name(a.From)).put(s.Dim, ": ")
	default:
		sign := " → "
		if a.Refused || a.Failed {
			sign = " ✗ "
		}
		r.put(line, name(a.From)+sign+name(a.To)).gap(2)
	}
	if tag := sequenceTag(a); tag != "" {
		r.put(s.Warn, tag+" ")
	}
	r.put(label, Clean(a.Label))
}

// sequenceWhy draws the reason of the arrow under the cursor.
func sequenceWhy(f Frame, v SequenceView, n int) []string {
	a := v.Arrow(v.Cursor)
	l := LogLine{At: a.At, Happened: a.Happened, Why: v.Detail.Why, Detail: v.Detail.Detail}
	return whyLines(f, l, n, true)
}
