package linkpage_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"layersim/flow"
	"layersim/flow/linkpage"
	"layersim/flow/linkpage/pagetest"
)

// stubHome is a home whose Link script is this one. What it calls is in
// window.log.
func stubHome(t *testing.T, browser context.Context, script string) *home {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte(script))
	}))
	t.Cleanup(server.Close)
	return homeOf(t, browser, server.URL+"/link/v2/stable/link-initialize.js")
}

func homeOf(t *testing.T, browser context.Context, script string) *home {
	t.Helper()
	h := &home{walk: &walk{}}
	h.page, h.events = livePage(t, script, &h.line, "")
	h.handlers = h.page.Handlers()
	h.url, _ = h.serve(t)
	pagetest.Run(t, browser, chromedp.Navigate(h.url))
	await[flow.PageConnected](t, h.events)
	return h
}

func (h *home) make(t *testing.T) error {
	t.Helper()
	return h.handlers.Create(within(t), flow.CreateHandler{HandlerID: handlerID, LinkToken: flow.NewLinkToken("link-sandbox-1")})
}

// making starts create() and lets it wait.
func (h *home) making(t *testing.T) chan error {
	t.Helper()
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go func() {
		done <- h.handlers.Create(ctx, flow.CreateHandler{HandlerID: handlerID, LinkToken: flow.NewLinkToken("link-sandbox-1")})
	}()
	return done
}

// goodScript is a Link that answers at once and notes its calls.
const goodScript = `
window.log = [];
window.Plaid = { create(config) {
	log.push("create");
	setTimeout(() => config.onLoad(), 0);
	const tell = (name) => config.onEvent(name, { link_session_id: "sid" });
	return {
		submit(data) { log.push("submit " + Object.values(data).join("+")); setTimeout(() => tell(window.answer ?? "LAYER_READY"), 0); },
		open() { log.push("open"); tell("OPEN"); },
		exit(options) { log.push("exit " + options.force); config.onExit(null, {}); },
		destroy() { log.push("destroy"); },
	};
} };`

func TestWhyThereIsNoScriptIsToldApart(t *testing.T) {
	browser := pagetest.NewWindow(t)
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	redirect := httptest.NewServer(http.RedirectHandler(other.URL+"/sign-in", http.StatusFound))
	defer redirect.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>Sign in to the network</title>"))
	}))
	defer portal.Close()
	empty := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte("window.Plaid = undefined;"))
	}))
	defer empty.Close()
	for name, test := range map[string]struct{ script, want string }{
		"redirected":       {redirect.URL, "The Link script was blocked by this page’s Content-Security-Policy (script-src-elem)."},
		"nobody answers":   {gone.URL, "The Link script could not be loaded from " + gone.URL},
		"a page in place":  {portal.URL, "or something else answers in its place"},
		"a script without": {empty.URL, "was loaded, but it is not Link: it defines no Plaid.create."},
	} {
		t.Run(name, func(t *testing.T) {
			h := homeOf(t, browser, test.script+"/link/v2/stable/link-initialize.js")
			created := h.making(t)
			trouble := await[flow.PageTrouble](t, h.events)
			if !strings.Contains(trouble.Reason, test.want) {
				t.Errorf("%s\nwant %s", trouble.Reason, test.want)
			}
			pageSays(t, browser, "Link could not be opened")
			pagetest.InPage(t, browser, `!document.getElementById("again").hidden && !document.body.textContent.includes("finish there")`)
			if len(created) > 0 {
				t.Errorf("create() returned %v", <-created)
			}
		})
	}
}

// Whatever blocked the script can be put right, and the walk goes on.
func TestTryAgainAfterTheScriptWasBlocked(t *testing.T) {
	browser := pagetest.NewWindow(t)
	blocked := make(chan bool, 1)
	blocked <- true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		select {
		case <-blocked:
			w.WriteHeader(http.StatusBadGateway)
		default:
			_, _ = w.Write([]byte(goodScript))
		}
	}))
	defer server.Close()
	h := homeOf(t, browser, server.URL+"/x.js")
	created := h.making(t)
	await[flow.PageTrouble](t, h.events)
	pagetest.InPage(t, browser, `(document.getElementById("again").textContent === "Try again" && (document.getElementById("again").click(), true))`)
	ok(t, <-created)
	if e := await[flow.OnLoad](t, h.events); e.Again {
		t.Error("the first onLoad is no news")
	}
	pageSays(t, browser, "Link is loaded")
}

func TestWhatTheHandlerThrowsIsTheFailureOfTheCall(t *testing.T) {
	browser := pagetest.NewWindow(t)
	for name, test := range map[string]struct{ script, want, says string }{
		"create throws": {
			`window.Plaid = { create() { throw new Error("Invalid token \u001b[31m for +14155550011"); } };`,
			"Plaid.create() failed in the page: Invalid token  [31m for +1••••••••11", "Link could not be opened",
		},
		"create throws nonsense": {
			`window.Plaid = { create() { throw undefined; } };`,
			"Plaid.create() failed in the page: undefined", "Link could not be opened",
		},
		"too old for Layer": {
			`window.Plaid = { create(c) { setTimeout(c.onLoad, 0); return { open() {}, exit() {} }; } };`,
			"handler.submit() failed in the page: this Link script has no submit(), so it does not know Layer", "Link is loaded",
		},
		"submit throws": {
			`window.Plaid = { create(c) { setTimeout(c.onLoad, 0); return { submit() { throw new TypeError("phone_number"); } }; } };`,
			"handler.submit() failed in the page: phone_number", "Link is loaded",
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := stubHome(t, browser, test.script)
			err := h.make(t)
			if err == nil {
				err = h.handlers.Submit(within(t), flow.SubmitHandler{HandlerID: handlerID, Phone: flow.NewPhoneNumber("+14155550011")})
			}
			var failure flow.Failure
			if !errors.As(err, &failure) || failure.Message != test.want || failure.Code != flow.CodeClient {
				t.Errorf("%+v\nwant %s", err, test.want)
			}
			pageSays(t, browser, test.says)
			h.handlers.Destroy(handlerID) // there is no destroy(), which is harmless
			pageSays(t, browser, "This session is over. Go on in your terminal.")
		})
	}
}

func TestTheCallsAreTheApps(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := stubHome(t, browser, goodScript)
	ok(t, h.handlers.Create(within(t), flow.CreateHandler{HandlerID: handlerID, LinkToken: flow.NewLinkToken("link-sandbox-1"), Early: flow.NewPhoneNumber("+14155550010")}))
	await[flow.OnLoad](t, h.events)
	ok(t, h.handlers.Submit(within(t), flow.SubmitHandler{HandlerID: handlerID, Phone: flow.NewPhoneNumber("+14155550011"), DateOfBirth: flow.NewDateOfBirth("1975-01-18")}))
	h.event(t, flow.EventLayerReady)
	h.open(t)
	ok(t, h.handlers.OpenAgain(within(t), handlerID))
	want := `log.join() === "create,submit +14155550010,submit +14155550011+1975-01-18,open,open"`
	pagetest.InPage(t, browser, want)
	drain(h.events)
	pagetest.Run(t, browser, chromedp.Reload())
	h.again(t, flow.EventLayerReady, flow.EventLayerReady, flow.EventOpen, flow.EventOpen)
	pagetest.InPage(t, browser, want)
	ok(t, h.handlers.Exit(within(t), handlerID))
	await[flow.OnExit](t, h.events)
	h.handlers.Destroy(handlerID)
	pageSays(t, browser, "Link was closed. Go on in your terminal.")
	pagetest.InPage(t, browser, `log.slice(-2).join() === "exit true,destroy"`)
}

// After the end nothing is called again, even if the terminal heard of the end
// only from the load that followed.
func TestAReloadAfterTheEndCallsNothing(t *testing.T) {
	browser := pagetest.NewWindow(t)
	// What the load before had to say takes its time, so that it comes after the
	// new load could have been told what to do.
	slow := `(() => {
		const Native = WebSocket;
		window.WebSocket = class extends Native {
			send(text) { JSON.parse(text).seq && JSON.parse(text).instance ? setTimeout(() => super.send(text), 500) : super.send(text); }
		};
	})()`
	if _, err := chromedp.Call(browser, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: slow}); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ call, says string }{
		"success":  {`config.onSuccess("profile-sandbox-1", {})`, "Thank you"},
		"exit":     {`config.onExit(null, {})`, "Link was closed"},
		"an error": {`config.onExit({ error_code: "INVALID_LINK_TOKEN" }, {})`, "Link could not go on"},
	} {
		t.Run(name, func(t *testing.T) {
			h := stubHome(t, browser, strings.Replace(goodScript, `log.push("create");`, `log.push("create"); window.config = config;`, 1))
			ok(t, h.make(t))
			h.submit(t, "+14155550011")
			h.event(t, flow.EventLayerReady)
			h.open(t)
			h.event(t, flow.EventOpen)
			// This load never comes through again.
			do(t, browser, `window.WebSocket = class { static OPEN = 1 }`)
			h.line.cut(true)
			await[flow.PageLost](t, h.events)
			do(t, browser, test.call)
			pageSays(t, browser, test.says)
			h.line.cut(false)
			pagetest.Run(t, browser, chromedp.Reload())
			await[flow.PageConnected](t, h.events)
			pageSays(t, browser, test.says)
			pagetest.InPage(t, browser, `document.getElementById("text").textContent === "Go on in your terminal." && window.log === undefined`)
			if names := drain(h.events); len(names) != 1 || !strings.HasPrefix(names[0], "on") {
				t.Errorf("came %q", names)
			}
			h.handlers.Destroy(handlerID)
			h.page.Dismiss(handlerID, "Something else.") // it has been said already what became of it
			pagetest.InPage(t, browser, `document.querySelector("h1").textContent.endsWith("erminal.") || document.querySelector("h1").textContent.endsWith("says why.")`)
			// Another attempt goes on in the same tab.
			next := make(chan error, 1)
			ctx := within(t)
			go func() {
				next <- h.handlers.Create(ctx, flow.CreateHandler{HandlerID: handlerID + 1, LinkToken: flow.NewLinkToken("link-sandbox-2")})
			}()
			ok(t, <-next)
			if e := await[flow.OnLoad](t, h.events); e.Again || e.HandlerID != handlerID+1 {
				t.Errorf("%+v", e)
			}
			pageSays(t, browser, "Link is loaded")
		})
	}
}

// A load that does not come to the answer of the one before says so, and makes
// no more calls.
func TestADifferentAnswerAfterAReloadIsReported(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := stubHome(t, browser, goodScript+`if (sessionStorage.getItem("other")) window.answer = "LAYER_NOT_AVAILABLE"; sessionStorage.setItem("other", "x");`)
	ok(t, h.make(t))
	h.submit(t, "+14155550011")
	h.event(t, flow.EventLayerReady)
	h.open(t)
	pagetest.Run(t, browser, chromedp.Reload())
	trouble := await[flow.PageTrouble](t, h.events)
	if want := "After the page was loaded anew, Link answered the same submit() with LAYER_NOT_AVAILABLE; before, it was LAYER_READY. Start over in the terminal."; trouble.Reason != want {
		t.Errorf("%s\nwant %s", trouble.Reason, want)
	}
	pageSays(t, browser, "Link could not be opened")
	pagetest.InPage(t, browser, `log.join() === "create,submit +14155550011,destroy"`)
	if err := h.handlers.OpenAgain(within(t), handlerID); err == nil || !strings.Contains(err.Error(), "LAYER_NOT_AVAILABLE") {
		t.Errorf("a call after it: %v", err)
	}
}

// soon shortens the page's patience with onLoad.
const soon = `
	const { setTimeout: later } = window;
	window.setTimeout = (act, ms) => later(act, ms > 10000 && ms < 20000 ? 50 : ms);`

// An onLoad that is late is reported, and does no harm when it comes.
func TestALateLoadIsReported(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := stubHome(t, browser, soon+`window.Plaid = { create(c) { window.load = c.onLoad; return { submit() { window.submitted = true; } }; } };`)
	ok(t, h.make(t))
	trouble := await[flow.PageTrouble](t, h.events)
	if !strings.HasPrefix(trouble.Reason, "Link was created but did not call onLoad yet.") {
		t.Error(trouble.Reason)
	}
	pageSays(t, browser, "Link takes long")
	submitted := make(chan error, 1)
	ctx := within(t)
	go func() {
		submitted <- h.handlers.Submit(ctx, flow.SubmitHandler{HandlerID: handlerID, Phone: flow.NewPhoneNumber("+14155550011")})
	}()
	pagetest.InPage(t, browser, `(!window.submitted && (load(), true))`)
	await[flow.OnLoad](t, h.events)
	ok(t, <-submitted)
	pagetest.InPage(t, browser, `window.submitted`)
}

func TestABlockedFrameIsReported(t *testing.T) {
	browser := pagetest.NewWindow(t)
	h := stubHome(t, browser, `window.Plaid = { create() {
		const frame = document.createElement("iframe");
		frame.src = "http://localhost:9/frame.html";
		document.body.append(frame);
		return {};
	} };`)
	ok(t, h.make(t))
	if trouble := await[flow.PageTrouble](t, h.events); trouble.Reason != "Link did not load: this page’s Content-Security-Policy (frame-src) blocked its frame." {
		t.Error(trouble.Reason)
	}
}

func TestGivingUpTakesTheCallBack(t *testing.T) {
	h := &home{walk: &walk{}}
	h.page, h.events = livePage(t, testScript, &h.line, "")
	h.handlers = h.page.Handlers()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := h.handlers.Create(ctx, flow.CreateHandler{HandlerID: handlerID, LinkToken: flow.NewLinkToken("link-sandbox-1")})
	var failure flow.Failure
	if !errors.As(err, &failure) || failure.Code != flow.CodeTimeout || !strings.HasPrefix(failure.Message, "No browser has the local page open") || !failure.Retryable {
		t.Errorf("%+v", err)
	}
	url, _ := h.serve(t)
	b := openTab(t, url, "a")
	if m := b.hear("handle"); m["calls"] != nil {
		t.Errorf("the page is told of %v", m["calls"])
	}
	// Another handler ends whoever waits for the one before.
	first := h.making(t)
	b.hear("handle")
	second := h.making(t)
	if err := <-first; !errors.As(err, &failure) || !strings.Contains(failure.Message, "another handler took its place") {
		t.Errorf("%v", err)
	}
	h.handlers.Destroy(handlerID)
	if err := <-second; !errors.As(err, &failure) || !strings.Contains(failure.Message, "the handler was destroyed") {
		t.Errorf("%v", err)
	}
	// Closing ends whoever waits.
	created := make(chan error, 1)
	go func() {
		created <- h.handlers.Create(context.Background(), flow.CreateHandler{HandlerID: handlerID + 1, LinkToken: flow.NewLinkToken("link-sandbox-2")})
	}()
	b.hear("handle")
	if err := h.page.Close(); err != nil {
		t.Error(err)
	}
	if err := <-created; !errors.As(err, &failure) {
		t.Errorf("%v", err)
	}
	if err := h.handlers.Open(t.Context(), 7); !errors.As(err, &failure) {
		t.Errorf("an unknown handler: %v", err)
	}
	if _, _, err := (*linkpage.Handlers).Serve(h.handlers, t.Context()); !errors.As(err, &failure) {
		t.Errorf("Serve after Close: %v", err)
	}
}
