package journal

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"layersim/flow"
)

// whole walk: from the token to the accounts, as its entries stand in the
// journal of a program.
func fullWalk() *walker {
	w := newWalker()
	exchange := func(path, request string) flow.ExchangeRecorded {
		return flow.ExchangeRecorded{At: at(1), Exchange: flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com" + path, Status: 200, RequestID: request}}
	}
	session := flow.Metadata{LinkSessionID: "ls1"}
	token := flow.NewLinkToken("link-sandbox-0123456789")
	w.step(flow.LinkTokenRequested{At: at(0)})                                                                                   // 0
	w.step(exchange("/session/token/create", "r1"))                                                                              // 1
	w.step(flow.SessionTokenCreated{At: at(1), Call: 1, LinkToken: token, Expiration: noon.Add(4000 * 3600e9), RequestID: "r1"}) // 2
	w.step(flow.HandlerRequested{At: at(2)})                                                                                     // 3
	w.step(flow.OnLoad{At: at(3), HandlerID: 1})                                                                                 // 4
	w.step(flow.HandlerCreated{At: at(4), Call: w.now().LastCall})                                                               // 5
	w.step(flow.PhoneNumberEntered{At: at(5), Phone: flow.NewPhoneNumber("+14155550011")})                                       // 6
	w.step(flow.OnEvent{At: at(6), HandlerID: 1, Name: flow.EventLayerReady, Metadata: session})                                 // 7
	w.step(flow.HandlerSubmitted{At: at(6), Call: w.now().LastCall})                                                             // 8
	w.step(flow.OpenRequested{At: at(7), Surface: flow.InTerminal})                                                              // 9
	w.step(flow.OnEvent{At: at(8), HandlerID: 1, Name: flow.EventOpen, Metadata: session})                                       // 10
	w.step(flow.HandlerOpened{At: at(8), Call: w.now().LastCall})                                                                // 11
	w.step(flow.WebhookReceived{At: at(9), Code: flow.WebhookLayerAuthenticationPassed, LinkSessionID: "ls1", LinkToken: token}) // 12
	w.step(flow.OnEvent{At: at(10), HandlerID: 1, Name: flow.EventHandoff, Metadata: flow.Metadata{LinkSessionID: "ls1"}})       // 13
	w.step(flow.OnSuccess{At: at(10), HandlerID: 1, PublicToken: flow.NewPublicToken("profile-sandbox-1"), Metadata: session})   // 14
	w.step(exchange("/user_account/session/get", "r2"))                                                                          // 15
	account := flow.UserAccount{RequestID: "r2", HasIdentity: true, Items: []flow.Item{{ItemID: "i", AccessToken: flow.NewAccessToken("access-sandbox-1")}}}
	w.step(flow.UserAccountFetched{At: at(11), Call: w.now().LastCall, Account: account})                               // 16
	w.step(exchange("/accounts/get", "r3"))                                                                             // 17
	w.step(flow.AccountsFetched{At: at(12), Call: w.now().LastCall, Institution: "Bank"})                               // 18
	w.step(flow.WebhookReceived{At: at(13), Code: flow.WebhookSessionFinished, LinkSessionID: "ls1", LinkToken: token}) // 19
	return w
}

func said(related []Relation) []string {
	var out []string
	for _, r := range related {
		out = append(out, fmt.Sprintf("%d %s", r.Index, r.Why))
	}
	return out
}

func TestRelated(t *testing.T) {
	w := fullWalk()
	entries := w.journal.Entries()
	if phase := w.now().Phase; phase != flow.PhaseOnboarded {
		t.Fatalf("the walk ended in %s", phase)
	}
	for _, tc := range []struct {
		about int
		want  []string
	}{
		{0, []string{"1 this call on the wire", "2 the answer to this call"}},
		{1, []string{"0 what made your server call", "2 what your server made of it"}},
		{2, []string{
			"0 what asked for this answer", "1 the call on the wire that brought this", "3 makes a handler from this link_token",
			"12 a webhook about this link_token", "19 a webhook about this link_token",
		}},
		{3, []string{"2 made from this link_token", "4 this handler has loaded", "5 the answer to this call", "16 destroys this handler"}},
		{4, []string{"3 the handler that has loaded", "6 submits on this handler"}},
		{6, []string{"4 the handler it submits on", "7 this event answers that submit", "8 the answer to this call"}},
		{7, []string{"6 the submit that this event answers", "9 opens what this event made ready"}},
		{9, []string{"7 the event that allows open()", "10 Link says that it opened", "11 the answer to this call", "14 how Link ended"}},
		{10, []string{"9 the open() behind this event", "13 the next event of this Link"}},
		{12, []string{
			"2 the link_token that this webhook names", "14 how the same Link session ended in your client", "19 a later webhook of the same Link session",
		}},
		{13, []string{"10 the event before it", "14 the callback of this event"}},
		{14, []string{
			"9 the open() that began it", "12 a webhook of the same Link session", "13 the event of this callback",
			"15 this call on the wire", "16 the answer to this call", "19 a webhook of the same Link session",
		}},
		{15, []string{"14 what made your server call", "16 what your server made of it"}},
		{16, []string{"3 the handler that is destroyed", "14 what asked for this answer", "15 the call on the wire that brought this", "17 this call on the wire", "18 the answer to this call"}},
		{18, []string{"16 what asked for this answer", "17 the call on the wire that brought this"}},
		{19, []string{
			"2 the link_token that this webhook names", "12 an earlier webhook of the same Link session", "14 how the same Link session ended in your client",
		}},
		{-1, nil}, {len(entries), nil},
	} {
		if got := said(Related(entries, tc.about)); !slices.Equal(got, tc.want) {
			t.Errorf("entry %d:\ngot  %s\nwant %s", tc.about, strings.Join(got, "\n     "), strings.Join(tc.want, "\n     "))
		}
	}
}

// Who is related to another is so in both directions, and to itself never.
func TestRelatedIsMutual(t *testing.T) {
	w := fullWalk()
	for n := range 3 {
		w.attempt(n)
	}
	for _, event := range oneOfEach() {
		w.step(event)
	}
	entries := w.journal.Entries()
	for i := range entries {
		for _, r := range Related(entries, i) {
			if r.Index == i || r.Why == "" {
				t.Errorf("entry %d is related to %+v", i, r)
			}
			if !slices.ContainsFunc(Related(entries, r.Index), func(back Relation) bool { return back.Index == i }) {
				t.Errorf("entry %d (%s) knows %d (%s), which does not know it", i, Name(entries[i].Event), r.Index, Name(entries[r.Index].Event))
			}
		}
	}
}

// Attempts, handlers and calls do not mix.
func TestRelatedKeepsAttemptsApart(t *testing.T) {
	w := newWalker()
	w.attempt(0)
	n := w.journal.Len()
	w.attempt(1)
	entries := w.journal.Entries()
	for i := range entries {
		for _, r := range Related(entries, i) {
			if (i < n) != (r.Index < n) && Kind(entries[max(i, r.Index)].Event) != "SessionTokenCreated" && Kind(entries[max(i, r.Index)].Event) != "HandlerRequested" {
				t.Errorf("%d %s and %d %s: %s", i, Name(entries[i].Event), r.Index, Name(entries[r.Index].Event), r.Why)
			}
		}
	}
}

// When calls run beside each other, nothing tells which answer came from which.
func TestRelatedDoesNotGuess(t *testing.T) {
	question := func(id flow.CallID) flow.Effect { return flow.GetAccounts{Call: flow.Call{Call: id}} }
	exchange := flow.ExchangeRecorded{Exchange: flow.Exchange{URL: "https://x/accounts/get"}}
	entries := []Entry{
		{Event: flow.UserAccountFetched{}, Effects: []flow.Effect{question(1), question(2)}},
		{Event: exchange}, {Event: exchange}, {Event: flow.AccountsFetched{Call: 2}}, {Event: flow.AccountsFetched{Call: 1}},
		{Event: flow.RetryRequested{}, Effects: []flow.Effect{question(3)}},
		{Event: exchange}, {Event: flow.AccountsFetched{Call: 3}}, {Event: flow.AccountsFetched{Call: 3}},
	}
	for about, want := range map[int][]string{
		1: {"0 what made your server call"}, 3: {"0 what asked for this answer"}, 4: {"0 what asked for this answer"},
		7: {"5 what asked for this answer", "6 the call on the wire that brought this"}, 8: nil,
	} {
		if got := said(Related(entries, about)); !slices.Equal(got, want) {
			t.Errorf("entry %d: %q, want %q", about, got, want)
		}
	}
}

func BenchmarkRelated(b *testing.B) {
	w := newWalker()
	for n := range 455 {
		w.attempt(n)
	}
	entries := w.journal.Entries()
	b.Logf("%d entries", len(entries))
	for b.Loop() {
		Related(entries, 2500)
	}
}

// Read bit by bit, a journal has the same relations.
func TestTracerGoesOn(t *testing.T) {
	entries := fullWalk().journal.Entries()
	for about := range entries {
		tracer := NewTracer(about)
		for n := range len(entries) + 1 {
			got := tracer.Read(entries[:n])
			if want := Related(entries[:n], about); n > about && !slices.Equal(got, want) {
				t.Fatalf("about %d of %d: %v, want %v", about, n, got, want)
			}
		}
	}
}
