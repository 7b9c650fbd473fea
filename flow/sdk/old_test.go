package sdk

import "testing"

func TestBeforeLayer(t *testing.T) {
	for platform, want := range map[string]string{
		"web": "React 3.5.1", "react": "React 3.5.1", "react-native": "React Native 11.10.0", "ios": "iOS 6.0.3", "android": "Android 4.4.0",
	} {
		c := BeforeLayer(platform)
		if c.Label() != want || c.Layer || c.Autofill {
			t.Errorf("%s: %+v, want %s, without Layer", platform, c, want)
		}
	}
	if c := BeforeLayer("telex"); c.Platform != "" {
		t.Errorf("an unknown platform: %+v", c)
	}
}
