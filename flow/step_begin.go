package flow

import (
	"fmt"
	"time"
)

// The first half of the walk: from nothing to LAYER_READY, or to the app's own
// form.

func (st *stepper) inToken(e Event) {
	switch e := e.(type) {
	case LinkTokenRequested:
		if st.old.Waiting() {
			st.refuse("A link_token has been asked for already; the answer is on its way.")
			return
		}
		st.ask(func(c Call) Question {
			return st.tokenCall(c)
		})
		st.note("Our server asks Plaid for a link_token with the template that was configured in the Dashboard.")
	case SessionTokenCreated:
		st.answered(e.Call)
		if e.LinkToken.IsZero() {
			st.next.Failure = Failure{Code: CodeNotPlaid, Message: "the answer holds no link_token", Hint: "Plaid requires link.link_token here. Look at the answer in the Wire tab, then ask again."}
			st.next.FailedIn = PhaseToken
			st.next.FailedCall = st.tokenCall(Call{})
			st.end(PhaseFailed, "/session/token/create answered without a link_token.")
			return
		}
		st.next.LinkToken, st.next.Expiration = e.LinkToken, e.Expiration
		if !e.Expiration.IsZero() {
			st.order(StartTimer{Timer: TimerID{TimerLinkToken, e.Call}, Until: e.Expiration})
		}
		st.move(PhaseHandler, "Plaid gave a link_token. The client creates the handler with it, as early as it can: Link preloads while the user is still typing.")
	default:
		st.outOfPlace(e)
	}
}

func (st *stepper) tokenCall(c Call) CreateSessionToken {
	config := st.old.Config
	return CreateSessionToken{Call: c, TemplateID: config.TemplateID, ClientUserID: config.ClientUserID, Webhook: config.Webhook}
}

func (st *stepper) inHandler(e Event) {
	switch e := e.(type) {
	case HandlerRequested:
		if st.old.HandlerAlive || st.old.Waiting() {
			st.refuse("The handler is being created already; wait for onLoad.")
			return
		}
		st.createHandler(PhoneNumber{})
		st.note("The client calls create() with the link_token; Link begins to preload.")
	case HandlerCreated:
		st.answered(e.Call)
		st.next.HandlerAlive = true
		st.next.Preload.Created = st.now
		if st.next.HandlerLoaded { // onLoad may overtake the return of create()
			st.loaded()
			return
		}
		st.note("create() returned a handler. Link is preloading; onLoad says when it is done.")
	case OnLoad:
		st.next.HandlerLoaded = true
		st.next.Preload.Loaded = st.now
		if !st.next.HandlerAlive {
			st.note("Link has preloaded; create() has yet to return.")
			return
		}
		st.loaded()
	default:
		st.outOfPlace(e)
	}
}

func (st *stepper) loaded() {
	if m := st.next.Mistake; m.Wrong == WrongSubmitBeforeLoad && m.Armed {
		st.watchEligibility(st.next.LastCall)
		if st.old.Config.InPage {
			st.move(PhaseEligibility, "onLoad comes only now, after submit(). The app waits for the answer.")
			st.cameOf("submit() came before onLoad. Real Link has been seen to drop it without a word: if no LAYER_* event comes, it did.")
			return
		}
		st.move(PhaseEligibility, "onLoad comes only now. The submit() that went before it is lost, and the app waits for its answer.")
		st.cameOf("submit() came before onLoad and was dropped. No LAYER_* event will come of it.")
		return
	}
	st.move(PhasePhone, "Link has preloaded. Ask the user for the phone number: it is all that Layer needs to look for the user.")
}

func (st *stepper) inPhone(e Event) {
	switch e := e.(type) {
	case PhoneNumberEntered:
		if e.Phone.IsZero() {
			st.refuse("There is no phone number to submit yet.")
			return
		}
		if !st.old.HandlerLoaded {
			st.createForSubmit(e)
			return
		}
		st.next.Phone = e.Phone
		if !st.old.Config.Client.Layer {
			st.submitInVain()
			return
		}
		st.submitPhone()
	default:
		st.outOfPlace(e)
	}
}

func (st *stepper) submitPhone() {
	call := st.ask(func(c Call) Question {
		return SubmitHandler{Call: c, HandlerID: st.next.HandlerID, Phone: st.next.Phone}
	})
	st.awaitAnswer(call)
	st.move(PhaseEligibility, "The phone number went to Link with submit(). Now one of two events must come: LAYER_READY or LAYER_NOT_AVAILABLE.")
}

// submitInVain is what an app sees whose SDK is too old for Layer: nothing. The
// number reaches nobody, so Link is not asked, and only patience runs out.
// UNCONFIRMED: what an old SDK really does. Its submit may be missing, or its
// events may come late or never.
func (st *stepper) submitInVain() {
	st.next.LastCall++ // no call is made; the number tells this wait from others
	st.watchEligibility(st.next.LastCall)
	st.move(PhaseEligibility, "The app submitted the phone number and now waits for a LAYER_* event.")
}

func (st *stepper) submitDateOfBirth() {
	call := st.ask(func(c Call) Question {
		return SubmitHandler{Call: c, HandlerID: st.next.HandlerID, DateOfBirth: st.next.DateOfBirth}
	})
	st.next.SubmittedDOB = true
	st.awaitAnswer(call)
	st.move(PhaseAutofill, "The date of birth went to the same handler. Now LAYER_READY or LAYER_AUTOFILL_NOT_AVAILABLE must come.")
}

// awaitAnswer begins to wait for the answer to a submit. In a page, patience
// counts from when submit() has returned: before that the call may have waited
// for somebody to open the page.
func (st *stepper) awaitAnswer(call CallID) {
	st.next.heard = ""
	if st.old.Config.InPage {
		st.next.Silent, st.next.watched = false, 0
		return
	}
	st.watchEligibility(call)
}

// submitReturned takes the return of a submit that is still to be answered.
func (st *stepper) submitReturned(e HandlerSubmitted, why string) {
	q, _ := st.answered(e.Call)
	submit, _ := q.(SubmitHandler)
	if st.old.Config.InPage && submit.DateOfBirth.IsZero() == (st.old.Phase == PhaseEligibility) {
		st.watchEligibility(e.Call)
	}
	st.note("%s", why)
}

func (st *stepper) watchEligibility(call CallID) {
	st.next.Silent, st.next.watched = false, call
	st.order(StartTimer{Timer: TimerID{TimerEligibility, call}, Until: st.now.Add(EligibilityPatience)})
}

func (st *stepper) inEligibility(e Event) {
	switch e := e.(type) {
	case HandlerSubmitted:
		st.submitReturned(e, "submit() returned. It says nothing about eligibility; that comes as an event.")
	case OnEvent:
		st.next.Verdict = e.Metadata.Verdict
		switch e.Name {
		case EventLayerReady:
			st.ready("LAYER_READY: Plaid holds everything the template requires for this phone. Open Link now.")
		case EventLayerNotAvailable:
			st.notAvailable()
		case EventLayerAutofillUnavailable:
			st.refuse("LAYER_AUTOFILL_NOT_AVAILABLE answers a date of birth, and none was submitted yet.")
		default:
			st.sdkEvent(e)
		}
	case TimerFired:
		st.silence(e)
	case AutofillDeclined:
		st.waitNoLonger()
	case RetryRequested:
		if !st.old.Config.Client.Layer {
			st.refuse("%s", tooOldForLayer(st.old.Config.Client))
			return
		}
		st.submitAgain(st.submitPhone)
	default:
		st.outOfPlace(e)
	}
}

func (st *stepper) ready(why string) {
	st.next.Silent, st.next.heard = false, EventLayerReady
	st.move(PhaseReady, "%s", why)
}

// notAvailable is the fork between Extended Autofill and the app's own form.
func (st *stepper) notAvailable() {
	client := st.old.Config.Client
	st.next.heard = EventLayerNotAvailable
	if client.Autofill {
		st.move(PhaseDateOfBirth, "LAYER_NOT_AVAILABLE: Plaid does not hold all that the template requires for this phone. With the date of birth, Extended Autofill may still find it. Keep the handler.")
		return
	}
	st.destroyHandler()
	st.end(PhaseFallback, "LAYER_NOT_AVAILABLE, and %s cannot submit a date of birth: Extended Autofill needs %s or later. The app uses its own form.",
		client.Label(), client.MinAutofill)
}

func (st *stepper) inDateOfBirth(e Event) {
	switch e := e.(type) {
	case DateOfBirthEntered:
		if e.DateOfBirth.IsZero() {
			st.refuse("There is no date of birth to submit yet.")
			return
		}
		st.next.DateOfBirth = e.DateOfBirth
		st.submitDateOfBirth()
	case AutofillDeclined:
		st.destroyHandler()
		st.end(PhaseFallback, "No date of birth was asked for, so this user cannot use Layer. The handler is destroyed and the app uses its own form.")
	case OnEvent:
		switch e.Name {
		case EventLayerReady:
			st.refuse("LAYER_READY after LAYER_NOT_AVAILABLE, with nothing submitted in between: an app must not open Link on it.")
		case EventLayerNotAvailable:
			st.refuse("LAYER_NOT_AVAILABLE was delivered twice; the second time changes nothing.")
		case EventLayerAutofillUnavailable:
			st.refuse("LAYER_AUTOFILL_NOT_AVAILABLE answers a date of birth, and none was submitted yet.")
		default:
			st.sdkEvent(e)
		}
	default:
		st.outOfPlace(e)
	}
}

func (st *stepper) inAutofill(e Event) {
	switch e := e.(type) {
	case HandlerSubmitted:
		st.submitReturned(e, "submit() returned. The answer comes as an event.")
	case OnEvent:
		st.next.Verdict = e.Metadata.Verdict
		switch e.Name {
		case EventLayerReady:
			st.ready("LAYER_READY: with the date of birth, Extended Autofill found what the template requires. Open Link now.")
		case EventLayerAutofillUnavailable:
			st.destroyHandler()
			st.end(PhaseFallback, "LAYER_AUTOFILL_NOT_AVAILABLE: the date of birth did not help. The handler is destroyed and the app uses its own form.")
		case EventLayerNotAvailable:
			st.refuse("LAYER_NOT_AVAILABLE answers the phone number and has been heard; the date of birth is answered by LAYER_READY or LAYER_AUTOFILL_NOT_AVAILABLE.")
		default:
			st.sdkEvent(e)
		}
	case TimerFired:
		st.silence(e)
	case AutofillDeclined:
		st.waitNoLonger()
	case RetryRequested:
		st.submitAgain(st.submitDateOfBirth)
	default:
		st.outOfPlace(e)
	}
}

// submitAgain repeats a submit that went unanswered. What a second submit on
// one handler does is unconfirmed; a submit straight after create has been seen
// to vanish without an event, and then it is the only thing to do.
func (st *stepper) submitAgain(submit func()) {
	if st.old.Config.InPage && !st.old.Link.Page.Connected {
		st.refuse("The page is closed. Open it again: it makes the submit again by itself.")
		return
	}
	if !st.old.Silent {
		st.refuse("submit() was called a moment ago; give Link time to answer.")
		return
	}
	st.next.Pending = nil
	submit()
	st.note("Submitted again on the same handler, because no event came. Plaid does not document a second submit.")
}

// silence makes the absence of an event visible.
func (st *stepper) silence(e TimerFired) {
	if e.Timer.Kind != TimerEligibility || e.Timer.Call != st.old.watched {
		st.timer(e)
		return
	}
	if st.old.Config.InPage && !st.old.Link.Page.Connected {
		st.next.watched = 0
		st.note("The page is closed, so no LAYER_* event can come. Open the page again: it makes the submit again, and its answer is waited for then.")
		return
	}
	st.next.Silent = true
	if client := st.old.Config.Client; !client.Layer {
		st.note("No LAYER_* event for %s, and none will come. %s", EligibilityPatience, tooOldForLayer(client))
		return
	}
	if m := st.old.Mistake; m.Wrong == WrongOutcomeUnhandled && m.Outcome != "" {
		st.note("Nothing has happened for %s: the event came, and the app has no code for it. Submit again, or start over.", EligibilityPatience)
		return
	}
	st.note("No LAYER_* event for %s. It may still come. A submit that reaches Link before onLoad can be lost without any event: submit again, or start over.", EligibilityPatience)
}

func tooOldForLayer(c Client) string {
	return fmt.Sprintf("%s does not know Layer, which needs %s or later: the app hears nothing, whatever it submits.", c.Label(), c.MinLayer)
}

// waitNoLonger is what an app does that sets itself a limit: silence must not
// keep its user waiting.
func (st *stepper) waitNoLonger() {
	if !st.old.Silent {
		st.refuse("submit() was called a moment ago; give Link time to answer.")
		return
	}
	st.destroyHandler()
	st.next.Pending = nil
	st.end(PhaseFallback, "No LAYER_* event came, so the app waits no longer. The handler is destroyed and the app uses its own form.")
	st.next.Silent = true // why it fell back
}

func (st *stepper) inReady(e Event) {
	switch e := e.(type) {
	case OpenRequested:
		if st.old.Config.InPage && e.Surface == InTerminal {
			st.refuse(onlyInPage)
			return
		}
		st.openLink(e.Surface)
		st.why = "open() is called: the user is in Link now. The app waits for onSuccess or onExit."
	case OnEvent:
		switch e.Name {
		case EventLayerReady:
			st.refuse("LAYER_READY was delivered twice. Guard against it: open() belongs to the first one only.")
		case EventLayerNotAvailable, EventLayerAutofillUnavailable:
			st.refuse("%s after LAYER_READY contradicts it; Link decides, so the app goes by the first answer.", e.Name)
		default:
			st.sdkEvent(e)
		}
	case TimerFired:
		st.timer(e)
	default:
		st.outOfPlace(e)
	}
}

// openLink calls open() on the handler and goes on to Link.
func (st *stepper) openLink(surface Surface) {
	inPage := st.old.Config.InPage
	if surface == "" || inPage {
		surface = InBrowser
	}
	st.next.Opened = true
	st.next.Preload.Opened = st.now
	if inPage && !st.old.Link.Page.Connected { // what had preloaded is gone with its tab
		st.next.Preload.Created, st.next.Preload.Loaded = time.Time{}, time.Time{}
	}
	st.next.Link.Surface = surface
	st.ask(func(c Call) Question {
		return OpenHandler{Call: c, HandlerID: st.next.HandlerID, Surface: surface}
	})
	st.move(PhaseLink, "open() is called.")
}
