package detour

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// hijacked is a ResponseWriter whose connection can be taken over.
type hijacked struct {
	*httptest.ResponseRecorder
	conn net.Conn
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if h.conn == nil {
		return nil, nil, errors.New("the client is gone")
	}
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}

// Whatever a client asks the proxy for: without its password it gets nothing, and
// no name of Plaid's is ever dialled.
func FuzzProxy(f *testing.F) {
	const password = "cGFzc3dvcmQ"
	p := newProxy(password, nil, nil)
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(proxyUser, password)
	with := "Proxy-Authorization: " + r.Header.Get("Authorization") + "\r\n"
	for _, host := range []string{
		"sandbox.plaid.com:443", "PRODUCTION.plaid.com.:443", "production.plaid.com..:443", "[cdn.plaid.com]:443", "sandbox.plaid.com:8443", "sandbox.plaid.com", "example.com:443", "127.0.0.1:1", "[::1]:443",
		":443", "production.plaid.com:https", "production.plaid.com%00:443", "production.plaid.com :443",
	} {
		f.Add("CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n" + with + "\r\n")
	}
	f.Add("CONNECT example.com:443 HTTP/1.1\r\nHost: production.plaid.com:443\r\nProxy-Authorization: Basic bGF5ZXJzaW06\r\n\r\n")
	f.Add("GET http://production.plaid.com/ HTTP/1.0\r\n" + with + "\r\n")
	f.Add("CONNECT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n" + with + "\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n")
	f.Fuzz(func(t *testing.T, raw string) {
		request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
		if err != nil {
			return
		}
		var dialled []string
		p = newProxy(password, newHandoff(nil), func(_ context.Context, hostport string) (net.Conn, error) {
			dialled = append(dialled, hostport)
			return nil, errors.New("nobody there")
		})
		_ = p.plaid.Close() // what is given to Plaid is closed
		ours, theirs := net.Pipe()
		_ = theirs.Close()
		w := hijacked{httptest.NewRecorder(), ours}
		p.ServeHTTP(w, request)
		knows := slices.Contains(request.Header["Proxy-Authorization"], "Basic "+strings.TrimSpace(strings.TrimPrefix(with, "Proxy-Authorization: Basic ")))
		if !knows && (w.Code != http.StatusProxyAuthRequired || len(dialled) > 0) {
			t.Fatalf("%q: %d, dialled %q", raw, w.Code, dialled)
		}
		for _, hostport := range dialled {
			host, _, err := net.SplitHostPort(hostport)
			if err != nil || slices.Contains(taken, strings.ToLower(strings.TrimRight(host, "."))) {
				t.Fatalf("%q: dialled %q", raw, hostport)
			}
		}
		if request.Method != http.MethodConnect && len(dialled) > 0 {
			t.Fatalf("%q: dialled %q", raw, dialled)
		}
	})
}

// No entry of NO_PROXY that is kept lets a client past us to a host of Plaid's,
// and none of the operator's other ones is lost.
func FuzzExceptions(f *testing.F) {
	for _, s := range []string{"plaid.com", ".plaid.com", "*.plaid.com, example.com", "*", "example.com,10.0.0.0/8", "com", "SANDBOX.PLAID.COM:443", " a\tb\n", "laid.com", "[::1]:80", "plaid.com.", "*plaid.com", "plaid.com:443"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if strings.Contains(value, "\x00") {
			return
		}
		kept := setting{environ: []string{"NO_PROXY=" + value}}.exceptions("NO_PROXY", "").Value
		if !strings.HasPrefix(kept, local) {
			t.Fatalf("%q became %q", value, kept)
		}
		for entry := range strings.SplitSeq(kept, ",") {
			domain := strings.ToLower(entry)
			if host, _, err := net.SplitHostPort(domain); err == nil {
				domain = host
			}
			domain = strings.Trim(strings.TrimLeft(domain, "*"), ".")
			for _, host := range taken {
				if domain == "" || host == domain || strings.HasSuffix(host, "."+domain) {
					t.Fatalf("%q became %q: %q excepts %s", value, kept, entry, host)
				}
			}
		}
		for _, entry := range strings.Split(value, ",") {
			if strings.HasSuffix(entry, ".example.com") && !strings.ContainsAny(entry, " \t\r\n\v\f\u0085\u00a0") && !strings.Contains(kept, entry) && strings.ToValidUTF8(entry, "") == entry && len(strings.Fields(entry)) == 1 {
				t.Fatalf("%q became %q: %q is lost", value, kept, entry)
			}
		}
	})
}
