package scenario

import (
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
)

// What the user did in Link, as steps: the recording has which button was
// pressed, and masks of what was typed.

// madeForm is what the steps so far have typed into review, so that a value that
// Link did not take is typed anew.
type madeForm struct{ values map[string]string }

func (m *maker) acted(c chunk, a flow.LinkAction) {
	pane := m.paneOf[c.from]
	switch a.Kind {
	case flow.LinkContinue, flow.LinkVerified:
		m.add(Continue{})
	case flow.LinkCode:
		d := EnterCode{}
		if m.mistyped(c) {
			d.Code = flow.NewOneTimeCode(WrongCode)
		}
		m.add(d)
	case flow.LinkShare:
		m.review(c, a, pane)
		m.add(Share{})
	case flow.LinkAddBank:
		m.review(c, a, pane)
		m.add(AddBank{})
	case flow.LinkSearch:
		m.add(Search{Query: m.query(c)})
	case flow.LinkInstitution:
		name := a.Choice
		for _, o := range pane.Options {
			if o.ID == a.Choice && o.Name != "" {
				name = o.Name
			}
		}
		m.add(ChooseInstitution{Institution: m.institution(name)})
	case flow.LinkCredentials:
		m.add(SignIn{Values: map[string]flow.SSN{"username": flow.NewPaneValue("user_good"), "password": flow.NewPaneValue(m.password(c, pane))}})
	case flow.LinkMFA:
		code := "1234" // Plaid docs: Sandbox, test credentials
		if m.mistyped(c) {
			code = "0000"
		}
		m.add(SignIn{Values: map[string]flow.SSN{"code": flow.NewPaneValue(code)}})
	case flow.LinkAccounts:
		m.chosen(a, pane)
		m.add(Continue{})
	case flow.LinkBack:
		m.add(Back{})
	case flow.LinkClose:
		m.add(Close{})
	default:
		m.notCarried("What the user did in Link ("+flow.CleanLine(string(a.Kind), 40)+")", c)
	}
}

// next is the pane that came of what was done, ok is false if none did.
func (m *maker) next(c chunk) (pane flow.Pane, ok bool) {
	for _, e := range m.entries[c.from+1 : c.to] {
		if shown, is := e.Event.(flow.PaneShown); is {
			return shown.Pane, true
		}
	}
	return flow.Pane{}, false
}

// mistyped reports whether Link did not take what was typed: it asks again, or
// has given up.
func (m *maker) mistyped(c chunk) bool {
	next, shown := m.next(c)
	if shown {
		return next.View == m.paneOf[c.from].View && next.Notice != "" || next.View == flow.ViewError
	}
	for _, e := range m.entries[c.from+1 : c.to] {
		switch e := e.Event.(type) {
		case flow.OnExit:
			return true
		case flow.OnEvent:
			if e.Name == flow.EventError {
				return true
			}
		}
	}
	return false
}

// password is one that leads on as the recorded one did.
func (m *maker) password(c chunk, pane flow.Pane) string {
	next, _ := m.next(c)
	if m.mistyped(c) {
		return wrong
	}
	if next.View == flow.ViewMFA && !m.bankAsks(pane) {
		return "mfa_device" // it asks for a code (Plaid docs: Sandbox, test credentials)
	}
	return "pass_good"
}

// bankAsks reports whether the bank of a pane always asks for a code.
func (m *maker) bankAsks(pane flow.Pane) bool {
	return slices.ContainsFunc(m.catalog.Institutions, func(i fixtures.Institution) bool {
		return i.MFA && strings.Contains(pane.Title+" "+pane.Text, i.Name)
	})
}

func (m *maker) institution(name string) string {
	for _, i := range m.catalog.Institutions {
		if i.Name == name || i.ID == name {
			return i.Name
		}
	}
	for _, i := range m.catalog.Institutions {
		m.leave("The bank %q is not in the fixtures; here it is %s.", flow.CleanLine(name, 60), i.Name)
		return i.Name
	}
	return name
}

// query is a search that finds the same banks.
func (m *maker) query(c chunk) string {
	next, _ := m.next(c)
	if len(next.Options) == 0 {
		return "no such bank"
	}
	found := func(query string) bool {
		n := 0
		for _, i := range m.catalog.FindInstitutions(query) {
			if slices.ContainsFunc(next.Options, func(o flow.PaneOption) bool { return o.ID == i.ID }) {
				n++
			} else {
				return false
			}
		}
		return n == len(next.Options)
	}
	name := next.Options[0].Name
	if found(name) {
		return name
	}
	for _, word := range append(strings.Fields(name), "") {
		if found(word) {
			return word
		}
	}
	return "bank"
}

// review types what was typed, and ticks what was ticked, before a button is
// pressed.
func (m *maker) review(c chunk, a flow.LinkAction, pane flow.Pane) {
	if values := m.edits(c, a, pane); len(values) > 0 {
		typed := map[string]flow.SSN{}
		for key, v := range values {
			typed[key] = flow.NewPaneValue(v)
		}
		m.add(EditField{Values: typed})
	}
	m.chosen(a, pane)
}

// edits are the values to type. Link hands them over with the session, but for
// the private ones, which are replaced by others.
func (m *maker) edits(c chunk, a flow.LinkAction, pane flow.Pane) map[string]string {
	if m.form.values == nil {
		m.form.values = map[string]string{}
	}
	next, _ := m.next(c)
	account, read := m.session(c.from)
	values := map[string]string{}
	for _, f := range pane.Fields {
		typed, sent := a.Values[f.Key]
		was, isTyped := m.form.values[f.Key]
		shown := m.shown(c.from, f.Key)
		wanted := shown
		refused := slices.IndexFunc(next.Fields, func(n flow.PaneField) bool { return n.Key == f.Key && n.Notice != "" })
		switch {
		case next.View == pane.View && refused >= 0:
			wanted = refusedValues[f.Key]
			if typed.IsZero() {
				wanted = ""
			}
		case sent && typed.IsZero():
			wanted = ""
		case a.Kind == flow.LinkAddBank || next.View == pane.View:
			continue // what counts is what is shared
		case read && account.HasHistory && edited(account.History, f.Key):
			wanted = m.editedValue(account, f.Key, shown)
		}
		if now := m.now(isTyped, was, shown); wanted != now {
			values[f.Key], m.form.values[f.Key] = wanted, wanted
		}
	}
	return values
}

func (m *maker) now(isTyped bool, typed, shown string) string {
	if isTyped {
		return typed
	}
	return shown
}

// refusedValues are what the simulated Link does not take.
var refusedValues = map[string]string{
	"name.first_name": "", "name.last_name": "", "address.street": "", "address.city": "", "address.region": "", "address.postal_code": "",
	"address.country": "USA", "email": "nobody", "date_of_birth": "1975-13-45", "ssn": "12345",
}

// replaced are values that differ from what anybody in the fixtures has.
var replaced = map[string]string{"date_of_birth": "1975-01-19", "ssn": "987654329"}

// edited reports whether the field that a value belongs to was edited in this
// session.
func edited(h flow.EditHistory, key string) bool {
	of, _, _ := strings.Cut(key, ".")
	if of == "ssn" {
		of = "official_document.ssn"
	}
	for _, row := range h.Rows() {
		if row.Field == of {
			return row.Counts.Current > 0
		}
	}
	return false
}

// editedValue is what a field became.
func (m *maker) editedValue(account flow.UserAccount, key, shown string) string {
	id := account.Identity
	switch key {
	case "name.first_name":
		return id.FirstName
	case "name.last_name":
		return id.LastName
	case "address.street":
		return id.Address.Street
	case "address.street2":
		return id.Address.Street2
	case "address.city":
		return id.Address.City
	case "address.region":
		return id.Address.Region
	case "address.postal_code":
		return id.Address.PostalCode
	case "address.country":
		return id.Address.Country
	case "email":
		return id.Email
	}
	m.leave("A private field that the user edited (%s) has another value here: the recording has only its mask.", key)
	if v := replaced[key]; v != shown {
		return v
	}
	return shown
}

// session is what the server read in the attempt that entry i is of.
func (m *maker) session(i int) (account flow.UserAccount, read bool) {
	for _, e := range m.attemptFrom(i) {
		if got, ok := e.Event.(flow.UserAccountFetched); ok {
			return got.Account, true
		}
	}
	return account, false
}

// shown is what Link proposes in a field.
func (m *maker) shown(i int, key string) string {
	p := m.persona.Profile
	if m.persona.Autofill != nil && m.byBirth(i) {
		p = m.persona.Autofill.Profile
	}
	return map[string]string{
		"name.first_name": p.FirstName, "name.last_name": p.LastName, "address.street": p.Address.Street, "address.street2": p.Address.Street2,
		"address.city": p.Address.City, "address.region": p.Address.Region, "address.postal_code": p.Address.PostalCode,
		"address.country": p.Address.Country, "email": p.Email, "date_of_birth": p.DateOfBirth, "ssn": p.SSN,
	}[key]
}

// byBirth reports whether a date of birth was submitted in this attempt before
// entry i.
func (m *maker) byBirth(i int) bool {
	for ; i >= 0; i-- {
		switch e := m.entries[i].Event.(type) {
		case flow.DateOfBirthEntered:
			return m.entries[i].Verdict != flow.Refused
		case flow.StartOverRequested:
			if m.entries[i].Verdict != flow.Refused {
				return false
			}
		default:
			_ = e
		}
	}
	return false
}

// chosen ticks the accounts that went off, if others are ticked in the pane.
func (m *maker) chosen(a flow.LinkAction, pane flow.Pane) {
	all, same := true, true
	names := []string{}
	for _, b := range pane.Banks {
		for _, account := range b.Accounts {
			picked := slices.Contains(a.Accounts, account.ID)
			all = all && picked
			same = same && picked == account.Selected
			if picked {
				names = append(names, accountName(pane, account))
			}
		}
	}
	switch {
	case same:
	case all:
		m.add(ChooseAccounts{All: true})
	case len(names) == 0:
		m.add(ChooseAccounts{})
	default:
		m.add(ChooseAccounts{Names: names})
	}
}

// accountName is the shortest clear name of an account in a pane.
func accountName(pane flow.Pane, of flow.PaneAccount) string {
	count := func(is func(b flow.PaneBank, a flow.PaneAccount) bool) int {
		n := 0
		for _, b := range pane.Banks {
			for _, a := range b.Accounts {
				if is(b, a) {
					n++
				}
			}
		}
		return n
	}
	for _, name := range []string{of.Name, of.Mask} {
		if name != "" && count(func(b flow.PaneBank, a flow.PaneAccount) bool {
			return name == a.Mask || strings.EqualFold(name, a.Name) || strings.EqualFold(name, b.Name) || name == b.ID
		}) == 1 {
			return name
		}
	}
	return of.ID
}
