package lint

import (
	"fmt"
	"testing"
)

// However long an app is watched: what is remembered of its sessions is bounded,
// those that ended first go first, and how many went is said.
func TestNamesOfSessionsAreBounded(t *testing.T) {
	r := NewRecording()
	seq := 0
	read := func(id, kind, rest string) {
		t.Helper()
		seq++
		line := fmt.Sprintf(`{"seq":%d,"at":"2026-04-01T12:00:00Z","kind":%q,"thread":1,"link_session_id":%q,%s}`, seq, kind, id, rest)
		if _, err := r.Read([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	const unnamed = "+14155550199" // which is shown by another name
	begin := func(id string) { read(id, "link", `"act":{"verb":"create"}`) }
	end := func(id string) { read(id, "delivered", `"callback":{"type":"exit"}`) }
	const ids, over = 3 * mostKnown, mostKnown
	id := func(i int) string { return fmt.Sprintf("session-%d", i) }
	begin(unnamed) // the very first never ends
	begin(id(0))
	end(id(0))
	if !r.sessions.called[id(0)].over || r.sessions.called[unnamed].over {
		t.Fatal("onExit is not taken for the end of its session, or for another's")
	}
	first := r.sessions.called[unnamed].name
	for i := range ids {
		r.sessions.of(id(i))
		if i%2 == 0 { // and some others do not either
			r.sessions.end(id(i))
		}
		if i == over {
			if _, known := r.sessions.called[unnamed]; !known {
				t.Fatal("a session that goes on is forgotten before those that have ended")
			}
			if got := r.sessions.of(unnamed); got != first {
				t.Fatalf("the first is now called %q", got)
			}
		}
		if n := len(r.sessions.called); n > mostKnown {
			t.Fatalf("%d sessions are remembered", n)
		}
		if len(r.sessions.begun) > 2*mostKnown || len(r.sessions.ended) > mostKnown {
			t.Fatalf("%d and %d ids are kept", len(r.sessions.begun), len(r.sessions.ended))
		}
	}
	if got, want := r.LetGo(), ids+1-mostKnown; r.Sessions() != ids+1 || got != want {
		t.Errorf("%d sessions, %d let go of; want %d and %d", r.Sessions(), got, ids+1, want)
	}
	// What the simulator has forgotten itself is not left out.
	seq++
	if _, err := r.Read(fmt.Appendf(nil, `{"seq":%d,"at":"2026-04-01T12:00:00Z","kind":"note","note":"reset","reset":true}`, seq)); err != nil {
		t.Fatal(err)
	}
	if len(r.sessions.called) != 0 || r.LetGo() != ids+1-mostKnown {
		t.Errorf("after a reset %d are remembered, %d let go of", len(r.sessions.called), r.LetGo())
	}
}
