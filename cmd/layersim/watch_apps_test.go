package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"layersim/flow"
	"layersim/flow/linkterm"
	"layersim/flow/plaidapi"
	"layersim/flow/plaidsim"
)

// someApp is an app that uses the simulator: a server with the official SDK,
// and a client.
type someApp struct {
	t      testing.TB
	user   string
	server *plaidapi.Client
	link   *linkterm.Client
	mu     sync.Mutex
	token  flow.PublicToken
	pane   flow.Pane
}

func newSomeApp(t testing.TB, sim *plaidsim.Sim, user string) *someApp {
	a := &someApp{t: t, user: user}
	a.server = plaidapi.New(plaidapi.Options{BaseURL: "http://simulator.test", ClientID: "client-id", Secret: "TOPSECRET", Transport: sim.Transport(), Now: time.Now})
	a.link = linkterm.New(linkterm.Options{BaseURL: "http://simulator.test", Transport: sim.Transport(), Now: time.Now, Emit: func(e flow.Event) {
		a.mu.Lock()
		defer a.mu.Unlock()
		switch e := e.(type) {
		case flow.OnSuccess:
			a.token = e.PublicToken
		case flow.PaneShown:
			a.pane = e.Pane
		}
	}})
	return a
}

func (a *someApp) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *someApp) create() *someApp {
	a.t.Helper()
	token, _, _, err := a.server.CreateSessionToken(a.t.Context(), flow.CreateSessionToken{TemplateID: "default", ClientUserID: a.user})
	a.must(err)
	a.must(a.link.Create(a.t.Context(), flow.CreateHandler{HandlerID: 1, LinkToken: token}))
	return a
}

func (a *someApp) submit(phone string) *someApp {
	a.t.Helper()
	a.must(a.link.Submit(a.t.Context(), flow.SubmitHandler{HandlerID: 1, Phone: flow.NewPhoneNumber(phone)}))
	return a
}

func (a *someApp) birth(date string) *someApp {
	a.t.Helper()
	a.must(a.link.Submit(a.t.Context(), flow.SubmitHandler{HandlerID: 1, DateOfBirth: flow.NewDateOfBirth(date)}))
	return a
}

func (a *someApp) open() *someApp {
	a.t.Helper()
	a.must(a.link.Open(a.t.Context(), 1))
	return a
}

func (a *someApp) act(actions ...flow.LinkAction) *someApp {
	a.t.Helper()
	for _, action := range actions {
		a.must(a.link.Act(a.t.Context(), 1, action))
	}
	return a
}

// share goes through Link to its end, and fetches the identity.
func (a *someApp) share() *someApp {
	a.t.Helper()
	a.act(flow.LinkAction{Kind: flow.LinkContinue}, flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("123456")})
	var accounts []string
	for _, bank := range a.pane.Banks {
		for _, account := range bank.Accounts {
			accounts = append(accounts, account.ID)
		}
	}
	return a.act(flow.LinkAction{Kind: flow.LinkShare, Accounts: accounts})
}

func (a *someApp) fetch() *someApp {
	a.t.Helper()
	account, err := a.server.GetUserAccountSession(a.t.Context(), flow.GetUserAccountSession{PublicToken: a.token})
	a.must(err)
	for _, i := range account.Items {
		_, err := a.server.GetAccounts(a.t.Context(), flow.GetAccounts{ItemID: i.ItemID, AccessToken: i.AccessToken})
		a.must(err)
	}
	return a
}

// scriptPage is what Link's script does in a page: it confirms at once what the app
// was given.
type scriptPage struct {
	t    testing.TB
	sim  *plaidsim.Sim
	path string // of the session
	ack  int
}

func openPage(t testing.TB, sim *plaidsim.Sim, user string) *scriptPage {
	p := &scriptPage{t: t, sim: sim, path: "/link/session"}
	var made struct {
		Link struct {
			Token string `json:"link_token"`
		}
	}
	p.post("/session/token/create", map[string]any{"client_id": "c", "secret": "s", "template_id": "default", "user": map[string]string{"client_user_id": user}}, &made)
	p.do("", "token", made.Link.Token)
	return p
}

func (p *scriptPage) post(path string, body map[string]any, into any) {
	p.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: p.sim.Transport()}).Post("http://simulator.test"+path, "application/json", bytes.NewReader(text))
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil || answer.StatusCode != http.StatusOK {
		p.t.Fatalf("%s answers %s (%v)", path, answer.Status, err)
	}
}

// do performs a verb with one field, "" for none.
func (p *scriptPage) do(verb, field, value string) {
	p.t.Helper()
	path, body := p.path, map[string]any{}
	if verb != "" {
		path += "/" + verb
	}
	if field != "" {
		body[field] = value
	}
	for range 2 { // the second time to confirm
		var answer struct {
			Session   string
			Callbacks []struct{ Seq int }
		}
		p.post(path, body, &answer)
		if answer.Session != "" {
			p.path += "/" + answer.Session
		}
		if len(answer.Callbacks) == 0 {
			return
		}
		p.ack = answer.Callbacks[len(answer.Callbacks)-1].Seq
		path, body = p.path+"/sync", map[string]any{"ack": p.ack}
	}
}
