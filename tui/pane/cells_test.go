package pane

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"layersim/tui/theme"
)

// width is a quicker ansi.StringWidth for what the panes draw, and never
// another one.
func TestWidthAgreesWithAnsi(t *testing.T) {
	pieces := []string{"a", " ", "é", "ÿ", "\u0301", "界", "•", "›", "‹", "…", "─", "╭", "┃", "█", "▀", "◽", "◾", "●", "○", "✓", "✗", "→", "↓", "⌚", "☔", "\x1b[1;38;2;1;2;3m", "\x1b[m",
		ansi.SetHyperlink("http://127.0.0.1/", "id=page"), ansi.ResetHyperlink(), "\x1b]0;x", "\x1b", "🇩🇪", "👍🏽", "\u200b", "각", "\xff", "\xc3", "\xe2\x80"}
	rapid.Check(t, func(r *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(r, "pieces"), "")
		if !clean(s) {
			return
		}
		if got, want := width(s), ansi.StringWidth(s); got != want {
			r.Fatalf("width(%q) = %d, want %d", s, got, want)
		}
	})
}

// clean reports whether a pane could hold s: text that Clean has seen, and the
// program's own finished sequences.
func clean(s string) bool {
	text := ansi.Strip(s)
	return Clean(text) == text && !strings.HasSuffix(s, "\x1b") && strings.Count(s, "\x1b]") == strings.Count(s, "\x07") && !strings.Contains(s, "\x1b\x1b")
}

func TestWrapKeepsEveryWord(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		words := rapid.SliceOf(rapid.SampledFrom([]string{"a", "LAYER_AUTOFILL_NOT_AVAILABLE", "of", "naïve", "界界界界界", "x.", strings.Repeat("long", 20)})).Draw(r, "words")
		w := rapid.IntRange(2, 60).Draw(r, "width")
		lines := wrap(strings.Join(words, " "), w)
		for _, l := range lines {
			if ansi.StringWidth(l) > w {
				r.Fatalf("%q is wider than %d", l, w)
			}
		}
		if got, want := strings.ReplaceAll(strings.Join(lines, ""), " ", ""), strings.Join(words, ""); got != want {
			r.Fatalf("wrapping at %d made %q of %q", w, got, want)
		}
	})
}

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		amount   float64
		currency string
		want     string
	}{
		{0, "USD", "$0.00"}, {100, "USD", "$100.00"}, {1110.5, "USD", "$1,110.50"}, {-1234567.891, "USD", "-$1,234,567.89"},
		{12.3, "EUR", "12.30 EUR"}, {5, "", "5.00"},
	} {
		if got := money(c.amount, c.currency); got != c.want {
			t.Errorf("money(%v, %q) = %q, want %q", c.amount, c.currency, got, c.want)
		}
	}
}

func TestBoxShowsFocusWithoutColour(t *testing.T) {
	f := Frame{Styles: theme.New(true, false), Width: 20, Height: 4}
	without := ansi.Strip(Box(f, "Wire", "body"))
	f.Focused = true
	if with := ansi.Strip(Box(f, "Wire", "body")); with == without {
		t.Errorf("a focused box looks like another:\n%s", with)
	}
}
