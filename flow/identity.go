package flow

import "slices"

// UserAccount is what /user_account/session/get gave back.
type UserAccount struct {
	// HasIdentity is false when Plaid answered "identity": null.
	HasIdentity bool
	Identity    Identity
	// HasHistory is false when identity_edit_history was null or left out.
	HasHistory bool
	History    EditHistory
	// Items may be empty: that is not a failure, it happens whenever no
	// account was shared (Plaid docs: Layer API).
	Items     []Item
	RequestID string
	// Blank are the fields that are in the answer and hold nothing; what is
	// empty and not among them was left out of it.
	Blank []Blank
	// Deviations are the places where the answer differs from the contract.
	Deviations Deviations
}

// Identity is the data the user agreed to share. The user could edit all of
// it, so nothing but the phone number is verified (Plaid OpenAPI:
// UserAccountIdentity). An empty value means null or absent.
type Identity struct {
	FirstName, LastName string
	Address             Address
	PhoneNumber         PhoneNumber
	Email               string
	DateOfBirth         DateOfBirth
	SSN                 SSN
	// SSNLast4 is ssn_last_4, as the API contract spells it; SSNLast4Guide is
	// ssn_last4, the spelling of Plaid's guide. Both are read, and both are
	// shown if both come.
	SSNLast4, SSNLast4Guide string
}

// Address is a postal address; Region is a code such as "IN" in the API
// contract and a name such as "Indiana" in the guide's sample.
type Address struct {
	Street, Street2, City, Region, PostalCode, Country string
}

// IsZero reports whether no part of the address is known.
func (a Address) IsZero() bool { return a == Address{} }

// EditCounts says how often a field was edited: in this session, and in
// cumulative windows back from now.
type EditCounts struct {
	Current, Day, Month, Year, AllTime int
	// Missing says which of Windows were not given. That is not zero: nothing is
	// known of them then.
	Missing [5]bool
}

var allWindows = [5]bool{true, true, true, true, true}

// NoCounts is the row of a field of which the history says nothing.
func NoCounts() EditCounts { return EditCounts{Missing: allWindows} }

// Given reports whether the history says anything of the field.
func (c EditCounts) Given() bool { return c.Missing != allWindows }

// Windows returns the counts in Plaid's order: edits_current, edits_1d,
// edits_30d, edits_365d, edits_all_time.
func (c EditCounts) Windows() [5]int { return [5]int{c.Current, c.Day, c.Month, c.Year, c.AllTime} }

// EditHistory counts edits for each field Plaid reports. There is no row for
// the phone number (Plaid OpenAPI: UserAccountIdentityEditHistory).
type EditHistory struct {
	Name, Address, Email, DateOfBirth, SSN EditCounts
}

// EditRow is one line of an edit history.
type EditRow struct {
	Field  string // Plaid's key, such as "date_of_birth" or "official_document.ssn"
	Label  string
	Counts EditCounts
}

// Rows returns the history line by line, in Plaid's order.
func (h EditHistory) Rows() []EditRow {
	return []EditRow{
		{"name", "Name", h.Name},
		{"address", "Address", h.Address},
		{"email", "Email", h.Email},
		{"date_of_birth", "Date of birth", h.DateOfBirth},
		{"official_document.ssn", "SSN", h.SSN},
	}
}

// Item is one connection to one institution, with the accounts behind it once
// they were fetched.
type Item struct {
	ItemID      string
	AccessToken AccessToken
	Status      ItemStatus
	Failure     Failure
	Institution string // institution_id, and the name when it is known
	Accounts    []Account
	// Deviations are those of the answer with the accounts; those of the Item
	// itself are the session's.
	Deviations Deviations
}

// ItemAccounts is what /accounts/get gave back for one Item.
type ItemAccounts struct {
	Institution string
	Accounts    []Account
	Deviations  Deviations
}

// ItemStatus says how far the accounts of an Item are.
type ItemStatus int

// The states of an Item's accounts.
const (
	AccountsAsked ItemStatus = iota
	AccountsKnown
	AccountsFailed
	// AccountsUnasked is an Item that came without an access token.
	AccountsUnasked
)

// Account is one account of an Item (Plaid OpenAPI: AccountBase).
type Account struct {
	AccountID, Name, OfficialName, Mask, Type, Subtype string
	// Available, Current and Limit are nil when the institution does not say.
	Available, Current, Limit *float64
	// Currency is iso_currency_code, Unofficial unofficial_currency_code. At most
	// one of them should be there.
	Currency, Unofficial string
	// Blank are the fields of this account that are there and hold nothing.
	Blank []Blank
}

func (u UserAccount) clone() UserAccount {
	u.Items = slices.Clone(u.Items)
	return u
}
