package flow

import "strings"

// The open Link session: what its user does, and what Link calls back.

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
