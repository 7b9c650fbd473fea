package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"layersim/fixtures"
	"layersim/flow/linkpage/pagetest"
	"layersim/flow/loopback"
	"layersim/flow/plaidsim"

	"github.com/chromedp/chromedp"
)

// Clients of Plaid's as they come from npm, unmodified, against the simulator as
// 'layersim serve' serves it: react-plaid-link and plain pages in Chromium,
// plaid-node under Node. Their versions are fixed in testdata/clients.

// clientsDir holds the clients and the apps that use them.
const clientsDir = "testdata/clients"

// needClients skips a test where Node or the clients are missing. No test
// fetches anything.
func needClients(t *testing.T) {
	t.Helper()
	missing := ""
	if _, err := exec.LookPath("node"); err != nil {
		missing = "no node in PATH"
	} else if _, err := os.Stat(filepath.Join(clientsDir, "node_modules", ".package-lock.json")); err != nil {
		missing = "the clients are not installed; run: npm ci --ignore-scripts --prefix cmd/layersim/" + clientsDir
	}
	switch {
	case missing == "":
	case os.Getenv("LAYERSIM_REQUIRE_ALL") != "":
		t.Fatal(missing)
	default:
		t.Skip(missing)
	}
}

// bundle makes one script of an app and what it imports, as an app's own build
// would, and returns it. Each alias is name=package.
func bundle(t *testing.T, source string, aliases ...string) []byte {
	t.Helper()
	args := []string{"node_modules/esbuild/bin/esbuild", source, "--bundle", "--jsx=automatic", "--log-level=warning"}
	for _, a := range aliases {
		args = append(args, "--alias:"+a)
	}
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir = clientsDir
	var problems bytes.Buffer
	cmd.Stderr = &problems
	script, err := cmd.Output()
	if err != nil {
		t.Fatalf("bundle %s: %v\n%s", source, err, &problems)
	}
	return script
}

// neighbourhood is a simulator and the apps that use it, and a browser in which
// the names of both lead to this machine:
//
//	http://127.0.0.1:PORT   the simulator, as served by 'layersim serve'
//	https://cdn.plaid.com   the same, where react-plaid-link looks for it
//	http(s)://app.test      the apps' pages, and so under any other name
type neighbourhood struct {
	sim     *plaidsim.Sim
	url     string // of the simulator on loopback
	plain   string // of the apps on loopback
	pages   *http.ServeMux
	browser context.Context
}

func clientsCatalog(t *testing.T) *fixtures.Catalog {
	t.Helper()
	catalog, err := fixtures.Load(filepath.Join(clientsDir, "fixtures"))
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

func newSimulator(t *testing.T, change ...func(*plaidsim.Config)) *plaidsim.Sim {
	t.Helper()
	cfg := plaidsim.Config{Catalog: clientsCatalog(t), Now: time.Now, Seed: 1}
	for _, f := range change {
		f(&cfg)
	}
	return plaidsim.New(cfg)
}

func newNeighbourhood(t *testing.T, change ...func(*plaidsim.Config)) *neighbourhood {
	t.Helper()
	n := &neighbourhood{sim: newSimulator(t, change...), pages: http.NewServeMux()}
	n.url = startServer(t, n.sim.Loopback(), nil)
	byHost := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "cdn.plaid.com" {
			n.sim.Loopback().ServeHTTP(w, r)
		} else {
			n.pages.ServeHTTP(w, r)
		}
	})
	certificate, key := newCertificate(t)
	n.plain = startServer(t, n.pages, nil)
	secure := startServer(t, byHost, certificate)
	// A user's own browser is given the same two flags; see the README.
	https := strings.TrimPrefix(secure, "https://")
	n.browser = pagetest.NewBrowser(t,
		chromedp.Flag("host-resolver-rules", "MAP cdn.plaid.com:443 "+https+", MAP *:443 "+https+", MAP *:80 "+strings.TrimPrefix(n.plain, "http://")),
		chromedp.Flag("ignore-certificate-errors-spki-list", key),
	)
	return n
}

func startServer(t *testing.T, h http.Handler, certificate *tls.Certificate) string {
	t.Helper()
	server := &httptest.Server{Config: loopback.NewServer(h)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server.Listener = listener
	if certificate == nil {
		server.Start()
	} else {
		server.TLS = &tls.Config{Certificates: []tls.Certificate{*certificate}}
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return server.URL
}

// newCertificate returns a certificate that nobody signed, and the hash of its
// key by which Chromium is told to take it.
func newCertificate(t *testing.T) (_ *tls.Certificate, keyHash string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(public)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, base64.StdEncoding.EncodeToString(hash[:])
}
