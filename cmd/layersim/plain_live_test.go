package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/linkpage/pagetest"
	"layersim/tui/plain"

	"github.com/chromedp/chromedp"
)

// Live, Link is in a page: a walk from a pipe says its address, waits until
// somebody opens it, and until the user is through.
func TestPlainLive(t *testing.T) {
	f := newFar(t, false, nil)
	browser := f.window(t)
	asked := make(opened, 4)
	p, err := settings{env: "sandbox", environ: f.environ, link: "browser", platform: "web"}.check()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	a, err := newApp(ctx, p, surroundings{now: time.Now, browser: asked})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	o := a.plain()
	o.In, o.Out = strings.NewReader("\n\n415-555-0011\n\nwait\n"), &out
	over := make(chan plain.Ended, 1)
	go func() {
		ended, _ := plain.Run(ctx, o)
		over <- ended
	}()
	address := asked.address(t)
	pagetest.Run(t, browser, chromedp.Navigate(address))
	pagetest.Shows(t, browser, "Share your information")
	toTheReview(t, browser)
	pagetest.Press(t, browser, "Share")
	ended := <-over
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if ended.State.Phase != flow.PhaseOnboarded {
		t.Fatalf("the walk ended in %q:\n%s", ended.State.Phase, out.String())
	}
	for text, times := range map[string]int{
		"Address to open in a browser on this machine: " + address: 1, "Page: tab 1 connected.": 1, "Link: onSuccess; ": 1, "Step: The user is onboarded.": 1, "SSN: hidden.": 1,
		farSecret: 0, "•": 0, ended.State.Account.Identity.SSN.Reveal(): 0,
	} {
		if n := strings.Count(out.String(), text); n != times {
			t.Errorf("%q is said %d times, want %d:\n%s", text, n, times, out.String())
		}
	}
}
