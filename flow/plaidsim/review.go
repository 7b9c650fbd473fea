package plaidsim

import (
	"layersim/fixtures"
)

// field is one editable value of the review pane.
type field struct {
	Key      string
	Label    string
	Of       fixtures.Field // the top-level field it belongs to
	Shown    string         // as Plaid holds it
	Value    string         // as it stands now
	Private  bool
	Required bool
	Notice   string
}

// bank is an institution in the review pane.
type bank struct {
	fixtures.Bank
	Accounts []account
	Added    bool // by the user, in Link
}

// account is an account in the review pane; its id is the account_id that the
// API uses later.
type account struct {
	fixtures.Account
	ID       string
	Selected bool
}

// Keys of the review pane's fields.
const (
	keyFirstName  = "name.first_name"
	keyLastName   = "name.last_name"
	keyStreet     = "address.street"
	keyStreet2    = "address.street2"
	keyCity       = "address.city"
	keyRegion     = "address.region"
	keyPostalCode = "address.postal_code"
	keyCountry    = "address.country"
	keyEmail      = "email"
	keyBirth      = "date_of_birth"
	keySSN        = "ssn"
)

// reviewFields lists what the review pane shows: what the template asks for,
// prefilled with what Plaid holds. Optional values that it does not hold are
// shown empty; skipped fields are not shown.
func reviewFields(t fixtures.Template, p fixtures.Profile) []field {
	all := []field{
		{Key: keyFirstName, Label: "First name", Of: fixtures.FieldName, Shown: p.FirstName},
		{Key: keyLastName, Label: "Last name", Of: fixtures.FieldName, Shown: p.LastName},
		{Key: keyStreet, Label: "Street", Of: fixtures.FieldAddress, Shown: p.Address.Street},
		{Key: keyStreet2, Label: "Apartment or unit", Of: fixtures.FieldAddress, Shown: p.Address.Street2},
		{Key: keyCity, Label: "City", Of: fixtures.FieldAddress, Shown: p.Address.City},
		{Key: keyRegion, Label: "State", Of: fixtures.FieldAddress, Shown: p.Address.Region},
		{Key: keyPostalCode, Label: "ZIP code", Of: fixtures.FieldAddress, Shown: p.Address.PostalCode},
		{Key: keyCountry, Label: "Country", Of: fixtures.FieldAddress, Shown: p.Address.Country},
		{Key: keyEmail, Label: "Email", Of: fixtures.FieldEmail, Shown: p.Email},
		{Key: keyBirth, Label: "Date of birth", Of: fixtures.FieldDateOfBirth, Shown: p.DateOfBirth, Private: true},
		{Key: keySSN, Label: "Social Security number", Of: fixtures.FieldSSN, Shown: p.SSN, Private: true},
	}
	shown := make([]field, 0, len(all))
	for _, f := range all {
		requirement := t.Fields[f.Of]
		if requirement != fixtures.Required && requirement != fixtures.Optional {
			continue
		}
		f.Value = f.Shown
		f.Required = requirement == fixtures.Required && f.Key != keyStreet2
		shown = append(shown, f)
	}
	return shown
}

// reviewBanks lists the accounts to choose from. UNCONFIRMED: which of them
// are selected at first; here all accounts of the first bank.
func reviewBanks(t fixtures.Template, held []fixtures.Bank, g *ids) []bank {
	if t.Accounts == fixtures.AccountsSkip {
		return nil
	}
	var banks []bank
	for _, h := range held {
		if len(h.Accounts) == 0 {
			continue
		}
		b := bank{Bank: h}
		for _, a := range h.Accounts {
			b.Accounts = append(b.Accounts, account{a, g.objectID(), len(banks) == 0})
		}
		banks = append(banks, b)
	}
	return banks
}
