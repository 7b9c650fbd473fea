package plaidsim

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"layersim/flow"
)

// apiSeeds are bodies as the contract has them, by path.
var apiSeeds = map[string][]string{
	pathTokenCreate: {
		`{"client_id":"c","secret":"s","template_id":"default","user":{"client_user_id":"u"}}`,
		`{"client_id":"c","secret":"s","template_id":"template_4uinBNe4B2x9","user":{"client_user_id":"u","user_id":"usr_1","product_type":"x"},"redirect_uri":"https://x.example/","android_package_name":null,"webhook":"http://127.0.0.1:9/w"}`,
	},
	pathSessionGet:     {`{"client_id":"c","secret":"s","public_token":"profile-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce992d"}`, `{"client_id":"c","secret":"s","public_token":"PUBLIC"}`},
	pathEventSend:      {`{"client_id":"c","secret":"s","link_session_id":"SESSION","events":[{"name":"USER_CREATED_SUCCESSFULLY","timestamp":"2026-04-01T12:00:00Z","user_id":"u"}]}`, `{"client_id":"c","secret":"s","link_session_id":"SESSION","events":[{"name":"EMAIL_SENT","timestamp":"x","outcome":{"id":"1"}}]}`},
	pathNetworkStatus:  {`{"client_id":"c","secret":"s","user":{"phone_number":"+14155550011"},"template_id":"default"}`},
	pathAccountsGet:    {`{"client_id":"c","secret":"s","access_token":"ACCESS","options":{"account_ids":[],"min_last_updated_datetime":"2026-04-01T12:00:00Z"}}`},
	pathItemGet:        {`{"client_id":"c","secret":"s","access_token":"ACCESS"}`},
	pathItemRemove:     {`{"client_id":"c","secret":"s","access_token":"access-sandbox-x","reason_code":"OTHER","reason_note":"n"}`},
	pathTokenExchange:  {`{"client_id":"c","secret":"s","public_token":"public-sandbox-1"}`},
	pathAuthGet:        {`{"client_id":"c","secret":"s","access_token":"ACCESS","options":{"account_ids":["a"]}}`},
	pathIdentityGet:    {`{"client_id":"c","secret":"s","access_token":"ACCESS","options":{"account_ids":[]}}`},
	pathIdentityMatch:  {`{"client_id":"c","secret":"s","access_token":"ACCESS","user":{"legal_name":"A","phone_number":"1","email_address":"a@b","address":{"street":"s","city":"c","region":"r","postal_code":"p","country":"US"}},"options":{"account_ids":[]}}`},
	pathInstitutionGet: {`{"client_id":"c","secret":"s","institution_id":"ins_109508","country_codes":["US"],"options":{"include_optional_metadata":true,"include_status":false}}`},
	pathWebhookKey:     {`{"client_id":"c","secret":"s","key_id":"KEY"}`},
	"/link/session":    {`{"token":"link-sandbox-","resume":null}`},
	"/link/session/KEY/submit": {
		`{"phone_number":"415 555 0011"}`, `{"date_of_birth":"1975-01-18"}`,
	},
	"/link/session/KEY/share": {`{"values":{"email":"\u0000"},"accounts":[null]}`},
	"/link/session/KEY/code":  {`{"ack":-1,"code":123}`},
	"/link/session//":         {`{}`},
}

// plaidShaped fails the test unless an answer is a JSON object, and one of
// Plaid's errors if it is refused: whole, short, and harmless on a terminal.
func plaidShaped(t *testing.T, status int, raw []byte) object {
	t.Helper()
	var o object
	if err := json.Unmarshal(raw, &o); err != nil || o == nil || !utf8.Valid(raw) {
		t.Fatalf("%d %s", status, raw)
	}
	if status == http.StatusOK {
		return o
	}
	for _, key := range []string{"error_type", "error_code", "error_message", "request_id"} {
		if s := text(o, key); s == "" || strings.ContainsFunc(s, unicode.IsControl) || len(s) > 6000 {
			t.Fatalf("%s in %d %s", key, status, raw)
		}
	}
	return o
}

// Whatever strangers send to any path is answered with JSON, with Plaid's error
// shape if it is refused, and the same call gets the same status again.
func FuzzPosts(f *testing.F) {
	for path := range endpoints {
		if apiSeeds[path] == nil {
			f.Errorf("%s has no seed", path)
		}
	}
	for path, bodies := range apiSeeds {
		for _, body := range bodies {
			f.Add(path, body)
		}
	}
	f.Add(pathTokenCreate, `{"client_id":"c","secret":"s","template_id":7,"user":[]}`)
	f.Add(pathTokenCreate, `{"client_id":"c","secret":"s","template_id":"default","template_id":"x","USER":{},"user":{"client_user_id":"\ud800"}}`)
	c := catalog(f)
	f.Fuzz(func(t *testing.T, path, body string) {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#%") || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r > '~' }) || routeOf(path) == "" {
			t.Skip()
		}
		s := New(Config{Catalog: c, Now: func() time.Time { return start }, Seed: 7, Delivery: Live})
		defer s.Close()
		l := newLink(t, s, "default")
		l.review(fullPhone)
		l.do("share", nil)
		public := l.publicToken()
		status, o := post(t, s, pathSessionGet, with(object{"public_token": public}))
		if status != http.StatusOK {
			t.Fatalf("%d %v", status, o)
		}
		access := "access-sandbox-none"
		if items, _ := o["items"].([]any); len(items) > 0 {
			access = text(items[0], "access_token")
		}
		r := strings.NewReplacer("KEY", l.key, "PUBLIC", public, "ACCESS", access, "SESSION", l.id)
		path, body = r.Replace(path), r.Replace(body)
		status, raw, _ := postRaw(t, s, path, body)
		plaidShaped(t, status, raw)
		if again, raw, _ := postRaw(t, s, path, body); again != status && status != http.StatusOK {
			t.Errorf("%d, and then %d %s", status, again, raw)
		}
	})
}

// Whatever the verbs and their bodies: each is answered, a refusal changes
// nothing, an end is an end, and the journal has all that the app was told.
func FuzzSession(f *testing.F) {
	f.Add("default", "submit {\"phone_number\":\"4155550011\"}\nopen\ncontinue\ncode {\"code\":\"123456\"}\nshare\nsync")
	f.Add("default", "submit {\"phone_number\":\"+14155550011\"}\nopen\ncontinue\ncode {\"code\":\"000000\"}\ncode {\"code\":\"123456\"}\nadd_bank\nsearch {\"values\":{\"query\":\"\\u202e\"}}\ninstitution {\"institution\":\"ins_109508\"}\ncredentials {\"values\":{\"username\":\"user_good\",\"password\":\"pass_good\"}}\naccounts {\"accounts\":[]}\ncontinue\nshare {\"values\":{\"email\":\"a@b.co\",\"x\":\"y\"}}")
	f.Add("ssn-required", "submit {\"phone_number\":\"5155550016\"}\nsubmit {\"date_of_birth\":\"1975-01-18\"}\nopen\nback\nclose\nexit {\"force\":true}")
	f.Add("accounts-required", "open\nsubmit null\nsubmit {\"phone_number\":7}\nmfa {\"values\":null}\nexit\nearly {\"ack\":99999999}\nverified {\"page\":{}}")
	c := catalog(f)
	f.Fuzz(func(t *testing.T, template, script string) {
		if _, ok := c.Template(template); !ok {
			template = "default"
		}
		s := New(Config{Catalog: c, Now: func() time.Time { return start }, Seed: 7, Delivery: Live})
		defer s.Close()
		l := newLink(t, s, template)
		state := "created"
		for i, line := range strings.Split(script, "\n") {
			verb, body, _ := strings.Cut(line, " ")
			if i >= 40 || !verbs[verb] && verb != verbEarly {
				continue
			}
			if body == "" {
				body = "{}"
			}
			status, raw, _ := postRaw(t, s, "/link/session/"+l.key+"/"+verb, body)
			o := plaidShaped(t, status, raw)
			if status != http.StatusOK {
				continue
			}
			for _, c := range o["callbacks"].([]any) {
				if seq := int(c.(object)["seq"].(float64)); seq > l.ack {
					l.ack, l.calls = seq, append(l.calls, c.(object))
				}
			}
			now := text(o, "state")
			if o["refused"] != nil && now != state || (state == "done" || state == "exited") && now != state {
				t.Fatalf("%s led from %s to %s: %s", line, state, now, raw)
			}
			state = now
		}
		l.do("sync", nil)
		journalAgrees(t, s, l)
	})
}

// Whatever is asked of the control API is answered in JSON that says what was
// wrong; what is refused changes neither faults nor clock.
func FuzzControl(f *testing.F) {
	for _, c := range [][3]string{
		{"POST", "faults", `{"on":"/session/token/create","status":500,"calls":2}`}, {"POST", "faults", `{"on":"LAYER_READY","delay":"2s","nth":1}`},
		{"POST", "faults", `{"on":"/accounts/get","latency":"-1s","rate":1e-300}`}, {"POST", "faults", `{"id":1,"on":"onExit","lose":true}`}, {"DELETE", "faults/1", ""}, {"DELETE", "faults", ""},
		{"GET", "journal?after=0&kind=call,link&thread=1", ""}, {"GET", "journal?after=18446744073709551615", ""}, {"GET", "sessions?state=created&link_session_id=SESSION", ""}, {"GET", "sessions/SESSION", ""},
		{"GET", "sessions/SESSION/journal?kind=%00", ""}, {"POST", "sessions/SESSION/reset", ""}, {"POST", "reset", "{}"}, {"POST", "clock", `{"advance":"1h"}`}, {"POST", "clock", `{"set":"2026-04-01T12:00:00Z"}`},
		{"POST", "clock", `{"advance":"9223372036854775807ns"}`}, {"GET", "clock", ""}, {"POST", "webhooks", `{"duplicate":true}`}, {"POST", "webhooks/1/resend", ""}, {"DELETE", "webhooks", ""}, {"POST", "keys/rotate", "{}"}, {"GET", "keys", ""}, {"PUT", "keys", "x"}, {"GET", "sessions/%2e%2e/x", ""},
	} {
		f.Add(c[0], c[1], c[2])
	}
	c := catalog(f)
	f.Fuzz(func(t *testing.T, method, path, body string) {
		if strings.Contains(path, "follow") || strings.Contains(path, "%") && strings.Contains(path, "f") {
			t.Skip() // a stream that does not end
		}
		s := New(Config{Catalog: c, Now: func() time.Time { return start }, Seed: 7, Delivery: Live})
		defer s.Close()
		l := newLink(t, s, "default")
		l.submit(fullPhone)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, method, "https://sandbox.plaid.com/sim/"+strings.ReplaceAll(path, "SESSION", l.id), strings.NewReader(body))
		if err != nil || method == http.MethodHead || !strings.HasPrefix(r.URL.Path, "/sim/") {
			return
		}
		standing := func() string {
			_, faults := get(t, s, "/sim/faults")
			_, clock := get(t, s, "/sim/clock")
			b, _ := json.Marshal([]any{faults, clock})
			return string(b)
		}
		before := standing()
		answer, err := s.Transport().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if strings.HasPrefix(answer.Header.Get("Content-Type"), "application/x-ndjson") {
			for line := range strings.Lines(string(raw)) {
				if !json.Valid([]byte(line)) || strings.TrimSuffix(line, "\n") != flow.CleanLine(strings.TrimSuffix(line, "\n"), 0) {
					t.Fatalf("%q", line)
				}
			}
			return
		}
		plaidShaped(t, answer.StatusCode, raw)
		if after := standing(); answer.StatusCode != http.StatusOK && after != before {
			t.Errorf("refused with %d %s, and yet\n%s became\n%s", answer.StatusCode, raw, before, after)
		}
	})
}
