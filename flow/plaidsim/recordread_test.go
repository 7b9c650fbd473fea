package plaidsim

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// What is written of the journal can be read back, and is written as it was.
func TestRecordsAreReadAsTheyAreWritten(t *testing.T) {
	s := newSim(t, func(c *Config) { c.Delivery = Documented })
	l := newLink(t, s, "default")
	l.submit(fullPhone)
	l.do("open", nil)
	l.do("continue", nil)
	l.do("code", map[string]any{"code": "000000"})
	l.do("close", nil)
	l.do("sync", nil)
	records, _ := s.Records(0, 1000)
	for _, r := range records {
		first, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var read Record
		if err := json.Unmarshal(first, &read); err != nil {
			t.Fatalf("%v in %s", err, first)
		}
		second, err := json.Marshal(read)
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%v\nfirst  %s\nsecond %s", err, first, second)
		}
	}
	if len(records) < 10 {
		t.Errorf("%d records", len(records))
	}
	var act Act
	if err := json.Unmarshal([]byte(`{"verb":"submit","phone_number":"+14155550011","date_of_birth":"1975-01-18"}`), &act); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(&act); strings.Contains(string(again), "4155550011") || strings.Contains(string(again), "1975") {
		t.Errorf("what somebody wrote into a file is shown: %s", again)
	}
}
