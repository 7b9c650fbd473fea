package flow

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The second half of the walk: the open Link session, what the server reads
// after it, and the four ends.

func (st *stepper) inLink(e Event) {
	switch e := e.(type) {
	case HandlerOpened:
		st.answered(e.Call)
		st.note("open() returned.")
	case OnEvent:
		st.linkEvent(e)
	case PaneShown:
		st.next.Link.Pane = e.Pane
		st.next.Failure, st.next.FailedCall = Failure{}, nil
		st.note("Link shows %s.", paneName(e.Pane.View))
	case OnSuccess:
		st.succeeded(e)
	case OnExit:
		st.exited(e)
	case LinkActed:
		st.acted(e)
	case SurfaceChosen:
		st.present(e.Surface)
	case ExitRequested:
		if _, waiting := PendingCall[ExitHandler](st.old); waiting {
			st.refuse("exit() has been called; onExit follows.")
			return
		}
		st.next.ExitCalled = true
		st.ask(func(c Call) Question { return ExitHandler{Call: c, HandlerID: st.next.HandlerID} })
		st.note("The app calls exit({force: true}): Link closes at once and onExit follows.")
	case TimerFired:
		if e.Timer.Kind == TimerLinkToken && !st.old.needsToken() {
			st.note("The link_token's time is over, but Link is open: the session that has begun goes on, and Link itself says if it may not.")
			return
		}
		st.timer(e)
	default:
		st.outOfPlace(e)
	}
}

// lateAnswer takes an answer that only closes its call.
func (st *stepper) lateAnswer(e Event) {
	switch e := e.(type) {
	case HandlerCreated:
		st.answered(e.Call)
	case HandlerSubmitted:
		st.answered(e.Call)
	case HandlerOpened:
		st.answered(e.Call)
	case LinkDriven:
		st.answered(e.Call)
	case HandlerExited:
		st.answered(e.Call)
	}
	st.note("The call returned.")
}

func (st *stepper) acted(e LinkActed) {
	if st.old.Link.Surface != InTerminal {
		st.refuse("Link is drawn in the browser; its panes are answered there.")
		return
	}
	if st.old.LinkIsGone() {
		st.refuse("Link has closed; there is no pane to answer. Start over.")
		return
	}
	if _, busy := PendingCall[DriveLink](st.old); busy {
		st.refuse("Link is still busy with the last thing the user did.")
		return
	}
	st.next.Failure, st.next.FailedCall = Failure{}, nil
	st.ask(func(c Call) Question { return DriveLink{Call: c, HandlerID: st.next.HandlerID, Action: e.Action} })
	if e.Action.Kind == LinkVerified {
		st.note("The mobile network has proven the phone: Link goes on without a code.")
		return
	}
	st.note("The user answers Link's pane (%s).", strings.ReplaceAll(string(e.Action.Kind), "_", " "))
}

// closedSilently keeps that Link is gone and has called nothing back. The walk
// waits on, as an app would: the callback may still come.
func (st *stepper) closedSilently(f Failure) {
	st.next.Failure, st.next.FailedCall = f, nil
	st.next.Link.Pane = Pane{}
	st.note("Link has closed, and neither onSuccess nor onExit came. The app hears of it only from the webhook SESSION_FINISHED; it waits on, or starts over.")
}

// present moves the open session to another surface, or shows it again where
// it was.
func (st *stepper) present(surface Surface) {
	if surface != InBrowser && surface != InTerminal {
		st.refuse("Link can be shown in the browser or in the terminal, not in %q.", surface)
		return
	}
	st.next.Link.Surface = surface
	st.next.Link.Page.BrowserTrouble, st.next.Link.Page.Trouble = "", ""
	st.ask(func(c Call) Question {
		return PresentLink{Call: c, HandlerID: st.next.HandlerID, Surface: surface}
	})
	st.note("The same Link session goes on in the %s.", surface)
}

// linkEvent keeps what onEvent tells about the open session.
func (st *stepper) linkEvent(e OnEvent) {
	switch e.Name {
	case EventOpen:
		st.next.Link.Shown = true
		st.note("OPEN: Link is on the user's screen.")
	case EventTransitionView:
		st.next.Link.View = e.Metadata.ViewName
		st.note("The user sees %s. Informational: nothing may depend on it.", paneName(e.Metadata.ViewName))
	case EventError:
		st.next.Link.ErrorCode = e.Metadata.ErrorCode
		if e.Metadata.ErrorCode == "INVALID_OTP" {
			st.next.Link.WrongCodes++
			st.note("The user typed a wrong code (%d of 3). Link lets the user try again.", st.next.Link.WrongCodes)
			return
		}
		st.note("Link reports %s to the user.", e.Metadata.ErrorCode)
	case EventSubmitOTP:
		st.note("The user sent a one-time code. Informational.")
	case EventVerifyPhone:
		st.note("The phone was verified inside Link. Informational, and it may come late: the proof is the webhook LAYER_AUTHENTICATION_PASSED.")
	case EventSearchInstitution, EventSelectInstitution, EventSubmitCredentials, EventSubmitMFA, EventOpenOAuth:
		st.note("%s: the user is adding a bank. Informational.", e.Name)
	case EventHandoff:
		st.next.Link.Handoff = true
		st.note("HANDOFF: Link is done; onSuccess follows.")
	case EventExit:
		if e.Metadata.ErrorCode != "" {
			st.note("EXIT: the error ends Link; onExit follows.")
			return
		}
		st.note("EXIT: the user leaves Link; onExit follows.")
	case EventLayerReady, EventLayerNotAvailable, EventLayerAutofillUnavailable:
		st.refuse("%s came while Link is open; eligibility was decided before.", e.Name)
	default:
		st.sdkEvent(e)
	}
}

// sdkEvent keeps an event that decides nothing: known ones out of their usual
// place and unknown ones alike are shown.
func (st *stepper) sdkEvent(e OnEvent) {
	switch e.Name {
	case EventLayerReady, EventLayerNotAvailable, EventLayerAutofillUnavailable:
		st.refuse("%s came too late to decide anything.", e.Name)
	case EventOpen, EventExit, EventHandoff, EventError, EventTransitionView, EventSubmitOTP, EventVerifyPhone,
		EventSearchInstitution, EventSelectInstitution, EventSubmitCredentials, EventSubmitMFA, EventOpenOAuth:
		if e.Name == EventTransitionView {
			st.next.Link.View = e.Metadata.ViewName
		}
		st.note("%s arrived in this phase. Link may deliver all but OPEN and the LAYER_* events late and in any order; sort by timestamp.", e.Name)
	default:
		st.note("%s is not an event this program knows. Unknown names are legal: keep them, decide nothing on them.", e.Name)
	}
}

func (st *stepper) succeeded(e OnSuccess) {
	if e.PublicToken.IsZero() {
		st.refuse("onSuccess came without a public_token; there is nothing to ask Plaid with.")
		return
	}
	st.keepSuccess(e)
	st.next.Failure, st.next.FailedCall = Failure{}, nil
	st.ask(func(c Call) Question { return GetUserAccountSession{Call: c, PublicToken: e.PublicToken} })
	st.move(PhaseSession, "onSuccess gave a public_token. The client hands it to our server, which asks Plaid for the session. A client can be spoofed, so nothing is believed before that answer.")
}

// keepSuccess keeps what onSuccess brought.
func (st *stepper) keepSuccess(e OnSuccess) {
	st.next.PublicToken = e.PublicToken
	st.adopt(e.Metadata.LinkSessionID)
}

func (st *stepper) exited(e OnExit) {
	st.destroyHandler()
	st.next.Failure, st.next.FailedCall = Failure{}, nil
	switch {
	case e.Failure.Code == "INVALID_LINK_TOKEN":
		st.next.Failure, st.next.FailedIn = e.Failure, PhaseLink
		st.end(PhaseExited, "Link ended with INVALID_LINK_TOKEN: the link_token has expired or was used before. Ask for a new one.")
	case e.Failure.Code == "PROFILE_AUTHENTICATION_FAILED":
		st.next.Failure, st.next.FailedIn = e.Failure, PhaseLink
		st.end(PhaseExited, "The phone could not be proven: three wrong codes end the session (PROFILE_AUTHENTICATION_FAILED).")
	case !e.Failure.IsZero():
		st.next.Failure, st.next.FailedIn = e.Failure, PhaseLink
		st.end(PhaseExited, "Link ended with %s.", e.Failure.Code)
	case st.old.ExitCalled:
		st.end(PhaseExited, "The app called exit(), so Link closed before the user shared anything. Nothing is billed: Layer costs only when onSuccess comes.")
	default:
		st.end(PhaseExited, "The user closed Link without sharing anything. Nothing is billed: Layer costs only when onSuccess comes.")
	}
}

func (st *stepper) inSession(e Event) {
	switch e := e.(type) {
	case UserAccountFetched:
		st.answered(e.Call)
		st.fetched(e.Account)
	default:
		st.afterLink(e)
	}
}

func (st *stepper) fetched(u UserAccount) {
	st.next.Account = u.clone()
	if u.HasIdentity && !u.Identity.PhoneNumber.IsZero() && st.next.PhoneProof == "" {
		st.next.PhoneProof = ProofSession
	}
	for i := range st.next.Account.Items {
		item := &st.next.Account.Items[i]
		if item.AccessToken.IsZero() {
			item.Status = AccountsUnasked
			continue
		}
		item.Status = AccountsAsked
		st.ask(func(c Call) Question {
			return GetAccounts{Call: c, ItemID: item.ItemID, AccessToken: item.AccessToken}
		})
	}
	st.destroyHandler()
	items := "no Items: no account was shared or asked for, which is a success all the same"
	if n := len(u.Items); n == 1 {
		items = "one Item"
	} else if n > 1 {
		items = sprintItems(n)
	}
	more := ""
	if n := u.Deviations.New(); n == 1 {
		more = " One field is new: the contract we know does not have it."
	} else if n > 1 {
		more = " " + strconv.Itoa(n) + " fields are new: the contract we know does not have them."
	}
	if !u.HasIdentity {
		st.end(PhaseOnboarded, "Plaid gave no identity and %s. The app asks for the identity itself.%s", items, more)
		return
	}
	st.end(PhaseOnboarded, "Plaid gave the identity and %s. The user could edit the identity, so all but the phone is unverified.%s", items, more)
}

func (st *stepper) inOnboarded(e Event) {
	switch e := e.(type) {
	case AccountsFetched:
		q, _ := st.answered(e.Call)
		if i := st.itemOf(q); i >= 0 {
			item := &st.next.Account.Items[i]
			item.Status, item.Institution, item.Accounts = AccountsKnown, e.Institution, slices.Clone(e.Accounts)
			item.Deviations, item.Failure = e.Deviations, Failure{}
		}
		st.note("The Item's access_token works: here are its accounts.")
	case RetryRequested:
		st.retryAccounts()
	default:
		st.afterLink(e)
	}
}

func (st *stepper) itemOf(q Question) int {
	asked, ok := q.(GetAccounts)
	if !ok {
		return -1
	}
	// By both: an answer may hold an id twice, or none.
	return slices.IndexFunc(st.next.Account.Items, func(it Item) bool { return it.ItemID == asked.ItemID && it.AccessToken == asked.AccessToken })
}

func (st *stepper) accountsFailed(q GetAccounts, f Failure) {
	if i := st.itemOf(q); i >= 0 {
		st.next.Account.Items[i].Status = AccountsFailed
		st.next.Account.Items[i].Failure = f
	}
	st.note("/accounts/get failed for one Item (%s). The user is onboarded; the accounts can be asked for again.", f.Code)
}

func (st *stepper) retryAccounts() {
	tried := 0
	for i := range st.next.Account.Items {
		item := &st.next.Account.Items[i]
		if item.Status != AccountsFailed {
			continue
		}
		item.Status = AccountsAsked
		st.ask(func(c Call) Question {
			return GetAccounts{Call: c, ItemID: item.ItemID, AccessToken: item.AccessToken}
		})
		tried++
	}
	if tried == 0 {
		st.refuse("Nothing failed here, so there is nothing to try again.")
		return
	}
	st.next.RetryFrom = time.Time{}
	st.note("The accounts are asked for again.%s", st.tooEarly())
}

func (st *stepper) inFallback(e Event) {
	if _, ok := e.(SignUpSubmitted); ok {
		if st.old.SignedUp {
			st.refuse("The form was sent already.")
			return
		}
		st.next.SignedUp = true
		if !st.old.PublicToken.IsZero() {
			st.note("The app has its user, by its own form, and Layer is billed all the same.")
			return
		}
		st.note("The app has its user, by its own form. Layer filled in nothing, and nothing is billed.")
		return
	}
	st.afterLink(e)
}

func (st *stepper) inExited(e Event) { st.afterLink(e) }

func (st *stepper) inFailed(e Event) {
	switch e := e.(type) {
	case RetryRequested:
		q := st.old.FailedCall
		if q == nil {
			st.refuse("There is no call to make again. Start over.")
			return
		}
		st.resume()
		st.retry(q)
		switch q.(type) {
		case SubmitHandler:
			st.awaitAnswer(st.next.LastCall)
		case CreateHandler:
			st.next.Link.Page.Trouble = "" // the page tries again
		}
		st.note("%s is called again.%s", callName(q), st.tooEarly())
	case SurfaceChosen:
		if st.old.FailedIn != PhaseLink || !st.old.HandlerAlive {
			st.afterLink(e)
			return
		}
		st.resume()
		st.present(e.Surface)
	case OnLoad:
		if st.loadedDespiteFailure() {
			return
		}
		st.afterLink(e)
	case OnEvent, OnSuccess, OnExit:
		st.despiteFailure(e)
	default:
		st.afterLink(e)
	}
}

// despiteFailure lets a callback decide although a call failed: only the answer
// may have been lost, while Link went on.
func (st *stepper) despiteFailure(e Event) {
	failedIn := st.old.FailedIn
	if !st.old.HandlerAlive {
		st.afterLink(e)
		return
	}
	st.resume()
	switch failedIn {
	case PhaseEligibility:
		st.inEligibility(e)
	case PhaseAutofill:
		st.inAutofill(e)
	case PhaseLink:
		st.inLink(e)
	default:
		st.afterLink(e)
	}
	// An event that decided nothing leaves the failure to be dealt with.
	if st.next.Phase == failedIn {
		st.next.Phase, st.next.Failure = PhaseFailed, st.old.Failure
		st.next.FailedIn, st.next.FailedCall = failedIn, st.old.FailedCall
		st.next.EndReason, st.next.RetryFrom = st.old.EndReason, st.old.RetryFrom
	}
}

// resume goes back to where the failure happened.
func (st *stepper) resume() {
	st.next.Phase = st.old.FailedIn
	st.next.Failure, st.next.FailedIn, st.next.FailedCall = Failure{}, "", nil
	st.next.EndReason, st.next.RetryFrom = "", time.Time{}
}

// afterLink handles what may still arrive when Link is over.
func (st *stepper) afterLink(e Event) {
	switch e := e.(type) {
	case OnEvent:
		st.sdkEvent(e)
	case OnSuccess:
		st.refuse("onSuccess came again or too late; a public_token is used once.")
	case OnExit:
		st.refuse("onExit came after the session had ended; it changes nothing.")
	case TimerFired:
		st.timer(e)
	default:
		st.outOfPlace(e)
	}
}

func sprintItems(n int) string {
	if n < 10 {
		return []string{"", "", "two", "three", "four", "five", "six", "seven", "eight", "nine"}[n] + " Items"
	}
	return "many Items"
}

func paneName(view string) string {
	switch view {
	case ViewConsent:
		return "the consent pane"
	case ViewVerifyPhone:
		return "the pane for the one-time code"
	case ViewReview:
		return "the review of the profile"
	case ViewError:
		return "an error"
	case ViewExit:
		return "the question whether to leave"
	case ViewSelectInstitution:
		return "the search for a bank to add"
	case ViewCredential, ViewOAuth:
		return "the sign-in to a bank"
	case ViewMFA:
		return "the pane for a bank's code"
	case ViewSelectAccount:
		return "the accounts of a bank to add"
	case ViewConnected:
		return "that a bank is connected"
	case "":
		return "a pane"
	}
	return "the pane " + view
}
