package main

import (
	"net/http"
	"time"

	"layersim/flow/plaidsim"
)

// faultClass is one way in which an effect goes wrong.
type faultClass struct {
	name string
	// wire is what the simulated Plaid does to every call of the effect.
	wire *plaidsim.Fault
	// callbacks: wire is about what Link calls back because of the effect.
	callbacks bool
	// after is what happens to the answer, or to the effect, on its way.
	after passage
	// meanwhile is what the operator does while the effect is under way.
	meanwhile string
	// harmless: the walk goes on as if nothing had been.
	harmless bool
}

// passage is how an effect or its answer goes astray between program and engine.
type passage int

const (
	straight     passage = iota
	answersTwice         // the answer comes once more
	answersLate          // it comes when something else has been done
	performsLate         // and so is the effect itself performed only then
)

// plaidErrorTypes are all of Plaid's (Plaid OpenAPI: PlaidErrorType).
var plaidErrorTypes = []string{
	"INVALID_REQUEST", "INVALID_RESULT", "INVALID_INPUT", "INSTITUTION_ERROR", "RATE_LIMIT_EXCEEDED", "API_ERROR", "ITEM_ERROR", "ASSET_REPORT_ERROR",
	"BASE_REPORT_ERROR", "RECAPTCHA_ERROR", "OAUTH_ERROR", "PAYMENT_ERROR", "BANK_TRANSFER_ERROR", "INCOME_VERIFICATION_ERROR", "MICRODEPOSITS_ERROR",
	"SANDBOX_ERROR", "PARTNER_ERROR", "SIGNAL_ERROR", "TRANSACTIONS_ERROR", "TRANSACTION_ERROR", "TRANSFER_ERROR", "CHECK_REPORT_ERROR",
	"CONSUMER_REPORT_ERROR", "USER_ERROR",
}

// faultClasses are all of them.
func faultClasses() []faultClass {
	var all []faultClass
	wire := func(name string, f plaidsim.Fault) {
		f.Calls = -1
		all = append(all, faultClass{name: name, wire: &f})
	}
	for _, kind := range plaidErrorTypes {
		wire("400 "+kind, plaidsim.Fault{Status: http.StatusBadRequest, ErrorType: kind, ErrorCode: "SOME_CODE", ErrorMessage: "this was refused", DisplayMessage: "Sorry."})
	}
	wire("400 INVALID_LINK_TOKEN", plaidsim.Fault{Status: http.StatusBadRequest, ErrorType: "INVALID_INPUT", ErrorCode: "INVALID_LINK_TOKEN"})
	wire("400 INVALID_PUBLIC_TOKEN", plaidsim.Fault{Status: http.StatusBadRequest, ErrorType: "INVALID_INPUT", ErrorCode: "INVALID_PUBLIC_TOKEN"})
	wire("400 ITEM_LOGIN_REQUIRED", plaidsim.Fault{Status: http.StatusBadRequest, ErrorType: "ITEM_ERROR", ErrorCode: "ITEM_LOGIN_REQUIRED"})
	wire("401 INVALID_API_KEYS", plaidsim.Fault{Status: http.StatusUnauthorized, ErrorType: "INVALID_INPUT", ErrorCode: "INVALID_API_KEYS"})
	wire("403 UNAUTHORIZED_ROUTE_ACCESS", plaidsim.Fault{Status: http.StatusForbidden, ErrorType: "INVALID_REQUEST", ErrorCode: "UNAUTHORIZED_ROUTE_ACCESS"})
	wire("404", plaidsim.Fault{Status: http.StatusNotFound, ErrorType: "INVALID_REQUEST", ErrorCode: "NOT_FOUND"})
	wire("429", plaidsim.Fault{Status: http.StatusTooManyRequests})
	wire("500", plaidsim.Fault{Status: http.StatusInternalServerError})
	wire("503", plaidsim.Fault{Status: http.StatusServiceUnavailable})
	wire("no answer", plaidsim.Fault{NoAnswer: true})
	wire("answer after 40 s", plaidsim.Fault{Latency: 40 * time.Second})
	wire("connection dropped", plaidsim.Fault{Drop: true})
	wire("answer cut in half", plaidsim.Fault{Truncate: true})
	wire("garbage, 200", plaidsim.Fault{Garbage: true})
	wire("garbage, 502", plaidsim.Fault{Garbage: true, Status: http.StatusBadGateway})
	wire("swallowed", plaidsim.Fault{Swallow: true})
	all = append(all, faultClass{name: "slow, 10 s", wire: &plaidsim.Fault{Latency: 10 * time.Second, Calls: -1}, harmless: true})
	for _, on := range []string{"onEvent", "onSuccess", "onExit"} {
		for _, what := range []string{"lost", "twice", "held", "10 min late"} {
			f := plaidsim.Fault{On: on, Calls: -1, Lose: what == "lost", Duplicate: what == "twice", Hold: what == "held"}
			if what == "10 min late" {
				f.Delay = 10 * time.Minute
			}
			all = append(all, faultClass{name: on + " " + what, wire: &f, callbacks: true, harmless: f.Duplicate})
		}
	}
	for _, meanwhile := range []string{"", "start over", "exit()", "quit", "Enter twice"} {
		with := ""
		if meanwhile != "" {
			with = ", " + meanwhile + " meanwhile"
		}
		all = append(all,
			faultClass{name: "answer late" + with, after: answersLate, meanwhile: meanwhile},
			faultClass{name: "done late" + with, after: performsLate, meanwhile: meanwhile})
	}
	return append(all, faultClass{name: "answer twice", after: answersTwice, harmless: true})
}
