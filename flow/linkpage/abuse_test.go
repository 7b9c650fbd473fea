package linkpage_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"layersim/flow"
	"layersim/flow/linkpage"
	"layersim/flow/linkpage/pagetest"
)

// notes is a log that a test reads while it is written.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notes) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(b)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// await waits until the log has this in it.
func (n *notes) await(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(pagetest.Patience); !strings.Contains(n.String(), text); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("the log:\n%s\nwant %q", n, text)
		}
	}
}

// attacked is a page whose handler was created by the tab "mine", in the middle
// of a walk.
type attacked struct {
	handlers *linkpage.Handlers
	events   chan flow.Event
	log      *notes
	url      string
	mine     tab
	seq      int
}

func newAttacked(t *testing.T) *attacked {
	t.Helper()
	a := &attacked{events: make(chan flow.Event, 1000), log: &notes{}}
	p := linkpage.New(linkpage.Options{
		ScriptURL: func(context.Context) (string, error) { return testScript, nil },
		Emit:      func(e flow.Event) { a.events <- e },
		Now:       time.Now,
		Log:       slog.New(slog.NewTextHandler(a.log, nil)),
	})
	t.Cleanup(func() { _ = p.Close() })
	a.handlers = p.Handlers()
	a.url, _, _ = a.handlers.Serve(t.Context())
	a.connect(t)
	created := make(chan error, 1)
	ctx := within(t)
	go func() {
		created <- a.handlers.Create(ctx, flow.CreateHandler{HandlerID: handlerID, LinkToken: flow.NewLinkToken("link-sandbox-1")})
	}()
	a.mine.hear("handle")
	a.say(`"kind":"did","handler":1,"n":1`)
	ok(t, <-created)
	a.say(`"kind":"load","handler":1`)
	await[flow.OnLoad](t, a.events)
	return a
}

func (a *attacked) connect(t *testing.T) { t.Helper(); a.mine = openTab(t, a.url, "mine") }

// say sends the next message of the page.
func (a *attacked) say(fields string) {
	a.seq++
	a.mine.send(fmt.Sprintf(`{"seq":%d,%s}`, a.seq, fields))
}

// goesOn checks that the walk does: submit, its answer, onSuccess.
func (a *attacked) goesOn(t *testing.T) {
	t.Helper()
	submitted := make(chan error, 1)
	ctx := within(t)
	go func() {
		submitted <- a.handlers.Submit(ctx, flow.SubmitHandler{HandlerID: handlerID, Phone: flow.NewPhoneNumber("+14155550011")})
	}()
	for {
		calls := a.mine.hear("handle")["calls"].([]any)
		if last := calls[len(calls)-1].(map[string]any); last["kind"] == "submit" {
			if last["phone_number"] != "+14155550011" || last["done"] != nil {
				t.Errorf("%v", last)
			}
			break
		}
	}
	select {
	case err := <-submitted:
		t.Fatalf("submit returned %v before the page made it", err)
	default:
	}
	a.say(`"kind":"did","handler":1,"n":2`)
	ok(t, <-submitted)
	a.say(`"kind":"event","handler":1,"name":"LAYER_READY","after":2,"metadata":{}`)
	a.say(`"kind":"success","handler":1,"public_token":"profile-sandbox-1","metadata":{}`)
	names, _ := until[flow.OnSuccess](t, a.events)
	for _, name := range names {
		senseless := strings.HasPrefix(name, "trouble: Something that came from Link makes no sense")
		if name != "LAYER_READY" && name != "onSuccess" && name != "connected" && name != "lost" && !senseless {
			t.Errorf("what was forged came through: %q", names)
		}
	}
}

func TestForgedMessagesHarmNothing(t *testing.T) {
	const secret = "secret-4711"
	for name, test := range map[string]struct {
		forged string // NEXT is the number that is due
		uses   bool   // up the number
		logged string
	}{
		"a call that was never asked for":  {`{"kind":"did","seq":NEXT,"handler":1,"n":2,"failure":"` + secret + `"}`, true, "the call was never asked for"},
		"a call with no number":            {`{"kind":"did","seq":NEXT,"handler":1}`, true, "the call was never asked for"},
		"a call of an unknown handler":     {`{"kind":"did","seq":NEXT,"handler":7,"n":1}`, true, "the call was never asked for"},
		"a call with a huge number":        {`{"kind":"did","seq":NEXT,"handler":1,"n":9223372036854775807}`, true, "the call was never asked for"},
		"an event of an unknown handler":   {`{"kind":"event","seq":NEXT,"handler":2,"name":"` + secret + `"}`, true, "the handler was never presented"},
		"a success of an unknown handler":  {`{"kind":"success","seq":NEXT,"handler":-1,"public_token":"` + secret + `"}`, true, "the handler was never presented"},
		"a number from the future":         {`{"kind":"event","seq":99,"handler":1,"name":"` + secret + `"}`, false, "a number is missing before it"},
		"a number from the past":           {`{"kind":"success","seq":1,"handler":1,"public_token":"` + secret + `"}`, false, "came again"},
		"no number":                        {`{"kind":"event","handler":1,"name":"` + secret + `"}`, false, "no number"},
		"a load that never was":            {`{"kind":"success","seq":1,"handler":1,"public_token":"` + secret + `","instance":"other"}`, false, "no earlier load"},
		"a tab that came later":            {`{"kind":"success","seq":1,"handler":1,"public_token":"` + secret + `","instance":"later"}`, false, "no earlier load"},
		"not JSON":                         {`{"kind":"` + secret, false, "not the JSON that was agreed"},
		"JSON that is no object":           {`["` + secret + `"]`, false, "not the JSON that was agreed"},
		"a field of another kind":          {`{"kind":"event","seq":NEXT,"handler":"` + secret + `"}`, true, "the handler was never presented"},
		"a number that is a text":          {`{"kind":"event","seq":"` + secret + `","handler":1}`, false, "not the JSON that was agreed"},
		"a kind that there is not":         {`{"kind":"` + secret + `","seq":NEXT,"handler":1}`, true, "unknown kind"},
		"a second hello":                   {`{"kind":"hello","instance":"` + secret + `"}`, false, "no number"},
		"an event after a call to come":    {`{"kind":"load","seq":1,"handler":1,"after":5}`, false, "came again"},
		"a name with an escape sequence":   {`{"kind":"event","seq":NEXT,"handler":1,"name":"\u001b]0;` + secret + `\u0007"}`, true, "no proper event name"},
		"a public_token with spaces in it": {`{"kind":"success","seq":NEXT,"handler":1,"public_token":"` + secret + ` "}`, true, "no proper public_token"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAttacked(t)
			a.mine.send(strings.ReplaceAll(test.forged, "NEXT", fmt.Sprint(a.seq+1)))
			if test.uses {
				a.seq++
			}
			a.log.await(t, test.logged)
			a.goesOn(t)
			if log := a.log.String(); strings.Contains(log, secret) {
				t.Errorf("the log says what was sent:\n%s", log)
			}
		})
	}
}

func TestWhatIsNoMessageHarmsNothing(t *testing.T) {
	for name, test := range map[string]struct {
		attack func(t *testing.T, a *attacked)
		logged string
	}{
		"binary": {func(t *testing.T, a *attacked) {
			ok(t, a.mine.conn.Write(within(t), websocket.MessageBinary, []byte(`{"kind":"success","seq":3,"handler":1}`)))
		}, "it is not text"},
		"too large": {func(t *testing.T, a *attacked) {
			a.mine.send(`{"kind":"event","seq":3,"handler":1,"name":"` + strings.Repeat("A", 70<<10) + `"}`)
			await[flow.PageLost](t, a.events)
			a.connect(t)
		}, "a tab was cut off"},
		"a flood": {func(_ *testing.T, a *attacked) {
			for range 20000 {
				a.mine.send(`{"kind":"event","seq":1,"handler":1,"name":"FLOOD"}`)
			}
		}, "came again"},
		"no hello": {func(t *testing.T, a *attacked) {
			u, _ := url.Parse(a.url)
			for _, first := range []string{`{"kind":"success","seq":1,"handler":1,"public_token":"x"}`, `{"kind":"hello"}`, `{"kind":"hello","instance":"` + strings.Repeat("a", 65) + `"}`, `hello`} {
				conn, _, err := dial(t, a.url, "http://"+u.Host)
				ok(t, err)
				ok(t, conn.Write(within(t), websocket.MessageText, []byte(first)))
				if _, data, err := conn.Read(within(t)); err == nil {
					t.Errorf("after %s it was told %s", first, data)
				}
			}
		}, "did not say which tab it is"},
		"the tab's own name": {func(t *testing.T, a *attacked) {
			// Whoever knows it can take the connection over, but not the numbers.
			other := openTab(t, a.url, "mine")
			other.hear("handle")
			other.send(`{"kind":"success","seq":1,"handler":1,"public_token":"x"}`)
			other.send(`{"kind":"success","seq":9,"handler":1,"public_token":"x"}`)
			_ = other.conn.CloseNow()
			await[flow.PageLost](t, a.events)
			a.connect(t)
		}, "a number is missing before it"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAttacked(t)
			test.attack(t, a)
			a.log.await(t, test.logged)
			a.goesOn(t)
		})
	}
}

// Another site, a name that was rebound to loopback, and whoever guesses, never
// speak to the page; what they sent is not in the log.
func TestStrangersNeverReachTheBridge(t *testing.T) {
	a := newAttacked(t)
	u, _ := url.Parse(a.url)
	guessed := strings.Replace(a.url, u.Path, "/"+strings.Repeat("A", len(u.Path)-2)+"/", 1)
	for name, test := range map[string]struct {
		url, host, origin string
		status            int
		logged            string
	}{
		"another site":                  {a.url, "", "https://evil-4711.example", http.StatusForbidden, "because=origin"},
		"another site's sandboxed page": {a.url, "", "null", http.StatusForbidden, "because=origin"},
		"another local server":          {a.url, "", "http://127.0.0.1:1", http.StatusForbidden, "because=origin"},
		"the same host over https":      {a.url, "", "https://" + u.Host, http.StatusForbidden, "because=origin"},
		"no origin":                     {a.url, "", "", http.StatusForbidden, "because=origin"},
		"a rebound name":                {a.url, "evil-4711.example:" + u.Port(), "http://evil-4711.example:" + u.Port(), http.StatusForbidden, "because=host"},
		"a name that only begins well":  {a.url, "127.0.0.1.evil-4711.example:" + u.Port(), "http://" + u.Host, http.StatusForbidden, "because=host"},
		"a guessed path":                {guessed, "", "http://" + u.Host, http.StatusNotFound, "because=path"},
		"no path":                       {"http://" + u.Host + "/", "", "http://" + u.Host, http.StatusNotFound, "because=path"},
	} {
		t.Run(name, func(t *testing.T) {
			header := http.Header{}
			if test.origin != "" {
				header.Set("Origin", test.origin)
			}
			before := strings.Count(a.log.String(), test.logged)
			_, response, err := websocket.Dial(within(t), strings.Replace(test.url, "http:", "ws:", 1)+"bridge", &websocket.DialOptions{HTTPHeader: header, Host: test.host})
			if err == nil || response == nil || response.StatusCode != test.status {
				t.Fatalf("%v %v, want status %d", response, err, test.status)
			}
			if strings.Count(a.log.String(), test.logged) != before+1 {
				t.Errorf("not logged as %s:\n%s", test.logged, a.log.String())
			}
		})
	}
	a.goesOn(t)
	if log := a.log.String(); strings.Contains(log, "4711") || strings.Contains(log, strings.Trim(u.Path, "/")) || strings.Contains(log, "link-sandbox") {
		t.Errorf("the log says too much:\n%s", log)
	}
}

// What an earlier load had reported and nobody acknowledged is taken once, in
// its order, under its numbers, before the new load is told what to do.
func TestReportsOfAnEarlierLoadAreTakenOnce(t *testing.T) {
	a := newAttacked(t)
	_ = a.mine.conn.CloseNow()
	await[flow.PageLost](t, a.events)
	next := openTab(t, a.url, "next")
	await[flow.PageConnected](t, a.events)
	of := `,"handler":1,"instance":"mine"}`
	next.send(`{"kind":"load","seq":2` + of) // it was taken already
	next.send(`{"kind":"event","seq":3,"name":"THREE"` + of)
	next.send(`{"kind":"success","seq":4,"public_token":"profile-sandbox-1"` + of)
	next.send(`{"kind":"success","seq":4,"public_token":"profile-sandbox-1"` + of)
	names, _ := until[flow.OnSuccess](t, a.events)
	if diff := cmp.Diff([]string{"THREE", "onSuccess"}, names); diff != "" {
		t.Error(diff)
	}
	ended := false
	ctx, cancel := context.WithTimeout(t.Context(), pagetest.Patience)
	defer cancel()
	for {
		_, data, err := next.conn.Read(ctx)
		ok(t, err)
		text := string(data)
		ended = ended || strings.Contains(text, `"end":"success"`)
		if ended && strings.Contains(text, "link-sandbox") {
			t.Error("after the end the page still gets the link_token")
		}
		if strings.Contains(text, `"ack"`) && strings.Contains(text, `"seq":4,"instance":"mine"`) {
			break
		}
	}
	if !ended {
		t.Error("the new load is not told first that Link has ended")
	}
	next.send(`{"kind":"event","seq":1,"handler":1,"name":"OWN"}`)
	names, _ = until[flow.OnEvent](t, a.events)
	if diff := cmp.Diff([]string{"OWN"}, names); diff != "" {
		t.Error(diff)
	}
}
