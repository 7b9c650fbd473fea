package detour

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// dialer returns how other hosts are reached: directly, or through the proxy
// that upstream names for them, as the app would have done.
func dialer(upstream func(*url.URL) (*url.URL, error)) func(context.Context, string) (net.Conn, error) {
	var d net.Dialer
	return func(ctx context.Context, hostport string) (net.Conn, error) {
		via, err := upstream(&url.URL{Scheme: "https", Host: strings.TrimSuffix(hostport, ":443")})
		if err != nil {
			return nil, err
		}
		if via == nil {
			return d.DialContext(ctx, "tcp", hostport)
		}
		conn, err := dialProxy(ctx, via)
		if err != nil {
			return nil, fmt.Errorf("the proxy %s: %w", via.Redacted(), err)
		}
		through, err := askProxy(ctx, conn, via, hostport)
		if err != nil {
			_ = conn.Close()
			return nil, fmt.Errorf("the proxy %s: %w", via.Redacted(), err)
		}
		return through, nil
	}
}

// dialProxy connects to the operator's own proxy.
func dialProxy(ctx context.Context, via *url.URL) (net.Conn, error) {
	address := via.Host
	switch via.Scheme {
	case "http":
		if via.Port() == "" {
			address = net.JoinHostPort(via.Hostname(), "80")
		}
		var d net.Dialer
		return d.DialContext(ctx, "tcp", address)
	case "https":
		if via.Port() == "" {
			address = net.JoinHostPort(via.Hostname(), "443")
		}
		d := tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12}}
		return d.DialContext(ctx, "tcp", address)
	}
	return nil, fmt.Errorf("a proxy of the kind %q cannot be chained, only http and https", via.Scheme)
}

// askProxy asks the operator's proxy for a tunnel to a host.
func askProxy(ctx context.Context, conn net.Conn, via *url.URL, hostport string) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	ask := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: hostport}, Host: hostport, Header: http.Header{}}
	if user := via.User; user != nil {
		password, _ := user.Password()
		ask.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := ask.Write(conn); err != nil {
		return nil, err
	}
	r := bufio.NewReader(conn)
	said, err := http.ReadResponse(r, ask) //nolint:bodyclose // after CONNECT the body is the tunnel
	if err != nil {
		return nil, err
	}
	if said.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered %s", said.Status)
	}
	_ = conn.SetDeadline(time.Time{})
	return withRest(conn, r), nil
}
