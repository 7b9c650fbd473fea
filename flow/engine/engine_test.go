package engine

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
)

// world is every port at once. What it does is set per test; what was asked of
// it is kept in calls.
type world struct {
	mu     sync.Mutex
	calls  []string
	events []flow.Event

	do         func(ctx context.Context, call string) error
	openURL    func(string) error
	noToken    bool
	noHandover bool
	noURL      bool
}

func (w *world) did(ctx context.Context, format string, args ...any) error {
	call := fmt.Sprintf(format, args...)
	w.mu.Lock()
	w.calls = append(w.calls, call)
	w.mu.Unlock()
	if w.do != nil {
		return w.do(ctx, call)
	}
	return nil
}

func (w *world) emit(e flow.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, strings.TrimPrefix(fmt.Sprintf("emit %T", e), "flow."))
	w.events = append(w.events, e)
}

// emitted returns what was emitted so far.
func (w *world) emitted() []flow.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.events)
}

func (w *world) log() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.ReplaceAll(strings.Join(w.calls, ", "), "flow.", "")
}

// pass lets time go by inside a bubble.
func pass(d time.Duration) { <-time.After(d) }

var expiry = time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC)

func (w *world) CreateSessionToken(ctx context.Context, _ flow.CreateSessionToken) (flow.LinkToken, time.Time, string, error) {
	err := w.did(ctx, "token")
	if w.noToken {
		return flow.LinkToken{}, expiry, "req", err
	}
	return flow.NewLinkToken("link-sandbox-1"), expiry, "req", err
}

func (w *world) GetUserAccountSession(ctx context.Context, _ flow.GetUserAccountSession) (flow.UserAccount, error) {
	return flow.UserAccount{RequestID: "req"}, w.did(ctx, "session")
}

func (w *world) GetAccounts(ctx context.Context, _ flow.GetAccounts) (flow.ItemAccounts, error) {
	return flow.ItemAccounts{Institution: "Bank", Accounts: []flow.Account{{AccountID: "a"}}}, w.did(ctx, "accounts")
}

func (w *world) ExchangePublicToken(ctx context.Context, _ flow.ExchangePublicToken) error {
	return w.did(ctx, "exchange")
}

func (w *world) Try(ctx context.Context, _ flow.TryWebhooks) ([]flow.WebhookTrial, error) {
	return nil, w.did(ctx, "webhooks")
}

func (w *world) Advance(by time.Duration) { _ = w.did(context.Background(), "advance %s", by) }

func (w *world) OpenAgain(ctx context.Context, id flow.HandlerID) error {
	return w.did(ctx, "open again %d", id)
}

func (w *world) Create(ctx context.Context, e flow.CreateHandler) error {
	return w.did(ctx, "create %d", e.HandlerID)
}

func (w *world) Submit(ctx context.Context, e flow.SubmitHandler) error {
	return w.did(ctx, "submit %d", e.HandlerID)
}

func (w *world) Open(ctx context.Context, id flow.HandlerID) error {
	return w.did(ctx, "open %d", id)
}

func (w *world) HandOver(ctx context.Context, id flow.HandlerID) (flow.Handover, error) {
	err := w.did(ctx, "hand over %d", id)
	if w.noHandover {
		return flow.Handover{}, err
	}
	return flow.Handover{LinkToken: flow.NewLinkToken("link-sandbox-1")}, err
}

func (w *world) Act(ctx context.Context, _ flow.HandlerID, a flow.LinkAction) error {
	return w.did(ctx, "act %s", a.Kind)
}

func (w *world) Exit(ctx context.Context, id flow.HandlerID) error {
	return w.did(ctx, "exit %d", id)
}

func (w *world) Destroy(id flow.HandlerID) { _ = w.did(context.Background(), "destroy %d", id) }

func (w *world) Present(ctx context.Context, id flow.HandlerID, _ flow.Handover) (string, error) {
	err := w.did(ctx, "present %d", id)
	if w.noURL {
		return "", err
	}
	return "http://127.0.0.1:1/x", err
}

func (w *world) Dismiss(id flow.HandlerID, sentence string) {
	_ = w.did(context.Background(), "dismiss %d %s", id, sentence)
}

func (w *world) Close() error { return w.did(context.Background(), "close page") }

// browser is the Browser port of a world.
type browser struct{ *world }

func (b browser) Open(url string) error {
	_ = b.did(context.Background(), "browse %s", url)
	if b.openURL != nil {
		return b.openURL(url)
	}
	return nil
}

func (w *world) engine() *Engine {
	return New(Ports{Server: w, Link: w, Page: w, Browser: browser{w}, Clock: w, Webhooks: w, Now: time.Now, Emit: w.emit})
}

// questions are all questions there are, with the answer each must get.
func questions() map[flow.Question]flow.Event {
	call := func(id flow.CallID) flow.Call { return flow.Call{Call: id} }
	return map[flow.Question]flow.Event{
		&flow.CreateSessionToken{Call: call(1)}:                                     flow.SessionTokenCreated{},
		&flow.CreateHandler{Call: call(2), HandlerID: 1}:                            flow.HandlerCreated{},
		&flow.SubmitHandler{Call: call(3), HandlerID: 1}:                            flow.HandlerSubmitted{},
		&flow.OpenHandler{Call: call(4), HandlerID: 1, Surface: flow.InBrowser}:     flow.HandlerOpened{},
		&flow.OpenHandler{Call: call(5), HandlerID: 1, Surface: flow.InTerminal}:    flow.HandlerOpened{},
		&flow.PresentLink{Call: call(6), HandlerID: 1, Surface: flow.InBrowser}:     flow.HandlerOpened{},
		&flow.PresentLink{Call: call(7), HandlerID: 1, Surface: flow.InTerminal}:    flow.HandlerOpened{},
		&flow.DriveLink{Call: call(8), HandlerID: 1}:                                flow.LinkDriven{},
		&flow.ExitHandler{Call: call(9), HandlerID: 1}:                              flow.HandlerExited{},
		&flow.GetUserAccountSession{Call: call(10)}:                                 flow.UserAccountFetched{},
		&flow.OpenHandler{Call: call(12), HandlerID: 1, Again: true}:                flow.HandlerOpened{},
		&flow.TryWebhooks{Call: call(14)}:                                           flow.WebhooksTried{},
		&flow.ExchangePublicToken{Call: call(13)}:                                   flow.PublicTokenExchanged{},
		&flow.GetAccounts{Call: call(11), AccessToken: flow.NewAccessToken("a-b-")}: flow.AccountsFetched{},
	}
}

// value is what a pointer points to: the core hands effects over by value.
func value(q flow.Question) flow.Question {
	return reflect.ValueOf(q).Elem().Interface().(flow.Question)
}

// callOf reads the Call of an answer.
func callOf(t *testing.T, e flow.Event) flow.CallID {
	t.Helper()
	if e == nil {
		t.Fatal("no answer")
	}
	f := reflect.ValueOf(e).FieldByName("Call")
	if !f.IsValid() {
		t.Fatalf("%T is no answer", e)
	}
	return flow.CallID(f.Int())
}

// The lists in these tests must name every effect that the core can ask for.
func TestEveryEffectIsKnownHere(t *testing.T) {
	known := map[string]bool{"DestroyHandler": true, "StartTimer": true, "DoDeed": true, "ForgeOnSuccess": true, "LetTimePass": true, "Call": true}
	for q := range questions() {
		known[reflect.TypeOf(q).Elem().Name()] = true
	}
	_, here, _, _ := runtime.Caller(0)
	source, err := os.ReadFile(strings.TrimSuffix(here, "engine/engine_test.go") + "effect.go")
	if err != nil {
		t.Skip("the core's source is not beside this test")
	}
	file, err := parser.ParseFile(token.NewFileSet(), "effect.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		fields, ok := spec.Type.(*ast.StructType)
		if !ok {
			return true
		}
		for _, f := range fields.Fields.List {
			if embedded, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 && (embedded.Name == "Call" || embedded.Name == "effectMark") && !known[spec.Name.Name] {
				t.Errorf("no test performs %s", spec.Name.Name)
			}
		}
		return true
	})
}

func TestEveryQuestionIsAnsweredOnce(t *testing.T) {
	plaid := flow.Failure{Type: "INVALID_INPUT", Code: "INVALID_API_KEYS", Status: 400}
	for name, tc := range map[string]struct {
		do   func(ctx context.Context, call string) error
		code string // "" when the answer must be the good one
	}{
		"all well":          {nil, ""},
		"Plaid refuses":     {func(context.Context, string) error { return plaid }, "INVALID_API_KEYS"},
		"wrapped failure":   {func(context.Context, string) error { return fmt.Errorf("on the way: %w", plaid) }, "INVALID_API_KEYS"},
		"some other error":  {func(context.Context, string) error { return errors.New("odd\x1b[2J") }, flow.CodeClient},
		"a failure of zero": {func(context.Context, string) error { return flow.Failure{} }, flow.CodeClient},
		"a panic":           {func(context.Context, string) error { panic("boom") }, flow.CodeClient},
		"a panic of nil":    {func(context.Context, string) error { panic(nil) }, flow.CodeClient},
		"the goroutine ends": {func(context.Context, string) error {
			runtime.Goexit()
			return nil
		}, flow.CodeClient},
		"silence": {func(ctx context.Context, _ string) error {
			<-ctx.Done()
			return ctx.Err()
		}, flow.CodeClient},
		"deaf silence": {func(context.Context, string) error {
			pass(time.Hour)
			return nil
		}, flow.CodeTimeout},
	} {
		for q, want := range questions() {
			t.Run(fmt.Sprintf("%s/%s", name, reflect.TypeOf(q).Elem().Name()), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := &world{do: tc.do}
					e := w.engine()
					started := time.Now()
					answer := e.Perform(t.Context(), value(q))
					if got := callOf(t, answer); got != q.CallID() {
						t.Errorf("answered call %d, not %d", got, q.CallID())
					}
					if answer.When().Before(started) {
						t.Errorf("the answer is from %v", answer.When())
					}
					if took := time.Since(started); took > callPatience+lastWord {
						t.Errorf("answered after %v", took)
					}
					failed, isFailure := answer.(flow.CallFailed)
					switch {
					case tc.code == "" && reflect.TypeOf(answer) != reflect.TypeOf(want):
						t.Errorf("answered %T, want %T", answer, want)
					case tc.code != "" && !isFailure:
						t.Errorf("answered %T, want CallFailed", answer)
					case isFailure && failed.Failure.Code != tc.code:
						t.Errorf("failed with %+v, want %s", failed.Failure, tc.code)
					case isFailure && name == "a panic" && !strings.Contains(failed.Failure.Message, "boom"):
						t.Errorf("a panic is called %q", failed.Failure.Message)
					case isFailure && strings.ContainsRune(failed.Failure.Message, 0x1b):
						t.Errorf("message %q", failed.Failure.Message)
					}
					synctest.Wait()
					pass(2 * time.Hour) // whoever was deaf comes back: nothing may hang or be emitted late
					for _, event := range w.emitted() {
						if _, isAnswer := event.(flow.CallFailed); isAnswer {
							t.Errorf("emitted %T as well", event)
						}
					}
				})
			})
		}
	}
}

func TestTimeIsUpAfterHalfAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{do: func(context.Context, string) error {
			pass(time.Hour)
			return nil
		}}
		started := time.Now()
		answer := w.engine().Perform(t.Context(), flow.CreateSessionToken{Call: flow.Call{Call: 7}})
		f := answer.(flow.CallFailed).Failure
		if f.Code != flow.CodeTimeout || !f.Retryable || f.Hint == "" {
			t.Errorf("got %+v", f)
		}
		if took := time.Since(started); took != callPatience+lastWord {
			t.Errorf("after %v", took)
		}
		pass(2 * time.Hour)
	})
}

func TestNonsenseFromAPortIsAFailure(t *testing.T) {
	for name, tc := range map[string]struct {
		w *world
		q flow.Question
	}{
		"no link_token": {&world{noToken: true}, flow.CreateSessionToken{Call: flow.Call{Call: 1}}},
		"no handover":   {&world{noHandover: true}, flow.OpenHandler{Call: flow.Call{Call: 1}, Surface: flow.InBrowser}},
		"no address":    {&world{noURL: true}, flow.OpenHandler{Call: flow.Call{Call: 1}, Surface: flow.InBrowser}},
		"no surface":    {&world{}, flow.OpenHandler{Call: flow.Call{Call: 1}, Surface: "moon"}},
	} {
		answer, ok := tc.w.engine().Perform(t.Context(), tc.q).(flow.CallFailed)
		if !ok || answer.Failure.Code != flow.CodeClient {
			t.Errorf("%s: %+v", name, answer)
		}
		if strings.Contains(tc.w.log(), "browse") {
			t.Errorf("%s: a browser was started", name)
		}
	}
}

func TestMissingPortsAreSaidPlainly(t *testing.T) {
	e := New(Ports{Now: time.Now, Emit: func(flow.Event) {}})
	for q := range questions() {
		f, ok := e.Perform(t.Context(), value(q)).(flow.CallFailed)
		if !ok || f.Failure.Code != flow.CodeClient || !strings.HasPrefix(f.Failure.Message, "there is no ") {
			t.Errorf("%T: %+v", value(q), f)
		}
	}
	if event := e.Perform(t.Context(), flow.DestroyHandler{HandlerID: 1}); event != nil {
		t.Errorf("an order was answered with %T", event)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

func TestTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := (&world{}).engine()
		id := flow.TimerID{Kind: flow.TimerLinkToken, Call: 3}
		until := time.Now().Add(4 * time.Hour)
		fired, ok := e.Perform(t.Context(), flow.StartTimer{Timer: id, Until: until}).(flow.TimerFired)
		if !ok || fired.Timer != id || !fired.When().Equal(until) {
			t.Errorf("fired %+v", fired)
		}
		if _, ok := e.Perform(t.Context(), flow.StartTimer{Timer: id, Until: until.Add(-time.Hour)}).(flow.TimerFired); !ok {
			t.Error("a time that has passed does not fire")
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		if event := e.Perform(ctx, flow.StartTimer{Timer: id, Until: time.Now().Add(time.Hour)}); event != nil {
			t.Errorf("a cancelled timer answered %+v", event)
		}
	})
}

func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{do: func(ctx context.Context, call string) error {
			if call != "close page" {
				<-ctx.Done()
			}
			return ctx.Err()
		}}
		e := w.engine()
		answers := make(chan flow.Event, 2)
		go func() { answers <- e.Perform(t.Context(), flow.CreateSessionToken{Call: flow.Call{Call: 1}}) }()
		go func() { answers <- e.Perform(t.Context(), flow.StartTimer{Until: time.Now().Add(time.Hour)}) }()
		synctest.Wait()
		started := time.Now()
		if err := errors.Join(e.Close(), e.Close()); err != nil {
			t.Error(err)
		}
		got := []flow.Event{<-answers, <-answers}
		if time.Since(started) > time.Second {
			t.Errorf("it took %v", time.Since(started))
		}
		if i := slices.Index(got, nil); i < 0 {
			t.Errorf("the timer answered: %+v", got)
		} else if _, ok := got[1-i].(flow.CallFailed); !ok {
			t.Errorf("the call was answered with %+v", got[1-i])
		}
		if n := strings.Count(w.log(), "close page"); n != 1 {
			t.Errorf("the page was closed %d times", n)
		}
		late, ok := e.Perform(t.Context(), flow.CreateSessionToken{Call: flow.Call{Call: 2}}).(flow.CallFailed)
		if !ok || late.Failure.Message != errClosed.Error() || strings.Count(w.log(), "token") != 1 {
			t.Errorf("after Close: %+v, %s", late, w.log())
		}
	})
}

// What the app does by itself, and what is made up, comes back as an event; the
// simulated Plaid's clock is moved before anybody hears of it.
func TestMistakes(t *testing.T) {
	w := &world{}
	e := w.engine()
	if did, ok := e.Perform(t.Context(), flow.DoDeed{Deed: flow.DeedTrustedPhone, Because: "onSuccess"}).(flow.AppDid); !ok || did.Deed != flow.DeedTrustedPhone || did.Because != "onSuccess" || did.When().IsZero() {
		t.Errorf("a deed became %+v", did)
	}
	token := flow.NewPublicToken(flow.ForgedPublicToken)
	if forged, ok := e.Perform(t.Context(), flow.ForgeOnSuccess{HandlerID: 3, PublicToken: token}).(flow.OnSuccess); !ok || forged.HandlerID != 3 || forged.PublicToken != token {
		t.Errorf("a forged onSuccess became %+v", forged)
	}
	if passed, ok := e.Perform(t.Context(), flow.LetTimePass{Call: flow.Call{Call: 5}, By: time.Hour}).(flow.TimePassed); !ok || passed.Call != 5 || w.log() != "advance 1h0m0s" {
		t.Errorf("the clock: %+v, %s", passed, w.log())
	}
	e.Perform(t.Context(), flow.OpenHandler{Call: flow.Call{Call: 6}, HandlerID: 1, Surface: flow.InBrowser, Again: true})
	if want := "advance 1h0m0s, open again 1"; w.log() != want {
		t.Errorf("opened again: %s, want %s", w.log(), want)
	}
	nobody := New(Ports{Now: time.Now, Emit: func(flow.Event) {}})
	for _, q := range []flow.Question{flow.LetTimePass{}, flow.TryWebhooks{}} {
		if failed, ok := nobody.Perform(t.Context(), q).(flow.CallFailed); !ok || !strings.HasPrefix(failed.Failure.Message, "there is no simulated Plaid") {
			t.Errorf("%T with the real Plaid: %+v", q, failed)
		}
	}
}
