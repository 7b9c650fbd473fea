package tui

import (
	"slices"
	"strings"
	"unicode"
)

// fuzzyWords splits what was typed into the words that fuzzy looks for.
func fuzzyWords(typed string) [][]rune {
	var words [][]rune
	for word := range strings.FieldsSeq(strings.ToLower(typed)) {
		words = append(words, []rune(word))
	}
	return words
}

// fuzzy says how well a text in small letters answers what was typed: every word
// of it must be found, as letters in their order. More is better, and letters
// that stand together or begin a word are worth more. ok is false when a word is
// not there.
func fuzzy(words [][]rune, text []rune) (score int, ok bool) {
	for _, word := range words {
		n, found := fuzzyWord(word, text)
		if !found {
			return 0, false
		}
		score += n
	}
	return score*8 - len(text)/4, true // of two that fit alike the shorter one
}

// fuzzyWord finds one word: in one piece if it can, the nearer to the beginning
// of a word or of the text the better, else letter by letter.
func fuzzyWord(word, text []rune) (score int, ok bool) {
	best := -1
	for from := 0; from+len(word) <= len(text); from++ {
		if text[from] != word[0] || !slices.Equal(text[from:from+len(word)], word) {
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
	// Letter by letter, from the beginning of a word on: letters that lie all
	// over a long text are no answer.
	for from := range text {
		if text[from] != word[0] || !begins(text, from) {
			continue
		}
		if n, found := spread(word, text[from:]); found {
			return n, true
		}
	}
	return 0, false
}

// spread finds the letters of a word near each other in a text that begins with
// the first of them.
func spread(word, text []rune) (score int, ok bool) {
	at, last := 0, -1
	for _, want := range word {
		for at < len(text) && text[at] != want {
			at++
		}
		if at == len(text) || at > 4*len(word) {
			return 0, false
		}
		if at == last+1 {
			score += 2
		} else if begins(text, at) {
			score += 3
		}
		last = at
		at++
	}
	return score, score >= len(word)
}

// begins reports whether a word of text begins at i.
func begins(text []rune, i int) bool {
	return i == 0 || !unicode.IsLetter(text[i-1]) && !unicode.IsDigit(text[i-1])
}
