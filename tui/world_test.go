package tui

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/engine"
	"layersim/flow/linkterm"
	"layersim/flow/plaidapi"
	"layersim/flow/plaidsim"
	"layersim/flow/sdk"
	"layersim/flow/webhook"
)

// world is the whole program in a bubble: the screen, the engine, our server,
// Link in the terminal and the simulator; no socket, no real time.
type world struct {
	t       *testing.T
	sim     *plaidsim.Sim
	program *tea.Program
	emit    func(flow.Event)
	latest  atomic.Pointer[Model]
	page    fakePage
	paged   *pagedLink // the Link of a live walk
}

// setting is how a world differs from the usual one.
type setting struct {
	mistakes          []string // rules of the linter that the walk breaks
	platform, version string
	template          string
	persona           string
	surface           flow.Surface
	browser           error // what the browser's start ends with
	width, height     int
	openURL           func(string) error
	catalog           *fixtures.Catalog // other fixtures than the built-in ones
	live              bool              // every event is delivered at once, as the walk does it
	strict            bool              // the simulator is as strict as Production
	paged             bool              // the walk is live, and Link in a page from create() on
	elsewhere         []string
	answers           map[string]string // other answers than the simulator's, by path
	trouble           *trouble          // on the way from our server to Plaid
}

// fakePage stands for the local page: what it was told to show is not looked
// at, tests say themselves what the browser does.
type fakePage struct {
	presented, dismissed atomic.Int32
	lastWord             atomic.Value
}

func (p *fakePage) Present(context.Context, flow.HandlerID, flow.Handover) (string, error) {
	p.presented.Add(1)
	return "http://127.0.0.1:45678/link/5b1e0f0c7c3f4a4f8a7c6f2d1e0b9a88", nil
}

func (p *fakePage) Dismiss(_ flow.HandlerID, sentence string) {
	p.dismissed.Add(1)
	p.lastWord.Store(sentence)
}

func (p *fakePage) Close() error { return nil }

type fakeBrowser struct{ err error }

func (b fakeBrowser) Open(string) error { return b.err }

// watched lets the test see the model after every update.
type watched struct {
	Model
	seen *atomic.Pointer[Model]
}

func (w watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, cmd := w.Model.Update(msg)
	m := next.(Model)
	w.seen.Store(&m)
	return watched{m, w.seen}, cmd
}

var catalogOnce = sync.OnceValues(func() (*fixtures.Catalog, error) { return fixtures.Load("") })

// catalog is what is shipped, which nobody changes.
func catalog(t testing.TB) *fixtures.Catalog {
	t.Helper()
	c, err := catalogOnce()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// oneAtATime skips a test under the race detector, which slows it down tenfold
// and has nothing to find in it.
func oneAtATime(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("nothing in it happens at once: the race detector has nothing to find")
	}
}

// inBubble runs a walk in a bubble of fake time.
func inBubble(t *testing.T, s setting, walk func(w *world)) {
	t.Helper()
	c := s.catalog
	if c == nil {
		c = catalog(t)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w := &world{t: t}
		events := make(chan flow.Event, 256)
		w.emit = func(e flow.Event) {
			select {
			case events <- e:
			case <-ctx.Done():
			}
		}
		inbox, trials := &webhook.Receiver{Emit: w.emit}, &webhook.Mailbox{}
		w.sim = plaidsim.New(plaidsim.Config{Webhook: plaidsim.InboxURL, Inbox: inbox, Trials: trials, Catalog: c, Now: time.Now, Seed: 7, Strict: s.strict, Delivery: delivery(s)})
		defer w.sim.Close()
		var transport http.RoundTripper = otherAnswers{w.sim.Transport(), s.answers}
		if s.trouble != nil {
			s.trouble.next, transport = transport, s.trouble
		}
		server := plaidapi.New(plaidapi.Options{
			BaseURL: "https://sandbox.plaid.com", ClientID: "client", Secret: "secret", Transport: transport, Now: time.Now,
			Record: func(x flow.Exchange) { w.emit(flow.ExchangeRecorded{At: flow.At(time.Now()), Exchange: x}) },
		})
		inbox.Verifier = &webhook.Verifier{Keys: server.GetWebhookKey, Now: time.Now}
		link := linkterm.New(linkterm.Options{BaseURL: "http://layersim.local", Transport: w.sim.Transport(), Emit: w.emit, Now: time.Now})
		ports := engine.Ports{
			Server:  server,
			Link:    link,
			Page:    &w.page,
			Browser: fakeBrowser{s.browser},
			Clock:   w.sim,
			Webhooks: &webhook.Bench{
				Keys: server.GetWebhookKey, Now: time.Now, Mailbox: trials,
				SendAgain: w.sim.SendWebhookAgain, RotateKey: func() { w.sim.RotateWebhookKey() },
			},
			Now:  time.Now,
			Emit: w.emit,
		}
		if s.paged {
			w.paged = newPagedLink(w.emit, func(emit func(flow.Event)) *linkterm.Client {
				return linkterm.New(linkterm.Options{BaseURL: "http://layersim.local", Transport: w.sim.Transport(), Emit: emit, Now: time.Now})
			})
			ports.Link, ports.Page, ports.Clock, ports.Webhooks, ports.LinkPatience = w.paged, nil, nil, nil, 10*time.Minute
		}
		e := engine.New(ports)
		defer func() { _ = e.Close() }()
		model := New(options(t, s, c, e.Perform, events, ctx))
		w.program = tea.NewProgram(watched{model, &w.latest}, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard),
			tea.WithoutSignalHandler(), tea.WithFPS(1), tea.WithWindowSize(orInt(s.width, 120), orInt(s.height, 36)), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		over := make(chan error, 1)
		go func() {
			_, err := w.program.Run()
			over <- err
		}()
		synctest.Wait()
		walk(w)
		w.lints(s.mistakes)
		w.program.Quit()
		if err := <-over; err != nil {
			t.Errorf("the program ended with %v", err)
		}
		cancel()
		synctest.Wait()
	})
}

func delivery(s setting) plaidsim.Delivery {
	if s.live {
		return plaidsim.Live
	}
	return plaidsim.Documented
}

func options(t testing.TB, s setting, c *fixtures.Catalog, perform func(context.Context, flow.Effect) flow.Event, events <-chan flow.Event, ctx context.Context) Options {
	t.Helper()
	client, err := sdk.Client(or(s.platform, "web"), s.version)
	if err != nil {
		t.Fatal(err)
	}
	template, ok := c.Template(or(s.template, "default"))
	if !ok {
		t.Fatalf("there is no template %q", s.template)
	}
	if s.surface == "" {
		s.surface = flow.InTerminal
	}
	return Options{
		Live: s.paged, Elsewhere: s.elsewhere,
		Config:  flow.Config{TemplateID: template.ID, ClientUserID: "user-1", Client: client, InPage: s.paged},
		Catalog: c, Persona: s.persona, Template: template.Name,
		Perform: perform, Events: events, Now: time.Now, Surface: s.surface, Color: true, Context: ctx,
		WhatIf: foretell, OpenURL: s.openURL,
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func orInt(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// press presses keys one after the other, each named as the key table names it,
// and waits until nothing moves any more.
func (w *world) press(keys ...string) {
	w.t.Helper()
	for _, k := range keys {
		time.Sleep(habit) // as a person would; it costs nothing in a bubble
		w.program.Send(keyPress(k))
		synctest.Wait()
	}
}

// typeText types a text, letter by letter.
func (w *world) typeText(s string) {
	w.t.Helper()
	for _, r := range s {
		w.program.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
		synctest.Wait()
	}
}

var namedKeys = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace,
	"left": tea.KeyLeft, "right": tea.KeyRight, "f1": tea.KeyF1, "delete": tea.KeyDelete,
}

func keyPress(name string) tea.KeyPressMsg {
	k := tea.KeyPressMsg{}
	for {
		if rest, ok := strings.CutPrefix(name, "alt+"); ok {
			k.Mod |= tea.ModAlt
			name = rest
		} else if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
			k.Mod |= tea.ModCtrl
			name = rest
		} else if rest, ok := strings.CutPrefix(name, "shift+"); ok {
			k.Mod |= tea.ModShift
			name = rest
		} else if rest, ok := strings.CutPrefix(name, "alt+"); ok {
			k.Mod |= tea.ModAlt
			name = rest
		} else {
			break
		}
	}
	switch code, ok := namedKeys[name]; {
	case ok:
		k.Code = code
	case name == "space":
		k.Code, k.Text = ' ', " "
	default:
		k.Code = []rune(name)[0]
		if k.Mod == 0 {
			k.Text = name
		}
	}
	return k
}

// event lets something happen that no key causes.
func (w *world) event(e flow.Event) {
	w.t.Helper()
	w.emit(e)
	synctest.Wait()
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (w *world) model() *Model { return w.latest.Load() }

// screen is what the operator sees, without styles.
func (w *world) screen() string { return ansi.Strip(w.model().View().Content) }

// sees fails the test unless every text is on the screen. Line breaks and
// borders of panes do not count.
func (w *world) sees(texts ...string) {
	w.t.Helper()
	screen := w.screen()
	flat := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "┃", " ").Replace(screen)), " ")
	for _, text := range texts {
		if !strings.Contains(screen, text) && !strings.Contains(flat, text) {
			w.t.Fatalf("the screen does not show %q:\n%s", text, screen)
		}
	}
}

// sawNot fails the test if a text is on the screen.
func (w *world) seesNot(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if strings.Contains(w.screen(), text) {
			w.t.Fatalf("the screen shows %q:\n%s", text, w.screen())
		}
	}
}

// stands fails the test unless the walk is in this phase.
func (w *world) stands(p flow.Phase) {
	w.t.Helper()
	if got := w.model().state.Phase; got != p {
		w.t.Fatalf("the walk is in %q, want %q:\n%s", got, p, w.screen())
	}
}
