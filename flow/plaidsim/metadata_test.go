package plaidsim

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The keys of onEvent's metadata, and for each the events that have it: always,
// or now and then. On all others it is null. (Plaid docs: Link Web, onEvent;
// TV:x is TRANSITION_VIEW with view_name x.)
var eventKeys = []struct {
	key            string
	always, whiles []string
}{
	{"account_number_mask", nil, nil}, // micro-deposits, which Layer does not have
	{"error_type", []string{"ERROR"}, []string{"EXIT"}},
	{"error_code", []string{"ERROR"}, []string{"EXIT"}},
	{"error_message", []string{"ERROR"}, []string{"EXIT"}},
	{"exit_status", nil, []string{"EXIT"}},
	{"institution_id", atABank, []string{"ERROR", "EXIT", "TV:EXIT"}},
	{"institution_name", atABank, []string{"ERROR", "EXIT", "TV:EXIT"}},
	{"institution_search_query", []string{"SEARCH_INSTITUTION"}, nil},
	{"is_update_mode", []string{"OPEN"}, nil},
	{"match_reason", nil, nil}, // a matched institution, which Layer shows in review
	{"mfa_type", []string{"SUBMIT_MFA", "TV:MFA"}, nil},
	{"routing_number", nil, nil},
	{"view_name", []string{"TV:"}, nil},
	{"selection", nil, nil}, // of a verification method
}

var atABank = []string{
	"SELECT_INSTITUTION", "SUBMIT_CREDENTIALS", "SUBMIT_MFA", "OPEN_OAUTH",
	"TV:CREDENTIAL", "TV:OAUTH", "TV:MFA", "TV:SELECT_ACCOUNT", "TV:CONNECTED",
}

var isoTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)

// wellFormed looks at everything the app was told: every documented key is
// there, set where it belongs, no two events have one timestamp, and the end is
// the end.
func wellFormed(t rapid.TB, l *link) {
	t.Helper()
	stamps := map[string]bool{}
	for i, c := range l.calls {
		m, _ := c["metadata"].(object)
		if seq := c["seq"].(float64); int(seq) != i+1 {
			t.Errorf("call %d has seq %v", i+1, seq)
		}
		if text(m, "link_session_id") != l.id {
			t.Errorf("%v is of session %v", c["name"], m["link_session_id"])
		}
		switch c["kind"] {
		case "event":
			eventWellFormed(t, c)
			at := text(m, "timestamp")
			if !isoTime.MatchString(at) || stamps[at] {
				t.Errorf("%v: timestamp %q", c["name"], at)
			}
			stamps[at] = true
		case "exit":
			exitWellFormed(t, c)
		default:
			keysAre(t, "onSuccess", m, "institution", "accounts", "link_session_id", "transfer_status")
			if !strings.HasPrefix(text(c, "public_token"), "profile-sandbox-") {
				t.Errorf("public_token %v", c["public_token"])
			}
		}
		if c["kind"] != "event" && i != len(l.calls)-1 {
			t.Errorf("more after the end: %q", l.names())
		}
	}
}

func eventWellFormed(t rapid.TB, c object) {
	t.Helper()
	m := c["metadata"].(object)
	name := text(c, "name")
	if name == "TRANSITION_VIEW" {
		name = "TV:" + text(m, "view_name")
	}
	keys := []string{"timestamp", "link_session_id", "request_id"}
	for _, k := range eventKeys {
		keys = append(keys, k.key)
		is := func(names []string) bool {
			return slices.ContainsFunc(names, func(n string) bool { return n == name || n == "TV:" && strings.HasPrefix(name, n) })
		}
		if m[k.key] == nil && is(k.always) || m[k.key] != nil && !is(k.always) && !is(k.whiles) {
			t.Errorf("%s: %s = %v", name, k.key, m[k.key])
		}
	}
	keysAre(t, name, m, keys...)
	if len(text(m, "request_id")) != 15 {
		t.Errorf("%s: request_id %v", name, m["request_id"])
	}
}

func exitWellFormed(t rapid.TB, c object) {
	t.Helper()
	keysAre(t, "onExit", c["metadata"].(object), "institution", "status", "link_session_id", "request_id")
	if e, ok := c["error"].(object); ok {
		keysAre(t, "the error of onExit", e, "error_type", "error_code", "error_message", "display_message")
	} else if _, there := c["error"]; !there {
		t.Error("onExit without an error, be it null")
	}
}

func keysAre(t rapid.TB, what string, o object, keys ...string) {
	t.Helper()
	for _, k := range keys {
		if _, there := o[k]; !there {
			t.Errorf("%s has no %s", what, k)
		}
	}
	if len(o) != len(keys) {
		t.Errorf("%s has %d keys, want %d: %v", what, len(o), len(keys), o)
	}
}

func TestMetadataOfABank(t *testing.T) {
	l := newLink(t, newSim(t), "default")
	l.findBank(fullPhone)
	l.do("search", object{"values": object{"query": "lantern"}})
	l.do("institution", object{"institution": mfaBank})
	l.signIn("user_good", "pass_good")
	l.do("mfa", object{"values": object{"code": "1234"}})
	l.do("accounts", nil)
	l.do("continue", nil)
	l.do("share", nil)
	wellFormed(t, l)
	for _, c := range l.calls {
		m := c["metadata"].(object)
		switch name := text(c, "name"); {
		case name == "SEARCH_INSTITUTION" && m["institution_search_query"] != "lantern":
			t.Errorf("searched for %v", m["institution_search_query"])
		case name == "SUBMIT_MFA" && m["mfa_type"] != "code":
			t.Errorf("mfa_type %v", m["mfa_type"])
		case name == "SELECT_INSTITUTION" && (m["institution_id"] != mfaBank || m["institution_name"] != "Lanternfish Credit Union"):
			t.Errorf("selected %v", m)
		}
	}
}
