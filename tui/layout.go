package tui

import "slices"

// paneID names a pane that can have the focus.
type paneID int

const (
	paneStage paneID = iota
	paneIdentity
	paneHistory
	paneItems
	paneInspector
	paneLog
	paneCount
)

// title names a pane in its border and in the narrow layout's tab line.
func (p paneID) title() string {
	return [...]string{"Step", "Identity", "Edit history", "Items", "Inspector", "Log"}[p]
}

// rect is a rectangle of cells.
type rect struct{ x, y, w, h int }

func (r rect) empty() bool { return r.w <= 0 || r.h <= 0 }

// layout says which rectangle each part of the screen has. A part with an
// empty rectangle is not shown.
type layout struct {
	tooSmall bool
	narrow   bool
	rail     rect
	banner   rect // at the end of a walk that has results: what happened
	tabs     rect // narrow: which panes there are
	body     rect // what the panes share
	panes    [paneCount]rect
	footer   rect
	scrubber rect // of a replay: where the moment lies
}

// The sizes at which the screen changes.
const (
	minWidth, minHeight   = 60, 16
	wideWidth, wideHeight = 100, 30
)

// readableStage is the width of a stage whose lines are as long as they get.
const readableStage = 86

// panesOf lists the panes there are, in the order in which Tab visits them.
// results says that the walk has brought an identity and Items to look at.
func panesOf(results bool) []paneID {
	if results {
		return []paneID{paneIdentity, paneHistory, paneItems, paneLog, paneInspector}
	}
	return []paneID{paneStage, paneInspector, paneLog}
}

// layOut divides a window. It is pure: the same size, kind of screen and focus
// give the same rectangles. Zoomed, the pane with the focus has all the room.
func layOut(w, h int, results bool, focus paneID, zoomed bool) layout {
	switch {
	case w < minWidth || h < minHeight:
		return layout{tooSmall: true, body: rect{0, 0, max(w, 0), max(h, 0)}}
	case w < wideWidth || h < wideHeight || zoomed:
		return narrowLayout(w, h, results, focus)
	case results:
		return wideResults(w, h)
	}
	return wideWalk(w, h)
}

func narrowLayout(w, h int, results bool, focus paneID) layout {
	l := layout{narrow: true, rail: rect{0, 0, w, 1}, footer: rect{0, h - 1, w, 1}}
	y := 1
	if results {
		l.banner = rect{0, y, w, 2}
		y += 2
	}
	l.tabs = rect{0, y, w, 1}
	l.body = rect{0, y + 1, w, h - y - 2}
	if !slices.Contains(panesOf(results), focus) {
		focus = panesOf(results)[0]
	}
	l.panes[focus] = l.body
	return l
}

// wideFrame places what every wide layout has.
func wideFrame(w, h int) layout {
	const rail = 1
	return layout{
		rail:   rect{0, 0, w, rail},
		body:   rect{0, rail, w, h - rail - 1},
		footer: rect{0, h - 1, w, 1},
	}
}

// wideWalk: the stage left, the inspector right, the log below.
func wideWalk(w, h int) layout {
	l := wideFrame(w, h)
	b := l.body
	log := max(b.h*3/10, 8)
	if b.h > 40 { // a paragraph needs no more height, but the log shows more
		log = b.h * 4 / 10
	}
	top := b.h - log
	// No wider than a paragraph is read easily; what is left helps the wire.
	stage := min(max(w*52/100, 56), readableStage)
	l.panes[paneStage] = rect{0, b.y, stage, top}
	l.panes[paneInspector] = rect{stage, b.y, w - stage, top}
	l.panes[paneLog] = rect{0, b.y + top, w, log}
	return l
}

// wideResults: identity, edit history and Items side by side, or the last two
// stacked where three columns would be too thin; below them the log and the
// inspector.
func wideResults(w, h int) layout {
	l := wideFrame(w, h)
	const banner = 2
	l.banner = rect{0, l.body.y, w, banner}
	y, room := l.body.y+banner, l.body.h-banner
	low := max(room*4/10, 9)
	top := room - low
	if w < 116 {
		const history = 9 // border, heading, rule and five fields
		half := w / 2
		l.panes[paneIdentity] = rect{0, y, half, top}
		l.panes[paneHistory] = rect{half, y, w - half, history}
		l.panes[paneItems] = rect{half, y + history, w - half, top - history}
	} else {
		history := min(max(w*30/100, 38), 50)
		identity := min((w-history)/2-1, 60)
		l.panes[paneIdentity] = rect{0, y, identity, top}
		l.panes[paneHistory] = rect{identity, y, history, top}
		l.panes[paneItems] = rect{identity + history, y, w - identity - history, top}
	}
	left := w * 52 / 100
	l.panes[paneLog] = rect{0, y + top, left, low}
	l.panes[paneInspector] = rect{left, y + top, w - left, low}
	return l
}

// overlay is everything between the rail and the last line.
func (l layout) overlay() rect {
	return rect{0, l.rail.h, l.rail.w, l.footer.y - l.rail.h}
}

// at returns the pane under a cell.
func (l layout) at(x, y int) (paneID, bool) {
	for id, r := range l.panes {
		if !r.empty() && x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h {
			return paneID(id), true
		}
	}
	return 0, false
}
