package flow

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What a call that failed means, and how it is made again.

// failed deals with a call that could not be made or was answered by an error.
func (st *stepper) failed(e CallFailed) {
	q, ok := st.answered(e.Call)
	if !ok {
		st.refuse("This says that call %d failed, which nobody waits for.", e.Call)
		return
	}
	if q, ok := q.(GetAccounts); ok {
		st.askedToWait(e.Failure)
		st.accountsFailed(q, e.Failure)
		return
	}
	if st.failedWrongly(q, e.Failure) {
		return
	}
	if _, present := q.(PresentLink); present && st.old.Config.InPage {
		st.pageUnopened(e.Failure)
		return
	}
	if !slices.Contains(madeIn(q), st.old.Phase) {
		st.note("%s reported a failure (%s) after the walk had gone on; it does not matter any more.", callName(q), e.Failure.Code)
		return
	}
	switch q := q.(type) {
	case ExitHandler:
		// The app wanted to leave; that Link could not be told is no reason to stay.
		st.destroyHandler()
		st.end(PhaseExited, "exit() failed (%s); the handler was destroyed instead.", e.Failure.Code)
		return
	case DriveLink:
		if e.Failure.Code == CodeNoCallback {
			st.closedSilently(e.Failure)
			return
		}
		st.next.Failure, st.next.FailedCall = e.Failure, q
		st.note("Link did not take this: %s. What was entered is still there; do it again.", e.Failure.Code)
		return
	}
	st.next.Failure, st.next.FailedIn, st.next.FailedCall = e.Failure, st.old.Phase, q
	st.askedToWait(e.Failure)
	st.end(PhaseFailed, "%s failed: %s.", callName(q), strings.TrimRight(e.Failure.Error(), "."))
}

// madeIn lists the phases that cannot go on without the answer to a call.
func madeIn(q Question) []Phase {
	switch q.(type) {
	case CreateSessionToken:
		return []Phase{PhaseToken}
	case CreateHandler:
		return []Phase{PhaseHandler, PhasePhone}
	case SubmitHandler:
		return []Phase{PhaseEligibility, PhaseAutofill}
	case OpenHandler, PresentLink, DriveLink, ExitHandler:
		return []Phase{PhaseLink}
	case GetUserAccountSession:
		return []Phase{PhaseSession}
	}
	return nil
}

// retry makes a call again, as a new call.
func (st *stepper) retry(q Question) {
	st.ask(func(c Call) Question { return withCall(q, c) })
}

// askedToWait keeps until when the other side wants to be left alone.
func (st *stepper) askedToWait(f Failure) {
	if until := st.now.Add(f.RetryAfter); f.RetryAfter > 0 && until.After(st.next.RetryFrom) {
		st.next.RetryFrom = until
	}
}

// tooEarly says that the other side asked to wait longer, "" if it did not.
func (st *stepper) tooEarly() string {
	wait := st.old.RetryFrom.Sub(st.now)
	if wait <= 0 {
		return ""
	}
	return fmt.Sprintf(" That is %s before the time it was asked to wait for, so it may well be refused again.", wait.Round(time.Second))
}

// callName says a question in the words of the API it uses.
func callName(q Question) string {
	switch q.(type) {
	case CreateSessionToken:
		return "/session/token/create"
	case CreateHandler:
		return "Plaid.create()"
	case SubmitHandler:
		return "handler.submit()"
	case OpenHandler, PresentLink:
		return "handler.open()"
	case DriveLink:
		return "Link"
	case ExitHandler:
		return "handler.exit()"
	case GetUserAccountSession:
		return "/user_account/session/get"
	case GetAccounts:
		return "/accounts/get"
	case ExchangePublicToken:
		return "/item/public_token/exchange"
	case TryWebhooks:
		return "a webhook"
	case LetTimePass:
		return "the simulator's clock"
	}
	return fmt.Sprintf("%T", q)
}

// withCall returns the same question under another id.
func withCall(q Question, c Call) Question {
	switch q := q.(type) {
	case CreateSessionToken:
		q.Call = c
		return q
	case CreateHandler:
		q.Call = c
		return q
	case SubmitHandler:
		q.Call = c
		return q
	case OpenHandler:
		q.Call = c
		return q
	case PresentLink:
		q.Call = c
		return q
	case DriveLink:
		q.Call = c
		return q
	case ExitHandler:
		q.Call = c
		return q
	case GetUserAccountSession:
		q.Call = c
		return q
	case GetAccounts:
		q.Call = c
		return q
	case ExchangePublicToken:
		q.Call = c
		return q
	case TryWebhooks:
		q.Call = c
		return q
	case LetTimePass:
		q.Call = c
		return q
	}
	return q
}
