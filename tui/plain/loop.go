package plain

import (
	"context"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/guard"
	"layersim/flow/journal"
)

// loop is the walk, one line after another. All of it is one goroutine's.
type loop struct {
	opts    Options
	ctx     context.Context
	out     *printer
	tell    *teller
	privacy *privacy
	state   flow.State
	journal *journal.Journal

	answers  chan answer
	under    int          // effects under way
	deferred []flow.Event // webhooks that wait for the calls under way
	unsettled,
	settling bool
	settled chan struct{}
	waits   bool // the operator waits for whatever comes next
	over    bool // the operator has quit
	// cutShort says that the input ended before the walk did.
	cutShort bool

	phone, birth string // what is proposed, as it was typed
	form         signUp
	link         linkForm
	asking       *asking
	look         looked
}

// answer is what came of an effect; done says that all of its step are through.
type answer struct {
	event flow.Event
	done  bool
}

// Run walks until the operator quits, the input ends or ctx does; then the error
// is that of ctx. It closes nothing.
func Run(ctx context.Context, o Options) (Ended, error) {
	if o.Catalog == nil {
		o.Catalog = &fixtures.Catalog{}
	}
	if o.Live {
		o.Surface, o.Catalog = flow.InBrowser, o.Catalog.Documented()
	}
	if o.Surface == "" {
		o.Surface = flow.InTerminal
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := newLoop(ctx, o)
	l.greet()
	lines := make(chan string)
	guard.Go(func() { readLines(ctx, o.In, lines) })
	err := l.run(lines)
	return Ended{State: l.state, Journal: l.journal, Quit: l.over, CutShort: l.cutShort}, err
}

func newLoop(ctx context.Context, o Options) *loop {
	state := flow.New(o.Config)
	l := &loop{
		opts: o, ctx: ctx, out: &printer{to: o.Out, hanging: o.Hanging}, state: state, journal: journal.New(state),
		privacy: &privacy{on: o.Private, catalog: o.Catalog}, answers: make(chan answer), settled: make(chan struct{}),
	}
	l.privacy.add(o.Config.ClientUserID)
	l.tell = newTeller(state, o.Catalog, l.privacy, o.Now, l.out.line)
	if p, ok := o.Catalog.Persona(o.Persona); ok {
		l.propose(p)
	}
	return l
}

// run goes on until there is nothing more to read.
func (l *loop) run(lines <-chan string) error {
	for !l.over {
		l.drain()
		if l.out.isClosed() {
			return nil // which is no mistake of anybody's
		}
		input := l.reads(lines)
		if input != nil && l.asks() {
			l.tell.readPane()
			l.out.prompt(l.prompt())
		}
		select {
		case e, open := <-l.opts.Events:
			if !open {
				l.opts.Events = nil
				continue
			}
			l.arrived(e)
		case a := <-l.answers:
			l.answered(a)
		case <-l.settled:
			l.settling = false
		case line, open := <-input:
			if !open {
				l.endOfInput()
				return nil
			}
			l.typed(line)
		case <-l.ctx.Done():
			l.out.endPrompt()
			return context.Cause(l.ctx)
		}
	}
	return nil
}

// reads returns the input if a line may be read now. Somebody who types is never
// kept waiting; a line of a file waits until the walk is at rest.
func (l *loop) reads(lines <-chan string) <-chan string {
	if l.opts.Typed {
		return lines
	}
	if l.under > 0 || l.settling || len(l.opts.Events) > 0 {
		return nil
	}
	if len(l.deferred) > 0 {
		for _, e := range l.deferred {
			l.take(e)
		}
		l.deferred = nil
		return l.reads(lines)
	}
	if l.unsettled && l.opts.Settle != nil {
		l.unsettled, l.settling = false, true
		guard.Go(func() {
			_ = l.opts.Settle(l.ctx) // it ends with the walk
			select {
			case l.settled <- struct{}{}:
			case <-l.ctx.Done():
			}
		})
		return nil
	}
	if l.waits && l.canWait() || l.awaits() {
		return nil
	}
	l.waits = false
	return lines
}

// awaits reports whether Link owes the app an event that is certain to come, or
// whose absence will be told: the walk is not at rest before.
func (l *loop) awaits() bool {
	s := &l.state
	page := s.Link.Page
	switch s.Phase {
	case flow.PhaseHandler:
		return s.HandlerAlive && !s.HandlerLoaded && page.Trouble == "" && (!s.Config.InPage || page.Connected)
	case flow.PhaseEligibility, flow.PhaseAutofill:
		return !s.Silent
	case flow.PhaseLink:
		return s.Config.InPage && page.Connected && page.Trouble == "" && (s.Link.Handoff || s.ExitCalled)
	}
	return false
}

// asks reports whether a prompt is worth its words now: not while a call is
// under way, whose answer is about to change it, unless that waits for a person
// in front of a page.
func (l *loop) asks() bool {
	page := l.state.Link.Page
	return l.under == 0 || l.state.Config.InPage && l.state.NeedsPage() && page.URL != "" && !page.Connected
}

// drain takes what has come by itself.
func (l *loop) drain() {
	for {
		select {
		case e, open := <-l.opts.Events:
			if !open {
				l.opts.Events = nil
				return
			}
			l.arrived(e)
		default:
			return
		}
	}
}

// arrived takes an event. Webhooks come whenever they like: from a file, they
// wait for the calls under way, so that the order is always the same.
func (l *loop) arrived(e flow.Event) {
	if !l.opts.Typed && l.under > 0 && l.isWebhook(e) {
		l.deferred = append(l.deferred, e)
		return
	}
	l.take(e)
}

func (l *loop) isWebhook(e flow.Event) bool {
	if _, trying := flow.PendingCall[flow.TryWebhooks](l.state); trying {
		return false
	}
	switch e := e.(type) {
	case flow.WebhookReceived:
		return true
	case flow.ExchangeRecorded:
		return asksForKey(e)
	}
	return false
}

// answered takes the answer to an effect, behind everything that was emitted
// before it came.
func (l *loop) answered(a answer) {
	l.drain()
	if a.done {
		l.under--
	}
	if a.event != nil {
		l.take(a.event)
	}
}

// take lets the core decide what an event means, says it, and does what follows.
func (l *loop) take(e flow.Event) {
	e = fixtures.Explain(e, l.opts.Elsewhere)
	before := l.state
	t := flow.Step(before, e)
	if _, timer := e.(flow.TimerFired); timer && t.Verdict == flow.Refused {
		return // our own clock, for a question that was answered: nothing happened
	}
	l.state = t.Next
	l.waits = l.waits && l.inPage() // else something has come
	entry := l.journal.Append(e, t)
	l.out.endPrompt()
	l.tell.tell(before, entry, l.state)
	if l.opts.Record != nil {
		if err := l.opts.Record(entry); err != nil {
			l.say("The recording: %s. The walk goes on, and what is missing is tried again with the next entry.", err)
		}
	}
	l.follow(before, entry)
	l.perform(t.Effects)
	l.goesOn()
}

// perform does what one step asks for: what makes room first, then the questions
// one after another. Timers run beside them.
func (l *loop) perform(effects []flow.Effect) {
	var first, then []flow.Effect
	for _, e := range effects {
		switch e.(type) {
		case flow.StartTimer:
			guard.Go(func() { l.send(l.opts.Perform, e) })
		case flow.DestroyHandler:
			first = append(first, e)
		default:
			then = append(then, e)
		}
	}
	first = append(first, then...)
	if len(first) == 0 {
		return
	}
	l.under++
	l.unsettled = true
	guard.Go(func() {
		for i, e := range first {
			l.deliver(answer{l.opts.Perform(l.ctx, e), i == len(first)-1})
		}
	})
}

func (l *loop) send(perform func(context.Context, flow.Effect) flow.Event, e flow.Effect) {
	if event := perform(l.ctx, e); event != nil {
		l.deliver(answer{event: event})
	}
}

func (l *loop) deliver(a answer) {
	select {
	case l.answers <- a:
	case <-l.ctx.Done():
	}
}

// at is the time stamp of an event that the operator causes now.
func (l *loop) at() flow.At { return flow.At(l.opts.Now()) }

// say answers the operator.
func (l *loop) say(format string, args ...any) {
	l.out.endPrompt()
	l.tell.say(format, args...)
}

// endOfInput says where the walk stands when there is nothing more to read.
func (l *loop) endOfInput() {
	l.tell.readPane()
	title := l.tell.title
	switch {
	case l.state.Phase.IsEnd():
		l.say("End of the input. The walk is at an end: %s", sentence(title))
	default:
		l.cutShort = true
		l.say("End of the input. The walk is cut short, at the step: %s", sentence(title))
	}
}
