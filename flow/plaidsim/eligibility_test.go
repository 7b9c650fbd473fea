package plaidsim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"layersim/fixtures"
	"layersim/flow"
)

// What the ten documented Sandbox numbers hold (Plaid docs: Layer, testing in
// Sandbox), written down apart from the fixtures.
var documented = map[string]struct {
	lacks    []fixtures.Field
	banks    int
	accounts int // 0: not documented
}{
	"+14155550000": {lacks: fixtures.Fields()},
	"+14155550011": {banks: 2},
	"+14155550012": {lacks: fixtures.Fields(), banks: 3},
	"+14155550015": {banks: 1},
	"+15155550013": {lacks: []fixtures.Field{fixtures.FieldEmail}, banks: 1},
	"+15155550015": {lacks: []fixtures.Field{fixtures.FieldDateOfBirth}, banks: 1},
	"+15155550016": {lacks: []fixtures.Field{fixtures.FieldSSN}, banks: 1},
	"+15155550017": {lacks: []fixtures.Field{fixtures.FieldAddress}, banks: 1},
	"+15155550018": {lacks: []fixtures.Field{fixtures.FieldName}, banks: 1},
	"+15155550019": {banks: 1, accounts: 1},
}

// birthdays that an app submits, and none.
var birthdays = []string{"1975-01-18", "1980-02-29", ""}

// templatesOfEveryKind are all choices of required, optional and skipped fields
// with each rule for accounts.
func templatesOfEveryKind() (all []fixtures.Template) {
	requirements := []fixtures.Requirement{fixtures.Required, fixtures.Optional, fixtures.Skip}
	fields := fixtures.Fields()
	for n := range 243 { // 3 to the power of 5 fields
		for _, rule := range []fixtures.Rule{fixtures.AccountsRequired, fixtures.AccountsOptional, fixtures.AccountsSkip} {
			t := fixtures.Template{
				ID: fmt.Sprintf("template_%d%s", n, rule), Accounts: rule, Fields: map[fixtures.Field]fixtures.Requirement{}, Products: fixtures.Products(),
			}
			for i, rest := 0, n; i < len(fields); i, rest = i+1, rest/3 {
				t.Fields[fields[i]] = requirements[rest%3]
			}
			all = append(all, t)
		}
	}
	return all
}

// expected is what the app is told and why, from the documented table alone.
func expected(phone string, t fixtures.Template, birthday string) (events []string, why []string) {
	holds := documented[phone]
	lacks := func(fields []fixtures.Field, banks int) (missing []string) {
		for _, f := range fixtures.Fields() {
			if t.Fields[f] == fixtures.Required && slices.Contains(fields, f) {
				missing = append(missing, string(f))
			}
		}
		if t.Accounts == fixtures.AccountsRequired && banks == 0 {
			missing = append(missing, "a bank account")
		}
		return missing
	}
	missing := lacks(holds.lacks, holds.banks)
	if len(missing) == 0 && phone == "+14155550000" { // nothing at all is held
		missing = []string{"holds nothing"}
	}
	if len(missing) == 0 {
		return []string{"LAYER_READY"}, []string{"holds all"}
	}
	events = []string{"LAYER_NOT_AVAILABLE"}
	if birthday == "" {
		return events, missing
	}
	// Extended Autofill finds everything of a 515 number, identity but no bank of
	// 415-555-0000, and nothing of 415-555-0012.
	switch {
	case birthday != "1975-01-18" || phone == "+14155550012":
		return append(events, "LAYER_AUTOFILL_NOT_AVAILABLE"), []string{"nothing is found with this date of birth"}
	case phone == "+14155550000":
		missing = lacks(nil, 0)
	default:
		missing = nil
	}
	if len(missing) > 0 {
		return append(events, "LAYER_AUTOFILL_NOT_AVAILABLE"), missing
	}
	return append(events, "LAYER_READY"), []string{"holds all"}
}

// Every number against every template, with the right, a wrong and no date of
// birth; each verdict has its reason.
func TestEligibilityOfEverything(t *testing.T) {
	oneAtATime(t)
	c := catalog(t)
	w := world{now: start, ids: newIDs(1), catalog: c}
	count := 0
	for phone, holds := range documented {
		p, ok := c.PersonaByPhone(flow.NewPhoneNumber(phone))
		if !ok {
			t.Errorf("no persona for %s", phone)
			continue
		}
		if holds.accounts > 0 && len(p.Banks[0].Accounts) != holds.accounts {
			t.Errorf("%s has %d accounts", phone, len(p.Banks[0].Accounts))
		}
		if len(p.Banks) != holds.banks {
			t.Errorf("%s has %d banks", phone, len(p.Banks))
		}
		for _, template := range templatesOfEveryKind() {
			for _, birthday := range birthdays {
				var events []string
				after := session{State: stateCreated, Template: &template, TokenExpires: start.Add(1)}
				for _, a := range []action{{Verb: "submit", Phone: phone}, {Verb: "submit", DateOfBirth: birthday}} {
					var out outcome
					if after, out = step(after, a, w); out.Refused == "" {
						for _, e := range out.Callbacks {
							events = append(events, e.Name)
						}
					}
				}
				want, why := expected(phone, template, birthday)
				if !slices.Equal(events, want) || slices.ContainsFunc(why, func(part string) bool { return !strings.Contains(after.Why, part) }) {
					t.Errorf("%s, %v, accounts %s, born %q: %q because %q; want %q because of %q",
						phone, template.Fields, template.Accounts, birthday, events, after.Why, want, why)
				}
				count++
			}
		}
	}
	if count != 10*243*3*3 {
		t.Errorf("%d cases", count)
	}
}

// Numbers outside +1 are never eligible, though a persona has one.
func TestNumbersElsewhereAreNeverEligible(t *testing.T) {
	c := catalog(t)
	everything, _ := c.Persona("two-banks")
	phones := []string{"+447700900123", "+33612345678", "+525512345678", "+61491570156"}
	for _, phone := range phones {
		p := everything
		p.Phone = flow.NewPhoneNumber(phone)
		c.Personas = append(c.Personas, p)
	}
	s := newSim(t, func(cfg *Config) { cfg.Catalog = c })
	for _, template := range c.Templates {
		for _, phone := range phones {
			l := newLink(t, s, template.ID)
			o := l.submit(phone)
			same(t, l.names(), []string{"LAYER_NOT_AVAILABLE"})
			if !strings.Contains(text(o, "why"), "country code +1 only") {
				t.Errorf("%s: why %q", phone, o["why"])
			}
			l.do("submit", object{"date_of_birth": "1975-01-18"})
			same(t, l.names()[1:], []string{"LAYER_AUTOFILL_NOT_AVAILABLE"})
			if status, _, header := postRaw(t, s, pathNetworkStatus, with(object{"template_id": template.ID, "user": object{"phone_number": phone}})); status != 200 || !strings.Contains(header.Get(Notice), "+1 only") {
				t.Errorf("%s: %d %q", phone, status, header.Get(Notice))
			}
		}
	}
}

// Asking for less never turns READY into NOT_AVAILABLE: through Link and the
// API, for people who have this and not that.
func TestRelaxingATemplateNeverTakesReadyAway(t *testing.T) {
	oneAtATime(t)
	base := catalog(t)
	weaker := map[fixtures.Requirement][]fixtures.Requirement{
		fixtures.Required: {fixtures.Optional, fixtures.Skip}, fixtures.Optional: {fixtures.Skip}, fixtures.Skip: {fixtures.Skip},
	}
	weakerRule := map[fixtures.Rule][]fixtures.Rule{
		fixtures.AccountsRequired: {fixtures.AccountsOptional, fixtures.AccountsSkip}, fixtures.AccountsOptional: {fixtures.AccountsSkip}, fixtures.AccountsSkip: {fixtures.AccountsSkip},
	}
	all := templatesOfEveryKind()
	full, _ := base.Persona("two-banks")
	rapid.Check(t, func(rt *rapid.T) {
		bits := rapid.IntRange(0, 63)
		person := func(name string) (fixtures.Profile, []fixtures.Bank) {
			has := bits.Draw(rt, name)
			profile, banks := full.Profile, full.Banks
			for i, drop := range []func(){
				func() { profile.FirstName, profile.LastName = "", "" }, func() { profile.Address = flow.Address{} }, func() { profile.Email = "" },
				func() { profile.DateOfBirth = "" }, func() { profile.SSN = "" }, func() { banks = nil },
			} {
				if has&(1<<i) == 0 {
					drop()
				}
			}
			return profile, banks
		}
		p := fixtures.Persona{Name: "p", Phone: flow.NewPhoneNumber(fullPhone)}
		p.Profile, p.Banks = person("holds")
		if rapid.Bool().Draw(rt, "autofill") {
			p.Autofill = &fixtures.Autofill{DateOfBirth: "1975-01-18"}
			p.Autofill.Profile, p.Autofill.Banks = person("finds")
		}
		strict := rapid.SampledFrom(all).Draw(rt, "template")
		relaxed := strict
		relaxed.ID, relaxed.Fields = "template_relaxed", maps.Clone(strict.Fields)
		if part := rapid.IntRange(0, 5).Draw(rt, "part"); part == 5 {
			relaxed.Accounts = rapid.SampledFrom(weakerRule[strict.Accounts]).Draw(rt, "rule")
		} else {
			f := fixtures.Fields()[part]
			relaxed.Fields[f] = rapid.SampledFrom(weaker[strict.Fields[f]]).Draw(rt, "requirement")
		}
		s := newSim(t, func(cfg *Config) {
			cfg.Catalog = &fixtures.Catalog{Personas: []fixtures.Persona{p}, Templates: []fixtures.Template{strict, relaxed}}
		})
		// How far from ready: 0 with the phone, 1 with the date of birth, 2 never.
		distance := func(template string) int {
			o := got(t, s, pathNetworkStatus, object{"template_id": template, "user": object{"phone_number": fullPhone}})
			l := newLink(t, s, template)
			ready := l.submit(fullPhone)["state"] == "eligible"
			if at(o, "layer", "eligible") != ready {
				rt.Fatalf("the API says %v, Link %v", o, ready)
			}
			why := text(l.last, "why")
			switch {
			case why == "":
				rt.Fatalf("no reason")
			case ready:
				return 0
			case l.do("submit", object{"date_of_birth": "1975-01-18"})["state"] == "eligible":
				return 1
			}
			return 2
		}
		if before, after := distance(strict.ID), distance(relaxed.ID); after > before {
			rt.Fatalf("from %d to %d by relaxing %v, accounts %s to %v, accounts %s", before, after, strict.Fields, strict.Accounts, relaxed.Fields, relaxed.Accounts)
		}
	})
}

// The same verdicts reach the app through Link, for every template there is.
func TestEligibilityThroughLink(t *testing.T) {
	s := newSim(t)
	for phone, holds := range documented {
		for _, template := range s.cfg.Catalog.Templates {
			t.Run(fmt.Sprint(phone, " ", template.Name), func(t *testing.T) {
				var missing []string
				for _, f := range holds.lacks {
					if template.Fields[f] == fixtures.Required {
						missing = append(missing, string(f))
					}
				}
				if template.Accounts == fixtures.AccountsRequired && holds.banks == 0 {
					missing = append(missing, "account")
				}
				l := newLink(t, s, template.ID)
				o := l.submit(phone)
				if len(missing) == 0 && phone != "+14155550000" {
					same(t, l.names(), []string{"LAYER_READY"})
					return
				}
				same(t, l.names(), []string{"LAYER_NOT_AVAILABLE"})
				for _, m := range missing {
					if !strings.Contains(text(o, "why"), m) {
						t.Errorf("why %q does not name %s", o["why"], m)
					}
				}
				// The date of birth helps everybody but 415-555-0012, and
				// 415-555-0000 only where no account is required.
				l.do("submit", object{"date_of_birth": "1975-01-18"})
				want := "LAYER_READY"
				if phone == "+14155550012" || phone == "+14155550000" && template.Accounts == fixtures.AccountsRequired {
					want = "LAYER_AUTOFILL_NOT_AVAILABLE"
				}
				same(t, l.names()[1:], []string{want})
			})
		}
	}
}
