package flow_test

import (
	"slices"
	"testing"

	"layersim/flow"
)

// A mistake's call may fail long after the walk has left the mistake behind.
func TestAMistakesCallFailsLate(t *testing.T) {
	forgedToken := flow.NewPublicToken(flow.ForgedPublicToken)
	s := inLink(t, flow.InTerminal)
	s = feed(t, s,
		flow.DoWrong{At: at(), Wrong: flow.WrongOnSuccessTrusted},
		flow.OnSuccess{At: at(), HandlerID: s.HandlerID, PublicToken: forgedToken})
	forged := answer(s)
	s = feed(t, s,
		flow.DoWrong{At: at(), Wrong: flow.WrongInformationalEvent},
		flow.OnSuccess{At: at(), HandlerID: s.HandlerID, PublicToken: flow.NewPublicToken("profile-sandbox-1")})
	outcome := s.Mistake.Outcome
	failed := flow.Step(s, flow.CallFailed{At: at(), Call: forged, Failure: flow.Failure{Code: "INVALID_PUBLIC_TOKEN"}})
	if failed.Verdict != flow.Noted || failed.Next.Phase != flow.PhaseSession || failed.Next.Mistake.Outcome != outcome {
		t.Errorf("%s, %s: %s; outcome %q", failed.Verdict, failed.Next.Phase, failed.Why, failed.Next.Mistake.Outcome)
	}
	fetched := flow.Step(s, flow.UserAccountFetched{At: at(), Call: forged, Account: flow.UserAccount{Items: []flow.Item{{ItemID: "no item of this user's"}}}})
	if fetched.Next.Phase != flow.PhaseSession || len(fetched.Next.Account.Items) != 0 {
		t.Errorf("the session of a token that was made up counts: %s, %+v", fetched.Next.Phase, fetched.Next.Account)
	}
	end := feed(t, failed.Next, flow.UserAccountFetched{At: at(), Call: answer(s)})
	if end.Phase != flow.PhaseOnboarded {
		t.Errorf("the real session leads to %s", end.Phase)
	}
}

// What was made up is believed by nobody once the walk does something else wrong.
func TestAForgedOnSuccessComesLate(t *testing.T) {
	s := inLink(t, flow.InTerminal)
	s = feed(t, s, flow.DoWrong{At: at(), Wrong: flow.WrongOnSuccessTrusted}, flow.DoWrong{At: at(), Wrong: flow.WrongInformationalEvent})
	tr := flow.Step(s, flow.OnSuccess{At: at(), HandlerID: s.HandlerID, PublicToken: flow.NewPublicToken(flow.ForgedPublicToken)})
	if tr.Verdict != flow.Refused || tr.Next.Phase != flow.PhaseLink {
		t.Errorf("%s, %s: %s", tr.Verdict, tr.Next.Phase, tr.Why)
	}
}

func TestAMistakeSpoilsOneAttemptOnly(t *testing.T) {
	usual := begin(webLatest).Config
	s := feed(t, onboarded(t), flow.DoWrong{At: at(), Wrong: flow.WrongSDKTooOld, Client: noLayer})
	if s.Config.Client != noLayer {
		t.Fatalf("no old SDK: %+v", s.Config)
	}
	// A second mistake on top must not take the spoiled one for the usual.
	s = feed(t, s, flow.DoWrong{At: at(), Wrong: flow.WrongAutofillNeedsAccounts, TemplateID: "template_2"})
	if s.Config.Client != webLatest || s.Config.TemplateID != "template_2" {
		t.Errorf("the second mistake begins with %+v", s.Config)
	}
	s = feed(t, s, flow.StartOverRequested{At: at()})
	if s.Config != usual || s.Mistake.Wrong != "" {
		t.Errorf("after starting over: %+v", s.Config)
	}
	s = feed(t, s, flow.LinkTokenRequested{At: at()}, flow.StartOverRequested{At: at()})
	if s.Config != usual {
		t.Errorf("after starting over again: %+v", s.Config)
	}
}

// Two steps from one state must not write to the same memory.
func TestStepsFromOneStateShareNoCalls(t *testing.T) {
	s := inLink(t, flow.InTerminal)
	var calls []flow.CallID
	twice := func() {
		s = feed(t, s, flow.DoWrong{At: at(), Wrong: flow.WrongOpenTwice})
		calls = append(calls, answer(s))
	}
	for range 5 {
		twice()
	}
	// One way answers a call, another makes one more, a third has them all fail.
	answered := feed(t, s, flow.HandlerOpened{At: at(), Call: calls[0]})
	more := feed(t, s, flow.DoWrong{At: at(), Wrong: flow.WrongOpenTwice})
	for _, from := range []flow.State{s, answered, more} {
		for _, q := range slices.Clone(from.Pending) {
			tr := flow.Step(from, flow.CallFailed{At: at(), Call: q.CallID(), Failure: unreachable})
			if tr.Next.Phase != flow.PhaseLink || tr.Verdict != flow.Noted {
				t.Errorf("call %d: %s, %s", q.CallID(), tr.Next.Phase, tr.Why)
			}
			from = tr.Next
		}
	}
}
