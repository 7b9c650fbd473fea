package flow

// Client is the app's side of Link: which SDK it uses and what that SDK can
// do. Package flow/sdk makes one from a platform and a version.
type Client struct {
	Platform string // web, react, react-native, ios, android
	Name     string // for people: "React Native"
	Version  string // "latest" or a version such as "6.3.0"
	// Layer and Autofill say whether this version knows Layer and Extended
	// Autofill; the Min fields name the first version that does ("" = any).
	Layer, Autofill       bool
	MinLayer, MinAutofill string
	// Sessions says that this version makes a Layer session where older ones
	// make a handler: LinkKit 7, Link Android 6, React Native 13.
	Sessions bool
	Names    Names
}

// Names are the words of a Link SDK for what every one of them does: its calls
// with their parentheses, its callbacks and its names of events. An empty one
// is spelled as on the web.
type Names struct {
	Create, Submit, Open, Destroy string // such as "Plaid.create()"
	// Object is what Create gives: "handler" or "session".
	Object string
	// Events is where events are heard: "onEvent", "Plaid.setLinkEventListener".
	Events, Success, Exit string
	// Load is what says that Link has preloaded, "none" where nothing does.
	Load string
	// Phone and Birth are the fields of a submit.
	Phone, Birth string
	// Ready, NotAvailable and AutofillNotAvailable are the three LAYER_* events.
	Ready, NotAvailable, AutofillNotAvailable string
}

// webNames are Link Web's (Plaid docs: Link Web).
var webNames = Names{
	Create: "Plaid.create()", Submit: "handler.submit()", Open: "handler.open()", Destroy: "handler.destroy()", Object: "handler",
	Events: "onEvent", Success: "onSuccess", Exit: "onExit", Load: "onLoad", Phone: "phone_number", Birth: "date_of_birth",
	Ready: EventLayerReady, NotAvailable: EventLayerNotAvailable, AutofillNotAvailable: EventLayerAutofillUnavailable,
}

// Label returns the SDK as people say it: "iOS 6.3.0".
func (c Client) Label() string {
	if c.Version == "" || c.Version == "latest" {
		return c.Name
	}
	return c.Name + " " + c.Version
}

// Words returns how the SDK's code spells things, none of them empty.
func (c Client) Words() Names {
	n := c.Names
	for _, w := range []struct {
		word *string
		web  string
	}{
		{&n.Create, webNames.Create}, {&n.Submit, webNames.Submit}, {&n.Open, webNames.Open}, {&n.Destroy, webNames.Destroy},
		{&n.Object, webNames.Object}, {&n.Events, webNames.Events}, {&n.Success, webNames.Success}, {&n.Exit, webNames.Exit},
		{&n.Load, webNames.Load}, {&n.Phone, webNames.Phone}, {&n.Birth, webNames.Birth}, {&n.Ready, webNames.Ready},
		{&n.NotAvailable, webNames.NotAvailable}, {&n.AutofillNotAvailable, webNames.AutofillNotAvailable},
	} {
		if *w.word == "" {
			*w.word = w.web
		}
	}
	return n
}

// EventName returns how the SDK's code spells an event, given its name as Plaid
// documents it: "LAYER_READY" is ".layerReady" in Swift. Only the three LAYER_*
// events are spelled; an app decides on nothing else.
func (c Client) EventName(name string) string {
	n := c.Words()
	switch name {
	case EventLayerReady:
		return n.Ready
	case EventLayerNotAvailable:
		return n.NotAvailable
	case EventLayerAutofillUnavailable:
		return n.AutofillNotAvailable
	}
	return name
}
