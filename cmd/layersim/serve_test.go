//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/plaid/plaid-go/v42/plaid"
)

// served starts 'layersim serve' as a process and returns its ready line.
func served(t *testing.T, args ...string) (ready string, cmd *exec.Cmd) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), buildProgram(t), append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("serve ended without a line")
	}
	return lines.Text(), cmd
}

func TestServeAnswersAnOfficialSDK(t *testing.T) {
	ready, cmd := served(t)
	url, ok := strings.CutPrefix(ready, "ready ")
	if !ok || !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Fatalf("the ready line is %q", ready)
	}
	for _, path := range []string{"/healthz", "/link/v2/stable/link-initialize.js"} {
		answer, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", path, answer.Status)
		}
	}
	config := plaid.NewConfiguration()
	config.AddDefaultHeader("PLAID-CLIENT-ID", "anyone")
	config.AddDefaultHeader("PLAID-SECRET", "anything")
	config.UseEnvironment(plaid.Environment(url))
	request := plaid.NewSessionTokenCreateRequest("template_4uinBNe4B2x9")
	request.SetUser(plaid.SessionTokenCreateRequestUser{ClientUserId: "user-1"})
	answer, _, err := plaid.NewAPIClient(config).PlaidApi.SessionTokenCreate(context.Background()).SessionTokenCreateRequest(*request).Execute()
	if err != nil {
		t.Fatal(err)
	}
	if link := answer.GetLink(); !strings.HasPrefix(link.GetLinkToken(), "link-sandbox-") {
		t.Errorf("the link_token is %q", link.GetLinkToken())
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d after SIGTERM; want %d", code, exitInterrupted)
	}
}

func TestServeSaysItsAddressAsJSON(t *testing.T) {
	ready, _ := served(t, "--json")
	var line struct{ URL string }
	if err := json.Unmarshal([]byte(ready), &line); err != nil || !strings.HasPrefix(line.URL, "http://127.0.0.1:") {
		t.Errorf("the ready line is %q (%v)", ready, err)
	}
}
