package linkterm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fake is a Link that answers what the test tells it to, and keeps what it was
// asked.
type fake struct {
	asked  []string // "verb body"
	answer func(verb string, body map[string]any) (status int, answer string)
	lose   func(verb string) bool // the answer is lost after Link has acted
	events []flow.Event
	client *Client
}

func newFake(answer func(verb string, body map[string]any) (int, string)) *fake {
	f := &fake{answer: answer}
	f.client = New(Options{
		BaseURL: "http://plaid.test/", Transport: f, Now: func() time.Time { return noon },
		Emit: func(e flow.Event) { f.events = append(f.events, e) },
	})
	return f
}

func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	content, _ := io.ReadAll(r.Body)
	verb := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	f.asked = append(f.asked, verb+" "+string(content))
	var body map[string]any
	_ = json.Unmarshal(content, &body)
	status, answer := f.answer(verb, body)
	if f.lose != nil && f.lose(verb) {
		return nil, io.ErrUnexpectedEOF
	}
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
	return w.Result(), nil
}

// names tells the emitted events in one line.
func (f *fake) names() string {
	var names []string
	for _, e := range f.events {
		switch e := e.(type) {
		case flow.OnEvent:
			names = append(names, e.Name)
		case flow.PaneShown:
			names = append(names, "pane:"+e.Pane.View)
		default:
			names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", e), "flow."))
		}
	}
	return strings.Join(names, " ")
}

// create makes handler 1 and forgets what that emitted.
func (f *fake) create(t *testing.T) {
	t.Helper()
	err := f.client.Create(t.Context(), flow.CreateHandler{HandlerID: 1, LinkToken: flow.NewLinkToken("link-sandbox-LINKMARKER-0000")})
	if err != nil {
		t.Fatal(err)
	}
	f.events = nil
}

func event(seq int, name string) string {
	return fmt.Sprintf(`{"seq":%d,"kind":"event","name":%q,"metadata":{"view_name":null,"link_session_id":"ls1","request_id":"r%d","timestamp":"2026-03-01T12:00:00.%03dZ"}}`, seq, name, seq, seq)
}

// says is an answer in the given state; pane is JSON or "".
func says(state, pane string, callbacks ...string) string {
	if pane == "" {
		pane = "null"
	}
	return `{"session":"KEYMARKER","link_session_id":"ls1","state":"` + state + `","callbacks":[` + strings.Join(callbacks, ",") + `],"pane":` + pane + `}`
}

func failureOf(t *testing.T, err error) flow.Failure {
	t.Helper()
	var f flow.Failure
	if !errors.As(err, &f) {
		t.Fatalf("error is %T (%v), want a flow.Failure", err, err)
	}
	if f.Hint == "" && f.Type == "" || f.Message == "" { // what Plaid's errors mean is said elsewhere
		t.Errorf("failure says too little: %+v", f)
	}
	return f
}

func TestTheWholeWayInTheTerminal(t *testing.T) {
	f := newFake(nil)
	f.answer = func(verb string, body map[string]any) (int, string) {
		switch verb {
		case "session":
			return 200, says("created", "")
		case "submit":
			return 200, says("eligible", "", event(1, "LAYER_READY"))
		case "open":
			return 200, says("consent", `{"view":"CONSENT","button":"Continue"}`, event(2, "OPEN"), event(3, "TRANSITION_VIEW"))
		case "continue":
			return 200, says("verify_phone", `{"view":"VERIFY_PHONE","attempts_left":3}`)
		case "code":
			return 200, says("review", `{"view":"PROFILE_DATA_REVIEW","button":"Share","accounts_rule":"optional",
				"fields":[{"key":"ssn","label":"SSN","value":"919283746","private":true,"required":true,"notice":""}],
				"banks":[{"id":"ins","name":"Bank","accounts":[{"id":"a","name":"Checking","mask":"0000","type":"depository","subtype":"checking","selected":true}]}]}`)
		case "share":
			return 200, says("done", "", event(4, "HANDOFF"), `{"seq":5,"kind":"success","public_token":"profile-sandbox-PUBLICMARKER","metadata":{"institution":null,"accounts":[{"id":"a"}],"link_session_id":"ls1"}}`)
		}
		return 404, ""
	}
	ctx := t.Context()
	steps := []func() error{
		func() error {
			return f.client.Create(ctx, flow.CreateHandler{HandlerID: 1, LinkToken: flow.NewLinkToken("link-sandbox-1")})
		},
		func() error {
			return f.client.Submit(ctx, flow.SubmitHandler{HandlerID: 1, Phone: flow.NewPhoneNumber("+14155550011")})
		},
		func() error { return f.client.Open(ctx, 1) },
		func() error { return f.client.Act(ctx, 1, flow.LinkAction{Kind: flow.LinkContinue}) },
		func() error {
			return f.client.Act(ctx, 1, flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("123456")})
		},
		func() error {
			a := flow.LinkAction{Kind: flow.LinkShare, Accounts: []string{"a"}}
			pane := f.events[len(f.events)-1].(flow.PaneShown).Pane
			a.Values = map[string]flow.SSN{"ssn": pane.Fields[0].Value}
			return f.client.Act(ctx, 1, a)
		},
	}
	for i, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	wantEvents := "OnLoad LAYER_READY OPEN TRANSITION_VIEW pane:CONSENT pane:VERIFY_PHONE pane:PROFILE_DATA_REVIEW HANDOFF OnSuccess"
	if got := f.names(); got != wantEvents {
		t.Errorf("events:\ngot  %s\nwant %s", got, wantEvents)
	}
	wantAsked := []string{
		`session {"token":"link-sandbox-1"}`,
		`submit {"phone_number":"+14155550011"}`,
		`open {"ack":1}`,
		`continue {"ack":3}`,
		`code {"ack":3,"code":"123456"}`,
		`share {"accounts":["a"],"ack":3,"values":{"ssn":"919283746"}}`,
	}
	if got := strings.Join(f.asked, "\n"); got != strings.Join(wantAsked, "\n") {
		t.Errorf("asked:\n%s\nwant\n%s", got, strings.Join(wantAsked, "\n"))
	}
	pane := f.events[6].(flow.PaneShown).Pane
	field := pane.Fields[0]
	if field.Key != "ssn" || field.Value.Reveal() != "919283746" || !field.Private || !field.Required || pane.AccountsRule != "optional" ||
		!pane.Banks[0].Accounts[0].Selected || pane.Banks[0].Name != "Bank" {
		t.Errorf("pane: %+v", pane)
	}
	success := f.events[8].(flow.OnSuccess)
	if success.PublicToken.Reveal() != "profile-sandbox-PUBLICMARKER" || success.Metadata.LinkSessionID != "ls1" ||
		success.Metadata.Raw != `{"institution":null,"accounts":[{"id":"a"}],"link_session_id":"ls1"}` {
		t.Errorf("success: %+v", success)
	}
}

func TestMetadataIsFilled(t *testing.T) {
	f := newFake(func(verb string, _ map[string]any) (int, string) {
		if verb == "session" {
			return 200, says("created", "")
		}
		return 200, says("exited", "",
			`{"seq":1,"kind":"event","name":"ERROR","metadata":{"view_name":"ERROR","error_type":"T","error_code":"C","error_message":"M\u001b[2J","exit_status":"requires_code","link_session_id":"ls","request_id":"rq","timestamp":"2026-03-01T12:34:56.789Z","selection":null}}`,
			`{"seq":2,"kind":"exit","error":{"error_type":"INVALID_INPUT","error_code":"PROFILE_AUTHENTICATION_FAILED","error_message":"no","display_message":"Sorry"},"metadata":{"institution":null,"status":"requires_code","link_session_id":"ls","request_id":"rq2"}}`)
	})
	f.create(t)
	if err := f.client.Exit(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	got := f.events[0].(flow.OnEvent).Metadata
	raw := got.Raw
	got.Raw = ""
	want := flow.Metadata{
		ViewName: "ERROR", ErrorType: "T", ErrorCode: "C", ErrorMessage: "M [2J", ExitStatus: "requires_code",
		LinkSessionID: "ls", RequestID: "rq", Timestamp: time.Date(2026, 3, 1, 12, 34, 56, 789e6, time.UTC),
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if !strings.HasPrefix(raw, `{"view_name":"ERROR","error_type":"T"`) || !strings.HasSuffix(raw, `"selection":null}`) || strings.ContainsRune(raw, 0x1b) {
		t.Errorf("raw: %s", raw)
	}
	exit := f.events[1].(flow.OnExit)
	if exit.Failure.Code != "PROFILE_AUTHENTICATION_FAILED" || exit.Failure.DisplayMessage != "Sorry" || exit.Failure.RequestID != "rq2" ||
		exit.Metadata.ExitStatus != "requires_code" {
		t.Errorf("exit: %+v", exit)
	}
	if f.asked[1] != `exit {"force":true}` {
		t.Errorf("asked %s", f.asked[1])
	}
}

func TestLeavingWithoutAnErrorIsNoFailure(t *testing.T) {
	f := newFake(func(verb string, _ map[string]any) (int, string) {
		if verb == "session" {
			return 200, says("created", "")
		}
		return 200, says("exited", "", event(1, "EXIT"), `{"seq":2,"kind":"exit","error":null,"metadata":null}`)
	})
	f.create(t)
	if err := f.client.Act(t.Context(), 1, flow.LinkAction{Kind: flow.LinkClose}); err != nil {
		t.Fatal(err)
	}
	exit := f.events[1].(flow.OnExit)
	if !exit.Failure.IsZero() || exit.Metadata != (flow.Metadata{}) {
		t.Errorf("exit: %+v", exit)
	}
}

// A simulator that repeats everything, loses answers and numbers with gaps.
func TestCallbacksAreDeliveredOnce(t *testing.T) {
	all := []string{event(1, "A"), event(2, "B"), event(3, "C"), event(4, "D"), event(5, "E")}
	f := newFake(nil)
	var deliverable []string
	f.answer = func(verb string, _ map[string]any) (int, string) {
		if verb == "session" {
			return 200, says("created", "")
		}
		return 200, says("consent", "", deliverable...)
	}
	f.create(t)
	lost := false
	f.lose = func(string) bool { return lost }
	act := func(wantErr bool, now ...string) {
		t.Helper()
		deliverable = now
		err := f.client.Act(t.Context(), 1, flow.LinkAction{Kind: flow.LinkContinue})
		if (err != nil) != wantErr {
			t.Errorf("error %v", err)
		}
	}
	act(false, all[0])
	act(false, all[0], all[0])
	lost = true
	act(true, all[0], all[1])
	lost = false
	act(false, all[1])
	act(false, all[3], all[2], all[1]) // in the order in which Link gives them
	act(false, all[3])
	act(false, all[4], all[4], all[0])
	act(false)
	if got := f.names(); got != "A B D C E" {
		t.Errorf("delivered %s", got)
	}
	var acks []string
	for _, asked := range f.asked[1:] {
		acks = append(acks, strings.TrimPrefix(asked, "continue "))
	}
	if got := strings.Join(acks, " "); got != `{} {"ack":1} {"ack":1} {"ack":1} {"ack":2} {"ack":4} {"ack":4} {"ack":5}` {
		t.Errorf("acknowledged %s", got)
	}
}

func TestACallWhoseAnswerWasLostIsHeard(t *testing.T) {
	submitted := false
	f := newFake(func(verb string, _ map[string]any) (int, string) {
		if verb == "session" {
			return 200, says("created", "")
		}
		answer := says("eligible", "", event(1, "LAYER_READY"))
		if submitted {
			answer = strings.Replace(answer, `"state"`, `"refused":"submitted before","state"`, 1)
		}
		submitted = true
		return 200, answer
	})
	f.create(t)
	lost := true
	f.lose = func(string) bool { return lost }
	submit := flow.SubmitHandler{HandlerID: 1, Phone: flow.NewPhoneNumber("+14155550011")}
	if got := failureOf(t, f.client.Submit(t.Context(), submit)); got.Code != flow.CodeNoConnection || !got.Retryable {
		t.Errorf("lost: %+v", got)
	}
	lost = false
	if err := f.client.Submit(t.Context(), submit); err != nil {
		t.Errorf("again: %v", err)
	}
	if f.names() != "LAYER_READY" {
		t.Errorf("events: %s", f.names())
	}
	if got := failureOf(t, f.client.Submit(t.Context(), submit)); got.Message != "submitted before" {
		t.Errorf("a refusal without news: %+v", got)
	}
}

func TestThePageTakesOverAndGivesBack(t *testing.T) {
	state := "eligible"
	f := newFake(nil)
	f.answer = func(verb string, _ map[string]any) (int, string) {
		switch verb {
		case "session":
			return 200, says("created", "")
		case "open":
			state = "consent"
		}
		if state == "eligible" {
			return 200, says(state, "")
		}
		return 200, says(state, `{"view":"CONSENT"}`)
	}
	f.create(t)
	handover, err := f.client.HandOver(t.Context(), 1)
	if err != nil || handover.Key.Reveal() != "KEYMARKER" || handover.LinkToken.Reveal() != "link-sandbox-LINKMARKER-0000" {
		t.Errorf("handed over %v, %v", handover, err)
	}
	if len(f.asked) != 1 {
		t.Errorf("with nothing to acknowledge Link was asked %q", f.asked[1:])
	}
	// No page ever came: the session must be opened here.
	if err := f.client.Open(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	// A page had it and opened it: here it is only drawn.
	if _, err := f.client.HandOver(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	f.events = nil
	if err := f.client.Act(t.Context(), 1, flow.LinkAction{Kind: flow.LinkContinue}); err != nil || len(f.events) > 0 {
		t.Errorf("the terminal draws what a page draws: %v, %s", err, f.names())
	}
	if err := f.client.Open(t.Context(), 1); err != nil || f.names() != "pane:CONSENT" {
		t.Errorf("%v, %s", err, f.names())
	}
	var verbs []string
	for _, asked := range f.asked {
		verbs = append(verbs, strings.Fields(asked)[0])
	}
	if got := strings.Join(verbs, " "); got != "session sync open continue sync" {
		t.Errorf("asked %s", got)
	}
}

func TestARefusedActionShowsWhatIsThere(t *testing.T) {
	pane := `{"view":"CONSENT"}`
	f := newFake(func(verb string, _ map[string]any) (int, string) {
		answer := says("consent", pane)
		if verb == "code" {
			answer = strings.Replace(answer, `"state"`, `"refused":"no code is wanted here","state"`, 1)
		}
		return 200, answer
	})
	f.create(t)
	if err := f.client.Open(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := f.client.Act(t.Context(), 1, flow.LinkAction{Kind: flow.LinkCode}); err != nil {
		t.Errorf("a refusal with a pane: %v", err)
	}
	if shown := f.events[len(f.events)-1].(flow.PaneShown).Pane; shown.View != "CONSENT" || shown.Notice != "no code is wanted here" {
		t.Errorf("shown: %+v", shown)
	}
	pane = "null"
	if got := failureOf(t, f.client.Act(t.Context(), 1, flow.LinkAction{Kind: flow.LinkCode})); got.Message != "no code is wanted here" {
		t.Errorf("a refusal without a pane: %+v", got)
	}
}

func TestADestroyedHandlerIsSilent(t *testing.T) {
	f := newFake(nil)
	f.answer = func(verb string, _ map[string]any) (int, string) {
		if verb == "session" {
			return 200, says("created", "")
		}
		f.client.Destroy(1) // while the call is under way
		return 200, says("eligible", `{"view":"CONSENT"}`, event(1, "LAYER_READY"))
	}
	f.create(t)
	if err := f.client.Submit(t.Context(), flow.SubmitHandler{HandlerID: 1}); err != nil {
		t.Error(err)
	}
	if len(f.events) != 0 {
		t.Errorf("emitted %s", f.names())
	}
	if got := failureOf(t, f.client.Open(t.Context(), 1)); got.Code != flow.CodeClient {
		t.Errorf("open: %+v", got)
	}
	f.client.Destroy(7)
}

func TestCallsOnOneHandlerWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(func(string, map[string]any) (int, string) { return 200, says("created", "") })
		f.create(t)
		f.answer = func(string, map[string]any) (int, string) {
			<-time.After(time.Minute)
			return 200, says("consent", "", event(1, "A"))
		}
		first := make(chan error)
		go func() { first <- f.client.Open(t.Context(), 1) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if got := failureOf(t, f.client.Exit(ctx, 1)); got.Code != flow.CodeTimeout {
			t.Errorf("the one that waits: %+v", got)
		}
		f.client.Destroy(1) // must not wait
		if err := <-first; err != nil {
			t.Error(err)
		}
		if len(f.asked) != 2 || len(f.events) != 0 {
			t.Errorf("asked %q, emitted %s", f.asked, f.names())
		}
	})
}

// A submit in the line after create is told to Link before onLoad, and nothing
// comes of it.
func TestSubmitBeforeOnLoadIsDropped(t *testing.T) {
	f := newFake(func(verb string, _ map[string]any) (int, string) {
		if verb == "early" {
			return 200, says("created", "", event(9, "LAYER_READY")) // Link would not, and nobody would hear of it
		}
		return 200, says("created", "")
	})
	err := f.client.Create(t.Context(), flow.CreateHandler{HandlerID: 1, LinkToken: flow.NewLinkToken("link-sandbox-1"), Early: flow.NewPhoneNumber("+14155550011")})
	if err != nil || len(f.asked) != 2 || f.asked[1] != `early {"phone_number":"+14155550011"}` || f.names() != "OnLoad" {
		t.Errorf("%v: asked %q, told %s", err, f.asked, f.names())
	}
}

// What an app sends by mistake is what Link gets.
func TestMistakesReachLinkAsTheyAre(t *testing.T) {
	f := newFake(func(verb string, _ map[string]any) (int, string) {
		if verb == "open" {
			return 200, `{"state":"consent","refused":"open came twice","callbacks":[],"pane":null}`
		}
		return 200, says("created", "")
	})
	f.create(t)
	f.asked = nil
	both := flow.SubmitHandler{HandlerID: 1, Phone: flow.NewPhoneNumber("+14155550011"), DateOfBirth: flow.NewDateOfBirth("1975-01-18")}
	if err := f.client.Submit(t.Context(), both); err != nil || f.asked[0] != `submit {"date_of_birth":"1975-01-18","phone_number":"+14155550011"}` {
		t.Errorf("both fields: %v, %q", err, f.asked)
	}
	if err := f.client.OpenAgain(t.Context(), 1); failureOf(t, err).Message != "open came twice" || f.asked[1] != "open {}" {
		t.Errorf("open again: %v, %q", err, f.asked)
	}
	if err := f.client.OpenAgain(t.Context(), 2); err == nil {
		t.Error("a handler that is not there was opened again")
	}
}
