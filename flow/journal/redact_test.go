package journal

import (
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
