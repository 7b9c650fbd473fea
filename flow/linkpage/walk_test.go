package linkpage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/linkpage"
	"layersim/flow/linkpage/pagetest"
	"layersim/flow/plaidsim"
)

// walk is a simulator, a Link session that the terminal has brought to
// LAYER_READY, and the page that is to finish it.
type walk struct {
	sim      *plaidsim.Sim
	server   *httptest.Server
	page     *linkpage.Page
	events   chan flow.Event
	handover flow.Handover
	url      string
}

const handlerID = flow.HandlerID(1)

func newWalk(t *testing.T) *walk {
	t.Helper()
	return newWalkFor(t, "+14155550011")
}

func newWalkFor(t *testing.T, phone string) *walk {
	t.Helper()
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	w := &walk{sim: plaidsim.New(plaidsim.Config{Catalog: catalog, Now: time.Now, Seed: 1})}
	w.server = httptest.NewServer(w.sim.Loopback())
	t.Cleanup(w.server.Close)
	w.page, w.events = newPage(t, w.server.URL+"/link/v2/stable/link-initialize.js")
	w.handover = w.ready(t, phone)
	w.present(t)
	return w
}

// newPage returns a Page and the events it emits.
func newPage(t *testing.T, script string) (*linkpage.Page, chan flow.Event) {
	t.Helper()
	events := make(chan flow.Event, 1000)
	p := linkpage.New(linkpage.Options{
		ScriptURL: func(context.Context) (string, error) { return script, nil },
		Emit:      func(e flow.Event) { events <- e },
		Now:       time.Now,
		Simulated: true,
	})
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, events
}

func (w *walk) present(t *testing.T) {
	t.Helper()
	url, err := w.page.Present(context.Background(), handlerID, w.handover)
	if err != nil {
		t.Fatal(err)
	}
	w.url = url
}

func (w *walk) token(t *testing.T) string {
	t.Helper()
	return w.post(t, "/session/token/create", map[string]any{
		"client_id": "id", "secret": "secret", "template_id": "default", "user": map[string]any{"client_user_id": "u1"},
	})["link"].(map[string]any)["link_token"].(string)
}

// ready does what the terminal does before a page is needed: a link_token, a
// Link session, the phone number.
func (w *walk) ready(t *testing.T, phone string) flow.Handover {
	t.Helper()
	token := w.token(t)
	session := w.post(t, "/link/session", map[string]any{"token": token})
	key := session["session"].(string)
	answer := w.post(t, "/link/session/"+key+"/submit", map[string]any{"phone_number": phone})
	if answer["state"] != "eligible" {
		t.Fatalf("submit: %v", answer)
	}
	w.post(t, "/link/session/"+key+"/sync", map[string]any{"ack": 1})
	return flow.Handover{LinkToken: flow.NewLinkToken(token), Key: flow.NewLinkKey(key)}
}

func (w *walk) post(t *testing.T, path string, body map[string]any) map[string]any {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(w.server.URL+path, "application/json", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v %v", path, response.Status, answer, err)
	}
	return answer
}

// shared asks the simulator's API what a public_token gives.
func (w *walk) shared(t *testing.T, token flow.PublicToken) map[string]any {
	t.Helper()
	return w.post(t, "/user_account/session/get", map[string]any{"client_id": "id", "secret": "secret", "public_token": token.Reveal()})
}

// await returns the next event of a type; what comes before it is skipped.
func await[E flow.Event](t *testing.T, events chan flow.Event) E {
	t.Helper()
	var skipped []string
	timeout := time.After(pagetest.Patience)
	for {
		select {
		case event := <-events:
			if e, ok := event.(E); ok {
				return e
			}
			skipped = append(skipped, name(event))
		case <-timeout:
			var want E
			t.Fatalf("no %T came, but %s", want, strings.Join(skipped, ", "))
		}
	}
}

// until returns the names of all events up to the first of a type.
func until[E flow.Event](t *testing.T, events chan flow.Event) (names []string, last E) {
	t.Helper()
	timeout := time.After(pagetest.Patience)
	for {
		select {
		case event := <-events:
			names = append(names, name(event))
			if e, ok := event.(E); ok {
				return names, e
			}
		case <-timeout:
			t.Fatalf("no %T came, but %s", last, strings.Join(names, ", "))
		}
	}
}

// name says in a word what an event is.
func name(event flow.Event) string {
	switch e := event.(type) {
	case flow.OnEvent:
		return e.Name
	case flow.OnLoad:
		return "onLoad"
	case flow.OnSuccess:
		return "onSuccess"
	case flow.OnExit:
		return "onExit"
	case flow.PageConnected:
		return "connected"
	case flow.PageLost:
		return "lost"
	case flow.PageTrouble:
		return "trouble: " + e.Reason
	}
	return "?"
}

// institution returns the bank that onSuccess names.
func institution(t *testing.T, e flow.OnSuccess) string {
	t.Helper()
	var metadata struct{ Institution struct{ Name string } }
	if err := json.Unmarshal([]byte(e.Metadata.Raw), &metadata); err != nil {
		t.Fatal(err)
	}
	return metadata.Institution.Name
}
