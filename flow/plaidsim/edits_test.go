package plaidsim

import (
	"testing"
	"time"

	"layersim/fixtures"
	"layersim/flow"
)

func TestEditWindows(t *testing.T) {
	tests := []struct {
		name string
		ago  time.Duration
		want [5]int
	}{
		{"just now", 0, [5]int{0, 1, 1, 1, 1}},
		{"a day ago", day, [5]int{0, 1, 1, 1, 1}},
		{"more than a day ago", day + 1, [5]int{0, 0, 1, 1, 1}},
		{"thirty days ago", month, [5]int{0, 0, 1, 1, 1}},
		{"more than thirty days ago", month + 1, [5]int{0, 0, 0, 1, 1}},
		{"a year ago", year, [5]int{0, 0, 0, 1, 1}},
		{"more than a year ago", year + 1, [5]int{0, 0, 0, 0, 1}},
	}
	for _, tt := range tests {
		for _, f := range fixtures.Fields() {
			h := &history{}
			h.add([]fixtures.Field{f}, start.Add(-tt.ago))
			for _, row := range h.counts(nil, start).Rows() {
				want := [5]int{}
				if row.Field == string(f) || row.Field == "official_document."+string(f) {
					want = tt.want
				}
				if got := row.Counts.Windows(); got != want {
					t.Errorf("%s edited %s: %s %v, want %v", f, tt.name, row.Field, got, want)
				}
			}
		}
	}
}

func TestLongHistoryKeepsItsCount(t *testing.T) {
	h := &history{}
	for range maxEdits + 500 {
		h.add([]fixtures.Field{fixtures.FieldEmail}, start)
	}
	if c := h.counts(nil, start).Email; c.AllTime != maxEdits+500 || len(h.edits) != maxEdits {
		t.Errorf("%+v with %d kept", c, len(h.edits))
	}
}

// edits reads one row of the answer of session/get.
func edits(o object, path ...string) [5]int {
	row := at(o, append([]string{"identity_edit_history"}, path...)...)
	n := func(key string) int { f, _ := at(row, key).(float64); return int(f) }
	return [5]int{n("edits_current"), n("edits_1d"), n("edits_30d"), n("edits_365d"), n("edits_all_time")}
}

func TestEditsAgeAndAreRemembered(t *testing.T) {
	s := newSim(t)
	first := newLink(t, s, "default")
	first.review(fullPhone)
	// Two parts of the name and of the address are one edit each; what is
	// typed differently but means the same is none.
	first.do("share", object{"values": object{
		"name.first_name": "Max", "name.last_name": "Power", "address.street": "2 Other Lane", "address.city": "Hanover",
		"ssn": "987-65-4320", "date_of_birth": "01/18/1975", "email": "maxine@example.com ",
	}})
	check := func(o object, path []string, want [5]int) {
		t.Helper()
		if got := edits(o, path...); got != want {
			t.Errorf("%v: %v, want %v", path, got, want)
		}
	}
	o := sessionGet(t, s, first.publicToken())
	check(o, []string{"name"}, [5]int{1, 1, 1, 1, 1})
	check(o, []string{"address"}, [5]int{1, 1, 1, 2, 2}) // and one 200 days ago
	check(o, []string{"email"}, [5]int{0, 0, 0, 0, 1})   // two years ago
	check(o, []string{"date_of_birth"}, [5]int{})
	check(o, []string{"official_document", "ssn"}, [5]int{})
	if got := text(o, "identity", "name", "first_name"); got != "Max" {
		t.Errorf("first name %q", got)
	}

	s.Advance(25 * time.Hour)
	second := newLink(t, s, "default")
	p := second.review(fullPhone)["pane"]
	if got := text(at(p, "fields").([]any)[0], "value"); got != "Maxine" {
		t.Errorf("the profile itself changed: %q", got)
	}
	second.do("share", object{"values": object{"name.first_name": "Maxi"}})
	o = sessionGet(t, s, second.publicToken())
	check(o, []string{"name"}, [5]int{1, 1, 2, 2, 2})
	check(o, []string{"address"}, [5]int{0, 0, 1, 2, 2})

	s.Advance(29 * day)
	third := newLink(t, s, "default")
	third.review(fullPhone)
	third.do("share", nil)
	o = sessionGet(t, s, third.publicToken())
	check(o, []string{"name"}, [5]int{0, 0, 1, 2, 2})
	check(o, []string{"address"}, [5]int{0, 0, 0, 2, 2})
}

func TestOthersHaveTheirOwnHistory(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", object{"values": object{"email": "new@example.com"}})
	if c := s.histories[flow.NewPhoneNumber(guidePhone)].counts(nil, start).Email; c != (flow.EditCounts{}) {
		t.Errorf("%+v", c)
	}
}
