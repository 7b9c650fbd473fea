package plaidsim

import (
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
)

type identityMatchRequest struct {
	credentials
	itemRequest
	User *matchUser `json:"user"`
}

type matchUser struct {
	_            struct{}      `plaid:"open"`
	LegalName    string        `json:"legal_name" plaid:"nullable"`
	PhoneNumber  string        `json:"phone_number" plaid:"nullable"`
	EmailAddress string        `json:"email_address" plaid:"nullable"`
	Address      *matchAddress `json:"address" plaid:"nullable"`
}

type matchAddress struct {
	_          struct{} `plaid:"open"`
	City       string   `json:"city" plaid:"nullable"`
	Region     string   `json:"region" plaid:"nullable"`
	Street     string   `json:"street"`
	PostalCode string   `json:"postal_code" plaid:"nullable"`
	Country    string   `json:"country" plaid:"nullable"`
}

// Plaid OpenAPI: IdentityMatchResponse.
type identityMatchAnswer struct {
	Accounts  []accountMatchJSON `json:"accounts"`
	Item      itemInfoJSON       `json:"item"`
	RequestID string             `json:"request_id"`
}

type accountMatchJSON struct {
	accountJSON
	matchJSON
}

// matchJSON has null for what either side lacks.
type matchJSON struct {
	Address      *addressMatchJSON `json:"address"`
	EmailAddress *scoreJSON        `json:"email_address"`
	LegalName    *nameMatchJSON    `json:"legal_name"`
	PhoneNumber  *scoreJSON        `json:"phone_number"`
}

type scoreJSON struct {
	Score int `json:"score"`
}

type nameMatchJSON struct {
	Score        int  `json:"score"`
	FirstOrLast  bool `json:"is_first_name_or_last_name_match"`
	Nickname     bool `json:"is_nickname_match"`
	BusinessName bool `json:"is_business_name_detected"`
}

type addressMatchJSON struct {
	Score      int  `json:"score"`
	PostalCode bool `json:"is_postal_code_match"`
}

// identityMatch answers /identity/match. UNCONFIRMED how Plaid scores: it says
// what a score means (100 is the same, from 70 on it counts as a match), not how
// it comes about. The comparisons here are simple, and written down at each.
func (s *Sim) identityMatch(c *call) ([]byte, *plaidError) {
	var q identityMatchRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	sent := matchUser{}
	if q.User != nil {
		sent = *q.User
	}
	if _, err := flow.ParsePhoneNumber(sent.PhoneNumber); sent.PhoneNumber != "" && err != nil {
		// "number strings that do not match a real-world phone numbering scheme
		// may cause the request to fail" (Plaid OpenAPI: IdentityMatchUser).
		return nil, invalidField("user.phone_number must be a valid phone number")
	}
	held, accounts, e := s.itemAccounts(c, q.itemRequest, fixtures.ProductIdentity)
	if e != nil {
		return nil, e
	}
	match := compare(sent, s.onFile(held))
	answer := identityMatchAnswer{Accounts: []accountMatchJSON{}, Item: held.info(), RequestID: c.requestID}
	for _, a := range accounts {
		j := accountOf(a)
		j.Balances = balancesJSON{} // "will always be null" (Plaid OpenAPI: /identity/match)
		answer.Accounts = append(answer.Accounts, accountMatchJSON{j, match})
	}
	return encode(answer), nil
}

func compare(sent matchUser, held onFile) matchJSON {
	var m matchJSON
	if sent.LegalName != "" && held.Has(fixtures.FieldName) {
		m.LegalName = compareNames(sent.LegalName, held.name())
	}
	if sent.PhoneNumber != "" {
		m.PhoneNumber = comparePhones(sent.PhoneNumber, held.phone)
	}
	if sent.EmailAddress != "" && held.Has(fixtures.FieldEmail) {
		m.EmailAddress = compareEmails(sent.EmailAddress, held.Email)
	}
	if sent.Address != nil && held.Has(fixtures.FieldAddress) {
		m.Address = compareAddresses(*sent.Address, held.address())
	}
	return m
}

// words splits a name or an address into what counts: letters and digits, in
// lower case.
func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" .,-'#", r) })
}

var businessWords = []string{"corp", "llc", "inc", "ltd"}

// compareNames gives 100 for the same words in any order, 90 if one name has
// all words of the other (a middle name is left out), 80 for the same last name
// and a first name that begins as the other does (Jenn, Jennifer), 30 if the
// first or the last word is the same, else 0.
func compareNames(sent, held string) *nameMatchJSON {
	a, b := words(sent), words(held)
	m := &nameMatchJSON{BusinessName: slices.ContainsFunc(slices.Concat(a, b), func(w string) bool { return slices.Contains(businessWords, w) })}
	if len(a) == 0 || len(b) == 0 {
		return m
	}
	firstA, firstB, lastA, lastB := a[0], b[0], a[len(a)-1], b[len(b)-1]
	m.FirstOrLast = firstA == firstB || lastA == lastB
	m.Nickname = firstA != firstB && min(len(firstA), len(firstB)) >= 3 && (strings.HasPrefix(firstA, firstB) || strings.HasPrefix(firstB, firstA))
	switch within, around := holdsAll(b, a), holdsAll(a, b); {
	case within && around:
		m.Score = 100
	case len(a) > 1 && len(b) > 1 && (within || around):
		m.Score = 90
	case lastA == lastB && m.Nickname:
		m.Score = 80
	case m.FirstOrLast:
		m.Score = 30
	}
	return m
}

func holdsAll(all, some []string) bool {
	return !slices.ContainsFunc(some, func(w string) bool { return !slices.Contains(all, w) })
}

// comparePhones gives 100 for the same number however it is written, else 0.
func comparePhones(sent, held string) *scoreJSON {
	if phone, err := flow.ParsePhoneNumber(sent); err == nil && strings.TrimPrefix(phone.Reveal(), "+1") == held {
		return &scoreJSON{100}
	}
	return &scoreJSON{0}
}

// compareEmails gives 100 for the same address in any case, 85 if only what
// follows a + differs, else 0.
func compareEmails(sent, held string) *scoreJSON {
	sent, held = strings.ToLower(strings.TrimSpace(sent)), strings.ToLower(held)
	switch {
	case sent == held:
		return &scoreJSON{100}
	case withoutTag(sent) == withoutTag(held):
		return &scoreJSON{85}
	}
	return &scoreJSON{0}
}

func withoutTag(email string) string {
	user, host, _ := strings.Cut(email, "@")
	user, _, _ = strings.Cut(user, "+")
	return user + "@" + host
}

// compareAddresses weighs the parts that were sent: street 40, postal code 25
// (its first five digits count), city 20, region 10, country 5. The score is
// the share of the weight that is the same on both sides, in percent.
func compareAddresses(sent matchAddress, held ownerAddressDataJSON) *addressMatchJSON {
	m := &addressMatchJSON{PostalCode: sent.PostalCode != "" && held.PostalCode != "" && fiveDigits(sent.PostalCode) == fiveDigits(held.PostalCode)}
	parts := []struct {
		sent, held string
		weight     int
	}{
		{sent.Street, held.Street, 40},
		{fiveDigits(sent.PostalCode), fiveDigits(held.PostalCode), 25},
		{sent.City, held.City, 20},
		{sent.Region, held.Region, 10},
		{sent.Country, held.Country, 5},
	}
	given, alike := 0, 0
	for _, p := range parts {
		if p.sent == "" {
			continue
		}
		given += p.weight
		if slices.Equal(words(p.sent), words(p.held)) {
			alike += p.weight
		}
	}
	if given == 0 {
		return nil
	}
	m.Score = alike * 100 / given
	return m
}

func fiveDigits(zip string) string { return zip[:min(len(zip), 5)] }
