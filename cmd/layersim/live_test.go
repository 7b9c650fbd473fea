package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"layersim/fixtures"
	"layersim/flow/linkpage/pagetest"
	"layersim/flow/plaidsim"

	"github.com/chromedp/chromedp"
)

// far is a Plaid outside of the program, for a test: the simulator behind a
// socket, which delivers events as documented.
type far struct {
	sim     *plaidsim.Sim
	url     string
	environ []string // what leads the program there
	browser []chromedp.ExecAllocatorOption
}

const (
	farClient   = "5f1a2b3c4d5e6f7a8b9c0d1e"
	farSecret   = "0123456789abcdef0123456789abcd"
	farTemplate = "default"
)

// newFar serves a simulator over HTTP, or over TLS with an authority that
// nobody else trusts. wrap may put something in between.
func newFar(t *testing.T, secure bool, wrap func(http.Handler) http.Handler) *far {
	t.Helper()
	return newFarWith(t, "", secure, wrap)
}

// newFarWith does the same with other users besides, from a folder of fixtures.
func newFarWith(t *testing.T, folder string, secure bool, wrap func(http.Handler) http.Handler) *far {
	t.Helper()
	catalog, err := fixtures.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	template, _ := catalog.Template(farTemplate)
	f := &far{sim: plaidsim.New(plaidsim.Config{
		Catalog: catalog, Now: time.Now, Seed: 7, Delivery: plaidsim.Documented,
		Credentials: func(id, secret string) bool { return id == farClient && secret == farSecret },
	})}
	t.Cleanup(f.sim.Close)
	handler := f.sim.Loopback()
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewUnstartedServer(handler)
	if secure {
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	f.url = server.URL
	f.environ = []string{
		"PLAID_CLIENT_ID=" + farClient, "PLAID_SECRET=" + farSecret, "LAYER_TEMPLATE_ID=" + template.ID, "LAYERSIM_PLAID_URL=" + server.URL,
	}
	if secure {
		authority := filepath.Join(t.TempDir(), "authority.pem")
		pemBytes := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		if err := os.WriteFile(authority, pemBytes, 0o600); err != nil {
			t.Fatal(err)
		}
		f.environ = append(f.environ, "LAYERSIM_CA_FILE="+authority)
		key := sha256.Sum256(server.Certificate().RawSubjectPublicKeyInfo)
		f.browser = append(f.browser, chromedp.Flag("ignore-certificate-errors-spki-list", base64.StdEncoding.EncodeToString(key[:])))
	}
	return f
}

// window opens a browser that trusts the certificate, if there is one.
func (f *far) window(t *testing.T) context.Context {
	t.Helper()
	if f.browser == nil {
		return pagetest.NewWindow(t)
	}
	return pagetest.NewBrowser(t, f.browser...)
}

// pageIsDone: nothing is left to do in the page.
const pageIsDone = `/This session is over|Go back to the terminal|Thank you/.test(document.body.textContent)`

// overBoth runs a test with the far Plaid over HTTP and over TLS.
func overBoth(t *testing.T, test func(t *testing.T, secure bool)) {
	t.Run("HTTP", func(t *testing.T) { test(t, false) })
	if !raceDetector { // nothing of ours is different then
		t.Run("TLS", func(t *testing.T) { test(t, true) })
	}
}

// startLive begins a walk against a far Plaid.
func startLive(t *testing.T, f *far) (*robot, context.Context) {
	t.Helper()
	browser := f.window(t)
	asked := make(opened, 4)
	r := startRobot(t, settings{env: "sandbox", environ: f.environ}, 120, 36, surroundings{browser: asked})
	r.await("Ask for a link_token|Get a link_token|Create a Link token")
	r.press("enter")
	r.await("Create the handler")
	r.press("enter")
	pagetest.Run(t, browser, chromedp.Navigate(asked.address(t)))
	r.await("Ask for the phone number")
	return r, browser
}

// submitsPhone types a number and waits for what comes of it.
func submitsPhone(r *robot, number, outcome string) {
	r.t.Helper()
	r.typed(number)
	r.press("enter")
	r.await(outcome)
}

func TestLiveWalk(t *testing.T) {
	overBoth(t, func(t *testing.T, secure bool) {
		r, browser := liveToLink(t, newFar(t, secure, nil))
		finishes(t, r, browser)
		pagetest.InPage(t, browser, pageIsDone)
	})
}
