package linkpage_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestShots writes a picture of every pane, light and dark, wide and narrow,
// into the directory LAYERSIM_SHOTS, for people to look at.
func TestShots(t *testing.T) {
	dir := os.Getenv("LAYERSIM_SHOTS")
	if dir == "" {
		t.Skip("pictures are drawn only into LAYERSIM_SHOTS")
	}
	browser := newBrowser(t)
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1280, 860}, {"narrow", 375, 740}, {"tiny", 320, 568}} {
		for _, scheme := range []string{"light", "dark"} {
			w := newWalk(t)
			tab := newTab(t, browser)
			features := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
			if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, features); err != nil {
				t.Fatal(err)
			}
			shot := func(name string) { shoot(t, tab, filepath.Join(dir, size.name+"-"+scheme+"-"+name+".png")) }
			run(t, tab, chromedp.EmulateViewport(size.width, size.height), chromedp.Navigate(w.url))
			shows(t, tab, consentTitle)
			shot("1-consent")
			typeKeys(t, tab, "\r")
			shows(t, tab, codeTitle)
			shot("2-code")
			typeKeys(t, tab, "111111")
			inLink(t, tab, `document.getElementById("notice").textContent`)
			shot("2-code-wrong")
			typeKeys(t, tab, "123456")
			shows(t, tab, reviewTitle)
			shot("3-review")
			inLink(t, tab, `(document.getElementById("dialog").scrollTop = 9999, document.querySelector(".content").scrollTop = 9999, true)`)
			shot("3-review-end")
			fill(t, tab, "First name", " ")
			fill(t, tab, "ZIP code", "1")
			press(t, tab, "Share")
			inLink(t, tab, `document.querySelector("[aria-invalid=true]")`)
			shot("4-refused")
			press(t, tab, "Close")
			inPage(t, tab, `document.querySelector("h1").textContent === "Link was closed"`)
			shot("5-closed")
			w.page.Dismiss(handlerID, "All done. Go back to the terminal.")
			inPage(t, tab, `document.querySelector("h1").textContent.startsWith("All done")`)
			shot("6-dismissed")
			failed := newWalk(t)
			run(t, tab, chromedp.Navigate(failed.url))
			shows(t, tab, consentTitle)
			typeKeys(t, tab, "\r")
			for range 3 {
				inLink(t, tab, `document.getElementById("code")?.value === ""`)
				typeKeys(t, tab, "000000")
				inLink(t, tab, `!document.querySelector("[aria-busy]")`)
			}
			shows(t, tab, "We could not verify your phone number")
			shot("7-error")
			_ = failed.page.Close()
			press(t, tab, "Close")
			inPage(t, tab, `document.getElementById("gone").textContent`)
			shot("8-gone")
		}
	}
}

func shoot(t *testing.T, ctx context.Context, file string) {
	t.Helper()
	// The dialog arrives with a short movement.
	run(t, ctx, chromedp.Sleep(300e6))
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
}
