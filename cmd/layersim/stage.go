package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/plaidsim"
	"layersim/flow/plaidsim/outbox"
	"layersim/flow/scenario"
	"layersim/flow/sdk"
)

// stage is where a scenario is played: an app and a simulated Plaid of its own,
// with a clock of their own. Nothing on it listens on a port, and nothing waits
// in real time.
type stage struct {
	app    *app
	clock  *virtualClock
	record func(journal.Entry) error
}

// newStage sets the stage of a scenario; its faults are armed by the player. record takes the walk down,
// nil for nobody. Close it. The error says what of the scenario's settings does
// not exist.
func newStage(ctx context.Context, sc scenario.Scenario, catalog *fixtures.Catalog, record func(journal.Entry) error) (*stage, error) {
	p, started, err := stagePlan(sc, catalog)
	if err != nil {
		return nil, err
	}
	clock := &virtualClock{at: started}
	a, err := newApp(ctx, p, surroundings{now: clock.now, sleep: clock.sleep, browser: noBrowser{"nobody looks on"}, record: record})
	if err != nil {
		return nil, err
	}
	return &stage{app: a, clock: clock, record: record}, nil
}

// usualClock is when a scenario begins that does not say when.
var usualClock = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)

// stagePlan is a scenario's setting as the plan of a walk, and when it begins.
func stagePlan(sc scenario.Scenario, catalog *fixtures.Catalog) (p plan, started time.Time, err error) {
	p = plan{catalog: catalog, surface: flow.InTerminal, persona: sc.Persona, strict: sc.Strict, notEnabled: sc.NotEnabled, seed: sc.Seed}
	wrong := func(format string, args ...any) (plan, time.Time, error) {
		where := sc.File
		if where == "" {
			where = sc.Name
		}
		return plan{}, started, usagef("%s: %w", flow.CleanLine(where, 200), fmt.Errorf(format, args...))
	}
	if p.persona == "" {
		p.persona = scenario.DefaultPersona
	}
	if _, ok := catalog.Persona(p.persona); !ok {
		return wrong("there is no persona %q; 'layersim personas' lists them", p.persona)
	}
	name := sc.Template
	if name == "" {
		name = scenario.DefaultTemplate
	}
	template, ok := catalog.Template(name)
	if !ok {
		return wrong("there is no template %q; 'layersim templates' lists them", name)
	}
	p.template = template.Name
	platform := sc.Platform
	if platform == "" {
		platform = "web"
	}
	client, err := sdk.Client(platform, sc.SDKVersion)
	if err != nil {
		return wrong("%w", err)
	}
	p.delivery = plaidsim.Documented
	if sc.Delivery != "" {
		if p.delivery, err = plaidsim.ParseDelivery(sc.Delivery); err != nil {
			return wrong("%w", err)
		}
	}
	if p.seed == 0 {
		p.seed = 1
	}
	if started = sc.Clock; started.IsZero() {
		started = usualClock
	}
	p.config = flow.Config{TemplateID: template.ID, ClientUserID: "user-" + shortID(p.seed), Client: client}
	return p, started, nil
}

// world is the stage as a player sees it.
func (s *stage) world() scenario.World {
	return scenario.World{
		Config: s.app.plan.config, Catalog: s.app.plan.catalog, Perform: s.app.engine.Perform, Events: s.app.events,
		Now: s.clock.now, Wait: s.clock.wait, Settle: s.app.sim.SettleWebhooks, Due: s.due, Plaid: staged{s.app}, Record: s.record,
	}
}

// due is when the next webhook goes out, on the clock of the app: the simulated
// Plaid's may be ahead.
func (s *stage) due() (time.Time, bool) {
	at, ok := s.app.sim.NextWebhook()
	return at.Add(s.clock.now().Sub(s.app.sim.Now())), ok
}

// Close clears the stage.
func (s *stage) Close() error { return s.app.Close() }

// virtualClock is time that passes only when somebody lets it.
type virtualClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *virtualClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *virtualClock) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// callPatience is how long a call is waited for before it is given up, as in a
// walk in real time.
const callPatience = 30 * time.Second

// sleep lets so much time pass, 0 until whoever called has lost patience.
func (c *virtualClock) sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d == 0 || d >= callPatience {
		c.wait(callPatience)
		return context.DeadlineExceeded
	}
	c.wait(d)
	return nil
}

// staged is the simulated Plaid of a stage.
type staged struct{ app *app }

// Fail arms a fault.
func (s staged) Fail(f scenario.Fault) error {
	fault := plaidsim.Fault{
		On: f.On, Nth: f.Nth, Calls: f.Calls, Latency: f.Latency, NoAnswer: f.NoAnswer, Drop: f.Drop, Garbage: f.Garbage, Truncate: f.Truncate,
		Swallow: f.Swallow, Lose: f.Lose, Duplicate: f.Duplicate, Hold: f.Hold, Delay: f.Delay, Status: f.Status,
		ErrorType: f.ErrorType, ErrorCode: f.ErrorCode, ErrorMessage: f.ErrorMessage, DisplayMessage: f.DisplayMessage,
	}
	if err := fault.Check(); err != nil {
		return err
	}
	s.app.sim.Fail(fault)
	return nil
}

// Idle names the faults that have not acted.
func (s staged) Idle() []string {
	var idle []string
	for _, f := range s.app.sim.Idle() {
		idle = append(idle, f.String())
	}
	return idle
}

// Heal takes every fault back.
func (s staged) Heal() { s.app.sim.Heal() }

// Advance moves the simulated Plaid's clock.
func (s staged) Advance(d time.Duration) { s.app.sim.Advance(d) }

// SendWebhook delivers the newest webhook with this code once more.
func (s staged) SendWebhook(ctx context.Context, code string) error {
	newest := 0
	for _, w := range s.app.sim.Webhooks() {
		if w.Code == code && w.CopyOf == 0 {
			newest = w.ID
		}
	}
	if newest == 0 {
		return fmt.Errorf("no webhook %s was sent yet", code)
	}
	if _, ok := s.app.sim.ResendWebhook(newest); !ok {
		return errors.New("this webhook cannot be sent again")
	}
	return s.app.sim.SettleWebhooks(ctx)
}

// RotateWebhookKey makes the simulated Plaid sign with a new key.
func (s staged) RotateWebhookKey() { s.app.sim.RotateWebhookKey() }

// MisdeliverWebhook makes the next webhook go wrong on its way.
func (s staged) MisdeliverWebhook(how, code string) error {
	_, err := s.app.sim.Misdeliver(outbox.Misdelivery{Kind: outbox.Kind(how), Code: code})
	return err
}

// Call makes a call of the app's server by hand.
func (s staged) Call(ctx context.Context, r *http.Request) error {
	var body strings.Builder
	if r.Body != nil {
		if _, err := io.Copy(&body, r.Body); err != nil {
			return err
		}
	}
	return s.app.server.CallByHand(ctx, r.Method, r.URL.RequestURI(), r.Header, body.String())
}
