package main

import (
	"strings"
	"testing"

	"layersim/flow/scenario"
)

// readScene reads the steps of a scenario, one a line, on top of some settings.
func readScene(t testing.TB, settings string, steps ...string) scenario.Scenario {
	t.Helper()
	text := "scenario: test\ntitle: A test\n" + settings + "\nsteps:\n"
	for _, s := range steps {
		text += "  - " + s + "\n"
	}
	sc, err := scenario.Read("test.yaml", []byte(text), builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// Every expectation holds where it should, and says what there was where not.
func TestExpectations(t *testing.T) {
	const (
		ready = "create token\ncreate handler\nsubmit phone"
		link  = ready + "\nopen"
		done  = link + "\ncontinue\ncode\nshare"
		left  = link + "\ncontinue\ncode: wrong\ncode: wrong\ncode: wrong"
	)
	for name, tc := range map[string]struct {
		settings, before, expect string
		expected, got            string // parts of what is said, "" if it holds
	}{
		"event":                       {"", ready, "expect event: LAYER_READY", "", ""},
		"event, timing":               {"", done, "expect event: {name: OPEN, timing: held}", "OPEN together with onSuccess or onExit", "there came: onLoad, LAYER_READY, OPEN, TRANSITION_VIEW:CONSENT (held)"},
		"event, held":                 {"", done, "expect event: {name: TRANSITION_VIEW, view: CONSENT, timing: held}", "", ""},
		"event, live delivery":        {"delivery: live", done, "expect event: {name: TRANSITION_VIEW, view: CONSENT, timing: live}", "", ""},
		"event, shuffled":             {"delivery: shuffled", done, "expect events: [LAYER_READY, OPEN, TRANSITION_VIEW, TRANSITION_VIEW, SUBMIT_OTP, TRANSITION_VIEW, VERIFY_PHONE, HANDOFF]", "", ""},
		"event, of the end":           {"", left, "expect event: {name: onExit, error_code: PROFILE_AUTHENTICATION_FAILED, timing: held}", "", ""},
		"event, times":                {"", left, "expect event: {name: ERROR, error_code: INVALID_OTP, times: 2}", "", ""},
		"event, wrong times":          {"", left, "expect event: {name: ERROR, error_code: INVALID_OTP, times: 3}", "ERROR:INVALID_OTP 3 times", "it came 2 times; there came: onLoad"},
		"event, in order":             {"", done + "\nexpect event: HANDOFF", "expect event: OPEN", "OPEN", "there came since HANDOFF: onSuccess (held)"},
		"event, none":                 {"", link, "expect no event: HANDOFF", "", ""},
		"event, none, yet it came":    {"", link, "expect no event: OPEN", "no OPEN", "it came, in entry"},
		"event, of an attempt left":   {"", link + "\nstart over", "expect event: OPEN", "OPEN", "no callback came"},
		"event, none since":           {"", link + "\nstart over", "expect no event: OPEN", "", ""},
		"events, view":                {"", link, "expect events: [LAYER_READY, OPEN, \"TRANSITION_VIEW:CONSENT\"]", "LAYER_READY, OPEN, TRANSITION_VIEW:CONSENT", "LAYER_READY, OPEN"},
		"events, with onLoad":         {"", ready, "expect events: [onLoad, LAYER_READY]", "", ""},
		"events, since":               {"", ready + "\nexpect events: [LAYER_READY]\nopen", "expect events: [OPEN]", "", ""},
		"phase":                       {"", ready, "expect phase: ready", "", ""},
		"phase, another":              {"", left, "expect phase: onboarded", "phase onboarded", "phase exited (The phone could not be proven"},
		"refused":                     {"", "create token\nsubmit phone", "expect refused: handler comes next", "", ""},
		"refused, for another cause":  {"", "create token\nsubmit phone", "expect refused: it rains", `because of "it rains"`, "it was refused: A phone number does not belong here"},
		"refused, not":                {"", "create token", "expect refused", "the step before is refused", "it was done"},
		"share, not taken":            {"", link + "\ncontinue\ncode\nedit field: {address.postal_code: x}", "share", `"share" is done`, "Link did not take it: "},
		"share, not taken, refused":   {"", link + "\ncontinue\ncode\nedit field: {address.postal_code: x}\nshare", "expect refused: postal_code", "", ""},
		"share, not taken, a notice":  {"", link + "\ncontinue\ncode\nedit field: {address.postal_code: x}\nshare", "expect pane: {notice: postal_code}", "", ""},
		"refused, in a pane":          {"", link + "\nshare", "expect refused: the pane CONSENT has no button Share", "", ""},
		"result":                      {"", done, "expect result: {identity.ssn: present, identity.email: absent, items: 1, identity.name.first_name: Maxine}", "the session has identity.email: absent", "@"},
		"result, private":             {"", done, "expect result: {identity.ssn: '123456789'}", "the session has identity.ssn: the value in the file", "•••-••-••••, which is another"},
		"result, two at once":         {"", done, "expect result: {items: 7, identity.name.first_name: Ada}", "identity.name.first_name: Ada; items: 7", "identity.name.first_name: Maxine; items: 1"},
		"result, none":                {"", link, "expect result: {items: 1}", "a session that was read", "the walk stands at link"},
		"edits":                       {"", link + "\ncontinue\ncode\nedit field: {address.street: 2 New Street}\nshare", "expect edits: {address: {current: 1}}", "", ""},
		"edits, others":               {"", done, "expect edits: {address: {current: 1, all_time: 0}}", "edits of address: current 1, all_time 0", "current 0, all_time"},
		"edits, two at once":          {"", done, "expect edits: {address: {current: 1}, email: {current: 2}}", "address: current 1; edits of email: current 2", "of address: current 0; of email: current 0"},
		"error":                       {"faults: [{on: /session/token/create, status: 500}]", "create token", "expect error: {code: INTERNAL_SERVER_ERROR, type: API_ERROR, status: 500, on: /session/token/create}", "", ""},
		"error, used up":              {"faults: [{on: /session/token/create, status: 500, calls: 1}]", "create token\nexpect error: {status: 500}\nretry", "expect error: {status: 500}", "an error HTTP 500", "nothing has failed since the error that was expected last"},
		"error, two of a kind":        {"faults: [{on: /session/token/create, status: 500, calls: 2}]", "create token\nretry\nexpect error: {status: 500}", "expect error: {status: 500}", "", ""},
		"error, of an attempt left":   {"faults: [{on: /session/token/create, status: 500, calls: 1}]", "create token\nstart over", "expect error: {status: 500}", "an error HTTP 500", "nothing has failed"},
		"error, type":                 {"faults: [{on: /session/token/create, status: 500}]", "create token", "expect error: {type: ITEM_ERROR}", "an error ITEM_ERROR", "API_ERROR"},
		"error, message":              {"faults: [{on: /session/token/create, status: 500}]", "create token", "expect error: {message: it rains}", `an error "it rains"`, "API_ERROR"},
		"error, another":              {"faults: [{on: /session/token/create, status: 503}]", "create token", "expect error: {code: INTERNAL_SERVER_ERROR}", "an error INTERNAL_SERVER_ERROR", "/session/token/create: HTTP 503 API_ERROR / PLANNED_MAINTENANCE"},
		"error, none":                 {"", ready, "expect error: {status: 500}", "an error HTTP 500", "nothing has failed"},
		"error, of onExit":            {"", left, "expect error: PROFILE_AUTHENTICATION_FAILED", "", ""},
		"error, no answer":            {"faults: [{on: /session/token/create, no_answer: true}]", "create token", "expect error: {code: TIMEOUT, message: within 30 seconds}", "", ""},
		"error, of a call by hand":    {"", "call: {path: /session/token/create, body: '{}'}", "expect error: {code: MISSING_FIELDS, status: 400}", "", ""},
		"answer":                      {"", "call: {path: /network/status/get, body: '{\"user\": {\"phone_number\": \"+14155550011\"}}'}", "expect answer: {on: /network/status/get, status: 200, values: {network_status: RETURNING_USER}}", "", ""},
		"answer, another":             {"", "call: {path: /network/status/get, body: '{}'}", "expect answer: {on: /network/status/get, status: 200}", "an answer of /network/status/get with HTTP 200", "HTTP 400 INVALID_REQUEST / MISSING_FIELDS"},
		"answer, of an attempt left":  {"", "create token\nstart over", "expect answer: {on: /session/token/create, status: 200}", "an answer of", "nobody has called /session/token/create"},
		"answer, absent":              {"", "create token", "expect answer: {on: /session/token/create, values: {nonsense: absent}}", "", ""},
		"answer, absent in nothing":   {"", "create token", "expect answer: {on: /session/token/create, values: {nonsense.x: absent}}", "has no nonsense.x", "it has no nonsense either"},
		"answer, none":                {"", "create token", "expect answer: {on: /network/status/get, status: 200}", "an answer of", "nobody has called /network/status/get"},
		"webhook":                     {"", done, "expect webhook: {code: SESSION_FINISHED, status: SUCCESS, verified: true}", "", ""},
		"webhook, of an attempt left": {"", done + "\nstart over", "expect webhook: SESSION_FINISHED", "a webhook SESSION_FINISHED", "no webhook came"},
		"webhook, wrong times":        {"", done, "expect webhook: {code: SESSION_FINISHED, times: 2}", "a webhook SESSION_FINISHED 2 times", "it came once"},
		"webhook, another reason":     {"", "misdeliver webhook: {how: wrong_key}\n" + link + "\ncontinue\ncode", "expect webhook: {verified: false, reason: it rains}", "because of it rains", "verified false"},
		"webhook, in order":           {"", done + "\nexpect webhook: SESSION_FINISHED", "expect webhook: LAYER_AUTHENTICATION_PASSED", "a webhook LAYER_AUTHENTICATION_PASSED", "no webhook came"},
		"webhook, status":             {"", done, "expect webhook: {code: SESSION_FINISHED, status: EXITED}", "a webhook SESSION_FINISHED status EXITED", "there came: LAYER_AUTHENTICATION_PASSED (verified true), SESSION_FINISHED SUCCESS (verified true)"},
		"webhook, forged":             {"", "misdeliver webhook: {how: wrong_key}\n" + link + "\ncontinue\ncode", "expect webhook: {verified: false, reason: signature}", "", ""},
		"webhook, none":               {"", link, "expect no webhook: LAYER_AUTHENTICATION_PASSED", "", ""},
		"webhook, none, yet it came":  {"", done + "\nexpect webhook: SESSION_FINISHED", "expect no webhook: LAYER_AUTHENTICATION_PASSED", "no webhook LAYER_AUTHENTICATION_PASSED", "there came: LAYER_AUTHENTICATION_PASSED"},
		"webhook, twice":              {"", done + "\nsend webhook: SESSION_FINISHED", "expect webhook: {code: SESSION_FINISHED, times: 2}", "", ""},
		"webhook, sent again":         {"faults: [{on: /webhook_verification_key/get, status: 500}]", link + "\ncontinue\ncode\nwait: 1m", "expect webhook: {code: LAYER_AUTHENTICATION_PASSED, verified: true}", "", ""},
		"findings":                    {"", ready + "\ndo wrong: open-twice", "expect findings: [open-twice]", "", ""},
		"findings, others":            {"", ready + "\ndo wrong: open-twice", "expect findings: []", "the linter finds nothing", "open-twice; open-twice: "},
		"outcome":                     {"", ready + "\ndo wrong: open-twice", "expect outcome: It rained", `the mistake came to "It rained"`, "open"},
		"pane":                        {"", link + "\ncontinue\ncode: wrong", "expect pane: {view: VERIFY_PHONE, notice: not right}", "", ""},
		"pane, another":               {"", link, "expect pane: {view: VERIFY_PHONE, notice: not right}", `Link shows VERIFY_PHONE and says "not right"`, "it shows CONSENT and says nothing went wrong"},
		"pane, none":                  {"", ready, "expect pane: CONSENT", "Link shows CONSENT", "Link shows no pane; the walk stands at ready"},
		"silence":                     {"faults: [{on: LAYER_READY, lose: true}]", ready + "\nwait: 15s\nretry", "expect event: LAYER_READY", "", ""},
		"expired":                     {"", "create token\nwait: 5h", "expect phase: failed", "", ""},
		"expired at Plaid only":       {"", ready + "\nadvance clock: 5h\nopen", "expect event: {name: onExit, error_code: INVALID_LINK_TOKEN}", "", ""},
		"phone proven silently":       {"persona: silent", link + "\ncontinue", "expect pane: PROFILE_DATA_REVIEW", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			steps := append(strings.Split(tc.before, "\n"), tc.expect)
			result, lines := play(t, readScene(t, tc.settings, steps...))
			f := result.Failure
			switch {
			case tc.expected == "" && f != nil:
				t.Fatalf("step %d, %s: expected %s, got %s\n%s", result.Steps, f.Step, f.Expected, f.Got, lines)
			case tc.expected == "":
				return
			case f == nil || result.Steps != len(steps):
				t.Fatalf("%d of %d steps: %+v", result.Steps, len(steps), f)
			}
			if !strings.Contains(f.Expected, tc.expected) || !strings.Contains(f.Got, tc.got) {
				t.Errorf("expected %q, got %q; want %q and %q in them", f.Expected, f.Got, tc.expected, tc.got)
			}
			if len(f.Around) == 0 || f.Around[len(f.Around)-1].Seq != result.Journal.Len() {
				t.Errorf("the journal around it: %d entries of %d", len(f.Around), result.Journal.Len())
			}
		})
	}
}
