package journal

import (
	"strconv"
	"strings"
	"unicode"
)

// Mermaid writes arrows as the text of a Mermaid sequence diagram, for a README
// or a ticket. Only lifelines that are used take part. Values are masked as
// they are in the arrows. (Mermaid docs: sequence diagrams.)
func Mermaid(arrows []Arrow) string {
	var b strings.Builder
	b.WriteString("sequenceDiagram\n")
	if len(arrows) == 0 {
		arrows = []Arrow{{Kind: ArrowNote, From: LifeUser, Label: "Nothing has happened yet", Used: 1 << LifeUser}}
	}
	used := arrows[len(arrows)-1].Used.List()
	for _, l := range used {
		b.WriteString("    participant " + mermaidID(l) + " as " + mermaidText(l.Name()) + "\n")
	}
	across := mermaidID(used[0])
	if len(used) > 1 {
		across += "," + mermaidID(used[len(used)-1])
	}
	for _, a := range arrows {
		b.WriteString("    ")
		switch a.Kind {
		case ArrowAttempt:
			b.WriteString("Note over " + across)
		case ArrowNote:
			b.WriteString("Note over " + mermaidID(a.From))
		case ArrowAnswer:
			b.WriteString(mermaidID(a.From) + mermaidLine("--", a.Mark) + mermaidID(a.To))
		default:
			b.WriteString(mermaidID(a.From) + mermaidLine("-", a.Mark) + mermaidID(a.To))
		}
		b.WriteString(": " + mermaidText(a.Words()) + "\n")
	}
	return b.String()
}

// Words returns the label and what else there is to say: that the event was
// refused, or came late.
func (a Arrow) Words() string {
	words := a.Label
	if a.Mark == ArrowRefused {
		words += " (refused)"
	}
	if !a.Happened.IsZero() {
		words += " (happened at " + a.Happened.UTC().Format("15:04:05.000") + ", came late)"
	}
	return words
}

// mermaidID names a lifeline: no word of Mermaid's own, as link and end are.
func mermaidID(l Lifeline) string {
	return [...]string{"U", "C", "L", "S", "P", "W"}[l]
}

// mermaidLine ends in a cross where nothing was reached by it.
func mermaidLine(line string, m ArrowMark) string {
	if m == ArrowPlain {
		return line + ">>"
	}
	return line + "x"
}

// mermaidText makes any text fit for a label. Letters, digits and harmless
// signs stay; all else becomes Mermaid's #code; (its way to write a character
// that would end a line, begin a comment or be taken for HTML). "end" as a word
// ends a block in some versions, and "wrap:" at the beginning is an order.
func mermaidText(s string) string {
	var b strings.Builder
	escape := func(r rune) { b.WriteString("#" + strconv.Itoa(int(r)) + ";") }
	s = strings.TrimSpace(clean(s))
	if s == "" {
		return "-"
	}
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case isEnd(runes, i):
			escape(r)
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" _-./,()=+!?'", r)), r > unicode.MaxASCII:
			b.WriteRune(r)
		default:
			escape(r)
		}
	}
	return b.String()
}

// isEnd reports whether the word "end" begins at i.
func isEnd(s []rune, i int) bool {
	letter := func(i int) bool { return i >= 0 && i < len(s) && (unicode.IsLetter(s[i]) || unicode.IsDigit(s[i])) }
	return i+3 <= len(s) && strings.EqualFold(string(s[i:i+3]), "end") && !letter(i-1) && !letter(i+3)
}
