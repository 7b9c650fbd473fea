package main

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"layersim/flow/linkpage/pagetest"
	"layersim/flow/plaidsim"
)

// Errors of the real world in a live walk, made by real sockets.

// spoiler spoils the next call to a path and lets everything else through.
type spoiler struct {
	mu   sync.Mutex
	path string
	how  http.HandlerFunc
}

func (s *spoiler) next(path string, how http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.path, s.how = path, how
}

func (s *spoiler) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		how := s.how
		if r.URL.Path == s.path {
			s.how = nil
		}
		s.mu.Unlock()
		if how != nil && r.URL.Path == s.path {
			how(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// answersWith answers and echoes what it was sent, as careless proxies do.
func answersWith(status int, kind, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.ReplaceAll(body, "ECHO", r.Header.Get("PLAID-SECRET")))
	}
}

func plaidRefuses(status int, kind, code string, header ...string) http.HandlerFunc {
	return answersWith(status, "application/json", `{"error_type":"`+kind+`","error_code":"`+code+`","error_message":"you sent ECHO","display_message":null,"request_id":"reqLIVE42"}`, header...)
}

func TestLiveTroublesOfTheFirstCall(t *testing.T) {
	const token = "/session/token/create"
	for name, tc := range map[string]struct {
		how   http.HandlerFunc
		shows []string
	}{
		"keys":     {plaidRefuses(400, "INVALID_INPUT", "INVALID_API_KEYS"), []string{"INVALID_API_KEYS", "reqLIVE42", "doctor"}},
		"no Layer": {plaidRefuses(400, "INVALID_INPUT", "UNAUTHORIZED_ROUTE_ACCESS"), []string{"UNAUTHORIZED_ROUTE_ACCESS", "UNCONFIRMED"}},
		"limit":    {plaidRefuses(429, "RATE_LIMIT_EXCEEDED", "RATE_LIMIT", "Retry-After", "60"), []string{"RATE_LIMIT", `asks to wait until \d\d:\d\d:\d\d`}},
		"down":     {plaidRefuses(503, "API_ERROR", "PLANNED_MAINTENANCE"), []string{"PLANNED_MAINTENANCE"}},
		"gateway":  {answersWith(502, "text/html", "<h1>ECHO</h1>"), []string{"SERVER_ERROR"}},
		"portal":   {answersWith(200, "text/html", "<h1>Welcome ECHO</h1>"), []string{"WEB_PAGE", "sign in there"}},
		"redirect": {answersWith(302, "text/html", "", "Location", "http://portal.hotel.example/login?x=y"), []string{"WEB_PAGE", "to portal.hotel.example"}},
		"proxy":    {answersWith(407, "text/html", "ECHO", "Proxy-Authenticate", "Basic"), []string{"HTTPS_PROXY", `\(Basic\)`}},
		"cut": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			[]string{"CONNECTION_CUT"}},
		"truncated": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "900")
			_, _ = io.WriteString(w, `{"link":{"link_to`)
		}, []string{"CONNECTION_CUT"}},
	} {
		t.Run(name, func(t *testing.T) {
			overBoth(t, func(t *testing.T, secure bool) {
				way := &spoiler{}
				r := startRobot(t, settings{env: "sandbox", environ: newFar(t, secure, way.wrap).environ}, 160, 50, surroundings{})
				way.next(token, tc.how)
				r.await("ask for a link_token")
				r.press("enter")
				r.await("/session/token/create failed")
				for _, text := range tc.shows {
					r.await(text)
				}
				r.press("1") // Wire has the raw answer
				r.await("HTTP|No answer")
				r.mustNotShow(farSecret)
				r.press("r")
				r.await("Create the handler")
			})
		})
	}
}

func TestLiveKeysOfAnotherEnvironment(t *testing.T) {
	f := newFar(t, false, nil)
	f.environ[1] = "PLAID_SECRET=ffffffffffffffffffffffffffffff"
	r := startRobot(t, settings{env: "sandbox", environ: f.environ}, 120, 36, surroundings{})
	r.await("ask for a link_token")
	r.press("enter")
	r.await("INVALID_API_KEYS")
	r.mustNotShow("ffffffffffff")
}

// Who intercepts TLS is named, and the remedy works: TestLiveWalk takes it.
func TestLiveIsIntercepted(t *testing.T) {
	f := newFar(t, true, nil)
	r := startRobot(t, settings{env: "sandbox", environ: f.environ[:len(f.environ)-1]}, 120, 36, surroundings{})
	r.await("ask for a link_token")
	r.press("enter")
	r.await("CERTIFICATE_AUTHORITY_UNKNOWN")
	r.await(`issued by "Acme Co"`)
	r.await("LAYERSIM_CA_FILE")
}

func TestLiveTroublesAfterLink(t *testing.T) {
	const session, accounts = "/user_account/session/get", "/accounts/get"
	way := &spoiler{}
	r, browser := liveToLink(t, newFar(t, false, way.wrap))
	shares := func() {
		t.Helper()
		pagetest.Shows(t, browser, "Share your information")
		pagetest.Press(t, browser, "Continue")
		pagetest.Shows(t, browser, "Verify your phone number")
		pagetest.TypeKeys(t, browser, "123456")
		pagetest.Shows(t, browser, "Review your information")
		pagetest.Press(t, browser, "Share")
	}
	// The public_token is of no use: Link again, and nothing else.
	way.next(session, plaidRefuses(400, "INVALID_INPUT", "INVALID_PUBLIC_TOKEN"))
	shares()
	r.await("/user_account/session/get failed")
	r.await("INVALID_PUBLIC_TOKEN")
	r.press("enter")
	r.await("Ask for a link_token|Get a link_token|Create a Link token")
	r.press("enter")
	r.await("Create the handler")
	r.press("enter")
	r.await("415-555-0011") // proposed again, in the same tab
	r.press("enter")
	r.await("The user is eligible")
	r.press("enter")
	// An answer that is lost is asked for again, and one Item of two fails.
	way.next(session, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	shares()
	r.await("CONNECTION_CUT")
	way.next(accounts, plaidRefuses(400, "ITEM_ERROR", "ITEM_LOGIN_REQUIRED"))
	r.press("r")
	r.await("Onboarded")
	r.await("ITEM_LOGIN_REQUIRED")
	r.press("r")
	r.await("Everyday Checking")
}

// The link_token expires while the operator talks: the page's Link says so.
func TestLiveTokenHasExpired(t *testing.T) {
	f := newFar(t, false, nil)
	r, browser := startLive(t, f)
	submitsPhone(r, "415-555-0011", "The user is eligible")
	f.sim.Fail(plaidsim.Fault{On: "/link/session/open", Status: 400, ErrorType: "INVALID_INPUT", ErrorCode: "INVALID_LINK_TOKEN"})
	r.press("enter")
	r.await("INVALID_LINK_TOKEN")
	r.await("start over")
	r.press("enter")
	r.await("Ask for a link_token|Get a link_token|Create a Link token")
	r.press("enter")
	r.await("Create the handler")
	// And at create().
	f.sim.Fail(plaidsim.Fault{On: "CreateHandler", Status: 400, ErrorType: "INVALID_INPUT", ErrorCode: "INVALID_LINK_TOKEN"})
	r.press("enter")
	r.await("INVALID_LINK_TOKEN")
	r.press("n")
	r.await("Ask for a link_token|Get a link_token|Create a Link token")
	r.press("enter")
	r.await("Create the handler")
	r.press("enter")
	r.await("415-555-0011")
	r.press("enter")
	r.await("The user is eligible")
	r.press("enter")
	pagetest.Run(t, browser, chromedp.WaitVisible("body"))
	finishes(t, r, browser)
}
