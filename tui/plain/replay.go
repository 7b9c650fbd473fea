package plain

import (
	"context"
	"io"
	"time"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
)

// Recorded is a walk that was recorded, for Replay.
type Recorded struct {
	Initial flow.State
	Entries []journal.Entry
	Catalog *fixtures.Catalog // may be nil
	Private bool
	Torn    bool // the recording breaks off in its last line
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
	to := &printer{to: out}
	p := &privacy{on: r.Private, catalog: r.Catalog}
	p.add(r.Initial.Config.ClientUserID)
	t := newTeller(r.Initial, r.Catalog, p, func() time.Time { return now }, to.line)
	t.say("A recorded walk. Entries: %d.", len(r.Entries))
	state := r.Initial
	t.begin(state, t.stageText(state))
	for _, e := range r.Entries {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		now = e.At
		after := flow.Step(state, e.Event).Next
		t.tell(state, e, after)
		state = after
	}
	t.readPane()
	if r.Torn {
		t.say("The last line of the recording breaks off and was left out.")
	}
	t.say("End of the recording, at the step: %s", sentence(t.title))
	return to.failed
}
