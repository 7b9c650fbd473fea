package plaidsim

import (
	"slices"
	"strings"
	"testing"
)

func TestParseDelivery(t *testing.T) {
	for _, name := range []string{"documented", "shuffled", "live"} {
		if d, err := ParseDelivery(name); err != nil || string(d) != name {
			t.Errorf("%s: %q, %v", name, d, err)
		}
	}
	if _, err := ParseDelivery("later"); err == nil || !strings.Contains(err.Error(), "documented, shuffled and live") {
		t.Errorf("later: %v", err)
	}
}

// The order in which one session's events are shuffled depends on the seed and
// the session, not on what others do meanwhile.
func TestOthersDoNotChangeTheOrder(t *testing.T) {
	order := func(others int) []string {
		s := newSim(t, func(c *Config) { c.Delivery = Shuffled })
		l := newLink(t, s, "default")
		var crowd []*link
		for range others {
			crowd = append(crowd, newLink(t, s, "default"))
		}
		for _, c := range crowd {
			c.review(guidePhone)
		}
		l.review(fullPhone)
		for _, c := range crowd {
			c.do("share", nil)
		}
		l.do("share", nil)
		return l.names()
	}
	alone := order(0)
	if among := order(5); !slices.Equal(alone, among) {
		t.Errorf("alone      %q\namong five %q", alone, among)
	}
}

// What the journal says of each callback: when it happened and when the app was
// told, in every way of delivery.
func TestJournalKnowsBothTimes(t *testing.T) {
	for _, delivery := range []Delivery{Documented, Shuffled, Live} {
		t.Run(string(delivery), func(t *testing.T) {
			s := newSim(t, func(c *Config) { c.Delivery = delivery })
			l := newLink(t, s, "default")
			l.submit(fullPhone)
			for _, verb := range []string{"open", "continue", "code", "share", "sync"} {
				s.Advance(1000)
				l.do(verb, object{"code": "123456"})
			}
			records, _ := s.Records(0, 1000)
			happened := map[string]bool{}
			told := 0
			for _, r := range records {
				switch r.Kind {
				case KindCallback:
					happened[r.Callback.Name+r.Callback.Happened.String()] = true
				case KindDelivered:
					told++
					if !happened[r.Callback.Name+r.Callback.Happened.String()] {
						t.Errorf("%s was told and never happened", r.Callback.Name)
					}
				default:
				}
			}
			if told != len(happened) || told != len(l.calls) {
				t.Errorf("%d happened, %d were told, the app has %d", len(happened), told, len(l.calls))
			}
		})
	}
}
