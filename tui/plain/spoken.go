package plain

import (
	"regexp"
	"strings"
	"unicode"

	"layersim/flow"
)

// How a text is spoken. A mask is the word "hidden", and what a mask leaves
// readable follows: "hidden, ends in 11", "link-sandbox hidden, ends in 9f3c".

const hidden = "hidden"

// masks finds what flow, fixtures and tui/pane write for a private value: what
// stands before it, the bullets, and what is left of its end.
var masks = regexp.MustCompile(`([^\s"'(=,;•]*)•(?:[-./ ]{0,2}•)*-?([\pL\pN]*)`)

// signs are the characters that our own texts and Plaid's have, in ASCII.
var signs = strings.NewReplacer(
	"…", "...", "→", "to", "←", "from", "·", ",", "–", "-", "—", "-", "−", "-", "×", "x", "µs", "us",
	"“", `"`, "”", `"`, "„", `"`, "‘", "'", "’", "'", "\u00a0", " ", "✓", "yes", "✗", "no", "│", ",", "€", "EUR", "£", "GBP",
)

// spoken makes a text fit to be a line, or a part of one: nothing in it is a
// control character, a sign that draws, or a mask that would be spelled.
func spoken(text string) string {
	text = flow.CleanLine(text, 0)
	if isPlain(text) {
		return text
	}
	text = masks.ReplaceAllStringFunc(text, func(mask string) string {
		parts := masks.FindStringSubmatch(mask)
		return maskInWords(parts[1], parts[2])
	})
	return strings.Map(asciiOrLetter, signs.Replace(text))
}

// maskInWords says a mask. What stands before it is worth a word if it says what
// it is a mask of, as "link-sandbox-" does; "+1" does not.
func maskInWords(before, end string) string {
	words := hidden
	if strings.ContainsFunc(before, unicode.IsLetter) {
		words = strings.TrimRight(before, "-") + " " + hidden
	}
	if end != "" {
		words += ", ends in " + end
	}
	return words
}

// asciiOrLetter keeps ASCII, and letters and digits of any language with what
// belongs to them: the names of people.
func asciiOrLetter(r rune) rune {
	const nonJoiner, joiner = '\u200c', '\u200d'
	switch {
	case r >= ' ' && r <= '~', r == nonJoiner, r == joiner:
		return r
	case r == unicode.ReplacementChar, unicode.IsControl(r):
		return '?'
	case unicode.IsLetter(r), unicode.IsMark(r), unicode.Is(unicode.Nd, r):
		return r
	case unicode.IsSpace(r):
		return ' '
	}
	return '?'
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// sentence ends a text as a sentence, once; "" stays empty.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "!") {
		return text
	}
	return text + "."
}

// inGroups writes a North American number as it is read: "+1 415 555 0011".
func inGroups(phone string) string {
	if len(phone) != len("+14155550011") || !strings.HasPrefix(phone, "+1") {
		return phone
	}
	return phone[:2] + " " + phone[2:5] + " " + phone[5:8] + " " + phone[8:]
}
