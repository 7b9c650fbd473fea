package plaidsim

import (
	"slices"
	"strings"
	"testing"
)

// Leaving at each pane: the user's Close, the app's exit({force: true}) and the
// app's exit(), after which the user is asked and leaves. Each ends in EXIT and
// onExit, with the point where it happened.
func TestLeavingAtEachPane(t *testing.T) {
	oneAtATime(t)
	atVerify := func(phone string) func(l *link) {
		return func(l *link) {
			l.submit(phone)
			l.do("open", nil)
			l.do("continue", nil)
		}
	}
	choosing := func(institution string) func(l *link) {
		return func(l *link) {
			l.findBank(fullPhone)
			l.do("institution", object{"institution": institution})
		}
	}
	tests := []struct {
		view   string
		walk   func(l *link)
		status string // null for ""
		bank   string
	}{
		{"CONSENT", func(l *link) { l.submit(fullPhone); l.do("open", nil) }, "", ""},
		{"VERIFY_PHONE", atVerify(fullPhone), "requires_code", ""},
		{"VERIFY_PHONE", atVerify(silentPhone), "", ""},
		{"PROFILE_DATA_REVIEW", func(l *link) { l.review(fullPhone) }, "", ""},
		{"SELECT_INSTITUTION", func(l *link) { l.findBank(fullPhone) }, "", ""},
		{"SELECT_INSTITUTION", func(l *link) {
			l.findBank(fullPhone)
			l.do("search", object{"values": object{"query": "nowhere"}})
		}, "institution_not_found", ""},
		{"CREDENTIAL", choosing(plainBank), "requires_credentials", plainBank},
		{"OAUTH", choosing(oauthBank), "requires_oauth", oauthBank},
		{"MFA", func(l *link) { choosing(mfaBank)(l); l.signIn("user_good", "pass_good") }, "requires_code", mfaBank},
		{"SELECT_ACCOUNT", func(l *link) { choosing(plainBank)(l); l.signIn("user_good", "pass_good") }, "requires_account_selection", plainBank},
		{"CONNECTED", func(l *link) {
			choosing(plainBank)(l)
			l.signIn("user_good", "pass_good")
			l.do("accounts", nil)
		}, "", plainBank},
	}
	ways := []struct {
		name string
		do   func(l *link)
		ends []string
	}{
		{"close", func(l *link) { l.do("close", nil) }, []string{"EXIT", "onExit"}},
		{"forced exit", func(l *link) { l.do("exit", object{"force": true}) }, []string{"EXIT", "onExit"}},
		{"exit", func(l *link) { l.do("exit", nil); l.do("close", nil) }, []string{"TV:EXIT", "EXIT", "onExit"}},
		{"exit, then forced", func(l *link) { l.do("exit", object{"force": false}); l.do("exit", object{"force": true}) }, []string{"TV:EXIT", "EXIT", "onExit"}},
	}
	for _, tt := range tests {
		// What came before is asserted elsewhere.
		before := newLink(t, newSim(t), "default")
		tt.walk(before)
		if view := text(before.last, "pane", "view"); view != tt.view {
			t.Fatalf("the walk to %s leads to %s", tt.view, view)
		}
		for _, way := range ways {
			var left *link
			walk := func(l *link) {
				left = l
				tt.walk(l)
				way.do(l)
			}
			inEachDelivery(t, way.name+" at "+tt.view+tt.status, "default", walk, "exited", append(before.names(), way.ends...))
			if left.last["pane"] != nil {
				t.Errorf("%s: %v is still shown", way.name, left.last["pane"])
			}
			last := left.calls[len(left.calls)-1]
			if last["error"] != nil || text(last, "metadata", "status") != tt.status || text(last, "metadata", "institution", "institution_id") != tt.bank {
				t.Errorf("%s at %s: onExit %v", way.name, tt.view, last)
			}
			at := slices.IndexFunc(left.calls, func(c object) bool { return c["name"] == "EXIT" })
			if m := left.calls[at]["metadata"]; text(m, "exit_status") != tt.status || text(m, "institution_id") != tt.bank {
				t.Errorf("%s at %s: EXIT %v", way.name, tt.view, m)
			}
		}
	}
}

// exit() without force asks the user, who may stay.
func TestTheUserMayStay(t *testing.T) {
	walk := func(l *link) {
		l.review(fullPhone)
		o := l.do("exit", nil)
		if text(o, "pane", "view") != "EXIT" || text(o, "pane", "button") != "Continue" || o["state"] != "leaving" {
			t.Errorf("exit: %v", o)
		}
		if o = l.do("exit", nil); !strings.Contains(text(o, "refused"), "asked already") {
			t.Errorf("exit twice: %v", o)
		}
		if o = l.do("continue", nil); text(o, "pane", "view") != "PROFILE_DATA_REVIEW" {
			t.Errorf("stayed: %v", o)
		}
		l.do("share", nil)
	}
	inEachDelivery(t, "stay", "default", walk, "done", after("TV:EXIT", "TV:PROFILE_DATA_REVIEW", "HANDOFF", "onSuccess"))
}
