package plaidsim

import (
	"strings"
	"testing"
	"time"

	"layersim/fixtures"
)

// refused asserts an error of Plaid's.
func refused(t *testing.T, s *Sim, path string, body object, kind, code, message string) {
	t.Helper()
	status, o := post(t, s, path, with(body))
	if status != 400 || o["error_type"] != kind || o["error_code"] != code || o["error_message"] != message {
		t.Errorf("%s: %d %v\nwant %s %s %q", path, status, o, kind, code, message)
	}
}

// got asserts an answer.
func got(t *testing.T, s *Sim, path string, body object) object {
	t.Helper()
	status, o := post(t, s, path, with(body))
	if status != 200 {
		t.Fatalf("%s: %d %v", path, status, o)
	}
	return o
}

var aboutItems = []string{pathAccountsGet, pathItemGet, pathAuthGet, pathIdentityGet, pathIdentityMatch, pathItemRemove}

func TestAccessTokens(t *testing.T) {
	s := newSim(t)
	const (
		unknown = "could not find matching access token"
		shape   = "provided access token is in an invalid format. expected format: access-<environment>-<identifier>"
		env     = `provided access token is for the wrong Plaid environment. expected "sandbox", got "production"`
	)
	i := shareItem(t, s)
	for _, path := range aboutItems {
		for token, message := range map[string]string{
			"access-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce992d":    unknown,
			strings.ToUpper(i.access[15:16]) + i.access:              shape,
			"access-sandbox-" + strings.ToUpper(i.access[15:]) + "A": unknown,
			"access-sandbox":     shape,
			"link-sandbox-x-y-z": shape,
			i.public:             shape,
			strings.Replace(i.access, "sandbox", "production", 1): env,
			"access-token-b0e2c4ee-a763-4df5-bfe9-46a46bce992d":   unknown,
		} {
			refused(t, s, path, object{"access_token": token}, "INVALID_INPUT", "INVALID_ACCESS_TOKEN", message)
		}
	}
}

func TestARemovedItemIsGone(t *testing.T) {
	s := newSim(t)
	i, other := shareItem(t, s), shareItem(t, s)
	stranger := object{"client_id": "stranger", "secret": "x", "access_token": i.access}
	if status, o := post(t, s, pathItemRemove, stranger); status != 400 || o["error_code"] != "INVALID_ACCESS_TOKEN" {
		t.Errorf("a stranger: %d %v", status, o)
	}
	got(t, s, pathItemRemove, object{"access_token": i.access})
	for _, path := range aboutItems {
		refused(t, s, path, object{"access_token": i.access}, "ITEM_ERROR", "ITEM_NOT_FOUND",
			"The Item you requested cannot be found. This Item does not exist, has been previously removed via /item/remove, or has had access removed by the user.")
		if path != pathItemRemove {
			got(t, s, path, object{"access_token": other.access})
		}
	}
	// What the user shared can still be read; its Item is listed with it.
	if o := sessionGet(t, s, i.public); text(o["items"].([]any)[0], "access_token") != i.access {
		t.Errorf("%v", o)
	}
	for field, value := range map[string]string{"reason_code": "BECAUSE", "reason_note": strings.Repeat("é", 513)} {
		if status, o := post(t, s, pathItemRemove, with(object{"access_token": other.access, field: value})); status != 400 || o["error_code"] != "INVALID_FIELD" {
			t.Errorf("%s: %d %v", field, status, o)
		}
	}
	got(t, s, pathItemRemove, object{"access_token": other.access, "reason_note": strings.Repeat("é", 512)})
}

func TestItemGet(t *testing.T) {
	s := newSim(t)
	s.Advance(90 * time.Minute)
	o := got(t, s, pathItemGet, object{"access_token": shareItem(t, s).access})["item"]
	for key, want := range map[string]string{
		"institution_id": "ins_109508", "institution_name": "First Platypus Bank", "auth_method": "INSTANT_AUTH",
		"update_type": "background", "created_at": "2026-04-01T13:30:00Z",
	} {
		if got := text(o, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if at(o, "error") != nil || at(o, "webhook") != nil {
		t.Errorf("%v", o)
	}
}

func TestProductsOfAnItem(t *testing.T) {
	template := fixtures.Template{Name: "t", ID: "template_authonly", Accounts: fixtures.AccountsRequired, Products: []fixtures.Product{fixtures.ProductAuth}}
	s := newSim(t, func(c *Config) { c.Catalog.Templates = append(c.Catalog.Templates, template) })
	l := newLink(t, s, template.ID)
	l.submit(fullPhone)
	token := object{"access_token": text(l.shareAll("123456")["items"].([]any)[0], "access_token")}
	got(t, s, pathAuthGet, token)
	for _, path := range []string{pathIdentityGet, pathIdentityMatch} {
		refused(t, s, path, token, "INVALID_INPUT", "ADDITIONAL_CONSENT_REQUIRED", "client does not have user consent to access the PRODUCT_IDENTITY product")
	}
	products := at(got(t, s, pathItemGet, token), "item", "products").([]any)
	if len(products) != 1 || products[0] != "auth" {
		t.Errorf("products %v", products)
	}
}

func TestWhatTheClientIsNotEnabledFor(t *testing.T) {
	s := newSim(t, func(c *Config) { c.NotEnabled = []string{"auth", pathNetworkStatus} })
	i := shareItem(t, s)
	refused(t, s, pathAuthGet, object{"access_token": i.access}, "INVALID_INPUT", "INVALID_PRODUCT", `client is not authorized to access the following products: ["auth"]`)
	refused(t, s, pathNetworkStatus, object{"user": object{"phone_number": fullPhone}}, "INVALID_INPUT", "UNAUTHORIZED_ROUTE_ACCESS",
		"you are not authorized to access this route in this api environment.")
	got(t, s, pathIdentityGet, object{"access_token": i.access})
	for name, ok := range map[string]bool{"auth": true, "identity": true, pathNetworkStatus: true, "": false, "balance": false, "/transactions/get": false} {
		if err := CanDisable(name); (err == nil) != ok {
			t.Errorf("CanDisable(%q): %v", name, err)
		}
	}
}

func TestAuthGet(t *testing.T) {
	s := newSim(t)
	// Two accounts of one bank, a checking account and a card of another.
	l := newLink(t, s, "default")
	l.submit(fullPhone)
	first, second := at(l.shareAll("123456"), "items").([]any)[0], at(sessionGet(t, s, l.publicToken()), "items").([]any)[1]
	o := got(t, s, pathAuthGet, object{"access_token": text(first, "access_token")})
	ach := at(o, "numbers", "ach").([]any)
	accounts := o["accounts"].([]any)
	if len(ach) != 2 || len(accounts) != 2 || text(ach[0], "account_id") != text(accounts[0], "account_id") {
		t.Fatalf("%v", o)
	}
	for i, mask := range []string{"0000", "1111"} {
		if n := text(ach[i], "account"); len(n) != 12 || !strings.HasSuffix(n, mask) {
			t.Errorf("account %q, mask %s", n, mask)
		}
		if text(ach[i], "routing") != "011401533" || text(ach[i], "wire_routing") != "021000021" {
			t.Errorf("%v", ach[i])
		}
	}
	for _, other := range []string{"eft", "international", "bacs"} {
		if list, ok := at(o, "numbers", other).([]any); !ok || len(list) != 0 {
			t.Errorf("%s: %v", other, at(o, "numbers", other))
		}
	}
	// A card has no numbers.
	token := text(second, "access_token")
	o = got(t, s, pathAuthGet, object{"access_token": token})
	if accounts = o["accounts"].([]any); len(accounts) != 1 || text(accounts[0], "name") != "Tartan Checking" {
		t.Errorf("%v", accounts)
	}
	card := text(at(got(t, s, pathAccountsGet, object{"access_token": token}), "accounts").([]any)[1], "account_id")
	refused(t, s, pathAuthGet, object{"access_token": token, "options": object{"account_ids": []string{card}}}, "ITEM_ERROR", "NO_AUTH_ACCOUNTS",
		"There are no valid checking or savings account(s) associated with this Item. See https://plaid.com/docs/api/#item-errors for more.")
	refused(t, s, pathAuthGet, object{"access_token": token, "options": object{"account_ids": []string{"x"}}}, "INVALID_INPUT", "INVALID_ACCOUNT_ID",
		"failed to find requested account ID for requested item")
}

// The same account keeps its number, whenever it is shared; another seed has
// other numbers.
func TestAccountNumbersFollowFromTheSeed(t *testing.T) {
	number := func(s *Sim) string {
		o := got(t, s, pathAuthGet, object{"access_token": shareItem(t, s).access})
		return text(at(o, "numbers", "ach").([]any)[0], "account")
	}
	s := newSim(t)
	first, second, other := number(s), number(s), number(newSim(t, func(c *Config) { c.Seed = 8 }))
	if first != second || first == other {
		t.Errorf("%s, then %s; another seed %s", first, second, other)
	}
}

// No number of an account is in the journal as it is.
func TestJournalHasNoAccountNumbers(t *testing.T) {
	s := newSim(t)
	o := got(t, s, pathAuthGet, object{"access_token": shareItem(t, s).access})
	number := text(at(o, "numbers", "ach").([]any)[0], "account")
	records, _ := s.Records(0, 1000)
	for _, r := range records {
		if shown := string(encode(r)); strings.Contains(shown, number) || strings.Contains(shown, routingNumber) {
			t.Errorf("%s", shown)
		}
		if r.Call != nil && strings.Contains(r.Call.Exchange().ResponseBody, number) {
			t.Error("an exchange shows the number")
		}
	}
}

func TestAccountsAreAskedForByID(t *testing.T) {
	s := newSim(t)
	i := shareItem(t, s)
	for _, path := range []string{pathAccountsGet, pathAuthGet, pathIdentityGet, pathIdentityMatch} {
		o := got(t, s, path, object{"access_token": i.access, "options": object{"account_ids": []string{i.accounts[1]}}})
		if list := o["accounts"].([]any); len(list) != 1 || text(list[0], "account_id") != i.accounts[1] {
			t.Errorf("%s: %v", path, list)
		}
		refused(t, s, path, object{"access_token": i.access, "options": object{"account_ids": []string{i.accounts[0], strings.ToLower(i.accounts[1])}}},
			"INVALID_INPUT", "INVALID_ACCOUNT_ID", "failed to find requested account ID for requested item")
	}
}
