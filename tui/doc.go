// Package tui is the screen of layersim: it turns keys into events of the walk,
// effects into commands, and the State into a view.
//
// It decides nothing about Layer. Every key that matters becomes a flow.Event,
// flow.Step says what it means, and what must be done about it is handed to
// Options.Perform; answers and callbacks come back as events and take the same
// road. What the screen itself knows is only what a screen must: its size,
// where the focus is, what is being typed, which line is looked at.
//
//	model := tui.New(tui.Options{Config: config, Catalog: catalog, Perform: engine.Perform,
//		Events: events, Now: time.Now, Surface: flow.InBrowser, Color: true, Context: ctx})
//	_, err := tea.NewProgram(model, tea.WithContext(ctx)).Run()
//
// One file per topic: keys.go holds the one key table, intents.go what each key
// means, effects.go the commands, layout.go the rectangles, and so on.
package tui
