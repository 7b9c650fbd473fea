// Package watch is the screen of a simulator that serves somebody's own app:
// it shows what that app does, each Link session in a lane of its own, in the
// same panes as the walk.
//
//	batches := make(chan watch.Batch)
//	model := watch.New(watch.Options{Address: url, Batches: batches, Now: time.Now, Context: ctx})
//
// It knows nothing of the simulator. Whoever follows the simulator's journal
// puts what is new into a Batch: Entries in their order, and About for the
// sessions they belong to. What is costly to draw, such as the body of a call,
// is a function on the Entry, and called only for what is looked at.
//
// Everything is bounded: of each lane the newest entries are kept, and of all
// lanes the newest ones; what was left out is said on the screen.
package watch
