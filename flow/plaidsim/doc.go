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
// Simulated: /session/token/create, /user_account/session/get, /accounts/get
// (for the access tokens Layer returned), eligibility by phone number and by
// date of birth, consent, the one-time code, review with editing and account
// choice. Not simulated: silent network authentication, adding a bank inside
// Link, other Plaid products; any other path answers Plaid's NOT_FOUND and
// says so.
//
// A Link session is a pure machine (see step in machine.go); eligibility, edit
// counts and the mailbox of callbacks are pure too. HTTP is thin around them.
package plaidsim
