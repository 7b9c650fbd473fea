package plaidsim

import (
	"maps"
	"slices"
	"time"

	"layersim/flow"
)

// View is a Link session as those see it who look on.
type View struct {
	LinkSessionID string
	Thread        int // number of its link_token, as in Record
	ClientUserID  string
	Template      string // name
	Persona       string // name, "" for a number nobody has
	State         string // created, eligible, need_dob, ineligible, consent, …, done, exited
	Why           string // reason of the last verdict on eligibility
	Phone         flow.PhoneNumber
	Created       time.Time
	TokenExpires  time.Time
	// Shared is what /user_account/session/get answers for it now; HasIdentity
	// is false until the user has shared.
	Shared flow.UserAccount
}

// Endpoints lists the paths of the API that are simulated.
func Endpoints() []string { return slices.Sorted(maps.Keys(endpoints)) }

// Verbs lists what can be done to a Link session, as Act.Verb names it.
func Verbs() []string {
	all := []string{"create", "resume"}
	for verb := range verbs {
		if verb != "sync" { // nothing is done by it
			all = append(all, verb)
		}
	}
	slices.Sort(all)
	return all
}

// Sessions returns every Link session that is remembered, oldest first.
func (s *Sim) Sessions() []View {
	return s.FindSessions(SessionQuery{})
}

// Session returns the Link session with this link_session_id.
func (s *Sim) Session(linkSessionID string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.byID[linkSessionID]; l != nil {
		return s.view(l), true
	}
	return View{}, false
}

// view describes a session; the caller holds the lock.
func (s *Sim) view(l *linkSession) View {
	v := View{
		LinkSessionID: l.id, Thread: l.thread, ClientUserID: flow.CleanLine(l.user, 80), Template: l.session.Template.Name,
		State: string(l.session.State), Why: l.session.Why, Phone: l.session.Phone, Created: l.created, TokenExpires: l.session.TokenExpires,
	}
	if l.session.Persona != nil {
		v.Persona = l.session.Persona.Name
	}
	if g := l.grant; g != nil {
		v.Shared = g.account()
		v.Shared.HasHistory, v.Shared.History = true, s.histories[g.Phone].counts(g.Edited, s.now())
	}
	return v
}

// account is the grant in the words of package flow.
func (g *grant) account() flow.UserAccount {
	id := identityOf(g)
	u := flow.UserAccount{HasIdentity: true}
	u.Identity = flow.Identity{
		PhoneNumber: g.Phone, Email: string(id.Email), DateOfBirth: flow.NewDateOfBirth(string(id.DateOfBirth)),
		SSN: flow.NewSSN(string(id.SSN)), SSNLast4: string(id.SSNLast4),
	}
	if id.Name != nil {
		u.Identity.FirstName, u.Identity.LastName = id.Name.FirstName, id.Name.LastName
	}
	if a := id.Address; a != nil {
		u.Identity.Address = flow.Address{
			Street: string(a.Street), Street2: string(a.Street2), City: string(a.City),
			Region: string(a.Region), PostalCode: string(a.PostalCode), Country: string(a.Country),
		}
	}
	for _, i := range g.Items {
		item := flow.Item{
			ItemID: i.ID, AccessToken: flow.NewAccessToken(accessTokenPrefix + i.AccessToken.String()),
			Status: flow.AccountsKnown, Institution: i.Bank.Name,
		}
		for _, a := range i.Accounts {
			item.Accounts = append(item.Accounts, flow.Account{
				AccountID: a.ID, Name: a.Name, OfficialName: a.OfficialName, Mask: a.Mask, Type: a.Type, Subtype: a.Subtype,
				Available: a.Available, Current: a.Current, Currency: a.Currency,
			})
		}
		u.Items = append(u.Items, item)
	}
	return u
}
