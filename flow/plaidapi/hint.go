package plaidapi

import (
	"net/http"

	"layersim/flow"
)

// hints say in one sentence what a code means for a Layer integration and what
// to do next (meanings: Plaid docs, Errors).
var hints = map[string]string{ //nolint:gosec // names of errors, not credentials
	"MISSING_FIELDS":                      "The request lacks a required field: the message names it, add it and try again.",
	"INVALID_FIELD":                       "A field has a wrong type or value: see the message, and see that template_id is a published template, client_user_id holds no personal data and redirect_uri is allow-listed.",
	"UNKNOWN_FIELDS":                      "The request has a field that this endpoint does not know: take out the one the message names.",
	"INVALID_BODY":                        "The body was not valid JSON: see what was sent.",
	"INVALID_HEADERS":                     "A header is missing or wrong: Plaid wants Content-Type: application/json.",
	"NOT_FOUND":                           "There is no such endpoint: see the path and the host.",
	"INVALID_API_KEYS":                    "The client_id or the secret is wrong, or belongs to another environment: take both for this environment from the Plaid Dashboard.",
	"UNAUTHORIZED_ROUTE_ACCESS":           "This account may not use the endpoint: ask Plaid to enable Layer for it.",
	"INVALID_PRODUCT":                     "A product is not enabled for this account: ask Plaid to enable it, or take it out of the template.",
	"INVALID_LINK_TOKEN":                  "The link_token has expired, was used before or is of another environment: ask for a new one.",
	"INVALID_PUBLIC_TOKEN":                "The public_token is unknown or has expired: it must come from onSuccess of a Layer session in this environment, so start over.",
	"INVALID_ACCESS_TOKEN":                "The access_token is unknown or of another environment: use the one that came with the session's Items.",
	"INVALID_WEBHOOK_VERIFICATION_KEY_ID": "The key id is unknown or of another environment: believe nothing of the webhook that named it.",
	"PROFILE_AUTHENTICATION_FAILED":       "The user could not prove the phone number: start over with a new link_token.",
	"INVALID_OTP":                         "The one-time code was wrong; the user may try again in Link.",
	"ITEM_LOGIN_REQUIRED":                 "The bank wants the user to log in again before it gives out data.",
	"PRODUCT_NOT_READY":                   "Plaid is still fetching this Item's data: try again in a moment.",
	"RATE_LIMIT":                          "Too many requests: wait a moment, then try again.",
	"RATE_LIMIT_EXCEEDED":                 "Too many requests: wait a moment, then try again.",
	"INTERNAL_SERVER_ERROR":               "Plaid had an error of its own: try again in a moment, and keep the request_id for Plaid's support.",
	"PLANNED_MAINTENANCE":                 "Plaid is down for maintenance: try again later.",
}

// hint returns what a failure that Plaid answered means.
func hint(f flow.Failure) string {
	if h, ok := hints[f.Code]; ok {
		return h
	}
	switch {
	case f.Status == http.StatusTooManyRequests:
		return hints["RATE_LIMIT"]
	case f.Status >= 500:
		return hints["INTERNAL_SERVER_ERROR"]
	}
	return "Plaid refused the request: its message says why, and its support can look the request_id up."
}
