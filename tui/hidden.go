package tui

import (
	"fmt"
	"maps"
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
	switch q := q.(type) {
	case flow.GetAccounts:
		q.ItemID = pane.MaskedText(q.ItemID)
		return q
	case flow.DriveLink:
		q.Action = hiddenAction(q.Action)
		return q
	}
	return q
}

// hiddenAction hides what the user of Link entered and chose.
func hiddenAction(a flow.LinkAction) flow.LinkAction {
	a.Values, a.Accounts = maps.Clone(a.Values), slices.Clone(a.Accounts)
	for key, v := range a.Values {
		a.Values[key] = flow.NewPaneValue(pane.MaskedText(v.Reveal()))
	}
	for i := range a.Accounts {
		a.Accounts[i] = pane.MaskedText(a.Accounts[i])
	}
	return a
}

func hiddenAccount(u flow.UserAccount) flow.UserAccount {
	id, hide := &u.Identity, pane.MaskedText
	id.FirstName, id.LastName, id.Email = hide(id.FirstName), hide(id.LastName), hide(id.Email)
	a := &id.Address
	a.Street, a.Street2, a.City, a.Region, a.PostalCode, a.Country = hide(a.Street), hide(a.Street2), hide(a.City), hide(a.Region), hide(a.PostalCode), hide(a.Country)
	id.PhoneNumber = flow.NewPhoneNumber(id.PhoneNumber.String())
	id.DateOfBirth = flow.NewDateOfBirth(id.DateOfBirth.String())
	id.SSN = flow.NewSSN(id.SSN.String())
	id.SSNLast4, id.SSNLast4Guide = hide(id.SSNLast4), hide(id.SSNLast4Guide)
	u.Deviations = hiddenDeviations(u.Deviations)
	u.Items = slices.Clone(u.Items)
	for i := range u.Items {
		it := &u.Items[i]
		it.ItemID = hiddenItem(it.ItemID, i)
		it.Accounts, it.Deviations = hiddenAccounts(it.Accounts), hiddenDeviations(it.Deviations)
	}
	return u
}

// hiddenDeviations hides the values that the contract does not have; where they
// stand may stay.
func hiddenDeviations(d flow.Deviations) flow.Deviations {
	d.List = slices.Clone(d.List)
	for i := range d.List {
		d.List[i].Value = flow.NewForeignValue(d.List[i].Value.String())
	}
	return d
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
		a.AccountID, a.Name, a.Mask = pane.MaskedText(a.AccountID), pane.MaskedText(a.Name), pane.MaskedText(a.Mask)
		a.OfficialName = pane.MaskedText(a.OfficialName)
		a.Available, a.Current, a.Limit = hiddenAmount(a.Available), hiddenAmount(a.Current), hiddenAmount(a.Limit)
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
	p.Banks = hiddenBanks(p.Banks)
	for i := range p.Banks {
		for k := range p.Banks[i].Accounts {
			a := &p.Banks[i].Accounts[k]
			a.ID = pane.MaskedText(a.ID)
		}
	}
	return p
}

// hiddenBanks hides all of accounts but their ids, by which they are chosen and
// which are not drawn.
func hiddenBanks(banks []flow.PaneBank) []flow.PaneBank {
	banks = slices.Clone(banks)
	for i := range banks {
		b := &banks[i]
		b.Accounts = slices.Clone(b.Accounts)
		for k := range b.Accounts {
			a := &b.Accounts[k]
			a.Name, a.Mask = pane.MaskedText(a.Name), pane.MaskedText(a.Mask)
		}
	}
	return banks
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
		e.Accounts, e.Deviations = hiddenAccounts(e.Accounts), hiddenDeviations(e.Deviations)
		return e
	case flow.PaneShown:
		e.Pane = hiddenPane(e.Pane)
		return e
	case flow.LinkActed:
		e.Action = hiddenAction(e.Action)
		return e
	case flow.ExchangeRecorded:
		url := e.Exchange.URL
		e.Exchange.URL = hiddenURL(url)
		e.Exchange.Error = strings.ReplaceAll(e.Exchange.Error, url, e.Exchange.URL)
		e.Exchange.RequestBody = hiddenJSON(e.Exchange.RequestBody)
		e.Exchange.ResponseBody = hiddenJSON(e.Exchange.ResponseBody)
		return e
	}
	return e
}

// hiddenURL hides the values of an address's query; what one is for may stay.
func hiddenURL(address string) string {
	path, query, asks := strings.Cut(address, "?")
	if !asks || query == "" {
		return address
	}
	parts := strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' || r == '#' })
	for i, part := range parts {
		parts[i] = "••••"
		if key, _, named := strings.Cut(part, "="); named {
			parts[i] = key + "=••••"
		}
	}
	return path + "?" + strings.Join(parts, "&")
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
// their keys. What stands inside of a list of accounts, owners or the like is
// masked whatever its key.
func hiddenMember(key, value string) (string, bool) {
	switch strings.ToLower(key) {
	case "first_name", "last_name", "middle_name", "full_name", "given_name", "family_name", "legal_name", "username", "user_name",
		"street", "street2", "street_2", "city", "region", "postal_code", "country",
		"email", "email_address", "date_of_birth", "ssn", "ssn_last_4", "ssn_last4", "account_number_mask",
		"mask", "available", "current", "limit", "balance", "item_id", "account_id", "persistent_account_id", "client_user_id":
		return "••••", value != ""
	case "accounts", "account_ids", "owners", "names", "address", "addresses", "emails", "email_addresses", "balances":
		return "••••", true
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
