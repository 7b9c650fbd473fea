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
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
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
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("LAYERSIM_REQUIRE_ALL") != "" {
			t.Fatal("no chromium or google-chrome in PATH")
		}
		t.Skip("no chromium or google-chrome in PATH: the page is not tested in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(t.TempDir(), "profile")),
		chromedp.DisableGPU,
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(options, flags...)...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the process, so its profile can be removed
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return ctx
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
	waitFor(t, ctx, "the page", expression, func(context.Context) (runtime.ExecutionContextID, error) { return 0, nil })
}

// InLink does the same in the frame of Link.
func InLink(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	waitFor(t, ctx, "Link", expression, linkWorld)
}

// waitFor asks again and again, because a frame can go and another come while
// an expression is looked at.
func waitFor(t *testing.T, ctx context.Context, where, expression string, world func(context.Context) (runtime.ExecutionContextID, error)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
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
		id, err := world(ctx)
		var holds bool
		if err == nil {
			holds, err = Evaluate[bool](ctx, id, look)
		}
		if holds && err == nil {
			return
		}
		if ctx.Err() != nil {
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

// linkWorld makes a place in the frame of Link from which its document can be
// seen and its scripts can't.
func linkWorld(ctx context.Context) (runtime.ExecutionContextID, error) {
	tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return 0, err
	}
	if len(tree.FrameTree.ChildFrames) == 0 {
		return 0, errors.New("there is no frame")
	}
	world, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.ChildFrames[0].Frame.ID})
	return world.ExecutionContextID, err
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
