package plaidsim

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever is done in whatever order: the session ends at most once, nothing
// comes after the end, no event is lost or doubled, and LAYER_READY comes
// before OPEN.
func TestAnyOrderOfActions(t *testing.T) {
	cat := catalog(t)
	verb := rapid.SampledFrom([]string{"submit", "submit", "open", "continue", "code", "share", "close", "exit", "sync"})
	phone := rapid.SampledFrom([]string{fullPhone, "4155550000", "5155550016", "+447700900123", "nonsense", ""})
	code := rapid.SampledFrom([]string{"123456", "123456", "000000", ""})
	dob := rapid.SampledFrom([]string{"", "1975-01-18", "1980-01-01", "x"})
	email := rapid.SampledFrom([]string{"a@b.co", "nonsense", ""})
	rapid.Check(t, func(rt *rapid.T) {
		delivery := rapid.SampledFrom([]Delivery{"", Documented, Shuffled, Live}).Draw(rt, "delivery")
		s := newSim(t, func(c *Config) { c.Catalog, c.Delivery, c.Seed = cat, delivery, rapid.Uint64().Draw(rt, "seed") })
		l := newLink(t, s, rapid.SampledFrom([]string{"default", "accounts-required", "ssn-optional"}).Draw(rt, "template"))
		for range rapid.IntRange(1, 25).Draw(rt, "actions") {
			before := l.last
			body := object{"phone_number": phone.Draw(rt, "phone"), "date_of_birth": dob.Draw(rt, "dob"), "code": code.Draw(rt, "code")}
			if rapid.Bool().Draw(rt, "edit") {
				body["values"] = object{"email": email.Draw(rt, "email")}
			}
			calls := len(l.calls)
			o := l.do(verb.Draw(rt, "verb"), body)
			if o["refused"] != nil && (len(l.calls) != calls || before != nil && before["state"] != o["state"]) {
				rt.Fatalf("refused and yet %v → %v", before["state"], o["state"])
			}
		}
		names := l.names()
		ended := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, "on") })
		if ended >= 0 && ended != len(names)-1 {
			rt.Fatalf("more after the end: %q", names)
		}
		if state := l.last["state"]; (ended >= 0) != (state == "done" || state == "exited") {
			rt.Fatalf("state %v with %q", state, names)
		}
		if opened := slices.Index(names, "OPEN"); opened >= 0 && !slices.Contains(names[:opened], "LAYER_READY") {
			rt.Fatalf("OPEN without LAYER_READY: %q", names)
		}
		stamps := map[string]bool{}
		for _, c := range l.calls {
			at := text(c, "metadata", "timestamp")
			if c["kind"] == "event" && stamps[at] {
				rt.Fatalf("two events at %s: %q", at, names)
			}
			stamps[at] = true
		}
	})
}

// Whatever strangers send is answered with JSON, and with Plaid's error shape
// if it is refused.
func FuzzPosts(f *testing.F) {
	f.Add("/session/token/create", `{"client_id":"c","secret":"s","template_id":"default","user":{"client_user_id":"u"}}`)
	f.Add("/user_account/session/get", `{"client_id":"c","secret":"s","public_token":"profile-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce992d"}`)
	f.Add("/accounts/get", `{"client_id":"c","secret":"s","access_token":"x","options":{"account_ids":[]}}`)
	f.Add("/link/session", `{"token":"link-sandbox-","resume":null}`)
	f.Add("/link/session/KEY/submit", `{"phone_number":"415 555 0011"}`)
	f.Add("/link/session/KEY/share", `{"values":{"email":"\u0000"},"accounts":[null]}`)
	f.Add("/link/session/KEY/code", `{"ack":-1,"code":123}`)
	f.Add("/link/session//", `{}`)
	s := newSim(f)
	l := newLink(f, s, "default")
	l.review(fullPhone)
	f.Fuzz(func(t *testing.T, path, body string) {
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#%") || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r > '~' }) ||
			routeOf(path) == "" {
			t.Skip()
		}
		status, raw, _ := postRaw(t, s, strings.ReplaceAll(path, "KEY", l.key), body)
		var o object
		if err := json.Unmarshal(raw, &o); err != nil {
			t.Fatalf("%d %s", status, raw)
		}
		if status != 200 && (text(o, "error_code") == "" || text(o, "request_id") == "") {
			t.Errorf("%d %s", status, raw)
		}
	})
}
