package loopback

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
)

// What is written, and whether it is this machine: as the host of a URL, as the
// Host header of a request, and as an address to listen on.
func TestWhatIsThisMachine(t *testing.T) {
	for _, test := range []struct {
		host string // of a URL
		here bool
	}{
		{"localhost", true}, {"LocalHost", true}, {"localhost.", true}, {"app.localhost", true}, {"a.b.localhost.", true},
		{"127.0.0.1", true}, {"127.0.0.1.", true}, {"127.255.255.254", true}, {"::1", true}, {"0:0:0:0:0:0:0:1", true}, {"::ffff:127.0.0.1", true}, {"::ffff:7f00:1", true}, {"::1%lo", true},

		{"", false}, {".", false}, {"..", false}, {"localhost..", false}, {".localhost", false}, {"a..localhost", false}, {"evil.example/.localhost", false}, {"evil@localhost", false},
		{"evil.example", false}, {"localhost.evil.example", false}, {"127.0.0.1.evil.example", false}, {"127.0.0.1.nip.io", false}, {"notlocalhost", false}, {"localhost.localdomain", false},
		{"0.0.0.0", false}, {"::", false}, {"::ffff:0.0.0.0", false}, {"0", false}, {"127.1", false}, {"127.0.1", false}, {"2130706433", false}, {"0x7f000001", false}, {"0x7f.0.0.1", false}, {"0177.0.0.1", false}, {"127.0.0.01", false},
		{"10.0.0.1", false}, {"192.168.1.5", false}, {"169.254.169.254", false}, {"fe80::1", false}, {"::ffff:10.0.0.1", false}, {"::127.0.0.1", false}, {"64:ff9b::7f00:1", false}, {"2001:db8::1", false},
		{"localhost\x00", false}, {"localhost ", false}, {" localhost", false}, {"l\u00f6calhost", false}, {"\uff4cocalhost", false}, {"127。0。0。1", false}, {"[localhost]", false}, {"127.0.0.1\r\nX: y", false},
	} {
		if got := Host(test.host); got != test.here {
			t.Errorf("Host(%q) is %v", test.host, got)
		}
		written := test.host
		if strings.Contains(written, ":") {
			written = "[" + written + "]"
		}
		for _, port := range []string{"", ":80", ":65535"} {
			if got := Names(written + port); got != test.here {
				t.Errorf("Names(%q) is %v", written+port, got)
			}
		}
		for _, port := range []string{":", ":0", ":65536", ":-1", ":8137:80", ":80@evil.example", ":http", ":80 "} {
			if Names(written + port) {
				t.Errorf("Names(%q)", written+port)
			}
		}
		// Listen takes whatever CheckListen does, and comes to be where nobody else is.
		if err := CheckListen(written + ":0"); (err == nil) != test.here && written != "[localhost]" { // which is localhost there
			t.Errorf("CheckListen(%q): %v", written+":0", err)
		}
	}
	for _, wrong := range []string{"::1", "::1:80", "[::1", "::1]", "[]", "[]:80", "[127.0.0.1]:80", "[localhost]:80", "[[::1]]:80", "localhost]:80", "[::1]80"} {
		if Names(wrong) {
			t.Errorf("Names(%q)", wrong)
		}
	}
	for addr, want := range map[string]error{"8137": ErrAddress, "": ErrAddress, "localhost": ErrAddress, ":8137": ErrReachable, "0.0.0.0:1": ErrReachable, "[::]:1": ErrReachable, "example.com:1": ErrReachable} {
		if _, err := Listen(t.Context(), addr); !errors.Is(err, want) {
			t.Errorf("%q: %v", addr, err)
		}
	}
}

// No name server and no hosts file is asked where this machine is.
func TestListenAndDialAskNobody(t *testing.T) {
	for _, name := range []string{"localhost:0", "LOCALHOST.:0", "deep.app.localhost:0", "127.0.0.1.:0"} {
		l, err := Listen(t.Context(), name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		d := net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			t.Errorf("%s: a name server is asked", name)
			return nil, errors.New("no name server")
		}}}
		conn, err := Dial(t.Context(), &d, "tcp", strings.TrimSuffix(name, "0")+port)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if to := conn.RemoteAddr().String(); to != l.Addr().String() || !strings.HasPrefix(to, "127.0.0.1:") {
			t.Errorf("%s leads to %s", name, to)
		}
		_, _ = conn.Close(), l.Close()
	}
	for _, addr := range []string{"192.0.2.1:80", "evil.example:80", "0.0.0.0:80", "localhost"} {
		if _, err := Dial(t.Context(), &net.Dialer{}, "tcp", addr); err == nil {
			t.Errorf("%s is dialled", addr)
		}
	}
}
