// Package plain is the walk as lines of text, for screen readers and pipes: it
// reads lines and prints lines, and needs no terminal.
//
// It decides no more than the screen does. A line that matters becomes a
// flow.Event, flow.Step says what it means, and what must be done about it is
// handed to Options.Perform. Every entry of the journal is told once, in the
// order of the journal, and so is the one paragraph of each step.
//
//	end, err := plain.Run(ctx, plain.Options{Config: config, Catalog: catalog, Perform: engine.Perform,
//		Events: events, Now: time.Now, Surface: flow.InTerminal, In: os.Stdin, Out: os.Stdout})
//
// What is written by this program is ASCII; only letters of names, in whatever
// language, are not. See spoken.go for how masks are said.
//
// One file per topic: loop.go reads and waits, tell.go says what happened,
// prompt.go what is asked for, commands.go what can be typed.
package plain
