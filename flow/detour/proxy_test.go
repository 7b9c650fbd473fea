package detour

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// direct says that the operator has no proxy.
func direct(*url.URL) (*url.URL, error) { return nil, nil } //nolint:nilnil // as http.ProxyFromEnvironment does

// startDetour starts one whose simulator answers with the host it was asked as.
func startDetour(t *testing.T, c Config) *Detour {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	c.Simulator = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "simulated "+r.Host+r.URL.Path)
	})
	if c.Upstream == nil {
		c.Upstream = direct
	}
	d, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *Detour) value(name string) string {
	i := slices.IndexFunc(d.variables, func(v Variable) bool { return v.Name == name })
	if i < 0 {
		return ""
	}
	return d.variables[i].Value
}

// client is one that uses the proxy and trusts the authority and these.
func (d *Detour) client(t *testing.T, also ...*x509.Certificate) *http.Client {
	t.Helper()
	proxy, err := url.Parse(d.value("HTTPS_PROXY"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	for _, cert := range append(also, d.identity.authority) {
		roots.AddCert(cert)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func get(t *testing.T, client *http.Client, address string) (int, string) {
	t.Helper()
	answer, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestSandboxAndCDNAreSimulated(t *testing.T) {
	client := startDetour(t, Config{}).client(t)
	for _, host := range Simulated {
		if status, body := get(t, client, "https://"+host+"/path"); status != http.StatusOK || body != "simulated "+host+"/path" {
			t.Errorf("%s answers %d %q", host, status, body)
		}
	}
}

func TestProductionIsRefusedAsPlaidRefuses(t *testing.T) {
	client := startDetour(t, Config{}).client(t)
	for _, host := range []string{"production.plaid.com", "PRODUCTION.plaid.com", "production.plaid.com.", "development.plaid.com"} {
		status, body := get(t, client, "https://"+host+"/accounts/get")
		var e map[string]any
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			t.Fatalf("%s: %v in %q", host, err, body)
		}
		message, _ := e["error_message"].(string)
		requestID, _ := e["request_id"].(string)
		if status != http.StatusBadRequest || e["error_type"] == "" || e["error_code"] == "" || len(requestID) != 15 || !strings.Contains(message, "refused") || !strings.Contains(message, "PLAID_ENV=sandbox") {
			t.Errorf("%s answers %d %s", host, status, body)
		}
	}
}

// The app sees the other host's own certificate: nobody stands between.
func TestOtherHostsArePassedThrough(t *testing.T) {
	other := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "" {
			t.Error("the other host is told the proxy's password")
		}
		_, _ = io.WriteString(w, "the other host")
	}))
	defer other.Close()
	d := startDetour(t, Config{})
	if status, body := get(t, d.client(t, other.Certificate()), other.URL); status != http.StatusOK || body != "the other host" {
		t.Errorf("it answers %d %q", status, body)
	}
	if _, err := d.client(t).Get(other.URL); !errors.As(err, new(x509.UnknownAuthorityError)) {
		t.Errorf("without trust in its certificate: %v", err)
	}
}

// ask sends one request as it is and returns the answer.
func ask(t *testing.T, d *Detour, request string) (*http.Response, *bufio.Reader, net.Conn) {
	t.Helper()
	proxy, err := url.Parse(d.value("HTTPS_PROXY"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", proxy.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	answer, err := http.ReadResponse(r, &http.Request{Method: http.MethodConnect})
	if err != nil {
		t.Fatal(err)
	}
	return answer, r, conn
}

// credentials is the header that the proxy wants.
func (d *Detour) credentials() string {
	u, _ := url.Parse(d.value("HTTPS_PROXY"))
	password, _ := u.User.Password()
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(u.User.Username(), password)
	return "Proxy-Authorization: " + r.Header.Get("Authorization") + "\r\n"
}

func TestTheProxyWantsItsPassword(t *testing.T) {
	d := startDetour(t, Config{})
	for _, wrong := range []string{"", "Proxy-Authorization: Basic bGF5ZXJzaW06\r\n", "Proxy-Authorization: Basic bGF5ZXJzaW06d3Jvbmc=\r\n", "Authorization:" + strings.TrimPrefix(d.credentials(), "Proxy-Authorization:")} {
		for _, host := range []string{"sandbox.plaid.com:443", "example.com:443"} {
			answer, _, _ := ask(t, d, "CONNECT "+host+" HTTP/1.1\r\nHost: "+host+"\r\n"+wrong+"\r\n")
			if answer.StatusCode != http.StatusProxyAuthRequired || !strings.HasPrefix(answer.Header.Get("Proxy-Authenticate"), "Basic ") {
				t.Errorf("with %q: %s %v", wrong, answer.Status, answer.Header)
			}
		}
	}
}

func TestWhatTheProxyDoesNotDo(t *testing.T) {
	d := startDetour(t, Config{})
	for request, want := range map[string]int{
		"CONNECT sandbox.plaid.com:8443":   http.StatusForbidden,
		"CONNECT sandbox.plaid.com":        http.StatusBadRequest,
		"CONNECT 127.0.0.1:1":              http.StatusBadGateway,
		"GET http://sandbox.plaid.com/":    http.StatusNotImplemented,
		"GET https://production.plaid.com": http.StatusNotImplemented,
		"GET /":                            http.StatusNotImplemented,
	} {
		answer, _, _ := ask(t, d, request+" HTTP/1.1\r\nHost: x\r\n"+d.credentials()+"\r\n")
		if answer.StatusCode != want {
			t.Errorf("%s answers %s; want %d", request, answer.Status, want)
		}
	}
}

// echo answers a connection with what it said, once it has said all.
func echo(t *testing.T) net.Listener {
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
			go func() {
				said, _ := io.ReadAll(c)
				_, _ = c.Write(said)
				_ = c.Close()
			}()
		}
	}()
	return l
}

// What a client says before it was told that it may, and an end that has said
// all but still listens.
func TestTunnelsLoseNothing(t *testing.T) {
	d := startDetour(t, Config{})
	to := echo(t).Addr().String()
	answer, r, conn := ask(t, d, "CONNECT "+to+" HTTP/1.1\r\nHost: "+to+"\r\n"+d.credentials()+"\r\nearly, ")
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
	if _, err := io.WriteString(conn, "late"); err != nil {
		t.Fatal(err)
	}
	if err := closeWrite(conn); err != nil {
		t.Fatal(err)
	}
	if said, err := io.ReadAll(r); err != nil || string(said) != "early, late" {
		t.Errorf("came back as %q (%v)", said, err)
	}
}

func TestCloseEndsTunnels(t *testing.T) {
	d := startDetour(t, Config{})
	to := echo(t).Addr().String()
	answer, r, conn := ask(t, d, "CONNECT "+to+" HTTP/1.1\r\nHost: "+to+"\r\n"+d.credentials()+"\r\n")
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
	_, _ = io.WriteString(conn, "x")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
		t.Error(err)
	}
}

// An operator behind a proxy stays behind it, with its password.
func TestTheOperatorsProxyIsChained(t *testing.T) {
	other := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "the other host") }))
	defer other.Close()
	asked := make(chan string, 8)
	theirs := newProxy("their password", newHandoff(nil), func(ctx context.Context, hostport string) (net.Conn, error) {
		asked <- hostport
		return new(net.Dialer).DialContext(ctx, "tcp", hostport)
	})
	server := httptest.NewServer(theirs)
	defer server.Close()
	at, err := url.Parse(theirs.url(server.Listener.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	via := at
	d := startDetour(t, Config{Upstream: func(*url.URL) (*url.URL, error) { return via, nil }})
	client := d.client(t, other.Certificate())
	if status, body := get(t, client, other.URL); status != http.StatusOK || body != "the other host" {
		t.Errorf("it answers %d %q", status, body)
	}
	if host := <-asked; host != other.Listener.Addr().String() {
		t.Errorf("their proxy was asked for %s", host)
	}
	if status, body := get(t, client, "https://sandbox.plaid.com/"); status != http.StatusOK || !strings.HasPrefix(body, "simulated ") {
		t.Errorf("Plaid's Sandbox answers %d %q", status, body)
	}
	if len(asked) > 0 {
		t.Errorf("their proxy was asked for %s", <-asked)
	}

	client.CloseIdleConnections()
	for _, wrong := range []string{"http://layersim:wrong@" + at.Host, "socks5://" + at.Host, "http://127.0.0.1:1"} {
		if via, err = url.Parse(wrong); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Get(other.URL); err == nil || !strings.Contains(err.Error(), "Bad Gateway") {
			t.Errorf("with the proxy %s: %v", wrong, err)
		}
	}
}
