package plaidsim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func decodeInto(t testing.TB, raw []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
}

func TestFaults(t *testing.T) {
	tests := []struct {
		fault  Fault
		status int
		says   []string
	}{
		{Fault{On: "CreateSessionToken", Status: 429}, 429, []string{"RATE_LIMIT_EXCEEDED", "RATE_LIMIT", "request_id"}},
		{Fault{On: "/session/token/create", Status: 500}, 500, []string{"API_ERROR", "INTERNAL_SERVER_ERROR"}},
		{Fault{Status: 503}, 503, []string{"API_ERROR", "PLANNED_MAINTENANCE"}},
		{Fault{Status: 400, ErrorType: "INVALID_INPUT", ErrorCode: "UNAUTHORIZED_ROUTE_ACCESS", ErrorMessage: "no", DisplayMessage: "No."}, 400, []string{`"UNAUTHORIZED_ROUTE_ACCESS"`, `"display_message":"No."`}},
		{Fault{Garbage: true}, 200, []string{"<html>"}},
		{Fault{Garbage: true, Status: 502}, 502, []string{"<html>"}},
	}
	for _, tt := range tests {
		s := newSim(t)
		tt.fault.Calls = 2
		s.Fail(tt.fault)
		if resp, _ := send(t, s, "GET", "/healthz", nil, ""); resp.StatusCode != http.StatusOK {
			t.Errorf("%+v spoils healthz", tt.fault)
		}
		for range 2 {
			status, raw, _ := postRaw(t, s, "/session/token/create", with(object{"template_id": "default", "user_id": "u"}))
			if status != tt.status {
				t.Errorf("%+v: %d %s", tt.fault, status, raw)
			}
			for _, want := range tt.says {
				if !strings.Contains(string(raw), want) {
					t.Errorf("%+v: no %s in %s", tt.fault, want, raw)
				}
			}
		}
		createToken(t, s, "default") // healed
	}
}

func TestFaultsFitTheirCallOnly(t *testing.T) {
	s := newSim(t)
	s.Fail(Fault{On: "GetUserAccountSession", Status: 500, Calls: -1})
	s.Fail(Fault{On: "SubmitHandler", Swallow: true})
	l := newLink(t, s, "default")
	if o := l.submit(fullPhone); o["state"] != "created" || len(l.calls) != 0 {
		t.Errorf("swallowed: %v", o)
	}
	l.review(fullPhone)
	l.do("share", nil)
	for range 3 {
		if status, _ := post(t, s, "/user_account/session/get", with(object{"public_token": l.publicToken()})); status != 500 {
			t.Errorf("%d", status)
		}
	}
	s.Heal()
	sessionGet(t, s, l.publicToken())
}

func TestNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, func(c *Config) { c.Now = time.Now })
		s.Fail(Fault{NoAnswer: true, Calls: 2})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		ask := func(client *http.Client) error {
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://sandbox.plaid.com/session/token/create", strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := client.Do(r)
			if err == nil {
				_ = resp.Body.Close()
			}
			return err
		}
		before := time.Now()
		if err := ask(&http.Client{Transport: s.Transport(), Timeout: 5 * time.Second}); !errors.Is(err, context.DeadlineExceeded) || time.Since(before) != 5*time.Second {
			t.Errorf("client's timeout: %v after %v", err, time.Since(before))
		}
		if err := ask(&http.Client{Transport: s.Transport()}); !errors.Is(err, context.DeadlineExceeded) || time.Since(before) != 20*time.Second {
			t.Errorf("context: %v after %v", err, time.Since(before))
		}
		if err := ask(&http.Client{Transport: s.Transport()}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("context that was over before: %v", err)
		}
	})
}

func TestLoopback(t *testing.T) {
	h := newSim(t, func(c *Config) { c.Hosts = []string{"sim.internal"} }).Loopback()
	tests := []struct {
		host, path, origin string
		status             int
	}{
		{"127.0.0.1:8137", "/healthz", "", 200},
		{"localhost:8137", "/healthz", "", 200},
		{"LOCALHOST", "/healthz", "", 200},
		{"[::1]:8137", "/healthz", "", 200},
		{"127.0.0.2", "/healthz", "", 200},
		{"sim.internal:80", "/healthz", "", 200},
		{"evil.example", "/healthz", "", 403},
		{"127.0.0.1.evil.example:8137", "/healthz", "", 403},
		{"cdn.plaid.com", "/healthz", "", 200},
		{"sandbox.plaid.com:443", "/healthz", "", 200},
		{"sandbox.plaid.com.", "/healthz", "", 200}, // the same name, as absolute
		{"sandbox.plaid.com.:443", "/healthz", "", 200},
		{"localhost.:8137", "/healthz", "", 200},
		{"sandbox.plaid.com..", "/healthz", "", 403},
		{".", "/healthz", "", 403},
		{"evil.example.", "/healthz", "", 403},
		{"production.plaid.com", "/healthz", "", 403},
		{"cdn.plaid.com.evil.example", "/healthz", "", 403},
		{"", "/healthz", "", 403},
		{"127.0.0.1:8137", "/link/session", "http://127.0.0.1:8137", 400}, // let in, no token
		{"cdn.plaid.com", "/link/session", "https://cdn.plaid.com", 400},
		{"cdn.plaid.com", "/link/session", "https://app.example", 403},
		{"127.0.0.1:8137", "/link/session", "http://localhost:3000", 403},
		{"127.0.0.1:8137", "/link/session/x/open", "null", 403},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(http.MethodPost, tt.path, strings.NewReader("{}"))
		r.Host = tt.host
		r.Header.Set("Content-Type", "application/json")
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%+v: %d %s", tt, w.Code, w.Body)
		}
		if w.Code == 403 && !strings.Contains(w.Body.String(), "error_code") {
			t.Errorf("%+v: not Plaid's shape: %s", tt, w.Body)
		}
	}
}

func TestAssets(t *testing.T) {
	s := newSim(t)
	for path, kind := range map[string]string{
		"/link/v2/stable/link-initialize.js": "text/javascript",
		"/link/v2/frame.html":                "text/html",
		"/link/v2/frame.js":                  "text/javascript",
		"/link/v2/frame.css":                 "text/css",
	} {
		resp, body := send(t, s, "GET", path, nil, "")
		h := resp.Header
		if resp.StatusCode != http.StatusOK || len(body) == 0 || !strings.HasPrefix(h.Get("Content-Type"), kind) ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %d %v", path, resp.StatusCode, h)
		}
		policy := h.Get("Content-Security-Policy")
		if (kind == "text/html") != strings.HasPrefix(policy, "default-src 'none'; script-src 'self'") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if strings.Contains(policy, "frame-ancestors") {
			t.Errorf("%s: an app's page may have any name, but the policy is %q", path, policy)
		}
		// Only the script that apps load may be read by their pages.
		if anyone := h.Get("Access-Control-Allow-Origin") == "*"; anyone != strings.HasSuffix(path, "link-initialize.js") {
			t.Errorf("%s: Access-Control-Allow-Origin %q", path, h.Get("Access-Control-Allow-Origin"))
		}
	}
	if resp, _ := send(t, s, "GET", "/link/v2/../../sim.go", nil, ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("%d", resp.StatusCode)
	}
}

// Over a real socket, with many at once; run with -race.
func TestManyAtOnce(t *testing.T) {
	s := newSim(t)
	server := httptest.NewServer(s.Loopback())
	defer server.Close()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 5 {
				s.Advance(time.Second)
				l := newLink(t, s, "default")
				l.review(fullPhone)
				l.do("share", object{"values": object{"email": fmt.Sprintf("p%d@example.com", i)}})
				if got := text(sessionGet(t, s, l.publicToken()), "identity", "email"); got != fmt.Sprintf("p%d@example.com", i) {
					t.Errorf("%d got %s", i, got)
				}
				resp, err := http.Get(server.URL + "/healthz")
				if err != nil {
					t.Error(err)
					return
				}
				_ = resp.Body.Close()
			}
		})
	}
	wg.Wait()
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", nil)
	if got := edits(sessionGet(t, s, l.publicToken()), "email"); got[4] != 41 { // and one in the fixture
		t.Errorf("edits %v", got)
	}
}

func TestOldSessionsAreForgotten(t *testing.T) {
	oneAtATime(t)
	s := newSim(t)
	token := createToken(t, s, "default")
	waiting, done := linkFor(t, s, token), linkFor(t, s, token)
	done.do("open", nil) // too early: ends at once
	done.do("sync", nil) // and the app knows
	for range maxSessions - 1 {
		linkFor(t, s, token)
	}
	if status, _ := post(t, s, "/link/session/"+done.key+"/sync", object{}); status != 404 {
		t.Errorf("the ended session is still there: %d", status)
	}
	if status, _ := post(t, s, "/link/session/"+waiting.key+"/sync", object{}); status != 200 {
		t.Errorf("the waiting session is gone: %d", status)
	}
	linkFor(t, s, token)
	if status, _ := post(t, s, "/link/session/"+waiting.key+"/sync", object{}); status != 404 || len(s.sessions) != maxSessions {
		t.Errorf("%d, %d sessions", status, len(s.sessions))
	}
}

// A session that is never closed must not keep the memory of all that follow.
func TestAnAbandonedSessionKeepsNothingElseAlive(t *testing.T) {
	s := newSim(t)
	s.keep(&linkSession{key: "abandoned"})
	for range 5 * maxSessions {
		l := &linkSession{key: s.ids.text(8)}
		s.keep(l)
		s.finished.push(l.key)
	}
	if s.sessions["abandoned"] == nil || len(s.sessions) > maxSessions || s.sessionAge.len() > 2*maxSessions || s.finished.len() > maxSessions {
		t.Errorf("%d sessions, %d keys by age, %d ended", len(s.sessions), s.sessionAge.len(), s.finished.len())
	}
}
