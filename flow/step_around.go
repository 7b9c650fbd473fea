package flow

import (
	"fmt"
	"slices"
	"time"
)

// What can happen at any time around the walk: webhooks, timers, and events in a phase where they make no sense.

func (st *stepper) webhook(e WebhookReceived) {
	if e.Code == "" {
		e.Code = "without a webhook_code"
	}
	switch {
	case e.Unchecked:
		st.note("A webhook %s came, and whether it is Plaid's could not be found out (%s). It is not believed, and answered so that Plaid sends it again.", e.Code, e.Reason)
		return
	case !e.Verified:
		st.note("A webhook %s came that could not be verified (%s). Anybody can send one; it is shown and not believed.", e.Code, e.Reason)
		return
	}
	st.next.GenuineWebhook = true
	if !st.old.owns(e) {
		st.note("A webhook %s came that does not belong to this Link session; it says nothing about this user.", e.Code)
		return
	}
	switch e.Code {
	case WebhookLayerAuthenticationPassed:
		st.next.PhoneProof = ProofWebhook
		st.note("LAYER_AUTHENTICATION_PASSED, verified: the phone is proven, even if the user leaves now. Do not send a code of your own.")
	case WebhookSessionFinished:
		st.note("SESSION_FINISHED (%s), verified: Plaid's side of the session is over.", e.Status)
	default:
		st.note("A verified webhook %s came.", e.Code)
	}
	if e.Delivery > 1 {
		st.note("%s was delivered again (the same bytes, delivery %d). Plaid may do so; handled a second time, it changes nothing.", e.Code, e.Delivery)
	}
}

// owns reports whether a webhook is about the Link session of this attempt. It
// names no user, only link_token and link_session_id, and one of an attempt
// that was left behind may come late. (Plaid docs: Layer API webhooks.)
func (s State) owns(e WebhookReceived) bool {
	if e.LinkSessionID != "" && s.LinkSessionID != "" {
		return e.LinkSessionID == s.LinkSessionID || slices.Contains(s.sessionsBefore, e.LinkSessionID)
	}
	return !e.LinkToken.IsZero() && e.LinkToken == s.LinkToken
}

// timer handles a timer that found its phase gone, and the expiry of the
// link_token, which matters until Link opens.
func (st *stepper) timer(e TimerFired) {
	if e.Timer.Kind != TimerLinkToken {
		st.refuse("A timer ran out that nothing waits for any more.")
		return
	}
	if !st.old.needsToken() {
		st.refuse("The link_token has expired; it is not needed any more.")
		return
	}
	if st.old.Expiration.IsZero() || st.now.Before(st.old.Expiration) {
		st.refuse("The timer of an older link_token ran out.")
		return
	}
	st.destroyHandler()
	if st.old.uncreated() { // a page that is opened late must not create it after all
		st.order(DestroyHandler{HandlerID: st.old.HandlerID})
	}
	st.next.Pending = nil
	if st.old.Phase != PhaseFailed {
		st.next.FailedIn = st.old.Phase
	}
	st.next.FailedCall, st.next.RetryFrom = nil, time.Time{}
	st.next.Failure = Failure{
		Type: "INVALID_INPUT", Code: "INVALID_LINK_TOKEN", Message: "the link_token has expired",
		Hint: "A link_token lives four hours. Ask for a new one when the user comes back; what was entered is kept.",
	}
	if st.old.Opened {
		st.end(PhaseFailed, "The link_token expired while Link was not on the screen: the page would need it to show Link.")
		return
	}
	st.end(PhaseFailed, "The link_token expired before Link was opened.")
}

// needsToken reports whether the walk still needs its link_token: until Link is
// open, and where it lives in a page, while that page does not show it, because
// the next load creates the handler with this very token.
func (s State) needsToken() bool {
	at := s.Phase
	if at == PhaseFailed {
		if s.FailedCall == nil {
			return false
		}
		at = s.FailedIn
	}
	switch at {
	case PhaseHandler, PhasePhone, PhaseEligibility, PhaseDateOfBirth, PhaseAutofill, PhaseReady:
		return true
	case PhaseLink:
		return s.Config.InPage && (!s.Link.Shown || !s.Link.Page.Connected)
	}
	return false
}

// beforeLink reports whether there is a link_token and Link was not opened yet.
func (st *stepper) beforeLink() bool {
	switch st.old.Phase {
	case PhaseHandler, PhasePhone, PhaseEligibility, PhaseDateOfBirth, PhaseAutofill, PhaseReady:
		return true
	}
	return false
}

// outOfPlace refuses an event that has no meaning in this phase, and says what
// the phase waits for.
func (st *stepper) outOfPlace(e Event) {
	if t, ok := e.(TimerFired); ok {
		st.timer(t)
		return
	}
	if ev, ok := e.(OnEvent); ok {
		switch ev.Name {
		case EventLayerReady, EventLayerNotAvailable, EventLayerAutofillUnavailable:
			st.refuse("%s came with nothing submitted; LAYER_* events only answer a submit.", ev.Name)
			return
		}
		st.sdkEvent(ev)
		return
	}
	switch e := e.(type) {
	case DateOfBirthEntered:
		if c := st.old.Config.Client; c.Layer && !c.Autofill {
			st.refuse("%s cannot submit a date of birth: Extended Autofill needs %s or later.", c.Label(), c.MinAutofill)
			return
		}
	case HandlerCreated, HandlerSubmitted, HandlerOpened, LinkDriven, HandlerExited:
		// The event that the call caused has overtaken its return.
		st.lateAnswer(e)
		return
	case OnLoad:
		st.note("onLoad came again; the handler had loaded before.")
		return
	case OnExit:
		if st.beforeLink() {
			st.exited(e)
			return
		}
	}
	st.refuse("%s does not belong here: %s", eventName(e), awaits(st.old))
}

// awaits says what the walk waits for.
func awaits(s State) string {
	switch s.Phase {
	case PhaseToken:
		return "first a link_token is needed."
	case PhaseHandler:
		return "the handler comes next, and it must load."
	case PhasePhone:
		return "the phone number comes next."
	case PhaseEligibility:
		return "LAYER_READY or LAYER_NOT_AVAILABLE comes next; opening Link before LAYER_READY is a mistake."
	case PhaseDateOfBirth:
		return "the date of birth comes next, or the app's own form."
	case PhaseAutofill:
		return "LAYER_READY or LAYER_AUTOFILL_NOT_AVAILABLE comes next."
	case PhaseReady:
		return "LAYER_READY came, so open() comes next."
	case PhaseLink:
		return "the user is in Link; onSuccess or onExit ends it."
	case PhaseSession:
		return "our server is asking Plaid for the session."
	}
	return "this walk has ended; start over for another."
}

// eventName says an event in words.
func eventName(e Event) string {
	switch e.(type) {
	case LinkTokenRequested:
		return "Asking for a link_token"
	case HandlerRequested:
		return "Creating a handler"
	case PhoneNumberEntered:
		return "A phone number"
	case DateOfBirthEntered:
		return "A date of birth"
	case AutofillDeclined:
		return "Declining Extended Autofill"
	case OpenRequested:
		return "open()"
	case SurfaceChosen:
		return "Moving Link elsewhere"
	case LinkActed:
		return "An answer to a pane of Link"
	case ExitRequested:
		return "exit()"
	case RetryRequested:
		return "Trying again"
	case SignUpSubmitted:
		return "The app's own form"
	case DoWrong:
		return "A mistake"
	case OnSuccess:
		return "onSuccess"
	case OnExit:
		return "onExit"
	case PaneShown:
		return "A pane of Link"
	case SessionTokenCreated, HandlerCreated, HandlerSubmitted, HandlerOpened, LinkDriven, HandlerExited, UserAccountFetched, AccountsFetched:
		return "This answer"
	}
	return fmt.Sprintf("%T", e)
}
