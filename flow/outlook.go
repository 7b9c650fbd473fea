package flow

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ProspectGroup says whose turn an event would be.
type ProspectGroup string

// The groups, in the order in which Outlook lists them.
const (
	GroupOperator ProspectGroup = "the operator"
	GroupSDK      ProspectGroup = "the Link SDK"
	GroupServer   ProspectGroup = "answers"
	GroupWebhook  ProspectGroup = "webhooks"
	GroupTimer    ProspectGroup = "timers"
	GroupAround   ProspectGroup = "around the walk"
)

// ProspectGroups lists the groups in their order.
func ProspectGroups() []ProspectGroup {
	return []ProspectGroup{GroupOperator, GroupSDK, GroupServer, GroupWebhook, GroupTimer, GroupAround}
}

// Prospect is what one event would do.
type Prospect struct {
	// Event names it: Plaid's name for a callback or a webhook, else a few words.
	Event   string
	Group   ProspectGroup
	Verdict Verdict
	To      Phase // where the walk would stand
	Why     string
	// Again says that a new attempt would begin.
	Again bool
	// Acts says that the world would be asked for something, Calls what the app
	// would call in Plaid's words; what only this program does has no name there.
	Acts  bool
	Calls []string
	// Wrong says that the event is a mistake made on purpose: no part of Layer,
	// so what this program does of it is neither Acts nor Calls.
	Wrong bool
}

// Outlook says what each event would do if it came now. Nothing is guessed:
// every event is given to Step and the answer thrown away. Events carry what
// would fit here: the ids of the calls that are waited for, a good phone
// number, the current handler.
func Outlook(s State, now time.Time) []Prospect {
	samples := samplesAt(s, At(now))
	prospects := make([]Prospect, 0, len(samples))
	for _, sample := range samples {
		t := Step(s, sample.event)
		p := Prospect{
			Event: sample.name, Group: sample.group, Verdict: t.Verdict, To: t.Next.Phase, Why: t.Why,
			Again: t.Next.Attempt != s.Attempt,
		}
		if _, p.Wrong = sample.event.(DoWrong); p.Wrong {
			prospects = append(prospects, p)
			continue
		}
		for _, e := range t.Effects {
			if _, timer := e.(StartTimer); !timer {
				p.Acts = true
			}
			if call := EffectName(e); call != "" && isOfAnApp(e) {
				p.Calls = append(p.Calls, call)
			}
		}
		prospects = append(prospects, p)
	}
	return prospects
}

// isOfAnApp reports whether an app could do that: it is this program that plays
// webhooks and that turns the simulator's clock.
func isOfAnApp(e Effect) bool {
	switch e.(type) {
	case TryWebhooks, LetTimePass:
		return false
	}
	return true
}

// EffectName says an effect in the words of the API it uses, "" for a timer and
// for what calls nothing: it is this program that moves Link to another surface,
// and that presses its buttons.
func EffectName(e Effect) string {
	switch e := e.(type) {
	case PresentLink, DriveLink:
		return ""
	case DestroyHandler:
		return "handler.destroy()"
	case Question:
		return callName(e)
	}
	return ""
}

// Refusal is one reason, and the events that are refused for it.
type Refusal struct {
	Events []string
	Why    string
}

// outOfPlaceMark parts the name of an event from the reason in what Step says
// of an event that has no meaning in a phase.
const outOfPlaceMark = " does not belong here: "

// Refusals gathers what is refused, by reason, in the order of the first.
func Refusals(prospects []Prospect) []Refusal {
	var all []Refusal
	for _, p := range prospects {
		if p.Verdict != Refused {
			continue
		}
		why := p.Why
		if _, reason, ok := strings.Cut(why, outOfPlaceMark); ok {
			why = "It does not belong here: " + reason
		}
		i := slices.IndexFunc(all, func(r Refusal) bool { return r.Why == why })
		if i < 0 {
			all, i = append(all, Refusal{Why: why}), len(all)
		}
		all[i].Events = append(all[i].Events, p.Event)
	}
	return all
}

// sample is an event as it would come now.
type sample struct {
	name  string
	group ProspectGroup
	event Event
}

func samplesAt(s State, at At) []sample {
	wrong := sample{"make a mistake on purpose", GroupOperator, DoWrong{At: at, Wrong: possibleMistake(s, at)}}
	return append(slices.Concat(operatorSamples(s, at), sdkSamples(s, at), answerSamples(s, at), worldSamples(s, at)), wrong)
}

// operatorSamples are what the operator can want. What was entered before is
// entered again.
func operatorSamples(s State, at At) []sample {
	phone, birth := s.Phone, s.DateOfBirth
	if phone.IsZero() {
		phone = NewPhoneNumber("+14155550011")
	}
	if birth.IsZero() {
		birth = NewDateOfBirth("1975-01-18")
	}
	surface := s.Link.Surface
	if surface == "" {
		surface = InBrowser
	}
	g := GroupOperator
	return []sample{
		{"ask for a link_token", g, LinkTokenRequested{at}},
		{"create the handler", g, HandlerRequested{at}},
		{"enter a phone number", g, PhoneNumberEntered{at, phone}},
		{"enter a date of birth", g, DateOfBirthEntered{at, birth}},
		{"use the own form", g, AutofillDeclined{at}},
		{"open Link", g, OpenRequested{at, surface}},
		{"show Link elsewhere", g, SurfaceChosen{at, elsewhere(surface)}},
		{"answer Link's pane", g, LinkActed{at, LinkAction{Kind: LinkContinue}}},
		{"exit Link", g, ExitRequested{at}},
		{"try again", g, RetryRequested{at}},
		{"send the own form", g, SignUpSubmitted{at}},
		{"start over", g, StartOverRequested{At: at}},
	}
}

// possibleMistake is one that can be made now. Some lead the walk elsewhere, but
// they are no ways of it.
func possibleMistake(s State, at At) WrongID {
	for _, w := range wrongs {
		if w.Phases != nil && Step(s, DoWrong{At: at, Wrong: w.ID}).Verdict == Noted {
			return w.ID
		}
	}
	return WrongBothFields
}

func elsewhere(s Surface) Surface {
	if s == InBrowser {
		return InTerminal
	}
	return InBrowser
}

// sdkSamples are callbacks of the current handler, and one of a handler before.
func sdkSamples(s State, at At) []sample {
	g, h := GroupSDK, s.HandlerID
	event := func(name string, m Metadata) sample {
		m.Timestamp = at.When().Add(time.Nanosecond) // no double of one that came
		return sample{name, g, OnEvent{At: at, HandlerID: h, Name: name, Metadata: m}}
	}
	wrongCode := event(EventError, Metadata{ErrorType: "ITEM_ERROR", ErrorCode: "INVALID_OTP"})
	wrongCode.name = "ERROR INVALID_OTP"
	list := []sample{{"onLoad", g, OnLoad{At: at, HandlerID: h}}}
	for _, name := range []string{EventLayerReady, EventLayerNotAvailable, EventLayerAutofillUnavailable, EventOpen} {
		list = append(list, event(name, Metadata{}))
	}
	list = append(list, event(EventTransitionView, Metadata{ViewName: ViewConsent}), wrongCode)
	for _, name := range []string{
		EventSubmitOTP, EventVerifyPhone, EventSearchInstitution, EventSelectInstitution, EventSubmitCredentials, EventSubmitMFA, EventOpenOAuth,
		EventHandoff, EventExit,
	} {
		list = append(list, event(name, Metadata{}))
	}
	unheard := event("SOMETHING_NEW", Metadata{})
	unheard.name = "an event with an unknown name"
	if s.Config.InPage { // what a page that was loaded anew calls back once more
		list = append(list, sample{"onLoad, in a page loaded anew", g, OnLoad{At: at, HandlerID: h, Again: true}})
		for _, name := range []string{EventLayerReady, EventLayerNotAvailable, EventOpen} {
			anew := event(name, Metadata{})
			e := anew.event.(OnEvent)
			e.Again = true
			list = append(list, sample{name + ", in a page loaded anew", g, e})
		}
	}
	return append(
		list, unheard,
		sample{"onSuccess", g, OnSuccess{At: at, HandlerID: h, PublicToken: NewPublicToken("profile-sandbox-outlook")}},
		sample{"onExit, the user left", g, OnExit{At: at, HandlerID: h}},
		sample{"onExit PROFILE_AUTHENTICATION_FAILED", g, OnExit{At: at, HandlerID: h, Failure: Failure{Type: "ITEM_ERROR", Code: "PROFILE_AUTHENTICATION_FAILED"}}},
		sample{"onExit INVALID_LINK_TOKEN", g, OnExit{At: at, HandlerID: h, Failure: Failure{Type: "INVALID_INPUT", Code: "INVALID_LINK_TOKEN"}}},
		sample{"a callback of a handler before", g, OnLoad{At: at, HandlerID: h - 1}},
		sample{"Link shows a pane", g, PaneShown{at, h, Pane{View: ViewConsent}}},
	)
}

// answerSamples are answers to the calls that are waited for, and to no call.
func answerSamples(s State, at At) []sample {
	g := GroupServer
	token := SessionTokenCreated{At: at, Call: callOf[CreateSessionToken](s), LinkToken: NewLinkToken("link-sandbox-outlook"), Expiration: at.When().Add(4 * time.Hour)}
	list := []sample{
		{"a link_token", g, token},
		{"an answer without a link_token", g, SessionTokenCreated{At: at, Call: token.Call}},
		{"create() returns", g, HandlerCreated{at, callOf[CreateHandler](s)}},
		{"submit() returns", g, HandlerSubmitted{at, callOf[SubmitHandler](s)}},
		{"open() returns", g, HandlerOpened{at, openingCall(s)}},
		{"Link took what the user did", g, LinkDriven{at, callOf[DriveLink](s)}},
		{"exit() returns", g, HandlerExited{at, callOf[ExitHandler](s)}},
		{"the session", g, UserAccountFetched{at, callOf[GetUserAccountSession](s), UserAccount{HasIdentity: true}}},
		{"an Item's accounts", g, AccountsFetched{At: at, Call: callOf[GetAccounts](s)}},
		{"an exchange of the public_token", g, PublicTokenExchanged{at, callOf[ExchangePublicToken](s)}},
		{"webhooks that were tried", g, WebhooksTried{At: at, Call: callOf[TryWebhooks](s)}},
		{"the simulator's clock has moved", g, TimePassed{at, callOf[LetTimePass](s)}},
	}
	failure := Failure{Code: CodeNoConnection, Message: "no connection", Retryable: true}
	if len(s.Pending) == 0 {
		return append(list, sample{"a call fails", g, CallFailed{at, unasked0(s), failure}})
	}
	for i, q := range s.Pending {
		name := callName(q) + " fails"
		if slices.ContainsFunc(s.Pending[:i], func(p Question) bool { return callName(p) == callName(q) }) {
			name = fmt.Sprintf("%s (call %d)", name, q.CallID())
		}
		list = append(list, sample{name, g, CallFailed{at, q.CallID(), failure}})
	}
	return list
}

// callOf returns the id of the call of type Q that is waited for; else of one
// that nobody waits for.
func callOf[Q Question](s State) CallID {
	if q, ok := PendingCall[Q](s); ok {
		return q.CallID()
	}
	return unasked0(s)
}

func openingCall(s State) CallID {
	if q, ok := PendingCall[PresentLink](s); ok {
		return q.CallID()
	}
	return callOf[OpenHandler](s)
}

// unasked0 returns the newest call that nobody waits for, 0 if there is none.
func unasked0(s State) CallID {
	for id := s.LastCall; id > 0; id-- {
		if !slices.ContainsFunc(s.Pending, func(q Question) bool { return q.CallID() == id }) {
			return id
		}
	}
	return 0
}

// worldSamples are webhooks, timers, the local page, and what only makes the
// record complete.
func worldSamples(s State, at At) []sample {
	hook := func(code, status string) WebhookReceived {
		return WebhookReceived{At: at, Type: "LAYER", Code: code, Status: status, LinkSessionID: s.LinkSessionID, LinkToken: s.LinkToken, Verified: true}
	}
	passed := hook(WebhookLayerAuthenticationPassed, "")
	forged, other := passed, passed
	forged.Verified, forged.Reason = false, "no signature"
	other.LinkSessionID, other.LinkToken = "another", NewLinkToken("link-sandbox-another")
	expired := at
	if at.When().Before(s.Expiration) {
		expired = At(s.Expiration)
	}
	w, t, a := GroupWebhook, GroupTimer, GroupAround
	return []sample{
		{WebhookLayerAuthenticationPassed, w, passed},
		{WebhookLayerAuthenticationPassed + ", not verified", w, forged},
		{WebhookLayerAuthenticationPassed + ", of another session", w, other},
		{WebhookSessionFinished, w, hook(WebhookSessionFinished, "SUCCESS")},
		{"another webhook", w, hook("SOMETHING_NEW", "")},
		{"the link_token expires", t, TimerFired{expired, TimerID{TimerLinkToken, s.LastCall}}},
		{fmt.Sprintf("no LAYER_* event for %s", EligibilityPatience), t, TimerFired{at, TimerID{TimerEligibility, s.watched}}},
		{"the local page is served", a, PageServed{at, "http://127.0.0.1/"}},
		{"a browser starts", a, BrowserStarted{at}},
		{"no browser can be started", a, BrowserFailed{at, "none found"}},
		{"the page connects", a, PageConnected{at, s.Link.Page.Tab + 1}},
		{"the page is lost", a, PageLost{at, s.Link.Page.Tab}},
		{"the page reports trouble", a, PageTrouble{at, "the script did not load"}},
		{"a call to Plaid is recorded", a, ExchangeRecorded{At: at, Exchange: Exchange{Method: "POST", URL: "/accounts/get", Status: 200}}},
		{"the app does something of its own", a, AppDid{At: at, Deed: DeedActedOnEvent, Because: EventLayerReady}},
	}
}
