package export

import (
	"strings"
	"unicode"

	"layersim/flow"
)

// How foreign text is written in Markdown. There are two ways and no third: as
// code, which no reader takes for anything else, and as prose, in which every
// word that is not letters alone becomes code. Escaping is not enough: GitHub
// makes links and mentions of text that has no markup at all.

// longestText is how many characters of a foreign text stand in a line.
const longestText = 400

// code returns a text of one line as code, "" for none.
func code(s string) string {
	s = strings.TrimSpace(flow.CleanLine(s, longestText))
	if s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	// A space on each side is dropped by the reader, which lets a text begin with
	// a backtick.
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cell returns a text as code in a cell of a table; an empty text is a dash.
func cell(s string) string {
	if strings.TrimSpace(flow.CleanLine(s, 0)) == "" {
		return "–"
	}
	return code(barless(s))
}

// barless writes another sign for a bar, of which readers differ in what it means
// in a cell after a backslash.
func barless(s string) string { return strings.ReplaceAll(s, "|", "¦") }

// prose returns a sentence that may hold foreign words. It must not begin a
// line of the document.
func prose(s string) string {
	words := strings.Fields(flow.CleanLine(s, 4*longestText))
	for i, w := range words {
		begin := len(w) - len(strings.TrimLeft(w, `("'`))
		closing := `.,;:!?)"'`
		if strings.Contains(w[begin:], "(") { // a call keeps its parentheses
			closing = `.,;:!?"'`
		}
		end := max(begin, len(strings.TrimRight(w, closing)))
		if inner := w[begin:end]; !isWord(inner) {
			w = w[:begin] + code(inner) + w[end:]
		}
		words[i] = w
	}
	return strings.Join(words, " ")
}

// isWord reports whether a text is letters, digits and hyphens alone, as nothing
// with a meaning in Markdown is.
func isWord(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-–—'’…•·", r) {
			return false
		}
	}
	return true
}

// fenced returns lines as a block of code in a language of ours.
func fenced(language, content string) string {
	fence := strings.Repeat("`", max(3, longestRun(content, '`')+1))
	var b strings.Builder
	b.WriteString(fence + language + "\n")
	for line := range strings.SplitSeq(strings.TrimRight(content, "\n"), "\n") {
		b.WriteString(strings.TrimRight(indented(line), " ") + "\n")
	}
	b.WriteString(fence)
	return b.String()
}

// indented cleans a line and keeps how far it stands in.
func indented(line string) string {
	rest := strings.TrimLeft(line, " ")
	return line[:len(line)-len(rest)] + flow.CleanLine(rest, 0)
}

// longestRun returns how often c follows itself at most.
func longestRun(s string, c rune) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// table writes a table; the cells are Markdown already.
func table(b *strings.Builder, head []string, rows [][]string) {
	row := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	row(head)
	b.WriteString(strings.Repeat("| --- ", len(head)) + "|\n")
	for _, r := range rows {
		row(r)
	}
	b.WriteString("\n")
}
