package plaidsim

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWebhookControl(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url)
	server := httptest.NewServer(s.Loopback())
	t.Cleanup(server.Close)
	call := func(method, path, body string, header ...string) (int, object) {
		t.Helper()
		r, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		raw, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		var o object
		decodeInto(t, raw, &o)
		return resp.StatusCode, o
	}
	status, o := call("POST", "/sim/webhooks", `{"kind":"delayed","webhook_code":"LAYER_AUTHENTICATION_PASSED","delay":"90s"}`)
	if status != 200 || text(o, "armed", "delay") != "1m30s" || at(o, "armed", "webhooks") != 1.0 {
		t.Fatalf("%d %v", status, o)
	}
	if _, o = call("GET", "/sim/webhooks", ""); len(o["armed"].([]any)) != 1 || len(o["webhooks"].([]any)) != 0 {
		t.Errorf("%v", o)
	}
	l := newLink(t, s, "default")
	l.review(fullPhone)
	if _, o = call("GET", "/sim/webhooks", ""); len(o["armed"].([]any)) != 0 || text(o["webhooks"].([]any)[0], "state") != "waiting" || text(o["webhooks"].([]any)[0], "next_attempt_at") != "2026-04-01T12:01:30Z" {
		t.Errorf("%v", o)
	}
	if status, o = call("POST", "/sim/webhooks/1/resend", ""); status != 200 || o["id"] != 2.0 {
		t.Errorf("%d %v", status, o)
	}
	if status, o = call("POST", "/sim/webhooks/settle", ""); status != 200 || o["settled"] != true {
		t.Errorf("%d %v", status, o)
	}
	same(t, app.codes(), []string{passed})
	if status, o = call("POST", "/sim/keys/rotate", ""); status != 200 || text(o, "current", "kid") == text(o, "expired", "kid") {
		t.Errorf("%d %v", status, o)
	}
	if status, o = call("GET", "/sim/keys", ""); status != 200 || len(o["keys"].([]any)) != 2 {
		t.Errorf("%d %v", status, o)
	}
	call("POST", "/sim/webhooks", `{"kind":"der"}`)
	if status, o = call("DELETE", "/sim/webhooks", ""); status != 200 || len(s.hooks.Armed()) != 0 {
		t.Errorf("%d %v", status, o)
	}
	for _, bad := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "/sim/webhooks", `{"kind":"nonsense"}`, 400, "wrong_key"},
		{"POST", "/sim/webhooks", `{"kind":"der","x":1}`, 400, "x"},
		{"POST", "/sim/webhooks", `{`, 400, "JSON"},
		{"POST", "/sim/webhooks", `{"kind":"delayed","delay":"soon"}`, 400, "delay"},
		{"POST", "/sim/webhooks", `{"kind":"delayed","delay":"-1s"}`, 400, "negative"},
		{"POST", "/sim/webhooks/77/resend", "", 404, "77"},
		{"POST", "/sim/webhooks/x/resend", "", 404, "x"},
		{"GET", "/sim/keys/rotate", "", 404, "GET"},
	} {
		status, o := call(bad.method, bad.path, bad.body)
		if status != bad.status || !strings.Contains(text(o, "error_message"), bad.says) {
			t.Errorf("%s %s %s: %d %v", bad.method, bad.path, bad.body, status, o)
		}
	}
	if status, _ = call("POST", "/sim/keys/rotate", "", "Origin", "https://example.com"); status != 403 {
		t.Errorf("from another origin: %d", status)
	}
}
