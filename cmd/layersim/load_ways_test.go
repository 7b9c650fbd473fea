//go:build linux

package main

// step is one request that a user causes.
type step struct {
	kind string // what the report calls it
	path string // of a call of the app's server
	verb string // or what is done in Link
	fill func(*loadUser, map[string]any)
}

// way is what a user does, and what becomes of it as Plaid's documentation has
// it: the callbacks in order, the webhooks.
type way struct {
	name  string
	phone string
	steps []step
	told  string
	hooks []string
}

const (
	kindToken    = "/session/token/create"
	kindFetch    = "/user_account/session/get"
	kindAccounts = "/accounts/get"
)

var (
	stepToken = step{kind: kindToken, path: kindToken, fill: func(u *loadUser, body map[string]any) {
		body["template_id"], body["user"] = "default", map[string]string{"client_user_id": u.name}
	}}
	stepCreate = step{kind: "Plaid.create", verb: "create"}
	stepPhone  = step{kind: "submit", verb: "submit", fill: func(u *loadUser, body map[string]any) { body["phone_number"] = u.way.phone }}
	stepFetch  = step{kind: kindFetch, path: kindFetch, fill: func(u *loadUser, body map[string]any) { body["public_token"] = u.public }}
	stepBank   = step{kind: kindAccounts, path: kindAccounts, fill: func(u *loadUser, body map[string]any) { body["access_token"] = u.access }}
)

func inLink(verb string) step { return step{kind: verb, verb: verb} }

func bornOn(date string) step {
	return step{kind: "submit", verb: "submit", fill: func(_ *loadUser, body map[string]any) { body["date_of_birth"] = date }}
}

func otp(digits string) step {
	return step{kind: "code", verb: "code", fill: func(_ *loadUser, body map[string]any) { body["code"] = digits }}
}

// begin is what all do; they are then all alive at once.
func begin(more ...step) []step { return append([]step{stepToken, stepCreate, stepPhone}, more...) }

const (
	atConsent = " OPEN TRANSITION_VIEW:CONSENT"
	atCode    = " TRANSITION_VIEW:VERIFY_PHONE"
	toTheEnd  = " SUBMIT_OTP TRANSITION_VIEW:PROFILE_DATA_REVIEW VERIFY_PHONE HANDOFF success"
)

var bothHooks = []string{"LAYER_AUTHENTICATION_PASSED", "SESSION_FINISHED"}

// ways are those that users go, in turn.
var ways = []way{
	{"eligible by phone", "+14155550011", begin(inLink("open"), inLink("continue"), otp("123456"), inLink("share"), stepFetch, stepBank),
		"LAYER_READY" + atConsent + atCode + toTheEnd, bothHooks},
	{"by date of birth", "+15155550017", begin(bornOn("1975-01-18"), inLink("open"), inLink("continue"), otp("123456"), inLink("share"), stepFetch, stepBank),
		"LAYER_NOT_AVAILABLE LAYER_READY" + atConsent + atCode + toTheEnd, bothHooks},
	{"closes Link", "+14155550011", begin(inLink("open"), inLink("continue"), inLink("close")),
		"LAYER_READY" + atConsent + atCode + " EXIT exit", []string{"SESSION_FINISHED"}},
	{"mistypes the code", "+14155550011", begin(inLink("open"), inLink("continue"), otp("000000"), otp("123456"), inLink("share"), stepFetch, stepBank),
		"LAYER_READY" + atConsent + atCode + " SUBMIT_OTP ERROR" + toTheEnd, bothHooks},
	{"not available", "+15155550017", begin(bornOn("1980-01-01")),
		"LAYER_NOT_AVAILABLE LAYER_AUTOFILL_NOT_AVAILABLE", nil},
}

// longestWay is how many steps the longest way has.
const longestWay = 11
