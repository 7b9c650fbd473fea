package plaidsim

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Where two parts of the simulator meet: what holds in each must hold in both.

// A fault may make a callback late, but not earlier than it would have been,
// and it takes nothing else with it.
func TestLateCallbacksKeepTheirPlace(t *testing.T) {
	for _, tt := range []struct {
		fault Fault
		end   string
		want  string
	}{
		{Fault{On: "onSuccess", Delay: time.Second}, "share", "LAYER_READY OPEN TV:CONSENT TV:VERIFY_PHONE SUBMIT_OTP TV:PROFILE_DATA_REVIEW VERIFY_PHONE HANDOFF onSuccess"},
		{Fault{On: "onExit", Delay: time.Second}, "close", "LAYER_READY OPEN TV:CONSENT TV:VERIFY_PHONE SUBMIT_OTP TV:PROFILE_DATA_REVIEW VERIFY_PHONE EXIT onExit"},
		{Fault{On: "VERIFY_PHONE", Delay: time.Millisecond}, "close", "LAYER_READY OPEN TV:CONSENT TV:VERIFY_PHONE SUBMIT_OTP TV:PROFILE_DATA_REVIEW VERIFY_PHONE EXIT onExit"},
		{Fault{On: "SUBMIT_OTP", Lose: true}, "close", "LAYER_READY OPEN TV:CONSENT TV:VERIFY_PHONE TV:PROFILE_DATA_REVIEW VERIFY_PHONE EXIT onExit"},
	} {
		s := newSim(t, func(c *Config) { c.Delivery = Documented })
		l := newLink(t, s, "default")
		s.Fail(tt.fault)
		l.review(fullPhone)
		s.Advance(time.Minute)
		l.do("sync", nil)
		if got := strings.Join(l.names(), " "); got != "LAYER_READY OPEN" {
			t.Errorf("%+v: before the end the app is told %s", tt.fault, got)
		}
		l.do(tt.end, nil)
		s.Advance(time.Minute)
		l.do("sync", nil)
		if got := strings.Join(l.names(), " "); got != tt.want {
			t.Errorf("%+v:\ngot  %s\nwant %s", tt.fault, got, tt.want)
		}
	}
}

func TestTheJournalSaysWhatAFaultDidToACallback(t *testing.T) {
	s := newSim(t)
	s.Fail(Fault{On: "LAYER_READY", Lose: true})
	newLink(t, s, "default").submit(fullPhone)
	records, _ := s.Records(0, 100)
	last := records[len(records)-1]
	if last.Callback == nil || last.Callback.Name != "LAYER_READY" || last.Callback.Fault != "lost" {
		t.Errorf("%+v", last.Callback)
	}
}

// A call that a fault answered belongs to its session like any other.
func TestASpoiltCallStaysInItsSession(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", nil)
	s.Fail(Fault{On: pathSessionGet, Status: 500})
	_, o := post(t, s, pathSessionGet, with(object{"public_token": l.publicToken()}))
	records, _ := s.Records(0, 1000)
	if r := records[len(records)-1]; r.Call == nil || r.Session != l.id || r.Thread != 1 || r.Call.requestID != text(o, "request_id") {
		t.Errorf("%+v %+v", r, r.Call)
	}
}

func TestTheClockKeepsToTimesThatCanBeWritten(t *testing.T) {
	s := newSim(t)
	for _, body := range []object{
		{"set": "9999-12-31T23:59:59Z"}, {"set": "0001-01-01T00:00:00Z"}, {"set": "2199-12-31T00:00:00Z", "advance": "48h"}, {"advance": "2500000h"},
	} {
		if status, o := post(t, s, "/sim/clock", body); status != 400 || text(o, "error_code") != "INVALID_FIELD" {
			t.Errorf("%v: %d %v", body, status, o)
		}
	}
	s.Freeze(true)
	s.SetClock(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	s.Advance(100 * 365 * day)
	createToken(t, s, "default")
	if now := s.Now(); now.After(LastTime) {
		t.Errorf("it is %v", now)
	}
}

func TestResetOfASessionWhoseTokenWasSpentOrForgotten(t *testing.T) {
	s := newSim(t, func(c *Config) { c.Strict = true })
	token := createToken(t, s, "default")
	l := linkFor(t, s, token)
	l.review(fullPhone)
	l.do("share", nil)
	if !s.ResetSession(l.id) {
		t.Fatal("no such session")
	}
	if o := l.submit(fullPhone); o["state"] != "eligible" {
		t.Errorf("after the reset: %v", o)
	}
	s.Advance(5 * time.Hour)
	createToken(t, s, "default") // forgets what has expired
	s.ResetSession(l.id)
	linkFor(t, s, token) // a page that is loaded again
}

// Two sessions of one link_token, both in review: the first that shares uses
// the token up.
func TestStrictHoldsForSessionsThatAreOpenAlready(t *testing.T) {
	s := newSim(t, func(c *Config) { c.Strict = true })
	token := createToken(t, s, "default")
	a, b := linkFor(t, s, token), linkFor(t, s, token)
	a.review(fullPhone)
	b.review(fullPhone)
	if o := a.do("share", nil); o["state"] != "done" {
		t.Fatalf("%v", o)
	}
	if o := b.do("share", nil); o["state"] != "exited" || !strings.HasSuffix(strings.Join(b.names(), " "), "EXIT INVALID_LINK_TOKEN onExit INVALID_LINK_TOKEN") {
		t.Errorf("%v after %v", o["state"], b.names())
	}
}

func TestWhatARequestLeavesBehindIsBounded(t *testing.T) {
	oneAtATime(t)
	s := newSim(t)
	for _, field := range []string{"client_user_id", "user_id"} {
		user := object{"client_user_id": "u"}
		user[field] = strings.Repeat("x", longestText+1)
		if status, o := post(t, s, pathTokenCreate, with(object{"template_id": "default", "user": user})); status != 400 || text(o, "error_code") != "INVALID_FIELD" {
			t.Errorf("%s: %d %v", field, status, o)
		}
	}
	send(t, s, "GET", "/"+strings.Repeat("x", 10_000), nil, "")
	records, _ := s.Records(0, 100)
	if r := records[len(records)-1]; r.Call == nil || len(r.Call.path) > 300 {
		t.Errorf("%d bytes of a path are kept", len(r.Call.path))
	}
	l := newLink(t, s, "default")
	for range maxUndelivered + 10 {
		if status, o := post(t, s, "/link/session/"+l.key+"/submit", object{"phone_number": fullPhone}); status != 200 || len(o["callbacks"].([]any)) > maxUndelivered {
			t.Fatalf("%d, %d callbacks", status, len(o["callbacks"].([]any)))
		}
	}
	if o := l.do("sync", nil); len(l.calls) != maxUndelivered {
		t.Errorf("%d callbacks, %v", len(l.calls), o["state"])
	}
	if o := l.submit(fullPhone); o["refused"] != nil { // it has confirmed them now
		t.Errorf("%v", o["refused"])
	}
}

// Whatever an app sends by mistake, in whichever place, is not in the journal.
func TestNoSecretOfTheAppsIsInTheJournal(t *testing.T) {
	s := newSim(t)
	const access = "access-sandbox-01234567-89ab-4cde-8f01-23456789abcd"
	post(t, s, pathTokenCreate, with(object{"template_id": access, "user_id": "usr_1", "webhook": "https://bob:hunter2@example.com/hook?token=hunter3"}))
	for _, key := range []string{"PLAID-SECRET", "plaid_secret", "clientSecret", "secret ", "api_key"} {
		post(t, s, pathTokenCreate, with(object{"template_id": "t", "user_id": "usr_1", key: "hunter4"}))
	}
	l := newLink(t, s, "default")
	post(t, s, pathEventSend, with(object{"link_session_id": l.id, "event": object{"name": "saw " + access, "timestamp": "2026-04-01T12:00:00Z", "outcome": "123-45-6789"}}))
	post(t, s, pathEventSend, with(object{"link_session_id": access, "event": object{"name": "n", "timestamp": "2026-04-01T12:00:00Z"}}))
	l.review(fullPhone)
	l.do("share", object{"values": object{access: "x"}})
	records, _ := s.Records(0, 1000)
	for _, r := range records {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		shown := string(line)
		if r.Call != nil {
			shown += string(encode(r.Call.Exchange()))
		}
		for _, secret := range []string{access, "hunter2", "hunter3", "hunter4", "123-45-6789"} {
			if strings.Contains(shown, secret) {
				t.Errorf("%s in %s", secret, shown)
			}
		}
	}
}

// A caller that gives up on a call without an answer must be noticed: net/http
// looks only once the body was read.
func TestNoAnswerReadsTheRequest(t *testing.T) {
	s := newSim(t)
	s.Fail(Fault{On: pathLinkSession + "/submit", NoAnswer: true})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	body := strings.NewReader(`{"phone_number":"1"}`)
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, pathLinkSession+"/x/submit", body)
	s.ServeHTTP(httptest.NewRecorder(), r)
	if body.Len() != 0 {
		t.Errorf("%d bytes were not read", body.Len())
	}
}

// A page of the internet may include Link's script. It may not call the API,
// use up a fault or write into the journal.
func TestPagesOfOthersMayNotCallTheAPI(t *testing.T) {
	s := newSim(t)
	s.Fail(Fault{On: pathTokenCreate, Status: 500})
	h := s.Loopback()
	ask := func(path, header, value string) int {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(`{}`))
		r.Host = "127.0.0.1:8137"
		r.Header.Set("Content-Type", "text/plain")
		r.Header.Set(header, value)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	before, _ := s.Records(0, 100)
	for _, path := range []string{pathTokenCreate, "/anything"} {
		if got := ask(path, "Origin", "http://evil.example"); got != http.StatusForbidden {
			t.Errorf("%s with a foreign origin: %d", path, got)
		}
		if got := ask(path, "Sec-Fetch-Site", "cross-site"); got != http.StatusForbidden {
			t.Errorf("%s from another site: %d", path, got)
		}
	}
	if after, _ := s.Records(0, 100); len(after) != len(before) {
		t.Errorf("the journal has %d records more", len(after)-len(before))
	}
	if got := ask(pathTokenCreate, "X-None", ""); got != http.StatusInternalServerError {
		t.Errorf("the fault was used up: %d", got)
	}
}

// An edit of the future, after the clock was set back, is in no window yet.
func TestEditsOfTheFutureAreInNoWindow(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", object{"values": object{"email": "new@example.com"}})
	all := edits(sessionGet(t, s, l.publicToken()), "email")
	s.SetClock(start.Add(-100 * day))
	if got := edits(sessionGet(t, s, l.publicToken()), "email"); got[1] != 0 || got[2] != 0 || got[4] != all[4] {
		t.Errorf("%v after %v", got, all)
	}
}
