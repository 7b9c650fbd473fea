package linkpage_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"layersim/flow/linkpage/pagetest"
)

type shotSize struct {
	name          string
	width, height int64
}

// TestShots writes a picture of every pane, light and dark, wide and narrow,
// into the directory LAYERSIM_SHOTS, for people to look at; without it, that
// every pane can be drawn is all that is tested.
func TestShots(t *testing.T) {
	dir := os.Getenv("LAYERSIM_SHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	browser := linkWindow(t)
	sizes, schemes := []shotSize{{"narrow", 375, 740}}, []string{"dark"}
	if os.Getenv("LAYERSIM_SHOTS") != "" {
		sizes = []shotSize{{"wide", 1280, 860}, {"narrow", 375, 740}, {"tiny", 320, 568}}
		schemes = []string{"light", "dark"}
	}
	for _, size := range sizes {
		for _, scheme := range schemes {
			w := newWalk(t)
			tab := pagetest.NewTab(t, browser)
			features := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
			if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, features); err != nil {
				t.Fatal(err)
			}
			shot := func(name string) { shoot(t, tab, filepath.Join(dir, size.name+"-"+scheme+"-"+name+".png")) }
			pagetest.Run(t, tab, chromedp.EmulateViewport(size.width, size.height), chromedp.Navigate(w.url))
			pagetest.Shows(t, tab, consentTitle)
			shot("1-consent")
			pagetest.TypeKeys(t, tab, "\r")
			pagetest.Shows(t, tab, codeTitle)
			shot("2-code")
			pagetest.TypeKeys(t, tab, "111111")
			pagetest.InLink(t, tab, `document.getElementById("notice").textContent`)
			shot("2-code-wrong")
			pagetest.TypeKeys(t, tab, "123456")
			pagetest.Shows(t, tab, reviewTitle)
			shot("3-review")
			pagetest.InLink(t, tab, `(document.getElementById("dialog").scrollTop = 9999, document.querySelector(".content").scrollTop = 9999, true)`)
			shot("3-review-end")
			pagetest.Fill(t, tab, "First name", " ")
			pagetest.Fill(t, tab, "ZIP code", "1")
			pagetest.Press(t, tab, "Share")
			pagetest.InLink(t, tab, `document.querySelector("[aria-invalid=true]")`)
			shot("4-refused")
			shootBank(t, tab, shot)
			pagetest.Press(t, tab, "Close")
			pagetest.InPage(t, tab, `document.querySelector("h1").textContent === "Link was closed"`)
			shot("5-closed")
			w.page.Dismiss(handlerID, "All done. Go back to the terminal.")
			pagetest.InPage(t, tab, `document.querySelector("h1").textContent.startsWith("All done")`)
			shot("6-dismissed")
			silent := newWalkFor(t, "+14155550160")
			pagetest.Run(t, tab, chromedp.Navigate(silent.url))
			pagetest.Shows(t, tab, consentTitle)
			pagetest.TypeKeys(t, tab, "\r")
			pagetest.Shows(t, tab, "Verifying your phone number")
			shot("9-silent")
			pagetest.Shows(t, tab, reviewTitle)
			silent.post(t, "/link/session/"+silent.handover.Key.Reveal()+"/exit", map[string]any{})
			pagetest.Run(t, tab, chromedp.Reload())
			pagetest.Shows(t, tab, "Leave?")
			shot("9-leave")
			failed := newWalk(t)
			pagetest.Run(t, tab, chromedp.Navigate(failed.url))
			pagetest.Shows(t, tab, consentTitle)
			pagetest.TypeKeys(t, tab, "\r")
			for range 3 {
				pagetest.InLink(t, tab, `document.getElementById("code")?.value === ""`)
				pagetest.TypeKeys(t, tab, "000000")
				pagetest.InLink(t, tab, `!document.querySelector("[aria-busy]")`)
			}
			pagetest.Shows(t, tab, "We could not verify your phone number")
			shot("7-error")
			_ = failed.page.Close()
			pagetest.Press(t, tab, "Close")
			pagetest.InPage(t, tab, `document.getElementById("gone").textContent`)
			shot("8-gone")
		}
	}
}

// shootBank adds a bank, from the review and back to it.
func shootBank(t *testing.T, tab context.Context, shot func(name string)) {
	t.Helper()
	pagetest.Press(t, tab, "Add a bank")
	pagetest.Shows(t, tab, "Find your bank")
	shot("b1-find")
	pagetest.TypeKeys(t, tab, "nowhere\r")
	pagetest.InLink(t, tab, `document.getElementById("notice").textContent`)
	shot("b1-not-found")
	pagetest.Fill(t, tab, "Bank name", "credit union")
	pagetest.TypeKeys(t, tab, "\r")
	pagetest.Press(t, tab, "Lanternfish Credit Union password and a code")
	pagetest.Shows(t, tab, "Sign in to Lanternfish Credit Union")
	shot("b2-credential")
	pagetest.TypeKeys(t, tab, "user_good\tx\r")
	pagetest.InLink(t, tab, `document.getElementById("notice").textContent`)
	shot("b2-credential-wrong")
	pagetest.TypeKeys(t, tab, "user_good\tpass_good\r")
	pagetest.Shows(t, tab, "Enter the code")
	shot("b3-mfa")
	pagetest.TypeKeys(t, tab, "1234\r")
	pagetest.Shows(t, tab, "Choose accounts")
	shot("b4-accounts")
	pagetest.Press(t, tab, "Connect")
	pagetest.Shows(t, tab, "Lanternfish Credit Union is connected")
	shot("b5-connected")
	pagetest.Press(t, tab, "Continue")
	pagetest.Shows(t, tab, reviewTitle)
	pagetest.InLink(t, tab, `(document.querySelector(".banks").scrollIntoView(), true)`)
	shot("b6-review")
	pagetest.Press(t, tab, "Add a bank")
	pagetest.Press(t, tab, "Bank of Elsewhere signs in on its own site")
	pagetest.Shows(t, tab, "Sign in at Bank of Elsewhere")
	shot("b7-oauth")
}

func shoot(t *testing.T, ctx context.Context, file string) {
	t.Helper()
	// The dialog arrives with a short movement.
	pagetest.Run(t, ctx, chromedp.Sleep(300e6))
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
}
