package plaidapi

import (
	"github.com/plaid/plaid-go/v42/plaid"

	"layersim/flow"
)

// userAccount reads a session. Nearly everything in it may be null or absent
// (Plaid OpenAPI: UserAccountSessionGetResponse).
func userAccount(r plaid.UserAccountSessionGetResponse) (flow.UserAccount, error) {
	u := flow.UserAccount{RequestID: cleanLine(r.RequestId)}
	if !r.Identity.IsSet() && r.Items == nil {
		return flow.UserAccount{}, incomplete("identity and no items", u.RequestID)
	}
	if identity := r.Identity.Get(); identity != nil {
		u.HasIdentity, u.Identity = true, identityOf(*identity)
	}
	if history := r.IdentityEditHistory.Get(); history != nil {
		u.HasHistory, u.History = true, historyOf(*history)
	}
	for _, item := range r.Items {
		u.Items = append(u.Items, flow.Item{
			ItemID:      cleanLine(item.GetItemId()),
			AccessToken: flow.NewAccessToken(cleanLine(item.GetAccessToken())),
		})
	}
	return u, nil
}

func identityOf(in plaid.UserAccountIdentity) flow.Identity {
	out := flow.Identity{
		PhoneNumber: flow.NewPhoneNumber(cleanLine(in.GetPhoneNumber())),
		Email:       cleanLine(in.GetEmail()),
		DateOfBirth: flow.NewDateOfBirth(cleanLine(in.GetDateOfBirth())),
		SSN:         flow.NewSSN(cleanLine(in.GetSsn())),
		SSNLast4:    cleanLine(in.GetSsnLast4()),
	}
	if name := in.Name.Get(); name != nil {
		out.FirstName, out.LastName = cleanLine(name.GetFirstName()), cleanLine(name.GetLastName())
	}
	if a := in.Address.Get(); a != nil {
		out.Address = flow.Address{
			Street: cleanLine(a.GetStreet()), Street2: cleanLine(a.GetStreet2()), City: cleanLine(a.GetCity()),
			Region: cleanLine(a.GetRegion()), PostalCode: cleanLine(a.GetPostalCode()), Country: cleanLine(a.GetCountry()),
		}
	}
	// Plaid's guide spells it ssn_last4, the API contract ssn_last_4.
	if guide, ok := in.AdditionalProperties["ssn_last4"].(string); ok && out.SSNLast4 == "" {
		out.SSNLast4 = cleanLine(guide)
	}
	return out
}

func historyOf(in plaid.UserAccountIdentityEditHistory) flow.EditHistory {
	out := flow.EditHistory{
		Name: countsOf(in.Name), Address: countsOf(in.Address), Email: countsOf(in.Email), DateOfBirth: countsOf(in.DateOfBirth),
	}
	if document := in.OfficialDocument.Get(); document != nil {
		out.SSN = countsOf(document.Ssn)
	}
	return out
}

func countsOf(in *plaid.UserAccountIdentityEditCounts) flow.EditCounts {
	if in == nil {
		return flow.EditCounts{}
	}
	return flow.EditCounts{
		Current: int(in.GetEditsCurrent()), Day: int(in.GetEdits1d()), Month: int(in.GetEdits30d()),
		Year: int(in.GetEdits365d()), AllTime: int(in.GetEditsAllTime()),
	}
}

func institutionOf(item plaid.Item) string {
	if name := cleanLine(item.GetInstitutionName()); name != "" {
		return name
	}
	return cleanLine(item.GetInstitutionId())
}

func accountsOf(in []plaid.AccountBase) []flow.Account {
	var out []flow.Account
	for _, a := range in {
		account := flow.Account{
			AccountID: cleanLine(a.AccountId), Name: cleanLine(a.Name), OfficialName: cleanLine(a.GetOfficialName()),
			Mask: cleanLine(a.GetMask()), Type: cleanLine(string(a.Type)),
			Available: a.Balances.Available.Get(), Current: a.Balances.Current.Get(),
			Currency: cleanLine(a.Balances.GetIsoCurrencyCode()),
		}
		if subtype := a.Subtype.Get(); subtype != nil {
			account.Subtype = cleanLine(string(*subtype))
		}
		if account.Currency == "" {
			account.Currency = cleanLine(a.Balances.GetUnofficialCurrencyCode())
		}
		out = append(out, account)
	}
	return out
}
