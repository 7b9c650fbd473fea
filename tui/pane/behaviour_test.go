package pane_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/skip2/go-qrcode"

	"layersim/flow"
	"layersim/tui/pane"
	"layersim/tui/theme"
)

func TestLogAsksOnlyForWhatItShows(t *testing.T) {
	f := frame(120, 12)
	asked := 0
	pane.Log(f, 100_000, func(i int) pane.LogLine { asked++; return logLine(i) }, 50_000, 50_003)
	if most := pane.LogRows(f) + 1; asked > most {
		t.Errorf("asked for %d lines, can show %d", asked, most)
	}
}

func TestLogShowsTheReasonOfTheLineUnderTheCursor(t *testing.T) {
	drawn := ansi.Strip(pane.Log(frame(120, 12), 40, logLine, 0, 3))
	if !strings.Contains(strings.Join(strings.Fields(drawn), " "), "opening Link before LAYER_READY is a mistake") {
		t.Errorf("no reason:\n%s", drawn)
	}
	drawn = ansi.Strip(pane.Log(frame(160, 14), 40, logLine, 0, 5))
	if !strings.Contains(drawn, "held 30.7s") || !strings.Contains(drawn, "It happened at 11:59:30.000") {
		t.Errorf("nothing about an event that came late:\n%s", drawn)
	}
}

func TestRefusedIsSaidInWords(t *testing.T) {
	drawn := strings.Split(ansi.Strip(pane.Log(frame(120, 12), 7, logLine, 0, -1)), "\n")
	for i, l := range drawn[:7] {
		if got, want := strings.Contains(l, "refused"), i == 3; got != want {
			t.Errorf("line %d says refused: %v", i, got)
		}
	}
}

// Colour adds nothing to the text: what is drawn without it is the same.
func TestColourCarriesNoMeaning(t *testing.T) {
	for _, size := range sizes {
		with := boxed(t, theme.New(true, true), size[0], size[1])
		without := boxed(t, theme.New(false, false), size[0], size[1])
		for name := range with {
			if plainText(with[name]) != plainText(without[name]) {
				t.Errorf("%s at %v differs without colour", name, size)
			}
			for _, sgr := range []string{"[38;", "[48;", ";38;", ";48;", "[3", "[9"} {
				if i := strings.Index(without[name], "\x1b"+sgr); strings.HasPrefix(sgr, "[") && i >= 0 {
					t.Errorf("%s at %v: a colour without colour: %q", name, size, without[name][i:min(i+12, len(without[name]))])
				}
			}
		}
	}
}

func TestRailTellsTheEndsApart(t *testing.T) {
	states := situations(t)
	for name, want := range map[string]string{"exited": "Left Link", "fallback/autofill": "Own form", "failed/token": "Failed", "onboarded": "✓ Onboarded"} {
		for _, w := range []int{30, 80, 140} {
			if got := ansi.Strip(pane.Rail(frame(w, 1), states[name])); !strings.Contains(got, want) {
				t.Errorf("%s in %d columns: %q does not say %q", name, w, got, want)
			}
		}
	}
}

// However narrow it is, the names of the windows do not touch.
func TestHistoryWindowsDoNotTouch(t *testing.T) {
	for w := 22; w < 70; w++ {
		head, _, _ := strings.Cut(ansi.Strip(pane.History(pane.Frame{Styles: theme.New(true, true), Width: w, Height: 12}, account())), "\n")
		if got := strings.Fields(head); len(got) < 5 || strings.Join(got[len(got)-5:], " ") != "now 1d 30d 365d all" {
			t.Errorf("%d columns: %q", w, head)
		}
	}
}

func TestHistoryIsWholeIn38Columns(t *testing.T) {
	f := pane.Inner(frame(38, 20))
	drawn := ansi.Strip(pane.History(f, account()))
	for _, want := range []string{"Date of birth", "365d", "+1", "•12", "this session"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("%q is missing:\n%s", want, drawn)
		}
	}
	if strings.Contains(drawn, "…") {
		t.Errorf("something is cut:\n%s", drawn)
	}
}

func TestLinkSaysThatItIsSimulated(t *testing.T) {
	for _, p := range []flow.Pane{consentPane(), codePane(), reviewPane(), silentPane(), findBankPane(), {View: flow.ViewError, Title: "Error", Button: "Close"}} {
		if drawn := ansi.Strip(pane.LinkPane(frame(76, 18), p, pane.LinkForm{})); !strings.Contains(drawn, "simulated Link") {
			t.Errorf("%s does not say so:\n%s", p.View, drawn)
		}
	}
}

// The cursor can be walked through every stop of the review, in a pane too
// small for it, and what it stands on is always in view, and so are the buttons.
func TestLinkScrollsToTheCursor(t *testing.T) {
	f, p := frame(60, 10), reviewPane()
	stops := pane.LinkStops(p)
	if len(stops) != len(p.Fields)+3+2 {
		t.Fatalf("%d stops", len(stops))
	}
	for i, stop := range stops {
		form := pane.LinkForm{Cursor: i}
		lines := strings.Split(ansi.Strip(pane.LinkPane(f, p, form)), "\n")
		row := pane.LinkCursorRow(f, p, form)
		if row < 0 || !strings.Contains(lines[row], "›") || !strings.Contains(lines[row], stop.Label) {
			t.Errorf("stop %d (%s) is not in row %d:\n%s", i, stop.Label, row, strings.Join(lines, "\n"))
		}
		if last := lines[len(lines)-1]; !strings.Contains(last, "Share") || !strings.Contains(last, "Close") {
			t.Errorf("the buttons are gone: %q", last)
		}
	}
}

func TestLinkMarksEditsAndChoices(t *testing.T) {
	drawn := ansi.Strip(pane.LinkPane(frame(70, 40), reviewPane(), reviewForm()))
	for _, want := range []string{"Eagleton", "edited", "[x] Plaid Saving", "[ ] Plaid Credit Card", "123 Main St."} {
		if !strings.Contains(drawn, want) {
			t.Errorf("%q is missing:\n%s", want, drawn)
		}
	}
	if n := strings.Count(drawn, "edited"); n != 1 {
		t.Errorf("%d fields are marked edited", n)
	}
}

func TestQRIsTheCodeOfTheAddress(t *testing.T) {
	const address = "http://127.0.0.1:41873/l/Zk3vT0q9xW2mB7yR/"
	code, err := qrcode.New(address, qrcode.Low)
	if err != nil {
		t.Fatal(err)
	}
	want := code.Bitmap()
	for _, dark := range []bool{true, false} {
		for _, color := range []bool{true, false} {
			lines := strings.Split(ansi.Strip(pane.QR(theme.New(dark, color), address)), "\n")
			ink := color || !dark // what a block of foreground means
			for y, row := range want {
				cells := []rune(lines[y/2])
				for x, module := range row {
					upper := cells[x] == '█' || cells[x] == '▀'
					lower := cells[x] == '█' || cells[x] == '▄'
					drawn := upper
					if y%2 == 1 {
						drawn = lower
					}
					if (drawn == ink) != module {
						t.Fatalf("dark %v color %v: module %d,%d is wrong", dark, color, x, y)
					}
				}
			}
		}
	}
	if pane.QR(theme.New(true, true), strings.Repeat("x", 5000)) != "" {
		t.Error("a text too long for a code gives one")
	}
}

func TestWireShowsRequestAndAnswer(t *testing.T) {
	f := frame(60, 80)
	x := exchange()
	tree := pane.WireTree(x, pane.ErrorText{}).LayOut(f)
	got := plainText(pane.DrawTree(f, tree))
	for _, want := range []string{"Request POST /user_account/session/get", "Headers (5)", `"public_token": "profile-sandbox-••••993d"`, "Answer ✓ HTTP 200  after 112 ms", `"first_name": "Leslie"`, `"score": -1.5e3`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
	if strings.Contains(got, "Plaid-Version") {
		t.Errorf("headers are open from the beginning:\n%s", got)
	}
	if got = plainText(pane.DrawTree(f, tree.Move(1, f).Toggle().LayOut(f))); !strings.Contains(got, "Plaid-Version: 2020-09-14") || !strings.Contains(got, "Host: sandbox.plaid.com") {
		t.Errorf("the headers do not open:\n%s", got)
	}
	x.ResponseBody = "<html>\x1b[2Jnot JSON</html>"
	if got := plainText(pane.DrawTree(f, pane.WireTree(x, pane.ErrorText{}).LayOut(f))); !strings.Contains(got, "<html> [2Jnot JSON</html>") || !strings.Contains(got, "This is not JSON") {
		t.Errorf("a body that is not JSON:\n%s", got)
	}
}

func TestWireExplainsAnError(t *testing.T) {
	f := frame(100, 40)
	x := exchange()
	x.Status, x.ResponseBody = 400, `{"error_code":"MISSING_FIELDS"}`
	x.ResponseHeaders = append(x.ResponseHeaders, flow.Header{Name: "retry-after", Value: "30"})
	why := pane.ErrorText{Name: "INVALID_REQUEST / MISSING_FIELDS", Means: "A field is missing.", Cause: "A typing error.", Remedy: "Add it.", Retry: "No.", URL: "https://plaid.com/docs/errors/"}
	got := plainText(pane.DrawTree(f, pane.WireTree(x, why).LayOut(f)))
	for _, want := range []string{"✗ HTTP 400", "request_id: m8MDnv9okwxFNBV · give this to Plaid's support.", "What this means  INVALID_REQUEST / MISSING_FIELDS", "A field is missing.", "Likely cause: A typing error.", "Remedy: Add it.", "Try again: No.", "Retry-After: 30", "Read more: https://plaid.com/docs/errors/"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
}

// A fact is whole where there is room for it, and one line where there is not.
func TestStageFactsAreWhole(t *testing.T) {
	text := pane.StageText{Title: "Title", Body: "Body.", Facts: []pane.Fact{{Label: "display_message", Value: strings.Repeat("words ", 20) + "finis"}}}
	frame := pane.Frame{Styles: theme.New(true, false), Width: 60, Height: 20}
	if got := pane.Stage(frame, text, "", ""); !strings.Contains(got, "finis") || strings.Contains(got, "…") {
		t.Errorf("the fact is cut:\n%s", got)
	}
	frame.Height = 6
	if got := pane.Stage(frame, text, "", ""); !strings.Contains(got, "display_message") || !strings.Contains(got, "…") {
		t.Errorf("the fact is not in one line:\n%s", got)
	}
}
