package loopback

import (
	"context"
	"errors"
	"net"
)

// errElsewhere is why Dial does not connect.
var errElsewhere = errors.New("the address is not on this machine")

// Dial connects to a host for which Host is true, and to nothing else. No name
// server is asked: that of a strange network could lead localhost, or a name
// below it, away.
func Dial(ctx context.Context, d *net.Dialer, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	switch {
	case err != nil:
		return nil, err
	case !Host(host):
		return nil, errElsewhere
	}
	if ip, ok := Address(host); ok {
		return d.DialContext(ctx, network, net.JoinHostPort(ip.String(), port))
	}
	conn, err := d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		if conn6, err6 := d.DialContext(ctx, network, net.JoinHostPort("::1", port)); err6 == nil {
			return conn6, nil
		}
	}
	return conn, err
}
