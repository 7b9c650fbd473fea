//go:build linux

package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestServeStrict(t *testing.T) {
	ready, _ := served(t, "--strict", "--not-enabled", "/network/status/get")
	url := strings.TrimPrefix(ready, "ready ")
	for _, tt := range []struct{ path, body, says string }{
		{"/session/token/create", `{"client_id":"c","secret":"s","template_id":"template_mine","user":{"client_user_id":"u"}}`, "template_id could not be found"},
		{"/session/token/create", `{"client_id":"c","secret":"s","template_id":"default","user":{"client_user_id":"u"}}`, "link-sandbox-"},
		{"/network/status/get", `{"client_id":"c","secret":"s","user":{"phone_number":"+14155550011"}}`, "UNAUTHORIZED_ROUTE_ACCESS"},
	} {
		answer, err := http.Post(url+tt.path, "application/json", strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || !strings.Contains(string(body), tt.says) {
			t.Errorf("%s: %s, %v; want %q", tt.path, body, err, tt.says)
		}
	}
}
