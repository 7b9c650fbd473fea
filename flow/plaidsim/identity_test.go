package plaidsim

import (
	"encoding/json"
	"testing"

	"layersim/fixtures"
)

// What the bank knows is not what the user makes of it in Link.
func TestIdentityGet(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	l.review("+14155550015")
	l.do("share", object{"values": object{"name.first_name": "Lesley"}})
	o := got(t, s, pathIdentityGet, object{"access_token": text(sessionGet(t, s, l.publicToken())["items"].([]any)[0], "access_token")})
	accounts := o["accounts"].([]any)
	if len(accounts) != 2 {
		t.Fatalf("%v", o)
	}
	var want any
	_ = json.Unmarshal([]byte(`[{
		"names": ["Leslie Knope"],
		"phone_numbers": [{"data": "4155550015", "primary": true, "type": "mobile"}],
		"emails": [{"data": "leslie@knope.com", "primary": true, "type": "primary"}],
		"addresses": [{"data": {"street": "123 Main St., Apt 12", "city": "Pawnee", "region": "Indiana", "postal_code": "46001", "country": "US"}, "primary": true}]
	}]`), &want)
	for _, a := range accounts {
		if got, want := encode(at(a, "owners")), encode(want); string(got) != string(want) {
			t.Errorf("owners %s\nwant   %s", got, want)
		}
		if at(a, "balances", "current") == nil {
			t.Error("no balance")
		}
	}
}

// Banks know their customers though Plaid holds no identity of them.
func TestEveryBankKnowsItsOwner(t *testing.T) {
	for _, p := range catalog(t).Personas {
		if !p.Owner.Has(fixtures.FieldName) {
			t.Errorf("nobody owns the accounts of %s", p.Name)
		}
	}
	c := catalog(t)
	c.Templates = append(c.Templates, fixtures.Template{ID: "template_all", Accounts: fixtures.AccountsRequired, Products: fixtures.Products()})
	s := newSim(t, func(cfg *Config) { cfg.Catalog = c })
	l := newLink(t, s, "template_all")
	l.submit("+14155550012")
	for _, i := range l.shareAll("123456")["items"].([]any) {
		o := got(t, s, pathIdentityGet, object{"access_token": text(i, "access_token")})
		owner := at(at(o["accounts"].([]any)[0], "owners").([]any)[0])
		if names := at(owner, "names").([]any); len(names) != 1 || names[0] != "Bea Banked" {
			t.Errorf("%v", owner)
		}
		for _, none := range []string{"emails", "addresses"} {
			if list, ok := at(owner, none).([]any); !ok || len(list) != 0 {
				t.Errorf("%s: %v", none, owner)
			}
		}
	}
}

func TestIdentityMatch(t *testing.T) {
	s := newSim(t)
	i := shareItem(t, s) // Maxine Madeup, 1 Imaginary Lane, Madison, IN 47250, maxine@example.com
	null := any(nil)
	name := func(score int, firstOrLast, nickname, business bool) any {
		return object{"score": score, "is_first_name_or_last_name_match": firstOrLast, "is_nickname_match": nickname, "is_business_name_detected": business}
	}
	score := func(n int) any { return object{"score": n} }
	place := func(n int, postal bool) any { return object{"score": n, "is_postal_code_match": postal} }
	home := object{"street": "1 Imaginary Lane", "city": "Madison", "region": "IN", "postal_code": "47250", "country": "US"}
	tests := []struct {
		name string
		user object
		key  string
		want any
	}{
		{"nobody", nil, "legal_name", null},
		{"nothing", object{}, "address", null},
		{"null", object{"legal_name": nil, "address": nil}, "legal_name", null},
		{"the name", object{"legal_name": "Maxine Madeup"}, "legal_name", name(100, true, false, false)},
		{"written otherwise", object{"legal_name": " MADEUP,  maxine"}, "legal_name", name(100, false, false, false)},
		{"with a middle name", object{"legal_name": "Maxine Q. Madeup"}, "legal_name", name(90, true, false, false)},
		{"a nickname", object{"legal_name": "Max Madeup"}, "legal_name", name(80, true, true, false)},
		{"family", object{"legal_name": "Ada Madeup"}, "legal_name", name(30, true, false, false)},
		{"the first name only", object{"legal_name": "Maxine Smith"}, "legal_name", name(30, true, false, false)},
		{"half a name", object{"legal_name": "Maxine"}, "legal_name", name(30, true, false, false)},
		{"somebody else", object{"legal_name": "Ada Byron"}, "legal_name", name(0, false, false, false)},
		{"a firm", object{"legal_name": "Madeup LLC"}, "legal_name", name(0, false, false, true)},
		{"punctuation", object{"legal_name": "..."}, "legal_name", name(0, false, false, false)},
		{"the phone", object{"phone_number": fullPhone}, "phone_number", score(100)},
		{"the phone as typed", object{"phone_number": "(415) 555-0011"}, "phone_number", score(100)},
		{"another phone", object{"phone_number": "+14155550012"}, "phone_number", score(0)},
		{"no phone", object{"legal_name": "x"}, "phone_number", null},
		{"the email", object{"email_address": "Maxine@Example.com"}, "email_address", score(100)},
		{"the email with a tag", object{"email_address": "maxine+plaid@example.com"}, "email_address", score(85)},
		{"another email", object{"email_address": "max@example.com"}, "email_address", score(0)},
		{"the address", object{"address": home}, "address", place(100, true)},
		{"a longer postal code", object{"address": object{"street": "1 imaginary lane.", "postal_code": "47250-1234"}}, "address", place(100, true)},
		{"moved in town", object{"address": object{"street": "2 Other Road", "city": "Madison", "region": "IN", "postal_code": "47250", "country": "US"}}, "address", place(60, true)},
		{"elsewhere", object{"address": object{"street": "2 Other Road", "city": "Ames", "postal_code": "50010"}}, "address", place(0, false)},
		{"an address of nothing", object{"address": object{}}, "address", null},
	}
	for _, tt := range tests {
		body := object{"access_token": i.access}
		if tt.user != nil {
			body["user"] = tt.user
		}
		o := got(t, s, pathIdentityMatch, body)
		for _, a := range o["accounts"].([]any) {
			if got, want := string(encode(at(a, tt.key))), string(encode(tt.want)); got != want {
				t.Errorf("%s: %s %s, want %s", tt.name, tt.key, got, want)
			}
			if at(a, "balances", "current") != nil || at(a, "balances", "iso_currency_code") != nil {
				t.Errorf("%s: a balance: %v", tt.name, at(a, "balances"))
			}
		}
	}
	refused(t, s, pathIdentityMatch, object{"access_token": i.access, "user": object{"phone_number": "12"}},
		"INVALID_REQUEST", "INVALID_FIELD", "user.phone_number must be a valid phone number")
}
