// Package sdk knows the Link SDKs: which platforms there are, from which
// version on each knows Layer and Extended Autofill, how each spells the calls,
// and which events reach the app at once. An app that asks here before it
// submits a date of birth does not wait for an answer that an old SDK never
// gives.
//
//	client, err := sdk.Client("ios", "6.3.0")
//	// client.Layer is true, client.Autofill is false, client.MinAutofill is "6.3.1"
package sdk

import (
	"fmt"
	"strings"

	"layersim/flow"
)

// Latest is the version that stands for the newest one.
const Latest = "latest"

// Platform is one Link SDK.
type Platform struct {
	ID   string // as on the command line: "react-native"
	Name string // for people: "React Native"
	// MinLayer and MinAutofill are the first versions that know Layer and
	// Extended Autofill, "" when every version does (Plaid docs: Layer
	// integration guide).
	MinLayer, MinAutofill string
	Calls                 Calls
	event                 func(name string) string
}

// Calls are the names by which a platform's code does what Link Web calls
// create, submit and open, and hears of events and success (Plaid docs: Layer
// integration guide).
type Calls struct {
	Create, Submit, Open, OnEvent, OnSuccess string
}

// EventName returns how the platform's code spells an event, given its name as
// Plaid documents it: "LAYER_READY" is ".layerReady" in Swift.
func (p Platform) EventName(name string) string {
	if p.event == nil {
		return name
	}
	return p.event(name)
}

// Platforms lists every platform, in the order in which to offer them.
func Platforms() []Platform {
	return []Platform{
		{
			ID: "web", Name: "Web",
			Calls: Calls{Create: "Plaid.create", Submit: "handler.submit", Open: "handler.open", OnEvent: "onEvent", OnSuccess: "onSuccess"},
		},
		{
			ID: "react", Name: "React", MinLayer: "3.5.2", MinAutofill: "4.1.1",
			Calls: Calls{Create: "usePlaidLink", Submit: "submit", Open: "open", OnEvent: "onEvent", OnSuccess: "onSuccess"},
		},
		{
			// Plaid's guide says 11.11.0, yet the list of event names in that
			// SDK had no LAYER_* before 11.12.0 (GitHub:
			// plaid/react-native-plaid-link-sdk#693). The guide is followed.
			ID: "react-native", Name: "React Native", MinLayer: "11.11.0", MinAutofill: "12.4.0",
			Calls: Calls{Create: "create", Submit: "submit", Open: "open", OnEvent: "usePlaidEmitter", OnSuccess: "onSuccess"},
			event: reactNativeEvent,
		},
		{
			ID: "ios", Name: "iOS", MinLayer: "6.0.4", MinAutofill: "6.3.1",
			Calls: Calls{Create: "Plaid.create", Submit: "handler.submit", Open: "handler.open", OnEvent: "onEvent", OnSuccess: "onSuccess"},
			event: swiftEvent,
		},
		{
			ID: "android", Name: "Android", MinLayer: "4.5.0", MinAutofill: "5.3.0",
			Calls: Calls{Create: "Plaid.create", Submit: "plaidHandler.submit", Open: "linkAccountToPlaid.launch",
				OnEvent: "Plaid.setLinkEventListener", OnSuccess: "LinkSuccess"},
		},
	}
}

func isLayerEvent(name string) bool {
	switch name {
	case flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable:
		return true
	}
	return false
}

func reactNativeEvent(name string) string {
	if isLayerEvent(name) {
		return "LinkEventName." + name
	}
	return name
}

// swiftEvent spells the Layer events. The guide shows two of them; the third,
// .layerAutofillNotAvailable, is UNCONFIRMED and follows their pattern.
func swiftEvent(name string) string {
	if !isLayerEvent(name) {
		return name
	}
	var b strings.Builder
	b.WriteByte('.')
	for i, word := range strings.Split(strings.ToLower(name), "_") {
		if i > 0 {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		b.WriteString(word)
	}
	return b.String()
}

// AtOnce reports whether an event reaches the app the moment it happens. Link
// may hold all others back until onSuccess or onExit, and then deliver them in
// any order (Plaid docs: Link Web, onEvent; the same for Android and React
// Native).
func AtOnce(name string) bool { return name == flow.EventOpen || isLayerEvent(name) }

// Client describes a Link SDK. An empty version, or "latest", is the newest
// one. A version too old for Layer is no mistake: the Client says so, for the
// walk to show what then happens. The error is a sentence for whoever chose
// platform and version.
func Client(platform, version string) (flow.Client, error) {
	var p Platform
	var ids []string
	for _, known := range Platforms() {
		ids = append(ids, known.ID)
		if known.ID == platform {
			p = known
		}
	}
	if p.ID == "" {
		last := len(ids) - 1
		return flow.Client{}, fmt.Errorf("%.40q is not a Link platform; expected %s or %s", platform, strings.Join(ids[:last], ", "), ids[last])
	}
	c := flow.Client{Platform: p.ID, Name: p.Name, Version: Latest, Layer: true, Autofill: true, MinLayer: p.MinLayer, MinAutofill: p.MinAutofill}
	if version == "" || version == Latest {
		return c, nil
	}
	if p.MinLayer == "" {
		return flow.Client{}, fmt.Errorf("the web SDK has no versions: a page always loads the newest one; leave version %.40q out", version)
	}
	v, err := parse(version)
	if err != nil {
		return flow.Client{}, err
	}
	c.Version = v.String()
	c.Layer = !v.before(mustParse(p.MinLayer))
	c.Autofill = !v.before(mustParse(p.MinAutofill))
	return c, nil
}
