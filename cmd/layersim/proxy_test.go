package main

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"layersim/flow/plaidsim"
)

// What stays on this machine goes through no proxy, however the machine is
// written: the keys would go to the proxy, in plain text.
func TestNoProxyIsToldWhatStaysHere(t *testing.T) {
	t.Chdir(t.TempDir())
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("the proxy is asked for %s", r.URL)
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(proxy.Close)
	find := func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) }
	server := simulated(t, httptest.NewServer, plaidsim.Config{Credentials: ours})
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	for _, host := range []string{"127.0.0.1", "localhost", "LOCALHOST", "LocalHost"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+":"+port, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := newTransport(nil, find).RoundTrip(request)
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		_ = response.Body.Close()
	}
	examine(t, goodEnviron("LAYERSIM_PLAID_URL=http://LOCALHOST:"+port), func(d *doctor) { d.transport = newTransport(nil, find) }).
		says(exitDone, []string{"✓ ok", "API"}, []string{"✓ ok", "Layer"})
	away, err := newTransport(nil, find).Proxy(httptest.NewRequest(http.MethodGet, sandboxURL, http.NoBody))
	if err != nil || away == nil || "http://"+away.Host != proxy.URL {
		t.Errorf("what leaves this machine goes through %v, %v", away, err)
	}
}

// The proxy of the environment may have a password in its address, and what
// reads the address quotes it.
func TestAProxyThatIsNoAddressIsNotQuoted(t *testing.T) {
	quotes := func(*http.Request) (*url.URL, error) { return url.Parse("http://me:" + someSecret + "@proxy:x") } //nolint:staticcheck // a URL that is none is what is wanted
	_, err := newTransport(nil, quotes).Proxy(httptest.NewRequest(http.MethodGet, sandboxURL, http.NoBody))
	if !errors.Is(err, errProxy) {
		t.Errorf("got %v", err)
	}
	mustHide(t, err.Error())
}

// A server that speaks an old TLS only is not spoken to.
func TestOldTLSIsRefused(t *testing.T) {
	for version, ok := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true} {
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version}
		server.StartTLS()
		p, err := findPlace([]string{"LAYERSIM_PLAID_URL=" + server.URL, "LAYERSIM_CA_FILE=" + authorityFile(t, server)})
		if err != nil {
			t.Fatal(err)
		}
		if p.transport.TLSClientConfig.MinVersion != tls.VersionTLS12 {
			t.Errorf("the oldest TLS is %s, and it depends on GODEBUG", tls.VersionName(p.transport.TLSClientConfig.MinVersion))
		}
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
		response, err := p.transport.RoundTrip(request)
		if err == nil {
			_ = response.Body.Close()
		}
		if (err == nil) != ok {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		server.Close()
	}
}
