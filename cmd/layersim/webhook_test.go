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

// However a webhook can be spoilt, it is refused, and the sentence says why; and
// what was only delivered badly is believed.
func TestWebhooksThatAreSpoilt(t *testing.T) {
	reasons := map[outbox.Kind]string{
		outbox.WrongKey:     "the signature does not fit",
		outbox.UnknownKid:   "Plaid knows no key with its kid (INVALID_WEBHOOK_VERIFICATION_KEY_ID)",
		outbox.ExpiredKey:   "its key has expired",
		outbox.OldIat:       "it was signed more than five minutes ago",
		outbox.ChangedBody:  "the body is not the one that was signed",
		outbox.Reserialised: "the body is not the one that was signed",
		outbox.HS256:        "its algorithm is not ES256",
		outbox.AlgNone:      "its algorithm is not ES256",
		outbox.DER:          "the signature does not fit",
		outbox.NoHeader:     "there is no Plaid-Verification header",
	}
	for _, kind := range outbox.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			h := newHooked(t)
			if _, err := h.sim.Misdeliver(outbox.Misdelivery{Kind: kind, Code: flow.WebhookLayerAuthenticationPassed}); err != nil {
				t.Fatal(err)
			}
			session, _ := h.prove()
			if kind == outbox.Delayed {
				h.sim.Advance(time.Minute)
				h.settle()
			}
			if kind.Forged() {
				came := h.all()
				if len(came) != 1 || came[0].Verified || came[0].Unchecked || came[0].Delivery != 0 || came[0].Reason != reasons[kind] {
					t.Fatalf("there came %+v", came)
				}
				if d := h.newest(); d.Status != http.StatusBadRequest {
					t.Errorf("it was answered %+v", d)
				}
			}
			h.post(session+"/close", map[string]any{})
			h.settle()
			var told []string
			for _, e := range h.all() {
				if e.Verified {
					told = append(told, e.Code+strings.Repeat("+", e.Delivery-1))
				}
			}
			want := map[outbox.Kind]string{
				outbox.Duplicate: "LAYER_AUTHENTICATION_PASSED LAYER_AUTHENTICATION_PASSED+ SESSION_FINISHED",
				outbox.Reordered: "SESSION_FINISHED LAYER_AUTHENTICATION_PASSED",
				outbox.Delayed:   "LAYER_AUTHENTICATION_PASSED SESSION_FINISHED",
			}[kind]
			if kind.Forged() {
				want = "SESSION_FINISHED"
			}
			if got := strings.Join(told, " "); got != want {
				t.Errorf("believed %q, want %q", got, want)
			}
		})
	}
}

// Plaid changes its key: the new one is asked for, and so is the old one again,
// which has expired.
func TestWebhooksAfterAKeyChange(t *testing.T) {
	h := newHooked(t)
	session, _ := h.prove()
	h.sim.RotateWebhookKey()
	h.post(session+"/close", map[string]any{})
	h.settle()
	if _, err := h.sim.Misdeliver(outbox.Misdelivery{Kind: outbox.ExpiredKey}); err != nil {
		t.Fatal(err)
	}
	h.prove()
	came := h.all()
	if len(came) != 3 || !came[0].Verified || !came[1].Verified || came[2].Reason != "its key has expired" {
		t.Fatalf("there came %+v", came)
	}
	if len(h.keys) != 3 {
		t.Errorf("keys were asked for %d times, want three: two of them, and the first once more", len(h.keys))
	}
}

// What happens to a key that cannot be had is told apart from a forgery, and
// Plaid's retry is believed. The receiver may have been restarted meanwhile.
func TestWebhooksThatCouldNotBeChecked(t *testing.T) {
	for name, fault := range map[string]plaidsim.Fault{
		"no connection": {Drop: true},
		"Plaid in pain": {Status: 500},
		"a portal":      {Garbage: true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHooked(t)
			fault.On, fault.Calls = "/webhook_verification_key/get", -1
			h.sim.Fail(fault)
			h.prove()
			came := h.all()
			if len(came) != 1 || came[0].Verified || !came[0].Unchecked || !strings.HasPrefix(came[0].Reason, "could not be checked: ") {
				t.Fatalf("there came %+v", came)
			}
			if d := h.newest(); d.Status != http.StatusServiceUnavailable || d.State != outbox.Waiting {
				t.Errorf("at Plaid: %+v", d)
			}
			h.sim.Heal()
			addr := h.inbox.server.Addr()
			if err := h.inbox.Close(); err != nil {
				t.Fatal(err)
			}
			h.plan.listen = addr
			h.open()
			h.sim.Advance(30 * time.Second)
			h.settle()
			came = h.all()
			if len(came) != 2 || !came[1].Verified || came[1].Delivery != 1 {
				t.Errorf("then came %+v", came)
			}
		})
	}
}

// Every mistake that can be shown against the real Plaid is shown with a
// webhook that came, and with forgeries that Plaid is asked about.
func TestForgedWebhooks(t *testing.T) {
	h := newHooked(t)
	forger := h.inbox.forger(h.client.GetWebhookKey, time.Now)
	try := func(id flow.WrongID, token flow.LinkToken) (string, error) {
		trials, err := forger.Try(t.Context(), flow.TryWebhooks{Wrong: id, LinkSessionID: "a session", LinkToken: token})
		var lines []string
		for _, trial := range trials {
			lines = append(lines, trial.What+": "+trial.Right+" | "+trial.Wrong)
		}
		return strings.Join(lines, "\n"), err
	}
	const forged = "one without a signature: there is no Plaid-Verification header | \n" +
		"one signed with a key of our own: Plaid knows no key with its kid (INVALID_WEBHOOK_VERIFICATION_KEY_ID) | "
	if got, err := try(flow.WrongWebhookUnverified, flow.LinkToken{}); err != nil || got != forged {
		t.Errorf("before any webhook came: %v\n%s", err, got)
	}
	for _, id := range []flow.WrongID{flow.WrongWebhookReencoded, flow.WrongWebhookDER, flow.WrongWebhookOneKey} {
		if got, err := try(id, flow.LinkToken{}); err == nil {
			t.Errorf("before any webhook came, %s is shown as\n%s", id, got)
		}
	}
	_, token := h.prove()
	for id, want := range map[flow.WrongID]string{
		flow.WrongWebhookUnverified: "the genuine one:  | \n" + forged + "\nthe genuine one, its body changed: the body is not the one that was signed | \nthe genuine one, replayed now:  | ",
		flow.WrongWebhookReencoded:  "the genuine one:  | the body is not the one that was signed",
		flow.WrongWebhookDER:        "the genuine one:  | the signature does not fit\nthe same, its signature in DER: the signature does not fit | ",
	} {
		if got, err := try(id, token); err != nil || got != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", id, err, got, want)
		}
	}
	if _, err := try(flow.WrongWebhookOneKey, token); err == nil {
		t.Error("a change of Plaid's key is shown")
	}
	// Later the genuine one is as good an example; replayed, it is too old.
	forger.Now = func() time.Time { return time.Now().Add(time.Hour) }
	if got, err := try(flow.WrongWebhookUnverified, token); err != nil || !strings.HasPrefix(got, "the genuine one:  | \n") || !strings.HasSuffix(got, "replayed now: it was signed more than five minutes ago | ") {
		t.Errorf("an hour later: %v\n%s", err, got)
	}
	if n := len(h.all()); n != 1 {
		t.Errorf("%d webhooks were told, want the genuine one alone", n)
	}
}
