package lint

import (
	"strings"
	"testing"
	"unicode"
)

// What stands in a file reaches no terminal as it is.
func TestWhatAFileSaysIsCleanedAndMasked(t *testing.T) {
	const secret = "4155550123"
	for name, line := range map[string]string{
		"escape in a session":   `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"link","thread":1,"link_session_id":"\u001b]0;owned\u0007\u001b[2J","act":{"verb":"submit","date_of_birth":"x","phone_number":"+1••••••••11"}}`,
		"token for a session":   `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"link","thread":1,"link_session_id":"access-sandbox-4155550123-4155550123","act":{"verb":"submit","date_of_birth":"x","phone_number":"+1••••••••11"}}`,
		"number for a session":  `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"link","thread":1,"link_session_id":"4155550123","act":{"verb":"submit","date_of_birth":"x","phone_number":"+1••••••••11"}}`,
		"plain phone":           `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"link","thread":1,"link_session_id":"s","act":{"verb":"submit","date_of_birth":"x","phone_number":"+14155550123"}}`,
		"free text for a phone": `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"link","thread":1,"link_session_id":"s","act":{"verb":"submit","date_of_birth":"x","phone_number":"call 4155550123\u001b[2J"}}`,
		"kind":                  `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"\u001b[2J\u202e +14155550123 access-sandbox-4155550123"}`,
		"at":                    `{"seq":1,"at":"+14155550123 access-sandbox-4155550123","kind":"note"}`,
		"seq":                   `{"seq":4155550123.5,"at":"2026-04-01T12:00:00Z","kind":"note"}`,
		"public_token":          `{"seq":1,"at":"2026-04-01T12:00:00Z","kind":"call","call":{"path":"/item/public_token/exchange","status":200,"request":{"public_token":"profile-4155550123-4155550123-4155550123-\u001b[2J"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			recording, l := NewRecording(), New(InRecording)
			observations, err := recording.Read([]byte(line))
			said := ""
			if err != nil {
				said = err.Error()
			}
			for _, o := range observations {
				l.Add(o)
			}
			for _, f := range l.Findings() {
				said += f.Handler + "\n" + f.What + "\n"
			}
			said = strings.ReplaceAll(said, "\n", " ")
			if said == "" {
				t.Fatal("nothing is said of it")
			}
			if strings.Contains(said, secret) || strings.ContainsFunc(said, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
				t.Errorf("it says %q", said)
			}
		})
	}
}

func TestSessionsStayApart(t *testing.T) {
	r := NewRecording()
	a, b := r.sessions.of("\x1b[1m"), r.sessions.of("\x1b[2m")
	if a == b || r.sessions.of("\x1b[1m") != a || r.Sessions() != 2 {
		t.Errorf("%q, %q, %d sessions", a, b, r.Sessions())
	}
	const id = "0b6f1d9e-5c1a-4a53-9f0e-3a8d8b1f7c11"
	if got := r.sessions.of(id); got != id {
		t.Errorf("%q", got)
	}
}
