//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"layersim/fixtures"
	"layersim/flow/loopback"
	"layersim/flow/plaidsim"
)

// hostileServer is the server of 'layersim serve', in this process.
func hostileServer(t *testing.T, change ...func(*http.Server)) (addr string) {
	t.Helper()
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	sim := plaidsim.New(plaidsim.Config{Catalog: catalog, Now: time.Now, Seed: 1})
	server := loopback.NewServer(sim.Loopback())
	for _, f := range change {
		f(server)
	}
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// talk sends bytes and returns all that comes back until the other side, or a
// "Connection: close", ends it.
func talk(t *testing.T, addr, said string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	go func() { _, _ = io.WriteString(conn, said) }() // the other side may stop listening half-way
	answer, err := io.ReadAll(conn)
	if err != nil && len(answer) == 0 {
		t.Errorf("%.60q: %v", said, err)
	}
	return string(answer)
}

const goodCall = `{"client_id":"c","secret":"s","template_id":"default","user":{"client_user_id":"u"}}`

func request(method, path, headers, body string) string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s", method, path, headers, len(body), body)
}

const isJSON = "Content-Type: application/json\r\n"

func TestServeRefusesBadInput(t *testing.T) {
	addr := hostileServer(t)
	for name, c := range map[string]struct{ said, status, says string }{
		"malformed JSON":           {request("POST", "/session/token/create", isJSON, `{"client_id":`), "400", "INVALID_BODY"},
		"deep JSON":                {request("POST", "/session/token/create", isJSON, strings.Repeat("[", 100_000)), "400", "INVALID_BODY"},
		"not UTF-8":                {request("POST", "/session/token/create", isJSON, "{\"client_id\":\"\xff\xfe\"}"), "400", "INVALID_BODY"},
		"wrong content type":       {request("POST", "/session/token/create", "Content-Type: text/plain\r\n", goodCall), "400", "INVALID_BODY"},
		"no content type":          {request("POST", "/session/token/create", "", goodCall), "400", "INVALID_HEADERS"},
		"ten megabytes":            {request("POST", "/session/token/create", isJSON, strings.Repeat(" ", 10<<20)), "400", "larger than 1 MiB"},
		"ten megabytes of control": {request("POST", "/sim/faults", isJSON, strings.Repeat(" ", 10<<20)), "400", "larger than 1 MiB"},
		"double slash":             {request("POST", "//session/token/create", isJSON, goodCall), "404", "not simulated"},
		"dots":                     {request("POST", "/link/../session/token/create", isJSON, goodCall), "404", "not simulated"},
		"escaped slash":            {request("POST", "/session%2ftoken%2Fcreate", isJSON, goodCall), "200", "link_token"},
		"dots in an asset":         {request("GET", "/link/v2/stable/../../../etc/passwd", "", ""), "404", "error_code"},
		"escaped dots":             {request("GET", "/link/%2e%2e/%2e%2e/etc/passwd", "", ""), "404", "error_code"},
		"NUL":                      {request("POST", "/session/token/create%00", isJSON, goodCall), "404", "not simulated"},
		"a long path":              {request("POST", "/"+strings.Repeat("a", 15_000), isJSON, goodCall), "404", "not simulated"},
		"a path too long":          {request("POST", "/"+strings.Repeat("a", 100_000), isJSON, goodCall), "431", ""},
		"many headers":             {request("POST", "/session/token/create", isJSON+strings.Repeat("X-A: b\r\n", 20_000), goodCall), "431", ""},
		"another host":             {strings.Replace(request("POST", "/session/token/create", isJSON, goodCall), "Host: 127.0.0.1", "Host: evil.example", 1), "403", "loopback"},
		"HTTP/1.0":                 {"POST /session/token/create HTTP/1.0\r\nHost: localhost\r\n" + isJSON + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(goodCall), goodCall), "200", "link_token"},
		"HEAD":                     {request("HEAD", "/session/token/create", "", ""), "404", ""},
		"HEAD of control":          {request("HEAD", "/sim/journal", "", ""), "200", ""},
		"OPTIONS":                  {request("OPTIONS", "/session/token/create", "Origin: http://evil.example\r\n", ""), "403", "from your server"},
		"OPTIONS *":                {request("OPTIONS", "*", "", ""), "200", ""},
		"TRACE":                    {request("TRACE", "/session/token/create", "X-Secret: 1\r\n", ""), "404", "POST"},
		"CONNECT":                  {request("CONNECT", "evil.example:443", "", ""), "4", ""},
		"no HTTP":                  {"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "400", ""},
		"two lengths":              {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", "400", ""},
	} {
		answer := talk(t, addr, c.said)
		head, body, _ := strings.Cut(answer, "\r\n\r\n")
		if !strings.HasPrefix(head, "HTTP/1.1 "+c.status) && !strings.HasPrefix(head, "HTTP/1.0 "+c.status) || !strings.Contains(body, c.says) {
			t.Errorf("%s: %.300q, want %s and %q", name, answer, c.status, c.says)
		}
		if strings.Contains(head, "application/json") && body != "" && !json.Valid([]byte(body)) {
			t.Errorf("%s: not JSON: %.200q", name, body)
		}
		if strings.Contains(strings.ToLower(head), "access-control-") || strings.Contains(answer, "X-Secret") {
			t.Errorf("%s: %.300q", name, answer)
		}
	}
	// It is as well as before.
	if answer := talk(t, addr, request("POST", "/session/token/create", isJSON, goodCall)); !strings.HasPrefix(answer, "HTTP/1.1 200") {
		t.Errorf("afterwards: %q", answer)
	}
}

func TestServeAnswersPipelinedCallsInOrder(t *testing.T) {
	addr := hostileServer(t)
	keepAlive := strings.Replace(request("POST", "/session/token/create", isJSON, goodCall), "Connection: close\r\n", "", 1)
	said := strings.Repeat(keepAlive, 20) + request("GET", "/healthz", "", "")
	in := bufio.NewReader(strings.NewReader(talk(t, addr, said)))
	for n := range 21 {
		answer, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", n, err)
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if healthy := strings.Contains(string(body), `"ok"`); answer.StatusCode != http.StatusOK || healthy != (n == 20) {
			t.Errorf("answer %d: %d %s", n, answer.StatusCode, body)
		}
	}
}

// A client that dawdles is sent away, in its headers or in its body, and keeps
// nobody else from being answered. The limits are those of serve, made shorter.
func TestServeDoesNotWaitForSlowClients(t *testing.T) {
	if s := loopback.NewServer(nil); s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 {
		t.Fatalf("serve has no limits: %+v", s)
	}
	addr := hostileServer(t, func(s *http.Server) { s.ReadHeaderTimeout, s.ReadTimeout = 300*time.Millisecond, 600*time.Millisecond })
	for name, said := range map[string]string{
		"headers": "POST /session/token/create HTTP/1.1\r\nHost: localhost\r\nX-A: ",
		"body":    "POST /session/token/create HTTP/1.1\r\nHost: localhost\r\n" + isJSON + "Content-Length: 100\r\n\r\n{",
		"control": "POST /sim/faults HTTP/1.1\r\nHost: localhost\r\n" + isJSON + "Content-Length: 100\r\n\r\n{",
	} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, said)
		if answer := talk(t, addr, request("POST", "/session/token/create", isJSON, goodCall)); !strings.HasPrefix(answer, "HTTP/1.1 200") {
			t.Errorf("%s: another client gets %q", name, answer)
		}
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		answer, err := io.ReadAll(conn)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: it is still waited for", name)
		}
		if len(answer) > 0 && !bytes.HasPrefix(answer, []byte("HTTP/1.1 4")) {
			t.Errorf("%s: %q", name, answer)
		}
		_ = conn.Close()
	}
}

// nasty is every kind of text that must not reach a terminal or a page as it is.
const nasty = "\x00\x07\x1b[31m\x1b]0;owned\x07\u0085\u009b31m\u007f\u202egnp.exe\u2066\u2028\u200f\ufeff</script><img src=x onerror=alert(1)>'\"\\\r\nX-Injected: 1"

// raw finds what of it came through unescaped.
func raw(b []byte) (found []string) {
	for _, r := range string(b) {
		if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			found = append(found, fmt.Sprintf("%U", r))
		}
	}
	return found
}

func TestServeEscapesHostileText(t *testing.T) {
	base := "http://" + hostileServer(t)
	quoted, err := json.Marshal(nasty)
	if err != nil {
		t.Fatal(err)
	}
	n := string(quoted)
	ask := func(method, path, body string) map[string]any {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		got, _ := io.ReadAll(answer.Body)
		for name, values := range answer.Header {
			if found := raw([]byte(strings.Join(values, ""))); len(found) > 0 || strings.Contains(name, "Injected") {
				t.Errorf("%s %s: header %s has %v", path, body, name, found)
			}
		}
		if found := raw(got); len(found) > 0 {
			t.Errorf("%s %s: %v in %q", path, body, found, got)
		}
		if kind := answer.Header.Get("Content-Type"); !strings.Contains(kind, "json") || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s is %s", path, kind)
		}
		var o map[string]any
		_ = json.Unmarshal(got, &o)
		return o
	}
	token := ask("POST", "/session/token/create", `{"client_id":`+n+`,"secret":`+n+`,"template_id":`+n+`,"user":{"client_user_id":`+n+`}}`)
	link, _ := token["link"].(map[string]any)
	session := ask("POST", "/link/session", fmt.Sprintf(`{"token":%q}`, link["link_token"]))
	path := fmt.Sprintf("/link/session/%v/", session["session"])
	for _, step := range []string{
		"submit {\"phone_number\":" + n + "}", "submit {\"date_of_birth\":" + n + "}", `submit {"phone_number":"+14155550011"}`, "open {}", "continue {}",
		"code {\"code\":" + n + "}", `code {"code":"123456"}`, "share {\"values\":{\"email\":" + n + ",\"name.first_name\":" + n + "}}",
		"share {\"values\":{" + n + ":" + n + "}}", "share {\"accounts\":[" + n + "]}", "share {}",
	} {
		verb, body, _ := strings.Cut(step, " ")
		ask("POST", path+verb, body)
	}
	for _, field := range []string{"template_id", "user_id", "redirect_uri", "android_package_name", "webhook"} {
		ask("POST", "/session/token/create", `{"client_id":"c","secret":"s","template_id":"default","user_id":"u",`+fmt.Sprintf("%q", field)+`:`+n+`}`)
	}
	ask("POST", "/session/token/create", `{`+n+`:`+n+`}`)
	ask("POST", "/session/token/create", `{"client_id":"c","secret":"s","template_id":"default","user_id":`+n+`}`)
	ask("POST", "/user_account/session/get", `{"client_id":"c","secret":"s","public_token":`+n+`}`)
	ask("POST", "/accounts/get", `{"client_id":"c","secret":"s","access_token":`+n+`}`)
	ask("POST", "/link/session", `{"token":`+n+`}`)
	ask("POST", "/sim/faults", `{"on":`+n+`,"status":500}`)
	ask("POST", "/sim/faults", `{"on":"/accounts/get","error_code":`+n+`,"error_type":`+n+`,"error_message":`+n+`,"display_message":`+n+`}`)
	ask("POST", "/accounts/get", `{"client_id":"c","secret":"s","access_token":"x"}`)
	ask("POST", "/sim/clock", `{"advance":`+n+`}`)
	ask("POST", "/sim/clock", `{`+n+`:1}`)
	ask("POST", "/%1b%5b31m%e2%80%ae%c2%9b", `{}`)
	ask("GET", "/sim/%1b%5b31m%e2%80%ae", "")
	ask("GET", "/sim/sessions/%1b%5b31m%e2%80%ae", "")
	ask("GET", "/sim/sessions?%1b%e2%80%ae=1", "")
	ask("GET", "/sim/faults", "")
	ask("GET", "/sim/sessions", "")
	ask("GET", fmt.Sprintf("/sim/sessions/%v", session["link_session_id"]), "")
	ask("GET", "/sim/journal", "")
}
