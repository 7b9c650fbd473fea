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
		if p.Calls.Create == "" || p.Calls.Submit == "" || p.Calls.Open == "" || p.Calls.OnEvent == "" || p.Calls.OnSuccess == "" {
			t.Errorf("%s leaves a call without a name: %+v", p.ID, p.Calls)
		}
	}
}

func TestEventName(t *testing.T) {
	want := map[string]string{
		"web": "LAYER_NOT_AVAILABLE", "react": "LAYER_NOT_AVAILABLE", "android": "LAYER_NOT_AVAILABLE",
		"react-native": "LinkEventName.LAYER_NOT_AVAILABLE", "ios": ".layerNotAvailable",
	}
	for _, p := range Platforms() {
		if got := p.EventName(flow.EventLayerNotAvailable); got != want[p.ID] {
			t.Errorf("%s spells LAYER_NOT_AVAILABLE as %q; want %q", p.ID, got, want[p.ID])
		}
		if got := p.EventName("SOMETHING_NEW"); got != "SOMETHING_NEW" {
			t.Errorf("%s spells an unknown event as %q; want it unchanged", p.ID, got)
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
