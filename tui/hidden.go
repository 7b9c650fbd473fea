package tui

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/tui/pane"
)

// What is left of States and events when everything personal is taken out. The
// shape stays: what was empty stays empty, and what differs stays apart.

// hiddenState returns s without personal values. Those of a masked type stay:
// they print as their mask.
func hiddenState(s flow.State) flow.State {
	s.Config.ClientUserID = pane.MaskedText(s.Config.ClientUserID)
	s.Account = hiddenAccount(s.Account)
	s.Link.Pane = hiddenPane(s.Link.Pane)
	s.Pending = slices.Clone(s.Pending)
	for i, q := range s.Pending {
		s.Pending[i] = hiddenQuestion(q)
	}
	s.FailedCall = hiddenQuestion(s.FailedCall)
	return s
}

func hiddenQuestion(q flow.Question) flow.Question {
	if q, ok := q.(flow.GetAccounts); ok {
		q.ItemID = pane.MaskedText(q.ItemID)
		return q
	}
	return q
}

func hiddenAccount(u flow.UserAccount) flow.UserAccount {
	id, hide := &u.Identity, pane.MaskedText
	id.FirstName, id.LastName, id.Email = hide(id.FirstName), hide(id.LastName), hide(id.Email)
	a := &id.Address
	a.Street, a.Street2, a.City, a.Region, a.PostalCode, a.Country = hide(a.Street), hide(a.Street2), hide(a.City), hide(a.Region), hide(a.PostalCode), hide(a.Country)
	id.PhoneNumber = flow.NewPhoneNumber(id.PhoneNumber.String())
	id.DateOfBirth = flow.NewDateOfBirth(id.DateOfBirth.String())
	id.SSN = flow.NewSSN(id.SSN.String())
	id.SSNLast4 = hide(id.SSNLast4)
	u.Items = slices.Clone(u.Items)
	for i := range u.Items {
		it := &u.Items[i]
		it.ItemID = hiddenItem(it.ItemID, i)
		it.Accounts = hiddenAccounts(it.Accounts)
	}
	return u
}

// hiddenItem hides the id of an Item and tells it from the others.
func hiddenItem(id string, i int) string {
	if id == "" {
		return ""
	}
	return fmt.Sprintf("••••••• (Item %d)", i+1)
}

func hiddenAccounts(accounts []flow.Account) []flow.Account {
	accounts = slices.Clone(accounts)
	for i := range accounts {
		a := &accounts[i]
		a.AccountID, a.Mask = pane.MaskedText(a.AccountID), pane.MaskedText(a.Mask)
		a.Available, a.Current = hiddenAmount(a.Available), hiddenAmount(a.Current)
	}
	return accounts
}

// hiddenAmount is no number, which is drawn as a mask.
func hiddenAmount(amount *float64) *float64 {
	if amount == nil {
		return nil
	}
	none := math.NaN()
	return &none
}

func hiddenPane(p flow.Pane) flow.Pane {
	p.Fields = slices.Clone(p.Fields)
	for i := range p.Fields {
		f := &p.Fields[i]
		f.Value, f.Private = flow.NewPaneValue(pane.MaskedText(f.Value.Reveal())), true
	}
	p.Banks = slices.Clone(p.Banks)
	for i := range p.Banks {
		b := &p.Banks[i]
		b.Accounts = slices.Clone(b.Accounts)
		for k := range b.Accounts {
			b.Accounts[k].Mask = pane.MaskedText(b.Accounts[k].Mask)
		}
	}
	return p
}

// hiddenEvent returns an event without personal values.
func hiddenEvent(e flow.Event) flow.Event {
	switch e := e.(type) {
	case flow.OnEvent:
		e.Metadata.Raw = hiddenJSON(e.Metadata.Raw)
		return e
	case flow.OnSuccess:
		e.Metadata.Raw = hiddenJSON(e.Metadata.Raw)
		return e
	case flow.OnExit:
		e.Metadata.Raw = hiddenJSON(e.Metadata.Raw)
		return e
	case flow.UserAccountFetched:
		e.Account = hiddenAccount(e.Account)
		return e
	case flow.AccountsFetched:
		e.Accounts = hiddenAccounts(e.Accounts)
		return e
	case flow.PaneShown:
		e.Pane = hiddenPane(e.Pane)
		return e
	case flow.ExchangeRecorded:
		e.Exchange.RequestBody = hiddenJSON(e.Exchange.RequestBody)
		e.Exchange.ResponseBody = hiddenJSON(e.Exchange.ResponseBody)
		return e
	}
	return e
}

// hiddenJSON masks what is personal by its key in JSON; a text that is none is
// not shown at all.
func hiddenJSON(text string) string {
	if strings.TrimSpace(text) == "" {
		return text
	}
	shown, err := flow.Redaction{Indent: true, Member: hiddenMember}.JSON([]byte(text))
	if err != nil && !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return "(not shown: private, and no JSON)"
	}
	return shown
}

// hiddenMember masks the personal values of Plaid's bodies and of metadata by
// their keys.
func hiddenMember(key, value string) (string, bool) {
	switch strings.ToLower(key) {
	case "first_name", "last_name", "middle_name", "full_name", "given_name", "family_name", "legal_name",
		"address", "street", "street2", "street_2", "city", "region", "postal_code", "country",
		"email", "email_address", "emails", "date_of_birth", "ssn", "ssn_last_4", "ssn_last4",
		"mask", "available", "current", "limit", "balance", "item_id", "account_id", "persistent_account_id", "client_user_id":
		return "••••", value != "" || key == "address"
	}
	return "", false
}

// valuesOf lists the personal values of an identity and its Items.
func valuesOf(u flow.UserAccount) []string {
	id := u.Identity
	list := append(valuesOfAddress(id.Address), id.FirstName, id.LastName, id.Email, id.SSN.Reveal())
	list = append(append(list, phoneForms(id.PhoneNumber.Reveal())...), dateForms(id.DateOfBirth.Reveal())...)
	for _, it := range u.Items {
		list = append(list, it.ItemID)
	}
	return list
}

func valuesOfAddress(a flow.Address) []string {
	return []string{a.Street, a.Street2, a.City, a.Region, a.PostalCode}
}

// valuesOfPersona lists what Plaid would tell of a persona.
func valuesOfPersona(p fixtures.Persona) []string {
	profiles := []fixtures.Profile{p.Profile, p.Owner}
	if p.Autofill != nil {
		profiles = append(profiles, p.Autofill.Profile)
	}
	var list []string
	for _, f := range profiles {
		list = append(append(list, valuesOfAddress(f.Address)...), f.FirstName, f.LastName, f.Email, f.SSN)
		list = append(list, dateForms(f.DateOfBirth)...)
	}
	if p.Autofill != nil {
		list = append(list, dateForms(p.Autofill.DateOfBirth)...)
	}
	return append(list, phoneForms(p.Phone.Reveal())...)
}

// phoneForms lists the ways in which a phone number may be written.
func phoneForms(number string) []string {
	list := []string{number}
	if phone, err := flow.ParsePhoneNumber(number); err == nil {
		number = phone.Reveal()
		list = append(list, number, strings.TrimPrefix(number, "+"))
	}
	if d := strings.TrimPrefix(number, "+1"); len(d) == 10 && d != number {
		list = append(list, d, d[:3]+"-"+d[3:6]+"-"+d[6:], "("+d[:3]+") "+d[3:6]+"-"+d[6:])
	}
	return list
}

// dateForms lists the ways in which a date may be written.
func dateForms(date string) []string {
	list := []string{date}
	if p := strings.Split(date, "-"); len(p) == 3 {
		list = append(list, p[1]+"/"+p[2]+"/"+p[0])
	}
	return list
}
