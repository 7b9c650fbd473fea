package scenario

import (
	"errors"
	"strings"
	"testing"

	"layersim/fixtures"
)

func catalog(t testing.TB) *fixtures.Catalog {
	t.Helper()
	c, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const head = "scenario: x\ntitle: X\n"

func steps(lines ...string) string {
	return head + "steps:\n- " + strings.Join(lines, "\n- ") + "\n"
}

// Every mistake says where it is, what was found and what was expected.
func TestMistakes(t *testing.T) {
	c := catalog(t)
	for _, test := range []struct{ content, want string }{
		{"", `x.yaml: is empty; expected a scenario: its name, its title and its steps`},
		{"# nothing\n", `x.yaml: is empty; expected a scenario`},
		{"[", `x.yaml:1:1: is not YAML`},
		{"- a\n- b\n", `x.yaml:1:1: is a list; expected fields: scenario, title`},
		{steps("open") + "---\n" + steps("open"), `x.yaml:6:1: is another document; expected one scenario in a file`},
		{head + "steps: &a [open]\n", `x.yaml:3:8: uses "&", a YAML anchor, alias or merge; expected every value to be written out`},
		{head + "steps: " + strings.Repeat("[", 100), `is nested more than 32 levels deep`},
		{"# " + strings.Repeat("x", 1<<20), `x.yaml: is larger than 1 MiB`},
		{strings.Repeat("a: b\n", maxFields+1), `x.yaml:4001:2: has more than 4000 fields in one document`},
		{head + "steps:\n" + strings.Repeat("- open\n", MaxSteps+1), `x.yaml:404:3: steps: has 401 steps; expected no more than 400`},
		{"title: X\nsteps: [open]\n", `x.yaml:1:1: scenario: is missing; expected a short name such as "two-banks"`},
		{"scenario: X Y\ntitle: X\nsteps: [open]\n", `x.yaml:1:11: scenario: "X Y" is not a name`},
		{"scenario: x\nscenario: y\ntitle: X\nsteps: [open]\n", `x.yaml:2:1: scenario: is given twice, first in line 1`},
		{"scenario: x\nsteps: [open]\n", `x.yaml:1:1: title: is missing; expected one line of text`},
		{head, `x.yaml:1:1: steps: is missing; expected a list of steps, each beginning with -`},
		{head + "steps: []\n", `x.yaml:3:8: steps: has no steps; expected at least one`},
		{head + "steps: open\n", `x.yaml:3:8: steps: is "open"; expected a list, each entry beginning with -`},
		{head + "persna: two-banks\nsteps: [open]\n", `x.yaml:3:1: has no field "persna"; did you mean "persona"?`},
		{head + "persona: two-bank\nsteps: [open]\n", `x.yaml:3:10: persona: "two-bank" is not a persona, did you mean "two-banks"?`},
		{head + "template: defult\nsteps: [open]\n", `x.yaml:3:11: template: "defult" is not a template, did you mean "default"?`},
		{head + "platform: iso\nsteps: [open]\n", `x.yaml:3:11: platform: "iso" is not a platform of Link, did you mean "ios"?; expected web, react, react-native, ios or android`},
		{head + "platform: ios\nsdk_version: six\nsteps: [open]\n", `x.yaml:4:14: sdk_version: does not go with the platform: "six" is not a version`},
		{head + "sdk_version: 6.3.0\nsteps: [open]\n", `x.yaml:3:14: sdk_version: does not go with the platform: the web SDK has no versions`},
		{head + "seed: lots\nsteps: [open]\n", `x.yaml:3:7: seed: "lots" is not a seed; expected a whole number such as 7`},
		{head + "clock: noon\nsteps: [open]\n", `x.yaml:3:8: clock: "noon" is not a time; expected a time such as "2026-04-01T12:00:00Z"`},
		{head + "clock: 1812-04-01T12:00:00Z\nsteps: [open]\n", `is not in the years from 1970 to 2200`},
		{head + "delivery: lives\nsteps: [open]\n", `x.yaml:3:11: delivery: "lives" is not a way of delivery, did you mean "live"?; expected documented, live or shuffled`},
		{head + "strict: perhaps\nsteps: [open]\n", `x.yaml:3:9: strict: "perhaps" is neither; expected true or false`},
		{head + "minutes: ten\nsteps: [open]\n", `x.yaml:3:10: minutes: "ten" is not a whole number; expected whole minutes from 1 to 240`},
		{head + "minutes: 999\nsteps: [open]\n", `"999" is not from 1 to 240`},
		{head + "not_enabled: [auht]\nsteps: [open]\n", `x.yaml:3:15: not_enabled[0]: "auht" is not a product or a path of the API, did you mean "auth"?`},
		{head + "not_enabled: [auth, auth]\nsteps: [open]\n", `x.yaml:3:21: not_enabled[1]: "auth" is there twice`},
		{head + "faults: [{on: LAYER_REDY, lose: true}]\nsteps: [open]\n", `x.yaml:3:15: fault 1.on: "LAYER_REDY" is not a place where a fault can be, did you mean "LAYER_READY"?`},
		{head + "faults: [{on: LAYER_READY, status: 500}]\nsteps: [open]\n", `x.yaml:3:11: fault 1: is a fault on an event; expected one of lose, duplicate, hold and delay`},
		{head + "faults: [{on: /item/get, lose: true}]\nsteps: [open]\n", `fault 1: is a fault on a call; expected lose`},
		{head + "faults: [{on: /item/get, status: 302}]\nsteps: [open]\n", `fault 1: has a status that is no error; expected one from 400 to 599`},
		{head + "faults: [{on: /item/get}]\nsteps: [open]\n", `fault 1: does not say what goes wrong`},
		{head + "faults: [open]\nsteps: [open]\n", `x.yaml:3:10: fault 1: is "open"; expected one such as {on: `},

		// Steps.
		{steps("open", "[open]"), `x.yaml:5:3: step 2: is a list; expected a step such as "create token"`},
		{steps("open", ""), `step 2: is empty; expected a step such as "create token"`},
		{steps("opne"), `x.yaml:4:3: step 1: has no step "opne"; did you mean "open"?`},
		{steps("dance"), `x.yaml:4:3: step 1: has no step "dance"; expected a step such as "create token", "code: wrong" or "expect event: LAYER_READY"; 'layersim scenarios NAME' shows a whole file`},
		{steps("cod: wrong"), `has no step "cod"; did you mean "code" (code: wrong)?`},
		{steps("press share"), `has no step "press share"; did you mean "share"?`},
		{steps("submit"), `has no step "submit"; did you mean "submit phone" (submit phone: "+14155550015") or "submit date of birth" (submit date of birth: wrong)?`},
		{steps("LAYER_READY"), `has no step "LAYER_READY"; did you mean "expect event: LAYER_READY"?`},
		{steps("onboarded"), `has no step "onboarded"; did you mean "expect phase: onboarded"?`},
		{steps("open", "expect event:\n  name: OPEN"), `x.yaml:6:3: step 2: "name" stands beside "expect event" of line 5; expected it below, with more spaces before it, as in: expect event: {name: onExit,`},
		{steps("beat: B\n  expect result:\n  items: 2"), `x.yaml:6:3: step 1: "items" stands beside "expect result" of line 5`},
		{head + "steps:\n- create token\n - create handler\n", `step 1: is more than one step; expected the - of each right below the - of the first`},
		{head + "steps:\n  - create token\n - create handler\n", `x.yaml:5:2: is not YAML: value is not allowed in this context; often it is the indentation: what belongs together begins in the same column`},
		{head + "steps:\n- create token\n  create handler\n", `x.yaml:4:3: step 1: is no step: after "create token" comes more, which is not repeated here; expected "create token" alone, and each step in a line of its own after -`},
		{steps("create tokn:"), `has no step "create tokn"; did you mean "create token"?`},
		{steps("code 123456"), `x.yaml:4:3: step 1: is no step: after "code" comes more, which is not repeated here; did you mean "code: …"?`},
		{steps("open: please"), `x.yaml:4:9: step 1: open: takes nothing after it; expected "open" alone`},
		{steps("{open: , close: }"), `x.yaml:4:12: step 1: does "open" and "close"; expected one deed in a step, and a step for each`},
		{steps("beat: Alone"), `x.yaml:4:3: step 1: does nothing; expected a deed besides beat, notes or ask, such as "open:"`},
		{steps("{beat: A, beat: B, open: }"), `x.yaml:4:13: step 1: "beat" is given twice, first in line 4`},
		{steps("{beat: , open: }"), `x.yaml:4:4: step 1: beat: is empty; expected one line of text`},
		{steps("{note: a, open: }"), `step 1: has no step "note"; did you mean "notes"?`},
		{steps("{ask: What now?, open: }"), `x.yaml:4:9: step 1: ask: is "What now?"; expected {question: …, answer: …}`},
		{steps("{ask: {question: What now?}, open: }"), `x.yaml:4:10: step 1: ask.answer: is missing; expected a few sentences`},
		{steps("expect refused"), `x.yaml:4:3: step 1: expects that the step before was refused; expected such a step right before`},
		{steps("expect phase: token", "expect refused"), `x.yaml:5:3: step 2: expects that the step before was refused`},

		// What stands after a word.
		{steps("wait"), `x.yaml:4:3: step 1: wait: has nothing after it; expected a step such as "wait: 20s"`},
		{steps("wait: soon"), `x.yaml:4:9: step 1: wait: "soon" is not a time above zero and up to ten years; expected a time such as "500ms", "20s", "5h" or "3d"`},
		{steps("wait: 0s"), `"0s" is not a time above zero`},
		{steps("advance clock: -5h"), `step 1: advance clock: "-5h" is not a time above zero`},
		{steps("do wrong: open-befor-ready"), `x.yaml:4:13: step 1: do wrong: "open-befor-ready" is not a mistake, did you mean "open-before-ready"?`},
		{steps("start over: {template: defalt}"), `x.yaml:4:26: step 1: start over.template: "defalt" is not a template, did you mean "default"?`},
		{steps("start over: {platform: androd}"), `did you mean "android"?`},
		{steps("start over: {platform: ios, sdk_version: x}"), `step 1: start over.sdk_version: does not go with the platform`},
		{steps("start over: {sdk_version: 6.3.0}"), `step 1: start over.sdk_version: does not go with the platform: the web SDK has no versions`},
		{steps("start over: {platform: ios}", "start over: {sdk_version: six}"), `step 2: start over.sdk_version: does not go with the platform: "six" is not a version`},
		{steps("call: item/get"), `step 1: call: "item/get" is not a path`},
		{steps("call: {path: /item/get, method: FETCH}"), `step 1: call.method: "FETCH" is not a method of HTTP`},
		{steps("choose accounts: some"), `x.yaml:4:20: step 1: choose accounts: "some" is not a choice, did you mean "none"?; expected all, none, or a list of names, masks, ids or banks`},
		{steps("institution: Coblestone Savings Bank"), `did you mean "Cobblestone Savings Bank"?; expected an institution by its name or its institution_id`},
		{steps("fault: {on: LAYER_READY, lsoe: true}"), `step 1: fault: has no field "lsoe"; did you mean "lose"?`},
		{steps("send webhook: SESION_FINISHED"), `did you mean "SESSION_FINISHED"?`},
		{steps("misdeliver webhook: duplicated"), `step 1: misdeliver webhook: "duplicated" is not a way to go wrong, did you mean "duplicate"?`},
		{steps("expect event"), `step 1: expect event: has nothing after it; expected a step such as`},
		{steps("expect event: {}"), `step 1: expect event: is empty; expected a step such as`},
		{steps("expect event: LAYER_REDY"), `x.yaml:4:17: step 1: expect event: "LAYER_REDY" is not an event of Link, did you mean "LAYER_READY"?`},
		{steps("expect event: {name: OPEN, timing: later}"), `step 1: expect event.timing: "later" is not a timing; expected live or held`},
		{steps("expect no event: {name: OPEN, times: 2}"), `step 1: expect no event: has no field "times"; expected name, view or error_code`},
		{steps("expect events: LAYER_READY"), `step 1: expect events: is "LAYER_READY"; expected a list, such as [a, b]`},
		{steps("expect events: [OPEN, OPNE]"), `x.yaml:4:25: step 1: expect events[1]: "OPNE" is not an event of Link, did you mean "OPEN"?`},
		{steps(`expect events: ["TRANSITION_VIEW:CONSNT"]`), `names no pane of Link, did you mean "TRANSITION_VIEW:CONSENT"?`},
		{steps("expect phase: redy"), `x.yaml:4:17: step 1: expect phase: "redy" is not a phase of the walk, did you mean "ready"?`},
		{steps("expect findings: [open-twise]"), `step 1: expect findings[0]: "open-twise" is not a rule of the linter, did you mean "open-twice"?`},
		{steps("expect error: not ready"), `step 1: expect error: "not ready" is not an error code`},
		{steps("expect error: {status: 42}"), `step 1: expect error.status: "42" is not from 100 to 599`},
		{steps("expect pane: {view: REVEW}"), `step 1: expect pane.view: "REVEW" is not a pane of Link`},
		{steps("expect webhook: {code: SESSION_FINISHED, verified: maybe}"), `"maybe" is neither; expected true or false`},
		{steps("expect edits: {addrss: {current: 1}}"), `step 1: expect edits: "addrss" is not a field of the edit history, did you mean "address"?`},
		{steps("expect edits: {address: {2d: 1}}"), `"2d" is not a window of the edit history`},
		{steps("expect edits: {address: {current: one}}"), `"one" is not a whole number`},
		{steps("expect result: {items: 1, items: 2}"), `step 1: expect result: has "items" twice, first in line 4`},
		{steps("expect result: {identity.nam.first_name: absent}"), `"identity.nam.first_name" is no value of a session; did you mean "identity.name.first_name"?`},
		{steps("expect result: {nonsense.x: absent}"), `"nonsense.x" is no value of a session; expected one such as`},
		{steps("expect result: {items.0.acounts: absent}"), `did you mean "items.0.accounts"?`},
		{steps("expect result: {}"), `step 1: expect result: is empty; expected`},
		{steps("expect edits: {}"), `step 1: expect edits: is empty; expected`},
		{steps("expect edits: {address: {}}"), `step 1: expect edits.address: is empty; expected windows`},
		{steps("edit field: {}"), `step 1: edit field: is empty; expected fields`},
		{steps("expect result: items"), `step 1: expect result: is "items"; expected a group`},
	} {
		_, err := Read("x.yaml", []byte(test.content), c)
		var mistakes fixtures.Mistakes
		if !errors.As(err, &mistakes) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("in\n%.300s\ngot  %.600v\nwant %s", test.content, err, test.want)
		}
	}
}

// All mistakes are found in one reading.
func TestEveryMistakeAtOnce(t *testing.T) {
	_, err := Read("x.yaml", []byte("scenario: X\npersona: nobody\nsteps:\n- opne\n- wait: soon\n- {open: , close: }\n"), catalog(t))
	var mistakes fixtures.Mistakes
	if !errors.As(err, &mistakes) || len(mistakes) != 6 {
		t.Errorf("%d mistakes; want 6:\n%v", len(mistakes), err)
	}
}

// A value that somebody typed into Link, or could have, is in no message.
func TestPrivateValuesAreNotRepeated(t *testing.T) {
	c := catalog(t)
	const secret = "321-54-9876"
	for _, step := range []string{
		"code: " + secret, "code: [" + secret + "]", "code: {x: " + secret + "}", "code " + secret, "code: {" + secret + ": x}",
		"submit phone: " + secret, "submit phone " + secret, "submit phone: +1" + secret, "submit fone: " + secret, secret, "ssn " + secret,
		"submit date of birth: " + secret, "edit field: {ssn: [" + secret + "]}", "edit field: {ssn " + secret + ": x}", "edit field: " + secret,
		"edit field: {ssn " + secret + "}", "edit field: {ssn: " + strings.Repeat(secret, 40) + "}", "edit field: [" + secret + "]",
		"edit field: {ssn: {x: " + secret + "}}", "edit field: {ssn: \"" + secret + "\\u001b\"}", "sign in: " + secret, "sign in: {password: [" + secret + "]}",
		"sign in: {passwrd: " + secret + "}", "call: {path: /item/get, headers: " + secret + "}", "call: {path: /item/get, body: [" + secret + "]}",
		"call: {path: /item/get, headers: {X: [" + secret + "]}}", "edit field: {ssn: " + secret + ", ssn: " + secret + ", x}",
	} {
		_, err := Read("x.yaml", []byte(steps(step)), c)
		switch {
		case err == nil:
			t.Errorf("no mistake found in %s", step)
		case strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "321"):
			t.Errorf("%s: the message has it: %v", step, err)
		}
	}
}

// As many steps as there may be can have what steps have.
func TestTheLongestScenario(t *testing.T) {
	step := "- {beat: A beat, notes: Some notes, expect webhook: {code: SESSION_FINISHED, status: EXITED, verified: false, reason: abc}}\n"
	sc, err := Read("x.yaml", []byte(head+"steps:\n"+strings.Repeat(step, MaxSteps)), catalog(t))
	if err != nil || len(sc.Steps) != MaxSteps {
		t.Errorf("%d steps, %v", len(sc.Steps), err)
	}
}
