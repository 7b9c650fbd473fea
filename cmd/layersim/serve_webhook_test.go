//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// An app's server hears of the sessions of 'layersim serve'.
func TestServeSendsWebhooks(t *testing.T) {
	heard := make(chan string, 10)
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body struct {
			Code string `json:"webhook_code"`
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		heard <- body.Code + " " + r.Header.Get("Plaid-Verification")[:10]
	}))
	defer app.Close()
	ready, _ := served(t, "--webhook", app.URL)
	url := strings.TrimPrefix(ready, "ready ")
	post := func(path string, body map[string]any) (answer map[string]any) {
		t.Helper()
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(url+path, "application/json", bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %v %v", path, resp.Status, answer, err)
		}
		return answer
	}
	token := post("/session/token/create", map[string]any{
		"client_id": "c", "secret": "s", "template_id": "default", "user": map[string]any{"client_user_id": "u"},
	})["link"].(map[string]any)["link_token"]
	session := "/link/session/" + post("/link/session", map[string]any{"token": token})["session"].(string)
	post(session+"/submit", map[string]any{"phone_number": "415-555-0011"})
	post(session+"/open", map[string]any{})
	post(session+"/continue", map[string]any{})
	post(session+"/code", map[string]any{"code": "123456"})
	if got := <-heard; !strings.HasPrefix(got, "LAYER_AUTHENTICATION_PASSED ey") {
		t.Errorf("first %q", got)
	}
	post(session+"/close", map[string]any{})
	if got := <-heard; !strings.HasPrefix(got, "SESSION_FINISHED ey") {
		t.Errorf("then %q", got)
	}
}
