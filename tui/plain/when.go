package plain

import (
	"slices"

	"layersim/flow"
)

// When commands apply.

func inView(view string) func(*loop) bool {
	return func(l *loop) bool { return linkIsDrawn(l.state) && l.state.Link.Pane.View == view }
}

func hasButton(verb flow.LinkActionKind) func(*loop) bool {
	return func(l *loop) bool {
		return linkIsDrawn(l.state) && slices.ContainsFunc(l.state.Link.Pane.Others, func(b flow.PaneButton) bool { return b.Verb == verb })
	}
}

func hasAccounts(l *loop) bool { return linkIsDrawn(l.state) && accountsIn(l.state.Link.Pane) > 0 }

func canEdit(l *loop) bool {
	return inView(flow.ViewReview)(l) || l.state.Phase == flow.PhaseFallback && !l.state.SignedUp
}

func canExit(l *loop) bool {
	_, leaving := flow.PendingCall[flow.ExitHandler](l.state)
	return l.state.Phase == flow.PhaseLink && !leaving
}

// linkIsOpen reports whether there is a session that can be shown somewhere.
func linkIsOpen(s *flow.State) bool {
	return s.Phase == flow.PhaseLink || s.Phase == flow.PhaseFailed && s.FailedIn == flow.PhaseLink && s.HandlerAlive
}

func canBrowser(l *loop) bool {
	if l.state.Config.InPage {
		return l.state.NeedsPage()
	}
	return linkIsOpen(&l.state) || l.state.Phase == flow.PhaseReady
}

func canTerminal(l *loop) bool {
	s := &l.state
	if l.opts.Live || s.Config.InPage {
		return false
	}
	return s.Phase == flow.PhaseReady || linkIsOpen(s) && (s.Link.Surface == flow.InBrowser || s.Phase == flow.PhaseFailed)
}

func canRetry(l *loop) bool {
	s := &l.state
	switch s.Phase {
	case flow.PhaseFailed:
		return s.FailedCall != nil
	case flow.PhaseEligibility, flow.PhaseAutofill:
		return s.Silent && s.Config.Client.Layer
	case flow.PhaseSession:
		return s.Unread()
	case flow.PhaseOnboarded:
		return slices.ContainsFunc(s.Account.Items, func(it flow.Item) bool { return it.Status == flow.AccountsFailed })
	}
	return false
}

func canDecline(l *loop) bool {
	switch l.state.Phase {
	case flow.PhaseDateOfBirth:
		return true
	case flow.PhaseEligibility, flow.PhaseAutofill:
		return l.state.Silent
	}
	return false
}

func canStartOver(l *loop) bool { return l.state.Phase != flow.PhaseToken || l.state.Waiting() }

func hasPersonas(l *loop) bool { return len(l.opts.Catalog.Personas) > 0 }

func hasTemplates(l *loop) bool { return !l.opts.Live && len(l.opts.Catalog.Templates) > 0 }

func isOnboarded(l *loop) bool { return l.state.Phase == flow.PhaseOnboarded }
