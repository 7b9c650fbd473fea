package main

import "layersim/tui/watch"

// calls says what each call of the API is for.
var calls = map[string]string{ //nolint:gosec // words, not credentials
	"/session/token/create":            "The app's server asked for a link_token; it lives four hours and is good for one handler.",
	"/user_account/session/get":        "The app's server sent the public_token and got the identity, its edit history and the Items.",
	"/user_account/session/event/send": "The app's server told Plaid of an event of its own, for Plaid's analytics.",
	"/network/status/get":              "The app's server asked whether Plaid knows a phone number, before there is any handler. Asking in Link is preferred.",
	"/accounts/get":                    "The app's server read the accounts and balances of an Item.",
	"/item/get":                        "The app's server asked how an Item is.",
	"/item/public_token/exchange":      "The app's server tried to exchange the public_token. A token of Layer's is not exchanged: the session brings the access tokens.",
	"/item/remove":                     "The app's server removed an Item: its access_token is good for nothing from now on.",
	"/auth/get":                        "The app's server read account and routing numbers of an Item.",
	"/identity/get":                    "The app's server read who holds the accounts of an Item, as the bank knows it.",
	"/identity/match":                  "The app's server had what it knows of its user compared with what the bank knows.",
	"/institutions/get_by_id":          "The app's server asked about a bank.",
	"/webhook_verification_key/get":    "The app's server fetched the public key that a webhook is verified with. It may keep it for a short while: a kept key never learns that it has expired.",
}

// verbs are what is done to a Link session: by whom, and in which words.
var verbs = map[string]struct {
	side      watch.Side
	name, why string
}{
	"create": {watch.SideClient, "Plaid.create", "The app's page made a handler with its link_token, and Link a session for it. Nothing is shown yet."},
	"resume": {watch.SideClient, "Link goes on in another page", "Another page took the Link session over, where the last one stopped."},
	"submit": {watch.SideClient, "handler.submit", "The app submitted what it knows of its user, for Plaid to look whether Layer can be offered."},
	"open":   {watch.SideClient, "handler.open", "The app opened Link: from here on the user sees it."},
	"exit":   {watch.SideClient, "handler.exit", "The app closed Link by itself. Without force, Link asks the user first."},

	"continue": {watch.SideUser, "pressed Continue", "The user agreed, and Link goes on to its next pane."},
	"code":     {watch.SideUser, "typed a code", "The user typed a one-time code; the right one proves the phone."},
	"verified": {watch.SideLink, "phone verified silently", "The network proved the phone (SNA): no code was sent, and the user typed none."},
	"share":    {watch.SideUser, "pressed Share", "The user shared the identity and the accounts chosen."},
	"close":    {watch.SideUser, "pressed Close", "The user left Link."},

	"add_bank":    {watch.SideUser, "pressed Add a bank", "The user adds a bank that Plaid does not hold yet."},
	"search":      {watch.SideUser, "searched for a bank", "The user looked for an institution by its name."},
	"institution": {watch.SideUser, "chose a bank", "The user chose the institution to add."},
	"credentials": {watch.SideUser, "signed in at the bank", "The user typed a name and a password for the bank. Neither is kept anywhere."},
	"mfa":         {watch.SideUser, "typed the bank's code", "The bank asked for a code of its own besides the password."},
	"accounts":    {watch.SideUser, "chose accounts", "The user chose which accounts of the new bank to share."},
	"back":        {watch.SideUser, "went back", "The user went back to the pane before."},
}
