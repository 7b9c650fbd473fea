package plaidsim

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"layersim/fixtures"
)

var start = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

func catalog(t testing.TB) *fixtures.Catalog {
	t.Helper()
	c, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newSim(t testing.TB, change ...func(*Config)) *Sim {
	t.Helper()
	cfg := Config{Catalog: catalog(t), Now: func() time.Time { return start }, Seed: 7, Delivery: Live}
	for _, f := range change {
		f(&cfg)
	}
	return New(cfg)
}

// oneAtATime says that a test has no goroutine of its own: the race detector
// would find nothing in it, and take minutes.
func oneAtATime(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("nothing in it happens at once: the race detector has nothing to find")
	}
}

// object is a JSON object as a stranger sees it.
type object = map[string]any

// at walks into an object: at(o, "link", "link_token").
func at(o any, path ...string) any {
	for _, p := range path {
		m, ok := o.(object)
		if !ok {
			return nil
		}
		o = m[p]
	}
	return o
}

func text(o any, path ...string) string {
	s, _ := at(o, path...).(string)
	return s
}

// post sends JSON the way any client would and reads the answer.
func post(t testing.TB, s *Sim, path string, body any) (int, object) {
	t.Helper()
	status, raw, _ := postRaw(t, s, path, body)
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatalf("%s: %v in %s", path, err, raw)
	}
	return status, o
}

func postRaw(t testing.TB, s *Sim, path string, body any) (int, []byte, http.Header) {
	t.Helper()
	raw, ok := body.(string)
	if !ok {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		raw = string(b)
	}
	client := &http.Client{Transport: s.Transport()}
	resp, err := client.Post("https://sandbox.plaid.com"+path, "application/json", bytes.NewReader([]byte(raw)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") { // a fault may answer as a proxy would
		conforms(t, path, raw, resp.StatusCode, answer)
	}
	return resp.StatusCode, answer, resp.Header
}

// with adds credentials to the body of an API call.
func with(body object) object {
	out := object{"client_id": "client", "secret": "secret"}
	for k, v := range body {
		out[k] = v
	}
	return out
}

func createToken(t testing.TB, s *Sim, template string) string {
	t.Helper()
	status, o := post(t, s, "/session/token/create", with(object{"template_id": template, "user": object{"client_user_id": "u1"}}))
	if status != 200 {
		t.Fatalf("token: %d %v", status, o)
	}
	return text(o, "link", "link_token")
}

// link is an app's handler, and the user before it.
type link struct {
	t     testing.TB
	s     *Sim
	key   string
	id    string
	ack   int
	last  object
	calls []object // every callback, in the order delivered
}

func newLink(t testing.TB, s *Sim, template string) *link {
	t.Helper()
	return linkFor(t, s, createToken(t, s, template))
}

func linkFor(t testing.TB, s *Sim, token string) *link {
	t.Helper()
	status, o := post(t, s, "/link/session", object{"token": token})
	if status != 200 {
		t.Fatalf("link session: %d %v", status, o)
	}
	return &link{t: t, s: s, key: text(o, "session"), id: text(o, "link_session_id")}
}

// do performs a verb and collects the callbacks it brought.
func (l *link) do(verb string, body object) object {
	l.t.Helper()
	if body == nil {
		body = object{}
	}
	body["ack"] = l.ack
	status, o := post(l.t, l.s, "/link/session/"+l.key+"/"+verb, body)
	if status != 200 {
		l.t.Fatalf("%s: %d %v", verb, status, o)
	}
	for _, c := range o["callbacks"].([]any) {
		c := c.(object)
		if seq := int(c["seq"].(float64)); seq > l.ack {
			l.ack = seq
			l.calls = append(l.calls, c)
		}
	}
	l.last = o
	return o
}

func (l *link) submit(phone string) object {
	l.t.Helper()
	return l.do("submit", object{"phone_number": phone})
}

// review walks to the review pane.
func (l *link) review(phone string) object {
	l.t.Helper()
	if o := l.submit(phone); o["state"] != "eligible" {
		l.t.Fatalf("%s is not eligible: %v", phone, o["why"])
	}
	l.do("open", nil)
	return l.prove("123456")
}

// prove walks from consent to review: with the code, or by itself where the
// network proves the phone.
func (l *link) prove(code string) object {
	l.t.Helper()
	o := l.do("continue", nil)
	if auto := text(o, "pane", "auto"); auto != "" {
		return l.do(auto, nil)
	}
	return l.do("code", object{"code": code})
}

// names writes the callbacks the way the documentation does.
func (l *link) names() []string {
	var names []string
	for _, c := range l.calls {
		switch n := text(c, "name"); {
		case c["kind"] == "success":
			names = append(names, "onSuccess")
		case c["kind"] == "exit":
			names = append(names, "onExit "+text(c, "error", "error_code"))
		case n == "TRANSITION_VIEW":
			names = append(names, "TV:"+text(c, "metadata", "view_name"))
		case n == "ERROR" || n == "EXIT":
			names = append(names, n+" "+text(c, "metadata", "error_code"))
		default:
			names = append(names, n)
		}
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// publicToken is what onSuccess brought.
func (l *link) publicToken() string {
	l.t.Helper()
	for _, c := range l.calls {
		if c["kind"] == "success" {
			return text(c, "public_token")
		}
	}
	l.t.Fatalf("no onSuccess among %v", l.names())
	return ""
}

func same(t testing.TB, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func sessionGet(t testing.TB, s *Sim, publicToken string) object {
	t.Helper()
	status, o := post(t, s, "/user_account/session/get", with(object{"public_token": publicToken}))
	if status != 200 {
		t.Fatalf("session/get: %d %v", status, o)
	}
	return o
}

const (
	fullPhone  = "+14155550011"
	guidePhone = "+14155550015"
	// silentPhone is proven by the network.
	silentPhone = "+14155550160"
)

func TestGuideSample(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "template_4uinBNe4B2x9")
	l.review("14155550015")
	l.do("share", object{"values": object{"address.street2": "Apt 123"}})
	got := sessionGet(t, s, l.publicToken())

	// The sample response of Plaid's guide; tokens and ids differ in every
	// session, and the API contract spells ssn_last_4.
	var want object
	err := json.Unmarshal([]byte(`{
		"identity": {
			"phone_number": "+14155550015",
			"name": {"first_name": "Leslie", "last_name": "Knope"},
			"address": {"street": "123 Main St.", "street2": "Apt 123", "city": "Pawnee", "region": "Indiana", "postal_code": "46001", "country": "US"},
			"email": "leslie@knope.com", "date_of_birth": "1979-01-01", "ssn": "987654321", "ssn_last_4": "4321"
		},
		"identity_edit_history": {
			"name": {"edits_current": 0, "edits_1d": 0, "edits_30d": 1, "edits_365d": 1, "edits_all_time": 1},
			"address": {"edits_current": 1, "edits_1d": 1, "edits_30d": 2, "edits_365d": 2, "edits_all_time": 2},
			"email": {"edits_current": 0, "edits_1d": 0, "edits_30d": 0, "edits_365d": 0, "edits_all_time": 0},
			"date_of_birth": {"edits_current": 0, "edits_1d": 0, "edits_30d": 0, "edits_365d": 0, "edits_all_time": 0},
			"official_document": {"ssn": {"edits_current": 0, "edits_1d": 0, "edits_30d": 0, "edits_365d": 0, "edits_all_time": 0}}
		},
		"items": [{"item_id": "any", "access_token": "any"}],
		"request_id": "any"
	}`), &want)
	if err != nil {
		t.Fatal(err)
	}
	items := got["items"].([]any)
	if len(items) != 1 {
		t.Fatalf("items %v", items)
	}
	for _, key := range []string{"item_id", "access_token"} {
		if text(items[0], key) == "" {
			t.Errorf("no %s", key)
		}
		items[0].(object)[key] = "any"
	}
	if len(text(got, "request_id")) != 15 {
		t.Errorf("request_id %v", got["request_id"])
	}
	got["request_id"] = "any"
	a, b := encode(got), encode(want)
	if !bytes.Equal(a, b) {
		t.Errorf("got  %s\nwant %s", a, b)
	}
}
