package lint

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

// tape writes lines as the simulator does, a second after one another. A line
// that begins with + and a duration comes that much later.
func tape(t *testing.T, lines ...string) []string {
	t.Helper()
	var out []string
	at := noon
	for i, line := range lines {
		if rest, later := strings.CutPrefix(line, "+"); later {
			span, what, _ := strings.Cut(rest, " ")
			d, err := time.ParseDuration(span)
			if err != nil {
				t.Fatal(err)
			}
			at, line = at.Add(d), what
		}
		at = at.Add(time.Second)
		kind, rest, _ := strings.Cut(line, " ")
		whole, known := map[string]string{
			"token":   `"kind":"call","thread":%[2]s,"call":{"method":"POST","path":"/session/token/create","status":200,"request":{"user":{"client_user_id":"alice"}},"response":{"link":{"expiration":"2026-04-01T16:00:00Z"}}}`,
			"call":    `"kind":"call",%[1]s`,
			"act":     `"kind":"link","thread":1,"link_session_id":"s1","act":{%[1]s}`,
			"act2":    `"kind":"link","thread":2,"link_session_id":"s2","act":{%[1]s}`,
			"again":   `"kind":"link","thread":1,"link_session_id":"s2","act":{%[1]s}`,
			"refused": `"kind":"link","thread":1,"act":{"verb":"create","refused":"invalid link_token provided"}`,
			"event":   `"kind":"callback","thread":1,"link_session_id":"s1","callback":{"type":"event","name":"%[1]s","happened_at":"2026-04-01T12:00:00Z"}`,
			"told":    `"kind":"delivered","thread":1,"link_session_id":"s1","callback":{"type":"event","name":"%[1]s","happened_at":"2026-04-01T12:00:00Z"}`,
			"success": `"kind":"%[1]s","thread":1,"link_session_id":"s1","callback":{"type":"success","happened_at":"2026-04-01T12:00:00Z"}`,
			"exit":    `"kind":"callback","thread":1,"link_session_id":"s1","callback":{"type":"exit","error_code":"%[1]s","happened_at":"2026-04-01T12:00:00Z"}`,
			"hook":    `"kind":"webhook","thread":1,"link_session_id":"s1","webhook":{"id":1,"webhook_code":"SESSION_FINISHED","attempts":1,%[1]s}`,
			"key":     `"kind":"call","call":{"path":"/webhook_verification_key/get","status":200,"request":{"key_id":"%[1]s"},"response":{"key":{"kid":"%[1]s"}}}`,
			"read":    `"kind":"call","thread":1,"link_session_id":"s1","call":{"path":"/user_account/session/get","status":200,"request":{"public_token":"profile-sandbox-••••0001"},"response":{"items":[%[1]s]}}`,
			"use":     `"kind":"call","thread":1,"link_session_id":"s1","call":{"path":"/accounts/get","status":200,"request":{"access_token":"%[1]s"},"response":{}}`,
			"reset":   `"kind":"note","note":"reset","reset":true`,
			"note":    `"kind":"note","note":"%[1]s"`,
		}[kind]
		if !known {
			t.Fatalf("no line %q", kind)
		}
		if kind == "token" && rest == "" {
			rest = "1"
		}
		if strings.Contains(whole, "%[2]s") {
			whole = strings.ReplaceAll(whole, "%[2]s", rest)
		} else {
			whole = strings.ReplaceAll(whole, "%[1]s", rest)
		}
		out = append(out, fmt.Sprintf(`{"seq":%d,"at":%q,%s}`, i+1, at.Format(time.RFC3339), whole))
	}
	return out
}

// play gives lines to a linter and returns it at the end of the record.
func play(t *testing.T, lines []string) *Linter {
	t.Helper()
	recording, l := NewRecording(), New(InRecording)
	for _, line := range lines {
		observations, err := recording.Read([]byte(line))
		if err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		for _, o := range observations {
			l.Add(o)
		}
	}
	l.Finish()
	return l
}

func ids(findings []Finding) (all []string) {
	for _, f := range findings {
		all = append(all, f.Rule)
	}
	return all
}

// What an app does, as the simulator writes it.
const (
	create = `act "verb":"create","state":"created"`
	phone  = `act "verb":"submit","phone_number":"+1••••••••11","fields":["phone_number"]`
	birth  = `act "verb":"submit","date_of_birth":"••••-••-••","fields":["date_of_birth"]`
	open   = `act "verb":"open"`
	ready  = "event LAYER_READY"
	notYet = "event LAYER_NOT_AVAILABLE"
	never  = "event LAYER_AUTOFILL_NOT_AVAILABLE"
)

const twoItems = `{"access_token":"access-sandbox-••••aaaa"},{"access_token":"access-sandbox-••••bbbb"}`

// smallest are the smallest recordings that break each rule, and only it.
var smallest = []struct {
	rule, name string
	lines      []string
	says       string // part of what happened
}{
	{"old-token-call", "", []string{`call "call":{"path":"/link/token/create","status":404,"request":{"products":["layer"]},"response":{"error_code":"NOT_FOUND"}}`}, "404 NOT_FOUND"},
	{"token-expired-used", "by create", []string{"token", "+5h refused"}, "link_token 1, which had expired 60 minutes before. No new link_token followed"},
	{"token-expired-used", "and another user goes on", []string{"token", "+5h refused", `call "thread":2,"call":{"path":"/session/token/create","status":200,"request":{"user":{"client_user_id":"bob"}},"response":{}}`}, "No new link_token"},
	{"token-expired-used", "by a handler that was made in time", []string{"token", create, phone, "+5h exit INVALID_LINK_TOKEN"}, "Link ended with INVALID_LINK_TOKEN"},
	{"token-reused", "", []string{"token", create, phone, `again "verb":"create"`}, "a phone number was submitted with it). Sandbox lets it pass; whether it is used up elsewhere is not documented (UNCONFIRMED)"},
	{"token-reused", "after onSuccess", []string{"token", create, phone, ready, open, "success callback", `again "verb":"create"`}, "it had come to onSuccess). Sandbox lets it pass."},
	{"token-reused", "strict", []string{"token", create, phone, ready, open, "success callback", "refused"}, "it had come to onSuccess). Link refused it"},
	{"script-twice", "", []string{`act "verb":"create","page":{"scripts":2}`}, "2 times"},
	{"late-create", "", []string{create, `act "verb":"submit","phone_number":"+1••••••••11","fields":["phone_number"],"page":{"typed":"before create"}`}, "The last input into a field of the page came before the handler was created, and the phone number was submitted 1 second after it"},
	{"submit-before-load", "", []string{create, `act "verb":"submit","phone_number":"+1••••••••11","fields":["phone_number"],"early":true,"refused":"too early"`}, "submit({ phone_number: +1••••••••11 }) was called before onLoad"},
	{"birth-first", "", []string{create, birth}, "before any phone number was submitted"},
	{"birth-first", "without waiting", []string{create, phone, birth}, "before LAYER_NOT_AVAILABLE had answered +1••••••••11"},
	{"birth-first", "of somebody who is there", []string{create, phone, ready, birth}, "although LAYER_READY had come"},
	{"birth-first", "a date that is none", []string{create, `act "verb":"submit","fields":["date_of_birth"],"refused":"no date"`}, "before any phone number"},
	{"both-fields", "", []string{create, `act "verb":"submit","phone_number":"+1••••••••11","date_of_birth":"••••-••-••"`}, "{ phone_number: +1••••••••11, date_of_birth }"},
	{"foreign-number", "", []string{create, `act "verb":"submit","phone_number":"+4•••••••••50","fields":["phone_number"]`}, "+4•••••••••50"},
	{"submit-after-open", "", []string{create, phone, ready, open, phone}, "after open()"},
	{"handler-not-destroyed", "", []string{create, `act2 "verb":"create","page":{"handlers":1,"alive":1}`}, "another handler"},
	{"autofill-needs-accounts", "", []string{
		create, phone, notYet, `act "verb":"submit","date_of_birth":"••••-••-••","fields":["date_of_birth"],"why":"template requires a bank account; persona has none"`, never,
	}, "because the template requires accounts"},
	{"open-before-ready", "", []string{create, open}, "before any phone number was submitted"},
	{"open-before-ready", "after submit", []string{create, phone, open}, "1 second after submit"},
	{"open-before-ready", "in spite of the answer", []string{create, phone, notYet, open}, "although LAYER_NOT_AVAILABLE had come"},
	{"open-twice", "", []string{create, phone, ready, open, open}, "a second time while Link was open"},
	{"open-twice", "after the end", []string{create, phone, ready, open, "exit ", open}, "whose Link session had ended"},
	{"session-never-read", "to the end", []string{create, phone, ready, open, "success callback", "success delivered"}, "before the record ended"},
	{"session-never-read", "for long", []string{create, phone, ready, open, "success callback", "success delivered", "+3m note on"}, "within 2 minutes"},
	{"session-never-read", "and another's is tried in vain", []string{
		create, phone, ready, open, "success callback", "success delivered",
		`act2 "verb":"create"`, `call "thread":2,"link_session_id":"s2","call":{"path":"/user_account/session/get","status":500}`,
	}, "before the record ended, 2 seconds later"},
	{"public-token-exchanged", "", []string{`call "call":{"path":"/item/public_token/exchange","status":400,"request":{"public_token":"profile-sandbox-••••0001"},"response":{"error_code":"INVALID_PUBLIC_TOKEN"}}`}, "profile-sandbox-••••0001 (answered 400 INVALID_PUBLIC_TOKEN)"},
	{"first-item-only", "", []string{create, "read " + twoItems, "use access-sandbox-••••aaaa", "use access-sandbox-••••aaaa"}, "2 Items"},
	{"webhook-unverified", "no key", []string{`hook "state":"accepted","status":200,"kid":"k1"`}, "no key to verify it with was asked for before the record ended, an instant later. Only a receiver that has kept the key"},
	{"webhook-unverified", "forged", []string{"key k1", `hook "state":"accepted","status":200,"forged":true,"misdelivery":"wrong_key"`}, "A forged SESSION_FINISHED, signed by somebody else"},
	{"webhook-unverified", "any forged one", []string{`hook "state":"accepted","status":200,"forged":true,"misdelivery":"der"`}, "its signature in DER"},
	{"webhook-replayed", "", []string{"key k1", `hook "state":"accepted","status":200,"forged":true,"misdelivery":"old_iat","kid":"k1"`}, "signed ten minutes before"},
	{"webhook-replayed", "expired", []string{"key k1", `hook "state":"accepted","status":200,"forged":true,"misdelivery":"expired_key","kid":"k0"`}, "a key that has expired"},
	{"webhook-reencoded", "", []string{"key k1", `hook "state":"accepted","status":200,"forged":true,"misdelivery":"reserialised","kid":"k1"`}, "other whitespace"},
	{"webhook-reencoded", "a real one", []string{"key k1", `hook "state":"waiting","status":401,"kid":"k1"`}, "A real SESSION_FINISHED was refused with 401, after its key had been asked for. Possible causes: the body"},
	{"webhook-der", "", []string{"key k1", `hook "state":"accepted","status":200,"forged":true,"misdelivery":"der","kid":"k1"`}, "in DER"},
	{"webhook-one-key", "", []string{"key k1", `hook "state":"waiting","status":401,"kid":"k2"`}, "signed with key k2 and answered with 401"},
}

func TestTheSmallestRecordingOfEachMistake(t *testing.T) {
	covered := map[string]bool{}
	for _, c := range smallest {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			covered[c.rule] = true
			lines := tape(t, c.lines...)
			l := play(t, lines)
			if diff := cmp.Diff([]string{c.rule}, ids(l.Findings())); diff != "" {
				t.Fatalf("found:\n%s", diff)
			}
			if got := l.Findings()[0]; !strings.Contains(got.What, c.says) {
				t.Errorf("it says %q, want %q in it", got.What, c.says)
			}
		})
	}
	for _, r := range Rules() {
		if r.Seen&InRecording != 0 && !covered[r.ID] {
			t.Errorf("%s has no smallest recording", r.ID)
		}
	}
}

// right are recordings of apps that do nothing wrong.
var right = map[string][]string{
	"onboarded": {
		"token", `act "verb":"create","page":{"scripts":1}`, `act "verb":"submit","phone_number":"+1••••••••11","fields":["phone_number"],"page":{"typed":"after create"}`,
		ready, "told LAYER_READY", open, "event OPEN", `hook "state":"accepted","status":200,"kid":"k1"`, "key k1",
		"success callback", "success delivered", "read " + twoItems, "use access-sandbox-••••aaaa", "use access-sandbox-••••bbbb",
	},
	"Extended Autofill":  {"token", create, phone, notYet, birth, ready, open, "success callback", "success delivered", "read "},
	"accounts for Link":  {`call "call":{"path":"/link/token/create","status":200,"request":{"products":["auth","transactions"]},"response":{}}`},
	"exchange unknown":   {`call "call":{"path":"/item/public_token/exchange","status":200,"request":{}}`},
	"key of before":      {"key k1", `hook "state":"accepted","status":200,"kid":"k1"`, "reset", `hook "state":"accepted","status":200,"kid":"k1"`},
	"its own form":       {"token", create, phone, notYet, birth, never, "told LAYER_AUTOFILL_NOT_AVAILABLE", "+40s token 2", `act2 "verb":"create"`},
	"another tab":        {"token", create, phone, ready, open, "success callback", "success delivered", "+20s token 2", `act2 "verb":"create"`, "read "},
	"renews its token":   {"token", create, phone, "+5h exit INVALID_LINK_TOKEN", "token 2"},
	"renews at create":   {"token", "+5h refused", "token 2"},
	"does not know why":  {"key k1", `hook "state":"waiting","status":404,"kid":"k2"`, `hook "state":"waiting","status":503,"kid":"k2"`},
	"refuses duplicates": {"key k1", `hook "state":"accepted","status":200,"kid":"k1"`, `hook "state":"waiting","status":403,"kid":"k1","misdelivery":"duplicate"`},
	"an open refused":    {create, phone, ready, `act "verb":"open","refused":"not now"`, open, "success callback"},
	"a submit refused":   {create, phone, ready, `act "verb":"open","refused":"not now"`, phone, ready, open, "success callback"},
	"reused, refused":    {"token", create, phone, "+5h refused", "token 2"},
	"fallback":           {"token", create, phone, notYet, birth, never, "told LAYER_AUTOFILL_NOT_AVAILABLE"},
	"destroyed, again":   {"token", create, phone, notYet, birth, never, "told LAYER_AUTOFILL_NOT_AVAILABLE", "token 2", `act2 "verb":"create","page":{"handlers":1,"scripts":1}`},
	"back another day":   {"token", create, phone, notYet, birth, never, "told LAYER_AUTOFILL_NOT_AVAILABLE", "+1h token 2", `act2 "verb":"create"`},
	"left":               {"token", create, phone, ready, open, "exit "},
	"StrictMode":         {"token", "token 2", create, `again "verb":"create","page":{"handlers":1}`},
	"tried in vain":      {create, phone, ready, open, "success callback", "success delivered", `call "call":{"path":"/user_account/session/get","status":500}`},
	"refuses forgeries":  {"key k1", `hook "state":"rejected","status":401,"forged":true,"misdelivery":"der"`, `hook "state":"rejected","status":401,"forged":true,"misdelivery":"wrong_key"`},
	"verifies later":     {`hook "state":"accepted","status":200,"kid":"k1"`, "+30s key k1"},
	"two keys":           {"key k1", `hook "state":"accepted","status":200,"kid":"k1"`, `hook "state":"accepted","status":200,"kid":"k2"`, "key k2"},
	"is down":            {"key k1", `hook "state":"waiting","status":0,"kid":"k1"`, `hook "state":"waiting","status":500,"kid":"k1"`},
	"ordinary Link too":  {`call "call":{"path":"/item/public_token/exchange","status":404,"request":{"public_token":"public-sandbox-••••0001"}}`},
	"reset in between":   {"token", create, phone, "reset", "token", create, phone},
	"one Item, used":     {create, `read {"access_token":"access-sandbox-••••aaaa"}`, "use access-sandbox-••••aaaa"},
	"two Items, none":    {create, "read " + twoItems},
	"not asked for yet":  {create, phone, notYet},
	"a page out of date": {"token", "+5h note on"},
}

func TestNothingIsFoundWhereNothingIsWrong(t *testing.T) {
	for name, lines := range right {
		t.Run(name, func(t *testing.T) {
			for _, f := range play(t, tape(t, lines...)).Findings() {
				t.Errorf("%s: %s", f.Rule, f.What)
			}
		})
	}
}

// What was kept is known as well as what was broken.
func TestWhatWasKept(t *testing.T) {
	l := play(t, tape(t, right["onboarded"]...))
	standing := map[Standing][]string{}
	for _, c := range l.Checks(1 << 30) {
		standing[c.Standing] = append(standing[c.Standing], c.Rule.ID)
	}
	want := []string{
		"old-token-call", "token-expired-used", "token-reused", "script-twice", "late-create", "submit-before-load", "both-fields", "foreign-number",
		"submit-after-open", "open-before-ready", "open-twice", "session-never-read", "public-token-exchanged", "first-item-only",
	}
	if diff := cmp.Diff(want, standing[Kept]); diff != "" {
		t.Errorf("kept:\n%s", diff)
	}
	for _, c := range l.Checks(1) {
		if c.Standing == Kept && c.Rule.ID != "old-token-call" {
			t.Errorf("%s is kept after the first record", c.Rule.ID)
		}
	}
}

// A mistake is known at the moment that makes it certain, not before.
func TestWhenAMistakeIsKnown(t *testing.T) {
	l := play(t, tape(t, create, phone, ready, open, "success callback", "success delivered", "+1m note on", "+2m note on"))
	f := l.Findings()[0]
	if f.Seq != 6 || f.Known != 8 {
		t.Errorf("to blame is record %d, known it is with %d", f.Seq, f.Known)
	}
	if broken := l.Checks(7)[ruleIndex("session-never-read")]; broken.Standing == Broken {
		t.Error("it is known too early")
	}
	if broken := l.Checks(8)[ruleIndex("session-never-read")]; broken.Standing != Broken || broken.Findings != 1 {
		t.Errorf("%+v", broken)
	}
	late := New(InRecording)
	for _, o := range read(t, tape(t, create, phone, ready, open, "success callback", "success delivered")) {
		late.Add(o)
	}
	if got := late.Until(noon.Add(time.Minute)); len(got) != 0 {
		t.Errorf("after a minute: %v", ids(got))
	}
	if got := late.Until(noon.Add(time.Hour)); len(got) != 1 {
		t.Errorf("after an hour: %v", ids(got))
	}
}

func read(t *testing.T, lines []string) (all []Observation) {
	t.Helper()
	recording := NewRecording()
	for _, line := range lines {
		observations, err := recording.Read([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, observations...)
	}
	return all
}

func TestAMistakeIsReportedOnceForEachHandler(t *testing.T) {
	l := play(t, tape(t, create, birth, birth, birth, `act2 "verb":"create"`, `act2 "verb":"submit","fields":["date_of_birth"]`))
	if diff := cmp.Diff([]string{"birth-first", "birth-first"}, ids(l.Findings())); diff != "" {
		t.Error(diff)
	}
	// After a reset numbers and ids begin anew, and so does what was reported.
	l = play(t, tape(t, create, birth, "reset", create, birth))
	if diff := cmp.Diff([]string{"birth-first", "birth-first"}, ids(l.Findings())); diff != "" {
		t.Error(diff)
	}
	if runs := []int{l.Findings()[0].Run, l.Findings()[1].Run}; runs[0] != 0 || runs[1] != 1 {
		t.Errorf("runs %v", runs)
	}
}

func TestLinesThatAreNone(t *testing.T) {
	good := tape(t, create)[0]
	for _, c := range []struct {
		line, want string
		torn       bool
	}{
		{good[:40], "the line breaks off; it is no whole JSON object", true},
		{"hello", "this is no JSON object", false},
		{"[1]", "a array does not belong here", false},
		{`{"seq":1}`, "kind: missing: every record of the simulator's journal has one", false},
		{`{"seq":1,"kind":"dance"}`, `kind: "dance" is none of call, link, callback, delivered, webhook and note`, false},
		{`{"kind":"note"}`, "seq: missing: the number of the record", false},
		{`{"seq":1,"kind":"note"}`, "at: missing: the time of the record", false},
		{`{"seq":1,"kind":"note","at":"noon"}`, `at: "noon" is no time such as 2026-04-01T12:00:00Z`, false},
		{`{"seq":1,"kind":"call","at":"2026-04-01T12:00:00Z"}`, "call: missing: a record of kind call has one", false},
		{`{"seq":"one","kind":"note"}`, "seq: a string does not belong here", false},
		{`{"seq":1,"kind":"call","at":"2026-04-01T12:00:00Z","call":{"status":"200"}}`, "call.status: a string does not belong here", false},
	} {
		_, err := NewRecording().Read([]byte(c.line))
		var bad *LineError
		if !errors.As(err, &bad) || bad.Error() != c.want || bad.Torn != c.torn {
			t.Errorf("%s: %v, want %s", c.line, err, c.want)
		}
	}
	r := NewRecording()
	if _, err := r.Read([]byte(`{"kind":"note","forgotten":12,"note":"12 earlier records are forgotten"}`)); err != nil || r.Forgotten != 12 {
		t.Errorf("%v, %d forgotten", err, r.Forgotten)
	}
}

func FuzzRead(f *testing.F) {
	t := &testing.T{}
	for _, c := range smallest {
		for _, line := range tape(t, c.lines...) {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, line string) {
		recording, l := NewRecording(), New(InRecording)
		for range 2 {
			observations, err := recording.Read([]byte(line))
			var bad *LineError
			if err != nil && !errors.As(err, &bad) {
				t.Fatalf("%T", err)
			}
			for _, o := range observations {
				l.Add(o)
			}
		}
		l.Finish()
		for _, found := range l.Findings() {
			if strings.ContainsFunc(found.What, func(r rune) bool { return r < ' ' }) {
				t.Fatalf("%q", found.What)
			}
			if _, err := json.Marshal(found); err != nil {
				t.Fatal(err)
			}
		}
	})
}
