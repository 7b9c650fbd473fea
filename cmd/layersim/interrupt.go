package main

import (
	"context"

	"layersim/flow/guard"
)

// interruptible returns what f returns, or that it was interrupted: reading may
// wait for somebody who never writes, and a film of a long walk takes its time.
// f is then left behind; the program is about to end.
func interruptible[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	guard.Go(func() {
		value, err := f()
		done <- answer{value, err}
	})
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, errInterrupted
	}
}
