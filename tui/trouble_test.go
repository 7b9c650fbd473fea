package tui

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/plaidsim"
)

// Errors of the real world, as the operator sees them: what happened, where,
// what to do next; that trying again leads on, and that nothing is lost.

// trouble spoils the next call to a path of Plaid's API.
type trouble struct {
	next http.RoundTripper
	mu   sync.Mutex
	at   string
	how  func(*http.Request) (*http.Response, error)
}

func (t *trouble) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	how := t.how
	if r.URL.Path == t.at {
		t.how = nil
	}
	t.mu.Unlock()
	if how != nil && r.URL.Path == t.at {
		return how(r)
	}
	return t.next.RoundTrip(r)
}

// make lets the next call to a path go wrong.
func (t *trouble) make(at string, how func(*http.Request) (*http.Response, error)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at, t.how = at, how
}

func fails(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func dialFails(err error) func(*http.Request) (*http.Response, error) {
	return fails(&net.OpError{Op: "dial", Net: "tcp", Err: err})
}

// says answers with a body; header is name, value, name, value ….
func says(status int, kind, body string, header ...string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		w.Header().Set("Content-Type", kind)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return w.Result(), nil
	}
}

// refuses answers with an error body of Plaid's.
func refuses(status int, kind, code string, header ...string) func(*http.Request) (*http.Response, error) {
	return says(status, "application/json", `{"error_type":"`+kind+`","error_code":"`+code+`","error_message":"Plaid says why","display_message":null,"request_id":"reqTROUBLE42","suggested_action":"Do as Plaid suggests"}`, header...)
}

func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

const (
	pathToken    = "/session/token/create"
	pathSession  = "/user_account/session/get"
	pathAccounts = "/accounts/get"
)

type worldTrouble struct {
	how   func(*http.Request) (*http.Response, error)
	code  string
	sees  []string
	enter string // what Enter does at /session/token/create
}

func worldTroubles() map[string]worldTrouble {
	issuer := &x509.Certificate{Issuer: pkix.Name{CommonName: "Example Inspection CA"}}
	old := &x509.Certificate{DNSNames: []string{"sandbox.plaid.com"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(86400, 0)}
	const again, changed = "Enter try again", "Enter try again once it is changed"
	return map[string]worldTrouble{
		"invalid keys":          {refuses(400, "INVALID_INPUT", "INVALID_API_KEYS"), "INVALID_API_KEYS", []string{"does not know this client_id with this secret", "Take client_id and secret for this environment", "reqTROUBLE42", "Do as Plaid suggests"}, changed},
		"another environment":   {refuses(400, "INVALID_INPUT", "UNAUTHORIZED_ENVIRONMENT"), "UNAUTHORIZED_ENVIRONMENT", []string{"may not use this environment", "reqTROUBLE42"}, changed},
		"no Layer, by route":    {refuses(400, "INVALID_INPUT", "UNAUTHORIZED_ROUTE_ACCESS"), "UNAUTHORIZED_ROUTE_ACCESS", []string{"may not use this endpoint", "UNCONFIRMED", "without Layer. When it is enabled"}, changed},
		"no Layer, by product":  {refuses(400, "INVALID_INPUT", "INVALID_PRODUCT"), "INVALID_PRODUCT", []string{"a product that the call needs", "UNCONFIRMED"}, changed},
		"no Layer, not enabled": {refuses(400, "INVALID_INPUT", "PRODUCT_NOT_ENABLED"), "PRODUCT_NOT_ENABLED", []string{"UNCONFIRMED", "without Layer"}, changed},
		"template, by field":    {refuses(400, "INVALID_REQUEST", "INVALID_FIELD"), "INVALID_FIELD", []string{"UNCONFIRMED", "not published", "template_id"}, changed},
		"template, by input":    {refuses(400, "INVALID_INPUT", "TEMPLATE_NEVER_SEEN"), "TEMPLATE_NEVER_SEEN", []string{"a code that is not explained here", "UNCONFIRMED", "not published"}, changed},
		"template, not found":   {refuses(404, "INVALID_REQUEST", "NOT_FOUND"), "NOT_FOUND", []string{"There is no such endpoint", "UNCONFIRMED"}, changed},
		"rate limit":            {refuses(429, "RATE_LIMIT_EXCEEDED", "RATE_LIMIT"), "RATE_LIMIT", []string{"Too many calls", "reqTROUBLE42"}, again},
		"internal error":        {refuses(500, "API_ERROR", "INTERNAL_SERVER_ERROR"), "INTERNAL_SERVER_ERROR", []string{"an error of its own", "status.plaid.com"}, again},
		"maintenance":           {refuses(503, "API_ERROR", "PLANNED_MAINTENANCE"), "PLANNED_MAINTENANCE", []string{"down for maintenance"}, again},
		"a gateway's page":      {says(502, "text/html", "<h1>Bad gateway</h1>"), flow.CodeServer, []string{"A server on the way has failed", "no request_id"}, again},
		"a gateway's limit":     {says(429, "text/plain", "slow down"), flow.CodeTooMany, []string{"Somebody on the way"}, again},
		"silence":               {hangs, flow.CodeTimeout, []string{"within 30 seconds", "may have carried the call out"}, again},
		"no such name":          {dialFails(&net.DNSError{Err: "no such host", Name: "sandbox.plaid.com", IsNotFound: true}), flow.CodeName, []string{"the name sandbox.plaid.com was not found", "could not be looked up"}, again},
		"refused":               {dialFails(os.NewSyscallError("connect", syscall.ECONNREFUSED)), flow.CodeRefused, []string{"nothing accepts connections", "its server is running"}, again},
		"offline":               {dialFails(os.NewSyscallError("connect", syscall.ENETUNREACH)), flow.CodeOffline, []string{"has no way to the network", "Get this machine online"}, again},
		"intercepted":           {fails(x509.UnknownAuthorityError{Cert: issuer}), flow.CodeCertAuthority, []string{`issued by "Example Inspection CA"`, "LAYERSIM_CA_FILE"}, changed},
		"expired":               {fails(x509.CertificateInvalidError{Cert: old, Reason: x509.Expired}), flow.CodeCertTime, []string{"valid from 1970-01-01", "the clock here says 2000-01-01", "Compare the date and time here"}, changed},
		"another host":          {fails(x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"portal.hotel.example"}}, Host: "sandbox.plaid.com"}), flow.CodeCertName, []string{"but for portal.hotel.example", "sign in if it asks"}, changed},
		"portal's page":         {says(200, "text/html", "<h1>Welcome to the hotel</h1>"), flow.CodeWebPage, []string{"a web page", "sign in there"}, again},
		"portal's redirect":     {says(302, "text/html", "", "Location", "http://portal.hotel.example/login?ticket=9"), flow.CodeWebPage, []string{"to portal.hotel.example", "sign in there"}, again},
		"a proxy":               {says(407, "text/html", "", "Proxy-Authenticate", "Basic"), flow.CodeProxy, []string{"asks for a sign-in of its own (Basic)", "See HTTPS_PROXY"}, changed},
		"cut":                   {fails(io.ErrUnexpectedEOF), flow.CodeCut, []string{"cut before the answer was complete"}, again},
		"truncated":             {says(200, "application/json", `{"link":{"link_to`), flow.CodeNotPlaid, []string{"not the JSON that was expected"}, changed},
		"somebody else's JSON":  {says(200, "application/json", `{"status":"ok"}`), flow.CodeNotPlaid, []string{"it holds no"}, changed},
	}
}

func TestEveryTroubleIsExplainedAndTriedAgain(t *testing.T) {
	oneAtATime(t)
	for name, tc := range worldTroubles() {
		t.Run(name, func(t *testing.T) {
			way := &trouble{}
			inBubble(t, setting{trouble: way, height: 44}, func(w *world) {
				way.make(pathToken, tc.how)
				w.press("enter")
				w.pass(31 * time.Second)
				w.stands(flow.PhaseFailed)
				w.reads("/session/token/create failed", tc.code, "Nothing is lost")
				w.reads(tc.sees...)
				w.reads(tc.enter, "start over with a new token")
				if got := w.model().explained(lastExchange(w)); got.Means == "" || !strings.HasSuffix(got.Name, tc.code) && got.Name != "OTHER_ERROR" {
					t.Errorf("Wire explains it as %+v", got)
				}
				w.press("enter")
				w.stands(flow.PhaseHandler)
				w.press("enter")
				w.typeText("4155550011")
				w.press("enter")
				w.untilReview()

				way.make(pathSession, tc.how)
				w.press("enter")
				w.pass(31 * time.Second)
				w.stands(flow.PhaseFailed)
				w.reads("/user_account/session/get failed", tc.code, "Keep the token: the user need not do it again")
				w.press("r")
				w.stands(flow.PhaseOnboarded)
			})
		})
	}
}

func lastExchange(w *world) flow.Exchange {
	w.t.Helper()
	j := w.model().journal
	for i := j.Len() - 1; i >= 0; i-- {
		if e, ok := j.At(i).Event.(flow.ExchangeRecorded); ok {
			return e.Exchange
		}
	}
	w.t.Fatal("no call was made")
	return flow.Exchange{}
}

// When the answer says how long to wait, the screen says until when; trying
// earlier is allowed, and explained.
func TestRetryAfterIsSaid(t *testing.T) {
	way := &trouble{}
	inBubble(t, setting{trouble: way}, func(w *world) {
		limit := refuses(429, "RATE_LIMIT_EXCEEDED", "RATE_LIMIT", "Retry-After", "90")
		way.make(pathToken, limit)
		w.press("enter")
		until := w.model().state.RetryFrom.In(time.Local).Format("15:04:05")
		w.reads("asks to wait until "+until, "You may try earlier", "Retry-After")
		way.make(pathToken, limit)
		w.press("enter")
		w.stands(flow.PhaseFailed)
		w.press("4")
		journalSays(w, "before the time it was asked to wait for, so it may well be refused again")
		w.pass(2 * time.Minute)
		w.press("3")
		w.reads("asked to wait until", "which is over")
		w.press("tab", "shift+tab", "enter")
		w.stands(flow.PhaseHandler)
		if !w.model().state.RetryFrom.IsZero() {
			t.Error("a call that went well still asks to wait")
		}
	})
}

func journalSays(w *world, text string) {
	w.t.Helper()
	for _, e := range w.model().journal.Entries() {
		if strings.Contains(e.Why, text) {
			return
		}
	}
	w.t.Errorf("the journal does not say %q", text)
}

// A public_token that is of no use any more: the user must go through Link
// again, and nothing else is lost.
func TestPublicTokenIsSpent(t *testing.T) {
	way := &trouble{}
	inBubble(t, setting{trouble: way}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		way.make(pathSession, refuses(400, "INVALID_INPUT", "INVALID_PUBLIC_TOKEN"))
		w.press("enter")
		w.stands(flow.PhaseFailed)
		w.reads("INVALID_PUBLIC_TOKEN", "The user must go through Link again", "is kept", "Enter start over with a new token", "try again with the same token")
		w.press("enter", "enter", "enter")
		w.stands(flow.PhasePhone)
		w.sees("4155550011")
		w.press("enter")
		w.untilReview()
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
	})
}

// A link_token that is spent when the handler is created.
func TestLinkTokenIsSpentAtCreate(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("415-555-0011")
		w.stands(flow.PhaseReady)
		w.press("n", "enter")
		w.stands(flow.PhaseHandler)
		w.pass(4*time.Hour - time.Second) // while the operator talks
		w.sim.Fail(plaidsim.Fault{On: "CreateHandler", Status: 400, ErrorType: "INVALID_INPUT", ErrorCode: "INVALID_LINK_TOKEN"})
		w.press("enter")
		w.stands(flow.PhaseFailed)
		w.reads("Plaid.create() failed", "INVALID_LINK_TOKEN", "of no use any more", "is kept and proposed again", "Enter start over with a new token")
		w.press("enter", "enter", "enter")
		w.stands(flow.PhasePhone)
		w.sees("415-555-0011")
		w.press("enter")
		w.stands(flow.PhaseReady)
	})
}

// One Item of two fails, and is asked for again.
func TestAccountsOfOneItemFail(t *testing.T) {
	for _, tc := range []struct{ kind, code, sees string }{
		{"ITEM_ERROR", "ITEM_LOGIN_REQUIRED", "update mode"},
		{"ITEM_ERROR", "PRODUCT_NOT_READY", "still fetching"},
		{"RATE_LIMIT_EXCEEDED", "RATE_LIMIT", "Too many calls"},
	} {
		t.Run(tc.code, func(t *testing.T) {
			way := &trouble{}
			inBubble(t, setting{trouble: way, width: 160, height: 50}, func(w *world) {
				w.submit("4155550011")
				w.untilReview()
				way.make(pathAccounts, refuses(400, tc.kind, tc.code, "Retry-After", "5"))
				w.press("enter")
				w.stands(flow.PhaseOnboarded)
				w.sees(tc.code, tc.sees, "reqTROUBLE42")
				w.press("r")
				w.seesNot(tc.code + ".")
				for _, it := range w.model().state.Account.Items {
					if it.Status != flow.AccountsKnown {
						t.Errorf("%s: %v", it.ItemID, it.Status)
					}
				}
			})
		})
	}
}

// The date of birth, the sign-up form and the phone number outlive failures and
// starting over.
func TestWhatWasEnteredOutlivesFailures(t *testing.T) {
	way := &trouble{}
	inBubble(t, setting{trouble: way, height: 44}, func(w *world) {
		w.submit("4155550012")
		w.stands(flow.PhaseDateOfBirth)
		w.press("ctrl+u")
		w.typeText("1999-12-31")
		w.press("enter") // the Sandbox does not know this date
		w.stands(flow.PhaseFallback)
		w.typeText("Leslie")
		w.press("down")
		w.typeText("Knope")
		for range 5 {
			w.press("down")
		}
		w.typeText("leslie@example.com")
		w.press("ctrl+n")
		way.make(pathToken, dialFails(os.NewSyscallError("connect", syscall.ENETUNREACH)))
		w.press("enter")
		w.stands(flow.PhaseFailed)
		w.reads("OFFLINE", "kept and proposed again")
		w.press("enter", "enter")
		w.sees("4155550012")
		w.press("enter")
		w.stands(flow.PhaseDateOfBirth)
		w.sees("1999-12-31")
		w.press("enter")
		w.stands(flow.PhaseFallback)
		w.sees("Leslie", "Knope", "leslie@example.com", "+14155550012")

		// Another user's form is another form.
		w.press("ctrl+n", "enter", "enter", "ctrl+u")
		w.typeText("4155550099")
		w.press("enter", "ctrl+f")
		w.stands(flow.PhaseFallback)
		w.seesNot("Leslie", "Knope")
	})
}

// What Plaid's support asks for can be copied where it is shown.
func TestFailureIsCopied(t *testing.T) {
	way := &trouble{}
	inBubble(t, setting{trouble: way}, func(w *world) {
		way.make(pathToken, refuses(500, "API_ERROR", "INTERNAL_SERVER_ERROR"))
		w.press("enter")
		w.sees("y copy it for Plaid's support", "request_id reqTROUBLE42")
		w.press("y")
		board := w.model().board.text
		for _, want := range []string{"/session/token/create failed", "HTTP 500 API_ERROR / INTERNAL_SERVER_ERROR: Plaid says why", "request_id reqTROUBLE42", "suggested_action Do as Plaid suggests", "at 2000-01-01T00:0"} {
			if !strings.Contains(board, want) {
				t.Errorf("the copy does not say %q:\n%s", want, board)
			}
		}
	})
}
