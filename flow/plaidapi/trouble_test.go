package plaidapi

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"layersim/flow"
)

// The troubles of a real network, each with a real socket that makes it.

// authority issues certificates, as a company's proxy does for every host.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T, name string) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"Example Works"}},
		NotBefore: time.Now().Add(-10 * 365 * 24 * time.Hour), NotAfter: time.Now().Add(10 * 365 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return authority{cert, key, pool}
}

// serve begins a TLS server with a certificate for host, valid from … to … now.
func (a authority) serve(t *testing.T, host string, from, to time.Duration) *httptest.Server {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(to),
	}
	if ip := net.ParseIP(host); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(plaidLike())
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: a.key}}}
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// plaidLike answers /session/token/create as Plaid does.
func plaidLike() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"link":{"link_token":"link-sandbox-0123456789ab","expiration":"2026-03-01T16:00:00Z"},"request_id":"req1"}`)
	})
}

// page answers with a page, or whatever it is, that echoes what it was sent, as
// pages about errors do.
func page(status int, kind string, header map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<html><h1>Sign in</h1>%v %s</html>", r.Header, r.URL)
	})
}

func serving(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// listening accepts connections and gives each to a function, until the test ends.
func listening(t *testing.T, each func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go each(c)
		}
	}()
	return l.Addr().String()
}

// answers reads a request's head and writes something; then it closes.
func answers(text string) func(net.Conn) {
	return func(c net.Conn) {
		buffer := make([]byte, 4096)
		_, _ = c.Read(buffer)
		_, _ = io.WriteString(c, text)
		_ = c.Close()
	}
}

func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// resolving is a transport whose names are looked up at a DNS server of ours.
func resolving(server func(ctx context.Context) (net.Conn, error)) *http.Transport {
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) { return server(ctx) }}
	return &http.Transport{DialContext: (&net.Dialer{Resolver: resolver}).DialContext}
}

// noSuchName is a DNS server that knows no name at all.
func noSuchName(t *testing.T) func(context.Context) (net.Conn, error) {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		buffer := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			answer := append([]byte{}, buffer[:n]...)
			answer[2], answer[3] = 0x81, 0x83 // an answer: NXDOMAIN
			_, _ = server.WriteTo(answer, from)
		}
	}()
	return func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}
}

func TestTroublesOfARealNetwork(t *testing.T) {
	const password = "proxyPASSWORDMARKER"
	trusted := newAuthority(t, "Trusted CA")
	secure := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted.pool, MinVersion: tls.VersionTLS12}}
	year := 365 * 24 * time.Hour
	by := func(proxy string) *http.Transport {
		u, err := url.Parse("http://user:" + password + "@" + proxy)
		if err != nil {
			t.Fatal(err)
		}
		return &http.Transport{Proxy: http.ProxyURL(u)}
	}
	for name, tc := range map[string]struct {
		url       string
		transport http.RoundTripper
		code      string
		status    int
		retryable bool
		says      []string
	}{
		"refused": {url: "http://" + nobody(t), code: flow.CodeRefused, retryable: true, says: []string{"nothing accepts connections at 127.0.0.1:"}},
		"silent": {url: "http://" + listening(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }), code: flow.CodeTimeout, retryable: true,
			says: []string{"the call was sent", "may have carried it out"}},
		"swallowed": {url: "http://127.0.0.1:1", transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}, code: flow.CodeTimeout, retryable: true, says: []string{"no connection", "never left"}},
		"cut in the body": {url: "http://" + listening(t, answers("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"link\":{")),
			code: flow.CodeCut, status: 0, retryable: true, says: []string{"before the answer was complete"}},
		"cut in the head": {url: "http://" + listening(t, answers("HTTP/1.1 200 OK\r\nContent-Ty")), code: flow.CodeCut, retryable: true, says: []string{"broke off"}},
		"closed at once":  {url: "http://" + listening(t, answers("")), code: flow.CodeCut, retryable: true, says: []string{"cut"}},
		"reset": {url: "http://" + listening(t, func(c net.Conn) {
			_, _ = c.Read(make([]byte, 10))
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
		}), code: flow.CodeCut, retryable: true, says: []string{"cut"}},
		"no HTTP":      {url: "http://" + listening(t, answers("220 mail.example ESMTP\r\n")), code: flow.CodeNotPlaid, says: []string{"not even HTTP"}},
		"no such name": {url: "http://sandbox.plaid.test", transport: resolving(noSuchName(t)), code: flow.CodeName, retryable: true, says: []string{"sandbox.plaid.test was not found"}},
		"offline": {url: "http://sandbox.plaid.test", transport: resolving(func(context.Context) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "udp", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}
		}), code: flow.CodeOffline, retryable: true, says: []string{"no network to look up sandbox.plaid.test in"}},
		"intercepted": {url: newAuthority(t, "Inspection CA").serve(t, "127.0.0.1", -year, year).URL, transport: secure, code: flow.CodeCertAuthority,
			says: []string{`issued by "Inspection CA (Example Works)"`, "does not trust"}},
		"trusted": {url: trusted.serve(t, "127.0.0.1", -year, year).URL, transport: secure},
		"expired": {url: trusted.serve(t, "127.0.0.1", -2*year, -year).URL, transport: secure, code: flow.CodeCertTime,
			says: []string{"valid from", "the clock here says 2026-03-01 12:00 UTC"}},
		"not valid yet": {url: trusted.serve(t, "127.0.0.1", year, 2*year).URL, transport: secure, code: flow.CodeCertTime, says: []string{"valid from"}},
		"another host":  {url: trusted.serve(t, "portal.hotel.example", -year, year).URL, transport: secure, code: flow.CodeCertName, says: []string{"not for 127.0.0.1 but for portal.hotel.example"}},
		"no TLS":        {url: strings.Replace(serving(t, plaidLike()), "http:", "https:", 1), code: flow.CodeNoTLS, says: []string{"does not speak TLS"}},
		"TLS asked without": {url: strings.Replace(trusted.serve(t, "127.0.0.1", -year, year).URL, "https:", "http:", 1), code: flow.CodeNotPlaid, status: 400,
			says: []string{"not Plaid's"}},
		"portal's page": {url: serving(t, page(200, "text/html; charset=utf-8", nil)), code: flow.CodeWebPage, status: 200, retryable: true, says: []string{"a web page"}},
		"portal's redirect": {url: serving(t, page(302, "text/html", map[string]string{"Location": "http://portal.hotel.example:8080/login?mac=aa:bb&ticket=TICKETMARKER"})),
			code: flow.CodeWebPage, status: 302, retryable: true, says: []string{"to portal.hotel.example:8080"}},
		"network sign-in": {url: serving(t, page(511, "text/html", nil)), code: flow.CodeWebPage, status: 511, retryable: true, says: []string{"leads elsewhere"}},
		"proxy on the way asks": {url: serving(t, page(407, "text/html", map[string]string{"Proxy-Authenticate": `Basic realm="SECRETREALM"`})), code: flow.CodeProxy, status: 407,
			says: []string{"a sign-in of its own (Basic)"}},
		"proxy asks": {url: "https://sandbox.plaid.test", transport: by(listening(t, answers("HTTP/1.1 407 As you like\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n"))),
			code: flow.CodeProxy, says: []string{"the proxy 127.0.0.1:", "sign-in of its own (Negotiate)"}},
		"proxy refuses": {url: "https://sandbox.plaid.test", transport: by(listening(t, answers("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))),
			code: flow.CodeProxy, says: []string{"does not let the call through: it answered 403"}},
		"proxy is not there": {url: "https://sandbox.plaid.test", transport: by(nobody(t)), code: flow.CodeProxy, says: []string{"nothing accepts connections at the proxy 127.0.0.1:"}},
		"proxy is no address": {url: "https://sandbox.plaid.test", transport: &http.Transport{Proxy: func(*http.Request) (*url.URL, error) {
			return nil, fmt.Errorf("invalid proxy address %q", "http://user:"+password+"@%zz")
		}}, code: flow.CodeProxy, says: []string{"HTTPS_PROXY"}},
		"gateway":            {url: serving(t, page(502, "text/html", nil)), code: flow.CodeServer, status: 502, retryable: true, says: []string{"text/html"}},
		"gateway's limit":    {url: serving(t, page(429, "text/plain", nil)), code: flow.CodeTooMany, status: 429, retryable: true, says: []string{"text/plain"}},
		"somebody else's":    {url: serving(t, jsonServer(200, `{"status":"ok"}`)), code: flow.CodeNotPlaid, status: 200, says: []string{"link.link_token"}},
		"truncated JSON":     {url: serving(t, jsonServer(200, `{"link":{"link_to`)), code: flow.CodeNotPlaid, status: 200, says: []string{"not the JSON"}},
		"truncated error":    {url: serving(t, jsonServer(400, `{"error_type":"INVALID`)), code: flow.CodeNotPlaid, status: 400, says: []string{"not the error body"}},
		"somebody's refusal": {url: serving(t, jsonServer(403, `{"message":"Forbidden"}`)), code: flow.CodeNotPlaid, status: 403, says: []string{"not the error body"}},
	} {
		t.Run(name, func(t *testing.T) {
			var exchanges []flow.Exchange
			const secret = "0123456789abcdefSECRETMARKER42"
			c := New(Options{
				BaseURL: tc.url, ClientID: "5f0c1e2d3b4a596877665544", Secret: secret, Transport: tc.transport,
				Now: func() time.Time { return noon }, Timeout: 700 * time.Millisecond, Record: func(x flow.Exchange) { exchanges = append(exchanges, x) },
			})
			if tc.code != flow.CodeTimeout {
				c.options.Timeout = 20 * time.Second
			}
			_, _, _, err := c.CreateSessionToken(t.Context(), flow.CreateSessionToken{TemplateID: "t"})
			if tc.code == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			f := failureOf(t, err)
			if f.Code != tc.code || f.Status != tc.status || f.Retryable != tc.retryable || f.Type != "" {
				t.Errorf("got %+v", f)
			}
			for _, says := range tc.says {
				if !strings.Contains(f.Message, says) {
					t.Errorf("%q does not say %q", f.Message, says)
				}
			}
			if len(exchanges) != 1 {
				t.Fatalf("%d exchanges were recorded", len(exchanges))
			}
			known := tc.status == 0 || tc.status == 200 && tc.code == flow.CodeNotPlaid // else status and body say it
			if x := exchanges[0]; known && x.ErrorCode != tc.code || !known && x.ErrorCode != "" {
				t.Errorf("recorded as %q", x.ErrorCode)
			}
			all := bytesOf(t, exchanges[0]) + fmt.Sprintf("%+v", f)
			for _, marker := range []string{"SECRETMARKER", password, "596877"} {
				if i := strings.Index(all, marker); i >= 0 {
					t.Errorf("%q is seen: …%s…", marker, all[max(0, i-80):min(len(all), i+40)])
				}
			}
			for _, marker := range []string{"TICKETMARKER", "SECRETREALM"} {
				if strings.Contains(f.Message, marker) {
					t.Errorf("%q is in the message %q", marker, f.Message)
				}
			}
		})
	}
}

func jsonServer(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}
