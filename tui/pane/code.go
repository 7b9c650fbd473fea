package pane

import (
	"fmt"
	"strings"

	"layersim/tui/theme"
)

// CodeSnippet is what an app's code does at one step.
type CodeSnippet struct {
	Whose string // "your server" or "your client"
	In    string // the language: "Node"
	Title string
	Warn  string   // what this version of the SDK cannot do, "" for nothing
	Notes []string // said above the code
	Code  string
	// Comment begins a comment that goes on to the end of the line.
	Comment string
}

// CodeEntry is a snippet and, for the selected one, what CodeBody made of it.
type CodeEntry struct {
	CodeSnippet
	Body []string
}

// CodeBodyRows returns how many lines of the selected snippet Code shows.
func CodeBodyRows(f Frame, n int) int {
	return max(f.Height-min(n, f.Height)-1, 0)
}

// Code draws the list of snippets and, below, the selected one from line offset
// on.
func Code(f Frame, entries []CodeEntry, sel, offset int) string {
	if f.Width <= 0 || f.Height <= 0 || len(entries) == 0 {
		return fill(nil, f.Width, f.Height)
	}
	s := f.Styles
	sel = max(min(sel, len(entries)-1), 0)
	lines := make([]string, 0, f.Height)
	whose := 0
	for _, e := range entries {
		whose = max(whose, width(Clean(e.Whose+" · "+e.In)))
	}
	for i, e := range entries[:min(len(entries), f.Height)] {
		r := newRow(f.Width)
		cursor := "  "
		if i == sel {
			cursor = "› "
			r.under(s.Selected)
		}
		label := Clean(e.Whose + " · " + e.In)
		title := Clean(e.Title)
		r.put(s.Accent, cursor)
		if f.Width > whose+24 {
			r.col(s.Dim, label, whose+2).put(s.Text, title)
		} else {
			r.put(s.Text, title)
		}
		lines = append(lines, r.String())
	}
	if len(lines) < f.Height {
		lines = append(lines, codeRule(f, entries, sel, offset))
	}
	body, rows := entries[sel].Body, CodeBodyRows(f, len(entries))
	offset = max(min(offset, len(body)-rows), 0)
	shown := body[min(offset, len(body)):]
	for _, l := range shown[:min(len(shown), rows)] {
		lines = append(lines, fit(l, f.Width))
	}
	return fill(lines, f.Width, f.Height)
}

func codeRule(f Frame, entries []CodeEntry, sel, offset int) string {
	s, e := f.Styles, entries[sel]
	label := " " + Clean(e.Whose+" · "+e.In)
	if rows := CodeBodyRows(f, len(entries)); len(e.Body) > rows && rows > 0 {
		from := max(min(offset, len(e.Body)-rows), 0)
		label += fmt.Sprintf(" · lines %d–%d of %d", from+1, from+rows, len(e.Body))
	}
	return newRow(f.Width).put(s.Border, "──").put(s.Dim, label+" ").rule(s.Border).String()
}

// CodeBody draws a snippet as lines of w cells: its notes, then its code with
// comments and strings set off. It is worth keeping.
func CodeBody(s theme.Styles, c CodeSnippet, w int) []string {
	if w <= 0 {
		return nil
	}
	var lines []string
	say := func(style theme.Style, sign, text string) {
		for i, l := range wrap(Clean(text), max(min(w, readable)-2, 1)) {
			if i > 0 {
				sign = " "
			}
			lines = append(lines, newRow(w).put(style, sign+" ").put(s.Text, l).String())
		}
	}
	if c.Warn != "" {
		say(s.Warn, "!", c.Warn)
	}
	for _, n := range c.Notes {
		say(s.Accent, "→", n)
	}
	if len(lines) > 0 {
		lines = append(lines, pad(w))
	}
	for line := range strings.SplitSeq(c.Code, "\n") {
		line = strings.ReplaceAll(line, "\t", "  ") // narrow, as panes are
		lines = appendCode(lines, s, c.Comment, Clean(line), w)
	}
	return lines
}

// appendCode draws one line of code and goes on in the next where it is too
// long, further in than it began.
func appendCode(lines []string, s theme.Styles, comment, line string, w int) []string {
	indent := min(len(line)-len(strings.TrimLeft(line, " ")), w/2)
	r, fresh := newRow(w), true // fresh: nothing but the indent is in the row
	r.gap(indent)
	for _, t := range codeTokens(s, comment, strings.TrimLeft(line, " ")) {
		text := t.text
		for widthUpTo(text, w-r.used) > w-r.used {
			head, tail := breakCode(text, w-r.used)
			if head == "" && fresh {
				head, tail = "…", "" // no room even for one letter
			}
			r.put(t.style, head)
			lines = append(lines, r.String())
			r, text, fresh = newRow(w), tail, true
			r.gap(min(indent+4, w/2))
		}
		r.put(t.style, text)
		fresh = fresh && text == ""
	}
	return append(lines, r.String())
}

// breakCode splits text to fit w cells: behind the last blank, dot, comma or
// bracket if there is one in the second half, as one breaks code by hand.
func breakCode(text string, w int) (head, tail string) {
	head, _ = splitAt(text, w)
	if at := strings.LastIndexAny(head, " ,([{"); at >= len(head)/2 {
		head = head[:at+1]
	} else if at := strings.LastIndexByte(head, '.'); at > 0 && at >= len(head)/2 {
		head = head[:at]
	}
	return head, text[len(head):]
}

// token is one piece of a line of code.
type token struct {
	text  string
	style theme.Style
}

// codeTokens takes a line apart into strings, a comment and all else, which is
// all that these short texts need.
func codeTokens(s theme.Styles, comment, line string) []token {
	var tokens []token
	from := 0
	plain := func(to int) {
		if to > from {
			tokens = append(tokens, token{line[from:to], s.Text})
		}
	}
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case comment != "" && strings.HasPrefix(line[i:], comment) && (i == 0 || line[i-1] == ' '):
			plain(i)
			return append(tokens, token{line[i:], s.Dim})
		case c == '"' || c == '\'' || c == '`':
			end := stringEnd(line, i)
			plain(i)
			tokens = append(tokens, token{line[i:end], s.JSONString})
			i, from = end, end
		default:
			i++
		}
	}
	plain(len(line))
	return tokens
}

// stringEnd returns where the string ends that begins at i; one without an end
// goes no further than its quote.
func stringEnd(line string, i int) int {
	for j := i + 1; j < len(line); j++ {
		switch line[j] {
		case '\\':
			j++
		case line[i]:
			return j + 1
		}
	}
	return i + 1
}
