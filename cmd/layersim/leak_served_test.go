//go:build linux

package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"layersim/flow"
	"layersim/flow/linkterm"
	"layersim/flow/plaidapi"
)

// An app and its user send what is private to 'layersim serve --ui --record',
// where it belongs and where it does not. What goes back to them is theirs: an
// error of Plaid's quotes what was wrong, Link shows its user what Plaid has.
// Everything else that the program writes is searched.

// heard keeps what a server answers, by path, without the answers to the app.
type heard struct {
	mu   sync.Mutex
	link string // a session's link_token, for the search
}

func (h *heard) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(body))
	if found := regexp.MustCompile(`"link_token":\s*"([^"]+)"`).FindSubmatch(body); found != nil {
		h.mu.Lock()
		h.link = string(found[1])
		h.mu.Unlock()
	}
	return answer, err
}

func leakOfServe(t *testing.T) {
	h := newHome(t)
	environ := append(h.environ(), "PLAID_SECRET="+farSecret, "PLAID_CLIENT_ID="+farClient, "HTTPS_PROXY=http://proxy:"+plantedKey+"@proxy.invalid:3128")
	p := startProgram(t, 120, 36, environ, h.command(buildProgram(t), "serve", "--ui", "--addr", "127.0.0.1:0", "--seed", "7", "--fixtures", markedFolder(t), "--record", h.record, "--events", "live")...)
	p.await(0, `No app has called yet`)
	out, _ := p.seen()
	address := regexp.MustCompile(`ready (http://127\.0\.0\.1:\d+)\r\n`).FindStringSubmatch(out)[1]
	started := arguments(t, p.cmd.Process.Pid)

	// What an app gets wrong.
	post := func(path, body string) string {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("PLAID-CLIENT-ID", farClient)
		request.Header.Set("PLAID-SECRET", farSecret)
		request.Header.Set("Authorization", "Bearer "+plantedKey)
		request.Header.Set("Cookie", "session="+plantedKey)
		request.Header.Set("Referer", "http://127.0.0.1/?ssn="+plantedSSN)
		request.Header.Set("User-Agent", plantedDirt)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		content, _ := io.ReadAll(answer.Body)
		return string(content)
	}
	const user = `"user":{"client_user_id":"` + plantedDirt + `","legal_name":"` + plantedShown + `","ssn":"` + plantedSSN + `","date_of_birth":"` + plantedBirth + `","phone_number":"` + plantedPhone + `","remark":"` + plantedDirt + `"}`
	wrong := `{"client_id":"` + farClient + `","secret":"` + farSecret + `","template_id":"` + plantedDirt + `",` + user + `,"client_secret":"` + plantedKey + `","webhook":"http://user:` + plantedKey + `@127.0.0.1:1/hook?key=` + plantedKey + `"}`
	quoted := post("/session/token/create?secret="+plantedKey+"&ssn="+plantedSSN, wrong)
	post("/session/token/create", strings.Replace(wrong, plantedDirt, "default", 1))
	post("/user_account/session/get", `{"public_token":"`+plantedPublic+`"}`)
	post("/accounts/get", `{"access_token":"`+plantedToken+`","options":{"`+plantedSSN+`":"`+plantedWords+`"}}`)
	post("/item/public_token/exchange", `{"public_token":"`+plantedPublic+`"`)        // cut off
	post("/session/"+plantedToken+"/"+plantedSSN, "ssn="+plantedSSN+"&k="+plantedKey) // no call of Plaid's, and no JSON
	post("/sim/faults", `{"on":"/accounts/get","status":400,"error_type":"INVALID_INPUT","error_code":"INVALID_FIELD","error_message":"`+plantedDirt+`"}`)
	post("/accounts/get", `{"access_token":"`+plantedToken+`"}`)

	// A whole walk of an app, whose user edits, and adds a bank.
	ears := &heard{}
	app := &someApp{t: t, user: "user-" + plantedShown}
	app.server = plaidapi.New(plaidapi.Options{BaseURL: address, ClientID: farClient, Secret: farSecret, Transport: ears, Now: time.Now})
	app.link = linkterm.New(linkterm.Options{BaseURL: address, Transport: ears, Now: time.Now, Emit: func(e flow.Event) {
		app.mu.Lock()
		defer app.mu.Unlock()
		switch e := e.(type) {
		case flow.OnSuccess:
			app.token = e.PublicToken
		case flow.PaneShown:
			app.pane = e.Pane
		}
	}})
	app.create().submit(markedPhone).birth(markedBirth).open().act(flow.LinkAction{Kind: flow.LinkContinue}, flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode(markedCode)})
	app.act(flow.LinkAction{Kind: flow.LinkAddBank})
	app.act(flow.LinkAction{Kind: flow.LinkSearch, Values: paneValues(map[string]string{"query": plantedDirt})}) // the wrong thing in the field for a bank's name
	app.act(flow.LinkAction{Kind: flow.LinkSearch, Values: paneValues(map[string]string{"query": "a"})})
	app.act(flow.LinkAction{Kind: flow.LinkInstitution, Choice: passwordBank(app.pane)})
	app.act(flow.LinkAction{Kind: flow.LinkCredentials, Values: paneValues(map[string]string{"username": plantedKey, "password": plantedKey})})
	app.act(flow.LinkAction{Kind: flow.LinkBack}, flow.LinkAction{Kind: flow.LinkBack})
	var accounts []string
	for _, bank := range app.pane.Banks {
		for _, account := range bank.Accounts {
			accounts = append(accounts, account.ID)
		}
	}
	app.act(flow.LinkAction{Kind: flow.LinkShare, Accounts: accounts, Values: paneValues(map[string]string{"ssn": strings.ReplaceAll(plantedSSN, "-", ""), "date_of_birth": plantedBirth, "address.street": plantedShown})})
	account, err := app.server.GetUserAccountSession(t.Context(), flow.GetUserAccountSession{PublicToken: app.token})
	app.must(err)

	secrets := append(append(planted(), secretOfUser...), personal...)
	secrets = append(secrets, marker{"secret", farSecret}, marker{"client_id", farClient}, marker{"link_token", ears.link}, marker{"public_token", app.token.Reveal()})
	for _, item := range account.Items {
		secrets = append(secrets, marker{"access_token", item.AccessToken.Reveal()})
	}
	if account.Identity.SSN.Reveal() != strings.ReplaceAll(plantedSSN, "-", "") || len(account.Items) == 0 || leaks([]byte(quoted), planted()) == nil {
		t.Fatalf("what is looked for did not pass: %d Items, and Plaid's error is %s", len(account.Items), quoted)
	}

	// The control API.
	get := func(path string) []byte {
		t.Helper()
		answer, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		var all bytes.Buffer
		_ = answer.Header.Write(&all)
		_, _ = io.Copy(&all, answer.Body)
		return all.Bytes()
	}
	sink(t, "serve: GET /sim/journal", get("/sim/journal"), secrets, "/user_account/session/get", plantedShown, "credentials")
	sessions := get("/sim/sessions")
	sink(t, "serve: GET /sim/sessions", sessions, secrets, plantedShown)
	for _, id := range regexp.MustCompile(`"link_session_id":\s*"([^"]+)"`).FindAllSubmatch(sessions, -1) {
		sink(t, "serve: GET /sim/sessions/{id}", get("/sim/sessions/"+string(id[1])), secrets, string(id[1]))
		sink(t, "serve: GET /sim/sessions/{id}/journal", get("/sim/sessions/"+string(id[1])+"/journal"), secrets, string(id[1]))
	}
	for _, path := range []string{"/sim/webhooks", "/sim/keys", "/sim/clock", "/sim/faults", "/healthz", "/link/v2/frame.html", "/link/v2/stable/link-initialize.js"} {
		sink(t, "serve: GET "+path, get(path), secrets, "Content-Type")
	}

	// Every lane, tab and entry, in several sizes.
	p.await(0, `user-`+plantedShown)
	sizes := [][2]uint16{{120, 36}}
	if os.Getenv("LAYERSIM_LEAKS") != "" {
		sizes = append(sizes, [2]uint16{80, 24}, [2]uint16{200, 50}, [2]uint16{40, 12})
	}
	for _, size := range sizes {
		p.resize(size[0], size[1])
		for _, keys := range []string{"\x1b[H", "j", "1", "\r", "+", "h", "2", "\r", "+", "h", "3", "4", "5", "6", "/" + plantedShown, "\r", "k", "2", "\r", "h", "k", "1", "\r", "+", "h"} {
			p.settled(keys)
		}
	}
	p.interrupted()
	sink(t, "serve: process arguments", started, secrets, "--record")
	// The result shows whose it is; an SSN and a date of birth are revealed one by one.
	shown := slices.DeleteFunc(slices.Clone(secrets), func(m marker) bool { return strings.Contains(markedPhone, m.value) })
	sink(t, "serve: the terminal", p.seenText(), shown, plantedShown, "user_account")
	for name, content := range filesUnder(t, h.folder) {
		sink(t, "serve: the file "+filepath.Base(name), content, secrets, h.folder)
	}
	written, err := os.ReadFile(h.record)
	if err != nil {
		t.Fatal(err)
	}
	sink(t, "serve: the recording", written, secrets, plantedShown, `"credentials"`, "/user_account/session/get")

	// And the recording, shown again.
	p = startProgram(t, 120, 36, environ, h.command(buildProgram(t), "replay", h.record)...)
	p.await(0, plantedShown)
	for _, keys := range []string{"j", "1", "\r", "+", "h", "2", "\r", "+", "h", "k", "2", "\r", "+"} {
		p.settled(keys)
	}
	p.interrupted()
	sink(t, "a recorded app: the terminal", p.seenText(), secrets, plantedShown)
	lint := exec.CommandContext(t.Context(), buildProgram(t), "lint", h.record)
	lint.Env = environ
	said, _ := lint.CombinedOutput() // it may find mistakes
	sink(t, "a recorded app: lint", said, secrets, "Kept: ")
}

// passwordBank is a bank whose customers type a password into Link.
func passwordBank(p flow.Pane) string {
	for _, o := range p.Options {
		if strings.HasPrefix(o.Detail, "password") {
			return o.ID
		}
	}
	return ""
}

// interrupted sends Ctrl-C until the program ends: right after another key it may
// be taken for a part of that.
func (p *program) interrupted() {
	p.tb.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.end()
	}()
	again := time.NewTicker(300 * time.Millisecond)
	defer again.Stop()
	for {
		_, _ = p.tty.WriteString("\x03")
		select {
		case <-done:
			return
		case <-again.C:
		}
	}
}

// resize changes the size of the terminal.
func (p *program) resize(width, height uint16) {
	p.tb.Helper()
	if err := pty.Setsize(p.tty, &pty.Winsize{Rows: height, Cols: width}); err != nil {
		p.tb.Fatal(err)
	}
}

// settled sends keys and waits until nothing more comes for a moment: what they
// change is not the same everywhere, and may be nothing.
func (p *program) settled(keys string) {
	p.tb.Helper()
	_, fresh := p.seen()
	p.send(keys)
	const quiet, most = 40 * time.Millisecond, time.Second
	for end := time.After(most); ; {
		select {
		case <-fresh:
			_, fresh = p.seen()
		case <-time.After(quiet):
			return
		case <-end:
			return
		}
	}
}
