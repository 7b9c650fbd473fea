package flow

// The mistakes, in words. What committing one does is in step_wrong_*.go.
// Sources: Plaid docs, Layer and Link Web; what is not documented is marked.

var wrongs = []Wrong{
	{
		ID: WrongSubmitBeforeLoad, Title: "submit() before onLoad",
		Does:   "The app calls submit() in the line after create(), while Link still loads.",
		Watch:  "No event comes. After 15 seconds the step says so; submitting again, now that Link has loaded, is answered. (Real Link has been seen to drop it; Plaid does not document this case.)",
		Right:  "Wait for onLoad, then submit.",
		Phases: []Phase{PhaseHandler}, obstacle: noHandlerYet, commit: (*stepper).submitBeforeLoad,
	},
	{
		ID: WrongLateCreate, Title: "the handler is created late",
		Does:   "The app asks for the phone number first and calls create() only when it is to be submitted.",
		Watch:  "After Enter the user waits for create() and onLoad before submit() can even be called. In the simulation that takes a moment, on a phone it is seconds.",
		Right:  "Call create() as soon as the page or screen loads: Link preloads while the user is typing.",
		Phases: []Phase{PhaseHandler}, obstacle: noHandlerYet, commit: (*stepper).createLate,
	},
	{
		ID: WrongTokenExpiredUsed, Title: "an expired link_token",
		Does:   "The app keeps a link_token in store and uses it after its four hours.",
		Watch:  "The simulator's clock is moved past the token's expiry, then the app goes on: INVALID_LINK_TOKEN comes from create(), or through onExit.",
		Right:  "Ask for a link_token when the user comes, and for a new one when it has expired.",
		Phases: []Phase{PhaseHandler, PhasePhone, PhaseReady}, obstacle: hasGoodToken, commit: (*stepper).useExpired,
		SimulatedOnly: true,
	},
	{
		ID: WrongForeignNumber, Title: "a number that is not +1",
		Does:   "The app submits a phone number of another country.",
		Watch:  "LAYER_NOT_AVAILABLE, always: the user is asked for a date of birth that cannot help either.",
		Right:  "Offer Layer to numbers with +1 only, and your own form to all others.",
		Phases: []Phase{PhasePhone}, obstacle: canSubmit, commit: (*stepper).submitForeign,
	},
	{
		ID: WrongBirthFirst, Title: "the date of birth first",
		Does:   "The app submits a date of birth before any phone number.",
		Watch:  "It is not read, and no event comes of it: Link looks for a user by the phone number only. Real Link says nothing at all; the simulator tells what it dropped.",
		Right:  "Submit the phone number first, the date of birth only after LAYER_NOT_AVAILABLE.",
		Phases: []Phase{PhasePhone}, obstacle: canSubmit, commit: (*stepper).submitBirthFirst,
	},
	{
		ID: WrongBothFields, Title: "phone and date of birth in one submit()",
		Does:   "The app submits phone_number and date_of_birth together.",
		Watch:  "The answer is about the phone number alone. A user who needs the date of birth is asked for it again, because the first one was dropped.",
		Right:  "One field per submit(): the phone number, then the date of birth if LAYER_NOT_AVAILABLE comes.",
		Phases: []Phase{PhasePhone}, obstacle: canSubmit, commit: (*stepper).submitBoth,
	},
	{
		ID: WrongOpenBeforeReady, Title: "open() before LAYER_READY",
		Does:   "The app opens Link without waiting for LAYER_READY.",
		Watch:  "Link ends at once, and onExit says: Please submit Phone Number before opening Link. (The sentence has been seen live; how real Link delivers it is not documented.)",
		Right:  "Call open() when LAYER_READY comes, and only then.",
		Phases: []Phase{PhasePhone, PhaseEligibility, PhaseDateOfBirth, PhaseAutofill}, obstacle: hasHandler, commit: (*stepper).openEarly,
	},
	{
		ID: WrongOutcomeUnhandled, Title: "an outcome nobody handles",
		Does:   "The app has no code for the next LAYER_* event.",
		Watch:  "The event arrives and nothing happens. The user looks at a form that hangs; 15 seconds later the step speaks of silence.",
		Right:  "Handle all three: LAYER_READY, LAYER_NOT_AVAILABLE, LAYER_AUTOFILL_NOT_AVAILABLE.",
		Phases: []Phase{PhasePhone, PhaseEligibility, PhaseDateOfBirth, PhaseAutofill}, obstacle: hasHandler, commit: (*stepper).ignoreOutcome,
	},
	{
		ID: WrongHandlerNotDestroyed, Title: "falling back without destroy()",
		Does:   "The app shows its own form and leaves the handler where it is.",
		Watch:  "The handler stays alive: its hidden frame, its Link session, and callbacks that reach an app which has moved on.",
		Right:  "Call destroy() before the app's own form, and before another handler.",
		Phases: []Phase{PhaseDateOfBirth}, obstacle: hasHandler, commit: (*stepper).fallBackAlive,
	},
	{
		ID: WrongOpenTwice, Title: "open() twice",
		Does:   "The app calls open() for every LAYER_READY, and nothing guards against a second one.",
		Watch:  "The second call is refused: Link is open already. The session goes on; the app has an error to deal with that it made itself. (What real Link does is not documented.)",
		Right:  "Remember that Link was opened; call open() once per handler.",
		Phases: []Phase{PhaseReady, PhaseLink}, obstacle: hasHandler, commit: (*stepper).openTwice,
	},
	{
		ID: WrongInformationalEvent, Title: "logic on an informational event",
		Does:   "The app lets the user in when SUBMIT_OTP or VERIFY_PHONE comes.",
		Watch:  "SUBMIT_OTP comes with a wrong code as well: type one. Without a code, when the network proves the phone, it never comes; and VERIFY_PHONE may come only when all is over.",
		Right:  "Go by onSuccess and onExit in the client, and by LAYER_AUTHENTICATION_PASSED on the server.",
		Phases: []Phase{PhaseReady, PhaseLink}, obstacle: beforeTheCode, commit: (*stepper).actOnInformation,
	},
	{
		ID: WrongOnSuccessTrusted, Title: "onSuccess taken for proof",
		Does:   "The app takes the phone number for proven because its client says onSuccess.",
		Watch:  "Somebody calls onSuccess with a public_token of their own making, and the app lets them in. Only the server's /user_account/session/get finds out: INVALID_PUBLIC_TOKEN.",
		Right:  "Let the server read the session, or wait for a verified LAYER_AUTHENTICATION_PASSED.",
		Phases: []Phase{PhaseLink}, obstacle: linkIsOpen, commit: (*stepper).forgeSuccess,
	},
	{
		ID: WrongSecondOTP, Title: "a code of your own",
		Does:   "The app sends a one-time code of its own to a phone that Plaid has just proven.",
		Watch:  "The user types a second code for nothing, and some give up there.",
		Right:  "Send none: LAYER_AUTHENTICATION_PASSED, or the phone number in the session, is the proof.",
		Phases: []Phase{PhaseLink, PhaseOnboarded}, obstacle: phoneProven, commit: (*stepper).sendOwnCode,
	},
	{
		ID: WrongPublicTokenExchanged, Title: "the public_token is exchanged",
		Does:   "The server calls /item/public_token/exchange with Layer's profile token.",
		Watch:  "Plaid answers with INVALID_PUBLIC_TOKEN. The session is still there to be read. (That code is what the simulator answers; Plaid does not document this case.)",
		Right:  "Layer has no exchange: call /user_account/session/get, it returns the access_tokens.",
		Phases: []Phase{PhaseLink, PhaseOnboarded}, obstacle: tokenToExchange, commit: (*stepper).exchange,
	},
	{
		ID: WrongSessionNeverRead, Title: "the session is never read",
		Does:   "The app celebrates onSuccess, and its server never calls /user_account/session/get.",
		Watch:  "The user has shared, Layer is billed, and the app has nothing: no identity, no Items. (How long the public_token lives is not documented; the simulated one lives 30 minutes.)",
		Right:  "Hand the public_token to the server at once, and read the session there.",
		Phases: []Phase{PhaseReady, PhaseLink}, commit: (*stepper).neverRead,
	},
	{
		ID: WrongIdentityTrusted, Title: "the identity taken for verified",
		Does:   "The app treats name, address, date of birth and SSN as checked, because they come from Plaid.",
		Watch:  "The edit history: whatever the user changed in Link is in the identity too.",
		Right:  "Only the phone is proven. Verify the rest as you would a form, or use Identity Verification.",
		Phases: []Phase{PhaseOnboarded}, obstacle: hasIdentity, commit: (*stepper).trustIdentity,
	},
	{
		ID: WrongFirstItemOnly, Title: "only items[0]",
		Does:   "The server reads items[0] and nothing else.",
		Watch:  "With two banks one is lost; with none there is no items[0], and the server fails.",
		Right:  "Go through all items, none included.",
		Phases: []Phase{PhaseOnboarded}, commit: (*stepper).firstItem,
	},
	{
		ID: WrongNoItemsAsFailure, Title: "no Items taken for a failure",
		Does:   "The server rejects a user whose list of Items is empty.",
		Watch:  "A user whom Plaid has onboarded, and who is billed, is sent to the app's own form.",
		Right:  "An empty list is a success: no account was shared, or the template asks for none.",
		Phases: []Phase{PhaseOnboarded}, obstacle: noItems, commit: (*stepper).rejectNoItems,
	},
	{
		ID: WrongWebhookUnverified, Title: "webhooks are not verified",
		Does:   "The server believes every webhook that reaches its address.",
		Watch:  "Forged webhooks, and a genuine one if there is any, reach a receiver in this program: it believes them all.",
		Right:  "Check Plaid-Verification: ES256, the key that its kid names, the signature, iat, and the hash of the body.",
		Phases: []Phase{PhaseLink, PhaseOnboarded, PhaseExited}, obstacle: canForge, commit: (*stepper).tryWebhooks,
	},
	{
		ID: WrongWebhookReencoded, Title: "the hash of a re-encoded body",
		Does:   "The server parses a webhook's JSON and hashes what it writes out again.",
		Watch:  "The genuine webhook is refused: Plaid signs its own bytes, with two spaces for each level.",
		Right:  "Hash the raw bytes of the body, before anything parses them.",
		Phases: []Phase{PhaseLink, PhaseOnboarded, PhaseExited}, obstacle: webhookWasSent, commit: (*stepper).tryWebhooks,
	},
	{
		ID: WrongWebhookOneKey, Title: "one key for all webhooks",
		Does:   "The server keeps the first key it got, whatever kid a webhook names. Plaid's own Node sample does so.",
		Watch:  "Plaid changes its key, and from then on genuine webhooks are refused.",
		Right:  "Keep keys by their kid, and ask for one that is not known.",
		Phases: []Phase{PhaseLink, PhaseOnboarded, PhaseExited}, obstacle: webhookWasSent, commit: (*stepper).tryWebhooks, SimulatedOnly: true,
	},
	{
		ID: WrongWebhookDER, Title: "signatures read as DER",
		Does:   "The server hands the JWT's signature to a function that expects ASN.1 DER.",
		Watch:  "The genuine webhook is refused: JWS has R and S, 32 bytes each. Only one that Plaid never sends would pass.",
		Right:  "Use a JOSE library, or verify the raw R and S.",
		Phases: []Phase{PhaseLink, PhaseOnboarded, PhaseExited}, obstacle: webhookWasSent, commit: (*stepper).tryWebhooks,
	},
	{
		ID: WrongTokenReused, Title: "the link_token used again",
		Does:   "The app creates another handler with the link_token of a session that is over.",
		Watch:  "Sandbox forgives it, so the walk goes on. Production answers INVALID_LINK_TOKEN, and after onSuccess so does layersim --strict. (What uses a token up in Production is not documented.)",
		Right:  "A new session needs a new link_token.",
		Phases: []Phase{PhaseOnboarded, PhaseExited}, obstacle: hasToken, commit: (*stepper).reuseToken,
	},
	{
		ID: WrongSubmitsCounted, Title: "submits counted, not users",
		Does:   "The app divides its successes by the number of submits.",
		Watch:  "A user who also gave a date of birth counts twice: the conversion looks worse than it is.",
		Right:  "Divide by users who submitted a phone number.",
		Phases: []Phase{PhaseOnboarded, PhaseFallback, PhaseExited}, obstacle: hasSubmitted, commit: (*stepper).countSubmits,
	},
	{
		ID: WrongAutofillNeedsAccounts, Title: "Extended Autofill with accounts required",
		Does:   "The app counts on Extended Autofill while its template requires financial accounts. The walk starts over with such a template.",
		Watch:  "415-555-0000 and 1975-01-18, which would do otherwise, end in LAYER_AUTOFILL_NOT_AVAILABLE: a date of birth brings no bank.",
		Right:  "Set the template's accounts to Optional or Skip for Extended Autofill.",
		commit: (*stepper).autofillWithoutAccounts, SimulatedOnly: true, // a real template is made in the Dashboard
	},
	{
		ID: WrongSDKTooOld, Title: "a Link SDK that is too old",
		Does:   "The app ships a Link SDK from before Layer. The walk starts over with one.",
		Watch:  "submit() brings no LAYER_* event here, whoever the user is. (What so old an SDK really does is not documented.)",
		Right:  "Ship at least the version that Plaid's guide names for your platform.",
		commit: (*stepper).oldSDK, SimulatedOnly: true, // Link Web's script is always the latest
	},
}

// What stands in the way of a mistake.

func noHandlerYet(s State) string {
	if s.HandlerAlive || s.Waiting() {
		return "the handler is there already: start over first"
	}
	return ""
}

func hasGoodToken(s State) string {
	switch {
	case s.Phase == PhaseHandler && s.HandlerAlive:
		return "the handler is there already: start over first"
	case s.Waiting():
		return "wait for the call that is under way"
	case s.Expiration.IsZero():
		return "Plaid did not say when the link_token expires"
	case s.Phase == PhasePhone && !s.Config.Client.Layer:
		return "this SDK does not know Layer"
	}
	return ""
}

func hasHandler(s State) string {
	if !s.HandlerAlive || !s.HandlerLoaded {
		return "there is no handler yet"
	}
	return ""
}

func canSubmit(s State) string {
	if why := hasHandler(s); why != "" {
		return why
	}
	if !s.Config.Client.Layer {
		return "this SDK does not know Layer"
	}
	return ""
}

func linkIsOpen(s State) string {
	if s.Link.Handoff || s.ExitCalled {
		return "Link is closing"
	}
	return hasHandler(s)
}

func beforeTheCode(s State) string {
	if s.Phase == PhaseLink && s.proven() {
		return "the phone is proven already: start over first"
	}
	return ""
}

// proven reports whether Link has got past the proof of the phone.
func (s State) proven() bool {
	return s.PhoneProof != "" || s.Link.View == ViewReview || s.Link.Pane.View == ViewReview || s.Link.Handoff
}

func phoneProven(s State) string {
	switch {
	case s.proven():
		return ""
	case s.Phase == PhaseLink:
		return "once the phone is proven"
	}
	return "Plaid has not proven the phone"
}

// canForge: who knows the session can forge a webhook about it.
func canForge(s State) string {
	if !s.Config.InPage {
		return webhookWasSent(s)
	}
	if s.LinkToken.IsZero() {
		return "there is no Link session"
	}
	return ""
}

// webhookWasSent: the first one comes once the phone is proven.
func webhookWasSent(s State) string {
	switch {
	case s.Config.InPage && s.Config.NoWebhooks:
		return "it takes a genuine webhook, and this walk receives none (--webhook-listen)"
	case s.Config.InPage && !s.GenuineWebhook:
		return "it takes a genuine webhook, and none has come yet"
	case s.Config.InPage:
		return ""
	case s.Phase == PhaseLink && !s.proven():
		return "once the phone is proven, Plaid sends one"
	case s.LinkSessionID == "" || s.Phase == PhaseExited && !s.proven() && s.Link.View == "" && s.Link.Pane.View == "":
		return "Plaid has sent none"
	}
	return ""
}

func tokenToExchange(s State) string {
	if s.Phase == PhaseOnboarded && s.PublicToken.IsZero() {
		return "there is no public_token"
	}
	return ""
}

func hasIdentity(s State) string {
	if !s.Account.HasIdentity {
		return "Plaid gave no identity"
	}
	return ""
}

func noItems(s State) string {
	if len(s.Account.Items) > 0 {
		return "Items came; share no account, or use a template that skips them"
	}
	return ""
}

func hasToken(s State) string {
	if s.LinkToken.IsZero() {
		return "there is no link_token"
	}
	return ""
}

func hasSubmitted(s State) string {
	if s.Tally.Submits == 0 {
		return "nothing was submitted"
	}
	return ""
}
