package plaidsim

import (
	"embed"
	"io/fs"
	"net/http"
	"strconv"
)

// The folder holds the web half of Link: the script that apps load and the
// frame that draws its panes.
//
//go:embed web
var webFiles embed.FS

type asset struct {
	body []byte
	kind string
	page bool // a document, which gets the strict policy
	open bool // any page may load it as a module, or with the crossorigin attribute
}

// assets are served at the same paths as on Plaid's CDN; the frame's files lie
// beside the script.
var assets = loadAssets(map[string]asset{
	"/link/v2/stable/link-initialize.js": {kind: "text/javascript; charset=utf-8", open: true},
	"/link/v2/frame.html":                {kind: "text/html; charset=utf-8", page: true},
	"/link/v2/frame.js":                  {kind: "text/javascript; charset=utf-8"},
	"/link/v2/frame.css":                 {kind: "text/css; charset=utf-8"},
})

func loadAssets(served map[string]asset) map[string]asset {
	for path, a := range served {
		body, err := fs.ReadFile(webFiles, "web"+path[lastSlash(path):])
		if err != nil {
			delete(served, path)
			continue
		}
		a.body = body
		served[path] = a
	}
	return served
}

func lastSlash(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '/' {
			return i
		}
	}
	return 0
}

// framePolicy lets the frame load and reach only the simulator.
//
// Any page may hold the frame, as with Plaid: an app may run under any name
// (http, https, a file), or be framed itself. A page can do nothing with it
// that it could not do without: there is no cookie and nobody is signed in, so
// the frame is empty until the page hands it a link_token, and what it shows
// then is the made-up data of that token's session.
const framePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'"

// serveAsset reports whether the request was for a web asset.
func serveAsset(w http.ResponseWriter, r *http.Request) bool {
	a, ok := assets[r.URL.Path]
	if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if a.page {
		h.Set("Content-Security-Policy", framePolicy)
	}
	if !a.open && !a.page {
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
	if a.open {
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	if r.Method == http.MethodGet {
		_, _ = w.Write(a.body)
	}
	return true
}
