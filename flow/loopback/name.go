// Package loopback says which addresses are this machine, and how this program
// serves on them: one rule and one set of limits for everything that listens.
//
//	if !loopback.Host(name) { … }            // by its name alone; nothing is resolved
//	listener, err := loopback.Listen(ctx, addr) // where nobody else can come in
//	server := loopback.NewServer(handler)       // with limits
//	server.Serve(loopback.Limit(listener, most))
package loopback

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Host reports whether a host, without a port, is this machine by its name
// alone: localhost and all below it (RFC 6761, section 6.3), 127.0.0.0/8 and
// ::1, each however it is written; a dot at the end makes no difference.
// Nothing is resolved: a name other than localhost is another machine, wherever
// it leads. Numbers that only some programs take for an address (2130706433,
// 0x7f.1, 127.1) are none.
func Host(host string) bool {
	if name := strings.ToLower(strings.TrimSuffix(host, ".")); name == "localhost" || strings.HasSuffix(name, ".localhost") && isName(name) {
		return true
	}
	ip, ok := Address(host)
	return ok && ip.IsLoopback()
}

// Address reads an IP address as a host, such as that of a URL; ok says that it
// is one. One that is written as IPv6 but means IPv4 (::ffff:127.0.0.1) is IPv4.
func Address(host string) (ip netip.Addr, ok bool) {
	ip, err := netip.ParseAddr(strings.TrimSuffix(host, "."))
	return ip.Unmap().WithZone(""), err == nil
}

// SplitHost returns the host in "host" or "host:port", as the Host header of a
// request has it, without the brackets of an IPv6 address; ok says that it is
// written properly.
func SplitHost(hostport string) (host string, ok bool) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil { // no port
		host, bracketed := strings.CutPrefix(hostport, "[")
		if bracketed {
			host, ok = strings.CutSuffix(host, "]")
			return host, ok && strings.Contains(host, ":") && !strings.ContainsAny(host, "[]")
		}
		return host, host != "" && !strings.ContainsAny(host, "[]:")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	bracketed := strings.HasPrefix(hostport, "[")
	return host, err == nil && n > 0 && host != "" && bracketed == strings.Contains(host, ":")
}

// Names reports whether the Host header of a request names this machine.
func Names(hostport string) bool {
	host, ok := SplitHost(hostport)
	return ok && Host(host)
}

// isName reports whether a name is made of proper labels.
func isName(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
		}) {
			return false
		}
	}
	return true
}
