// Package wait makes the commands of a screen that wait: for the next value of a
// stream, or for a while. A command works once and is issued again by whoever
// wants more; all of them end with their context, because Bubble Tea lets
// commands live on.
package wait

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Next brings the next value of a stream as the message that it is, and over once
// the stream is closed; a nil over brings nothing.
func Next[T any](ctx context.Context, stream <-chan T, over tea.Msg) tea.Cmd {
	return func() tea.Msg {
		select {
		case value, open := <-stream:
			if !open {
				return over
			}
			return value
		case <-ctx.Done():
			return nil
		}
	}
}

// For brings a message when so much time has passed.
func For(ctx context.Context, d time.Duration, then tea.Msg) tea.Cmd {
	return func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return then
		case <-ctx.Done():
			return nil
		}
	}
}
