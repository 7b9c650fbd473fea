package flow

import (
	"strings"
	"time"
)

// What comes of a mistake: answers to the calls it made, and what Link and
// Plaid do because of it.

// astray takes the events that a mistake gives another meaning, and reports
// whether it did.
func (st *stepper) astray(e Event) bool {
	switch e := e.(type) {
	case TimePassed:
		st.timePassed(e)
		return true
	case WebhooksTried:
		st.webhooksTried(e)
		return true
	case PublicTokenExchanged:
		st.answered(e.Call)
		st.cameOfCall(e.Call, "Plaid took the token, which it is not known to do with one of Layer's.")
		st.note("The exchange was answered with an access_token.")
		st.readAfterExchange()
		return true
	case OnEvent:
		return st.unhandled(e)
	case OnSuccess:
		return st.forged(e) || st.misread(e)
	case HandlerOpened:
		return st.openedWrongly(e)
	case HandlerSubmitted:
		if st.old.stray(e.Call) {
			st.answered(e.Call)
			if st.old.Config.InPage { // what real Link reads is not ours to say
				st.cameOfCall(e.Call, "submit() returned. If no event follows, Link has not read it.")
				st.note("submit() returned. No event is known to come of it.")
				return true
			}
			st.cameOfCall(e.Call, "submit() returned, and that is all: no event comes of it.")
			st.note("submit() returned. No event will come.")
			return true
		}
	case UserAccountFetched:
		if st.old.stray(e.Call) {
			st.answered(e.Call)
			st.cameOfCall(e.Call, "Plaid knows the public_token that was made up.")
			st.note("The session was answered, for a token that was made up.")
			return true
		}
	case HandlerCreated, OnLoad:
		return st.lateHandler(e)
	case RetryRequested:
		return st.readLate()
	}
	return false
}

func (st *stepper) openedWrongly(e HandlerOpened) bool {
	m := st.old.Mistake
	switch {
	case st.old.stray(e.Call):
		st.answered(e.Call)
		st.cameOfCall(e.Call, "The second open() returned, and Link is open once.")
		st.note("The second open() returned.")
		return true
	case m.Wrong == WrongOpenTwice && m.Armed && st.old.Phase == PhaseLink:
		st.answered(e.Call)
		st.openAgain()
		return true
	}
	return false
}

// readAfterExchange goes on with what should have been done in the first place.
func (st *stepper) readAfterExchange() {
	if st.old.Phase == PhaseSession {
		st.ask(func(c Call) Question { return GetUserAccountSession{Call: c, PublicToken: st.next.PublicToken} })
	}
}

// Unread reports whether the user has finished Link and our server asks nothing
// about it, which only a mistake leads to.
func (s State) Unread() bool {
	_, reading := PendingCall[GetUserAccountSession](s)
	_, exchanging := PendingCall[ExchangePublicToken](s)
	return s.Phase == PhaseSession && !reading && !exchanging && !s.PublicToken.IsZero()
}

// readLate reads the session that was not read.
func (st *stepper) readLate() bool {
	if !st.old.Unread() {
		return false
	}
	st.ask(func(c Call) Question { return GetUserAccountSession{Call: c, PublicToken: st.next.PublicToken} })
	st.note("The server reads the session after all.")
	return true
}

// failedWrongly books the failure of a call that a mistake made, and reports
// whether it was one.
func (st *stepper) failedWrongly(q Question, f Failure) bool {
	call := q.CallID()
	if !st.old.stray(call) {
		return false
	}
	said := saidOf(f)
	switch q.(type) {
	case SubmitHandler:
		st.cameOfCall(call, "Nothing came of it. The simulator says why: %s.", said)
	case OpenHandler:
		st.cameOfCall(call, "The second open() failed: %s. Link is open as before.", said)
	case GetUserAccountSession:
		st.cameOfCall(call, "Plaid answers the server: %s. Nobody was proven, and the app had let them in. The real session is still open.", said)
	case ExchangePublicToken:
		st.cameOfCall(call, "Plaid answers: %s. The session can still be read.", said)
		st.readAfterExchange()
	default:
		st.cameOfCall(call, "%s.", said)
	}
	st.note("%s, called by mistake, failed: %s.", callName(q), said)
	return true
}

// saidOf is a failure in the words of whoever failed; our own code for trouble
// on this side says nothing.
func saidOf(f Failure) string {
	if f.Code == CodeClient {
		return strings.TrimRight(f.Message, ".")
	}
	return strings.TrimRight(f.Error(), ".")
}

// aftermath looks at every event once it has had its effect: it counts, and it
// keeps what has come of a mistake.
func (st *stepper) aftermath(e Event) {
	if st.verdict == Refused {
		return
	}
	st.count(e)
	m := st.next.Mistake
	if m.Wrong == "" {
		return
	}
	if st.leftBehind(e) {
		st.next.Mistake = Mistake{}
		return
	}
	switch e := e.(type) {
	case TimerFired:
		if m.Wrong == WrongSDKTooOld && st.next.Silent && m.Outcome == "" {
			st.cameOf("%s brings no LAYER_* event, whoever the user is. Every user ends in the app's own form.", st.next.Config.Client.Label())
		}
	case OnLoad:
		if m.Wrong == WrongTokenReused && m.Armed {
			st.cameOf("create() took the used link_token, because this is Sandbox. Production answers INVALID_LINK_TOKEN to a token that was used.")
		}
	case OnEvent:
		st.eventAftermath(e)
	case OnExit:
		st.exitAftermath(e)
	case OnSuccess:
		if m.Wrong == WrongInformationalEvent && m.Armed {
			st.cameOf("Neither event had come when the user was done: the app waits on, with onSuccess in its hands.")
			st.next.Mistake.Armed = true
		}
	case CallFailed:
		if (m.Wrong == WrongTokenReused || m.Wrong == WrongTokenExpiredUsed) && st.next.Phase == PhaseFailed {
			st.cameOf("%s: the link_token opens nothing any more.", e.Failure.Code)
		}
	}
}

// leftBehind reports whether the operator has led the walk on, after which the
// mistake is over.
func (st *stepper) leftBehind(e Event) bool {
	if st.next.Phase == st.old.Phase && st.next.Attempt == st.old.Attempt || st.old.Mistake.Wrong == "" {
		return false
	}
	switch e.(type) {
	case LinkTokenRequested, HandlerRequested, PhoneNumberEntered, DateOfBirthEntered, AutofillDeclined, OpenRequested, RetryRequested:
		return !st.next.Mistake.Armed && st.old.Mistake.Outcome != ""
	}
	return false
}

// noticeable is how late an event must be for it to be worth a word.
const noticeable = 500 * time.Millisecond

func (st *stepper) eventAftermath(e OnEvent) {
	m := st.next.Mistake
	switch m.Wrong {
	case WrongBothFields:
		if m.Outcome != "" {
			return
		}
		switch inPage := st.next.Config.InPage; {
		case inPage && isOutcome(e.Name): // what real Link reads of two fields is not documented
			st.cameOf("%s came. Which of the two fields it answers, Link does not say.", e.Name)
		case e.Name == EventLayerReady:
			st.cameOf("LAYER_READY, for the phone number alone. The user gave a date of birth for nothing.")
		case e.Name == EventLayerNotAvailable:
			st.cameOf("LAYER_NOT_AVAILABLE, for the phone number alone. The date of birth was dropped and must be submitted again.")
		}
	case WrongSubmitBeforeLoad:
		if isOutcome(e.Name) && st.next.Config.InPage && !st.old.counted {
			st.cameOf("%s came: this time Link kept the submit() that was too early. Nothing documents that it must.", e.Name)
		}
	case WrongForeignNumber:
		if e.Name == EventLayerNotAvailable && m.Outcome == "" {
			st.cameOf("LAYER_NOT_AVAILABLE, as for every number that is not +1.")
		}
	case WrongAutofillNeedsAccounts:
		switch e.Name {
		case EventLayerAutofillUnavailable:
			why := ""
			if st.next.Verdict != "" {
				why = " The simulator says why: " + strings.TrimSuffix(st.next.Verdict, ".") + "."
			}
			st.cameOf("LAYER_AUTOFILL_NOT_AVAILABLE, with the date of birth that does otherwise.%s", why)
		case EventLayerReady:
			st.cameOf("LAYER_READY: this user has accounts. Try 415-555-0000.")
		}
	case WrongInformationalEvent:
		if m.Armed && (e.Name == EventSubmitOTP || e.Name == EventVerifyPhone) {
			st.order(DoDeed{Deed: DeedActedOnEvent, Because: e.Name})
			if late := st.now.Sub(e.Metadata.Timestamp).Round(100 * time.Millisecond); late > noticeable && !e.Metadata.Timestamp.IsZero() {
				st.cameOf("%s came %s late, and only then does the app go on. Link may hold back all such events until it is over.", e.Name, late)
				return
			}
			if e.Name == EventSubmitOTP {
				st.cameOf("SUBMIT_OTP came, and the app let the user in: whether the code was right it does not say.")
				return
			}
			st.cameOf("VERIFY_PHONE came, and the app let the user in. No server has proven anything yet.")
		}
		if e.Name == EventError && e.Metadata.ErrorCode == "INVALID_OTP" && m.Outcome != "" {
			st.cameOf("SUBMIT_OTP came, and the app let the user in. The code was wrong (INVALID_OTP).")
		}
	case WrongHandlerNotDestroyed:
		if st.old.Phase == PhaseFallback {
			st.cameOf("%s came from handler %d while the app's own form is on the screen: nobody destroyed it.", e.Name, e.HandlerID)
		}
	}
}

func (st *stepper) exitAftermath(e OnExit) {
	switch m := st.next.Mistake; m.Wrong {
	case WrongOpenBeforeReady, WrongTokenExpiredUsed:
		if !e.Failure.IsZero() && m.Outcome == "" {
			st.cameOf("Link ended at once: %s.", saidOf(e.Failure))
		}
	case WrongInformationalEvent:
		if m.Armed {
			st.cameOf("The user left, and neither event came.")
		}
	}
}

// count keeps the tally of submits, users and successes.
func (st *stepper) count(e Event) {
	t := &st.next.Tally
	for _, effect := range st.effects {
		if _, submit := effect.(SubmitHandler); submit {
			if !st.next.counted {
				st.next.counted = true
				t.Users++
			}
			t.Submits++
		}
	}
	if _, success := e.(OnSuccess); success && st.old.PublicToken.IsZero() && !st.next.PublicToken.IsZero() {
		t.Successes++
	}
}
