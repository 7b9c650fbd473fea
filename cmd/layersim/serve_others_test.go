package main

import (
	"context"
	"net"
	"strings"
	"testing"

	"layersim/flow/loopback"
)

// Every address to listen on, with and without the flag that lets others in.
func TestServeListensForOthersOnlyIfMeant(t *testing.T) {
	for _, test := range []struct{ addr, refused, meant string }{ // "" is listened on
		{"127.0.0.1:0", "", ""}, {"localhost:0", "", ""}, {"app.localhost:0", "", ""},
		{"0.0.0.0:0", "--reachable-by-others", ""}, {":0", "--reachable-by-others", ""}, {"[::]:0", "--reachable-by-others", ""},
		{"192.0.2.1:0", "--reachable-by-others", "cannot listen"}, // which is nobody's
		{"nonsense", "127.0.0.1:8137", "127.0.0.1:8137"}, {"\x1b]31m:0", "127.0.0.1:8137", "127.0.0.1:8137"},
	} {
		for _, meant := range []bool{false, true} {
			s := serveSettings{addr: test.addr, reachable: meant}
			l, err := s.listenForOthers(t.Context())
			want := test.refused
			if meant {
				want = test.meant
			}
			if (want == "") != (err == nil) || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\x1b") || codeOf(err) != exitUsage) {
				t.Errorf("%q, meant %v: %v", test.addr, meant, err)
			}
			if err != nil {
				continue
			}
			if host, _, _ := net.SplitHostPort(l.Addr().String()); !meant && !loopback.Host(host) {
				t.Errorf("%q listens on %s", test.addr, l.Addr())
			}
			if here := addressHere(l.Addr()); !strings.HasPrefix(here, "http://127.0.0.1:") {
				t.Errorf("%q: programs on this machine are told %s", test.addr, here)
			}
			_ = l.Close()
		}
		if l, err := (serveSettings{addr: test.addr}).listen(context.Background()); err == nil { // exec's
			if host, _, _ := net.SplitHostPort(l.Addr().String()); !loopback.Host(host) {
				t.Errorf("exec listens on %s", l.Addr())
			}
			_ = l.Close()
		} else if strings.Contains(err.Error(), "reachable-by") {
			t.Errorf("exec has no such flag: %v", err)
		}
	}
}

func TestTheWarningSaysWhatOthersCanDo(t *testing.T) {
	var said strings.Builder
	warnOfOthers(&said, &net.TCPAddr{IP: net.IPv4zero, Port: 8137})
	for _, want := range []string{"warning", "read and change", "without a password", "webhooks"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("no %q in %s", want, said.String())
		}
	}
	for _, found := range addressesForOthers(&net.TCPAddr{IP: net.IPv4zero, Port: 8137}) {
		host, _, _ := net.SplitHostPort(strings.TrimPrefix(found, "http://"))
		if _, isIP := loopback.Address(host); !isIP || loopback.Host(host) || !strings.HasSuffix(found, ":8137") {
			t.Errorf("others are led to %s", found)
		}
	}
}

func TestHostNames(t *testing.T) {
	names, err := hostNames([]string{"Layersim", "host.docker.internal.", "my-box.local"})
	if err != nil || strings.Join(names, " ") != "layersim host.docker.internal my-box.local" {
		t.Errorf("%q %v", names, err)
	}
	for _, wrong := range []string{"", "http://x", "x:8137", "*", "x/y", "192.168.1.5", "[::1]", "a b", "x\x1b[31m", "u@x", ".", "..", "a..b", "a..", ".a"} {
		if _, err := hostNames([]string{wrong}); err == nil || codeOf(err) != exitUsage {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}
