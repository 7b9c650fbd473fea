package plaidsim

import (
	"strings"

	"layersim/fixtures"
)

type identityGetRequest struct {
	credentials
	itemRequest
}

// Plaid OpenAPI: IdentityGetResponse.
type identityGetAnswer struct {
	Accounts  []accountOwnersJSON `json:"accounts"`
	Item      itemInfoJSON        `json:"item"`
	RequestID string              `json:"request_id"`
}

type accountOwnersJSON struct {
	accountJSON
	Owners []ownerJSON `json:"owners"`
}

type ownerJSON struct {
	Addresses    []ownerAddressJSON `json:"addresses"`
	Emails       []ownerDatumJSON   `json:"emails"`
	Names        []string           `json:"names"`
	PhoneNumbers []ownerDatumJSON   `json:"phone_numbers"`
}

type ownerDatumJSON struct {
	Data    string `json:"data"`
	Primary bool   `json:"primary"`
	Type    string `json:"type"`
}

type ownerAddressJSON struct {
	Data    ownerAddressDataJSON `json:"data"`
	Primary bool                 `json:"primary"`
}

type ownerAddressDataJSON struct {
	City       string `json:"city"`
	Country    string `json:"country"`
	PostalCode string `json:"postal_code"`
	Region     string `json:"region"`
	Street     string `json:"street"`
}

// identityGet answers /identity/get: who holds the accounts, as the bank knows
// it. What the user changed in Link is not in it.
func (s *Sim) identityGet(c *call) ([]byte, *plaidError) {
	var q identityGetRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	held, accounts, e := s.itemAccounts(c, q.itemRequest, fixtures.ProductIdentity)
	if e != nil {
		return nil, e
	}
	owner := ownerOf(s.onFile(held))
	answer := identityGetAnswer{Accounts: []accountOwnersJSON{}, Item: held.info(), RequestID: c.requestID}
	for _, a := range accounts {
		answer.Accounts = append(answer.Accounts, accountOwnersJSON{accountOf(a), []ownerJSON{owner}})
	}
	return encode(answer), nil
}

// onFile is what the banks hold of the owner of an Item: everybody's phone
// number, and what the fixtures say.
type onFile struct {
	fixtures.Profile
	phone string // ten digits
}

func (s *Sim) onFile(held *itemEntry) onFile {
	p, _ := s.cfg.Catalog.PersonaByPhone(held.owner)
	return onFile{p.Owner, strings.TrimPrefix(held.owner.Reveal(), "+1")}
}

func (o onFile) name() string { return strings.TrimSpace(o.FirstName + " " + o.LastName) }

func (o onFile) address() ownerAddressDataJSON {
	street := o.Address.Street
	if o.Address.Street2 != "" {
		street += ", " + o.Address.Street2
	}
	return ownerAddressDataJSON{o.Address.City, o.Address.Country, o.Address.PostalCode, o.Address.Region, street}
}

// ownerOf writes what is on file. What the bank does not have is an empty list
// (Plaid OpenAPI: Owner).
func ownerOf(o onFile) ownerJSON {
	owner := ownerJSON{
		Addresses: []ownerAddressJSON{}, Emails: []ownerDatumJSON{}, Names: []string{},
		PhoneNumbers: []ownerDatumJSON{{o.phone, true, "mobile"}},
	}
	if o.Has(fixtures.FieldName) {
		owner.Names = append(owner.Names, o.name())
	}
	if o.Has(fixtures.FieldEmail) {
		owner.Emails = append(owner.Emails, ownerDatumJSON{o.Email, true, "primary"})
	}
	if o.Has(fixtures.FieldAddress) {
		owner.Addresses = append(owner.Addresses, ownerAddressJSON{o.address(), true})
	}
	return owner
}
