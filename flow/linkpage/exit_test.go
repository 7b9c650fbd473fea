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

// appWithLink is an app of another origin in which the simulator's Link is open.
func appWithLink(t *testing.T) context.Context {
	t.Helper()
	browser := pagetest.NewWindow(t)
	w := newWalk(t)
	page := fmt.Sprintf(`<!doctype html><title>app</title><script src=%q></script><script>
		var log = [];
		var handler = Plaid.create({
			token: %q,
			onLoad: () => handler.submit({ phone_number: "4155550011" }),
			onEvent: (name, { view_name }) => { log.push(view_name ?? name); if (name === "LAYER_READY") handler.open(); },
			onExit: (error, { status }) => log.push("exit " + error + " " + status),
			onSuccess: () => log.push("success"),
		});
	</script>`, w.server.URL+"/link/v2/stable/link-initialize.js", w.token(t))
	app := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		_, _ = rw.Write([]byte(page))
	}))
	t.Cleanup(app.Close)
	pagetest.Run(t, browser, chromedp.Navigate(app.URL))
	pagetest.Shows(t, browser, consentTitle)
	return browser
}

// exit() without force leaves it to the user.
func TestExitAsksTheUser(t *testing.T) {
	browser := appWithLink(t)
	do(t, browser, `handler.exit()`)
	pagetest.Shows(t, browser, "Leave?")
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, consentTitle)
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, codeTitle)
	pagetest.TypeKeys(t, browser, "123456")
	pagetest.Shows(t, browser, reviewTitle)
	pagetest.Fill(t, browser, "Street", "2 Other Road")
	do(t, browser, `handler.exit({ force: false })`)
	pagetest.Shows(t, browser, "Leave?")
	pagetest.TypeKeys(t, browser, "\r") // Continue, the way back
	pagetest.Shows(t, browser, reviewTitle)
	// What was typed is still there.
	pagetest.InLink(t, browser, `[...document.querySelectorAll("input")].some((i) => i.value === "2 Other Road")`)
	do(t, browser, `handler.exit()`)
	pagetest.Shows(t, browser, "Leave?")
	pagetest.Press(t, browser, "Leave")
	wantLog(t, browser, "LAYER_READY", "OPEN", "CONSENT", "EXIT", "CONSENT", "VERIFY_PHONE", "SUBMIT_OTP", "PROFILE_DATA_REVIEW", "VERIFY_PHONE",
		"EXIT", "PROFILE_DATA_REVIEW", "EXIT", "EXIT", "exit null null")
	pagetest.InPage(t, browser, `document.querySelector("iframe").style.visibility === "hidden"`)
}

func TestForcedExitAsksNobody(t *testing.T) {
	browser := appWithLink(t)
	do(t, browser, `handler.exit({ force: true })`)
	lines := logged(t, browser, 5)
	if diff := cmp.Diff([]string{"LAYER_READY", "OPEN", "CONSENT", "EXIT", "exit null null"}, lines); diff != "" {
		t.Error(diff)
	}
}
