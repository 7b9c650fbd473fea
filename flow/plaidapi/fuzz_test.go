package plaidapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"layersim/flow"
)

// Whatever answers in Plaid's place, to whatever call: the call ends, what it
// returns is harmless on a terminal and of bounded length, a failure says what
// happened, and of the credentials nothing comes back.
func FuzzAnswers(f *testing.F) {
	const kind = "application/json"
	session := `{"identity":{"name":{"first_name":"A","last_name":"B"},"address":{"street":"s","street2":null,"city":"c","region":"IN","postal_code":"46001","country":"US"},"phone_number":"+14155550011","email":"a@b.co","date_of_birth":"1975-01-18","ssn":"987654321","ssn_last_4":"4321"},
		"identity_edit_history":{"name":{"edits_current":0,"edits_1d":0,"edits_30d":1,"edits_365d":1,"edits_all_time":1},"official_document":{"ssn":{"edits_current":1e0}}},"items":[{"item_id":"i","access_token":"access-sandbox-1"},null,7],"request_id":"r"}`
	accounts := `{"accounts":[{"account_id":"a","balances":{"available":1e400,"current":"110","limit":null,"iso_currency_code":"USD"},"mask":"0000","name":"N","official_name":null,"subtype":"checking","type":"depository"}],"item":{"item_id":"i","institution_id":"ins_1","institution_name":"\u001b[2J"},"request_id":"r"}`
	f.Add(uint8(0), 200, kind, `{"link_token":"x","link":{"link_token":"link-sandbox-1","expiration":"2026-03-07T16:00:00Z","event_id":"e","request_id":"r"},"request_id":"r"}`)
	f.Add(uint8(1), 200, kind, session)
	f.Add(uint8(2), 200, kind, accounts)
	f.Add(uint8(3), 200, kind+"; charset=utf-8", `{"key":{"alg":"ES256","crv":"P-256","kid":"k","kty":"EC","use":"sig","x":"x","y":"y","created_at":1,"expired_at":null},"request_id":"r"}`)
	f.Add(uint8(4), 200, kind, `{"access_token":"access-sandbox-1","item_id":"i","request_id":"r"}`)
	f.Add(uint8(1), 400, kind, `{"error_type":"INVALID_INPUT","error_code":"INVALID_PUBLIC_TOKEN","error_message":"m SECRET!","display_message":null,"request_id":"r","causes":[{"item_id":"i","error_code":"c","error_message":"m"}],"documentation_url":"https://plaid.com/docs","suggested_action":null,"error_code_reason":7}`)
	f.Add(uint8(2), 429, "text/html", `<html>SECRET!</html>`)
	f.Add(uint8(0), 502, "", "")
	f.Add(uint8(1), 302, kind, `null`)
	f.Add(uint8(1), 200, "application/problem+json", `{"identity":{"name":[]},"items":{}} {}`)
	const marker = "0123456789abcdefSECRETMARKER42" // the client's secret: SECRET! stands for it in a body
	f.Fuzz(func(t *testing.T, call uint8, status int, contentType, body string) {
		if status < 200 || status > 599 || strings.ContainsAny(contentType, "\r\n\x00") {
			return
		}
		body = strings.ReplaceAll(body, "SECRET!", marker)
		var exchanges []flow.Exchange
		c := client(t, answering(status, contentType, body), &exchanges)
		var got any
		var err error
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		switch call % 5 {
		case 0:
			var token flow.LinkToken
			token, _, _, err = c.CreateSessionToken(ctx, flow.CreateSessionToken{TemplateID: "t", ClientUserID: "u"})
			if err == nil && token.IsZero() {
				t.Error("no token and no error")
			}
			got = token
		case 1:
			got, err = c.GetUserAccountSession(ctx, flow.GetUserAccountSession{PublicToken: flow.NewPublicToken("profile-sandbox-1")})
		case 2:
			got, err = c.GetAccounts(ctx, flow.GetAccounts{AccessToken: flow.NewAccessToken("access-sandbox-1")})
		case 3:
			got, err = c.GetWebhookKey(ctx, "k")
		case 4:
			err = c.ExchangePublicToken(ctx, flow.ExchangePublicToken{PublicToken: flow.NewPublicToken("public-sandbox-1")})
		}
		if err != nil {
			var failure flow.Failure
			if !errors.As(err, &failure) || failure.Code == "" || failure.Status != status && failure.Status != 0 {
				t.Fatalf("%d %q: %#v", status, body, err)
			}
			got = failure
		}
		if status >= 300 && err == nil {
			t.Fatalf("%d is no failure: %q", status, body)
		}
		shown, fault := json.Marshal(got)
		var texts any
		_ = json.Unmarshal(shown, &texts)
		if fault != nil || strings.Contains(string(shown), marker) || call%5 != 3 && saysControl(texts) {
			t.Fatalf("%q is read as %q, %v", body, shown, fault)
		}
		if len(exchanges) != 1 {
			t.Fatalf("%d exchanges", len(exchanges))
		}
		x := exchanges[0]
		record := bytesOf(t, x)
		if strings.Contains(record, marker) || len(x.ResponseBody) > longestBody*3+200 || !utf8.ValidString(record) || hasControl(strings.ReplaceAll(x.ResponseBody, "\n", "")) {
			t.Fatalf("%d %q %q is kept as %q", status, contentType, body, x.ResponseBody)
		}
		if status != x.Status && status != http.StatusNoContent {
			t.Fatalf("%d is kept as %d", status, x.Status)
		}
	})
}

// hasControl reports whether a terminal would obey something in a text.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) })
}

// saysControl is hasControl for the texts in JSON.
func saysControl(v any) bool {
	switch v := v.(type) {
	case string:
		return hasControl(v)
	case []any:
		return slices.ContainsFunc(v, saysControl)
	case map[string]any:
		for key, member := range v {
			if hasControl(key) || saysControl(member) {
				return true
			}
		}
	}
	return false
}
