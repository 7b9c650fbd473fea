package present

// rect is a rectangle of cells, of which only the size matters: parts are drawn
// one below the other, or side by side.
type rect struct{ w, h int }

// layout says how much room each part of the screen has. A part without room is
// not shown.
type layout struct {
	tooSmall bool
	body     rect
	notes    rect
	columns  [columns]rect
	beside   bool // the three are side by side; else the user is beside the other two
	stacked  bool // all three are one below the other
}

// The sizes at which the screen changes.
const (
	minWidth, minHeight = 40, 10
	sideBySide          = 108 // wide enough for three
	twoColumns          = 64
	tallHeadline        = 20 // high enough for large letters
)

// layOut divides what is left of a window after head lines of beat and headline.
// It is pure.
func layOut(w, h, head int, notes bool, alone column) layout {
	if w < minWidth || h < minHeight {
		return layout{tooSmall: true}
	}
	l := layout{body: rect{w, max(h-head-1, 0)}}
	if notes {
		l.notes = rect{w, min(max(h*2/5, 6), l.body.h)}
		l.body.h -= l.notes.h
	}
	bw, bh := l.body.w, l.body.h
	switch {
	case alone != all:
		l.columns[alone] = l.body
	case bw >= sideBySide:
		l.beside = true
		rest := bw * 31 / 100
		l.columns[user] = rect{bw - 2*rest, bh}
		l.columns[app], l.columns[plaid] = rect{rest, bh}, rect{rest, bh}
	case bw >= twoColumns && bh >= 10:
		left := bw / 2
		upper := bh * 9 / 20
		l.columns[user] = rect{left, bh}
		l.columns[app], l.columns[plaid] = rect{bw - left, upper}, rect{bw - left, bh - upper}
	case bh >= 15:
		l.stacked = true
		third := bh / 3
		l.columns[user], l.columns[app], l.columns[plaid] = rect{bw, bh - 2*third}, rect{bw, third}, rect{bw, third}
	default: // one at a time, the one that matters most
		l.columns[plaid] = l.body
	}
	return l
}
