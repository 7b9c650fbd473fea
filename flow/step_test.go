package flow_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"layersim/flow"
)

// Each row is one transition of layer-facts section A, or one rule about
// events that do not fit.
func TestStep(t *testing.T) {
	browser, terminal := flow.InBrowser, flow.InTerminal
	phone, dob := flow.NewPhoneNumber("+14155550011"), flow.NewDateOfBirth("1975-01-18")
	ev := func(name string, m flow.Metadata) func(flow.State) flow.Event {
		return func(s flow.State) flow.Event { return sdk(s, name, m) }
	}
	is := func(e flow.Event) func(flow.State) flow.Event { return func(flow.State) flow.Event { return e } }

	unanswered := func(s flow.State) flow.Event {
		return flow.TimerFired{At: at(), Timer: flow.TimerID{Kind: flow.TimerEligibility, Call: s.LastCall}}
	}

	type row struct {
		name    string
		given   flow.State
		event   func(flow.State) flow.Event
		phase   flow.Phase
		verdict flow.Verdict
		effects string // their types in order
		why     string // a part of the reason
	}
	rows := []row{
		// CREATED: server asks for a link_token
		{"token asked for", begin(webLatest), is(flow.LinkTokenRequested{At: at()}), flow.PhaseToken, flow.Noted, "CreateSessionToken", "asks Plaid for a link_token"},
		{"token asked for twice", askedToken(t, webLatest), is(flow.LinkTokenRequested{At: at()}), flow.PhaseToken, flow.Refused, "", "already"},
		{"token came", askedToken(t, webLatest), func(s flow.State) flow.Event {
			return flow.SessionTokenCreated{At: at(), Call: answer(s), LinkToken: flow.NewLinkToken("link-sandbox-1"), Expiration: epoch.Add(4 * time.Hour)}
		}, flow.PhaseHandler, flow.Advanced, "StartTimer", "as early as it can"},
		{"answer without a token", askedToken(t, webLatest), func(s flow.State) flow.Event {
			return flow.SessionTokenCreated{At: at(), Call: answer(s)}
		}, flow.PhaseFailed, flow.Advanced, "", "without a link_token"},
		{"token call failed", askedToken(t, webLatest), func(s flow.State) flow.Event {
			return flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable}
		}, flow.PhaseFailed, flow.Advanced, "", "NO_CONNECTION"},
		{"token call again", fail(t, askedToken(t, webLatest)), is(flow.RetryRequested{At: at()}), flow.PhaseToken, flow.Advanced, "CreateSessionToken", "called again"},

		// LOADED: create and onLoad
		{"create", hasToken(t, webLatest), is(flow.HandlerRequested{At: at()}), flow.PhaseHandler, flow.Noted, "CreateHandler", "preload"},
		{"create twice", creating(t, webLatest), is(flow.HandlerRequested{At: at()}), flow.PhaseHandler, flow.Refused, "", "already"},
		{"create returned", creating(t, webLatest), func(s flow.State) flow.Event {
			return flow.HandlerCreated{At: at(), Call: answer(s)}
		}, flow.PhaseHandler, flow.Noted, "", "onLoad says when"},
		{"onLoad", feed(t, creating(t, webLatest), flow.HandlerCreated{At: at(), Call: 2}), func(s flow.State) flow.Event {
			return flow.OnLoad{At: at(), HandlerID: s.HandlerID}
		}, flow.PhasePhone, flow.Advanced, "", "phone number"},
		{"onLoad before create returned", creating(t, webLatest), func(s flow.State) flow.Event {
			return flow.OnLoad{At: at(), HandlerID: s.HandlerID}
		}, flow.PhaseHandler, flow.Noted, "", "yet to return"},
		{"onLoad again", loaded(t, webLatest), func(s flow.State) flow.Event {
			return flow.OnLoad{At: at(), HandlerID: s.HandlerID}
		}, flow.PhasePhone, flow.Noted, "", "again"},
		{"create failed", creating(t, webLatest), func(s flow.State) flow.Event {
			return flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable}
		}, flow.PhaseFailed, flow.Advanced, "", "Plaid.create()"},
		{"create again", fail(t, creating(t, webLatest)), is(flow.RetryRequested{At: at()}), flow.PhaseHandler, flow.Advanced, "CreateHandler", "again"},
		{"onExit before Link opened", loaded(t, webLatest), func(s flow.State) flow.Event {
			return flow.OnExit{At: at(), HandlerID: s.HandlerID, Failure: flow.Failure{Code: "INVALID_LINK_TOKEN"}}
		}, flow.PhaseExited, flow.Advanced, "DestroyHandler", "INVALID_LINK_TOKEN"},

		// CHECK_PHONE
		{"submit phone", loaded(t, webLatest), is(flow.PhoneNumberEntered{At: at(), Phone: phone}), flow.PhaseEligibility, flow.Advanced, "SubmitHandler StartTimer", "LAYER_READY or LAYER_NOT_AVAILABLE"},
		{"submit no phone", loaded(t, webLatest), is(flow.PhoneNumberEntered{At: at()}), flow.PhasePhone, flow.Refused, "", "no phone number"},
		{"phone before a handler", hasToken(t, webLatest), is(flow.PhoneNumberEntered{At: at(), Phone: phone}), flow.PhaseHandler, flow.Refused, "", "handler comes next"},
		{"date of birth first", loaded(t, webLatest), is(flow.DateOfBirthEntered{At: at(), DateOfBirth: dob}), flow.PhasePhone, flow.Refused, "", "phone number comes next"},
		{"date of birth with the phone", phoneSubmitted(t, webLatest), is(flow.DateOfBirthEntered{At: at(), DateOfBirth: dob}), flow.PhaseEligibility, flow.Refused, "", "LAYER_READY"},
		{"phone again", phoneSubmitted(t, webLatest), is(flow.PhoneNumberEntered{At: at(), Phone: phone}), flow.PhaseEligibility, flow.Refused, "", "does not belong"},
		{"SDK too old for Layer", loaded(t, noLayer), is(flow.PhoneNumberEntered{At: at(), Phone: phone}), flow.PhaseEligibility, flow.Advanced, "StartTimer", "waits for a LAYER_* event"},
		{"silence of an SDK too old for Layer", unheard(t), unanswered, flow.PhaseEligibility, flow.Noted, "", "none will come. iOS 6.0.3 does not know Layer, which needs 6.0.4"},
		{"submit again with an SDK too old for Layer", feed(t, unheard(t), unanswered(unheard(t))), is(flow.RetryRequested{At: at()}), flow.PhaseEligibility, flow.Refused, "", "6.0.4"},
		{"own form after silence", feed(t, unheard(t), unanswered(unheard(t))), is(flow.AutofillDeclined{At: at()}), flow.PhaseFallback, flow.Advanced, "DestroyHandler", "waits no longer"},
		{"own form after another silence", silent(t), is(flow.AutofillDeclined{At: at()}), flow.PhaseFallback, flow.Advanced, "DestroyHandler", "waits no longer"},
		{"own form without silence", phoneSubmitted(t, webLatest), is(flow.AutofillDeclined{At: at()}), flow.PhaseEligibility, flow.Refused, "", "give Link time"},
		{"date of birth with an SDK too old for it", fellBackEarly(t), is(flow.DateOfBirthEntered{At: at(), DateOfBirth: dob}), flow.PhaseFallback, flow.Refused, "", "iOS 6.3.0 cannot submit a date of birth: Extended Autofill needs 6.3.1"},
		{"eligible by phone", phoneSubmitted(t, webLatest), ev("LAYER_READY", flow.Metadata{}), flow.PhaseReady, flow.Advanced, "", "Open Link now"},
		{"not eligible by phone", phoneSubmitted(t, webLatest), ev("LAYER_NOT_AVAILABLE", flow.Metadata{}), flow.PhaseDateOfBirth, flow.Advanced, "", "Keep the handler"},
		{"SDK too old for Extended Autofill", phoneSubmitted(t, noEA), ev("LAYER_NOT_AVAILABLE", flow.Metadata{}), flow.PhaseFallback, flow.Advanced, "DestroyHandler", "6.3.1"},
		{"autofill answer before a date", phoneSubmitted(t, webLatest), ev("LAYER_AUTOFILL_NOT_AVAILABLE", flow.Metadata{}), flow.PhaseEligibility, flow.Refused, "", "none was submitted"},
		{"unprompted LAYER_READY", loaded(t, webLatest), ev("LAYER_READY", flow.Metadata{}), flow.PhasePhone, flow.Refused, "", "only answer a submit"},
		{"open too early", phoneSubmitted(t, webLatest), is(flow.OpenRequested{At: at(), Surface: browser}), flow.PhaseEligibility, flow.Refused, "", "before LAYER_READY"},
		{"submit failed", feed(t, loaded(t, webLatest), flow.PhoneNumberEntered{At: at(), Phone: phone}), func(s flow.State) flow.Event {
			return flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable}
		}, flow.PhaseFailed, flow.Advanced, "", "handler.submit()"},
		{"submit returns after LAYER_NOT_AVAILABLE came", feed(t, feed(t, loaded(t, webLatest), flow.PhoneNumberEntered{At: at(), Phone: phone}), flow.OnEvent{At: at(), HandlerID: 1, Name: "LAYER_NOT_AVAILABLE"}), func(s flow.State) flow.Event {
			return flow.HandlerSubmitted{At: at(), Call: answer(s)}
		}, flow.PhaseDateOfBirth, flow.Noted, "", "returned"},
		{"submit failed after its event came", feed(t, feed(t, loaded(t, webLatest), flow.PhoneNumberEntered{At: at(), Phone: phone}), flow.OnEvent{At: at(), HandlerID: 1, Name: "LAYER_READY"}), func(s flow.State) flow.Event {
			return flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable}
		}, flow.PhaseReady, flow.Noted, "", "does not matter any more"},
		{"submit again after failure", fail(t, feed(t, loaded(t, webLatest), flow.PhoneNumberEntered{At: at(), Phone: phone})), is(flow.RetryRequested{At: at()}), flow.PhaseEligibility, flow.Advanced, "SubmitHandler StartTimer", "again"},
		{"the event came although submit failed", fail(t, feed(t, loaded(t, webLatest), flow.PhoneNumberEntered{At: at(), Phone: phone})), ev("LAYER_READY", flow.Metadata{}), flow.PhaseReady, flow.Advanced, "", "Open Link now"},
		{"silence", phoneSubmitted(t, webLatest), func(s flow.State) flow.Event {
			return flow.TimerFired{At: at(), Timer: flow.TimerID{Kind: flow.TimerEligibility, Call: s.LastCall}}
		}, flow.PhaseEligibility, flow.Noted, "", "can be lost without any event"},
		{"submit again after silence", silent(t), is(flow.RetryRequested{At: at()}), flow.PhaseEligibility, flow.Noted, "SubmitHandler StartTimer", "Submitted again"},
		{"submit again without silence", phoneSubmitted(t, webLatest), is(flow.RetryRequested{At: at()}), flow.PhaseEligibility, flow.Refused, "", "give Link time"},
		{"timer of an older submit", feed(t, silent(t), flow.RetryRequested{At: at()}), is(flow.TimerFired{At: at(), Timer: flow.TimerID{Kind: flow.TimerEligibility, Call: 3}}), flow.PhaseEligibility, flow.Refused, "", "nothing waits for"},

		// NEED_DOB
		{"submit date of birth", wantsDOB(t), is(flow.DateOfBirthEntered{At: at(), DateOfBirth: dob}), flow.PhaseAutofill, flow.Advanced, "SubmitHandler StartTimer", "LAYER_AUTOFILL_NOT_AVAILABLE"},
		{"submit no date", wantsDOB(t), is(flow.DateOfBirthEntered{At: at()}), flow.PhaseDateOfBirth, flow.Refused, "", "no date of birth"},
		{"no Extended Autofill wanted", wantsDOB(t), is(flow.AutofillDeclined{At: at()}), flow.PhaseFallback, flow.Advanced, "DestroyHandler", "own form"},
		{"LAYER_NOT_AVAILABLE twice", wantsDOB(t), ev("LAYER_NOT_AVAILABLE", flow.Metadata{}), flow.PhaseDateOfBirth, flow.Refused, "", "twice"},
		{"LAYER_READY out of the blue", wantsDOB(t), ev("LAYER_READY", flow.Metadata{}), flow.PhaseDateOfBirth, flow.Refused, "", "must not open"},
		{"eligible by date of birth", dobSubmitted(t), ev("LAYER_READY", flow.Metadata{}), flow.PhaseReady, flow.Advanced, "", "Extended Autofill found"},
		{"not eligible twice", dobSubmitted(t), ev("LAYER_AUTOFILL_NOT_AVAILABLE", flow.Metadata{}), flow.PhaseFallback, flow.Advanced, "DestroyHandler", "own form"},
		{"LAYER_NOT_AVAILABLE for a date", dobSubmitted(t), ev("LAYER_NOT_AVAILABLE", flow.Metadata{}), flow.PhaseAutofill, flow.Refused, "", "has been heard"},
		{"silence after the date", dobSubmitted(t), unanswered, flow.PhaseAutofill, flow.Noted, "", "It may still come"},
		{"own form after silence after the date", feed(t, dobSubmitted(t), unanswered(dobSubmitted(t))), is(flow.AutofillDeclined{At: at()}), flow.PhaseFallback, flow.Advanced, "DestroyHandler", "waits no longer"},

		// ELIGIBLE: open
		{"open in the browser", ready(t), is(flow.OpenRequested{At: at(), Surface: browser}), flow.PhaseLink, flow.Advanced, "OpenHandler", "onSuccess or onExit"},
		{"open in the terminal", ready(t), is(flow.OpenRequested{At: at(), Surface: terminal}), flow.PhaseLink, flow.Advanced, "OpenHandler", "in Link now"},
		{"LAYER_READY twice", ready(t), ev("LAYER_READY", flow.Metadata{}), flow.PhaseReady, flow.Refused, "", "twice"},
		{"LAYER_NOT_AVAILABLE after LAYER_READY", ready(t), ev("LAYER_NOT_AVAILABLE", flow.Metadata{}), flow.PhaseReady, flow.Refused, "", "contradicts"},
		{"open twice", inLink(t, browser), is(flow.OpenRequested{At: at(), Surface: browser}), flow.PhaseLink, flow.Refused, "", "in Link"},
		{"open failed", feed(t, ready(t), flow.OpenRequested{At: at(), Surface: browser}), func(s flow.State) flow.Event {
			return flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable}
		}, flow.PhaseFailed, flow.Advanced, "", "handler.open()"},
		{"open again after failure", fail(t, feed(t, ready(t), flow.OpenRequested{At: at(), Surface: browser})), is(flow.RetryRequested{At: at()}), flow.PhaseLink, flow.Advanced, "OpenHandler", "again"},
		{"after a failed open, finish in the terminal", fail(t, feed(t, ready(t), flow.OpenRequested{At: at(), Surface: browser})), is(flow.SurfaceChosen{At: at(), Surface: terminal}), flow.PhaseLink, flow.Advanced, "PresentLink", "terminal"},
		{"link_token expired before open", ready(t), is(flow.TimerFired{At: flow.At(epoch.Add(4 * time.Hour)), Timer: flow.TimerID{Kind: flow.TimerLinkToken, Call: 1}}), flow.PhaseFailed, flow.Advanced, "DestroyHandler", "expired"},
		{"link_token expired while Link is open", inLink(t, browser), is(flow.TimerFired{At: flow.At(epoch.Add(4 * time.Hour)), Timer: flow.TimerID{Kind: flow.TimerLinkToken, Call: 1}}), flow.PhaseLink, flow.Noted, "", "goes on"},
		{"timer of an older token", ready(t), is(flow.TimerFired{At: at(), Timer: flow.TimerID{Kind: flow.TimerLinkToken, Call: 1}}), flow.PhaseReady, flow.Refused, "", "older"},
		{"link_token expired after the end", onboarded(t), is(flow.TimerFired{At: flow.At(epoch.Add(4 * time.Hour)), Timer: flow.TimerID{Kind: flow.TimerLinkToken, Call: 1}}), flow.PhaseOnboarded, flow.Refused, "", "not needed"},

		// In Link
		{"consent", inLink(t, browser), ev("TRANSITION_VIEW", flow.Metadata{ViewName: "CONSENT"}), flow.PhaseLink, flow.Noted, "", "consent pane"},
		{"verify phone pane", inLink(t, browser), ev("TRANSITION_VIEW", flow.Metadata{ViewName: "VERIFY_PHONE"}), flow.PhaseLink, flow.Noted, "", "one-time code"},
		{"code sent", inLink(t, browser), ev("SUBMIT_OTP", flow.Metadata{}), flow.PhaseLink, flow.Noted, "", "one-time code"},
		{"wrong code", inLink(t, browser), ev("ERROR", flow.Metadata{ErrorCode: "INVALID_OTP"}), flow.PhaseLink, flow.Noted, "", "1 of 3"},
		{"third wrong code", inLink(t, browser), ev("ERROR", flow.Metadata{ErrorCode: "PROFILE_AUTHENTICATION_FAILED"}), flow.PhaseLink, flow.Noted, "", "PROFILE_AUTHENTICATION_FAILED"},
		{"phone verified", inLink(t, browser), ev("VERIFY_PHONE", flow.Metadata{}), flow.PhaseLink, flow.Noted, "", "webhook"},
		{"handoff", inLink(t, browser), ev("HANDOFF", flow.Metadata{}), flow.PhaseLink, flow.Noted, "", "onSuccess follows"},
		{"exit event", inLink(t, browser), ev("EXIT", flow.Metadata{}), flow.PhaseLink, flow.Noted, "", "onExit follows"},
		{"unknown event", inLink(t, browser), ev("LAYER_SOMETHING_NEW", flow.Metadata{}), flow.PhaseLink, flow.Noted, "", "Unknown names are legal"},
		{"eligibility while Link is open", inLink(t, browser), ev("LAYER_READY", flow.Metadata{Timestamp: epoch}), flow.PhaseLink, flow.Refused, "", "decided before"},
		{"a pane in the terminal", inLink(t, terminal), func(s flow.State) flow.Event {
			return flow.PaneShown{At: at(), HandlerID: s.HandlerID, Pane: flow.Pane{View: "CONSENT"}}
		}, flow.PhaseLink, flow.Noted, "", "consent"},
		{"the user answers a pane", inLink(t, terminal), is(flow.LinkActed{At: at(), Action: flow.LinkAction{Kind: flow.LinkContinue}}), flow.PhaseLink, flow.Noted, "DriveLink", "continue"},
		{"answers twice at once", feed(t, inLink(t, terminal), flow.LinkActed{At: at(), Action: flow.LinkAction{Kind: flow.LinkContinue}}), is(flow.LinkActed{At: at(), Action: flow.LinkAction{Kind: flow.LinkContinue}}), flow.PhaseLink, flow.Refused, "", "busy"},
		{"answers a pane drawn elsewhere", inLink(t, browser), is(flow.LinkActed{At: at(), Action: flow.LinkAction{Kind: flow.LinkContinue}}), flow.PhaseLink, flow.Refused, "", "browser"},
		{"the answer to a pane got lost", feed(t, inLink(t, terminal), flow.LinkActed{At: at(), Action: flow.LinkAction{Kind: flow.LinkContinue}}), func(s flow.State) flow.Event {
			return flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable}
		}, flow.PhaseLink, flow.Noted, "", "do it again"},
		{"go on in the terminal", inLink(t, browser), is(flow.SurfaceChosen{At: at(), Surface: terminal}), flow.PhaseLink, flow.Noted, "PresentLink", "same Link session"},
		{"go on nowhere", inLink(t, browser), is(flow.SurfaceChosen{At: at(), Surface: "fridge"}), flow.PhaseLink, flow.Refused, "", "fridge"},
		{"the app leaves Link", inLink(t, browser), is(flow.ExitRequested{At: at()}), flow.PhaseLink, flow.Noted, "ExitHandler", "onExit follows"},
		{"the app leaves twice", feed(t, inLink(t, browser), flow.ExitRequested{At: at()}), is(flow.ExitRequested{At: at()}), flow.PhaseLink, flow.Refused, "", "onExit follows"},
		{"leaving fails", feed(t, inLink(t, browser), flow.ExitRequested{At: at()}), func(s flow.State) flow.Event {
			return flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable}
		}, flow.PhaseExited, flow.Advanced, "DestroyHandler", "destroyed instead"},
		{"closed", inLink(t, browser), func(s flow.State) flow.Event {
			return flow.OnExit{At: at(), HandlerID: s.HandlerID}
		}, flow.PhaseExited, flow.Advanced, "DestroyHandler", "closed Link"},
		{"closed by the app", feed(t, inLink(t, browser), flow.ExitRequested{At: at()}), func(s flow.State) flow.Event {
			return flow.OnExit{At: at(), HandlerID: s.HandlerID}
		}, flow.PhaseExited, flow.Advanced, "DestroyHandler", "The app called exit()"},
		{"closed after three wrong codes", inLink(t, browser), func(s flow.State) flow.Event {
			return flow.OnExit{At: at(), HandlerID: s.HandlerID, Failure: flow.Failure{Code: "PROFILE_AUTHENTICATION_FAILED"}}
		}, flow.PhaseExited, flow.Advanced, "DestroyHandler", "three wrong codes"},
		{"closed by an expired token", inLink(t, browser), func(s flow.State) flow.Event {
			return flow.OnExit{At: at(), HandlerID: s.HandlerID, Failure: flow.Failure{Code: "INVALID_LINK_TOKEN"}}
		}, flow.PhaseExited, flow.Advanced, "DestroyHandler", "new one"},
		{"closed by another error", inLink(t, browser), func(s flow.State) flow.Event {
			return flow.OnExit{At: at(), HandlerID: s.HandlerID, Failure: flow.Failure{Code: "INTERNAL_SERVER_ERROR"}}
		}, flow.PhaseExited, flow.Advanced, "DestroyHandler", "INTERNAL_SERVER_ERROR"},
		{"completed", inLink(t, browser), func(s flow.State) flow.Event {
			return flow.OnSuccess{At: at(), HandlerID: s.HandlerID, PublicToken: flow.NewPublicToken("profile-sandbox-1")}
		}, flow.PhaseSession, flow.Advanced, "GetUserAccountSession", "spoofed"},
		{"completed without a token", inLink(t, browser), func(s flow.State) flow.Event {
			return flow.OnSuccess{At: at(), HandlerID: s.HandlerID}
		}, flow.PhaseLink, flow.Refused, "", "without a public_token"},

		// The local page
		{"page served", inLink(t, browser), is(flow.PageServed{At: at(), URL: "http://127.0.0.1:1/x/"}), flow.PhaseLink, flow.Noted, "", "ready"},
		{"browser started", inLink(t, browser), is(flow.BrowserStarted{At: at()}), flow.PhaseLink, flow.Noted, "", "asked to open"},
		{"no browser", inLink(t, browser), is(flow.BrowserFailed{At: at(), Reason: "no display"}), flow.PhaseLink, flow.Noted, "", "no display"},
		{"page open", inLink(t, browser), is(flow.PageConnected{At: at(), Tab: 1}), flow.PhaseLink, flow.Noted, "", "open in the browser"},
		{"second tab", feed(t, inLink(t, browser), flow.PageConnected{At: at(), Tab: 1}), is(flow.PageConnected{At: at(), Tab: 2}), flow.PhaseLink, flow.Noted, "", "newest tab"},
		{"page closed", feed(t, inLink(t, browser), flow.PageConnected{At: at(), Tab: 1}), is(flow.PageLost{At: at(), Tab: 1}), flow.PhaseLink, flow.Noted, "", "still there"},
		{"older tab closed", feed(t, inLink(t, browser), flow.PageConnected{At: at(), Tab: 1}, flow.PageConnected{At: at(), Tab: 2}), is(flow.PageLost{At: at(), Tab: 1}), flow.PhaseLink, flow.Noted, "", "older tab"},
		{"page back", feed(t, inLink(t, browser), flow.PageConnected{At: at(), Tab: 1}, flow.PageLost{At: at(), Tab: 1}), is(flow.PageConnected{At: at(), Tab: 2}), flow.PhaseLink, flow.Noted, "", "is back"},
		{"page in trouble", inLink(t, browser), is(flow.PageTrouble{At: at(), Reason: "script blocked"}), flow.PhaseLink, flow.Noted, "", "script blocked"},

		// Webhooks
		{"phone proven", inLink(t, browser), is(flow.WebhookReceived{At: at(), Type: "LAYER", Code: "LAYER_AUTHENTICATION_PASSED", Verified: true, LinkSessionID: "session-1"}), flow.PhaseLink, flow.Noted, "", "proven"},
		{"phone proven, forged", inLink(t, browser), is(flow.WebhookReceived{At: at(), Type: "LAYER", Code: "LAYER_AUTHENTICATION_PASSED", Reason: "no signature"}), flow.PhaseLink, flow.Noted, "", "not believed"},
		{"webhook of another session", inLink(t, browser), is(flow.WebhookReceived{At: at(), Code: "LAYER_AUTHENTICATION_PASSED", Verified: true, LinkSessionID: "session-9"}), flow.PhaseLink, flow.Noted, "", "does not belong"},
		{"webhook before any session", begin(webLatest), is(flow.WebhookReceived{At: at(), Code: "LAYER_AUTHENTICATION_PASSED", Verified: true, LinkSessionID: "session-1", LinkToken: flow.NewLinkToken("link-sandbox-old")}), flow.PhaseToken, flow.Noted, "", "does not belong"},
		{"webhook known by its link_token", loaded(t, webLatest), func(s flow.State) flow.Event {
			return flow.WebhookReceived{At: at(), Code: "LAYER_AUTHENTICATION_PASSED", Verified: true, LinkSessionID: "session-1", LinkToken: s.LinkToken}
		}, flow.PhasePhone, flow.Noted, "", "proven"},
		{"session finished", exited(t), is(flow.WebhookReceived{At: at(), Type: "LINK", Code: "SESSION_FINISHED", Status: "EXITED", Verified: true, LinkSessionID: "session-1"}), flow.PhaseExited, flow.Noted, "", "EXITED"},
		{"unknown webhook", inLink(t, browser), is(flow.WebhookReceived{At: at(), Code: "SOMETHING", Verified: true, LinkSessionID: "session-1"}), flow.PhaseLink, flow.Noted, "", "SOMETHING"},

		// Server: session/get, and the ends
		{"session read", succeeded(t), func(s flow.State) flow.Event {
			return flow.UserAccountFetched{At: at(), Call: answer(s), Account: flow.UserAccount{HasIdentity: true, Items: []flow.Item{{ItemID: "a", AccessToken: flow.NewAccessToken("a")}, {ItemID: "b", AccessToken: flow.NewAccessToken("b")}}}}
		}, flow.PhaseOnboarded, flow.Advanced, "GetAccounts GetAccounts DestroyHandler", "two Items"},
		{"session read, no Items", succeeded(t), func(s flow.State) flow.Event {
			return flow.UserAccountFetched{At: at(), Call: answer(s), Account: flow.UserAccount{HasIdentity: true}}
		}, flow.PhaseOnboarded, flow.Advanced, "DestroyHandler", "a success all the same"},
		{"session call failed", succeeded(t), func(s flow.State) flow.Event {
			return flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable}
		}, flow.PhaseFailed, flow.Advanced, "", "/user_account/session/get"},
		{"session call again", fail(t, succeeded(t)), is(flow.RetryRequested{At: at()}), flow.PhaseSession, flow.Advanced, "GetUserAccountSession", "again"},
		{"accounts came", onboarded(t), func(s flow.State) flow.Event {
			return flow.AccountsFetched{At: at(), Call: answer(s), Institution: "ins_1", Accounts: []flow.Account{{Name: "Checking"}}}
		}, flow.PhaseOnboarded, flow.Noted, "", "access_token works"},
		{"accounts failed", onboarded(t), func(s flow.State) flow.Event {
			return flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable}
		}, flow.PhaseOnboarded, flow.Noted, "", "asked for again"},
		{"accounts again", fail(t, onboarded(t)), is(flow.RetryRequested{At: at()}), flow.PhaseOnboarded, flow.Noted, "GetAccounts", "again"},
		{"nothing to try again", onboarded(t), is(flow.RetryRequested{At: at()}), flow.PhaseOnboarded, flow.Refused, "", "Nothing failed"},
		{"held-back events after onSuccess", succeeded(t), ev("TRANSITION_VIEW", flow.Metadata{ViewName: "CONSENT"}), flow.PhaseSession, flow.Noted, "", "sort by timestamp"},
		{"held-back events after onExit", exited(t), ev("HANDOFF", flow.Metadata{}), flow.PhaseExited, flow.Noted, "", "late and in any order"},
		{"the call that led to onSuccess returns after it", func() flow.State {
			s := feed(t, inLink(t, terminal), flow.LinkActed{At: at(), Action: flow.LinkAction{Kind: flow.LinkShare}})
			return feed(t, s, flow.OnSuccess{At: at(), HandlerID: s.HandlerID, PublicToken: flow.NewPublicToken("profile-sandbox-1")})
		}(), func(s flow.State) flow.Event {
			drive, _ := flow.PendingCall[flow.DriveLink](s)
			return flow.LinkDriven{At: at(), Call: drive.CallID()}
		}, flow.PhaseSession, flow.Noted, "", "returned"},
		{"exit() fails after onExit came", func() flow.State {
			s := feed(t, inLink(t, browser), flow.ExitRequested{At: at()})
			return feed(t, s, flow.OnExit{At: at(), HandlerID: s.HandlerID})
		}(), func(s flow.State) flow.Event {
			return flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable}
		}, flow.PhaseExited, flow.Noted, "", "does not matter"},
		{"onSuccess twice", succeeded(t), func(s flow.State) flow.Event {
			return flow.OnSuccess{At: at(), HandlerID: s.HandlerID, PublicToken: flow.NewPublicToken("profile-sandbox-1")}
		}, flow.PhaseSession, flow.Refused, "", "used once"},
		{"onExit after onSuccess", onboarded(t), func(s flow.State) flow.Event {
			return flow.OnExit{At: at(), HandlerID: s.HandlerID}
		}, flow.PhaseOnboarded, flow.Refused, "", "after the session had ended"},
		{"own form sent", fellBack(t), is(flow.SignUpSubmitted{At: at()}), flow.PhaseFallback, flow.Noted, "", "own form"},
		{"own form sent twice", feed(t, fellBack(t), flow.SignUpSubmitted{At: at()}), is(flow.SignUpSubmitted{At: at()}), flow.PhaseFallback, flow.Refused, "", "already"},
		{"EXIT after a fallback", fellBack(t), ev("EXIT", flow.Metadata{}), flow.PhaseFallback, flow.Noted, "", "EXIT"},
		{"start over", exited(t), is(flow.StartOverRequested{At: at()}), flow.PhaseToken, flow.Advanced, "", "new link_token"},
		{"start over in the middle", phoneSubmitted(t, webLatest), is(flow.StartOverRequested{At: at()}), flow.PhaseToken, flow.Advanced, "DestroyHandler", "new link_token"},

		// Answers and callbacks that nobody waits for
		{"answer to another call", succeeded(t), is(flow.UserAccountFetched{At: at(), Call: 99}), flow.PhaseSession, flow.Refused, "", "call 99"},
		{"answer from before starting over", feed(t, askedToken(t, webLatest), flow.StartOverRequested{At: at()}), is(flow.SessionTokenCreated{At: at(), Call: 1, LinkToken: flow.NewLinkToken("link-sandbox-1")}), flow.PhaseToken, flow.Refused, "", "started over"},
		{"answer of another kind", succeeded(t), func(s flow.State) flow.Event {
			return flow.HandlerCreated{At: at(), Call: answer(s)}
		}, flow.PhaseSession, flow.Refused, "", "/user_account/session/get"},
		{"failure of another call", succeeded(t), is(flow.CallFailed{At: at(), Call: 99}), flow.PhaseSession, flow.Refused, "", "call 99"},
		{"callback of another handler", phoneSubmitted(t, webLatest), is(flow.OnEvent{At: at(), HandlerID: 7, Name: "LAYER_READY"}), flow.PhaseEligibility, flow.Refused, "", "left behind"},
		{"callback with no handler", begin(webLatest), is(flow.OnEvent{At: at(), Name: "LAYER_READY"}), flow.PhaseToken, flow.Refused, "", "left behind"},
		{"callback of the attempt before", feed(t, inLink(t, browser), flow.StartOverRequested{At: at()}), is(flow.OnSuccess{At: at(), HandlerID: 1, PublicToken: flow.NewPublicToken("profile-sandbox-1")}), flow.PhaseToken, flow.Refused, "", "left behind"},
		{"an API exchange", begin(webLatest), is(flow.ExchangeRecorded{At: at(), Exchange: flow.Exchange{URL: "/x", Status: 200}}), flow.PhaseToken, flow.Noted, "", "HTTP 200"},
		{"no event at all", begin(webLatest), is(nil), flow.PhaseToken, flow.Refused, "", "no event"},
		{"an event of an unknown type", begin(webLatest), is(strangeEvent{}), flow.PhaseToken, flow.Refused, "", "does not belong"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got := flow.Step(r.given, r.event(r.given))
			if got.Next.Phase != r.phase || got.Verdict != r.verdict {
				t.Errorf("phase %s, %s; want %s, %s (why: %s)", got.Next.Phase, got.Verdict, r.phase, r.verdict, got.Why)
			}
			if effects := typesOf(got.Effects); effects != r.effects {
				t.Errorf("effects %q; want %q", effects, r.effects)
			}
			if !strings.Contains(got.Why, r.why) {
				t.Errorf("why %q; want something with %q", got.Why, r.why)
			}
			if got.Verdict == flow.Refused && !reflect.DeepEqual(got.Next, r.given) {
				t.Error("a refused event changed the state")
			}
			if got.Next.Phase.IsEnd() && got.Next.EndReason == "" {
				t.Error("the walk ended without a reason")
			}
		})
	}
}

// strangeEvent is an event of a type the core has never seen.
type strangeEvent struct{ flow.At }

func typesOf(effects []flow.Effect) string {
	var names []string
	for _, e := range effects {
		names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", e), "flow."))
	}
	return strings.Join(names, " ")
}

func TestDoubledEventChangesNothing(t *testing.T) {
	s := inLink(t, flow.InBrowser)
	wrong := sdk(s, "ERROR", flow.Metadata{ErrorCode: "INVALID_OTP", Timestamp: epoch.Add(time.Second)})
	s = feed(t, s, wrong)
	if tr := flow.Step(s, wrong); tr.Verdict != flow.Refused || tr.Next.Link.WrongCodes != 1 {
		t.Errorf("the same event again was %s and counted %d wrong codes; want refused, 1", tr.Verdict, tr.Next.Link.WrongCodes)
	}
}

func TestWhatWasEnteredSurvivesStartingOver(t *testing.T) {
	s := feed(t, fellBack(t), flow.StartOverRequested{At: at(), TemplateID: "template_other"})
	if s.Phone.Reveal() != "+14155550011" || s.DateOfBirth.Reveal() != "1975-01-18" {
		t.Errorf("phone %q, date of birth %q; both should be kept as proposals", s.Phone.Reveal(), s.DateOfBirth.Reveal())
	}
	if s.Config.TemplateID != "template_other" || s.Attempt != 2 || s.HandlerID != 0 {
		t.Errorf("template %q, attempt %d, handler %d; want the new template, 2, none", s.Config.TemplateID, s.Attempt, s.HandlerID)
	}
}

// Another SDK is another build of the app: it is used from the next attempt on,
// and not forgotten by the one after.
func TestStartingOverWithAnotherSDK(t *testing.T) {
	tr := flow.Step(phoneSubmitted(t, webLatest), flow.StartOverRequested{At: at(), Client: noLayer})
	if tr.Verdict != flow.Advanced || tr.Next.Config.Client != noLayer || !strings.Contains(tr.Why, "iOS 6.0.3") || typesOf(tr.Effects) != "DestroyHandler" {
		t.Errorf("%s with %+v, %s, because %q", tr.Verdict, tr.Next.Config.Client, typesOf(tr.Effects), tr.Why)
	}
	if again := feed(t, tr.Next, flow.StartOverRequested{At: at()}); again.Config.Client != noLayer || again.Config.TemplateID != tr.Next.Config.TemplateID {
		t.Errorf("after that the walk has %+v", again.Config)
	}
	if unheard := feed(t, unheard(t), flow.TimerFired{At: at(), Timer: flow.TimerID{Kind: flow.TimerEligibility, Call: 3}}); !unheard.Silent || unheard.Waiting() {
		t.Errorf("silent %v, waiting for %v", unheard.Silent, unheard.Pending)
	}
}

// What belongs to an attempt that was left behind must not colour the next one,
// and what outlives it must not be forgotten.
func TestStartingOverLeavesNothingBehind(t *testing.T) {
	s := feed(t, inLink(t, flow.InBrowser), flow.PageServed{At: at(), URL: "http://127.0.0.1:1/"}, flow.PageConnected{At: at(), Tab: 3},
		flow.PageTrouble{At: at(), Reason: "no script"}, flow.StartOverRequested{At: at()})
	if want := (flow.PageState{URL: "http://127.0.0.1:1/", Tab: 3, Connected: true}); s.Link.Page != want {
		t.Errorf("the tab that is still open reads %+v; want %+v", s.Link.Page, want)
	}
	late := feed(t, s, flow.BrowserFailed{At: at(), Reason: "exit status 1"},
		flow.WebhookReceived{At: at(), Code: "LAYER_AUTHENTICATION_PASSED", Verified: true, LinkSessionID: "session-1"})
	if late.Link.Page.BrowserTrouble != "" || late.PhoneProof != "" {
		t.Errorf("the attempt before left %q and the proof %q", late.Link.Page.BrowserTrouble, late.PhoneProof)
	}
	closed := feed(t, s, flow.PageLost{At: at(), Tab: 3}, flow.StartOverRequested{At: at()})
	if closed.Link.Page != (flow.PageState{}) {
		t.Errorf("a tab that was closed reads %+v in the next attempt", closed.Link.Page)
	}
	if why := flow.Step(closed, flow.PageConnected{At: at(), Tab: 4}).Why; !strings.Contains(why, "is open in the browser") {
		t.Errorf("the first tab of an attempt: %s", why)
	}
	for _, effect := range flow.Step(creating(t, webLatest), flow.StartOverRequested{At: at()}).Effects {
		if effect == (flow.DestroyHandler{HandlerID: 1}) {
			return
		}
	}
	t.Error("a handler that was being created was never given up")
}

// The stage must be able to say what became of the page.
func TestPageNewsIsKept(t *testing.T) {
	s := feed(t, inLink(t, flow.InBrowser), flow.PageConnected{At: at(), Tab: 1})
	if s.Link.Page.News != "" {
		t.Errorf("a page that was opened is no news, got %q", s.Link.Page.News)
	}
	doubled := feed(t, s, flow.PageConnected{At: at(), Tab: 2})
	if !strings.Contains(doubled.Link.Page.News, "another tab") {
		t.Errorf("after a second tab: %q", doubled.Link.Page.News)
	}
	back := feed(t, s, flow.PageLost{At: at(), Tab: 1}, flow.PageConnected{At: at(), Tab: 2})
	if !strings.Contains(back.Link.Page.News, "is back") {
		t.Errorf("after a reload: %q", back.Link.Page.News)
	}
}

func TestPhoneIsProvenByWebhookOrSessionNeverByOnSuccess(t *testing.T) {
	if s := succeeded(t); s.PhoneProof != "" {
		t.Errorf("onSuccess alone proved the phone (%s)", s.PhoneProof)
	}
	if s := onboarded(t); s.PhoneProof != flow.ProofSession {
		t.Errorf("session/get gave proof %q; want %q", s.PhoneProof, flow.ProofSession)
	}
	s := feed(t, inLink(t, flow.InBrowser), flow.WebhookReceived{At: at(), Code: "LAYER_AUTHENTICATION_PASSED", Verified: true, LinkSessionID: "session-1"})
	s = feed(t, s, flow.OnExit{At: at(), HandlerID: s.HandlerID})
	if s.PhoneProof != flow.ProofWebhook {
		t.Errorf("after the webhook and a closed Link the proof is %q; want %q", s.PhoneProof, flow.ProofWebhook)
	}
	forged := feed(t, inLink(t, flow.InBrowser), flow.WebhookReceived{At: at(), Code: "LAYER_AUTHENTICATION_PASSED"})
	if forged.PhoneProof != "" {
		t.Error("an unverified webhook proved the phone")
	}
}

func TestAccountsFailAndComePerItem(t *testing.T) {
	s := onboarded(t)
	first, second := s.Pending[0].(flow.GetAccounts), s.Pending[1].(flow.GetAccounts)
	s = feed(t, s,
		flow.CallFailed{At: at(), Call: second.CallID(), Failure: unreachable},
		flow.AccountsFetched{At: at(), Call: first.CallID(), Institution: "ins_1", Accounts: []flow.Account{{Name: "Checking"}}})
	got := []flow.ItemStatus{s.Account.Items[0].Status, s.Account.Items[1].Status}
	if !slices.Equal(got, []flow.ItemStatus{flow.AccountsKnown, flow.AccountsFailed}) {
		t.Fatalf("item states %v; want the first known, the second failed", got)
	}
	tr := flow.Step(s, flow.RetryRequested{At: at()})
	if typesOf(tr.Effects) != "GetAccounts" || tr.Effects[0].(flow.GetAccounts).ItemID != "item-2" {
		t.Errorf("retry asked %v; want only item-2", tr.Effects)
	}
}

func TestEveryPhaseHasARow(t *testing.T) {
	reached := map[flow.Phase]bool{}
	for _, s := range []flow.State{
		begin(webLatest), hasToken(t, webLatest), loaded(t, webLatest), phoneSubmitted(t, webLatest), wantsDOB(t), dobSubmitted(t), ready(t),
		inLink(t, flow.InBrowser), succeeded(t), onboarded(t), fellBack(t), exited(t), fail(t, askedToken(t, webLatest)),
	} {
		reached[s.Phase] = true
	}
	for _, p := range flow.Phases() {
		if !reached[p] {
			t.Errorf("no test state in phase %s", p)
		}
	}
}
