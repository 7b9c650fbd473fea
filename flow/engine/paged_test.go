package engine

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
)

// paged is a world whose handlers live in the page.
type paged struct {
	*world
	connected bool
}

func (p *paged) Serve(ctx context.Context) (string, bool, error) {
	err := p.did(ctx, "serve")
	if p.noURL {
		return "", p.connected, err
	}
	return "http://127.0.0.1:1/x", p.connected, err
}

func (p *paged) engine() *Engine {
	return New(Ports{Link: p, Browser: browser{p.world}, Now: time.Now, Emit: p.emit, LinkPatience: 10 * time.Minute})
}

func TestAHandlerThatLivesInThePage(t *testing.T) {
	call := flow.Call{Call: 1}
	const (
		served   = "serve, emit PageServed"
		browsing = ", browse http://127.0.0.1:1/x, emit BrowserStarted"
	)
	for name, tc := range map[string]struct {
		connected bool
		effect    flow.Effect
		want      string
	}{
		"create":                         {false, flow.CreateHandler{Call: call, HandlerID: 3}, served + ", create 3" + browsing},
		"create, a browser has the page": {true, flow.CreateHandler{Call: call, HandlerID: 3}, served + ", create 3"},
		"submit":                         {false, flow.SubmitHandler{Call: call, HandlerID: 3}, "submit 3"},
		"open":                           {false, flow.OpenHandler{Call: call, HandlerID: 3, Surface: flow.InBrowser}, "open 3"},
		"open again":                     {true, flow.OpenHandler{Call: call, HandlerID: 3, Surface: flow.InBrowser, Again: true}, "open again 3"},
		"the page once more":             {false, flow.PresentLink{Call: call, HandlerID: 3, Surface: flow.InBrowser}, served + browsing},
		"the page once more, though a browser has it": {true, flow.PresentLink{Call: call, HandlerID: 3, Surface: flow.InBrowser}, served + browsing},
		"exit":    {true, flow.ExitHandler{Call: call, HandlerID: 3}, "exit 3"},
		"destroy": {true, flow.DestroyHandler{HandlerID: 3}, "destroy 3"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// A browser takes its time, and the page is there before it says so.
				p := &paged{world: &world{}, connected: tc.connected}
				p.do = func(_ context.Context, call string) error {
					if strings.HasPrefix(call, "browse") {
						pass(time.Second)
					}
					return nil
				}
				answer := p.engine().Perform(t.Context(), tc.effect)
				if failed, isFailure := answer.(flow.CallFailed); isFailure {
					t.Fatalf("%+v", failed.Failure)
				}
				pass(time.Minute)
				synctest.Wait()
				got := strings.Split(strings.ReplaceAll(p.log(), "emit flow.", "emit "), ", ")
				want := strings.Split(tc.want, ", ")
				if !sameButFor(got, want, "browse http://127.0.0.1:1/x") {
					t.Errorf("got  %q\nwant %q", got, want)
				}
			})
		})
	}
}

// sameButFor compares two orders, in which one thing may come at any time.
func sameButFor(got, want []string, free string) bool {
	without := func(list []string) (rest []string, n int) {
		for _, one := range list {
			if one == free {
				n++
			} else {
				rest = append(rest, one)
			}
		}
		return rest, n
	}
	g, gn := without(got)
	w, wn := without(want)
	return gn == wn && strings.Join(g, ",") == strings.Join(w, ",")
}

// Whoever creates a handler waits for a person; the browser's word comes when it
// comes, also after create() has returned, but not after the engine was closed.
func TestTheBrowsersWordComesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &paged{world: &world{openURL: func(string) error {
			pass(time.Second)
			return errors.New("it has no display")
		}}}
		e := p.engine()
		ctx, cancel := context.WithCancel(t.Context())
		if _, isCreated := e.Perform(ctx, flow.CreateHandler{Call: flow.Call{Call: 1}}).(flow.HandlerCreated); !isCreated {
			t.Fatal(p.log())
		}
		cancel()
		pass(time.Minute)
		events := p.emitted()
		if failed, isFailure := events[len(events)-1].(flow.BrowserFailed); !isFailure || failed.Reason != "it has no display" {
			t.Errorf("%+v", events)
		}

		e.Perform(t.Context(), flow.CreateHandler{Call: flow.Call{Call: 2}})
		before := len(p.emitted())
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		pass(time.Minute)
		if after := p.emitted(); len(after) != before {
			t.Errorf("after Close came %+v", after[before:])
		}
	})
}

func TestLinkMayTakeAsLongAsAPerson(t *testing.T) {
	for _, q := range []flow.Question{
		flow.CreateHandler{Call: flow.Call{Call: 1}}, flow.SubmitHandler{Call: flow.Call{Call: 2}},
		flow.OpenHandler{Call: flow.Call{Call: 3}, Surface: flow.InBrowser}, flow.ExitHandler{Call: flow.Call{Call: 4}},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &paged{world: &world{do: func(_ context.Context, call string) error {
				if call != "serve" && !strings.HasPrefix(call, "browse") {
					pass(time.Hour)
				}
				return nil
			}}}
			started := time.Now()
			failure := p.engine().Perform(t.Context(), q).(flow.CallFailed).Failure
			if took := time.Since(started); took != 10*time.Minute+lastWord {
				t.Errorf("%T: given up after %v", q, took)
			}
			if failure.Code != flow.CodeTimeout || failure.Message != "no answer within 10m0s" {
				t.Errorf("%T: %+v", q, failure)
			}
			pass(2 * time.Hour)
		})
	}
}

func TestAPageThatCannotBeServedIsAFailure(t *testing.T) {
	taken := flow.Failure{Code: flow.CodeClient, Message: "address already in use"}
	for name, p := range map[string]*paged{
		"refused":    {world: &world{do: func(_ context.Context, call string) error { return map[string]error{"serve": taken}[call] }}},
		"no address": {world: &world{noURL: true}},
	} {
		for _, q := range []flow.Question{flow.CreateHandler{Call: flow.Call{Call: 1}}, flow.PresentLink{Call: flow.Call{Call: 1}, Surface: flow.InBrowser}} {
			answer, isFailure := p.engine().Perform(t.Context(), q).(flow.CallFailed)
			if !isFailure || answer.Failure.Code != flow.CodeClient {
				t.Errorf("%s: %T: %+v", name, q, answer)
			}
			if log := p.log(); strings.Contains(log, "browse") || strings.Contains(log, "create") || strings.Contains(log, "emit") {
				t.Errorf("%s: %T: went on: %s", name, q, log)
			}
		}
	}
}
