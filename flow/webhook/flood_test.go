package webhook

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
)

// A stranger who names ten new kids each minute cannot keep Plaid's first one
// out for ever, and Plaid is not flooded.
func TestAFloodDoesNotStarveTheFirstKid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, v := newAsked(t)
		flood := func(round int) {
			for i := range 500 {
				_, _ = v.key(t.Context(), fmt.Sprintf("made-up-%d-%d", round, i))
			}
		}
		flood(0)
		if err := v.Verify(t.Context(), a.webhook("k1")); !errors.As(err, new(Unchecked)) {
			t.Fatalf("in a flood: %v", err)
		}
		for round := range 3 { // Plaid's first retry comes after 30 seconds
			time.Sleep(9 * time.Second)
			flood(1 + round)
		}
		time.Sleep(3 * time.Second)
		if err := v.Verify(t.Context(), a.webhook("k1")); err != nil {
			t.Errorf("sent again: %v", err)
		}
		if a.calls > 2*mostAsked {
			t.Errorf("Plaid was asked %d times within a minute", a.calls)
		}
		// Nor is it by kids that come again and again.
		before := a.calls
		for range 60 {
			time.Sleep(time.Second)
			flood(9)
		}
		if calls := a.calls - before; calls > 4*mostAsked {
			t.Errorf("Plaid was asked %d times within the next minute", calls)
		}
		for i := range 2 * maxTurnedAway {
			_, _ = v.key(t.Context(), fmt.Sprint(i))
		}
		if n := len(v.ring.turned); n > 10_000 {
			t.Errorf("%d kids are remembered", n)
		}
	})
}

// One signature has one form only.
func TestASignatureHasOneForm(t *testing.T) {
	p := newPlaid(t)
	signed := p.sign("ES256", "k1", p.key("k1"), body, noon, false)
	v := &Verifier{Keys: p.ask, Now: func() time.Time { return noon }}
	take := func(signature string) error {
		return v.Verify(t.Context(), Message{Signature: signature, Body: []byte(body)})
	}
	if err := take(signed); err != nil {
		t.Fatal(err)
	}
	// The last of 86 characters stands for two bits; four more are nothing.
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := len(signed) - 1
	same := 0
	for _, c := range alphabet {
		other := signed[:last] + string(c)
		was, _ := base64.RawURLEncoding.DecodeString(signed[last-85:])
		if is, err := base64.RawURLEncoding.DecodeString(other[last-85:]); other == signed || err != nil || string(is) != string(was) {
			continue
		}
		same++
		if err := take(other); !errors.Is(err, errForm) {
			t.Errorf("ending in %c: %v", c, err)
		}
	}
	if same == 0 {
		t.Error("no other form was tried")
	}
	for _, other := range []string{signed + "\n", signed[:last-3] + "\r\n" + signed[last-3:], signed + "==", signed + "."} {
		if err := take(other); !errors.Is(err, errForm) {
			t.Errorf("%q: %v", other, err)
		}
	}
}

// A key of another curve is none, whatever its numbers are.
func TestAKeyOfAnotherCurve(t *testing.T) {
	p := newPlaid(t)
	signed := p.sign("ES256", "k1", p.key("k1"), body, noon, false)
	for _, curve := range []string{"", "P-384", "secp256k1", "p-256"} {
		v := &Verifier{Now: func() time.Time { return noon }, Keys: func(ctx context.Context, kid string) (flow.WebhookKey, error) {
			k, err := p.ask(ctx, kid)
			k.Curve = curve
			return k, err
		}}
		if err := v.Verify(t.Context(), Message{Signature: signed, Body: []byte(body)}); !errors.Is(err, errKey) {
			t.Errorf("%q: %v", curve, err)
		}
	}
}

// A key is asked for again after a minute, and a kid that Plaid did not know
// before Plaid sends its webhook again.
func TestHowLongKeysAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, v := newAsked(t)
		verify := func(kid string, want error, calls int) {
			t.Helper()
			if err := v.Verify(t.Context(), a.webhook(kid)); !errors.Is(err, want) || a.calls != calls {
				t.Errorf("%v after %d calls, want %v after %d", err, a.calls, want, calls)
			}
		}
		verify("k1", nil, 1)
		time.Sleep(59 * time.Second)
		verify("k1", nil, 1)
		time.Sleep(2 * time.Second)
		verify("k1", nil, 2)
		verify("k2", errNoKey, 3)
		verify("k2", errNoKey, 3)
		time.Sleep(21 * time.Second)
		a.key("k2")
		verify("k2", nil, 4)
		if _, absent := v.ring.absent["k2"]; absent {
			t.Error("a key that is there is remembered as absent")
		}
		// Plaid takes a key back: it is no known one any more.
		delete(a.keys, "k1")
		time.Sleep(61 * time.Second)
		verify("k1", errNoKey, 5)
		if _, known := v.ring.keys["k1"]; known {
			t.Error("a key that was taken back is kept")
		}
	})
}

// A body is forgotten after a thousand others.
func TestGenuineBodiesAreForgotten(t *testing.T) {
	var c Receiver
	for i := range 3000 {
		c.remember(Message{Body: fmt.Append(nil, i)})
	}
	if len(c.came) > 1000 || len(c.order) > 1000 {
		t.Errorf("%d bodies are remembered", len(c.came))
	}
	if n := c.remember(Message{Body: []byte("2999")}); n != 2 {
		t.Errorf("the newest came %d times", n)
	}
	if n := c.remember(Message{Body: []byte("0")}); n != 1 {
		t.Errorf("the oldest came %d times", n)
	}
}

// Nobody takes room by keeping connections after an answer.
func TestConnectionsAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReceiving(t, "/hook")
		start := time.Now()
		for range 2 * 64 {
			conn := r.pipes.dial()
			defer func() { _ = conn.Close() }()
			go func() { _, _ = io.WriteString(conn, "GET /hook HTTP/1.1\r\nHost: x\r\n\r\n") }()
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body) // and the connection stays open on this side
		}
		if status, _ := r.send(post("/hook", r.webhook("k1"))); status != http.StatusOK || time.Since(start) > time.Second {
			t.Errorf("a genuine webhook is answered %d after %s", status, time.Since(start))
		}
		if err := r.server.Close(); err != nil {
			t.Error(err)
		}
	})
}

// What a stranger posts shows nobody's numbers, and no values of what no webhook
// has; what one has stays readable.
func TestNoNumberOfAPersonIsToldOfAWebhook(t *testing.T) {
	e := read([]byte(`{"webhook_type":"LINK","webhook_code":"SESSION_FINISHED","environment":"sandbox","timestamp":"2026-03-07T12:00:00Z","link_session_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6",
		"ssn_number":"123456789","note":"Leslie 6789","tax":"12-3456789","n":123456789,"status":"SSN123456789 of 4155550011","error":{"error_message":"born 1975-01-18","social":"6789"},"x":{"y":["Leslie"]},"123–45–6789":true}`))
	for _, private := range []string{"3456789", "6789", "4155550011", "1975", "Leslie"} {
		if strings.Contains(e.Raw, private) || strings.Contains(e.Status, private) {
			t.Errorf("%q is told: %s, %s", private, e.Raw, e.Status)
		}
	}
	for _, public := range []string{"LINK", "SESSION_FINISHED", "sandbox", "2026-03-07T12:00:00Z", "3fa85f64-5717-4562-b3fc-2c963f66afa6", `"note":`, `"y":[`} {
		if !strings.Contains(e.Raw, public) {
			t.Errorf("%q is not in %s", public, e.Raw)
		}
	}
}
