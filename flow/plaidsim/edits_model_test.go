package plaidsim

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"layersim/fixtures"
	"layersim/flow"
)

// editModel says what /user_account/session/get must count, written from the
// documentation only: each top-level field has the edits of this session, of the
// last 1, 30 and 365 days, and of all time (Plaid OpenAPI:
// UserAccountIdentityEditHistory). One log for each person, one entry for each
// field of each session in which anything of it was changed.
type editModel struct {
	log     map[string][]loggedEdit // by phone
	session map[string]map[string]bool
	phone   map[string]string // of a public_token
	until   map[string]time.Time
}

type loggedEdit struct {
	field string
	at    time.Time
}

func (m *editModel) counts(token, field string, now time.Time) (want [5]int) {
	if m.session[token][field] {
		want[0] = 1
	}
	for _, e := range m.log[m.phone[token]] {
		if e.field != field {
			continue
		}
		for i, days := range []int{1, 30, 365} {
			if !e.at.AddDate(0, 0, days).Before(now) {
				want[1+i]++
			}
		}
		want[4]++
	}
	return want
}

// fieldsOfReview maps the fields of the review pane to those of the history.
var fieldsOfReview = map[string]string{
	"name.first_name": "name", "name.last_name": "name", "address.street": "address", "address.street2": "address", "address.city": "address",
	"address.region": "address", "address.postal_code": "address", "email": "email", "date_of_birth": "date_of_birth", "ssn": "ssn",
}

// edits that a user makes: the same value however it is typed is none.
var typed = map[string][]struct {
	value  string
	edited bool
}{
	"name.first_name": {{"Maxine", false}, {"  Maxine ", false}, {"Maxime", true}, {"maxine", true}},
	"name.last_name":  {{"Madeup", false}, {"Byron", true}},
	"address.street":  {{"1 Imaginary Lane", false}, {"2 Imaginary Lane", true}},
	"address.street2": {{"", false}, {"Apt 2", true}},
	"address.city":    {{"Madison", false}, {"Hanover", true}},
	"address.region":  {{"IN", false}, {"Indiana", true}},
	"address.postal_code": {
		{"47250", false}, {"47251", true}, {"47250-1234", true},
	},
	"email":         {{"maxine@example.com", false}, {"max@example.com", true}, {"", true}}, // optional: it may be left out
	"date_of_birth": {{"1975-01-18", false}, {"01/18/1975", false}, {"1976-01-18", true}},
	"ssn":           {{"987654320", false}, {"987-65-4320", false}, {"987-65-4321", true}},
}

var jumps = []time.Duration{
	0, time.Nanosecond, time.Minute, 29 * time.Minute, 30 * time.Minute, 23 * time.Hour, day - time.Nanosecond, day, day + time.Nanosecond,
	29 * day, month - time.Nanosecond, month, month + time.Nanosecond, 200 * day, year - day, year, year + time.Nanosecond, 3 * year,
}

// Random people edit random things at random times: what is counted is what
// the model counts, in every session that can still be read.
func TestEditsAgainstAModel(t *testing.T) {
	oneAtATime(t)
	base := catalog(t)
	maxine, _ := base.Persona("two-banks")
	people := []string{"+14155550011", "+12125550101", "+12125550102"}
	base.Personas = nil
	for i, phone := range people {
		p := maxine
		p.Phone = flow.NewPhoneNumber(phone)
		p.Edits = nil
		for n := range 3 * i { // the first has no history, the others have one
			p.Edits = append(p.Edits, fixtures.Edit{Field: fixtures.Fields()[(n+i)%5], Ago: jumps[(5*n+i)%len(jumps)]})
		}
		base.Personas = append(base.Personas, p)
	}
	keys := make([]string, 0, len(typed))
	for _, f := range reviewFields(base.Templates[0], maxine.Profile) {
		if len(typed[f.Key]) > 0 {
			keys = append(keys, f.Key)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := newSim(t, func(c *Config) { c.Catalog = base })
		m := &editModel{map[string][]loggedEdit{}, map[string]map[string]bool{}, map[string]string{}, map[string]time.Time{}}
		for _, p := range base.Personas {
			for _, e := range p.Edits {
				m.log[p.Phone.Reveal()] = append(m.log[p.Phone.Reveal()], loggedEdit{string(e.Field), start.Add(-e.Ago)})
			}
		}
		now := start
		var tokens []string
		for range rapid.IntRange(1, 8).Draw(rt, "sessions") {
			phone := rapid.SampledFrom(people).Draw(rt, "person")
			l := newLink(t, s, "default")
			l.review(phone)
			// Mistakes and second thoughts before sharing count for nothing.
			if rapid.Bool().Draw(rt, "mistake") {
				if o := l.do("share", object{"values": object{"ssn": "1", "name.first_name": "Wrong"}}); o["state"] != "review" {
					rt.Fatalf("%v", o)
				}
			}
			values, edited := object{}, map[string]bool{}
			for _, key := range keys {
				if rapid.IntRange(0, 2).Draw(rt, key) > 0 {
					// What the mistake left behind is put right again.
					values[key] = typed[key][0].value
					continue
				}
				as := rapid.SampledFrom(typed[key]).Draw(rt, key+" as")
				values[key] = as.value
				if as.edited {
					edited[fieldsOfReview[key]] = true
				}
			}
			if rapid.IntRange(0, 4).Draw(rt, "leaves") == 0 {
				l.do("close", nil)
				continue
			}
			if o := l.do("share", object{"values": values, "accounts": []string{}}); o["state"] != "done" {
				rt.Fatalf("%v is not taken: %v", values, o)
			}
			token := l.publicToken()
			tokens = append(tokens, token)
			m.session[token], m.phone[token], m.until[token] = edited, phone, now.Add(30*time.Minute)
			for field := range edited {
				m.log[phone] = append(m.log[phone], loggedEdit{field, now})
			}
			checkEdits(rt, t, s, m, tokens, now)
			jump := rapid.SampledFrom(jumps).Draw(rt, "jump")
			s.Advance(jump)
			now = now.Add(jump)
			checkEdits(rt, t, s, m, tokens, now)
		}
	})
}

func checkEdits(rt *rapid.T, t *testing.T, s *Sim, m *editModel, tokens []string, now time.Time) {
	for _, token := range tokens {
		if !now.Before(m.until[token]) {
			continue
		}
		o := sessionGet(t, s, token)
		for field, path := range map[string][]string{
			"name": {"name"}, "address": {"address"}, "email": {"email"}, "date_of_birth": {"date_of_birth"}, "ssn": {"official_document", "ssn"},
		} {
			if got, want := edits(o, path...), m.counts(token, field, now); got != want {
				rt.Fatalf("%s: %v, want %v", field, got, want)
			}
		}
	}
}
