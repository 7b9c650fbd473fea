package flow

import (
	"slices"
	"strings"
	"time"
)

// What the local page means to the walk: while Link is open in it, and, if the
// handler lives there, from create() on. It is lost, comes back and is loaded
// anew; nothing of that ends a walk.

const onlyInPage = "Link is drawn by Plaid's own script, which needs a page: it cannot be shown in the terminal."

// NeedsPage reports whether the walk can only go on while a browser has the
// local page open: because Link is open in it, or because the handler lives
// there.
func (s State) NeedsPage() bool {
	if !s.Config.InPage {
		return s.Phase == PhaseLink && s.Link.Surface != InTerminal
	}
	switch s.Phase {
	case PhaseSession, PhaseOnboarded, PhaseFallback, PhaseExited:
		return false
	}
	_, coming := PendingCall[CreateHandler](s)
	return s.HandlerAlive || coming || s.uncreated()
}

// inPage reports whether there is a handler in the page, or there should be.
func (st *stepper) inPage() bool { return st.old.Config.InPage && st.old.NeedsPage() }

// uncreated reports whether the handler could not be created in its page.
func (s State) uncreated() bool {
	_, create := s.FailedCall.(CreateHandler)
	return create && s.Config.InPage && s.Phase == PhaseFailed
}

func (st *stepper) page(e Event) {
	page := &st.next.Link.Page
	switch e := e.(type) {
	case PageServed:
		page.URL = e.URL
		st.note("The local page is ready; its address is secret to this run.")
	case BrowserStarted:
		page.BrowserTrouble = ""
		st.note("A browser was asked to open the page.")
	case BrowserFailed:
		st.browserFailed(e)
	case PageConnected:
		st.pageConnected(e)
	case PageLost:
		if e.Tab != page.Tab {
			st.note("An older tab of the page was closed.")
			return
		}
		page.Connected = false
		if st.old.awaitsInPage() {
			st.next.Silent, st.next.watched = false, 0
		}
		st.pageLost()
	case PageTrouble:
		page.Trouble = e.Reason
		if st.inPage() {
			st.note("The page reports trouble: %s Nothing that was entered is lost: load the page again, or start over.", sentenceOf(e.Reason))
			return
		}
		st.note("The page reports trouble: %s", e.Reason)
	}
}

func (st *stepper) browserFailed(e BrowserFailed) {
	page := &st.next.Link.Page
	inPage := st.inPage()
	if page.Connected || !inPage && st.old.Phase != PhaseLink {
		// Some browsers report only when they are closed, long after.
		st.note("The browser that was started has ended (%s); that changes nothing.", e.Reason)
		return
	}
	page.BrowserTrouble = e.Reason
	if inPage {
		st.note("No browser could be started (%s). Open the page's address yourself: %s waits for it.", e.Reason, st.waitsForPage())
		return
	}
	st.note("No browser could be started (%s). Open the address yourself, or finish in the terminal.", e.Reason)
}

// waitsForPage says what waits until the page is open.
func (st *stepper) waitsForPage() string {
	for _, q := range st.old.Pending {
		switch q.(type) {
		case CreateHandler, SubmitHandler, OpenHandler, ExitHandler:
			return callName(q)
		}
	}
	return "the handler"
}

func (st *stepper) pageConnected(e PageConnected) {
	page := &st.next.Link.Page
	switch {
	case page.Connected:
		st.note("The page was opened in another tab; the newest tab has the walk.")
	case page.Tab > 0 && st.inPage():
		st.note("The page is back, and nothing is lost: if it was loaded anew, it makes the calls again that were made before.")
	case page.Tab > 0:
		st.note("The page is back; Link goes on where it was.")
	default:
		st.note("The page is open in the browser.")
	}
	page.News = ""
	if page.Tab > 0 {
		page.News = st.why
		if st.old.Config.InPage && !st.old.HandlerLoaded { // it preloads from the start again
			st.next.Preload.Created = time.Time{}
		}
		st.watchAnew()
	}
	page.Tab, page.Connected, page.Trouble, page.BrowserTrouble = e.Tab, true, "", ""
}

// awaitsInPage reports whether a LAYER_* event is waited for that can only come
// from the page.
func (s State) awaitsInPage() bool {
	return s.Config.InPage && (s.Phase == PhaseEligibility || s.Phase == PhaseAutofill)
}

// watchAnew gives Link its time once more: the page is back, and if it was loaded
// anew it makes the submit again.
func (st *stepper) watchAnew() {
	if _, coming := PendingCall[SubmitHandler](st.next); coming || !st.old.awaitsInPage() {
		return
	}
	st.next.LastCall++ // no call is made; the number tells this wait from others
	st.watchEligibility(st.next.LastCall)
}

func (st *stepper) pageLost() {
	switch {
	case st.inPage() && st.old.Opened:
		st.note("The page was closed or is reloading, with Link in it; a closed tab calls no onExit. Your link_token and all that you entered are kept: open the page again at its address, and its user begins Link anew.")
	case st.inPage():
		st.note("The page was closed or is reloading, and the handler with it. Nothing is lost: open the page again at its address, and it makes the calls again that were made before.")
	case st.old.Phase == PhaseLink:
		st.note("The page was closed or is reloading. The Link session is still there: open the page again, or finish in the terminal.")
	default:
		st.note("The page was closed.")
	}
}

// openPageAgain is what SurfaceChosen means where the handler lives in the page:
// Link cannot be moved, but the page can be opened again in any phase.
func (st *stepper) openPageAgain(e SurfaceChosen) bool {
	switch {
	case e.Surface == InTerminal:
		st.refuse(onlyInPage)
	case e.Surface != InBrowser:
		st.refuse("Link can be shown in the browser, not in %q.", e.Surface)
	case !st.inPage():
		st.refuse("There is no handler in the page, so there is nothing to open it for: %s", awaits(st.old))
	default:
		page := &st.next.Link.Page
		page.BrowserTrouble, page.Trouble = "", ""
		st.ask(func(c Call) Question {
			return PresentLink{Call: c, HandlerID: st.next.HandlerID, Surface: InBrowser}
		})
		st.note("A browser is started with the page once more. What was called before is called there again.")
	}
	return true
}

// pageReopened takes the return of what opens the page again.
func (st *stepper) pageReopened(e HandlerOpened) bool {
	st.answered(e.Call)
	st.note("The page is being opened.")
	return true
}

// pageUnopened keeps why the page could not be opened again. No call of the
// handler has failed by that.
func (st *stepper) pageUnopened(f Failure) {
	st.next.Link.Page.Trouble = sentenceOf(f.Error())
	st.note("The page could not be opened again: %s Nothing that was entered is lost; try again, or start over.", sentenceOf(f.Error()))
}

// ---- A page that was loaded anew ------------------------------------------

// loadedAgain takes the onLoad of a handler that had loaded before, in a page
// that was loaded anew, and reports whether it was one: where the walk still
// waits for onLoad, this is it.
func (st *stepper) loadedAgain() bool {
	if !st.old.HandlerLoaded {
		return false
	}
	page := &st.next.Link.Page
	st.watchAnew()
	if p := &st.next.Preload; p.Loaded.IsZero() || p.Opened.IsZero() {
		p.Created, p.Loaded = time.Time{}, st.now
	}
	if st.old.Phase == PhaseLink || st.old.Phase == PhaseFailed && st.old.FailedIn == PhaseLink {
		st.beginAnew()
		st.note("The page was loaded anew, and Link with it: its user begins once more, in another Link session on the same link_token. Nothing else has changed.")
		page.News = st.why
		return true
	}
	st.note("The page was loaded anew and created the handler again; Link has preloaded again. The page now makes the calls again that were made before.")
	if st.old.NeedsPage() {
		page.News = st.why
	}
	return true
}

// beginAnew forgets how far the user had come in a Link that is gone.
func (st *stepper) beginAnew() {
	l := &st.next.Link
	*l = LinkState{Surface: l.Surface, Page: l.Page, Anew: true}
}

// cameAgain takes what Link called back while the page made the calls again, and
// reports whether that was all: what the walk still waits for decides now.
func (st *stepper) cameAgain(e OnEvent) bool {
	if !isOutcome(e.Name) {
		if e.Name == EventOpen && st.old.Phase == PhaseLink {
			return false
		}
		st.note("%s came again, because the page was loaded anew and made the calls again. The walk had this answer before.", e.Name)
		return true
	}
	if st.old.awaitsOutcome(e.Name) {
		return false
	}
	had := st.old.outcome()
	if had == "" && st.old.Phase == PhaseLink {
		st.note("%s came in the page that was loaded anew. open() was called without waiting for it, so it decides nothing.", e.Name)
		return true
	}
	if had != "" && contradicts(st.old, e.Name) {
		st.next.Link.Page.Trouble = "After the page was loaded anew, Link answered " + e.Name + ", where the walk had " + had + ". Load the page again, or start over with a new link_token."
		st.note("%s", st.next.Link.Page.Trouble)
		return true
	}
	st.note("%s came again, because the page was loaded anew and made the calls again. The walk had this answer before.", e.Name)
	return true
}

// awaitsOutcome reports whether the walk still waits for this LAYER_* event.
func (s State) awaitsOutcome(name string) bool {
	at := s.Phase
	if at == PhaseFailed {
		at = s.FailedIn
	}
	switch at {
	case PhaseEligibility:
		return name != EventLayerAutofillUnavailable
	case PhaseAutofill:
		return name != EventLayerNotAvailable
	}
	return false
}

// outcome is the LAYER_* event that the walk went on by, "" if it waits for one,
// did not wait for it, or has ended.
func (s State) outcome() string {
	at := s.Phase
	if at == PhaseFailed {
		at = s.FailedIn
	}
	switch at {
	case PhaseDateOfBirth, PhaseReady, PhaseLink:
		return s.heard
	}
	return ""
}

// contradicts reports whether an outcome that came again is none that the walk
// had, for the phone number or for the date of birth.
func contradicts(s State, name string) bool {
	if s.SubmittedDOB && name == EventLayerNotAvailable {
		return false // it answers the phone number, as before
	}
	return name != s.outcome()
}

// loadedDespiteFailure lets a handler be created after all: the page was opened
// after the call had been given up.
func (st *stepper) loadedDespiteFailure() bool {
	if !st.old.uncreated() {
		return false
	}
	st.resume()
	st.next.HandlerAlive, st.next.HandlerLoaded = true, true
	st.next.Preload.Loaded = st.now
	st.loaded()
	return true
}

// adopt takes the id of the Link session that an event carries. One before it
// stays ours: its webhooks may come late.
func (st *stepper) adopt(session string) {
	const most = 16 // as many reloads of one page as anybody makes
	before := st.next.LinkSessionID
	if session == "" || session == before {
		return
	}
	if before != "" && len(st.next.sessionsBefore) < most && !slices.Contains(st.next.sessionsBefore, before) {
		st.next.sessionsBefore = append(st.next.sessionsBefore, before)
	}
	st.next.LinkSessionID = session
}

// sentenceOf ends a reason with one full stop.
func sentenceOf(reason string) string { return strings.TrimRight(reason, ". ") + "." }
