package linkpage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"layersim/flow"
	"layersim/flow/linkpage"
	"layersim/flow/linkpage/pagetest"
)

const testScript = "http://127.0.0.1:9/link/v2/stable/link-initialize.js"

var testHandover = flow.Handover{LinkToken: flow.NewLinkToken("link-sandbox-1"), Key: flow.NewLinkKey("key")}

// presented returns a page that shows a session, without any browser.
func presented(t *testing.T) (p *linkpage.Page, address string, events chan flow.Event) {
	t.Helper()
	p, events = newPage(t, testScript)
	address, err := p.Present(context.Background(), handlerID, testHandover)
	if err != nil {
		t.Fatal(err)
	}
	return p, address, events
}

// tab is the other end of a bridge, played by the test.
type tab struct {
	t    *testing.T
	conn *websocket.Conn
}

func dial(t *testing.T, address, origin string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), pagetest.Patience)
	defer cancel()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	return websocket.Dial(ctx, strings.Replace(address, "http:", "ws:", 1)+"bridge", &websocket.DialOptions{HTTPHeader: header})
}

func openTab(t *testing.T, address, instance string) tab {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, _, err := dial(t, address, "http://"+u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	b := tab{t, conn}
	b.send(`{"kind":"hello","instance":"` + instance + `"}`)
	return b
}

func (b tab) send(text string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), pagetest.Patience)
	defer cancel()
	if err := b.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		b.t.Fatal(err)
	}
}

// hear returns the next thing of a kind that the page is told.
func (b tab) hear(kind string) map[string]any {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), pagetest.Patience)
	defer cancel()
	for {
		_, data, err := b.conn.Read(ctx)
		if err != nil {
			b.t.Fatalf("waiting for %s: %v", kind, err)
		}
		var m map[string]any
		if err := json.Unmarshal(data, &m); err != nil {
			b.t.Fatal(err)
		}
		if m["kind"] == kind {
			return m
		}
	}
}

func TestCallbacksBecomeEvents(t *testing.T) {
	_, address, events := presented(t)
	b := openTab(t, address, "a")
	got := b.hear("present")
	want := map[string]any{
		"kind": "present", "version": 1.0, "handler": 1.0, "script": testScript,
		"link_token": "link-sandbox-1", "resume": "key", "open": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	if e := await[flow.PageConnected](t, events); e.Tab != 1 {
		t.Errorf("tab %d", e.Tab)
	}
	b.send(`{"kind":"load","seq":1,"handler":1}`)
	if e := await[flow.OnLoad](t, events); e.HandlerID != 1 || e.When().IsZero() {
		t.Errorf("%+v", e)
	}

	b.send(`{"kind":"event","seq":2,"handler":1,"name":"ERROR","metadata":{"view_name":null,"error_type":"ITEM_ERROR","error_code":"INVALID_OTP",` +
		`"error_message":"bad\u001b[31m code for +14155550011","exit_status":7,"timestamp":"2026-01-02T03:04:05.678Z","link_session_id":"sid","request_id":"rid","routing_number":"021000021"}}`)
	e := await[flow.OnEvent](t, events)
	wantMetadata := flow.Metadata{
		ErrorType: "ITEM_ERROR", ErrorCode: "INVALID_OTP", ErrorMessage: "bad [31m code for +1••••••••11",
		LinkSessionID: "sid", RequestID: "rid", Timestamp: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC),
		Raw: `{"view_name":null,"error_type":"ITEM_ERROR","error_code":"INVALID_OTP","error_message":"bad [31m code for +1••••••••11","exit_status":7,` +
			`"timestamp":"2026-01-02T03:04:05.678Z","link_session_id":"sid","request_id":"rid","routing_number":"••••"}`,
	}
	if diff := cmp.Diff(wantMetadata, e.Metadata); diff != "" || e.Name != "ERROR" || e.HandlerID != 1 {
		t.Errorf("%s %d\n%s", e.Name, e.HandlerID, diff)
	}

	b.send(`{"kind":"success","seq":3,"handler":1,"public_token":"profile-sandbox-00000000-0000-4000-8000-00000000abcd","metadata":{"link_session_id":"sid","accounts":[]}}`)
	s := await[flow.OnSuccess](t, events)
	if s.PublicToken.Reveal() != "profile-sandbox-00000000-0000-4000-8000-00000000abcd" || s.Metadata.LinkSessionID != "sid" {
		t.Errorf("%+v", s)
	}

	b.send(`{"kind":"exit","seq":4,"handler":1,"error":{"error_type":"INVALID_INPUT","error_code":"INVALID_LINK_TOKEN","error_message":"link-sandbox-00000000-0000-4000-8000-00000000abcd is bad","display_message":null},"metadata":{"status":"requires_code","request_id":"rid"}}`)
	x := await[flow.OnExit](t, events)
	wantFailure := flow.Failure{Type: "INVALID_INPUT", Code: "INVALID_LINK_TOKEN", Message: "link-sandbox-••••abcd is bad", RequestID: "rid"}
	if diff := cmp.Diff(wantFailure, x.Failure); diff != "" || x.Metadata.ExitStatus != "requires_code" {
		t.Errorf("%s\n%+v", diff, x.Metadata)
	}

	b.send(`{"kind":"trouble","seq":5,"reason":"blocked\u0007 link-sandbox-00000000-0000-4000-8000-00000000abcd"}`)
	if e := await[flow.PageTrouble](t, events); e.Reason != "blocked  link-sandbox-••••abcd" {
		t.Errorf("%q", e.Reason)
	}
	if ack := b.hear("ack"); ack["seq"].(float64) < 1 {
		t.Error(ack)
	}
}

func TestNothingIsLostOrDoubledAcrossReconnects(t *testing.T) {
	_, address, events := presented(t)
	event := func(seq, name string) string {
		return `{"kind":"event","seq":` + seq + `,"handler":1,"name":"` + name + `","metadata":null}`
	}
	first := openTab(t, address, "a")
	first.send(event("1", "ONE"))
	first.send(event("2", "TWO"))
	await[flow.OnEvent](t, events)
	await[flow.OnEvent](t, events)
	_ = first.conn.CloseNow()
	if e := await[flow.PageLost](t, events); e.Tab != 1 {
		t.Errorf("lost tab %d", e.Tab)
	}

	// The same tab comes back and does not know that TWO arrived.
	again := openTab(t, address, "a")
	again.send(event("2", "TWO"))
	if ack := again.hear("ack"); ack["seq"] != 2.0 {
		t.Errorf("%v", ack)
	}
	again.send(event("4", "FOUR")) // 3 is missing: refused
	again.send(event("3", "THREE"))
	names, _ := until[flow.OnEvent](t, events)
	if want := []string{"connected", "THREE"}; !cmp.Equal(names, want) {
		t.Errorf("events %q, want %q", names, want)
	}
	again.send(event("4", "FOUR"))
	if e := await[flow.OnEvent](t, events); e.Name != "FOUR" {
		t.Error(e.Name)
	}
	// A reload counts anew and is another tab.
	_ = again.conn.CloseNow()
	reloaded := openTab(t, address, "b")
	reloaded.hear("present")
	if e := await[flow.PageConnected](t, events); e.Tab != 2 {
		t.Errorf("tab %d", e.Tab)
	}
	reloaded.send(event("1", "ONE"))
	if e := await[flow.OnEvent](t, events); e.Name != "ONE" {
		t.Error(e.Name)
	}
}

func TestBadMessagesAreRefusedAndTheWalkGoesOn(t *testing.T) {
	var log bytes.Buffer
	events := make(chan flow.Event, 1000)
	p := linkpage.New(linkpage.Options{
		ScriptURL: func(context.Context) (string, error) { return testScript, nil },
		Emit:      func(e flow.Event) { events <- e },
		Now:       time.Now,
		Log:       slog.New(slog.NewTextHandler(&log, nil)),
	})
	address, err := p.Present(context.Background(), handlerID, testHandover)
	if err != nil {
		t.Fatal(err)
	}
	b := openTab(t, address, "a")
	bad := []string{
		`not json secret-4711`, `{}`, `[]`, `null`, `{"kind":"event","seq":"1"}`, `{"kind":"event","seq":-1,"name":"X"}`,
		`{"kind":"event","seq":99,"handler":1,"name":"X"}`,
		// From here on the numbers are right and used up, the content is not.
		`{"kind":"event","seq":1,"handler":7,"name":"X"}`,
		`{"kind":"event","seq":2,"handler":1,"name":""}`,
		`{"kind":"event","seq":3,"handler":1,"name":"X\u001b]0;owned\u0007"}`,
		`{"kind":"event","seq":4,"handler":"1","name":"X"}`,
		`{"kind":"event","seq":5,"handler":[],"name":"X"}`,
		`{"kind":"launch","seq":6,"handler":1}`,
		`{"kind":"success","seq":7,"handler":1,"public_token":"profile sandbox"}`,
		`{"kind":"success","seq":8,"handler":1,"public_token":"` + strings.Repeat("a", 300) + `"}`,
		`{"kind":"trouble","seq":9,"reason":""}`,
	}
	for _, text := range bad {
		b.send(text)
	}
	b.send(`{"kind":"event","seq":10,"handler":1,"name":"GOOD"}`)
	names, _ := until[flow.OnEvent](t, events)
	// Six of them are of this handler, so that they are reported.
	const senseless = "trouble: Something that came from Link makes no sense, so it was passed over: "
	want := []string{
		"connected", senseless + "no proper event name.", senseless + "no proper event name.", senseless + "unknown kind.",
		senseless + "no proper public_token.", senseless + "no proper public_token.", senseless + "trouble without a reason.", "GOOD",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	// One that is too large ends the connection, not the walk.
	b.send(`{"kind":"event","seq":11,"handler":1,"name":"` + strings.Repeat("A", 70<<10) + `"}`)
	await[flow.PageLost](t, events)
	b = openTab(t, address, "a")
	b.send(`{"kind":"event","seq":11,"handler":1,"name":"LATER"}`)
	if e := await[flow.OnEvent](t, events); e.Name != "LATER" {
		t.Error(e.Name)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if refusals := strings.Count(log.String(), "a message of the page was refused"); refusals != len(bad) {
		t.Errorf("%d refusals were logged, want %d:\n%s", refusals, len(bad), log.String())
	}
	if strings.Contains(log.String(), "4711") {
		t.Error("the log quotes what was refused")
	}
}

func TestTheNewestTabTakesOver(t *testing.T) {
	p, address, events := presented(t)
	first := openTab(t, address, "a")
	first.hear("present")
	second := openTab(t, address, "b")
	second.hear("present")
	first.hear("replaced")
	// Should the first one come back, the second keeps the walk.
	late := openTab(t, address, "a")
	late.hear("replaced")

	second.send(`{"kind":"load","seq":1,"handler":1}`)
	names, _ := until[flow.OnLoad](t, events)
	if want := []string{"connected", "connected", "onLoad"}; !cmp.Equal(names, want) {
		t.Errorf("events %q, want %q", names, want)
	}

	p.Dismiss(2, "Not this one.") // an old or unknown handler's
	p.Dismiss(handlerID, "All done.\x1b[2J")
	got := second.hear("dismiss")
	if got["sentence"] != "All done. [2J" || got["link_token"] != nil {
		t.Errorf("%v", got)
	}
	third := openTab(t, address, "c")
	if got := third.hear("dismiss"); got["version"] != 2.0 {
		t.Errorf("%v", got)
	}
	if _, err := p.Present(context.Background(), 2, testHandover); err != nil {
		t.Fatal(err)
	}
	if got := third.hear("present"); got["handler"] != 2.0 || got["version"] != 3.0 {
		t.Errorf("%v", got)
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	p, address, events := presented(t)
	b := openTab(t, address, "a")
	b.hear("present")
	silent, _, err := dial(t, address, strings.TrimSuffix(address[:strings.LastIndex(address[:len(address)-1], "/")], "/"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.CloseNow() }()

	started := time.Now()
	for range 2 {
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(started); took > 2*time.Second {
		t.Errorf("Close took %v", took)
	}
	// A goroutine that has said its last word may be on its way out still.
	all := make([]byte, 1<<20)
	running := func() []byte { return all[:runtime.Stack(all, true)] }
	for bytes.Contains(running(), []byte("linkpage.(*Page)")) {
		if time.Since(started) > 5*time.Second {
			t.Fatalf("something of the page still runs:\n%s", running())
		}
		runtime.Gosched()
	}
	if _, err := net.Dial("tcp", strings.Split(address, "/")[2]); err == nil {
		t.Error("the page still listens")
	}
	if names := drain(events); !cmp.Equal(names, []string{"connected"}) {
		t.Errorf("Close emitted something: %q", names)
	}
	var failure flow.Failure
	if _, err := p.Present(context.Background(), 2, testHandover); !errors.As(err, &failure) {
		t.Errorf("Present after Close: %v", err)
	}
}

func drain(events chan flow.Event) (names []string) {
	for {
		select {
		case e := <-events:
			names = append(names, name(e))
		default:
			return names
		}
	}
}
