package plaidsim

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever is done in whatever order: a refusal changes nothing, the session
// ends at most once and stays ended, nothing comes after the end, no event is
// lost or doubled, and LAYER_READY comes before OPEN.
func TestAnyOrderOfActions(t *testing.T) {
	oneAtATime(t)
	cat := catalog(t)
	all := slices.Sorted(maps.Keys(verbs))
	// Without help hardly any run would get far.
	usual := map[string][]string{
		"created": {"submit"}, "need_dob": {"submit"}, "eligible": {"open"}, "consent": {"continue"}, "verify_phone": {"code", "verified"},
		"review": {"add_bank", "add_bank", "share"}, "select_institution": {"institution", "institution", "search"},
		"credential": {"credentials"}, "oauth": {"continue"}, "mfa": {"mfa"}, "select_account": {"accounts"}, "connected": {"continue"},
	}
	draw := func(rt *rapid.T, name string, values ...string) string {
		return rapid.SampledFrom(values).Draw(rt, name)
	}
	rapid.Check(t, func(rt *rapid.T) {
		delivery := rapid.SampledFrom([]Delivery{"", Documented, Shuffled, Live}).Draw(rt, "delivery")
		s := newSim(t, func(c *Config) { c.Catalog, c.Delivery, c.Seed = cat, delivery, rapid.Uint64().Draw(rt, "seed") })
		l := newLink(t, s, draw(rt, "template", "default", "accounts-required", "accounts-skip", "ssn-optional"))
		state := "created"
		for range rapid.IntRange(1, 40).Draw(rt, "actions") {
			verb := draw(rt, "verb", all...)
			if next := usual[state]; next != nil && rapid.IntRange(0, 3).Draw(rt, "usual") > 0 {
				verb = draw(rt, "usual verb", next...)
			}
			body := object{
				"phone_number":  draw(rt, "phone", fullPhone, fullPhone, silentPhone, "4155550000", "5155550016", "+447700900123", "nonsense", ""),
				"date_of_birth": draw(rt, "dob", "", "1975-01-18", "1980-01-01", "x"),
				"code":          draw(rt, "code", "123456", "123456", "000000", ""),
				"institution":   draw(rt, "institution", plainBank, mfaBank, oauthBank, "nonsense"),
				"force":         rapid.Bool().Draw(rt, "force"),
			}
			switch {
			case verb == "credentials":
				body["values"] = object{"username": "user_good", "password": draw(rt, "password", "pass_good", "mfa_device", "x")}
			case verb == "mfa":
				body["values"] = object{"code": draw(rt, "mfa code", "1234", "0000")}
			case verb == "search":
				body["values"] = object{"query": draw(rt, "query", "", "bank", "nowhere")}
			case rapid.Bool().Draw(rt, "edit"):
				body["values"] = object{"email": draw(rt, "email", "a@b.co", "nonsense", "")}
			}
			if rapid.IntRange(0, 4).Draw(rt, "none") == 0 {
				body["accounts"] = []string{}
			}
			if rapid.Bool().Draw(rt, "later") {
				s.Advance(time.Duration(rapid.IntRange(0, 90).Draw(rt, "minutes")) * time.Minute)
			}
			calls := len(l.calls)
			o := l.do(verb, body)
			now := text(o, "state")
			if o["refused"] != nil && (len(l.calls) != calls || state != now) {
				rt.Fatalf("refused and yet %v → %v", state, now)
			}
			if (state == "done" || state == "exited") && now != state {
				rt.Fatalf("%s after %s", now, state)
			}
			state = now
		}
		l.do("sync", nil)
		wellFormed(rt, l)
		names := l.names()
		ended := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, "on") })
		if (ended >= 0) != (state == "done" || state == "exited") {
			rt.Fatalf("state %v with %q", state, names)
		}
		if opened := slices.Index(names, "OPEN"); opened >= 0 && !slices.Contains(names[:opened], "LAYER_READY") {
			rt.Fatalf("OPEN without LAYER_READY: %q", names)
		}
		journalAgrees(rt, s, l)
	})
}

// journalAgrees checks that everything the app was told is in the journal once
// as having happened and once, not earlier, as delivered; and that nothing else
// was delivered.
func journalAgrees(t rapid.TB, s *Sim, l *link) {
	t.Helper()
	records, forgotten := s.Records(0, 10_000)
	if forgotten > 0 {
		t.Fatalf("the journal forgot %d records", forgotten)
	}
	type told struct{ kind, name, at string }
	happened := map[told]Record{}
	delivered := 0
	for _, r := range records {
		if r.Callback == nil {
			continue
		}
		key := told{r.Callback.Type, r.Callback.Name, r.Callback.Happened.String()}
		first, before := happened[key]
		switch {
		case r.Kind == KindCallback && before:
			t.Fatalf("%v happened twice", key)
		case r.Kind == KindCallback:
			happened[key] = r
		case !before || r.Seq <= first.Seq || r.At.Before(first.At) || r.At.Before(r.Callback.Happened):
			t.Fatalf("%v was delivered at %v, and happened at %v", key, r.At, first.At)
		default:
			delivered++
		}
	}
	if delivered != len(l.calls) {
		t.Fatalf("%d deliveries are booked, the app has %d: %q", delivered, len(l.calls), l.names())
	}
}
