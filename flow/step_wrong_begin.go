package flow

import (
	"time"
)

// Mistakes on purpose before Link is open.

// proposedBirth is the date of birth with which Extended Autofill succeeds in
// Sandbox, foreignPhone a number of another country, both for when nothing was
// entered (Plaid docs: Layer, testing in Sandbox).
const (
	proposedPhone = "+14155550000"
	proposedBirth = "1975-01-18"
	foreignPhone  = "+442079460958"
)

func (st *stepper) enter(e DoWrong) {
	if !e.Phone.IsZero() {
		st.next.Phone = e.Phone
	} else if st.next.Phone.IsZero() {
		st.next.Phone = NewPhoneNumber(proposedPhone)
	}
	if !e.DateOfBirth.IsZero() {
		st.next.DateOfBirth = e.DateOfBirth
	} else if st.next.DateOfBirth.IsZero() {
		st.next.DateOfBirth = NewDateOfBirth(proposedBirth)
	}
}

func (st *stepper) createHandler(early PhoneNumber) {
	st.next.LastHandler++
	st.next.HandlerID = st.next.LastHandler
	st.next.seen, st.next.heard = nil, ""
	st.next.Link.Page.Trouble = ""
	if page := &st.next.Link.Page; st.old.Config.InPage && !page.Connected { // a browser is started, as for the first handler
		page.Tab, page.BrowserTrouble = 0, ""
	}
	st.next.Preload = Preload{Asked: st.now}
	st.ask(func(c Call) Question {
		return CreateHandler{Call: c, HandlerID: st.next.HandlerID, LinkToken: st.next.LinkToken, Early: early}
	})
}

func (st *stepper) submitBeforeLoad(e DoWrong) {
	birth := st.next.DateOfBirth
	st.enter(e)
	st.next.DateOfBirth = birth
	st.createHandler(st.next.Phone)
	st.arm("create(), and submit() in the next line: Link is still loading.")
}

func (st *stepper) createLate(DoWrong) {
	st.move(PhasePhone, "There is a link_token and no handler. The app asks for the phone number all the same, and will call create() when it has one.")
	st.next.Mistake.Armed = true
}

// createForSubmit is what a late handler makes of a phone number: create first.
func (st *stepper) createForSubmit(e PhoneNumberEntered) {
	if _, coming := PendingCall[CreateHandler](st.old); coming || st.old.HandlerAlive {
		st.refuse("The handler is being created; the phone number is submitted when it has loaded.")
		return
	}
	st.next.Phone = e.Phone
	st.next.Mistake.since = e.At
	st.createHandler(PhoneNumber{})
	st.note("There is no handler to submit to: create() is called only now, and the user waits.")
}

// lateHandler takes what belongs to a handler that is created in PhasePhone.
func (st *stepper) lateHandler(e Event) bool {
	if st.old.Phase != PhasePhone || st.old.HandlerLoaded && st.old.HandlerAlive {
		return false
	}
	switch e := e.(type) {
	case HandlerCreated:
		st.answered(e.Call)
		st.next.HandlerAlive = true
		st.next.Preload.Created = st.now
	case OnLoad:
		st.next.HandlerLoaded = true
		st.next.Preload.Loaded = st.now
	default:
		return false
	}
	if !st.next.HandlerAlive || !st.next.HandlerLoaded {
		st.note("The handler is on its way. The user waits.")
		return true
	}
	waited := "no time that could be measured"
	if d := st.now.Sub(st.next.Mistake.since.When()).Round(time.Millisecond); d > 0 {
		waited = d.String()
	}
	st.submitPhone()
	if st.next.Mistake.Wrong == WrongLateCreate {
		here := " Here Link is in this program; a real one loads over the network."
		if st.old.Config.InPage {
			here = " The user waited all that time."
		}
		st.cameOf("After the phone number was typed, create() and onLoad took %s before it could be submitted.%s", waited, here)
	}
	return true
}

func (st *stepper) useExpired(e DoWrong) {
	by := max(st.old.Expiration.Sub(st.now), 0) + time.Minute
	if st.old.Phase == PhasePhone {
		birth := st.next.DateOfBirth
		st.enter(e)
		st.next.DateOfBirth = birth
	}
	if e.Surface != "" && !st.old.Config.InPage { // a handler in a page has no other place
		st.next.Link.Surface = e.Surface
	}
	st.wrongly(func(c Call) Question { return LetTimePass{Call: c, By: by} })
	st.arm("The simulator's clock moves on by %s: the link_token expires, and the app does not notice.", by.Round(time.Minute))
}

// timePassed goes on with a token that has expired meanwhile.
func (st *stepper) timePassed(e TimePassed) {
	st.answered(e.Call)
	if st.next.Mistake.Wrong != WrongTokenExpiredUsed || !st.next.Mistake.Armed {
		st.note("The simulator's clock has moved on.")
		return
	}
	st.next.Mistake.Armed = false
	switch st.old.Phase {
	case PhaseHandler:
		st.createHandler(PhoneNumber{})
		st.note("The link_token has expired at Plaid; create() is called with it.")
	case PhasePhone:
		st.submitPhone()
		st.why = "The link_token has expired at Plaid; submit() is called on its handler."
	case PhaseReady:
		st.openLink(st.next.Link.Surface)
		st.why = "The link_token has expired at Plaid; open() is called on its handler."
	default:
		st.note("The simulator's clock has moved on; the walk had gone on before.")
	}
}

func (st *stepper) submitForeign(e DoWrong) {
	st.next.Phone = e.Phone
	if e.Phone.IsZero() || IsNorthAmerican(e.Phone) {
		st.next.Phone = NewPhoneNumber(foreignPhone)
	}
	st.submitPhone()
	st.why = "A phone number that does not begin with +1 goes to Link. Layer serves the United States only."
}

func (st *stepper) submitBirthFirst(e DoWrong) {
	phone := st.next.Phone
	st.enter(e)
	st.next.Phone = phone
	st.wrongly(func(c Call) Question {
		return SubmitHandler{Call: c, HandlerID: st.next.HandlerID, DateOfBirth: st.next.DateOfBirth}
	})
	st.note("submit() is called with a date of birth, before there was a phone number.")
}

func (st *stepper) submitBoth(e DoWrong) {
	st.enter(e)
	call := st.ask(func(c Call) Question {
		return SubmitHandler{Call: c, HandlerID: st.next.HandlerID, Phone: st.next.Phone, DateOfBirth: st.next.DateOfBirth}
	})
	st.awaitAnswer(call)
	st.move(PhaseEligibility, "One submit() carries phone_number and date_of_birth. Link reads one field at a time.")
}

func (st *stepper) ignoreOutcome(DoWrong) {
	st.arm("The app's onEvent has no code for the LAYER_* event that comes next.")
}

// unhandled swallows the event that the app has no code for.
func (st *stepper) unhandled(e OnEvent) bool {
	m := &st.next.Mistake
	if m.Wrong != WrongOutcomeUnhandled || !m.Armed || !isOutcome(e.Name) || st.old.Phase != PhaseEligibility && st.old.Phase != PhaseAutofill {
		return false
	}
	st.order(DoDeed{Deed: DeedIgnoredEvent, Because: e.Name})
	st.cameOf("%s came, and the app does nothing. The user waits for ever, unless something is submitted again.", e.Name)
	st.note("%s came, and the app has no code for it. Nothing happens.", e.Name)
	return true
}

func isOutcome(name string) bool {
	return name == EventLayerReady || name == EventLayerNotAvailable || name == EventLayerAutofillUnavailable
}

func (st *stepper) fallBackAlive(DoWrong) {
	session := ""
	if st.old.LinkSessionID != "" {
		session = " and Link session " + st.old.LinkSessionID
	}
	st.end(PhaseFallback, "The app shows its own form and did not destroy the handler.")
	st.cameOf("Handler %d%s are alive behind the form. What Link calls back still reaches the app.", st.old.HandlerID, session)
}
