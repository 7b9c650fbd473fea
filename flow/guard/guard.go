// Package guard is the one place where goroutines begin. A panic in a goroutine
// ends the whole program where it stands, with the terminal in raw mode and a
// stack trace across the screen; begun here, it reaches whoever handles panics:
//
//	defer guard.Handle(func(p guard.Panic) { … })()
//	guard.Go(func() { … })
package guard

import (
	"runtime/debug"
	"sync/atomic"
)

// Panic is what a goroutine choked on.
type Panic struct {
	Cause any
	Stack []byte
	// Survived: an answer was given all the same, and the program can go on.
	Survived bool
}

var handler atomic.Pointer[func(Panic)]

// Handle lets h know of every panic until the handler before is restored. It is
// called on the goroutine that panicked.
func Handle(h func(Panic)) (restore func()) {
	before := handler.Swap(&h)
	return func() { handler.Store(before) }
}

// Go runs f on a goroutine of its own. Without a handler a panic is what it
// always is.
func Go(f func()) { go Func(f)() }

// Func is f with its panics handled, for timers and others that call it back on
// goroutines of their own.
func Func(f func()) func() {
	return func() {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			h := handler.Load()
			if h == nil {
				panic(cause)
			}
			(*h)(Panic{Cause: cause, Stack: debug.Stack()})
		}()
		f()
	}
}

// Survived tells of a panic that was recovered from and answered; of nil it
// tells nothing.
func Survived(cause any) {
	if h := handler.Load(); h != nil && cause != nil {
		(*h)(Panic{Cause: cause, Stack: debug.Stack(), Survived: true})
	}
}
