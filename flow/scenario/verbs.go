package scenario

import (
	"slices"
	"strings"

	"layersim/fixtures/document"
	"layersim/flow"
	"layersim/flow/lint"
)

// lineOf allows a line of any text.
var lineOf = text[string](document.Line)

func oneOf[T ~string](kind string, words []string) codec[T] {
	return text[T](document.Choice(kind, words...))
}

var (
	errorCode = text[string](document.Rule{Expected: `an error_code such as "INVALID_LINK_TOKEN"`, Filled: true, Check: func(s string) string {
		if !isErrorCode(s) {
			return "is not an error code"
		}
		return ""
	}})
	status = number(100, 599)
	// exitStatus is of no fixed list: Plaid adds to it.
	exitStatus = text[string](document.Rule{Expected: `a status such as "requires_code"`, Filled: true, Check: document.Made(document.Smalls+"_", 1, 60, "is not a status of onExit")})
	times      = number(1, 1000)
	apiPath    = text[string](document.Rule{Expected: `a path such as "/session/token/create"`, Filled: true, Check: checkPath})
	eventName  = oneOf[string]("an event of Link", append(append([]string{}, events...), callbacks...))
	view       = oneOf[string]("a pane of Link", views)
	hookCode   = oneOf[string]("a webhook of Layer", webhookCodes)
)

func checkPath(s string) string {
	if !strings.HasPrefix(s, "/") || len(s) > 200 || strings.ContainsAny(s, " \t?#") {
		return "is not a path"
	}
	return ""
}

// verbs is the language, in the order of the reference.
var verbs []verb

func init() {
	verbs = slices.Concat(appVerbs(), linkVerbsOf(), worldVerbs(), expectations())
}

// appVerbs are what the app's server and client do.
func appVerbs() []verb {
	return []verb{
		alone[CreateToken]("create token", "The server asks Plaid for a link_token."),
		alone[CreateHandler]("create handler", "The client creates the handler and waits for onLoad."),
		one("submit phone", `submit phone: "+14155550015"`, "Submits a phone number: alone the persona's, or one as E.164.", true, phone,
			func(d *SubmitPhone) *flow.PhoneNumber { return &d.Number }),
		one("submit date of birth", `submit date of birth: wrong`, "Submits a date of birth: alone the one that finds the persona, wrong or a date such as 1975-01-18.", true, birth,
			func(d *SubmitDateOfBirth) *flow.DateOfBirth { return &d.Date }),
		alone[Decline]("decline", "Asks for no date of birth, or waits no longer, and goes on with the app's own form."),
		alone[Open]("open", "Calls open()."),
		alone[Exit]("exit", "Calls exit({force: true})."),
		alone[Retry]("retry", "Makes the call that failed, or was not answered, again."),
		startOver(),
		alone[SignUp]("sign up", "Sends the app's own form, after a fallback."),
		one("do wrong", `do wrong: open-before-ready`, "Makes a mistake on purpose; layersim lint --rules lists them.", false, oneOf[flow.WrongID]("a mistake", wrongNames()),
			func(d *DoWrong) *flow.WrongID { return &d.Wrong }),
		group("call", `call: {path: /item/get, body: '{"access_token": "${access_token}"}'}`,
			"Calls Plaid's API by hand, with the keys of the walk's server. The body can hold ${link_token}, ${public_token}, ${access_token} and ${link_session_id}.",
			nil, nil,
			of("path", apiPath, func(d *Call) *string { return &d.Path }),
			of("method", oneOf[string]("a method of HTTP", []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}), func(d *Call) *string { return &d.Method }),
			of("headers", headers, func(d *Call) *[]flow.Header { return &d.Headers }),
			of("body", text[string](document.Rule{Expected: "a body", Private: true, Lines: true, Check: document.AtMost(4000)}), func(d *Call) *string { return &d.Body })),
	}
}

// linkVerbsOf are what the user does in Link.
func linkVerbsOf() []verb {
	return []verb{
		alone[Continue]("continue", "Presses the primary button of a pane."),
		one("code", `code: wrong`, "Types a one-time code: alone the persona's, wrong, or six digits.", true, code,
			func(d *EnterCode) *flow.OneTimeCode { return &d.Code }),
		one("edit field", `edit field: {address.street: 2 New Street}`, "Changes fields in review, before they are shared. Empty text empties one.", false, fieldsOf(profileFields),
			func(d *EditField) *map[string]flow.SSN { return &d.Values }),
		one("choose accounts", `choose accounts: [Everyday Checking, Tartan Bank]`, "Ticks accounts: all, none, or those with these names, masks, ids or banks.", false, accounts,
			func(d *ChooseAccounts) *ChooseAccounts { return d }),
		alone[Share]("share", "Presses Share."),
		alone[AddBank]("add bank", "Begins to add a bank, in review."),
		one("search", `search: cobblestone`, "Looks for a bank.", false, text[string](document.Rule{Expected: "what is typed", Check: document.AtMost(200)}),
			func(d *Search) *string { return &d.Query }),
		one("institution", `institution: Cobblestone Savings Bank`, "Chooses a bank.", false, choiceOf[string]((*reader).institution),
			func(d *ChooseInstitution) *string { return &d.Institution }),
		one("sign in", `sign in: {username: user_good, password: pass_good}`, "Fills in and sends the form of a bank: username and password, or its code.", false, fieldsOf(bankFields),
			func(d *SignIn) *map[string]flow.SSN { return &d.Values }),
		alone[Back]("back", "Goes back one pane."),
		alone[Close]("close", "Presses Close."),
	}
}

// worldVerbs are what happens around them.
func worldVerbs() []verb {
	return []verb{
		one("wait", `wait: 20s`, "Lets time pass for everybody, at once: nobody waits.", false, duration,
			func(d *Wait) *timeSpan { return &d.For }),
		one("advance clock", `advance clock: 5h`, "Moves the clock of the simulated Plaid only.", false, duration,
			func(d *AdvanceClock) *timeSpan { return &d.By }),
		one("fault", `fault: {on: LAYER_READY, lose: true}`, "Makes the simulated Plaid misbehave, with the fields of POST /sim/faults.", false, fault,
			func(d *ArmFault) *Fault { return &d.Fault }),
		alone[Heal]("heal", "Takes every fault back."),
		one("send webhook", `send webhook: SESSION_FINISHED`, "Delivers the newest webhook with this code once more.", false, hookCode,
			func(d *SendWebhook) *string { return &d.Code }),
		alone[RotateWebhookKey]("rotate webhook key", "Plaid signs webhooks with a new key from now on."),
		group("misdeliver webhook", `misdeliver webhook: {how: duplicate, code: SESSION_FINISHED}`,
			"Makes the next webhook, or the next with this code, go wrong on its way: "+document.OneOf(misdeliveries)+".", nil, nil,
			of("how", oneOf[string]("a way to go wrong", misdeliveries), func(d *MisdeliverWebhook) *string { return &d.How }),
			of("code", hookCode, func(d *MisdeliverWebhook) *string { return &d.Code })),
	}
}

// expectations are what is to be seen.
func expectations() []verb {
	findings := []string{}
	for _, rule := range lint.Rules() {
		findings = append(findings, rule.ID)
	}
	return []verb{
		group("expect event", `expect event: {name: onExit, error_code: INVALID_LINK_TOKEN}`,
			"Wants a callback that happened after the one that was expected last. timing is live, or held until onSuccess or onExit; status is where the user left, with onExit; times is how often from there on, at least once if it is left out.",
			nil, func(d ExpectEvent) bool { return !d.Missing },
			of("name", eventName, func(d *ExpectEvent) *string { return &d.Name }),
			of("view", view, func(d *ExpectEvent) *string { return &d.View }),
			of("error_code", errorCode, func(d *ExpectEvent) *string { return &d.ErrorCode }),
			of("status", exitStatus, func(d *ExpectEvent) *string { return &d.Status }),
			of("timing", oneOf[Timing]("a timing", []string{string(TimingLive), string(TimingHeld)}), func(d *ExpectEvent) *Timing { return &d.Timing }),
			of("times", times, func(d *ExpectEvent) *int { return &d.Times })),
		group("expect no event", `expect no event: LAYER_READY`,
			"Wants no such callback in this attempt: since the beginning, or since start over.",
			func(d *ExpectEvent) { d.Missing = true }, func(d ExpectEvent) bool { return d.Missing },
			of("name", eventName, func(d *ExpectEvent) *string { return &d.Name }),
			of("view", view, func(d *ExpectEvent) *string { return &d.View }),
			of("error_code", errorCode, func(d *ExpectEvent) *string { return &d.ErrorCode })),
		one("expect events", `expect events: [LAYER_READY, OPEN, "TRANSITION_VIEW:CONSENT"]`,
			"Wants exactly these, in the order in which they happened, since events were expected last. A view or an error code follows a colon.",
			false, listOf(eventRule), func(d *ExpectEvents) *[]string { return &d.Names }),
		one("expect phase", `expect phase: ready`, "Wants the walk to stand there.", false, oneOf[flow.Phase]("a phase of the walk", phaseNames()),
			func(d *ExpectPhase) *flow.Phase { return &d.Phase }),
		one("expect refused", `expect refused: has not loaded`, "Wants the step right before to have been refused, for a reason that has this text if one is given.", true, lineOf,
			func(d *ExpectRefused) *string { return &d.Why }),
		one("expect result", `expect result: {identity.name.first_name: Ada, identity.ssn: absent, items: 2}`,
			"Wants values of the session, by their path; items is how many there are.", false, valuesAt(checkResultPath),
			func(d *ExpectResult) *map[string]string { return &d.Values }),
		one("expect edits", `expect edits: {address: {current: 1, 30d: 2}}`, "Wants counts of the edit history, by field and window; current is this session, 30d the last thirty days.", false, counts,
			func(d *ExpectEdits) *map[string]map[string]int { return &d.Counts }),
		group("expect error", `expect error: {code: INTERNAL_SERVER_ERROR, status: 500, on: /session/token/create}`,
			"Wants the newest call that failed, or the newest on that path, or the error of onExit, to be this. message is a part of it.", nil, nil,
			of("code", errorCode, func(d *ExpectError) *string { return &d.Code }),
			of("type", errorCode, func(d *ExpectError) *string { return &d.Type }),
			of("status", status, func(d *ExpectError) *int { return &d.Status }),
			of("message", lineOf, func(d *ExpectError) *string { return &d.Message }),
			of("on", apiPath, func(d *ExpectError) *string { return &d.On })),
		group("expect answer", `expect answer: {on: /network/status/get, status: 200, values: {layer.eligible: true}}`,
			"Wants the newest exchange with Plaid's API, or the newest on that path, to have been answered so. values are by path, as in expect result; that of a list is its length.", nil, nil,
			of("on", apiPath, func(d *ExpectAnswer) *string { return &d.On }),
			of("status", status, func(d *ExpectAnswer) *int { return &d.Status }),
			of("values", valuesOf, func(d *ExpectAnswer) *map[string]string { return &d.Values })),
		group("expect webhook", `expect webhook: {code: SESSION_FINISHED, status: EXITED, verified: true}`,
			"Wants a webhook that came after the one that was expected last. verified is true or false; reason is a part of why it is not believed; times is as with events.", nil, func(d ExpectWebhook) bool { return !d.Missing },
			of("code", hookCode, func(d *ExpectWebhook) *string { return &d.Code }),
			of("status", oneOf[string]("a status of SESSION_FINISHED", []string{"SUCCESS", "EXITED"}), func(d *ExpectWebhook) *string { return &d.Status }),
			of("verified", truth, func(d *ExpectWebhook) *string { return &d.Verified }),
			of("reason", lineOf, func(d *ExpectWebhook) *string { return &d.Reason }),
			of("times", times, func(d *ExpectWebhook) *int { return &d.Times })),
		group("expect no webhook", `expect no webhook: LAYER_AUTHENTICATION_PASSED`, "Wants that none with this code came in this attempt.",
			func(d *ExpectWebhook) { d.Missing = true }, func(d ExpectWebhook) bool { return d.Missing },
			of("code", hookCode, func(d *ExpectWebhook) *string { return &d.Code })),
		one("expect findings", `expect findings: []`, "Wants the linter to find exactly these rules.", false, listOf(document.Choice("a rule of the linter", findings...)),
			func(d *ExpectFindings) *[]string { return &d.Rules }),
		one("expect outcome", `expect outcome: onExit`, "Wants the mistake that was made on purpose to have come to something that has this text.", false, lineOf,
			func(d *ExpectOutcome) *string { return &d.Says }),
		group("expect pane", `expect pane: {view: VERIFY_PHONE, notice: not right}`, "Wants Link to show this. notice is a part of what it says went wrong.", nil, nil,
			of("view", view, func(d *ExpectPane) *string { return &d.View }),
			of("notice", lineOf, func(d *ExpectPane) *string { return &d.Notice })),
	}
}
