package plaidsim

import (
	"layersim/flow"
)

// end sends EXIT and onExit.
func (t *turn) end(e *exitError) {
	status := t.s.exitStatus()
	if e != nil {
		status = ""
	}
	t.finished(statusExited)
	t.s.State, t.s.Notice = stateExited, ""
	t.event(flow.EventExit, func(m *eventMetadata) {
		m.ExitStatus = status
		if e != nil {
			m.error(*e)
		}
	})
	meta := exitMetadata{Status: status, LinkSessionID: t.s.LinkSessionID.String(), RequestID: t.request()}
	if i := t.s.Adding.Institution; i != nil {
		meta.Institution = &linkInstitution{i.Name, i.ID}
	}
	t.out.Callbacks = append(t.out.Callbacks, callback{Kind: kindExit, Error: e, at: t.s.lastStamp, Metadata: meta})
}

// exitStatus says at which point the user left (Plaid docs: Link Web, onExit).
// None of the documented values belongs to Layer. UNCONFIRMED: that those of
// ordinary Link hold where the same is asked for, and that the rest is null.
func (s session) exitStatus() opt {
	at := s.State
	if at == stateLeaving {
		at = s.Leaving
	}
	switch {
	case at == stateVerify && !s.silent(), at == stateMFA:
		return "requires_code"
	case at == stateInstitution && s.Adding.NotFound:
		return "institution_not_found"
	case at == stateCredential:
		return "requires_credentials"
	case at == stateOAuth:
		return "requires_oauth"
	case at == stateAccounts:
		return "requires_account_selection"
	}
	return ""
}

// expired ends the session when its link_token has run out: it reaches the app
// through onExit (Plaid docs: Errors, INVALID_LINK_TOKEN).
func (t *turn) expired() bool {
	if t.w.now.Before(t.s.TokenExpires) {
		return false
	}
	t.end(&exitError{"INVALID_INPUT", "INVALID_LINK_TOKEN", "invalid link_token provided", "This session has expired. Please start again."})
	return true
}

// leave is close (the user's) and exit (the app's). exit without force may show
// a confirmation first (Plaid docs: Link Web, exit); here it does, in the view
// EXIT, and the user decides. Close is the user's decision already. UNCONFIRMED:
// exit() before open(); there is nothing to close then, so nothing happens.
func (t *turn) leave(a action) {
	switch {
	case t.s.State.final():
		t.s.Failed = false // the ERROR pane goes away
	case !t.s.State.open():
		t.refuse(a.Verb + ": Link is not open")
	case a.Verb == "close" || a.Force:
		t.end(nil)
	case t.s.State == stateLeaving:
		t.refuse("exit: the user is asked already whether to leave")
	default:
		t.s.Leaving = t.s.State
		t.show(stateLeaving)
	}
}

func leavingPane() *pane {
	return &pane{
		View: flow.ViewExit, Title: "Leave?", Text: "If you leave now, nothing is shared with the app.",
		Button: "Continue", Verb: string(flow.LinkContinue), Others: []paneButton{{string(flow.LinkClose), "Leave"}},
	}
}
