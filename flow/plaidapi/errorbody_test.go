package plaidapi

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"layersim/flow"
)

// quiet is a log that nobody reads.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func TestRetryAfterIsRead(t *testing.T) {
	later := func(d time.Duration) string { return noon.Add(d).Format(http.TimeFormat) }
	for name, tc := range map[string]struct {
		header, date string
		want         time.Duration
	}{
		"none":             {"", "", 0},
		"seconds":          {"30", "", 30 * time.Second},
		"with blanks":      {" 30 ", "", 30 * time.Second},
		"none to wait":     {"0", "", 0},
		"negative":         {"-5", "", 0},
		"a date":           {later(2 * time.Minute), "", 2 * time.Minute},
		"a date over":      {later(-time.Minute), "", 0},
		"a wrong clock":    {later(time.Hour + time.Minute), later(time.Hour), time.Minute},
		"a day at most":    {"9999999", "", 24 * time.Hour},
		"a year":           {later(365 * 24 * time.Hour), "", 24 * time.Hour},
		"beyond numbers":   {"1e300", "", 24 * time.Hour},
		"no number at all": {"NaN", "", 0},
		"words":            {"tomorrow", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, answer := range []struct{ status, body string }{{"429", body("RATE_LIMIT_EXCEEDED", "RATE_LIMIT")}, {"503", "<html>"}} {
				rt := roundTrip(func(*http.Request) (*http.Response, error) {
					w := httptest.NewRecorder()
					w.Header().Set("Content-Type", "application/json")
					if tc.header != "" {
						w.Header().Set("Retry-After", tc.header)
					}
					if tc.date != "" {
						w.Header().Set("Date", tc.date)
					}
					w.WriteHeader(map[string]int{"429": 429, "503": 503}[answer.status])
					_, _ = io.WriteString(w, answer.body)
					return w.Result(), nil
				})
				_, _, _, err := client(t, rt, nil).CreateSessionToken(t.Context(), flow.CreateSessionToken{TemplateID: "t"})
				if f := failureOf(t, err); f.RetryAfter != tc.want {
					t.Errorf("%s: wait %v, want %v", answer.status, f.RetryAfter, tc.want)
				}
			}
		})
	}
}

func TestTheRestOfPlaidsErrorBody(t *testing.T) {
	ask := func(t *testing.T, more string) flow.Failure {
		t.Helper()
		answer := `{"error_type":"ITEM_ERROR","error_code":"ITEM_LOGIN_REQUIRED","error_message":"m","display_message":null,"request_id":"r"` + more + `}`
		_, err := client(t, answering(400, "application/json", answer), nil).GetAccounts(t.Context(), flow.GetAccounts{ItemID: "i"})
		return failureOf(t, err)
	}
	f := ask(t, `,"documentation_url":"https://plaid.com/docs/?ref=error#item-errors","suggested_action":"Use update\u001b[2J mode","error_code_reason":"OAUTH_CONSENT_EXPIRED",
		"causes":[{"item_id":"i1","error_code":"ITEM_LOCKED","error_message":"locked"},{"error_code":"X"}]`)
	if f.SuggestedAction != "Use update [2J mode" || f.Reason != "OAUTH_CONSENT_EXPIRED" || f.Causes != "ITEM_LOCKED: locked (i1); X" ||
		f.Documentation != "https://plaid.com/docs/?ref=error#item-errors" {
		t.Errorf("got %+v", f)
	}
	for _, more := range []string{
		``, `,"documentation_url":null,"suggested_action":null,"error_code_reason":null,"causes":null`,
		`,"documentation_url":7,"suggested_action":{},"error_code_reason":[1],"causes":"none"`,
	} {
		if f := ask(t, more); f.Code != "ITEM_LOGIN_REQUIRED" || f.SuggestedAction+f.Reason+f.Causes+f.Documentation != "" {
			t.Errorf("%s: got %+v", more, f)
		}
	}
	for _, elsewhere := range []string{"http://plaid.com/docs/", "https://plaid.com.example/docs/", "javascript:alert(1)", "https://evil@plaid.com.example/", "https://evilplaid.com/docs/", "https://example.com/?plaid.com"} {
		if f := ask(t, fmt.Sprintf(`,"documentation_url":%q`, elsewhere)); f.Documentation != "" {
			t.Errorf("%s is taken for a page of Plaid's", elsewhere)
		}
	}
}

// What an error quotes of ours is masked in every part of it, and a page of text
// is cut.
func TestErrorsQuoteNothingPrivate(t *testing.T) {
	quote := "0123456789abcdefSECRETMARKER42 profile-sandbox-PUBLICMARKER-0000 access-sandbox-ACCESSMARKER-0000 5f0c1e2d3b4a596877665544 http://user:PASSMARKER@proxy.example:8080/"
	answer := fmt.Sprintf(`{"error_type":%[1]q,"error_code":%[1]q,"error_message":%[2]q,"display_message":%[1]q,"request_id":%[1]q,
		"documentation_url":"https://plaid.com/docs/0123456789abcdefSECRETMARKER42","suggested_action":%[1]q,"error_code_reason":%[1]q,"causes":[{"item_id":%[1]q,"error_code":%[1]q,"error_message":%[1]q}]}`,
		quote, strings.Repeat("x", longestSaid-20)+" "+quote)
	_, err := client(t, answering(400, "application/json", answer), nil).GetUserAccountSession(t.Context(), flow.GetUserAccountSession{})
	f := failureOf(t, err)
	all := fmt.Sprintf("%+v", f)
	for _, marker := range []string{"SECRETMARKER", "PUBLICMARKER", "ACCESSMARKER", "596877", "PASSMARKER"} {
		if i := strings.Index(all, marker); i >= 0 {
			t.Errorf("%q is quoted: …%s…", marker, all[max(0, i-60):min(len(all), i+30)])
		}
	}
	if n := len([]rune(f.Message)); n > longestSaid+1 { // and an ellipsis
		t.Errorf("%d characters of a message were kept", n)
	}
}
