package main

import (
	"context"
	"net/url"
	"testing"

	"layersim/flow/linkpage/pagetest"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// Strings that would run, or break the page, if anything took them for markup.
var hostileStrings = []string{
	`<img src=x onerror=alert(1)>`, `"><script>alert(1)</script>`, `' autofocus onfocus='alert(1)`, `</title></style></textarea><svg onload=alert(1)>`,
	`javascript:alert(1)`, `{{constructor.constructor("alert(1)")()}}`, "${alert(1)}`", "\u202e\u2028\u0000\x1b[31m", `__proto__`,
}

// testHostileStrings puts such strings wherever text gets into Link.
func testHostileStrings(t *testing.T, n *neighbourhood) {
	t.Run("what a persona and its user have typed", func(t *testing.T) {
		t.Parallel()
		tab := n.guarded(t, "http://app.test"+n.plainApp(t, n.url+scriptPath, `<script src="APP"></script>`, `<script src="LINK"></script>`))
		do(t, tab, `window.app = window.handler = start(`+pagetest.Quote(n.token(t, "template_Ho5tile1234"))+`)`)
		told(t, tab, "load")
		submit(t, tab, "phone_number", "212-555-0199")
		toPane(t, tab, paneConsent)
		watchPolicy(t, tab)
		pagetest.Press(t, tab, "Continue")
		pagetest.Shows(t, tab, paneCode)
		pagetest.TypeKeys(t, tab, `<b>12`)
		pagetest.InLink(t, tab, `document.querySelector("input").value === "12"`)
		pagetest.TypeKeys(t, tab, `3456`)
		pagetest.Shows(t, tab, paneReview)
		persona, ok := clientsCatalog(t).Persona("hostile")
		if !ok {
			t.Fatal("there is no hostile persona")
		}
		pagetest.InLink(t, tab, `document.querySelector("legend").textContent === `+pagetest.Quote(persona.Banks[0].Name))
		pagetest.InLink(t, tab, `[...document.querySelectorAll("input")].some((i) => i.value === `+pagetest.Quote(persona.Profile.Address.Street)+`)`)
		asText(t, tab)
		for _, s := range hostileStrings {
			pagetest.InLink(t, tab, `(() => {
				const input = document.querySelector("input[data-key='name.first_name']");
				input.value = `+pagetest.Quote(s)+`;
				input.dispatchEvent(new Event("input", { bubbles: true }));
				return true;
			})()`)
			asText(t, tab)
		}
		pagetest.InLink(t, tab, `(() => {
			const input = document.querySelector("input[data-key='date_of_birth']");
			input.value = `+pagetest.Quote(hostileStrings[1])+`;
			input.dispatchEvent(new Event("input", { bubbles: true }));
			return true;
		})()`)
		pagetest.Press(t, tab, "Share") // refused, and drawn again with what was typed
		pagetest.InLink(t, tab, `document.querySelector("input[data-key='date_of_birth'][aria-invalid=true]") && !document.querySelector("[aria-busy]")`)
		asText(t, tab)
		pagetest.Press(t, tab, "Close")
		told(t, tab, "onExit")
	})
	t.Run("what an app hands over", func(t *testing.T) {
		t.Parallel()
		tab := n.guarded(t, "http://app.test"+n.plainApp(t, n.url+scriptPath, `<script src="APP"></script>`, `<script src="LINK"></script>`))
		for _, s := range hostileStrings {
			do(t, tab, `log.length = 0; window.handler = start(`+pagetest.Quote(s)+`)`)
			log := told(t, tab, "onExit")
			if diff := cmp.Diff([]string{"onExit INVALID_LINK_TOKEN"}, lines(log)); diff != "" {
				t.Errorf("a token %q: the app was told:\n%s", s, diff)
			}
			do(t, tab, `handler.destroy(); log.length = 0; window.handler = start(`+pagetest.Quote(n.token(t, s))+`)`)
			told(t, tab, "load")
			do(t, tab, `handler.submit({ phone_number: `+pagetest.Quote(s)+` }); handler.submit({ date_of_birth: `+pagetest.Quote(s)+` }); handler.submit({ phone_number: "415-555-0011" })`)
			told(t, tab, "LAYER_READY")
			asText(t, tab)
			do(t, tab, `handler.destroy()`)
		}
	})
	t.Run("addresses", func(t *testing.T) {
		t.Parallel()
		tab := n.guarded(t, n.url)
		for _, s := range hostileStrings {
			pagetest.Run(t, tab, chromedp.Navigate(n.url+"/"+url.PathEscape(s)))
			pagetest.InPage(t, tab, `JSON.parse(document.body.textContent).error_code !== ""`)
			pagetest.Run(t, tab, chromedp.Navigate(n.url+"/link/v2/frame.html?host="+url.QueryEscape(s)))
			pagetest.InPage(t, tab, `document.getElementById("dialog").hidden`)
		}
	})
}

// guarded opens a tab in which every dialog, as alert shows one, is an error.
func (n *neighbourhood) guarded(t *testing.T, url string) context.Context {
	t.Helper()
	tab := n.tab(t, "about:blank")
	if err := chromedp.Listen(tab, func(event any) {
		dialog, ok := event.(*page.EventJavascriptDialogOpening)
		if !ok {
			return
		}
		t.Errorf("a script ran: %s", dialog.Message)
		go func() {
			_, _ = chromedp.Call(tab, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	}); err != nil {
		t.Fatal(err)
	}
	pagetest.Run(t, tab, chromedp.Navigate(url))
	return tab
}

// watchPolicy notes in Link's document whatever its policy has to stop.
func watchPolicy(t *testing.T, tab context.Context) {
	t.Helper()
	pagetest.InLink(t, tab, `(() => {
		document.addEventListener("securitypolicyviolation", (e) => { document.documentElement.dataset.stopped = e.effectiveDirective; });
		return true;
	})()`)
}

// asText checks that Link has made no element of what is only text, and that
// its policy had nothing to stop.
func asText(t *testing.T, tab context.Context) {
	t.Helper()
	pagetest.InLink(t, tab, `!document.body.querySelector("script, img, svg, iframe, object, style, a, b, [onload], [onerror], [onfocus], [onmouseover]")`)
	pagetest.InLink(t, tab, `!document.documentElement.dataset.stopped`)
}
