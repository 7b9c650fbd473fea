// Package lint finds the mistakes of an integration in what an app visibly did
// and was told.
//
// It looks at a stream of observations: API calls and their answers, what was
// done to a handler, callbacks, webhooks and how they were answered. Two
// adapters make them: Walk from the journal of the walk, Recording from the
// JSON lines that the simulator's /sim/journal answers.
//
//	l := lint.New(lint.InRecording)
//	for o := range recording.Read(line) {
//		findings := l.Add(o)
//	}
//	findings := l.Finish()
//
// A rule answers each observation with one of three things: nothing to say, kept
// or broken. So a rule that was put to the test and kept can be shown as well as
// one that was broken. The rules are one table in rules.go: what is wrong, why it
// matters, what to do instead, and who says so.
//
// Nothing here asks a clock. What is a mistake only when something does not
// follow becomes one when the observations say that it is too late, or when the
// record ends.
package lint
