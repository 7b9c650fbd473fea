// Package plaidsim is a Plaid small enough to run inside the program: an
// http.Handler with the API calls of Layer, the Link sessions behind the Link
// SDK, and the web assets that draw them. It exists so that a walk through
// Layer needs no account, no network and no keys, and takes the same road as
// one against the real Sandbox: an API client speaks to it over an
// http.RoundTripper, a page loads link-initialize.js from it.
//
//	sim := plaidsim.New(plaidsim.Config{Catalog: catalog, Now: time.Now, Seed: 1})
//	client := &http.Client{Transport: sim.Transport()} // in this process, no socket
//	http.Serve(loopback, sim.Loopback())               // for browsers and other apps
//
// It is stateful and deterministic. Ids, tokens and shuffles come from the
// seed, times from its own clock: two runs with the same seed, clock and
// requests answer the same bytes, and Advance ages tokens and edit histories
// without waiting.
//
// The endpoints are one table in api.go, a file for each topic beside it; any
// other path answers Plaid's NOT_FOUND and says so. Webhooks are signed and
// sent by package outbox. What is under /sim/ drives the simulator: its clock,
// its faults, its journal (control.go). Nothing runs by itself but webhooks
// that wait for their next attempt: Close ends them.
//
// Everything that happens is a Record in a bounded journal; serve --ui and the
// control API read it.
//
// A Link session is a pure machine (see step in machine.go); eligibility, edit
// counts and the mailbox of callbacks are pure too. HTTP is thin around them.
package plaidsim
