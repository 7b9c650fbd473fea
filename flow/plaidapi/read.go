package plaidapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/plaid/plaid-go/v42/plaid"

	"layersim/flow"
)

// Answers are read twice. The SDK decodes them as an app's server would, and
// tells only whether it can: of fields it leaves no more than their values. What
// is shown is read from the body here, so that null, empty and left out stay
// apart, and one field of another type does not take the others with it.

// body returns an answer as it came, decoded, and whether the SDK could read it.
// An error is a flow.Failure.
func (c *Client) body(response *http.Response, failure, err error) (answer map[string]any, refused bool, _ error) {
	var content []byte
	var answered plaid.GenericOpenAPIError
	switch {
	case failure == nil:
		content, err = io.ReadAll(response.Body) // the SDK has put it back
		if err != nil {
			return nil, false, notPlaid(response.StatusCode, unreadable(response))
		}
	case response != nil && response.StatusCode < 300 && isJSON(response) && errors.As(err, &answered):
		content, refused = answered.Body(), true
	default:
		return nil, false, failure
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	if decoder.Decode(&answer) != nil || answer == nil {
		return nil, false, orFailure(failure, notPlaid(response.StatusCode, "its body is no JSON object"))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, false, orFailure(failure, notPlaid(response.StatusCode, unreadable(response)))
	}
	return answer, refused, nil
}

func orFailure(failure error, otherwise flow.Failure) error {
	if failure != nil {
		return failure
	}
	return otherwise
}

// fields reads the values of an object, and notes those that hold nothing.
type fields struct {
	object map[string]any
	path   string
	blank  *[]flow.Blank
}

func (f fields) note(key string, how flow.BlankAs) {
	*f.blank = append(*f.blank, flow.Blank{Path: under(f.path, key), How: how})
}

// text returns a text, cleaned, also where a number, true or false stands.
func (f fields) text(key string) string {
	v, ok := f.object[key]
	if !ok {
		return ""
	}
	s := scalar(v, 0)
	switch kind := kindOf(v); {
	case kind == flow.KindNull:
		f.note(key, flow.BlankNull)
	case kind == flow.KindObject || kind == flow.KindList:
		f.note(key, flow.BlankOdd)
	case strings.TrimSpace(s) == "":
		f.note(key, flow.BlankEmpty)
		return ""
	}
	return s
}

// in returns the fields of an object inside, none if there is no object, and
// whether there is.
func (f fields) in(key string) (fields, bool) {
	inner := fields{path: under(f.path, key), blank: f.blank}
	v, ok := f.object[key]
	if !ok {
		return inner, false
	}
	if inner.object, ok = v.(map[string]any); ok {
		return inner, true
	}
	if v == nil {
		f.note(key, flow.BlankNull)
	} else {
		f.note(key, flow.BlankOdd)
	}
	return inner, false
}

// list returns the objects of a list.
func (f fields) list(key string) []map[string]any {
	all, _ := f.object[key].([]any)
	var objects []map[string]any
	for _, v := range all {
		if object, ok := v.(map[string]any); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

// amount returns a number, also where it stands as a text; nil if there is none.
func (f fields) amount(key string) *float64 {
	n, err := strconv.ParseFloat(strings.TrimSpace(f.text(key)), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil
	}
	return &n
}

// count returns a counter, and whether it is missing.
func (f fields) count(key string) (n int, missing bool) {
	amount := f.amount(key)
	if amount == nil || *amount != math.Trunc(*amount) || math.Abs(*amount) > math.MaxInt32 {
		return 0, true
	}
	return int(*amount), false
}

// userAccount reads a session. Nearly everything in it may be null or absent
// (Plaid OpenAPI: UserAccountSessionGetResponse).
func (r redactor) userAccount(status int, answer map[string]any, refused bool) (flow.UserAccount, error) {
	var u flow.UserAccount
	f := fields{object: answer, blank: &u.Blank}
	u.RequestID = r.id(f.text("request_id"))
	_, identity := answer["identity"]
	_, items := answer["items"]
	if !identity && !items {
		return flow.UserAccount{}, incomplete(status, "identity and no items", u.RequestID)
	}
	u.Deviations = r.deviations(sessionShape(), answer)
	u.Deviations.Refused = refused
	if inner, ok := f.in("identity"); ok {
		u.HasIdentity, u.Identity = true, identityOf(inner)
	}
	if inner, ok := f.in("identity_edit_history"); ok {
		u.HasHistory, u.History = true, historyOf(inner)
	}
	for _, item := range f.list("items") {
		inner := fields{object: item, blank: new([]flow.Blank)}
		u.Items = append(u.Items, flow.Item{ItemID: inner.text("item_id"), AccessToken: flow.NewAccessToken(inner.text("access_token"))})
	}
	return u, nil
}

func identityOf(f fields) flow.Identity {
	name, _ := f.in("name")
	address, _ := f.in("address")
	return flow.Identity{
		FirstName: name.text("first_name"), LastName: name.text("last_name"),
		Address: flow.Address{
			Street: address.text("street"), Street2: address.text("street2"), City: address.text("city"),
			Region: address.text("region"), PostalCode: address.text("postal_code"), Country: address.text("country"),
		},
		PhoneNumber: flow.NewPhoneNumber(f.text("phone_number")),
		Email:       f.text("email"),
		DateOfBirth: flow.NewDateOfBirth(f.text("date_of_birth")),
		SSN:         flow.NewSSN(f.text("ssn")),
		SSNLast4:    f.text("ssn_last_4"), SSNLast4Guide: f.text("ssn_last4"),
	}
}

func historyOf(f fields) flow.EditHistory {
	document, _ := f.in("official_document")
	return flow.EditHistory{
		Name: countsOf(f, "name"), Address: countsOf(f, "address"), Email: countsOf(f, "email"), DateOfBirth: countsOf(f, "date_of_birth"),
		SSN: countsOf(document, "ssn"),
	}
}

func countsOf(f fields, field string) flow.EditCounts {
	inner, _ := f.in(field)
	var c flow.EditCounts
	c.Current, c.Missing[0] = inner.count("edits_current")
	c.Day, c.Missing[1] = inner.count("edits_1d")
	c.Month, c.Missing[2] = inner.count("edits_30d")
	c.Year, c.Missing[3] = inner.count("edits_365d")
	c.AllTime, c.Missing[4] = inner.count("edits_all_time")
	return c
}

// itemAccounts reads the accounts of one Item (Plaid OpenAPI:
// AccountsGetResponse).
func (r redactor) itemAccounts(status int, answer map[string]any, refused bool) (flow.ItemAccounts, error) {
	var blank []flow.Blank
	f := fields{object: answer, blank: &blank}
	if _, ok := answer["accounts"].([]any); !ok {
		return flow.ItemAccounts{}, incomplete(status, "list of accounts", r.id(f.text("request_id")))
	}
	out := flow.ItemAccounts{Deviations: r.deviations(accountsShape(), answer)}
	out.Deviations.Refused = refused
	item, _ := f.in("item")
	if out.Institution = item.text("institution_name"); out.Institution == "" {
		out.Institution = item.text("institution_id")
	}
	for _, account := range f.list("accounts") {
		out.Accounts = append(out.Accounts, accountOf(account))
	}
	return out, nil
}

func accountOf(account map[string]any) flow.Account {
	var a flow.Account
	f := fields{object: account, blank: &a.Blank}
	a.AccountID, a.Name, a.OfficialName, a.Mask = f.text("account_id"), f.text("name"), f.text("official_name"), f.text("mask")
	a.Type, a.Subtype = f.text("type"), f.text("subtype")
	balances, _ := f.in("balances")
	a.Available, a.Current, a.Limit = balances.amount("available"), balances.amount("current"), balances.amount("limit")
	a.Currency, a.Unofficial = balances.text("iso_currency_code"), balances.text("unofficial_currency_code")
	return a
}
