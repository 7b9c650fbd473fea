package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/linkpage"
	"layersim/flow/linkpage/pagetest"
	"layersim/flow/plaidsim"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// xss is a neighbourhood whose fixtures are hostile, and what every document in
// its browser has reported.
type xss struct {
	*neighbourhood
	dir     string
	planted map[string]string // by field
	page    string            // of the app

	mu       sync.Mutex
	said     []string // that something ran, or was stopped by a policy
	listened []string // addresses of documents
	seen     strings.Builder
}

// xssListener is put into every document before anything of its own.
const xssListener = `
	Object.defineProperty(window, "__xss", { set(v) { xssReport("ran " + v + " in " + location.href); } });
	window.addEventListener("securitypolicyviolation", (e) => xssReport("stopped " + e.effectiveDirective + " " + e.blockedURI + " in " + location.href), true);
	xssReport("listening in " + location.href);`

// TestNoMarkupComesThrough shows Link, the local page and the simulator's answers
// with text that would run in every field of the fixtures, and in every value
// that an app hands over.
func TestNoMarkupComesThrough(t *testing.T) {
	x := &xss{}
	x.dir, x.planted = xssFixtures(t)
	x.more(t)
	catalog, err := fixtures.Load(x.dir)
	if err != nil {
		t.Fatal(err)
	}
	x.neighbourhood = newNeighbourhood(t, func(c *plaidsim.Config) { c.Catalog = catalog })
	x.page = x.plainApp(t, x.url+scriptPath, "", `<script src="APP"></script><script src="LINK"></script><script>walk()</script>`)
	x.canFail(t)
	t.Run("walks", func(t *testing.T) {
		for name, test := range map[string]func(*testing.T){
			"all of Link":     x.testLink,
			"autofill":        x.testAutofill,
			"the way out":     x.testLeave,
			"the local page":  x.testLocalPage,
			"the live page":   x.testLivePage,
			"values of calls": x.testCalls,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t)
			})
		}
	})
	if len(x.said) > 0 {
		t.Errorf("in the browser:\n%s", strings.Join(x.said, "\n"))
	}
	if frames := len(slices.DeleteFunc(slices.Clone(x.listened), func(at string) bool { return !strings.Contains(at, "/link/v2/frame.html") })); frames < 6 {
		t.Errorf("Link was listened to in %d documents of %q", frames, x.listened)
	}
	for field, text := range x.planted {
		if unseen := strings.Contains(field, "official_name") || strings.Contains(field, ".owner.") || strings.HasSuffix(field, ".shows"); !unseen && !strings.Contains(x.seen.String(), text) {
			t.Errorf("Link never showed %s as the text that it is", field)
		}
	}
	t.Logf("%d documents listened to", len(x.listened))
}

// more adds what one fixture of each kind cannot have at the same time.
func (x *xss) more(t *testing.T) {
	t.Helper()
	oauth := xssBody(t, xssKinds["institution"].body)
	oauth["institution_id"], oauth["name"], oauth["sign_in"], oauth["mfa"] = "ins_900104", xssLine("oauth"), "oauth", false
	content, err := os.ReadFile(filepath.Join(x.dir, "personas", "xss.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	autofill := xssBody(t, string(content))
	autofill["name"], autofill["phone"] = "xss-autofill", "+14155550178"
	delete(autofill, "profile")
	delete(autofill, "banks")
	for path, body := range map[string]map[string]any{"institutions/oauth.yaml": oauth, "personas/autofill.yaml": autofill} {
		content, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(x.dir, path), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// open opens an address in a tab of its own, all of whose documents report.
func (x *xss) open(t *testing.T, address string) context.Context {
	t.Helper()
	tab := x.tab(t, "about:blank")
	if err := chromedp.Listen(tab, func(event any) {
		called, ok := event.(*runtime.EventBindingCalled)
		if !ok {
			return
		}
		x.mu.Lock()
		defer x.mu.Unlock()
		if at, ok := strings.CutPrefix(called.Payload, "listening in "); ok {
			x.listened = append(x.listened, at)
		} else {
			x.said = append(x.said, called.Payload)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(tab, runtime.AddBinding, runtime.AddBindingParams{Name: "xssReport"}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: xssListener}); err != nil {
		t.Fatal(err)
	}
	pagetest.Run(t, tab, chromedp.Navigate(address))
	return tab
}

// canFail opens pages that do take such text for markup: what runs is told, and
// so is what a policy has stopped.
func (x *xss) canFail(t *testing.T) {
	t.Helper()
	for path, policy := range map[string]string{"/unsafe": "", "/unsafe-stopped": "default-src 'none'"} {
		x.file(path, "text/html", `<!doctype html><title>unsafe</title><p title="`+xssLine("unsafe")+`</p><script>done()</script>`, csp, policy)
		tab := x.open(t, x.plain+path)
		for _, want := range map[string][]string{"": {"ran unsafe in ", "ran 1 in "}, "default-src 'none'": {"stopped script-src-elem", "stopped img-src"}}[policy] {
			deadline := time.Now().Add(pagetest.Patience)
			for !x.has(want) {
				if time.Now().After(deadline) {
					t.Fatalf("%s: nothing tells of %q: %q", path, want, x.said)
				}
				pagetest.InPage(t, tab, `true`)
			}
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.said = nil
}

func (x *xss) has(begin string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.ContainsFunc(x.said, func(s string) bool { return strings.HasPrefix(s, begin) })
}

// look keeps what the pane says, which has made no element of it.
func (x *xss) look(t *testing.T, tab context.Context, title string) {
	t.Helper()
	pagetest.Shows(t, tab, title)
	pagetest.InLink(t, tab, `!document.body.querySelector("script, img, svg, iframe, object, style, a, b, [onload], [onerror], [onclick]")`)
	text := pagetest.TextOfLink(t, tab)
	if strings.Contains(text, "49") && !strings.Contains(text, "{{7*7}}") {
		t.Errorf("a template was filled in: %s", text)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.seen.WriteString(text)
}

// app opens an app of the same site as Link, so that both are in one process and
// report alike, and walks to where Link is open, or asks for a date of birth.
func (x *xss) app(t *testing.T, phone, token string) context.Context {
	t.Helper()
	return x.open(t, x.plain+x.page+"?phone="+url.QueryEscape(phone)+"&token="+url.QueryEscape(token))
}

// putAll puts hostile text into every field of the pane.
func putAll(t *testing.T, tab context.Context) {
	t.Helper()
	putInto(t, tab, `input.dataset.key`, pagetest.Quote(xssLine("typed")))
}

// putInto puts a value into the fields for which a condition holds.
func putInto(t *testing.T, tab context.Context, condition, value string) {
	t.Helper()
	pagetest.InLink(t, tab, `(() => {
		for (const input of document.querySelectorAll("input:not([type=checkbox])")) {
			if (!(`+condition+`)) continue;
			input.value = `+value+`;
			input.dispatchEvent(new Event("input", { bubbles: true }));
		}
		return true;
	})()`)
}

const noticed = `document.getElementById("notice")?.textContent && !document.querySelector("[aria-busy]")`

func (x *xss) testLink(t *testing.T) {
	tab := x.app(t, "+14155550177", x.token(t, "template_xss"))
	x.look(t, tab, paneConsent)
	pagetest.Press(t, tab, "Continue")
	x.look(t, tab, paneCode)
	pagetest.TypeKeys(t, tab, "000000")
	pagetest.InLink(t, tab, noticed)
	x.look(t, tab, paneCode)
	pagetest.TypeKeys(t, tab, "123456")
	x.look(t, tab, paneReview)

	pagetest.Press(t, tab, "Add a bank")
	x.look(t, tab, "Find your bank")
	putAll(t, tab)
	pagetest.Press(t, tab, "Search")
	pagetest.InLink(t, tab, noticed)
	x.look(t, tab, "Find your bank") // and nothing was found
	putInto(t, tab, "true", `"xss"`)
	pagetest.Press(t, tab, "Search")
	pagetest.InLink(t, tab, `document.querySelectorAll(".option").length === 2 && !document.querySelector("[aria-busy]")`)
	pagetest.Press(t, tab, xssLine("oauth")+" signs in on its own site")
	x.look(t, tab, "Sign in at "+xssLine("oauth"))
	pagetest.Press(t, tab, "Back")
	x.look(t, tab, "Find your bank")
	name := x.planted["institution.name"]
	pagetest.Press(t, tab, name+" password and a code")
	x.look(t, tab, "Sign in to "+name)
	putAll(t, tab)
	pagetest.Press(t, tab, "Sign in")
	pagetest.InLink(t, tab, noticed)
	x.look(t, tab, "Sign in to "+name)
	putInto(t, tab, "true", `{ username: "user_good", password: "pass_good" }[input.dataset.key]`)
	pagetest.Press(t, tab, "Sign in")
	x.look(t, tab, "Enter the code")
	putAll(t, tab)
	pagetest.Press(t, tab, "Submit")
	pagetest.InLink(t, tab, noticed)
	putInto(t, tab, "true", `"1234"`)
	pagetest.Press(t, tab, "Submit")
	x.look(t, tab, "Choose accounts")
	pagetest.InLink(t, tab, `(document.querySelector("input[type=checkbox]").checked || document.querySelector("input[type=checkbox]").click(), true)`)
	pagetest.Press(t, tab, "Connect")
	x.look(t, tab, name+" is connected")
	pagetest.Press(t, tab, "Continue")
	x.look(t, tab, paneReview)

	putAll(t, tab)
	pagetest.Press(t, tab, "Share") // is refused, and drawn again with what was typed
	pagetest.InLink(t, tab, `document.querySelector("input[aria-invalid=true]") && !document.querySelector("[aria-busy]")`)
	x.look(t, tab, paneReview)
	// The rest of it is shared.
	putInto(t, tab, `input.getAttribute("aria-invalid") === "true" || input.dataset.key.startsWith("address.")`,
		`({ date_of_birth: "1975-01-18", ssn: "987654321", "address.country": "US", "address.region": "CA", "address.postal_code": "94110", email: "a@example.com" })[input.dataset.key] ?? input.value`)
	pagetest.Press(t, tab, "Share")
	for _, c := range told(t, tab, "onSuccess") {
		if c.What != "onSuccess" {
			continue
		}
		said := x.post(t, "/user_account/session/get", map[string]any{"public_token": c.PublicToken})
		if !strings.Contains(said, "onerror=") {
			t.Errorf("what was typed is not what the app is told: %s", said)
		}
	}
}

func (x *xss) testAutofill(t *testing.T) {
	tab := x.app(t, "+14155550178", x.token(t, templateDefault))
	told(t, tab, "LAYER_NOT_AVAILABLE")
	do(t, tab, `handler.submit({ date_of_birth: "1975-01-18" })`)
	x.look(t, tab, paneConsent)
	pagetest.Press(t, tab, "Continue")
	x.look(t, tab, paneCode)
	pagetest.TypeKeys(t, tab, "123456")
	x.look(t, tab, paneReview)
	do(t, tab, `handler.exit()`)
	x.look(t, tab, "Leave?")
	pagetest.Press(t, tab, "Leave")
	told(t, tab, "onExit")
}

func (x *xss) testLeave(t *testing.T) {
	tab := x.app(t, "+14155550177", x.token(t, "template_xss"))
	x.look(t, tab, paneConsent)
	pagetest.Press(t, tab, "Continue")
	for i := range 3 {
		x.look(t, tab, paneCode)
		pagetest.TypeKeys(t, tab, "000000")
		if i < 2 {
			pagetest.InLink(t, tab, `document.querySelector("input")?.value === "" && document.body.textContent.includes("`+[]string{"2 attempts left", "One attempt left"}[i]+`")`)
		}
	}
	x.look(t, tab, "We could not verify your phone number")
	pagetest.Press(t, tab, "Close")
	told(t, tab, "onExit")
	tab = x.app(t, "+14155550160", x.token(t, templateDefault)) // no code is asked for
	x.look(t, tab, paneConsent)
	pagetest.Press(t, tab, "Continue")
	x.look(t, tab, "Verifying your phone number")
	x.look(t, tab, paneReview)
	pagetest.Press(t, tab, "Close")
	told(t, tab, "onExit")
}

// testLocalPage walks as 'layersim run' does.
func (x *xss) testLocalPage(t *testing.T) {
	asked := make(opened, 1)
	r := startRobot(t, settings{persona: "xss", template: "xss", fixtures: x.dir}, 120, 36, surroundings{browser: asked})
	toOpen(r)
	tab := x.open(t, asked.address(t))
	x.look(t, tab, paneConsent)
	pagetest.Press(t, tab, "Continue")
	x.look(t, tab, paneCode)
	pagetest.TypeKeys(t, tab, "123456")
	x.look(t, tab, paneReview)
	pagetest.Press(t, tab, "Share")
	r.await("Onboarded")
	pagetest.InPage(t, tab, goBack)
}

// testLivePage has the page say what flags and an app have put there.
func (x *xss) testLivePage(t *testing.T) {
	p := linkpage.New(linkpage.Options{
		ScriptURL: func(context.Context) (string, error) { return x.url + scriptPath, nil },
		Emit:      func(flow.Event) {},
		Now:       time.Now,
		Elsewhere: xssLine("elsewhere"),
		Connect:   x.url,
	})
	t.Cleanup(func() { _ = p.Close() })
	address, err := p.Present(t.Context(), 1, flow.Handover{LinkToken: flow.NewLinkToken(xssLine("token")), Key: flow.NewLinkKey(xssLine("key"))})
	if err != nil {
		t.Fatal(err)
	}
	tab := x.open(t, address)
	pagetest.InPage(t, tab, `document.body.textContent.includes(`+pagetest.Quote(xssLine("elsewhere"))+`)`)
	pagetest.InPage(t, tab, `document.body.textContent.includes("Link could not")`)
	p.Dismiss(1, xssLine("sentence"))
	pagetest.InPage(t, tab, `document.body.textContent.includes(`+pagetest.Quote(xssLine("sentence"))+`)`)
	pagetest.InPage(t, tab, `!document.body.querySelector("img, main script")`)
}

// testCalls hands such text over in every value of an app's first call, and
// looks at the answers that a browser can be led to.
func (x *xss) testCalls(t *testing.T) {
	taken := map[string]any{"template_id": "template_xss", "user": map[string]any{"client_user_id": "user"}}
	refused := 0
	for _, field := range []string{"client_id", "secret", "template_id", "user_id", "redirect_uri", "android_package_name", "webhook", "user.client_user_id", "user.user_id"} {
		value := xssLine("call." + field)
		if field == "webhook" || field == "redirect_uri" {
			value = `http://127.0.0.1:9/"><img/src=x/onerror=window.__xss=1>`
		}
		trial := map[string]any{}
		for k, v := range taken {
			trial[k] = v
		}
		if below, ok := strings.CutPrefix(field, "user."); ok {
			trial["user"] = map[string]any{"client_user_id": taken["user"].(map[string]any)["client_user_id"], below: value}
		} else {
			trial[field] = value
		}
		if said := x.post(t, "/session/token/create", trial); strings.Contains(said, "link_token") {
			taken = trial
		} else {
			refused++
		}
	}
	var answer struct {
		Link struct {
			Token string `json:"link_token"`
		}
	}
	if err := json.Unmarshal([]byte(x.post(t, "/session/token/create", taken)), &answer); err != nil || answer.Link.Token == "" {
		t.Fatalf("no link_token: %v", err)
	}
	tab := x.app(t, "+14155550177", answer.Link.Token)
	x.look(t, tab, paneConsent)
	for _, path := range []string{"/sim/sessions", "/sim/webhooks", "/sim/faults", "/sim/sessions/" + url.PathEscape(xssLine("id")), "/" + url.PathEscape(xssLine("path")), "/link/v2/frame.html?host=" + url.QueryEscape(xssLine("host"))} {
		pagetest.Run(t, tab, chromedp.Navigate(x.url+path))
		pagetest.InPage(t, tab, `!document.querySelector("img, b, svg")`)
	}
	t.Logf("%d values of /session/token/create take hostile text, %d refuse it", 9-refused, refused)
}

func (x *xss) post(t *testing.T, path string, body map[string]any) string {
	t.Helper()
	for key, value := range map[string]string{"client_id": "client", "secret": "secret"} { // as token has them
		if body[key] == nil {
			body[key] = value
		}
	}
	content, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(x.url+path, "application/json", bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var said bytes.Buffer
	if _, err := said.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	return said.String()
}
