package pane_test

import (
	"strings"
	"testing"

	"layersim/flow"
	"layersim/tui/pane"
)

// A token is shown to be copied, and accounts are told apart by their masks.
func TestItemsAreReadableInAThirdOfTheScreen(t *testing.T) {
	u := account()
	u.Items = u.Items[:1]
	u.Items[0].Accounts = []flow.Account{{Name: "A very long name for an account", Mask: "4321", Current: money(1902.75), Currency: "USD"}}
	for _, w := range []int{30, 38, 60} {
		f := frame(w, 12)
		got := plainText(pane.Items(f, u, nil, 0))
		if !strings.Contains(got, "••4321") || !strings.Contains(got, "$1,902.75") {
			t.Errorf("%d cells: mask or balance is missing:\n%s", w, got)
		}
		token := u.Items[0].AccessToken.Reveal()
		if strings.Contains(got, token) {
			t.Errorf("%d cells: the token is shown without being asked for", w)
		}
		got = plainText(pane.Items(f, u, func(string) bool { return true }, 0))
		if flat := strings.NewReplacer("\n", "", " ", "").Replace(got); !strings.Contains(flat, token) {
			t.Errorf("%d cells: the token is not whole:\n%s", w, got)
		}
	}
}

// What has no room in the line is said below it.
func TestDetailThatIsCutIsSaidBelow(t *testing.T) {
	line := pane.LogLine{At: noon, Lane: "Link", Name: "ERROR", Detail: "error_code=INVALID_OTP error_message=" + strings.Repeat("x", 30) + "_end", Why: "Short."}
	f := frame(80, 8)
	got := plainText(pane.Log(f, 1, func(int) pane.LogLine { return line }, 0, 0))
	if !strings.Contains(got, "_end") || !strings.Contains(got, "Why Short.") {
		t.Errorf("the detail is cut and nowhere whole:\n%s", got)
	}
}

// A pane that is cut says so: a sentence does not just stop.
func TestLinkTextThatIsCutSaysSo(t *testing.T) {
	p := flow.Pane{View: flow.ViewReview, Title: "Review", Text: strings.Repeat("Look through what will be shared. ", 9), Button: "Share"}
	for range 11 {
		p.Fields = append(p.Fields, flow.PaneField{Key: "k", Label: "Social Security number", Required: true, Value: flow.NewPaneValue("1")})
	}
	got := plainText(pane.LinkPane(frame(56, 14), p, pane.LinkForm{}))
	if !strings.Contains(got, " …\n") {
		t.Errorf("the text just stops:\n%s", got)
	}
	if !strings.Contains(got, "Social Security number *") {
		t.Errorf("a label is cut:\n%s", got)
	}
}
