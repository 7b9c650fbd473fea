package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/plaidsim"
	"layersim/tui/watch"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// watchedSim is the screen of 'serve --ui' without a terminal, and a simulator
// that apps of a test can use.
type watchedSim struct {
	*robot
	sim *plaidsim.Sim
}

func startWatching(t testing.TB, width, height int, change ...func(*plaidsim.Config)) *watchedSim {
	t.Helper()
	catalog, err := fixtures.Load("")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cfg := plaidsim.Config{Catalog: catalog, Now: time.Now, Seed: 7}
	for _, f := range change {
		f(&cfg)
	}
	w := &watchedSim{
		robot: &robot{t: t, done: make(chan struct{}), changed: make(chan struct{})},
		sim:   plaidsim.New(cfg),
	}
	model := watch.New(watch.Options{Address: "http://127.0.0.1:8137", Live: cfg.Delivery == plaidsim.Live, Batches: follow(ctx, w.sim, time.Now), Now: time.Now, Context: ctx})
	w.program = tea.NewProgram(watched{model, w.robot},
		tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignalHandler(),
		tea.WithWindowSize(width, height), tea.WithColorProfile(colorprofile.Ascii), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
	go func() {
		defer close(w.done)
		_, w.err = w.program.Run()
	}()
	t.Cleanup(func() {
		cancel()
		<-w.done
		w.sim.Close()
	})
	return w
}

// settle lets the screen show everything that has happened.
func (w *watchedSim) settle() {
	synctest.Wait()
	time.Sleep(2 * framePace)
	synctest.Wait()
}

func (w *watchedSim) pressed(keys ...string) {
	for _, k := range keys {
		w.press(k)
		synctest.Wait()
	}
}

func TestWatchingAnApp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 160, 40)
		w.settle()
		w.mustShow("No app has called yet.*http://127.0.0.1:8137/link/v2/stable/link-initialize.js")

		app := newSomeApp(t, w.sim, "user-mia").create()
		w.settle()
		w.mustShow(`user-mia.*handler created.*Next the app submits a phone number`)
		time.Sleep(5 * time.Second)
		app.submit("+14155550011")
		w.settle()
		w.mustShow(`ready to open · \+1••••••••11 · two-banks`)
		w.mustShow(`handler.submit.*phone_number=\+1••••••••11`)
		w.mustShow(`LAYER_READY was sent just now`)
		time.Sleep(4 * time.Second)
		synctest.Wait()
		w.mustShow(`LAYER_READY was sent [34] s ago`)
		app.open()
		w.settle()
		w.mustShow(`LAYER_READY .*#1 delivered`)
		w.mustShow(`TRANSITION_VIEW +held +CONSENT`)
		time.Sleep(10 * time.Second)
		app.share()
		w.settle()
		w.mustShow(`user-mia ✓ shared.*calls /user_account/session/get`)
		app.fetch()
		w.settle()
		w.mustShow(`user-mia ✓ identity fetched .*Onboarded`)
		w.mustShow(`/accounts/get 200`)
		for _, tab := range []struct{ key, want string }{
			{"2", `POST /session/token/create.*POST /user_account/session/get.*POST /accounts/get.*Headers \(1\)`},
			{"3", `Maxine.*Madeup.*SSN +•••-••-••••`},
			{"4", `Field now 1d 30d 365d all`},
			{"5", `First Platypus Bank.*access-sandbox-••••`},
		} {
			w.pressed(tab.key)
			w.mustShow(tab.want)
			for _, secret := range []string{"TOPSECRET", "123456", "•1975", "client-id"} {
				if strings.Contains(w.screen(), secret) {
					t.Errorf("tab %s shows %q:\n%s", tab.key, secret, w.screen())
				}
			}
		}
		w.program.Quit()
		synctest.Wait()
	})
}

func TestWatchingSeveralAppsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 200, 50)
		ready := newSomeApp(t, w.sim, "ann").create().submit("+14155550011")
		newSomeApp(t, w.sim, "bob").create().submit("+15155550017")
		late := newSomeApp(t, w.sim, "cid").create().submit("+15155550017")
		late.birth("1975-01-19")
		left := newSomeApp(t, w.sim, "dan").create().submit("+14155550011").open()
		left.act(flow.LinkAction{Kind: flow.LinkClose})
		w.settle()
		w.mustShow(`✗ dan .*exited .*✗ cid .*not available .*! bob .*not by phone .*ann .*ready to open`)
		w.pressed("j", "j")
		w.mustShow(`bob ! not by phone .*LAYER_NOT_AVAILABLE`)
		ready.open()
		w.settle()
		w.mustShow(`ann .*Link: consent`)
		w.mustShow(`bob ! not by phone .*only the simulator says why: template requires.*The app may now submit a date_of_birth`)
		w.program.Quit()
		synctest.Wait()
	})
}

// What nobody can ask for is shown as well, with Plaid's answer.
func TestWatchingMistakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 160, 40)
		client := &http.Client{Transport: w.sim.Transport()}
		for _, path := range []string{"/session/token/create", "/transactions/sync"} {
			answer, err := client.Post("http://simulator.test"+path, "application/json", strings.NewReader(`{"client_id":"me"}`))
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
		}
		w.settle()
		w.mustShow(`Other calls`)
		w.mustShow(`/session/token/create 400 +error +MISSING_FIELDS`)
		w.mustShow(`Why NOT_FOUND: .*not simulated by layersim.* Enter shows the request and the answer`)
		w.mustShow(`/transactions/sync 404 +error +NOT_FOUND .*not simulated by layersim`)
		p := openPage(t, w.sim, "user-twice")
		p.do("submit", "phone_number", "+14155550011")
		p.do("open", "", "")
		p.do("open", "", "")
		w.settle()
		w.mustShow(`! handler.open was refused: open came twice`)
		w.mustShow(`handler.open +✗ open-twice +refused`)
		w.program.Quit()
		synctest.Wait()
	})
}

func TestWatchingShowsTheSimulatorsClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWatching(t, 160, 40)
		w.sim.Advance(3 * time.Hour)
		newSomeApp(t, w.sim, "ann").create()
		w.settle()
		w.mustShow(`! its clock 2000-01-01 03:00`)
		w.program.Quit()
		synctest.Wait()
	})
}

// However fast the simulator is used and however slow the screen takes what it
// is given: every record arrives once and in order, or is counted as forgotten.
func TestFollowLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		catalog, err := fixtures.Load("")
		if err != nil {
			t.Fatal(err)
		}
		sim := plaidsim.New(plaidsim.Config{Catalog: catalog, Now: time.Now, Seed: 7})
		ctx, cancel := context.WithCancel(t.Context())
		batches := follow(ctx, sim, time.Now)
		client := &http.Client{Transport: sim.Transport()}
		const calls = 9000
		go func() {
			for i := range calls {
				body := fmt.Sprintf(`{"client_id":"c","secret":"s","template_id":"default","user":{"client_user_id":"u%d %s"}}`, i, strings.Repeat("x", 400))
				answer, err := client.Post("http://simulator.test/session/token/create", "application/json", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				_ = answer.Body.Close()
				if i%700 == 0 {
					time.Sleep(time.Millisecond)
				}
			}
		}()
		var next, forgotten uint64 = 1, 0
		for next <= calls {
			b := <-batches
			forgotten += b.Forgotten
			next += b.Forgotten
			for _, e := range b.Entries {
				if e.Seq != next {
					t.Fatalf("entry %d came; %d was next", e.Seq, next)
				}
				next++
			}
			time.Sleep(3 * time.Second) // a screen that is held up
		}
		if forgotten == 0 {
			t.Error("nothing was forgotten, so this test proves less than it says")
		}
		cancel()
		synctest.Wait()
		if _, open := <-batches; open {
			t.Error("follow goes on after its end")
		}
	})
}

// A record of a kind that the screen does not know says itself what it is.
func TestUnknownRecordsAreShown(t *testing.T) {
	e := entryOf(plaidsim.Record{Seq: 3, Kind: "rumour", Thread: 2, Note: ""})
	if e.Name != "rumour" || e.Thread != 2 {
		t.Errorf("%+v", e)
	}
	e = entryOf(plaidsim.Record{Kind: plaidsim.KindNote, Note: "the clock went on by 3h"})
	if e.Detail != "the clock went on by 3h" {
		t.Errorf("%+v", e)
	}
}

func TestServeUINeedsATerminal(t *testing.T) {
	for _, tc := range []struct {
		name, want string
		settings   serveSettings
	}{
		{"no terminal", "is not one", serveSettings{ui: true, addr: "127.0.0.1:0"}},
		{"with --json", "--json is for programs", serveSettings{ui: true, asJSON: true, addr: "127.0.0.1:0"}},
	} {
		in, out := nowhere(t), nowhere(t)
		err := serve(t.Context(), tc.settings, stdio{in, out, out}, nil)
		var known failure
		if !errors.As(err, &known) || known.code != exitUsage || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// nowhere is a file that is no terminal.
func nowhere(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}
