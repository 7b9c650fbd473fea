package plaidsim

import (
	"net/http"
	"strings"
	"testing"
)

// A token of Layer's cannot be exchanged, and is good for its own call before
// and after.
func TestAProfileTokenCannotBeExchanged(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", nil)
	token := l.publicToken()
	for _, tc := range []struct{ token, says string }{
		{token, "expected format: public-<environment>-<identifier>"},
		{"public-sandbox-00000000-0000-4000-8000-000000000000", "could not find matching public token"},
		{"nonsense", "expected format"},
	} {
		status, answer := post(t, s, "/item/public_token/exchange", with(object{"public_token": tc.token}))
		if status != http.StatusBadRequest || answer["error_code"] != "INVALID_PUBLIC_TOKEN" || !strings.Contains(text(answer, "error_message"), tc.says) {
			t.Errorf("%s: %d %v", tc.token, status, answer)
		}
	}
	if answer := sessionGet(t, s, token); answer["identity"] == nil {
		t.Errorf("the session afterwards: %v", answer)
	}
	if status, answer := post(t, s, "/item/public_token/exchange", with(object{})); status != http.StatusBadRequest || answer["error_code"] != "MISSING_FIELDS" {
		t.Errorf("without a token: %d %v", status, answer)
	}
}
