package plaidsim

import (
	"strings"
	"time"

	"layersim/flow"
)

// sharedAccount is what a public_token stands for.
type sharedAccount struct {
	grant   *grant
	client  string
	thread  int
	session string // link_session_id
	expires time.Time
}

type sessionGetRequest struct {
	credentials
	PublicToken string `json:"public_token" plaid:"required"`
}

// sessionGet answers /user_account/session/get. UNCONFIRMED: that the same
// public_token may be used again until it expires, and that one of another
// kind ("public-…") is simply not found.
func (s *Sim) sessionGet(c *call) ([]byte, *plaidError) {
	var q sessionGetRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	id, ok := parseToken(q.PublicToken, publicTokenPrefix)
	g, history := s.redeem(id, c)
	if !ok || g == nil {
		return nil, invalidInput("INVALID_PUBLIC_TOKEN", "could not find matching public token")
	}
	answer := sessionGetAnswer{
		Identity:  identityOf(g),
		History:   historyJSON(history),
		Items:     make([]itemJSON, 0, len(g.Items)),
		RequestID: c.requestID,
	}
	for _, i := range g.Items {
		answer.Items = append(answer.Items, itemJSON{i.ID, accessTokenPrefix + i.AccessToken.String()})
	}
	return encode(answer), nil
}

// redeem finds what a public_token of this client stands for, nil if it is
// unknown or has expired.
func (s *Sim) redeem(token uuid, c *call) (*grant, flow.EditHistory) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	held, found := s.publicTokens.get(token)
	if !found || held.client != c.client || !now.Before(held.expires) {
		return nil, flow.EditHistory{}
	}
	c.thread, c.session, c.requestID = held.thread, held.session, s.ids.requestID()
	return held.grant, s.histories[held.grant.Phone].counts(held.grant.Edited, now)
}

func parseToken(s, prefix string) (uuid, bool) {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return uuid{}, false
	}
	return parseUUID(rest)
}

// Plaid OpenAPI: UserAccountSessionGetResponse.
type sessionGetAnswer struct {
	Identity  identityJSON `json:"identity"`
	History   editsJSON    `json:"identity_edit_history"`
	Items     []itemJSON   `json:"items"`
	RequestID string       `json:"request_id"`
}

type itemJSON struct {
	ItemID      string `json:"item_id"`
	AccessToken string `json:"access_token"`
}

type identityJSON struct {
	PhoneNumber string       `json:"phone_number"`
	Name        *nameJSON    `json:"name"`
	Address     *addressJSON `json:"address"`
	Email       opt          `json:"email"`
	DateOfBirth opt          `json:"date_of_birth"`
	SSN         opt          `json:"ssn"`
	SSNLast4    opt          `json:"ssn_last_4"`
}

type nameJSON struct {
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
}

type addressJSON struct {
	Street     opt `json:"street"`
	Street2    opt `json:"street2"`
	City       opt `json:"city"`
	Region     opt `json:"region"`
	PostalCode opt `json:"postal_code"`
	Country    opt `json:"country"`
}

// identityOf returns what the user agreed to, null for what was skipped or
// left empty. Email: the API contract says that it is currently not returned,
// the guide's sample shows it; it is returned, because the guide is followed
// and an app must be able to read it. A template that masks the SSN returns
// its last four digits only (UNCONFIRMED what masking leaves).
func identityOf(g *grant) identityJSON {
	v := map[string]string{}
	for _, f := range g.Fields {
		v[f.Key] = f.Value
	}
	id := identityJSON{PhoneNumber: g.Phone.Reveal(), Email: opt(v[keyEmail]), DateOfBirth: opt(v[keyBirth])}
	if n := (nameJSON{v[keyFirstName], v[keyLastName]}); n != (nameJSON{}) {
		id.Name = &n
	}
	a := addressJSON{opt(v[keyStreet]), opt(v[keyStreet2]), opt(v[keyCity]), opt(v[keyRegion]), opt(v[keyPostalCode]), opt(v[keyCountry])}
	if a != (addressJSON{}) {
		id.Address = &a
	}
	if ssn := v[keySSN]; len(ssn) == 9 {
		id.SSNLast4 = opt(ssn[5:])
		if !g.MaskSSN {
			id.SSN = opt(ssn)
		}
	}
	return id
}

type countsJSON struct {
	Current int `json:"edits_current"`
	Day     int `json:"edits_1d"`
	Month   int `json:"edits_30d"`
	Year    int `json:"edits_365d"`
	AllTime int `json:"edits_all_time"`
}

type editsJSON struct {
	Name        countsJSON `json:"name"`
	Address     countsJSON `json:"address"`
	Email       countsJSON `json:"email"`
	DateOfBirth countsJSON `json:"date_of_birth"`
	Official    struct {
		SSN countsJSON `json:"ssn"`
	} `json:"official_document"`
}

func historyJSON(h flow.EditHistory) editsJSON {
	e := editsJSON{Name: countsOf(h.Name), Address: countsOf(h.Address), Email: countsOf(h.Email), DateOfBirth: countsOf(h.DateOfBirth)}
	e.Official.SSN = countsOf(h.SSN)
	return e
}

func countsOf(c flow.EditCounts) countsJSON {
	return countsJSON{c.Current, c.Day, c.Month, c.Year, c.AllTime}
}

// remember keeps what a user shared; the caller holds the lock.
func (s *Sim) remember(g *grant, l *linkSession) {
	now := s.now()
	l.grant, l.sharedAt = g, now
	if held := s.linkTokens.ref(l.token); held != nil {
		held.used = true
	}
	s.publicTokens.prune(func(a *sharedAccount) bool { return !now.Before(a.expires) })
	s.publicTokens.put(g.PublicToken, &sharedAccount{g, l.client, l.thread, l.id, now.Add(publicTokenLife)})
	for i := range g.Items {
		g.Items[i].Webhook = l.webhook
		s.accessTokens.put(g.Items[i].AccessToken, &itemEntry{
			item: &g.Items[i], owner: g.Phone, products: l.session.Template.Products, created: now,
			client: l.client, thread: l.thread, session: l.id, asked: map[string]uint64{},
		})
	}
	h := s.histories[g.Phone]
	if h == nil {
		h = &history{}
		s.histories[g.Phone] = h
	}
	h.add(g.Edited, now)
}

type accountsGetRequest struct {
	credentials
	itemRequest
}

// accountsGet answers /accounts/get with the accounts the user shared.
func (s *Sim) accountsGet(c *call) ([]byte, *plaidError) {
	var q accountsGetRequest
	if e := s.admit(c, &q); e != nil {
		return nil, e
	}
	held, accounts, e := s.itemAccounts(c, q.itemRequest, "")
	if e != nil {
		return nil, e
	}
	return encode(accountsGetAnswer{accountsJSON(accounts), held.info(), c.requestID}), nil
}

// Plaid OpenAPI: AccountsGetResponse.
type accountsGetAnswer struct {
	Accounts  []accountJSON `json:"accounts"`
	Item      itemInfoJSON  `json:"item"`
	RequestID string        `json:"request_id"`
}

type accountJSON struct {
	AccountID    string       `json:"account_id"`
	Balances     balancesJSON `json:"balances"`
	Mask         opt          `json:"mask"`
	Name         string       `json:"name"`
	OfficialName opt          `json:"official_name"`
	Subtype      opt          `json:"subtype"`
	Type         string       `json:"type"`
}

type balancesJSON struct {
	Available  *float64 `json:"available"`
	Current    *float64 `json:"current"`
	Limit      *float64 `json:"limit"`
	Currency   opt      `json:"iso_currency_code"`
	Unofficial opt      `json:"unofficial_currency_code"`
}

func accountsJSON(accounts []account) []accountJSON {
	list := make([]accountJSON, 0, len(accounts))
	for _, a := range accounts {
		list = append(list, accountOf(a))
	}
	return list
}

func accountOf(a account) accountJSON {
	return accountJSON{
		AccountID: a.ID, Name: a.Name, OfficialName: opt(a.OfficialName), Mask: opt(a.Mask), Type: a.Type, Subtype: opt(a.Subtype),
		Balances: balancesJSON{Available: a.Available, Current: a.Current, Currency: opt(a.Currency)},
	}
}
