// Package pagetest drives the local page, and Link in it, in a headless
// Chromium, for tests that want to see what a person would see.
//
//	browser := pagetest.NewBrowser(t) // skips the test where there is none
//	pagetest.Run(t, browser, chromedp.Navigate(url))
//	pagetest.Shows(t, browser, "Share your information")
//	pagetest.Press(t, browser, "Continue")
package pagetest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Patience is how long a step in the browser may take on a busy machine.
const Patience = 20 * time.Second

// NewBrowser starts a headless chromium, with flags of the caller's if need be,
// and returns the context of its first tab. The test is skipped where there is
// none, unless LAYERSIM_REQUIRE_ALL is set.
func NewBrowser(t *testing.T, flags ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	ctx, stop, err := start(findBrowser(t), t.TempDir(), flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return ctx
}

// shared is the browser whose windows the tests of a package use, once one did.
var shared struct {
	once sync.Once
	ctx  context.Context
	dir  string
	stop func()
	err  error
}

// NewWindow opens a window of one browser that all tests of the package share:
// starting one takes longer than most of them. What a window stores, no other
// sees. Whoever uses it calls Close in TestMain.
func NewWindow(t *testing.T) context.Context {
	t.Helper()
	path := findBrowser(t)
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "layersim-browser"); shared.err == nil {
			shared.ctx, shared.stop, shared.err = start(path, shared.dir)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	ctx, cancel := chromedp.NewContext(shared.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// Close ends the browser of NewWindow, if there is one.
func Close() {
	if shared.stop != nil {
		shared.stop()
	}
	if shared.dir != "" {
		_ = os.RemoveAll(shared.dir)
	}
}

// findBrowser returns where a browser is.
func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	if os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
		t.Fatal("no chromium or google-chrome in PATH")
	}
	t.Skip("no chromium or google-chrome in PATH: the page is not tested in a browser")
	return ""
}

// start starts a browser with its profile in a folder.
func start(path, dir string, flags ...chromedp.ExecAllocatorOption) (context.Context, func(), error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.DisableGPU,
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(options, flags...)...)
	ctx, cancel := chromedp.NewContext(allocator)
	end := func() {
		_ = chromedp.Cancel(ctx) // waits for the process, so its profile can be removed
		cancel()
		stop()
	}
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, nil, fmt.Errorf("start the browser: %w", err)
	}
	return ctx, end, nil
}

// NewTab opens another tab of the same browser.
func NewTab(t *testing.T, ctx context.Context) context.Context {
	t.Helper()
	tab, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(tab); err != nil {
		t.Fatal(err)
	}
	return tab
}

// Run performs steps in the browser, and fails the test if one cannot be.
func Run(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatalf("in the browser: %v", err)
	}
}

// InPage waits until a JavaScript expression is true in the page.
func InPage(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	waitFor(t, ctx, "the page", expression, func(ctx context.Context) (context.Context, runtime.ExecutionContextID, error) { return ctx, 0, nil })
}

// InLink does the same in the frame of Link.
func InLink(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	waitFor(t, ctx, "Link", expression, linkWorld)
}

// A place is where to look: a tab, or a frame of it that is a target of its
// own, and a world in it.
type place func(tab context.Context) (context.Context, runtime.ExecutionContextID, error)

// waitFor asks again and again, because a frame can go and another come while
// an expression is looked at.
func waitFor(t *testing.T, tab context.Context, where, expression string, find place) {
	t.Helper()
	deadline := time.Now().Add(Patience)
	look := `new Promise((done) => {
		const end = Date.now() + 1000;
		const look = () => {
			if (` + expression + `) done(true);
			else if (Date.now() > end) done(false);
			else setTimeout(look, 20);
		};
		look();
	})`
	for {
		ctx, world, err := find(tab)
		var holds bool
		if err == nil {
			ctx, cancel := context.WithDeadline(ctx, deadline)
			holds, err = Evaluate[bool](ctx, world, look)
			cancel()
		}
		if holds && err == nil {
			return
		}
		if tab.Err() != nil || time.Now().After(deadline) {
			t.Fatalf("%s never came to %s: %v", where, expression, err)
		}
	}
}

// Evaluate returns what an expression is in a world of the page, 0 for the page
// itself; a promise is waited for.
func Evaluate[T any](ctx context.Context, world runtime.ExecutionContextID, expression string) (T, error) {
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, func(p *runtime.EvaluateParams) {
		p.ContextID = world
	}, chromedp.EvalAwaitPromise))
}

// Shows waits until Link's heading is title, nothing is awaited, and the focus
// is in the pane.
func Shows(t *testing.T, ctx context.Context, title string) {
	t.Helper()
	InPage(t, ctx, `document.activeElement?.tagName === "IFRAME" && document.activeElement.style.visibility === "visible"`)
	InLink(t, ctx, `document.querySelector("#dialog:not([hidden]) h1")?.textContent === `+Quote(title)+` && !document.querySelector("[aria-busy]") && document.getElementById("dialog").contains(document.activeElement)`)
}

// Press clicks the button of Link with this accessible name.
func Press(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	InLink(t, ctx, `(() => {
		const named = (b) => (b.getAttribute("aria-label") ?? b.textContent) === `+Quote(name)+`;
		const found = [...document.querySelectorAll("button")].filter(named);
		if (found.length !== 1) return false;
		found[0].click();
		return true;
	})()`)
}

// Fill replaces the value of Link's field with this label, by typing.
func Fill(t *testing.T, ctx context.Context, label, value string) {
	t.Helper()
	InLink(t, ctx, `(() => {
		const found = [...document.querySelectorAll("label")].filter((l) => l.textContent === `+Quote(label)+`);
		if (found.length !== 1) return false;
		found[0].control.focus();
		found[0].control.select();
		return true;
	})()`)
	TypeKeys(t, ctx, value)
}

// TypeKeys types wherever the focus is.
func TypeKeys(t *testing.T, ctx context.Context, keys string) {
	t.Helper()
	Run(t, ctx, chromedp.KeyEvent(keys))
}

// Quote makes a JavaScript string.
func Quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
