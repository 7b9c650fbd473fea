package pane_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"layersim/flow"
	"layersim/tui/pane"
	"layersim/tui/theme"
)

// What the tests of all panes draw.

var noon = time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)

var web = flow.Client{Platform: "web", Name: "Web", Version: "latest", Layer: true, Autofill: true}

func frame(w, h int) pane.Frame {
	return pane.Frame{Styles: theme.New(true, true), Width: w, Height: h, Focused: true}
}

// walk steps a fresh state through events.
func walk(t testing.TB, client flow.Client, events ...flow.Event) flow.State {
	t.Helper()
	s := flow.New(flow.Config{TemplateID: "template_4uinBNe4B2x9", ClientUserID: "user-1042", Client: client})
	for i, e := range events {
		step := flow.Step(s, e)
		if step.Verdict == flow.Refused {
			t.Fatalf("event %d (%T) was refused: %s", i, e, step.Why)
		}
		s = step.Next
	}
	return s
}

func at(seconds int) flow.At { return flow.At(noon.Add(time.Duration(seconds) * time.Second)) }

func event(seconds int, name string, m flow.Metadata) flow.OnEvent {
	m.Timestamp = noon.Add(time.Duration(seconds) * time.Second)
	return flow.OnEvent{At: at(seconds), HandlerID: 1, Name: name, Metadata: m}
}

const session = "5c1f7f0e-2f7a-4a8e-9d3b-3c7b0f0f5a11"

var (
	askToken  = flow.LinkTokenRequested{At: at(0)}
	gotToken  = flow.SessionTokenCreated{At: at(1), Call: 1, LinkToken: flow.NewLinkToken("link-sandbox-7f3c9a52-1111-2222-3333-0123456789ab"), Expiration: noon.Add(4 * time.Hour), RequestID: "Aim3b7sX1oQpT2z"}
	askCreate = flow.HandlerRequested{At: at(2)}
	created   = flow.HandlerCreated{At: at(3), Call: 2}
	loaded    = flow.OnLoad{At: at(4), HandlerID: 1}
	phone     = flow.PhoneNumberEntered{At: at(5), Phone: flow.NewPhoneNumber("+14155550011")}
	submitted = flow.HandlerSubmitted{At: at(5), Call: 3}
	ready     = event(6, flow.EventLayerReady, flow.Metadata{LinkSessionID: session})
	notReady  = event(6, flow.EventLayerNotAvailable, flow.Metadata{LinkSessionID: session})
	birth     = flow.DateOfBirthEntered{At: at(9), DateOfBirth: flow.NewDateOfBirth("1975-01-18")}
	success   = flow.OnSuccess{At: at(40), HandlerID: 1, PublicToken: flow.NewPublicToken("profile-sandbox-b0e2c4ee-a763-4df5-bfe9-46a46bce993d")}
)

func upTo(n int, more ...flow.Event) []flow.Event {
	all := []flow.Event{askToken, gotToken, askCreate, created, loaded, phone, submitted}
	return append(all[:n:n], more...)
}

func inBrowser(more ...flow.Event) []flow.Event {
	return upTo(7, append([]flow.Event{
		ready, flow.OpenRequested{At: at(7), Surface: flow.InBrowser},
		flow.PageServed{At: at(8), URL: "http://127.0.0.1:41873/l/Zk3vT0q9xW2mB7yR/"},
	}, more...)...)
}

func money(f float64) *float64 { return &f }

func account() flow.UserAccount {
	return flow.UserAccount{
		HasIdentity: true,
		Identity: flow.Identity{
			FirstName: "Leslie", LastName: "Knope",
			Address:     flow.Address{Street: "123 Main St.", City: "Pawnee", Region: "IN", PostalCode: "46001", Country: "US"},
			PhoneNumber: flow.NewPhoneNumber("+14155550011"),
			Email:       "leslie@knope.com",
			DateOfBirth: flow.NewDateOfBirth("1975-01-18"),
			SSN:         flow.NewSSN("987654321"), SSNLast4: "4321",
		},
		HasHistory: true,
		History: flow.EditHistory{
			Address: flow.EditCounts{Current: 1, Day: 1, Month: 2, Year: 2, AllTime: 5},
			Email:   flow.EditCounts{Year: 1, AllTime: 1},
			SSN:     flow.EditCounts{AllTime: 12},
		},
		Items: []flow.Item{
			{
				ItemID: "Ed6bjNrDLJfGvZWwnkQlfxwoNz54B5C97ejBr", AccessToken: flow.NewAccessToken("access-sandbox-435beced-94e8-4df3-a181-1dde1cfa19f0"),
				Status: flow.AccountsKnown, Institution: "First Platypus Bank",
				Accounts: []flow.Account{
					{AccountID: "1", Name: "Plaid Checking", Mask: "0000", Type: "depository", Subtype: "checking", Available: money(100), Current: money(1110.5), Currency: "USD"},
					{AccountID: "2", Name: "Plaid Saving", Mask: "1111", Type: "depository", Subtype: "savings", Current: money(200), Currency: "USD"},
				},
			},
			{
				ItemID: "DWVAAPWq4RHGlEaNyGKRTAnPLaEmo8Cvq7na6", AccessToken: flow.NewAccessToken("access-sandbox-11111111-94e8-4df3-a181-1dde1cfa2222"),
				Status:  flow.AccountsFailed,
				Failure: flow.Failure{Type: "API_ERROR", Code: "INTERNAL_SERVER_ERROR", Message: "an unexpected error occurred", RequestID: "HNTDNrA8F1shFEW", Status: 500, Retryable: true, Hint: "Plaid had trouble; ask again."},
			},
		},
		RequestID: "m8MDnv9okwxFNBV",
	}
}

var badKeys = flow.Failure{Type: "INVALID_INPUT", Code: "INVALID_API_KEYS", Message: "invalid client_id or secret provided", RequestID: "HNTDNrA8F1shFEW", Status: 400,
	Hint: "Compare PLAID_CLIENT_ID and PLAID_SECRET with the Dashboard, for the same environment."}

// snippets are what the Code tab lists, with the bodies of all.
func snippets(f pane.Frame) []pane.CodeEntry {
	entries := []pane.CodeEntry{
		{CodeSnippet: pane.CodeSnippet{Whose: "your client", In: "JavaScript", Title: "Submit the date of birth", Comment: "//",
			Warn:  "Web 1 is too old for Extended Autofill.",
			Notes: []string{"Only after LAYER_NOT_AVAILABLE, on the same handler, and without the phone."},
			Code:  "function dateOfBirthEntered(date) {\n  handler.submit({ date_of_birth: date }); // now '••••-••-••', YYYY-MM-DD\n}"}},
		{CodeSnippet: pane.CodeSnippet{Whose: "your server", In: "Go", Title: "Ask for a link_token", Comment: "//",
			Notes: []string{"The user is set with SetUser."},
			Code:  "func ask(ctx context.Context) (string, error) {\n\trequest := plaid.NewSessionTokenCreateRequest(\"template_4uinBNe4B2x9\") // it's \"one\"\n\trequest.SetUser(user)\n\n\tanswer, _, err := client.PlaidApi.SessionTokenCreate(ctx).SessionTokenCreateRequest(*request).Execute()\n\treturn answer.GetLink().LinkToken, err\n}"}},
	}
	for i := range entries {
		entries[i].Body = pane.CodeBody(f.Styles, entries[i].CodeSnippet, f.Width)
	}
	return entries
}

// sdkChooser is a chooser with the keyboard on one of its lists.
func sdkChooser(f pane.Frame, onVersions bool) pane.SDKChooser {
	facts := []pane.SDKFact{
		{Topic: "Layer", Text: "since 6.0.4"},
		{Topic: "Extended Autofill", Text: "iOS 6.3.0 is too old: it submits no date of birth, so fall back on .layerNotAvailable. It needs 6.3.1 or later.", Stops: true},
		{Topic: "Events", Text: ".layerReady, .layerNotAvailable, .layerAutoFillNotAvailable"},
		{Topic: "When", Text: "OPEN, LAYER_READY, LAYER_NOT_AVAILABLE, LAYER_AUTOFILL_NOT_AVAILABLE at once; any other event perhaps not before the end, in any order"},
	}
	return pane.SDKChooser{
		Platforms: []pane.SDKChoice{{Name: "Web"}, {Name: "React"}, {Name: "React Native"}, {Name: "iOS", InUse: true}, {Name: "Android"}, {Name: "Hosted Link", Off: true}, {Name: "Mobile webview", Off: true}},
		Versions:  []pane.SDKChoice{{Name: "latest", Note: "the newest"}, {Name: "6.3.1", Note: "the first with Extended Autofill"}, {Name: "6.3.0", Note: "before it: no date of birth", InUse: true}, {Name: "…", Note: "another: type it"}},
		Platform:  3, Version: 2, OnVersions: onVersions, Heading: "What differs with iOS 6.3.0",
		Facts: pane.SDKFacts(f, facts), Does: "keeps it",
	}
}

// situations are every phase and every sub-state the stage has words for.
func situations(t testing.TB) map[string]flow.State {
	old := flow.Client{Platform: "ios", Name: "iOS", Version: "6.0.4", Layer: true, MinLayer: "6.0.4", MinAutofill: "6.3.1"}
	ancient := flow.Client{Platform: "ios", Name: "iOS", Version: "5.0.0", MinLayer: "6.0.4", MinAutofill: "6.3.1"}
	wrong := event(12, flow.EventError, flow.Metadata{ErrorType: "ITEM_ERROR", ErrorCode: "INVALID_OTP", ErrorMessage: "the one-time code was incorrect"})
	view := func(name string) flow.Event {
		return event(10, flow.EventTransitionView, flow.Metadata{ViewName: name})
	}
	connected := flow.PageConnected{At: at(9), Tab: 1}
	exit := func(f flow.Failure) flow.Event { return flow.OnExit{At: at(30), HandlerID: 1, Failure: f} }
	silent := func(call flow.CallID) flow.Event {
		return flow.TimerFired{At: at(20), Timer: flow.TimerID{Kind: flow.TimerEligibility, Call: call}}
	}
	auth := flow.WebhookReceived{At: at(15), Type: "LAYER", LinkSessionID: session, Code: flow.WebhookLayerAuthenticationPassed, Verified: true}
	opened := flow.HandlerOpened{At: at(8), Call: 4}
	fetched := func(u flow.UserAccount) flow.Event {
		return flow.UserAccountFetched{At: at(42), Call: 5, Account: u}
	}
	noItems := account()
	noItems.Items = nil
	noIdentity := flow.UserAccount{RequestID: "m8MDnv9okwxFNBV"}
	terminal := upTo(7, ready, flow.OpenRequested{At: at(7), Surface: flow.InTerminal})

	m := map[string][]flow.Event{
		"token":                    nil,
		"token/waiting":            upTo(1),
		"token/again":              upTo(2, flow.StartOverRequested{At: at(3)}),
		"handler":                  upTo(2),
		"handler/waiting":          upTo(3),
		"handler/preloading":       upTo(4),
		"phone":                    upTo(5),
		"eligibility":              upTo(7),
		"eligibility/silent":       upTo(7, silent(3)),
		"eligibility/abroad":       upTo(5, flow.PhoneNumberEntered{At: at(5), Phone: flow.NewPhoneNumber("+442079460958")}),
		"date-of-birth":            upTo(7, notReady),
		"autofill":                 upTo(7, notReady, birth),
		"autofill/silent":          upTo(7, notReady, birth, silent(4)),
		"ready":                    upTo(7, ready),
		"ready/autofill":           upTo(7, notReady, birth, event(11, flow.EventLayerReady, flow.Metadata{})),
		"link/opening":             inBrowser()[:9],
		"link/served":              inBrowser(),
		"link/no browser":          inBrowser(flow.BrowserFailed{At: at(9), Reason: "exec: \"xdg-open\": executable file not found in $PATH"}),
		"link/connected":           inBrowser(connected),
		"link/consent":             inBrowser(connected, view(flow.ViewConsent)),
		"link/code":                inBrowser(connected, view(flow.ViewVerifyPhone)),
		"link/wrong code":          inBrowser(connected, view(flow.ViewVerifyPhone), wrong),
		"link/review":              inBrowser(connected, view(flow.ViewReview), auth),
		"link/error":               inBrowser(connected, view(flow.ViewError)),
		"link/adding a bank":       inBrowser(connected, view(flow.ViewSelectInstitution)),
		"link/unknown view":        inBrowser(connected, view("SELECT_BRAND")),
		"link/page lost":           inBrowser(connected, view(flow.ViewConsent), flow.PageLost{At: at(12), Tab: 1}),
		"link/page trouble":        inBrowser(connected, flow.PageTrouble{At: at(12), Reason: "link-initialize.js could not be loaded"}),
		"link/leaving":             inBrowser(connected, view(flow.ViewConsent), flow.ExitRequested{At: at(12)}),
		"link/handoff":             inBrowser(connected, view(flow.ViewReview), event(20, flow.EventHandoff, flow.Metadata{})),
		"link/terminal":            terminal,
		"session":                  inBrowser(connected, opened, success),
		"onboarded":                inBrowser(connected, opened, success, fetched(account())),
		"onboarded/no items":       inBrowser(connected, opened, success, fetched(noItems)),
		"onboarded/no identity":    inBrowser(connected, opened, success, fetched(noIdentity)),
		"onboarded/failed":         inBrowser(connected, opened, success, fetched(account()), flow.CallFailed{At: at(43), Call: 6, Failure: badKeys}),
		"fallback/autofill":        upTo(7, notReady, birth, event(11, flow.EventLayerAutofillUnavailable, flow.Metadata{})),
		"fallback/declined":        upTo(7, notReady, flow.AutofillDeclined{At: at(8)}),
		"fallback/signed up":       upTo(7, notReady, flow.AutofillDeclined{At: at(8)}, flow.SignUpSubmitted{At: at(9)}),
		"exited":                   inBrowser(connected, opened, exit(flow.Failure{})),
		"exited/proven":            inBrowser(connected, opened, auth, exit(flow.Failure{})),
		"exited/three wrong codes": inBrowser(connected, opened, exit(flow.Failure{Type: "INVALID_INPUT", Code: "PROFILE_AUTHENTICATION_FAILED", Message: "the profile could not be authenticated", DisplayMessage: "We could not verify your phone.", RequestID: "HNTDNrA8F1shFEW"})),
		"exited/bad token":         inBrowser(connected, opened, exit(flow.Failure{Type: "INVALID_INPUT", Code: "INVALID_LINK_TOKEN", Message: "invalid link_token provided"})),
		"exited/other":             inBrowser(connected, opened, exit(flow.Failure{Type: "API_ERROR", Code: "INTERNAL_SERVER_ERROR", Message: "an unexpected error occurred"})),
		"exited/exit failed":       inBrowser(connected, opened, flow.ExitRequested{At: at(12)}, flow.CallFailed{At: at(13), Call: 5, Failure: flow.Failure{Code: flow.CodeNoConnection, Message: "the page is gone"}}),
		"exited/early":             upTo(7, exit(flow.Failure{})),
		"failed/token":             upTo(1, flow.CallFailed{At: at(1), Call: 1, Failure: badKeys}),
		"failed/create":            upTo(3, flow.CallFailed{At: at(3), Call: 2, Failure: flow.Failure{Code: flow.CodeClient, Message: "the script did not load", Retryable: true}}),
		"failed/submit":            upTo(6, flow.CallFailed{At: at(6), Call: 3, Failure: flow.Failure{Code: flow.CodeTimeout, Message: "no answer in 30 seconds", Retryable: true}}),
		"failed/open":              inBrowser(flow.CallFailed{At: at(9), Call: 4, Failure: flow.Failure{Code: flow.CodeClient, Message: "the port is taken", Retryable: true}}),
		"failed/session":           inBrowser(connected, opened, success, flow.CallFailed{At: at(42), Call: 5, Failure: flow.Failure{Type: "RATE_LIMIT_EXCEEDED", Code: "RATE_LIMIT", Message: "rate limit exceeded", RequestID: "HNTDNrA8F1shFEW", Status: 429, Retryable: true, Hint: "Wait a little, then make the call again."}}),
		"failed/expired":           upTo(5, flow.TimerFired{At: at(4 * 3600), Timer: flow.TimerID{Kind: flow.TimerLinkToken, Call: 1}}),
	}
	states := make(map[string]flow.State, len(m))
	for name, events := range m {
		states[name] = walk(t, web, events...)
	}
	states["phone/ancient SDK"] = walk(t, ancient, upTo(5)...)
	states["eligibility/ancient SDK"] = walk(t, ancient, upTo(6)...)
	states["eligibility/ancient SDK, silent"] = walk(t, ancient, upTo(6, silent(3))...)
	states["fallback/ancient SDK"] = walk(t, ancient, upTo(6, silent(3), flow.AutofillDeclined{At: at(40)})...)
	states["fallback/silent"] = walk(t, web, upTo(7, silent(3), flow.AutofillDeclined{At: at(40)})...)
	states["fallback/old SDK"] = walk(t, old, upTo(7, notReady)...)
	busy := states["link/terminal"]
	busy.Failure = flow.Failure{Code: flow.CodeNoConnection, Message: "no connection"}
	states["link/not taken"] = busy
	return states
}

func consentPane() flow.Pane {
	return flow.Pane{View: flow.ViewConsent, Title: "Share your details in seconds", Text: "WonderWallet uses Plaid to fill in what you have saved with Plaid before. By continuing you agree to Plaid's terms for this simulated session.", Button: "Continue"}
}

func codePane() flow.Pane {
	return flow.Pane{View: flow.ViewVerifyPhone, Title: "Enter the code", Text: "We sent a code to +1•••••••011. In the simulator it is 123456.", AttemptsLeft: 2, Notice: "That code is not right. Try again."}
}

func reviewPane() flow.Pane {
	field := func(key, label, value string, private, required bool) flow.PaneField {
		return flow.PaneField{Key: key, Label: label, Value: flow.NewPaneValue(value), Private: private, Required: required}
	}
	return flow.Pane{
		View: flow.ViewReview, Title: "Review your details", Text: "Correct anything that is wrong, then share it.", Button: "Share", AccountsRule: "required",
		Fields: []flow.PaneField{
			field("name.first_name", "First name", "Leslie", false, true),
			field("name.last_name", "Last name", "Knope", false, true),
			field("address.street", "Street", "123 Main St.", false, true),
			field("address.street2", "Street 2", "", false, false),
			field("address.city", "City", "Pawnee", false, true),
			field("address.region", "Region", "IN", false, true),
			field("address.postal_code", "Postal code", "46001", false, true),
			field("address.country", "Country", "US", false, true),
			field("email", "Email", "leslie@knope.com", false, false),
			field("date_of_birth", "Date of birth", "1975-01-18", true, true),
			field("ssn", "SSN", "987654321", true, true),
		},
		Banks: []flow.PaneBank{
			{ID: "ins_109508", Name: "First Platypus Bank", Accounts: []flow.PaneAccount{
				{ID: "a1", Name: "Plaid Checking", Mask: "0000", Type: "depository", Subtype: "checking", Selected: true},
				{ID: "a2", Name: "Plaid Saving", Mask: "1111", Type: "depository", Subtype: "savings"},
			}},
			{ID: "ins_109511", Name: "Tartan Bank", Accounts: []flow.PaneAccount{
				{ID: "b1", Name: "Plaid Credit Card", Mask: "3333", Type: "credit", Subtype: "credit card"},
			}},
		},
	}
}

func silentPane() flow.Pane {
	return flow.Pane{View: flow.ViewVerifyPhone, Title: "Verifying your phone number", Text: "Your mobile network confirms that +1•••••••160 is yours.", Auto: flow.LinkVerified}
}

func findBankPane() flow.Pane {
	return flow.Pane{
		View: flow.ViewSelectInstitution, Title: "Find your bank", Text: "Search for it by name, or choose one of these.", Button: "Search", Verb: flow.LinkSearch,
		Fields:  []flow.PaneField{{Key: "query", Label: "Bank name", Value: flow.NewPaneValue("bank")}},
		Options: []flow.PaneOption{{ID: "ins_1", Name: "Paper Boat Bank", Detail: "password"}, {ID: "ins_2", Name: "Bank of Elsewhere", Detail: "signs in on its own site"}},
		Others:  []flow.PaneButton{{Verb: flow.LinkBack, Label: "Back"}},
	}
}

func reviewForm() pane.LinkForm {
	return pane.LinkForm{Cursor: 2, Values: map[string]string{"address.city": "Eagleton", "address.region": "IN"}, Selected: map[string]bool{"a2": true}, Editing: "123 Main St.▏"}
}

func logLine(i int) pane.LogLine {
	lines := []pane.LogLine{
		{Lane: "you", Name: "ask for a link_token", Verdict: flow.Noted, Why: "Our server asks Plaid for a link_token with the template that was configured in the Dashboard."},
		{Lane: "server", Name: "POST /session/token/create 200", Detail: "took=84ms request_id=Aim3b7sX1oQpT2z", Verdict: flow.Noted, Why: "Our server called /session/token/create; the answer was HTTP 200."},
		{Lane: "server", Name: "link_token received", Detail: "link_token=link-sandbox-••••89ab expiration=2026-03-07T16:00:00Z", Verdict: flow.Advanced, Why: "Plaid gave a link_token. The client creates the handler with it, as early as it can."},
		{Lane: "you", Name: "open Link", Detail: "surface=browser", Verdict: flow.Refused, Why: "open() does not belong here: LAYER_READY or LAYER_NOT_AVAILABLE comes next; opening Link before LAYER_READY is a mistake."},
		{Lane: "Link", Name: "LAYER_READY", Detail: "link_session_id=" + session, Verdict: flow.Advanced, Why: "LAYER_READY: Plaid holds everything the template requires for this phone. Open Link now."},
		{Lane: "Link", Name: "TRANSITION_VIEW", Detail: "view_name=CONSENT request_id=HNTDNrA8F1shFEW", Verdict: flow.Noted, Happened: noon.Add(-30 * time.Second), Why: "The user sees the consent pane. Informational: nothing may depend on it."},
		{Lane: "webhook", Name: "LAYER_AUTHENTICATION_PASSED", Detail: "webhook_type=LAYER verified=yes", Verdict: flow.Noted, Why: "LAYER_AUTHENTICATION_PASSED, verified: the phone is proven, even if the user leaves now."},
	}
	l := lines[i%len(lines)]
	l.At = noon.Add(time.Duration(i) * 137 * time.Millisecond)
	return l
}

func exchange() flow.Exchange {
	return flow.Exchange{
		Method: "POST", URL: "https://sandbox.plaid.com/user_account/session/get",
		RequestHeaders:  []flow.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Plaid-Client-Id", Value: "••••"}, {Name: "Plaid-Secret", Value: "••••"}, {Name: "Plaid-Version", Value: "2020-09-14"}},
		RequestBody:     `{"public_token":"profile-sandbox-••••993d"}`,
		Status:          200,
		ResponseHeaders: []flow.Header{{Name: "Content-Type", Value: "application/json"}},
		ResponseBody: `{"identity":{"name":{"first_name":"Leslie","last_name":"Knope"},"address":{"street":"123 Main St.","street2":null,"city":"Pawnee","region":"IN","postal_code":"46001","country":"US"},` +
			`"phone_number":"+14155550011","email":"leslie@knope.com","date_of_birth":"••••-••-••","ssn":"•••-••-••••","ssn_last_4":"••••"},` +
			`"identity_edit_history":{"name":{"edits_current":0,"edits_1d":0,"edits_30d":0,"edits_365d":0,"edits_all_time":0},"verified":false,"score":-1.5e3},` +
			`"items":[{"item_id":"Ed6bjNrDLJfGvZWwnkQlfxwoNz54B5C97ejBr","access_token":"access-sandbox-••••19f0"}],"empty":{},"none":[],"request_id":"m8MDnv9okwxFNBV"}`,
		Started: noon, Duration: 112 * time.Millisecond, RequestID: "m8MDnv9okwxFNBV",
	}
}

func calls() []pane.WireEntry {
	first := flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/session/token/create", Status: 200, Duration: 84 * time.Millisecond}
	failed := flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/accounts/get", Status: 500, Duration: 1500 * time.Millisecond}
	lost := flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/accounts/get", Error: "dial tcp: connection refused"}
	return []pane.WireEntry{{Exchange: first}, {Exchange: exchange()}, {Exchange: failed}, {Exchange: lost}}
}

// wire draws calls with one of them selected.
func wire(f pane.Frame, x []pane.WireEntry, selected int, inside bool, query string) string {
	tree := pane.WireTree(x[selected].Exchange, pane.ErrorText{}).Search(query).LayOut(pane.WireBodyFrame(f, len(x)))
	return pane.Wire(f, x, pane.WireView{Selected: selected, Body: tree, Inside: inside})
}

func guide() pane.GuideText {
	return pane.GuideText{
		Title:       "Submit the phone number",
		Happens:     "Your client passes the user's phone number to submit(). Plaid looks whether it holds everything the template requires.",
		Why:         "The number alone is enough to find the user, so nobody types a form that Plaid could fill in.",
		YourApp:     "Wait for LAYER_READY or LAYER_NOT_AVAILABLE in onEvent; neither comes without a submit().",
		GoesWrong:   "Calling open() at once, or submitting before onLoad, which can be lost without an event.",
		Disagree:    []string{"The React Native migration guide submits phone and date of birth together; the docs ask for one at a time."},
		Unconfirmed: []string{"What a second submit of a phone number on one handler does."},
		URL:         "https://plaid.com/docs/layer/",
		Session:     []string{"The app has submitted a number already."},
		Parts: []pane.GuidePart{
			{Title: "Fields", Text: "What there is.", Seen: "came at 12:00:00.000", Entries: []pane.GuideEntry{{Name: "phone_number", Says: "E.164, such as +14155550011."}, {Name: "ssn", Says: "Nine digits, or null.", Do: "Do not store it."}}},
			{Title: "Events", Entries: []pane.GuideEntry{{Name: "LAYER_AUTOFILL_NOT_AVAILABLE", Says: "The date of birth did not help.", Do: "Show your own form.", Seen: "came at 12:00:00.000"}}},
		},
		Opens: "o opens it in the browser",
	}
}

func topics() pane.GuideTopics {
	return pane.GuideTopics{Names: []string{"This step", "Events", "Webhooks", "Session data", "Errors", "Sandbox", "Platforms", "Tokens", "Mistakes"}, Current: 2, Next: "g"}
}

func whatIf() pane.WhatIf {
	ready := pane.WhatIfAnswer{Asked: true, Ready: true, Why: "Plaid holds all that the template requires"}
	not := pane.WhatIfAnswer{Asked: true, Why: "template requires ssn; persona has none"}
	v := pane.WhatIf{
		Heading: "Template default, changed", Changed: true, Cursor: 9,
		Needs: []pane.WhatIfNeed{{Name: "name", Now: "required"}, {Name: "address", Now: "required"}, {Name: "email", Now: "optional"},
			{Name: "date of birth", Now: "required"}, {Name: "SSN", Now: "off", Changed: true}, {Name: "accounts", Now: "required", Changed: true}},
		Rows:  []pane.WhatIfRow{{Persona: "two-banks", Phone: ready, Items: "1–2", Changed: true}, {Persona: "banks-only", Phone: not, Birth: not, Items: "·"}, {Persona: "no-ssn", Phone: not, Birth: ready, Items: "1", Here: true}},
		Notes: []pane.WhatIfNote{{Kind: pane.Bad, Text: "By phone not eligible: template requires ssn; persona has none."}, {Kind: pane.Good, Text: "By date of birth LAYER_READY: Plaid holds all that the template requires."}, {Kind: pane.Info, Text: "Space takes no-ssn into the walk."}},
	}
	for i := range 9 {
		v.Rows = append(v.Rows, pane.WhatIfRow{Persona: fmt.Sprint("persona-", i), Phone: ready, Items: "0–1"})
	}
	return v
}

func helpGroups() [][]pane.HelpRow {
	return [][]pane.HelpRow{
		{{Does: "The walk"}, {Keys: "enter", Does: "the one thing to do now"}, {Keys: "n", Does: "start over with a new token"}, {Keys: "r", Does: "try the failed call again", Off: true}},
		{{Does: "Panes"}, {Keys: "tab", Does: "next pane"}, {Keys: "shift+tab", Does: "pane before"}, {Keys: "↑ ↓ pgup pgdn", Does: "scroll"}},
		{{Does: "Always"}, {Keys: "?", Does: "this help"}, {Keys: "ctrl+c", Does: "quit"}},
	}
}

// panes draws every pane at one size; every outside string in it is passed
// through evil first.
func panes(t testing.TB, f pane.Frame, evil func(string) string) map[string]string {
	shown := func(string) bool { return true }
	all := map[string]string{}
	s := walk(t, web, upTo(7, notReady, birth)...)
	text := pane.StageFor(s, noon)
	text.Title, text.Body, text.Notice, text.URL = evil(text.Title), evil(text.Body), evil("careful"), evil("http://127.0.0.1:1/abc")
	text.Facts = append(text.Facts, pane.Fact{Label: evil("label"), Value: evil("value")})
	all["stage"] = pane.Stage(f, text, "> 415-555-0011", "n start over · ? help")
	all["rail"] = pane.Rail(f, s)
	failed := s
	failed.Phase, failed.FailedIn = flow.PhaseFailed, flow.PhaseAutofill
	all["rail failed"] = pane.Rail(f, failed)
	all["box"] = pane.Box(f, evil("Title"), evil("body")+"\n"+evil("more"))
	all["log"] = pane.Log(f, 40, func(i int) pane.LogLine {
		l := logLine(i)
		l.Lane, l.Name, l.Detail, l.Why, l.Note = evil(l.Lane), evil(l.Name), evil(l.Detail), evil(l.Why), evil("held")
		return l
	}, 3, 5)
	all["log in lanes"] = pane.InLanes(f, 40, func(i int) pane.LogLine {
		l := laneLine(i)
		l.Lane, l.Name, l.Detail, l.Why, l.Note = evil(l.Lane), evil(l.Name), evil(l.Detail), evil(l.Why), evil("held")
		l.Brief = evil(l.Brief)
		return l
	}, 3, 5, true)
	e := entryText()
	e.Name, e.Why, e.Lane, e.LedTo, e.IDs = evil(e.Name), evil(e.Why), evil(e.Lane), []string{evil("led")}, []pane.TreePair{{Name: evil("id"), Value: evil("value")}}
	e.Related[0].Name, e.Related[1].Why = evil(e.Related[0].Name), evil(e.Related[1].Why)
	all["entry"] = pane.DrawTree(f, pane.EntryTree(e).LayOut(f))
	all["lanes"] = pane.Lanes(f, 40, func(i int) pane.LaneRow {
		l := laneRow(i)
		l.Title, l.Phone, l.Who = evil(l.Title), evil(l.Phone), evil(l.Who)
		return l
	}, 3, 5)
	x := exchange()
	x.Method, x.URL, x.ResponseBody, x.RequestBody = evil(x.Method), evil(x.URL), evil(x.ResponseBody), `{"k`+strings.ReplaceAll(evil(""), "\x1b", "")+`":"`+strings.Repeat("界", 50)+`"}`
	x.ResponseHeaders = []flow.Header{{Name: evil("X"), Value: evil("y")}}
	all["wire"] = wire(f, []pane.WireEntry{{Exchange: x}, {Exchange: x}}, 1, false, "")
	all["wire inside"] = wire(f, []pane.WireEntry{{Exchange: x}, {Exchange: x}}, 1, true, evil("s"))
	u := account()
	u.Identity.FirstName, u.Identity.Email, u.Identity.Address.Street = evil(u.Identity.FirstName), evil("e"), evil("street")
	u.Identity.SSN = flow.NewSSN(evil("123"))
	u.Items[0].Institution, u.Items[0].ItemID, u.Items[0].AccessToken = evil("Bank"), evil("id"), flow.NewAccessToken(evil("access"))
	u.Items[0].Accounts[0].Name, u.Items[0].Accounts[0].Currency, u.Items[0].Accounts[0].Subtype = evil("Checking"), evil("XTS"), evil("sub")
	u.Items[1].Failure.Hint = evil("hint")
	u.Deviations = flow.Deviations{List: []flow.Deviation{
		{Path: evil("identity.tax_id"), Came: flow.KindText, Value: flow.NewForeignValue(evil("12-3456789"))},
		{Path: evil("identity.email"), Came: flow.KindNumber, Wanted: flow.KindText, Value: flow.NewForeignValue(evil("5"))},
		{Path: evil("items"), Came: flow.KindNothing, Wanted: flow.KindList},
	}, More: 7, Refused: true}
	u.Items[0].Deviations = u.Deviations
	u.Items[0].Accounts[0].OfficialName, u.Items[0].Accounts[0].Unofficial, u.Items[0].Accounts[0].AccountID = evil("official"), evil("DOGE"), evil("id")
	u.Items[0].Accounts[0].Blank = []flow.Blank{{Path: evil("mask"), How: flow.BlankNull}}
	u.History.Name, u.History.SSN.Missing = flow.NoCounts(), [5]bool{true, false, true}
	for i := range pane.IdentityRows(u) {
		all[fmt.Sprint("identity at ", i)] = pane.Identity(f, u, flow.ProofWebhook, shown, i)
	}
	for i := range pane.ItemRows(u) {
		all[fmt.Sprint("items at ", i)] = pane.Items(f, u, shown, i)
	}
	none := flow.UserAccount{Deviations: u.Deviations, Blank: []flow.Blank{{Path: "identity", How: flow.BlankOdd}}}
	all["no identity"], all["no history"] = pane.Identity(f, none, "", shown, 1), pane.History(f, none)
	all["identity"] = pane.Identity(f, u, flow.ProofWebhook, shown, 3)
	all["history"] = pane.History(f, u)
	all["items"] = pane.Items(f, u, shown, 1)
	g := guide()
	g.Happens, g.URL, g.Title, g.Disagree = evil(g.Happens), evil(g.URL), evil(g.Title), []string{evil("x")}
	g.Parts[0].Title, g.Parts[0].Entries[0].Name, g.Parts[1].Entries[0].Says, g.Session = evil("Part"), evil("Name"), evil("says"), []string{evil("seen")}
	all["guide"] = pane.Guide(f, topics(), pane.GuideBody(f.Styles, g, f.Width), 2)
	v := whatIf()
	v.Heading, v.Needs[1].Name, v.Rows[0].Persona, v.Rows[1].Phone.Why, v.Notes[0].Text = evil("Template"), evil("need"), evil("persona"), evil("why"), evil("note")
	for i := range v.Stops() {
		v.Cursor = i
		all[fmt.Sprint("what-if ", i)] = pane.DrawWhatIf(f, v)
	}
	code := snippets(f)
	for i := range code {
		code[i].Title, code[i].Code, code[i].Notes, code[i].Warn = evil(code[i].Title), evil(code[i].Code), []string{evil("note")}, evil("warn")
		code[i].Body = pane.CodeBody(f.Styles, code[i].CodeSnippet, f.Width)
	}
	all["code"] = pane.Code(f, code, 1, 0)
	for name, onVersions := range map[string]bool{"platforms": false, "versions": true} {
		c := sdkChooser(f, onVersions)
		c.Versions[2].Name, c.Versions[1].Note, c.Heading, c.Does = evil(c.Versions[2].Name), evil(c.Versions[1].Note), evil(c.Heading), evil(c.Does)
		c.Facts = pane.SDKFacts(f, []pane.SDKFact{{Topic: evil("Refused"), Text: evil("why"), Stops: true}, {Topic: "Mind", Text: evil("text")}})
		all["sdks, "+name] = pane.SDKs(f, c)
	}
	all["lint"] = pane.Lint(f, 30, func(i int) pane.LintRow {
		r := lintRow(i)
		r.Rule, r.Text, r.When = evil(r.Rule), evil(r.Text), evil(r.When)
		return r
	}, 3, evil("1 mistake"), pane.LintBody(f.Styles, pane.LintText{
		Mark: pane.MarkBad, Rule: evil("r"), Title: evil("t"), Stands: evil("s"), What: evil("what"), Why: evil("why"), Fix: evil("fix"), Source: evil("source"), Keys: evil("k"),
	}, f.Width), 1)
	all["help"] = pane.Help(f, helpGroups())
	for name, p := range map[string]flow.Pane{"consent": consentPane(), "code": codePane(), "review": reviewPane(), "silent": silentPane(), "bank": findBankPane()} {
		p.Title, p.Text, p.Notice, p.Button = evil(p.Title), evil(p.Text), evil(p.Notice), evil(p.Button)
		for i := range p.Fields {
			p.Fields[i].Label, p.Fields[i].Value, p.Fields[i].Notice = evil(p.Fields[i].Label), flow.NewPaneValue(evil("value")), evil("notice")
		}
		for i := range p.Options {
			p.Options[i].Name, p.Options[i].Detail = evil(p.Options[i].Name), evil("detail")
		}
		for i := range p.Others {
			p.Others[i].Label = evil(p.Others[i].Label)
		}
		for i := range p.Banks {
			p.Banks[i].Name = evil(p.Banks[i].Name)
			for j := range p.Banks[i].Accounts {
				p.Banks[i].Accounts[j].Name = evil("account")
			}
		}
		all["link "+name] = pane.LinkPane(f, p, pane.LinkForm{Cursor: 2, Code: evil("12"), Revealed: shown, Values: map[string]string{"email": evil("x")}})
	}
	return all
}

// laneLine is logLine for lanes.
func laneLine(i int) pane.LogLine {
	l := logLine(i)
	l.Column = map[string]int{"you": pane.ColumnYou, "Link": pane.ColumnLink, "server": pane.ColumnServer, "webhook": pane.ColumnWebhook}[l.Lane]
	l.Marked = i%5 == 3
	if i%4 == 0 {
		l.Brief = "one thing"
	}
	return l
}

func entryText() pane.EntryText {
	return pane.EntryText{
		Name: "LAYER_READY", Marked: true, Lane: "Link SDK: what it called back", At: noon, Happens: noon.Add(-2500 * time.Millisecond),
		Verdict: flow.Advanced, Why: "Plaid holds everything the template requires for this phone. Open Link now.", Before: flow.PhaseEligibility, After: flow.PhaseReady,
		LedTo: []string{"handler.open()"}, IDs: []pane.TreePair{{Name: "request_id", Value: "r1"}, {Name: "link_session_id", Value: session}},
		Related: []pane.EntryRelation{
			{At: noon.Add(-time.Second), Name: "phone number entered", Why: "the submit that this event answers"},
			{At: noon.Add(time.Second), Name: "open Link", Why: "opens what this event made ready", Later: true},
		},
		Carries: []pane.TreePart{{Title: "metadata", JSON: `{"error_code":null,"view_name":null,"link_session_id":"` + session + `"}`}},
	}
}

func laneRow(i int) pane.LaneRow {
	rows := []pane.LaneRow{
		{Mark: pane.MarkActive, Title: "user-mia", State: "Link: review", Phone: "+1••••••••11", Who: "two-banks", Age: "4 s"},
		{Mark: pane.MarkWaiting, Title: "user-with-a-name-that-is-longer-than-any-column", State: "token, no handler", Age: "12 s"},
		{Mark: pane.MarkWarn, Title: "bob", State: "not by phone", Phone: "+1••••••••17", Who: "a-persona-with-a-long-name", Age: "3 min"},
		{Mark: pane.MarkGood, Title: "ann", State: "identity fetched", Phone: "+1••••••••15", Who: "leslie-knope", Age: "2 h"},
		{Mark: pane.MarkBad, Title: "cid", State: "ended by an error", Phone: "+4•••••••••78", Who: "nobody known", Age: "5 days"},
		{Mark: pane.MarkNone, Title: "Other calls", State: "of no link_token", Age: "now"},
	}
	return rows[i%len(rows)]
}
