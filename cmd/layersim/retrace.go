package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/drift"
	"layersim/flow/journal"
	"layersim/flow/plaidsim"
)

// Retracing does a live walk again against the simulator: the same phone, the
// same outcome of the date of birth, the same number of wrong codes, and it
// leaves Link where the live walk left it. It needs no screen and waits for
// nobody: time is its own, and moves on with each thing that is done.

// pause is how much time passes between two things that a user does.
const pause = 5 * time.Second

// candidate is somebody whom a masked phone may belong to; the name is "" for
// nobody in the fixtures.
type candidate struct {
	name  string
	phone flow.PhoneNumber
}

// candidates lists whose number a live walk may have entered. The recording may
// say it; else the persona that the walk was begun with counts, if the mask is
// that of its number; else each whose number has that mask.
func candidates(catalog *fixtures.Catalog, h journal.Header, w drift.Walk) []candidate {
	var fit []candidate
	for _, p := range catalog.Personas {
		if p.Phone.String() == w.Phone {
			fit = append(fit, candidate{p.Name, p.Phone})
		}
	}
	for _, said := range []string{w.TestNumber, h.Persona} {
		if i := slices.IndexFunc(fit, func(c candidate) bool { return c.name == said }); i >= 0 {
			return fit[i : i+1]
		}
		if h.TestNumbers && w.TestNumber == "" {
			fit = nil // it was nobody's
			break
		}
	}
	if len(fit) == 0 {
		fit = []candidate{{"", unknownNumber(catalog, w.Phone)}}
	}
	return fit
}

// unknownNumber is a number with this mask that nobody in the fixtures has.
func unknownNumber(catalog *fixtures.Catalog, masked string) flow.PhoneNumber {
	tail := masked[max(len(masked)-2, 0):]
	for _, first := range []string{"+141555599", "+120255501", "+121255501"} {
		if !strings.HasPrefix(masked, "+1") {
			first = "+4420794609"
		}
		phone, err := flow.ParsePhoneNumber(first + tail)
		if _, taken := catalog.PersonaByPhone(phone); err == nil && !taken {
			return phone
		}
	}
	return flow.PhoneNumber{}
}

// retrace does one attempt of a live walk again, as the user with this phone.
func retrace(ctx context.Context, p plan, started time.Time, live drift.Walk, phone flow.PhoneNumber) ([]drift.Walk, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var passed atomic.Int64
	now := func() time.Time { return started.Add(time.Duration(passed.Load())) }
	p.delivery, p.surface, p.config.InPage = plaidsim.Documented, flow.InTerminal, false
	p.seed = 1
	a, err := newApp(ctx, p, surroundings{now: now, browser: noBrowser{"nobody looks on"}})
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.Close() }()
	d := &retracer{
		app: a, live: live, phone: phone, wait: func() { passed.Add(int64(pause)) },
		settle: a.sim.SettleWebhooks, visits: map[string]int{},
	}
	if persona, ok := p.catalog.PersonaByPhone(phone); ok {
		d.persona = persona
	}
	if err := d.run(); err != nil {
		return nil, err
	}
	recording, err := asRecording(recordingHeader(p, started), d.journal)
	return drift.Walks(recording), err
}

// asRecording is the journal of a walk as a file would have it.
func asRecording(h journal.Header, j *journal.Journal) (journal.Recording, error) {
	var file bytes.Buffer
	line, err := h.Line()
	if err != nil {
		return journal.Recording{}, err
	}
	file.Write(append(line, '\n'))
	for _, e := range j.Entries() {
		if line, err = journal.Whole(e); err != nil {
			return journal.Recording{}, err
		}
		file.Write(append(line, '\n'))
	}
	return journal.ReadRecording(&file, "the retraced walk")
}

// retracer is the operator and the user of a walk, by what a live one did.
type retracer struct {
	app     *app
	live    drift.Walk
	phone   flow.PhoneNumber
	persona fixtures.Persona // whose phone it is, zero for nobody
	wait    func()           // lets time pass
	settle  func(context.Context) error

	state   flow.State
	journal *journal.Journal
	wrong   int            // codes typed that are wrong
	visits  map[string]int // of each view
	acted   flow.Pane      // the pane that was answered last
	stuck   int            // how often it was answered before, in this visit
	left    bool           // Link was closed
}

// mostActs is how much is done at most; the longest walks take a few dozen.
const mostActs = 500

// run does the whole attempt.
func (d *retracer) run() error {
	d.state = flow.New(d.app.plan.config)
	d.journal = journal.New(d.state)
	for range mostActs {
		if err := d.app.ctx.Err(); err != nil {
			return errInterrupted
		}
		event := d.next()
		if event == nil || d.take(event) == flow.Refused { // there is no way on
			return nil
		}
		if err := d.settle(d.app.ctx); err != nil { // webhooks are on their way
			return err
		}
		d.drain()
	}
	return nil // what was done is compared
}

// take lets the core decide and does what it asks for, one thing after another.
func (d *retracer) take(e flow.Event) flow.Verdict {
	t := flow.Step(d.state, e)
	d.journal.Append(e, t)
	d.state = t.Next
	for _, effect := range t.Effects {
		if _, timer := effect.(flow.StartTimer); timer {
			continue // nobody is kept waiting
		}
		answer := d.app.engine.Perform(d.app.ctx, effect)
		d.drain() // what came meanwhile was first
		if answer != nil {
			d.take(answer)
		}
	}
	return t.Verdict
}

func (d *retracer) drain() {
	for {
		select {
		case e := <-d.app.events:
			d.take(e)
		default:
			return
		}
	}
}

// next is what is done now, nil if the live walk did no more.
func (d *retracer) next() flow.Event {
	d.wait()
	at := flow.At(d.app.now())
	switch d.state.Phase {
	case flow.PhaseToken:
		return flow.LinkTokenRequested{At: at}
	case flow.PhaseHandler:
		if d.live.Created {
			return flow.HandlerRequested{At: at}
		}
	case flow.PhasePhone:
		if d.live.Phone != "" {
			return flow.PhoneNumberEntered{At: at, Phone: d.phone}
		}
	case flow.PhaseDateOfBirth:
		if d.live.BirthGiven {
			return flow.DateOfBirthEntered{At: at, DateOfBirth: d.birth()}
		}
		if d.live.Declined {
			return flow.AutofillDeclined{At: at}
		}
	case flow.PhaseReady:
		if d.live.Opened {
			return flow.OpenRequested{At: at, Surface: flow.InTerminal}
		}
	case flow.PhaseLink:
		return d.inLink(at)
	}
	return nil
}

// birth is the date of birth that leads to the outcome of the live walk.
func (d *retracer) birth() flow.DateOfBirth {
	date := "1975-01-18" // Plaid docs: Layer, testing in Sandbox
	if d.persona.Autofill != nil {
		date = d.persona.Autofill.DateOfBirth
	}
	if d.live.BirthRefused() {
		date = "1901-02-03" // nobody's
	}
	return flow.NewDateOfBirth(date)
}
