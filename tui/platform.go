package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/sdk"
	"layersim/tui/pane"
)

// The chooser of the app's Link SDK: a platform, and a version at which its
// behaviour changes, or any other that is typed. Choosing begins a new attempt,
// because an app is built with one SDK.

// sdkView is the open chooser.
type sdkView struct {
	platform, version int
	onVersions        bool
	typed             field // a version of one's own
	offset            int
	facts             []string // laid out for drawn
	drawn             sdkKey
	problem           string // why the choice was refused
}

type sdkKey struct {
	platform, version, problem string
	width                      int
	dark                       bool
}

// sdkChange is an entry of the journal from which on the walk has had an SDK.
type sdkChange struct {
	seq    int
	client flow.Client
}

// sdkAt returns the SDK that the app had when an entry of the journal came.
func (m *Model) sdkAt(seq int) flow.Client {
	client := m.opts.Config.Client
	for _, c := range m.sdks {
		if c.seq <= seq {
			client = c.client
		}
	}
	return client
}

// openSDKs opens the chooser at the SDK in use.
func (m *Model) openSDKs() {
	m.overlay = inPlatform
	m.sdk = sdkView{typed: newField(20)}
	v, client := &m.sdk, m.state.Config.Client
	for i, p := range sdk.Platforms() {
		if p.ID != client.Platform {
			continue
		}
		v.platform = i
		choices := p.Choices()
		v.version = len(choices) // the one that is typed
		for j, c := range choices {
			if c.Version == client.Version {
				v.version = j
			}
		}
		if v.version == len(choices) {
			v.typed.set(client.Version)
		}
	}
}

// sdkPlatform returns the platform under the cursor; ok is false for a way in
// which Layer does not work.
func (v *sdkView) sdkPlatform() (p sdk.Platform, ok bool) {
	all := sdk.Platforms()
	if v.platform >= len(all) {
		return sdk.Platform{}, false
	}
	return all[v.platform], true
}

// takesVersion reports whether the platform under the cursor has versions.
func (v *sdkView) takesVersion() bool {
	p, ok := v.sdkPlatform()
	return ok && p.MinLayer != ""
}

// chosen returns the version under the cursor; own says that it is typed.
func (v *sdkView) chosen() (version string, own bool) {
	p, ok := v.sdkPlatform()
	if !ok {
		return "", false
	}
	if choices := p.Choices(); v.version < len(choices) {
		return choices[v.version].Version, false
	}
	return strings.TrimSpace(v.typed.value()), true
}

// versions returns how many lines the list of versions has.
func (v *sdkView) versions() int {
	p, ok := v.sdkPlatform()
	if !ok {
		return 0
	}
	if !v.takesVersion() {
		return len(p.Choices())
	}
	return len(p.Choices()) + 1
}

// otherSDKList goes to the versions, or back to the platforms.
func (m *Model) otherSDKList() {
	m.sdk.onVersions = !m.sdk.onVersions && m.sdk.versions() > 0
}

// scrollSDKs moves in the list that has the keyboard, or in the facts.
func (m *Model) scrollSDKs(a action) {
	v := &m.sdk
	v.problem = ""
	f := pane.Inner(m.frame(m.layout.overlay(), true))
	switch {
	case a == actPageUp || a == actPageDown || a == actHome || a == actEnd:
		v.offset = scrolled(a, v.offset, len(v.facts), pane.SDKFactRows(f, m.sdkChooser()))
	case v.onVersions:
		v.version, v.offset = moved(a, v.version, v.versions(), 1), 0
	default:
		v.platform = moved(a, v.platform, len(sdk.Platforms())+len(sdk.Unsupported()), 1)
		v.version, v.offset = 0, 0
	}
}

// typedVersion takes what is typed for a version; the cursor goes there.
func (m *Model) typedVersion(msg tea.Msg) {
	v := &m.sdk
	if !v.takesVersion() {
		return
	}
	if _, own := v.chosen(); !own {
		v.typed.set("")
	}
	if v.typed.update(msg) {
		v.onVersions, v.version, v.problem = true, v.versions()-1, ""
	}
}

// chooseSDK begins an attempt with the SDK under the cursor.
func (m *Model) chooseSDK() tea.Cmd {
	v := &m.sdk
	p, ok := v.sdkPlatform()
	if !ok {
		return nil
	}
	version, own := v.chosen()
	if own && version == "" {
		v.onVersions, v.problem = true, "Type a version such as "+p.MinAutofill+"."
		return nil
	}
	client, err := sdk.Client(p.ID, version)
	if err != nil {
		v.problem = err.Error() + "."
		return nil
	}
	m.overlay = onScreen
	if client == m.state.Config.Client {
		m.notice = client.Label() + " is in use already."
		return nil
	}
	return m.take(flow.StartOverRequested{At: m.at(), Client: client})
}

// sdkChooser is what the overlay shows.
func (m *Model) sdkChooser() pane.SDKChooser {
	v, client := &m.sdk, m.state.Config.Client
	c := pane.SDKChooser{Platform: v.platform, Version: v.version, OnVersions: v.onVersions, Facts: v.facts, Offset: v.offset}
	for _, p := range sdk.Platforms() {
		c.Platforms = append(c.Platforms, pane.SDKChoice{Name: p.Name, InUse: p.ID == client.Platform})
	}
	for _, u := range sdk.Unsupported() {
		c.Platforms = append(c.Platforms, pane.SDKChoice{Name: u.Name, Off: true})
	}
	p, ok := v.sdkPlatform()
	if !ok {
		c.Heading = "No Layer with " + sdk.Unsupported()[v.platform-len(sdk.Platforms())].Name
		return c
	}
	for _, choice := range p.Choices() {
		inUse := p.ID == client.Platform && choice.Version == client.Version
		c.Versions = append(c.Versions, pane.SDKChoice{Name: choice.Version, Note: choice.Why, InUse: inUse})
	}
	if v.takesVersion() {
		own := v.typed.value()
		name := own
		if name == "" {
			name = "…"
		}
		inUse := p.ID == client.Platform && own == client.Version && own != ""
		c.Versions = append(c.Versions, pane.SDKChoice{Name: name, Note: "another: type it", InUse: inUse})
	}
	version, _ := v.chosen()
	chosen, err := sdk.Client(p.ID, version)
	switch {
	case err != nil:
		c.Heading = p.Name
	default:
		c.Heading = "What differs with " + chosen.Label()
		if chosen != client {
			c.Does = fmt.Sprintf("starts over with %s and a new link_token", chosen.Label())
		} else {
			c.Does = "keeps it"
		}
	}
	return c
}

// layOutSDKs lays the facts out when they have changed.
func (m *Model) layOutSDKs() {
	v := &m.sdk
	f := pane.Inner(m.frame(m.layout.overlay(), true))
	version, _ := v.chosen()
	key := sdkKey{platform: fmt.Sprint(v.platform), version: version, problem: v.problem, width: f.Width, dark: m.dark}
	if v.facts != nil && v.drawn == key {
		return
	}
	v.drawn, v.facts = key, pane.SDKFacts(f, m.sdkFacts())
}

// sdkFacts says what is particular about the choice under the cursor.
func (m *Model) sdkFacts() []pane.SDKFact {
	v := &m.sdk
	p, ok := v.sdkPlatform()
	if !ok {
		u := sdk.Unsupported()[v.platform-len(sdk.Platforms())]
		return []pane.SDKFact{{Topic: "Why", Text: u.Why, Stops: true}, {Topic: "Instead", Text: u.Instead}}
	}
	var facts []pane.SDKFact
	version, own := v.chosen()
	client, err := sdk.Client(p.ID, version)
	switch {
	case v.problem != "":
		facts = append(facts, pane.SDKFact{Topic: "Refused", Text: v.problem, Stops: true})
	case own && version == "":
		facts = append(facts, pane.SDKFact{Topic: "Version", Text: "Type the version that your app has."})
	case err != nil:
		facts = append(facts, pane.SDKFact{Topic: "Version", Text: err.Error() + "."})
	}
	if err != nil || own && version == "" {
		return facts
	}
	for _, d := range sdk.Differences(client) {
		facts = append(facts, pane.SDKFact{Topic: d.Topic, Text: d.Text, Stops: d.Stops})
	}
	return facts
}

func (m *Model) drawSDKs(f pane.Frame) (title, body string) {
	return m.styles.Accent.Render("Link SDK of your app"), pane.SDKs(f, m.sdkChooser())
}

// inItsWords adds to a line of the log how the app's SDK spells what happened.
func (m *Model) inItsWords(e journal.Entry, line pane.LogLine) pane.LogLine {
	if word := journal.Spelled(e.Event, m.sdkAt(e.Seq)); word != "" {
		line.Detail = strings.TrimSpace(word + "  " + line.Detail)
	}
	return line
}
