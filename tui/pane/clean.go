package pane

import (
	"strings"
	"unicode"
)

// Clean makes text from outside fit for one line of a terminal. Control
// characters, C0 and C1, become spaces; so do line and paragraph separators.
// What changes the direction of writing or has no width (bidi controls, joiners,
// variation selectors, tags) is dropped, and so are combining marks beyond the
// second on one letter, so that every way of counting cells agrees.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	for _, r := range s {
		switch {
		case r == unicode.ReplacementChar:
			marks = 0
			b.WriteRune('?')
			continue
		case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			marks = 0
			b.WriteByte(' ')
			continue
		case unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Variation_Selector), r >= 0x1F3FB && r <= 0x1F3FF:
			continue
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc):
			// A mark with nothing to sit on would sit on our border.
			if marks++; marks > 2 || b.Len() == 0 {
				continue
			}
		default:
			marks = 0
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isPlain reports whether s is printable ASCII, as most text is.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// MaskedText hides a private text: its letters and digits become •, what
// separates them stays, and no more than eleven characters tell its length.
func MaskedText(s string) string {
	const longest = 11
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > longest {
			break
		}
		if strings.ContainsRune("-/. ", r) {
			b.WriteRune(r)
			continue
		}
		b.WriteRune('•')
	}
	return b.String()
}
