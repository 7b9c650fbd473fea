package flow

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanLine makes foreign text fit for one line of a terminal, a log or a
// message: control characters and separators of lines become spaces, what is
// invisible or changes the direction of writing is dropped. Letters stay as
// they are, so that a value that is sent back is still the same value. At most
// longest characters are kept, all if it is 0, and … says that there were more.
//
// All adapters clean with this one function, where the text enters.
func CleanLine(s string, longest int) string {
	if isPlain(s) && (longest <= 0 || len(s) <= longest) {
		return s
	}
	count := 0
	s = strings.Map(func(r rune) rune {
		if count++; longest > 0 && count > longest {
			return -1
		}
		switch {
		case IsHarmless(r):
			return r
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return ' '
	}, s)
	if longest > 0 && count > longest {
		s += "…"
	}
	return s
}

// isPlain reports whether s is printable ASCII, as most text is.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// IsHarmless reports whether CleanLine keeps r: whether it can do no more in a
// terminal than be seen. The two joiners are invisible too, but Persian and the
// scripts of India are misspelt without them.
func IsHarmless(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return r == nonJoiner || r == joiner || !unicode.IsControl(r) && !unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// HarmlessJSON escapes in JSON what a terminal would obey and what cannot be
// seen. Such characters stand in texts only, where an escape means the same; the
// ends of lines stay. A byte that is no character becomes U+FFFD.
//
// All JSON that is written for people, programs or files goes through here.
func HarmlessJSON(content []byte) []byte {
	i := 0
	for i < len(content) && (content[i] == '\n' || content[i] >= 0x20 && content[i] <= 0x7e) {
		i++
	}
	if i == len(content) {
		return content
	}
	out := append(make([]byte, 0, len(content)+64), content[:i]...)
	for i < len(content) {
		r, size := utf8.DecodeRune(content[i:])
		switch {
		case r == utf8.RuneError: // no character at all, or what was written for it
			out = append(out, `\ufffd`...)
		case r == '\n', IsHarmless(r):
			out = append(out, content[i:i+size]...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}
