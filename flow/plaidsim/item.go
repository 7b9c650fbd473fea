package plaidsim

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"layersim/fixtures"
	"layersim/flow"
)

// itemEntry is what an access_token stands for. Access tokens do not expire.
type itemEntry struct {
	item     *item
	owner    flow.PhoneNumber
	products []fixtures.Product
	created  time.Time
	client   string
	thread   int
	session  string // link_session_id
	removed  bool
	asked    map[string]uint64 // how often each path was answered
}

// itemRequest is what calls about an Item have in common.
type itemRequest struct {
	AccessToken string       `json:"access_token" plaid:"required"`
	Options     *itemOptions `json:"options"`
}

type itemOptions struct {
	AccountIDs []string `json:"account_ids"`
}

// itemOf finds the Item of this client behind an access_token. product is what
// the call is part of; the user must have agreed to it, and the client be
// enabled for it.
func (s *Sim) itemOf(c *call, accessToken string, product fixtures.Product) (*itemEntry, *plaidError) {
	parts := strings.SplitN(accessToken, "-", 3)
	if len(parts) < 3 || parts[0] != "access" {
		return nil, invalidInput("INVALID_ACCESS_TOKEN", "provided access token is in an invalid format. expected format: access-<environment>-<identifier>")
	}
	if env := parts[1]; env != environment && (env == "production" || env == "development") {
		return nil, invalidInput("INVALID_ACCESS_TOKEN", `provided access token is for the wrong Plaid environment. expected "`+environment+`", got "`+env+`"`)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := parseToken(accessToken, accessTokenPrefix)
	held, found := s.accessTokens.get(id)
	if !ok || !found || held.client != c.client {
		return nil, invalidInput("INVALID_ACCESS_TOKEN", "could not find matching access token")
	}
	c.thread, c.session = held.thread, held.session
	switch {
	case held.removed:
		// Plaid docs: Errors, ITEM_NOT_FOUND.
		return nil, itemError("ITEM_NOT_FOUND", "The Item you requested cannot be found. This Item does not exist, has been previously removed via /item/remove, or has had access removed by the user.")
	case product != "" && slices.Contains(s.cfg.NotEnabled, string(product)):
		return nil, invalidInput("INVALID_PRODUCT", `client is not authorized to access the following products: ["`+string(product)+`"]`)
	case product != "" && !slices.Contains(held.products, product):
		// UNCONFIRMED for Layer: the documented answer for an endpoint that Link
		// did not collect consent for.
		return nil, invalidInput("ADDITIONAL_CONSENT_REQUIRED", "client does not have user consent to access the "+consentNames[product]+" product")
	}
	// An app asks for all its Items at once, in any order: the answers must not
	// depend on it.
	path := c.r.URL.Path
	held.asked[path]++
	c.requestID = s.ids.about(id, pathNumber(path)<<32|held.asked[path]).requestID()
	return held, nil
}

// CanDisable says whether a name fits Config.NotEnabled: a simulated product or
// the path of a simulated call.
func CanDisable(name string) error {
	if slices.Contains(fixtures.Products(), fixtures.Product(name)) || endpoints[name] != nil {
		return nil
	}
	return fmt.Errorf("%q is neither a product (%s) nor the path of a simulated call, such as %s", clip(name), joinProducts(), pathNetworkStatus)
}

func joinProducts() string {
	var names []string
	for _, p := range fixtures.Products() {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

// consentNames are the products in ADDITIONAL_CONSENT_REQUIRED.
var consentNames = map[fixtures.Product]string{fixtures.ProductAuth: "PRODUCT_AUTH", fixtures.ProductIdentity: "PRODUCT_IDENTITY"}

func pathNumber(path string) uint64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(path))
	return uint64(h.Sum32())
}

// itemAccounts finds the Item and the accounts that are asked for, all unless
// options.account_ids names some.
func (s *Sim) itemAccounts(c *call, q itemRequest, product fixtures.Product) (*itemEntry, []account, *plaidError) {
	held, e := s.itemOf(c, q.AccessToken, product)
	if e != nil {
		return nil, nil, e
	}
	if q.Options == nil || q.Options.AccountIDs == nil {
		return held, held.item.Accounts, nil
	}
	accounts, ok := pick(held.item.Accounts, q.Options.AccountIDs)
	if !ok {
		return nil, nil, invalidInput("INVALID_ACCOUNT_ID", "failed to find requested account ID for requested item")
	}
	return held, accounts, nil
}

func pick(accounts []account, ids []string) ([]account, bool) {
	picked := []account{}
	for _, id := range ids {
		i := slices.IndexFunc(accounts, func(a account) bool { return a.ID == id })
		if i < 0 {
			return nil, false
		}
		picked = append(picked, accounts[i])
	}
	return picked, true
}

// Plaid OpenAPI: Item.
type itemInfoJSON struct {
	AuthMethod        opt                `json:"auth_method"`
	AvailableProducts []fixtures.Product `json:"available_products"`
	BilledProducts    []fixtures.Product `json:"billed_products"`
	ConsentExpiration opt                `json:"consent_expiration_time"`
	ConsentedProducts []fixtures.Product `json:"consented_products"`
	Error             *plaidError        `json:"error"`
	InstitutionID     string             `json:"institution_id"`
	InstitutionName   string             `json:"institution_name"`
	ItemID            string             `json:"item_id"`
	Products          []fixtures.Product `json:"products"`
	UpdateType        string             `json:"update_type"`
	Webhook           opt                `json:"webhook"`
}

// info describes an Item. UNCONFIRMED: that an Item made by Layer has just the
// products of its template, billed at once, and the balances every Item has.
func (i *itemEntry) info() itemInfoJSON {
	products := append([]fixtures.Product{}, i.products...)
	info := itemInfoJSON{
		AvailableProducts: []fixtures.Product{"balance"}, BilledProducts: products, ConsentedProducts: products, Products: products,
		InstitutionID: i.item.Bank.InstitutionID, InstitutionName: i.item.Bank.Name,
		ItemID: i.item.ID, UpdateType: "background", Webhook: opt(i.item.Webhook),
	}
	if slices.Contains(products, fixtures.ProductAuth) && slices.ContainsFunc(i.item.Accounts, hasNumbers) {
		info.AuthMethod = "INSTANT_AUTH"
	}
	return info
}

type itemGetRequest struct {
	credentials
	AccessToken string `json:"access_token" plaid:"required"`
}

// Plaid OpenAPI: ItemGetResponse. There is no status for the products that
// there are, and no webhook about an Item is sent.
type itemGetAnswer struct {
	Item      itemWithConsentJSON `json:"item"`
	RequestID string              `json:"request_id"`
	Status    json.RawMessage     `json:"status"`
}

type itemWithConsentJSON struct {
	itemInfoJSON
	CreatedAt string   `json:"created_at"`
	Scopes    []string `json:"consented_data_scopes"`
	UseCases  []string `json:"consented_use_cases"`
}

// consentedScopes are what each product reads (Plaid OpenAPI:
// ItemConsentedDataScope).
var consentedScopes = map[fixtures.Product]string{fixtures.ProductAuth: "account_routing_number", fixtures.ProductIdentity: "contact_info"}

// itemGet answers /item/get.
func (s *Sim) itemGet(c *call) ([]byte, *plaidError) {
	var q itemGetRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	held, e := s.itemOf(c, q.AccessToken, "")
	if e != nil {
		return nil, e
	}
	answer := itemGetAnswer{RequestID: c.requestID, Item: itemWithConsentJSON{
		itemInfoJSON: held.info(), CreatedAt: stampSeconds(held.created), Scopes: []string{"account_balance_info"}, UseCases: []string{},
	}}
	for _, p := range held.products {
		answer.Item.Scopes = append(answer.Item.Scopes, consentedScopes[p])
	}
	return encode(answer), nil
}

func stampSeconds(t time.Time) string { return t.UTC().Format(time.RFC3339) }

type itemRemoveRequest struct {
	credentials
	AccessToken string `json:"access_token" plaid:"required"`
	ReasonCode  string `json:"reason_code" plaid:"nullable"`
	ReasonNote  string `json:"reason_note" plaid:"nullable"`
}

// Plaid OpenAPI: ItemRemoveReasonCode, and the length of reason_note.
var removeReasons = []string{"", "FRAUD_FIRST_PARTY", "FRAUD_FALSE_IDENTITY", "FRAUD_ABUSE", "FRAUD_OTHER", "CONNECTION_IS_NON_FUNCTIONAL", "OTHER"}

const longestReason = 512

type requestIDAnswer struct {
	RequestID string `json:"request_id"`
}

// itemRemove answers /item/remove: the access_token is good for nothing after
// it (Plaid OpenAPI: /item/remove).
func (s *Sim) itemRemove(c *call) ([]byte, *plaidError) {
	var q itemRemoveRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	if !slices.Contains(removeReasons, q.ReasonCode) {
		return nil, invalidField("reason_code must be one of the reasons that are listed for it")
	}
	if len([]rune(q.ReasonNote)) > longestReason {
		return nil, invalidField("reason_note must have at most 512 characters")
	}
	held, e := s.itemOf(c, q.AccessToken, "")
	if e != nil {
		return nil, e
	}
	s.mu.Lock()
	held.removed = true
	s.mu.Unlock()
	return encode(requestIDAnswer{c.requestID}), nil
}
