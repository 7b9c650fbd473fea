package plaidsim

import (
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// escaped writes what JSON would let through, but a terminal would obey or
// hide, as \u escapes: control characters above ASCII, and characters that
// change the direction of text or cannot be seen. To a JSON reader nothing
// changes. It returns b itself if there is nothing to do, as nearly always.
func escaped(b []byte) []byte {
	plain := true
	for _, c := range b {
		if c >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case size == 1 || !unsafeRune(r):
			if r == 0x7f {
				out = append(out, `\u007f`...)
			} else {
				out = append(out, b[:size]...)
			}
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[size:]
	}
	return out
}

func unsafeRune(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

// escapedLines is a writer of JSON, one whole object a Write.
type escapedLines struct{ io.Writer }

func (w escapedLines) Write(line []byte) (int, error) {
	if _, err := w.Writer.Write(escaped(line)); err != nil {
		return 0, err
	}
	return len(line), nil
}
