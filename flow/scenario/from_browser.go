package scenario

import (
	"slices"
	"strconv"

	"layersim/flow"
	"layersim/flow/journal"
)

// Where Link was finished in a browser, the recording has no word of what its
// user did. The events tell it.

// inPage reports whether the panes of Link were not drawn by the program that
// recorded.
func (m *maker) inPage(c chunk) bool {
	opened := false
	for _, e := range m.attemptFrom(c.from) {
		switch e := e.Event.(type) {
		case flow.PaneShown:
			return false
		case flow.OnEvent:
			opened = opened || e.Name == flow.EventOpen
		}
	}
	return opened
}

// inBrowser writes what the user must have done, from open() to the end.
func (m *maker) inBrowser(c chunk) {
	j := Player{journal: m.journal}
	var told []callback
	end := m.entries[len(m.entries)-1].Seq
	if rest := m.attemptFrom(c.from); len(rest) > 0 {
		end = rest[len(rest)-1].Seq
	}
	for _, e := range j.callbacks() {
		if e.seq >= m.entries[c.from].Seq && e.seq <= end && slices.Contains(events, e.name) || e.name == "onSuccess" || e.name == "onExit" {
			if e.seq >= m.entries[c.from].Seq && e.seq <= end {
				told = append(told, e)
			}
		}
	}
	view := ""
	for i, e := range told {
		rest := told[i+1:]
		switch e.name {
		case flow.EventTransitionView:
			m.leaves(view, e.view)
			view = e.view
		case flow.EventSubmitOTP:
			d := EnterCode{}
			if refusedNext(rest) {
				d.Code = flow.NewOneTimeCode(WrongCode)
			}
			m.add(d)
		case flow.EventSearchInstitution:
			m.add(Search{Query: "bank"})
			m.leave("What was searched for is not in the recording.")
		case flow.EventSelectInstitution:
			m.add(ChooseInstitution{Institution: m.institution(m.selected(e.seq))})
		case flow.EventSubmitCredentials:
			password := "pass_good"
			if len(rest) > 0 && rest[0].name == flow.EventError {
				password = wrong
			}
			m.add(SignIn{Values: map[string]flow.SSN{"username": flow.NewPaneValue("user_good"), "password": flow.NewPaneValue(password)}})
		case flow.EventSubmitMFA:
			code := "1234"
			if len(rest) > 0 && rest[0].name == flow.EventError {
				code = "0000"
			}
			m.add(SignIn{Values: map[string]flow.SSN{"code": flow.NewPaneValue(code)}})
		case flow.EventOpenOAuth:
			m.add(Continue{})
		case "onSuccess":
			m.sharedInBrowser(c)
		case "onExit":
			if e.code == "" && !m.exitCalled(c) {
				m.add(Close{})
			}
		}
	}
}

// refusedNext reports whether Link did not take a code: it says so before it goes
// on to anything else.
func refusedNext(rest []callback) bool {
	for _, e := range rest {
		switch e.name {
		case flow.EventError, "onExit":
			return true
		case flow.EventSubmitOTP, flow.EventVerifyPhone, "onSuccess":
			return false
		case flow.EventTransitionView:
			if e.view == flow.ViewReview {
				return false
			}
		}
	}
	return false
}

// leaves presses what leads from one view to the next, where no event of its own
// tells it.
func (m *maker) leaves(from, to string) {
	switch {
	case from == flow.ViewConsent && to != flow.ViewConsent, from == flow.ViewSelectAccount && to == flow.ViewConnected, from == flow.ViewConnected:
		m.add(Continue{})
	case from == flow.ViewReview && to == flow.ViewSelectInstitution:
		m.add(AddBank{})
	case to == flow.ViewSelectInstitution && from != "", from == flow.ViewSelectInstitution && to == flow.ViewReview:
		m.add(Back{})
	}
}

// selected is the bank that an event names.
func (m *maker) selected(seq int) string {
	if e, ok := m.entries[seq-1].Event.(flow.OnEvent); ok {
		for _, i := range m.catalog.Institutions {
			if name, ok := valueIn([]byte(e.Metadata.Raw), "institution_id"); ok && name == i.ID {
				return i.Name
			}
		}
		name, _ := valueIn([]byte(e.Metadata.Raw), "institution_name")
		return name
	}
	return ""
}

func (m *maker) exitCalled(c chunk) bool {
	return slices.ContainsFunc(m.entries[c.from:c.to+min(1, len(m.entries)-c.to)], func(e journal.Entry) bool {
		_, called := e.Event.(flow.ExitRequested)
		return called
	})
}

// sharedInBrowser shares what the session has: as many banks, and the edits that
// Plaid counts.
func (m *maker) sharedInBrowser(c chunk) {
	account, read := m.session(c.from)
	if !read {
		m.add(Share{})
		m.leave("The session was never read: what was shared, and whether anything was edited, is not in the recording.")
		return
	}
	values := map[string]flow.SSN{}
	for _, key := range profileFields {
		if !account.HasHistory || !edited(account.History, key) || m.live && values != nil && replacedLive[key] == "" {
			continue
		}
		shown := m.shown(c.from, key)
		v := m.editedValue(account, key, shown)
		if m.live {
			v = replacedLive[key]
		}
		if v != shown {
			values[key] = flow.NewPaneValue(v)
		}
	}
	if len(values) > 0 {
		m.add(EditField{Values: values})
	}
	banks := m.persona.Banks
	if m.persona.Autofill != nil && m.byBirth(c.from) {
		banks = m.persona.Autofill.Banks
	}
	var names []string
	for _, b := range banks {
		names = append(names, b.Name)
	}
	added := 0
	for _, s := range m.sc.Steps {
		if _, ok := s.Do.(AddBank); ok {
			added++
		}
	}
	switch n := len(account.Items); {
	case len(names) == 0 || added > 0 || n == 1:
	case n == 0:
		m.add(ChooseAccounts{})
	case n >= len(names):
		m.add(ChooseAccounts{All: true})
	default:
		m.add(ChooseAccounts{Names: names[:n]})
	}
	if len(account.Items) > len(names)+added {
		m.leave("The user shared %s banks, and this persona has %s.", strconv.Itoa(len(account.Items)), strconv.Itoa(len(names)))
	}
	m.add(Share{})
}

// replacedLive are edits of a field that the simulated Link takes, for what was
// edited in the real one.
var replacedLive = map[string]string{
	"name.first_name": "Changed", "address.street": "2 Changed Street", "email": "changed@example.com", "date_of_birth": "1975-01-19", "ssn": "987654329",
}
