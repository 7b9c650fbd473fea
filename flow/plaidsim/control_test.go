package plaidsim

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// get asks a control call and reads the answer.
func get(t testing.TB, s *Sim, path string) (int, object) {
	t.Helper()
	resp, raw := send(t, s, http.MethodGet, path, nil, "")
	var o object
	decodeInto(t, raw, &o)
	return resp.StatusCode, o
}

func TestControlSessions(t *testing.T) {
	s := newSim(t)
	token := createToken(t, s, "default")
	first, second := linkFor(t, s, token), newLink(t, s, "default")
	first.submit(fullPhone)
	for query, want := range map[string][]string{
		"":                              {first.id, second.id},
		"?link_token=" + token:          {first.id},
		"?link_session_id=" + second.id: {second.id},
		"?client_user_id=u1":            {first.id, second.id},
		"?client_user_id=nobody":        {},
		"?state=eligible":               {first.id},
		"?link_token=nonsense":          {},
	} {
		status, o := get(t, s, "/sim/sessions"+query)
		got := []string{}
		for _, v := range o["sessions"].([]any) {
			got = append(got, text(v, "link_session_id"))
		}
		if status != 200 {
			t.Errorf("%s: %d", query, status)
		}
		same(t, got, want)
	}
	status, o := get(t, s, "/sim/sessions/"+first.id)
	if status != 200 || o["state"] != "eligible" || o["persona"] != "two-banks" || text(o, "template") == "" || text(o, "why") == "" {
		t.Errorf("%d %v", status, o)
	}
	if phone := text(o, "phone_number"); phone == "" || strings.Contains(phone, "555") {
		t.Errorf("the phone number is %q", phone)
	}
	if records := o["records"].([]any); len(records) != 4 || text(records[0], "call", "path") != "/session/token/create" || text(records[2], "act", "verb") != "submit" {
		t.Errorf("records %v", records)
	}
}

func TestControlClock(t *testing.T) {
	s := newSim(t, func(c *Config) { c.Now, c.Start = time.Now, start })
	for _, step := range []struct {
		body   string
		now    string
		frozen bool
	}{
		{"", "2026-04-01T12:00:00Z", true},
		{`{"advance":"4h"}`, "2026-04-01T16:00:00Z", true},
		{`{"set":"2026-01-01T00:00:00+01:00"}`, "2025-12-31T23:00:00Z", true},
		{`{"set":"2026-01-01T00:00:00Z","advance":"1s"}`, "2026-01-01T00:00:01Z", true},
	} {
		var o object
		if step.body == "" {
			_, o = get(t, s, "/sim/clock")
		} else {
			_, o = post(t, s, "/sim/clock", step.body)
		}
		if o["now"] != step.now || o["frozen"] != step.frozen {
			t.Errorf("%s: %v", step.body, o)
		}
	}
	if _, o := post(t, s, "/sim/clock", `{"frozen":false,"set":"2027-01-01T00:00:00Z"}`); o["frozen"] != false || !strings.HasPrefix(text(o, "now"), "2027-01-01T00:00:0") {
		t.Errorf("%v", o)
	}
	if a, b := s.Now(), s.Now(); !b.After(a) {
		t.Errorf("the clock does not run: %v, %v", a, b)
	}
	same(t, notes(s), []string{
		"the clock was advanced by 4h0m0s", "the clock was set to 2025-12-31T23:00:00Z", "the clock was set to 2026-01-01T00:00:00Z",
		"the clock was advanced by 1s", "the clock runs", "the clock was set to 2027-01-01T00:00:00Z",
	})
}

// notes are what the journal says of the simulator itself.
func notes(s *Sim) (notes []string) {
	records, _ := s.Records(0, 1<<20)
	for _, r := range records {
		if r.Kind == KindNote {
			notes = append(notes, r.Note)
		}
	}
	return notes
}

// A clock that stands at a time makes tokens expire when it is advanced.
func TestControlClockExpiresTokens(t *testing.T) {
	s := newSim(t)
	token := createToken(t, s, "default")
	post(t, s, "/sim/clock", `{"advance":"4h"}`)
	if status, o := post(t, s, "/link/session", object{"token": token}); status != 400 || o["error_code"] != "INVALID_LINK_TOKEN" {
		t.Errorf("%d %v", status, o)
	}
}

func TestControlRefusals(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	for _, c := range []struct{ method, path, body, code, says string }{
		{"POST", "/sim/clock", `{"advance":"yesterday"}`, "INVALID_FIELD", "4h"},
		{"POST", "/sim/clock", `{"advance":"-4h"}`, "INVALID_FIELD", "use set"},
		{"POST", "/sim/clock", `{"set":"noon"}`, "INVALID_FIELD", "2026-04-01T12:00:00Z"},
		{"POST", "/sim/clock", `{"advance":4}`, "INVALID_FIELD", "advance must be a string"},
		{"POST", "/sim/clock", `{"speed":4}`, "UNKNOWN_FIELDS", "speed"},
		{"POST", "/sim/clock", `{}`, "MISSING_FIELDS", "advance, set or frozen"},
		{"POST", "/sim/clock", `{"advance"`, "INVALID_BODY", "advance"},
		{"POST", "/sim/clock", `null`, "INVALID_BODY", "object"},
		{"POST", "/sim/clock", `{"advance":"4h"}{}`, "INVALID_BODY", "something follows its end at byte 17"},
		{"POST", "/sim/clock", strings.Repeat(" ", maxBody+1), "INVALID_BODY", "1 MiB"},
		{"DELETE", "/sim/clock", ``, "NOT_FOUND", "GET or POST"},
		{"GET", "/sim/nothing", ``, "NOT_FOUND", "/sim/journal"},
		{"GET", "/sim/sessions/x", ``, "NOT_FOUND", "GET /sim/sessions"},
		{"GET", "/sim/sessions/x/journal", ``, "NOT_FOUND", "GET /sim/sessions"},
		{"GET", "/sim/sessions/" + l.id + "/diary", ``, "NOT_FOUND", "/sim/sessions/{id}/journal"},
		{"GET", "/sim/sessions?state=open&colour=red", ``, "UNKNOWN_FIELDS", "colour"},
		{"GET", "/sim/journal?after=-1", ``, "INVALID_FIELD", "after"},
		{"GET", "/sim/journal?thread=one", ``, "INVALID_FIELD", "thread"},
		{"GET", "/sim/journal?follow=perhaps", ``, "INVALID_FIELD", "true or false"},
		{"GET", "/sim/journal?kind=calls", ``, "INVALID_FIELD", "callback"},
	} {
		resp, raw := send(t, s, c.method, c.path, nil, c.body)
		var o object
		decodeInto(t, raw, &o)
		if resp.StatusCode/100 != 4 || o["error_code"] != c.code || !strings.Contains(text(o, "error_message"), c.says) || len(text(o, "request_id")) != 15 {
			t.Errorf("%s %s %.40s: %d %v", c.method, c.path, c.body, resp.StatusCode, o)
		}
	}
}

// A web page of another origin can neither drive the simulator nor read it.
func TestControlIsNotForWebPages(t *testing.T) {
	h := newSim(t).Loopback()
	for _, c := range []struct {
		header, value string
		status        int
	}{
		{"", "", 200},
		{"Origin", "http://127.0.0.1:8137", 200},
		{"Origin", "http://127.0.0.1:3000", 403},
		{"Origin", "null", 403},
		{"Sec-Fetch-Site", "none", 200},
		{"Sec-Fetch-Site", "cross-site", 403},
		{"Sec-Fetch-Site", "same-site", 403},
	} {
		for _, call := range []struct{ method, path, body string }{
			{"GET", "/sim/sessions", ""}, {"GET", "/sim/journal", ""}, {"POST", "/sim/clock", `{"advance":"1s"}`},
		} {
			r := httptest.NewRequest(call.method, call.path, strings.NewReader(call.body))
			r.Host = "127.0.0.1:8137"
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.status {
				t.Errorf("%s with %s: %s: %d %s", call.path, c.header, c.value, w.Code, w.Body)
			}
			for name := range w.Header() {
				if strings.HasPrefix(name, "Access-Control") {
					t.Errorf("%s answers %s", call.path, name)
				}
			}
		}
	}
}

// seqs reads n lines of a journal and returns their seqs.
func seqs(t testing.TB, lines *bufio.Scanner, n int) (got []uint64) {
	t.Helper()
	for len(got) < n && lines.Scan() {
		var r struct{ Seq uint64 }
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		got = append(got, r.Seq)
	}
	return got
}

func TestControlJournal(t *testing.T) {
	s := newSim(t)
	server := httptest.NewServer(s.Loopback())
	t.Cleanup(server.Close) // after the bodies
	l := newLink(t, s, "default")
	l.submit(fullPhone)
	other := newLink(t, s, "default")
	read := func(path string) *bufio.Scanner {
		t.Helper()
		resp, err := http.Get(server.URL + path)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v %v", path, resp, err)
		}
		if kind := resp.Header.Get("Content-Type"); kind != "application/x-ndjson; charset=utf-8" {
			t.Errorf("%s is %s", path, kind)
		}
		t.Cleanup(func() { _ = resp.Body.Close() })
		return bufio.NewScanner(resp.Body)
	}
	for path, want := range map[string]string{
		"/sim/journal":                                        "[1 2 3 4 5 6]",
		"/sim/journal?after=4":                                "[5 6]",
		"/sim/journal?after=100":                              "[]",
		"/sim/journal?kind=call":                              "[1 5]",
		"/sim/journal?kind=call,callback&kind=link":           "[1 2 3 4 5 6]",
		"/sim/journal?thread=2":                               "[5 6]",
		"/sim/sessions/" + l.id + "/journal":                  "[1 2 3 4]",
		"/sim/sessions/" + other.id + "/journal?kind=link":    "[6]",
		"/sim/journal?kind=delivered":                         "[]",
		"/sim/sessions/" + other.id + "/journal?follow=false": "[5 6]",
	} {
		if got := strings.Join(strings.Fields(jsonOf(seqs(t, read(path), 100))), " "); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	lines := read("/sim/sessions/" + l.id + "/journal?follow=true")
	seqs(t, lines, 4)
	createToken(t, s, "default") // of no interest
	l.do("open", nil)            // brings the delivery of LAYER_READY first
	if got := jsonOf(seqs(t, lines, 2)); got != "[8 9]" {
		t.Errorf("followed: %s", got)
	}
}

func jsonOf(v []uint64) string {
	return strings.ReplaceAll(string(encode(append([]uint64{}, v...))), ",", " ")
}

// A test run that resets before each test has nothing of the one before: not
// its clock, not its records, and no fault that is used up.
func TestResetLeavesNothingBehind(t *testing.T) {
	s := newSim(t)
	s.Freeze(true)
	s.Advance(5 * time.Hour)
	s.Fail(Fault{On: pathTokenCreate, Status: 500})
	post(t, s, pathTokenCreate, with(object{"template_id": "default", "user_id": "u"}))
	_, o := get(t, s, "/sim/faults")
	if f := o["faults"].([]any)[0]; at(f, "applied") != 1.0 || at(f, "left") != 0.0 {
		t.Errorf("a fault that has acted: %v", f)
	}
	createToken(t, s, "default") // it acts no more
	s.Reset()
	if now, frozen := s.Clock(); frozen || !now.Equal(start) {
		t.Errorf("the clock is %v, frozen %v", now, frozen)
	}
	if _, o := get(t, s, "/sim/faults"); len(o["faults"].([]any)) != 0 {
		t.Errorf("%v", o)
	}
	createToken(t, s, "default")
	resp, journal := send(t, s, "GET", "/sim/journal", nil, "")
	if lines := strings.Split(strings.TrimSpace(string(journal)), "\n"); resp.StatusCode != http.StatusOK || len(lines) != 1 || !strings.Contains(lines[0], pathTokenCreate) {
		t.Errorf("the journal begins with what was before: %s", journal)
	}
	if _, journal := send(t, s, "GET", "/sim/journal?after=0", nil, ""); !strings.Contains(string(journal), "everything was reset") {
		t.Errorf("who asks for all of it gets less: %s", journal)
	}
}

func TestControlRefusesNamesThatNothingHas(t *testing.T) {
	s := newSim(t)
	if status, o := get(t, s, "/sim/sessions?state=bogus"); status != 400 || !strings.Contains(text(o, "error_message"), "need_dob") {
		t.Errorf("%d %v", status, o)
	}
	if status, o := post(t, s, "/sim/faults", object{"on": "LAYER_REDY", "lose": true}); status != 400 || !strings.Contains(text(o, "error_message"), "LAYER_READY") {
		t.Errorf("%d %v", status, o)
	}
}

// hasty is an answer that says whether it was given a time that is over.
type hasty struct {
	*httptest.ResponseRecorder
	cut atomic.Bool
}

func (h *hasty) SetWriteDeadline(at time.Time) error {
	if !at.IsZero() {
		h.cut.Store(true)
	}
	return nil
}

// A journal that was read to its end has yet to be sent: giving its follower up
// must not cut the answer off, however late anybody takes note of it.
func TestJournalIsSentAfterItsFollowerIsGivenUp(t *testing.T) {
	s := newSim(t)
	createToken(t, s, "default")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // who waits for the follower runs last
	for range 200 {
		w := &hasty{ResponseRecorder: httptest.NewRecorder()}
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1/sim/journal?after=0", nil))
		for range 3 {
			runtime.Gosched()
		}
		if w.cut.Load() {
			t.Fatal("the answer is cut off before it is sent")
		}
	}
}
