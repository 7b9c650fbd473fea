package main

import "net/http"

// The real Plaid's Sandbox, and where its Link script is (Plaid docs: Link Web).
// Another environment is not offered: this tool shows and records what it
// receives.
const (
	sandboxURL    = "https://sandbox.plaid.com"
	linkScriptURL = "https://cdn.plaid.com/link/v2/stable/link-initialize.js"
)

// remote is a Plaid outside of this process, and who we are there.
type remote struct {
	clientID  string
	secret    string // goes out as a header, and nowhere else
	baseURL   string // without a path
	scriptURL string
	transport http.RoundTripper
	// elsewhere names the settings that lead somewhere else than to Plaid, such as
	// "LAYERSIM_PLAID_URL=http://127.0.0.1:8137". They are shown all the time.
	elsewhere []string
}

// String keeps the secret out of whatever prints a remote.
func (r remote) String() string { return r.baseURL }

// GoString is String, for %#v.
func (r remote) GoString() string { return r.baseURL }
