package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"testing"

	"layersim/flow/linkpage/pagetest"
)

// testQuickstart runs an app in the shape of Plaid's Layer quickstart: its server
// with plaid-node, its page with react-plaid-link. It is told the simulator's
// address in place of Plaid's, and nothing else.
func testQuickstart(t *testing.T, n *neighbourhood) {
	app := startQuickstart(t, n.url)
	const (
		byHand = "Sign up by hand"
		share  = "Share"
	)
	for _, c := range []struct {
		name, phone, birthday, press string
		shows                        []string
	}{
		{"eligible", "415-555-0011", "", share, []string{"Welcome, Maxine Madeup", "+14155550011", "First Platypus Bank", "Everyday Checking 0000 1902.75"}},
		{"Extended Autofill", "515-555-0016", "01181975", share, []string{"Welcome, Sid Unnumbered", "Houndstooth Bank"}},
		{"Extended Autofill without a bank", "415-555-0000", "01181975", share, []string{"Welcome, Nova Nobody", "No bank was connected."}},
		{"fallback", "415-555-0000", "02031990", "", []string{byHand}},
		{"the user leaves", "415-555-0011", "", "Close", []string{byHand}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tab := n.tab(t, app)
			pagetest.InPage(t, tab, `performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/api/create_session_token")).length === 2`)
			pagetest.InPage(t, tab, `document.querySelectorAll("iframe").length === 1`)
			press(t, tab, "Create an account")
			// A person takes longer to type than Link to load.
			pagetest.InLink(t, tab, `document.readyState === "complete" && performance.getEntriesByType("resource").some((e) => e.name.endsWith("/link/session") && e.responseEnd)`)
			typeInto(t, tab, "tel", c.phone)
			press(t, tab, "Continue")
			if c.birthday != "" {
				typeInto(t, tab, "date", c.birthday)
				press(t, tab, "Continue")
			}
			if c.press != "" {
				pagetest.Shows(t, tab, paneConsent)
			}
			if c.press == share {
				pagetest.Press(t, tab, "Continue")
				pagetest.Shows(t, tab, paneCode)
				pagetest.TypeKeys(t, tab, "123456")
				pagetest.Shows(t, tab, paneReview)
			}
			if c.press != "" {
				pagetest.Press(t, tab, c.press)
			}
			for _, text := range c.shows {
				pagetest.InPage(t, tab, `document.body.textContent.includes(`+pagetest.Quote(text)+`)`)
			}
		})
	}
}

// startQuickstart starts the app's server and returns the address of its page.
func startQuickstart(t *testing.T, plaid string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", "quickstart/server.mjs")
	cmd.Dir = clientsDir
	cmd.Env = append(os.Environ(), "PLAID_BASE_URL="+plaid, "PLAID_CLIENT_ID=quickstart", "PLAID_SECRET=secret")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line := bufio.NewScanner(out)
	if !line.Scan() {
		_ = cmd.Wait()
		t.Fatalf("the app's server did not start:\n%s", &problems)
	}
	return line.Text()
}

// press clicks a button of the app's page.
func press(t *testing.T, tab context.Context, name string) {
	t.Helper()
	pagetest.InPage(t, tab, `(() => {
		const button = [...document.querySelectorAll("button")].find((b) => b.textContent === `+pagetest.Quote(name)+`);
		button?.click();
		return Boolean(button);
	})()`)
}

// typeInto types into the app's field of this type.
func typeInto(t *testing.T, tab context.Context, kind, keys string) {
	t.Helper()
	pagetest.InPage(t, tab, `(() => {
		const field = document.querySelector("input[type=`+kind+`]");
		field?.focus();
		return Boolean(field);
	})()`)
	pagetest.TypeKeys(t, tab, keys)
}
