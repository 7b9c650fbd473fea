package watch

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"
)

func plain(s string) string {
	lines := strings.Split(ansi.Strip(s), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// The golden files are what a reader sees, without styles; run with -update
// after a wanted change and look at them.
func TestScreensAsText(t *testing.T) {
	screens := map[string]func(w, h int) *Model{
		"empty": fresh,
		"help":  func(w, h int) *Model { return fresh(w, h).press("?") },
		"list":  func(w, h int) *Model { return fresh(w, h).with(newTeller().sessions()) },
		"events held": func(w, h int) *Model {
			return fresh(w, h).with(newTeller().sessions()).lookAt(t, "s-consent", "1").press("up")
		},
		"events whole": func(w, h int) *Model { return fresh(w, h).with(newTeller().sessions()).lookAt(t, whole, "1") },
		"wire":         func(w, h int) *Model { return fresh(w, h).with(newTeller().sessions()).lookAt(t, whole, "2") },
		"identity":     func(w, h int) *Model { return fresh(w, h).with(newTeller().sessions()).lookAt(t, whole, "3") },
		"history":      func(w, h int) *Model { return fresh(w, h).with(newTeller().sessions()).lookAt(t, whole, "4") },
		"items":        func(w, h int) *Model { return fresh(w, h).with(newTeller().sessions()).lookAt(t, whole, "5") },
		"lint": func(w, h int) *Model {
			return fresh(w, h).with(newTeller().sessions().mistake(1, whole, 3)).lookAt(t, whole, "6")
		},
		"entry": func(w, h int) *Model {
			return fresh(w, h).with(newTeller().sessions()).lookAt(t, whole, "1").press("home", "enter")
		},
		"other calls": func(w, h int) *Model { return fresh(w, h).with(newTeller().sessions()).lookAt(t, "", "1").press("up") },
		"filter":      func(w, h int) *Model { return fresh(w, h).with(newTeller().sessions()).press("/", "l", "i", "n", "k") },
		"nothing shared": func(w, h int) *Model {
			return fresh(w, h).with(newTeller().sessions()).lookAt(t, "s-eligible", "3")
		},
	}
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
		for name, screen := range screens {
			t.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], name), func(t *testing.T) {
				golden.RequireEqual(t, screen(size[0], size[1]).text())
			})
		}
	}
}

// The words about every state, as a story that can be read.
func TestStoriesAsText(t *testing.T) {
	m := fresh(120, 36).with(newTeller().sessions())
	var b strings.Builder
	for _, l := range m.lanes.all {
		_, stands := l.stands()
		fmt.Fprintf(&b, "%s · %s\n  %s\n", l.name(), stands, l.story(m.now()))
		if notice := l.notice(); notice != "" {
			fmt.Fprintf(&b, "  ! %s\n", notice)
		}
	}
	golden.RequireEqual(t, b.String())
}

var hostile = []string{
	"\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;http://evil\x1b\\x", "\x1b[2J\x1b[H", "\u009b2J", "a\r\nb\tc\x00\x07\x08",
	"界界界界界界界界", "👩‍👩‍👧‍👦 family", "שלום עולם", "\u202egnp.exe\u2066x\u2069", strings.Repeat("x", 900), strings.Repeat("界", 300),
	"e" + strings.Repeat("\u0301", 60), "\u200b\u200d\ufeff", "\xff\xfe\xfd", "\u2028", " ", "%s%d",
}

// Whatever the size, the lane, the tab and the words of strangers: the screen is
// filled exactly, and nothing but styles moves the terminal.
func TestEveryScreenIsExactlyItsSize(t *testing.T) {
	keys := []string{"j", "k", "1", "2", "3", "4", "5", "[", "]", "enter", "esc", "tab", "up", "down", "pgup", "pgdown", "home", "end", "f", "/", "x", "backspace", "r", "?", "left"}
	rapid.Check(t, func(r *rapid.T) {
		evil := rapid.SampledFrom(hostile).Draw(r, "foreign")
		tell := newTeller()
		tell.text = func(s string) string { return s + evil }
		m := fresh(rapid.IntRange(20, 210).Draw(r, "w"), rapid.IntRange(6, 60).Draw(r, "h"))
		m.opts.Address += evil
		if rapid.IntRange(0, 9).Draw(r, "told") > 0 {
			m = m.with(tell.sessions())
		}
		for _, k := range rapid.SliceOfN(rapid.SampledFrom(keys), 0, 14).Draw(r, "keys") {
			m = m.press(k)
			requireSize(r, m)
		}
		m = m.sized(rapid.IntRange(20, 210).Draw(r, "w2"), rapid.IntRange(6, 60).Draw(r, "h2"))
		requireSize(r, m)
	})
}

func requireSize(t *rapid.T, m *Model) {
	lines := strings.Split(m.View().Content, "\n")
	if len(lines) != m.height {
		t.Fatalf("%d×%d has %d lines", m.width, m.height, len(lines))
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != m.width {
			t.Fatalf("%d×%d: line %d has %d cells: %q", m.width, m.height, i, n, l)
		}
		if strings.Contains(l, "\x1b]") {
			t.Fatalf("line %d holds a command for the terminal: %q", i, l)
		}
		for _, r := range ansi.Strip(l) {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%d×%d: line %d holds %U: %q", m.width, m.height, i, r, l)
			}
		}
	}
}

func TestWithoutColourThereIsNone(t *testing.T) {
	m := fresh(120, 36).with(newTeller().sessions())
	for _, code := range []string{"38;", "48;"} {
		if strings.Contains(m.View().Content, code) {
			t.Errorf("a colour (%s) is on the screen", code)
		}
	}
}
