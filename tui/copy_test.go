package tui

import (
	"strings"
	"testing"

	"layersim/flow"
)

// What is pasted elsewhere does nothing there.
func TestCopiedTextIsHarmless(t *testing.T) {
	m := longWalk(t, 60)
	m.copy("x", "a\tb\x1b[2J\u202ec\x07\r\u0085\nd")
	if want := "a\tb[2Jc\nd\n"; m.board.text != want {
		t.Errorf("copied %q, want %q", m.board.text, want)
	}
}

// A long text is wrapped once and not for each frame, and it is said that a
// terminal may refuse it.
func TestMuchToCopy(t *testing.T) {
	m := longWalk(t, 60)
	m.copy("x", strings.Repeat("abc ", 50)+"\n"+strings.Repeat("line\n", 100_000))
	if !strings.Contains(m.notice, "may refuse so much") {
		t.Errorf("it is said: %s", m.notice)
	}
	next, _ := m.Update(keyPress(copiedKey))
	n := ptr(next)
	next, _ = n.Update(keyPress("down"))
	n = ptr(next)
	first := &n.board.lines[0]
	next, _ = n.Update(keyPress("down"))
	n = ptr(next)
	if &n.board.lines[0] != first || n.board.offset != 2 {
		t.Errorf("wrapped again, or offset %d", n.board.offset)
	}
	n.sized(80, 24)
	m.copy("x", "short")
	if strings.Contains(m.notice, "refuse") || m.board.lines != nil {
		t.Errorf("it is said: %s", m.notice)
	}
}

// The notice names what was filled in, and says so only of what was.
func TestCopyingCurlNamesWhatIsFilledIn(t *testing.T) {
	m := longWalk(t, 60)
	token := m.state.LinkToken
	m.inspector.tab, m.focus = tabWire, paneInspector
	for _, tc := range []struct{ body, says string }{
		{`{"link_token":"` + token.String() + `"}`, "with the real link_token"},
		{`{"other":"` + token.String() + `"}`, "nothing to fill in"},
	} {
		m.take(flow.ExchangeRecorded{At: at, Exchange: flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/link/token/get", Status: 200, RequestBody: tc.body}})
		m.copyHere(true)
		if !strings.Contains(m.notice, tc.says) {
			t.Errorf("%s: %s", tc.body, m.notice)
		}
	}
	if token.IsZero() {
		t.Error("the walk has no link_token")
	}
}
