package plain

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"layersim/flow"
	"layersim/tui/pane"

	"pgregory.net/rapid"
)

func TestSpoken(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"plain", "plain"},
		{flow.NewPhoneNumber("+14155550011").String(), "hidden, ends in 11"},
		{flow.NewLinkToken("link-sandbox-0a1b2c3d-0000-4000-8000-00000000a80c").String(), "link-sandbox hidden, ends in a80c"},
		{flow.NewAccessToken("access-sandbox-0a1b2c3d-0000-4000-8000-00000000a80c").String(), "access-sandbox hidden, ends in a80c"},
		{flow.NewSSN("123456789").String(), "hidden"},
		{flow.NewDateOfBirth("1975-01-18").String() + ", submitted", "hidden, submitted"},
		{"the code " + flow.NewOneTimeCode("123456").String() + ".", "the code hidden."},
		{"at http://127.0.0.1:4567/••••.", "at http://127.0.0.1:4567/ hidden."},
		{`"ssn": "•••-••-••••",`, `"ssn": "hidden",`},
		{`reason="it was ••••"`, `reason="it was hidden"`},
		{"Your phone number ••••0011 is verified.", "Your phone number hidden, ends in 0011 is verified."},
		{pane.MaskedText("Maxine Q. Madeup") + " lives there", "hidden lives there"},
		{"right ✓, this app ✗", "right yes, this app no"},
		{"a → b · c … “d” – 3 µs", `a to b , c ... "d" - 3 us`},
		{"Zoë Łukasiewicz, 王小明, عائشة, अमित", "Zoë Łukasiewicz, 王小明, عائشة, अमित"},
		{"tab\tand\x1b[31mred\x00", "tab and [31mred "},
		{"box ╭─╮ ⠿ █ ☎ 🙂", "box ??? ? ? ? ?"},
		{"right\u202eto left\u2028", "rightto left "},
		{"broken \xff", "broken ?"},
	} {
		if got := spoken(tc.text); got != tc.want {
			t.Errorf("spoken(%q) = %q; want %q", tc.text, got, tc.want)
		}
	}
}

// Whatever comes, what is said is text on one line, and the same again.
func TestSpokenIsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := spoken(rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.RuneFrom([]rune("•-. ab1\"=…→")), 0, 30, -1)).Draw(t, "text"))
		if !utf8.ValidString(text) {
			t.Fatalf("%q is no UTF-8", text)
		}
		for _, r := range text {
			if r >= ' ' && r <= '~' || r == '\u200c' || r == '\u200d' || unicode.In(r, unicode.L, unicode.M, unicode.Nd) {
				continue
			}
			t.Fatalf("%U in %q", r, text)
		}
		if again := spoken(text); again != text {
			t.Fatalf("%q, spoken again, is %q", text, again)
		}
	})
}

// Every name of a command leads to that command, also with something behind it.
func TestCommandsAreFound(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range table {
		if c.help == "" || c.when == nil || c.do == nil {
			t.Errorf("%s lacks something", c.names[0])
		}
		for _, name := range c.names {
			if seen[name] {
				t.Errorf("%q names two commands", name)
			}
			seen[name] = true
			for _, line := range []string{name, "  " + name + "  ", name + " something"} {
				if got, _, ok := commandIn(line); !ok || got.names[0] != c.names[0] {
					t.Errorf("%q leads to %v", line, got.names)
				}
			}
		}
	}
	for _, line := range []string{"", "shared", "a bank", "12", "sdks"} {
		if got, _, ok := commandIn(line); ok {
			t.Errorf("%q leads to %v", line, got.names)
		}
	}
}
