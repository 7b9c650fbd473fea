package tui

import (
	"runtime"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
)

// do carries out what a key asks for: an event of the walk, or a change of
// what is looked at.
func (m *Model) do(a action) tea.Cmd {
	switch a {
	case actPlay:
		return m.playOrPause()
	case actCopy:
		return m.copyHere(false)
	case actCopyReal:
		return m.copyHere(true)
	case actToggle:
		return m.toggle()
	case actOpenPage:
		return m.openPage()
	case actPrimary:
		if m.prompt.on {
			m.endSearch(false)
			return nil
		}
		if o := overlayAt(m.overlay); o.enter != nil {
			return o.enter(m)
		}
		if _, act := m.primary(); act != nil {
			return act(m)
		}
	case actRetry:
		return m.retry()
	case actStartOver:
		return m.startOver("")
	case actOwnForm:
		return m.take(flow.AutofillDeclined{At: m.at()})
	case actBrowser:
		if m.state.Config.InPage {
			return m.take(flow.SurfaceChosen{At: m.at(), Surface: flow.InBrowser})
		}
		return m.showLink(flow.InBrowser)
	case actTerminal:
		return m.showLink(flow.InTerminal)
	case actExit:
		return m.take(flow.ExitRequested{At: m.at()})
	case actCloseLink:
		return m.act(flow.LinkAction{Kind: flow.LinkClose})
	case actQuit:
		return tea.Quit
	case actSuspend:
		// screen.Screen sees the key first: it gives the terminal back before.
		return tea.Suspend
	case actInterrupt:
		return tea.Interrupt
	default:
		m.look(a)
	}
	return nil
}

// look carries out what changes nothing but the view.
func (m *Model) look(a action) {
	switch a {
	case actWrong:
		m.openWrong()
	case actPicker:
		m.openPicker()
	case actSDK:
		m.openSDKs()
	case actPalette:
		m.openPalette()
	case actPrivate:
		m.togglePrivate()
	case actMouse:
		m.toggleMouse()
	case actTab:
		m.goToTab(tabID(slices.Index(tabKeys(), m.struck)))
	case actNextError, actPreviousError, actNextPhase, actPreviousPhase, actPreviousMoment, actToStart, actToEnd, actSpeed:
		m.lookInReplay(a)
	case actHelp:
		m.overlay, m.helpOffset = inHelp, 0
	case actQR:
		m.overlay = inQR
	case actCopied:
		m.overlay = inCopied
	case actCloseOverlay:
		if m.prompt.on {
			m.endSearch(true)
			return
		}
		m.overlay = onScreen
	case actSearch:
		m.beginSearch()
	case actNextHit:
		m.hit(1)
	case actPreviousHit:
		m.hit(-1)
	case actFoldAll:
		m.foldAll(false)
	case actOpenAll:
		m.foldAll(true)
	case actLeave:
		m.inspector.inBody = false
	case actZoom:
		m.zoomed = !m.zoomed
	case actStepBack:
		m.step(-1)
	case actStepForward:
		m.step(+1)
	case actMark:
		m.mark()
	case actNextMark:
		m.nextMark()
	case actOrigin:
		m.goAlong(false)
	case actSequel:
		m.goAlong(true)
	case actEntryBefore:
		m.turnEntry(-1)
	case actEntryAfter:
		m.turnEntry(+1)
	case actReveal:
		m.reveal()
	case actFocusNext:
		m.cycle(+1)
	case actFocusPrevious:
		m.cycle(-1)
	case actTabPrevious:
		m.inspector.tab = max(m.inspector.tab-1, 0)
	case actTabNext:
		m.inspector.tab = min(m.inspector.tab+1, tabCount-1)
	case actTopicNext:
		m.otherTopic(+1)
		m.focusOn(paneInspector)
	case actTopicPrevious:
		m.otherTopic(-1)
		m.focusOn(paneInspector)
	case actLanguage:
		m.nextLanguage()
	default:
		m.scroll(a)
	}
}

// primary returns the one thing Enter does now and what it is called; nil when
// there is nothing to do but wait.
func (m *Model) primary() (string, func(*Model) tea.Cmd) {
	s := &m.state
	if m.replay.on {
		return m.playPrimary()
	}
	if m.travel.on {
		return "back to now", func(m *Model) tea.Cmd { m.returnToWalk(); return nil }
	}
	if !m.shown(paneStage) && !m.hasResults() {
		return "back to the step", func(m *Model) tea.Cmd { m.focus, m.zoomed = paneStage, false; return nil }
	}
	if again, act := m.pagePrimary(); act != nil {
		return again, act
	}
	switch s.Phase {
	case flow.PhaseToken:
		if !s.Waiting() {
			return "ask for a link_token", intent(func(at flow.At) flow.Event { return flow.LinkTokenRequested{At: at} })
		}
	case flow.PhaseHandler:
		if !s.Waiting() && !s.HandlerAlive {
			return "create the handler", intent(func(at flow.At) flow.Event { return flow.HandlerRequested{At: at} })
		}
	case flow.PhasePhone:
		return "submit the phone number", (*Model).submitPhone
	case flow.PhaseEligibility, flow.PhaseAutofill:
		switch {
		case s.Silent && !s.Config.Client.Layer:
			return "use the app's own form", intent(func(at flow.At) flow.Event { return flow.AutofillDeclined{At: at} })
		case s.Silent:
			return "submit again", (*Model).retry
		}
	case flow.PhaseDateOfBirth:
		return "submit the date of birth", (*Model).submitBirth
	case flow.PhaseReady:
		if m.opts.Surface == flow.InTerminal {
			return "open Link here", showOn(flow.InTerminal)
		}
		if s.Config.InPage {
			return "open Link in the page", showOn(flow.InBrowser)
		}
		return "open Link in the browser", showOn(flow.InBrowser)
	case flow.PhaseLink:
		return m.linkPrimary()
	case flow.PhaseSession:
		if s.Unread() {
			return "read the session after all", (*Model).retry
		}
	case flow.PhaseFallback:
		if !s.SignedUp {
			return "send the form", (*Model).sendSignUp
		}
		return again()
	case flow.PhaseExited:
		return again()
	case flow.PhaseFailed:
		if m.needsOtherKeys() {
			return "leave layersim, to start it with other keys", func(*Model) tea.Cmd { return tea.Quit }
		}
		if does, sensible := m.tryAgain(s.Failure); s.FailedCall != nil && sensible {
			return does, (*Model).retry
		}
		return again()
	default:
		// Nothing at the end of a walk with results: a key pressed once too
		// often must not clear them away.
	}
	return "", nil
}

// intent makes an action of what the operator wants.
func intent(event func(flow.At) flow.Event) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd { return m.take(event(m.at())) }
}

func showOn(surface flow.Surface) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd { return m.showLink(surface) }
}

func again() (string, func(*Model) tea.Cmd) {
	return "start over with a new token", func(m *Model) tea.Cmd { return m.startOver("") }
}

func (m *Model) retry() tea.Cmd { return m.take(flow.RetryRequested{At: m.at()}) }

// showLink opens Link on a surface, or moves the open session there.
func (m *Model) showLink(surface flow.Surface) tea.Cmd {
	if m.state.Phase == flow.PhaseReady {
		return m.take(flow.OpenRequested{At: m.at(), Surface: surface})
	}
	return m.take(flow.SurfaceChosen{At: m.at(), Surface: surface})
}

// startOver begins a new attempt, with another template if one is named.
func (m *Model) startOver(templateID string) tea.Cmd {
	return m.take(flow.StartOverRequested{At: m.at(), TemplateID: templateID})
}

func hasPrimary(m *Model) bool {
	_, act := m.primary()
	return act != nil
}

func canRetry(m *Model) bool {
	s := &m.state
	switch s.Phase {
	case flow.PhaseFailed:
		return s.FailedCall != nil
	case flow.PhaseEligibility, flow.PhaseAutofill:
		return s.Silent && s.Config.Client.Layer
	case flow.PhaseSession:
		return s.Unread()
	case flow.PhaseOnboarded:
		for _, it := range s.Account.Items {
			if it.Status == flow.AccountsFailed {
				return true
			}
		}
	default:
	}
	return false
}

func canStartOver(m *Model) bool { return m.state.Phase != flow.PhaseToken || m.state.Waiting() }

// canDecline reports whether the app may turn to its own form: in place of a
// date of birth, or because it has waited long enough.
func canDecline(m *Model) bool {
	switch m.state.Phase {
	case flow.PhaseDateOfBirth:
		return true
	case flow.PhaseEligibility, flow.PhaseAutofill:
		return m.state.Silent
	default:
		return false
	}
}

// linkIsOpen reports whether there is a session that can be shown somewhere.
func linkIsOpen(m *Model) bool {
	s := &m.state
	return s.Phase == flow.PhaseLink || s.Phase == flow.PhaseFailed && s.FailedIn == flow.PhaseLink && s.HandlerAlive
}

func canBrowser(m *Model) bool {
	if m.state.Config.InPage {
		return m.state.NeedsPage()
	}
	return linkIsOpen(m) || m.state.Phase == flow.PhaseReady && m.opts.Surface == flow.InTerminal
}

// wantsBrowser reports whether a page that can be opened again should be.
func wantsBrowser(m *Model) bool {
	page := m.state.Link.Page
	does, _ := m.primary() // it may say so already
	return !m.state.Config.InPage || (!page.Connected || page.Trouble != "") && !strings.HasPrefix(does, "open the page")
}

func canTerminal(m *Model) bool {
	if m.opts.Live || m.state.Config.InPage {
		return false
	}
	if m.state.Phase == flow.PhaseReady {
		return m.opts.Surface == flow.InBrowser
	}
	return linkIsOpen(m) && (m.state.Link.Surface == flow.InBrowser || m.state.Phase == flow.PhaseFailed)
}

func hasAddress(m *Model) bool {
	if m.state.Config.InPage {
		return m.state.Link.Page.URL != "" && m.state.NeedsPage()
	}
	return m.state.Phase == flow.PhaseLink && m.state.Link.Surface == flow.InBrowser && m.state.Link.Page.URL != ""
}

func canExit(m *Model) bool {
	if m.state.Phase != flow.PhaseLink {
		return false
	}
	_, leaving := flow.PendingCall[flow.ExitHandler](m.state)
	return !leaving
}

// canSuspend reports whether this system can stop a process and go on later.
func canSuspend(*Model) bool { return runtime.GOOS != "windows" }

func hasCatalog(m *Model) bool { return len(m.opts.Catalog.Personas)+len(m.opts.Catalog.Templates) > 0 }

func hasTabBefore(m *Model) bool { return m.inspector.tab > 0 && m.shown(paneInspector) }

func hasTabAfter(m *Model) bool { return m.inspector.tab < tabCount-1 && m.shown(paneInspector) }
