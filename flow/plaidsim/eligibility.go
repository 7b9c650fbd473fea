package plaidsim

import (
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
)

// Verdict says whether a user is eligible for Layer, and why (not).
type Verdict struct {
	Eligible bool
	Why      string
}

// Eligibility judges what Plaid holds of a person by what a template requires:
// a user is eligible when Plaid holds every required datum (Plaid docs: Layer
// overview). It is a pure function.
//
// UNCONFIRMED: somebody of whom Plaid holds nothing at all is not eligible even
// for a template that requires nothing; there would be nothing to share.
func Eligibility(t fixtures.Template, p fixtures.Profile, banks []fixtures.Bank) Verdict {
	var missing []string
	for _, f := range fixtures.Fields() {
		if !p.Has(f) && t.Fields[f] == fixtures.Required {
			missing = append(missing, string(f))
		}
	}
	if t.Accounts == fixtures.AccountsRequired && !hasAccounts(banks) {
		missing = append(missing, "a bank account")
	}
	switch {
	case len(missing) > 0:
		return Verdict{Why: "template requires " + list(missing) + "; persona has none"}
	case !holdsAny(p, banks):
		return Verdict{Why: "Plaid holds nothing for this person"}
	}
	return Verdict{Eligible: true, Why: "Plaid holds all that the template requires"}
}

// PhoneEligibility is Eligibility for whoever is behind a phone number, nil for
// nobody that Plaid knows. Layer serves country code +1 only (Plaid docs: Layer
// overview).
func PhoneEligibility(t fixtures.Template, phone flow.PhoneNumber, p *fixtures.Persona) Verdict {
	switch {
	case !flow.IsNorthAmerican(phone):
		return Verdict{Why: "Layer serves numbers with country code +1 only"}
	case p == nil:
		return Verdict{Why: "Plaid knows nobody with this phone number"}
	}
	return Eligibility(t, p.Profile, p.Banks)
}

// AutofillEligibility is Eligibility for what Extended Autofill finds of a
// person with a date of birth, nil for nobody that Plaid knows. The same template
// rules hold (Plaid docs: Layer, Extended Autofill). UNCONFIRMED: that a phone
// number that Plaid does not know stays ineligible even with the Sandbox date
// 1975-01-18.
func AutofillEligibility(t fixtures.Template, p *fixtures.Persona, dateOfBirth string) Verdict {
	if p == nil || p.Autofill == nil || p.Autofill.DateOfBirth != dateOfBirth {
		return Verdict{Why: "nothing is found with this date of birth"}
	}
	return Eligibility(t, p.Autofill.Profile, p.Autofill.Banks)
}

func holdsAny(p fixtures.Profile, banks []fixtures.Bank) bool {
	return hasAccounts(banks) || slices.ContainsFunc(fixtures.Fields(), p.Has)
}

func hasAccounts(banks []fixtures.Bank) bool {
	for _, b := range banks {
		if len(b.Accounts) > 0 {
			return true
		}
	}
	return false
}

// list joins words: "a", "a and b", "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
