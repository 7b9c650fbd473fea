package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"layersim/flow/linkpage/pagetest"
)

const (
	plaidOrigin = "https://cdn.plaid.com"
	csp         = "Content-Security-Policy"
)

// testPages opens Link in pages of other names, under strict policies, in a
// frame and from a file.
func testPages(t *testing.T, n *neighbourhood) {
	const (
		tags     = `<script nonce="r4nd0m" src="APP"></script><script nonce="r4nd0m" src="LINK"></script><script nonce="r4nd0m">walk()</script>`
		injected = `<script nonce="r4nd0m" src="APP"></script><script nonce="r4nd0m">
			const script = document.createElement("script");
			script.src = "LINK";
			script.onload = walk;
			document.body.append(script);
		</script>`
	)
	for _, p := range []struct{ name, origin, link, body, policy string }{
		{"http", "http://app.test", n.url, tags, ""},
		{"https, Link on loopback", "https://app.test", n.url, tags, ""},
		{"https, Link from Plaid's name", "https://app.test", plaidOrigin, tags, ""},
		{"a host of the local network", "http://devbox.lan", n.url, tags, ""},
		{"loopback", n.plain, n.url, tags, ""},
		{"nonce", "https://app.test", plaidOrigin, tags,
			"default-src 'none'; script-src 'nonce-r4nd0m'; style-src 'self'; frame-src " + plaidOrigin + "; base-uri 'none'"},
		{"nonce, on loopback", n.plain, n.url, tags,
			"default-src 'none'; script-src 'nonce-r4nd0m'; style-src 'self'; frame-src " + n.url + "; base-uri 'none'"},
		{"nonce and strict-dynamic", "https://app.test", plaidOrigin, injected,
			"default-src 'none'; script-src 'nonce-r4nd0m' 'strict-dynamic'; style-src 'self'; frame-src " + plaidOrigin + "; base-uri 'none'"},
		// Plaid docs: Link Web, content security policy.
		{"as Plaid documents", "https://app.test", plaidOrigin, injected,
			"default-src https://cdn.plaid.com/; script-src 'nonce-r4nd0m' https://cdn.plaid.com" + scriptPath + "; frame-src https://cdn.plaid.com/; connect-src https://sandbox.plaid.com/"},
		{"trusted types", "https://app.test", plaidOrigin, tags,
			"script-src 'nonce-r4nd0m'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"},
	} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			var headers []string
			if p.policy != "" {
				headers = []string{csp, p.policy}
			}
			n.consented(t, p.origin+n.plainApp(t, p.link+scriptPath, "", p.body, headers...))
		})
	}
	for version, policy := range map[string]string{
		"4.1.1": "script-src 'nonce-r4nd0m' " + plaidOrigin + scriptPath,
		"5.0.0": "script-src 'nonce-r4nd0m'", // it passes the nonce on
	} {
		t.Run("react-plaid-link "+version, func(t *testing.T) {
			t.Parallel()
			path := "/policy/" + version
			n.file(path, "text/html", `<!doctype html><title>app</title><div id="root"></div><script nonce="r4nd0m" src="/react/`+version+`.js"></script>`,
				csp, "default-src 'none'; style-src 'self'; base-uri 'none'; frame-src "+plaidOrigin+"; "+policy)
			tab := n.tab(t, "https://app.test"+path+"?nonce=r4nd0m&token="+url.QueryEscape(n.token(t, templateDefault)))
			told(t, tab, "load")
			submit(t, tab, "phone_number", "415-555-0011")
			toPane(t, tab, paneConsent)
			if log := lines(told(t, tab, "OPEN")); len(log) != 3 {
				t.Errorf("the app was told %v", log)
			}
		})
	}
	t.Run("in a frame of another origin", func(t *testing.T) {
		t.Parallel()
		app := n.plainApp(t, plaidOrigin+scriptPath, "", tags)
		outer := app + "/outer"
		n.file(outer, "text/html", `<!doctype html><title>outer</title><script>
			window.log = [];
			addEventListener("message", (event) => log.push({ what: event.data, at: performance.now() }));
		</script><iframe width="600" height="700" src="https://app.test`+app+`?phone=415-555-0011&token=`+n.token(t, templateDefault)+`"></iframe>`)
		tab := n.tab(t, "http://another.test"+outer)
		told(t, tab, "OPEN")
		pagetest.InLink(t, tab, `document.querySelector("#dialog:not([hidden]) h1")?.textContent === `+pagetest.Quote(paneConsent))
		pagetest.Press(t, tab, "Close")
		told(t, tab, "onExit")
	})
	t.Run("from a file", func(t *testing.T) {
		t.Parallel()
		app, err := os.ReadFile(filepath.Join(clientsDir, "plain", "app.js"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "app.html")
		page := strings.NewReplacer("LINK", n.url+scriptPath, `<script nonce="r4nd0m" src="APP">`, "<script>"+string(app)).Replace(tags)
		if err := os.WriteFile(path, []byte("<!doctype html><title>app</title><body>"+page), 0o600); err != nil {
			t.Fatal(err)
		}
		n.consented(t, "file://"+path)
	})
}
