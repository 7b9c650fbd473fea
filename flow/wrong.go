package flow

import "slices"

// WrongID names a mistake of an integration. The linter's rules have the same
// names.
type WrongID string

// The mistakes that can be committed on purpose.
const (
	WrongOpenBeforeReady       WrongID = "open-before-ready"
	WrongOpenTwice             WrongID = "open-twice"
	WrongBothFields            WrongID = "both-fields"
	WrongBirthFirst            WrongID = "birth-first"
	WrongSubmitBeforeLoad      WrongID = "submit-before-load"
	WrongLateCreate            WrongID = "late-create"
	WrongTokenReused           WrongID = "token-reused"
	WrongTokenExpiredUsed      WrongID = "token-expired-used"
	WrongForeignNumber         WrongID = "foreign-number"
	WrongAutofillNeedsAccounts WrongID = "autofill-needs-accounts"
	WrongSDKTooOld             WrongID = "sdk-too-old"
	WrongOutcomeUnhandled      WrongID = "outcome-unhandled"
	WrongHandlerNotDestroyed   WrongID = "handler-not-destroyed"
	WrongInformationalEvent    WrongID = "informational-event"
	WrongOnSuccessTrusted      WrongID = "onsuccess-trusted"
	WrongSecondOTP             WrongID = "second-otp"
	WrongPublicTokenExchanged  WrongID = "public-token-exchanged" //nolint:gosec // a name, no credential
	WrongSessionNeverRead      WrongID = "session-never-read"
	WrongIdentityTrusted       WrongID = "identity-trusted"
	WrongFirstItemOnly         WrongID = "first-item-only"
	WrongNoItemsAsFailure      WrongID = "no-items-as-failure"
	WrongSubmitsCounted        WrongID = "submits-counted"
	WrongWebhookUnverified     WrongID = "webhook-unverified"
	WrongWebhookReencoded      WrongID = "webhook-reencoded"
	WrongWebhookOneKey         WrongID = "webhook-one-key"
	WrongWebhookDER            WrongID = "webhook-der"
)

// Wrong is a mistake that the operator can commit on purpose.
type Wrong struct {
	ID    WrongID
	Title string
	Does  string // what the app does wrong, in one sentence
	Watch string // what to watch for once it is done
	Right string // what right would be
	// Phases are those in which it can be committed, nil for all.
	Phases []Phase
	// SimulatedOnly: the real Plaid offers no way to show it.
	SimulatedOnly bool

	// obstacle says what is missing in one of the phases, "" for nothing; nil
	// for never anything.
	obstacle func(State) string
	commit   func(*stepper, DoWrong)
}

// DoWrong is the operator's wish that the app make a mistake now. What a
// mistake needs comes along, where there is any; what is empty is filled with
// what was entered before, or a proposal.
type DoWrong struct {
	At
	Wrong       WrongID
	Surface     Surface     // where Link is shown, with open-before-ready and open-twice
	Phone       PhoneNumber // with what is submitted
	DateOfBirth DateOfBirth // with both-fields and birth-first
	TemplateID  string      // one whose accounts are required, with autofill-needs-accounts
	Client      Client      // an SDK that does not know Layer, with sdk-too-old
}

// Mistake is what was done wrong on purpose and what has come of it. It stays
// until the operator leads the walk to another phase.
type Mistake struct {
	Wrong WrongID // "" for none
	// Armed: its moment is still to come.
	Armed bool
	// Outcome says in one sentence what has come of it, "" if nothing has yet.
	Outcome string
	// Trials are the webhooks that were checked, with mistakes of that kind.
	Trials []WebhookTrial

	calls []CallID // made by it and told in its Outcome; State.strayCalls has those of all mistakes
	since At       // when it was committed, or when its moment came
}

// Tally counts over all attempts of a walk what a conversion is made of.
type Tally struct {
	Submits   int // of phone numbers and dates of birth
	Users     int // who submitted anything
	Successes int // who came to onSuccess
}

// Wrongs lists every mistake that can be committed, in the order in which a
// walk comes to them.
func Wrongs() []Wrong { return wrongs }

// Wrong returns the mistake with this name.
func (id WrongID) Wrong() (Wrong, bool) {
	i := slices.IndexFunc(wrongs, func(w Wrong) bool { return w.ID == id })
	if i < 0 {
		return Wrong{}, false
	}
	return wrongs[i], true
}

// Obstacle says why the mistake cannot be committed in this state; "" if it
// can.
func (w Wrong) Obstacle(s State) string {
	if w.Phases != nil && !slices.Contains(w.Phases, s.Phase) {
		return "in phase " + phaseList(w.Phases)
	}
	if w.obstacle != nil {
		return w.obstacle(s)
	}
	return ""
}

func phaseList(phases []Phase) string {
	list := ""
	for i, p := range phases {
		switch {
		case i == 0:
		case i == len(phases)-1:
			list += " or "
		default:
			list += ", "
		}
		list += string(p)
	}
	return list
}

// clone returns a Mistake that shares no memory with m.
func (m Mistake) clone() Mistake {
	m.calls, m.Trials = slices.Clone(m.calls), slices.Clone(m.Trials)
	return m
}
