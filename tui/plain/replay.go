package plain

import (
	"context"
	"io"
	"strings"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/guard"
	"layersim/flow/journal"
)

// Recorded is a walk that was recorded, for Replay.
type Recorded struct {
	Initial flow.State
	Entries []journal.Entry
	Catalog *fixtures.Catalog // may be nil
	Private bool
	Torn    bool // the recording breaks off in its last line
	// In is where somebody types who wants to hear one step after another; nil
	// for all of it at once.
	In io.Reader
}

// Replay says a recorded walk as it was said, or would have been, when it
// happened: each entry once, and each step. Its clock is that of the entries. The
// error is that of writing, or of ctx.
func Replay(ctx context.Context, r Recorded, out io.Writer) error {
	if r.Catalog == nil {
		r.Catalog = &fixtures.Catalog{}
	}
	var now time.Time
	if len(r.Entries) > 0 {
		now = r.Entries[0].At
	}
	to := &printer{to: out, hanging: r.In != nil}
	p := &privacy{on: r.Private, catalog: r.Catalog}
	p.add(r.Initial.Config.ClientUserID)
	t := newTeller(r.Initial, r.Catalog, p, func() time.Time { return now }, to.line)
	t.say("A recorded walk. Entries: %d.", len(r.Entries))
	state := r.Initial
	t.begin(state, t.stageText(state))
	steps := newSteps(ctx, r.In, t, to)
	defer steps.end()
	begins := true
	for i, e := range r.Entries {
		if begins && !steps.next() {
			if ctx.Err() == nil {
				t.say("You leave the recording at the step: %s Entries that were not said: %d of %d.", sentence(t.title), len(r.Entries)-i, len(r.Entries))
				return to.failed
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		now = e.At
		after := flow.Step(state, e.Event).Next
		t.tell(state, e, after)
		begins = beginsStep(state, after)
		state = after
	}
	t.readPane()
	if r.Torn {
		t.say("The last line of the recording breaks off and was left out.")
	}
	t.say("End of the recording, at the step: %s", sentence(t.title))
	return to.failed
}

// steps waits, between two steps of a recording, for whoever listens.
type steps struct {
	ctx   context.Context
	end   context.CancelFunc
	lines chan string // nil if nobody is waited for
	tell  *teller
	out   *printer
}

func newSteps(ctx context.Context, in io.Reader, t *teller, out *printer) *steps {
	s := &steps{tell: t, out: out}
	s.ctx, s.end = context.WithCancel(ctx)
	if in != nil {
		s.lines = make(chan string)
		guard.Go(func() { readLines(s.ctx, in, s.lines) })
	}
	return s
}

// next waits until the next step is asked for. It reports whether it is.
func (s *steps) next() bool {
	for s.lines != nil {
		s.tell.readPane()
		s.out.prompt("Next (Enter says what follows; all says the rest; quit ends):")
		select {
		case line, open := <-s.lines:
			s.out.answered("")
			switch word := strings.ToLower(strings.TrimSpace(line)); {
			case !open || word == "quit" || word == "q":
				s.out.endPrompt()
				return false
			case word == "":
				return true
			case word == "all":
				s.lines = nil
			default:
				s.tell.say("Nothing can be done in a recording. Enter says what follows, all says the rest, quit ends.")
			}
		case <-s.ctx.Done():
			s.out.endPrompt()
			return false
		}
	}
	return true
}
