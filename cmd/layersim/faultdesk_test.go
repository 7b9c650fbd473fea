package main

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"runtime/debug"
	"sync"
	"testing/synctest"
	"time"
	"unsafe"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/scenario"
	"layersim/tui"
)

// desk is one walk of the whole program in a synctest bubble, without a terminal
// and without Bubble Tea's own loop: messages are taken one at a time, here, so
// that each can be held against what the journal has of it.
type desk struct {
	app    *app
	cancel context.CancelFunc
	model  tea.Model
	began  flow.State

	mu    sync.Mutex
	inbox []tea.Msg
	rings chan struct{} // something is in the inbox

	persona  fixtures.Persona
	once     map[string]bool // what this walk has done and does not do again
	recorded bytes.Buffer
	wrong    []string // what did not hold
	dead     bool     // it panicked
}

// performing is what stands between the program and its engine.
type performing func(*app) func(context.Context, flow.Effect) flow.Event

// deskOf sets up a walk with a scenario's setting.
func deskOf(sc scenario.Scenario, catalog *fixtures.Catalog, through performing) (*desk, error) {
	d := &desk{rings: make(chan struct{}, 1), once: map[string]bool{}}
	p, _, err := stagePlan(sc, catalog)
	if err != nil {
		return nil, err
	}
	var ctx context.Context
	ctx, d.cancel = context.WithCancel(context.Background())
	line, err := recordingHeader(p, time.Now()).Line()
	if err != nil {
		return nil, err
	}
	_, _ = d.recorded.Write(append(line, '\n'))
	if d.app, err = newApp(ctx, p, surroundings{now: time.Now, browser: noBrowser{"nobody looks on"}}); err != nil {
		return nil, err
	}
	d.persona, _ = catalog.Persona(p.persona)
	model := tui.New(tui.Options{
		Config: p.config, Catalog: p.catalog, Persona: p.persona, Template: p.template, Events: d.app.events, Now: time.Now,
		Surface: p.surface, Context: ctx, Record: d.record,
		Perform: through(d.app),
	})
	d.model, d.began = model, model.State()
	d.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	d.run(model.Init())
	d.settle()
	return d, nil
}

func (d *desk) record(e journal.Entry) error {
	line, err := journal.Whole(e)
	_, _ = d.recorded.Write(append(line, '\n'))
	return err
}

func (d *desk) fault(format string, args ...any) {
	if len(d.wrong) < 8 {
		d.wrong = append(d.wrong, fmt.Sprintf(format, args...))
	}
}

func (d *desk) at() flow.At               { return flow.At(time.Now()) }
func (d *desk) state() flow.State         { return d.model.(tui.Model).State() }
func (d *desk) journal() *journal.Journal { return d.model.(tui.Model).Journal() }

// screen is what the operator sees.
func (d *desk) screen() string { return ansi.Strip(d.model.View().Content) }

// run performs a command as Bubble Tea does.
func (d *desk) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go d.deliver(cmd)
}

func (d *desk) deliver(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	default:
		if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() { // a sequence
			for i := range v.Len() {
				d.deliver(v.Index(i).Interface().(tea.Cmd))
			}
			return
		}
		d.send(msg)
	}
}

func (d *desk) send(msg tea.Msg) {
	d.mu.Lock()
	d.inbox = append(d.inbox, msg)
	d.mu.Unlock()
	select {
	case d.rings <- struct{}{}:
	default:
	}
}

// take lets the program see everything that has come, and reports whether there
// was anything.
func (d *desk) take() bool {
	d.mu.Lock()
	msgs := d.inbox
	d.inbox = nil
	d.mu.Unlock()
	for _, msg := range msgs {
		d.update(msg)
	}
	return len(msgs) > 0
}

// update gives the program one message and holds the journal against it.
func (d *desk) update(msg tea.Msg) {
	if d.dead {
		return
	}
	defer func() {
		if r := recover(); r != nil {
			d.dead = true
			d.fault("panic: %v\n%s", r, debug.Stack())
		}
	}()
	before, was := d.journal().Len(), d.state()
	model, cmd := d.model.Update(msg)
	d.model = model
	d.account(carriedBy(msg), was, d.journal().Entries()[before:])
	d.run(cmd)
}

// account holds what is new in the journal against the events that came: one
// entry each, in their order. Besides, the app may have done something by itself,
// and a key may be an event of its own. Our own timers are no event when nothing
// waits for them any more.
func (d *desk) account(came []flow.Event, was flow.State, entries []journal.Entry) {
	keys := 1 // also a code that was typed to its end while Link was busy
	for _, e := range entries {
		was2 := was
		t := flow.Step(was, e.Event)
		was = t.Next
		if e.Why == "" || e.Why != t.Why || e.Verdict != t.Verdict {
			d.fault("entry %d (%T) says %q, the core %q", e.Seq, e.Event, e.Why, t.Why)
		}
		switch {
		case len(came) > 0 && sameEvent(e.Event, came[0]):
			came = came[1:]
		case isDeed(e.Event):
		case keys > 0 && e.Lane == journal.LaneYou:
			keys--
		default:
			for len(came) > 0 && isQuietTimer(was2, came[0]) {
				came = came[1:]
			}
			if len(came) == 0 || !sameEvent(e.Event, came[0]) {
				d.fault("entry %d, %T, is no event that came", e.Seq, e.Event)
				continue
			}
			came = came[1:]
		}
	}
	for _, e := range came {
		if !isQuietTimer(was, e) {
			d.fault("%T came and is in no entry", e)
		}
	}
}

func isDeed(e flow.Event) bool { _, is := e.(flow.AppDid); return is }

func isQuietTimer(s flow.State, e flow.Event) bool {
	_, timer := e.(flow.TimerFired)
	return timer && flow.Step(s, e).Verdict == flow.Refused
}

// sameEvent reports whether an entry's event is the one that came: it may have
// been given more words on its way.
func sameEvent(a, b flow.Event) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && a.When().Equal(b.When()) && callOf(a) == callOf(b)
}

// callOf is the call that an event answers, 0 for none.
func callOf(e flow.Event) flow.CallID {
	if f := reflect.ValueOf(e).FieldByName("Call"); f.IsValid() {
		if id, ok := f.Interface().(flow.CallID); ok {
			return id
		}
	}
	return 0
}

// carriedBy are the events that a message carries; only package tui makes such.
func carriedBy(msg tea.Msg) []flow.Event {
	v := reflect.ValueOf(msg)
	if v.Type() != reflect.TypeOf(tui.Feed()) {
		return nil
	}
	held := reflect.New(v.Type()).Elem()
	held.Set(v)
	f := held.Field(0)
	events := *(*[]flow.Event)(unsafe.Pointer(f.UnsafeAddr()))
	return append([]flow.Event{}, events...)
}

// settle returns when nothing moves any more, without letting time pass.
func (d *desk) settle() {
	for range 10_000 {
		synctest.Wait()
		if !d.take() {
			return
		}
	}
	d.fault("it never comes to rest")
}

// pass lets time pass; what happens meanwhile happens when its time has come.
func (d *desk) pass(span time.Duration) {
	over := time.NewTimer(span)
	defer over.Stop()
	for {
		d.settle()
		select {
		case <-d.rings:
		case <-over.C:
			d.settle()
			return
		}
	}
}

// press presses a key, as a person would: a moment after what was seen.
func (d *desk) press(name string) {
	time.Sleep(700 * time.Millisecond)
	d.update(key(name))
	d.settle()
}

func (d *desk) typed(text string) {
	time.Sleep(700 * time.Millisecond)
	for _, c := range text {
		d.update(tea.KeyPressMsg{Code: c, Text: string(c)})
	}
	d.settle()
}

// feed lets something happen that no key causes.
func (d *desk) feed(e ...flow.Event) {
	d.update(tui.Feed(e...))
	d.settle()
}

// close ends the program, and holds what is left to be held.
func (d *desk) close() {
	d.settle()
	if !d.dead {
		d.answersOnce()
		d.replays()
	}
	if n := len(d.app.events); n > 0 {
		d.fault("%d events came and were not taken", n)
	}
	d.cancel()
	if err := d.app.Close(); err != nil {
		d.fault("closing: %v", err)
	}
	synctest.Wait()
}

// answersOnce holds that every call of the walk is answered, and that no answer
// has an effect twice.
func (d *desk) answersOnce() {
	asked, answered := map[flow.CallID]string{}, map[flow.CallID]int{}
	waiting := map[flow.CallID]bool{}
	state := d.state()
	for _, q := range state.Pending {
		waiting[q.CallID()] = true
	}
	for _, e := range d.journal().Entries() {
		if id := callOf(e.Event); id != 0 && e.Verdict != flow.Refused {
			answered[id]++
		}
		for _, effect := range e.Effects {
			if q, ok := effect.(flow.Question); ok {
				if _, twice := asked[q.CallID()]; twice {
					d.fault("call %d is asked twice", q.CallID())
				}
				asked[q.CallID()] = effectName(effect)
			}
		}
	}
	for id, n := range answered {
		if n > 1 {
			d.fault("call %d (%s) is answered %d times", id, asked[id], n)
		}
		if asked[id] == "" {
			d.fault("call %d is answered and was never asked", id)
		}
	}
}

// replays holds that the walk is the sum of its journal, and that its recording
// leads to where it stands.
func (d *desk) replays() {
	entries, now := d.journal().Entries(), d.state()
	for i, e := range entries {
		if e.Seq != i+1 {
			d.fault("entry %d has number %d", i+1, e.Seq)
		}
	}
	if folded := journal.Fold(d.began, entries...); !reflect.DeepEqual(folded, now) {
		d.fault("the journal leads to %s, the walk stands at %s", folded.Phase, now.Phase)
	}
	r, err := journal.ReadRecording(bytes.NewReader(d.recorded.Bytes()), "walk.jsonl")
	if err != nil {
		d.fault("its recording cannot be read: %v", err)
		return
	}
	read, began, err := journal.Replay(r)
	if err != nil {
		d.fault("its recording cannot be replayed: %v", err)
		return
	}
	if len(read) != len(entries) {
		d.fault("the recording has %d entries, the journal %d", len(read), len(entries))
	}
	j, state := journal.New(began), began
	for _, e := range read {
		t := j.Restore(e)
		if differs := journal.Differs(e, t); differs != "" {
			d.fault("replayed, entry %d (%T): %s", e.Seq, e.Event, differs)
		}
		state = t.Next
	}
	if state.Phase != now.Phase || state.Attempt != now.Attempt || len(state.Pending) != len(now.Pending) || state.EndReason != now.EndReason {
		d.fault("its recording leads to %s (%q), the walk stands at %s (%q)", state.Phase, state.EndReason, now.Phase, now.EndReason)
	}
}
