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
	"slices"
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
	// BeforeLayer and BeforeAutofill are releases just below those two.
	BeforeLayer, BeforeAutofill string
	// MinLoad is the first version that says when Link has preloaded, "" when
	// every one does. A Layer session says it in no version.
	MinLoad string
	// MinSessions is the first version in which Layer is a session of its own,
	// "" when there is no such version.
	MinSessions string
	// Install is what adds the SDK to an app, as in "npm install …".
	Install string

	handler, session flow.Names
	notes            []versionNote
}

// Platforms lists every platform, in the order in which to offer them.
func Platforms() []Platform { return slices.Clone(platforms) }

// AtOnce reports whether an event reaches the app the moment it happens. Link
// may hold all others back until onSuccess or onExit, and then deliver them in
// any order (Plaid docs: Link Web, onEvent; the same for iOS, Android and React
// Native).
func AtOnce(name string) bool {
	switch name {
	case flow.EventOpen, flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable:
		return true
	}
	return false
}

// Client describes a Link SDK. An empty version, or "latest", is the newest
// one. A version too old for Layer is no mistake: the Client says so, for the
// walk to show what then happens. The error is a sentence for whoever chose
// platform and version.
func Client(platform, version string) (flow.Client, error) {
	p, ok := Find(platform)
	if !ok {
		return flow.Client{}, notAPlatform(platform)
	}
	c := flow.Client{
		Platform: p.ID, Name: p.Name, Version: Latest, Layer: true, Autofill: true, MinLayer: p.MinLayer, MinAutofill: p.MinAutofill,
		Sessions: p.MinSessions != "", Names: p.handler,
	}
	if version = strings.TrimSpace(version); version != "" && version != Latest {
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
		if p.MinLoad != "" && v.before(mustParse(p.MinLoad)) {
			c.Names.Load = "none"
		}
		c.Sessions = c.Sessions && !v.before(mustParse(p.MinSessions))
	}
	if c.Sessions {
		c.Names = p.session
	}
	return c, nil
}

// Find returns the platform with this id.
func Find(id string) (Platform, bool) {
	at := slices.IndexFunc(platforms, func(p Platform) bool { return p.ID == id })
	if at < 0 {
		return Platform{}, false
	}
	return platforms[at], true
}

func notAPlatform(id string) error {
	for _, u := range Unsupported() {
		if u.ID == id {
			return fmt.Errorf("%s cannot be used with Layer: %s %s", u.Name, u.Why, u.Instead)
		}
	}
	var ids []string
	for _, p := range platforms {
		ids = append(ids, p.ID)
	}
	last := len(ids) - 1
	return fmt.Errorf("%.40q is not a Link platform; expected %s or %s", id, strings.Join(ids[:last], ", "), ids[last])
}
