package pane

import (
	"maps"
	"math"
	"strconv"
	"strings"
)

// TreePart is one part of what a Tree shows: a heading, and what belongs to it.
// Text in it may come from outside.
type TreePart struct {
	Title string
	// Said is what stands out beside the title, in the style and with the sign
	// of Kind; Note is what helps reading it.
	Said string
	Kind Kind
	Note string
	// Folded: what belongs to the heading is hidden until it is opened.
	Folded bool

	Pairs []TreePair
	Prose []string   // paragraphs
	Facts []TreePair // paragraphs that begin with a name; one without is a paragraph
	Text  string     // as it came
	JSON  string     // as a tree; as text where it is none
}

// TreePair is a line with a name and a value, such as a header.
type TreePair struct{ Name, Value string }

// Tree is text and JSON that can be opened and folded line by line, with a line
// under the cursor. It is a value: what changes it returns another one. The zero
// Tree is empty.
//
// What it shows is read as far as it is looked at. LayOut does that reading;
// after it, DrawTree only reads.
type Tree struct {
	text        *treeText
	cursor, top spot
	// open, if it is not 0, replaces how deep each JSON is open by itself.
	open int
	// flipped are the lines that are not as folded as they would be by
	// themselves.
	flipped map[int32]bool
	find    find
	more    bool // there are lines below those that are seen
}

// spot is a line on the screen: a node, and which of its lines.
type spot struct{ node, row int32 }

// NewTree returns a tree of these parts, large JSON folded. It reads next to
// nothing of them.
func NewTree(parts ...TreePart) Tree {
	t := &treeText{heading: -1, wrapped: map[int32]wrappedValue{}}
	add := func(kind pieceKind, text string, part TreePart) {
		if len(text) > longestText {
			text = text[:longestText]
		}
		open := uint16(math.MaxUint16)
		if len(text) > largeJSON {
			open = 2
		}
		t.pieces = append(t.pieces, piece{kind: kind, text: text, part: part, open: open, owned: kind != pieceHeading && part.Title != ""})
	}
	for _, p := range parts {
		if p.Title != "" {
			add(pieceHeading, headingText(p), p)
		}
		if len(p.Pairs) > 0 {
			var b strings.Builder
			for _, pair := range p.Pairs {
				b.WriteString(Clean(pair.Name) + ": " + Clean(pair.Value) + "\n")
			}
			add(piecePairs, b.String(), p)
		}
		for _, text := range p.Prose {
			add(pieceProse, paragraphText(text), p)
		}
		for _, fact := range p.Facts {
			text := paragraphText(fact.Value)
			if name := paragraphText(fact.Name); name != " " {
				text = name + ": " + text
			}
			add(pieceProse, text, TreePart{Title: p.Title, Facts: []TreePair{fact}})
		}
		if p.Text != "" {
			add(pieceLines, p.Text, p)
		}
		if p.JSON != "" {
			add(pieceJSON, p.JSON, p)
		}
	}
	return Tree{text: t}
}

// paragraphText makes text fit for a paragraph, which has no line breaks of its own
// and is never empty.
func paragraphText(text string) string {
	if text = strings.Join(strings.Fields(Clean(text)), " "); text == "" {
		return " "
	}
	return text
}

func headingText(p TreePart) string {
	return strings.TrimRight(Clean(p.Title)+" "+Clean(p.Said)+"  "+Clean(p.Note), " ")
}

// Empty reports whether there is nothing in it.
func (t Tree) Empty() bool { return t.text == nil || !t.text.need(0) }

// foldable reports whether a line hides others, or a part of itself.
func (t Tree) foldable(i int32) bool {
	switch n := t.text.nodes[i]; n.kind {
	case nodeOpen:
		return true
	case nodeHeading:
		return t.text.needLast(i) > i
	case nodeScalar, nodeLine, nodePair:
		return n.to-n.from > longValue
	default:
		return false
	}
}

// folded reports whether a line that can be folded is.
func (t Tree) folded(i int32) bool {
	n := t.text.nodes[i]
	var is bool
	switch n.kind {
	case nodeHeading:
		is = t.text.pieces[n.piece].part.Folded
	case nodeOpen:
		open := int(t.text.pieces[n.piece].open)
		if t.open > 0 {
			open = t.open
		}
		is = int(n.depth) >= open
	case nodeScalar, nodeLine, nodePair:
		is = n.to-n.from > longValue
	default:
		return false
	}
	return is != t.flipped[i]
}

// hides reports whether what follows a line belongs to it and cannot be seen.
func (t Tree) hides(i int32) bool {
	kind := t.text.nodes[i].kind
	return (kind == nodeOpen || kind == nodeHeading) && t.folded(i)
}

// outermost returns the line that stands for node i on the screen: itself, or
// what it is hidden in.
func (t Tree) outermost(i int32) int32 {
	for p := t.text.nodes[i].parent; p >= 0; p = t.text.nodes[p].parent {
		if t.hides(p) {
			i = p
		}
	}
	return i
}

// after returns the node below one that can be seen.
func (t Tree) after(i int32) (int32, bool) {
	next := i + 1
	if t.hides(i) {
		next = t.text.needLast(i) + 1
	}
	return next, t.text.need(next)
}

// before returns the node above one that can be seen.
func (t Tree) before(i int32) (int32, bool) {
	if i == 0 {
		return 0, false
	}
	return t.outermost(i - 1), true
}

// below returns the line below a line, of a text w cells wide.
func (t Tree) below(s spot, w int) (spot, bool) {
	if s.row+1 < t.rows(s.node, w) {
		return spot{s.node, s.row + 1}, true
	}
	next, ok := t.after(s.node)
	return spot{next, 0}, ok
}

func (t Tree) above(s spot, w int) (spot, bool) {
	if s.row > 0 {
		return spot{s.node, s.row - 1}, true
	}
	prev, ok := t.before(s.node)
	if !ok {
		return s, false
	}
	return spot{prev, t.rows(prev, w) - 1}, true
}

// Move moves the cursor by so many lines of a text f.Width cells wide.
func (t Tree) Move(by int, f Frame) Tree {
	if t.Empty() {
		return t
	}
	step := t.below
	if by < 0 {
		step, by = t.above, -by
	}
	for range by {
		to, ok := step(t.cursor, f.Width)
		if !ok {
			break
		}
		t.cursor = to
	}
	return t.LayOut(f)
}

// Scroll moves what is seen, and the cursor with it, by so many lines.
func (t Tree) Scroll(by int, f Frame) Tree {
	if t.Empty() {
		return t
	}
	top := t.LayOut(f).top
	step := t.below
	if by < 0 {
		step, by = t.above, -by
	}
	moved := 0
	for ; moved < by; moved++ {
		to, ok := step(top, f.Width)
		if !ok {
			break
		}
		top = to
	}
	t.top = top
	for range moved {
		if to, ok := step(t.cursor, f.Width); ok {
			t.cursor = to
		}
	}
	return t.LayOut(f)
}

// More reports whether there is more below what the frame shows.
func (t Tree) More() bool { return t.more }

// AtTop reports whether the cursor is on the first line.
func (t Tree) AtTop() bool { return t.cursor == spot{} }

// Home goes to the first line.
func (t Tree) Home(f Frame) Tree {
	t.cursor = spot{}
	return t.LayOut(f)
}

// End goes to the last line; to know it, everything has to be read.
func (t Tree) End(f Frame) Tree {
	if t.Empty() {
		return t
	}
	t.text.needAll()
	last := t.outermost(int32(len(t.text.nodes) - 1)) //nolint:gosec // mostNodes
	t.cursor = spot{last, t.rows(last, f.Width) - 1}
	return t.LayOut(f)
}

// Toggle opens or folds the line under the cursor; what is in an object or an
// array folds that.
func (t Tree) Toggle() Tree {
	if t.Empty() {
		return t
	}
	i := t.cursor.node
	if !t.foldable(i) {
		if i = t.text.nodes[i].parent; i < 0 {
			return t
		}
	}
	t.flipped = maps.Clone(t.flipped)
	if t.flipped == nil {
		t.flipped = map[int32]bool{}
	}
	t.flipped[i] = !t.flipped[i]
	t.cursor = spot{node: i}
	return t
}

// FoldAll folds everything but the outermost objects and arrays.
func (t Tree) FoldAll() Tree { return t.openTo(1) }

// OpenAll opens every object and array.
func (t Tree) OpenAll() Tree { return t.openTo(math.MaxUint16) }

func (t Tree) openTo(depth int) Tree {
	if t.Empty() {
		return t
	}
	t.open, t.flipped = depth, nil
	t.cursor = spot{node: t.outermost(t.cursor.node)}
	return t
}

// LayOut reads what a frame shows and keeps the line under the cursor in it.
func (t Tree) LayOut(f Frame) Tree {
	if t.Empty() || f.Height <= 0 || f.Width <= 0 {
		return t
	}
	t.cursor = t.settle(t.cursor, f.Width)
	if t.find.arrived {
		t.find.arrived = false
		t.cursor.row = t.hitRow(t.cursor.node, f.Width)
	}
	t.top = t.settle(t.top, f.Width)
	// Up from the cursor: if the top is not among the lines above it that fit,
	// it goes where the cursor is just in view.
	at := t.cursor
	seen := at == t.top
	for range f.Height - 1 {
		to, ok := t.above(at, f.Width)
		if seen || !ok {
			break
		}
		at = to
		seen = at == t.top
	}
	if !seen {
		if t.isBefore(t.cursor, t.top) {
			at = t.cursor
		}
		t.top = at
	}
	rows := 0 // read what is below, and do not leave the lower part empty
	at, t.more = t.top, true
	for ; t.more && rows < f.Height; rows++ {
		at, t.more = t.below(at, f.Width)
	}
	for ; rows < f.Height; rows++ {
		to, ok := t.above(t.top, f.Width)
		if !ok {
			break
		}
		t.top = to
	}
	return t
}

func (t Tree) isBefore(a, b spot) bool {
	return a.node < b.node || a.node == b.node && a.row < b.row
}

// settle brings a line back to what can be seen.
func (t Tree) settle(s spot, w int) spot {
	if !t.text.need(s.node) {
		return spot{}
	}
	if out := t.outermost(s.node); out != s.node {
		return spot{node: out}
	}
	s.row = min(s.row, t.rows(s.node, w)-1)
	return s
}

// Path says where in its JSON the line under the cursor is, such as
// items[0].access_token; "" for what is no member of anything.
func (t Tree) Path() string {
	if t.Empty() {
		return ""
	}
	var names []string
	for i := t.cursor.node; i >= 0; i = t.text.nodes[i].parent {
		n := t.text.nodes[i]
		if n.kind == nodeClose || n.parent < 0 || t.text.nodes[n.parent].kind != nodeOpen {
			continue
		}
		if key, _ := t.text.key(i); key != "" {
			names = append(names, "."+strings.Trim(key, `"`))
		} else {
			names = append(names, "["+strconv.Itoa(int(n.index))+"]")
		}
	}
	var b strings.Builder
	for i := len(names) - 1; i >= 0; i-- {
		b.WriteString(names[i])
	}
	return Clean(strings.TrimPrefix(b.String(), "."))
}

// Click puts the cursor on a line of the frame, counted from its top; on the
// line that has it already, it opens or folds.
func (t Tree) Click(row int, f Frame) Tree {
	if t.Empty() || row < 0 {
		return t
	}
	at := t.top
	for range row {
		next, ok := t.below(at, f.Width)
		if !ok {
			return t
		}
		at = next
	}
	if at == t.cursor {
		return t.Toggle().LayOut(f)
	}
	t.cursor = at
	return t
}
