package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"

	"layersim/flow"
	"layersim/flow/loopback"
)

// maxConnections is how many connections a simulator has at once: one for each
// Link session that it remembers, and some.
const maxConnections = 16_000

// listen listens where --addr says, on this machine only.
func (s serveSettings) listen(ctx context.Context) (net.Listener, error) {
	return s.listened(loopback.Listen(ctx, s.addr))
}

// listenForOthers is listen, but where others can come in too if they are meant
// to.
func (s serveSettings) listenForOthers(ctx context.Context) (net.Listener, error) {
	err := loopback.CheckListen(s.addr)
	switch {
	case !errors.Is(err, loopback.ErrReachable):
		return s.listen(ctx)
	case !s.reachable:
		return nil, usagef("--addr %s: other machines could reach the simulator there, and whoever does can read and change all that is simulated, without a password. "+
			"Use 127.0.0.1, localhost or [::1]. If others are meant to reach it, such as a phone on your network or a container, add --reachable-by-others", flow.CleanLine(s.addr, 100))
	}
	var config net.ListenConfig
	return s.listened(config.Listen(ctx, "tcp", s.addr))
}

// listened says what of --addr was wrong.
func (s serveSettings) listened(l net.Listener, err error) (net.Listener, error) {
	addr := flow.CleanLine(s.addr, 100)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, loopback.ErrAddress), errors.Is(err, loopback.ErrReachable):
		return nil, usagef("--addr %s: %w", addr, err)
	}
	return nil, usagef("cannot listen on %s: %w. Choose another with --addr, or --addr 127.0.0.1:0 for a free port", addr, err)
}

// addressHere is the address of a listener for programs on this machine.
func addressHere(at net.Addr) string {
	if to, err := netip.ParseAddrPort(at.String()); err == nil && to.Addr().IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", to.Port())
	}
	return "http://" + at.String()
}

// warnOfOthers says what --reachable-by-others means, and where others find the
// simulator.
func warnOfOthers(w io.Writer, at net.Addr) {
	text := "layersim: warning: other machines can reach the simulator. Anyone who does can read and change all that is simulated, without a password: " +
		"what your app sends and what is typed into Link, tokens, faults, the clock; and can have webhooks sent from here. Use it in a network you trust, with made-up data.\n"
	if found := addressesForOthers(at); len(found) > 0 {
		text += "layersim: from other machines it is " + strings.Join(found, " or ") + "\n"
	}
	_, _ = io.WriteString(w, text)
}

// addressesForOthers are where other machines find a listener that listens on
// every address of this machine.
func addressesForOthers(at net.Addr) (found []string) {
	to, err := netip.ParseAddrPort(at.String())
	if err != nil || !to.Addr().IsUnspecified() {
		return nil // there is no other than the one it was given
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range own {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil || !prefix.Addr().IsGlobalUnicast() || prefix.Addr().Is6() && to.Addr().Is4() {
			continue
		}
		found = append(found, "http://"+netip.AddrPortFrom(prefix.Addr(), to.Port()).String())
	}
	return found
}

// hostNames reads --host.
func hostNames(given []string) (names []string, err error) {
	for _, name := range given {
		host, ok := loopback.SplitHost(name)
		plain := strings.TrimSuffix(name, ".")
		if _, isIP := loopback.Address(host); !ok || isIP || host != name || slices.Contains(strings.Split(plain, "."), "") || strings.ContainsAny(name, "/\\@*?# ") || flow.CleanLine(name, 0) != name {
			return nil, usagef("--host %q: write a name alone, without a scheme and a port, such as layersim or host.docker.internal", flow.CleanLine(name, 100))
		}
		names = append(names, strings.ToLower(plain))
	}
	return names, nil
}
