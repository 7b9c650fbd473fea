package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"layersim/flow/plaidsim"
)

// The troubles on the way to Plaid. The keys must not be sent in any of them.
func TestDoctorOnTheWay(t *testing.T) {
	t.Chdir(t.TempDir())
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	for name, tc := range map[string]struct {
		err         error
		stage, says string
	}{
		"DNS":            {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "sandbox.plaid.com", IsNotFound: true}}, "name", "The name sandbox.plaid.com is not known here."},
		"DNS silent":     {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "timeout", Name: "sandbox.plaid.com", IsTimeout: true}}, "name", "Nobody answers who sandbox.plaid.com is."},
		"refused":        {refused, "connection", "Nothing accepts connections at sandbox.plaid.com."},
		"no way":         {&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}, "connection", "There is no way to sandbox.plaid.com"},
		"timeout":        {&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, "name", "No answer came within the time"},
		"no TLS":         {tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, "TLS", "does not speak TLS"},
		"handshake":      {tls.AlertError(40), "TLS", "broke the TLS handshake off"},
		"cut":            {io.EOF, "name", "The connection was cut."},
		"proxy":          {errProxy, "name", "The proxy that HTTPS_PROXY names is not an address."},
		"something else": {&net.OpError{Op: "dial", Err: &net.AddrError{Err: "gremlins\x1b[2J"}}, "name", "gremlins [2J"},
	} {
		t.Run(name, func(t *testing.T) {
			x := examine(t, goodEnviron(), func(d *doctor) {
				d.transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					mustNotCarryKeys(t, r)
					return nil, tc.err
				})
			})
			x.says(exitNetwork, []string{"✗ failed", tc.stage, tc.says}, []string{"✗ failed", "Link script", "cdn.plaid.com cannot be loaded"},
				[]string{"- skipped", "Layer", "keys are sent only when it is certain"})
			if strings.Contains(x.text, "\x1b") {
				t.Error("a control character reaches the terminal")
			}
		})
	}
}

func mustNotCarryKeys(t *testing.T, r *http.Request) {
	t.Helper()
	body, _ := io.ReadAll(r.Body)
	text := string(body) + r.URL.String()
	for name, values := range r.Header {
		text += name + strings.Join(values, "")
	}
	mustHide(t, text)
}

// The troubles of answers, by true servers.
func TestDoctorOfStrangeAnswers(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, tc := range map[string]struct {
		status       int
		header, body string
		line         []string
		remedy       string
	}{
		"captive portal":         {200, "Content-Type: text/html", "<html><title>Hotel\n Paradise\x1b[2J</title>", []string{"✗ failed", "API", `a web page with the title "Hotel Paradise [2J"`}, "sign in there"},
		"portal, other type":     {200, "Content-Type: text/plain", "  <p>Welcome", []string{"✗ failed", "API", "a web page (HTTP 200)"}, "sign in there"},
		"portal sends elsewhere": {302, "Location: http://portal.hotel.example/login?back=x", "", []string{"✗ failed", "API", "sends the caller to portal.hotel.example (HTTP 302)"}, "sign in there"},
		"network wants sign-in":  {511, "Content-Type: text/plain", "", []string{"✗ failed", "API", "HTTP 511"}, "sign in there"},
		"proxy wants password":   {407, "Content-Type: text/plain", "", []string{"✗ failed", "API", "HTTP 407"}, "HTTPS_PROXY"},
		"gateway":                {403, "Content-Type: application/json", `{"message":"Forbidden"}`, []string{"✗ failed", "API", "not as Plaid's API does (HTTP 403, application/json)"}, "a proxy or a gateway"},
		"gateway with a code":    {400, "Content-Type: application/json", `{"error_code":"login_required"}`, []string{"✗ failed", "API", "not as Plaid's API does (HTTP 400, application/json)"}, "No key was sent"},
		"gateway with two":       {401, "Content-Type: application/json", `{"error_code":"login_required","request_id":"g1"}`, []string{"✗ failed", "API", "not as Plaid's API does (HTTP 401"}, "No key was sent"},
		"gateway with no id":     {400, "Content-Type: application/json", `{"error_type":"auth","error_code":"login_required"}`, []string{"✗ failed", "API", "not as Plaid's API does (HTTP 400"}, "No key was sent"},
		"gateway is down":        {503, "Content-Type: application/json", `{"error_code":"busy"}`, []string{"✗ failed", "API", "not as Plaid's API does (HTTP 503"}, "No key was sent"},
		"no JSON":                {200, "Content-Type: application/octet-stream", "\x00\x01", []string{"✗ failed", "API", "not as Plaid's API does"}, "address"},
		"takes anything":         {200, "Content-Type: application/json", `{"request_id":"r1"}`, []string{"✗ failed", "API", "takes a call without keys"}, "No key was sent"},
		"Plaid is down":          {503, "Content-Type: application/json", `{"error_type":"API_ERROR","error_code":"PLANNED_MAINTENANCE","request_id":"r2"}`, []string{"✗ failed", "API", "HTTP 503 PLANNED_MAINTENANCE (request_id r2)"}, "status.plaid.com"},
		"too many calls":         {429, "Retry-After: 17", `{"error_type":"RATE_LIMIT_EXCEEDED","error_code":"RATE_LIMIT","request_id":"r3"}`, []string{"✗ failed", "API", "HTTP 429 RATE_LIMIT"}, "Retry-After: 17"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mustNotCarryKeys(t, r)
				key, value, _ := strings.Cut(tc.header, ": ")
				w.Header().Set(key, value)
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			}))
			t.Cleanup(server.Close)
			x := examine(t, goodEnviron("LAYERSIM_PLAID_URL="+server.URL))
			x.says(exitNetwork, tc.line, []string{"→", tc.remedy}, []string{"- skipped", "Layer"}, []string{"✗ failed", "Link script"})
			if strings.Contains(x.text, "\x1b") {
				t.Error("a control character reaches the terminal")
			}
		})
	}
}

func TestDoctorOfSilence(t *testing.T) {
	t.Chdir(t.TempDir())
	over := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	t.Cleanup(func() { close(over); silent.Close() })
	examine(t, goodEnviron("LAYERSIM_PLAID_URL="+silent.URL), func(d *doctor) { d.patience = 100 * time.Millisecond }).says(exitNetwork,
		[]string{"✓ ok", "connection"}, []string{"✗ failed", "API", "No answer came within the time, at the stage: API"})
}

func TestDoctorOfAnEmptyPort(t *testing.T) {
	t.Chdir(t.TempDir())
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	examine(t, goodEnviron("LAYERSIM_PLAID_URL="+gone.URL)).says(exitNetwork,
		[]string{"✗ failed", "connection", "Nothing accepts connections at 127.0.0.1:"}, []string{"→", "layersim serve"}, []string{"- skipped", "API"})
}

// The doctor names who issued the certificate of somebody between here and Plaid.
func TestDoctorOfSomebodyInBetween(t *testing.T) {
	t.Chdir(t.TempDir())
	here := time.Now()
	for name, tc := range map[string]struct {
		names      []string
		until      time.Time
		trusted    bool
		says, hint string
	}{
		"unknown authority": {nil, here.Add(time.Hour), false, `a certificate by "Nosy Inc, Nosy Inspection CA", whom this machine does not trust`, "LAYERSIM_CA_FILE"},
		"another name":      {[]string{"portal.hotel.example"}, here.Add(time.Hour), true, `a certificate for another name, by "Nosy Inc, Nosy Inspection CA"`, "sign in there"},
		"expired":           {nil, here.Add(-time.Hour), true, "is not valid at the time of this machine's clock", "clock of this machine"},
	} {
		t.Run(name, func(t *testing.T) {
			sim := plaidsim.New(plaidsim.Config{Catalog: builtInCatalog(t), Now: time.Now, Seed: 7})
			t.Cleanup(sim.Close)
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mustNotCarryKeys(t, r)
				sim.Loopback().ServeHTTP(w, r)
			}))
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.TLS = &tls.Config{Certificates: []tls.Certificate{certificateOf(t, tc.names, tc.until)}}
			server.StartTLS()
			t.Cleanup(server.Close)
			environ := goodEnviron("LAYERSIM_PLAID_URL=" + server.URL)
			if tc.trusted {
				environ = append(environ, "LAYERSIM_CA_FILE="+authorityFile(t, server))
			}
			examine(t, environ).says(exitNetwork, []string{"✓ ok", "connection"}, []string{"✗ failed", "TLS", tc.says}, []string{"→", tc.hint},
				[]string{"- skipped", "API"}, []string{"- skipped", "Layer"})
		})
	}
}

// certificateOf makes a certificate that is its own authority.
func certificateOf(t *testing.T, names []string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Nosy Inspection CA", Organization: []string{"Nosy Inc"}},
		NotBefore: until.Add(-100 * time.Hour), NotAfter: until, DNSNames: names,
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if names == nil {
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// A plain server where TLS was expected.
func TestDoctorOfAPlainServer(t *testing.T) {
	t.Chdir(t.TempDir())
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	examine(t, goodEnviron("LAYERSIM_PLAID_URL=https"+strings.TrimPrefix(server.URL, "http"))).says(exitNetwork,
		[]string{"✗ failed", "TLS", "does not speak TLS"}, []string{"- skipped", "API"})
}

func TestDoctorOfTheScript(t *testing.T) {
	t.Chdir(t.TempDir())
	sim := simulated(t, httptest.NewServer, plaidsim.Config{Credentials: ours})
	for name, tc := range map[string]struct {
		status     int
		kind, body string
		says       string
	}{
		"blocked":       {403, "text/plain", "no", "answers with HTTP 403"},
		"a page":        {200, "text/html", "<title>Blocked by policy</title>", `a web page with the title "Blocked by policy"`},
		"no JavaScript": {200, "text/plain", "x", "is no JavaScript (text/plain)"},
		"empty":         {200, "text/javascript", "", "is no JavaScript"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tc.kind)
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			}))
			t.Cleanup(server.Close)
			examine(t, goodEnviron("LAYERSIM_PLAID_URL="+sim.URL, "LAYERSIM_LINK_SCRIPT="+server.URL+"/link.js?key="+someSecret)).says(exitNetwork,
				[]string{"✓ ok", "API"}, []string{"✗ failed", "Link script", tc.says}, []string{"✓ ok", "Layer"})
		})
	}
}

func TestDoctorOfTheClock(t *testing.T) {
	t.Chdir(t.TempDir())
	server := simulated(t, httptest.NewServer, plaidsim.Config{Credentials: ours})
	for name, tc := range map[string]struct {
		wrong time.Duration
		code  int
		line  []string
	}{
		"a little":     {20 * time.Second, exitDone, []string{"✓ ok", "clock", "agrees"}},
		"ahead":        {90 * time.Second, exitDone, []string{"! look", "clock", "ahead of Plaid's"}},
		"behind":       {-90 * time.Second, exitDone, []string{"! look", "clock", "behind Plaid's"}},
		"far ahead":    {time.Hour, exitNetwork, []string{"✗ failed", "clock", "ahead of Plaid's"}},
		"years behind": {-20000 * time.Hour, exitNetwork, []string{"✗ failed", "clock", "behind Plaid's"}},
	} {
		t.Run(name, func(t *testing.T) {
			examine(t, goodEnviron("LAYERSIM_PLAID_URL="+server.URL), func(d *doctor) {
				d.now = func() time.Time { return time.Now().Add(tc.wrong) }
			}).says(tc.code, tc.line)
		})
	}
	for skew, want := range map[time.Duration]verdict{
		0: fine, 29 * time.Second: fine, 30 * time.Second: look, -30 * time.Second: look, 299 * time.Second: look, 300 * time.Second: failed, -300 * time.Second: failed,
	} {
		there := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		if f := judgeClock(there.Format(http.TimeFormat), there.Add(skew)); f.Verdict != want {
			t.Errorf("%s: %+v", skew, f)
		}
	}
	if f := judgeClock("", time.Now()); f.Verdict != look || f.Remedy == "" {
		t.Errorf("no Date: %+v", f)
	}
}

// What fails between the first call and the one with keys is told as well.
func TestDoctorOfAnAccountThatCannotBeAsked(t *testing.T) {
	t.Chdir(t.TempDir())
	sim := plaidsim.New(plaidsim.Config{Catalog: builtInCatalog(t), Now: time.Now, Seed: 7})
	t.Cleanup(sim.Close)
	for name, tc := range map[string]struct {
		status int
		body   string
		err    error
		code   int
		says   string
	}{
		"other environment": {200, `{"link":{"link_token":"link-production-01234567-89ab-cdef-0123-456789abcdef","expiration":"2030-01-01T00:00:00Z"},"request_id":"r4"}`, nil, exitAccess, "not one of Sandbox: link-production-••••cdef"},
		"trouble of Plaid":  {500, `{"error_type":"API_ERROR","error_code":"INTERNAL_SERVER_ERROR","error_message":"oops ` + someSecret + `","request_id":"r5"}`, nil, exitNetwork, "HTTP 500 API_ERROR / INTERNAL_SERVER_ERROR"},
		"no Plaid":          {200, `<html>`, nil, exitNetwork, "the answer is not Plaid's"},
		"cut":               {0, "", io.ErrUnexpectedEOF, exitNetwork, "the connection was cut"},
		"timeout":           {0, "", context.DeadlineExceeded, exitNetwork, "TIMEOUT"},
	} {
		t.Run(name, func(t *testing.T) {
			x := examine(t, goodEnviron("LAYERSIM_PLAID_URL=http://127.0.0.1:1"), func(d *doctor) {
				d.transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					if r.Header.Get("PLAID-SECRET") == "" {
						w := httptest.NewRecorder()
						sim.Loopback().ServeHTTP(w, r)
						return w.Result(), nil
					}
					w := httptest.NewRecorder()
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(max(tc.status, 200))
					_, _ = io.WriteString(w, tc.body)
					return w.Result(), tc.err
				})
			})
			x.says(tc.code, []string{"✗ failed", "Layer", tc.says}, []string{"→ "})
			if _, after, _ := strings.Cut(x.text, tc.says); !strings.Contains(strings.SplitN(after, "This machine", 2)[0], "→ ") {
				t.Errorf("no remedy:\n%s", x.text)
			}
		})
	}
}
