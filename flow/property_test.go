package flow_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"layersim/flow"

	"pgregory.net/rapid"
)

// anyEvent draws an event that may or may not fit the state: ids are near the
// current ones, so that right, stale and future ones all come up.
func anyEvent(t *rapid.T, s flow.State, now time.Time) flow.Event {
	at := flow.At(now)
	call := flow.CallID(rapid.IntRange(int(s.LastCall)-2, int(s.LastCall)+1).Draw(t, "call"))
	if len(s.Pending) > 0 && rapid.Bool().Draw(t, "waited for") {
		call = rapid.SampledFrom(s.Pending).Draw(t, "pending").CallID()
	}
	handler := flow.HandlerID(rapid.IntRange(int(s.LastHandler)-1, int(s.LastHandler)).Draw(t, "handler"))
	meta := flow.Metadata{
		ViewName:  rapid.SampledFrom([]string{"", "CONSENT", "VERIFY_PHONE", "ERROR", "NEW_VIEW"}).Draw(t, "view"),
		ErrorCode: rapid.SampledFrom([]string{"", "INVALID_OTP", "PROFILE_AUTHENTICATION_FAILED"}).Draw(t, "error"),
		Timestamp: now,
	}
	failure := rapid.SampledFrom([]flow.Failure{unreachable, {Code: "INVALID_LINK_TOKEN"}, {}}).Draw(t, "failure")
	again := s.Config.InPage && rapid.Bool().Draw(t, "again")
	tab := rapid.IntRange(s.Link.Page.Tab-1, s.Link.Page.Tab+1).Draw(t, "tab")
	surface := rapid.SampledFrom([]flow.Surface{flow.InBrowser, flow.InTerminal, "", "elsewhere"}).Draw(t, "surface")
	return rapid.SampledFrom([]flow.Event{
		nil, strangeEvent{at},
		flow.LinkTokenRequested{At: at}, flow.HandlerRequested{At: at},
		flow.PhoneNumberEntered{At: at, Phone: flow.NewPhoneNumber("+14155550011")}, flow.PhoneNumberEntered{At: at},
		flow.DateOfBirthEntered{At: at, DateOfBirth: flow.NewDateOfBirth("1975-01-18")}, flow.DateOfBirthEntered{At: at},
		flow.AutofillDeclined{At: at}, flow.OpenRequested{At: at, Surface: surface}, flow.SurfaceChosen{At: at, Surface: surface},
		flow.LinkActed{At: at, Action: flow.LinkAction{Kind: flow.LinkContinue}}, flow.ExitRequested{At: at}, flow.RetryRequested{At: at},
		anyWrong(t, at), anyWrong(t, at),
		flow.PublicTokenExchanged{At: at, Call: call}, flow.TimePassed{At: at, Call: call},
		flow.OnSuccess{At: at, HandlerID: handler, PublicToken: flow.NewPublicToken(flow.ForgedPublicToken)},
		flow.StartOverRequested{At: at}, flow.SignUpSubmitted{At: at}, flow.AppDid{At: at, Deed: flow.DeedTrustedPhone, Because: "onSuccess"},
		flow.OnLoad{At: at, HandlerID: handler, Again: again},
		flow.OnEvent{At: at, HandlerID: handler, Name: rapid.SampledFrom([]string{
			"LAYER_READY", "LAYER_NOT_AVAILABLE", "LAYER_AUTOFILL_NOT_AVAILABLE", "OPEN", "EXIT", "HANDOFF", "ERROR", "TRANSITION_VIEW", "SUBMIT_OTP", "VERIFY_PHONE", "UNHEARD_OF",
		}).Draw(t, "name"), Metadata: meta, Again: again},
		flow.OnSuccess{At: at, HandlerID: handler, PublicToken: flow.NewPublicToken("profile-sandbox-1"), Metadata: meta}, flow.OnSuccess{At: at, HandlerID: handler},
		flow.OnExit{At: at, HandlerID: handler, Failure: failure},
		flow.SessionTokenCreated{At: at, Call: call, LinkToken: flow.NewLinkToken("link-sandbox-1"), Expiration: now.Add(4 * time.Hour)}, flow.SessionTokenCreated{At: at, Call: call},
		flow.HandlerCreated{At: at, Call: call}, flow.HandlerSubmitted{At: at, Call: call}, flow.HandlerOpened{At: at, Call: call},
		flow.LinkDriven{At: at, Call: call}, flow.HandlerExited{At: at, Call: call},
		flow.UserAccountFetched{At: at, Call: call, Account: flow.UserAccount{Items: []flow.Item{{ItemID: "item-1"}}}},
		flow.AccountsFetched{At: at, Call: call}, flow.CallFailed{At: at, Call: call, Failure: failure},
		flow.PaneShown{At: at, HandlerID: handler}, flow.PageServed{At: at, URL: "http://127.0.0.1:1/"}, flow.BrowserStarted{At: at}, flow.BrowserFailed{At: at},
		flow.PageConnected{At: at, Tab: tab}, flow.PageLost{At: at, Tab: tab}, flow.PageTrouble{At: at},
		flow.WebhookReceived{At: at, Code: "LAYER_AUTHENTICATION_PASSED", Verified: rapid.Bool().Draw(t, "verified")},
		flow.TimerFired{At: at, Timer: flow.TimerID{Kind: rapid.SampledFrom([]flow.TimerKind{flow.TimerLinkToken, flow.TimerEligibility, "other"}).Draw(t, "timer"), Call: call}},
		flow.ExchangeRecorded{At: at},
	}).Draw(t, "event")
}

// anyWrong draws a mistake, with or without what the operator has typed.
func anyWrong(t *rapid.T, at flow.At) flow.Event {
	wrong := flow.DoWrong{At: at, Wrong: rapid.SampledFrom(flow.Wrongs()).Draw(t, "mistake").ID}
	if rapid.Bool().Draw(t, "filled") {
		wrong.Phone, wrong.DateOfBirth = flow.NewPhoneNumber("+14155550011"), flow.NewDateOfBirth("1975-01-18")
		wrong.Surface, wrong.TemplateID, wrong.Client = flow.InTerminal, "template_2", noLayer
	}
	return wrong
}

// nextEvent mostly draws what the walk waits for, so that random walks get far.
func nextEvent(t *rapid.T, s flow.State, now time.Time) flow.Event {
	if rapid.IntRange(0, 2).Draw(t, "fitting") == 0 {
		return anyEvent(t, s, now)
	}
	if e := fitting(s, flow.At(now), rapid.Bool().Draw(t, "well")); e != nil {
		return e
	}
	return anyEvent(t, s, now)
}

// fitting is the event that leads on from a state, for better (well) or worse.
func fitting(s flow.State, at flow.At, well bool) flow.Event {
	meta := flow.Metadata{Timestamp: at.When()}
	event := func(name string) flow.Event {
		return flow.OnEvent{At: at, HandlerID: s.HandlerID, Name: name, Metadata: meta}
	}
	if len(s.Pending) > 0 && !well && s.Phase != flow.PhaseEligibility && s.Phase != flow.PhaseAutofill {
		return flow.CallFailed{At: at, Call: s.Pending[0].CallID(), Failure: unreachable}
	}
	if token, ok := flow.PendingCall[flow.CreateSessionToken](s); ok {
		return flow.SessionTokenCreated{At: at, Call: token.CallID(), LinkToken: flow.NewLinkToken("link-sandbox-1"), Expiration: at.When().Add(4 * time.Hour)}
	}
	if create, ok := flow.PendingCall[flow.CreateHandler](s); ok {
		return flow.HandlerCreated{At: at, Call: create.CallID()}
	}
	if exchange, ok := flow.PendingCall[flow.ExchangePublicToken](s); ok {
		return flow.CallFailed{At: at, Call: exchange.CallID(), Failure: flow.Failure{Code: "INVALID_PUBLIC_TOKEN"}}
	}
	if pass, ok := flow.PendingCall[flow.LetTimePass](s); ok {
		return flow.TimePassed{At: at, Call: pass.CallID()}
	}
	if get, ok := flow.PendingCall[flow.GetUserAccountSession](s); ok {
		return flow.UserAccountFetched{At: at, Call: get.CallID(), Account: flow.UserAccount{Items: []flow.Item{{ItemID: "item-1"}}}}
	}
	if tries, ok := flow.PendingCall[flow.TryWebhooks](s); ok {
		return flow.WebhooksTried{At: at, Call: tries.CallID()}
	}
	switch s.Phase {
	case flow.PhaseToken:
		return flow.LinkTokenRequested{At: at}
	case flow.PhaseHandler:
		if s.HandlerAlive {
			return flow.OnLoad{At: at, HandlerID: s.HandlerID}
		}
		return flow.HandlerRequested{At: at}
	case flow.PhaseSession:
		return flow.RetryRequested{At: at} // the session that was not read
	case flow.PhasePhone:
		if s.HandlerAlive && !s.HandlerLoaded { // it was created late
			return flow.OnLoad{At: at, HandlerID: s.HandlerID}
		}
		return flow.PhoneNumberEntered{At: at, Phone: flow.NewPhoneNumber("+14155550011")}
	case flow.PhaseEligibility:
		if well {
			return event("LAYER_READY")
		}
		return event("LAYER_NOT_AVAILABLE")
	case flow.PhaseDateOfBirth:
		return flow.DateOfBirthEntered{At: at, DateOfBirth: flow.NewDateOfBirth("1975-01-18")}
	case flow.PhaseAutofill:
		if well {
			return event("LAYER_READY")
		}
		return event("LAYER_AUTOFILL_NOT_AVAILABLE")
	case flow.PhaseReady:
		return flow.OpenRequested{At: at, Surface: flow.InBrowser}
	case flow.PhaseLink:
		if well {
			return flow.OnSuccess{At: at, HandlerID: s.HandlerID, PublicToken: flow.NewPublicToken("profile-sandbox-1")}
		}
		return flow.OnExit{At: at, HandlerID: s.HandlerID}
	}
	return nil
}

// ofMistake reports whether only a mistake makes this call, for nothing that the
// walk needs.
func ofMistake(q flow.Question, before flow.State) bool {
	switch q := q.(type) {
	case flow.ExchangePublicToken, flow.LetTimePass, flow.TryWebhooks:
		return true
	case flow.OpenHandler:
		return q.Again
	case flow.SubmitHandler:
		return q.Phone.IsZero() && before.Phase == flow.PhasePhone
	case flow.GetUserAccountSession:
		return q.PublicToken.Reveal() == flow.ForgedPublicToken
	}
	return false
}

// What holds for every sequence of events.
func TestAnySequenceOfEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		client := rapid.SampledFrom([]flow.Client{webLatest, noEA, noLayer}).Draw(t, "client")
		initial := begin(client)
		initial.Config.InPage = rapid.Bool().Draw(t, "in page")
		s, now := initial, epoch
		opened, created := map[flow.HandlerID]int{}, map[flow.HandlerID]bool{}
		var wrong flow.WrongID // the last mistake made on purpose
		calls, strays := map[flow.CallID]bool{}, map[flow.CallID]bool{}
		var log []flow.Event
		for range rapid.IntRange(1, 60).Draw(t, "length") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3600).Draw(t, "seconds")) * time.Second)
			e := nextEvent(t, s, now)
			before := s
			tr := flow.Step(s, e)
			log = append(log, e)
			t.Logf("%s: %T → %s (%s)", before.Phase, e, tr.Next.Phase, tr.Why)
			if tr.Why == "" {
				t.Fatalf("%T in %s: no reason given", e, before.Phase)
			}
			if tr.Verdict == flow.Refused && (len(tr.Effects) > 0 || !reflect.DeepEqual(tr.Next, before)) {
				t.Fatalf("%T in %s was refused and yet did something", e, before.Phase)
			}
			if tr.Verdict == flow.Advanced != (tr.Next.Phase != before.Phase || tr.Next.Attempt != before.Attempt) {
				t.Fatalf("%T in %s: verdict %s, phase %s", e, before.Phase, tr.Verdict, tr.Next.Phase)
			}
			if tr.Next.Phase != before.Phase && tr.Next.Attempt == before.Attempt && flow.RouteBy(before.Phase, tr.Next.Phase) == "" {
				t.Fatalf("%T leads from %s to %s, which is no route", e, before.Phase, tr.Next.Phase)
			}
			if failed, ok := e.(flow.CallFailed); ok && strays[failed.Call] && tr.Next.Phase != before.Phase {
				t.Fatalf("a mistake's call failed, and the walk went from %s to %s", before.Phase, tr.Next.Phase)
			}
			s = tr.Next
			if d, ok := e.(flow.DoWrong); ok && tr.Verdict != flow.Refused {
				wrong = d.Wrong
			}
			for _, effect := range tr.Effects {
				if q, ok := effect.(flow.Question); ok {
					if calls[q.CallID()] {
						t.Fatalf("call id %d used twice", q.CallID())
					}
					calls[q.CallID()] = true
					strays[q.CallID()] = ofMistake(q, before)
				}
				switch effect := effect.(type) {
				case flow.CreateHandler:
					created[effect.HandlerID] = true
				case flow.SubmitHandler:
					if !created[effect.HandlerID] || !s.HandlerAlive || !s.HandlerLoaded {
						t.Fatal("submitted without a loaded handler")
					}
					if both := !effect.Phone.IsZero() && !effect.DateOfBirth.IsZero(); effect.Phone.IsZero() && effect.DateOfBirth.IsZero() || both && wrong != flow.WrongBothFields {
						t.Fatal("a submit must carry exactly one field")
					}
					if effect.Phone.IsZero() && before.Phase == flow.PhasePhone && wrong != flow.WrongBirthFirst {
						t.Fatal("the phone number goes first")
					}
				case flow.OpenHandler:
					if effect.Again && wrong == flow.WrongOpenTwice {
						continue
					}
					if before.Phase != flow.PhaseReady && before.Phase != flow.PhaseFailed && wrong != flow.WrongOpenBeforeReady {
						t.Fatalf("opened in %s", before.Phase)
					}
					if _, retried := e.(flow.RetryRequested); !retried {
						opened[effect.HandlerID]++
					}
					if opened[effect.HandlerID] > 1 {
						t.Fatal("Link opened twice on one handler")
					}
				}
			}
			if s.Config.InPage && (s.Link.Surface == flow.InTerminal || strings.Contains(tr.Why, "in the terminal") && tr.Verdict != flow.Refused) {
				t.Fatalf("%T in %s leads to the terminal: %s", e, before.Phase, tr.Why)
			}
			switch e.(type) {
			case flow.PageServed, flow.PageConnected, flow.PageLost, flow.PageTrouble, flow.BrowserFailed:
				if s.Phase != before.Phase || len(tr.Effects) > 0 {
					t.Fatalf("%T leads from %s to %s with %d effects", e, before.Phase, s.Phase, len(tr.Effects))
				}
			}
			if s.NeedsPage() && s.Config.InPage {
				if present := flow.Step(s, flow.SurfaceChosen{At: flow.At(now), Surface: flow.InBrowser}); present.Verdict != flow.Noted {
					t.Fatalf("the page cannot be opened again in %s: %s", s.Phase, present.Why)
				}
			}
			if s.Phase.IsEnd() && s.EndReason == "" {
				t.Fatalf("ended in %s without a reason", s.Phase)
			}
		}
		// Replay gives the same state.
		again := initial
		for _, e := range log {
			again = flow.Step(again, e).Next
		}
		if !reflect.DeepEqual(again, s) {
			t.Fatal("replaying the events gave another state")
		}
		// From wherever that led, an end can be reached.
		for range 40 {
			if s.Phase.IsEnd() {
				return
			}
			e := fitting(s, flow.At(now), true)
			now = now.Add(time.Second)
			s = flow.Step(s, e).Next
		}
		t.Fatalf("no end reached from phase %s with %v pending", s.Phase, s.Pending)
	})
}

func BenchmarkStep(b *testing.B) {
	s := flow.New(flow.Config{Client: webLatest})
	for s.Phase != flow.PhaseLink {
		s = flow.Step(s, fitting(s, at(), true)).Next
	}
	e := flow.OnEvent{At: at(), HandlerID: s.HandlerID, Name: "TRANSITION_VIEW", Metadata: flow.Metadata{ViewName: "CONSENT"}}
	b.ReportAllocs()
	for b.Loop() {
		flow.Step(s, e)
	}
}
