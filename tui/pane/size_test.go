package pane_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"layersim/tui/pane"
	"layersim/tui/theme"
)

// hostile are strings that break terminals and layouts.
var hostile = []string{
	"", " ", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;http://evil\x1b\\x\x1b]8;;\x1b\\", "\x1b[2J\x1b[H", "\x1bP1$r\x1b\\", "\x9b31m", "\u009b2J",
	"a\r\nb\tc\x00\x07\x08", "界界界界界界界界界界界界", "👩‍👩‍👧‍👦 family", "🇩🇪🇫🇷", "❤️", "👍🏽", "שלום עולם", "مرحبا", "\u202egnp.exe\u2066x\u2069",
	strings.Repeat("x", 900), strings.Repeat("界", 300), "e" + strings.Repeat("\u0301", 60), "\u0301first", "\u200b\u200d\ufeff", "\xff\xfe\xfd",
	"\U000e0041\U000e0042", "\u2028\u2029", "한글", "각", "ก็็็็", "नमस्ते", "﷽", "ﾊﾝｶｸ", "½⅓→✓",
}

// requireSize fails unless text is exactly w by h cells and holds nothing but
// printable characters and the sequences the styles are made of.
func requireSize(t interface {
	Helper()
	Fatalf(string, ...any)
}, name, text string, w, h int) {
	t.Helper()
	lines := strings.Split(text, "\n")
	if len(lines) != h {
		t.Fatalf("%s at %d×%d has %d lines", name, w, h, len(lines))
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != w {
			t.Fatalf("%s at %d×%d: line %d has %d cells: %q", name, w, h, i, n, l)
		}
		// Terminals that count by rune differ on scripts whose vowels are
		// letters of their own; there is no width both agree on.
		if n := ansi.StringWidthWc(l); n > w && !strings.ContainsFunc(l, clusters) {
			t.Fatalf("%s at %d×%d: line %d has %d cells in a terminal that counts by rune: %q", name, w, h, i, n, l)
		}
		for _, r := range ansi.Strip(l) {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%s at %d×%d: line %d holds %U: %q", name, w, h, i, r, l)
			}
		}
	}
}

func clusters(r rune) bool { return unicode.In(r, unicode.Mc, unicode.Devanagari, unicode.Hangul) }

func TestEveryPaneIsExactlyItsSize(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := pane.Frame{
			Styles: theme.New(rapid.Bool().Draw(r, "dark"), rapid.Bool().Draw(r, "color")),
			Width:  rapid.IntRange(1, 200).Draw(r, "width"), Height: rapid.IntRange(1, 60).Draw(r, "height"),
			Focused: rapid.Bool().Draw(r, "focused"),
		}
		foreign := rapid.SampledFrom(hostile).Draw(r, "foreign")
		before := rapid.Bool().Draw(r, "before")
		evil := func(s string) string {
			if before {
				return foreign + s
			}
			return s + foreign
		}
		for name, text := range panes(t, f, evil) {
			if name == "box" { // a Box takes what the program has cleaned
				text = pane.Box(f, pane.Clean(evil("Title")), pane.Clean(evil("body")))
			}
			requireSize(r, name, text, f.Width, f.Height)
		}
	})
}

func TestEverySituationIsExactlyItsSize(t *testing.T) {
	for name, s := range situations(t) {
		text := pane.StageFor(s, noon)
		for _, size := range [][2]int{{1, 1}, {7, 3}, {30, 9}, {60, 16}, {78, 20}, {120, 40}} {
			f := frame(size[0], size[1])
			requireSize(t, "stage "+name, pane.Stage(f, text, "input", "choices"), size[0], size[1])
			requireSize(t, "rail "+name, pane.Rail(f, s), size[0], size[1])
		}
	}
}

func TestCleanLeavesNothingThatMovesTheCursor(t *testing.T) {
	for _, s := range hostile {
		c := pane.Clean(s)
		for _, r := range c {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector) {
				t.Errorf("Clean(%q) keeps %U", s, r)
			}
		}
		if again := pane.Clean(c); again != c {
			t.Errorf("Clean is not stable: %q, then %q", c, again)
		}
	}
	if got := pane.Clean("naïve Zoë 界 →"); got != "naïve Zoë 界 →" {
		t.Errorf("Clean changed harmless text: %q", got)
	}
}
