package pane

import (
	"time"

	"layersim/flow"
)

// The words of panes for whoever tells them as text and draws nothing.

// StateFacts says what the State holds, in plain words.
func StateFacts(s flow.State, now time.Time) []Fact {
	known := stateFacts(s, now)
	out := make([]Fact, len(known))
	for i, x := range known {
		out[i] = Fact{x.label, x.text}
	}
	return out
}

// AccountsRule says whether the user of Link must choose accounts.
func AccountsRule(p flow.Pane) string { return accountsRule(p) }

// NoIdentity says how an answer came without an identity, NoHistory without an
// edit history.
func NoIdentity(u flow.UserAccount) string { return noIdentity(u) }

// NoHistory is NoIdentity for the edit history.
func NoHistory(u flow.UserAccount) string { return noHistory(u) }

// WhatIsProven says of an identity what is verified, and by what.
func WhatIsProven(proof flow.PhoneProof) string {
	return whatIsProven(proof) + " is what the user confirmed or edited in Link. Run your own checks on it."
}

// AccountName is the name of an account, with long numbers in it masked.
func AccountName(a flow.Account) string { return or(shortNumbers(Clean(a.Name)), "no name") }

// AccountEnd is the end of an account's number, four characters at most.
func AccountEnd(mask string) string { return lastFour(mask) }

// Balance writes an amount of an account.
func Balance(a flow.Account, amount float64) string { return money(amount, currency(a)) }
