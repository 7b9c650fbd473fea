package plaidsim

import (
	"strings"
	"time"

	"layersim/fixtures"
	"layersim/flow"
)

// linkState is where a Link session stands.
type linkState string

const (
	stateCreated    linkState = "created"
	stateEligible   linkState = "eligible"   // LAYER_READY was sent
	stateNeedDOB    linkState = "need_dob"   // LAYER_NOT_AVAILABLE was sent
	stateIneligible linkState = "ineligible" // LAYER_AUTOFILL_NOT_AVAILABLE was sent
	stateConsent    linkState = "consent"
	stateVerify     linkState = "verify_phone"
	stateReview     linkState = "review"
	// Adding another bank, from review and back to it.
	stateInstitution linkState = "select_institution"
	stateCredential  linkState = "credential"
	stateOAuth       linkState = "oauth"
	stateMFA         linkState = "mfa"
	stateAccounts    linkState = "select_account"
	stateConnected   linkState = "connected"
	// The user is asked whether to leave.
	stateLeaving linkState = "leaving"
	stateDone    linkState = "done"   // onSuccess
	stateExited  linkState = "exited" // onExit
)

// views are what an open Link shows in each state, as TRANSITION_VIEW has it.
var views = map[linkState]string{
	stateConsent: flow.ViewConsent, stateVerify: flow.ViewVerifyPhone, stateReview: flow.ViewReview,
	stateInstitution: flow.ViewSelectInstitution, stateCredential: flow.ViewCredential, stateOAuth: flow.ViewOAuth,
	stateMFA: flow.ViewMFA, stateAccounts: flow.ViewSelectAccount, stateConnected: flow.ViewConnected,
	stateLeaving: flow.ViewExit,
}

func (s linkState) open() bool  { return views[s] != "" }
func (s linkState) final() bool { return s == stateDone || s == stateExited }

// linkStates are all of them, in the order of a walk.
var linkStates = []linkState{
	stateCreated, stateEligible, stateNeedDOB, stateIneligible, stateConsent, stateVerify, stateReview, stateInstitution,
	stateCredential, stateOAuth, stateMFA, stateAccounts, stateConnected, stateLeaving, stateDone, stateExited,
}

// session is a Link session: a value that step never changes in place.
type session struct {
	State         linkState
	LinkSessionID uuid
	Template      *fixtures.Template
	TokenExpires  time.Time
	Spent         bool // another session of the link_token has used it up; strict only

	Phone   flow.PhoneNumber
	Persona *fixtures.Persona // nil: nobody we know
	Why     string            // reason of the last verdict
	Asked   bool              // LAYER_NOT_AVAILABLE has answered the phone number

	Fields     []field
	Banks      []bank
	WrongCodes int
	Notice     string // what went wrong with the last thing the user did
	// Failed: the ERROR pane stays up until the user closes it, though the
	// session has ended.
	Failed bool

	Adding  adding    // the bank that the user is adding
	Leaving linkState // where the user goes on who does not leave after all

	lastStamp time.Time
}

// action is one thing the app or the user does to a Link session.
type action struct {
	Verb        string
	Phone       string // submit
	DateOfBirth string // submit
	Code        string // code
	Values      map[string]string
	Accounts    *[]string // nil: as preselected
	Institution string    // institution: its id
	Force       bool      // exit
}

// world is what step may ask for besides its values.
type world struct {
	now     time.Time
	ids     *ids
	catalog *fixtures.Catalog
}

// outcome is what an action led to.
type outcome struct {
	Callbacks []callback
	Refused   string // why the action did not fit; nothing changed then
	Grant     *grant // set when the user shared
	Webhooks  []news // what the app's server must be told, in order
}

const (
	wrongCodesAllowed = 3
	sandboxCode       = "123456" // Plaid docs: Layer, testing in Sandbox
)

// step performs one action on a Link session. It is pure but for the ids it
// draws. An action that does not fit the state changes nothing and says why.
func step(s session, a action, w world) (session, outcome) {
	t := &turn{s: s, w: w}
	switch a.Verb {
	case "submit":
		t.submit(a)
	case "open":
		t.open()
	case "continue":
		t.proceed()
	case "code":
		t.code(a.Code)
	case "verified":
		t.verified()
	case "share":
		t.share(a)
	case "close", "exit":
		t.leave(a)
	case "sync":
	default:
		t.addBank(a)
	}
	if t.out.Refused != "" {
		return s, t.out
	}
	return t.s, t.out
}

// turn is the working copy of one step.
type turn struct {
	s         session
	w         world
	out       outcome
	requestID string
}

func (t *turn) refuse(why string) { t.out.Refused = why }

// event adds a call of onEvent. Every event of a session has a later timestamp
// than the one before, because sorting by timestamp is how an app restores the
// order (Plaid docs: Link Web, onEvent). UNCONFIRMED: which keys are set on
// LAYER_* events; here timestamp, link_session_id and request_id.
func (t *turn) event(name string, fill func(*eventMetadata)) {
	at := t.w.now.Truncate(time.Millisecond)
	if !at.After(t.s.lastStamp) {
		at = t.s.lastStamp.Add(time.Millisecond)
	}
	t.s.lastStamp = at
	m := eventMetadata{Timestamp: stamp(at), LinkSessionID: t.s.LinkSessionID.String(), RequestID: t.request()}
	if i := t.s.Adding.Institution; i != nil {
		m.InstitutionID, m.InstitutionName = opt(i.ID), opt(i.Name)
	}
	if fill != nil {
		fill(&m)
	}
	t.out.Callbacks = append(t.out.Callbacks, callback{Kind: kindEvent, Name: name, Metadata: m, at: at})
}

func (t *turn) view(name string) {
	t.event(flow.EventTransitionView, func(m *eventMetadata) { m.ViewName = opt(name) })
}

func (t *turn) failure(e exitError) {
	t.event(flow.EventError, func(m *eventMetadata) { m.error(e) })
}

func (m *eventMetadata) error(e exitError) {
	m.ErrorType, m.ErrorCode, m.ErrorMessage = opt(e.Type), opt(e.Code), opt(e.Message)
}

func (t *turn) request() string {
	if t.requestID == "" {
		t.requestID = t.w.ids.requestID()
	}
	return t.requestID
}

// submit takes one field at a time. Given both, only the phone number is read
// (UNCONFIRMED; Plaid docs ask for one after the other). A date of birth that
// nobody asked for is dropped. UNCONFIRMED: a second phone number on the same
// handler is judged anew, and so is a second date of birth, as from an app that the
// answer to the first has not reached.
func (t *turn) submit(a action) {
	switch {
	case t.s.State.open():
		t.refuse("submit came after open: Link is open already")
	case t.s.State.final():
		t.refuse("submit came after the session had ended")
	case t.expired():
	case a.Phone != "":
		t.submitPhone(a.Phone)
		if a.DateOfBirth != "" && t.out.Refused == "" {
			t.s.Why += "; the date_of_birth in the same submit was not read"
		}
	case a.DateOfBirth == "":
		t.refuse("submit needs phone_number or date_of_birth")
	case !t.s.Asked:
		t.refuse("date_of_birth is read only after LAYER_NOT_AVAILABLE; submit phone_number first")
	default:
		t.submitDateOfBirth(a.DateOfBirth)
	}
}

func (t *turn) submitPhone(typed string) {
	phone, err := flow.ParsePhoneNumber(typed)
	if err != nil {
		// UNCONFIRMED: which formats Plaid accepts and what it does with others.
		t.refuse("phone_number: " + err.Error())
		return
	}
	t.s.Phone, t.s.Persona, t.s.Asked = phone, nil, false
	if p, ok := t.w.catalog.PersonaByPhone(phone); ok && flow.IsNorthAmerican(phone) {
		t.s.Persona = &p
	}
	verdict := PhoneEligibility(*t.s.Template, phone, t.s.Persona)
	t.s.Why = verdict.Why
	if !verdict.Eligible {
		t.s.State, t.s.Asked = stateNeedDOB, true
		t.event(flow.EventLayerNotAvailable, nil)
		return
	}
	t.eligible(t.s.Persona.Profile, t.s.Persona.Banks)
}

// submitDateOfBirth is Extended Autofill.
func (t *turn) submitDateOfBirth(dob string) {
	if _, err := time.Parse(time.DateOnly, dob); err != nil {
		// UNCONFIRMED what Plaid does with another format (Plaid docs: Link Web
		// asks for YYYY-MM-DD).
		t.refuse("date_of_birth must be YYYY-MM-DD")
		return
	}
	verdict := AutofillEligibility(*t.s.Template, t.s.Persona, dob)
	t.s.Why = verdict.Why
	if !verdict.Eligible {
		t.s.State = stateIneligible
		t.event(flow.EventLayerAutofillUnavailable, nil)
		return
	}
	found := t.s.Persona.Autofill
	t.eligible(found.Profile, found.Banks)
}

func (t *turn) eligible(p fixtures.Profile, banks []fixtures.Bank) {
	t.s.State = stateEligible
	t.s.Fields = reviewFields(*t.s.Template, p)
	t.s.Banks = reviewBanks(*t.s.Template, banks, t.w.ids)
	t.event(flow.EventLayerReady, nil)
}

// open shows Link. UNCONFIRMED: what happens before LAYER_READY; the sentence
// below has been seen live, that it comes through onExit is our choice.
func (t *turn) open() {
	switch {
	case t.s.State.open():
		t.refuse("open came twice: Link is open already")
	case t.s.State.final():
		t.refuse("open came after the session had ended; a new Link session needs a new handler")
	case t.expired():
	case t.s.State != stateEligible:
		const early = "Please submit Phone Number before opening Link"
		t.end(&exitError{"INVALID_REQUEST", "MISSING_FIELDS", early, early})
	default:
		// UNCONFIRMED: Link sends text here; Layer has no update mode.
		t.event(flow.EventOpen, func(m *eventMetadata) { m.IsUpdateMode = "false" })
		t.show(stateConsent)
	}
}

// proceed is the Continue of whichever pane has one.
func (t *turn) proceed() {
	switch t.s.State {
	case stateConsent:
		t.show(stateVerify)
	case stateOAuth:
		t.signedInElsewhere()
	case stateConnected:
		t.toReview()
	case stateLeaving:
		t.show(t.s.Leaving)
	default:
		t.refuse("continue belongs to a pane with that button")
	}
}

// show goes on to the pane of a state.
func (t *turn) show(next linkState) {
	t.s.State, t.s.Notice = next, ""
	t.view(views[next])
}

// code checks the one-time code. Three wrong ones end the session
// (Plaid docs: Layer, documented event sequences).
func (t *turn) code(code string) {
	if t.s.State != stateVerify {
		t.refuse("code belongs to the pane that asks for it")
		return
	}
	if t.s.silent() {
		t.refuse("code: none was sent, the network proves this phone")
		return
	}
	t.event(flow.EventSubmitOTP, nil)
	want := t.s.Persona.Code
	if want == "" {
		want = sandboxCode
	}
	if strings.TrimSpace(code) == want {
		t.proven()
		return
	}
	t.s.WrongCodes++
	if t.s.WrongCodes < wrongCodesAllowed {
		t.s.Notice = "That code is not right. Try again."
		t.failure(exitError{Type: "ITEM_ERROR", Code: "INVALID_OTP", Message: "the provided OTP was invalid"})
		return
	}
	failed := exitError{
		"INVALID_INPUT", "PROFILE_AUTHENTICATION_FAILED", "the profile could not be authenticated",
		"We were not able to authenticate your access to this Plaid account.", // Plaid docs: Errors
	}
	t.s.Failed = true
	t.view(flow.ViewError)
	t.failure(failed)
	t.end(&failed)
}

// proven goes on once the phone is known to be the user's. UNCONFIRMED that a
// code leads to the same order as silent authentication, the only success of
// which the order is documented (Plaid docs: Layer).
func (t *turn) proven() {
	t.phoneProven()
	t.show(stateReview)
	t.event(flow.EventVerifyPhone, nil)
}
