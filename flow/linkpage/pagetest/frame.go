package pagetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// linkWorld makes a world in the frame of Link from which its document can be
// seen and its scripts can't. Chromium keeps a frame of another site in a
// process of its own, which is another target than the tab.
func linkWorld(tab context.Context) (context.Context, runtime.ExecutionContextID, error) {
	tree, err := chromedp.Call(tab, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return nil, 0, err
	}
	frames := map[cdp.FrameID]bool{}
	frame := findLink(tree.FrameTree, frames)
	if frame == "" {
		if tab, err = attachLink(tab, frames); err != nil {
			return nil, 0, err
		}
		frame = cdp.FrameID(chromedp.FromContext(tab).Target.TargetID)
	}
	world, err := chromedp.Call(tab, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame})
	return tab, world.ExecutionContextID, err
}

// TextOfLink returns what is to be read in the frame of Link, and in its fields.
func TextOfLink(t *testing.T, tab context.Context) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, Patience)
	defer cancel()
	ctx, world, err := linkWorld(ctx)
	if err != nil {
		t.Fatal(err)
	}
	text, err := Evaluate[string](ctx, world, `[document.body.textContent, ...[...document.querySelectorAll("input")].map((i) => i.value)].join("\n")`)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var errNoLink = errors.New("Link is not in the page")

func isLink(url string) bool { return strings.Contains(url, "/link/v2/frame.html") }

// findLink looks for the frame of Link, in frames of frames too, and notes which
// frames there are.
func findLink(tree *page.FrameTree, frames map[cdp.FrameID]bool) cdp.FrameID {
	if isLink(tree.Frame.URL) {
		return tree.Frame.ID
	}
	frames[tree.Frame.ID] = true
	for _, child := range tree.ChildFrames {
		if found := findLink(child, frames); found != "" {
			return found
		}
	}
	return ""
}

// attached are the frames of other processes that have been looked into.
var attached sync.Map // target.ID → context.Context

// attachLink looks for Link among the frames that lie in these frames, each a
// target whose id is that of the frame.
func attachLink(tab context.Context, frames map[cdp.FrameID]bool) (context.Context, error) {
	targets, err := chromedp.Targets(tab)
	if err != nil {
		return nil, err
	}
	for more := true; more; {
		more = false
		for _, t := range targets {
			id := cdp.FrameID(t.TargetID)
			if t.Type != "iframe" || !frames[t.ParentFrameID] || frames[id] {
				continue
			}
			if isLink(t.URL) {
				return attach(tab, t.TargetID)
			}
			frames[id], more = true, true
		}
	}
	return nil, errNoLink
}

func attach(tab context.Context, id target.ID) (context.Context, error) {
	if ctx, ok := attached.Load(id); ok {
		return ctx.(context.Context), nil
	}
	// It goes with the tab.
	ctx, cancel := chromedp.NewContext(tab, chromedp.WithTargetID(id), chromedp.WithDetachOnCancel())
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		return nil, err
	}
	attached.Store(id, ctx)
	return ctx, nil
}
