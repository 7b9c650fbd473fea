package flow

import (
	"fmt"
	"slices"
	"time"
)

// Transition is the answer of Step.
type Transition struct {
	Next    State
	Effects []Effect
	// Why says in one sentence, for people, what the event meant here.
	Why     string
	Verdict Verdict
}

// Verdict says what an event did.
type Verdict int

const (
	// Refused means that it changed nothing; Why says for what reason.
	Refused Verdict = iota
	// Noted means that something became known, the walk stands where it stood.
	Noted
	// Advanced means that the walk went on to another phase.
	Advanced
)

func (v Verdict) String() string {
	return [...]string{"refused", "noted", "advanced"}[v]
}

// Step decides what an event means in a State. It is total: any event may come
// in any state, any number of times.
//
// A common prelude deals with what is the same everywhere (stale answers, calls
// that failed, callbacks of a handler left behind, the operator starting over);
// then one function per phase deals with the rest.
func Step(s State, e Event) Transition {
	if e == nil {
		return Transition{Next: s, Why: "There is no event here."}
	}
	st := stepper{old: s, next: s.clone(), now: e.When()}
	if !st.prelude(e) && !st.astray(e) {
		st.phase(e)
	}
	st.aftermath(e)
	return st.transition()
}

// stepper collects the answer while an event is looked at.
type stepper struct {
	old, next State
	now       time.Time
	effects   []Effect
	why       string
	verdict   Verdict
}

func (st *stepper) transition() Transition {
	if st.verdict == Refused {
		return Transition{Next: st.old, Why: st.why, Verdict: Refused}
	}
	if st.next.Phase != st.old.Phase || st.next.Attempt != st.old.Attempt {
		st.verdict = Advanced
	}
	return Transition{Next: st.next, Effects: st.effects, Why: st.why, Verdict: st.verdict}
}

// refuse gives the reason why the event changes nothing.
func (st *stepper) refuse(format string, args ...any) {
	st.verdict, st.why = Refused, fmt.Sprintf(format, args...)
}

// note accepts the event and says what it meant.
func (st *stepper) note(format string, args ...any) {
	st.verdict, st.why = Noted, fmt.Sprintf(format, args...)
}

// move goes to another phase.
func (st *stepper) move(p Phase, format string, args ...any) {
	st.next.Phase, st.next.Link.Page.News = p, ""
	st.note(format, args...)
}

// end goes to a phase in which the walk is over, and keeps the reason there.
func (st *stepper) end(p Phase, format string, args ...any) {
	st.move(p, format, args...)
	st.next.EndReason = st.why
	st.next.Silent = false
}

// order asks for an effect that nothing answers.
func (st *stepper) order(e Effect) { st.effects = append(st.effects, e) }

// ask gives the next call id to a question and puts it.
func (st *stepper) ask(question func(Call) Question) CallID {
	st.next.LastCall++
	q := question(Call{Call: st.next.LastCall})
	st.next.Pending = append(st.next.Pending, q)
	st.order(q)
	return q.CallID()
}

// answered takes a call off the list of those waited for.
func (st *stepper) answered(id CallID) (Question, bool) {
	st.next.strayCalls = slices.DeleteFunc(st.next.strayCalls, func(stray CallID) bool { return stray == id })
	for i, q := range st.next.Pending {
		if q.CallID() == id {
			st.next.Pending = slices.Delete(st.next.Pending, i, i+1)
			return q, true
		}
	}
	return nil, false
}

// destroyHandler gives the handler up, if there is one. Plaid's guide asks for
// it before falling back, and a handler is good for one session only. One that
// is just being created is given up as well, or nobody ever would.
func (st *stepper) destroyHandler() {
	_, coming := PendingCall[CreateHandler](st.next)
	if !st.next.HandlerAlive && !coming {
		return
	}
	st.next.HandlerAlive = false
	st.order(DestroyHandler{HandlerID: st.next.HandlerID})
}

// prelude handles what is the same in every phase and reports whether the
// event is dealt with.
func (st *stepper) prelude(e Event) bool {
	switch e := e.(type) {
	case ExchangeRecorded:
		st.note("%s", exchangeSentence(e.Exchange))
		return true
	case AppDid:
		st.note("%s", e.Sentence())
		return true
	case StartOverRequested:
		st.startOver(e)
		return true
	case DoWrong:
		// Mistakes call each other through a table, so that the compiler puts on the
		// heap what they get. It gets a copy: no other event needs that.
		wrong := *st
		wrong.doWrong(e)
		*st = wrong
		return true
	case CallFailed:
		st.failed(e)
		return true
	case OnLoad:
		if st.wrongHandler(e.HandlerID, "onLoad") {
			return true
		}
		st.next.Link.Page.Trouble = ""
		return e.Again && st.loadedAgain()
	case OnEvent:
		if st.wrongHandler(e.HandlerID, e.Name) || st.doubled(e) {
			return true
		}
		if isOutcome(e.Name) || e.Name == EventOpen { // Link works, whatever it was
			st.next.Link.Page.Trouble = ""
		}
		return e.Again && st.cameAgain(e)
	case SurfaceChosen:
		return st.old.Config.InPage && st.openPageAgain(e)
	case OnSuccess:
		return st.wrongHandler(e.HandlerID, "onSuccess")
	case OnExit:
		return st.wrongHandler(e.HandlerID, "onExit")
	case PaneShown:
		return st.wrongHandler(e.HandlerID, "A pane of Link")
	case WebhookReceived:
		st.webhook(e)
		return true
	case PageServed, BrowserStarted, BrowserFailed, PageConnected, PageLost, PageTrouble:
		st.page(e)
		return true
	case SessionTokenCreated:
		return unasked[CreateSessionToken](st, e.Call)
	case HandlerCreated:
		return unasked[CreateHandler](st, e.Call)
	case HandlerSubmitted:
		return unasked[SubmitHandler](st, e.Call)
	case HandlerOpened:
		if _, again := st.pending(e.Call).(PresentLink); again {
			return st.old.Config.InPage && st.pageReopened(e)
		}
		return unasked[OpenHandler](st, e.Call)
	case LinkDriven:
		return unasked[DriveLink](st, e.Call)
	case HandlerExited:
		return unasked[ExitHandler](st, e.Call)
	case UserAccountFetched:
		return unasked[GetUserAccountSession](st, e.Call)
	case AccountsFetched:
		return unasked[GetAccounts](st, e.Call)
	case PublicTokenExchanged:
		return unasked[ExchangePublicToken](st, e.Call)
	case WebhooksTried:
		return unasked[TryWebhooks](st, e.Call)
	case TimePassed:
		return unasked[LetTimePass](st, e.Call)
	}
	return false
}

// phase hands the event to the phase the walk is in.
func (st *stepper) phase(e Event) {
	switch st.old.Phase {
	case PhaseToken:
		st.inToken(e)
	case PhaseHandler:
		st.inHandler(e)
	case PhasePhone:
		st.inPhone(e)
	case PhaseEligibility:
		st.inEligibility(e)
	case PhaseDateOfBirth:
		st.inDateOfBirth(e)
	case PhaseAutofill:
		st.inAutofill(e)
	case PhaseReady:
		st.inReady(e)
	case PhaseLink:
		st.inLink(e)
	case PhaseSession:
		st.inSession(e)
	case PhaseOnboarded:
		st.inOnboarded(e)
	case PhaseFallback:
		st.inFallback(e)
	case PhaseExited:
		st.inExited(e)
	case PhaseFailed:
		st.inFailed(e)
	default:
		st.refuse("The walk is in no known phase (%q). Start over.", st.old.Phase)
	}
}

// pending returns the call with this id if it is waited for.
func (st *stepper) pending(id CallID) Question {
	for _, q := range st.old.Pending {
		if q.CallID() == id {
			return q
		}
	}
	return nil
}

// unasked refuses an answer to a call that nobody waits for, or that was
// another kind of call.
func unasked[Q Question](st *stepper, id CallID) bool {
	q := st.pending(id)
	if q == nil {
		st.refuse("This answers call %d, which nobody waits for: it was answered before, or the walk has started over.", id)
		return true
	}
	if _, ok := q.(Q); !ok {
		st.refuse("This is no answer to call %d, which is %s.", id, callName(q))
		return true
	}
	return false
}

// wrongHandler refuses callbacks of a handler that is not the current one.
func (st *stepper) wrongHandler(id HandlerID, what string) bool {
	if id == st.old.HandlerID && id != 0 {
		return false
	}
	st.refuse("%s came from handler %d, which was left behind; callbacks can outlive their handler.", what, id)
	return true
}

// seenLimit bounds how many events are remembered to recognise doubles; a
// session has a few dozen.
const seenLimit = 64

// doubled refuses an event that was delivered before, or remembers it. Events
// of one name differ at least in their timestamp or request_id.
func (st *stepper) doubled(e OnEvent) bool {
	key := seenEvent{e.Name, e.Metadata.ViewName, e.Metadata.ErrorCode, e.Metadata.RequestID, e.Metadata.Timestamp}
	if !key.at.IsZero() && slices.Contains(st.next.seen, key) {
		st.refuse("%s was delivered twice; the second time changes nothing.", e.Name)
		return true
	}
	if len(st.next.seen) == seenLimit {
		st.next.seen = slices.Delete(st.next.seen, 0, 1)
	}
	st.next.seen = append(st.next.seen, key)
	st.adopt(e.Metadata.LinkSessionID)
	return false
}

// startOver leaves everything of this attempt but what the operator entered.
// Call and handler ids go on counting, so that late answers and callbacks of
// the attempt that was left find nobody.
func (st *stepper) startOver(e StartOverRequested) {
	st.destroyHandler()
	old := st.next
	config := old.Config
	if old.usual != nil {
		config = *old.usual
	}
	if _, uncreated := old.FailedCall.(CreateHandler); uncreated && config.InPage {
		// A page that is opened late must not create it after all.
		st.order(DestroyHandler{HandlerID: old.HandlerID})
	}
	st.next = New(config)
	if e.TemplateID != "" {
		st.next.Config.TemplateID = e.TemplateID
	}
	if e.Client.Platform != "" {
		st.next.Config.Client = e.Client
	}
	st.next.Attempt = old.Attempt
	if old.LastCall > 0 { // choosing a template before anything was asked is no attempt
		st.next.Attempt++
	}
	st.next.LastCall, st.next.LastHandler, st.next.Tally = old.LastCall, old.LastHandler, old.Tally
	st.next.GenuineWebhook = old.GenuineWebhook
	st.next.Phone, st.next.DateOfBirth = old.Phone, old.DateOfBirth
	switch page := old.Link.Page; {
	case config.InPage: // it is served as long as the program runs
		st.next.Link.Page = PageState{URL: page.URL, Tab: page.Tab, Connected: page.Connected, BrowserTrouble: page.BrowserTrouble}
	case page.Connected: // a tab that is open outlives the attempt
		st.next.Link.Page = PageState{URL: page.URL, Tab: page.Tab, Connected: true}
	}
	if e.Client.Platform != "" {
		st.note("Your app now uses %s. An app is built with one SDK, so a new attempt begins, with a new link_token.", e.Client.Label())
		return
	}
	st.note("A new attempt begins with a new link_token; a token and its handler are good for one session.")
}

func exchangeSentence(x Exchange) string {
	if x.Status == 0 {
		return fmt.Sprintf("Our server called %s and got no answer.", x.URL)
	}
	return fmt.Sprintf("Our server called %s; the answer was HTTP %d.", x.URL, x.Status)
}
