package journal

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"layersim/flow"
)

// told writes arrows as a reader would say them.
func told(arrows []Arrow) []string {
	var lines []string
	for _, a := range arrows {
		line := strings.ToLower(a.From.Short())
		switch a.Kind {
		case ArrowAttempt:
			line = "===="
		case ArrowNote:
			line += ":"
		case ArrowAnswer:
			line = strings.ToLower(a.To.Short()) + " <-- " + strings.ToLower(a.From.Short())
		default:
			line += " --> " + strings.ToLower(a.To.Short())
		}
		if a.Mark == ArrowFailed {
			line += " ✗"
		}
		lines = append(lines, line+" "+a.Words())
	}
	return lines
}

// drawn returns the diagram of everything that w has walked.
func drawn(w *walker) *Sequence {
	q := NewSequence(w.states[0])
	q.Grow(w.journal)
	return q
}

func requireTold(t *testing.T, arrows []Arrow, want string) {
	t.Helper()
	wanted := strings.Split(strings.ReplaceAll(strings.TrimSpace(want), "\t", ""), "\n")
	got := told(arrows)
	for i := range max(len(got), len(wanted)) {
		g, w := "", ""
		if i < len(got) {
			g = got[i]
		}
		if i < len(wanted) {
			w = wanted[i]
		}
		if g != w {
			t.Errorf("arrow %d:\ngot  %s\nwant %s", i, g, w)
		}
	}
}

func sent(path string, status int) flow.ExchangeRecorded {
	return flow.ExchangeRecorded{At: at(1), Exchange: flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com" + path, Status: status, Started: noon, Duration: 120 * time.Millisecond}}
}

func TestAWalkAsASequence(t *testing.T) {
	w := newWalker()
	event := func(s int, name string, m flow.Metadata) flow.Event {
		return flow.OnEvent{At: at(s), HandlerID: w.now().HandlerID, Name: name, Metadata: m}
	}
	call := func() flow.CallID { return w.now().LastCall }
	w.step(flow.LinkTokenRequested{At: at(0)})
	w.step(sent("/session/token/create", 200))
	w.step(flow.SessionTokenCreated{At: at(1), Call: call(), LinkToken: flow.NewLinkToken("link-sandbox-0123456789ab"), Expiration: noon.Add(time.Hour)})
	w.step(flow.HandlerRequested{At: at(2)})
	w.step(flow.HandlerCreated{At: at(2), Call: call()})
	w.step(flow.OnLoad{At: at(3), HandlerID: w.now().HandlerID})
	w.step(flow.OpenRequested{At: at(3)})
	w.step(flow.PhoneNumberEntered{At: at(4), Phone: flow.NewPhoneNumber("+14155550011")})
	w.step(event(5, flow.EventLayerNotAvailable, flow.Metadata{}))
	w.step(flow.HandlerSubmitted{At: at(5), Call: call()})
	w.step(flow.DateOfBirthEntered{At: at(6), DateOfBirth: flow.NewDateOfBirth("1975-01-18")})
	w.step(event(7, flow.EventLayerReady, flow.Metadata{}))
	w.step(event(8, flow.EventLayerReady, flow.Metadata{Timestamp: noon.Add(time.Millisecond)}))
	w.step(flow.OpenRequested{At: at(9), Surface: flow.InTerminal})
	w.step(flow.PaneShown{At: at(9), HandlerID: w.now().HandlerID, Pane: flow.Pane{View: flow.ViewVerifyPhone}})
	w.step(flow.LinkActed{At: at(10), Action: flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("123456")}})
	w.step(flow.LinkDriven{At: at(10), Call: call()})
	w.step(flow.WebhookReceived{At: at(11), Code: flow.WebhookLayerAuthenticationPassed, Verified: true})
	w.step(flow.WebhookReceived{At: at(11), Code: flow.WebhookSessionFinished, Status: "SUCCESS", Reason: "old key"})
	w.step(flow.AppDid{At: at(11), Deed: flow.DeedSentOwnCode, Because: "LAYER_AUTHENTICATION_PASSED"})
	w.step(flow.OnSuccess{At: at(12), HandlerID: w.now().HandlerID, PublicToken: flow.NewPublicToken("profile-sandbox-0123456789ab")})
	w.step(event(13, flow.EventVerifyPhone, flow.Metadata{Timestamp: noon.Add(10500 * time.Millisecond)}))
	w.step(sent("/user_account/session/get", 200))
	w.step(flow.UserAccountFetched{At: at(14), Call: call(), Account: flow.UserAccount{HasIdentity: true, Items: []flow.Item{{ItemID: "i", AccessToken: flow.NewAccessToken("access-sandbox-i")}}}})
	w.step(sent("/accounts/get", 500))
	w.step(flow.CallFailed{At: at(15), Call: call(), Failure: flow.Failure{Code: "INTERNAL_SERVER_ERROR"}})
	w.step(flow.StartOverRequested{At: at(20)})
	requireTold(t, drawn(w).First(drawn(w).Len()), `
client --> server wants a link_token
server --> plaid POST /session/token/create
server <-- plaid 200 after 120 ms
client <-- server link_token
client --> link create(link_token)
client <-- link create() returned
link --> client onLoad
user --> client open Link (refused)
user --> client phone number +1••••••••11
client --> link submit(phone_number)
link --> client LAYER_NOT_AVAILABLE
client <-- link submit() returned
user --> client date of birth ••••-••-••
client --> link submit(date_of_birth)
link --> client LAYER_READY
link --> client LAYER_READY (refused) (happened at 12:00:00.001, came late)
client --> link open()
link --> user shows VERIFY_PHONE
user --> link one-time code ••••••
plaid --> hooks LAYER_AUTHENTICATION_PASSED
plaid --> hooks ✗ SESSION_FINISHED SUCCESS, not verified
server: The app sent a code of its own to the phone (LAYER_AUTHENTICATION_PASSED)
link --> client onSuccess(public_token)
client --> server public_token
link --> client VERIFY_PHONE (happened at 12:00:10.500, came late)
server --> plaid POST /user_account/session/get
server <-- plaid 200 after 120 ms
client <-- server identity, 1 Item
client --> link destroy()
server --> plaid POST /accounts/get
server <-- plaid ✗ 500 after 120 ms
client <-- server ✗ failed INTERNAL_SERVER_ERROR
==== attempt 2`)
}

func TestAnAttemptThatIsLeftDestroysItsHandlerFirst(t *testing.T) {
	w := newWalker()
	w.attempt(0)
	w.step(flow.LinkTokenRequested{At: at(200)})
	w.step(flow.SessionTokenCreated{At: at(201), Call: w.now().LastCall, LinkToken: flow.NewLinkToken("link-sandbox-0"), Expiration: noon.Add(time.Hour)})
	w.step(flow.HandlerRequested{At: at(202)})
	before := drawn(w).Len()
	w.step(flow.StartOverRequested{At: at(203), TemplateID: "t2"})
	q := drawn(w)
	requireTold(t, q.First(q.Len())[before:], "client --> link destroy()\n==== attempt 3, template t2")
}

// A submit() in the line after create() has its arrow: the simulated Link drops
// it, and nobody knows what the real one does.
func TestASubmitThatComesTooEarlyIsDrawn(t *testing.T) {
	for inPage, want := range map[bool]string{false: "client --> link ✗ submit(phone_number), before onLoad", true: "client --> link submit(phone_number), before onLoad"} {
		initial := flow.New(flow.Config{InPage: inPage})
		q, state := NewSequence(initial), initial
		for i, e := range []flow.Event{
			flow.LinkTokenRequested{At: at(0)},
			flow.SessionTokenCreated{At: at(1), Call: 1, LinkToken: flow.NewLinkToken("link-sandbox-0"), Expiration: noon.Add(time.Hour)},
			flow.DoWrong{At: at(2), Wrong: flow.WrongSubmitBeforeLoad, Phone: flow.NewPhoneNumber("+14155550011")},
		} {
			tr := flow.Step(state, e)
			q.Add(Entry{Seq: i + 1, At: e.When(), Event: e, Verdict: tr.Verdict, Why: tr.Why, Lane: LaneOf(e)})
			state = tr.Next
		}
		lines := told(q.First(q.Len()))
		if n := len(lines); n < 2 || lines[n-2] != "client --> link create(link_token)" || lines[n-1] != want {
			t.Errorf("in a page %v:\n%s", inPage, strings.Join(lines, "\n"))
		}
	}
}

// What was drawn stays, whatever comes later: the diagram of any earlier moment
// is a beginning of today's, and growing gives what drawing at once gives.
func TestTheDiagramOfAnEarlierMomentIsItsBeginning(t *testing.T) {
	w := newWalker()
	growing := NewSequence(w.states[0])
	var kept [][]Arrow
	for n := range 6 {
		w.attempt(n)
		growing.Grow(w.journal)
		kept = append(kept, slices.Clone(growing.First(growing.Len())))
	}
	whole := drawn(w)
	for i, early := range kept {
		n := whole.Until((i + 1) * w.journal.Len() / 6)
		if !reflect.DeepEqual(whole.First(n), early) {
			t.Errorf("after attempt %d: %d arrows of today's, %d then", i+1, n, len(early))
		}
	}
	if whole.Until(0) != 0 || whole.Until(w.journal.Len()) != whole.Len() {
		t.Error("the beginning or the end is elsewhere")
	}
	if used := whole.At(0).Used; used.Has(LifeLink) || !used.Has(LifeServer) {
		t.Errorf("the first arrow already needs %v", used.List())
	}
}

// Every kind of event is drawn, or is one that no app has; what is refused is
// drawn always.
func TestEveryEventHasAnArrow(t *testing.T) {
	for _, event := range oneOfEach() {
		for _, verdict := range []flow.Verdict{flow.Noted, flow.Refused} {
			q := NewSequence(flow.New(flow.Config{}))
			tr := flow.Step(flow.New(flow.Config{}), event)
			q.Add(Entry{Seq: 1, At: noon, Event: event, Verdict: verdict, Why: "x", Lane: LaneOf(event)})
			want := verdict == flow.Refused || !undrawn(event)
			switch event.(type) {
			case flow.HandlerRequested, flow.OpenRequested, flow.ExitRequested: // the call says it, when there is one
				want = verdict == flow.Refused || len(tr.Effects) > 0
			}
			if got := q.Len() > 0; got != want {
				t.Errorf("%T, %s: drawn %v", event, verdict, got)
			}
			for _, a := range q.First(q.Len()) {
				if a.Label == "" || strings.Contains(a.Label, "flow.") || flow.CleanLine(a.Label, 0) != a.Label {
					t.Errorf("%T: label %q", event, a.Label)
				}
				for _, secret := range []string{"LINKMARKER", "PUBLICMARKER", "4155550199", "1961", "864213", "919283746", "NAMEMARKER", "URLMARKER"} {
					if strings.Contains(a.Label, secret) {
						t.Errorf("%T shows %s: %q", event, secret, a.Label)
					}
				}
			}
		}
	}
}

func TestMermaidText(t *testing.T) {
	for text, want := range map[string]string{
		"submit(phone_number)": "submit(phone_number)",
		"a;b#c%%{x}:y\n<b>":    "a#59;b#35;c#37;#37;#123;x#125;#58;y #60;b#62;",
		"end":                  "#101;nd",
		"the END, ended":       "the #69;ND, ended",
		"[x] \"q\"":            "#91;x#93; #34;q#34;",
		"wrap:x":               "wrap#58;x",
		"":                     "-",
		"\x1b[2J\u202e":        "#91;2J",
		"界 é ••11":             "界 é ••11",
	} {
		if got := mermaidText(text); got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func TestMermaid(t *testing.T) {
	w := newWalker()
	w.attempt(0)
	w.step(flow.WebhookReceived{At: at(90), Code: "X"})
	q := drawn(w)
	got := Mermaid(q.First(q.Until(5)))
	want := `sequenceDiagram
    participant C as Your client
    participant L as Link SDK
    participant S as Your server
    C->>S: wants a link_token
    S-->>C: link_token
    C->>L: create(link_token)
    L->>C: onLoad
    L-->>C: create() returned
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
	whole := Mermaid(q.First(q.Len()))
	for _, line := range []string{"participant W as Webhooks", "Note over U,W: attempt 2", "P-xW: X, not verified"} {
		if !strings.Contains(whole, line+"\n") {
			t.Errorf("%q is missing in\n%s", line, whole)
		}
	}
	if !strings.Contains(Mermaid(nil), "Note over U: Nothing has happened yet") {
		t.Error(Mermaid(nil))
	}
}

func BenchmarkGrow(b *testing.B) {
	w := newWalker()
	for w.journal.Len() < 5000 {
		w.attempt(0)
	}
	for b.Loop() {
		drawn(w)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/5000, "ns/entry")
}

func BenchmarkMermaid(b *testing.B) {
	w := newWalker()
	for w.journal.Len() < 5000 {
		w.attempt(0)
	}
	q := drawn(w)
	for b.Loop() {
		Mermaid(q.First(q.Len()))
	}
}

// Calls are spelled as the app's SDK spells them.
func TestCallsAreSpelledAsTheSDKDoes(t *testing.T) {
	android := flow.Client{Platform: "android", Name: "Android", Version: "4.4.0", Names: flow.Names{
		Create: "Plaid.createPlaidLayerSession()", Submit: "session.submit()", Destroy: "letting go of the session", Phone: "phoneNumber", Load: "none", Exit: "LinkExit",
	}}
	initial := flow.New(flow.Config{Client: android})
	w := &walker{journal: New(initial), states: []flow.State{initial}}
	w.step(flow.LinkTokenRequested{At: at(0)})
	w.step(flow.SessionTokenCreated{At: at(1), Call: w.now().LastCall, LinkToken: flow.NewLinkToken("link-sandbox-0")})
	w.step(flow.HandlerRequested{At: at(2)})
	w.step(flow.HandlerCreated{At: at(2), Call: w.now().LastCall})
	w.step(flow.OnLoad{At: at(3), HandlerID: w.now().HandlerID})
	w.step(flow.PhoneNumberEntered{At: at(4), Phone: flow.NewPhoneNumber("+14155550011")})
	w.step(flow.OnExit{At: at(5), HandlerID: w.now().HandlerID, Failure: flow.Failure{Code: "INVALID_LINK_TOKEN"}})
	q := drawn(w)
	requireTold(t, q.First(q.Len())[2:], `
client --> link createPlaidLayerSession(link_token)
client <-- link create() returned
link: has preloaded
user --> client phone number +1••••••••11
client --> link ✗ submit(phoneNumber), Android 4.4.0 is too old
link --> client LinkExit(INVALID_LINK_TOKEN)
client --> link letting go of the session`)
}
