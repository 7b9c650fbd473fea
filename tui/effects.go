package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
)

// arrived carries events in the order in which they are to be taken: what came
// by itself, and answers to effects.
type arrived struct{ events []flow.Event }

// mostAtOnce bounds how many events one message carries, so that keys are
// never kept waiting for long.
const mostAtOnce = 64

// listen waits for events and is issued again after each message. There is one
// listener at a time and it closes over channels and the context only.
//
// Answers take the same road as the stream, behind everything that was emitted
// before the call returned: the exchange is recorded before what was read from
// it, and Link's callbacks come before the call that caused them is over.
func (m *Model) listen() tea.Cmd {
	ctx, stream, answers := m.opts.Context, m.opts.Events, m.answers
	return func() tea.Msg {
		if batch := drain(&stream, nil); len(batch) > 0 {
			return arrived{batch}
		}
		for {
			select {
			case e, open := <-stream:
				if !open {
					stream = nil
					continue
				}
				return arrived{drain(&stream, []flow.Event{e})}
			case e := <-answers:
				return arrived{append(drain(&stream, nil), e)}
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// drain takes what is waiting in the stream; a stream that was closed becomes
// nil, which is never ready.
func drain(stream *<-chan flow.Event, batch []flow.Event) []flow.Event {
	for len(batch) < mostAtOnce {
		select {
		case e, open := <-*stream:
			if !open {
				*stream = nil
				return batch
			}
			batch = append(batch, e)
		default:
			return batch
		}
	}
	return batch
}

// perform turns the effects of one step into a command. Orders come first and
// in order, because they make room for what follows (a handler is destroyed
// before a token for the next one is asked for); each question and timer then
// runs by itself, because it may take seconds, or hours. What the app does by
// itself is done before anything else: nobody is asked, so nothing is waited for.
func (m *Model) perform(effects []flow.Effect) tea.Cmd {
	var orders, questions []tea.Cmd
	for _, e := range effects {
		if deed, ok := e.(flow.DoDeed); ok {
			if did := m.opts.Perform(m.opts.Context, deed); did != nil {
				orders = append(orders, m.take(did))
			}
			continue
		}
		cmd := command(m.opts.Context, m.opts.Perform, m.answers, e)
		if _, order := e.(flow.DestroyHandler); order {
			orders = append(orders, cmd)
			continue
		}
		questions = append(questions, cmd)
	}
	if len(orders) == 0 {
		return tea.Batch(questions...)
	}
	return tea.Sequence(append(orders, tea.Batch(questions...))...)
}

func command(ctx context.Context, perform func(context.Context, flow.Effect) flow.Event, answers chan<- flow.Event, effect flow.Effect) tea.Cmd {
	return func() tea.Msg {
		if event := perform(ctx, effect); event != nil {
			select {
			case answers <- event:
			case <-ctx.Done():
			}
		}
		return nil
	}
}
