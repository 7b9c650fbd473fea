package main

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"

	"layersim/flow/linkpage/pagetest"
	"layersim/flow/plaidsim"

	"github.com/google/go-cmp/cmp"
)

var reactVersions = []string{"4.1.1", "5.0.0"}

const (
	templateDefault          = "template_4uinBNe4B2x9"
	templateAccountsRequired = "template_Rq7acc2kD8Lm"
)

// A branch of Layer, as an app with react-plaid-link goes through it. live is
// what the app is told as it happens, before the user or the app does the last
// thing; all is what it was told in the end, in the order of the timestamps.
type reactBranch struct {
	name     string
	template string
	walk     func(t *testing.T, tab context.Context)
	last     func(t *testing.T, tab context.Context) // nil: nothing more
	live     []string
	all      []string // events by timestamp, then the rest as it came; nil: as live
}

// Plaid docs: Layer, documented event sequences. Those with a code that is right
// and those that end early are not documented; they follow from the others.
var (
	tillOpen   = []string{"LAYER_READY", "OPEN", "TRANSITION_VIEW CONSENT"}
	tillCode   = append(slices.Clip(tillOpen), "TRANSITION_VIEW VERIFY_PHONE")
	tillReview = append(slices.Clip(tillCode), "SUBMIT_OTP", "TRANSITION_VIEW PROFILE_DATA_REVIEW", "VERIFY_PHONE")
	notProven  = append(slices.Clip(tillCode), "SUBMIT_OTP", "ERROR INVALID_OTP", "SUBMIT_OTP", "ERROR INVALID_OTP", "SUBMIT_OTP",
		"TRANSITION_VIEW ERROR", "ERROR PROFILE_AUTHENTICATION_FAILED", "EXIT PROFILE_AUTHENTICATION_FAILED")
)

func ends(events []string, more ...string) []string { return append(slices.Clip(events), more...) }

func reactBranches() []reactBranch {
	phone := func(number string) func(*testing.T, context.Context) {
		return func(t *testing.T, tab context.Context) { submit(t, tab, "phone_number", number) }
	}
	pane := func(title string) func(*testing.T, context.Context) {
		return func(t *testing.T, tab context.Context) {
			submit(t, tab, "phone_number", "415-555-0011")
			toPane(t, tab, title)
		}
	}
	press := func(button string) func(*testing.T, context.Context) {
		return func(t *testing.T, tab context.Context) { pagetest.Press(t, tab, button) }
	}
	born := func(number, date string) func(*testing.T, context.Context) {
		return func(t *testing.T, tab context.Context) {
			submit(t, tab, "phone_number", number)
			told(t, tab, "LAYER_NOT_AVAILABLE")
			submit(t, tab, "date_of_birth", date)
		}
	}
	bornToReview := func(number string) func(*testing.T, context.Context) {
		return func(t *testing.T, tab context.Context) {
			born(number, "1975-01-18")(t, tab)
			toPane(t, tab, paneReview)
		}
	}
	unmount := func(t *testing.T, tab context.Context) {
		do(t, tab, `app.unmount()`)
		pagetest.InPage(t, tab, `document.getElementById("gone") && !document.querySelector("iframe")`)
	}
	live := []string{"load", "LAYER_READY", "OPEN"}
	byDate := []string{"load", "LAYER_NOT_AVAILABLE", "LAYER_READY", "OPEN"}
	return []reactBranch{
		{name: "eligible", walk: pane(paneReview), last: press("Share"), live: live, all: ends(tillReview, "HANDOFF", "load", "onSuccess")},
		{
			name: "Extended Autofill", walk: bornToReview("515-555-0016"), last: press("Share"),
			live: byDate, all: ends(append([]string{"LAYER_NOT_AVAILABLE"}, tillReview...), "HANDOFF", "load", "onSuccess"),
		},
		{
			name: "Extended Autofill without a bank", walk: bornToReview("(415) 555-0000"), last: press("Share"),
			live: byDate, all: ends(append([]string{"LAYER_NOT_AVAILABLE"}, tillReview...), "HANDOFF", "load", "onSuccess"),
		},
		{
			name: "Extended Autofill where accounts are required", template: templateAccountsRequired,
			walk: born("14155550000", "1975-01-18"), live: []string{"load", "LAYER_NOT_AVAILABLE", "LAYER_AUTOFILL_NOT_AVAILABLE"},
		},
		{
			name: "fallback", walk: born("+15155550016", "1990-02-03"),
			live: []string{"load", "LAYER_NOT_AVAILABLE", "LAYER_AUTOFILL_NOT_AVAILABLE"},
		},
		{name: "no number of North America", walk: phone("+442071838750"), live: []string{"load", "LAYER_NOT_AVAILABLE"}},
		{
			name: "three wrong codes", walk: pane(paneCode), live: live, all: ends(notProven, "load", "onExit PROFILE_AUTHENTICATION_FAILED"),
			last: func(t *testing.T, tab context.Context) {
				for _, left := range []string{"2 attempts left", "One attempt left", ""} {
					pagetest.TypeKeys(t, tab, "000000")
					if left != "" {
						pagetest.InLink(t, tab, `document.querySelector("input")?.value === "" && document.body.textContent.includes("`+left+`")`)
					}
				}
				pagetest.Shows(t, tab, "We could not verify your phone number")
				pagetest.Press(t, tab, "Close")
				pagetest.InPage(t, tab, `document.querySelector("iframe").style.visibility === "hidden"`)
			},
		},
		{name: "close at consent", walk: pane(paneConsent), last: press("Close"), live: live, all: ends(tillOpen, "EXIT", "load", "onExit")},
		{name: "close at the code", walk: pane(paneCode), last: press("Close"), live: live, all: ends(tillCode, "EXIT", "load", "onExit")},
		{name: "close at the review", walk: pane(paneReview), last: press("Close"), live: live, all: ends(tillReview, "EXIT", "load", "onExit")},
		{name: "unmount while open", walk: pane(paneCode), last: unmount, live: live, all: ends(tillCode, "EXIT", "load", "onExit")},
		{
			name: "unmount while not open", walk: phone("415-555-0011"), live: []string{"load", "LAYER_READY"}, last: unmount,
			all: []string{"LAYER_READY", "load"},
		},
		{
			name: "exit by the app", walk: pane(paneConsent), live: live, all: ends(tillOpen, "EXIT", "load", "onExit"),
			last: func(t *testing.T, tab context.Context) { do(t, tab, `app.exit({ force: true })`) },
		},
	}
}

func testReactPlaidLink(t *testing.T, n *neighbourhood) {
	for _, version := range reactVersions {
		for _, branch := range reactBranches() {
			t.Run(version+"/"+branch.name, func(t *testing.T) {
				t.Parallel()
				n.goThrough(t, version, branch)
			})
		}
		t.Run(version+"/another token", func(t *testing.T) {
			t.Parallel()
			testTokenChange(t, n, version)
		})
		t.Run(version+"/unmount after the end", func(t *testing.T) {
			t.Parallel()
			testUnmountAfterTheEnd(t, n, version)
		})
	}
}

// The other two ways to deliver events: each when it happens, or the withheld
// ones in an order of the seed's.
func TestReactPlaidLinkIsToldInOtherWays(t *testing.T) {
	needClients(t)
	eligible := reactBranches()[0]
	for delivery, live := range map[plaidsim.Delivery][]string{
		plaidsim.Live:     append([]string{"load"}, tillReview...),
		plaidsim.Shuffled: eligible.live,
	} {
		t.Run(string(delivery), func(t *testing.T) {
			n := newNeighbourhood(t, func(c *plaidsim.Config) { c.Delivery = delivery })
			n.reactApps(t)
			for _, version := range reactVersions {
				t.Run(version, func(t *testing.T) {
					branch := eligible
					branch.live = live
					n.goThrough(t, version, branch)
				})
			}
		})
	}
}

// react opens the app with a fresh link_token and waits until Link is loaded.
func (n *neighbourhood) react(t *testing.T, version, template string) context.Context {
	t.Helper()
	tab := n.tab(t, "https://app.test/react/"+version+"?token="+url.QueryEscape(n.token(t, template)))
	told(t, tab, "load")
	return tab
}

const theLastThing = "the last thing is done"

func (n *neighbourhood) goThrough(t *testing.T, version string, branch reactBranch) {
	template := branch.template
	if template == "" {
		template = templateDefault
	}
	tab := n.react(t, version, template)
	branch.walk(t, tab)
	log := told(t, tab, branch.live[len(branch.live)-1])
	if diff := cmp.Diff(branch.live, lines(log)); diff != "" {
		t.Fatalf("told at once:\n%s", diff)
	}
	if branch.last == nil {
		return
	}
	do(t, tab, `app.note(`+pagetest.Quote(theLastThing)+`)`)
	branch.last(t, tab)
	log = told(t, tab, strings.Fields(branch.all[len(branch.all)-1])[0])
	held := log[len(branch.live)+1:]
	if i := slices.IndexFunc(log, func(c called) bool { return c.What == theLastThing }); i != len(branch.live) {
		t.Errorf("told before the last thing: %v", lines(log[:max(i, 0)]))
	}
	log = slices.DeleteFunc(slices.Clone(log), func(c called) bool { return c.What == theLastThing })
	if diff := cmp.Diff(branch.all, lines(byTimestamp(log))); diff != "" {
		t.Errorf("told in all:\n%s", diff)
	}
	if len(held) > 0 {
		checkEnd(t, held)
	}
	checkMetadata(t, log)
}

// checkEnd holds what came at the end against the promise that events come with
// onSuccess or onExit: no callback comes after that one.
func checkEnd(t *testing.T, held []called) {
	t.Helper()
	end := held[len(held)-1]
	if end.What != "onSuccess" && end.What != "onExit" {
		t.Errorf("%s came after the end", end)
	}
	if end.What == "onSuccess" && !strings.HasPrefix(end.PublicToken, "profile-sandbox-") {
		t.Errorf("the public_token is %q", end.PublicToken)
	}
	for _, c := range held {
		if c.At < held[0].At || c.At > end.At {
			t.Errorf("%s arrived at %v, not between %v and %v", c, c.At, held[0].At, end.At)
		}
	}
}

// eventKeys are all keys of an event's metadata (Plaid docs: Link Web, onEvent;
// react-plaid-link's PlaidLinkOnEventMetadata).
var eventKeys = []string{
	"account_number_mask", "error_code", "error_message", "error_type", "exit_status", "institution_id", "institution_name",
	"institution_search_query", "is_update_mode", "link_session_id", "match_reason", "mfa_type", "request_id", "routing_number",
	"selection", "timestamp", "view_name",
}

func checkMetadata(t *testing.T, log []called) {
	t.Helper()
	session := ""
	for _, c := range log {
		if c.Metadata == nil {
			continue
		}
		id, _ := c.Metadata["link_session_id"].(string)
		if id == "" || session != "" && id != session {
			t.Errorf("%s has link_session_id %q, another has %q", c, id, session)
		}
		session = id
		want := eventKeys
		switch c.What {
		case "onSuccess":
			want = []string{"accounts", "institution", "link_session_id", "transfer_status"}
		case "onExit":
			want = []string{"institution", "link_session_id", "request_id", "status"}
		}
		var keys []string
		for k := range c.Metadata {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		if diff := cmp.Diff(want, keys); diff != "" {
			t.Errorf("metadata of %s:\n%s", c, diff)
		}
	}
}

// A new token makes a new handler, also while Link is open.
func testTokenChange(t *testing.T, n *neighbourhood, version string) {
	tab := n.react(t, version, templateDefault)
	change := func() {
		t.Helper()
		do(t, tab, `log.length = 0; app.setToken(`+pagetest.Quote(n.token(t, templateDefault))+`)`)
		told(t, tab, "load")
	}
	change()
	pagetest.InPage(t, tab, `document.querySelectorAll("iframe").length === 1`)
	submit(t, tab, "phone_number", "415-555-0011")
	toPane(t, tab, paneConsent)
	before := told(t, tab, "OPEN")
	first := before[len(before)-1].Metadata["link_session_id"].(string)

	change()
	pagetest.InPage(t, tab, `document.querySelectorAll("iframe").length === 1`)
	n.awaitAct(t, first, "exit")
	if v, _ := n.sim.Session(first); v.State != "exited" {
		t.Errorf("the session that was open when the token changed is %q; react-plaid-link had called exit", v.State)
	}
	submit(t, tab, "phone_number", "415-555-0011")
	toPane(t, tab, paneReview)
	pagetest.Press(t, tab, "Share")
	log := told(t, tab, "onSuccess")
	if log[0].What != "load" || log[len(log)-1].Metadata["link_session_id"] == first {
		t.Errorf("with the new token the app was told %v", lines(log))
	}
}

// 4.1.1 takes Link for open after onSuccess, calls exit, and waits for an onExit
// that does not come (GitHub: react-plaid-link#401); 5.0.0 destroys the handler.
func testUnmountAfterTheEnd(t *testing.T, n *neighbourhood, version string) {
	tab := n.react(t, version, templateDefault)
	submit(t, tab, "phone_number", "415-555-0011")
	toPane(t, tab, paneReview)
	pagetest.Press(t, tab, "Share")
	log := told(t, tab, "onSuccess")
	do(t, tab, `app.unmount()`)
	if version == "5.0.0" {
		pagetest.InPage(t, tab, `document.getElementById("gone") && !document.querySelector("iframe")`)
	} else {
		session := log[len(log)-1].Metadata["link_session_id"].(string)
		n.awaitAct(t, session, "exit")
		if v, _ := n.sim.Session(session); v.State != "done" {
			t.Errorf("after exit the session is %q", v.State)
		}
	}
	if after := told(t, tab, "onSuccess"); len(after) != len(log) {
		t.Errorf("after onSuccess the app was told %v", lines(after[len(log):]))
	}
}
