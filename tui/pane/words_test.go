package pane_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/flow/sdk"
	"layersim/tui/pane"
)

// longestParagraph is how many words a reader takes in at a glance.
const longestParagraph = 60

func TestEverySituationHasWords(t *testing.T) {
	covered := map[flow.Phase]bool{}
	for name, s := range situations(t) {
		covered[s.Phase] = true
		text := pane.StageFor(s, noon)
		if text.Title == "" || text.Body == "" {
			t.Errorf("%s: no title or no paragraph", name)
		}
		if n := len(strings.Fields(text.Body)); n > longestParagraph {
			t.Errorf("%s: the paragraph has %d words", name, n)
		}
		if text.NoticeKind != pane.Info && text.Notice == "" {
			t.Errorf("%s: a kind of notice and no notice", name)
		}
		if strings.Contains(text.Body, "  ") || strings.HasSuffix(text.Notice, "..") {
			t.Errorf("%s: careless punctuation: %q %q", name, text.Body, text.Notice)
		}
	}
	for _, p := range flow.Phases() {
		if !covered[p] {
			t.Errorf("phase %s was never drawn", p)
		}
	}
}

// exit() can fail; then there is no onExit to speak of.
func TestExitThatFailedIsNoChoiceOfTheUser(t *testing.T) {
	text := pane.StageFor(situations(t)["exited/exit failed"], noon)
	if !strings.Contains(text.Body, "exit() could not be delivered") {
		t.Errorf("the stage says: %s", text.Body)
	}
}

func TestFailureKeepsPlaidsWords(t *testing.T) {
	s := situations(t)["failed/token"]
	got := ansi.Strip(pane.Stage(frame(76, 18), pane.StageFor(s, noon), "", ""))
	for _, want := range []string{"/session/token/create failed", "INVALID_INPUT", "INVALID_API_KEYS", "invalid client_id or secret provided", "HNTDNrA8F1shFEW", "400", "Dashboard"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestStageKeepsInputAndChoices(t *testing.T) {
	for name, s := range situations(t) {
		for _, h := range []int{6, 8, 12, 18, 40} {
			f, text := frame(76, h), pane.StageFor(s, noon)
			drawn := pane.Stage(f, text, "type > here", "the choices")
			if !strings.Contains(drawn, "type > here") || !strings.Contains(drawn, "the choices") {
				t.Errorf("%s at height %d has lost input or choices:\n%s", name, h, ansi.Strip(drawn))
			}
			row := pane.StageInputRow(f, text, "type > here", "the choices")
			if lines := strings.Split(drawn, "\n"); row < 0 || row >= len(lines) || !strings.Contains(lines[row], "type > here") {
				t.Errorf("%s at height %d: the input is not in row %d", name, h, row)
			}
		}
	}
}

func TestAddressIsALinkAndReadable(t *testing.T) {
	const address = "http://127.0.0.1:41873/l/Zk3vT0q9xW2mB7yR/"
	f := frame(70, 18)
	drawn := pane.Stage(f, pane.StageText{Title: "t", Body: "b", URL: address}, "", "")
	if !strings.Contains(drawn, "\x1b]8;id=page;"+address) {
		t.Error("the address is no hyperlink")
	}
	if !strings.Contains(plainText(drawn), "\n"+address+"\n") {
		t.Errorf("the address does not stand on a line of its own:\n%s", plainText(drawn))
	}
	for _, evil := range []string{"javascript:alert(1)", "http://x/\x1b]0;hi\x07", "http://x/ü", "http://x/a b"} {
		if drawn := pane.Stage(f, pane.StageText{Title: "t", URL: evil}, "", ""); strings.Contains(drawn, "\x1b]") {
			t.Errorf("%q reached an escape sequence: %q", evil, drawn)
		}
	}
}

// The stage speaks in the words of the SDK that the walk has, and as briefly.
func TestStageSpeaksTheSDKsWords(t *testing.T) {
	for _, platform := range sdk.Platforms() {
		for _, choice := range platform.Choices() {
			client, err := sdk.Client(platform.ID, choice.Version)
			if err != nil {
				t.Fatal(err)
			}
			n := client.Words()
			want := map[string][]string{
				"handler": {n.Create}, "handler/preloading": {n.Create}, "phone": {n.Submit, n.Phone}, "eligibility": {n.Submit, n.Ready, n.NotAvailable, n.Open},
				"date-of-birth": {n.NotAvailable, n.Birth, n.Object}, "autofill": {n.Ready, n.AutofillNotAvailable}, "ready": {n.Ready, n.Open},
				"link/consent": {n.Success, n.Exit}, "session": {n.Success}, "exited": {n.Exit}, "fallback/autofill": {n.AutofillNotAvailable, n.Destroy},
			}
			found := 0
			for name, s := range situations(t) {
				s.Config.Client = client
				text := pane.StageFor(s, noon)
				if n := len(strings.Fields(text.Body)); n > longestParagraph+4 {
					t.Errorf("%s with %s: the paragraph has %d words: %s", name, client.Label(), n, text.Body)
				}
				for _, word := range want[name] {
					if !strings.Contains(text.Title+text.Body, word) {
						t.Errorf("%s with %s does not say %q: %s", name, client.Label(), word, text.Body)
					}
				}
				if want[name] != nil {
					found++
				}
				for _, event := range []string{flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable} {
					spelled := client.EventName(event)
					if rest := strings.ReplaceAll(text.Body, spelled, ""); spelled != event && strings.Contains(rest, event) {
						t.Errorf("%s with %s says %s, which its code does not: %s", name, client.Label(), event, text.Body)
					}
				}
			}
			if found != len(want) {
				t.Fatalf("%d of %d situations were looked at", found, len(want))
			}
		}
	}
}
