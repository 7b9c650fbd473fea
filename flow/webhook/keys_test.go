package webhook

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
)

// asked is a Plaid that is asked for keys, and takes its time.
type asked struct {
	*plaid
	mu    sync.Mutex
	takes time.Duration
	err   error // instead of an answer
	calls int
}

func (a *asked) ask(ctx context.Context, kid string) (flow.WebhookKey, error) {
	a.mu.Lock()
	a.calls++
	takes, err := a.takes, a.err
	a.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return flow.WebhookKey{}, ctx.Err()
	}
	if err != nil {
		return flow.WebhookKey{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.plaid.ask(ctx, kid)
}

// webhook is a genuine one, or one whose kid nobody knows.
func (a *asked) webhook(kid string) Message {
	signer := a.keys[kid]
	if signer == nil {
		signer = newPlaid(a.t).key("own")
	}
	return Message{Signature: a.sign("ES256", kid, signer, body, time.Now(), false), Body: []byte(body)}
}

func newAsked(t *testing.T) (*asked, *Verifier) {
	a := &asked{plaid: newPlaid(t)}
	a.key("k1")
	return a, &Verifier{Keys: a.ask, Now: time.Now}
}

// Webhooks that come at the same moment and name one key have it asked for once.
func TestOneKeyIsAskedForOnceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, v := newAsked(t)
		a.takes = time.Second
		genuine, forged := a.webhook("k1"), a.webhook("k9")
		var wg sync.WaitGroup
		for range 25 {
			wg.Go(func() {
				if err := v.Verify(t.Context(), genuine); err != nil {
					t.Errorf("genuine: %v", err)
				}
			})
			wg.Go(func() {
				if err := v.Verify(t.Context(), forged); !errors.Is(err, errNoKey) {
					t.Errorf("forged: %v", err)
				}
			})
		}
		wg.Wait()
		if a.calls != 2 {
			t.Errorf("Plaid was asked %d times about two keys", a.calls)
		}
	})
}

// Who asks for a key may hang up; those who wait for the same key do not suffer.
func TestWhoAsksMayHangUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, v := newAsked(t)
		a.takes = time.Second
		genuine := a.webhook("k1")
		leaving, hangUp := context.WithCancel(t.Context())
		var first, second error
		var wg sync.WaitGroup
		wg.Go(func() { first = v.Verify(leaving, genuine) })
		synctest.Wait()
		wg.Go(func() { second = v.Verify(t.Context(), genuine) })
		synctest.Wait()
		hangUp()
		wg.Wait()
		if !errors.As(first, new(Unchecked)) || second != nil {
			t.Errorf("who hung up has %v, who waited %v", first, second)
		}
		// Nobody waits longer than its own patience.
		a.takes = time.Hour
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		a.key("k2")
		wg.Go(func() { _ = v.Verify(impatient, a.webhook("k2")) })
		synctest.Wait()
		if err := v.Verify(impatient, a.webhook("k2")); !errors.As(err, new(Unchecked)) {
			t.Errorf("a key that does not come: %v", err)
		}
		wg.Wait()
	})
}

// Kids that nobody knows do not make the receiver flood Plaid, and genuine
// webhooks are verified all the while.
func TestAFloodOfUnknownKids(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, v := newAsked(t)
		if err := v.Verify(t.Context(), a.webhook("k1")); err != nil {
			t.Fatal(err)
		}
		before := a.calls
		unchecked := 0
		for i := range 1000 {
			err := v.Verify(t.Context(), a.webhook(fmt.Sprintf("made-up-%d", i)))
			switch {
			case errors.As(err, new(Unchecked)):
				unchecked++
			case !errors.Is(err, errNoKey):
				t.Fatalf("%d: %v", i, err)
			}
		}
		if calls := a.calls - before; calls > mostAsked || unchecked != 1000-calls {
			t.Errorf("Plaid was asked %d times, and %d were left open", calls, unchecked)
		}
		time.Sleep(kept) // the known key is due to be asked for again, whatever the flood
		if err := v.Verify(t.Context(), a.webhook("k1")); err != nil {
			t.Errorf("genuine, during the flood: %v", err)
		}
		a.key("k2")
		if err := v.Verify(t.Context(), a.webhook("k2")); err != nil {
			t.Errorf("signed with a new key, after the flood: %v", err)
		}
		if n := len(v.ring.absent); n > maxAbsent {
			t.Errorf("%d unknown kids are remembered", n)
		}
	})
}

// A kid that Plaid does not know is not asked about again at once; but keys are
// made, so it is soon.
func TestAnUnknownKidIsRememberedForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, v := newAsked(t)
		early := a.webhook("k2")
		for range 5 {
			if err := v.Verify(t.Context(), early); !errors.Is(err, errNoKey) {
				t.Fatal(err)
			}
		}
		if a.calls != 1 {
			t.Errorf("asked %d times, want once", a.calls)
		}
		a.key("k2")
		time.Sleep(keptAbsent)
		if err := v.Verify(t.Context(), a.webhook("k2")); err != nil {
			t.Errorf("once Plaid knows it: %v", err)
		}
	})
}

// No answer of Plaid's is no verdict on the webhook, and is not remembered.
func TestNoAnswerIsNoVerdict(t *testing.T) {
	for name, failure := range map[string]error{
		"no connection":  flow.Failure{Code: flow.CodeNoConnection, Message: "connection refused"},
		"wrong keys":     flow.Failure{Type: "INVALID_INPUT", Code: "INVALID_API_KEYS", Status: 400},
		"rate limit":     flow.Failure{Type: "RATE_LIMIT_EXCEEDED", Code: "RATE_LIMIT", Status: 429},
		"Plaid in pain":  flow.Failure{Type: "API_ERROR", Code: "INTERNAL_SERVER_ERROR", Status: 500},
		"something else": errors.New("odd"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, v := newAsked(t)
				a.err = failure
				err := v.Verify(t.Context(), a.webhook("k1"))
				if !errors.As(err, new(Unchecked)) || !errors.Is(err, failure) || !strings.HasPrefix(err.Error(), "could not be checked: ") {
					t.Errorf("%v", err)
				}
				a.err = nil
				if err := v.Verify(t.Context(), a.webhook("k1")); err != nil {
					t.Errorf("once there is an answer: %v", err)
				}
				// Nor does a key that was good yesterday stand in for an answer.
				time.Sleep(kept)
				a.err = failure
				if err := v.Verify(t.Context(), a.webhook("k1")); !errors.As(err, new(Unchecked)) {
					t.Errorf("with a key that is too old: %v", err)
				}
			})
		})
	}
}

// A key that expires later is good until then, however long it is kept.
func TestAKeyThatExpiresLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, v := newAsked(t)
		soon := time.Now().Add(30 * time.Second)
		v.Keys = func(ctx context.Context, kid string) (flow.WebhookKey, error) {
			k, err := a.ask(ctx, kid)
			k.ExpiredAt = soon
			return k, err
		}
		if err := v.Verify(t.Context(), a.webhook("k1")); err != nil {
			t.Errorf("before: %v", err)
		}
		time.Sleep(30 * time.Second)
		if err := v.Verify(t.Context(), a.webhook("k1")); !errors.Is(err, errExpired) {
			t.Errorf("after: %v", err)
		}
	})
}

// Keys that panic answer nobody wrongly, and hold up nobody.
func TestAskingThatPanics(t *testing.T) {
	a, v := newAsked(t)
	v.Keys = func(context.Context, string) (flow.WebhookKey, error) { panic("boom") }
	func() {
		defer func() { _ = recover() }()
		_ = v.Verify(t.Context(), a.webhook("k1"))
	}()
	v.Keys = a.ask
	if err := v.Verify(t.Context(), a.webhook("k1")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
