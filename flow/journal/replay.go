package journal

import (
	"errors"
	"fmt"
	"slices"

	"layersim/flow"
	"layersim/flow/sdk"
)

// Replay turns a recording back into what a journal has of its walk: the entries,
// and the state in which the walk began. What became of each event (verdict, why
// and phases) is as it was recorded; what the walk then asked of the world is
// what flow.Step says, because a recording does not have it. Nothing of it needs
// Plaid, a network or a secret. The error is a *RecordingError.
func Replay(r Recording) ([]Entry, flow.State, error) {
	initial, err := initialState(r.Header)
	if err != nil {
		return nil, initial, r.named(err)
	}
	entries := make([]Entry, 0, len(r.Entries))
	state := initial
	for _, recorded := range r.Entries {
		entry, err := entryOf(recorded)
		if err != nil {
			return nil, initial, r.named(err)
		}
		if r.PhoneOf != nil && recorded.TestNumber != "" {
			entry.Event = known(entry.Event, r.PhoneOf(recorded.TestNumber))
		}
		t := flow.Step(state, entry.Event)
		state, entry.Effects = t.Next, t.Effects
		entries = append(entries, entry)
	}
	return entries, initial, nil
}

// known gives a phone number that was entered its plain value, if phone is it.
func known(e flow.Event, phone flow.PhoneNumber) flow.Event {
	if entered, ok := e.(flow.PhoneNumberEntered); ok && phone.String() == entered.Phone.String() {
		entered.Phone = phone
		return entered
	}
	return e
}

// initialState is the state in which the walk of a recording began.
func initialState(h Header) (flow.State, error) {
	config := flow.Config{TemplateID: h.TemplateID, ClientUserID: h.ClientUserID, InPage: h.InPage, NoWebhooks: !h.Webhooks}
	if h.Platform != "" || h.SDKVersion != "" {
		client, err := sdk.Client(h.Platform, h.SDKVersion)
		if err != nil {
			return flow.State{}, &RecordingError{Line: 1, Field: "platform", Problem: flow.CleanLine(maskedProblem(err.Error()), 300)}
		}
		config.Client = client
	}
	return flow.New(config), nil
}

func entryOf(r Recorded) (Entry, error) {
	wrong := func(field, value, what string) error {
		return &RecordingError{Line: r.Line, Field: field, Problem: quotedWord(value) + " is no " + what}
	}
	event, err := Decode(r)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Seq: r.Seq, At: r.At, Event: event, Why: r.Why, Before: flow.Phase(r.Before), Phase: flow.Phase(r.Phase), Lane: Lane(r.Lane)}
	switch r.Verdict {
	case flow.Refused.String():
		e.Verdict = flow.Refused
	case flow.Noted.String():
		e.Verdict = flow.Noted
	case flow.Advanced.String():
		e.Verdict = flow.Advanced
	default:
		return e, wrong("verdict", r.Verdict, "verdict: refused, noted or advanced is expected")
	}
	switch {
	case !slices.Contains(Lanes(), e.Lane):
		return e, wrong("lane", r.Lane, "lane of a walk")
	case !slices.Contains(flow.Phases(), e.Before):
		return e, wrong("phase_before", r.Before, "phase of a walk")
	case !slices.Contains(flow.Phases(), e.Phase):
		return e, wrong("phase", r.Phase, "phase of a walk")
	}
	return e, nil
}

// named gives an error the name of the recording's file.
func (r Recording) named(err error) error {
	var problem *RecordingError
	if errors.As(err, &problem) {
		problem.Name = r.Name
	}
	return err
}

// Load returns the journal of a walk that was recorded, as Replay has it: what
// became of each event stays as it was recorded.
func Load(initial flow.State, entries []Entry) *Journal {
	j := New(initial)
	for _, e := range entries {
		j.Restore(e)
	}
	return j
}

// Restore puts an entry of a recording on record, as it was recorded, and returns
// what flow.Step makes of its event.
func (j *Journal) Restore(e Entry) flow.Transition {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := flow.Step(j.last, e.Event)
	j.last = t.Next
	j.entries = append(j.entries, e)
	if len(j.entries)%snapshotEvery == 0 {
		j.snapshots = append(j.snapshots, j.last)
	}
	return t
}

// Differs says how what flow.Step makes of an entry of a recording differs from
// what was recorded, "" where it does not; t is what Step says. It differs where
// another version of layersim recorded it, or where the file was changed.
func Differs(e Entry, t flow.Transition) string {
	switch {
	case t.Next.Phase != e.Phase:
		return fmt.Sprintf("the recording says phase %s here, this layersim comes to %s", e.Phase, t.Next.Phase)
	case t.Verdict != e.Verdict:
		return fmt.Sprintf("the recording says that this was %s, this layersim says %s", e.Verdict, t.Verdict)
	}
	return ""
}
