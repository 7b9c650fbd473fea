package pane

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"layersim/flow"
)

// StateView is where a walk stands, how it came there, and what could come.
type StateView struct {
	State flow.State
	Now   time.Time
	// Path is the phases of this attempt in the order in which the walk stood in
	// them; the last is where it stands.
	Path []flow.Phase
	// Refused and Why say which event was refused last, if it was the last one.
	Refused, Why string
	Outlook      []OutlookRow
	Cursor       int
}

// stateParts is how a frame is shared out.
type stateParts struct {
	beside  bool // facts and map on the left, the outlook on the right
	mapped  bool // the map is drawn, else it is one line
	summed  bool // a line about the handler and what is waited for
	refused int  // lines about the event that was refused last
	list    int  // lines of the list
	why     int  // lines about the row under the cursor
}

const (
	stateBeside = 104 // from here on two columns
	besideWidth = mapWidth + 3
)

func (v *StateView) parts(f Frame) stateParts {
	p := stateParts{beside: f.Width >= stateBeside && f.Height >= 12, mapped: f.Width >= mapWidth && f.Height >= 14}
	left := f.Height
	if p.beside {
		p.mapped = true
	} else {
		top := 1
		if p.mapped {
			top = mapHeight + 2
			if p.summed = f.Height >= 20; p.summed {
				top++
			}
		}
		left -= top
		if v.Refused != "" && left >= 4 {
			p.refused = 1
			if left >= 10 {
				p.refused = 2
			}
		}
		left -= p.refused
	}
	switch {
	case left >= 16:
		p.why = 4
	case left >= 7:
		p.why = 3
	case left >= 4:
		p.why = 1
	}
	p.list = max(left-p.why-1, 0) // a line says what the list is
	return p
}

// StateRows returns how many lines the list has and how many a frame shows.
func StateRows(f Frame, v StateView) (n, rows int) {
	p := v.parts(f)
	n = len(v.Outlook)
	if !p.beside {
		n += len(stateFacts(v.State, v.Now))
	}
	return n, p.list
}

// StateMap draws the map of the phases with where the walk stands, where it
// came from and what can come next; below or beside it what each event would do
// from here, with the reason of the row under the cursor; and what the State
// holds, private values masked.
func StateMap(f Frame, v StateView) string {
	if f.Width <= 0 || f.Height <= 0 {
		return ""
	}
	p := v.parts(f)
	if !p.beside {
		return fill(append(v.top(f, p), v.list(f, p)...), f.Width, f.Height)
	}
	left, right := f, f
	left.Width, right.Width = besideWidth, f.Width-besideWidth-2
	a := append(v.top(left, p), "")
	if v.Refused != "" {
		a = append(a, v.refusal(left, 4)...)
		a = append(a, "")
	}
	a = append(a, newRow(left.Width).put(f.Styles.Dim, "What is known").String())
	for _, fact := range stateFacts(v.State, v.Now) {
		a = append(a, factLine(newRow(left.Width), left, fact))
	}
	b := v.list(right, p)
	lines := make([]string, f.Height)
	for i := range lines {
		l, r := pad(left.Width), pad(right.Width)
		if i < len(a) {
			l = fit(a[i], left.Width)
		}
		if i < len(b) {
			r = b[i]
		}
		lines[i] = l + f.Styles.Border.Render("│") + " " + r
	}
	return fill(lines, f.Width, f.Height)
}

// top draws the map and how the walk came here, or one line that says both.
func (v *StateView) top(f Frame, p stateParts) []string {
	var lines []string
	if p.mapped {
		lines = append(drawMap(f, v.nodes(), v.Path), v.ends(f), v.came(f))
		if p.summed {
			lines = append(lines, newRow(f.Width).put(f.Styles.Dim, "handler ").put(f.Styles.Text, handlerFact(v.State)).
				put(f.Styles.Dim, ", waits for ").put(f.Styles.Text, waitsFor(v.State)).String())
		}
	} else {
		lines = []string{v.came(f)}
	}
	if !p.beside && p.refused > 0 {
		lines = append(lines, v.refusal(f, p.refused)...)
	}
	return lines
}

// nodes says how each phase stands.
func (v *StateView) nodes() map[flow.Phase]Mark {
	nodes := map[flow.Phase]Mark{}
	for _, p := range v.Path {
		nodes[p] = MarkGood
	}
	for _, row := range v.Outlook {
		if row.Verdict == flow.Advanced && !row.Again && !row.Wrong {
			nodes[row.To] = markNext
		}
	}
	nodes[v.State.Phase] = MarkActive
	return nodes
}

// ends draws the three ends that are off the map's way.
func (v *StateView) ends(f Frame) string {
	s, nodes := f.Styles, v.nodes()
	r := newRow(f.Width).put(s.Dim, "or ")
	for i, p := range []flow.Phase{flow.PhaseFallback, flow.PhaseExited, flow.PhaseFailed} {
		if i > 0 {
			r.gap(2)
		}
		drawNode(r, s, p, nodes[p])
	}
	return r.String()
}

// came says where the walk came from.
func (v *StateView) came(f Frame) string {
	s := f.Styles
	r := newRow(f.Width)
	drawNode(r, s, v.State.Phase, MarkActive)
	if len(v.Path) < 2 {
		return r.put(s.Dim, ", where an attempt begins").String()
	}
	from := v.Path[len(v.Path)-2]
	r.put(s.Dim, ", from ").put(s.Text, PhaseName(from))
	if by := flow.RouteBy(from, v.State.Phase); by != "" {
		r.put(s.Dim, ": "+by)
	}
	return r.String()
}

// refusal says why the last event was refused, in n lines.
func (v *StateView) refusal(f Frame, n int) []string {
	lines := wrap(fmt.Sprintf("%s was refused: %s", Clean(v.Refused), Clean(v.Why)), f.Width-2)
	if len(lines) > n {
		lines = lines[:n]
		lines[n-1] = cutShort(lines[n-1], f.Width-2)
	}
	for i, l := range lines {
		sign := "  "
		if i == 0 {
			sign = "✗ "
		}
		lines[i] = newRow(f.Width).put(f.Styles.Warn, sign+l).String()
	}
	for len(lines) < n {
		lines = append(lines, pad(f.Width))
	}
	return lines
}

// list draws the outlook, what the State holds after it, and the reason of the
// row under the cursor.
func (v *StateView) list(f Frame, p stateParts) []string {
	facts := stateFacts(v.State, v.Now)
	if p.beside {
		facts = nil
	}
	n := len(v.Outlook) + len(facts)
	cursor := max(min(v.Cursor, n-1), 0)
	if p.why >= 3 && cursor < len(v.Outlook) { // the reason is said whole, if that leaves a list
		const least = 5
		more := max(min(len(v.reasonText(f, cursor, math.MaxInt))+1-p.why, p.list-least), 0)
		p.why, p.list = p.why+more, p.list-more
	}
	offset := max(min(cursor-p.list/2, n-p.list), 0)
	var leads, noted, refused int
	for _, row := range v.Outlook {
		switch {
		case row.Wrong && row.Verdict != flow.Refused: // no part of Layer
		case row.leadsOn():
			leads++
		case row.Verdict == flow.Refused:
			refused += 1 + len(row.Others)
		default:
			noted++
		}
	}
	head := newRow(f.Width).put(f.Styles.Strong, "From here").put(f.Styles.Dim,
		fmt.Sprintf("  → %d lead on  · %d noted  ✗ %d refused", leads, noted, refused))
	lines := []string{head.String()}
	group := ""
	for i := offset; i < n && i < offset+p.list; i++ {
		r := newRow(f.Width)
		if i == cursor {
			if f.Focused {
				r.under(f.Styles.Selected)
			}
			r.put(f.Styles.Accent, "›")
		} else {
			r.gap(1)
		}
		if i >= len(v.Outlook) {
			lines = append(lines, factLine(r, f, facts[i-len(v.Outlook)]))
			continue
		}
		row := v.Outlook[i]
		first := row.Group != group
		group = row.Group
		lines = append(lines, outlookLine(f, r, row, first))
	}
	for len(lines) < p.list+1 {
		lines = append(lines, pad(f.Width))
	}
	return append(lines, v.reason(f, p, cursor)...)
}

func outlookLine(f Frame, r *row, row OutlookRow, first bool) string {
	s := f.Styles
	if f.Width >= 36 {
		word := ""
		if first {
			word = row.Group
		}
		r.col(s.Dim, word, 8)
	}
	sign, signStyle, style, to := "·", s.Dim, s.Text, ""
	switch {
	case row.Wrong && row.Verdict != flow.Refused:
		style = s.Dim
	case row.Verdict == flow.Advanced:
		sign, signStyle, style, to = "→", s.Good, s.Strong, PhaseName(row.To)
		if row.Again {
			to += ", again"
		}
	case row.Verdict == flow.Refused:
		sign, signStyle, style = "✗", s.Warn, s.Dim
	case row.Verdict == flow.Noted:
		if row.leadsOn() {
			sign, signStyle, style, to = "→", s.Good, s.Strong, "Link"
			if n := len(row.Calls); n > 0 {
				to = row.Calls[n-1]
			}
		}
	}
	r.put(signStyle, sign).gap(1)
	event := Clean(strings.Join(append([]string{row.Event}, row.Others...), ", "))
	if to == "" {
		return r.put(style, event).String()
	}
	r.col(style, event, max(f.Width-r.used-width(to)-3, 8))
	return r.put(s.Good, " ▸ "+to).String()
}

// reason says why the row under the cursor would be what it is.
func (v *StateView) reason(f Frame, p stateParts, cursor int) []string {
	if p.why == 0 {
		return nil
	}
	var lines []string
	n := p.why
	if n >= 3 {
		lines = append(lines, newRow(f.Width).rule(f.Styles.Border).String())
		n--
	}
	if cursor >= len(v.Outlook) {
		return append(lines, newRow(f.Width).put(f.Styles.Dim, "What the State holds at this moment.").String())
	}
	text := v.reasonText(f, cursor, n)
	for i, t := range text {
		r := newRow(f.Width)
		if i == 0 {
			r.put(f.Styles.Accent, "Why ")
		} else {
			r.gap(4)
		}
		lines = append(lines, r.put(f.Styles.Text, t).String())
	}
	return lines
}

// reasonText is the reason in at most n lines. What does not fit whole is left
// out from the end.
func (v *StateView) reasonText(f Frame, cursor, n int) []string {
	row := v.Outlook[cursor]
	parts := []string{Clean(row.Why)}
	if len(row.Calls) > 0 {
		parts = append(parts, "Your app then calls "+strings.Join(row.Calls, ", ")+".")
	}
	if len(row.Others) > 0 {
		parts = append(parts, "The same for "+Clean(strings.Join(row.Others, ", "))+".")
	}
	for ; ; parts = parts[:len(parts)-1] {
		text := wrap(strings.Join(parts, " "), f.Width-4)
		switch {
		case len(text) <= n:
			return text
		case len(parts) == 1:
			text = text[:n]
			text[n-1] = cutShort(text[n-1], f.Width-4)
			return text
		}
	}
}

// cutShort marks a line after which others were dropped.
func cutShort(line string, w int) string {
	if width(line)+2 <= w {
		return line + " …"
	}
	return clip(line+" …", w)
}

// PhaseName returns what a phase is called on the screen.
func PhaseName(p flow.Phase) string {
	i := slices.IndexFunc(steps, func(st step) bool { return st.phase == p })
	switch {
	case p == flow.PhasePhone:
		return "Phone"
	case i >= 0:
		return steps[i].name
	case p == flow.PhaseFallback:
		return "Own form"
	case p == flow.PhaseExited:
		return "Left Link"
	case p == flow.PhaseFailed:
		return "Failed"
	}
	return Clean(string(p))
}
