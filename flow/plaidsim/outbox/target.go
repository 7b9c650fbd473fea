package outbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"layersim/flow/loopback"
)

// errNotLoopback is why a target is refused.
var errNotLoopback = errors.New("webhooks go to this machine only: localhost, *.localhost, 127.0.0.0/8 or [::1]; remote ones must be allowed first (--allow-remote-webhooks)")

// longestTarget bounds what is remembered of an app's request.
const longestTarget = 2_000

// CheckTarget says why a URL gets no webhooks, or nil. Nothing is resolved: a
// name other than localhost is remote, wherever it leads.
func CheckTarget(target string, allowRemote bool) error {
	u, err := url.Parse(target)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("a webhook needs a URL with http or https")
	}
	if len(target) > longestTarget {
		return errors.New("the URL of a webhook is longer than 2,000 bytes")
	}
	if allowRemote || loopback.Host(u.Hostname()) {
		return nil
	}
	return errNotLoopback
}

// destination is the part of a URL that one receiver answers for.
func destination(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

// newDialer connects to this machine only, unless remote is allowed. The
// address is checked when it is about to be dialled, after any name was
// resolved, so that a name server cannot lead anywhere else.
func newDialer(allowRemote bool) *net.Dialer {
	dialer := &net.Dialer{Timeout: Timeout}
	if !allowRemote {
		dialer.Control = onlyLoopback
	}
	return dialer
}

// NewTransport carries webhooks over real connections, to this machine only
// unless remote is allowed. It uses no proxy: that would see what is meant for
// this machine.
func NewTransport(allowRemote bool) *http.Transport {
	dialer := newDialer(allowRemote)
	return &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if host, _, err := net.SplitHostPort(addr); err == nil && loopback.Host(host) {
				return loopback.Dial(ctx, dialer, network, addr)
			}
			return dialer.DialContext(ctx, network, addr)
		},
		// A connection of its own for each: nothing stays open between them.
		DisableKeepAlives:      true,
		DisableCompression:     true,
		TLSHandshakeTimeout:    Timeout,
		MaxResponseHeaderBytes: 16 << 10,
	}
}

// onlyLoopback stops a connection before it is made.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	addr, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("cannot tell where %q is: %w", address, errNotLoopback)
	}
	if !addr.Addr().Unmap().WithZone("").IsLoopback() {
		return errNotLoopback
	}
	return nil
}
