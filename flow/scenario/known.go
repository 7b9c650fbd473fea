package scenario

import (
	"strings"

	"layersim/flow"
)

// The names that a scenario can use. That they are those of the simulated Plaid
// is tested; this package does not know it.

// callbacks are expected like events.
var callbacks = []string{"onLoad", "onSuccess", "onExit"}

var events = []string{
	flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable, flow.EventOpen, flow.EventTransitionView,
	flow.EventSubmitOTP, flow.EventVerifyPhone, flow.EventSearchInstitution, flow.EventSelectInstitution, flow.EventSubmitCredentials,
	flow.EventSubmitMFA, flow.EventOpenOAuth, flow.EventError, flow.EventHandoff, flow.EventExit,
}

var views = []string{
	flow.ViewConsent, flow.ViewVerifyPhone, flow.ViewReview, flow.ViewError, flow.ViewExit, flow.ViewSelectInstitution, flow.ViewCredential,
	flow.ViewOAuth, flow.ViewMFA, flow.ViewSelectAccount, flow.ViewConnected,
}

// paths of the API that is simulated.
var paths = []string{
	"/session/token/create", "/user_account/session/get", "/user_account/session/event/send", "/network/status/get", "/accounts/get",
	"/item/get", "/item/remove", "/item/public_token/exchange", "/auth/get", "/identity/get", "/identity/match",
	"/institutions/get_by_id", "/webhook_verification_key/get",
}

// linkVerbs are what a Link session is asked to do.
var linkVerbs = []string{
	"submit", "open", "continue", "code", "verified", "share", "close", "exit", "sync", "add_bank", "search", "institution", "credentials",
	"mfa", "accounts", "back",
}

// faultEffects are the effects whose call a fault can spoil.
var faultEffects = []string{
	"CreateSessionToken", "GetUserAccountSession", "GetAccounts", "CreateHandler", "SubmitHandler", "OpenHandler", "DriveLink", "ExitHandler",
}

const linkSession = "/link/session"

// faultPlaces is where a fault can be.
func faultPlaces() []string {
	places := append([]string{}, paths...)
	places = append(places, linkSession)
	for _, v := range linkVerbs {
		places = append(places, linkSession+"/"+v)
	}
	places = append(places, faultEffects...)
	places = append(places, events...)
	return append(places, "onEvent", "onSuccess", "onExit")
}

var webhookCodes = []string{flow.WebhookLayerAuthenticationPassed, flow.WebhookSessionFinished}

// misdeliveries are the words of POST /sim/webhooks.
var misdeliveries = []string{
	"duplicate", "delayed", "reordered", "wrong_key", "unknown_kid", "expired_key", "old_iat", "changed_body", "reserialised", "hs256",
	"alg_none", "der", "no_header",
}

// profileFields are the fields of Link's review.
var profileFields = []string{
	"name.first_name", "name.last_name", "address.street", "address.street2", "address.city", "address.region", "address.postal_code",
	"address.country", "email", "date_of_birth", "ssn",
}

// bankFields are those of a bank's panes.
var bankFields = []string{"username", "password", "code"}

// editFields and editWindows are those of an edit history.
var (
	editFields  = []string{"name", "address", "email", "date_of_birth", "official_document.ssn"}
	editWindows = []string{"current", "1d", "30d", "365d", "all_time"}
)

func wrongNames() []string {
	var names []string
	for _, w := range flow.Wrongs() {
		names = append(names, string(w.ID))
	}
	return names
}

func phaseNames() []string {
	var names []string
	for _, p := range flow.Phases() {
		names = append(names, string(p))
	}
	return names
}

// isErrorCode reports whether text is written as Plaid's error codes are.
func isErrorCode(text string) bool {
	return text != "" && len(text) <= 80 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}
