//go:build linux

package main

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/chromedp"

	"layersim/flow/linkpage/pagetest"
)

// The whole program walks, with values that occur nowhere else, and afterwards
// everything it wrote, served, showed and was started with is searched for them,
// byte by byte and in every coding that is likely.
//
// What may be where:
//
//   - the link_token goes to the page over the bridge, because Plaid.create()
//     needs it there; the page that is served does not hold it
//   - phone and date of birth go to the page over the bridge: submit() takes them
//   - the public_token comes from the page over the bridge: it is what onSuccess
//     hands over; never does the program send it to the page
//   - the client_id and the secret are in .env, which is the operator's
//   - the browser's profile holds none of them once the browser is gone
//   - the README has the whole list, "Nothing gets out"

// countsStores counts what a page puts into storage, whether it stays there or not.
const countsStores = `(() => { const set = Storage.prototype.setItem; window.stored = 0; Storage.prototype.setItem = function (...a) { window.stored++; return set.apply(this, a); }; return true; })()`

func liveWalkLeaksNothing(t *testing.T, private bool) {
	var plaid eavesdropper
	tapped := newTap(t)
	profile := t.TempDir()
	var inProfile []marker
	t.Cleanup(func() { // when the browser is gone: what it wrote while the page was in it
		var kept bytes.Buffer
		for name, content := range filesUnder(t, profile) {
			kept.WriteString(name + "\n")
			kept.Write(content)
		}
		sink(t, "the browser's profile", kept.Bytes(), inProfile, "Preferences", "Local State")
	})
	browser := pagetest.NewBrowser(t, append(tapped.flags(), chromedp.UserDataDir(profile))...)
	f := newFarWith(t, markedFolder(t), false, plaid.wrap)

	h := newHome(t)
	meanwhile := newWitness(t, h.folder)
	// The credentials are where operators have them: in .env, or in the
	// environment, which whatever is started inherits.
	dotenv, environ := "", append(h.environ(), "LAYERSIM_PLAID_URL="+f.url)
	for _, line := range f.environ {
		switch {
		case strings.HasPrefix(line, "LAYERSIM_"):
		case private:
			environ = append(environ, line)
		default:
			dotenv += line + "\n"
		}
	}
	if err := os.WriteFile(filepath.Join(h.folder, "folder", ".env"), []byte(dotenv), 0o600); err != nil {
		t.Fatal(err)
	}
	h.put["/folder/.env"] = true
	asked := filepath.Join(t.TempDir(), "asked")
	if err := syscall.Mkfifo(asked, 0o600); err != nil {
		t.Fatal(err)
	}
	opener := filepath.Join(t.TempDir(), "open")
	if err := os.WriteFile(opener, []byte("#!/bin/sh\nenv > '"+filepath.Join(h.folder, "folder", "environment")+"'\nprintf '%s' \"$1\" > '"+asked+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	args := []string{"--env", "sandbox", "--record", h.record, "--webhook-listen", "127.0.0.1:0"}
	if private {
		args = append(args, "--private")
	}
	p := startProgram(t, 120, 36, append(environ, "BROWSER="+opener), h.command(buildProgram(t), args...)...)
	mark := p.await(0, "link_token")
	p.send("\r")
	p.await(mark, plantedShown)
	mark = p.await(mark, "try again")
	p.send("r")
	mark = p.await(mark, "Create the handler")
	started := arguments(t, p.cmd.Process.Pid)
	p.send("\r")
	address, err := os.ReadFile(asked)
	if err != nil {
		t.Fatal(err)
	}
	page, err := url.Parse(string(address))
	if err != nil || page.Host == "" {
		t.Fatalf("the browser was to open %q", address)
	}
	pagetest.Run(t, browser, chromedp.Navigate(string(address)))
	pagetest.InPage(t, browser, countsStores)
	mark = p.await(mark, "Ask for the phone number")
	p.send(markedPhone + "\r")
	mark = p.await(mark, "Ask for the date of birth")
	p.send(markedBirth + "\r")
	mark = p.await(mark, "The user is eligible")
	started = append(started, arguments(t, p.cmd.Process.Pid)...)
	p.send("\r")
	pagetest.Shows(t, browser, "Share your information")
	pagetest.Press(t, browser, "Continue")
	pagetest.Shows(t, browser, "Verify your phone number")
	pagetest.TypeKeys(t, browser, markedCode)
	pagetest.Shows(t, browser, "Review your information")
	pagetest.Press(t, browser, "Share")
	p.await(mark, "✓ Onboarded")
	p.await(mark, "1 account")
	held := heldFiles(t, p.cmd.Process.Pid)
	pagetest.InPage(t, browser, pageIsDone)
	pagetest.InPage(t, browser, `window.stored === 0`) // the line was up: nothing had to be kept
	everyPane(p)

	plaid.mu.Lock()
	defer plaid.mu.Unlock()
	if !plaid.secret || !plaid.identified || len(plaid.access) == 0 {
		t.Fatalf("what is looked for did not pass at Plaid: secret %v, SSN %v, %d access tokens", plaid.secret, plaid.identified, len(plaid.access))
	}
	link, public := marker{"link_token", plaid.link}, marker{"public_token", plaid.public}
	secrets := append([]marker{{"secret", farSecret}, {"client_id", farClient}}, secretOfUser...)
	for _, token := range plaid.access {
		secrets = append(secrets, marker{"access_token", token})
	}
	secrets = append(secrets, planted()...)
	everything := append(append([]marker{link, public}, secrets...), personal...)

	h.searched(t, everything)
	mustNotHold(t, "the arguments of the program", started, everything)
	sink(t, "files during the walk", meanwhile.seen(h.put), everything, "walk.jsonl", "PhoneNumberEntered")
	sink(t, "files that the program has open", held, everything, "walk.jsonl", "PhoneNumberEntered")

	down, up, messagesDown, messagesUp := tapped.of(page.Host)
	mustNotHold(t, "what the page was served", down, everything)
	mustNotHold(t, "what the page asked for", up, everything)
	mustNotHold(t, "what the page was told", messagesDown, append([]marker{public}, secrets...))
	mustNotHold(t, "what the page told", messagesUp, append([]marker{link}, append(secrets, personal...)...))
	if !bytes.Contains(down, []byte("<html")) || link.foundIn(messagesDown) == "" || public.foundIn(messagesUp) == "" || !bytes.Contains(messagesDown, []byte(markedPhone)) {
		t.Errorf("the tap did not hear what passes between page and program: %d, %d, %d and %d bytes", len(down), len(up), len(messagesDown), len(messagesUp))
	}

	inProfile = everything

	onScreen := append([]marker{link, public}, secrets...)
	if private {
		onScreen = append(onScreen, personal...)
	}
	mustNotHold(t, "the screen", p.seenText(), onScreen)
	p.besides(t, "the screen", onScreen, "curl", "OnSuccess")
}

// The same of a simulated walk, which ends in the terminal.
func simulatedWalkLeaksNothing(t *testing.T) {
	h := newHome(t)
	meanwhile := newWitness(t, h.folder)
	p := startProgram(t, 120, 36, h.environ(), h.command(buildProgram(t), "--link", "terminal", "--fixtures", markedFolder(t), "--seed", "7", "--private", "--record", h.record)...)
	mark := 0
	for _, step := range []struct{ keys, then string }{
		{"", "link_token"}, {"\r", "Create the handler"}, {"\r", "Ask for the phone number"}, {markedPhone + "\r", "Ask for the date of birth"},
		{markedBirth + "\r", "The user is eligible"}, {"\r", "› Continue"}, {"\r", "Enter the 6-digit code"}, {markedCode, "Share"},
	} {
		p.send(step.keys)
		mark = p.await(mark, step.then)
	}
	p.insist(mark, "\r", "✓ Onboarded") // an Enter right after the code is taken for habit
	p.await(mark, "1 account")
	started, held := arguments(t, p.cmd.Process.Pid), heldFiles(t, p.cmd.Process.Pid)
	everyPane(p)
	everything := append(append([]marker{}, secretOfUser...), personal...)
	h.searched(t, everything)
	mustNotHold(t, "the arguments of the program", started, everything)
	sink(t, "files during the walk", meanwhile.seen(h.put), everything, "walk.jsonl", "PhoneNumberEntered")
	sink(t, "files that the program has open", held, everything, "walk.jsonl", "PhoneNumberEntered")
	// The simulated phone receives the code on this very screen.
	onScreen := slices.DeleteFunc(everything, func(m marker) bool { return m.value == markedCode })
	mustNotHold(t, "the screen", p.seenText(), onScreen)
	p.besides(t, "the screen", onScreen, "curl")
	// Which tokens there were is not known outside; whole ones have a shape.
	whole := regexp.MustCompile(`(?:access|public|profile|link)-sandbox-[0-9a-f]{8}-[0-9a-f]{4}-`)
	for name, content := range filesUnder(t, h.folder) {
		if found := whole.Find(content); found != nil {
			t.Errorf("%s holds a token: %s…", name, found)
		}
	}
	if found := whole.Find(p.seenText()); found != nil {
		t.Errorf("the screen shows a token: %s…", found)
	}
}
