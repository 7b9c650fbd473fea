package main

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"layersim/flow/linkpage/pagetest"

	"github.com/chromedp/chromedp"
)

// The branches of a live walk, each to its end.

// liveToLink walks with a user whom Layer knows until Link is open on the page.
func liveToLink(t *testing.T, f *far) (*robot, context.Context) {
	t.Helper()
	r, browser := startLive(t, f)
	submitsPhone(r, "415-555-0011", "The user is eligible")
	r.press("enter")
	pagetest.Shows(t, browser, "Share your information")
	return r, browser
}

// toTheCode and toTheReview go on in Link, from its first pane.
func toTheCode(t *testing.T, browser context.Context) {
	t.Helper()
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, "Verify your phone number")
}

func toTheReview(t *testing.T, browser context.Context) {
	t.Helper()
	toTheCode(t, browser)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, "Review your information")
}

// finishes goes from the first pane of Link to its end.
func finishes(t *testing.T, r *robot, browser context.Context) {
	t.Helper()
	toTheReview(t, browser)
	pagetest.Press(t, browser, "Share")
	r.await("Onboarded")
	r.await(`Identity .*Phone \+1`)
}

func TestLiveDateOfBirth(t *testing.T) {
	overBoth(t, func(t *testing.T, secure bool) {
		r, browser := startLive(t, newFar(t, secure, nil))
		submitsPhone(r, "515-555-0016", "Ask for the date of birth")
		r.typed("1975-01-18")
		r.press("enter")
		r.await("The user is eligible")
		r.press("enter")
		pagetest.Shows(t, browser, "Share your information")
		finishes(t, r, browser)
	})
}

func TestLiveFallsBack(t *testing.T) {
	overBoth(t, func(t *testing.T, secure bool) {
		r, browser := startLive(t, newFar(t, secure, nil))
		submitsPhone(r, "515-555-0016", "Ask for the date of birth")
		r.typed("1980-02-02")
		r.press("enter")
		r.await("LAYER_AUTOFILL_NOT_AVAILABLE")
		r.await("own form")
		pagetest.InPage(t, browser, pageIsDone)
		// The next attempt has the same tab.
		r.press("ctrl+n")
		r.await("Ask for a link_token")
		r.press("enter")
		r.await("Create the handler")
		r.press("enter")
		r.await("Ask for the phone number")
		pagetest.InPage(t, browser, `document.body.textContent.includes("Link is loaded")`)
	})
}

func TestLiveWrongCodes(t *testing.T) {
	overBoth(t, func(t *testing.T, secure bool) {
		r, browser := liveToLink(t, newFar(t, secure, nil))
		pagetest.Press(t, browser, "Continue")
		for i := range 3 {
			pagetest.Shows(t, browser, "Verify your phone number")
			pagetest.TypeKeys(t, browser, "000000")
			if i < 2 {
				pagetest.InLink(t, browser, `document.querySelector("input")?.value === "" && document.body.textContent.includes("`+[]string{"2 attempts left", "One attempt left"}[i]+`")`)
			}
		}
		// The rest is held back until Link is closed.
		pagetest.Press(t, browser, "Close")
		r.await("PROFILE_AUTHENTICATION_FAILED")
		r.await("could not be proven")
		pagetest.InPage(t, browser, pageIsDone+`|| document.body.textContent.includes("Link could not go on")`)
	})
}

func TestLiveClose(t *testing.T) {
	overBoth(t, func(t *testing.T, secure bool) {
		r, browser := liveToLink(t, newFar(t, secure, nil))
		pagetest.Press(t, browser, "Close")
		r.await("Link was closed|closed Link")
		r.await("start over")
		pagetest.InPage(t, browser, pageIsDone+`|| document.body.textContent.includes("Link was closed")`)
	})
}

func TestLiveAppCallsExit(t *testing.T) {
	overBoth(t, func(t *testing.T, secure bool) {
		r, browser := liveToLink(t, newFar(t, secure, nil))
		r.press("x")
		r.await(`The app called exit\(\)`)
		pagetest.InPage(t, browser, `!document.querySelector("iframe")`)
	})
}

// A page that is loaded anew, in whichever pane of Link, makes its calls again,
// and the walk goes on to its end.
func TestLivePageIsReloaded(t *testing.T) {
	ready := func(r *robot) { submitsPhone(r, "415-555-0011", "The user is eligible") }
	consent := func(t *testing.T, r *robot, browser context.Context) {
		ready(r)
		r.press("enter")
		pagetest.Shows(t, browser, "Share your information")
	}
	to := map[string]func(t *testing.T, r *robot, browser context.Context){
		"loaded":  func(*testing.T, *robot, context.Context) {},
		"ready":   func(_ *testing.T, r *robot, _ context.Context) { ready(r) },
		"consent": consent,
		"code": func(t *testing.T, r *robot, browser context.Context) {
			consent(t, r, browser)
			toTheCode(t, browser)
		},
		"review": func(t *testing.T, r *robot, browser context.Context) {
			consent(t, r, browser)
			toTheReview(t, browser)
		},
	}
	for name, walkTo := range to {
		t.Run(name, func(t *testing.T) {
			r, browser := startLive(t, newFar(t, false, nil))
			walkTo(t, r, browser)
			pagetest.Run(t, browser, chromedp.Reload())
			switch name {
			case "loaded":
				pagetest.InPage(t, browser, `document.body.textContent.includes("Link is loaded")`)
				ready(r)
				r.press("enter")
			case "ready":
				pagetest.InPage(t, browser, `document.body.textContent.includes("Link is loaded")`)
				r.press("enter")
			}
			pagetest.Shows(t, browser, "Share your information")
			finishes(t, r, browser)
		})
	}
}

// The tab is closed and the page opened again, and then in a second tab.
func TestLiveTabs(t *testing.T) {
	r, browser := liveToLink(t, newFar(t, false, nil))
	url, err := chromedp.Run(browser, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Run(t, browser, chromedp.Navigate("about:blank"))
	r.await("page was closed|page is gone|closed or is reloading|page not open")
	second := pagetest.NewTab(t, browser)
	pagetest.Run(t, second, chromedp.Navigate(url))
	pagetest.Shows(t, second, "Share your information")
	third := pagetest.NewTab(t, browser)
	pagetest.Run(t, third, chromedp.Navigate(url))
	pagetest.InPage(t, second, `document.body.textContent.includes("another tab") && !document.querySelector("iframe")`)
	pagetest.Shows(t, third, "Share your information")
	finishes(t, r, third)
}

// A script that is blocked is said in the terminal, and once it is not any more
// the walk goes on.
func TestLiveScriptIsBlocked(t *testing.T) {
	blocked := make(chan struct{})
	f := newFar(t, false, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-blocked:
			default:
				if strings.HasSuffix(r.URL.Path, "link-initialize.js") {
					panic(http.ErrAbortHandler)
				}
			}
			next.ServeHTTP(w, r)
		})
	})
	browser := pagetest.NewWindow(t)
	asked := make(opened, 4)
	r := startRobot(t, settings{env: "sandbox", environ: f.environ}, 120, 36, surroundings{browser: asked})
	r.await("Ask for a link_token")
	r.press("enter")
	r.await("Create the handler")
	r.press("enter")
	pagetest.Run(t, browser, chromedp.Navigate(asked.address(t)))
	r.await("Link script could not be loaded|The script of Link|script.*block")
	close(blocked)
	pagetest.Run(t, browser, chromedp.Reload())
	r.await("Ask for the phone number")
	submitsPhone(r, "415-555-0011", "The user is eligible")
	r.press("enter")
	pagetest.Shows(t, browser, "Share your information")
	finishes(t, r, browser)
}
