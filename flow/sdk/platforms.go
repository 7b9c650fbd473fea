package sdk

import "layersim/flow"

// The platforms' own words. Minimum versions: Plaid docs, Layer integration
// guide. Names of the session API: the migration guides of LinkKit 7, Link
// Android 6 and React Native 13, and the interface files that LinkKit 7 and
// the npm packages carry.

var (
	// The guide's Swift sample leaves the last one out. LinkKit's own interface
	// has layerAutoFillNotAvailable, with a capital F; Plaid's page on iOS writes
	// layerAutofillNotAvailable in a sentence, which does not compile.
	swiftEvents = flow.Names{Ready: ".layerReady", NotAvailable: ".layerNotAvailable", AutofillNotAvailable: ".layerAutoFillNotAvailable"}
	// Android has a class for each event, React Native a member of an enum.
	nativeEvents = flow.Names{
		Ready: "LinkEventName.LAYER_READY", NotAvailable: "LinkEventName.LAYER_NOT_AVAILABLE",
		AutofillNotAvailable: "LinkEventName.LAYER_AUTOFILL_NOT_AVAILABLE",
	}
)

var platforms = []Platform{
	{ID: "web", Name: "Web", Install: "a script tag for link-initialize.js"},
	{
		// 4.1.0 was never published to npm; 3.5.1 has no submit at all.
		ID: "react", Name: "React", MinLayer: "3.5.2", MinAutofill: "4.1.1", BeforeLayer: "3.5.1", BeforeAutofill: "4.0.1",
		Install: "npm install react-plaid-link",
		handler: flow.Names{Create: "usePlaidLink()", Submit: "submit()", Open: "open()", Destroy: "unmounting the component"},
		notes: []versionNote{
			{before: "3.5.2", text: "The hook returns no submit yet: calling it is a TypeError."},
			{from: "3.5.2", before: "5.0.0", text: "The list of event names has no LAYER_*: compare with the text 'LAYER_READY'."},
			{from: "4.1.1", before: "5.0.0", text: "The type of submit asks for both fields: pass null for the other one."},
			{text: "ready says that create has returned, not that Link has loaded; before that, submit does nothing and says nothing."},
		},
	},
	{
		ID: "react-native", Name: "React Native", MinLayer: "11.11.0", MinAutofill: "12.4.0", BeforeLayer: "11.10.3", BeforeAutofill: "12.3.2",
		MinLoad: "12.7.0", MinSessions: "13.0.0", Install: "npm install react-native-plaid-link-sdk",
		handler: flow.Names{
			Create: "create()", Submit: "submit()", Open: "open()", Destroy: "destroy()", Events: "usePlaidEmitter",
			Success: "onSuccess (LinkSuccess)", Exit: "onExit (LinkExit)", Phone: "phoneNumber", Birth: "dateOfBirth",
			Ready: nativeEvents.Ready, NotAvailable: nativeEvents.NotAvailable, AutofillNotAvailable: nativeEvents.AutofillNotAvailable,
		},
		session: flow.Names{
			Create: "createPlaidLayerSession()", Submit: "session.submit()", Open: "session.open()", Destroy: "letting go of the session", Object: "session",
			Success: "onSuccess (LinkSuccess)", Exit: "onExit (LinkExit)", Load: "none", Phone: "phoneNumber", Birth: "dateOfBirth",
			Ready: nativeEvents.Ready, NotAvailable: nativeEvents.NotAvailable, AutofillNotAvailable: nativeEvents.AutofillNotAvailable,
		},
		notes: []versionNote{
			{before: "11.11.0", text: "There is no submit yet."},
			// GitHub: plaid/react-native-plaid-link-sdk#693, #700.
			{from: "11.11.0", before: "11.12.0", text: "Plaid's guide allows this version, but its LinkEventName has no LAYER_* before 11.12.0: compare with the text 'LAYER_READY'."},
			{before: "12.0.0", text: "The PlaidLink component creates and opens at once, too late for Layer: use create and open."},
			// Its release notes: 12.8.0.
			{from: "12.4.0", before: "12.8.0", text: "On iOS the name LAYER_AUTOFILL_NOT_AVAILABLE is missing before 12.8.0: an app there waits for ever after the date of birth."},
			{from: "13.0.0", text: "create, submit, open, destroy and usePlaidEmitter are gone: a session has its own, and its callbacks are given when it is made."},
			{before: "13.0.0", text: "onSuccess and onExit are given to open, not to create."},
		},
	},
	{
		ID: "ios", Name: "iOS", MinLayer: "6.0.4", MinAutofill: "6.3.1", BeforeLayer: "6.0.3", BeforeAutofill: "6.3.0",
		MinLoad: "6.2.0", MinSessions: "7.0.0", Install: "Swift Package Manager: plaid-link-ios-spm",
		handler: flow.Names{
			Create: "Plaid.create()", Submit: "handler.submit()", Open: "handler.open()", Destroy: "letting go of the handler",
			Phone: "phoneNumber", Birth: "dateOfBirth",
			Ready: swiftEvents.Ready, NotAvailable: swiftEvents.NotAvailable, AutofillNotAvailable: swiftEvents.AutofillNotAvailable,
		},
		session: flow.Names{
			Create: "Plaid.createPlaidLayerSession()", Submit: "session.submit()", Open: "session.open()", Destroy: "letting go of the session", Object: "session",
			Load: "none", Phone: "phoneNumber", Birth: "dateOfBirth",
			Ready: swiftEvents.Ready, NotAvailable: swiftEvents.NotAvailable, AutofillNotAvailable: swiftEvents.AutofillNotAvailable,
		},
		notes: []versionNote{
			// Its release notes: 6.0.4.
			{before: "6.0.4", text: "Before 6.0.4 LAYER_READY came late or never in some sessions."},
			{text: "Keep the handler or session for as long as Link is used: without it, Link goes."},
			{from: "7.0.0", text: "CocoaPods no longer has it, and Objective-C needs the module LinkKitObjC."},
			{from: "7.0.0", text: "A token of another kind than Layer's ends the session at once with an ExitError."},
		},
	},
	{
		ID: "android", Name: "Android", MinLayer: "4.5.0", MinAutofill: "5.3.0", BeforeLayer: "4.4.0", BeforeAutofill: "5.2.0",
		MinLoad: "5.5.0", MinSessions: "6.0.0", Install: "com.plaid.link:sdk-core",
		handler: flow.Names{
			Create: "Plaid.create()", Submit: "plaidHandler.submit()", Open: "linkAccountToPlaid.launch()", Destroy: "Plaid.destroy()",
			Events: "Plaid.setLinkEventListener", Success: "LinkSuccess", Exit: "LinkExit", Phone: "phoneNumber", Birth: "dateOfBirth",
			Ready: nativeEvents.Ready, NotAvailable: nativeEvents.NotAvailable, AutofillNotAvailable: nativeEvents.AutofillNotAvailable,
		},
		session: flow.Names{
			Create: "Plaid.createPlaidLayerSession()", Submit: "session.submit()", Open: "openLink.launch()", Destroy: "letting go of the session", Object: "session",
			Events: "Plaid.setLinkEventListener", Success: "LinkSuccess", Exit: "LinkExit", Load: "none", Phone: "phoneNumber", Birth: "dateOfBirth",
			Ready: nativeEvents.Ready, NotAvailable: nativeEvents.NotAvailable, AutofillNotAvailable: nativeEvents.AutofillNotAvailable,
		},
		notes: []versionNote{
			{text: "The listener is global to the app: clear it, or it holds the Activity."},
			{text: "Send android_package_name with the token, and allow it in Plaid's Dashboard."},
			{before: "6.0.0", text: "FastOpenPlaidLink takes the handler that was made early; OpenPlaidLink makes another, too late for Layer."},
			{from: "6.0.0", text: "submit keeps what it is given until Link has loaded: the last one counts."},
			{from: "6.0.0", text: "FastOpenPlaidLink and LinkResultHandler are gone: OpenPlaidLink takes the session, Plaid.parseResult reads the result."},
		},
	},
}

// NotSupported is a way to show Link in which there is no Layer.
type NotSupported struct {
	ID, Name string
	Why      string // one sentence
	Instead  string // what to do
}

// Unsupported lists the ways in which Layer does not work (Plaid docs: Layer
// integration guide).
func Unsupported() []NotSupported {
	return []NotSupported{
		{
			ID: "hosted-link", Name: "Hosted Link",
			Why:     "Plaid hosts the page, so the app has no handler to submit a phone number to, and hears no LAYER_* event.",
			Instead: "Use a Link SDK in your own page or app; keep Hosted Link for those who fall back.",
		},
		{
			ID: "webview", Name: "Mobile webview",
			Why:     "Layer does not run in a webview of a mobile app.",
			Instead: "Use the native SDK, iOS or Android, or React Native; a page in the phone's browser may use Link Web.",
		},
	}
}
