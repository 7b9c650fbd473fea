package plain_test

import (
	"strings"
	"testing"
	"unicode"
)

// Whatever lines come from a pipe: the walk ends with them, what it says is lines
// of text that a terminal does not obey.
func FuzzLines(f *testing.F) {
	for _, s := range []string{
		strings.Join(eligible, "\n"), "\n\n\n\n\n123456\nadd bank\n2\nuser_good\npass_good\n1234\n\n\naccounts all\n\nover\n", "help\nstate\nlog 1000\nwire\ncode 3\nguide\nsequence\n", "\n\n5155550016\n01/18/1975\n\n\n123456\nreveal ssn\n",
		"wrong open-twice\nwhat if\npersona 99999999999999999999\ntemplate \x1b[2J\nplatform ios 6.3.0\n", "\n\n\xff\xfe\n\x00\n/help\nquit", "\r\n\r\n+1 415\t555 0012\r\n", "lint\nlater\nearlier 7\nnow\nprivate\nedit 1 é\u202e\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		lines := strings.Split(typed, "\n")
		if len(lines) > 60 || len(typed) > 10_000 || strings.Contains(typed, "exec") {
			return
		}
		w := walk(t, setting{}, lines...)
		if strings.ContainsFunc(strings.ReplaceAll(w.out, "\n", ""), func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
			t.Errorf("%q: it says %q", typed, w.out)
		}
		if strings.Contains(w.out, "panic") || !strings.HasSuffix(w.out, "\n") {
			t.Errorf("%q: it ends with %q", typed, w.out[max(0, len(w.out)-200):])
		}
	})
}
