package linkpage

import (
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/base64"
	"io"
	"net/http"
	"strings"

	"layersim/flow"
)

//go:embed web
var web embed.FS

// files maps what may be asked for to what it is. Nothing else exists.
var files = map[string]string{
	"page.css":   "text/css; charset=utf-8",
	"page.js":    "text/javascript; charset=utf-8",
	"bridge.js":  "text/javascript; charset=utf-8",
	"handler.js": "text/javascript; charset=utf-8",
	"script.js":  "text/javascript; charset=utf-8",
	"icon.svg":   "image/svg+xml",
}

// newSecret returns 144 random bits as a path segment.
func newSecret(random io.Reader) (string, error) {
	b := make([]byte, 18)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// ServeHTTP serves the page, its files and its bridge, to nobody but a browser
// that was given the URL: another site that guesses the port has the wrong
// Origin, a name that was rebound to loopback the wrong Host, and neither
// knows the path.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		http.Error(w, "The page is closed.", http.StatusServiceUnavailable)
		return
	}
	p.handlers.Add(1)
	port, secret := p.port, p.secret
	p.mu.Unlock()
	defer p.handlers.Done()

	protect(w.Header(), p.policy(r.Host))
	if r.Host != "127.0.0.1:"+port && r.Host != "localhost:"+port {
		p.refuse(w, http.StatusForbidden, "host")
		return
	}
	given, name, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if !found || subtle.ConstantTimeCompare([]byte(given), []byte(secret)) != 1 {
		p.refuse(w, http.StatusNotFound, "path")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		p.refuse(w, http.StatusMethodNotAllowed, "method")
		return
	}
	// A browser always says where a websocket comes from, and never says so
	// falsely.
	if origin := r.Header.Get("Origin"); origin != "http://"+r.Host && (origin != "" || name == "bridge") {
		p.refuse(w, http.StatusForbidden, "origin")
		return
	}
	switch {
	case name == "bridge":
		p.serveBridge(w, r)
	case name == "":
		p.servePage(w, p.policy(r.Host))
	case files[name] != "":
		p.serveFile(w, name)
	default:
		p.refuse(w, http.StatusNotFound, "path")
	}
}

func (p *Page) refuse(w http.ResponseWriter, status int, why string) {
	p.opts.Log.Warn("local page refused a request", "because", why, "status", status)
	http.Error(w, http.StatusText(status), status)
}

func (p *Page) servePage(w http.ResponseWriter, policy policy) {
	words := document{simulated: p.opts.Simulated, elsewhere: flow.CleanLine(p.opts.Elsewhere, maxSentence)}
	if policy.live {
		words.nonce = rand.Text()
		policy.nonce = words.nonce
		protect(w.Header(), policy)
	}
	body, err := words.text()
	if err != nil {
		p.refuse(w, http.StatusInternalServerError, "page: "+err.Error())
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, body)
}

func (p *Page) serveFile(w http.ResponseWriter, name string) {
	body, err := web.ReadFile("web/" + name)
	if err != nil {
		p.refuse(w, http.StatusNotFound, "file")
		return
	}
	w.Header().Set("Content-Type", files[name])
	_, _ = w.Write(body) //nolint:gosec // a file that was built into this program
}
