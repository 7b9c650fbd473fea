package plain

import (
	"fmt"
	"strings"

	"layersim/flow"
	"layersim/tui/pane"
)

// The result: identity, edit history, Items.

// result says what the session brought. The accounts of Items are said when
// they are known.
func (t *teller) result(s flow.State) {
	t.identity(s)
	t.history(s.Account)
	if len(s.Account.Items) == 0 {
		t.say("Items: none. The user shared an identity and no account, and that is a success: items may always be empty.")
		return
	}
	t.say("Items: %d.", len(s.Account.Items))
	for i := range s.Account.Items {
		t.item(s.Account.Items[i], i)
	}
}

func (t *teller) identity(s flow.State) {
	u := s.Account
	if !u.HasIdentity {
		t.say("Identity: %s", pane.NoIdentity(u))
	} else {
		t.say("Identity:")
	}
	rows := pane.IdentityRows(u)
	for _, r := range rows[:len(rows)-len(u.Deviations.List)] {
		t.say("%s: %s", r.Label, t.rowText(r, s.PhoneProof))
	}
	t.deviations(u.Deviations)
	if u.HasIdentity {
		t.say("%s", pane.WhatIsProven(s.PhoneProof))
	}
}

// rowText is a value as it may be said, with what is to be known of it.
func (t *teller) rowText(r pane.Row, proof flow.PhoneProof) string {
	text := r.Text(false)
	switch {
	case text == "" && r.Blank != "":
		return sentence(r.Blank)
	case text == "":
		return "not returned."
	case t.privacy.on:
		text = hidden
	}
	switch {
	case r.Key == "phone_number" && proof == flow.ProofWebhook:
		text = inGroups(text) + ", verified, by webhook"
	case r.Key == "phone_number" && proof != "":
		text = inGroups(text) + ", verified, by Plaid"
	case r.Note != "":
		text += ", " + r.Note
	}
	return sentence(text)
}

// windowNames are Plaid's windows, in the order of flow.EditCounts.Windows.
var windowNames = [5]string{"in this session", "in 1 day", "in 30 days", "in 365 days", "in all time"}

func (t *teller) history(u flow.UserAccount) {
	if !u.HasHistory {
		t.say("Edit history: %s", pane.NoHistory(u))
		return
	}
	t.say("Edit history, how often each field was edited; each window counts the shorter ones too:")
	for _, row := range u.History.Rows() {
		t.say("%s: %s", row.Label, edits(row.Counts))
	}
}

// edits says the counts of one field.
func edits(c flow.EditCounts) string {
	switch {
	case !c.Given():
		return "not given."
	case c == flow.EditCounts{}:
		return "never edited."
	}
	var parts []string
	for i, n := range c.Windows() {
		words := fmt.Sprintf("%d %s", n, windowNames[i])
		if c.Missing[i] {
			words = "not given " + windowNames[i]
		}
		parts = append(parts, words)
	}
	return "edited " + strings.Join(parts, ", ") + "."
}

// items says what has become known of Items since the state before.
func (t *teller) items(before, after flow.State) {
	if before.Phase != flow.PhaseOnboarded || after.Phase != flow.PhaseOnboarded || before.Attempt != after.Attempt {
		return
	}
	for i, it := range after.Account.Items {
		if i < len(before.Account.Items) && before.Account.Items[i].Status != it.Status && it.Status != flow.AccountsAsked {
			t.item(it, i)
		}
	}
}

func (t *teller) item(it flow.Item, i int) {
	bank := ""
	if it.Institution != "" {
		bank = ", " + it.Institution
	}
	token := it.AccessToken.String()
	if token == "" {
		token = "not given"
	}
	head := fmt.Sprintf("Item %d%s: access_token %s; ", i+1, bank, token)
	switch it.Status {
	case flow.AccountsKnown:
		t.say("%s%s.", head, counted(len(it.Accounts), "account"))
	case flow.AccountsFailed:
		f := it.Failure
		text := head + "/accounts/get failed: " + f.Code + ". " + f.Hint
		if f.RequestID != "" {
			text += " request_id " + f.RequestID
		}
		t.say("%s", sentence(text))
	case flow.AccountsUnasked:
		t.say("%sits accounts cannot be asked for.", head)
	default:
		t.say("%sits accounts are asked for.", head)
	}
	for _, a := range it.Accounts {
		t.say("Account of Item %d: %s.", i+1, strings.Join(t.account(a), ", "))
	}
	t.deviations(it.Deviations)
}

func (t *teller) account(a flow.Account) []string {
	words := []string{pane.AccountName(a)}
	switch {
	case t.privacy.on:
		words = []string{hidden}
	case a.Mask != "":
		words = append(words, "ends in "+pane.AccountEnd(a.Mask))
	}
	for _, kind := range []string{a.Type, a.Subtype} {
		if kind != "" {
			words = append(words, kind)
		}
	}
	given := false
	for _, b := range []struct {
		label  string
		amount *float64
	}{{"available", a.Available}, {"current", a.Current}, {"limit", a.Limit}} {
		if b.amount == nil {
			continue
		}
		given = true
		if t.privacy.on {
			words = append(words, b.label+" "+hidden)
			continue
		}
		words = append(words, b.label+" "+pane.Balance(a, *b.amount))
	}
	if !given {
		words = append(words, "balance not given")
	}
	return words
}

// deviations says where an answer differs from the contract.
func (t *teller) deviations(d flow.Deviations) {
	for _, x := range d.List {
		switch {
		case x.New():
			t.say("New, not in the contract we know: %s, %s, value %s.", x.Path, x.Came, hidden)
		case x.Came == flow.KindNothing:
			t.say("Not as the contract says: %s is missing.", x.Path)
		default:
			t.say("Not as the contract says: %s, %s came, %s wanted.", x.Path, x.Came, x.Wanted)
		}
	}
	if d.More > 0 {
		t.say("And %d more places that are not as the contract says.", d.More)
	}
	if d.Refused {
		t.say("plaid-go cannot decode this answer. What is said was read around it; an app that uses plaid-go gets an error instead.")
	}
}
