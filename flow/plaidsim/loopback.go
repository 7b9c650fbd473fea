package plaidsim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"layersim/flow/loopback"
)

// Loopback returns the simulator for a socket. It refuses requests that name
// another host than this machine (a page on the internet could otherwise reach
// it by rebinding its own name to 127.0.0.1) and Link sessions driven by a
// page of another origin. Plaid's own names for Sandbox pass, which only a
// detour on this machine can bring here, and the names in Config.Hosts. If it
// is Reachable, any IP address is good: only a name can be rebound.
func (s *Sim) Loopback() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !s.ourHost(r.Host):
			s.refuseForeign(w, forbidden("this simulator answers "+s.names()+", not "+clip(r.Host)))
		case strings.HasPrefix(r.URL.Path, pathLinkSession) && (!sameOrigin(r) || !sameSite(r)):
			s.refuseForeign(w, forbidden("a Link session belongs to the simulator's own frame"))
		case namelessBrowser(r) && !forPages(r):
			s.refuseControl(w, forbidden("a browser that asks by a name other than localhost does not say which page wants this, so it gets nothing but Link; "+
				"use a program, such as curl, whose User-Agent does not begin with Mozilla/"))
		case strings.HasPrefix(r.URL.Path, pathControl) && (!sameOrigin(r) || !sameSite(r)):
			s.refuseControl(w, forbidden("a web page may not drive the simulator; use "+pathControl+" from a program, such as curl"))
		case !forPages(r) && (!sameOrigin(r) || !sameSite(r)):
			// Plaid's API is for servers. A page that may not read the answer
			// could still use up faults and fill the journal.
			s.refuseControl(w, forbidden("Plaid's API is not for web pages: call it from your server"))
		case r.URL.Path == "/favicon.ico":
			// A browser asks for it by itself, wherever a page has led it: no
			// call of the app's.
			s.refuseControl(w, notSimulated(r))
		default:
			s.ServeHTTP(w, r)
		}
	})
}

// names says by which names the simulator may be asked.
func (s *Sim) names() string {
	names := "on loopback names only"
	if s.cfg.Reachable {
		names = "by an IP address or on loopback names"
	}
	if len(s.cfg.Hosts) > 0 {
		names += ", and as " + strings.Join(s.cfg.Hosts, ", ")
	}
	return names
}

// forPages says that pages of any origin may ask for a path: Link's own files,
// and its sessions, which have a rule of their own. Files are only read: what
// else is asked of them, as a preflight does, would be in the journal.
func forPages(r *http.Request) bool {
	_, file := assets[r.URL.Path]
	return file && (r.Method == http.MethodGet || r.Method == http.MethodHead) || r.URL.Path == "/healthz" || strings.HasPrefix(r.URL.Path, pathLinkSession)
}

// forbidden is ours: Plaid has no such answer.
func forbidden(message string) *plaidError {
	e := invalidRequest("INVALID_HEADERS", message)
	e.status = http.StatusForbidden
	return e
}

// ourHost reports whether a Host header may be in a request to the simulator: a
// name that nobody on the internet can lead here.
func (s *Sim) ourHost(hostport string) bool {
	host, ok := loopback.SplitHost(hostport)
	if !ok {
		return false
	}
	if ip, isIP := loopback.Address(host); isIP && s.cfg.Reachable {
		return !ip.IsUnspecified()
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	return loopback.Host(host) || slices.Contains(plaidHosts, name) || slices.Contains(s.cfg.Hosts, name)
}

// plaidHosts are where an unchanged app looks for Plaid. Nobody else can make a
// page at these names. Production is not among them: what is meant for it has
// no place here.
var plaidHosts = []string{"cdn.plaid.com", "sandbox.plaid.com"}

// sameOrigin: programs send no Origin, browsers send one with every POST.
func sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}

// sameSite tells a program, or a page of ours, from another page: browsers
// name the site that a GET comes from here, where they send no Origin.
func sameSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return false
}

// namelessBrowser is a browser that says nothing of the page that a request
// comes from. It sends no Origin for what an image, a script or a link asks for,
// and Sec-Fetch-Site only to addresses that it trusts (W3C Fetch Metadata), which
// are https and loopback. A page can change neither that nor the User-Agent.
func namelessBrowser(r *http.Request) bool {
	h := r.Header
	return !loopback.Names(r.Host) && h.Get("Sec-Fetch-Site") == "" && h.Get("Origin") == "" && strings.HasPrefix(h.Get("User-Agent"), "Mozilla/")
}
