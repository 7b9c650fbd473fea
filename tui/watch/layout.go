package watch

// rect is a rectangle of cells.
type rect struct{ x, y, w, h int }

// layout says which rectangle each part of the screen has. A part with an
// empty rectangle is not shown.
type layout struct {
	tooSmall      bool
	narrow        bool // the list and the lane one at a time
	header        rect
	list          rect
	story, detail rect // of the selected lane: what happens, and what the tabs show
	body          rect // all of these together
	footer        rect
}

// The sizes at which the screen changes.
const (
	minWidth, minHeight = 48, 12
	wideWidth           = 110
)

// layOut divides a window. It is pure.
func layOut(w, h int, f focus) layout {
	if w < minWidth || h < minHeight {
		return layout{tooSmall: true}
	}
	l := layout{header: rect{0, 0, w, 1}, body: rect{0, 1, w, h - 2}, footer: rect{0, h - 1, w, 1}}
	left := 0
	if w >= wideWidth {
		left = min(max(w*3/10, 40), 56)
		l.list = rect{0, 1, left, h - 2}
	} else {
		l.narrow = true
		if f == onList {
			l.list = l.body
			return l
		}
	}
	story := 7 // a border, five lines of text at most, a border
	if h < 20 {
		story = 5
	}
	l.story = rect{left, 1, w - left, story}
	l.detail = rect{left, 1 + story, w - left, h - 2 - story}
	return l
}
