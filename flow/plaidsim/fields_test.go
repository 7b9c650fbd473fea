package plaidsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// sharedItem is an Item of two accounts, and the session it was shared in.
type sharedItem struct {
	access, public, session string
	key                     string // kid of the key that signs webhooks
	accounts                []string
}

func shareItem(t testing.TB, s *Sim) sharedItem {
	t.Helper()
	l := newLink(t, s, "default")
	l.submit(fullPhone)
	o := l.shareAll("123456")
	i := sharedItem{public: l.publicToken(), session: l.id, access: text(o["items"].([]any)[0], "access_token"), key: s.WebhookKeys()[0].Kid}
	_, o = post(t, s, pathAccountsGet, with(object{"access_token": i.access}))
	for _, a := range o["accounts"].([]any) {
		i.accounts = append(i.accounts, text(a, "account_id"))
	}
	return i
}

// requests has, for every call, a request with every field that the contract
// lists.
func requests(i sharedItem) map[string]object {
	options := object{"account_ids": []any{i.accounts[0]}}
	return map[string]object{
		pathTokenCreate: {
			"template_id": "default", "user": object{"client_user_id": "u", "user_id": "usr_2"}, "user_id": "usr_1", "webhook": "https://example.com/hook",
			"redirect_uri": "https://example.com/back", "android_package_name": "com.example",
		},
		pathSessionGet: {"public_token": i.public},
		pathEventSend: {"link_session_id": i.session, "cohort_id": "c", "event": object{
			"name": "n", "timestamp": "2026-04-01T12:00:00.5+02:00", "outcome": "o"}},
		pathNetworkStatus: {"user": object{"phone_number": fullPhone}, "template_id": "default"},
		pathAccountsGet:   {"access_token": i.access, "options": options},
		pathItemGet:       {"access_token": i.access},
		pathAuthGet:       {"access_token": i.access, "options": options},
		pathIdentityGet:   {"access_token": i.access, "options": options},
		pathIdentityMatch: {"access_token": i.access, "options": options, "user": object{
			"legal_name": "n", "phone_number": fullPhone, "email_address": "a@example.com",
			"address": object{"city": "c", "region": "r", "street": "s", "postal_code": "12345", "country": "US"},
		}},
		pathInstitutionGet: {"institution_id": "ins_109508", "country_codes": []any{"US"}, "options": object{
			"include_optional_metadata": true, "include_status": true, "include_auth_metadata": true, "include_payment_initiation_metadata": true,
		}},
		pathWebhookKey: {"key_id": i.key},
		pathItemRemove: {"access_token": i.access, "reason_code": "OTHER", "reason_note": "n"},
	}
}

// Every field of every request, as the contract describes it: left out, of
// another type, null, in capitals, twice, and with an unknown neighbour.
func TestEveryFieldOfEveryRequest(t *testing.T) {
	doc := openAPI(t)
	s := newSim(t)
	full := requests(shareItem(t, s))
	for path := range endpoints {
		if full[path] == nil && !neverSucceeds[path] {
			t.Errorf("requests has none for %s", path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(full)) {
		schema := doc.Paths.Find(path).Post.RequestBody.Value.Content.Get("application/json").Schema.Value
		f := &fieldTest{t: t, s: s, path: path, whole: with(full[path])}
		f.object(schema, "", f.whole)
		if f.count < 3 {
			t.Errorf("%s: %d fields", path, f.count)
		}
		if status, o := post(t, s, path, f.whole); status != 200 {
			t.Errorf("%s with every field: %d %v", path, status, o)
		}
	}
}

type fieldTest struct {
	t     *testing.T
	s     *Sim
	path  string
	whole object // changed in place, and put right again
	count int
}

func (f *fieldTest) object(schema *openapi3.Schema, prefix string, o object) {
	known := properties(schema)
	for _, name := range slices.Sorted(maps.Keys(known)) {
		value, given := o[name]
		if !given {
			f.t.Errorf("%s: the test sends no %s%s", f.path, prefix, name)
			continue
		}
		f.field(prefix+name, o, name, known[name].Value, slices.Contains(schema.Required, name))
		if inner, ok := value.(object); ok {
			f.object(known[name].Value, prefix+name+".", inner)
		}
	}
	o["zeta"] = 1
	if tolerant(schema) {
		_, _, header := postRaw(f.t, f.s, f.path, f.whole)
		if f.path != pathItemRemove && !strings.Contains(header.Get(Notice), prefix+"zeta") {
			f.t.Errorf("%s: an unknown %szeta is passed over and not noticed: %q", f.path, prefix, header.Get(Notice))
		}
	} else {
		f.expect("UNKNOWN_FIELDS", ": "+prefix+"zeta")
	}
	delete(o, "zeta")
}

func (f *fieldTest) field(name string, in object, key string, schema *openapi3.Schema, required bool) {
	f.count++
	value := in[key]
	wrong := any(object{})
	if _, ok := value.(object); ok {
		wrong = "text"
	}
	in[key] = wrong
	f.expect("INVALID_FIELD", name+" must be a")
	in[key] = []any{wrong}
	f.expect("INVALID_FIELD", name)
	if !nullable(schema) && !required {
		in[key] = nil
		f.expect("INVALID_FIELD", name+" must be a")
	}
	delete(in, key)
	credential := name == "client_id" || name == "secret"
	if required || credential {
		f.expect("MISSING_FIELDS", ": "+name)
	}
	in[strings.ToUpper(key)] = value
	if !strings.HasPrefix(name, "user.") || f.path == pathTokenCreate { // there the contract tolerates other names
		f.expect("UNKNOWN_FIELDS", strings.TrimSuffix(name, key)+strings.ToUpper(key))
	}
	delete(in, strings.ToUpper(key))
	if required && schema.Type.Is("string") {
		in[key] = ""
		f.expect("INVALID_FIELD", name+" must be a non-empty string")
	}
	in[key] = value

	one, _ := json.Marshal(object{key: value})
	one = one[1 : len(one)-1]
	whole, _ := json.Marshal(f.whole)
	if bytes.Count(whole, one) == 1 {
		status, answer := post(f.t, f.s, f.path, string(bytes.Replace(whole, one, append(append(bytes.Clone(one), ','), one...), 1)))
		if status != 400 || answer["error_code"] != "INVALID_BODY" || !strings.Contains(text(answer, "error_message"), name+" twice") {
			f.t.Errorf("%s with %s twice: %d %v", f.path, name, status, answer)
		}
	} else {
		f.t.Errorf("%s: %s is not found in %s", f.path, one, whole)
	}
}

func nullable(schema *openapi3.Schema) bool {
	return schema.Nullable || slices.ContainsFunc(schema.AllOf, func(part *openapi3.SchemaRef) bool { return part.Value.Nullable })
}

func (f *fieldTest) expect(code, says string) {
	f.t.Helper()
	status, answer := post(f.t, f.s, f.path, f.whole)
	if status != 400 || answer["error_type"] != "INVALID_REQUEST" || answer["error_code"] != code || !strings.Contains(text(answer, "error_message"), says) {
		f.t.Errorf("%s: %d %v\nwant %s %q", f.path, status, answer, code, says)
	}
}

// A stranger's thousand names are not all sent back, least of all in a header.
func TestManyUnknownNames(t *testing.T) {
	s := newSim(t)
	many := object{}
	for i := range 1000 {
		many[fmt.Sprintf("%03d\n%s", i, strings.Repeat("x", 500))] = i
	}
	_, raw, _ := postRaw(t, s, pathItemGet, many)
	if len(raw) > 4000 || !strings.Contains(string(raw), "UNKNOWN_FIELDS") {
		t.Errorf("%d bytes: %s", len(raw), raw)
	}
	user := object{"phone_number": fullPhone}
	maps.Copy(user, many)
	status, _, header := postRaw(t, s, pathNetworkStatus, with(object{"user": user}))
	if notice := header.Get(Notice); status != 200 || len(notice) > 4000 || strings.Contains(notice, "\n") || !strings.Contains(notice, "user.000") {
		t.Errorf("%d, %d bytes: %s", status, len(notice), notice)
	}
}

// What is no JSON, or no object, or no UTF-8, or too long, for every call.
func TestBodiesThatAreNone(t *testing.T) {
	s := newSim(t)
	const creds = `"client_id":"c","secret":"s"`
	tests := []struct{ name, body, code, says string }{
		{"nothing", ``, "INVALID_BODY", ""},
		{"space", " \n", "INVALID_BODY", ""},
		{"half", `{` + creds, "INVALID_BODY", ""},
		{"an array", `[{` + creds + `}]`, "INVALID_BODY", ""},
		{"a string", `"{}"`, "INVALID_BODY", ""},
		{"null", `null`, "INVALID_BODY", ""},
		{"more after it", `{` + creds + `} x`, "INVALID_BODY", ""},
		{"another after it", `{` + creds + `}{` + creds + `}`, "INVALID_BODY", ""},
		{"a comma too many", `{` + creds + `,}`, "INVALID_BODY", ""},
		{"a comment", `{` + creds + `} // yes`, "INVALID_BODY", ""},
		{"not UTF-8", "{\"client_id\":\"\xff\"}", "INVALID_BODY", ""},
		{"not UTF-8 in a name", "{\"\xc3\x28\":1}", "INVALID_BODY", ""},
		{"a byte order mark", "\ufeff{" + creds + "}", "INVALID_BODY", ""},
		{"ten megabytes", `{"client_id":"` + strings.Repeat("x", 10<<20) + `"}`, "INVALID_BODY", "1 MiB"},
		{"deep", `{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, "UNKNOWN_FIELDS", ": x"},
		{"very deep", `{"x":` + strings.Repeat(`{"x":`, 50_000) + "1" + strings.Repeat("}", 50_001), "INVALID_BODY", ""},
		{"a name with an escape", `{"client\u005fid":"c","\u0073ecret":"s","x\ty":1}`, "UNKNOWN_FIELDS", "x y"},
		{"the same name, escaped", `{"client_id":"c","client\u005fid":"c"}`, "INVALID_BODY", "client_id twice"},
		{"braces in text", `{` + creds + `,"a}]":"\"}]{","b":{"c":["]",{"d":"\\"}]}}`, "UNKNOWN_FIELDS", ": a}], b"},
		{"an empty name", `{"":1}`, "UNKNOWN_FIELDS", ""},
		{"many", `{"1":1,"2":-2.5e-3,"3":true,"4":null}`, "UNKNOWN_FIELDS", ": 1, 2, 3, 4"},
	}
	for _, path := range slices.Sorted(maps.Keys(endpoints)) {
		for _, tt := range tests {
			status, raw, header := postRaw(t, s, path, tt.body)
			var o object
			if err := json.Unmarshal(raw, &o); err != nil || status != 400 || o["error_code"] != tt.code || !strings.Contains(text(o, "error_message"), tt.says) {
				t.Errorf("%s, %s: %d %s; want %s %q", path, tt.name, status, raw, tt.code, tt.says)
			}
			if got := header.Get("Content-Type"); got != "application/json; charset=utf-8" {
				t.Errorf("%s, %s: answered as %s", path, tt.name, got)
			}
		}
		for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/", "application/jsonp"} {
			want := "INVALID_BODY"
			header := http.Header{"Content-Type": {kind}}
			if kind == "" {
				want, header = "INVALID_HEADERS", http.Header{}
			}
			if resp, answer := send(t, s, "POST", path, header, `{}`); resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(answer), want) {
				t.Errorf("%s as %q: %d %s; want %s", path, kind, resp.StatusCode, answer, want)
			}
		}
	}
}
