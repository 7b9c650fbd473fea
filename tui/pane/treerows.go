package pane

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"layersim/tui/theme"
)

// gutter is what comes before each line: the cursor and whether it can be
// opened or folded.
const gutter = 3

// wrappedValue is a long value, opened, in lines.
type wrappedValue struct {
	width int
	rows  []string
}

// rows returns how many lines a node has in a text w cells wide.
func (t Tree) rows(i int32, w int) int32 {
	n := &t.text.nodes[i]
	long := n.to-n.from > longValue
	switch {
	case n.kind == nodeHeading || n.kind == nodeOpen || n.kind == nodeClose || n.kind == nodeNote && w > gutter+len(tooManyJSON):
		return 1
	case long && t.folded(i):
		return 1
	case long && n.kind != nodeProse:
		return int32(len(t.unfolded(i, w))) //nolint:gosec // longestValue
	}
	return int32(len(t.lines(i, w))) //nolint:gosec // longestValue
}

// room returns the indent of a node's first line and how many cells follow.
func (t Tree) room(i int32, w int) (indent, room int) {
	w = max(w-gutter, 1)
	indent = min(2*int(t.text.nodes[i].depth), w/2)
	return indent, max(w-indent, 1)
}

// lines breaks a short node into lines of clean text.
func (t Tree) lines(i int32, w int) []string {
	n := t.text.nodes[i]
	_, room := t.room(i, w)
	switch n.kind {
	case nodeProse:
		return orBlank(wrap(t.text.text(i), room))
	case nodeNote:
		return orBlank(wrap(t.text.pieces[n.piece].note, room))
	}
	text := t.plain(i)
	if len(text) <= room && isPlain(text) {
		return []string{text}
	}
	return hangingChunks(text, room)
}

func orBlank(lines []string) []string {
	if len(lines) == 0 {
		return []string{""}
	}
	return lines
}

// unfolded breaks a long node into lines, once.
func (t Tree) unfolded(i int32, w int) []string {
	if kept, ok := t.text.wrapped[i]; ok && kept.width == w {
		return kept.rows
	}
	_, room := t.room(i, w)
	rows := hangingChunks(t.plain(i), room)
	if n := t.text.nodes[i]; n.to-n.from > longestValue {
		rows = append(rows, clip("… "+size(int(n.to-n.from)-longestValue)+" more are not shown", room))
	}
	t.text.wrapped[i] = wrappedValue{w, rows}
	return rows
}

// plain returns a node's text as it is drawn, its key and value set apart.
func (t Tree) plain(i int32) string {
	return t.begin(i, longestValue)
}

// begin is plain for the first n bytes of key and value.
func (t Tree) begin(i int32, n int) string {
	if t.text.nodes[i].kind != nodeScalar {
		text := bytesOf(t.text.text(i), n)
		return Clean(strings.ReplaceAll(strings.TrimSuffix(text, "\r"), "\t", "    "))
	}
	key, value := t.text.key(i)
	value = Clean(bytesOf(value, n))
	if key == "" {
		return value
	}
	return Clean(bytesOf(key, n)) + ": " + value
}

// bytesOf returns the first n bytes, less if that would cut a letter.
func bytesOf(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// hangingChunks cuts clean text into lines of at most w cells; all but the first
// are two cells shorter, to be set in.
func hangingChunks(text string, w int) []string {
	var out []string
	room := w
	for {
		head, tail := headOf(text, room)
		if head == "" && tail != "" { // a wide letter in a single cell
			return append(out, "…")
		}
		out = append(out, head)
		if text = tail; text == "" {
			return out
		}
		room = hanging(w)
	}
}

func hanging(w int) int {
	if w <= 4 {
		return w
	}
	return w - 2
}

// headOf is splitAt for texts of any length: it looks at no more of them than
// it has to.
func headOf(text string, w int) (head, tail string) {
	near := text
	if most := 16 * (w + 1); len(near) > most {
		near = bytesOf(near, most)
	}
	if plain := near[:min(len(near), w)]; isPlain(plain) {
		rest := text[len(plain):]
		if rest == "" || rest[0] < utf8.RuneSelf { // else a mark may belong to the last letter
			return plain, rest
		}
	}
	head = ansi.Truncate(near, w, "")
	return head, text[len(head):]
}

// size says how many bytes there are.
func size(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n) + " bytes"
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// drawnRow returns the styled parts of one line of a node.
func (t Tree) drawnRow(s theme.Styles, at spot, w int) []token {
	i := at.node
	n := &t.text.nodes[i]
	switch n.kind {
	case nodeHeading:
		return headingTokens(s, t.text.pieces[n.piece].part, t.folded(i) && n.last > i, int(n.count))
	case nodeOpen:
		return t.openTokens(s, i)
	case nodeClose:
		return []token{{Clean(t.text.text(i)), s.JSONPunct}}
	}
	if n.kind != nodeProse && n.to-n.from > longValue {
		if t.folded(i) {
			return t.cutTokens(s, i, w)
		}
		return t.valueTokens(s, i, at.row, t.unfolded(i, w))
	}
	return t.valueTokens(s, i, at.row, t.lines(i, w))
}

func headingTokens(s theme.Styles, p TreePart, folded bool, count int) []token {
	out := []token{{Clean(p.Title), s.Title}}
	if p.Said != "" {
		sign, style := p.Kind.sign(s)
		if p.Kind == Info {
			sign, style = "", s.Text
		}
		out = append(out, token{" " + strings.TrimLeft(sign+" ", " ") + Clean(p.Said), style})
	}
	if folded && len(p.Pairs) > 0 {
		out = append(out, token{" (" + strconv.Itoa(count) + ")", s.Dim})
	}
	if p.Note != "" {
		out = append(out, token{"  " + Clean(p.Note), s.Dim})
	}
	return out
}

// openTokens draws the beginning of an object or array, or all of a folded one
// with how much it holds.
func (t Tree) openTokens(s theme.Styles, i int32) []token {
	n := &t.text.nodes[i]
	key, value := t.text.key(i)
	var out []token
	if key != "" {
		out = append(out, token{Clean(bytesOf(key, longestValue>>8)), s.JSONKey}, token{": ", s.JSONPunct})
	}
	if !t.folded(i) {
		return append(out, token{Clean(value), s.JSONPunct})
	}
	text, what := "[…]", ""
	if strings.HasPrefix(value, "{") {
		text, what = "{…}", " keys"
		if n.count == 1 {
			what = " key"
		}
	}
	count := strconv.Itoa(int(n.count))
	if end := t.text.nodes[max(n.last, 0)]; n.last < 0 || end.kind != nodeClose || end.parent != i {
		count += "+" // it breaks off
	}
	return append(out, token{text, s.JSONPunct}, token{" " + count + what, s.Dim})
}

// cutTokens draws the beginning of a long value and how long it is.
func (t Tree) cutTokens(s theme.Styles, i int32, w int) []token {
	n := t.text.nodes[i]
	_, room := t.room(i, w)
	note := " " + size(int(n.to-n.from))
	head, _ := headOf(t.begin(i, 16*room), max(room-len(note)-1, 1))
	return append(t.valueTokens(s, i, 0, []string{head}), token{"…", s.Dim}, token{note, s.Dim})
}

// valueTokens draws one line of a value, a pair or a text that was broken into
// lines.
func (t Tree) valueTokens(s theme.Styles, i int32, row int32, lines []string) []token {
	n := t.text.nodes[i]
	line := lines[min(int(row), len(lines)-1)]
	switch n.kind {
	case nodeNote:
		return []token{{line, s.Warn}}
	case nodeProse:
		return proseTokens(s, t.text.pieces[n.piece].part.Facts, line, row)
	case nodeLine:
		return []token{{line, s.Text}}
	case nodePair:
		if name, value, ok := strings.Cut(line, ": "); ok && row == 0 {
			return []token{{name + ": ", s.Dim}, {value, s.Text}}
		}
		return []token{{line, s.Text}}
	}
	key, value := t.text.key(i)
	style, keyStyle := s.JSONNumber, s.JSONKey
	switch value[0] {
	case '"':
		style = s.JSONString
	case 'n':
		style, keyStyle = s.Dim, s.Dim // nothing came for it
	case 't', 'f':
		style = s.JSONWord
	case '{', '[':
		style = s.JSONPunct
	}
	// The key is in the first lines, the comma at the end of the last.
	if key != "" {
		before := 0
		for _, l := range lines[:row] {
			before += len(l)
		}
		left := max(min(len(Clean(bytesOf(key, longestValue)))-before, len(line)), 0)
		if line == "…" {
			left = 0
		}
		rest := line[left:]
		out := []token{{line[:left], keyStyle}}
		if left > 0 && strings.HasPrefix(rest, ": ") {
			out, rest = append(out, token{": ", s.JSONPunct}), rest[2:]
		}
		return append(out, commaApart(s, rest, style, int(row) == len(lines)-1)...)
	}
	return commaApart(s, line, style, int(row) == len(lines)-1)
}

// proseTokens sets off the name that a paragraph begins with.
func proseTokens(s theme.Styles, facts []TreePair, line string, row int32) []token {
	if len(facts) == 1 && row == 0 {
		if name := strings.TrimSpace(paragraphText(facts[0].Name)); name != "" && strings.HasPrefix(line, name) {
			return []token{{name, s.Strong}, {line[len(name):], s.Text}}
		}
	}
	return []token{{line, s.Text}}
}

func commaApart(s theme.Styles, text string, style theme.Style, last bool) []token {
	if last && strings.HasSuffix(text, ",") {
		return []token{{text[:len(text)-1], style}, {",", s.JSONPunct}}
	}
	return []token{{text, style}}
}
