package plaidapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"layersim/flow"
)

// Numbers and dates of a person are in no answer that is recorded and in no
// failure, whichever call it is of and however they are written.
func TestNoNumberOfAPersonIsRecorded(t *testing.T) {
	const failed = `{"error_type":"INVALID_REQUEST","error_code":"INVALID_FIELD","request_id":"r",`
	for name, tc := range map[string]struct {
		status int
		body   string
	}{
		"error message": {400, failed + `"error_message":"ssn 123456789 of 4155550011 dob 1975-01-18","display_message":"123–45–6789","suggested_action":"x_123456789","causes":[{"item_id":"i","error_message":"ssn 123456789"},{"ssn":"6789"}]}`},
		"error members": {400, failed + `"error_message":"bad","user":{"ssn_number":"123456789","tax_id":"12-3456789","n":123456789},"social":"6789","dob":"1975-01-18","note":"Leslie 6789"}`},
		"not Plaid's":   {502, `{"message":"ssn 123456789","number":4155550011,"born":"1975-01-18"}`},
		"an error page": {502, `<p>SSN123456789 dob 1975-01-18 (415) 555-0011</p>`},
		"unknown":       {200, `{"request_id":"r","link":{"link_token":"link-sandbox-123","ssn_x":"123456789"},"number":123456789,"born":"1975-01-18","accounts":[{"tin":"12-3456789"}],"items":[]}`},
		"known text": {200, `{"request_id":"r 123456789","link":{"link_token":"l","user_id":"123456789"},"items":[],"accounts":[{"name":"12-3456789","official_name":"1975-01-18"}],"item":{"institution_name":"4155550011"},
			"identity":{"name":{"first_name":"SSN123456789","last_name":"x_123456789"},"address":{"street":"123–45–6789","city":"１２３４５６７８９","region":"123  45  6789"},"email":"12-3456789"}}`},
		"counts": {200, `{"request_id":"r","items":[],"identity_edit_history":{"official_document":{"ssn":{"edits_current":6789}}}}`},
		"keys":   {200, `{"request_id":"r","items":[],"6789":1,"identity":{"x6789":1},"link":{"1975":1}}`},
	} {
		t.Run(name, func(t *testing.T) {
			var exchanges []flow.Exchange
			c := client(t, answering(tc.status, "application/json", tc.body), &exchanges)
			_, _, _, e1 := c.CreateSessionToken(t.Context(), flow.CreateSessionToken{TemplateID: "t"})
			u, e2 := c.GetUserAccountSession(t.Context(), flow.GetUserAccountSession{})
			_, e3 := c.GetAccounts(t.Context(), flow.GetAccounts{})
			e4 := c.ExchangePublicToken(t.Context(), flow.ExchangePublicToken{})
			_, e5 := c.GetWebhookKey(t.Context(), "k")
			all := fmt.Sprintf("%+v", u.Deviations)
			for _, err := range []error{e1, e2, e3, e4, e5} {
				var f flow.Failure
				if errors.As(err, &f) {
					all += fmt.Sprintf("%+v", f)
				}
			}
			for _, x := range exchanges {
				all += x.ResponseBody + x.RequestID + x.Error
			}
			for _, private := range []string{"123456789", "3456789", "6789", "１２", "4155550011", "0011", "1975"} {
				if i := strings.Index(all, private); i >= 0 {
					t.Errorf("%q stands in …%s…", private, all[max(0, i-60):min(len(all), i+40)])
				}
			}
		})
	}
}

// What tells of nobody stays readable.
func TestWhatIsNobodysIsRecorded(t *testing.T) {
	var exchanges []flow.Exchange
	const uuid = "3fa85f64-5717-4562-b3fc-123456789012"
	read := func(status int, answer string) string {
		c := client(t, answering(status, "application/json", answer), &exchanges)
		_, _, _, _ = c.CreateSessionToken(t.Context(), flow.CreateSessionToken{TemplateID: "template_123456789a"})
		_, _ = c.GetAccounts(t.Context(), flow.GetAccounts{})
		_, _ = c.GetWebhookKey(t.Context(), uuid)
		all := ""
		for _, x := range exchanges {
			all += x.RequestBody + x.ResponseBody
		}
		return all
	}
	all := read(200, `{"request_id":"m8MDnv9okwxFNBV","link":{"link_token":"link-sandbox-`+uuid+`","expiration":"2026-01-01T00:00:00Z"},
		"accounts":[{"account_id":"blgvvBlXw3cq5GMPwqB6s6q4dLKB9WcVqGDGo","mask":"0000","balances":{"available":123456789.25,"current":1234567890}}],
		"key":{"alg":"ES256","kid":"`+uuid+`","created_at":1560466150,"expired_at":null,"x":"abc","y":"def"}}`)
	for _, public := range []string{
		"m8MDnv9okwxFNBV", "link-sandbox-••••9012", "2026-01-01T00:00:00Z", "blgvvBlXw3cq5GMPwqB6s6q4dLKB9WcVqGDGo", `"0000"`, " 123456789.25", " 1234567890",
		"template_123456789a", `"kid": "` + uuid, " 1560466150", `"x": "abc"`,
	} {
		if !strings.Contains(all, public) {
			t.Errorf("%q is not in %s", public, all)
		}
	}
	all = read(400, `{"error_type":"RATE_LIMIT_EXCEEDED","error_code":"RATE_LIMIT","error_message":"wait 3600 seconds","documentation_url":"https://plaid.com/docs/","request_id":"m8MDnv9okwxFNBV","causes":[{"error_code":"ITEM_LOCKED"}]}`)
	for _, public := range []string{"wait 3600 seconds", "https://plaid.com/docs/", "ITEM_LOCKED"} {
		if !strings.Contains(all, public) {
			t.Errorf("%q is not in %s", public, all)
		}
	}
	if all = read(403, `{"message":"blocked by the gateway"}`); !strings.Contains(all, "blocked by the gateway") {
		t.Errorf("a gateway's own words are hidden: %s", all)
	}
}

func TestHeadersOfSignInsAreHidden(t *testing.T) {
	h := http.Header{}
	for _, name := range []string{"Plaid-Secret", "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"} {
		h.Set(name, "PLANTED")
	}
	if got := (redactor{}).headers(h); len(got) != 5 || strings.Contains(fmt.Sprint(got), "PLANTED") {
		t.Errorf("got %v", got)
	}
}

// endless is a body that somebody has to stop reading.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	if e.read > 64<<20 {
		return 0, io.EOF
	}
	e.read += len(p)
	return len(p), nil
}

// No answer takes more memory than an answer of Plaid's may.
func TestAnEndlessAnswerIsNotRead(t *testing.T) {
	var body endless
	rt := roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(&body)}, nil
	})
	_, _, _, err := client(t, rt, nil).CreateSessionToken(t.Context(), flow.CreateSessionToken{TemplateID: "t"})
	if err == nil || body.read > 9<<20 {
		t.Errorf("%d bytes were read: %v", body.read, err)
	}
}
