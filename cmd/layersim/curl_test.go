//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Every curl line of the README's section on the control API does what it says
// against a real 'layersim serve': curl -f fails on any answer but a good one.
func TestReadmeCurlLines(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
			t.Fatal("curl is missing")
		}
		t.Skip("curl is missing")
	}
	readme, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "### Driving it from your tests\n")
	block := regexp.MustCompile("(?s)```sh\n(.*?)```").FindStringSubmatch(section)
	if !found || block == nil {
		t.Fatal("the README has no commands on driving it from your tests")
	}
	ready, _ := served(t, "--seed", "1", "--clock", "2026-04-01T12:00:00Z")
	base := strings.TrimPrefix(ready, "ready ")
	ask := func(path, body string) (o map[string]any) {
		t.Helper()
		answer, err := http.Post(base+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		raw, _ := io.ReadAll(answer.Body)
		if err := json.Unmarshal(raw, &o); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", path, answer.StatusCode, raw)
		}
		return o
	}
	token := ask("/session/token/create", `{"client_id":"c","secret":"s","template_id":"default","user":{"client_user_id":"user-1"}}`)["link"].(map[string]any)["link_token"]
	session := ask("/link/session", fmt.Sprintf(`{"token":%q}`, token))
	ask(fmt.Sprintf("/link/session/%v/submit", session["session"]), `{"phone_number":"+14155550011"}`)

	dir, lines := t.TempDir(), 0
	for line := range strings.Lines(block[1]) {
		if !strings.HasPrefix(line, "curl ") {
			continue
		}
		lines++
		cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
		cmd.Dir, cmd.WaitDelay = dir, 5*time.Second
		cmd.Env = append(os.Environ(), "P="+base, fmt.Sprintf("ID=%v", session["link_session_id"]), "no_proxy=127.0.0.1")
		cmd.Stderr = os.Stderr // a pipe would be waited for as long as the follower has it
		out, err := cmd.Output()
		background := strings.HasSuffix(strings.TrimSpace(line), "&")
		if err != nil || len(bytes.TrimSpace(out)) == 0 && !background {
			t.Errorf("%s: %v\n%s", strings.TrimSpace(line), err, out)
		}
		for answer := range strings.Lines(string(out)) {
			if !json.Valid([]byte(answer)) {
				t.Errorf("%s: not JSON: %s", strings.TrimSpace(line), answer)
			}
		}
	}
	if lines < 20 {
		t.Errorf("only %d curl lines", lines)
	}
	// The follower has been told to the very end.
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		followed, _ := os.ReadFile(filepath.Join(dir, "journal.ndjson"))
		if bytes.Contains(followed, []byte("everything was reset")) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the follower has %s", followed)
		}
	}
}
