package plaidsim

import (
	"strings"
	"testing"

	"layersim/fixtures"
	"layersim/flow"
)

// fieldNotice finds the notice of a field in a pane.
func fieldNotice(t *testing.T, pane any, key string) string {
	t.Helper()
	for _, f := range at(pane, "fields").([]any) {
		if text(f, "key") == key {
			return text(f, "notice")
		}
	}
	t.Fatalf("no field %s", key)
	return ""
}

func TestSharedValuesAreChecked(t *testing.T) {
	tests := []struct {
		field, value string
		says         string // "" = fine
		returned     string // as session/get gives it back
	}{
		{"name.first_name", "", "needed", ""},
		{"name.first_name", " Ann ", "", "Ann"},
		{"name.last_name", "O'Neil \u202f", "", "O'Neil"},
		{"name.last_name", "a\x1b[31m", "characters", ""},
		{"name.last_name", strings.Repeat("x", 201), "too long", ""},
		{"address.street", "", "needed", ""},
		{"address.street2", "", "", ""},
		{"address.region", "", "needed", ""},
		{"address.region", "4", "state", ""},
		{"address.region", "New York", "", "New York"},
		{"address.region", "NY", "", "NY"},
		{"address.postal_code", "4600", "five digits", ""},
		{"address.postal_code", "46001-1234", "", "46001-1234"},
		{"address.country", "usa", "two letters", ""},
		{"address.country", "us", "", "US"},
		{"email", "leslie", "looks like", ""},
		{"email", "leslie@knope", "looks like", ""},
		{"email", "Leslie <l@knope.com>", "looks like", ""},
		{"email", "l@knope.com", "", "l@knope.com"},
		{"date_of_birth", "1979-13-01", "month", ""},
		{"date_of_birth", "2979-01-01", "future", ""},
		{"date_of_birth", "02/03/1979", "", "1979-02-03"},
		{"ssn", "12345", "nine digits", ""},
		{"ssn", "123-45-6789", "", "123456789"},
	}
	for _, tt := range tests {
		t.Run(tt.field+" "+tt.value, func(t *testing.T) {
			s := newSim(t)
			l := newLink(t, s, "default")
			l.review(fullPhone)
			calls := len(l.calls)
			o := l.do("share", object{"values": object{tt.field: tt.value}})
			if tt.says == "" {
				if o["state"] != "done" {
					t.Fatalf("state %v, pane %v", o["state"], o["pane"])
				}
				path := append([]string{"identity"}, strings.Split(tt.field, ".")...)
				if got := text(sessionGet(t, s, l.publicToken()), path...); got != tt.returned {
					t.Errorf("returned %q, want %q", got, tt.returned)
				}
				return
			}
			if o["state"] != "review" || len(l.calls) != calls {
				t.Errorf("shared: %v", o)
			}
			if n := fieldNotice(t, o["pane"], tt.field); !strings.Contains(n, tt.says) {
				t.Errorf("notice %q, want %q", n, tt.says)
			}
			if text(o, "pane", "notice") == "" {
				t.Error("the pane says nothing")
			}
			// What was typed stays, and a correction goes through.
			good := map[string]string{"name.first_name": "A", "name.last_name": "B", "address.street": "C", "address.region": "IN", "address.postal_code": "46001", "address.country": "US", "email": "a@b.co", "date_of_birth": "1980-01-01", "ssn": "111223333"}
			if o = l.do("share", object{"values": object{tt.field: good[tt.field]}}); o["state"] != "done" {
				t.Errorf("after the correction: %v", o)
			}
		})
	}
}

// What Plaid holds is shared as it is, even where it would not be taken from
// the user.
func TestHeldValuesAreNotFoundWrong(t *testing.T) {
	s := newSim(t, func(c *Config) {
		for i := range c.Catalog.Personas {
			if c.Catalog.Personas[i].Phone.Reveal() == fullPhone {
				c.Catalog.Personas[i].Profile.Address.PostalCode = "4725"
			}
		}
	})
	l := newLink(t, s, "default")
	l.review(fullPhone)
	if o := l.do("share", object{"values": object{"address.postal_code": "4725", "email": "new@example.com"}}); o["state"] != "done" {
		t.Errorf("%v", o["pane"])
	}
}

func TestSSNCountsAsEditedOnlyWhenItDiffers(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", object{"values": object{"ssn": "123456789", "date_of_birth": "1975-01-19"}})
	o := sessionGet(t, s, l.publicToken())
	for _, path := range [][]string{{"official_document", "ssn"}, {"date_of_birth"}} {
		if got := edits(o, path...); got != [5]int{1, 1, 1, 1, 1} {
			t.Errorf("%v: %v", path, got)
		}
	}
	if text(o, "identity", "ssn") != "123456789" || text(o, "identity", "ssn_last_4") != "6789" {
		t.Errorf("identity %v", o["identity"])
	}
}

func TestOptionalFieldThatIsNotHeld(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "ssn-optional")
	p := l.review("515-555-0016")["pane"]
	fields := at(p, "fields").([]any)
	ssn := fields[len(fields)-1]
	if text(ssn, "key") != "ssn" || text(ssn, "value") != "" || at(ssn, "required") != false || at(ssn, "private") != true {
		t.Errorf("ssn in review: %v", ssn)
	}
	l.do("share", nil)
	o := sessionGet(t, s, l.publicToken())
	for _, key := range []string{"ssn", "ssn_last_4"} {
		if v, there := at(o, "identity").(object)[key]; !there || v != nil {
			t.Errorf("%s = %v, there %v", key, v, there)
		}
	}

	// Filled in, it is an edit.
	l = newLink(t, s, "ssn-optional")
	l.review("515-555-0016")
	l.do("share", object{"values": object{"ssn": "123456789"}})
	o = sessionGet(t, s, l.publicToken())
	if text(o, "identity", "ssn") != "123456789" || edits(o, "official_document", "ssn")[0] != 1 {
		t.Errorf("%v", o)
	}

	// An optional address is all or nothing.
	l = newLink(t, s, "address-optional")
	l.review("515-555-0017")
	o = l.do("share", object{"values": object{"address.street": "1 New Street"}})
	if o["state"] != "review" || fieldNotice(t, o["pane"], "address.city") == "" || fieldNotice(t, o["pane"], "address.street2") != "" {
		t.Errorf("half an address: %v", o)
	}
	if o = l.do("share", object{"values": object{"address.street": ""}}); o["state"] != "done" {
		t.Errorf("no address: %v", o)
	}
	if o = sessionGet(t, s, l.publicToken()); at(o, "identity", "address") != nil {
		t.Errorf("address %v", at(o, "identity", "address"))
	}
}

func TestSkippedFields(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "accounts-optional") // asks for no email
	p := l.review(fullPhone)["pane"]
	for _, f := range at(p, "fields").([]any) {
		if text(f, "key") == "email" {
			t.Error("email is shown")
		}
	}
	l.do("share", nil)
	if o := sessionGet(t, s, l.publicToken()); at(o, "identity", "email") != nil {
		t.Errorf("email %v", at(o, "identity", "email"))
	}
}

func TestMaskedSSN(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "ssn-masked")
	l.review(fullPhone)
	l.do("share", nil)
	o := sessionGet(t, s, l.publicToken())
	if at(o, "identity", "ssn") != nil || text(o, "identity", "ssn_last_4") != "4320" {
		t.Errorf("identity %v", o["identity"])
	}
}

func TestAccountsRules(t *testing.T) {
	ids := func(pane any) (all [][]string) {
		for _, b := range at(pane, "banks").([]any) {
			var bank []string
			for _, a := range at(b, "accounts").([]any) {
				bank = append(bank, text(a, "id"))
			}
			all = append(all, bank)
		}
		return all
	}
	none := []string{}
	tests := []struct {
		rule  string
		pick  func(all [][]string) any
		state string
		items int // with how many accounts each
		each  int
	}{
		{"accounts-required", func([][]string) any { return nil }, "done", 1, 2}, // the first bank is preselected
		{"accounts-required", func([][]string) any { return none }, "review", 0, 0},
		{"accounts-required", func(all [][]string) any { return all[1][:1] }, "done", 1, 1},
		{"accounts-optional", func([][]string) any { return none }, "done", 0, 0},
		{"accounts-optional", func(all [][]string) any { return append(all[0][:1:1], all[1][1]) }, "done", 2, 1},
		{"accounts-skip", func([][]string) any { return none }, "done", 0, 0},
		{"accounts-skip", func([][]string) any { return nil }, "done", 0, 0},
	}
	for _, tt := range tests {
		s := newSim(t)
		l := newLink(t, s, tt.rule)
		p := l.review(fullPhone)["pane"]
		all := ids(p)
		if want := map[bool]int{true: 0, false: 2}[tt.rule == "accounts-skip"]; len(all) != want {
			t.Errorf("%s: %d banks shown", tt.rule, len(all))
		}
		if want := strings.TrimPrefix(tt.rule, "accounts-"); text(p, "accounts_rule") != want {
			t.Errorf("rule %v", at(p, "accounts_rule"))
		}
		picked := tt.pick(all)
		body := object{}
		if picked != nil {
			body["accounts"] = picked
		}
		o := l.do("share", body)
		if o["state"] != tt.state {
			t.Errorf("%s %v: state %v", tt.rule, picked, o["state"])
			continue
		}
		if tt.state == "review" {
			if text(o, "pane", "notice") == "" {
				t.Error("no notice")
			}
			continue
		}
		account := sessionGet(t, s, l.publicToken())
		items := account["items"].([]any)
		if len(items) != tt.items {
			t.Errorf("%s %v: %d items, want %d", tt.rule, picked, len(items), tt.items)
		}
		meta := l.calls[len(l.calls)-1]["metadata"]
		if n := len(at(meta, "accounts").([]any)); n != tt.items*tt.each {
			t.Errorf("onSuccess names %d accounts", n)
		}
		if (at(meta, "institution") == nil) != (tt.items == 0) {
			t.Errorf("institution %v", at(meta, "institution"))
		}
		for _, i := range items {
			status, o := post(t, s, "/accounts/get", with(object{"access_token": text(i, "access_token")}))
			if status != 200 || len(o["accounts"].([]any)) != tt.each || text(o, "item", "item_id") != text(i, "item_id") {
				t.Errorf("accounts/get: %d %v", status, o)
			}
		}
	}
}

// What is offered in review is never written into the catalogue.
func TestCatalogStaysAsItIs(t *testing.T) {
	s := newSim(t)
	before, _ := s.cfg.Catalog.PersonaByPhone(flow.NewPhoneNumber(fullPhone))
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", object{"values": object{"name.first_name": "X"}, "accounts": []string{}})
	after, _ := s.cfg.Catalog.PersonaByPhone(flow.NewPhoneNumber(fullPhone))
	if before.Profile != after.Profile || len(before.Edits) != len(after.Edits) || !after.Profile.Has(fixtures.FieldName) {
		t.Error("the persona changed")
	}
}
