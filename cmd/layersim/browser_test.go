package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"layersim/flow/linkpage/pagetest"

	"github.com/chromedp/chromedp"
)

// opened is a browser that tells a test which address it was asked to open.
type opened chan string

func (o opened) Open(url string) error {
	o <- url
	return nil
}

// address waits until the browser is asked to open the page.
func (o opened) address(t *testing.T) string {
	t.Helper()
	select {
	case url := <-o:
		return url
	case <-time.After(patience):
		t.Fatal("no browser was asked to open the page")
		return ""
	}
}

// toOpen walks to where Link is opened.
func toOpen(r *robot) {
	r.t.Helper()
	for _, title := range []string{"Ask for a link_token|Get a link_token|Create a Link token", "Create the handler", "Ask for the phone number", "The user is eligible"} {
		r.await(title)
		r.press("enter")
	}
}

// toLink walks until Link is open on the page in a real browser.
func toLink(t *testing.T, persona string) (*robot, context.Context) {
	t.Helper()
	browser := pagetest.NewWindow(t)
	asked := make(opened, 1)
	r := startRobot(t, settings{persona: persona}, 120, 36, surroundings{browser: asked})
	toOpen(r)
	pagetest.Run(t, browser, chromedp.Navigate(asked.address(t)))
	pagetest.Shows(t, browser, "Share your information")
	return r, browser
}

func toReview(t *testing.T, persona string) (*robot, context.Context) {
	t.Helper()
	r, browser := toLink(t, persona)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, "Verify your phone number")
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, "Review your information")
	// The terminal follows live.
	r.await("The user reviews the profile")
	return r, browser
}

const goBack = `document.body.textContent.includes("o back to the terminal")`

func TestBrowserFinishesLink(t *testing.T) {
	r, browser := toReview(t, "two-banks")
	pagetest.Press(t, browser, "Share")
	for _, shown := range []string{"Onboarded", "Maxine", "Madison", "First Platypus Bank 2 accounts", "Everyday Checking"} {
		r.await(shown)
	}
	pagetest.InPage(t, browser, goBack)
}

func TestBrowserEditIsCountedInTheTerminal(t *testing.T) {
	r, browser := toReview(t, "leslie-knope")
	pagetest.Fill(t, browser, "Apartment or unit", "Apt 123")
	pagetest.Press(t, browser, "Share")
	r.await("Apt 123")
	r.await(`Address \+1 •1 •2 •2 •2`)
	r.await(`Name · · •1 •1 •1`)
}

func TestBrowserThreeWrongCodes(t *testing.T) {
	r, browser := toLink(t, "two-banks")
	pagetest.Press(t, browser, "Continue")
	for i := range 3 {
		pagetest.Shows(t, browser, "Verify your phone number")
		pagetest.TypeKeys(t, browser, "000000")
		if i < 2 {
			pagetest.InLink(t, browser, `document.querySelector("input")?.value === "" && document.body.textContent.includes("`+[]string{"2 attempts left", "One attempt left"}[i]+`")`)
		}
	}
	r.await("PROFILE_AUTHENTICATION_FAILED")
	r.await("could not be proven")
	pagetest.Press(t, browser, "Close")
	pagetest.InPage(t, browser, goBack)
}

func TestBrowserClose(t *testing.T) {
	r, browser := toLink(t, "two-banks")
	pagetest.Press(t, browser, "Close")
	r.await("Link was closed")
	r.await("start over")
	pagetest.InPage(t, browser, goBack)
}

// The page may be closed, reloaded and opened twice; the walk survives, and the
// terminal says what happened.
func TestBrowserPageIsClosedReloadedAndDoubled(t *testing.T) {
	r, browser := toReview(t, "two-banks")
	url, err := chromedp.Run(browser, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Run(t, browser, chromedp.Reload())
	pagetest.Shows(t, browser, "Review your information")
	r.await("The page is back")

	second := pagetest.NewTab(t, browser)
	pagetest.Run(t, second, chromedp.Navigate(url))
	pagetest.Shows(t, second, "Review your information")
	pagetest.InPage(t, browser, `document.body.textContent.includes("another tab")`)
	r.await("opened in another tab")

	pagetest.Run(t, second, chromedp.Navigate("about:blank"))
	r.await("page was closed|page is gone|closed or is reloading")
	r.press("t") // finish in the terminal
	r.await("Review your information")
	r.await("Maxine")
	for range 11 + 4 { // fields and accounts lie before the button
		r.press("down")
	}
	r.await("› Share ‹")
	r.press("enter")
	r.await("Onboarded")
	r.await("Maxine")
}

// While a walk is on, nothing but its page can be had from the port, and only
// by its own name.
func TestPageIsGoneWhenTheProgramEnds(t *testing.T) {
	asked := make(opened, 1)
	r := startRobot(t, settings{persona: "two-banks"}, 120, 36, surroundings{browser: asked})
	toOpen(r)
	url := asked.address(t)
	get := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			_ = answer.Body.Close()
		}
		return err
	}
	if err := get(); err != nil {
		t.Fatalf("the page is not there: %v", err)
	}
	r.press("ctrl+c")
	if err := r.quits(); err == nil {
		t.Error("Ctrl-C ended the program without saying that it was interrupted")
	}
	if err := r.app.Close(); err != nil {
		t.Error(err)
	}
	if get() == nil {
		t.Error("the page is still served after the end")
	}
}
