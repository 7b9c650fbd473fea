package watch

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Whatever is typed, pasted or resized, and whatever words an app's calls hold:
// the screen is filled exactly and holds nothing that a terminal would obey.
func FuzzKeys(f *testing.F) {
	names := slices.Sorted(maps.Keys(named))
	f.Add([]byte("12345678j\x02\x03"), "word")
	f.Add([]byte("/li\x80\x05nk\x1b[2k\xc0\x50\x18f?\x04"), "\x1b]0;x\x07\u202e界")
	f.Add([]byte("jjj2\x02wxr\xc0\x14\x06\xc0\xd2\x3c:q"), "e\u0301\u200b\xff")
	f.Fuzz(func(t *testing.T, script []byte, foreign string) {
		if len(script) > 60 {
			script = script[:60]
		}
		if len(foreign) > 200 {
			foreign = foreign[:200]
		}
		tell := newTeller()
		tell.text = func(s string) string { return s + foreign }
		m := fresh(120, 36).with(tell.sessions())
		look := func() {
			if m.width < 20 || m.height < 6 {
				_ = m.View()
				return
			}
			lines := strings.Split(m.View().Content, "\n")
			if len(lines) != m.height {
				t.Fatalf("%d×%d has %d lines", m.width, m.height, len(lines))
			}
			for i, l := range lines {
				if n := ansi.StringWidth(l); n != m.width {
					t.Fatalf("%d×%d: line %d has %d cells: %q", m.width, m.height, i, n, l)
				}
				for _, r := range ansi.Strip(l) {
					if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
						t.Fatalf("%d×%d: line %d holds %U: %q", m.width, m.height, i, r, l)
					}
				}
			}
		}
		for i := 0; i < len(script); i++ {
			switch b := script[i]; {
			case b < 0x20:
				m = m.press(names[int(b)%len(names)])
			case b < 0x7f:
				m = m.press(string(rune(b)))
			case b < 0xc0:
				end := min(len(script), i+1+int(b&0x1f))
				m = m.send(tea.PasteMsg{Content: string(script[i+1 : end])})
				i = end - 1
			case b < 0xc8 && i+2 < len(script):
				m = m.sized(int(script[i+1]), int(script[i+2]))
				i += 2
			default:
				m = m.send(tea.KeyPressMsg{Code: rune(b), Mod: tea.KeyMod(b & 7), Text: string([]byte{b})})
			}
			if i%5 == 0 {
				look()
			}
		}
		look()
	})
}
