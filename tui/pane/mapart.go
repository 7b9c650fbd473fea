package pane

import (
	"layersim/flow"
	"layersim/tui/theme"
)

// The map of the phases: two rows of them with the detour of Extended Autofill
// between. A way that was taken is drawn heavy.
//
//	✓ Token ━━▸ ✓ Handler ━━▸ ✓ Phone ━━▸ ● Eligibility
//	                     LAYER_NOT_AVAILABLE │ READY │
//	  → Date of birth ◂──────────────────────┘       │
//	    └───▸ ○ Autofill ────── LAYER_READY ─────────┤
//	○ Onboarded ◂─ ○ Session ◂── ○ Link ◂── → Ready ◂┘

const (
	mapWidth  = 51
	mapHeight = 5
)

// markNext is a phase that the next event may lead to.
const markNext = MarkNone + 1

// mapNodes is where each phase stands.
var mapNodes = []struct {
	phase flow.Phase
	x, y  int
}{
	{flow.PhaseToken, 0, 0},
	{flow.PhaseHandler, 12, 0},
	{flow.PhasePhone, 26, 0},
	{flow.PhaseEligibility, 38, 0},
	{flow.PhaseDateOfBirth, 2, 2},
	{flow.PhaseAutofill, 10, 3},
	{flow.PhaseReady, 40, 4},
	{flow.PhaseLink, 29, 4},
	{flow.PhaseSession, 15, 4},
	{flow.PhaseOnboarded, 0, 4},
}

// mapEdge is a way between two phases of the map: strokes of light signs, drawn
// heavy once it was taken.
type mapEdge struct {
	from, to flow.Phase
	strokes  []stroke
	taken    []stroke // drawn as they are, once it was taken
}

// stroke is a text drawn from a cell to the right, or down.
type stroke struct {
	x, y int
	text string
	down bool
}

var mapEdges = []mapEdge{
	{flow.PhaseToken, flow.PhaseHandler, []stroke{{8, 0, "──▸", false}}, nil},
	{flow.PhaseHandler, flow.PhasePhone, []stroke{{22, 0, "──▸", false}}, nil},
	{flow.PhasePhone, flow.PhaseEligibility, []stroke{{34, 0, "──▸", false}}, nil},
	{flow.PhaseEligibility, flow.PhaseReady, []stroke{{49, 1, "││┤┘", true}, {48, 4, "◂", false}}, nil},
	{flow.PhaseEligibility, flow.PhaseDateOfBirth, []stroke{{41, 1, "│", true}, {18, 2, "◂──────────────────────┘", false}}, nil},
	{flow.PhaseDateOfBirth, flow.PhaseAutofill, []stroke{{4, 3, "└───▸", false}}, nil},
	{flow.PhaseAutofill, flow.PhaseReady, []stroke{{21, 3, "────── LAYER_READY ─────────", false}}, []stroke{{49, 3, "┪", false}, {49, 4, "┛", false}, {48, 4, "◂", false}}},
	{flow.PhaseReady, flow.PhaseLink, []stroke{{36, 4, "◂──", false}}, nil},
	{flow.PhaseLink, flow.PhaseSession, []stroke{{25, 4, "◂──", false}}, nil},
	{flow.PhaseSession, flow.PhaseOnboarded, []stroke{{12, 4, "◂─", false}}, nil},
}

// mapLabels are words beside the edges.
var mapLabels = []stroke{{21, 1, "LAYER_NOT_AVAILABLE", false}, {43, 1, "READY", false}}

var heavy = map[rune]rune{'─': '━', '│': '┃', '┘': '┛', '└': '┗', '┤': '┨'}

// mapCell is one cell of the map.
type mapCell struct {
	sign  rune
	style theme.Style
}

// drawMap draws the map, with how each phase stands and the path taken.
func drawMap(f Frame, nodes map[flow.Phase]Mark, path []flow.Phase) []string {
	s := f.Styles
	var cells [mapHeight][mapWidth]mapCell
	put := func(st stroke, style theme.Style, taken bool) {
		x, y := st.x, st.y
		for _, sign := range st.text {
			if h := heavy[sign]; taken && h != 0 {
				sign = h
			}
			cells[y][x] = mapCell{sign, style}
			if st.down {
				y++
			} else {
				x++
			}
		}
	}
	for _, label := range mapLabels {
		put(label, s.Dim, false)
	}
	for _, taken := range []bool{false, true} { // those taken are drawn over the others
		for _, e := range mapEdges {
			if tookRoute(path, e.from, e.to) != taken {
				continue
			}
			style := s.Border
			if taken {
				style = s.Accent
			}
			for _, st := range e.strokes {
				put(st, style, taken)
			}
			for i := 0; taken && i < len(e.taken); i++ {
				put(e.taken[i], style, true)
			}
		}
	}
	lines := make([]string, mapHeight)
	for y := range cells {
		r := newRow(f.Width)
		for x := 0; x < mapWidth; {
			if n := nodeAt(x, y); n != "" {
				drawNode(r, s, n, nodes[n])
				x = r.used
				continue
			}
			c := cells[y][x]
			if c.sign == 0 {
				r.gap(1)
			} else {
				r.put(c.style, string(c.sign))
			}
			x++
		}
		lines[y] = r.String()
	}
	return lines
}

func nodeAt(x, y int) flow.Phase {
	for _, n := range mapNodes {
		if n.x == x && n.y == y {
			return n.phase
		}
	}
	return ""
}

// tookRoute reports whether the path went from one phase straight to the other.
func tookRoute(path []flow.Phase, from, to flow.Phase) bool {
	for i := 1; i < len(path); i++ {
		if path[i-1] == from && path[i] == to {
			return true
		}
	}
	return false
}

// drawNode draws a phase with its sign: ● here, ✓ been there, → may come next,
// ○ neither.
func drawNode(r *row, s theme.Styles, p flow.Phase, m Mark) {
	sign, signStyle, style := "○", s.Dim, s.Dim
	switch m {
	case MarkActive:
		sign, signStyle, style = "●", s.Accent, s.Accent
	case MarkGood:
		sign, signStyle, style = "✓", s.Good, s.Text
	case markNext:
		sign, signStyle, style = "→", s.Good, s.Text
	case MarkWaiting, MarkWarn, MarkBad, MarkNone:
	}
	r.put(signStyle, sign).gap(1).put(style, PhaseName(p))
}
