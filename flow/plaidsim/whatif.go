package plaidsim

import (
	"layersim/fixtures"
	"layersim/flow"
)

// Prospect is what Layer would answer a persona under a template, without a
// Link session.
type Prospect struct {
	// Phone answers the phone number alone.
	Phone Verdict
	// Birth answers the date of birth that goes with the persona; nobody asks
	// for one, and it is zero, when the phone number was enough.
	Birth Verdict
	// MinItems and MaxItems are how many Items the user can share of the banks
	// that Plaid holds. Banks that the user adds in Link come on top. Both are 0
	// when the persona is not eligible.
	MinItems, MaxItems int
}

// Eligible reports whether the persona can be onboarded at all.
func (p Prospect) Eligible() bool { return p.Phone.Eligible || p.Birth.Eligible }

// WhatIf judges a persona by a template as a Link session would. It is a pure
// function; the template may be one that nobody has made.
func WhatIf(t fixtures.Template, p fixtures.Persona) Prospect {
	held := p.Banks
	prospect := Prospect{Phone: PhoneEligibility(t, p.Phone, &p)}
	if !prospect.Phone.Eligible {
		var date string
		held = nil
		if p.Autofill != nil {
			date, held = p.Autofill.DateOfBirth, p.Autofill.Banks
		}
		known := &p
		if !flow.IsNorthAmerican(p.Phone) {
			known = nil
		}
		prospect.Birth = AutofillEligibility(t, known, date)
	}
	if !prospect.Eligible() || t.Accounts == fixtures.AccountsSkip {
		return prospect
	}
	for _, b := range held {
		if len(b.Accounts) > 0 {
			prospect.MaxItems++
		}
	}
	if t.Accounts == fixtures.AccountsRequired {
		prospect.MinItems = 1
	}
	return prospect
}
