package lint

import (
	"strings"
	"testing"
	"unicode"
)

func TestEveryRuleExplainsItself(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		for what, text := range map[string]string{"why": r.Why, "fix": r.Fix} {
			if len(text) < 60 || !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "rotate.") {
				t.Errorf("%s: %s is no explanation: %q", r.ID, what, text)
			}
		}
		if r.Title == "" || unicode.IsPunct(rune(r.Title[len(r.Title)-1])) && !strings.HasSuffix(r.Title, ")") {
			t.Errorf("%s: title %q", r.ID, r.Title)
		}
		if r.Fault == "" || r.Fault == r.Title || len(r.Fault) > 60 {
			t.Errorf("%s: fault %q", r.ID, r.Fault)
		}
		if !strings.Contains(r.Source, "Plaid") && !strings.Contains(r.Source, "plaid") && !strings.Contains(r.Source, "RFC") {
			t.Errorf("%s: source %q names nobody", r.ID, r.Source)
		}
		if r.Severity != Wrong && r.Severity != Risky {
			t.Errorf("%s: severity %q", r.ID, r.Severity)
		}
		if r.check == nil || r.Seen == 0 {
			t.Errorf("%s cannot be found", r.ID)
		}
		if everywhere := r.Seen == Everywhere; everywhere == (r.Unseen != "") {
			t.Errorf("%s is seen in %b and says %q of why not elsewhere", r.ID, r.Seen, r.Unseen)
		}
		if _, ok := ByID(r.ID); !ok {
			t.Errorf("%s is not found by its id", r.ID)
		}
	}
}

// mistakes are the items of the collection of mistakes that this linter was
// made from, each with its rules, or with why there is none.
var mistakes = []struct {
	item  string
	rules string
	none  string
}{
	{item: "open() right after create or submit", rules: "open-before-ready"},
	{item: "no guard against a duplicate LAYER_READY", rules: "open-twice"},
	{item: "date of birth asked upfront", rules: "birth-first"},
	{item: "date of birth submitted with the phone", rules: "both-fields"},
	{item: "only LAYER_READY and LAYER_NOT_AVAILABLE handled, hanging after the date of birth", rules: "outcome-unhandled"},
	{item: "Extended Autofill while accounts are Required", rules: "autofill-needs-accounts"},
	{item: "onSuccess trusted as phone proof", rules: "onsuccess-trusted"},
	{item: "unverified webhooks believed", rules: "webhook-unverified webhook-replayed"},
	{item: "second OTP after LAYER_AUTHENTICATION_PASSED", rules: "second-otp"},
	{item: "profile token exchanged", rules: "public-token-exchanged"},
	{item: "onSuccess celebrated and the session never read", rules: "session-never-read"},
	{item: "items[0] unguarded", rules: "first-item-only"},
	{item: "empty items taken for a failure", rules: "no-items-as-failure"},
	{item: "identity treated as verified KYC", rules: "identity-trusted"},
	{item: "late create", rules: "late-create submit-before-load"},
	{item: "token reuse", rules: "token-reused token-expired-used"},
	{item: "logic on VERIFY_PHONE and other informational events", rules: "informational-event"},
	{item: "webhook: one cached key", rules: "webhook-one-key"},
	{item: "webhook: re-encoded body", rules: "webhook-reencoded"},
	{item: "webhook: DER signatures", rules: "webhook-der"},
	{item: "missing event names in an old SDK", rules: "sdk-too-old"},
	{item: "duplicate script tag", rules: "script-twice"},
	{item: "non-+1 number", rules: "foreign-number"},
	{item: "Sandbox phone ineligible under one's own template", none: "nothing is wrong with the app: the template says what is required, and the simulator says which of it is missing"},
	{item: "conversion ratio counting the submits of a date of birth", rules: "submits-counted"},
	{item: "handler never destroyed", rules: "handler-not-destroyed"},
	{item: "older docs: /link/token/create with product layer", rules: "old-token-call"},
	{item: "submit after open, as one source has it", rules: "submit-after-open"},
}

func TestEveryMistakeHasARule(t *testing.T) {
	used := map[string]bool{}
	for _, m := range mistakes {
		if (m.rules == "") == (m.none == "") {
			t.Errorf("%s: a rule or a reason", m.item)
		}
		for id := range strings.FieldsSeq(m.rules) {
			if _, ok := ByID(id); !ok {
				t.Errorf("%s: there is no rule %s", m.item, id)
			}
			used[id] = true
		}
	}
	for _, r := range Rules() {
		if !used[r.ID] {
			t.Errorf("%s belongs to no mistake", r.ID)
		}
	}
}
