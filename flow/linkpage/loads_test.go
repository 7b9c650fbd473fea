package linkpage_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"layersim/flow"
)

// However many loads there were, an old one is known when it comes back.
func TestALoadIsNeverForgotten(t *testing.T) {
	_, address, events := presented(t)
	old := openTab(t, address, "old")
	old.send(`{"kind":"event","seq":1,"handler":1,"name":"ONE"}`)
	await[flow.OnEvent](t, events)
	for i := range 50 {
		one := openTab(t, address, fmt.Sprint("tab ", i))
		one.hear("present")
		_ = one.conn.CloseNow()
		await[flow.PageLost](t, events)
	}
	now := openTab(t, address, "now")
	now.hear("present")
	// It tells what it has on its mind, and the newest keeps the walk.
	again := openTab(t, address, "old")
	again.hear("replaced")
	again.send(`{"kind":"event","seq":2,"handler":1,"name":"TWO"}`)
	if e := await[flow.OnEvent](t, events); e.Name != "TWO" {
		t.Error(e.Name)
	}
	// What a load before had to say is taken of the newest.
	now.send(`{"kind":"success","seq":1,"handler":1,"instance":"tab 0","public_token":"profile-sandbox-1"}`)
	await[flow.OnSuccess](t, events)
}

// A tab speaks for itself and those before it, never for one that came later.
func TestATabSpeaksForNoLaterOne(t *testing.T) {
	_, address, events := presented(t)
	first := openTab(t, address, "first")
	first.hear("present")
	later := openTab(t, address, "later")
	later.hear("present")
	first.send(`{"kind":"success","seq":1,"handler":1,"instance":"later","public_token":"forged"}`)
	first.hear("ack")
	later.send(`{"kind":"event","seq":1,"handler":1,"name":"OWN"}`)
	names, _ := until[flow.OnEvent](t, events)
	for _, name := range names {
		if name == "onSuccess" {
			t.Errorf("%q", names)
		}
	}
}

// A submit that was taken back never gets the answer of the one before.
func TestAnAnswerIsOfACallThatWasMade(t *testing.T) {
	a := newAttacked(t)
	submit := func(ctx context.Context) chan error {
		done := make(chan error, 1)
		go func() {
			done <- a.handlers.Submit(ctx, flow.SubmitHandler{HandlerID: handlerID, Phone: flow.NewPhoneNumber("+14155550011")})
		}()
		return done
	}
	first := submit(within(t))
	a.hearCall(t, 2)
	a.say(`"kind":"did","handler":1,"n":2`)
	ok(t, <-first)
	ctx, cancel := context.WithCancel(within(t))
	second := submit(ctx)
	a.hearCall(t, 3)
	cancel()
	var failure flow.Failure
	if err := <-second; !errors.As(err, &failure) || failure.Code != flow.CodeTimeout {
		t.Errorf("%v", err)
	}
	a.say(`"kind":"event","handler":1,"name":"LAYER_READY","after":3,"metadata":{}`)
	await[flow.OnEvent](t, a.events)
	calls := openTab(t, a.url, "next").hear("handle")["calls"].([]any)
	if last := calls[len(calls)-1].(map[string]any); len(calls) != 2 || last["n"] != 2.0 || last["answer"] != "LAYER_READY" {
		t.Errorf("%v", calls)
	}
}

// The order to destroy a handler may overtake the one to create it.
func TestADestroyedHandlerIsNotCreated(t *testing.T) {
	a := newAttacked(t)
	a.handlers.Destroy(handlerID + 1)
	var failure flow.Failure
	err := a.handlers.Create(within(t), flow.CreateHandler{HandlerID: handlerID + 1, LinkToken: flow.NewLinkToken("link-sandbox-2")})
	if !errors.As(err, &failure) || failure.Code != flow.CodeClient || failure.Message != "The handler was destroyed before Plaid.create() was called." {
		t.Errorf("%v", err)
	}
	a.goesOn(t) // the one that is there lives on
}

// hearCall waits until the page is told of this call.
func (a *attacked) hearCall(t *testing.T, n float64) {
	t.Helper()
	for {
		calls := a.mine.hear("handle")["calls"].([]any)
		if calls[len(calls)-1].(map[string]any)["n"] == n {
			return
		}
	}
}
