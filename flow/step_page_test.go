package flow_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"layersim/flow"
)

// The walk with the handler in the local page, as the real Link needs it.

// paged is a walk whose handler lives in the page, up to a stop of the walk:
// the events are those of a walk elsewhere, with the page open in tab 1.
func paged(t *testing.T, stop flow.Phase) flow.State {
	t.Helper()
	s := begin(webLatest)
	s.Config.InPage = true
	s = feed(t, s, flow.LinkTokenRequested{At: at()})
	s = feed(t, s, flow.SessionTokenCreated{At: at(), Call: answer(s), LinkToken: flow.NewLinkToken("link-sandbox-1"), Expiration: epoch.Add(4 * time.Hour)})
	s = feed(t, s, flow.HandlerRequested{At: at()})
	if stop == flow.PhaseHandler {
		return s
	}
	s = feed(t, s, flow.PageServed{At: at(), URL: "http://127.0.0.1:1/x/"}, flow.PageConnected{At: at(), Tab: 1},
		flow.HandlerCreated{At: at(), Call: answer(s)}, flow.OnLoad{At: at(), HandlerID: s.HandlerID})
	if stop == flow.PhasePhone {
		return s
	}
	s = feed(t, s, flow.PhoneNumberEntered{At: at(), Phone: flow.NewPhoneNumber("+14155550011")})
	s = feed(t, s, flow.HandlerSubmitted{At: at(), Call: answer(s)})
	switch stop {
	case flow.PhaseEligibility:
		return s
	case flow.PhaseDateOfBirth, flow.PhaseAutofill:
		s = feed(t, s, sdk(s, flow.EventLayerNotAvailable, flow.Metadata{}))
		if stop == flow.PhaseAutofill {
			s = feed(t, s, flow.DateOfBirthEntered{At: at(), DateOfBirth: flow.NewDateOfBirth("1975-01-18")})
		}
		return s
	}
	s = feed(t, s, sdk(s, flow.EventLayerReady, flow.Metadata{LinkSessionID: "session-1"}))
	if stop == flow.PhaseReady {
		return s
	}
	s = feed(t, s, flow.OpenRequested{At: at(), Surface: flow.InBrowser})
	s = feed(t, s, flow.HandlerOpened{At: at(), Call: answer(s)}, sdk(s, flow.EventOpen, flow.Metadata{}))
	if stop == flow.PhaseSession {
		s = feed(t, s, flow.OnSuccess{At: at(), HandlerID: s.HandlerID, PublicToken: flow.NewPublicToken("profile-sandbox-1")})
	}
	return s
}

func again(s flow.State, name, session string) flow.OnEvent {
	e := sdk(s, name, flow.Metadata{LinkSessionID: session, Timestamp: epoch.Add(time.Hour)})
	e.Again = true
	return e
}

func TestStepInPage(t *testing.T) {
	is := func(e flow.Event) func(flow.State) flow.Event { return func(flow.State) flow.Event { return e } }
	came := func(name string) func(flow.State) flow.Event {
		return func(s flow.State) flow.Event { return again(s, name, "session-2") }
	}
	fails := func(s flow.State) flow.Event { return flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable} }
	loads := func(again bool) func(flow.State) flow.Event {
		return func(s flow.State) flow.Event { return flow.OnLoad{At: at(), HandlerID: s.HandlerID, Again: again} }
	}
	openAgain := flow.SurfaceChosen{At: at(), Surface: flow.InBrowser}
	noBrowser := flow.BrowserFailed{At: at(), Reason: "no display"}
	lost := flow.PageLost{At: at(), Tab: 1}
	blocked := flow.PageTrouble{At: at(), Reason: "the script was blocked."}
	token, handler, phone, ready, link := flow.PhaseToken, flow.PhaseHandler, flow.PhasePhone, flow.PhaseReady, flow.PhaseLink
	uncreated := func() flow.State { return fail(t, paged(t, handler)) }
	submitting := func() flow.State {
		return feed(t, feed(t, paged(t, phone), lost), flow.PhoneNumberEntered{At: at(), Phone: flow.NewPhoneNumber("+14155550011")})
	}

	expired := flow.TimerFired{At: flow.At(epoch.Add(4 * time.Hour)), Timer: flow.TimerID{Kind: flow.TimerLinkToken, Call: 1}}
	silence := flow.TimerFired{At: at(), Timer: flow.TimerID{Kind: flow.TimerEligibility, Call: 3}}
	opening := func() flow.State {
		return feed(t, feed(t, paged(t, ready), lost), flow.OpenRequested{At: at(), Surface: flow.InBrowser})
	}
	silent := feed(t, paged(t, flow.PhaseEligibility), silence)
	byBirth := func() flow.State {
		s := paged(t, flow.PhaseAutofill)
		return feed(t, feed(t, s, flow.HandlerSubmitted{At: at(), Call: answer(s)}), sdk(s, flow.EventLayerReady, flow.Metadata{}))
	}
	early := func() flow.State {
		s := feed(t, paged(t, flow.PhaseEligibility), flow.DoWrong{At: at(), Wrong: flow.WrongOpenBeforeReady})
		return feed(t, s, lost, flow.PageConnected{At: at(), Tab: 2}, loads(true)(s))
	}

	for _, r := range []struct {
		name    string
		given   flow.State
		event   func(flow.State) flow.Event
		phase   flow.Phase
		verdict flow.Verdict
		effects string
		why     string
	}{
		// The page matters from create() on.
		{"no browser while the handler is created", paged(t, handler), is(noBrowser), handler, flow.Noted, "", "no display). Open the page's address yourself: Plaid.create() waits for it"},
		{"no browser, although the page is open", paged(t, phone), is(noBrowser), phone, flow.Noted, "", "changes nothing"},
		{"no browser, and no handler", begin(webLatest), is(noBrowser), token, flow.Noted, "", "changes nothing"},
		{"page lost while the phone is asked for", paged(t, phone), is(lost), phone, flow.Noted, "", "Nothing is lost"},
		{"page lost while an answer is waited for", paged(t, flow.PhaseEligibility), is(lost), flow.PhaseEligibility, flow.Noted, "", "makes the calls again"},
		{"page lost with Link in it", paged(t, link), is(lost), link, flow.Noted, "", "calls no onExit"},
		{"page lost after onSuccess", paged(t, flow.PhaseSession), is(lost), flow.PhaseSession, flow.Noted, "", "The page was closed."},
		{"page back", feed(t, paged(t, phone), lost), is(flow.PageConnected{At: at(), Tab: 2}), phone, flow.Noted, "", "nothing is lost"},
		{"page in trouble", paged(t, handler), is(blocked), handler, flow.Noted, "", "the script was blocked. Nothing that was entered is lost"},
		{"page in trouble after create() failed", uncreated(), is(blocked), flow.PhaseFailed, flow.Noted, "", "start over"},

		// Opening it again, in every phase with a handler.
		{"open again while creating", paged(t, handler), is(openAgain), handler, flow.Noted, "PresentLink", "once more"},
		{"open again at the phone", paged(t, phone), is(openAgain), phone, flow.Noted, "PresentLink", "once more"},
		{"open again in Link", paged(t, link), is(openAgain), link, flow.Noted, "PresentLink", "once more"},
		{"open again without a handler", begin(webLatest), is(openAgain), token, flow.Refused, "", "does not belong"},
		{"open again when nothing needs it", paged(t, flow.PhaseSession), is(openAgain), flow.PhaseSession, flow.Refused, "", "no handler in the page"},
		{"it is being opened", feed(t, paged(t, phone), openAgain), func(s flow.State) flow.Event {
			return flow.HandlerOpened{At: at(), Call: answer(s)}
		}, phone, flow.Noted, "", "being opened"},
		{"it cannot be opened", feed(t, paged(t, link), openAgain), fails, link, flow.Noted, "", "could not be opened again"},
		{"after a failed open(), open again", fail(t, feed(t, paged(t, ready), flow.OpenRequested{At: at(), Surface: flow.InBrowser})), is(openAgain), flow.PhaseFailed, flow.Noted, "PresentLink", "once more"},

		// Never in the terminal.
		{"open() in the terminal", paged(t, ready), is(flow.OpenRequested{At: at(), Surface: flow.InTerminal}), ready, flow.Refused, "", "cannot be shown in the terminal"},
		{"on in the terminal", paged(t, link), is(flow.SurfaceChosen{At: at(), Surface: flow.InTerminal}), link, flow.Refused, "", "cannot be shown in the terminal"},
		{"on nowhere", paged(t, link), is(flow.SurfaceChosen{At: at(), Surface: "fridge"}), link, flow.Refused, "", "fridge"},

		// A page loaded anew makes its calls again.
		{"onLoad again", paged(t, phone), loads(true), phone, flow.Noted, "", "created the handler again"},
		{"onLoad of the second load, when the first never came", feed(t, paged(t, handler), flow.HandlerCreated{At: at(), Call: 2}), loads(true), phone, flow.Advanced, "", "phone number"},
		{"LAYER_READY again", paged(t, ready), came(flow.EventLayerReady), ready, flow.Noted, "", "had this answer before"},
		{"LAYER_READY again in Link", paged(t, link), came(flow.EventLayerReady), link, flow.Noted, "", "had this answer before"},
		{"LAYER_READY that is still waited for", paged(t, flow.PhaseEligibility), came(flow.EventLayerReady), ready, flow.Advanced, "", "Open Link now"},
		{"LAYER_NOT_AVAILABLE again, before the date's answer", paged(t, flow.PhaseAutofill), came(flow.EventLayerNotAvailable), flow.PhaseAutofill, flow.Noted, "", "had this answer before"},
		{"the date's answer that is still waited for", paged(t, flow.PhaseAutofill), came(flow.EventLayerAutofillUnavailable), flow.PhaseFallback, flow.Advanced, "DestroyHandler", "own form"},
		{"OPEN again", paged(t, link), came(flow.EventOpen), link, flow.Noted, "", "on the user's screen"},
		{"another answer than before", paged(t, ready), came(flow.EventLayerNotAvailable), ready, flow.Noted, "", "where the walk had LAYER_READY"},
		{"another answer than before, while Link is open", paged(t, link), came(flow.EventLayerNotAvailable), link, flow.Noted, "", "start over"},
		{"another answer than before, at the date", paged(t, flow.PhaseDateOfBirth), came(flow.EventLayerReady), flow.PhaseDateOfBirth, flow.Noted, "", "where the walk had LAYER_NOT_AVAILABLE"},
		{"an answer again after onSuccess", paged(t, flow.PhaseSession), came(flow.EventLayerNotAvailable), flow.PhaseSession, flow.Noted, "", "had this answer before"},

		// create() that nobody opened a page for.
		{"create() given up", paged(t, handler), fails, flow.PhaseFailed, flow.Advanced, "", "Plaid.create()"},
		{"create() again", uncreated(), is(flow.RetryRequested{At: at()}), handler, flow.Advanced, "CreateHandler", "again"},
		{"the page is opened after all", uncreated(), loads(false), phone, flow.Advanced, "", "phone number"},
		{"start over instead", uncreated(), is(flow.StartOverRequested{At: at()}), token, flow.Advanced, "DestroyHandler", "new link_token"},

		// submit() waits for the page; patience begins when it has returned.
		{"submit while the page is closed", feed(t, paged(t, phone), lost), is(flow.PhoneNumberEntered{At: at(), Phone: flow.NewPhoneNumber("+14155550011")}), flow.PhaseEligibility, flow.Advanced, "SubmitHandler", "submit()"},
		{"submit returned", submitting(), func(s flow.State) flow.Event { return flow.HandlerSubmitted{At: at(), Call: answer(s)} }, flow.PhaseEligibility, flow.Noted, "StartTimer", "returned"},
		{"silence, although the page was opened again meanwhile", feed(t, paged(t, flow.PhaseEligibility), openAgain), is(flow.TimerFired{At: at(), Timer: flow.TimerID{Kind: flow.TimerEligibility, Call: 3}}), flow.PhaseEligibility, flow.Noted, "", "No LAYER_* event"},
		{"link_token expired", paged(t, phone), is(flow.TimerFired{At: flow.At(epoch.Add(4 * time.Hour)), Timer: flow.TimerID{Kind: flow.TimerLinkToken, Call: 1}}), flow.PhaseFailed, flow.Advanced, "DestroyHandler", "expired"},

		// The token is needed until Link is on the screen, and once more by the next load.
		{"expired while open() waits for the page", opening(), is(expired), flow.PhaseFailed, flow.Advanced, "DestroyHandler", "while Link was not on the screen"},
		{"expired while the page with Link is closed", feed(t, paged(t, link), lost), is(expired), flow.PhaseFailed, flow.Advanced, "DestroyHandler", "while Link was not on the screen"},
		{"expired while Link is open", paged(t, link), is(expired), link, flow.Noted, "", "but Link is open"},
		{"expired after create() failed", uncreated(), is(expired), flow.PhaseFailed, flow.Noted, "DestroyHandler", "before Link was opened"},
		{"create() again with an expired token", flow.Step(uncreated(), expired).Next, is(flow.RetryRequested{At: at()}), flow.PhaseFailed, flow.Refused, "", "no call to make again"},
		{"expired twice", flow.Step(uncreated(), expired).Next, is(expired), flow.PhaseFailed, flow.Refused, "", "not needed any more"},

		// A closed page is not silent, it is closed.
		{"no answer while the page is closed", feed(t, paged(t, flow.PhaseEligibility), lost), is(silence), flow.PhaseEligibility, flow.Refused, "", "nothing waits for"},
		{"submit again while the page is closed", feed(t, silent, lost), is(flow.RetryRequested{At: at()}), flow.PhaseEligibility, flow.Refused, "", "makes the submit again by itself"},
		{"the page is back", feed(t, silent, lost), is(flow.PageConnected{At: at(), Tab: 2}), flow.PhaseEligibility, flow.Noted, "StartTimer", "nothing is lost"},
		{"it loads anew", feed(t, silent, lost, flow.PageConnected{At: at(), Tab: 2}), loads(true), flow.PhaseEligibility, flow.Noted, "StartTimer", "calls again"},
		{"it loads anew before submit() has returned", feed(t, submitting(), flow.PageConnected{At: at(), Tab: 2}), loads(true), flow.PhaseEligibility, flow.Noted, "", "calls again"},

		// What the walk never had, nothing contradicts.
		{"LAYER_NOT_AVAILABLE again, after the date's LAYER_READY", byBirth(), came(flow.EventLayerNotAvailable), ready, flow.Noted, "", "had this answer before"},
		{"an answer that open() did not wait for", early(), came(flow.EventLayerNotAvailable), link, flow.Noted, "", "without waiting for it"},
	} {
		t.Run(r.name, func(t *testing.T) {
			got := flow.Step(r.given, r.event(r.given))
			if got.Next.Phase != r.phase || got.Verdict != r.verdict {
				t.Errorf("phase %s, %s; want %s, %s (why: %s)", got.Next.Phase, got.Verdict, r.phase, r.verdict, got.Why)
			}
			if effects := typesOf(got.Effects); effects != r.effects {
				t.Errorf("effects %q; want %q", effects, r.effects)
			}
			if !strings.Contains(got.Why, r.why) {
				t.Errorf("why %q; want something with %q", got.Why, r.why)
			}
			if got.Verdict == flow.Refused && !reflect.DeepEqual(got.Next, r.given) {
				t.Error("a refused event changed the state")
			}
		})
	}
}

// A page that is loaded anew while Link is open begins another Link session.
func TestLinkBeginsAnew(t *testing.T) {
	s := paged(t, flow.PhaseLink)
	s = feed(t, s, sdk(s, "TRANSITION_VIEW", flow.Metadata{ViewName: "VERIFY_PHONE", Timestamp: epoch}), sdk(s, "ERROR", flow.Metadata{ErrorCode: "INVALID_OTP", Timestamp: epoch}),
		flow.PageLost{At: at(), Tab: 1}, flow.PageConnected{At: at(), Tab: 2}, flow.OnLoad{At: at(), HandlerID: s.HandlerID, Again: true},
		again(s, flow.EventLayerReady, "session-2"), again(s, flow.EventOpen, "session-2"))
	want := flow.LinkState{Surface: flow.InBrowser, Shown: true, Anew: true, Page: s.Link.Page}
	if !reflect.DeepEqual(s.Link, want) || !strings.Contains(s.Link.Page.News, "another Link session") {
		t.Errorf("Link stands at %+v", s.Link)
	}
	if s.LinkSessionID != "session-2" {
		t.Errorf("the session is %q", s.LinkSessionID)
	}
	for session, proof := range map[string]flow.PhoneProof{"session-1": flow.ProofWebhook, "session-2": flow.ProofWebhook, "session-3": ""} {
		got := feed(t, s, flow.WebhookReceived{At: at(), Code: "LAYER_AUTHENTICATION_PASSED", Verified: true, LinkSessionID: session})
		if got.PhoneProof != proof {
			t.Errorf("a webhook of %s proves %q, want %q", session, got.PhoneProof, proof)
		}
	}
	over := feed(t, s, flow.StartOverRequested{At: at()}, flow.WebhookReceived{At: at(), Code: "LAYER_AUTHENTICATION_PASSED", Verified: true, LinkSessionID: "session-1"})
	if over.PhoneProof != "" {
		t.Error("a webhook of the attempt before proves the phone in the next")
	}
}

// The page is served as long as the program runs, so it stays over attempts.
func TestThePageOutlivesAnAttempt(t *testing.T) {
	s := feed(t, paged(t, flow.PhaseLink), flow.PageTrouble{At: at(), Reason: "no script"}, flow.PageLost{At: at(), Tab: 1}, flow.StartOverRequested{At: at()})
	if want := (flow.PageState{URL: "http://127.0.0.1:1/x/", Tab: 1}); s.Link.Page != want {
		t.Errorf("the page reads %+v; want %+v", s.Link.Page, want)
	}
	if s.Phone.Reveal() != "+14155550011" || !s.Config.InPage {
		t.Errorf("phone %q, in page %v", s.Phone.Reveal(), s.Config.InPage)
	}
}

func TestTroubleIsOverWhenTheHandlerLoads(t *testing.T) {
	s := feed(t, paged(t, flow.PhasePhone), flow.PageTrouble{At: at(), Reason: "frame blocked"})
	if s.Link.Page.Trouble == "" {
		t.Fatal("no trouble")
	}
	if s = feed(t, s, flow.OnLoad{At: at(), HandlerID: s.HandlerID, Again: true}); s.Link.Page.Trouble != "" {
		t.Errorf("still in trouble: %s", s.Link.Page.Trouble)
	}
}

// Trouble is over when what it kept from coming has come.
func TestTroublePasses(t *testing.T) {
	slow := flow.PageTrouble{At: at(), Reason: "Link has not called back yet."}
	load := func(s flow.State) flow.Event { return flow.OnLoad{At: at(), HandlerID: s.HandlerID} }
	event := func(name string) func(flow.State) flow.Event {
		return func(s flow.State) flow.Event { return sdk(s, name, flow.Metadata{Timestamp: epoch}) }
	}
	creating := paged(t, flow.PhaseHandler)
	for name, r := range map[string]struct {
		given flow.State
		event func(flow.State) flow.Event
	}{
		"onLoad came late":       {feed(t, creating, flow.HandlerCreated{At: at(), Call: answer(creating)}), load},
		"created after all":      {fail(t, creating), load},
		"answered late":          {paged(t, flow.PhaseEligibility), event(flow.EventLayerReady)},
		"the date answered late": {paged(t, flow.PhaseAutofill), event(flow.EventLayerReady)},
		"answered again": {paged(t, flow.PhaseReady), func(s flow.State) flow.Event {
			return again(s, flow.EventLayerReady, "session-2")
		}},
		"opened late": {paged(t, flow.PhaseLink), event(flow.EventOpen)},
	} {
		t.Run(name, func(t *testing.T) {
			s := feed(t, r.given, slow)
			if s = feed(t, s, r.event(s)); s.Link.Page.Trouble != "" {
				t.Errorf("still in trouble: %s", s.Link.Page.Trouble)
			}
		})
	}
}

// While the page is closed nothing can be heard, so nobody is silent; when it is
// back, Link has its time once more.
func TestSilenceBeginsAnewWithThePage(t *testing.T) {
	s := feed(t, paged(t, flow.PhaseEligibility), flow.PageLost{At: at(), Tab: 1}, flow.PageConnected{At: at(), Tab: 2})
	tr := flow.Step(s, flow.OnLoad{At: at(), HandlerID: s.HandlerID, Again: true})
	timer := tr.Effects[0].(flow.StartTimer).Timer
	if s = feed(t, tr.Next, flow.TimerFired{At: at(), Timer: timer}); !s.Silent {
		t.Error("nobody waits with patience after the page was loaded anew")
	}
	if s = feed(t, s, flow.PageLost{At: at(), Tab: 2}); s.Silent {
		t.Error("silent, although the page is closed")
	}
	if s = flow.Step(tr.Next, flow.PageLost{At: at(), Tab: 2}).Next; flow.Step(s, flow.TimerFired{At: at(), Timer: timer}).Next.Silent {
		t.Error("the timer of a closed page makes it silent")
	}
}

// How long the page was closed is not how long Link preloaded.
func TestPreloadOfAPageThatWasClosed(t *testing.T) {
	after := func(d time.Duration) flow.At { return flow.At(epoch.Add(d)) }
	s := paged(t, flow.PhaseHandler)
	s = feed(t, s, flow.PageConnected{At: at(), Tab: 1}, flow.HandlerCreated{At: at(), Call: answer(s)}, flow.PageLost{At: after(time.Second), Tab: 1},
		flow.PageConnected{At: after(10 * time.Minute), Tab: 2}, flow.OnLoad{At: after(601 * time.Second), HandlerID: s.HandlerID})
	if got := s.Preload.Sentence(); !strings.HasPrefix(got, "Link has preloaded; ") {
		t.Error(got)
	}
}

// Sixteen earlier sessions of one handler are remembered, no more.
func TestSessionsBefore(t *testing.T) {
	s := paged(t, flow.PhaseLink)
	for i := 2; i <= 20; i++ {
		e := again(s, flow.EventLayerReady, fmt.Sprintf("session-%d", i))
		e.Metadata.Timestamp = epoch.Add(time.Duration(i) * time.Hour)
		s = feed(t, s, e)
	}
	for session, ours := range map[string]bool{"session-1": true, "session-16": true, "session-17": false, "session-20": true} {
		got := feed(t, s, flow.WebhookReceived{At: at(), Code: "LAYER_AUTHENTICATION_PASSED", Verified: true, LinkSessionID: session})
		if (got.PhoneProof != "") != ours {
			t.Errorf("a webhook of %s is ours: %v, want %v", session, !ours, ours)
		}
	}
}

// News of the page belong to the phase in which they came.
func TestPageNewsEndsWithItsPhase(t *testing.T) {
	s := feed(t, paged(t, flow.PhasePhone), flow.PageLost{At: at(), Tab: 1}, flow.PageConnected{At: at(), Tab: 2})
	if s.Link.Page.News == "" {
		t.Fatal("no news")
	}
	if s = feed(t, s, flow.PhoneNumberEntered{At: at(), Phone: flow.NewPhoneNumber("+14155550011")}); s.Link.Page.News != "" {
		t.Errorf("old news: %s", s.Link.Page.News)
	}
}

func TestPreloadSentence(t *testing.T) {
	ms := func(n int) time.Time { return epoch.Add(time.Duration(n) * time.Millisecond) }
	for want, p := range map[string]flow.Preload{
		"":                            {Asked: ms(1), Created: ms(2)},
		"Link preloaded in 812 ms; ":  {Asked: ms(1), Created: ms(10), Loaded: ms(822)},
		"Link has preloaded; open() ": {Loaded: ms(822)},
		"Link preloaded in 812 ms, 4.2 s before open(), which then showed it without a wait.": {Created: ms(10), Loaded: ms(822), Opened: ms(5022)},
		"Link preloaded in less than 1 ms, 1m5s before open()":                                {Created: ms(10), Loaded: ms(9), Opened: ms(65009)},
		"open() came 1.5 s before onLoad: the user waited.":                                   {Opened: ms(10), Loaded: ms(1510)},
	} {
		if got := p.Sentence(); want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
		if brief := p.Brief(); (brief == "") != (want == "") || p.Opened.IsZero() == strings.Contains(brief, "open()") && brief != "" {
			t.Errorf("%+v in brief: %q", p, brief)
		}
	}
}

// open() while the page is closed waits for Link to load anew.
func TestOpenWhileThePageIsClosed(t *testing.T) {
	s := feed(t, paged(t, flow.PhaseReady), flow.PageLost{At: at(), Tab: 1}, flow.OpenRequested{At: at(), Surface: flow.InBrowser},
		flow.PageConnected{At: at(), Tab: 2}, flow.OnLoad{At: flow.At(epoch.Add(time.Minute + 3*time.Second)), HandlerID: 1, Again: true})
	if got := s.Preload.Sentence(); got != "open() came 3.0 s before onLoad: the user waited." {
		t.Error(got)
	}
}

// What the real Link makes of a submit before onLoad is seen, not known.
func TestEarlySubmitInPage(t *testing.T) {
	s := begin(webLatest)
	s.Config.InPage = true
	s = feed(t, s, flow.LinkTokenRequested{At: at()})
	s = feed(t, s, flow.SessionTokenCreated{At: at(), Call: answer(s), LinkToken: flow.NewLinkToken("link-sandbox-1"), Expiration: epoch.Add(4 * time.Hour)})
	s = feed(t, s, flow.DoWrong{At: at(), Wrong: flow.WrongSubmitBeforeLoad})
	s = feed(t, s, flow.PageConnected{At: at(), Tab: 1}, flow.HandlerCreated{At: at(), Call: answer(s)}, flow.OnLoad{At: at(), HandlerID: s.HandlerID})
	if s.Phase != flow.PhaseEligibility || !strings.Contains(s.Mistake.Outcome, "if no LAYER_* event comes") {
		t.Fatalf("%s: %s", s.Phase, s.Mistake.Outcome)
	}
	kept := feed(t, s, sdk(s, flow.EventLayerReady, flow.Metadata{}))
	if kept.Phase != flow.PhaseReady || !strings.Contains(kept.Mistake.Outcome, "kept the submit()") {
		t.Errorf("answered, %s: %s", kept.Phase, kept.Mistake.Outcome)
	}
	again := feed(t, s, flow.TimerFired{At: at(), Timer: flow.TimerID{Kind: flow.TimerEligibility, Call: answer(s)}}, flow.RetryRequested{At: at()})
	again = feed(t, again, flow.HandlerSubmitted{At: at(), Call: answer(again)}, sdk(again, flow.EventLayerReady, flow.Metadata{}))
	if again.Phase != flow.PhaseReady || strings.Contains(again.Mistake.Outcome, "kept the submit()") {
		t.Errorf("submitted again, %s: %s", again.Phase, again.Mistake.Outcome)
	}
}

// A handler of another attempt is not lost with a page that was closed before it.
func TestAnotherAttemptOpensThePageAnew(t *testing.T) {
	s := feed(t, paged(t, flow.PhaseLink), flow.PageLost{At: at(), Tab: 1}, flow.StartOverRequested{At: at()}, flow.LinkTokenRequested{At: at()})
	s = feed(t, s, flow.SessionTokenCreated{At: at(), Call: answer(s), LinkToken: flow.NewLinkToken("link-sandbox-2"), Expiration: epoch.Add(8 * time.Hour)})
	if s = feed(t, s, flow.HandlerRequested{At: at()}); s.Link.Page.Tab != 0 {
		t.Errorf("the page stands at %+v, as if it had been lost in this attempt", s.Link.Page)
	}
}
