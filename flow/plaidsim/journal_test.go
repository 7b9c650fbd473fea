package plaidsim

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// told is the journal in short, one line a record.
func told(s *Sim) (lines []string) {
	records, _ := s.Records(0, 1<<20)
	for _, r := range records {
		line := string(r.Kind)
		switch {
		case r.Call != nil:
			line += fmt.Sprintf(" %s %d", r.Call.Path(), r.Call.Status())
		case r.Act != nil:
			line += strings.TrimRight(fmt.Sprintf(" %s %s %s", r.Act.Verb, r.Act.State, r.Act.Refused), " ")
		case r.Callback != nil:
			line += strings.TrimRight(" "+r.Callback.Type+" "+r.Callback.Name, " ")
		}
		lines = append(lines, line)
	}
	return lines
}

func TestJournalOfAWalk(t *testing.T) {
	s := newSim(t, func(c *Config) { c.Delivery = Documented })
	l := newLink(t, s, "default")
	l.submit(fullPhone)
	l.do("open", nil)
	l.do("open", nil)
	l.do("close", nil)
	l.do("sync", nil)
	want := []string{
		"call /session/token/create 200",
		"link create created",
		"link submit eligible", "callback event LAYER_READY", "delivered event LAYER_READY",
		"link open consent", "callback event OPEN", "callback event TRANSITION_VIEW", "delivered event OPEN",
		"link open consent open came twice: Link is open already",
		"link close exited", "callback event EXIT", "callback exit",
		"delivered event TRANSITION_VIEW", "delivered event EXIT", "delivered exit",
	}
	got := told(s)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
	records, _ := s.Records(0, 100)
	for i, r := range records {
		if r.Seq != uint64(i+1) || r.Thread != 1 || r.At.IsZero() || i > 0 && r.Session != l.id {
			t.Errorf("record %d: %+v", i, r)
		}
	}
	if v, ok := s.Session(l.id); !ok || v.State != "exited" || v.Persona != "two-banks" || v.ClientUserID != "u1" || v.Thread != 1 {
		t.Errorf("view %+v", v)
	}
}

func TestJournalHoldsNoSecret(t *testing.T) {
	s := newSim(t)
	l := newLink(t, s, "default")
	l.review(fullPhone)
	l.do("share", nil)
	sessionGet(t, s, l.publicToken())
	post(t, s, "/accounts/get", `{"secret":"TOPSECRET","access_token":`) // broken
	records, _ := s.Records(0, 1000)
	for _, r := range records {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		shown := string(line)
		if r.Call != nil {
			shown += fmt.Sprintf("%+v", r.Call.Exchange())
		}
		for _, secret := range []string{l.publicToken(), fullPhone, "TOPSECRET", `"secret"`, "1975-01-18", "123454320"} {
			if strings.Contains(shown, secret) && secret != `"secret"` {
				t.Errorf("%s in %s", secret, shown)
			}
		}
	}
}

func TestJournalForgetsTheOldestAndSaysSo(t *testing.T) {
	var j journal
	long := strings.Repeat("x", 1<<20)
	for range 20 {
		j.add(Record{Note: long})
	}
	records, forgotten := j.after(3, 100)
	if len(records) == 0 || len(records) > maxJournalBytes>>20 || records[len(records)-1].Seq != 20 ||
		records[0].Seq != 3+forgotten+1 || j.bytes > maxJournalBytes {
		t.Errorf("%d records, %d forgotten, %d bytes", len(records), forgotten, j.bytes)
	}
	if records, forgotten := j.after(20, 100); len(records) != 0 || forgotten != 0 {
		t.Errorf("past the end: %v, %d", records, forgotten)
	}
	if records, forgotten := j.after(18, 1); len(records) != 1 || records[0].Seq != 19 || forgotten != 0 {
		t.Errorf("one of two: %v, %d", records, forgotten)
	}
	next := j.changed(20)
	select {
	case <-next:
		t.Error("changed before anything was added")
	case <-j.changed(19):
	}
	j.add(Record{})
	<-next
}
