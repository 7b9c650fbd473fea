package pane

import (
	"bytes"
	"encoding/json"
	"strings"

	"layersim/tui/theme"
)

// longestBody is how much of a body is drawn, in bytes.
const longestBody = 256 << 10

// jsonLines draws a body as lines of w cells: JSON indented by two and
// highlighted, anything else as it came. Long values go on in the next line.
func jsonLines(s theme.Styles, text string, w int) []string {
	cut := false
	if len(text) > longestBody {
		text, cut = text[:longestBody], true
	}
	var lines []string
	var indented bytes.Buffer
	if !cut && json.Indent(&indented, []byte(text), "", "  ") == nil {
		for line := range strings.SplitSeq(indented.String(), "\n") {
			lines = appendJSON(lines, s, line, w)
		}
		return lines
	}
	for line := range strings.SplitSeq(text, "\n") {
		for _, l := range chunks(Clean(line), w) {
			lines = append(lines, newRow(w).put(s.Text, l).String())
		}
	}
	if cut {
		lines = append(lines, newRow(w).put(s.Dim, "… the rest is not shown").String())
	}
	return lines
}

// token is one piece of a line of JSON.
type token struct {
	text  string
	style theme.Style
}

// appendJSON draws one line of indented JSON, which holds at most one key and
// one value, and breaks it where it is too long.
func appendJSON(lines []string, s theme.Styles, line string, w int) []string {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	r := newRow(w)
	r.gap(min(indent, w/2))
	for _, t := range jsonTokens(s, line[indent:]) {
		text := Clean(t.text)
		for widthUpTo(text, w-r.used) > w-r.used {
			head, tail := splitAt(text, w-r.used)
			if head == "" && r.used == 0 {
				head, tail = "…", "" // a wide letter in a single cell
			}
			r.put(t.style, head)
			lines = append(lines, r.String())
			r = newRow(w)
			r.gap(min(indent+2, w/2))
			if text = tail; text == "" {
				break
			}
			if widthUpTo(text, w-r.used) > w-r.used && firstWidth(text) > w-r.used {
				text = "…"
			}
		}
		r.put(t.style, text)
	}
	return append(lines, r.String())
}

// jsonTokens splits valid JSON without line breaks into pieces.
func jsonTokens(s theme.Styles, line string) []token {
	out := make([]token, 0, 4)
	for i := 0; i < len(line); {
		start := i
		switch c := line[i]; {
		case c == '"':
			i++
			for i < len(line) && line[i] != '"' {
				if line[i] == '\\' {
					i++
				}
				i++
			}
			i = min(i+1, len(line))
			style := s.JSONString
			if i < len(line) && line[i] == ':' {
				style = s.JSONKey
			}
			out = append(out, token{line[start:i], style})
		case c == '-' || c >= '0' && c <= '9':
			for i < len(line) && strings.IndexByte("+-.0123456789eE", line[i]) >= 0 {
				i++
			}
			out = append(out, token{line[start:i], s.JSONNumber})
		case c >= 'a' && c <= 'z':
			for i < len(line) && line[i] >= 'a' && line[i] <= 'z' {
				i++
			}
			out = append(out, token{line[start:i], s.JSONWord})
		default:
			for i < len(line) && strings.IndexByte("\"-0123456789tfn", line[i]) < 0 {
				i++
			}
			if i == start {
				i++
			}
			out = append(out, token{line[start:i], s.JSONPunct})
		}
	}
	return out
}
