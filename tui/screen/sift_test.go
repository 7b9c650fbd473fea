package screen

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// sifted lets pieces arrive, a pause before each.
func sifted(pause time.Duration, pieces ...string) (string, *sift) {
	s, now, out := &sift{}, time.Unix(0, 0), ""
	for _, p := range pieces {
		now = now.Add(pause)
		out += string(s.take([]byte(p), now))
	}
	return out, s
}

// What a terminal answers, whole, in pieces, late or never to its end, is never
// a key; what is typed around it is.
func TestAnswersAreNoKeys(t *testing.T) {
	const bg = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\"
	for name, c := range map[string]struct {
		pieces []string
		want   string
	}{
		"the background":                  {[]string{"a" + bg + "b"}, "a" + bg + "b"},
		"the background, in pieces":       {[]string{"a\x1b]1", "1;rgb:ff", "ff/ffff/f", "fff\x1b", "\\b"}, "a" + bg + "b"},
		"other colours":                   {[]string{"a\x1b]10;rgb:ff/ff/ff\ab\x1b]4;1;rgb:ff/ff/ff\x1b\\c"}, "abc"},
		"a string that does not end":      {[]string{"a\x1b]11;rgb:ff", "ff", "\rb"}, "a\rb"},
		"a string that is broken off":     {[]string{"a\x1b]10;qq\x18b"}, "ab"},
		"a string, and Ctrl-C":            {[]string{"\x1bP+q", "\x03"}, "\x03"},
		"a string, and a key with ESC":    {[]string{"\x1bP1+r44\x1b[A"}, "\x1b[A"},
		"a very long string":              {[]string{"a\x1b]11;" + strings.Repeat("q", 9999), "qqq", "\x1b\\b"}, "ab"},
		"capabilities and names":          {[]string{"a\x1bP>|qxterm(1)\x1b\\\x1bP1+r5463=71\x1b\\b"}, "ab"},
		"device attributes":               {[]string{"\x1b[?6", "2;1;6", "c"}, "\x1b[?62;1;6c"}, // of which Bubble Tea makes no key
		"a mode, cut off":                 {[]string{"a\x1b[?2026;", "2$", "yb"}, "a\x1b[?2026;2$yb"},
		"a sequence that is garbage":      {[]string{"a\x1b[?12;\rb"}, "a\rb"},
		"a very long sequence":            {[]string{"a\x1b[" + strings.Repeat("1;", 999), "1mb"}, "ab"},
		"sizes":                           {[]string{"a\x1b[8;1;1t\x1b[48;9;9;9;9tb"}, "ab"},
		"after an ESC that came alone":    {[]string{"a\x1b", "]11;rgb:ffff/ffff/qqqq\x1b\\b"}, "a\x1bb"},
		"the same, of device attributes":  {[]string{"a\x1b", "[?62;1;6cb"}, "a\x1bb"},
		"the same, of a name":             {[]string{"a\x1b", "P>|quit\x1b\\b"}, "a\x1bb"},
		"Escape, and brackets after it":   {[]string{"\x1b", "]", "]", "[", "P", "1"}, "\x1b]][P1"},
		"keys":                            {[]string{"\x1b[A\x1b[1;5C\x1bOP\x1b[15~é\x1bq\x1b\x1b\x7f\x00\x1b[<0;3;4M\x1b[I\x1b[[A"}, "\x1b[A\x1b[1;5C\x1bOP\x1b[15~é\x1bq\x1b\x1b\x7f\x00\x1b[<0;3;4M\x1b[I\x1b[[A"},
		"a paste":                         {[]string{"a\x1b[20", "0~q\x03\x1b]11;\x1b[8;1;1t\x1b[201\x1b[20", "1~b"}, "a\x1b[200~q\x03\x1b]11;\x1b[8;1;1t\x1b[201\x1b[201~b"},
		"a paste whose end is lost":       {[]string{"\x1b[200~abc", "\x03"}, "\x1b[200~abc\x1b[201~\x03"},
		"a paste whose end is lost twice": {[]string{"\x1b[200~abc\x1b[20", "\x03"}, "\x1b[200~abc\x1b[201~\x03"},
		"a paste of megabytes":            {[]string{"\x1b[200~" + strings.Repeat("x", 5<<20), "y\x1b[201~b"}, "\x1b[200~" + strings.Repeat("x", longestPaste) + "\x1b[201~b"},
	} {
		if got, s := sifted(time.Millisecond, c.pieces...); got != c.want || s.holds() {
			t.Errorf("%s: got %.200q; want %.200q; holds %q", name, got, c.want, s.held)
		}
	}
}

// What nobody completes is forgotten, and the next key is a key.
func TestWhatIsNotCompletedLapses(t *testing.T) {
	for _, begun := range []string{"\x1b[", "\x1b]11;rgb:", "\x1bP", "\x1b[?62;"} {
		if got, _ := sifted(lapse, begun, "q"); got != "q" {
			t.Errorf("%q and, later, q: got %q", begun, got)
		}
	}
	if got, _ := sifted(lapse, "\x1b[7$", "q"); got != "\x1b[7$q" {
		t.Errorf("a key of rxvt: got %q", got)
	}
	if got, _ := sifted(lapse, "\x1b", "]11;q"); got != "\x1b]11;q" {
		t.Errorf("what is typed long after Escape: got %q", got)
	}
}

// However the bytes are cut into pieces, Ctrl-C is counted and text is kept.
func TestPiecesMakeNoDifference(t *testing.T) {
	parts := []string{"q", "é", "\x03", "\r", "\x1b[A", "\x1b[?62;c", "\x1b]11;rgb:1/2/3\a", "\x1b]4;q\a", "\x1bP>|q\x1b\\", "\x1b[8;9;9t", "\x1b[200~q\x1b]11\x1b[201~"}
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom(parts)).Draw(r, "parts"), "")
		whole, s := sifted(0, text)
		interrupts := s.interrupts
		var pieces []string
		for rest := text; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(r, "n")
			if rest[n-1] == esc && n < len(rest) { // ESC alone is a key
				n++
			}
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		got, s := sifted(0, pieces...)
		if got != whole || s.interrupts != interrupts {
			r.Fatalf("%q: got %q and %d times Ctrl-C; in one piece %q and %d", pieces, got, s.interrupts, whole, interrupts)
		}
	})
}

// typist is a terminal that somebody types on.
type typist struct{ keys chan string }

func (t typist) Read(p []byte) (int, error) {
	text, ok := <-t.keys
	if !ok {
		return 0, io.ErrUnexpectedEOF
	}
	return copy(p, text), nil
}

func (t typist) Cancel() bool { close(t.keys); return true }
func (t typist) Close() error { return nil }

// Ctrl-C is known of although nobody reads, and what is typed is there for
// whoever reads later.
func TestKeyboardReadsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		interrupts := 0
		terminal := typist{make(chan string)}
		k := newKeyboard(terminal, func() { interrupts++ })
		for _, text := range []string{"abc", "\x03", "\x1b]11;rgb:", "d"} {
			terminal.keys <- text
		}
		synctest.Wait()
		if interrupts != 1 {
			t.Errorf("Ctrl-C was known of %d times", interrupts)
		}
		buf := make([]byte, 10)
		if n, err := k.Read(buf); string(buf[:n]) != "abc\x03" || err != nil {
			t.Errorf("read %q, %v", buf[:n], err)
		}
		time.Sleep(lapse)
		terminal.keys <- "e"
		if n, err := k.Read(buf); string(buf[:n]) != "e" || err != nil {
			t.Errorf("read %q, %v", buf[:n], err)
		}
		k.Close()
		if n, err := k.Read(buf); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("after the end: %q, %v", buf[:n], err)
		}
	})
}
