package plaidsim

import (
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
)

// Adding another bank in review: the user finds an institution, signs in,
// chooses accounts and comes back to review, where they can be shared with the
// rest. Plaid's documentation says that it can be done (Layer, testing in
// Sandbox: a pencil beside Bank Account) and not which views show. UNCONFIRMED:
// those of ordinary Link are used, with the events they have there.

// What signs in anywhere (Plaid docs: Sandbox, test credentials). The second
// password asks for a code besides, which is 1234.
const (
	goodUser     = "user_good"
	goodPassword = "pass_good"
	passwordMFA  = "mfa_device"
	mfaCode      = "1234"
	mfaType      = "code" // of code, device, questions and selections
)

// adding is the bank that the user is adding.
type adding struct {
	Query       string // what was searched for
	NotFound    bool   // and nothing was found
	Institution *fixtures.Institution
	Accounts    []account
}

// canAddBank: a template that takes no accounts has no use for a bank.
func (s session) canAddBank() bool { return s.Template.Accounts != fixtures.AccountsSkip }

// addBank performs the verbs of this part.
func (t *turn) addBank(a action) {
	belongs, do := stateReview, t.findBank
	switch a.Verb {
	case "add_bank":
	case "search":
		belongs, do = stateInstitution, t.search
	case "institution":
		belongs, do = stateInstitution, t.institution
	case "credentials":
		belongs, do = stateCredential, t.credentials
	case "mfa":
		belongs, do = stateMFA, t.mfa
	case "accounts":
		belongs, do = stateAccounts, t.accounts
	case "back":
		t.back()
		return
	default:
		t.refuse("Link has no such verb")
		return
	}
	if t.s.State != belongs {
		t.refuse(a.Verb + " belongs to the pane " + views[belongs])
		return
	}
	do(a)
}

// findBank leaves review. What was edited and chosen there stays.
func (t *turn) findBank(a action) {
	if !t.s.canAddBank() {
		t.refuse("add_bank: the template takes no accounts")
		return
	}
	if !t.known(a) {
		return
	}
	fields := slices.Clone(t.s.Fields)
	for i, f := range fields {
		if v, given := a.Values[f.Key]; given {
			fields[i].Value = strings.TrimSpace(v)
		}
		fields[i].Notice = ""
	}
	t.s.Fields = fields
	t.s.Banks, _ = choose(t.s.Banks, a.Accounts)
	t.s.Adding = adding{}
	t.show(stateInstitution)
}

func (t *turn) search(a action) {
	query := flow.CleanLine(a.Values["query"], 80)
	t.s.Adding = adding{Query: query}
	t.s.Notice = ""
	if query != "" {
		t.event(flow.EventSearchInstitution, func(m *eventMetadata) { m.InstitutionSearchQuery = opt(query) })
	}
	if len(t.offered()) == 0 {
		t.s.Adding.NotFound = true
		t.s.Notice = "No bank has such a name."
		if held := t.held(); held != "" {
			t.s.Notice = held + " is linked already: its accounts are in the review."
		}
	}
}

// offered are the institutions to choose from: what the search finds, but for
// those that Plaid holds of the user.
func (t *turn) offered() []fixtures.Institution {
	return slices.DeleteFunc(t.w.catalog.FindInstitutions(t.s.Adding.Query), func(i fixtures.Institution) bool {
		return slices.ContainsFunc(t.s.Banks, func(b bank) bool { return b.InstitutionID == i.ID && !b.Added })
	})
}

// held is the bank that the search means and Plaid holds of the user, "" for none.
func (t *turn) held() string {
	for _, b := range t.s.Banks {
		if !b.Added && strings.Contains(strings.ToLower(b.Name), strings.ToLower(t.s.Adding.Query)) {
			return b.Name
		}
	}
	return ""
}

func (t *turn) institution(a action) {
	offered := t.offered()
	at := slices.IndexFunc(offered, func(i fixtures.Institution) bool { return i.ID == a.Institution })
	if at < 0 {
		t.refuse("institution: " + clip(a.Institution) + " is not offered")
		return
	}
	t.s.Adding.Institution, t.s.Adding.NotFound = &offered[at], false
	t.event(flow.EventSelectInstitution, nil)
	if offered[at].SignIn == fixtures.SignInOAuth {
		t.show(stateOAuth)
	} else {
		t.show(stateCredential)
	}
}

// credentials are looked at and not kept.
func (t *turn) credentials(a action) {
	t.event(flow.EventSubmitCredentials, nil)
	user, password := strings.TrimSpace(a.Values["username"]), a.Values["password"]
	switch {
	case user != goodUser || password != goodPassword && password != passwordMFA:
		t.s.Notice = "The user name or the password is not right. Try again."
		t.failure(exitError{Type: "ITEM_ERROR", Code: "INVALID_CREDENTIALS", Message: "the provided credentials were not correct"})
	case password == passwordMFA || t.s.Adding.Institution.MFA:
		t.s.State, t.s.Notice = stateMFA, ""
		t.event(flow.EventTransitionView, func(m *eventMetadata) { m.ViewName, m.MFAType = flow.ViewMFA, mfaType })
	default:
		t.signedIn()
	}
}

func (t *turn) mfa(a action) {
	t.event(flow.EventSubmitMFA, func(m *eventMetadata) { m.MFAType = mfaType })
	if strings.TrimSpace(a.Values["code"]) != mfaCode {
		t.s.Notice = "That code is not right. Try again."
		t.failure(exitError{Type: "ITEM_ERROR", Code: "INVALID_MFA", Message: "the provided MFA response(s) were not correct"})
		return
	}
	t.signedIn()
}

// signedInElsewhere is what the bank's own site would do.
func (t *turn) signedInElsewhere() {
	t.event(flow.EventOpenOAuth, nil)
	t.signedIn()
}

func (t *turn) signedIn() {
	t.s.Adding.Accounts = nil
	for _, a := range t.s.Adding.Institution.Accounts {
		t.s.Adding.Accounts = append(t.s.Adding.Accounts, account{a, t.w.ids.objectID(), true})
	}
	t.show(stateAccounts)
}

// accounts connects those that were chosen. A bank that was added before is
// added anew.
func (t *turn) accounts(a action) {
	picked, ok := choose([]bank{{Accounts: t.s.Adding.Accounts}}, a.Accounts)
	if !ok {
		t.refuse("accounts: an account that is not shown")
		return
	}
	t.s.Adding.Accounts = picked[0].Accounts
	added := bank{Bank: t.s.Adding.Institution.Bank(), Accounts: picked[0].chosen(), Added: true}
	if len(added.Accounts) == 0 {
		t.s.Notice = "Choose at least one account."
		return
	}
	others := slices.DeleteFunc(slices.Clone(t.s.Banks), func(b bank) bool { return b.InstitutionID == added.InstitutionID })
	t.s.Banks = append(others, added)
	t.show(stateConnected)
}

// toReview ends this part.
func (t *turn) toReview() {
	t.s.Adding = adding{}
	t.show(stateReview)
}

func (t *turn) back() {
	switch t.s.State {
	case stateInstitution:
		t.toReview()
	case stateCredential, stateOAuth, stateMFA, stateAccounts:
		t.s.Adding.Institution, t.s.Adding.Accounts = nil, nil
		t.show(stateInstitution)
	default:
		t.refuse("back: there is no way back from here")
	}
}
