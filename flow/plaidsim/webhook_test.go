package plaidsim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// receiver is an app's server: it keeps what it gets and answers what it is told.
type receiver struct {
	url    string
	answer http.HandlerFunc // nil: 200

	mu  sync.Mutex
	got []received
}

type received struct {
	body   []byte
	header http.Header
	o      object
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	g := received{body: body, header: q.Header}
	_ = json.Unmarshal(body, &g.o)
	r.mu.Lock()
	r.got = append(r.got, g)
	r.mu.Unlock()
	if r.answer != nil {
		r.answer(w, q)
	}
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// forget begins anew.
func (r *receiver) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = nil
}

func (r *receiver) codes() []string {
	var codes []string
	for _, g := range r.all() {
		code := text(g.o, "webhook_code")
		if status := text(g.o, "status"); status != "" {
			code += " " + status
		}
		codes = append(codes, code)
	}
	return codes
}

// listen starts a receiver on a real socket of this machine.
func listen(t testing.TB) *receiver {
	r := &receiver{}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.url = server.URL + "/hook"
	return r
}

// settle waits until every webhook that is due has been answered.
func settle(t testing.TB, s *Sim) {
	t.Helper()
	if err := s.SettleWebhooks(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func webhookSim(t testing.TB, url string, change ...func(*Config)) *Sim {
	s := newSim(t, append(change, func(c *Config) { c.Webhook = url })...)
	t.Cleanup(s.Close)
	return s
}

const (
	passed   = "LAYER_AUTHENTICATION_PASSED"
	finished = "SESSION_FINISHED"
)

func TestWebhooksOfASession(t *testing.T) {
	tests := []struct {
		name string
		walk func(l *link)
		want []string
	}{
		{"shared", func(l *link) { l.review(fullPhone); l.do("share", nil) }, []string{passed, finished + " SUCCESS"}},
		{"left after the code", func(l *link) { l.review(fullPhone); l.do("close", nil) }, []string{passed, finished + " EXITED"}},
		{"closed by the app after the code", func(l *link) { l.review(fullPhone); l.do("exit", object{"force": true}) }, []string{passed, finished + " EXITED"}},
		{"one wrong code", func(l *link) {
			l.submit(fullPhone)
			l.do("open", nil)
			l.do("continue", nil)
			l.do("code", object{"code": "000000"})
			l.do("code", object{"code": "123456"})
		}, []string{passed}},
		{"three wrong codes", func(l *link) {
			l.submit(fullPhone)
			l.do("open", nil)
			l.do("continue", nil)
			for range 3 {
				l.do("code", object{"code": "000000"})
			}
			l.do("close", nil)
		}, []string{finished + " EXITED"}},
		{"left at consent", func(l *link) { l.submit(fullPhone); l.do("open", nil); l.do("close", nil) }, []string{finished + " EXITED"}},
		{"not eligible", func(l *link) { l.submit("+14155559999") }, nil},
		{"never opened", func(l *link) { l.submit(fullPhone); l.do("exit", nil) }, nil},
		{"opened too early", func(l *link) { l.do("open", nil) }, nil},
		{"link_token ran out", func(l *link) { l.submit(fullPhone); l.s.Advance(5 * time.Hour); l.do("open", nil) }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := listen(t)
			s := webhookSim(t, app.url)
			l := newLink(t, s, "default")
			test.walk(l)
			settle(t, s)
			same(t, app.codes(), test.want)
			for _, g := range app.all() {
				if text(g.o, "link_session_id") != l.id || text(g.o, "environment") != "sandbox" || g.header.Get("Content-Type") != "application/json" {
					t.Errorf("%s %v", g.body, g.header)
				}
			}
		})
	}
}

func TestWebhookBodiesToTheByte(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url)
	_, o := post(t, s, "/session/token/create", with(object{"template_id": "default", "user_id": "usr_1"}))
	token := text(o, "link", "link_token")
	l := linkFor(t, s, token)
	l.review(fullPhone)
	l.do("share", nil)
	settle(t, s)
	got := app.all()
	if len(got) != 2 {
		t.Fatal(app.codes())
	}
	want := fmt.Sprintf(`{
  "webhook_type": "LAYER",
  "webhook_code": "LAYER_AUTHENTICATION_PASSED",
  "environment": "sandbox",
  "link_session_id": %q,
  "link_token": %q
}`, l.id, token)
	if string(got[0].body) != want {
		t.Errorf("got  %s\nwant %s", got[0].body, want)
	}
	want = fmt.Sprintf(`{
  "webhook_type": "LINK",
  "webhook_code": "SESSION_FINISHED",
  "status": "SUCCESS",
  "link_session_id": %q,
  "link_token": %q,
  "public_tokens": [
    %q
  ],
  "public_token": %[3]q,
  "user_id": "usr_1",
  "environment": "sandbox"
}`, l.id, token, l.publicToken())
	if string(got[1].body) != want {
		t.Errorf("got  %s\nwant %s", got[1].body, want)
	}
}

// The server knows that the phone is proven before the user has shared anything.
func TestThePhoneIsProvenBeforeTheReviewEnds(t *testing.T) {
	app := listen(t)
	s := webhookSim(t, app.url, func(c *Config) { c.Delivery = Documented })
	l := newLink(t, s, "default")
	l.review(fullPhone)
	settle(t, s)
	same(t, app.codes(), []string{passed})
	same(t, l.names(), []string{"LAYER_READY", "OPEN"}) // the client does not know yet
	if l.last["state"] != "review" {
		t.Error(l.last["state"])
	}
}
