package linkpage

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// policy is what a page may load, and whom it may speak to.
type policy struct {
	host   string // of the page
	script string // address of the Link script, "" before there is one
	live   bool   // Link is the real one, or stands in for it
	api    string // address that the real Link calls
	nonce  string // of this one answer, "" for all but the page itself
}

func (p *Page) policy(host string) policy {
	p.mu.Lock()
	defer p.mu.Unlock()
	return policy{host: host, script: p.link, live: !p.opts.Simulated, api: p.opts.Connect}
}

// String returns the Content-Security-Policy.
//
// The simulated Link needs its script and its frame. The real one is given what
// Plaid asks for (Plaid docs: Link Web, CSP directives): all kinds of content
// from its own origin, the one script, its frame, the API. In place of
// 'unsafe-inline' there is a nonce, as the docs allow, which the page hands to
// Plaid.create as cspNonce; styles in attributes are the one thing that Link is
// said to need without it (react-plaid-link 5: Content Security Policy nonce).
// UNCONFIRMED that the plain script takes cspNonce, as the React component does,
// and that no other origin is needed on the way through Layer.
func (p policy) String() string {
	link, err := originOf(p.script)
	if err != nil {
		link = "" // before the first handler there is no page that needs it
	}
	self := "connect-src 'self' ws://" + cleanHost(p.host)
	rest := []string{"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"}
	if !p.live {
		return directives(append([]string{
			"default-src 'none'",
			"script-src 'self' " + link,
			"frame-src " + orNone(link),
			"style-src 'self'",
			"img-src 'self'",
			self,
		}, rest...))
	}
	nonce := ""
	if p.nonce != "" {
		nonce = " 'nonce-" + p.nonce + "'"
	}
	api, err := originOf(p.api)
	if err != nil {
		api = ""
	}
	return directives(append([]string{
		"default-src " + orNone(link),
		"script-src 'self'" + nonce + " " + exactly(p.script),
		"frame-src " + orNone(link),
		"style-src 'self'" + nonce,
		"style-src-attr 'unsafe-inline'",
		"img-src 'self' " + link,
		self + " " + api,
		"object-src 'none'",
	}, rest...))
}

func directives(list []string) string {
	for i, one := range list {
		list[i] = strings.TrimSpace(one)
	}
	return strings.Join(list, "; ")
}

// protect sets the headers that every answer carries.
func protect(h http.Header, p policy) {
	h.Set("Content-Security-Policy", p.String())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if p.live {
		// A bank's own sign-in is a window that must find its way back to Link.
		h.Set("Cross-Origin-Opener-Policy", "same-origin-allow-popups")
	}
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

func orNone(origin string) string {
	if origin == "" {
		return "'none'"
	}
	return origin
}

// cleanHost keeps a forged Host from writing directives of its own.
func cleanHost(host string) string {
	if strings.ContainsAny(host, separators) {
		return "127.0.0.1"
	}
	return host
}

// separators are what ends a word or a directive in a policy.
const separators = " ;,'\""

// originOf returns scheme://host[:port] of an address.
func originOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.ContainsAny(u.Host, separators) {
		return "", fmt.Errorf("The Link script has no usable address: %q.", address)
	}
	return u.Scheme + "://" + u.Host, nil
}

// exactly returns the address of a script as a policy names it, or its origin
// if the address has something in it that a policy cannot say.
func exactly(script string) string {
	origin, err := originOf(script)
	if err != nil {
		return ""
	}
	path, _, _ := strings.Cut(strings.TrimPrefix(script, origin), "?")
	if strings.ContainsAny(path, separators+"#\t\r\n") || !strings.HasPrefix(path, "/") {
		return origin
	}
	return origin + path
}
