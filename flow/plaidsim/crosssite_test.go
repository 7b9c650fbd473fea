package plaidsim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/linkpage"
	"layersim/flow/linkpage/pagetest"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// crossSite is what a page does that is after a server of another site: every
// kind of request that a browser makes for it. It resolves to what it got.
const crossSite = `
window.attack = async (base, routes) => {
	const got = [];
	const later = (promise) => Promise.race([promise, new Promise((done) => setTimeout(done, 10000, "late"))]);
	const ask = async (how, path, options) => {
		try {
			const answer = await fetch(base + path, options);
			if (answer.type !== "opaque") got.push(how + " " + path + " " + answer.status + " " + (await answer.text()).slice(0, 100));
		} catch {}
	};
	const load = (name, attributes, path) => later(new Promise((done) => {
		const element = Object.assign(document.createElement(name), attributes);
		element.onload = () => { got.push(name + " " + path); done(); };
		element.onerror = done;
		document.body.append(element);
	}));
	const submit = (path, kind) => later(new Promise((done) => {
		const frame = document.createElement("iframe");
		frame.name = "form" + path + kind;
		document.body.append(frame);
		const form = Object.assign(document.createElement("form"), { action: base + path, method: "post", enctype: kind, target: frame.name });
		form.append(Object.assign(document.createElement("input"), { name: '{"a":"', value: '"}' }));
		document.body.append(form);
		frame.onload = () => {
			try {
				if (frame.contentWindow.location.href !== "about:blank") got.push("form " + path);
				else return;
			} catch {}
			frame.remove();
			done();
		};
		form.submit();
	}));
	const all = [];
	for (const { method, path } of routes) {
		const body = method === "GET" ? undefined : "{}";
		all.push(ask("fetch", path, { method, body }));
		all.push(ask("fetch with credentials", path, { method, body, credentials: "include" }));
		all.push(ask("fetch as JSON", path, { method, body, headers: { "Content-Type": "application/json" } }));
		all.push(ask("fetch without CORS", path, { method, body, mode: "no-cors" }));
		if (method === "GET") all.push(load("script", { src: base + path }, path), load("img", { src: base + path }, path), load("link", { rel: "stylesheet", href: base + path }, path));
		if (method === "POST") all.push(submit(path, "text/plain"));
		if (all.length > 60) await Promise.all(all.splice(0));
	}
	await Promise.all(all);
	return got;
};
window.sockets = (addresses) => Promise.all(addresses.map((address) => new Promise((done) => {
	const socket = new WebSocket(address);
	socket.onopen = () => done("open " + address);
	socket.onerror = () => done("");
})));
window.framed = async (addresses) => {
	const got = [];
	await Promise.all(addresses.map((address) => new Promise((done) => {
		const frame = Object.assign(document.createElement("iframe"), { src: address });
		frame.onload = () => {
			if (frame.contentDocument) got.push("frame " + address);
			frame.contentWindow.postMessage({ layersim: "port" }, "*", [new MessageChannel().port2]);
			done();
		};
		document.body.append(frame);
	})));
	return got;
};
window.popup = (address) => new Promise((done) => {
	const opened = window.open(address);
	const { port1, port2 } = new MessageChannel();
	port1.onmessage = ({ data }) => done([JSON.stringify(data)]);
	setTimeout(() => {
		opened.postMessage({ layersim: "port" }, "*", [port2]);
		port1.postMessage({ kind: "start", token: "link-sandbox-1" });
		setTimeout(() => { opened.close(); done([]); }, 300);
	}, 500);
});`

// TestAnotherSiteInARealBrowser lets a page of another site at the simulator and
// at a walk's local page in Chromium, whose own rules are half of the defence.
func TestAnotherSiteInARealBrowser(t *testing.T) {
	// pagetest skips where there is no browser.
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!doctype html><title>evil</title><body><script>`+crossSite+`</script>`)
	}))
	t.Cleanup(evil.Close)
	browser := pagetest.NewBrowser(t, chromedp.Flag("host-resolver-rules", "MAP evil.example:80 "+strings.TrimPrefix(evil.URL, "http://")+", MAP evil.example 127.0.0.1"))

	sim := New(Config{Catalog: catalog(t), Now: time.Now, Seed: 7})
	server := httptest.NewServer(sim.Loopback())
	t.Cleanup(server.Close)
	token := prepare(t, server.URL)
	events := make(chan flow.Event, 100)
	local := linkpage.New(linkpage.Options{
		ScriptURL: func(context.Context) (string, error) { return server.URL + "/link/v2/stable/link-initialize.js", nil },
		Emit:      func(e flow.Event) { events <- e },
		Now:       time.Now,
		Simulated: true,
	})
	t.Cleanup(func() { _ = local.Close() })
	// The worst case: another site has come to know the page's address.
	address, err := local.Present(t.Context(), 1, flow.Handover{LinkToken: flow.NewLinkToken(token)})
	if err != nil {
		t.Fatal(err)
	}
	before := everything(t, server.URL)
	if !strings.Contains(before, token[:20]) && !strings.Contains(before, "eligible") {
		t.Fatalf("there is nothing to be had: %s", before)
	}

	pagetest.Run(t, browser, chromedp.Navigate("http://evil.example/"))
	type asked struct {
		Method string `json:"method"`
		Path   string `json:"path"`
	}
	var routes, pages []asked
	for _, r := range everyRoute() {
		routes = append(routes, asked{r.method, r.path})
	}
	for _, file := range []string{"", "bridge", "page.js", "page.css", "bridge.js", "icon.svg"} {
		pages = append(pages, asked{"GET", file}, asked{"POST", file})
	}
	list := func(of []asked) string {
		content, err := json.Marshal(of)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	got := func(expression string) []string {
		t.Helper()
		ctx, cancel := context.WithTimeout(browser, 3*pagetest.Patience)
		defer cancel()
		got, err := pagetest.Evaluate[[]string](ctx, 0, expression)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}

	// It can fail: a server that keeps nobody out is read in every way.
	weak := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, "1")
	}))
	t.Cleanup(weak.Close)
	if found := got(`attack(` + pagetest.Quote(weak.URL) + `, [{ method: "GET", path: "/" }])`); len(found) < 3 {
		t.Fatalf("of a weak server only %q is told", found)
	}

	for base, of := range map[string][]asked{server.URL: routes, address: pages} {
		for _, found := range got(`attack(` + pagetest.Quote(base) + `, ` + list(of) + `)`) {
			if !strings.Contains(found, "/link/v2/stable/link-initialize.js") { // any page may have it, as Plaid's
				t.Errorf("another site gets: %s", found)
			}
		}
	}
	if found := got(`framed([` + pagetest.Quote(address) + `, ` + pagetest.Quote(server.URL+"/link/v2/frame.html?host=http://app.test") + `, ` + pagetest.Quote(server.URL+"/sim/sessions") + `])`); len(found) > 0 {
		t.Errorf("another site looks into %q", found)
	}
	if found := got(`popup(` + pagetest.Quote(server.URL+"/link/v2/frame.html?host=http://evil.example") + `)`); len(found) > 0 {
		t.Errorf("another site is told by a window that it has opened: %q", found)
	}
	bridge := strings.Replace(address, "http:", "ws:", 1) + "bridge"
	for _, found := range got(`sockets([` + pagetest.Quote(bridge) + `, ` + pagetest.Quote(strings.Replace(bridge, "127.0.0.1", "evil.example", 1)) + `])`) {
		if found != "" {
			t.Errorf("another site has a socket: %s", found)
		}
	}

	// DNS rebinding: the name of the other site leads here, so that a browser
	// takes both for one origin, and lets it read all that is answered.
	if _, err := chromedp.Call(browser, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	for base, of := range map[string][]asked{server.URL: routes, address: pages} {
		rebound := strings.Replace(base, "127.0.0.1", "evil.example", 1)
		pagetest.Run(t, browser, chromedp.Navigate(rebound))
		found := got(`Promise.all(` + list(of) + `.map(async ({ method, path }) => {
			const answer = await fetch(` + pagetest.Quote(rebound) + ` + path, { method, body: method === "GET" ? undefined : "{}" });
			return answer.status + " " + method + " " + path + " " + await answer.text();
		}))`)
		if len(found) != len(of) {
			t.Errorf("%d answers to %d requests", len(found), len(of))
		}
		for _, f := range found {
			if !strings.HasPrefix(f, "403 ") || strings.Contains(f, token) {
				t.Errorf("a rebound name gets: %.200s", f)
			}
		}
	}

	if diff := cmp.Diff(before, everything(t, server.URL)); diff != "" {
		t.Errorf("another site changed the simulator:\n%s", diff)
	}
	select {
	case e := <-events:
		t.Errorf("another site reached the walk: %T", e)
	default:
	}
	t.Logf("%d routes of the simulator and %d of the page", len(routes), len(pages))
}

// prepare makes a session that somebody could be after, and returns its token.
func prepare(t *testing.T, base string) string {
	t.Helper()
	var created struct {
		Link struct {
			Token string `json:"link_token"`
		}
	}
	post := func(path, body string, into any) {
		answer, err := http.Post(base+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		if err := json.NewDecoder(answer.Body).Decode(into); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %v", path, answer.Status, err)
		}
	}
	post(pathTokenCreate, `{"client_id":"client","secret":"secret","template_id":"template_4uinBNe4B2x9","user":{"client_user_id":"user"}}`, &created)
	var session struct{ Session string }
	post(pathLinkSession, fmt.Sprintf(`{"token":%q}`, created.Link.Token), &session)
	post(pathLinkSession+"/"+session.Session+"/submit", `{"phone_number":"+14155550011"}`, &session)
	return created.Link.Token
}

// everything is all that the control API tells, but the time.
func everything(t *testing.T, base string) string {
	t.Helper()
	var all strings.Builder
	for _, path := range []string{"/sim/journal", "/sim/sessions", "/sim/faults", "/sim/webhooks", "/sim/keys"} {
		answer, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %v", path, answer.Status, err)
		}
		fmt.Fprintf(&all, "%s\n%s\n", path, content)
	}
	return all.String()
}
