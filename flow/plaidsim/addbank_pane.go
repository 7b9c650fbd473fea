package plaidsim

import (
	"layersim/fixtures"
	"layersim/flow"
)

var backButton = paneButton{string(flow.LinkBack), "Back"}

// addingPane is the pane of a bank that is being added.
func (s session) addingPane(offered []fixtures.Institution) *pane {
	name := ""
	if i := s.Adding.Institution; i != nil {
		name = i.Name
	}
	p := &pane{View: views[s.State], Notice: s.Notice, Others: []paneButton{backButton}}
	switch s.State {
	case stateInstitution:
		p.Title, p.Text = "Find your bank", "Search for it by name, or choose one of these. All of them are made up."
		p.Button, p.Verb = "Search", "search"
		p.Fields = []paneField{{Key: "query", Label: "Bank name", Value: s.Adding.Query}}
		for _, i := range offered {
			p.Options = append(p.Options, paneOption{i.ID, i.Name, waysIn(i)})
		}
	case stateCredential:
		p.Title = "Sign in to " + name
		p.Text = "Type nothing real: in the simulation the user name is " + goodUser + " and the password " + goodPassword + "."
		p.Button, p.Verb = "Sign in", "credentials"
		p.Fields = []paneField{
			{Key: "username", Label: "User name", Required: true},
			{Key: "password", Label: "Password", Private: true, Required: true},
		}
	case stateOAuth:
		p.Title = "Sign in at " + name
		p.Text = name + " lets its customers sign in on its own site. In the simulation, Continue stands for having done so."
		p.Button, p.Verb = "Continue", "continue"
	case stateMFA:
		p.Title = "Enter the code"
		p.Text = name + " sent a code to your device. No message was sent: in the simulation it is " + mfaCode + "."
		p.Button, p.Verb = "Submit", "mfa"
		p.Fields = []paneField{{Key: "code", Label: "Code", Required: true}}
	case stateAccounts:
		p.Title, p.Text = "Choose accounts", "Choose what to add of "+name+"."
		p.Button, p.Verb, p.AccountsRule = "Connect", "accounts", string(fixtures.AccountsRequired)
		p.Banks = paneBanks([]bank{{Bank: s.Adding.Institution.Bank(), Accounts: s.Adding.Accounts}})
	case stateConnected:
		p.Title, p.Text = name+" is connected", "Its accounts are in your review now. Nothing is shared yet."
		p.Button, p.Verb, p.Others = "Continue", "continue", nil
	default:
		return nil
	}
	return p
}

// waysIn says what a choice will lead to, for those who try out one or the
// other.
func waysIn(i fixtures.Institution) string {
	switch {
	case i.SignIn == fixtures.SignInOAuth:
		return "signs in on its own site"
	case i.MFA:
		return "password and a code"
	}
	return "password"
}
