package linkpage_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"layersim/flow/linkpage/pagetest"
)

// newApp serves a page of another origin that includes the Link script, as any
// app would, and opens it. The page writes what it is called back with, and
// what is said on the console, into log.
func newApp(t *testing.T, f *fakeLink) context.Context {
	t.Helper()
	page := fmt.Sprintf(`<!doctype html><title>app</title>
<script>
	var log = [], errors = [];
	console.warn = (text) => log.push("warn: " + text);
	addEventListener("error", (e) => errors.push(e.message));
</script>
<script src=%[1]q></script>
<script>window.first = Plaid;</script>
<script src=%[1]q></script>
<body><button id="before">before</button><script>
	var twice = log.splice(0);
	const { create } = Plaid; // react-plaid-link calls it detached
	function start(more) {
		return create({
			token: %[2]q, key: undefined,
			onLoad: () => log.push("load"),
			onEvent: (name) => log.push(name),
			onSuccess: (token, metadata) => log.push("success " + token.slice(0, 15) + " " + metadata.link_session_id),
			onExit: (error, metadata) => log.push("exit " + (error && error.error_code) + " " + metadata.link_session_id),
			...more,
		});
	}
</script>`, f.script(), fakeToken)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(app.Close)
	browser := pagetest.NewWindow(t)
	pagetest.Run(t, browser, chromedp.Navigate(app.URL))
	return browser
}

// do evaluates a statement in the app's page.
func do(t *testing.T, ctx context.Context, statement string) {
	t.Helper()
	pagetest.InPage(t, ctx, `(() => { `+statement+`; return true; })()`)
}

// logged waits until the app's log has n lines and returns it.
func logged(t *testing.T, ctx context.Context, n int) []string {
	t.Helper()
	pagetest.InPage(t, ctx, fmt.Sprintf(`log.length >= %d`, n))
	lines, err := pagetest.Evaluate[[]string](ctx, 0, `log`)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func wantLog(t *testing.T, ctx context.Context, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, logged(t, ctx, len(want))); diff != "" {
		t.Errorf("what the app was told:\n%s", diff)
	}
}

func TestScriptBehavesAsAnAppExpects(t *testing.T) {
	f := newFakeLink(t)
	browser := newApp(t, f)
	pagetest.InPage(t, browser, `Plaid === first && twice.length === 1 && twice[0].includes("more than once")`)

	// open before onLoad waits, submit before onLoad is lost.
	do(t, browser, `document.getElementById("before").focus(); window.handler = start(); handler.submit({ phone_number: "+14155550011" }); handler.open()`)
	pagetest.Shows(t, browser, "Pane CONSENT")
	pagetest.InPage(t, browser, `document.querySelectorAll("iframe").length === 1 && document.documentElement.style.overflow === "hidden"`)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, "Pane VERIFY_PHONE")
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, "Pane PROFILE_DATA_REVIEW")
	pagetest.InLink(t, browser, `document.querySelector("legend").textContent === "<b>First</b> Bank" && !document.querySelector("b")`)

	// A private value is hidden until asked for, each by its own button.
	pagetest.InLink(t, browser, `document.querySelector("input.masked").labels[0].textContent === "SSN"`)
	pagetest.Press(t, browser, "Show SSN")
	pagetest.InLink(t, browser, `!document.querySelector("input.masked")`)
	pagetest.Press(t, browser, "Hide SSN")

	pagetest.Press(t, browser, "Share")
	wantLog(t, browser,
		"warn: Simulated Link: submit() before onLoad was dropped, as real Link may do. Wait for onLoad.",
		"load", "OPEN", "TRANSITION_VIEW", "TRANSITION_VIEW", "SUBMIT_OTP", "TRANSITION_VIEW", "HANDOFF", "success profile-sandbox sid")
	if f.count("submit") != 0 {
		t.Error("a dropped submit was sent")
	}
	// Link is out of the way, and the focus is where it was.
	pagetest.InPage(t, browser, `document.querySelector("iframe").style.visibility === "hidden"`)
	pagetest.InPage(t, browser, `document.activeElement.id === "before"`)
	pagetest.InPage(t, browser, `document.documentElement.style.overflow === ""`)
	do(t, browser, `handler.destroy(); handler.destroy()`)
	pagetest.InPage(t, browser, `!document.querySelector("iframe")`)
}

func TestForcedExitFiresOnExitAndDestroyNothing(t *testing.T) {
	f := newFakeLink(t)
	browser := newApp(t, f)
	// As react-plaid-link cleans up: exit, and destroy inside onExit.
	do(t, browser, `window.handler = start({ onExit: (error) => { log.push("exit " + error); handler.destroy(); } }); handler.open()`)
	pagetest.Shows(t, browser, "Pane CONSENT")
	do(t, browser, `handler.exit({ force: true })`)
	wantLog(t, browser, "load", "OPEN", "TRANSITION_VIEW", "EXIT", "exit null")
	pagetest.InPage(t, browser, `!document.querySelector("iframe")`)

	do(t, browser, `log.length = 0; handler.open()`)
	wantLog(t, browser, "warn: Simulated Link: open() on a handler that was destroyed does nothing.")
	do(t, browser, `log.length = 0; handler = start(); handler.destroy()`)
	pagetest.InPage(t, browser, `!document.querySelector("iframe")`)
	if lines := logged(t, browser, 0); len(lines) > 0 {
		t.Errorf("destroy led to %q", lines)
	}
}

func TestAnExceptionInTheAppDoesNotBreakLink(t *testing.T) {
	f := newFakeLink(t)
	browser := newApp(t, f)
	do(t, browser, `window.handler = start({ onEvent: (name) => { log.push(name); throw new Error("the app's own " + name); } }); handler.open()`)
	pagetest.Shows(t, browser, "Pane CONSENT")
	pagetest.Press(t, browser, "Close")
	wantLog(t, browser, "load", "OPEN", "TRANSITION_VIEW", "EXIT", "exit null sid")
	pagetest.InPage(t, browser, `errors.length === 3 && errors[0].includes("the app's own OPEN")`)
}

func TestABadTokenReachesOnExit(t *testing.T) {
	f := newFakeLink(t)
	browser := newApp(t, f)
	do(t, browser, `window.handler = start({ token: "link-sandbox-expired" }); handler.open()`)
	wantLog(t, browser, "exit INVALID_LINK_TOKEN null")
	pagetest.InPage(t, browser, `document.querySelector("iframe").style.visibility === "hidden"`)
}

func TestALostAnswerCountsACodeOnce(t *testing.T) {
	f := newFakeLink(t)
	browser := newApp(t, f)
	do(t, browser, `window.handler = start(); handler.open()`)
	pagetest.Shows(t, browser, "Pane CONSENT")
	f.fail(http.StatusBadGateway, 2)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, "Pane VERIFY_PHONE")
	// The code arrives, its answer does not.
	f.fail(-1, 1)
	pagetest.TypeKeys(t, browser, "000000")
	pagetest.InLink(t, browser, `document.getElementById("notice").textContent === "That code is not right."`)
	if n := f.count("code"); n != 1 {
		t.Errorf("the code was sent %d times", n)
	}
	wantLog(t, browser, "load", "OPEN", "TRANSITION_VIEW", "TRANSITION_VIEW", "SUBMIT_OTP", "ERROR")
}

func TestASimulatorThatForgotTheSessionEndsLink(t *testing.T) {
	f := newFakeLink(t)
	browser := newApp(t, f)
	do(t, browser, `window.handler = start(); handler.open()`)
	pagetest.Shows(t, browser, "Pane CONSENT")
	f.fail(http.StatusNotFound, 1)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, "Link cannot go on")
	wantLog(t, browser, "load", "OPEN", "TRANSITION_VIEW", "exit INTERNAL_SERVER_ERROR null")
	pagetest.Press(t, browser, "Close")
	pagetest.InLink(t, browser, `document.getElementById("dialog").hidden`)
}

func TestFocusStaysInLink(t *testing.T) {
	f := newFakeLink(t)
	browser := newApp(t, f)
	do(t, browser, `window.handler = start(); handler.open()`)
	pagetest.Shows(t, browser, "Pane CONSENT")
	pagetest.InLink(t, browser, `(() => {
		const d = document.getElementById("dialog");
		return d.getAttribute("role") === "dialog" && d.getAttribute("aria-modal") === "true" &&
			document.getElementById(d.getAttribute("aria-labelledby")).textContent === "Pane CONSENT";
	})()`)
	for _, name := range []string{"Continue", "Close", "Continue", "Close"} {
		pagetest.TypeKeys(t, browser, "\t")
		pagetest.InLink(t, browser, `document.activeElement.textContent === `+pagetest.Quote(name))
	}
}
