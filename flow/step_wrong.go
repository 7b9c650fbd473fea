package flow

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What the walk does when the app makes a mistake on purpose: the calls that
// such an app would make. What follows is left to Link and Plaid.

// doWrong commits a mistake, if it can be committed now.
func (st *stepper) doWrong(e DoWrong) {
	w, ok := e.Wrong.Wrong()
	if !ok {
		st.refuse("There is no mistake named %q to commit.", CleanLine(string(e.Wrong), 40))
		return
	}
	if why := w.Obstacle(st.old); why != "" {
		st.refuse("%s cannot be done wrong now: %s.", capital(w.Title), why)
		return
	}
	st.next.Mistake = Mistake{Wrong: w.ID, since: e.At}
	w.commit(st, e)
}

// arm lets the mistake wait for its moment.
func (st *stepper) arm(format string, args ...any) {
	st.next.Mistake.Armed = true
	st.note(format, args...)
}

// wrongly makes a call of the mistake's: its answer is part of what comes of
// the mistake and leads the walk nowhere.
func (st *stepper) wrongly(question func(Call) Question) {
	call := st.ask(question)
	st.next.Mistake.calls = append(st.next.Mistake.calls, call)
	st.next.strayCalls = append(st.next.strayCalls, call)
}

// cameOfCall says what has come of a mistake's call, unless the walk has left
// that mistake behind.
func (st *stepper) cameOfCall(id CallID, format string, args ...any) {
	if st.old.Mistake.madeWrongly(id) {
		st.cameOf(format, args...)
	}
}

// cameOf says what has come of the mistake.
func (st *stepper) cameOf(format string, args ...any) {
	st.next.Mistake.Outcome = fmt.Sprintf(format, args...)
	st.next.Mistake.Armed = false
}

// ---- Before Link ----------------------------------------------------------

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

// ---- Link -----------------------------------------------------------------

func (st *stepper) openEarly(e DoWrong) {
	st.openLink(e.Surface)
	st.why = "open() is called, and LAYER_READY has not come."
}

func (st *stepper) openTwice(e DoWrong) {
	if st.old.Phase == PhaseReady {
		st.openLink(e.Surface)
		st.next.Mistake.Armed = true
		st.why = "open() is called; nothing in the app remembers it."
		return
	}
	st.openAgain()
}

func (st *stepper) openAgain() {
	st.next.Mistake.Armed = false
	st.wrongly(func(c Call) Question {
		return OpenHandler{Call: c, HandlerID: st.next.HandlerID, Surface: st.next.Link.Surface, Again: true}
	})
	st.note("open() is called a second time on the same handler.")
}

func (st *stepper) actOnInformation(DoWrong) {
	st.arm("The app is written to let the user in when SUBMIT_OTP or VERIFY_PHONE comes.")
}

// ForgedPublicToken is the public_token of an onSuccess that Link never
// called.
const ForgedPublicToken = "profile-sandbox-00000000-0000-4000-8000-000000000000"

// IsForged reports whether a public_token is ForgedPublicToken.
func IsForged(t PublicToken) bool { return t == NewPublicToken(ForgedPublicToken) }

func (st *stepper) forgeSuccess(DoWrong) {
	st.order(ForgeOnSuccess{HandlerID: st.next.HandlerID, PublicToken: NewPublicToken(ForgedPublicToken)})
	st.arm("Somebody calls the client's onSuccess with a public_token of their own making: a client can be told anything.")
}

// forged takes the onSuccess that was made up.
func (st *stepper) forged(e OnSuccess) bool {
	inLink := st.old.Phase == PhaseLink || st.old.Phase == PhaseFailed && st.old.FailedIn == PhaseLink && st.old.HandlerAlive
	if !inLink || !IsForged(e.PublicToken) {
		return false
	}
	if st.next.Mistake.Wrong != WrongOnSuccessTrusted {
		st.refuse("An onSuccess that was made up came when the walk had left that mistake behind.")
		return true
	}
	st.order(DoDeed{Deed: DeedTrustedPhone, Because: "onSuccess"})
	st.next.Mistake.Armed = false
	st.wrongly(func(c Call) Question { return GetUserAccountSession{Call: c, PublicToken: e.PublicToken} })
	st.note("onSuccess, the client says, and the app lets the user in. The server asks Plaid about that public_token.")
	return true
}

func (st *stepper) sendOwnCode(DoWrong) {
	because := "the phone was proven inside Link"
	switch st.old.PhoneProof {
	case ProofWebhook:
		because = "after " + WebhookLayerAuthenticationPassed
	case ProofSession:
		because = "after " + string(ProofSession) + " returned the phone number"
	}
	st.order(DoDeed{Deed: DeedSentOwnCode, Because: because})
	st.note("The app sends a one-time code of its own.")
	st.cameOf("A second code is on its way to %s, though %s. It proves nothing new.", st.old.Phone.String(), strings.TrimPrefix(because, "after "))
	if st.old.PhoneProof != "" {
		st.next.Mistake.Outcome = fmt.Sprintf("A second code is on its way to %s, which %s has proven already.", st.old.Phone.String(), st.old.PhoneProof)
	}
}

func (st *stepper) exchange(DoWrong) {
	if st.old.Phase == PhaseLink {
		st.arm("The server is written to exchange the public_token when onSuccess brings one.")
		return
	}
	st.exchangeToken()
	st.note("The server calls /item/public_token/exchange with Layer's token.")
}

func (st *stepper) exchangeToken() {
	st.next.Mistake.Armed = false
	st.wrongly(func(c Call) Question { return ExchangePublicToken{Call: c, PublicToken: st.next.PublicToken} })
}

func (st *stepper) neverRead(DoWrong) {
	st.arm("The app is written to be happy with onSuccess; nobody calls /user_account/session/get.")
}

// misread deals with an onSuccess after which the server does not do what it
// should.
func (st *stepper) misread(e OnSuccess) bool {
	m := &st.next.Mistake
	if !m.Armed || e.PublicToken.IsZero() || st.old.Phase != PhaseLink {
		return false
	}
	switch m.Wrong {
	case WrongPublicTokenExchanged:
		st.keepSuccess(e)
		st.exchangeToken()
		st.move(PhaseSession, "onSuccess gave a public_token, and the server exchanges it, as for any other product of Plaid's.")
		return true
	case WrongSessionNeverRead:
		st.keepSuccess(e)
		st.move(PhaseSession, "onSuccess gave a public_token. The app says thank you, and its server asks nothing.")
		st.cameOf("The user has shared, and the app knows nothing of it: no identity, no Items. Nobody asks with the public_token.")
		return true
	}
	return false
}

// ---- After Link -----------------------------------------------------------

func (st *stepper) trustIdentity(DoWrong) {
	st.order(DoDeed{Deed: DeedTrustedIdentity, Because: string(ProofSession)})
	st.note("The app files the identity as verified.")
	var edited []string
	for _, row := range st.old.Account.History.Rows() {
		if row.Counts.Current > 0 {
			edited = append(edited, row.Label)
		}
	}
	if len(edited) == 0 {
		st.cameOf("This user changed nothing, so nobody notices. The next one types another name into Link, and the app files that.")
		return
	}
	st.cameOf("The user changed this in Link a moment ago: %s. The app files it as verified.", strings.Join(edited, ", "))
}

func (st *stepper) firstItem(DoWrong) {
	st.order(DoDeed{Deed: DeedReadFirstItem, Because: countOf(len(st.old.Account.Items), "Item") + " came"})
	st.note("The server reads items[0].")
	switch items := st.old.Account.Items; len(items) {
	case 0:
		st.cameOf("There is no items[0]: the server fails with an index out of range, for a user who did everything right.")
	case 1:
		st.cameOf("One Item came, so it works today. The next user shares two banks, or none.")
	default:
		var lost []string
		for _, it := range items[1:] {
			name := it.Institution
			if name == "" {
				name = MaskID(it.ItemID)
			}
			lost = append(lost, fmt.Sprintf("%s (%s)", name, countOf(len(it.Accounts), "account")))
		}
		st.cameOf("Lost: %s. The user shared them, and the app will never know.", strings.Join(lost, ", "))
	}
}

func (st *stepper) rejectNoItems(DoWrong) {
	st.order(DoDeed{Deed: DeedRejectedNoItems, Because: string(ProofSession)})
	st.end(PhaseFallback, "The server took an empty list of Items for a failure and sent the user to the app's own form.")
	st.cameOf("Plaid has onboarded this user and bills for it; the app asks for everything once more.")
}

func (st *stepper) reuseToken(e DoWrong) {
	token, expiration, m := st.old.LinkToken, st.old.Expiration, st.next.Mistake
	st.startOver(StartOverRequested{At: e.At})
	st.next.LinkToken, st.next.Expiration, st.next.Mistake = token, expiration, m
	st.createHandler(PhoneNumber{})
	st.move(PhaseHandler, "Another handler is created with the link_token of the session that is over.")
	st.next.Mistake.Armed = true
}

func (st *stepper) countSubmits(DoWrong) {
	t := st.old.Tally
	st.order(DoDeed{Deed: DeedCountedSubmits, Because: fmt.Sprintf("%s, %s", countOf(t.Submits, "submit"), countOf(t.Users, "user"))})
	st.note("The app counts its submits.")
	st.cameOf("By submits: %d of %d, %s. By users: %d of %d, %s.",
		t.Successes, t.Submits, percent(t.Successes, t.Submits), t.Successes, t.Users, percent(t.Successes, t.Users))
}

func (st *stepper) autofillWithoutAccounts(e DoWrong) {
	if e.TemplateID == "" {
		st.refuse("There is no template whose accounts are required.")
		return
	}
	st.startOverWrong(e, func(c *Config) { c.TemplateID = e.TemplateID })
	st.next.Phone, st.next.DateOfBirth = NewPhoneNumber(proposedPhone), NewDateOfBirth(proposedBirth)
	st.arm("A new attempt begins, with a template that requires financial accounts. Submit the phone number and the date of birth that are proposed.")
}

func (st *stepper) oldSDK(e DoWrong) {
	if e.Client.Layer || e.Client.Platform == "" {
		st.refuse("There is no version of this SDK from before Layer.")
		return
	}
	st.startOverWrong(e, func(c *Config) { c.Client = e.Client })
	st.arm("A new attempt begins with %s, which does not know Layer.", e.Client.Label())
}

// startOverWrong begins an attempt with something wrong in the configuration,
// which the next one puts right again.
func (st *stepper) startOverWrong(e DoWrong, spoil func(*Config)) {
	m := st.next.Mistake
	st.startOver(StartOverRequested{At: e.At})
	usual := st.next.Config
	spoil(&st.next.Config)
	st.next.usual, st.next.Mistake = &usual, m
}

// howChecked says of each mistake with webhooks how the server checks them.
var howChecked = map[WrongID]string{
	WrongWebhookUnverified: CheckedNothing,
	WrongWebhookReencoded:  CheckedReencoded,
	WrongWebhookOneKey:     CheckedOneKey,
	WrongWebhookDER:        CheckedDER,
}

func (st *stepper) tryWebhooks(e DoWrong) {
	st.wrongly(func(c Call) Question {
		return TryWebhooks{Call: c, Wrong: e.Wrong, LinkSessionID: st.old.LinkSessionID, LinkToken: st.old.LinkToken}
	})
	if st.old.Config.InPage {
		st.note("Webhooks are forged in this program, as anybody could who knows the address of the receiver. Each is checked twice: rightly, with what Plaid says of its key, and with the mistake.")
		return
	}
	st.note("Plaid sends webhooks of this session once more, to a receiver in this program that checks each twice: rightly, and with the mistake.")
}

func (st *stepper) webhooksTried(e WebhooksTried) {
	st.answered(e.Call)
	m := &st.next.Mistake
	if !m.madeWrongly(e.Call) {
		st.note("The webhooks were tried; nobody looks at them any more.")
		return
	}
	m.Trials = slices.Clone(e.Trials)
	var fooled, lost []string
	for _, t := range e.Trials {
		switch {
		case t.Right != "" && t.Wrong == "":
			fooled = append(fooled, t.What)
		case t.Right == "" && t.Wrong != "":
			lost = append(lost, fmt.Sprintf("%s (%s)", t.What, t.Wrong))
		}
	}
	var said []string
	if len(fooled) > 0 {
		said = append(said, "It believes "+strings.Join(fooled, " and ")+", which the right check refuses.")
	}
	if len(lost) > 0 {
		said = append(said, "It refuses "+strings.Join(lost, " and ")+", which the right check believes.")
	}
	if len(said) == 0 {
		said = append(said, "This time both checks agree.")
	}
	switch { // what is lost weighs most: it is seen every day
	case len(lost) > 0:
		st.order(DoDeed{Deed: DeedRefusedWebhook, Because: howChecked[m.Wrong]})
	case len(fooled) > 0:
		st.order(DoDeed{Deed: DeedBelievedWebhook, Because: howChecked[m.Wrong]})
	}
	st.cameOf("%s", strings.Join(said, " "))
	st.note("%s were checked twice. %s", capital(countOf(len(e.Trials), "webhook")), m.Outcome)
}

func percent(n, of int) string {
	if of == 0 {
		return "0 %"
	}
	return fmt.Sprintf("%d %%", (100*n+of/2)/of)
}

func countOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// madeWrongly reports whether a call was made by the mistake.
func (m Mistake) madeWrongly(id CallID) bool { return slices.Contains(m.calls, id) }
