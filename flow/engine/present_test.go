package engine

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"layersim/flow"
)

func TestLinkIsShownWhereItShould(t *testing.T) {
	const page = "hand over 3, present 3, emit PageServed, browse http://127.0.0.1:1/x, emit BrowserStarted"
	call := flow.Call{Call: 1}
	for name, tc := range map[string]struct {
		effect flow.Effect
		want   string
	}{
		"open in the browser":  {flow.OpenHandler{Call: call, HandlerID: 3, Surface: flow.InBrowser}, page},
		"open in the terminal": {flow.OpenHandler{Call: call, HandlerID: 3, Surface: flow.InTerminal}, "open 3"},
		"on to the browser":    {flow.PresentLink{Call: call, HandlerID: 3, Surface: flow.InBrowser}, page},
		"on to the terminal":   {flow.PresentLink{Call: call, HandlerID: 3, Surface: flow.InTerminal}, "open 3, dismiss 3 " + inTerminalSentence},
		"exit":                 {flow.ExitHandler{Call: call, HandlerID: 3}, "exit 3"},
		"destroy":              {flow.DestroyHandler{HandlerID: 3}, "destroy 3, dismiss 3 " + overSentence},
	} {
		w := &world{}
		w.engine().Perform(t.Context(), tc.effect)
		if got := strings.ReplaceAll(w.log(), "emit flow.", "emit "); got != tc.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, tc.want)
		}
	}
}

func TestAPageThatIsStillNeededIsNotDismissed(t *testing.T) {
	w := &world{do: func(_ context.Context, call string) error {
		if strings.HasPrefix(call, "open") {
			return errors.New("no")
		}
		return nil
	}}
	w.engine().Perform(t.Context(), flow.PresentLink{Call: flow.Call{Call: 1}, HandlerID: 3, Surface: flow.InTerminal})
	if strings.Contains(w.log(), "dismiss") {
		t.Error(w.log())
	}
}

func TestNoBrowserIsNoFailure(t *testing.T) {
	for name, open := range map[string]func(string) error{
		"refuses":  func(string) error { return errors.New("exec: \"xdg-open\": not found\n") },
		"panics":   func(string) error { panic("no display") },
		"vanishes": func(string) error { runtime.Goexit(); return nil },
	} {
		w := &world{openURL: open}
		answer := w.engine().Perform(t.Context(), flow.OpenHandler{Call: flow.Call{Call: 1}, Surface: flow.InBrowser})
		if _, ok := answer.(flow.HandlerOpened); !ok {
			t.Errorf("%s: answered %+v", name, answer)
		}
		failed, ok := w.emitted()[len(w.emitted())-1].(flow.BrowserFailed)
		if !ok || failed.Reason == "" || strings.ContainsAny(failed.Reason, "\n") {
			t.Errorf("%s: %+v", name, w.emitted())
		}
	}
	w := &world{}
	e := New(Ports{Server: w, Link: w, Page: w, Now: time.Now, Emit: w.emit})
	if _, ok := e.Perform(t.Context(), flow.OpenHandler{Call: flow.Call{Call: 1}, Surface: flow.InBrowser}).(flow.HandlerOpened); !ok {
		t.Error("without a browser: not opened")
	}
	if _, ok := w.emitted()[1].(flow.BrowserFailed); !ok {
		t.Errorf("without a browser: %+v", w.emitted())
	}
}

// Some systems only return from starting a browser when it is closed.
func TestABrowserThatStaysIsStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{openURL: func(string) error {
			pass(time.Minute)
			return errors.New("it crashed")
		}}
		started := time.Now()
		w.engine().Perform(t.Context(), flow.OpenHandler{Call: flow.Call{Call: 1}, Surface: flow.InBrowser})
		if took := time.Since(started); took != browserPatience {
			t.Errorf("waited %v", took)
		}
		if _, ok := w.emitted()[1].(flow.BrowserStarted); !ok {
			t.Errorf("%+v", w.emitted())
		}
		pass(2 * time.Minute)
		synctest.Wait()
		if failed, ok := w.emitted()[2].(flow.BrowserFailed); !ok || failed.Reason != "it crashed" {
			t.Errorf("%+v", w.emitted())
		}
	})
}
