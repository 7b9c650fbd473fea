// Package flow is the pure core of layersim: what an app that integrates
// Plaid Layer must do next, and why.
//
// Given a State and an Event, Step returns the next State, the Effects that
// the world must now perform, and a sentence that says why. There is no I/O
// here, no clock, no random number and no goroutine: times and answers arrive
// on events, ids are counted in the State. Whoever drives the core (the
// terminal, a headless runner, a test) does it in the same way:
//
//	s := flow.New(flow.Config{TemplateID: "template_4uinBNe4B2x9", Client: client})
//	t := flow.Step(s, flow.LinkTokenRequested{At: now})
//	s = t.Next
//	for _, effect := range t.Effects {
//		event := engine.Perform(ctx, effect) // answers come back as events
//		...
//	}
//
// The State is a fold over the events, so a recording of them can be replayed
// to any moment. An event that does not belong where it arrives is refused
// with a reason fit to be shown; it never panics and never disappears.
//
// The vocabulary is Plaid's: link_token, handler, submit, onEvent, onSuccess,
// onExit, public_token, Item. Facts about Plaid name their source.
package flow
