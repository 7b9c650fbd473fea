package lint

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Of what was before a gap nothing is known, and nothing is judged by it.
func TestWhereRecordsAreMissing(t *testing.T) {
	hook := `hook "state":"accepted","status":200,"kid":"k2"`
	forgotten := `{"kind":"note","forgotten":12,"note":"12 earlier records are forgotten"}`
	for name, lines := range map[string][]string{
		"forgotten":                     append([]string{forgotten}, tape(t, open, "key k1", hook)...),
		"begins late, as after a reset": tape(t, create, phone, ready, open, "key k1", hook)[3:],
		"no key, begins late":           tape(t, "note on", hook)[1:],
		"some left out":                 slices.Delete(tape(t, "note on", "key k1", hook), 1, 2),
		"date of birth":                 tape(t, create, phone, notYet, birth)[3:],
		"session read before":           tape(t, create, phone, ready, open, "success callback", "success delivered")[5:],
		"token used before":             tape(t, "token", create, phone, `again "verb":"create"`)[3:],
	} {
		t.Run(name, func(t *testing.T) {
			l := play(t, lines)
			for _, f := range l.Findings() {
				t.Errorf("%s: %s", f.Rule, f.What)
			}
			for _, c := range l.Checks(^uint64(0)) {
				if c.Rule.ID == "token-reused" && c.Standing == Kept && name == "token used before" {
					t.Error("token-reused is kept, though nobody knows")
				}
			}
		})
	}
}

// Two journals in one file are two runs: numbers begin anew, and an app that
// runs on has the keys that it asked for.
func TestTwoJournalsInOneFile(t *testing.T) {
	one := tape(t, "token", create, phone, ready, open, "key k1", `hook "state":"accepted","status":200,"kid":"k1"`, "success callback", "success delivered", "read ")
	two := tape(t, "token", create, phone, ready, open, `hook "state":"accepted","status":200,"kid":"k1"`)
	if diff := cmp.Diff([]string(nil), ids(play(t, append(one, two...)).Findings())); diff != "" {
		t.Errorf("found:\n%s", diff)
	}
	again := play(t, append(tape(t, "note on", create, birth), tape(t, create, birth)...))
	if f := again.Findings(); len(f) != 2 || f[0].Run != 0 || f[1].Run != 1 {
		t.Errorf("%+v", f)
	}
}

func TestSeverityOfWhatIsOnlyLikely(t *testing.T) {
	for _, c := range []struct {
		lines []string
		want  Severity
	}{
		{[]string{"token", create, phone, `again "verb":"create"`}, Risky},
		{[]string{"token", create, phone, ready, open, "success callback", "refused"}, Wrong},
		{[]string{"key k1", `hook "state":"waiting","status":401,"kid":"k1"`}, Risky},
		{[]string{`hook "state":"accepted","status":200,"kid":"k1"`}, Risky},
		{[]string{`hook "state":"accepted","status":200,"forged":true,"misdelivery":"no_header"`}, Wrong},
	} {
		f := play(t, tape(t, c.lines...)).Findings()
		if len(f) != 1 || f[0].Severity != c.want {
			t.Errorf("%v: %+v", c.lines, f)
		}
	}
}

// A rule about webhooks is kept by a receiver that refuses what is forged and
// takes what is genuine.
func TestWhatKeepsRulesOfWebhooks(t *testing.T) {
	forged := func(kind, status string) string {
		return `hook "state":"rejected","status":` + status + `,"forged":true,"misdelivery":"` + kind + `"`
	}
	genuine := `hook "state":"accepted","status":200,"kid":"k1"`
	for name, c := range map[string]struct {
		lines []string
		want  []string
	}{
		"refuses everything":   {[]string{"key k1", forged("der", "401"), forged("wrong_key", "401")}, nil},
		"refuses and takes":    {[]string{"key k1", genuine, forged("der", "401"), forged("wrong_key", "403"), forged("old_iat", "400"), forged("reserialised", "400")}, []string{"webhook-unverified", "webhook-replayed", "webhook-reencoded", "webhook-der"}},
		"takes later":          {[]string{"key k1", forged("der", "401"), genuine}, []string{"webhook-der"}},
		"only takes":           {[]string{"key k1", genuine}, nil},
		"accepted without 200": {[]string{"key k1", genuine, forged("der", "204"), forged("wrong_key", "202")}, nil},
		"is not there":         {[]string{"key k1", genuine, forged("der", "404"), forged("wrong_key", "503"), forged("old_iat", "0")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			l := play(t, tape(t, c.lines...))
			var kept []string
			for _, check := range l.Checks(^uint64(0)) {
				if check.Standing == Kept && check.Rule.ID != "old-token-call" {
					kept = append(kept, check.Rule.ID)
				}
			}
			if diff := cmp.Diff(c.want, kept); diff != "" {
				t.Error(diff)
			}
			for _, f := range l.Findings() {
				t.Errorf("%s: %s", f.Rule, f.What)
			}
		})
	}
}
