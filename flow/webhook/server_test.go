package webhook

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
	"layersim/flow/loopback"
)

// pipes is a listener whose connections are made in memory, so that a server's
// patience can be tested without waiting.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// dial returns the client's end of a new connection; it waits until the server
// takes it.
func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

// receiving is a Server, whoever sends to it, and what it told.
type receiving struct {
	*asked
	*Receiver
	pipes  *pipes
	server *Server

	mu   sync.Mutex
	told []flow.WebhookReceived
}

func newReceiving(t *testing.T, path string) *receiving {
	r := &receiving{pipes: newPipes()}
	var v *Verifier
	r.asked, v = newAsked(t)
	r.Receiver = &Receiver{Verifier: v, Emit: func(e flow.Event) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.told = append(r.told, e.(flow.WebhookReceived))
	}}
	r.server = Serve(r.pipes, path, r.Receiver)
	return r
}

func (r *receiving) all() []flow.WebhookReceived {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]flow.WebhookReceived(nil), r.told...)
}

// send writes raw bytes to a new connection and returns the status of the
// answer, 0 if there is none.
func (r *receiving) send(raw string) (status int, answer string) {
	conn := r.pipes.dial()
	defer func() { _ = conn.Close() }()
	go func() { _, _ = io.WriteString(conn, raw) }()
	return statusFrom(conn)
}

func statusFrom(conn net.Conn) (status int, answer string) {
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, ""
	}
	content, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(content)
}

// post is a webhook as it stands in a connection.
func post(path string, m Message) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: some.tunnel.example\r\nplaid-verification: %s\r\nContent-Length: %d\r\n\r\n%s", path, m.Signature, len(m.Body), m.Body)
}

func TestServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiving(t, "/hook")
		genuine := r.webhook("k1")
		without := Message{Body: genuine.Body}
		for _, tc := range []struct {
			name, sent string
			want       int
		}{
			{"genuine", post("/hook", genuine), 200},
			{"genuine, again", post("/hook", genuine), 200},
			{"with a query", post("/hook?token=x", genuine), 200},
			{"forged", post("/hook", without), 400},
			{"signed with a key that nobody knows", post("/hook", r.webhook("k7")), 400},
			{"not JSON", post("/hook", Message{Signature: genuine.Signature, Body: []byte("hello")}), 400},
			{"empty", post("/hook", Message{}), 400},
			{"another path", post("/", genuine), 404},
			{"below the path", post("/hook/x", genuine), 404},
			{"GET", "GET /hook HTTP/1.1\r\nHost: x\r\n\r\n", 405},
			{"PUT", "PUT /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405},
			{"a long body, announced", "POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", 413},
			{"a long body, in chunks", "POST /hook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat(fmt.Sprintf("%x\r\n%s\r\n", 1<<16, strings.Repeat("a", 1<<16)), 17), 413},
			{"a long header", "POST /hook HTTP/1.1\r\nHost: x\r\nPlaid-Verification: " + strings.Repeat("a", 64<<10) + "\r\n\r\n", 431},
			{"garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400},
			{"a broken chunk", "POST /hook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
		} {
			status, answer := r.send(tc.sent)
			if status != tc.want {
				t.Errorf("%s is answered %d, want %d", tc.name, status, tc.want)
			}
			if strings.Contains(answer, "kid") || strings.Contains(answer, "aaaa") {
				t.Errorf("%s: a stranger is told %q", tc.name, answer)
			}
		}
		if err := r.server.Close(); err != nil {
			t.Error(err)
		}
		var told []string
		for _, e := range r.all() {
			told = append(told, fmt.Sprintf("%t %d %s", e.Verified, e.Delivery, e.Reason))
		}
		want := []string{
			"true 1 ", "true 2 ", "true 3 ", "false 0 there is no Plaid-Verification header",
			"false 0 Plaid knows no key with its kid (INVALID_WEBHOOK_VERIFICATION_KEY_ID)", "false 0 its body is not JSON", "false 0 its body is not JSON",
		}
		if fmt.Sprint(told) != fmt.Sprint(want) {
			t.Errorf("told\n%q\nwant\n%q", told, want)
		}
	})
}

// A sender that dawdles is cut off, and holds up nobody else.
func TestServerBearsDawdlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiving(t, "")
		genuine := post("/whatever", r.webhook("k1"))
		start := time.Now()
		var silent []net.Conn
		for range maxConnections - 1 {
			silent = append(silent, r.pipes.dial())
		}
		slow := r.pipes.dial()
		go func() { _, _ = io.WriteString(slow, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{") }()
		// There is no room for one more until the silent ones are cut off.
		if status, _ := r.send(genuine); status != http.StatusOK {
			t.Errorf("a genuine webhook behind them is answered %d", status)
		}
		if waited := time.Since(start); waited < loopback.HeaderPatience || waited > bodyPatience {
			t.Errorf("it waited %s for them", waited)
		}
		if status, _ := statusFrom(slow); status != http.StatusBadRequest {
			t.Errorf("who does not finish its body is answered %d", status)
		}
		if waited := time.Since(start); waited > bodyPatience+time.Second {
			t.Errorf("it was borne for %s", waited)
		}
		for _, conn := range silent {
			if _, err := conn.Read(make([]byte, 1)); err == nil {
				t.Error("a silent one is answered")
			}
		}
		if err := r.server.Close(); err != nil {
			t.Error(err)
		}
	})
}

// No more webhooks than a few are checked at the same time; the others are told
// to come again, which Plaid does.
func TestServerChecksAFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiving(t, "")
		r.takes = 8 * time.Second
		raw := post("/", r.webhook("k1"))
		statuses := make(chan int, 2*maxAtOnce)
		for range 2 * maxAtOnce {
			go func() {
				status, _ := r.send(raw)
				statuses <- status
			}()
		}
		count := map[int]int{}
		for range 2 * maxAtOnce {
			count[<-statuses]++
		}
		if count[200] != maxAtOnce || count[503] != maxAtOnce || r.calls != 1 {
			t.Errorf("answered %v, with %d calls for the key", count, r.calls)
		}
		// Plaid waits ten seconds for an answer: a key that takes longer is no verdict.
		r.takes = time.Minute
		start := time.Now()
		r.key("k2")
		status, _ := r.send(post("/", r.webhook("k2")))
		if status != http.StatusServiceUnavailable || time.Since(start) >= 10*time.Second {
			t.Errorf("answered %d after %s", status, time.Since(start))
		}
		if all := r.all(); !all[len(all)-1].Unchecked {
			t.Errorf("told %+v", all[len(all)-1])
		}
		// Closing waits for nobody.
		r.key("k3")
		last := make(chan int)
		go func() {
			status, _ := r.send(post("/", r.webhook("k3")))
			last <- status
		}()
		synctest.Wait()
		if err := r.server.Close(); err != nil {
			t.Error(err)
		}
		if status := <-last; status != 0 {
			t.Errorf("when the server closes, answered %d", status)
		}
	})
}

// A receiver that fails answers so, and goes on.
func TestServerSurvivesAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiving(t, "")
		emit := r.Emit
		r.Emit = func(flow.Event) { panic("boom") }
		raw := post("/", r.webhook("k1"))
		if status, _ := r.send(raw); status != http.StatusInternalServerError {
			t.Errorf("answered %d", status)
		}
		r.Emit = emit
		if status, _ := r.send(raw); status != http.StatusOK {
			t.Errorf("then answered %d", status)
		}
		if err := r.server.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Of a flood of forgeries a few are told, and how many were not.
func TestAFloodIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiving(t, "")
		take := func(m Message) int { return r.Take(context.Background(), m) }
		for range 500 {
			if status := take(Message{Body: []byte(body)}); status != http.StatusBadRequest {
				t.Fatalf("answered %d", status)
			}
		}
		if status := take(r.webhook("k1")); status != http.StatusOK {
			t.Errorf("genuine, in the flood: %d", status)
		}
		if n := len(r.all()); n != mostRefused+1 {
			t.Errorf("%d were told", n)
		}
		time.Sleep(refusedIn)
		take(Message{Body: []byte(body)})
		all := r.all()
		if last := all[len(all)-1].Reason; !strings.Contains(last, "480 more") {
			t.Errorf("the next says %q", last)
		}
		if err := r.server.Close(); err != nil {
			t.Error(err)
		}
	})
}

// What a webhook says is shown, and what is private in it is not; neither does
// anything to a terminal.
func TestWhatIsToldOfAWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiving(t, "")
		content := "{\n  \"webhook_type\": \"LINK\",\n  \"webhook_code\": \"SESSION_FINISHED\\u001b[2J\",\n  \"public_tokens\": [\"profile-sandbox-0a1b2c3d-0000-4000-8000-00000000abcd\"],\n" +
			"  \"link_token\": \"link-sandbox-11111111-2222-3333-4444-55555555beef\",\n  \"status\": 7, \"new\": {\"phone_number\": \"+14155550011\"}\n}"
		signed := r.sign("ES256", "k1", r.keys["k1"], content, time.Now(), false)
		r.Take(t.Context(), Message{Signature: signed, Body: []byte(content)})
		e := r.all()[0]
		if !e.Verified || e.Code != "SESSION_FINISHED [2J" || e.Status != "" || e.LinkToken.Reveal() != "link-sandbox-11111111-2222-3333-4444-55555555beef" {
			t.Errorf("told %+v", e)
		}
		for _, private := range []string{"0a1b2c3d", "11111111", "4155550011", "\x1b"} {
			if strings.Contains(e.Raw, private) {
				t.Errorf("%q is shown in %s", private, e.Raw)
			}
		}
		if !strings.Contains(e.Raw, `"new"`) || !strings.Contains(e.Raw, "abcd") {
			t.Errorf("shown as %s", e.Raw)
		}
		long := []byte(`{"webhook_code":"` + strings.Repeat("x", 1<<19) + `","a":[` + strings.Repeat("1,", 1<<18) + `1]}`)
		r.Take(t.Context(), Message{Body: long})
		if e := r.all()[1]; len(e.Code) > 200 || len(e.Raw) > longestRaw {
			t.Errorf("of a long one %d and %d bytes are kept", len(e.Code), len(e.Raw))
		}
		if err := r.server.Close(); err != nil {
			t.Error(err)
		}
	})
}
