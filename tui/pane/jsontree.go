package pane

import (
	"slices"
	"strings"
)

// What a Tree is made of: one flat list of nodes, each of them a line (or, when
// its text is long, several). They are found as far as somebody looks, so that
// a body of many megabytes is there at once.

// Limits of what is read as a tree. What goes beyond is shown as text.
const (
	deepestJSON  = 256
	mostNodes    = 1 << 20
	longestText  = 64 << 20 // bytes
	longValue    = 200      // bytes; a longer value is cut until it is opened
	longestValue = 256 << 10
	largeJSON    = 8 << 10 // bytes; a larger body begins folded
)

type nodeKind uint8

const (
	nodeHeading nodeKind = iota
	nodeOpen             // { or [ that holds something
	nodeClose
	nodeScalar // a value that holds nothing, also {} and []
	nodeLine   // a line of text
	nodePair   // name: value
	nodeProse  // a paragraph, broken at spaces
	nodeNote   // a word of ours about what follows
)

// node is one line of a tree before it is drawn. from and to are where it
// stands in its piece's text, the comma after it included; value is where what
// comes after its key begins.
type node struct {
	from, to uint32
	value    uint32
	parent   int32 // what it is in, -1 for nothing
	last     int32 // the last node of what it holds; -1: not known yet
	count    int32 // how many members it has, so far
	index    int32 // which member of its parent it is
	piece    uint16
	depth    uint16
	kind     nodeKind
}

type pieceKind uint8

const (
	pieceHeading pieceKind = iota
	pieceJSON
	pieceLines
	piecePairs
	pieceProse
)

// piece is one text of a tree.
type piece struct {
	kind   pieceKind
	text   string
	part   TreePart // of a heading
	open   uint16   // JSON deeper than this begins folded
	owned  bool     // it belongs to the heading before it
	first  int32    // its first node, once it has one
	note   string   // why the rest of it is not JSON
	folded string   // the text in lower case, for searching; "" if not needed yet
}

// treeText is what a Tree shows: the texts, and the nodes found so far. What
// was found does not change any more, so copies of a Tree share it.
type treeText struct {
	pieces  []piece
	nodes   []node
	reading int // the piece that is being read
	at      int // how far
	begun   bool
	heading int32   // the heading that owns what is read, -1 for none
	stack   []int32 // the objects and arrays that are open
	wrapped map[int32]wrappedValue
}

// need finds nodes until node i is there, and reports whether it is.
func (t *treeText) need(i int32) bool {
	for int(i) >= len(t.nodes) && t.reading < len(t.pieces) {
		t.read()
	}
	return i >= 0 && int(i) < len(t.nodes)
}

// needAll finds every node.
func (t *treeText) needAll() {
	t.grow()
	for t.reading < len(t.pieces) {
		t.read()
	}
}

// needLast finds nodes until the last one in node i is known, and returns it.
func (t *treeText) needLast(i int32) int32 {
	const near = 1 << 12
	for n := 0; t.nodes[i].last < 0 && t.reading < len(t.pieces); n++ {
		if n == near {
			t.grow()
		}
		t.read()
	}
	return t.nodes[i].last
}

// grow makes room for the nodes that the rest of a large text may have.
func (t *treeText) grow() {
	const usual = 12 // bytes for each node, or more
	if t.reading < len(t.pieces) {
		t.nodes = slices.Grow(t.nodes, max(len(t.pieces[t.reading].text)-t.at, 0)/usual+1)
	}
}

// read goes on by one node, or to the next piece.
func (t *treeText) read() {
	p := &t.pieces[t.reading]
	if !t.begun {
		t.begun, t.at, p.first = true, 0, int32(len(t.nodes)) //nolint:gosec // mostNodes
		if !p.owned {
			t.endHeading()
		}
	}
	more := false
	switch {
	case p.kind == pieceHeading:
		t.heading = t.add(node{kind: nodeHeading, to: uint32(len(p.text)), parent: -1, last: -1}) //nolint:gosec // longestText
	case p.kind == pieceJSON && p.note == "":
		more = t.readJSON(p)
	default:
		more = t.readLine(p)
	}
	if !more {
		t.reading, t.begun = t.reading+1, false
		if t.reading == len(t.pieces) {
			t.endHeading()
		}
	}
}

func (t *treeText) endHeading() {
	if t.heading >= 0 {
		t.nodes[t.heading].last = int32(len(t.nodes) - 1) //nolint:gosec // mostNodes
	}
	t.heading = -1
}

// add appends a node to the piece that is being read.
func (t *treeText) add(n node) int32 {
	n.piece = uint16(t.reading) //nolint:gosec // a call has a dozen pieces
	i := int32(len(t.nodes))    //nolint:gosec // mostNodes
	if n.parent >= 0 {
		n.index = t.nodes[n.parent].count
		if n.kind != nodeClose {
			t.nodes[n.parent].count++
		}
	}
	t.nodes = append(t.nodes, n)
	return i
}

// readLine adds the next line of a text, and reports whether there are more.
func (t *treeText) readLine(p *piece) bool {
	if t.at >= len(p.text) {
		return false
	}
	end := len(p.text)
	if i := strings.IndexByte(p.text[t.at:], '\n'); i >= 0 && len(t.nodes) < mostNodes {
		end = t.at + i
	}
	kind := nodeLine
	switch p.kind {
	case piecePairs:
		kind = nodePair
	case pieceProse:
		kind = nodeProse
	default:
	}
	t.add(node{kind: kind, from: uint32(t.at), to: uint32(end), parent: t.heading}) //nolint:gosec // longestText
	t.at = end + 1
	return t.at < len(p.text)
}

// readJSON adds the next line of JSON, and reports whether there may be more.
// What is no JSON ends everything that is open; the rest is text.
func (t *treeText) readJSON(p *piece) bool {
	from, why := t.member(p.text)
	if why == "" {
		return true
	}
	if why == endOfJSON {
		return false
	}
	for _, open := range t.stack {
		t.nodes[open].last = int32(len(t.nodes) - 1) //nolint:gosec // mostNodes
	}
	t.stack = t.stack[:0]
	p.note = why
	t.at = from
	t.add(node{kind: nodeNote, from: uint32(from), to: uint32(from), parent: t.heading}) //nolint:gosec // longestText
	return from < len(p.text)
}

// Why there is no JSON any more.
const (
	endOfJSON   = "end"
	notJSON     = "This is not JSON, so it is shown as it came:"
	noMoreJSON  = "From here on it is not JSON, so it is shown as it came:"
	cutJSON     = "The JSON breaks off before it is complete."
	tooDeepJSON = "Nested too deep to be shown as a tree; as it came:"
	tooManyJSON = "Too many values to be shown as a tree; as they came:"
)

// member reads one line: a value, the beginning of an object or array, or the
// end of one. from is where what could not be read begins.
func (t *treeText) member(s string) (from int, why string) {
	i := skipSpace(s, t.at)
	from = i
	if len(t.stack) == 0 {
		first := int(t.pieces[t.reading].first)
		switch {
		case len(t.nodes) > first && i >= len(s):
			return i, endOfJSON
		case len(t.nodes) > first:
			return i, noMoreJSON
		case i >= len(s):
			return i, endOfJSON
		}
		return t.value(s, from, i, -1)
	}
	open := t.stack[len(t.stack)-1]
	if i >= len(s) {
		return i, cutJSON
	}
	object := s[t.nodes[open].to-1] == '{'
	if s[i] == ']' && !object || s[i] == '}' && object {
		if t.nodes[open].count > 0 && t.commaBefore(s) {
			return i, noMoreJSON
		}
		t.stack = t.stack[:len(t.stack)-1]
		t.at = i + 1
		closer := t.add(node{kind: nodeClose, from: uint32(i), parent: open, depth: t.nodes[open].depth, last: -1}) //nolint:gosec // longestText
		t.nodes[open].last = closer
		return t.comma(s, closer)
	}
	if t.nodes[open].count > 0 && !t.commaBefore(s) {
		return i, noMoreJSON
	}
	if object {
		end, ok := scanString(s, i)
		if !ok {
			return i, broken(s, end)
		}
		if i = skipSpace(s, end); i >= len(s) || s[i] != ':' {
			return from, broken(s, i)
		}
		i = skipSpace(s, i+1)
	}
	return t.value(s, from, i, open)
}

// commaBefore reports whether the line before ended with a comma.
func (t *treeText) commaBefore(s string) bool {
	last := t.nodes[len(t.nodes)-1]
	return s[last.to-1] == ','
}

// value reads a value that begins at i, and whose line begins at from.
func (t *treeText) value(s string, from, i int, open int32) (int, string) {
	if i >= len(s) {
		return from, cutJSON
	}
	if len(t.nodes) >= mostNodes {
		return from, tooManyJSON
	}
	n := node{kind: nodeScalar, from: uint32(from), value: uint32(i), parent: open, last: -1} //nolint:gosec // longestText
	if open >= 0 {
		n.depth = t.nodes[open].depth + 1
	} else {
		n.parent = t.heading
	}
	if s[i] == '{' || s[i] == '[' {
		inner := skipSpace(s, i+1)
		if inner >= len(s) || s[inner] != s[i]+2 { // ] and } come two after [ and {
			if len(t.stack) >= deepestJSON {
				return from, tooDeepJSON
			}
			n.kind, n.to = nodeOpen, uint32(i+1) //nolint:gosec // longestText
			t.stack = append(t.stack, t.add(n))
			t.at = i + 1
			return 0, ""
		}
		t.at = inner + 1
		return t.comma(s, t.add(n))
	}
	end, ok := scanScalar(s, i)
	if !ok {
		if open < 0 {
			return from, notJSON
		}
		return from, broken(s, end)
	}
	t.at = end
	return t.comma(s, t.add(n))
}

// comma ends a line, with the comma after it if it has one.
func (t *treeText) comma(s string, i int32) (int, string) {
	t.nodes[i].to = uint32(t.at) //nolint:gosec // longestText
	if len(t.stack) == 0 {
		return 0, ""
	}
	if j := skipSpace(s, t.at); j < len(s) && s[j] == ',' {
		t.at = j + 1
		t.nodes[i].to = uint32(t.at) //nolint:gosec // longestText
	}
	return 0, ""
}

// broken says why JSON ends where something was expected.
func broken(s string, at int) string {
	if at >= len(s) {
		return cutJSON
	}
	return noMoreJSON
}

// key returns the key of a line of JSON, as written with its quotes, "" if it
// has none, and the value.
func (t *treeText) key(i int32) (key, value string) {
	n := t.nodes[i]
	text := t.text(i)
	if n.value <= n.from {
		return "", text
	}
	value = text[n.value-n.from:]
	return strings.TrimRight(text[:n.value-n.from], ": \t\r\n"), value
}

// text returns a node as it is written.
func (t *treeText) text(i int32) string {
	n := t.nodes[i]
	return t.pieces[n.piece].text[n.from:n.to]
}

// nodeAt returns the node that is written at an offset of a piece, or the one
// before it.
func (t *treeText) nodeAt(p, offset int) int32 {
	piece := &t.pieces[p]
	if t.reading <= p && offset > t.at+largeJSON {
		t.grow()
	}
	for t.reading < p || t.reading == p && (!t.begun || t.at <= offset) {
		t.read()
	}
	end := int32(len(t.nodes)) //nolint:gosec // mostNodes
	if t.reading > p && p+1 < len(t.pieces) && (t.reading > p+1 || t.begun) {
		end = t.pieces[p+1].first
	}
	i, found := slices.BinarySearchFunc(t.nodes[piece.first:end], uint32(offset), func(n node, at uint32) int { //nolint:gosec // longestText
		return int(n.from) - int(at)
	})
	if !found {
		i--
	}
	return piece.first + int32(max(i, 0)) //nolint:gosec // mostNodes
}
