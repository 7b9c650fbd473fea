package plaidsim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// tries creates n tokens and says how each went: its status, or "closed".
func tries(t *testing.T, s *Sim, n int) (got []string) {
	t.Helper()
	for range n {
		resp, err := (&http.Client{Transport: s.Transport()}).Post("https://sandbox.plaid.com/session/token/create", "application/json",
			strings.NewReader(`{"client_id":"c","secret":"s","template_id":"default","user_id":"usr_1"}`))
		if err != nil {
			got = append(got, "closed")
			continue
		}
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if errors.Is(err, io.ErrUnexpectedEOF) {
			got = append(got, "cut")
		} else {
			got = append(got, fmt.Sprint(resp.StatusCode))
		}
	}
	return got
}

func TestControlFaults(t *testing.T) {
	for _, c := range []struct{ fault, want string }{
		{`{"on":"/session/token/create","status":500}`, "500 200 200 200 200"},
		{`{"on":"/session/token/create","status":429,"calls":2}`, "429 429 200 200 200"},
		{`{"on":"/session/token/create","status":503,"nth":3}`, "200 200 503 200 200"},
		{`{"on":"/session/token/create","status":503,"nth":2,"calls":-1}`, "200 503 503 503 503"},
		{`{"on":"/session/token/create","drop":true,"nth":2}`, "200 closed 200 200 200"},
		{`{"on":"/session/token/create","truncate":true,"nth":2}`, "200 cut 200 200 200"},
		{`{"on":"/session/token/create","garbage":true,"status":502}`, "502 200 200 200 200"},
		{`{"on":"/accounts/get","drop":true}`, "200 200 200 200 200"},
		{`{"on":"","error_code":"INVALID_API_KEYS","error_type":"INVALID_INPUT"}`, "400 200 200 200 200"},
	} {
		s := newSim(t)
		status, o := post(t, s, "/sim/faults", c.fault)
		if status != 200 || o["id"] != 1.0 {
			t.Errorf("%s: %d %v", c.fault, status, o)
		}
		if got := strings.Join(tries(t, s, 5), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.fault, got, c.want)
		}
	}
}

// What was done before an answer was cut off stays done.
func TestTruncatedAnswerComesAfterTheFact(t *testing.T) {
	s := newSim(t)
	post(t, s, "/sim/faults", `{"on":"/session/token/create","truncate":true}`)
	tries(t, s, 1)
	same(t, told(s)[1:], []string{"note", "call /session/token/create 200"})
}

// A rate is drawn from the seed: the same again, and about as often as asked.
func TestFaultRate(t *testing.T) {
	run := func(seed uint64) []string {
		s := newSim(t, func(c *Config) { c.Seed = seed })
		post(t, s, "/sim/faults", `{"on":"/session/token/create","status":500,"rate":0.25}`)
		return tries(t, s, 400)
	}
	first := run(1)
	same(t, run(1), first)
	if failed := strings.Count(strings.Join(first, " "), "500"); failed < 70 || failed > 130 {
		t.Errorf("%d of 400 failed", failed)
	}
	if reflect.DeepEqual(run(2), first) {
		t.Error("another seed draws the same")
	}
}

func TestFaultLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t)
		post(t, s, "/sim/faults", `{"on":"CreateSessionToken","latency":"3s"}`)
		post(t, s, "/sim/faults", `{"on":"CreateSessionToken","latency":"5s","status":503}`)
		before := time.Now()
		same(t, tries(t, s, 3), []string{"200", "503", "200"})
		if took := time.Since(before); took != 8*time.Second {
			t.Errorf("it took %v", took)
		}
		post(t, s, "/sim/faults", `{"on":"CreateSessionToken","latency":"1h"}`)
		client := &http.Client{Transport: s.Transport(), Timeout: time.Second}
		if _, err := client.Post("http://plaid.test/session/token/create", "application/json", strings.NewReader("{}")); err == nil {
			t.Error("the client's timeout did not end it")
		}
	})
}

// Over a socket the connection really goes away.
func TestFaultDropOverASocket(t *testing.T) {
	s := newSim(t)
	server := httptest.NewServer(s.Loopback())
	defer server.Close()
	s.Fail(Fault{On: pathTokenCreate, Drop: true})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "POST /session/token/create HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
	if answer, _ := io.ReadAll(bufio.NewReader(conn)); len(answer) != 0 {
		t.Errorf("an answer: %s", answer)
	}
}

func TestControlFaultsOnEvents(t *testing.T) {
	s := newSim(t)
	walk := func() *link {
		l := newLink(t, s, "default")
		l.review(fullPhone)
		l.do("share", nil)
		return l
	}
	all := walk().names()
	without := func(name string) (left []string) {
		for _, n := range all {
			if n != name {
				left = append(left, n)
			}
		}
		return left
	}
	for _, name := range []string{"LAYER_READY", "HANDOFF", "onSuccess"} {
		post(t, s, "/sim/faults", `{"on":"`+name+`","lose":true}`)
		same(t, walk().names(), without(name))
	}
	same(t, walk().names(), all) // healed

	post(t, s, "/sim/faults", `{"on":"OPEN","duplicate":true}`)
	if got := walk().names(); strings.Count(strings.Join(got, " "), "OPEN") != 2 || len(got) != len(all)+1 {
		t.Errorf("duplicate: %v", got)
	}

	// Delay is on the simulator's clock; the answer says that something is kept back.
	post(t, s, "/sim/faults", `{"on":"LAYER_READY","delay":"5s"}`)
	l := newLink(t, s, "default")
	if o := l.submit(fullPhone); o["late"] != true || len(l.calls) != 0 {
		t.Errorf("delayed: %v", o)
	}
	s.Advance(4 * time.Second)
	l.do("sync", nil)
	if len(l.calls) != 0 {
		t.Errorf("too early: %v", l.names())
	}
	s.Advance(time.Second)
	if o := l.do("sync", nil); o["late"] != nil {
		t.Errorf("nothing is late any more: %v", o)
	}
	same(t, l.names(), []string{"LAYER_READY"})

	_, o := post(t, s, "/sim/faults", `{"on":"onSuccess","hold":true}`)
	l = walk()
	same(t, l.names(), without("onSuccess"))
	send(t, s, http.MethodDelete, fmt.Sprintf("/sim/faults/%v", o["id"]), nil, "")
	l.do("sync", nil)
	same(t, l.names(), append(without("onSuccess"), "onSuccess"))
}

func TestControlFaultsAreListedAndHealed(t *testing.T) {
	s := newSim(t)
	post(t, s, "/sim/faults", `{"on":"/accounts/get","status":500,"calls":-1,"latency":"1500ms"}`)
	post(t, s, "/sim/faults", `{"on":"/session/token/create","status":500,"calls":2}`)
	tries(t, s, 1)
	_, o := get(t, s, "/sim/faults")
	want := `{"faults":[` +
		`{"applied":0,"calls":-1,"id":1,"latency":"1.5s","left":-1,"on":"/accounts/get","status":500},` +
		`{"applied":1,"calls":2,"id":2,"left":1,"on":"/session/token/create","status":500}]}`
	if got := string(encode(o)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	send(t, s, http.MethodDelete, "/sim/faults/2", nil, "")
	same(t, tries(t, s, 1), []string{"200"})
	send(t, s, http.MethodDelete, "/sim/faults", nil, "")
	if _, o := get(t, s, "/sim/faults"); len(o["faults"].([]any)) != 0 {
		t.Errorf("%v", o)
	}
	same(t, notes(s), []string{
		"fault 1 is armed: /accounts/get: latency 1.5s, 500 INTERNAL_SERVER_ERROR", "fault 2 is armed: /session/token/create: 500 INTERNAL_SERVER_ERROR",
		"fault 2 acts on /session/token/create", "fault 2 is healed", "every fault is healed",
	})
	records, _ := s.Records(0, 100)
	if line := string(encode(records[3])); !strings.Contains(line, `"fault":true`) || !strings.Contains(line, `"status":500`) {
		t.Errorf("the spoilt call: %s", line)
	}
}

func TestControlFaultRefusals(t *testing.T) {
	s := newSim(t)
	for body, says := range map[string]string{
		`{"on":"/session/token/make","status":500}`:          "/session/token/create",
		`{"on":"/session/token/create"}`:                     "what goes wrong",
		`{"on":"/session/token/create","latency":"long"}`:    "500ms",
		`{"on":"/session/token/create","lose":true}`:         "for events",
		`{"on":"LAYER_READY","status":500}`:                  "lose, duplicate, hold, delay",
		`{"on":"LAYER_READY","lose":true,"hold":true}`:       "one of",
		`{"on":"LAYER_READY","lose":true,"status":500}`:      "the rest is for calls",
		`{"on":"/accounts/get","drop":true,"truncate":true}`: "choose one",
		`{"on":"/accounts/get","swallow":true}`:              "Link session",
		`{"on":"/accounts/get","status":99}`:                 "from 400 to 599",
		`{"on":"/accounts/get","status":500,"rate":1.5}`:     "below 1",
		`{"on":"/accounts/get","status":500,"nth":-1}`:       "nth",
		`{"id":7,"on":"/accounts/get","status":500}`:         "leave them out",
		`{"on":"/accounts/get","statuses":500}`:              "statuses",
		`{"on":"/accounts/get","status":"500"}`:              "a number",
	} {
		if status, o := post(t, s, "/sim/faults", body); status != 400 || !strings.Contains(text(o, "error_message"), says) {
			t.Errorf("%s: %d %v", body, status, o)
		}
	}
	if resp, _ := send(t, s, http.MethodDelete, "/sim/faults/9", nil, ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("%d", resp.StatusCode)
	}
	same(t, notes(s), nil)
}

// After a reset the same requests get the same answers once more.
func TestControlReset(t *testing.T) {
	s := newSim(t)
	walk := func() string {
		l := newLink(t, s, "default")
		l.review(fullPhone)
		l.do("share", object{"values": object{"email": "new@example.com"}})
		return string(encode(sessionGet(t, s, l.publicToken())))
	}
	first := walk()
	if second := walk(); second == first {
		t.Error("the second session is like the first")
	}
	s.Fail(Fault{Status: 500})
	if status, o := post(t, s, "/sim/reset", ""); status != 200 || o["reset"] != true {
		t.Errorf("%d %v", status, o)
	}
	if got := walk(); got != first {
		t.Errorf("got  %s\nwant %s", got, first)
	}
	v := s.Sessions()
	if len(v) != 1 {
		t.Errorf("%d sessions", len(v))
	}
	_, o := get(t, s, "/sim/sessions/"+v[0].LinkSessionID)
	if r := o["records"].([]any); text(r[0], "call", "path") != pathTokenCreate || text(r[len(r)-1], "call", "path") != pathSessionGet ||
		strings.Count(string(encode(r)), pathTokenCreate) != 1 {
		t.Errorf("the records of before are among %v", r)
	}
}

func TestControlResetOneSession(t *testing.T) {
	s := newSim(t)
	other := newLink(t, s, "default")
	other.submit(fullPhone)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", object{"values": object{"email": "new@example.com"}})
	shared := sessionGet(t, s, l.publicToken())
	s.Advance(5 * time.Hour)
	status, o := post(t, s, "/sim/sessions/"+l.id+"/reset", "")
	if status != 200 || o["state"] != "created" || o["token_expires_at"] != "2026-04-01T21:00:00Z" {
		t.Errorf("%d %v", status, o)
	}
	for path, body := range map[string]object{
		"/user_account/session/get": {"public_token": l.publicToken()},
		"/accounts/get":             {"access_token": text(shared["items"].([]any)[0], "access_token")},
	} {
		if status, _ := post(t, s, path, with(body)); status != 400 {
			t.Errorf("%s still answers %d", path, status)
		}
	}
	if other, _ := s.Session(other.id); other.State != "eligible" {
		t.Errorf("the other session: %+v", other)
	}
	// The app's handler goes on as if it were new.
	l.calls = nil
	l.review(fullPhone)
	l.do("share", nil)
	if got := edits(sessionGet(t, s, l.publicToken()), "email"); got[0] != 0 || got[4] != edits(shared, "email")[4]-1 {
		t.Errorf("edits %v", got)
	}
	if status, _ := post(t, s, "/sim/sessions/nobody/reset", ""); status != 404 {
		t.Errorf("%d", status)
	}
}
