package plaidapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// A proxy between here and Plaid, as HTTPS_PROXY names it.

// proxyError is a proxy's refusal to connect, or that there is no asking it. The
// transport alone would keep only the words after the status, which the proxy
// chooses freely, and would quote an address that may hold a password.
type proxyError struct {
	host   string // "" if the settings name none
	status int
	scheme string // of Proxy-Authenticate
}

func (e proxyError) Error() string {
	if e.host == "" {
		return "the proxy that HTTPS_PROXY or HTTP_PROXY names is not an address"
	}
	if e.status != http.StatusProxyAuthRequired {
		return fmt.Sprintf("the proxy %s does not let the call through: it answered %d", e.host, e.status)
	}
	if e.scheme != "" {
		return fmt.Sprintf("the proxy %s asks for a sign-in of its own (%s)", e.host, e.scheme)
	}
	return fmt.Sprintf("the proxy %s asks for a sign-in of its own", e.host)
}

// hearProxy returns a transport that keeps what a proxy answers. Only
// http.Transport asks proxies.
func hearProxy(transport http.RoundTripper) http.RoundTripper {
	t, ok := transport.(*http.Transport)
	if !ok || t.OnProxyConnectResponse != nil {
		return transport
	}
	t = t.Clone()
	if find := t.Proxy; find != nil {
		t.Proxy = func(r *http.Request) (*url.URL, error) {
			proxy, err := find(r)
			if err != nil {
				return nil, proxyError{}
			}
			return proxy, nil
		}
	}
	t.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode == http.StatusOK {
			return nil
		}
		scheme, _, _ := strings.Cut(answer.Header.Get("Proxy-Authenticate"), " ")
		return proxyError{host: proxy.Host, status: answer.StatusCode, scheme: scheme}
	}
	return t
}

// isProxy reports whether the way to the proxy is the trouble.
func isProxy(err error) bool {
	var dial *net.OpError
	return errors.As(err, &dial) && dial.Op == "proxyconnect"
}

// proxyTrouble says why the proxy could not be asked.
func (c *Client) proxyTrouble(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "the proxy " + dns.Name + " was not found"
	case IsRefused(err):
		return "nothing accepts connections at the proxy " + c.address(err)
	}
	return "the proxy could not be reached: " + innermost(err)
}
