package outbox

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// A name is resolved after it was looked at, by somebody else: only the address
// that is dialled counts.
func TestTheAddressThatIsDialledIsChecked(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for _, test := range []struct {
		target string
		ok     bool
	}{
		{server.URL, true},
		{strings.Replace(server.URL, "127.0.0.1", "localhost", 1), true},
		{strings.Replace(server.URL, "127.0.0.1", "deep.app.localhost", 1), true},
		{"http://192.0.2.1:80", false}, {"http://[2001:db8::1]:80", false}, {"http://0.0.0.0:80", false}, {"http://[::]:80", false},
		{"http://169.254.169.254", false}, {"http://[::ffff:10.0.0.1]:80", false},
	} {
		// As if the check by name had let it pass.
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, test.target, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := NewTransport(false).RoundTrip(r)
		if err == nil {
			_ = resp.Body.Close()
		}
		if test.ok != (err == nil) || !test.ok && !errors.Is(err, errNotLoopback) {
			t.Errorf("%s: %v", test.target, err)
		}
	}
	for address, ok := range map[string]bool{
		"127.0.0.1:80": true, "127.255.0.9:80": true, "[::1]:80": true, "[::ffff:127.0.0.1]:80": true,
		"93.184.215.14:80": false, "10.0.0.1:80": false, "[fe80::1%lo]:80": false, "0.0.0.0:80": false, "nonsense": false,
	} {
		if err := onlyLoopback("tcp", address, nil); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// nameServer is the other end of a connection to a name server that gives every
// name the address 192.0.2.7, which belongs to nobody.
func nameServer(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	for {
		var size [2]byte // as DNS over TCP has it
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		q := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, q); err != nil {
			return
		}
		end := 12 // of the name in the question
		for q[end] != 0 {
			end += int(q[end]) + 1
		}
		a := append(bytes.Clone(q[:2]), 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
		a = append(a, q[12:end+5]...)
		if binary.BigEndian.Uint16(q[end+1:]) == 1 { // an A record is asked for
			a[7] = 1
			a = append(a, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7)
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a...)); err != nil {
			return
		}
	}
}

func TestNoProxySeesWebhooks(t *testing.T) {
	if NewTransport(false).Proxy != nil || NewTransport(true).Proxy != nil {
		t.Error("a proxy would see what is meant for this machine")
	}
}

func TestANameThatLeadsElsewhereIsNotFollowed(t *testing.T) {
	dialer := newDialer(false)
	var asked atomic.Int32
	dialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		asked.Add(1)
		ours, theirs := net.Pipe() // no packet connection, so DNS over TCP is spoken
		go nameServer(theirs)
		return ours, nil
	}}
	_, err := dialer.DialContext(t.Context(), "tcp", "rebind.example:80")
	if !errors.Is(err, errNotLoopback) || !strings.Contains(err.Error(), "192.0.2.7") || asked.Load() == 0 {
		t.Errorf("%v, asked %d times", err, asked.Load())
	}
}
