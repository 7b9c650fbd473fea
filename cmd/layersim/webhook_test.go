package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/plaidapi"
	"layersim/flow/plaidsim"
	"layersim/flow/plaidsim/outbox"
)

// hooked is a receiver as the live walk has it, and a Plaid elsewhere that sends
// to it: everything between the two is HTTP.
type hooked struct {
	t      *testing.T
	sim    *plaidsim.Sim
	remote *httptest.Server
	client *plaidapi.Client
	plan   webhookPlan
	inbox  *webhookInbox

	mu   sync.Mutex
	came []flow.WebhookReceived
	keys []flow.Exchange // /webhook_verification_key/get
}

func newHooked(t *testing.T) *hooked {
	t.Helper()
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	h := &hooked{t: t, sim: plaidsim.New(plaidsim.Config{Catalog: catalog, Now: time.Now, Seed: 7})}
	h.remote = httptest.NewServer(h.sim.Loopback())
	t.Cleanup(func() {
		h.sim.Close()
		h.remote.Close()
		if err := h.inbox.Close(); err != nil {
			t.Errorf("closing the receiver: %v", err)
		}
	})
	h.client = plaidapi.New(plaidapi.Options{BaseURL: h.remote.URL, ClientID: "client", Secret: "secret", Now: time.Now, Record: func(x flow.Exchange) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if strings.HasSuffix(x.URL, "/webhook_verification_key/get") {
			h.keys = append(h.keys, x)
		}
	}})
	plan, err := webhookSettings{listen: "127.0.0.1:0"}.check(&remote{baseURL: h.remote.URL})
	if err != nil {
		t.Fatal(err)
	}
	h.plan = *plan
	h.open()
	return h
}

// open begins to receive.
func (h *hooked) open() {
	h.t.Helper()
	inbox, err := openWebhookInbox(h.t.Context(), h.plan, h.client.GetWebhookKey, time.Now, func(e flow.Event) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.came = append(h.came, e.(flow.WebhookReceived))
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.inbox = inbox
}

// post calls the remote Plaid.
func (h *hooked) post(path string, body map[string]any) (answer map[string]any) {
	h.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	resp, err := http.Post(h.remote.URL+path, "application/json", bytes.NewReader(raw))
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
		h.t.Fatalf("%s: %s %v %v", path, resp.Status, answer, err)
	}
	return answer
}

// prove takes a user to the proof of the phone, and returns the address of the
// Link session and the link_token.
func (h *hooked) prove() (session string, token flow.LinkToken) {
	h.t.Helper()
	token, _, _, err := h.client.CreateSessionToken(h.t.Context(), flow.CreateSessionToken{TemplateID: "default", ClientUserID: "u", Webhook: h.inbox.url})
	if err != nil {
		h.t.Fatal(err)
	}
	session = "/link/session/" + h.post("/link/session", map[string]any{"token": token.Reveal()})["session"].(string)
	h.post(session+"/submit", map[string]any{"phone_number": "415-555-0011"})
	h.post(session+"/open", map[string]any{})
	h.post(session+"/continue", map[string]any{})
	h.post(session+"/code", map[string]any{"code": "123456"})
	h.settle()
	return session, token
}

// settle waits until every webhook that is due has been answered.
func (h *hooked) settle() {
	h.t.Helper()
	if err := h.sim.SettleWebhooks(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// all returns what was received so far.
func (h *hooked) all() []flow.WebhookReceived {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]flow.WebhookReceived(nil), h.came...)
}

// newest returns what became of the newest webhook at its sender.
func (h *hooked) newest() outbox.Delivery {
	all := h.sim.Webhooks()
	return all[len(all)-1]
}

// The receiver's own address goes out in /session/token/create; what Plaid then
// sends is verified with a key that Plaid is asked for once.
func TestWebhooksOverHTTPAreVerified(t *testing.T) {
	h := newHooked(t)
	session, token := h.prove()
	h.post(session+"/close", map[string]any{})
	h.settle()
	came := h.all()
	if len(came) != 2 {
		t.Fatalf("there came %+v", came)
	}
	for i, want := range []flow.WebhookReceived{
		{Type: "LAYER", Code: flow.WebhookLayerAuthenticationPassed},
		{Type: "LINK", Code: flow.WebhookSessionFinished, Status: "EXITED"},
	} {
		got := came[i]
		if got.Type != want.Type || got.Code != want.Code || got.Status != want.Status || !got.Verified || got.Delivery != 1 || got.LinkToken != token || got.LinkSessionID == "" {
			t.Errorf("%d: %+v", i, got)
		}
		if strings.Contains(got.Raw, token.Reveal()) || !strings.Contains(got.Raw, `"environment":"sandbox"`) {
			t.Errorf("%d is shown as %s", i, got.Raw)
		}
	}
	if len(h.keys) != 1 {
		t.Errorf("the key was asked for %d times, want once", len(h.keys))
	}
	for _, d := range h.sim.Webhooks() {
		if d.State != outbox.Accepted {
			t.Errorf("%s was not taken: %+v", d.Code, d)
		}
	}
}
