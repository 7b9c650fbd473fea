package plaidsim

import (
	"bytes"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestErrors(t *testing.T) {
	const token, get, accounts = "/session/token/create", "/user_account/session/get", "/accounts/get"
	user := `"template_id":"default","user":{"client_user_id":"u"}`
	creds := `"client_id":"c","secret":"s"`
	tests := []struct {
		name, path, body string
		status           int
		kind, code, says string
	}{
		{"no credentials", token, `{` + user + `}`, 400, "INVALID_REQUEST", "MISSING_FIELDS", "client_id, secret"},
		{"nothing", token, `{}`, 400, "INVALID_REQUEST", "MISSING_FIELDS", "client_id, secret, template_id, user"},
		{"no template", token, `{` + creds + `,"user":{"client_user_id":"u"}}`, 400, "INVALID_REQUEST", "MISSING_FIELDS", "the following required fields are missing: template_id"},
		{"no user", token, `{` + creds + `,"template_id":"default"}`, 400, "INVALID_REQUEST", "MISSING_FIELDS", "user"},
		{"null user", token, `{` + creds + `,"template_id":"default","user":null}`, 400, "INVALID_REQUEST", "INVALID_FIELD", "user must be an object"},
		{"no client_user_id", token, `{` + creds + `,"template_id":"default","user":{}}`, 400, "INVALID_REQUEST", "MISSING_FIELDS", "user.client_user_id"},
		{"unknown fields", token, `{` + creds + `,` + user + `,"zeta":1,"client_name":"x"}`, 400, "INVALID_REQUEST", "UNKNOWN_FIELDS", "client_name, zeta"},
		{"unknown nested field", token, `{` + creds + `,"template_id":"t","user":{"client_user_id":"u","shoe":1}}`, 400, "INVALID_REQUEST", "UNKNOWN_FIELDS", "user.shoe"},
		{"mistyped", token, `{` + creds + `,"template_id":7,"user":{"client_user_id":"u"}}`, 400, "INVALID_REQUEST", "INVALID_FIELD", "template_id must be a string"},
		{"mistyped credentials", token, `{"client_id":5,"secret":"s",` + user + `}`, 400, "INVALID_REQUEST", "INVALID_FIELD", "client_id must be a string"},
		{"mistyped object", token, `{` + creds + `,"template_id":"t","user":"u"}`, 400, "INVALID_REQUEST", "INVALID_FIELD", "user must be an object"},
		{"mistyped nested", token, `{` + creds + `,"template_id":"t","user":{"client_user_id":1}}`, 400, "INVALID_REQUEST", "INVALID_FIELD", "user.client_user_id must be a string"},
		{"email as id", token, `{` + creds + `,"template_id":"t","user":{"client_user_id":"a@b.c"}}`, 400, "INVALID_REQUEST", "INVALID_FIELD", "personally"},
		{"phone as id", token, `{` + creds + `,"template_id":"t","user":{"client_user_id":"+14155550011"}}`, 400, "INVALID_REQUEST", "INVALID_FIELD", "personally"},
		{"redirect with query", token, `{` + creds + `,` + user + `,"redirect_uri":"https://a.b/c?d=e"}`, 400, "INVALID_REQUEST", "INVALID_FIELD", "redirect_uri"},
		{"webhook no URL", token, `{` + creds + `,` + user + `,"webhook":"nowhere"}`, 400, "INVALID_REQUEST", "INVALID_FIELD", "webhook"},
		{"half JSON", token, `{"client_id":`, 400, "INVALID_REQUEST", "INVALID_BODY", "JSON"},
		{"no object", token, `[]`, 400, "INVALID_REQUEST", "INVALID_BODY", "JSON"},
		{"null", token, `null`, 400, "INVALID_REQUEST", "INVALID_BODY", "JSON"},
		{"empty", token, ``, 400, "INVALID_REQUEST", "INVALID_BODY", "JSON"},
		{"two bodies", token, `{` + creds + `,` + user + `}{}`, 400, "INVALID_REQUEST", "INVALID_BODY", "JSON"},
		{"large", token, `{"client_id":"` + strings.Repeat("x", 1<<20) + `"}`, 400, "INVALID_REQUEST", "INVALID_BODY", "1 MiB"},
		{"bad keys", token, `{"client_id":"c","secret":"wrong",` + user + `}`, 400, "INVALID_INPUT", "INVALID_API_KEYS", "invalid client_id or secret provided"},
		{"no public token", get, `{` + creds + `}`, 400, "INVALID_REQUEST", "MISSING_FIELDS", "public_token"},
		{"unknown public token", get, `{` + creds + `,"public_token":"profile-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce992d"}`, 400, "INVALID_INPUT", "INVALID_PUBLIC_TOKEN", "could not find matching public token"},
		{"ordinary public token", get, `{` + creds + `,"public_token":"public-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce992d"}`, 400, "INVALID_INPUT", "INVALID_PUBLIC_TOKEN", "could not find matching public token"},
		{"unknown access token", accounts, `{` + creds + `,"access_token":"access-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce992d"}`, 400, "INVALID_INPUT", "INVALID_ACCESS_TOKEN", "access token"},
		{"account ids that are none", accounts, `{` + creds + `,"access_token":"a","options":{"account_ids":"x"}}`, 400, "INVALID_REQUEST", "INVALID_FIELD", "options.account_ids must be an array"},
		{"another path", "/transactions/get", `{}`, 404, "INVALID_REQUEST", "NOT_FOUND", "not simulated by layersim: POST /transactions/get"},
		{"unknown link token", "/link/session", `{"token":"link-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce992d"}`, 400, "INVALID_INPUT", "INVALID_LINK_TOKEN", "invalid link_token provided"},
		{"no link token", "/link/session", `{}`, 400, "INVALID_REQUEST", "MISSING_FIELDS", "token"},
		{"unknown Link session", "/link/session/nobody/open", `{}`, 404, "INVALID_REQUEST", "NOT_FOUND", "Link session"},
		{"unknown verb", "/link/session/nobody/dance", `{}`, 404, "INVALID_REQUEST", "NOT_FOUND", "verb"},
	}
	s := newSim(t, func(c *Config) { c.Credentials = func(_, secret string) bool { return secret == "s" } })
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, o := post(t, s, tt.path, tt.body)
			if status != tt.status || o["error_type"] != tt.kind || o["error_code"] != tt.code || !strings.Contains(text(o, "error_message"), tt.says) ||
				strings.Contains(text(o, "error_message"), "credentials.") {
				t.Errorf("%d %v\nwant %d %s %s %q", status, o, tt.status, tt.kind, tt.code, tt.says)
			}
			if _, there := o["display_message"]; !there || !regexp.MustCompile(`^[A-Za-z0-9]{15}$`).MatchString(text(o, "request_id")) {
				t.Errorf("not Plaid's shape: %v", o)
			}
		})
	}
}

func send(t testing.TB, s *Sim, method, path string, header http.Header, body string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, "https://sandbox.plaid.com"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	resp, err := s.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, _ = b.ReadFrom(resp.Body)
	if method == http.MethodPost {
		conforms(t, path, body, resp.StatusCode, b.Bytes())
	}
	return resp, b.Bytes()
}

func TestHeaders(t *testing.T) {
	s := newSim(t)
	const body = `{"template_id":"default","user":{"client_user_id":"u"}}`
	keys := func(kind string) http.Header {
		h := http.Header{}
		h.Set("PLAID-CLIENT-ID", "c")
		h.Set("PLAID-SECRET", "s")
		if kind != "" {
			h.Set("Content-Type", kind)
		}
		return h
	}
	tests := []struct {
		name, method, kind string
		status             int
		code               string
	}{
		{"keys in headers", "POST", "application/json", 200, ""},
		{"with charset", "POST", "application/json; charset=utf-8", 200, ""},
		{"no content type", "POST", "", 400, "INVALID_HEADERS"},
		{"a form", "POST", "application/x-www-form-urlencoded", 400, "INVALID_BODY"},
		{"another method", "GET", "application/json", 404, "NOT_FOUND"},
	}
	for _, tt := range tests {
		resp, answer := send(t, s, tt.method, "/session/token/create", keys(tt.kind), body)
		if resp.StatusCode != tt.status || !strings.Contains(string(answer), tt.code) {
			t.Errorf("%s: %d %s", tt.name, resp.StatusCode, answer)
		}
		if got := resp.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("%s: answered as %s", tt.name, got)
		}
	}
}

func TestTokenCreate(t *testing.T) {
	s := newSim(t)
	status, o := post(t, s, "/session/token/create", with(object{"template_id": "template_4uinBNe4B2x9", "user_id": "usr_1"}))
	if status != 200 || text(o, "link", "user_id") != "usr_1" {
		t.Errorf("%d %v", status, o)
	}
	uuid4 := `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`
	if !regexp.MustCompile("^link-sandbox-" + uuid4).MatchString(text(o, "link", "link_token")) {
		t.Errorf("link_token %v", o)
	}
	if got := text(o, "link", "expiration"); got != "2026-04-01T16:00:00Z" {
		t.Errorf("expiration %s", got)
	}
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", nil)
	if !regexp.MustCompile("^profile-sandbox-" + uuid4).MatchString(l.publicToken()) {
		t.Errorf("public_token %s", l.publicToken())
	}
	account := sessionGet(t, s, l.publicToken())
	item := account["items"].([]any)[0]
	if !regexp.MustCompile("^access-sandbox-"+uuid4).MatchString(text(item, "access_token")) || !regexp.MustCompile(`^[A-Za-z0-9]{37}$`).MatchString(text(item, "item_id")) {
		t.Errorf("item %v", item)
	}
}

func TestUnknownTemplateIsForgiven(t *testing.T) {
	s := newSim(t)
	_, _, header := postRaw(t, s, "/session/token/create", with(object{"template_id": "template_mine", "user": object{"client_user_id": "u"}}))
	if got := header.Get(Notice); !strings.Contains(got, "template_mine") || !strings.Contains(got, "default") {
		t.Errorf("notice %q", got)
	}
	if o := newLink(t, s, "template_mine").submit(fullPhone); o["state"] != "eligible" {
		t.Errorf("%v", o)
	}
	_, _, header = postRaw(t, s, "/session/token/create", with(object{"template_id": "default", "user": object{"client_user_id": "u"}}))
	if header.Get(Notice) != "" {
		t.Error("a notice for a known template")
	}
}

func TestTokensBelongToTheirClientAndExpire(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", nil)
	public := l.publicToken()
	access := text(sessionGet(t, s, public)["items"].([]any)[0], "access_token")

	stranger := object{"client_id": "stranger", "secret": "x"}
	stranger["public_token"] = public
	if status, o := post(t, s, "/user_account/session/get", stranger); status != 400 || o["error_code"] != "INVALID_PUBLIC_TOKEN" {
		t.Errorf("%d %v", status, o)
	}
	delete(stranger, "public_token")
	stranger["access_token"] = access
	if status, o := post(t, s, "/accounts/get", stranger); status != 400 || o["error_code"] != "INVALID_ACCESS_TOKEN" {
		t.Errorf("%d %v", status, o)
	}

	s.Advance(30*time.Minute - 1)
	sessionGet(t, s, public)
	s.Advance(1)
	if status, o := post(t, s, "/user_account/session/get", with(object{"public_token": public})); status != 400 || o["error_code"] != "INVALID_PUBLIC_TOKEN" {
		t.Errorf("expired: %d %v", status, o)
	}
	s.Advance(10 * 365 * day)
	if status, o := post(t, s, "/accounts/get", with(object{"access_token": access})); status != 200 {
		t.Errorf("access tokens do not expire: %d %v", status, o)
	}
}

func TestAccountsGet(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", nil)
	access := text(sessionGet(t, s, l.publicToken())["items"].([]any)[0], "access_token")
	_, o := post(t, s, "/accounts/get", with(object{"access_token": access}))
	accounts := o["accounts"].([]any)
	if len(accounts) != 2 || text(o, "item", "institution_id") != "ins_109508" || text(o, "item", "institution_name") != "First Platypus Bank" {
		t.Fatalf("%v", o)
	}
	first := accounts[0]
	if text(first, "name") != "Everyday Checking" || text(first, "mask") != "0000" || text(first, "subtype") != "checking" ||
		at(first, "balances", "available") != 1840.22 || at(first, "balances", "current") != 1902.75 || text(first, "balances", "iso_currency_code") != "USD" {
		t.Errorf("%v", first)
	}
	shared := at(l.calls[len(l.calls)-1], "metadata", "accounts").([]any)
	if text(shared[0], "id") != text(first, "account_id") {
		t.Error("onSuccess and the API disagree about the account_id")
	}
	_, o = post(t, s, "/accounts/get", with(object{"access_token": access, "options": object{"account_ids": []string{text(accounts[1], "account_id")}}}))
	if got := o["accounts"].([]any); len(got) != 1 || text(got[0], "name") != "Rainy Day Savings" {
		t.Errorf("%v", got)
	}
	status, o := post(t, s, "/accounts/get", with(object{"access_token": access, "options": object{"account_ids": []string{"nope"}}}))
	if status != 400 || o["error_code"] != "INVALID_ACCOUNT_ID" {
		t.Errorf("%d %v", status, o)
	}
}

// walkBytes walks once and returns every byte that was answered.
func walkBytes(t *testing.T, seed uint64) string {
	var all bytes.Buffer
	s := newSim(t, func(c *Config) { c.Seed, c.Delivery = seed, Shuffled })
	say := func(path string, body any) object {
		status, raw, _ := postRaw(t, s, path, body)
		all.WriteString(path)
		all.Write(raw)
		_, o := status, object{}
		decodeInto(t, raw, &o)
		return o
	}
	token := text(say("/session/token/create", with(object{"template_id": "default", "user_id": "usr_1"})), "link", "link_token")
	key := text(say("/link/session", object{"token": token}), "session")
	verb := func(v string, body object) object { return say("/link/session/"+key+"/"+v, body) }
	verb("submit", object{"phone_number": fullPhone})
	verb("open", object{})
	verb("continue", object{})
	verb("code", object{"code": "000000"})
	verb("code", object{"code": "123456"})
	o := verb("share", object{})
	calls := o["callbacks"].([]any)
	o = say("/user_account/session/get", with(object{"public_token": text(calls[len(calls)-1], "public_token")}))
	say("/accounts/get", with(object{"access_token": text(o["items"].([]any)[0], "access_token")}))
	say("/nowhere", object{})
	return all.String()
}

func TestDeterministic(t *testing.T) {
	a := walkBytes(t, 42)
	if b := walkBytes(t, 42); a != b {
		t.Errorf("one seed, two walks:\n%s\n%s", a, b)
	}
	if a == walkBytes(t, 43) {
		t.Error("another seed, the same walk")
	}
}

// The Items' accounts are asked for at the same time, so their order is nobody's.
func TestDeterministicWhateverItemIsAskedFirst(t *testing.T) {
	var runs [2]map[string]string
	for run := range runs {
		s := newSim(t)
		l := newLink(t, s, "default")
		var ids []string
		for _, bank := range at(l.review(fullPhone), "pane", "banks").([]any) {
			for _, a := range at(bank, "accounts").([]any) {
				ids = append(ids, text(a, "id"))
			}
		}
		l.do("share", object{"accounts": ids})
		items := sessionGet(t, s, l.publicToken())["items"].([]any)
		if len(items) != 2 {
			t.Fatalf("%d Items; want 2", len(items))
		}
		if run == 1 {
			slices.Reverse(items)
		}
		runs[run] = map[string]string{}
		for _, item := range items {
			access := text(item, "access_token")
			for range 2 {
				_, o := post(t, s, "/accounts/get", with(object{"access_token": access}))
				runs[run][access] += text(o, "request_id") + " "
			}
		}
	}
	if !maps.Equal(runs[0], runs[1]) {
		t.Errorf("the order of asking changed the answers:\n%v\n%v", runs[0], runs[1])
	}
	for _, ids := range runs[0] {
		if f := strings.Fields(ids); f[0] == f[1] {
			t.Error("two answers with one request_id")
		}
	}
}
