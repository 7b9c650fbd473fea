package export_test

import (
	"bytes"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/export"
	"layersim/flow/journal"
)

var began = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

// story is a walk that is told event by event. Time moves on by 700 ms each.
type story struct {
	t     testing.TB
	state flow.State
	began flow.State
	j     *journal.Journal
	at    time.Time
}

func begin(t testing.TB, c flow.Config) *story {
	s := flow.New(c)
	return &story{t: t, state: s, began: s, j: journal.New(s), at: began}
}

// now is when the next event is.
func (s *story) now() flow.At {
	s.at = s.at.Add(700 * time.Millisecond)
	return flow.At(s.at)
}

func (s *story) do(e flow.Event) flow.Verdict {
	t := flow.Step(s.state, e)
	s.j.Append(e, t)
	s.state = t.Next
	return t.Verdict
}

// must is do for what leads on.
func (s *story) must(e flow.Event) {
	s.t.Helper()
	if s.do(e) == flow.Refused {
		s.t.Fatalf("%s is refused: %s", journal.Kind(e), s.j.At(s.j.Len()-1).Why)
	}
}

// call is the question that was asked last.
func (s *story) call() flow.CallID {
	s.t.Helper()
	if len(s.state.Pending) == 0 {
		s.t.Fatalf("nothing is asked in the phase %s", s.state.Phase)
	}
	return s.state.Pending[len(s.state.Pending)-1].CallID()
}

// walk is the story as it is read from a recording of it.
func (s *story) walk(h journal.Header) export.Walk {
	s.t.Helper()
	var file bytes.Buffer
	line, err := h.Line()
	if err != nil {
		s.t.Fatal(err)
	}
	file.Write(append(line, '\n'))
	for _, e := range s.j.Entries() {
		if line, err = journal.Whole(e); err != nil {
			s.t.Fatal(err)
		}
		file.Write(append(line, '\n'))
	}
	r, err := journal.ReadRecording(&file, "walk.jsonl")
	if err != nil {
		s.t.Fatal(err)
	}
	return export.Walk{Recording: r, Entries: s.j.Entries(), Initial: s.began}
}

// told is a walk with two attempts, of which the second is onboarded, and which
// says text wherever a recording can have foreign text.
func told(t testing.TB, text string) export.Walk {
	t.Helper()
	s := begin(t, flow.Config{TemplateID: text, ClientUserID: text, Client: flow.Client{Platform: "web", Name: "Web", Version: "latest", Layer: true, Autofill: true}})
	failure := flow.Failure{Status: 400, Type: text, Code: text, Message: text, DisplayMessage: text, RequestID: text, Reason: text, SuggestedAction: text, Documentation: text, Causes: text, Hint: text}
	headers := []flow.Header{{Name: "Content-Type", Value: "application/json"}, {Name: text, Value: text}}
	s.must(flow.LinkTokenRequested{At: s.now()})
	s.do(flow.ExchangeRecorded{At: s.now(), Exchange: flow.Exchange{Method: text, URL: "https://sandbox.plaid.com/session/token/create?q=" + text, RequestHeaders: headers, RequestBody: text, Error: text, RequestID: text, Started: s.at, Duration: 12 * time.Millisecond}})
	s.must(flow.CallFailed{At: s.now(), Call: s.call(), Failure: failure})
	s.must(flow.StartOverRequested{At: s.now(), TemplateID: text})
	s.do(flow.OnEvent{At: s.now(), Name: text})
	if s.state.Phase == flow.PhaseToken && len(s.state.Pending) == 0 {
		s.must(flow.LinkTokenRequested{At: s.now()})
	}
	s.do(flow.ExchangeRecorded{At: s.now(), Exchange: flow.Exchange{
		Method: "POST", URL: "https://sandbox.plaid.com/session/token/create", RequestHeaders: headers, RequestBody: `{"text":` + quoted(text) + `}`,
		Status: 200, ResponseHeaders: headers, ResponseBody: `{"a":{"b":[` + quoted(text) + `]}}`, Started: s.at, Duration: 12 * time.Millisecond, RequestID: text, Error: text,
	}})
	s.must(flow.SessionTokenCreated{At: s.now(), Call: s.call(), LinkToken: flow.NewLinkToken("link-sandbox-1"), RequestID: text})
	if s.state.Phase == flow.PhaseHandler && len(s.state.Pending) == 0 {
		s.must(flow.HandlerRequested{At: s.now()})
	}
	s.must(flow.HandlerCreated{At: s.now(), Call: s.call()})
	id := s.state.HandlerID
	s.must(flow.OnLoad{At: s.now(), HandlerID: id})
	s.must(flow.PhoneNumberEntered{At: s.now(), Phone: flow.NewPhoneNumber("+14155550011")})
	s.must(flow.HandlerSubmitted{At: s.now(), Call: s.call()})
	foreign := flow.Metadata{ViewName: text, ErrorType: text, ErrorCode: text, ErrorMessage: text, ExitStatus: text, LinkSessionID: "session", RequestID: text, Verdict: text, Timestamp: s.at.Add(-5 * time.Second)}
	s.must(flow.OnEvent{At: s.now(), HandlerID: id, Name: flow.EventLayerReady, Metadata: flow.Metadata{LinkSessionID: "session", Verdict: text, Timestamp: s.at}})
	s.must(flow.OpenRequested{At: s.now(), Surface: flow.InTerminal})
	s.must(flow.HandlerOpened{At: s.now(), Call: s.call()})
	s.do(flow.OnEvent{At: s.now(), HandlerID: id, Name: flow.EventOpen, Metadata: flow.Metadata{LinkSessionID: "session", Timestamp: s.at}})
	s.do(flow.PaneShown{At: s.now(), HandlerID: id, Pane: flow.Pane{View: text, Title: text, Text: text, Notice: text, Button: text}})
	s.do(flow.OnEvent{At: s.now(), HandlerID: id, Name: text, Metadata: foreign})
	s.do(flow.PageTrouble{At: s.now(), Reason: text})
	s.do(flow.DoWrong{At: s.now(), Wrong: flow.WrongID(text)})
	for _, w := range []flow.WebhookReceived{
		{Type: text, Code: text, LinkSessionID: text, Status: text, Reason: text, Raw: quoted(text)},
		{Type: text, Code: text, LinkSessionID: text, Status: text, Verified: true, Delivery: 2, Raw: text},
		{Type: text, Code: text, LinkSessionID: text, Unchecked: true, Reason: text},
	} {
		w.At = s.now()
		s.do(w)
	}
	s.must(flow.OnSuccess{At: s.now(), HandlerID: id, PublicToken: flow.NewPublicToken("public-sandbox-1"), Metadata: flow.Metadata{LinkSessionID: "session", Timestamp: s.at}})
	amount := 110.5
	s.must(flow.UserAccountFetched{At: s.now(), Call: s.call(), Account: flow.UserAccount{
		HasIdentity: true, HasHistory: true, RequestID: text,
		Identity: flow.Identity{FirstName: text, LastName: text, Email: text, Address: flow.Address{Street: text, Street2: text, City: text, Region: text, PostalCode: text, Country: text}, SSN: flow.NewSSN("987654327")},
		History:  flow.EditHistory{Name: flow.EditCounts{Current: 1, Day: 1, Month: 2, Year: 3, AllTime: 4}, SSN: flow.NoCounts()},
		Items: []flow.Item{
			{ItemID: text, Institution: text, AccessToken: flow.NewAccessToken("access-sandbox-1"), Status: flow.AccountsKnown, Accounts: []flow.Account{{AccountID: text, Name: text, Mask: text, Type: text, Subtype: text, Available: &amount, Currency: text}}},
			{ItemID: text, Institution: text, Status: flow.AccountsFailed, Failure: failure},
		},
	}})
	s.do(flow.OnExit{At: s.now(), HandlerID: id, Failure: failure, Metadata: foreign})
	if s.state.Phase != flow.PhaseOnboarded {
		t.Fatalf("the walk ends in %s", s.state.Phase)
	}
	return s.walk(journal.Header{
		Program: text, Started: began, Mode: journal.ModeLive, Elsewhere: []string{text}, TemplateID: text, Template: text, Persona: text,
		ClientUserID: text, Platform: text, SDKVersion: text, Seed: text, Delivery: text,
	})
}
