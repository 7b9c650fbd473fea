package plaidapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"layersim/flow"
)

// What happens to a call on the way to Plaid, before there is an answer.

// lost is why no answer came, and whether the request had gone out by then: one
// that had may have been carried out.
type lost struct {
	err  error
	sent sent
}

func (l lost) Error() string { return l.err.Error() }
func (l lost) Unwrap() error { return l.err }

// Timeout keeps what http.Client looks for in an error itself, not in what it wraps.
func (l lost) Timeout() bool {
	var timeout net.Error
	return errors.As(l.err, &timeout) && timeout.Timeout()
}

// sent is how far a request came.
type sent int

const (
	perhapsSent sent = iota // the transport does not say
	notSent
	wasSent
)

// onTheWay says in words why no answer came.
func (c *Client) onTheWay(ctx context.Context, err error) flow.Failure {
	f := c.trouble(ctx, err)
	switch f.Code {
	case flow.CodeCertAuthority, flow.CodeCertTime, flow.CodeCertName, flow.CodeNoTLS, flow.CodeProxy, flow.CodeNotPlaid:
		// The same call meets the same until something is changed.
	default:
		f.Retryable = true
	}
	return f
}

func (c *Client) trouble(ctx context.Context, err error) flow.Failure {
	failure := func(code, format string, args ...any) flow.Failure {
		return flow.Failure{Code: code, Message: c.said(fmt.Sprintf(format, args...))}
	}
	var (
		gone    lost
		timeout net.Error
		proxy   proxyError
		dns     *net.DNSError
		record  tls.RecordHeaderError
	)
	errors.As(err, &gone) // else it is not known whether the request went out
	if errors.Is(ctx.Err(), context.Canceled) {
		return failure(flow.CodeClient, "the call was given up before Plaid answered")
	}
	if f, ok := c.certificate(err); ok {
		return f
	}
	switch {
	case errors.As(err, &proxy):
		return failure(flow.CodeProxy, "%s", proxy.Error())
	case isProxy(err):
		return failure(flow.CodeProxy, "%s", c.proxyTrouble(err))
	case errors.As(err, &dns) && isOffline(dns, dns.Err):
		return failure(flow.CodeOffline, "there is no network to look up %s in", dns.Name)
	case errors.As(err, &dns) && dns.IsNotFound:
		return failure(flow.CodeName, "the name %s was not found", dns.Name)
	case errors.As(err, &dns):
		return failure(flow.CodeName, "the name %s could not be looked up: %s", dns.Name, dns.Err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return failure(flow.CodeTimeout, "%s", c.silence(gone.sent, errors.Is(err, context.DeadlineExceeded)))
	case errors.Is(err, errTooLong):
		return notPlaid(0, errTooLong.Error())
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return failure(flow.CodeNoTLS, "the other side does not speak TLS, although the address begins with https://")
	case IsRefused(err):
		return failure(flow.CodeRefused, "nothing accepts connections at %s", c.address(err))
	case isOffline(err, err.Error()):
		return failure(flow.CodeOffline, "there is no way to %s", c.address(err))
	case IsCut(err):
		if gone.sent == notSent {
			return failure(flow.CodeCut, "the connection was cut before the request was sent, so Plaid has not carried the call out")
		}
		return failure(flow.CodeCut, "the connection was cut before the answer was complete; Plaid may have carried the call out")
	}
	// net/http has no types for these.
	switch text := err.Error(); {
	case strings.Contains(text, "malformed MIME header"):
		return failure(flow.CodeCut, "the answer broke off in its header, or is not HTTP; Plaid may have carried the call out")
	case strings.Contains(text, "malformed HTTP"):
		return notPlaid(0, "it is not even HTTP")
	}
	return failure(flow.CodeNoConnection, "Plaid could not be reached: %s", innermost(err))
}

// silence says for what nobody could wait any longer; whole says that all the
// patience there is for a call was used up.
func (c *Client) silence(s sent, whole bool) string {
	patience := "in time"
	if whole {
		patience = fmt.Sprintf("within %g seconds", c.options.Timeout.Seconds())
	}
	switch s {
	case notSent:
		return "there was no connection " + patience + ", so the call never left"
	case wasSent:
		return "the call was sent and no answer came " + patience + "; Plaid may have carried it out"
	default:
		return "no answer came " + patience + "; Plaid may have carried the call out"
	}
}

// certificate says what is wrong with the certificate of the other side; ok is
// false if it is not that.
func (c *Client) certificate(err error) (f flow.Failure, ok bool) {
	var (
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &host):
		f.Code = flow.CodeCertName
		f.Message = "the certificate is not for " + host.Host + namesOf(host.Certificate)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		f.Code = flow.CodeCertTime
		f.Message = fmt.Sprintf("the certificate of %s is valid from %s to %s, and the clock here says %s",
			nameOf(invalid.Cert), day(invalid.Cert.NotBefore), day(invalid.Cert.NotAfter), day(c.options.Now()))
	case errors.As(err, &verify), errors.As(err, &authority), errors.As(err, &invalid):
		f.Code = flow.CodeCertAuthority
		f.Message = "the certificate was not accepted: " + innermost(err)
		if issuer := issuerOf(verify, authority); issuer != "" {
			f.Message = fmt.Sprintf("the certificate was issued by %q, which this machine does not trust", issuer)
		}
	}
	f.Message = c.said(f.Message)
	return f, f.Code != ""
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// issuerOf names who issued the certificate that was not accepted: at an
// interception that is the company or the program that intercepts.
func issuerOf(verify *tls.CertificateVerificationError, authority x509.UnknownAuthorityError) string {
	cert := authority.Cert
	if verify != nil && len(verify.UnverifiedCertificates) > 0 {
		cert = verify.UnverifiedCertificates[0]
	}
	if cert == nil {
		return ""
	}
	name := cert.Issuer.CommonName
	if organization := strings.Join(cert.Issuer.Organization, ", "); name == "" {
		name = organization
	} else if organization != "" && !strings.Contains(name, organization) {
		name += " (" + organization + ")"
	}
	return name
}

func nameOf(cert *x509.Certificate) string {
	if len(cert.DNSNames) > 0 {
		return cert.DNSNames[0]
	}
	return cert.Subject.CommonName
}

func namesOf(cert *x509.Certificate) string {
	if cert == nil || nameOf(cert) == "" {
		return ""
	}
	return " but for " + nameOf(cert)
}

// isOffline reports whether there is no network at all. The resolver says so in
// text only.
func isOffline(err error, text string) bool {
	return HasNoWay(err) || strings.Contains(text, "network is unreachable")
}

// address is where a connection was tried, as far as is known.
func (c *Client) address(err error) string {
	for ; err != nil; err = errors.Unwrap(err) {
		if dial, ok := err.(*net.OpError); ok && dial.Addr != nil { //nolint:errorlint // each one of the chain
			return dial.Addr.String()
		}
	}
	return "this address"
}

// innermost leaves out what wraps the cause: method and address, which the
// exchange shows anyway.
func innermost(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err.Error()
}
