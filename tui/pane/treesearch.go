package pane

import (
	"maps"
	"strings"

	"layersim/tui/theme"
)

// find is what is searched for in a tree.
type find struct {
	text string // in lower case
	hits int
	at   int // which of them the cursor is at, from 1; 0 for none
	// arrived: the cursor was put on the node that has it and has yet to find
	// the line.
	arrived bool
}

// Search looks for a text, whether folded or not, large or small letters, and
// goes to where it stands next. It reads everything. The empty text ends it.
func (t Tree) Search(text string) Tree {
	text = lower(strings.TrimSpace(text))
	if text == t.find.text {
		return t
	}
	t.find = find{text: text}
	if text == "" || t.Empty() {
		return t
	}
	for i := range t.text.pieces {
		p := &t.text.pieces[i]
		if p.folded == "" {
			p.folded = lower(p.text)
		}
		t.find.hits += strings.Count(p.folded, text)
	}
	n := t.text.nodes[t.cursor.node]
	return t.seek(int(n.piece), int(n.from))
}

// Query returns what is searched for.
func (t Tree) Query() string { return t.find.text }

// Hits returns how often it is there, and at which of them the cursor is, from
// 1; 0 for none.
func (t Tree) Hits() (n, at int) { return t.find.hits, t.find.at }

// NextHit goes to where the text stands next, after the last to the first.
func (t Tree) NextHit() Tree {
	if t.Empty() || t.find.hits == 0 {
		return t
	}
	n := t.text.nodes[t.cursor.node]
	return t.seek(int(n.piece), int(n.to))
}

// PreviousHit goes to where the text stands before.
func (t Tree) PreviousHit() Tree {
	if t.Empty() || t.find.hits == 0 {
		return t
	}
	n := t.text.nodes[t.cursor.node]
	p, to := int(n.piece), int(n.from)
	for range len(t.text.pieces) + 1 {
		folded := t.text.pieces[p].folded
		if i := strings.LastIndex(folded[:min(to, len(folded))], t.find.text); i >= 0 {
			return t.found(p, i)
		}
		if p--; p < 0 {
			p = len(t.text.pieces) - 1
		}
		to = len(t.text.pieces[p].folded)
	}
	return t
}

// seek goes to the first hit from an offset of a piece on.
func (t Tree) seek(p, from int) Tree {
	for range len(t.text.pieces) + 1 {
		folded := t.text.pieces[p].folded
		if i := strings.Index(folded[min(from, len(folded)):], t.find.text); i >= 0 {
			return t.found(p, from+i)
		}
		p, from = (p+1)%len(t.text.pieces), 0
	}
	return t
}

// found puts the cursor on the line that is written at an offset of a piece,
// and opens what hides it.
func (t Tree) found(p, offset int) Tree {
	i := t.text.nodeAt(p, offset)
	t.find.at = 1 + strings.Count(t.text.pieces[p].folded[:offset], t.find.text)
	for _, before := range t.text.pieces[:p] {
		t.find.at += strings.Count(before.folded, t.find.text)
	}
	t.flipped = maps.Clone(t.flipped)
	if t.flipped == nil {
		t.flipped = map[int32]bool{}
	}
	for in := t.text.nodes[i].parent; in >= 0; in = t.text.nodes[in].parent {
		if t.hides(in) {
			t.flipped[in] = !t.flipped[in]
		}
	}
	if n := t.text.nodes[i]; n.kind != nodeOpen && n.kind != nodeHeading && t.foldable(i) && t.folded(i) {
		t.flipped[i] = !t.flipped[i]
	}
	t.cursor, t.find.arrived = spot{node: i}, true
	return t
}

// Lower makes the letters of ASCII small, which is how a Tree compares text.
func Lower(s string) string { return lower(s) }

// lower makes the letters of ASCII small. Everything stays where it is.
func lower(s string) string {
	for i := range len(s) {
		if s[i] >= 'A' && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if b[i] >= 'A' && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// draw puts the parts of a line into a row, what is searched for set off.
func (q find) draw(r *row, s theme.Styles, parts []token) {
	if q.text == "" {
		for _, p := range parts {
			r.put(p.style, p.text)
		}
		return
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.text)
	}
	all := lower(b.String())
	marked, at := r.marked, 0 // at is where the part begins
	hit, end := -1, 0         // the hit that is drawn or comes next
	next := func() {
		hit = strings.Index(all[end:], q.text)
		if hit >= 0 {
			hit += end
			end = hit + len(q.text)
		}
	}
	next()
	for _, p := range parts {
		for text := p.text; text != ""; {
			n, style, inside := len(text), p.style, hit >= 0 && at >= hit
			switch {
			case inside:
				n, style = min(n, end-at), s.Hit
			case hit >= 0:
				n = min(n, hit-at)
			}
			r.marked = marked && !inside // a hit is seen under the cursor too
			r.put(style, text[:n])
			text, at = text[n:], at+n
			if inside && at == end {
				next()
			}
		}
	}
	r.marked = marked
}

// hitRow returns the line of a node in which what is searched for stands.
func (t Tree) hitRow(i int32, w int) int32 {
	n := t.rows(i, w)
	if n == 1 {
		return 0
	}
	lines := t.lines
	if k := t.text.nodes[i]; k.to-k.from > longValue && k.kind != nodeProse {
		lines = t.unfolded
	}
	before := ""
	for row, line := range lines(i, w) {
		line = lower(line)
		if strings.Contains(line, t.find.text) {
			return int32(row)
		}
		if strings.Contains(before+line, t.find.text) {
			return int32(row - 1)
		}
		before = line
	}
	return 0
}
