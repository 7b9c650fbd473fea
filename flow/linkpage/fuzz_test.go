package linkpage

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"layersim/flow"
)

// Whatever a page sends, nothing of it that reaches the walk can harm a
// terminal or a recording.
func FuzzPageMessage(f *testing.F) {
	for _, seed := range []string{
		`{"kind":"hello","instance":"a"}`,
		`{"kind":"load","seq":1,"handler":1}`,
		`{"kind":"event","seq":1,"handler":1,"name":"OPEN","metadata":{"timestamp":"2026-01-02T03:04:05.678Z","x":[1e999,{"\u001b":"\u001b[0m"}]}}`,
		`{"kind":"success","seq":1,"handler":1,"public_token":"profile-sandbox-1","metadata":{"accounts":[{"mask":"0000"}]}}`,
		`{"kind":"exit","seq":1,"handler":1,"error":{"error_code":"X","display_message":"\u202e"},"metadata":null}`,
		`{"kind":"did","seq":1,"handler":1,"n":1,"failure":"x"}`,
		`{"kind":"event","seq":1,"handler":1,"name":"OPEN","after":3,"instance":"a","metadata":null}`,
		`{"kind":"trouble","seq":1,"reason":"link-sandbox-00000000-0000-4000-8000-000000000000 987-65-4321"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if instance, err := parseHello(data); err == nil && (instance == "" || len(instance) > maxInstance) {
			t.Errorf("instance %q", instance)
		}
		m, err := parseMessage(data)
		if err != nil {
			return
		}
		event, err := m.event(true, time.Unix(0, 0))
		if err != nil {
			return
		}
		var texts []string
		keep := func(m flow.Metadata) {
			texts = append(texts, m.ViewName, m.ErrorType, m.ErrorCode, m.ErrorMessage, m.ExitStatus, m.LinkSessionID, m.RequestID, m.Raw)
			if m.Raw != "" && !json.Valid([]byte(m.Raw)) {
				t.Errorf("Raw is not JSON: %q", m.Raw)
			}
		}
		switch e := event.(type) {
		case flow.OnEvent:
			texts = append(texts, e.Name)
			keep(e.Metadata)
		case flow.OnSuccess:
			texts = append(texts, e.PublicToken.Reveal())
			keep(e.Metadata)
		case flow.OnExit:
			texts = append(texts, e.Failure.Type, e.Failure.Code, e.Failure.Message, e.Failure.DisplayMessage)
			keep(e.Metadata)
		case flow.PageTrouble:
			texts = append(texts, e.Reason)
		}
		for _, text := range texts {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
				t.Errorf("%T carries %q", event, text)
			}
		}
	})
}

// Whatever tabs send, in whatever order: a number is taken once and in its
// order, a call that nobody asked for is never made, one that was made stays so,
// and whoever waits for it is told once.
func FuzzBridge(f *testing.F) {
	for _, seed := range []string{
		`{"kind":"did","seq":1,"handler":1,"n":1}` + "\n" + `{"kind":"load","seq":2,"handler":1}` + "\n" + `{"kind":"did","seq":3,"handler":1,"n":2}`,
		`{"kind":"did","seq":1,"handler":1,"n":3,"failure":"x"}` + "\n" + `{"kind":"did","seq":2,"handler":1,"n":3}`,
		`{"kind":"event","seq":1,"handler":1,"name":"LAYER_READY","after":2}` + "\n" + `{"kind":"event","seq":1,"handler":1,"name":"LAYER_READY","after":9,"instance":"old"}`,
		`{"kind":"success","seq":1,"handler":1,"instance":"old","public_token":"x"}` + "\n" + `{"kind":"exit","seq":9,"handler":1,"instance":"old"}`,
		`{"kind":"event","seq":1,"handler":1,"name":"X","instance":"new"}` + "\n" + `{"kind":"did","seq":1,"handler":2,"n":9}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		emitted := 0
		p := New(Options{Now: func() time.Time { return time.Unix(0, 0) }, Emit: func(flow.Event) { emitted++ }})
		p.known[1] = true
		list := &calls{handler: 1}
		p.stage = stage{handler: 1, calls: list}
		p.want(list, call{kind: callCreate})
		p.want(list, call{kind: callSubmit})
		p.want(list, call{kind: callOpen})
		old, _ := p.tabs.join("old")
		now, _ := p.tabs.join("now")
		later, _ := p.tabs.join("new")
		taken, wasDone := 0, map[int]bool{}
		for line := range strings.Lines(string(data)) {
			before := old.tab.last + now.tab.last
			p.take(now, []byte(line))
			switch step := old.tab.last + now.tab.last - before; step {
			case 0:
			case 1:
				taken++
			default:
				t.Fatalf("%q took %d numbers", line, step)
			}
			for _, one := range list.all {
				if wasDone[one.n] && !one.done {
					t.Errorf("call %d is not made any more", one.n)
				}
				wasDone[one.n] = one.done
				if one.done != (len(one.result) == 1) {
					t.Errorf("call %d: done %v, %d results", one.n, one.done, len(one.result))
				}
			}
			if _, err := json.Marshal(p.stage.message()); err != nil {
				t.Error(err)
			}
			p.news(now)
		}
		if later.tab.last != 0 {
			t.Error("a tab spoke for one that came later")
		}
		if len(list.all) != 3 || emitted > taken {
			t.Errorf("%d calls, %d events of %d messages", len(list.all), emitted, taken)
		}
	})
}
