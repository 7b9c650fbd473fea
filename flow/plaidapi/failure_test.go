package plaidapi

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"layersim/flow"
)

// body is an error body of Plaid's.
func body(errorType, code string) string {
	return fmt.Sprintf(`{"error_type":%q,"error_code":%q,"error_message":"what went wrong","display_message":null,"request_id":"req9"}`, errorType, code)
}

func TestPlaidsErrorsAreKeptAsSent(t *testing.T) {
	for _, tc := range []struct {
		status    int
		kind      string
		code      string
		retryable bool
	}{
		{400, "INVALID_REQUEST", "MISSING_FIELDS", false},
		{400, "INVALID_REQUEST", "INVALID_FIELD", false},
		{400, "INVALID_REQUEST", "UNKNOWN_FIELDS", false},
		{400, "INVALID_REQUEST", "INVALID_BODY", false},
		{400, "INVALID_REQUEST", "INVALID_HEADERS", false},
		{404, "INVALID_REQUEST", "NOT_FOUND", false},
		{400, "INVALID_INPUT", "INVALID_API_KEYS", false},
		{400, "INVALID_INPUT", "UNAUTHORIZED_ROUTE_ACCESS", false},
		{400, "INVALID_INPUT", "INVALID_PRODUCT", false},
		{400, "INVALID_INPUT", "INVALID_LINK_TOKEN", false},
		{400, "INVALID_INPUT", "INVALID_PUBLIC_TOKEN", false},
		{400, "INVALID_INPUT", "INVALID_ACCESS_TOKEN", false},
		{400, "INVALID_INPUT", "INVALID_WEBHOOK_VERIFICATION_KEY_ID", false},
		{400, "INVALID_INPUT", "PROFILE_AUTHENTICATION_FAILED", false},
		{400, "ITEM_ERROR", "INVALID_OTP", false},
		{429, "RATE_LIMIT_EXCEEDED", "RATE_LIMIT", true},
		{500, "API_ERROR", "INTERNAL_SERVER_ERROR", true},
		{503, "API_ERROR", "PLANNED_MAINTENANCE", true},
		{418, "TEAPOT_ERROR", "NEVER_SEEN", false},
	} {
		t.Run(tc.code, func(t *testing.T) {
			_, _, _, err := client(t, answering(tc.status, "application/json", body(tc.kind, tc.code)), nil).
				CreateSessionToken(t.Context(), flow.CreateSessionToken{TemplateID: "t"})
			f := failureOf(t, err)
			want := flow.Failure{Type: tc.kind, Code: tc.code, Message: "what went wrong", RequestID: "req9", Status: tc.status, Retryable: tc.retryable}
			if f != want {
				t.Errorf("got  %+v\nwant %+v", f, want)
			}
		})
	}
}

func TestWhatIsNotPlaidsIsSaidToBeSo(t *testing.T) {
	for name, tc := range map[string]struct {
		status    int
		kind      string
		body      string
		retryable bool
		says      string
	}{
		"HTML":                  {200, "text/html; charset=utf-8", "<h1>Log in to the hotel</h1>", true, "a web page"},
		"HTML error":            {502, "text/html", "<h1>Bad gateway</h1>", true, "text/html"},
		"empty":                 {200, "", "", false, "empty"},
		"empty JSON":            {200, "application/json", "", false, "link_token"},
		"empty error":           {500, "application/json", "", true, "JSON"},
		"no content type":       {200, "", `{"link":{"link_token":"x","expiration":"2026-03-01T16:00:00Z"},"request_id":"r"}`, false, "does not say what it is"},
		"broken JSON":           {200, "application/json", `{"link":`, false, "JSON"},
		"broken JSON error":     {400, "application/json", `{"error_code"`, false, "error body"},
		"JSON of somebody else": {403, "application/json", `{"message":"Forbidden"}`, false, "error body"},
		"error of wrong types":  {400, "application/json", `{"error_type":7,"error_code":"X"}`, false, "error body"},
		"wrong type":            {200, "application/json", `{"link":{"link_token":{},"expiration":"2026-03-01T16:00:00Z"},"request_id":"r"}`, false, "JSON"},
		"bad time":              {200, "application/json", `{"link":{"link_token":"x","expiration":"tomorrow"},"request_id":"r"}`, false, "JSON"},
		"no token":              {200, "application/json", `{"request_id":"r"}`, false, "link_token"},
		"null":                  {200, "application/json", `null`, false, "link_token"},
		"elsewhere":             {307, "text/html", "", true, "elsewhere"},
		"not modified":          {304, "", "", true, "elsewhere"},
		"too long":              {200, "application/json", `"` + strings.Repeat("x", longestAnswer) + `"`, false, "8 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, err := client(t, answering(tc.status, tc.kind, tc.body), nil).CreateSessionToken(t.Context(), flow.CreateSessionToken{TemplateID: "t"})
			f := failureOf(t, err)
			want := map[int]string{200: flow.CodeNotPlaid, 400: flow.CodeNotPlaid, 403: flow.CodeNotPlaid, 304: flow.CodeWebPage, 307: flow.CodeWebPage, 500: flow.CodeServer, 502: flow.CodeServer}[tc.status]
			if name == "HTML" {
				want = flow.CodeWebPage
			}
			if f.Code != want || f.Retryable != tc.retryable || !strings.Contains(f.Message, tc.says) {
				t.Errorf("got %+v", f)
			}
			if f.Status != tc.status && name != "too long" {
				t.Errorf("status %d, want %d", f.Status, tc.status)
			}
		})
	}
	for name, answer := range map[string]string{"empty": "", "other object": `{"request_id":"r"}`, "null": "null"} {
		t.Run("session and accounts, "+name, func(t *testing.T) {
			c := client(t, answering(200, "application/json", answer), nil)
			_, err := c.GetUserAccountSession(t.Context(), flow.GetUserAccountSession{})
			if f := failureOf(t, err); f.Code != flow.CodeNotPlaid {
				t.Errorf("session: %+v", f)
			}
			_, err = c.GetAccounts(t.Context(), flow.GetAccounts{})
			if f := failureOf(t, err); f.Code != flow.CodeNotPlaid {
				t.Errorf("accounts: %+v", f)
			}
		})
	}
}

func TestTroubleOnTheWayIsSaidInWords(t *testing.T) {
	syscallError := func(errno syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", errno)}
	}
	for name, tc := range map[string]struct {
		err  error
		code string
		says string
	}{
		"DNS":         {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "sandbox.plaid.com", IsNotFound: true}}, flow.CodeName, "sandbox.plaid.com was not found"},
		"refused":     {syscallError(syscall.ECONNREFUSED), flow.CodeRefused, "nothing accepts connections"},
		"unreachable": {syscallError(syscall.ENETUNREACH), flow.CodeOffline, "no way"},
		"reset":       {syscallError(syscall.ECONNRESET), flow.CodeCut, "cut"},
		"cut":         {io.ErrUnexpectedEOF, flow.CodeCut, "cut"},
		"certificate": {x509.UnknownAuthorityError{}, flow.CodeCertAuthority, "certificate"},
		"timeout":     {&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, flow.CodeTimeout, "in time"},
		"other":       {errors.New("gremlins\x1b[2J"), flow.CodeNoConnection, "gremlins [2J"},
	} {
		t.Run(name, func(t *testing.T) {
			var exchanges []flow.Exchange
			rt := roundTrip(func(*http.Request) (*http.Response, error) { return nil, tc.err })
			_, _, _, err := client(t, rt, &exchanges).CreateSessionToken(t.Context(), flow.CreateSessionToken{TemplateID: "t"})
			f := failureOf(t, err)
			if f.Code != tc.code || f.Retryable != (tc.code != flow.CodeCertAuthority) || !strings.Contains(f.Message, tc.says) {
				t.Errorf("got %+v", f)
			}
			if len(exchanges) != 1 || exchanges[0].Status != 0 || exchanges[0].Error == "" || exchanges[0].ErrorCode != tc.code {
				t.Errorf("recorded %+v", exchanges)
			}
		})
	}
}

func TestABodyThatBreaksOffIsNoAnswer(t *testing.T) {
	rt := roundTrip(func(r *http.Request) (*http.Response, error) {
		response, err := answering(200, "application/json", "")(r)
		response.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"link":{`), brokenReader{}))
		return response, err
	})
	var exchanges []flow.Exchange
	_, _, _, err := client(t, rt, &exchanges).CreateSessionToken(t.Context(), flow.CreateSessionToken{TemplateID: "t"})
	if f := failureOf(t, err); f.Code != flow.CodeCut || !strings.Contains(f.Message, "cut") {
		t.Errorf("got %+v", f)
	}
	if x := exchanges[0]; x.Status != 200 || x.Error == "" || !strings.Contains(x.ResponseBody, "stops being JSON") {
		t.Errorf("recorded %+v", x)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
