package plaidsim

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// Whatever is asked for that is not simulated is answered in Plaid's shape and
// named; nobody is redirected, and no page is served.
func TestEveryOtherPath(t *testing.T) {
	s := newSim(t)
	server := httptest.NewServer(s.Loopback())
	defer server.Close()
	paths := []string{
		"/transactions/sync", "/link/token/create", "/item/public_token/create", "/", "//", "/session/token/create/", "//session/token/create",
		"/session//token/create", "/session/token/./create", "/session/x/../token/create", "/Session/Token/Create", "/session/token/create%20",
		"/session/token/create;x", "/%2e%2e/etc/passwd", "/..%2fetc", "/item/get%00", "/a%0d%0aX-Evil:1", "/%3Cscript%3E", "/favicon.ico", "/index.html", "/institutions",
		"/" + strings.Repeat("x", 3000), "/%1b%5b31m",
	}
	for _, method := range []string{"POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} {
		for _, path := range append(paths, pathTokenCreate, pathItemGet) {
			known := endpoints[path] != nil
			if known && method == "POST" {
				continue
			}
			status, header, body := raw(t, server.Listener.Addr().String(), method, path)
			if status != http.StatusNotFound || header.Get("Content-Type") != "application/json; charset=utf-8" || header.Get("Location") != "" {
				t.Errorf("%s %s: %d %v", method, path, status, header)
			}
			if method == "HEAD" {
				continue
			}
			var o object
			if err := json.Unmarshal(body, &o); err != nil {
				t.Errorf("%s %s: %s", method, path, body)
				continue
			}
			says := "not simulated by layersim: " + method + " /"
			if known {
				says = "use POST for " + path + ", not " + method
			}
			if o["error_type"] != "INVALID_REQUEST" || o["error_code"] != "NOT_FOUND" || !strings.HasPrefix(text(o, "error_message"), says) || len(text(o, "request_id")) != 15 {
				t.Errorf("%s %s: %v", method, path, o)
			}
			if strings.ContainsAny(text(o, "error_message"), "\x00\r\n\x1b") {
				t.Errorf("%s %s: %q", method, path, text(o, "error_message"))
			}
		}
	}
	records, _ := s.Records(0, 10)
	if records[0].Call.Path() != paths[0] || records[0].Call.Status() != 404 {
		t.Errorf("the journal begins with %+v", records[0].Call)
	}
}

// raw asks without a client that tidies the path.
func raw(t *testing.T, addr, method, path string) (int, http.Header, []byte) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", method, path)
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, body
}

// What an error has besides what Plaid's documentation shows, as Plaid's own
// answers have it (plaid/plaid-ruby#344).
func TestTheShapeOfAnError(t *testing.T) {
	s := newSim(t)
	for _, tt := range []struct {
		arm  *Fault
		page string
	}{
		{nil, "invalid-request-errors"},
		{&Fault{ErrorType: "INVALID_INPUT", ErrorCode: "INVALID_API_KEYS"}, "invalid-input-errors"},
		{&Fault{Status: 429}, "rate-limit-exceeded-errors"},
		{&Fault{Status: 500}, "api-errors"},
		{&Fault{ErrorType: "ITEM_ERROR", ErrorCode: "ITEM_LOGIN_REQUIRED"}, "item-errors"},
	} {
		if tt.arm != nil {
			s.Fail(*tt.arm)
		}
		_, o := post(t, s, pathItemGet, object{})
		var keys []string
		for key := range o {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		same(t, keys, []string{"display_message", "documentation_url", "error_code", "error_message", "error_type", "request_id", "suggested_action"})
		if got := text(o, "documentation_url"); got != "https://plaid.com/docs/?ref=error#"+tt.page {
			t.Errorf("documentation_url %s, want …%s", got, tt.page)
		}
	}
}

// Faults can be armed for every call.
func TestFaultsForEveryCall(t *testing.T) {
	for path := range endpoints {
		s := newSim(t)
		s.Fail(Fault{On: path, Status: 503})
		if status, o := post(t, s, path, object{}); status != 503 || o["error_code"] != "PLANNED_MAINTENANCE" {
			t.Errorf("%s: %d %v", path, status, o)
		}
	}
}
