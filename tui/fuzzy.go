package tui

import (
	"strings"
	"unicode"
)

// fuzzy says how well a text answers what was typed: every word of it must be
// found, as letters in their order. More is better, and letters that stand
// together or begin a word are worth more. ok is false when a word is not there.
func fuzzy(typed, text string) (score int, ok bool) {
	letters := []rune(strings.ToLower(text))
	for word := range strings.FieldsSeq(strings.ToLower(typed)) {
		n, found := fuzzyWord([]rune(word), letters)
		if !found {
			return 0, false
		}
		score += n
	}
	return score*8 - len(letters)/4, true // of two that fit alike the shorter one
}

// fuzzyWord finds one word: in one piece if it can, the earlier and the nearer
// to the beginning of a word the better, else letter by letter.
func fuzzyWord(word, text []rune) (score int, ok bool) {
	best := -1
	for from := 0; from+len(word) <= len(text); from++ {
		if string(text[from:from+len(word)]) != string(word) {
			continue
		}
		n := 4 * len(word)
		if begins(text, from) {
			n += 6
		}
		if from == 0 {
			n += 4
		}
		best = max(best, n)
	}
	if best >= 0 {
		return best, true
	}
	at, last := 0, -2
	for _, want := range word {
		for at < len(text) && text[at] != want {
			at++
		}
		if at == len(text) {
			return 0, false
		}
		switch {
		case at == last+1:
			score += 2
		case begins(text, at):
			score += 3
		}
		last = at
		at++
	}
	// Letters that lie all over a long text are no answer.
	if score < len(word) {
		return 0, false
	}
	return score, true
}

// begins reports whether a word of text begins at i.
func begins(text []rune, i int) bool {
	return i == 0 || !unicode.IsLetter(text[i-1]) && !unicode.IsDigit(text[i-1])
}
