package loopback

import (
	"context"
	"errors"
	"net"
)

// Errors of CheckListen.
var (
	ErrAddress   = errors.New("write it as host:port, such as 127.0.0.1:8137")
	ErrReachable = errors.New("other machines could reach it; use 127.0.0.1, localhost or [::1]")
)

// CheckListen says what is wrong with an address to listen on, host:port, if
// nobody but this machine may reach it: ErrReachable, or ErrAddress.
func CheckListen(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	switch {
	case err != nil:
		return ErrAddress
	case !Host(host):
		return ErrReachable
	}
	return nil
}

// Listen takes an address that nobody but this machine can reach. Of a name it
// asks nobody: localhost is 127.0.0.1, whatever a hosts file says. The error is
// CheckListen's, or the system's.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	if err := CheckListen(addr); err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(addr)
	at := "127.0.0.1"
	if ip, ok := Address(host); ok {
		at = ip.String()
	}
	var config net.ListenConfig
	return config.Listen(ctx, "tcp", net.JoinHostPort(at, port))
}
