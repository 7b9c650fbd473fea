package pane

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"layersim/tui/theme"
)

// width counts the cells s takes, escape sequences not counted. It knows the
// common cases by itself, because measuring is most of the work of drawing.
func width(s string) int {
	n := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= 0x20 && c < 0x7f:
			// A combining mark may follow and belongs to this letter; only
			// then, and with anything wide, is the slow way needed.
			n++
			i++
		case c == 0x1b && i+1 < len(s) && s[i+1] == '[':
			j := i + 2
			for j < len(s) && (s[j] < 0x40 || s[j] > 0x7e) {
				j++
			}
			i = j + 1
		case c == 0x1b && i+1 < len(s) && s[i+1] == ']': // a hyperlink
			end := strings.IndexByte(s[i:], 0x07)
			if end < 0 {
				return ansi.StringWidth(s)
			}
			i += end + 1
		case c == 0xc3 && i+1 < len(s): // À to ÿ
			n++
			i += 2
		case c == 0xe2 && i+2 < len(s) && isNarrowSign(s[i+1], s[i+2]):
			n++
			i += 3
		default:
			return ansi.StringWidth(s)
		}
	}
	return n
}

// isNarrowSign knows the signs we draw with: U+2010–U+2027 (dashes, •, …), ‹ and ›,
// U+2190–U+2193 (arrows), U+2500–U+25FF (lines, blocks, shapes), U+2713–U+2717.
func isNarrowSign(b1, b2 byte) bool {
	r := rune(0x2)<<12 | rune(b1&0x3f)<<6 | rune(b2&0x3f)
	switch {
	case r >= 0x2010 && r <= 0x2027, r == 0x2039, r == 0x203a, r >= 0x2190 && r <= 0x2193, r >= 0x2713 && r <= 0x2717:
		return true
	case r >= 0x2500 && r <= 0x25fc: // U+25FD and U+25FE are wide
		return true
	}
	return false
}

// clip cuts s, which may hold styles, to w cells and marks the cut with an
// ellipsis.
func clip(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if width(s) <= w {
		return s
	}
	return ansi.Truncate(s, w, "…")
}

// spaces is cut from when padding.
const spaces = "                                                                                                                                                                                                                                                                "

func pad(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(spaces) {
		return spaces[:n]
	}
	return strings.Repeat(" ", n)
}

// fit clips or pads s, which may hold styles, to exactly w cells.
func fit(s string, w int) string {
	n := width(s)
	if n > w {
		s = clip(s, w)
		n = width(s)
	}
	return s + pad(w-n)
}

// row builds one line of exactly size cells out of styled parts. Its text must
// be clean.
type row struct {
	b      strings.Builder
	used   int
	size   int
	marked bool // mark replaces every style, for the line under the cursor
	mark   theme.Style
}

func newRow(size int) *row {
	r := &row{size: size}
	r.b.Grow(size + 64)
	return r
}

// under draws everything that follows as the line under the cursor.
func (r *row) under(style theme.Style) { r.marked, r.mark = true, style }

// put adds text, cut with an ellipsis where the line ends.
func (r *row) put(style theme.Style, text string) *row {
	left := r.size - r.used
	if left <= 0 || text == "" {
		return r
	}
	w := width(text)
	if w > left {
		text = ansi.Truncate(text, left, "…")
		w = width(text)
	}
	if r.marked {
		style = r.mark
	}
	style.Append(&r.b, text)
	r.used += w
	return r
}

// col adds text in a column of w cells, clipped or padded.
func (r *row) col(style theme.Style, text string, w int) *row {
	w = min(w, r.size-r.used)
	if w <= 0 {
		return r
	}
	text = clip(text, w)
	return r.put(style, text).gap(w - width(text))
}

// right adds text at the right of a column of w cells.
func (r *row) right(style theme.Style, text string, w int) *row {
	w = min(w, r.size-r.used)
	text = clip(text, w)
	return r.gap(w-width(text)).put(style, text)
}

// left returns how many cells are free.
func (r *row) left() int { return r.size - r.used }

// gap adds n blank cells.
func (r *row) gap(n int) *row {
	n = min(n, r.size-r.used)
	if n <= 0 {
		return r
	}
	if r.marked {
		r.mark.Append(&r.b, pad(n))
	} else {
		r.b.WriteString(pad(n))
	}
	r.used += n
	return r
}

// rule fills the rest of the line with a horizontal line.
func (r *row) rule(style theme.Style) *row {
	return r.put(style, strings.Repeat("─", max(r.size-r.used, 0)))
}

// raw adds text that is drawn already.
func (r *row) raw(text string) {
	text = clip(text, r.size-r.used)
	r.b.WriteString(text)
	r.used += width(text)
}

// String returns the line, padded to its full width.
func (r *row) String() string {
	r.gap(r.size - r.used)
	return r.b.String()
}

// fill joins lines that have w cells each into exactly h lines.
func fill(lines []string, w, h int) string {
	if w <= 0 || h <= 0 {
		return ""
	}
	var b strings.Builder
	size := h * (w + 1)
	for _, line := range lines[:min(h, len(lines))] {
		size += len(line) - w
	}
	b.Grow(size)
	for i := range h {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i < len(lines) {
			b.WriteString(lines[i])
		} else {
			b.WriteString(pad(w))
		}
	}
	return b.String()
}

// wrap breaks clean text into lines of at most w cells, at spaces where it can.
func wrap(text string, w int) []string {
	if w <= 0 {
		return nil
	}
	var lines []string
	var line strings.Builder
	used := 0
	flush := func() {
		lines = append(lines, line.String())
		line.Reset()
		used = 0
	}
	for _, word := range strings.Fields(text) {
		n := widthUpTo(word, w)
		if used > 0 && used+1+n <= w {
			line.WriteByte(' ')
			line.WriteString(word)
			used += 1 + n
			continue
		}
		if used > 0 {
			flush()
		}
		for n > w {
			head, tail := splitAt(word, w)
			if head == "" { // one wide letter in a single cell
				word, n = "…", 1
				break
			}
			lines = append(lines, head)
			word = tail
			n = widthUpTo(word, w)
		}
		line.WriteString(word)
		used = n
	}
	if used > 0 {
		flush()
	}
	return lines
}

// paragraph wraps text and draws each line in style, at full width.
func paragraph(style theme.Style, text string, w int) []string {
	lines := wrap(text, w)
	for i, l := range lines {
		lines[i] = newRow(w).put(style, l).String()
	}
	return lines
}

// widthUpTo is width for clean texts of any length that only need to be known to
// fit: of one longer than w cells it says that it is longer, not by how much.
func widthUpTo(text string, w int) int {
	if most := 16 * (w + 2); w >= 0 && len(text) > most {
		if n := width(bytesOf(text, most)); n > w {
			return n
		}
	}
	return width(text)
}

// splitAt cuts clean text after at most w cells.
func splitAt(text string, w int) (head, tail string) {
	if w <= 0 {
		return "", text
	}
	return headOf(text, w)
}

// chunks cuts clean text into pieces of at most w cells, without regard for
// words; an empty text is one empty piece.
func chunks(text string, w int) []string {
	var out []string
	for widthUpTo(text, w) > w {
		head, tail := splitAt(text, w)
		if head == "" {
			return append(out, "…")
		}
		out = append(out, head)
		text = tail
	}
	return append(out, text)
}
