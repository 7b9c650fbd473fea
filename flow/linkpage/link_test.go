package linkpage_test

import (
	"context"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"layersim/flow"
	"layersim/flow/linkpage/pagetest"
)

const (
	consentTitle = "Share your information"
	codeTitle    = "Verify your phone number"
	reviewTitle  = "Review your information"
	doneSentence = "All done. Go back to the terminal."
)

// linkWindow opens a browser for a test of what Link looks like and how it is
// used. The race detector would only take its time: other tests of this package
// hold the page and the bridge together.
func linkWindow(t *testing.T) context.Context {
	t.Helper()
	if raceDetector {
		t.Skip("how Link is used is tested without the race detector")
	}
	return pagetest.NewWindow(t)
}

// toReview takes a tab to the review pane.
func toReview(t *testing.T, browser context.Context, w *walk) {
	t.Helper()
	pagetest.Run(t, browser, chromedp.Navigate(w.url))
	pagetest.Shows(t, browser, consentTitle)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, codeTitle)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, reviewTitle)
}

func pageSays(t *testing.T, browser context.Context, title string) {
	t.Helper()
	pagetest.InPage(t, browser, `document.querySelector("h1").textContent === `+pagetest.Quote(title))
}

func TestLinkFinishesByKeyboardWithDefaultData(t *testing.T) {
	browser := linkWindow(t)
	w := newWalk(t)
	pagetest.Run(t, browser, chromedp.Navigate(w.url))

	// The focus follows the panes, so nothing but keys is needed.
	pagetest.Shows(t, browser, consentTitle)
	pagetest.TypeKeys(t, browser, kb.Enter)
	pagetest.Shows(t, browser, codeTitle)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, reviewTitle)
	// Enter out of habit, after the last digit, must not share everything.
	pagetest.TypeKeys(t, browser, kb.Enter)
	pagetest.TypeKeys(t, browser, kb.Tab+kb.Tab) // past Close, into the first field
	pagetest.InLink(t, browser, `document.activeElement.tagName === "INPUT"`)
	pagetest.TypeKeys(t, browser, kb.Enter)

	names, success := until[flow.OnSuccess](t, w.events)
	// As documented, all but OPEN is held until the end and then comes in any
	// order.
	slices.Sort(names[3 : len(names)-1])
	want := []string{
		"connected", "onLoad", "OPEN",
		"HANDOFF", "SUBMIT_OTP", "TRANSITION_VIEW", "TRANSITION_VIEW", "TRANSITION_VIEW", "VERIFY_PHONE", "onSuccess",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	answer := w.shared(t, success.PublicToken)
	if name := answer["identity"].(map[string]any)["name"]; !cmp.Equal(name, map[string]any{"first_name": "Maxine", "last_name": "Madeup"}) {
		t.Errorf("shared the name %v", name)
	}
	if items := answer["items"].([]any); len(items) != 1 {
		t.Errorf("shared %d Items, want the preselected bank", len(items))
	}
	w.page.Dismiss(handlerID, doneSentence)
	pageSays(t, browser, doneSentence)
	pagetest.InPage(t, browser, `!document.querySelector("iframe")`)
	if names := drain(w.events); len(names) > 0 {
		t.Errorf("after the end came %q", names)
	}
}

func TestLinkSharesWhatTheUserEditedAndChose(t *testing.T) {
	browser := linkWindow(t)
	w := newWalk(t)
	toReview(t, browser, w)

	// A refused share shows what is wrong where it is wrong.
	pagetest.Fill(t, browser, "Street", " ")
	pagetest.Fill(t, browser, "ZIP code", "1")
	pagetest.Press(t, browser, "Share")
	pagetest.InLink(t, browser, `document.activeElement.labels?.[0].textContent === "Street" && document.activeElement.getAttribute("aria-invalid") === "true"`)
	pagetest.InLink(t, browser, `[...document.querySelectorAll("[aria-invalid=true]")].map((i) => i.labels[0].textContent).join() === "Street,ZIP code"`)
	pagetest.InLink(t, browser, `[...document.querySelectorAll("[aria-invalid=true]")].every((i) => document.getElementById(i.getAttribute("aria-describedby")).textContent)`)
	pagetest.InLink(t, browser, `document.getElementById("live").textContent`)

	pagetest.Fill(t, browser, "Street", "2 Other Road")
	pagetest.Fill(t, browser, "ZIP code", "46001")
	pagetest.InLink(t, browser, `(() => { for (const box of document.querySelectorAll("input[type=checkbox]")) box.click(); return true; })()`)
	pagetest.Press(t, browser, "Share")
	_, success := until[flow.OnSuccess](t, w.events)

	answer := w.shared(t, success.PublicToken)
	address := answer["identity"].(map[string]any)["address"].(map[string]any)
	if address["street"] != "2 Other Road" || address["postal_code"] != "46001" || address["city"] != "Madison" {
		t.Errorf("shared the address %v", address)
	}
	edits := answer["identity_edit_history"].(map[string]any)
	if now := edits["address"].(map[string]any)["edits_current"]; now != 1.0 {
		t.Errorf("address: edits_current %v, want 1", now)
	}
	if now := edits["name"].(map[string]any)["edits_current"]; now != 0.0 {
		t.Errorf("name: edits_current %v, want 0", now)
	}
	if institution(t, success) != "Tartan Bank" {
		t.Errorf("shared from %s", success.Metadata.Raw)
	}
}

func TestThreeWrongCodesEndLink(t *testing.T) {
	browser := linkWindow(t)
	w := newWalk(t)
	pagetest.Run(t, browser, chromedp.Navigate(w.url))
	pagetest.Shows(t, browser, consentTitle)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, codeTitle)
	pagetest.TypeKeys(t, browser, "12ab"+kb.Enter) // letters are dropped, four digits missing
	pagetest.InLink(t, browser, `document.getElementById("live").textContent === "The code has six digits."`)
	for _, notice := range []string{"2 attempts left.", "One attempt left."} {
		pagetest.InLink(t, browser, `(document.activeElement.select(), document.activeElement.id === "code")`)
		pagetest.TypeKeys(t, browser, "000000")
		pagetest.InLink(t, browser, `document.getElementById("code-hint")?.textContent.startsWith(`+pagetest.Quote(notice)+`)`)
	}
	pagetest.TypeKeys(t, browser, "000000")
	pagetest.Shows(t, browser, "We could not verify your phone number")
	_, exit := until[flow.OnExit](t, w.events)
	if exit.Failure.Code != "PROFILE_AUTHENTICATION_FAILED" {
		t.Errorf("%+v", exit.Failure)
	}
	pagetest.InLink(t, browser, `document.querySelectorAll("button").length === 1`)
	pagetest.Press(t, browser, "Close")
	pagetest.InLink(t, browser, `document.getElementById("dialog").hidden`)
	pageSays(t, browser, "Link could not go on")
}

func TestThePhoneIsProvenWithoutACode(t *testing.T) {
	browser := linkWindow(t)
	w := newWalkFor(t, "+14155550160")
	pagetest.Run(t, browser, chromedp.Navigate(w.url))
	pagetest.Shows(t, browser, consentTitle)
	pagetest.Press(t, browser, "Continue")
	// The pane goes on by itself.
	pagetest.Shows(t, browser, "Verifying your phone number")
	pagetest.InLink(t, browser, `!document.querySelector("input") || document.querySelector("h1").textContent === "`+reviewTitle+`"`)
	pagetest.Shows(t, browser, reviewTitle)
	pagetest.Press(t, browser, "Share")
	names, _ := until[flow.OnSuccess](t, w.events)
	want := []string{"connected", "onLoad", "OPEN", "TRANSITION_VIEW", "TRANSITION_VIEW", "TRANSITION_VIEW", "VERIFY_PHONE", "HANDOFF", "onSuccess"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestCloseAndEscapeLeaveLink(t *testing.T) {
	browser := linkWindow(t)
	for name, leave := range map[string]func(){
		"Close":  func() { pagetest.Press(t, browser, "Close") },
		"Escape": func() { pagetest.TypeKeys(t, browser, kb.Escape) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWalk(t)
			toReview(t, browser, w)
			leave()
			names, exit := until[flow.OnExit](t, w.events)
			if !exit.Failure.IsZero() || exit.Metadata.LinkSessionID == "" {
				t.Errorf("%+v", exit)
			}
			if !slices.Contains(names, "EXIT") {
				t.Errorf("no EXIT among %q", names)
			}
			pageSays(t, browser, "Link was closed")
		})
	}
}

func TestReloadGoesOnWhereItWas(t *testing.T) {
	browser := linkWindow(t)
	w := newWalk(t)
	pagetest.Run(t, browser, chromedp.Navigate(w.url))
	pagetest.Shows(t, browser, consentTitle)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, codeTitle)
	pagetest.Run(t, browser, chromedp.Reload())
	pagetest.Shows(t, browser, codeTitle)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, reviewTitle)
	pagetest.Run(t, browser, chromedp.Reload())
	pagetest.Shows(t, browser, reviewTitle)
	pagetest.Press(t, browser, "Share")

	names, _ := until[flow.OnSuccess](t, w.events)
	count := map[string]int{}
	for _, name := range names {
		count[name]++
	}
	want := map[string]int{
		"connected": 3, "lost": 2, "onLoad": 3,
		"OPEN": 1, "TRANSITION_VIEW": 3, "SUBMIT_OTP": 1, "VERIFY_PHONE": 1, "HANDOFF": 1, "onSuccess": 1,
	}
	// OPEN may come twice: a page that goes away takes its acknowledgement along.
	if count["OPEN"] == 2 {
		count["OPEN"] = 1
	}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("%q\n%s", names, diff)
	}
}

func TestASecondTabTakesOverAndTheFirstCanTakeBack(t *testing.T) {
	first := linkWindow(t)
	w := newWalk(t)
	pagetest.Run(t, first, chromedp.Navigate(w.url))
	pagetest.Shows(t, first, consentTitle)
	pagetest.Press(t, first, "Continue")
	pagetest.Shows(t, first, codeTitle)

	second := pagetest.NewTab(t, first)
	pagetest.Run(t, second, chromedp.Navigate(w.url))
	pagetest.Shows(t, second, codeTitle)
	pageSays(t, first, "This walk goes on in another tab")
	pagetest.InPage(t, first, `!document.querySelector("iframe")`)

	// A tab in the background gets no focus, so what is pressed there is a link.
	pagetest.InPage(t, first, `(document.getElementById("again").click(), true)`)
	pagetest.Shows(t, first, codeTitle)
	pageSays(t, second, "This walk goes on in another tab")
	w.page.Dismiss(handlerID, "Link goes on in the terminal.")
	pageSays(t, first, "Link goes on in the terminal.")

	// The walk comes back to the browser: the tab that is left moves by itself.
	w.present(t)
	pagetest.Shows(t, first, codeTitle)
}

func TestAPageWhoseTerminalIsGoneSaysSo(t *testing.T) {
	browser := linkWindow(t)
	w := newWalk(t)
	pagetest.Run(t, browser, chromedp.Navigate(w.url))
	pagetest.Shows(t, browser, consentTitle)
	if err := w.page.Close(); err != nil {
		t.Fatal(err)
	}
	pagetest.InPage(t, browser, `document.getElementById("gone").textContent.startsWith("The terminal is gone.")`)
}

func TestAScriptThatDoesNotLoadIsReported(t *testing.T) {
	browser := linkWindow(t)
	p, address, events := presented(t) // its script is on a port where nobody listens
	pagetest.Run(t, browser, chromedp.Navigate(address))
	trouble := await[flow.PageTrouble](t, events)
	if trouble.Reason != "The Link script could not be loaded from "+testScript+". An ad blocker or the network may stop it, nothing answers there, or something else answers in its place." {
		t.Error(trouble.Reason)
	}
	pageSays(t, browser, "Link could not be opened")
	p.Dismiss(handlerID, "Link goes on in the terminal.")
	pageSays(t, browser, "Link goes on in the terminal.")
}

func TestALostConnectionLosesAndDoublesNothing(t *testing.T) {
	browser := linkWindow(t)
	w := newWalk(t)
	// While cut is set, sockets are closed and new ones lead nowhere.
	wrap := `(() => {
		const Native = WebSocket, open = [];
		window.WebSocket = class extends Native { constructor(url) { super(window.isCut ? url + "x" : url); open.push(this); } };
		window.cut = (on) => { window.isCut = on; open.splice(0).forEach((socket) => on && socket.close()); };
	})()`
	if _, err := chromedp.Call(browser, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: wrap}); err != nil {
		t.Fatal(err)
	}
	pagetest.Run(t, browser, chromedp.Navigate(w.url))
	pagetest.Shows(t, browser, consentTitle)
	await[flow.OnEvent](t, w.events) // OPEN
	pagetest.InPage(t, browser, `(window.cut(true), true)`)
	await[flow.PageLost](t, w.events)

	// Link speaks to the simulator by itself; only the terminal is not told.
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, codeTitle)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, reviewTitle)
	pagetest.Press(t, browser, "Share")
	pageSays(t, browser, "Thank you")
	pagetest.InPage(t, browser, `document.getElementById("gone").textContent`)
	if names := drain(w.events); len(names) > 0 {
		t.Fatalf("through a cut connection came %q", names)
	}
	pagetest.InPage(t, browser, `(window.cut(false), true)`)
	names, _ := until[flow.OnSuccess](t, w.events)
	slices.Sort(names[1 : len(names)-1])
	want := []string{"connected", "HANDOFF", "SUBMIT_OTP", "TRANSITION_VIEW", "TRANSITION_VIEW", "TRANSITION_VIEW", "VERIFY_PHONE", "onSuccess"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	pagetest.InPage(t, browser, `!document.getElementById("gone").textContent`)
	w.page.Dismiss(handlerID, doneSentence)
	pageSays(t, browser, doneSentence)
	if names := drain(w.events); len(names) > 0 {
		t.Errorf("after the end came %q", names)
	}
}

func TestNothingIsWiderThanAPhone(t *testing.T) {
	browser := linkWindow(t)
	w := newWalk(t)
	pagetest.Run(t, browser, chromedp.EmulateViewport(320, 568))
	toReview(t, browser, w)
	pagetest.InLink(t, browser, `document.getElementById("dialog").scrollWidth <= 320 && document.getElementById("dialog").clientWidth <= 320`)
	// Share stays in sight however long the pane is.
	pagetest.InLink(t, browser, `document.querySelector(".primary").getBoundingClientRect().bottom <= innerHeight`)
	pagetest.Press(t, browser, "Close")
	pageSays(t, browser, "Link was closed")
	pagetest.InPage(t, browser, `document.documentElement.scrollWidth <= 320`)
}

// Another bank is added by keyboard alone, with what was edited before.
func TestAddingABankByKeyboard(t *testing.T) {
	browser := linkWindow(t)
	w := newWalk(t)
	toReview(t, browser, w)
	pagetest.Fill(t, browser, "Street", "2 Other Road")
	pagetest.Press(t, browser, "Add a bank")
	pagetest.Shows(t, browser, "Find your bank")
	pagetest.InLink(t, browser, `document.activeElement.labels?.[0].textContent === "Bank name"`)
	pagetest.TypeKeys(t, browser, "lantern"+kb.Enter)
	pagetest.InLink(t, browser, `document.querySelectorAll(".option").length === 1 && document.activeElement.value === "lantern"`)
	pagetest.TypeKeys(t, browser, kb.Tab)
	pagetest.InLink(t, browser, `document.activeElement.textContent.startsWith("Lanternfish Credit Union")`)
	pagetest.TypeKeys(t, browser, kb.Enter)
	pagetest.Shows(t, browser, "Sign in to Lanternfish Credit Union")
	pagetest.TypeKeys(t, browser, "user_good"+kb.Tab+"wrong"+kb.Enter)
	pagetest.InLink(t, browser, `document.getElementById("live").textContent.startsWith("The user name or the password")`)
	pagetest.InLink(t, browser, `[...document.querySelectorAll("input")].every((i) => i.value === "") && document.querySelector("input.masked").labels[0].textContent === "Password"`)
	pagetest.TypeKeys(t, browser, "user_good"+kb.Tab+"pass_good"+kb.Enter)
	pagetest.Shows(t, browser, "Enter the code")
	pagetest.TypeKeys(t, browser, "1234"+kb.Enter)
	pagetest.Shows(t, browser, "Choose accounts")
	pagetest.InLink(t, browser, `(document.querySelector("input[type=checkbox]").click(), document.querySelector("legend").textContent === "Lanternfish Credit Union")`)
	pagetest.Press(t, browser, "Connect")
	pagetest.Shows(t, browser, "Lanternfish Credit Union is connected")
	pagetest.TypeKeys(t, browser, kb.Enter+kb.Enter) // the second does not share what has just appeared
	pagetest.Shows(t, browser, reviewTitle)
	pagetest.InLink(t, browser, `[...document.querySelectorAll("legend")].map((l) => l.textContent).join() === "First Platypus Bank,Tartan Bank,Lanternfish Credit Union"`)
	pagetest.InLink(t, browser, `[...document.querySelectorAll("input[type=checkbox]")].map((b) => b.checked).join() === "true,true,false,false,true"`)
	pagetest.Press(t, browser, "Share")

	_, success := until[flow.OnSuccess](t, w.events)
	answer := w.shared(t, success.PublicToken)
	if address := answer["identity"].(map[string]any)["address"].(map[string]any); address["street"] != "2 Other Road" {
		t.Errorf("shared the address %v", address)
	}
	if items := answer["items"].([]any); len(items) != 2 {
		t.Errorf("shared %d Items, want two", len(items))
	}
}

func TestTheBanksOwnSiteAndTheWayBack(t *testing.T) {
	browser := linkWindow(t)
	w := newWalk(t)
	toReview(t, browser, w)
	pagetest.InLink(t, browser, `(document.querySelector("input[type=checkbox]").click(), true)`)
	pagetest.Press(t, browser, "Add a bank")
	pagetest.Shows(t, browser, "Find your bank")
	pagetest.Press(t, browser, "Bank of Elsewhere signs in on its own site")
	pagetest.Shows(t, browser, "Sign in at Bank of Elsewhere")
	pagetest.Run(t, browser, chromedp.Reload())
	pagetest.Shows(t, browser, "Sign in at Bank of Elsewhere")
	pagetest.Press(t, browser, "Back")
	pagetest.Shows(t, browser, "Find your bank")
	pagetest.Press(t, browser, "Back")
	pagetest.Shows(t, browser, reviewTitle)
	pagetest.InLink(t, browser, `[...document.querySelectorAll("input[type=checkbox]")].map((b) => b.checked).join() === "false,true,false,false"`)
}
