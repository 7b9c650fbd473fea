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
