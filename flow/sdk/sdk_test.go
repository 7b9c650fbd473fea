package sdk

import (
	"strings"
	"testing"

	"layersim/flow"
)

func TestClientKnowsWhatAVersionCanDo(t *testing.T) {
	for _, test := range []struct {
		platform, version string
		layer, autofill   bool
		label             string
	}{
		{"web", "", true, true, "Web"},
		{"web", "latest", true, true, "Web"},
		{"ios", "", true, true, "iOS"},
		{"ios", "6.0.3", false, false, "iOS 6.0.3"},
		{"ios", "6.0.4", true, false, "iOS 6.0.4"},
		{"ios", "6.3.0", true, false, "iOS 6.3.0"},
		{"ios", "6.3.1", true, true, "iOS 6.3.1"},
		{"ios", "v6.3.1", true, true, "iOS 6.3.1"},
		{"ios", "6.3.1-beta.1", true, false, "iOS 6.3.1-beta.1"},
		{"ios", "6.3.2-beta.1", true, true, "iOS 6.3.2-beta.1"},
		{"ios", "6.10.0", true, true, "iOS 6.10.0"},
		{"ios", "6.10", true, true, "iOS 6.10.0"},
		{"ios", "7", true, true, "iOS 7.0.0"},
		{"ios", "10.0.0", true, true, "iOS 10.0.0"},
		{"android", "4.4.9", false, false, "Android 4.4.9"},
		{"android", "4.5.0", true, false, "Android 4.5.0"},
		{"android", "5.2.99", true, false, "Android 5.2.99"},
		{"android", "5.3.0", true, true, "Android 5.3.0"},
		{"react-native", "11.10.9", false, false, "React Native 11.10.9"},
		{"react-native", "11.11.0", true, false, "React Native 11.11.0"},
		{"react-native", "12.3.9", true, false, "React Native 12.3.9"},
		{"react-native", "12.4.0", true, true, "React Native 12.4.0"},
		{"react", "3.5.1", false, false, "React 3.5.1"},
		{"react", "3.5.2", true, false, "React 3.5.2"},
		{"react", "4.1.0", true, false, "React 4.1.0"},
		{"react", "4.1.1", true, true, "React 4.1.1"},
	} {
		c, err := Client(test.platform, test.version)
		if err != nil {
			t.Errorf("Client(%q, %q): %v", test.platform, test.version, err)
			continue
		}
		if c.Layer != test.layer || c.Autofill != test.autofill || c.Label() != test.label || c.Platform != test.platform {
			t.Errorf("Client(%q, %q) = %+v (%s); want Layer %v, Autofill %v, label %q",
				test.platform, test.version, c, c.Label(), test.layer, test.autofill, test.label)
		}
	}
}

func TestClientRefusesInASentence(t *testing.T) {
	const notAVersion = "is not a version; expected one such as 6.3.1, or latest"
	for _, test := range []struct{ platform, version, want string }{
		{"windows", "", `"windows" is not a Link platform; expected web, react, react-native, ios or android`},
		{"", "", `"" is not a Link platform`},
		{"iOS", "", `"iOS" is not a Link platform`},
		{"\x1b[2J", "", `"\x1b[2J" is not a Link platform`},
		{"web", "2.0.0", "a page always loads the newest one"},
		{"ios", "newest", notAVersion},
		{"ios", "6.3.1.4", notAVersion},
		{"ios", "6..1", notAVersion},
		{"ios", "-6.3.1", notAVersion},
		{"ios", "6.3.x", notAVersion},
		{"ios", "6.3.1-", notAVersion},
		{"ios", "6.3.1-\x1b[2J", notAVersion},
		{"ios", "vv6.3.1", notAVersion},
		{"ios", "99999999999999999999.0", notAVersion},
		{"ios", "٦.3.1", notAVersion},
	} {
		c, err := Client(test.platform, test.version)
		if err == nil {
			t.Errorf("Client(%q, %q) = %+v; want an error", test.platform, test.version, c)
			continue
		}
		if !strings.Contains(err.Error(), test.want) || strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("Client(%q, %q): %q; want %q", test.platform, test.version, err, test.want)
		}
	}
}

func TestPlatformsAreComplete(t *testing.T) {
	for _, p := range Platforms() {
		c, err := Client(p.ID, "")
		if err != nil || c.Name != p.Name || c.MinLayer != p.MinLayer || c.MinAutofill != p.MinAutofill {
			t.Errorf("Client(%q, \"\") = %+v, %v; want what the platform says: %+v", p.ID, c, err, p)
		}
		if p.Install == "" {
			t.Errorf("%s: nobody says how to install it", p.ID)
		}
	}
}

// Mobile SDKs name the LAYER_* events in their own way, and no other.
func TestEventNames(t *testing.T) {
	for _, test := range []struct{ platform, version, event, want string }{
		{"web", "", "LAYER_NOT_AVAILABLE", "LAYER_NOT_AVAILABLE"},
		{"react", "", "LAYER_NOT_AVAILABLE", "LAYER_NOT_AVAILABLE"},
		{"react-native", "", "LAYER_NOT_AVAILABLE", "LinkEventName.LAYER_NOT_AVAILABLE"},
		{"react-native", "12.4.0", "LAYER_READY", "LinkEventName.LAYER_READY"},
		{"android", "", "LAYER_AUTOFILL_NOT_AVAILABLE", "LinkEventName.LAYER_AUTOFILL_NOT_AVAILABLE"},
		{"ios", "", "LAYER_READY", ".layerReady"},
		{"ios", "6.4.0", "LAYER_NOT_AVAILABLE", ".layerNotAvailable"},
		{"ios", "", "LAYER_AUTOFILL_NOT_AVAILABLE", ".layerAutoFillNotAvailable"},
		{"ios", "", "SOMETHING_NEW", "SOMETHING_NEW"},
	} {
		c, err := Client(test.platform, test.version)
		if got := c.EventName(test.event); err != nil || got != test.want {
			t.Errorf("%s %s spells %s as %q (%v); want %q", test.platform, test.version, test.event, got, err, test.want)
		}
	}
}

// From one version on, mobile SDKs make a session where they made a handler.
func TestSessionsAndHandlers(t *testing.T) {
	for _, test := range []struct {
		platform, version, create string
		sessions                  bool
	}{
		{"web", "", "Plaid.create()", false},
		{"react", "", "usePlaidLink()", false},
		{"ios", "6.4.3", "Plaid.create()", false},
		{"ios", "7.0.0-beta1", "Plaid.create()", false},
		{"ios", "7.0.0", "Plaid.createPlaidLayerSession()", true},
		{"ios", "", "Plaid.createPlaidLayerSession()", true},
		{"android", "5.5.6", "Plaid.create()", false},
		{"android", "6.0.0", "Plaid.createPlaidLayerSession()", true},
		{"android", "", "Plaid.createPlaidLayerSession()", true},
		{"react-native", "12.8.7", "create()", false},
		{"react-native", "13.0.0", "createPlaidLayerSession()", true},
		{"react-native", "latest", "createPlaidLayerSession()", true},
	} {
		c, err := Client(test.platform, test.version)
		if got := c.Words().Create; err != nil || got != test.create || c.Sessions != test.sessions {
			t.Errorf("%s %s: %q, sessions %v (%v); want %q, %v", test.platform, test.version, got, c.Sessions, err, test.create, test.sessions)
		}
	}
}

// Each version that is offered stands on the right side of its limits.
func TestChoicesAreAtTheLimits(t *testing.T) {
	for _, p := range Platforms() {
		choices := p.Choices()
		if p.MinLayer == "" {
			if len(choices) != 1 || choices[0].Version != Latest {
				t.Errorf("%s offers %v; it has no versions", p.ID, choices)
			}
			continue
		}
		want := []struct{ layer, autofill bool }{{true, true}, {true, true}, {true, false}, {true, false}, {false, false}}
		if len(choices) != len(want) {
			t.Fatalf("%s offers %v", p.ID, choices)
		}
		for i, choice := range choices {
			c, err := Client(p.ID, choice.Version)
			if err != nil || c.Layer != want[i].layer || c.Autofill != want[i].autofill || choice.Why == "" {
				t.Errorf("%s %s (%s): Layer %v, Extended Autofill %v, %v; want %+v", p.ID, choice.Version, choice.Why, c.Layer, c.Autofill, err, want[i])
			}
		}
	}
}

func TestDifferences(t *testing.T) {
	said := func(platform, version string) string {
		c, err := Client(platform, version)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, d := range Differences(c) {
			if d.Topic == "" || d.Text == "" {
				t.Errorf("%s %s: %+v", platform, version, d)
			}
			all = append(all, d.Topic+": "+d.Text)
		}
		return strings.Join(all, "\n")
	}
	const enum = "its LinkEventName has no LAYER_* before 11.12.0"
	for _, test := range []struct{ platform, version, has, hasNot string }{
		{"web", "", "Layer: always", "too old"},
		{"web", "", "Submit: handler.submit() with phone_number, then with date_of_birth", "phoneNumber"},
		{"ios", "", "Create: Plaid.createPlaidLayerSession()", "6.0.4 LAYER_READY"},
		{"ios", "", ".layerReady, .layerNotAvailable, .layerAutoFillNotAvailable", "layerAutofill"},
		{"ios", "6.0.3", "Layer: iOS 6.0.3 is too old: no LAYER_* event will come. It needs 6.0.4 or later.", "Extended Autofill: iOS"},
		{"ios", "6.0.3", "LAYER_READY came late or never", "CocoaPods"},
		{"ios", "6.3.0", "fall back on .layerNotAvailable. It needs 6.3.1 or later.", "Layer: iOS"},
		{"react-native", "11.11.0", enum, "There is no submit"},
		{"react-native", "11.12.0", "onSuccess and onExit are given to open", enum},
		{"react-native", "12.4.0", "is missing before 12.8.0", enum},
		{"react-native", "", "create, submit, open, destroy and usePlaidEmitter are gone", "is missing before 12.8.0"},
		{"react-native", "12.4.0", "Listen: usePlaidEmitter", ""},
		{"ios", "6.1.0", "Loaded: nothing says so", "onLoad"},
		{"ios", "6.2.0", "Loaded: onLoad", "nothing says so"},
		{"ios", "", "Loaded: nothing says so", "onLoad"},
		{"android", "5.5.0", "Loaded: onLoad", "nothing says so"},
		{"android", "", "Listen: Plaid.setLinkEventListener", "FastOpenPlaidLink takes"},
		{"android", "5.3.0", "FastOpenPlaidLink takes", "submit keeps"},
		{"react", "4.1.1", "asks for both fields", "TypeError"},
		{"react", "", "ready says that create has returned", "asks for both fields"},
		{"ios", "", "When: OPEN, LAYER_READY, LAYER_NOT_AVAILABLE, LAYER_AUTOFILL_NOT_AVAILABLE at once; any other event perhaps not before the end", ""},
	} {
		got := said(test.platform, test.version)
		if !strings.Contains(got, test.has) || test.hasNot != "" && strings.Contains(got, test.hasNot) {
			t.Errorf("%s %s: want %q and not %q in\n%s", test.platform, test.version, test.has, test.hasNot, got)
		}
	}
	if Differences(flow.Client{Platform: "windows"}) != nil {
		t.Error("an unknown platform differs in something")
	}
}

// What cannot be chosen says why, on the command line too.
func TestUnsupported(t *testing.T) {
	for _, u := range Unsupported() {
		if _, err := Client(u.ID, ""); err == nil || !strings.Contains(err.Error(), u.Why) || !strings.Contains(err.Error(), u.Instead) {
			t.Errorf("Client(%q) says %v", u.ID, err)
		}
	}
}

func TestOnlyOpenAndLayerEventsComeAtOnce(t *testing.T) {
	for name, want := range map[string]bool{
		"OPEN": true, "LAYER_READY": true, "LAYER_NOT_AVAILABLE": true, "LAYER_AUTOFILL_NOT_AVAILABLE": true,
		"TRANSITION_VIEW": false, "VERIFY_PHONE": false, "HANDOFF": false, "EXIT": false, "ERROR": false, "SOMETHING_NEW": false,
	} {
		if AtOnce(name) != want {
			t.Errorf("AtOnce(%q) = %v; want %v", name, !want, want)
		}
	}
}
