package sdk

import (
	"strings"
	"testing"

	"layersim/flow"
)

// A version that is taken is written in one way only, and newer ones never know
// less; one that is refused is refused in one short, harmless line.
func FuzzVersion(f *testing.F) {
	for _, p := range Platforms() {
		for _, v := range []string{p.MinLayer, p.MinAutofill, p.BeforeLayer, p.BeforeAutofill, p.MinLoad, p.MinSessions, "v" + p.MinLayer, p.MinAutofill + "-beta.1", ""} {
			f.Add(p.ID, v, "6.3.1")
		}
	}
	for _, v := range []string{"latest", " 6.3 ", "6", "6..3", "1.2.3.4", "999999.0.1", "1000000", "6.3.1-", "6.3.1-\x1b", "-1.2", "٦.3"} {
		f.Add("ios", v, "7")
	}
	f.Add("flutter", "1", "2")
	f.Fuzz(func(t *testing.T, platform, version, other string) {
		c, err := Client(platform, version)
		if err != nil {
			if says := err.Error(); flow.CleanLine(says, 0) != says || len(says) > 400 {
				t.Fatalf("%q", says)
			}
			return
		}
		if again, err := Client(c.Platform, c.Version); c.MinLayer != "" && (err != nil || again != c) {
			t.Fatalf("%q %q is %+v, which reads as %+v, %v", platform, version, c, again, err)
		}
		if c.Autofill && !c.Layer || c.Label() != flow.CleanLine(c.Label(), 60) {
			t.Fatalf("%q %q: %+v", platform, version, c)
		}
		for _, d := range Differences(c) {
			if d.Topic == "" || strings.TrimSpace(d.Text) == "" || flow.CleanLine(d.Text, 0) != d.Text {
				t.Fatalf("%q %q: %+v", platform, version, d)
			}
		}
		second, err := Client(platform, other)
		if err != nil || c.Version == Latest || second.Version == Latest {
			return
		}
		older, newer := c, second
		if mustParse(newer.Version).before(mustParse(older.Version)) {
			older, newer = newer, older
		}
		if older.Layer && !newer.Layer || older.Autofill && !newer.Autofill || older.Sessions && !newer.Sessions {
			t.Fatalf("%+v knows more than %+v", older, newer)
		}
	})
}
