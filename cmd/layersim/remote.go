package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"layersim/flow"
	"layersim/flow/loopback"
)

// The real Plaid's Sandbox, and where its Link script is (Plaid docs: Link Web).
// Another environment is not offered: this tool shows and records what it
// receives.
const (
	sandboxEnv    = "sandbox"
	sandboxURL    = "https://sandbox.plaid.com"
	linkScriptURL = "https://cdn.plaid.com" + linkScriptPath

	linkScriptPath = "/link/v2/stable/link-initialize.js"
)

// Settings that lead elsewhere than to Plaid, on this machine only.
const (
	nameURL    = "LAYERSIM_PLAID_URL"
	nameScript = "LAYERSIM_LINK_SCRIPT"
	nameCA     = "LAYERSIM_CA_FILE"
)

// remote is a Plaid outside of this process, and who we are there.
type remote struct {
	clientID  string
	secret    string // goes out as a header, and nowhere else
	baseURL   string // without a path
	scriptURL string
	transport http.RoundTripper
	// elsewhere names the settings that lead somewhere else than to Plaid, such as
	// "LAYERSIM_PLAID_URL=http://127.0.0.1:8137". They are shown all the time.
	elsewhere []string
	// remarks say what is strange about the credentials and was done about it.
	remarks []string
}

// String keeps the secret out of whatever prints a remote.
func (r remote) String() string { return r.baseURL }

// GoString is String, for %#v.
func (r remote) GoString() string { return r.baseURL }

// sayRemarks writes what is strange about the credentials, for the operator to
// find when the walk is over.
func (r *remote) sayRemarks(talk io.Writer) {
	if r == nil {
		return
	}
	for _, remark := range r.remarks {
		_, _ = fmt.Fprintf(talk, "layersim: %s\n", remark)
	}
}

// place is where a remote is: the part of it that holds no key.
type place struct {
	baseURL, scriptURL string
	transport          *http.Transport
	elsewhere          []string
}

// findPlace reads the settings that lead elsewhere than to Plaid.
func findPlace(environ []string) (place, error) {
	p := place{baseURL: sandboxURL, scriptURL: linkScriptURL}
	note := func(name, value string) {
		p.elsewhere = append(p.elsewhere, name+"="+flow.CleanLine(value, 0))
	}
	if value := strings.TrimSpace(getenv(environ, nameURL)); value != "" {
		u, err := onThisMachine(nameURL, value)
		if err != nil {
			return p, err
		}
		if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			return p, usagef("%s=%s: write the address alone, without a path, such as http://127.0.0.1:8137", nameURL, withoutQuery(u))
		}
		p.baseURL = u.Scheme + "://" + u.Host
		p.scriptURL = p.baseURL + linkScriptPath
		note(nameURL, p.baseURL)
	}
	if value := strings.TrimSpace(getenv(environ, nameScript)); value != "" {
		u, err := onThisMachine(nameScript, value)
		if err != nil {
			return p, err
		}
		p.scriptURL = u.String()
		note(nameScript, withoutQuery(u))
	}
	var roots *x509.CertPool // nil are the system's
	if file := getenv(environ, nameCA); file != "" {
		var err error
		if roots, err = trust(file); err != nil {
			return p, err
		}
		note(nameCA, file)
	}
	p.transport = newTransport(roots, http.ProxyFromEnvironment)
	return p, nil
}

// onThisMachine reads the address of something that stands in for Plaid. What
// is typed into Link and the keys go there, so it must not lead away.
func onThisMachine(name, value string) (*url.URL, error) {
	u, err := url.Parse(value)
	if err != nil { // which quotes the value, and there may be a password in it
		return nil, usagef("%s is not an address; write one such as http://127.0.0.1:8137", name)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, usagef("%s must begin with http:// or https://, such as http://127.0.0.1:8137", name)
	case u.User != nil:
		return nil, usagef("%s must hold no user name and no password", name)
	case !loopback.Host(u.Hostname()):
		return nil, usagef("%s=%s leads to another machine. It is for a Plaid of your own, such as 'layersim serve', and must be on this one, because your keys are sent there: 127.0.0.1, localhost or [::1]", name, flow.CleanLine(withoutQuery(u), 200))
	case strings.HasSuffix(u.Host, ":"):
		return nil, usagef("%s names no port after the colon; write one such as http://127.0.0.1:8137", name)
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

// withoutQuery is an address as it may be shown and recorded: a query may hold
// a token.
func withoutQuery(u *url.URL) string {
	shown := *u
	shown.User, shown.Fragment, shown.RawFragment = nil, "", ""
	if shown.RawQuery != "" {
		shown.RawQuery = "…"
	}
	return shown.String()
}

// trust returns the system's certificate authorities and those in a file.
func trust(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file) //nolint:gosec // the operator's own file
	if err != nil {
		return nil, usagef("%s cannot be read: %s", nameCA, flow.CleanLine(err.Error(), 0))
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // a system without any
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, usagef("%s=%s holds no certificate. It must be a PEM file: text with the line -----BEGIN CERTIFICATE-----", nameCA, flow.CleanLine(file, 0))
	}
	return roots, nil
}

// findProxy names the proxy of a request, nil for none.
type findProxy func(*http.Request) (*url.URL, error)

// dial connects to a host; to this machine whatever a name server makes of its
// name, because keys go there.
func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if host, _, err := net.SplitHostPort(addr); err == nil && loopback.Host(host) {
		return loopback.Dial(ctx, &d, network, addr)
	}
	return d.DialContext(ctx, network, addr)
}

// newTransport carries our server's calls. find is who knows the proxies.
func newTransport(roots *x509.CertPool, find findProxy) *http.Transport {
	return &http.Transport{
		Proxy:               find.forOthers,
		DialContext:         dial,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        4,
		IdleConnTimeout:     time.Minute,
	}
}

var errProxy = errors.New("the proxy that HTTPS_PROXY or HTTP_PROXY names is not an address")

// forOthers is the proxy of a request that leaves this machine. What stays here
// goes through none, whatever find says: the keys would go to the proxy, in plain
// text without TLS, and net/http knows localhost in small letters only. The
// error of find would quote the address, and there may be a password in it.
func (find findProxy) forOthers(r *http.Request) (*url.URL, error) {
	if loopback.Host(r.URL.Hostname()) {
		return nil, nil //nolint:nilnil // as http.Transport has it: no proxy
	}
	u, err := find(r)
	if err != nil {
		return nil, errProxy
	}
	return u, nil
}
