package plaidsim

import (
	"fmt"
	"slices"
	"strings"
	"testing"

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

// Every number against every choice of required and optional fields, and the
// three rules about accounts.
func TestEligibilityOfEveryPair(t *testing.T) {
	c := catalog(t)
	rules := []fixtures.Rule{fixtures.AccountsRequired, fixtures.AccountsOptional, fixtures.AccountsSkip}
	pairs := 0
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
		for bits := range 1 << len(fixtures.Fields()) {
			for _, rule := range rules {
				template := fixtures.Template{Accounts: rule, Fields: map[fixtures.Field]fixtures.Requirement{}}
				var missing []string
				for i, f := range fixtures.Fields() {
					template.Fields[f] = fixtures.Optional
					if bits&(1<<i) != 0 {
						template.Fields[f] = fixtures.Required
						if slices.Contains(holds.lacks, f) {
							missing = append(missing, string(f))
						}
					}
				}
				if rule == fixtures.AccountsRequired && holds.banks == 0 {
					missing = append(missing, "a bank account")
				}
				want := Verdict{Eligible: true, Why: "Plaid holds all that the template requires"}
				switch {
				case len(missing) > 0:
					want = Verdict{Why: "template requires " + list(missing) + "; persona has none"}
				case phone == "+14155550000":
					want = Verdict{Why: "Plaid holds nothing for this person"}
				}
				if got := Eligibility(template, p.Profile, p.Banks); got != want {
					t.Errorf("%s, fields %05b, accounts %s: %+v, want %+v", phone, bits, rule, got, want)
				}
				pairs++
			}
		}
	}
	if pairs != 10*32*3 {
		t.Errorf("%d pairs", pairs)
	}
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
