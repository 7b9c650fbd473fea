package pane_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/tui/pane"
)

func only(key string) func(string) bool { return func(k string) bool { return k == key } }

func TestPrivateValuesAreMaskedUntilRevealed(t *testing.T) {
	f, u := frame(100, 30), account()
	u.Identity.SSNLast4 = "7777"
	secrets := map[string]string{
		"ssn": "987654321", "ssn_last_4": "7777", "date_of_birth": "1975-01-18",
		"access_token:" + u.Items[0].ItemID: "access-sandbox-435beced-94e8-4df3-a181-1dde1cfa19f0",
		"access_token:" + u.Items[1].ItemID: "access-sandbox-11111111-94e8-4df3-a181-1dde1cfa2222",
	}
	keys := append([]string{""}, names(secrets)...)
	for _, key := range keys {
		drawn := ansi.Strip(pane.Identity(f, u, "", only(key), 0) + pane.Items(f, u, only(key), 0))
		for k, secret := range secrets {
			if got := strings.Contains(drawn, secret); got != (k == key) {
				t.Errorf("revealed %q: %s shown: %v", key, k, got)
			}
		}
	}
	if drawn := ansi.Strip(pane.Identity(f, u, "", nil, 0) + pane.Items(f, u, nil, 0)); strings.Contains(drawn, "987654321") {
		t.Error("without a reveal function the SSN is shown")
	}
}

func TestIdentitySaysWhatIsVerified(t *testing.T) {
	for proof, want := range map[flow.PhoneProof]string{flow.ProofWebhook: "by webhook", flow.ProofSession: "by Plaid", "": "None of this is verified"} {
		if drawn := ansi.Strip(pane.Identity(frame(100, 30), account(), proof, nil, 0)); !strings.Contains(drawn, want) {
			t.Errorf("proof %q: %q is missing:\n%s", proof, want, drawn)
		}
	}
}

func TestLinkMasksPrivateFields(t *testing.T) {
	f, p := frame(80, 40), reviewPane()
	form := pane.LinkForm{Cursor: 0, Values: map[string]string{"ssn": "111223333"}}
	if drawn := ansi.Strip(pane.LinkPane(f, p, form)); strings.Contains(drawn, "111223333") || strings.Contains(drawn, "1975-01-18") {
		t.Errorf("a private field is shown:\n%s", drawn)
	}
	form.Revealed = only("ssn")
	if drawn := ansi.Strip(pane.LinkPane(f, p, form)); !strings.Contains(drawn, "111223333") || strings.Contains(drawn, "1975-01-18") {
		t.Errorf("not just the SSN is shown:\n%s", drawn)
	}
}

func TestStageShowsNoSecret(t *testing.T) {
	for name, s := range situations(t) {
		drawn := ansi.Strip(pane.Stage(frame(120, 40), pane.StageFor(s, noon), "", ""))
		for _, secret := range []string{s.LinkToken.Reveal(), s.PublicToken.Reveal(), s.DateOfBirth.Reveal(), s.Phone.Reveal()} {
			if secret != "" && strings.Contains(drawn, secret) {
				t.Errorf("%s shows %q", name, secret)
			}
		}
	}
}

func TestRowsSayWhatIsPrivate(t *testing.T) {
	private := map[string]bool{}
	for _, r := range append(pane.IdentityRows(account()), pane.ItemRows(account())...) {
		if r.Private {
			private[r.Key] = true
			if r.Text(false) == r.Text(true) {
				t.Errorf("%s has no mask", r.Key)
			}
		}
	}
	if len(private) != 5 {
		t.Errorf("private rows: %v", private)
	}
	if rows := pane.IdentityRows(flow.UserAccount{}); rows != nil {
		t.Errorf("no identity, but rows: %v", rows)
	}
}

func TestMaskedText(t *testing.T) {
	for in, want := range map[string]string{"": "", "1975-01-18": "••••-••-••", "987654321": "•••••••••", "a": "•", strings.Repeat("x", 40): "•••••••••••"} {
		if got := pane.MaskedText(in); got != want {
			t.Errorf("MaskedText(%q) = %q, want %q", in, got, want)
		}
	}
}
