package detour

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"layersim/flow/guard"
	"layersim/flow/loopback"
)

// Config is what a detour is made of.
type Config struct {
	// Simulator answers for the hosts in Simulated.
	Simulator http.Handler
	// Environ is the environment that the app would have without the detour.
	Environ []string
	// Upstream names the proxy of the operator's own for an address, nil for
	// none; connections to other hosts go through it.
	Upstream func(*url.URL) (*url.URL, error)
	// Java is whether to set up Java too. No JVM can be given a proxy's
	// password from outside, so this opens a proxy that wants none.
	Java bool
}

// Detour is a set of listeners and files that Close takes away.
type Detour struct {
	dir       string
	identity  identity
	plaid     net.Addr // the TLS server
	proxies   []*proxy
	servers   []*http.Server
	failed    chan error
	variables []Variable
	environ   []string
}

// Start listens and writes the files that SDKs want.
func Start(ctx context.Context, c Config) (*Detour, error) {
	d := &Detour{failed: make(chan error, 4)}
	if err := d.start(ctx, c); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Detour) start(ctx context.Context, c Config) error {
	var err error
	if d.identity, err = newIdentity(time.Now()); err != nil {
		return err
	}
	direct, err := listen(ctx)
	if err != nil {
		return err
	}
	d.plaid = direct.Addr()
	handed := newHandoff(d.plaid)
	server := newServer(answer(c.Simulator))
	secure := &tls.Config{Certificates: []tls.Certificate{d.identity.server}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	d.serve(server, tls.NewListener(direct, secure), tls.NewListener(handed, secure))

	dial := dialer(c.Upstream)
	open := func(password string) (net.Addr, *proxy, error) {
		l, err := listen(ctx)
		if err != nil {
			return nil, nil, err
		}
		p := newProxy(password, handed, dial)
		d.proxies = append(d.proxies, p)
		d.serve(newServer(p), l)
		return l.Addr(), p, nil
	}
	at, p, err := open(rand.Text())
	if err != nil {
		return err
	}
	s := setting{proxyURL: p.url(at.String()), proxy: at, plaid: d.plaid, identity: d.identity, environ: c.Environ}
	if c.Java {
		if s.java, _, err = open(""); err != nil {
			return err
		}
	}
	if d.dir, err = makeFolder(); err != nil {
		return err
	}
	s.dir = d.dir
	d.variables, err = s.variables()
	d.environ = with(c.Environ, d.variables)
	return err
}

// Environ is the environment to start the app with.
func (d *Detour) Environ() []string { return d.environ }

// Variables are what Environ has changed, in a fixed order.
func (d *Detour) Variables() []Variable { return d.variables }

// BrowserFlags make Chromium load Link from the simulator. They are heeded only
// beside --user-data-dir (Chromium: --ignore-certificate-errors-spki-list).
func (d *Detour) BrowserFlags() []string {
	rules := make([]string, len(taken))
	for i, host := range taken {
		rules[i] = fmt.Sprintf("MAP %s:443 %s", host, d.plaid)
	}
	return []string{"--host-resolver-rules=" + strings.Join(rules, ","), "--ignore-certificate-errors-spki-list=" + d.identity.pin}
}

// Failed is told if a listener breaks.
func (d *Detour) Failed() <-chan error { return d.failed }

// Close ends all connections and removes the files.
func (d *Detour) Close() error {
	var failed error
	for _, s := range d.servers {
		failed = errors.Join(failed, s.Close())
	}
	for _, p := range d.proxies {
		p.close()
	}
	return errors.Join(failed, removeFolder(d.dir)) // the folder's name is in the error
}

// maxConnections is how many connections each listener has at once.
const maxConnections = 4096

// listen takes a free port of this machine.
func listen(ctx context.Context) (net.Listener, error) {
	l, err := loopback.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return loopback.Limit(l, maxConnections), nil
}

func (d *Detour) serve(s *http.Server, listeners ...net.Listener) {
	d.servers = append(d.servers, s)
	for _, l := range listeners {
		guard.Go(func() {
			if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				d.failed <- err
			}
		})
	}
}

func newServer(h http.Handler) *http.Server {
	s := loopback.NewServer(h)
	s.ErrorLog = quiet // a client that does not trust the certificate says so itself
	return s
}
