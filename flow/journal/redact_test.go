package journal

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"layersim/flow"
)

// What was put into a recording by hand is masked when it is read.
func TestAChangedRecordingShowsNoSecret(t *testing.T) {
	const exchange = `{"request":{"method":"POST","url":"https://u:hush-hush@sandbox.plaid.com/x","headers":[{"name":"PLAID-SECRET","value":"hush-hush"}],` +
		`"body":{"secret":"hush-hush","ssn":"123-45-6789","note":"123 45 6789"}},"response":{"status":200,"body":{"access_token":"access-sandbox-0123456789abcdef"},"error":"1975-01-18"},"other":"hush-hush"}`
	e, err := Decode(Recorded{At: time.Unix(1, 0), Kind: "ExchangeRecorded", Event: []byte(exchange)})
	if err != nil {
		t.Fatal(err)
	}
	content, _ := Content(e)
	for _, secret := range []string{"hush-hush", "123-45", "123 45", "0123456789", "1975"} {
		if strings.Contains(string(content), secret) {
			t.Errorf("%q is shown: %s", secret, content)
		}
	}
	for kind, event := range map[string]string{
		"DateOfBirthEntered": `{"date_of_birth":"1975-01-18•"}`,
		"LinkActed":          `{"action":"share","values":{"ssn":"123-45-6789•"}}`,
		"UserAccountFetched": `{"identity":{"ssn_last_4":"6789•"}}`,
	} {
		if _, err := Decode(Recorded{At: time.Unix(1, 0), Kind: kind, Event: []byte(event)}); err == nil || !strings.Contains(err.Error(), "not masked") {
			t.Errorf("%s %s: %v", kind, event, err)
		}
	}
	if got := flow.RecordedLinkToken("link-sandbox-0123456789abcdef•").String(); strings.Contains(got, "0123") {
		t.Error(got)
	}
}

// What only begins like JSON, or looks like a time, is a text as any other.
func TestNoTextOfARecordingIsSpared(t *testing.T) {
	const header = `{"layersim_recording":1,"layersim":"x","started":"1999-04-01T12:00:00Z","mode":"simulated","template_id":"[123-45-6789","persona":"{123-45-6789 1975-01-18","platform":"web","sdk_version":"latest"}` + "\n"
	entry := func(kind, event string) string {
		return `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"` + kind + `","name":"n","event":` + event + "}\n"
	}
	for _, line := range []string{
		entry("LinkActed", `{"action":"share","account_ids":["[4155550011 123-45-6789","{\"a\":\"123-45-6789\"}"],"choice":"1975-01-18T00:00:00Z","values":{"[123-45-6789":"•••-••-••••"}}`),
		entry("OnEvent", `{"event_name":"{123-45-6789","metadata_text":"[41,123-45-6789","as_read":{"view_name":"1975-01-18T00:00:00Z"}}`),
		entry("OnEvent", `{"event_name":"x","metadata_text":"[7 1975-01-18"}`),
		entry("WebhookReceived", `{"webhook_code":"[123-45-6789","body_text":"{\"n\":123-45-6789","elsewhere":{"body_text":"[123-45-6789"}}`),
		entry("WebhookReceived", `{"body_text":"{\"ssn\":\"123-45-6789\",\"name\":\"1975-01-18T00:00:00Z\"}"}`),
	} {
		r, err := ReadRecording(strings.NewReader(header+line), "walk.jsonl")
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		e, err := Decode(r.Entries[0])
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		shown, err := Content(e)
		if err != nil {
			t.Fatal(err)
		}
		head := fmt.Sprintf("%+v", r.Header)
		for _, secret := range []string{"123-45", "45-6789", "4155550011", "1975"} {
			if strings.Contains(string(shown), secret) || strings.Contains(head, secret) {
				t.Errorf("%q is shown: %s %s", secret, shown, head)
			}
		}
	}
}
