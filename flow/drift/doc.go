// Package drift tells where the simulated Plaid is wrong: it compares the
// recording of a walk against the real one with that of the same walk against
// the simulator.
//
//	live, err := journal.ReadRecording(file, "live.jsonl")
//	report := drift.Compare(drift.Walks(live), drift.Walks(simulated))
//
// What is compared is what an app could depend on: which events came, in which
// order they happened and whether they were told at once; which keys their
// metadata had and of which type; which calls were made of the API, what they
// answered and the shape of that; which webhooks came. Ids, times, tokens and
// values are not, except those that are words of Plaid's: names of events and
// views, codes of errors, statuses.
package drift
