package journal

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"layersim/flow"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func at(seconds int) flow.At { return flow.At(noon.Add(time.Duration(seconds) * time.Second)) }

// walker drives the core as a program does and keeps every state it was in.
type walker struct {
	journal *Journal
	states  []flow.State
}

func newWalker() *walker {
	initial := flow.New(flow.Config{TemplateID: "t", Client: flow.Client{Name: "Web", Layer: true, Autofill: true}})
	return &walker{journal: New(initial), states: []flow.State{initial}}
}

func (w *walker) now() flow.State { return w.states[len(w.states)-1] }

func (w *walker) step(event flow.Event) Entry {
	t := flow.Step(w.now(), event)
	w.states = append(w.states, t.Next)
	return w.journal.Append(event, t)
}

// attempt walks once to an open Link and leaves it.
func (w *walker) attempt(n int) {
	s := n * 100
	w.step(flow.LinkTokenRequested{At: at(s)})
	w.step(flow.SessionTokenCreated{At: at(s + 1), Call: w.now().LastCall, LinkToken: flow.NewLinkToken("link-sandbox-0123456789"), Expiration: noon.Add(4000 * time.Hour)})
	w.step(flow.HandlerRequested{At: at(s + 2)})
	w.step(flow.OnLoad{At: at(s + 3), HandlerID: w.now().HandlerID})
	w.step(flow.HandlerCreated{At: at(s + 4), Call: w.now().LastCall})
	w.step(flow.PhoneNumberEntered{At: at(s + 5), Phone: flow.NewPhoneNumber("+14155550011")})
	w.step(flow.OnEvent{At: at(s + 6), HandlerID: w.now().HandlerID, Name: flow.EventLayerReady})
	w.step(flow.OpenRequested{At: at(s + 7), Surface: flow.InTerminal})
	w.step(flow.PaneShown{At: at(s + 8), HandlerID: w.now().HandlerID, Pane: flow.Pane{View: flow.ViewConsent, Fields: []flow.PaneField{{Key: "ssn"}}}})
	w.step(flow.OnExit{At: at(s + 9), HandlerID: w.now().HandlerID})
	w.step(flow.StartOverRequested{At: at(s + 10)})
}

func TestAnyMomentCanBeStoodInAgain(t *testing.T) {
	w := newWalker()
	for n := range 120 {
		w.attempt(n)
	}
	if w.journal.Len() < 4*snapshotEvery {
		t.Fatalf("only %d entries", w.journal.Len())
	}
	if w.now().Attempt != 121 {
		t.Fatalf("the walk is in attempt %d: the events did not do what this test means them to", w.now().Attempt)
	}
	for i := -1; i < w.journal.Len(); i++ {
		if i%7 != 0 && (i+2)%snapshotEvery > 3 {
			continue // all around the kept states, some of the others
		}
		if got := w.journal.StateAt(i); !reflect.DeepEqual(got, w.states[i+1]) {
			t.Fatalf("state after entry %d:\ngot  %+v\nwant %+v", i, got, w.states[i+1])
		}
	}
	var entries []Entry
	for i := range w.journal.Len() {
		entries = append(entries, w.journal.At(i))
	}
	if got := Fold(w.states[0], entries...); !reflect.DeepEqual(got, w.now()) {
		t.Error("the fold over all entries is not the live state")
	}
	if got := w.journal.StateAt(-7); !reflect.DeepEqual(got, w.states[0]) {
		t.Error("before the beginning is not the beginning")
	}
	if got := w.journal.StateAt(w.journal.Len() + 7); !reflect.DeepEqual(got, w.now()) {
		t.Error("past the end is not the end")
	}
}

func TestEntriesSayWhatBecameOfTheEvent(t *testing.T) {
	w := newWalker()
	first := w.step(flow.LinkTokenRequested{At: at(1)})
	w.step(flow.SessionTokenCreated{At: at(2), Call: w.now().LastCall, LinkToken: flow.NewLinkToken("link-sandbox-0")})
	refused := w.step(flow.OnSuccess{At: at(3), HandlerID: 9})
	if first.Seq != 1 || !first.At.Equal(noon.Add(time.Second)) || first.Lane != LaneYou || first.Why == "" {
		t.Errorf("first: %+v", first)
	}
	if refused.Seq != 3 || refused.Verdict != flow.Refused || refused.Why == "" || refused.Phase != w.now().Phase {
		t.Errorf("refused: %+v", refused)
	}
	if got := w.journal.At(2); !reflect.DeepEqual(got, refused) {
		t.Errorf("kept %+v, returned %+v", got, refused)
	}
}

func TestAFailedCallIsBookedWhereItWent(t *testing.T) {
	w := newWalker()
	w.step(flow.LinkTokenRequested{At: at(1)})
	failed := flow.Failure{Code: flow.CodeTimeout}
	if got := w.step(flow.CallFailed{At: at(2), Call: w.now().LastCall, Failure: failed}); got.Lane != LaneServer {
		t.Errorf("the token: %q", got.Lane)
	}
	w.step(flow.RetryRequested{At: at(3)})
	w.step(flow.SessionTokenCreated{At: at(4), Call: w.now().LastCall, LinkToken: flow.NewLinkToken("link-sandbox-0"), Expiration: noon.Add(time.Hour)})
	w.step(flow.HandlerRequested{At: at(5)})
	if got := w.step(flow.CallFailed{At: at(6), Call: w.now().LastCall, Failure: failed}); got.Lane != LaneLink {
		t.Errorf("the handler: %q", got.Lane)
	}
	if got := w.step(flow.CallFailed{At: at(7), Call: 999, Failure: failed}); got.Lane != LaneServer {
		t.Errorf("a call nobody made: %q", got.Lane)
	}
}

func TestOneWritesWhileOthersRead(t *testing.T) {
	w := newWalker()
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if n := w.journal.Len(); n > 0 {
						_ = w.journal.At(n - 1)
						_ = w.journal.StateAt(n / 2)
					}
				}
			}
		})
	}
	for n := range 30 {
		w.attempt(n)
	}
	close(stop)
	readers.Wait()
}

func TestAHundredThousandEntriesAreModest(t *testing.T) {
	w := newWalker()
	w.attempt(0)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tr := flow.Step(w.now(), flow.LinkTokenRequested{At: at(0)})
	for i := range 100_000 {
		w.journal.Append(flow.PageTrouble{At: at(i), Reason: "x"}, tr)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if used := int64(after.HeapAlloc) - int64(before.HeapAlloc); used > 32<<20 {
		t.Errorf("100,000 entries take %d MB", used>>20)
	}
	runtime.KeepAlive(w)
}

// oneOfEach is every kind of event, full of what must not be shown.
func oneOfEach() []flow.Event {
	const evil = "\x1b[2J\n\u009b\u202e"
	meta := flow.Metadata{ViewName: "CONSENT" + evil, ErrorCode: "INVALID_OTP", RequestID: "req1", LinkSessionID: "ls1"}
	failure := flow.Failure{Type: "INVALID_INPUT", Code: "INVALID_API_KEYS" + evil, Message: "invalid " + evil, Status: 400, RequestID: "req1"}
	link, public := flow.NewLinkToken("link-sandbox-LINKMARKER-0000"), flow.NewPublicToken("profile-sandbox-PUBLICMARKER-0000")
	return []flow.Event{
		flow.LinkTokenRequested{}, flow.HandlerRequested{}, flow.PhoneNumberEntered{Phone: flow.NewPhoneNumber("+14155550199")},
		flow.DateOfBirthEntered{DateOfBirth: flow.NewDateOfBirth("1961-07-23")}, flow.AutofillDeclined{},
		flow.OpenRequested{Surface: flow.InBrowser}, flow.SurfaceChosen{Surface: flow.InTerminal},
		flow.LinkActed{Action: flow.LinkAction{Kind: flow.LinkShare, Code: flow.NewOneTimeCode("864213"), Values: map[string]flow.SSN{"ssn": flow.NewSSN("919283746")}}},
		flow.ExitRequested{}, flow.RetryRequested{}, flow.StartOverRequested{TemplateID: "t" + evil}, flow.SignUpSubmitted{},
		flow.DoWrong{Wrong: flow.WrongID("both" + evil), Phone: flow.NewPhoneNumber("+14155550199"), DateOfBirth: flow.NewDateOfBirth("1961-07-23"), TemplateID: evil},
		flow.PublicTokenExchanged{}, flow.TimePassed{}, flow.WebhooksTried{Trials: []flow.WebhookTrial{{What: "one" + evil, Right: evil, Wrong: evil}}}, flow.AppDid{Deed: flow.Deed(evil), Because: evil},
		flow.OnLoad{}, flow.OnEvent{Name: "TRANSITION_VIEW" + evil, Metadata: meta}, flow.OnSuccess{PublicToken: public, Metadata: meta},
		flow.OnExit{Failure: failure, Metadata: meta}, flow.SessionTokenCreated{LinkToken: link, Expiration: noon, RequestID: "req1"},
		flow.HandlerCreated{}, flow.HandlerSubmitted{}, flow.HandlerOpened{}, flow.LinkDriven{}, flow.HandlerExited{},
		flow.UserAccountFetched{Account: flow.UserAccount{RequestID: "req1", Identity: flow.Identity{SSN: flow.NewSSN("919283746"), FirstName: "NAMEMARKER"}}},
		flow.AccountsFetched{Institution: "Bank" + evil, Accounts: []flow.Account{{}}}, flow.CallFailed{Failure: failure},
		flow.PaneShown{Pane: flow.Pane{View: "CONSENT" + evil, Notice: "wrong" + evil}},
		flow.PageServed{URL: "http://127.0.0.1:4711/URLMARKER"}, flow.BrowserStarted{}, flow.BrowserFailed{Reason: "none" + evil},
		flow.PageConnected{Tab: 2}, flow.PageLost{Tab: 2}, flow.PageTrouble{Reason: "script" + evil},
		flow.WebhookReceived{Type: "LAYER", Code: "LAYER_AUTHENTICATION_PASSED" + evil, LinkToken: link, Reason: "old" + evil},
		flow.TimerFired{Timer: flow.TimerID{Kind: flow.TimerLinkToken, Call: 3}},
		flow.ExchangeRecorded{Exchange: flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/session/token/create" + evil, Status: 200, RequestID: "req1", Duration: 120 * time.Millisecond, Error: evil}},
	}
}

func TestNamesAndDetailsAreOneHarmlessLine(t *testing.T) {
	lanes := map[Lane]bool{}
	for _, event := range oneOfEach() {
		name, more := Name(event), Detail(event)
		lanes[LaneOf(event)] = true
		if name == "" || strings.Contains(name, "flow.") {
			t.Errorf("%T is called %q", event, name)
		}
		if name == strings.TrimPrefix(fmt.Sprintf("%T", event), "flow.") {
			t.Errorf("%T has no name of its own", event)
		}
		for _, r := range name + more {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Errorf("%T: %U stands in %q %q", event, r, name, more)
			}
		}
		for _, marker := range []string{"LINKMARKER", "PUBLICMARKER", "4155550199", "1961", "864213", "919283746", "NAMEMARKER", "URLMARKER"} {
			if strings.Contains(name+more, marker) {
				t.Errorf("%T shows %s: %q %q", event, marker, name, more)
			}
		}
	}
	if len(lanes) != len(Lanes()) {
		t.Errorf("lanes in use: %v, of %v", lanes, Lanes())
	}
	long := Name(flow.OnEvent{Name: strings.Repeat("x", 10_000)})
	if len(long) > 2*longest {
		t.Errorf("a name of %d bytes", len(long))
	}
}

func TestNamesAndDetailsSayWhatMatters(t *testing.T) {
	for _, tc := range []struct {
		event        flow.Event
		lane         Lane
		name, detail string
	}{
		{flow.OnEvent{Name: "TRANSITION_VIEW", Metadata: flow.Metadata{ViewName: "CONSENT", RequestID: "r1"}}, LaneLink, "TRANSITION_VIEW", "view_name=CONSENT request_id=r1"},
		{flow.OnEvent{Name: "ERROR", Metadata: flow.Metadata{ErrorType: "ITEM_ERROR", ErrorCode: "INVALID_OTP", ErrorMessage: "wrong code"}}, LaneLink, "ERROR", `error_type=ITEM_ERROR error_code=INVALID_OTP error_message="wrong code"`},
		{flow.OnExit{}, LaneLink, "onExit", ""},
		{flow.OnSuccess{PublicToken: flow.NewPublicToken("profile-sandbox-0123456789ab")}, LaneLink, "onSuccess", "public_token=profile-sandbox-••••89ab"},
		{flow.PhoneNumberEntered{Phone: flow.NewPhoneNumber("+14155550011")}, LaneYou, "phone number entered", "phone_number=+1••••••••11"},
		{flow.ExchangeRecorded{Exchange: flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/session/token/create", Status: 200, Duration: 1234567, RequestID: "r"}}, LaneServer, "POST /session/token/create 200", "took=1ms request_id=r"},
		{flow.ExchangeRecorded{Exchange: flow.Exchange{Method: "POST", URL: "https://x/y", Error: "refused"}}, LaneServer, "POST /y no answer", "error=refused"},
		{flow.CallFailed{Failure: flow.Failure{Type: "INVALID_INPUT", Code: "INVALID_API_KEYS", Status: 400, RequestID: "r"}}, LaneServer, "failed INVALID_API_KEYS", "status=400 error_type=INVALID_INPUT error_code=INVALID_API_KEYS request_id=r"},
		{flow.WebhookReceived{Type: "LINK", Code: "SESSION_FINISHED", Status: "SUCCESS", Verified: true}, LaneWebhook, "SESSION_FINISHED", "webhook_type=LINK status=SUCCESS verified=yes"},
		{flow.PageServed{URL: "http://127.0.0.1:4711/secret/"}, LanePage, "page served", "url=http://127.0.0.1:4711/••••"},
		{flow.TimerFired{Timer: flow.TimerID{Kind: flow.TimerEligibility, Call: 4}}, LaneClock, "still no answer", "call=4"},
		{flow.UserAccountFetched{Account: flow.UserAccount{HasIdentity: true, RequestID: "r"}}, LaneServer, "session received", "identity_edit_history=null items=0 request_id=r"},
	} {
		if lane, name, detail := LaneOf(tc.event), Name(tc.event), Detail(tc.event); lane != tc.lane || name != tc.name || detail != tc.detail {
			t.Errorf("%T:\ngot  %s | %s | %s\nwant %s | %s | %s", tc.event, lane, name, detail, tc.lane, tc.name, tc.detail)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	w := newWalker()
	event := flow.PageTrouble{At: at(0), Reason: "x"}
	t := flow.Step(w.now(), event)
	for b.Loop() {
		w.journal.Append(event, t)
	}
}

func BenchmarkStateAt(b *testing.B) {
	w := newWalker()
	for n := range 1000 {
		w.attempt(n)
	}
	for b.Loop() {
		_ = w.journal.StateAt(snapshotEvery*20 - 2) // the longest way from a kept state
	}
}
