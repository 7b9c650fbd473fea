package plaidsim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// route is one thing that can be asked of the simulator.
type route struct {
	method, path string
	anyPage      bool // pages of every origin may ask for it
}

// everyRoute is made from the tables that requests are answered by, so that
// what is added there is attacked here.
func everyRoute() (routes []route) {
	for path, methods := range controls {
		for method := range methods {
			routes = append(routes, route{method, strings.ReplaceAll(path, "{id}", "1"), false})
		}
	}
	for path := range endpoints {
		routes = append(routes, route{"POST", path, false}, route{"GET", path, false})
	}
	for verb := range verbs {
		routes = append(routes, route{"POST", pathLinkSession + "/key/" + verb, false}, route{"GET", pathLinkSession + "/key/" + verb, false})
	}
	for path := range assets {
		routes = append(routes, route{"GET", path, true})
	}
	return append(routes, route{"POST", pathLinkSession, false}, route{"GET", pathLinkSession, false}, route{"GET", "/healthz", true},
		route{"GET", "/", false}, route{"POST", "/nothing", false}, route{"DELETE", "/sim/nothing", false}, route{"POST", "//sim/reset", false}, route{"GET", "/sim/../sim/journal", false})
}

const foreignSite = "https://evil.example"

// visitors are who may ask: a program, a page, or a page that has made itself a
// name that leads here.
var visitors = []struct {
	name, host, origin, site string
	ours                     bool // may do everything
	rebound                  bool // may do nothing
}{
	{"a program", "127.0.0.1:8137", "", "", true, false},
	{"an address that was typed", "localhost:8137", "", "none", true, false},
	{"the simulator's own frame", "localhost:8137", "http://localhost:8137", "same-origin", true, false},
	{"another site's form or fetch", "localhost:8137", foreignSite, "cross-site", false, false},
	{"another site's fetch, in an old browser", "localhost:8137", foreignSite, "", false, false},
	{"another site's image, script or frame", "localhost:8137", "", "cross-site", false, false},
	{"another site's sandboxed frame, or a file", "localhost:8137", "null", "cross-site", false, false},
	{"the app's own page", "localhost:8137", "http://localhost:3000", "same-site", false, false},
	{"the app's own image or script", "localhost:8137", "", "same-site", false, false},
	{"the same port at another name for it", "localhost:8137", "http://127.0.0.1:8137", "cross-site", false, false},
	{"an origin that only begins well", "localhost:8137", "http://localhost:8137.evil.example", "cross-site", false, false},
	{"an origin with our host as its user", "localhost:8137", "http://localhost:8137@evil.example", "cross-site", false, false},
	{"an origin that is none", "localhost:8137", "localhost:8137", "cross-site", false, false},
	{"a rebound name", "evil.example:8137", "http://evil.example:8137", "same-origin", false, true},
	{"a rebound name's image", "evil.example:8137", "", "same-origin", false, true},
	{"a rebound name, absolute", "evil.example.", "", "", false, true},
	{"a name below localhost of another's", "localhost.evil.example", "", "", false, true},
	{"a name made of an address", "127.0.0.1.nip.io", "", "", false, true},
	{"the unspecified address", "0.0.0.0:8137", "http://0.0.0.0:8137", "same-origin", false, true},
	{"the unspecified address, IPv6", "[::]:8137", "http://[::]:8137", "same-origin", false, true},
	{"a number", "2130706433", "", "", false, true},
	{"hexadecimal", "0x7f.0.0.1", "", "", false, true},
	{"a port that is none", "localhost:evil", "", "", false, true},
	{"a broken bracket", "[::1", "", "", false, true},
	{"no host", "", "", "", false, true},
	{"an address of the network", "192.168.1.5:8137", "", "", false, true},
	{"Plaid's Production", "production.plaid.com", "", "", false, true},
}

func TestEveryRouteForEveryVisitor(t *testing.T) {
	s := newSim(t)
	h := s.Loopback()
	attacks := 0
	for _, r := range everyRoute() {
		for _, v := range visitors {
			attacks++
			w := visit(h, r, v.host, v.origin, v.site)
			refused := w.Code == http.StatusForbidden
			if may := v.ours || r.anyPage && !v.rebound; refused == may {
				t.Errorf("%s asks %s %s: %d %.200s", v.name, r.method, r.path, w.Code, w.Body)
			}
			checkHeaders(t, v.name+" asks "+r.method+" "+r.path, w)
		}
	}
	if records, _ := s.Records(0, 1000); attacks < 1000 {
		t.Errorf("%d attacks only, %d records", attacks, len(records))
	}
	t.Logf("%d routes, %d visitors, %d requests", len(everyRoute()), len(visitors), attacks)
}

// With --reachable-by-others an address is as good as a loopback name: whoever
// has a page there has another origin. A browser that asks an address that is
// not loopback says less: no Sec-Fetch-Site.
func TestReachableByOthers(t *testing.T) {
	h := newSim(t, func(c *Config) { c.Reachable, c.Hosts = true, []string{"layersim"} }).Loopback()
	for _, test := range []struct {
		host, origin string
		ok           bool
	}{
		{"192.168.1.5:8137", "", true}, {"192.168.1.5:8137", "http://192.168.1.5:8137", true}, {"[2001:db8::5]:8137", "", true}, {"layersim:8137", "", true}, {"LAYERSIM.", "", true}, {"127.0.0.1", "", true},
		{"192.168.1.5:8137", "http://192.168.1.5:3000", false}, {"192.168.1.5:8137", foreignSite, false}, {"192.168.1.5:8137", "null", false},
		{"evil.example:8137", "", false}, {"0.0.0.0:8137", "", false}, {"[::]:8137", "", false}, {"3232235781", "", false}, {"layersim.evil.example", "", false}, {"192.168.1.5.nip.io", "", false}, {"", "", false},
	} {
		for _, r := range []route{{"POST", "/sim/reset", false}, {"GET", "/sim/journal", false}, {"POST", pathTokenCreate, false}, {"POST", pathLinkSession, false}} {
			w := visit(h, r, test.host, test.origin, "")
			if (w.Code == http.StatusForbidden) == test.ok {
				t.Errorf("%+v asks %s: %d %.200s", test, r.path, w.Code, w.Body)
			}
			checkHeaders(t, r.path, w)
		}
	}
}

// Which is why such a browser gets nothing there that is not for every page.
func TestReachableByOthersWithABrowser(t *testing.T) {
	s := newSim(t, func(c *Config) { c.Reachable, c.Hosts = true, []string{"layersim"} })
	h := s.Loopback()
	for _, host := range []string{"192.168.1.5:8137", "[2001:db8::5]:8137", "layersim:8137"} {
		for _, r := range everyRoute() {
			if r.method != http.MethodGet || strings.HasPrefix(r.path, pathLinkSession) { // which takes POST alone
				continue
			}
			q := httptest.NewRequest(r.method, r.path, nil)
			q.Host = host
			q.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, q)
			if (w.Code == http.StatusForbidden) == r.anyPage {
				t.Errorf("a page's image asks %s%s: %d %.200s", host, r.path, w.Code, w.Body)
			}
			checkHeaders(t, r.path, w)
		}
	}
	if records, _ := s.Records(0, 1000); len(records) != 0 {
		t.Errorf("a page's images came to be %d records, such as %+v", len(records), records[0])
	}
	// What says more, or is no browser, is asked what it was asked before.
	for _, test := range []struct {
		host, agent, origin, site string
		ok                        bool
	}{
		{"127.0.0.1:8137", "Mozilla/5.0", "", "", true}, {"localhost:8137", "Mozilla/5.0", "", "none", true}, {"sandbox.plaid.com", "Mozilla/5.0", "", "none", true},
		{"192.168.1.5:8137", "curl/8.5.0", "", "", true}, {"192.168.1.5:8137", "Plaid Go v41.0.0", "", "", true}, {"192.168.1.5:8137", "", "", "", true},
		{"192.168.1.5:8137", "Mozilla/5.0", "http://192.168.1.5:8137", "", true}, {"192.168.1.5:8137", "Mozilla/5.0", foreignSite, "", false},
		{"sandbox.plaid.com", "Mozilla/5.0", "", "", false}, {"192.168.1.5:8137", "Mozilla/5.0", "", "", false},
	} {
		q := httptest.NewRequest(http.MethodGet, "/sim/sessions", nil)
		q.Host = test.host
		for name, value := range map[string]string{"User-Agent": test.agent, "Origin": test.origin, "Sec-Fetch-Site": test.site} {
			if value != "" {
				q.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, q)
		if (w.Code == http.StatusOK) != test.ok {
			t.Errorf("%+v: %d %.200s", test, w.Code, w.Body)
		}
	}
}

func visit(h http.Handler, r route, host, origin, site string) *httptest.ResponseRecorder {
	q := httptest.NewRequest(r.method, r.path, strings.NewReader("{}"))
	q.Host = host
	q.Header.Set("Content-Type", "application/json")
	if origin != "" {
		q.Header.Set("Origin", origin)
	}
	if site != "" {
		q.Header.Set("Sec-Fetch-Site", site)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, q)
	return w
}

// checkHeaders checks what every answer says to browsers, errors too.
func checkHeaders(t *testing.T, what string, w *httptest.ResponseRecorder) {
	t.Helper()
	h := w.Header()
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	open := kind == "text/javascript" && strings.Contains(w.Body.String(), "window.Plaid = ")
	if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: %v", what, h)
	}
	if got := h.Get("Access-Control-Allow-Origin"); (got != "") != open || h.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%s: Access-Control-Allow-Origin %q", what, got)
	}
	policy := h.Get("Content-Security-Policy")
	if kind == "text/html" || kind == "application/json" || kind == "application/x-ndjson" {
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: policy %q", what, policy)
		}
	}
	if kind != "text/html" && !open && h.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("%s: another page may use it: %v", what, h)
	}
}
