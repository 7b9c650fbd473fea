package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"

	"layersim/flow"
	"layersim/flow/loopback"
	"layersim/flow/plaidapi"
)

// travel is how far one request came, and what came back.
type travel struct {
	request *http.Request
	proxy   string // its host, "" without one

	mu        sync.Mutex // the fields below are written by the transport
	addresses []string
	connected string
	tls       *tls.ConnectionState

	err    error
	status int
	header http.Header
	body   []byte // its beginning
}

// ask sends a request and notes its stages. It follows no redirect.
func ask(request *http.Request, transport http.RoundTripper) *travel {
	t := &travel{proxy: proxyOf(request, transport)}
	t.request = request.WithContext(httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{
		DNSDone: func(info httptrace.DNSDoneInfo) {
			t.mu.Lock()
			defer t.mu.Unlock()
			for _, a := range info.Addrs {
				t.addresses = append(t.addresses, a.String())
			}
		},
		ConnectDone: func(_, addr string, err error) {
			t.mu.Lock()
			defer t.mu.Unlock()
			if err == nil {
				t.connected = addr
			}
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			t.mu.Lock()
			defer t.mu.Unlock()
			if err == nil {
				t.tls = &state
			}
		},
	}))
	response, err := transport.RoundTrip(t.request) //nolint:bodyclose // readSome closes it
	if err == nil {
		t.status, t.header = response.StatusCode, response.Header
		t.body, err = readSome(response.Body)
	}
	t.err = err
	return t
}

// proxyOf names the proxy that a request goes through. Its address may hold a
// password, so only its host is said.
func proxyOf(request *http.Request, transport http.RoundTripper) string {
	if own, ok := transport.(*http.Transport); ok && own.Proxy != nil {
		if u, err := own.Proxy(request); err == nil && u != nil {
			return flow.CleanLine(u.Host, 80)
		}
	}
	return ""
}

// interrupted reports whether the operator ended it.
func (t *travel) interrupted() bool {
	return errors.Is(t.request.Context().Err(), context.Canceled)
}

// kind is the Content-Type of the answer, in words.
func (t *travel) kind() string {
	if kind := flow.CleanLine(t.header.Get("Content-Type"), 60); kind != "" {
		return kind
	}
	return "without a Content-Type"
}

// text is a text of the answer's JSON object.
func (t *travel) text(key string) string {
	var object map[string]any
	if json.Unmarshal(t.body, &object) != nil {
		return ""
	}
	text, _ := object[key].(string)
	return flow.CleanLine(text, 80)
}

// stages of a request, in order.
const (
	stageProxy  = "proxy"
	stageName   = "name"
	stageDial   = "connection"
	stageTLS    = "TLS"
	stageAnswer = "API"
)

// showTravel says how far the request came, stage by stage, and where and why
// it stopped.
func (d doctor) showTravel(t *travel) {
	host := t.request.URL.Hostname()
	aim := host
	if t.proxy != "" {
		aim = "the proxy"
		d.report.add(finding{Name: stageProxy, Verdict: t.proxyVerdict(), Says: "Calls to " + host + " go through the proxy " + t.proxy + ", as the environment says (HTTPS_PROXY)."})
	}
	says, remedy, stopped := "", "", ""
	if t.err != nil {
		says, remedy, stopped = t.trouble()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	reached := map[string]string{}
	if len(t.addresses) > 0 {
		reached[stageName] = fmt.Sprintf("%s is known: %s.", aim, strings.Join(t.addresses[:min(3, len(t.addresses))], ", "))
	}
	if t.connected != "" {
		reached[stageDial] = fmt.Sprintf("%s accepts connections at %s.", aim, t.connected)
	}
	if t.tls != nil {
		reached[stageTLS] = fmt.Sprintf("%s, certificate of %s by %s.", tls.VersionName(t.tls.Version), host, issuerOf(t.tls.PeerCertificates))
	}
	past := false
	for _, stage := range []string{stageName, stageDial, stageTLS, stageAnswer} {
		switch {
		case stage == stopped:
			d.report.add(finding{Name: stage, Verdict: failed, Says: says, Remedy: remedy, code: exitNetwork})
			past = true
		case past && (stage != stageTLS || t.request.URL.Scheme == "https"):
			d.report.add(finding{Name: stage, Verdict: notAsked, Says: "It was not reached."})
		case !past && reached[stage] != "":
			d.report.add(finding{Name: stage, Verdict: fine, Says: reached[stage]})
		}
	}
}

// proxyVerdict is fine for a proxy that somebody was reached at.
func (t *travel) proxyVerdict() verdict {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.connected != "" || t.err == nil {
		return fine
	}
	return notAsked
}

// issuerOf names who issued a certificate, in words that came from outside.
func issuerOf(chain []*x509.Certificate) string {
	if len(chain) == 0 {
		return "nobody"
	}
	issuer := chain[0].Issuer
	name := issuer.CommonName
	if len(issuer.Organization) > 0 {
		name = issuer.Organization[0] + ", " + name
	}
	return flow.CleanLine(strings.Trim(name, ", "), 80)
}

const proxyRemedy = "See that HTTPS_PROXY names the proxy of this network, with user name and password if it wants them."

// trouble says in words why no answer came, what to do, and at which stage.
func (t *travel) trouble() (says, remedy, stage string) {
	host := t.request.URL.Hostname()
	var (
		dns     *net.DNSError
		op      *net.OpError
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		timeout net.Error
	)
	err := t.err
	timedOut := errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
	switch {
	case errors.Is(err, errProxy):
		return "The proxy that HTTPS_PROXY names is not an address.", proxyRemedy, stageName
	case errors.As(err, &dns):
		return troubleWithName(dns, host, t.proxy != "")
	case errors.As(err, &verify):
		return troubleWithCertificate(verify, host)
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return host + " does not speak TLS, though its address begins with https://.", "See the address: a plain server's begins with http://. Or something on the way answers in its place.", stageTLS
	case errors.As(err, &alert):
		return "The other side broke the TLS handshake off: " + flow.CleanLine(alert.Error(), 80) + ".", "A proxy or a firewall that looks into TLS may do this: try another network.", stageTLS
	case t.proxy != "" && plaidapi.IsRefused(err):
		return "Nothing accepts connections at the proxy " + t.proxy + ".", proxyRemedy, stageDial
	case plaidapi.IsRefused(err):
		remedy := "Something on this network refuses it, a firewall perhaps: try another network."
		if loopback.Host(host) {
			remedy = "Start the Plaid of your own, such as 'layersim serve', or see that the port is right."
		}
		return "Nothing accepts connections at " + t.request.URL.Host + ".", remedy, stageDial
	case plaidapi.HasNoWay(err):
		return "There is no way to " + host + " from here.", "See that this machine is online, and that a VPN that it needs is up.", stageDial
	case t.proxy != "" && (strings.Contains(err.Error(), "Proxy Authentication") || errors.As(err, &op) && op.Op == "proxyconnect"):
		return "The proxy " + t.proxy + " did not let the call through.", proxyRemedy, stageDial
	case timedOut:
		stage = t.reachedStage()
		return "No answer came within the time, at the stage: " + stage + ".", "A slow network, or a firewall that drops what it does not like without a word: try again, then try another network.", stage
	case plaidapi.IsCut(err):
		return "The connection was cut.", "A firewall may have cut it: try again, then try another network.", t.reachedStage()
	}
	return "It failed: " + innermostOf(err) + ".", "See that this machine is online, then try again.", t.reachedStage()
}

// reachedStage is the stage at which a request was when it ended.
func (t *travel) reachedStage() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.request.URL.Scheme == "https" && t.tls == nil && t.connected != "":
		return stageTLS
	case t.connected == "" && t.tls == nil && (len(t.addresses) > 0 || net.ParseIP(t.request.URL.Hostname()) != nil):
		return stageDial
	case t.connected == "" && t.tls == nil:
		return stageName
	}
	return stageAnswer
}

func troubleWithName(dns *net.DNSError, host string, proxied bool) (says, remedy, stage string) {
	if proxied {
		return "The name of the proxy, " + flow.CleanLine(dns.Name, 80) + ", cannot be looked up.", proxyRemedy, stageName
	}
	if dns.IsTimeout {
		return "Nobody answers who " + host + " is.", "The name server of this network is silent: see that this machine is online, and that a VPN that it needs is up.", stageName
	}
	return "The name " + host + " is not known here.", "See that this machine is online. If it is, the network's name server may block Plaid: try another network, or ask who runs it.", stageName
}

// troubleWithCertificate says why the other side is not believed to be Plaid.
func troubleWithCertificate(verify *tls.CertificateVerificationError, host string) (says, remedy, stage string) {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	issuer := issuerOf(verify.UnverifiedCertificates)
	switch {
	case errors.As(verify, &authority):
		return fmt.Sprintf("Whoever answers as %s has a certificate by %q, whom this machine does not trust. Something between here and Plaid reads along.", host, issuer),
			"If that is your company's own proxy, save its authority's certificate as a PEM file and set " + nameCA + " to it. If you do not know it, do not send keys over this network.", stageTLS
	case errors.As(verify, &name):
		return fmt.Sprintf("Whoever answers as %s has a certificate for another name, by %q.", host, issuer),
			"Most likely the sign-in page of this network: open any page in a browser and sign in there, or use another network.", stageTLS
	case errors.As(verify, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("The certificate of %s, by %q, is not valid at the time of this machine's clock.", host, issuer),
			"See that the clock of this machine is right. If it is, somebody else answers in Plaid's place.", stageTLS
	}
	return fmt.Sprintf("The certificate of %s, by %q, was not accepted: %s.", host, issuer, innermostOf(verify)), "Something between here and Plaid answers in its place: use another network.", stageTLS
}

func innermostOf(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return flow.CleanLine(err.Error(), 200)
}
