package plaidsim

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// Institutions of the catalogue, one for each way to sign in.
const (
	plainBank = "ins_900001"
	mfaBank   = "ins_900002"
	oauthBank = "ins_900003"
)

// findBank walks from review to the search for a bank.
func (l *link) findBank(phone string) object {
	l.t.Helper()
	l.review(phone)
	return l.do("add_bank", nil)
}

func (l *link) signIn(user, password string) object {
	l.t.Helper()
	return l.do("credentials", object{"values": object{"username": user, "password": password}})
}

// connect walks through a bank with a password, and back to review.
func (l *link) connect(institution string) object {
	l.t.Helper()
	l.do("institution", object{"institution": institution})
	l.signIn("user_good", "pass_good")
	l.do("accounts", nil)
	return l.do("continue", nil)
}

var toReview = []string{"LAYER_READY", "OPEN", "TV:CONSENT", "TV:VERIFY_PHONE", "SUBMIT_OTP", "TV:PROFILE_DATA_REVIEW", "VERIFY_PHONE"}

func after(names ...string) []string { return append(slices.Clone(toReview), names...) }

func TestAddingABank(t *testing.T) {
	tests := []struct {
		name  string
		walk  func(l *link)
		state string
		want  []string
	}{
		{"with a password", func(l *link) {
			l.findBank(fullPhone)
			l.connect(plainBank)
			l.do("share", nil)
		}, "done", after("TV:SELECT_INSTITUTION", "SELECT_INSTITUTION", "TV:CREDENTIAL", "SUBMIT_CREDENTIALS", "TV:SELECT_ACCOUNT",
			"TV:CONNECTED", "TV:PROFILE_DATA_REVIEW", "HANDOFF", "onSuccess")},
		{"after a search", func(l *link) {
			l.findBank(fullPhone)
			l.do("search", object{"values": object{"query": "cobble"}})
			l.connect(plainBank)
		}, "review", after("TV:SELECT_INSTITUTION", "SEARCH_INSTITUTION", "SELECT_INSTITUTION", "TV:CREDENTIAL", "SUBMIT_CREDENTIALS",
			"TV:SELECT_ACCOUNT", "TV:CONNECTED", "TV:PROFILE_DATA_REVIEW")},
		{"a wrong password first", func(l *link) {
			l.findBank(fullPhone)
			l.do("institution", object{"institution": plainBank})
			l.signIn("user_good", "wrong")
			l.signIn("user_good", "pass_good")
		}, "select_account", after("TV:SELECT_INSTITUTION", "SELECT_INSTITUTION", "TV:CREDENTIAL", "SUBMIT_CREDENTIALS",
			"ERROR INVALID_CREDENTIALS", "SUBMIT_CREDENTIALS", "TV:SELECT_ACCOUNT")},
		{"with a code, a wrong one first", func(l *link) {
			l.findBank(fullPhone)
			l.do("institution", object{"institution": mfaBank})
			l.signIn("user_good", "pass_good")
			l.do("mfa", object{"values": object{"code": "0000"}})
			l.do("mfa", object{"values": object{"code": " 1234 "}})
		}, "select_account", after("TV:SELECT_INSTITUTION", "SELECT_INSTITUTION", "TV:CREDENTIAL", "SUBMIT_CREDENTIALS", "TV:MFA",
			"SUBMIT_MFA", "ERROR INVALID_MFA", "SUBMIT_MFA", "TV:SELECT_ACCOUNT")},
		{"with a code because of the password", func(l *link) {
			l.findBank(fullPhone)
			l.do("institution", object{"institution": plainBank})
			l.signIn("user_good", "mfa_device")
		}, "mfa", after("TV:SELECT_INSTITUTION", "SELECT_INSTITUTION", "TV:CREDENTIAL", "SUBMIT_CREDENTIALS", "TV:MFA")},
		{"on the bank's own site", func(l *link) {
			l.findBank(fullPhone)
			l.do("institution", object{"institution": oauthBank})
			l.do("continue", nil)
			l.do("accounts", nil)
			l.do("continue", nil)
		}, "review", after("TV:SELECT_INSTITUTION", "SELECT_INSTITUTION", "TV:OAUTH", "OPEN_OAUTH", "TV:SELECT_ACCOUNT", "TV:CONNECTED",
			"TV:PROFILE_DATA_REVIEW")},
		{"back from everywhere", func(l *link) {
			l.findBank(fullPhone)
			l.do("back", nil)
			l.do("add_bank", nil)
			l.do("institution", object{"institution": oauthBank})
			l.do("back", nil)
			l.do("institution", object{"institution": mfaBank})
			l.do("back", nil)
			l.do("institution", object{"institution": mfaBank})
			l.signIn("user_good", "pass_good")
			l.do("back", nil)
			l.do("institution", object{"institution": plainBank})
			l.signIn("user_good", "pass_good")
			l.do("back", nil)
		}, "select_institution", after("TV:SELECT_INSTITUTION", "TV:PROFILE_DATA_REVIEW", "TV:SELECT_INSTITUTION",
			"SELECT_INSTITUTION", "TV:OAUTH", "TV:SELECT_INSTITUTION",
			"SELECT_INSTITUTION", "TV:CREDENTIAL", "TV:SELECT_INSTITUTION",
			"SELECT_INSTITUTION", "TV:CREDENTIAL", "SUBMIT_CREDENTIALS", "TV:MFA", "TV:SELECT_INSTITUTION",
			"SELECT_INSTITUTION", "TV:CREDENTIAL", "SUBMIT_CREDENTIALS", "TV:SELECT_ACCOUNT", "TV:SELECT_INSTITUTION")},
	}
	for _, tt := range tests {
		inEachDelivery(t, tt.name, "default", tt.walk, tt.state, tt.want)
	}
}

// What was added is one Item more, with the accounts that were chosen.
func TestAnAddedBankIsAnItem(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "accounts-required")
	p := l.review(fullPhone)["pane"]
	first := text(at(p, "banks").([]any)[0].(object)["accounts"].([]any)[0], "id")
	// What was edited and chosen in review is still there afterwards.
	l.do("add_bank", object{"values": object{"address.city": "Elsewhere"}, "accounts": []string{first}})
	l.do("institution", object{"institution": plainBank})
	p = l.signIn("user_good", "pass_good")["pane"]
	accounts := at(p, "banks").([]any)[0].(object)["accounts"].([]any)
	l.do("accounts", object{"accounts": []string{text(accounts[1], "id")}})
	p = l.do("continue", nil)["pane"]
	banks := at(p, "banks").([]any)
	if len(banks) != 3 || text(banks[2], "name") != "Cobblestone Savings Bank" {
		t.Fatalf("banks in review: %v", banks)
	}
	added := banks[2].(object)["accounts"].([]any)
	if len(added) != 1 || text(added[0], "name") != "Cobblestone Savings" || at(added[0], "selected") != true {
		t.Errorf("added: %v", added)
	}
	if o := l.do("share", nil); o["state"] != "done" {
		t.Fatalf("share: %v", o)
	}
	account := sessionGet(t, s, l.publicToken())
	if text(account, "identity", "address", "city") != "Elsewhere" || edits(account, "address")[0] != 1 {
		t.Errorf("the edit was lost: %v", account["identity"])
	}
	items := account["items"].([]any)
	if len(items) != 2 {
		t.Fatalf("%d Items", len(items))
	}
	status, o := post(t, s, "/accounts/get", with(object{"access_token": text(items[1], "access_token")}))
	got := o["accounts"].([]any)
	if status != 200 || text(o, "item", "institution_id") != plainBank || len(got) != 1 || text(got[0], "account_id") != text(accounts[1], "id") {
		t.Errorf("%d %v", status, o)
	}
}

// Somebody without a bank can add one, and a template that takes no accounts
// has no use for it.
func TestWhoMayAddABank(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "accounts-optional")
	l.submit("415-555-0000")
	l.do("submit", object{"date_of_birth": "1975-01-18"})
	l.do("open", nil)
	l.do("continue", nil)
	l.do("code", object{"code": "123456"})
	l.do("add_bank", nil)
	l.connect(plainBank)
	l.do("share", nil)
	if items := sessionGet(t, s, l.publicToken())["items"].([]any); len(items) != 1 {
		t.Errorf("Items: %v", items)
	}

	l = newLink(t, s, "accounts-skip")
	o := l.review(fullPhone)
	if at(o, "pane", "others") != nil {
		t.Errorf("offered: %v", at(o, "pane", "others"))
	}
	if o = l.do("add_bank", nil); o["state"] != "review" || !strings.Contains(text(o, "refused"), "no accounts") {
		t.Errorf("add_bank: %v", o)
	}
}

func TestWhichInstitutionsAreOffered(t *testing.T) {
	offered := func(o object) (ids []string) {
		options, _ := at(o, "pane", "options").([]any)
		for _, i := range options {
			ids = append(ids, text(i, "id"))
		}
		return ids
	}
	s := newSim(t)
	s.cfg.Catalog.Institutions[3].ID = "ins_109511" // held by the persona
	l := newLink(t, s, "default")
	same(t, offered(l.findBank(fullPhone)), []string{plainBank, mfaBank, oauthBank})
	o := l.do("search", object{"values": object{"query": " OF else\x1b "}})
	same(t, offered(o), []string{oauthBank})
	o = l.do("search", object{"values": object{"query": "nowhere"}})
	if len(offered(o)) != 0 || text(o, "pane", "notice") == "" {
		t.Errorf("%v", o["pane"])
	}
	for _, id := range []string{plainBank, "ins_109511", ""} {
		if o := l.do("institution", object{"institution": id}); o["refused"] == nil {
			t.Errorf("%q was not offered", id)
		}
	}
	// The same bank again replaces what was added of it.
	l.do("search", object{"values": object{"query": ""}})
	l.connect(plainBank)
	l.do("add_bank", nil)
	o = l.connect(plainBank)
	if banks := at(o, "pane", "banks").([]any); len(banks) != 3 {
		t.Errorf("banks: %v", banks)
	}
}

func TestAtLeastOneAccountIsConnected(t *testing.T) {
	l := newLink(t, newSim(t), "default")
	l.findBank(fullPhone)
	l.do("institution", object{"institution": plainBank})
	l.signIn("user_good", "pass_good")
	if o := l.do("accounts", object{"accounts": []string{}}); o["state"] != "select_account" || text(o, "pane", "notice") == "" {
		t.Errorf("none: %v", o)
	}
	if o := l.do("accounts", object{"accounts": []string{"nope"}}); o["refused"] == nil {
		t.Errorf("an unknown one: %v", o)
	}
}

// What is typed to sign in is nowhere afterwards: not in the pane, not in an
// event, not in the journal.
func TestCredentialsAreNotKept(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	l.findBank(fullPhone)
	l.do("institution", object{"institution": mfaBank})
	wrong := l.signIn("USERMARKER", "PASSMARKER")
	if text(wrong, "pane", "notice") == "" || text(wrong, "state") != "credential" {
		t.Errorf("wrong: %v", wrong)
	}
	l.signIn("user_good", "pass_good")
	answer := l.do("mfa", object{"values": object{"code": "CODEMARKER"}})
	l.do("sync", nil)
	records, _ := s.Records(0, 1000)
	all, err := json.Marshal([]any{wrong, answer, l.calls, records, s.Sessions()})
	if err != nil {
		t.Fatal(err)
	}
	for _, marker := range []string{"USERMARKER", "PASSMARKER", "CODEMARKER"} {
		if strings.Contains(string(all), marker) {
			t.Errorf("%s is in %s", marker, all)
		}
	}
	if !strings.Contains(string(all), mfaBank) {
		t.Error("the journal does not say which institution was chosen")
	}
}
