// Package detour stands between an unmodified app and Plaid's hosts: an app
// that is started with its environment speaks to https://sandbox.plaid.com and
// https://cdn.plaid.com as ever, and is answered by another handler.
//
// SDKs differ in what can be told to them from outside, so there are several
// ways in, which all end at one TLS server:
//
//	HTTPS_PROXY ── CONNECT proxy (proxy.go) ──┐
//	Node: a preloaded script ─────────────────┼─ TLS server ── Config.Handler
//	Python: a preloaded module ───────────────┤  (authority.go)
//	Chromium: flags that name its address ────┘
//
// The proxy passes every other host through untouched, as a tunnel. Plaid's
// Production is refused, in the shape of Plaid's own errors. Everything listens
// on loopback, and the proxy wants a password that only the app was given.
//
// TLS needs a certificate that the app trusts. It is signed by an authority
// that is made for one run, whose key is forgotten at once, and which may vouch
// for those few hosts only. Its certificate lies in a private folder, because
// SDKs want the name of a file; Close removes the folder.
package detour
