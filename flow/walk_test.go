package flow_test

import (
	"testing"
	"time"

	"layersim/flow"
)

// epoch is when every walk in these tests begins.
var epoch = time.Date(2026, 3, 7, 9, 0, 0, 0, time.UTC)

var (
	webLatest = flow.Client{Platform: "web", Name: "Web", Version: "latest", Layer: true, Autofill: true}
	noEA      = flow.Client{Platform: "ios", Name: "iOS", Version: "6.3.0", Layer: true, MinLayer: "6.0.4", MinAutofill: "6.3.1"}
	noLayer   = flow.Client{Platform: "ios", Name: "iOS", Version: "6.0.3", MinLayer: "6.0.4", MinAutofill: "6.3.1"}
)

// at is the event time used where the time does not matter.
func at() flow.At { return flow.At(epoch.Add(time.Minute)) }

// begin is a walk with this client, before anything has happened.
func begin(c flow.Client) flow.State {
	return flow.New(flow.Config{TemplateID: "template_4uinBNe4B2x9", ClientUserID: "user-1", Client: c})
}

// feed steps through events and fails the test if one is refused.
func feed(t *testing.T, s flow.State, events ...flow.Event) flow.State {
	t.Helper()
	for _, e := range events {
		tr := flow.Step(s, e)
		if tr.Verdict == flow.Refused {
			t.Fatalf("%T refused in phase %s: %s", e, s.Phase, tr.Why)
		}
		s = tr.Next
	}
	return s
}

// answer gives the id of the call that is waited for, as the world would.
func answer(s flow.State) flow.CallID { return s.LastCall }

func sdk(s flow.State, name string, m flow.Metadata) flow.OnEvent {
	return flow.OnEvent{At: at(), HandlerID: s.HandlerID, Name: name, Metadata: m}
}

// The walk, one stop after the other.

func askedToken(t *testing.T, c flow.Client) flow.State {
	return feed(t, begin(c), flow.LinkTokenRequested{At: at()})
}

func hasToken(t *testing.T, c flow.Client) flow.State {
	s := askedToken(t, c)
	return feed(t, s, flow.SessionTokenCreated{
		At: at(), Call: answer(s), LinkToken: flow.NewLinkToken("link-sandbox-af1a0311-da53-4636-b754-dd15cc058176"),
		Expiration: epoch.Add(4 * time.Hour), RequestID: "XQVgFigpGHXkb0b",
	})
}

func creating(t *testing.T, c flow.Client) flow.State {
	return feed(t, hasToken(t, c), flow.HandlerRequested{At: at()})
}

func loaded(t *testing.T, c flow.Client) flow.State {
	s := creating(t, c)
	return feed(t, s, flow.HandlerCreated{At: at(), Call: answer(s)}, flow.OnLoad{At: at(), HandlerID: s.HandlerID})
}

func phoneSubmitted(t *testing.T, c flow.Client) flow.State {
	s := feed(t, loaded(t, c), flow.PhoneNumberEntered{At: at(), Phone: flow.NewPhoneNumber("+14155550011")})
	return feed(t, s, flow.HandlerSubmitted{At: at(), Call: answer(s)})
}

// unheard is a walk whose SDK is too old for Layer, with the phone submitted.
func unheard(t *testing.T) flow.State {
	return feed(t, loaded(t, noLayer), flow.PhoneNumberEntered{At: at(), Phone: flow.NewPhoneNumber("+14155550011")})
}

// fellBackEarly is one whose SDK cannot submit a date of birth.
func fellBackEarly(t *testing.T) flow.State {
	s := phoneSubmitted(t, noEA)
	return feed(t, s, sdk(s, flow.EventLayerNotAvailable, flow.Metadata{}))
}

func wantsDOB(t *testing.T) flow.State {
	s := phoneSubmitted(t, webLatest)
	return feed(t, s, sdk(s, flow.EventLayerNotAvailable, flow.Metadata{}))
}

func dobSubmitted(t *testing.T) flow.State {
	s := feed(t, wantsDOB(t), flow.DateOfBirthEntered{At: at(), DateOfBirth: flow.NewDateOfBirth("1975-01-18")})
	return feed(t, s, flow.HandlerSubmitted{At: at(), Call: answer(s)})
}

func ready(t *testing.T) flow.State {
	s := phoneSubmitted(t, webLatest)
	return feed(t, s, sdk(s, flow.EventLayerReady, flow.Metadata{LinkSessionID: "session-1"}))
}

func inLink(t *testing.T, where flow.Surface) flow.State {
	s := feed(t, ready(t), flow.OpenRequested{At: at(), Surface: where})
	return feed(t, s, flow.HandlerOpened{At: at(), Call: answer(s)}, sdk(s, flow.EventOpen, flow.Metadata{}))
}

func succeeded(t *testing.T) flow.State {
	s := inLink(t, flow.InBrowser)
	return feed(t, s, flow.OnSuccess{At: at(), HandlerID: s.HandlerID, PublicToken: flow.NewPublicToken("profile-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce992d")})
}

func onboarded(t *testing.T) flow.State {
	s := succeeded(t)
	return feed(t, s, flow.UserAccountFetched{At: at(), Call: answer(s), Account: flow.UserAccount{
		HasIdentity: true,
		Identity:    flow.Identity{FirstName: "Leslie", PhoneNumber: flow.NewPhoneNumber("+14155550015")},
		Items: []flow.Item{
			{ItemID: "item-1", AccessToken: flow.NewAccessToken("access-sandbox-1")},
			{ItemID: "item-2", AccessToken: flow.NewAccessToken("access-sandbox-2")},
		},
	}})
}

func fellBack(t *testing.T) flow.State {
	s := dobSubmitted(t)
	return feed(t, s, sdk(s, flow.EventLayerAutofillUnavailable, flow.Metadata{}))
}

func exited(t *testing.T) flow.State {
	s := inLink(t, flow.InBrowser)
	return feed(t, s, flow.OnExit{At: at(), HandlerID: s.HandlerID})
}

func silent(t *testing.T) flow.State {
	s := phoneSubmitted(t, webLatest)
	return feed(t, s, flow.TimerFired{At: at(), Timer: flow.TimerID{Kind: flow.TimerEligibility, Call: s.LastCall}})
}

var unreachable = flow.Failure{Code: flow.CodeNoConnection, Message: "connection refused", Retryable: true}

// fail lets the call that is waited for fail.
func fail(t *testing.T, s flow.State) flow.State {
	return feed(t, s, flow.CallFailed{At: at(), Call: answer(s), Failure: unreachable})
}
