package plaidsim

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"layersim/fixtures"
)

// Routing numbers of every simulated bank: those of the sample in Plaid's
// OpenAPI file, /auth/get.
const (
	routingNumber     = "011401533"
	wireRoutingNumber = "021000021"
)

// authSubtypes are the depository accounts that have numbers (Plaid OpenAPI:
// /auth/get, "checking, savings, and cash management accounts").
var authSubtypes = []string{"checking", "savings", "cash management"}

func hasNumbers(a account) bool {
	return a.Type == "depository" && slices.Contains(authSubtypes, a.Subtype)
}

type authGetRequest struct {
	credentials
	itemRequest
}

// Plaid OpenAPI: AuthGetResponse.
type authGetAnswer struct {
	Accounts  []accountJSON `json:"accounts"`
	Item      itemInfoJSON  `json:"item"`
	Numbers   numbersJSON   `json:"numbers"`
	RequestID string        `json:"request_id"`
}

type numbersJSON struct {
	ACH           []achJSON  `json:"ach"`
	BACS          []struct{} `json:"bacs"` // for accounts outside the US
	EFT           []struct{} `json:"eft"`
	International []struct{} `json:"international"`
}

type achJSON struct {
	Account     string `json:"account"`
	AccountID   string `json:"account_id"`
	Tokenized   bool   `json:"is_tokenized_account_number"`
	Routing     string `json:"routing"`
	WireRouting string `json:"wire_routing"`
}

// authGet answers /auth/get: the accounts that have numbers, and these. It is
// an error if none has (Plaid docs: Errors, NO_AUTH_ACCOUNTS). UNCONFIRMED: that
// accounts without numbers are left out even if they are asked for by their id.
func (s *Sim) authGet(c *call) ([]byte, *plaidError) {
	var q authGetRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	held, accounts, e := s.itemAccounts(c, q.itemRequest, fixtures.ProductAuth)
	if e != nil {
		return nil, e
	}
	answer := authGetAnswer{
		Accounts: []accountJSON{}, Item: held.info(), RequestID: c.requestID,
		Numbers: numbersJSON{[]achJSON{}, []struct{}{}, []struct{}{}, []struct{}{}},
	}
	for _, a := range accounts {
		if !hasNumbers(a) {
			continue
		}
		answer.Accounts = append(answer.Accounts, accountOf(a))
		answer.Numbers.ACH = append(answer.Numbers.ACH, achJSON{
			Account: s.accountNumber(held, a), AccountID: a.ID, Routing: routingNumber, WireRouting: wireRoutingNumber,
		})
	}
	if len(answer.Accounts) == 0 {
		return nil, itemError("NO_AUTH_ACCOUNTS", "There are no valid checking or savings account(s) associated with this Item. See https://plaid.com/docs/api/#item-errors for more.")
	}
	return encode(answer), nil
}

// accountNumber makes up a number that ends in the account's mask. It follows
// from the seed and is the same each time the account is shared, as a real one
// is, though the account_id is new.
func (s *Sim) accountNumber(held *itemEntry, a account) string {
	h := fnv.New64a()
	_ = binary.Write(h, binary.LittleEndian, s.cfg.Seed)
	for _, part := range []string{held.owner.Reveal(), held.item.Bank.InstitutionID, a.Name, a.Mask} {
		_, _ = h.Write([]byte(part + "\x00"))
	}
	ending := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, a.Mask)
	return strconv.FormatUint(10_000_000+h.Sum64()%90_000_000, 10) + ending
}
