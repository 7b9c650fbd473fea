package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"layersim/fixtures"
	"layersim/flow/scenario"
)

// staysTheSame plays steps, makes a scenario of the recording, and compares the
// walks.
func staysTheSame(t *testing.T, catalog *fixtures.Catalog, steps string) {
	t.Helper()
	sc, err := scenario.Read("troubled.yaml", []byte("scenario: troubled\ntitle: Troubled\nsteps:\n"+steps), catalog)
	if err != nil {
		t.Fatal(err)
	}
	recorded, result := recordingOf(t, sc, catalog)
	made, _, err := scenario.FromRecording(recorded, catalog)
	if err != nil {
		t.Fatal(err)
	}
	made = fitted(t, made, catalog)
	_, again := recordingOf(t, made, catalog)
	if diff := cmp.Diff(gistOf(result.Journal), gistOf(again.Journal)); diff != "" {
		t.Errorf("it is another walk: %s\n%s", diff, made.YAML())
	}
}

// A walk with trouble at any call becomes a scenario of the same walk, whether
// Plaid had carried the call out or not.
func TestTroubleBecomesTheSameTrouble(t *testing.T) {
	catalog := builtin(t)
	walk := []string{
		"create token", "create handler", "submit phone", "open", "continue", "code", "edit field: {address.street: 2 New Street}",
		"add bank", "search: lant", "back", "add bank", "institution: Lanternfish Credit Union", "sign in: {username: user_good, password: pass_good}",
		`sign in: {code: "1234"}`, "continue", "continue", "share",
	}
	troubles := []struct {
		on    string
		after int // the step that calls it
		again string
	}{
		{"/session/token/create", 0, "retry"}, {"/link/session", 1, "retry"}, {"/link/session/submit", 2, "retry"}, {"/link/session/open", 3, "retry"},
		{"/link/session/continue", 4, "continue"}, {"/link/session/code", 5, "code"},
		{"/link/session/add_bank", 7, "add bank"}, {"/link/session/search", 8, "search: lant"}, {"/link/session/back", 9, "back"},
		{"/link/session/institution", 11, walk[11]}, {"/link/session/credentials", 12, walk[12]}, {"/link/session/mfa", 13, walk[13]},
		{"/link/session/accounts", 14, "continue"}, {"/link/session/share", 16, "share"},
		{"/user_account/session/get", 16, "retry"}, {"/accounts/get", 16, "retry"},
	}
	for i, trouble := range troubles {
		for j, how := range []string{"drop: true", "truncate: true", "no_answer: true", "garbage: true", "status: 500", "status: 429", "garbage: true, status: 502", "latency: 2s", "latency: 2m", "swallow: true"} {
			if how == "swallow: true" && !strings.HasPrefix(trouble.on, "/link/session/") {
				continue
			}
			if raceDetector && (i+j)%10 != 0 {
				continue // what happens at once is the same in each
			}
			t.Run(strings.ReplaceAll(trouble.on[1:], "/", " ")+" "+how, func(t *testing.T) {
				t.Parallel()
				var steps strings.Builder
				for n, step := range walk {
					if n == trouble.after {
						fmt.Fprintf(&steps, "- fault: {on: %s, %s}\n- %s\n", trouble.on, how, step)
						if how != "latency: 2s" {
							fmt.Fprintf(&steps, "- wait: 1m\n- %s\n", trouble.again)
						}
						continue
					}
					fmt.Fprintf(&steps, "- %s\n", step)
				}
				staysTheSame(t, catalog, steps.String())
			})
		}
	}
}

// So does one in which an event that the app acts on is late, lost or doubled.
func TestTroubleWithEventsBecomesTheSameTrouble(t *testing.T) {
	catalog := builtin(t)
	for _, on := range []string{"LAYER_READY", "onSuccess"} {
		for _, how := range []string{"lose: true", "duplicate: true", "delay: 3s", "hold: true"} {
			if on == "onSuccess" && strings.HasPrefix(how, "duplicate") {
				continue // onSuccess has no time of its own by which to tell
			}
			t.Run(on+" "+how, func(t *testing.T) {
				t.Parallel()
				steps := []string{fmt.Sprintf("fault: {on: %s, %s}", on, how), "create token", "create handler", "submit phone"}
				if on == "LAYER_READY" {
					steps = append(steps, "wait: 5s", "heal")
				}
				steps = append(steps, "open", "continue", "code", "share", "wait: 5s", "heal")
				staysTheSame(t, catalog, "- "+strings.Join(steps, "\n- ")+"\n")
			})
		}
	}
}
