package scenario

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"layersim/fixtures"
	"layersim/fixtures/document"
	"layersim/flow/journal"
)

// Whatever a file holds, reading it ends with a scenario, or with mistakes that
// say where they are and can be shown. What can be read can be written and read
// again.
func FuzzRead(f *testing.F) {
	c := catalog(f)
	for _, v := range verbs {
		f.Add([]byte(steps("open", v.example)))
	}
	f.Add([]byte(head + "clock: 2026-04-01T12:00:00+02:00\nfaults: [{on: LAYER_READY, lose: true}]\nsteps:\n- {beat: A, notes: \"a\\nb\", ask: {question: Why?, answer: So.}, open: }\n"))
	f.Add([]byte(head + "steps: [opne, {wait: soon, open: }, [], {}, ~, 7]\n"))
	f.Add([]byte("\ufeff--- \n? a\n: b\n"))
	for _, row := range strangeFiles() {
		f.Add([]byte(row.content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		sc, err := Read("x.yaml", content, c)
		if err != nil {
			var mistakes fixtures.Mistakes
			if !errors.As(err, &mistakes) || len(mistakes) == 0 {
				t.Fatalf("no mistakes: %v", err)
			}
			for _, m := range mistakes {
				if m.File != "x.yaml" || m.Problem == "" || m.Line == 0 && m.Field == "" && !wholeFile(m.Problem) {
					t.Errorf("it does not say where: %+v", m)
				}
			}
			if strings.ContainsFunc(strings.ReplaceAll(err.Error(), "\n", ""), document.IsControl) {
				t.Errorf("control characters in %q", err)
			}
			return
		}
		again, err := Read("x.yaml", sc.YAML(), c)
		if err != nil {
			t.Fatalf("written, it cannot be read: %v\n%s", err, sc.YAML())
		}
		if diff := cmp.Diff(sc, again, same); diff != "" {
			t.Fatalf("written, it is another: %s\n%s", diff, sc.YAML())
		}
		for _, s := range sc.Steps {
			if says := s.String(); says == "" || strings.ContainsFunc(says, document.IsControl) {
				t.Errorf("a step says %q", says)
			}
		}
	})
}

// wholeFile reports whether no single place is to blame.
func wholeFile(problem string) bool {
	for _, part := range []string{"is empty", "larger than", "cannot be read as YAML", "is not YAML", "holds nothing"} {
		if strings.Contains(problem, part) {
			return true
		}
	}
	return false
}

const recorded = `{"layersim_recording":1,"layersim":"devel","started":"2026-04-01T12:00:00Z","mode":"simulated","template_id":"template_4uinBNe4B2x9","template":"default","persona":"two-banks","platform":"web","sdk_version":"latest","webhooks":true,"test_numbers":true,"seed":"7","delivery":"documented"}
{"seq":1,"at":"2026-04-01T12:00:01Z","lane":"operator","kind":"LinkTokenRequested","name":"x","verdict":"advanced","phase_before":"token","phase":"token","event":{}}
`

// Whatever a recording holds, what is made of it can be written and read.
func FuzzFromRecording(f *testing.F) {
	c := catalog(f)
	f.Add([]byte(recorded))
	for _, event := range []string{
		`"kind":"PhoneNumberEntered","event":{"phone_number":"+1••••••••11"}`, `"kind":"LinkActed","event":{"action":"share","account_ids":["a"]}`,
		`"kind":"DoWrong","event":{"mistake":"open-twice"}`, `"kind":"CallFailed","event":{"call":1,"error":{"status":500,"error_code":"X"}}`,
		`"kind":"OnEvent","event":{"event_name":"LAYER_READY","metadata":{"view_name":"CONSENT"}}`, `"kind":"OnExit","event":{"error":{"error_code":"a b"}}`,
		`"kind":"ExchangeRecorded","event":{"request":{"method":"POST","url":"https://sandbox.plaid.com/item/get","body":{"access_token":"••••"}},"response":{"status":200}}`,
		`"kind":"WebhookReceived","event":{"webhook_code":"SESSION_FINISHED","verified":false,"reason":"odd"}`,
		`"kind":"StartOverRequested","event":{"template_id":"none","client":{"platform":"ios","version":"6.3.0"}}`,
	} {
		f.Add([]byte(recorded + `{"seq":2,"at":"2026-04-01T12:00:09Z","lane":"operator","name":"x","verdict":"noted","phase_before":"token","phase":"link",` + event + "}\n"))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := journal.ReadRecording(bytes.NewReader(content), "x.jsonl")
		if err != nil {
			return
		}
		sc, left, err := FromRecording(r, c)
		if err != nil {
			var where *journal.RecordingError
			if !errors.As(err, &where) {
				t.Errorf("it does not say where: %v", err)
			}
			return
		}
		file := Commented(sc.YAML(), left)
		if _, err := Read("x.yaml", file, c); err != nil {
			t.Errorf("%v\n%s", err, file)
		}
	})
}
