package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"layersim/flow/linkpage/pagetest"
	"layersim/flow/plaidsim"

	"github.com/google/go-cmp/cmp"
)

const scriptPath = "/link/v2/stable/link-initialize.js"

// plainApp serves the app without a framework in a page made of this head and
// body, in which LINK is the address of the Link script and APP that of the app.
func (n *neighbourhood) plainApp(t *testing.T, link, head, body string, headers ...string) (path string) {
	t.Helper()
	app, err := os.ReadFile(filepath.Join(clientsDir, "plain", "app.js"))
	if err != nil {
		t.Fatal(err)
	}
	path = "/" + strings.NewReplacer(" ", "-", ",", "", "(", "", ")", "", "'", "").Replace(t.Name())
	n.file(path+"/app.js", "text/javascript", string(app))
	page := `<!doctype html><html><head><title>app</title>` + head + `</head><body>` + body + `</body></html>`
	n.file(path, "text/html", strings.NewReplacer("LINK", link, "APP", path+"/app.js").Replace(page), headers...)
	return path
}

// consented opens a page that walks by itself until Link is open, closes Link,
// and checks that the app was told all of it and nothing else.
func (n *neighbourhood) consented(t *testing.T, page string, also ...string) {
	t.Helper()
	tab := n.tab(t, page+"?phone=415-555-0011&token="+url.QueryEscape(n.token(t, templateDefault)))
	pagetest.Shows(t, tab, paneConsent)
	pagetest.Press(t, tab, "Close")
	log := lines(told(t, tab, "onExit"))
	slices.Sort(log)
	want := append([]string{"EXIT", "LAYER_READY", "OPEN", "TRANSITION_VIEW CONSENT", "load", "onExit"}, also...)
	slices.Sort(want)
	if diff := cmp.Diff(want, log); diff != "" {
		t.Errorf("the app was told:\n%s", diff)
	}
}

// testScript puts the Link script into a page in every way that apps do.
func testScript(t *testing.T, n *neighbourhood) {
	const (
		loadApp   = `<script src="APP"></script>`
		walkLater = `<script>addEventListener("load", walk)</script>`
		twice     = "console.warn: Simulated Link: link-initialize.js is in this page more than once. Only the first one counts."
	)
	for _, way := range []struct{ name, head, body, also string }{
		{name: "in the body", body: `<script src="LINK"></script>` + loadApp + `<script>walk()</script>`},
		{name: "in the head, before there is a body", head: `<script src="LINK"></script>` + loadApp +
			`<script>if (document.body) note("there is a body"); walk()</script>`},
		{name: "async", head: `<script async src="LINK"></script>` + loadApp + walkLater},
		{name: "defer", head: `<script defer src="LINK"></script>` + loadApp + walkLater},
		{name: "module", head: `<script type="module" src="LINK"></script>` + loadApp + walkLater},
		{name: "crossorigin", head: `<script crossorigin src="LINK"></script>` + loadApp + walkLater},
		{name: "import()", head: loadApp + `<script>import("LINK").then(walk)</script>`},
		{name: "injected", head: loadApp + `<script>
			const script = document.createElement("script");
			script.src = "LINK";
			script.onload = walk;
			document.head.append(script);
		</script>`},
		{name: "two tags", head: loadApp + `<script src="LINK"></script><script src="LINK"></script>` + walkLater, also: twice},
		{name: "again while a handler is used", head: loadApp + `<script src="LINK"></script>`, also: twice, body: `<script>
			walk();
			const again = document.createElement("script");
			again.src = "LINK";
			document.body.append(again);
		</script>`},
		{name: "beside an element named Plaid", head: loadApp, body: `<p id="Plaid">Plaid</p><script src="LINK"></script><script>walk()</script>`},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			var also []string
			if way.also != "" {
				also = append(also, way.also)
			}
			n.consented(t, "http://app.test"+n.plainApp(t, n.url+scriptPath, way.head, way.body), also...)
		})
	}
	t.Run("exit and destroy at once", func(t *testing.T) {
		t.Parallel()
		// On loopback, as the simulator is, so that both are in one process and
		// the frame is gone as soon as it is removed.
		path := n.plainApp(t, n.url+scriptPath, "", `<script src="APP"></script><script src="LINK"></script><script>walk()</script>`)
		tab := n.tab(t, n.plain+path+"?phone=415-555-0011&token="+n.token(t, templateDefault))
		pagetest.Shows(t, tab, paneConsent)
		log := told(t, tab, "OPEN")
		do(t, tab, `handler.exit({ force: true }); handler.destroy()`)
		pagetest.InPage(t, tab, `!document.querySelector("iframe")`)
		session := log[len(log)-1].Metadata["link_session_id"].(string)
		n.awaitAct(t, session, "exit")
		if after := told(t, tab, "OPEN"); len(after) != len(log) {
			t.Errorf("after destroy the app was told %v", lines(after[len(log):]))
		}
	})
	t.Run("an old token", func(t *testing.T) {
		t.Parallel()
		testOldTokens(t, n)
	})
	t.Run("calls", func(t *testing.T) {
		t.Parallel()
		testScriptCalls(t, n)
	})
}

// testScriptCalls calls a handler in every order that apps do. What the facts
// leave open is noted on the console, and in the journal.
func testScriptCalls(t *testing.T, n *neighbourhood) {
	tab := n.tab(t, "http://app.test"+n.plainApp(t, n.url+scriptPath, `<script src="APP"></script>`, `<script src="LINK"></script>`))
	// begin makes a handler of its own for each case and runs a statement.
	begin := func(statement string) {
		t.Helper()
		do(t, tab, `window.handler?.destroy(); log.length = 0; window.handler = start(`+pagetest.Quote(n.token(t, templateDefault))+`); `+statement)
	}
	for _, c := range []struct {
		name, calls, last string
		want              []string
	}{
		{"submit before onLoad", `handler.submit({ phone_number: "415-555-0011" })`, "load", []string{
			"console.warn: Simulated Link: submit() before onLoad was dropped, as real Link may do. Wait for onLoad.", "load",
		}},
		{"open before onLoad, and before LAYER_READY", `handler.open()`, "onExit", []string{"load", "EXIT MISSING_FIELDS", "onExit MISSING_FIELDS"}},
		{"the first thing, exit", `handler.exit()`, "console.warn: Simulated Link: exit was refused: exit: Link is not open", []string{
			"load", "console.warn: Simulated Link: exit was refused: exit: Link is not open",
		}},
	} {
		t.Log(c.name)
		begin(c.calls)
		if diff := cmp.Diff(c.want, lines(told(t, tab, c.last))); diff != "" {
			t.Errorf("%s: the app was told:\n%s", c.name, diff)
		}
	}

	// after waits for onLoad first, and looks only at what came later.
	after := func(name, calls, last string, want ...string) {
		t.Helper()
		t.Log(name)
		begin("")
		told(t, tab, "load")
		do(t, tab, `log.length = 0; `+calls)
		if diff := cmp.Diff(want, lines(told(t, tab, last))); diff != "" {
			t.Errorf("%s: the app was told:\n%s", name, diff)
		}
	}
	const warn = "console.warn: Simulated Link: "
	after("a phone as a number", `handler.submit({ phone_number: 4155550011 })`, "LAYER_READY", "LAYER_READY")
	after("a phone that is none", `handler.submit({ phone_number: { typed: 1 } }); handler.submit({ phone_number: "415-555-0011" })`, "LAYER_READY",
		warn+"submit was refused: phone_number: A phone number has only digits, spaces and - . ( ) and may begin with +.", "LAYER_READY")
	both := warn + "submit() takes one field at a time: phone_number was read, date_of_birth was not."
	after("both fields at once", `handler.submit({ phone_number: "515-555-0016", date_of_birth: "1975-01-18" })`, "LAYER_NOT_AVAILABLE",
		both, "LAYER_NOT_AVAILABLE")
	after("a second phone", `handler.submit({ phone_number: "515-555-0016" }); handler.submit({ phone_number: "415-555-0011" })`, "LAYER_READY",
		"LAYER_NOT_AVAILABLE", "LAYER_READY")
	early := warn + "submit was refused: date_of_birth is read only after LAYER_NOT_AVAILABLE; submit phone_number first"
	after("the date of birth first", `handler.submit({ date_of_birth: "1975-01-18" })`, early, early)
	after("nothing at all", `handler.submit()`, warn+"submit was refused: submit needs phone_number or date_of_birth",
		warn+"submit was refused: submit needs phone_number or date_of_birth")
	gone := warn + "open() on a handler that was destroyed does nothing."
	after("open after destroy", `handler.destroy(); handler.open()`, gone, gone)
	after("a bad token", `handler.destroy(); handler = start("link-sandbox-00000000-0000-4000-8000-000000000000")`, "onExit", "onExit INVALID_LINK_TOKEN")
	after("no token", `handler.destroy(); handler = start(undefined)`, "onExit", "onExit MISSING_FIELDS")
	redirect := warn + "receivedRedirectUri is ignored: nothing simulated here leaves the page. A new session begins."
	after("back from a redirect", `handler.destroy(); handler = start(`+pagetest.Quote(n.token(t, templateDefault))+`, { receivedRedirectUri: "https://app.test/?oauth_state_id=1" })`,
		"load", redirect, "load")
	after("embedded", `try { Plaid.createEmbedded({ token: "" }, document.body); } catch (e) { note(e.message); }`,
		"Simulated Link: createEmbedded() is not for Layer, which has no embedded form. Use Plaid.create().",
		"Simulated Link: createEmbedded() is not for Layer, which has no embedded form. Use Plaid.create().")

	testSeveralHandlers(t, n, tab)
	testJournalOfMistakes(t, n, tab)
}

// A link_token is good for four hours (Plaid OpenAPI: SessionTokenCreate): after
// that neither a new handler nor one that was made in time gets Link open.
func testOldTokens(t *testing.T, n *neighbourhood) {
	own := *n // its clock is moved
	own.sim = newSimulator(t)
	own.url = startServer(t, own.sim.Loopback(), nil)
	tab := n.tab(t, "http://app.test"+n.plainApp(t, own.url+scriptPath, `<script src="APP"></script>`, `<script src="LINK"></script>`))
	token := pagetest.Quote(own.token(t, templateDefault))
	do(t, tab, `window.handler = start(`+token+`)`)
	told(t, tab, "load")
	do(t, tab, `handler.submit({ phone_number: "415-555-0011" })`)
	told(t, tab, "LAYER_READY")
	own.sim.Advance(4*time.Hour + time.Second)
	for _, late := range []string{`handler.open()`, `handler.destroy(); window.handler = start(` + token + `)`} {
		do(t, tab, `log.length = 0; `+late)
		log := lines(told(t, tab, "onExit"))
		if log[len(log)-1] != "onExit INVALID_LINK_TOKEN" {
			t.Errorf("%s: the app was told %v", late, log)
		}
		pagetest.InPage(t, tab, `document.querySelector("iframe").style.visibility === "hidden"`)
	}
}

// Two handlers at once each have their own session; the page can be scrolled
// again when both are closed, in whichever order.
func testSeveralHandlers(t *testing.T, n *neighbourhood, tab context.Context) {
	for _, order := range []string{"one two", "two one"} {
		do(t, tab, fmt.Sprintf(`
			window.handler?.destroy();
			log.length = 0;
			const open = (name) => (event) => { note(name + " " + event); if (event === "LAYER_READY") window[name].open(); };
			const exit = (name) => () => note(name + " exit");
			for (const [name, token] of [["one", %q], ["two", %q]]) {
				window[name] = start(token, { onLoad: () => window[name].submit({ phone_number: "415-555-0011" }), onEvent: open(name), onExit: exit(name) });
			}`, n.token(t, templateDefault), n.token(t, templateDefault)))
		told(t, tab, "one OPEN")
		told(t, tab, "two OPEN")
		pagetest.InPage(t, tab, `[...document.querySelectorAll("iframe")].filter((f) => f.style.visibility === "visible").length === 2`)
		pagetest.InPage(t, tab, `document.documentElement.style.overflow === "hidden"`)
		first, second, _ := strings.Cut(order, " ")
		do(t, tab, first+`.exit({ force: true })`)
		told(t, tab, first+" exit")
		pagetest.InPage(t, tab, `[...document.querySelectorAll("iframe")].filter((f) => f.style.visibility === "visible").length === 1`)
		pagetest.InPage(t, tab, `document.documentElement.style.overflow === "hidden"`)
		do(t, tab, second+`.exit({ force: true })`)
		told(t, tab, second+" exit")
		pagetest.InPage(t, tab, `document.documentElement.style.overflow === ""`)
		do(t, tab, `one.destroy(); two.destroy()`)
		pagetest.InPage(t, tab, `!document.querySelector("iframe")`)
	}
}

// acts are what was done to a Link session, from the journal.
func (n *neighbourhood) acts(session string) (acts []*plaidsim.Act) {
	records, _ := n.sim.Records(0, 1<<20)
	for _, r := range records {
		if r.Kind == plaidsim.KindLink && r.Session == session {
			acts = append(acts, r.Act)
		}
	}
	return acts
}

// awaitAct waits until this was done to a Link session.
func (n *neighbourhood) awaitAct(t *testing.T, session, verb string) {
	t.Helper()
	for late := time.After(pagetest.Patience); ; {
		records, _ := n.sim.Records(0, 1<<20)
		if slices.ContainsFunc(records, func(r plaidsim.Record) bool { return r.Session == session && r.Act != nil && r.Act.Verb == verb }) {
			return
		}
		select {
		case <-n.sim.Changed(records[len(records)-1].Seq):
		case <-late:
			t.Fatalf("the simulator never heard of %s", verb)
		}
	}
}

// What an app does wrong and real Link says nothing of can be read in the
// journal.
func testJournalOfMistakes(t *testing.T, n *neighbourhood, tab context.Context) {
	do(t, tab, `log.length = 0; window.handler = start(`+pagetest.Quote(n.token(t, templateDefault))+`); handler.submit({ phone_number: "415-555-0011" })`)
	told(t, tab, "load")
	do(t, tab, `handler.submit({ phone_number: "515-555-0016", date_of_birth: "1975-01-18" })`)
	log := told(t, tab, "LAYER_NOT_AVAILABLE")
	session := log[len(log)-1].Metadata["link_session_id"]
	var acts []string
	for _, a := range n.acts(session.(string)) {
		acts = append(acts, strings.TrimSpace(fmt.Sprint(a.Verb, " ", a.Phone, " ", a.Refused, a.Detail["note"])))
	}
	want := []string{
		"create", "submit +1••••••••11 submit came before onLoad and was dropped, as real Link may do",
		"submit +1••••••••16 both fields at once: the date_of_birth was not read",
	}
	if diff := cmp.Diff(want, acts); diff != "" {
		t.Errorf("the journal:\n%s", diff)
	}
}
