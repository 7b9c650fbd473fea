package scenario

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/guard"
	"layersim/flow/journal"
)

// How much time passes by itself: between two deeds, so that nothing arrives
// before it has happened (the events of one step of Link are a millisecond
// apart), and in a pane that goes on by itself, so that it can be seen.
const (
	betweenDeeds = 100 * time.Millisecond
	autoMoment   = 1500 * time.Millisecond
)

// mostAutos is how often panes go on by themselves in one step. A faulty Link
// might show the same one for ever.
const mostAutos = 20

// Player plays one scenario. It is for one goroutine. Make one with Play.
//
// One thing happens after the other, in an order that is the same in every run:
// all events that have come are taken before the next effect is performed, and
// the webhooks of a step have arrived before it is over.
type Player struct {
	world    World
	scenario Scenario
	steps    []Step
	next     int
	persona  fixtures.Persona

	state   flow.State
	journal *journal.Journal
	events  []flow.Event  // that came and were not taken yet
	effects []flow.Effect // to be performed yet
	deeds   []flow.DoDeed // what the app does by itself, before all else
	timers  []flow.StartTimer
	form    form // what the user of Link has entered

	idle    []string // faults that were healed before they acted
	begun   []int    // the length of the journal when each step began
	refused string
	looked  looked // how far expectations have looked
}

// Play returns a player at the beginning of a scenario. The world must be a new
// one, in which the scenario's faults are not armed yet.
func Play(sc Scenario, w World) *Player {
	p := &Player{world: w, scenario: sc, steps: sc.Steps, state: flow.New(w.Config)}
	p.journal = journal.New(p.state)
	name := sc.Persona
	if name == "" {
		name = DefaultPersona
	}
	p.persona, _ = w.Catalog.Persona(name)
	for _, f := range sc.Faults {
		if err := w.Plaid.Fail(f); err != nil { // found when it was read; a scenario made in code learns it here
			p.steps = slices.Concat([]Step{{Do: ArmFault{Fault: f}}}, p.steps)
		}
	}
	return p
}

// DefaultPersona and DefaultTemplate are those of a scenario that names none.
const (
	DefaultPersona  = "two-banks"
	DefaultTemplate = "default"
)

// Done reports whether every step was done.
func (p *Player) Done() bool { return p.next >= len(p.steps) }

// Next returns the step that comes next; ok is false after the last.
func (p *Player) Next() (s Step, ok bool) {
	if p.Done() {
		return Step{}, false
	}
	return p.steps[p.next], true
}

// State returns where the walk stands.
func (p *Player) State() flow.State { return p.state }

// Journal returns the record of the walk so far.
func (p *Player) Journal() *journal.Journal { return p.journal }

// Idle names the faults that were armed and have not acted so far.
func (p *Player) Idle() []string { return slices.Concat(p.idle, p.world.Plaid.Idle()) }

// Outcome is what became of a step.
type Outcome struct {
	Step Step
	// From and To are the entries of the journal that it made: those of From to
	// To-1, the first entry being 0.
	From, To int
	Failure  *Failure // nil if all is as it should be
}

// Step does the next step, or checks what it expects, and returns when nothing
// moves any more. The error says that ctx ended, or that the walk could not be
// recorded. It must not be called after the last step.
func (p *Player) Step(ctx context.Context) (Outcome, error) {
	step := p.steps[p.next]
	p.next++
	out := Outcome{Step: step, From: p.journal.Len()}
	p.begun = append(p.begun, out.From)
	var found *Failure
	var err error
	if isExpectation(step.Do) {
		found = p.expect(step)
		p.refused = ""
	} else {
		found, err = p.act(ctx, step, out.From)
	}
	out.To, out.Failure = p.journal.Len(), found
	if found != nil {
		found.Step, found.Around = step, p.around(out.From)
		// A scenario may expect what nobody else may read, and Link and Plaid may say
		// anything: this is printed, in the logs of builds as well.
		found.Expected, found.Got = flow.RedactStrictly(found.Expected), flow.RedactStrictly(found.Got)
		found.Why = flow.RedactStrictly(p.why(step.Do))
	}
	return out, err
}

// act does a deed and whatever follows from it.
func (p *Player) act(ctx context.Context, step Step, from int) (*Failure, error) {
	p.refused = ""
	if _, waits := step.Do.(Wait); !waits && p.next > 1 {
		if err := p.pass(ctx, betweenDeeds); err != nil {
			return nil, err
		}
	}
	p.refused = p.do(ctx, step.Do)
	if err := p.calm(ctx); err != nil {
		return nil, err
	}
	if p.refused == "" {
		if said := p.corrections(from); said != "" && !p.awaitsNotice() {
			p.refused = said
		}
	}
	next, more := p.Next()
	_, wanted := next.Do.(ExpectRefused)
	if p.refused != "" && (!more || !wanted) {
		return &Failure{Expected: fmt.Sprintf("%q is done", Says(step.Do)), Got: "it was refused: " + p.refused}, nil
	}
	return nil, nil
}

// calm does what is to be done, until nothing moves any more.
func (p *Player) calm(ctx context.Context) error {
	for autos := 0; ; {
		if err := p.drain(ctx); err != nil {
			return err
		}
		if err := p.gather(func() error { return p.world.Settle(ctx) }); err != nil {
			return err
		}
		if len(p.events) > 0 || p.ring() {
			continue
		}
		auto, ok := p.auto()
		if autos++; !ok || autos > mostAutos {
			return ctx.Err()
		}
		if err := p.pass(ctx, autoMoment); err != nil {
			return err
		}
		if again, still := p.auto(); still && again == auto {
			p.take(flow.LinkActed{At: p.at(), Action: flow.LinkAction{Kind: auto}})
		}
	}
}

// drain takes all events and performs all effects there are.
func (p *Player) drain(ctx context.Context) error {
	for {
		p.listen()
		if err := ctx.Err(); err != nil {
			return err
		}
		switch {
		case len(p.deeds) > 0: // nobody is asked, so nothing comes between
			deed := p.deeds[0]
			p.deeds = p.deeds[1:]
			if did := p.world.Perform(ctx, deed); did != nil {
				p.take(did)
			}
		case len(p.events) > 0:
			if timer, ok := p.ranBefore(p.events[0].When()); ok {
				p.take(timer)
				continue
			}
			e := p.events[0]
			p.events = p.events[1:]
			p.take(e)
			if p.looked.unrecorded != nil {
				return p.looked.unrecorded
			}
		case len(p.effects) > 0:
			effect := p.effects[0]
			p.effects = p.effects[1:]
			var answer flow.Event
			if err := p.gather(func() error { answer = p.world.Perform(ctx, effect); return nil }); err != nil {
				return err
			}
			if answer != nil { // what came meanwhile was first
				p.events = append(p.events, answer)
			}
		default:
			return nil
		}
	}
}

// gather runs f and keeps the events that come meanwhile, however many there are.
func (p *Player) gather(f func() error) error {
	over, listened := make(chan struct{}), make(chan struct{})
	guard.Go(func() {
		defer close(listened)
		for {
			select {
			case e := <-p.world.Events:
				p.events = append(p.events, e)
			case <-over:
				return
			}
		}
	})
	err := unhurt(f) // here, where the stack has grown already
	close(over)
	<-listened
	p.listen()
	return err
}

// unhurt runs f; if it panics, that is the error, and one scenario's only.
func unhurt(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("layersim made a mistake: %v\n%s", r, debug.Stack())
		}
	}()
	return f()
}

// listen keeps the events that are there.
func (p *Player) listen() {
	for {
		select {
		case e := <-p.world.Events:
			p.events = append(p.events, e)
		default:
			return
		}
	}
}

// take lets the core decide what an event means, and keeps it.
func (p *Player) take(e flow.Event) flow.Transition {
	e = fixtures.Explain(e, nil)
	t := flow.Step(p.state, e)
	if _, timer := e.(flow.TimerFired); timer && t.Verdict == flow.Refused {
		return t // for a question that was answered: nothing happened
	}
	entry := p.journal.Append(e, t)
	if p.world.Record != nil && p.looked.unrecorded == nil {
		p.looked.unrecorded = p.world.Record(entry)
	}
	p.state = t.Next
	if shown, ok := e.(flow.PaneShown); ok && t.Verdict != flow.Refused {
		p.form.show(shown)
	}
	// Orders come first: they make room for what follows.
	var orders, others []flow.Effect
	for _, effect := range t.Effects {
		switch effect := effect.(type) {
		case flow.StartTimer:
			p.timers = append(p.timers, effect)
		case flow.DoDeed:
			p.deeds = append(p.deeds, effect)
		case flow.DestroyHandler:
			orders = append(orders, effect)
		default:
			others = append(others, effect)
		}
	}
	p.effects = slices.Concat(p.effects, orders, others)
	return t
}

// auto is what the pane that is shown does by itself; ok is false if it waits for
// its user.
func (p *Player) auto() (kind flow.LinkActionKind, ok bool) {
	_, busy := flow.PendingCall[flow.DriveLink](p.state)
	pane, shown := p.pane()
	return pane.Auto, shown && pane.Auto != "" && !busy && p.state.Failure.IsZero()
}

func (p *Player) at() flow.At { return flow.At(p.world.Now()) }
