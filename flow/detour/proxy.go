package detour

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"layersim/flow/guard"
)

// maxTunnels is how many connections to other hosts are open at once.
const maxTunnels = 1024

// dialPatience is how long a connection to another host may take to come up.
const dialPatience = 30 * time.Second

// proxy is an HTTP proxy for CONNECT. Connections to the hosts that are taken
// go to the TLS server; all others are passed through untouched.
type proxy struct {
	// password is wanted of every client; empty wants none.
	password string
	plaid    *handoff
	dial     func(ctx context.Context, hostport string) (net.Conn, error)

	room    chan struct{} // one for each tunnel
	mu      sync.Mutex
	closed  bool
	tunnels map[net.Conn]struct{} // the clients' ends
}

func newProxy(password string, plaid *handoff, dial func(context.Context, string) (net.Conn, error)) *proxy {
	return &proxy{password: password, plaid: plaid, dial: dial, room: make(chan struct{}, maxTunnels), tunnels: map[net.Conn]struct{}{}}
}

const proxyUser = "layersim"

// url is the proxy's address as clients are given it.
func (p *proxy) url(address string) string {
	u := url.URL{Scheme: "http", Host: address}
	if p.password != "" {
		u.User = url.UserPassword(proxyUser, p.password)
	}
	return u.String()
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !p.allowed(r):
		w.Header().Set("Proxy-Authenticate", `Basic realm="layersim exec"`)
		http.Error(w, "this proxy belongs to one run of layersim exec", http.StatusProxyAuthRequired)
	case r.Method != http.MethodConnect:
		http.Error(w, "this proxy of layersim exec is for https addresses, by CONNECT", http.StatusNotImplemented)
	default:
		p.connect(w, r)
	}
}

func (p *proxy) allowed(r *http.Request) bool {
	if p.password == "" {
		return true
	}
	want := sha256.Sum256([]byte("Basic " + base64.StdEncoding.EncodeToString([]byte(proxyUser+":"+p.password))))
	got := sha256.Sum256([]byte(r.Header.Get("Proxy-Authorization")))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

func (p *proxy) connect(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	switch {
	case err != nil:
		http.Error(w, "CONNECT wants host:port", http.StatusBadRequest)
		return
	case !slices.Contains(taken, hostOf(host)):
		p.tunnel(w, r)
		return
	case port != "443":
		http.Error(w, hostOf(host)+" is simulated at port 443 only", http.StatusForbidden)
		return
	}
	client, err := accept(w)
	if err != nil {
		return // the client is gone
	}
	p.plaid.give(client)
}

// tunnel carries bytes between the client and another host.
func (p *proxy) tunnel(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), dialPatience)
	defer cancel()
	select {
	case p.room <- struct{}{}:
		defer func() { <-p.room }()
	default:
		http.Error(w, "layersim exec has too many connections open", http.StatusServiceUnavailable)
		return
	}
	host, err := p.dial(ctx, r.Host)
	if err != nil {
		http.Error(w, "layersim exec cannot reach "+r.Host+": "+err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = host.Close() }()
	client, err := accept(w)
	if err != nil {
		return
	}
	defer func() { _ = client.Close() }()
	if !p.open(client) {
		return
	}
	defer p.forget(client)
	splice(client, host)
}

// open notes a tunnel, unless the proxy is closed.
func (p *proxy) open(client net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.tunnels[client] = struct{}{}
	return true
}

func (p *proxy) forget(client net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.tunnels, client)
}

// close ends every tunnel and lets no more begin.
func (p *proxy) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for client := range p.tunnels {
		_ = client.Close()
	}
}

// accept tells the client that it is connected and takes the connection over.
func accept(w http.ResponseWriter) (net.Conn, error) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{}) // a tunnel may be quiet for long
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return withRest(conn, buffered.Reader), nil
}

// withRest is a connection whose first bytes were already read.
func withRest(conn net.Conn, r *bufio.Reader) net.Conn {
	if r.Buffered() == 0 {
		return conn
	}
	return &resumed{Conn: conn, r: r}
}

type resumed struct {
	net.Conn
	r *bufio.Reader
}

func (c *resumed) Read(b []byte) (int, error) { return c.r.Read(b) }

func (c *resumed) CloseWrite() error { return closeWrite(c.Conn) }

// splice copies both ways until both have ended. An end that has said all is
// told on, so that the other may still answer.
func splice(a, b net.Conn) {
	var both sync.WaitGroup
	carry := func(to, from net.Conn) {
		if _, err := io.Copy(to, from); err != nil || closeWrite(to) != nil {
			_ = a.Close()
			_ = b.Close()
		}
	}
	both.Go(guard.Func(func() { carry(a, b) }))
	both.Go(guard.Func(func() { carry(b, a) }))
	both.Wait()
}

func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.New("cannot be closed half")
}
