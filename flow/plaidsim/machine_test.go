package plaidsim

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"layersim/fixtures"
	"layersim/flow"
)

// The sequences of Plaid's documentation, to the letter; SUBMIT_OTP where the
// code was typed, which the documented success (silent authentication) omits.
func TestSequences(t *testing.T) {
	wrong := object{"code": "000000"}
	tests := []struct {
		name     string
		template string
		walk     func(l *link)
		state    string
		want     []string
	}{
		{"success", "default", func(l *link) {
			l.review(fullPhone)
			l.do("share", nil)
		}, "done", []string{
			"LAYER_READY", "OPEN", "TV:CONSENT", "TV:VERIFY_PHONE", "SUBMIT_OTP", "TV:PROFILE_DATA_REVIEW", "VERIFY_PHONE",
			"HANDOFF", "onSuccess",
		}},
		{"silent authentication", "default", func(l *link) {
			l.submit(silentPhone)
			l.do("open", nil)
			l.do("continue", nil)
			l.do("verified", nil)
			l.do("share", nil)
		}, "done", []string{
			"LAYER_READY", "OPEN", "TV:CONSENT", "TV:VERIFY_PHONE", "TV:PROFILE_DATA_REVIEW", "VERIFY_PHONE", "HANDOFF", "onSuccess",
		}},
		{"three wrong codes", "default", func(l *link) {
			l.submit(fullPhone)
			l.do("open", nil)
			l.do("continue", nil)
			for range 3 {
				l.do("code", object{"code": wrong["code"]})
			}
		}, "exited", []string{
			"LAYER_READY", "OPEN", "TV:CONSENT", "TV:VERIFY_PHONE", "SUBMIT_OTP", "ERROR INVALID_OTP", "SUBMIT_OTP", "ERROR INVALID_OTP",
			"SUBMIT_OTP", "TV:ERROR", "ERROR PROFILE_AUTHENTICATION_FAILED", "EXIT PROFILE_AUTHENTICATION_FAILED",
			"onExit PROFILE_AUTHENTICATION_FAILED",
		}},
		{"two wrong codes, then the right one", "default", func(l *link) {
			l.submit(fullPhone)
			l.do("open", nil)
			l.do("continue", nil)
			l.do("code", object{"code": "000000"})
			l.do("code", object{"code": "000000"})
			l.do("code", object{"code": "123456"})
		}, "review", []string{
			"LAYER_READY", "OPEN", "TV:CONSENT", "TV:VERIFY_PHONE", "SUBMIT_OTP", "ERROR INVALID_OTP", "SUBMIT_OTP", "ERROR INVALID_OTP",
			"SUBMIT_OTP", "TV:PROFILE_DATA_REVIEW", "VERIFY_PHONE",
		}},
		{"ineligible", "default", func(l *link) {
			l.submit("415-555-0012")
			l.do("submit", object{"date_of_birth": "1975-01-18"})
		}, "ineligible", []string{"LAYER_NOT_AVAILABLE", "LAYER_AUTOFILL_NOT_AVAILABLE"}},
		{"autofill", "default", func(l *link) {
			l.submit("515-555-0016")
			l.do("submit", object{"date_of_birth": "1975-01-18"})
		}, "eligible", []string{"LAYER_NOT_AVAILABLE", "LAYER_READY"}},
		{"a date of birth again", "default", func(l *link) {
			l.submit("515-555-0016")
			l.do("submit", object{"date_of_birth": "1975-01-18"})
			l.do("submit", object{"date_of_birth": "1975-01-18"})
		}, "eligible", []string{"LAYER_NOT_AVAILABLE", "LAYER_READY", "LAYER_READY"}},
		{"another date of birth", "default", func(l *link) {
			l.submit("515-555-0016")
			l.do("submit", object{"date_of_birth": "1980-01-01"})
		}, "ineligible", []string{"LAYER_NOT_AVAILABLE", "LAYER_AUTOFILL_NOT_AVAILABLE"}},
		{"autofill without a bank where accounts are required", "accounts-required", func(l *link) {
			l.submit("415-555-0000")
			l.do("submit", object{"date_of_birth": "1975-01-18"})
		}, "ineligible", []string{"LAYER_NOT_AVAILABLE", "LAYER_AUTOFILL_NOT_AVAILABLE"}},
		{"a number nobody has", "default", func(l *link) {
			l.submit("+14155550123")
			l.do("submit", object{"date_of_birth": "1975-01-18"})
		}, "ineligible", []string{"LAYER_NOT_AVAILABLE", "LAYER_AUTOFILL_NOT_AVAILABLE"}},
		{"a number abroad", "default", func(l *link) { l.submit("+44 20 7946 0958") }, "need_dob", []string{"LAYER_NOT_AVAILABLE"}},
		{"closed at consent", "default", func(l *link) {
			l.submit(fullPhone)
			l.do("open", nil)
			l.do("close", nil)
		}, "exited", []string{"LAYER_READY", "OPEN", "TV:CONSENT", "EXIT", "onExit"}},
		{"the app exits at review", "default", func(l *link) {
			l.review(fullPhone)
			l.do("exit", object{"force": true})
		}, "exited", []string{
			"LAYER_READY", "OPEN", "TV:CONSENT", "TV:VERIFY_PHONE", "SUBMIT_OTP", "TV:PROFILE_DATA_REVIEW", "VERIFY_PHONE", "EXIT", "onExit",
		}},
		{"opened too early", "default", func(l *link) { l.do("open", nil) }, "exited", []string{"EXIT MISSING_FIELDS", "onExit MISSING_FIELDS"}},
		{"a second phone number", "default", func(l *link) {
			l.submit("415-555-0012")
			l.submit(fullPhone)
		}, "eligible", []string{"LAYER_NOT_AVAILABLE", "LAYER_READY"}},
		{"the same phone number twice", "default", func(l *link) {
			l.submit(fullPhone)
			l.submit(fullPhone)
		}, "eligible", []string{"LAYER_READY", "LAYER_READY"}},
		{"a second phone number that is not eligible", "default", func(l *link) {
			l.submit(fullPhone)
			l.submit("415-555-0012")
			l.do("open", nil)
		}, "exited", []string{"LAYER_READY", "LAYER_NOT_AVAILABLE", "EXIT MISSING_FIELDS", "onExit MISSING_FIELDS"}},
		{"opened when not eligible", "default", func(l *link) {
			l.submit("415-555-0000")
			l.do("open", nil)
			l.do("close", nil)
		}, "exited", []string{"LAYER_NOT_AVAILABLE", "EXIT MISSING_FIELDS", "onExit MISSING_FIELDS"}},
		{"a date of birth before it is asked for", "default", func(l *link) {
			l.do("submit", object{"date_of_birth": "1975-01-18"})
			l.submit("515-555-0016")
			l.do("submit", object{"date_of_birth": "1975-01-18"})
		}, "eligible", []string{"LAYER_NOT_AVAILABLE", "LAYER_READY"}},
		{"a date of birth that is none, then the right one", "default", func(l *link) {
			l.submit("515-555-0016")
			for _, dob := range []string{"01/18/1975", "1975-1-18", "1975-02-30", "19750118", "1975-01-18T00:00:00Z"} {
				l.do("submit", object{"date_of_birth": dob})
			}
			l.do("submit", object{"date_of_birth": "1975-01-18"})
		}, "eligible", []string{"LAYER_NOT_AVAILABLE", "LAYER_READY"}},
		{"opened twice", "default", func(l *link) {
			l.submit(fullPhone)
			l.do("open", nil)
			l.do("open", nil)
			l.submit(guidePhone)
		}, "consent", []string{"LAYER_READY", "OPEN", "TV:CONSENT"}},
		{"a code where none was sent", "default", func(l *link) {
			l.submit(silentPhone)
			l.do("open", nil)
			l.do("continue", nil)
			l.do("code", object{"code": "123456"})
		}, "verify_phone", []string{"LAYER_READY", "OPEN", "TV:CONSENT", "TV:VERIFY_PHONE"}},
		{"the network says nothing of a phone with a code", "default", func(l *link) {
			l.submit(fullPhone)
			l.do("open", nil)
			l.do("continue", nil)
			l.do("verified", nil)
		}, "verify_phone", []string{"LAYER_READY", "OPEN", "TV:CONSENT", "TV:VERIFY_PHONE"}},
		{"nothing comes after the end", "default", func(l *link) {
			l.review(fullPhone)
			l.do("share", nil)
			for _, verb := range slices.Sorted(maps.Keys(verbs)) {
				l.do(verb, object{"phone_number": fullPhone, "code": "123456", "institution": plainBank})
			}
		}, "done", after("HANDOFF", "onSuccess")},
		{"both fields at once", "default", func(l *link) {
			l.do("submit", object{"phone_number": "515-555-0016", "date_of_birth": "1975-01-18"})
		}, "need_dob", []string{"LAYER_NOT_AVAILABLE"}},
	}
	for _, tt := range tests {
		inEachDelivery(t, tt.name, tt.template, tt.walk, tt.state, tt.want)
	}
}

// inEachDelivery walks once for each way to deliver events, and looks whether
// the app is told of them as that way promises.
func inEachDelivery(t *testing.T, name, template string, walk func(*link), state string, want []string) {
	t.Helper()
	for _, delivery := range []Delivery{Documented, Shuffled, Live} {
		t.Run(name+", "+string(delivery), func(t *testing.T) {
			l := newLink(t, newSim(t, func(c *Config) { c.Delivery = delivery }), template)
			walk(l)
			if l.last["state"] != state {
				t.Errorf("state %v, want %v", l.last["state"], state)
			}
			wellFormed(t, l)
			switch delivery {
			case Live:
				same(t, l.names(), want)
			case Documented:
				held(t, l, want)
				inOrder(t, l)
			default:
				held(t, l, want)
			}
		})
	}
}

// held checks the documented delivery: OPEN and LAYER_* at once and in order,
// the rest only at the end, in any order, which the timestamps restore.
func held(t *testing.T, l *link, want []string) {
	t.Helper()
	ended := strings.HasPrefix(want[len(want)-1], "on")
	got := l.names()
	if !ended {
		same(t, got, slices.DeleteFunc(slices.Clone(want), func(n string) bool { return !atOnce(n) }))
		return
	}
	last := len(got) - 1
	if len(got) != len(want) || got[last] != want[last] {
		t.Fatalf("got %q, want the things in %q", got, want)
	}
	now := slices.DeleteFunc(slices.Clone(want), func(n string) bool { return !atOnce(n) })
	same(t, got[:len(now)], now)

	events := slices.Clone(l.calls[:last])
	slices.SortStableFunc(events, func(a, b object) int {
		return strings.Compare(text(a, "metadata", "timestamp"), text(b, "metadata", "timestamp"))
	})
	sorted := &link{calls: append(events, l.calls[last])}
	same(t, sorted.names(), want)
}

// inOrder checks that what was held comes in the order in which it happened.
func inOrder(t *testing.T, l *link) {
	t.Helper()
	last := ""
	for _, c := range l.calls {
		at := text(c, "metadata", "timestamp")
		if atOnce(text(c, "name")) || c["kind"] != "event" {
			continue
		}
		if at <= last {
			t.Errorf("%s at %s came after what happened at %s: %q", c["name"], at, last, l.names())
		}
		last = at
	}
}

// atOnce says of which events the documentation promises it.
func atOnce(name string) bool { return name == "OPEN" || strings.HasPrefix(name, "LAYER_") }

func TestHeldEventsAreShuffledBySeed(t *testing.T) {
	order := func(seed uint64) string {
		l := newLink(t, newSim(t, func(c *Config) { c.Delivery, c.Seed = Shuffled, seed }), "default")
		l.review(fullPhone)
		l.do("share", nil)
		return strings.Join(l.names(), " ")
	}
	if first, second := order(1), order(1); first != second {
		t.Error("one seed, two orders")
	}
	orders := map[string]bool{}
	for seed := range uint64(10) {
		orders[order(seed)] = true
	}
	if len(orders) < 3 {
		t.Errorf("ten seeds give %d orders", len(orders))
	}
}

func TestRefused(t *testing.T) {
	nothing := func(*link) {}
	tests := []struct {
		name   string
		before func(l *link)
		verb   string
		body   object
		state  string
		says   string
	}{
		{"date of birth first", nothing, "submit", object{"date_of_birth": "1975-01-18"}, "created", "LAYER_NOT_AVAILABLE"},
		{"nothing submitted", nothing, "submit", object{}, "created", "phone_number or date_of_birth"},
		{"no phone number", nothing, "submit", object{"phone_number": "call me"}, "created", "phone_number"},
		{"a date of another form", func(l *link) { l.submit("5155550016") }, "submit", object{"date_of_birth": "01/18/1975"}, "need_dob", "YYYY-MM-DD"},
		{"continue before open", func(l *link) { l.submit(fullPhone) }, "continue", nil, "eligible", "button"},
		{"code before continue", nothing, "code", object{"code": "123456"}, "created", "code"},
		{"share before review", nothing, "share", nil, "created", "review"},
		{"exit before open", func(l *link) { l.submit(fullPhone) }, "exit", object{"force": true}, "eligible", "not open"},
		{"open twice", func(l *link) { l.review(fullPhone) }, "open", nil, "review", "open already"},
		{"submit while open", func(l *link) { l.review(fullPhone) }, "submit", object{"phone_number": guidePhone}, "review", "open already"},
		{"open after the end", func(l *link) { l.review(fullPhone); l.do("close", nil) }, "open", nil, "exited", "ended"},
		{"submit after the end", func(l *link) { l.review(fullPhone); l.do("share", nil) }, "submit", object{"phone_number": guidePhone}, "done", "ended"},
		{"a field that is not shown", func(l *link) { l.review(fullPhone) }, "share", object{"values": object{"shoe_size": "44"}}, "review", "shoe_size"},
		{"an account that is not shown", func(l *link) { l.review(fullPhone) }, "share", object{"accounts": []string{"x"}}, "review", "account"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLink(t, newSim(t), "default")
			tt.before(l)
			calls := len(l.calls)
			o := l.do(tt.verb, tt.body)
			if o["state"] != tt.state || !strings.Contains(text(o, "refused"), tt.says) || len(l.calls) != calls {
				t.Errorf("state %v, refused %q, %d callbacks; want %s, %q, none", o["state"], o["refused"], len(l.calls)-calls, tt.state, tt.says)
			}
		})
	}
}

func TestPanes(t *testing.T) {
	l := newLink(t, newSim(t), "default")
	if l.submit(fullPhone)["pane"] != nil {
		t.Error("a pane before open")
	}
	p := l.do("open", nil)["pane"]
	if text(p, "view") != "CONSENT" || text(p, "button") != "Continue" {
		t.Errorf("consent: %v", p)
	}
	p = l.do("continue", nil)["pane"]
	if text(p, "view") != "VERIFY_PHONE" || text(p, "button") != "" || at(p, "attempts_left") != 3.0 ||
		!strings.Contains(text(p, "text"), "••0011") || strings.Contains(text(p, "text"), "415555") {
		t.Errorf("code: %v", p)
	}
	p = l.do("code", object{"code": "111111"})["pane"]
	if text(p, "notice") == "" || at(p, "attempts_left") != 2.0 {
		t.Errorf("wrong code: %v", p)
	}
	l.do("code", object{"code": "111111"})
	p = l.do("code", object{"code": "111111"})["pane"]
	if text(p, "view") != "ERROR" || text(p, "button") != "Close" {
		t.Errorf("error: %v", p)
	}
	o := l.do("close", nil)
	if o["pane"] != nil || o["refused"] != nil || len(l.calls) != 13 {
		t.Errorf("after close: %v", o)
	}
}

// Numbers outside +1 are never eligible, whatever Plaid holds.
func TestNumbersAbroadAreNeverEligible(t *testing.T) {
	s := newSim(t, func(c *Config) {
		twin, _ := c.Catalog.PersonaByPhone(flow.NewPhoneNumber(fullPhone))
		twin.Phone = flow.NewPhoneNumber("+442079460958")
		twin.Autofill = &fixtures.Autofill{DateOfBirth: "1975-01-18", Profile: twin.Profile, Banks: twin.Banks}
		c.Catalog.Personas = append(c.Catalog.Personas, twin)
	})
	l := newLink(t, s, "default")
	if o := l.submit("+44 20 7946 0958"); o["state"] != "need_dob" || !strings.Contains(text(o, "why"), "+1") {
		t.Errorf("%v", o)
	}
	if o := l.do("submit", object{"date_of_birth": "1975-01-18"}); o["state"] != "ineligible" {
		t.Errorf("%v", o)
	}
}

// A second client goes on where the first stopped, and callbacks come until
// they are acknowledged.
func TestResume(t *testing.T) {
	s := newSim(t)
	token := createToken(t, s, "default")
	l := linkFor(t, s, token)
	l.submit(fullPhone)
	_, o := post(t, s, "/link/session/"+l.key+"/sync", object{})
	if n := len(o["callbacks"].([]any)); n != 1 {
		t.Errorf("%d callbacks before the ack", n)
	}
	l.do("open", nil)
	l.do("sync", nil)
	status, o := post(t, s, "/link/session", object{"token": token, "resume": l.key})
	if status != 200 || o["session"] != l.key || o["state"] != "consent" || text(o, "pane", "view") != "CONSENT" || len(o["callbacks"].([]any)) != 0 {
		t.Errorf("resumed: %d %v", status, o)
	}
	if status, o = post(t, s, "/link/session", object{"token": createToken(t, s, "default"), "resume": l.key}); status != 400 || o["error_code"] != "INVALID_LINK_TOKEN" {
		t.Errorf("with another token: %d %v", status, o)
	}
	second := linkFor(t, s, token)
	if second.key == l.key || second.id == l.id {
		t.Error("one token, two creates, one session")
	}
}

func TestLinkTokenExpires(t *testing.T) {
	s := newSim(t)
	token := createToken(t, s, "default")
	early, open := linkFor(t, s, token), linkFor(t, s, token)
	open.submit(fullPhone)
	open.do("open", nil)
	s.Advance(4*time.Hour - time.Millisecond)
	late := linkFor(t, s, token)
	s.Advance(time.Millisecond)
	if status, o := post(t, s, "/link/session", object{"token": token}); status != 400 || o["error_type"] != "INVALID_INPUT" || o["error_code"] != "INVALID_LINK_TOKEN" {
		t.Errorf("create: %d %v", status, o)
	}
	early.submit(fullPhone)
	same(t, early.names(), []string{"EXIT INVALID_LINK_TOKEN", "onExit INVALID_LINK_TOKEN"})
	late.do("open", nil)
	same(t, late.names(), []string{"EXIT INVALID_LINK_TOKEN", "onExit INVALID_LINK_TOKEN"})
	if o := open.do("continue", nil); o["state"] != "verify_phone" {
		t.Errorf("a session that was open: %v", o)
	}
}
