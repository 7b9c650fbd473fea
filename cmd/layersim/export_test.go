package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/export"
	"layersim/flow/journal"
)

// recorded is the recording of a walk with a wrong code, which ends onboarded:
// made once by the program itself.
func recorded(t *testing.T) []byte {
	t.Helper()
	recordOnce.Lock()
	defer recordOnce.Unlock()
	if recordedWalk == nil {
		recordedWalk = recordOne(t)
	}
	return recordedWalk
}

var (
	recordOnce   sync.Mutex
	recordedWalk []byte
)

func recordOne(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "walk.jsonl")
	r, end := recordWalk(t, settings{link: "terminal", persona: "two-banks", record: path})
	toOpen(r)
	r.await("Share your information")
	r.press("enter")
	r.await("Verify your phone number")
	r.typed("000000")
	r.await("That code is not right")
	r.typed("123456")
	r.await("Review your information.*LAYER_AUTHENTICATION_PASSED, verified")
	r.press("enter")
	r.await("accounts received") // which may come before or after the webhook
	r.await("SESSION_FINISHED SUCCESS")
	r.press("ctrl+c")
	_ = r.quits()
	if err := end(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// walkOf reads a recording.
func walkOf(t *testing.T, content []byte) export.Walk {
	t.Helper()
	r, err := journal.ReadRecording(bytes.NewReader(content), "walk.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	w, err := export.Of(r)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// exported is a recording in a format.
func exported(t *testing.T, content []byte, format string) []byte {
	t.Helper()
	r, err := journal.ReadRecording(bytes.NewReader(content), "walk.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exporters() {
		if e.format == format {
			document, _, err := e.write(exporting{width: 120, height: 36, idleLimit: 3 * time.Second}, t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			return document
		}
	}
	t.Fatalf("there is no format %s", format)
	return nil
}

// The transcript says what happened, in order, with what was answered.
func TestTranscriptTellsTheWalk(t *testing.T) {
	text := string(exported(t, recorded(t), "markdown"))
	from := 0
	for _, want := range []string{
		"# A walk through Plaid Layer: onboarded", "**Plaid:** simulated inside layersim, seed `7`", "**Template:** `default`",
		"```mermaid\nsequenceDiagram", "LINK", // the diagram names the lifelines
		"## Step by step", "### 1. Ask for a `link_token`", "([call 1](#call-1))", "### 3. Phone number entered", "`phone number +1••••••••11`", "`LAYER_READY`",
		"`ERROR INVALID_OTP`", "onSuccess(public_token)",
		"## What Link told the app", "| `ERROR` |", "`INVALID_OTP`",
		"## API calls", "### Call 1", "`https://sandbox.plaid.com/session/token/create`, answered with **200 OK**", "\"link_token\": \"link-sandbox-••••",
		"## Webhooks", "`LAYER_AUTHENTICATION_PASSED` | – | verified", "`SESSION_FINISHED` | `SUCCESS` | verified",
		"## Result", "| SSN | `•••-••-••••` |", "### Edit history", "| Address | ", "### Items", "**Institution** `First Platypus Bank`", "## Findings",
	} {
		if want == "LINK" {
			want = "participant L as Link SDK"
		}
		i := strings.Index(text[from:], want)
		if i < 0 {
			t.Fatalf("no %q after %.200q", want, text[:from])
		}
		from += i
	}
}

// exchangesOf are the calls of a walk.
func exchangesOf(w export.Walk) []flow.Exchange {
	var all []flow.Exchange
	for _, e := range w.Entries {
		if x, ok := e.Event.(flow.ExchangeRecorded); ok {
			all = append(all, x.Exchange)
		}
	}
	return all
}

// Nothing that a recording says reaches the terminal of whoever exports it as
// anything but text.
func TestExportsOfAHostileRecording(t *testing.T) {
	content := hostile(t)
	for _, e := range exporters() {
		document := exported(t, content, e.format)
		for _, r := range string(document) {
			if r != '\n' && !flow.IsHarmless(r) {
				t.Errorf("%s holds %U", e.format, r)
				break
			}
		}
	}
}

// The same recording gives the same bytes.
func TestExportsAreTheSameEachTime(t *testing.T) {
	content := recorded(t)
	for _, e := range exporters() {
		if !bytes.Equal(exported(t, content, e.format), exported(t, content, e.format)) {
			t.Errorf("%s differs from one time to the next", e.format)
		}
	}
}
