package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"layersim/flow"
)

// order is what the list shows, from the top.
func (m *Model) order() string {
	var names []string
	for i := range m.count() {
		l := m.laneAt(i)
		_, stands := l.stands()
		names = append(names, l.name()+": "+stands)
	}
	return strings.Join(names, "; ")
}

func (m *Model) mustList(t *testing.T, want string) {
	t.Helper()
	if got := m.order(); got != want {
		t.Errorf("the list is\n%s\nwant\n%s", got, want)
	}
}

func TestTheTokensLaneBecomesTheSessions(t *testing.T) {
	tell := newTeller()
	m := fresh(120, 36).with(tell.token(1, "mia").token(2, "mia"))
	m.mustList(t, "mia: token, no handler; mia: token, no handler")
	m = m.with(tell.act(1, "s1", "create", "created"))
	m.mustList(t, "mia: handler created; mia: token, no handler")
	m.mustShow(t, "1 session 1 token without one", "create", "/session/token/create 200")
	if m.sel.session != "s1" {
		t.Error("the lane that got its session is the newest, and is not followed")
	}
}

func TestATokenThatIsUsedAgainGetsALaneOfItsOwn(t *testing.T) {
	tell := newTeller()
	m := fresh(120, 36).with(tell.token(1, "mia").act(1, "s1", "create", "created").act(1, "s2", "create", "created").act(1, "s1", "submit", "eligible"))
	m.mustList(t, "mia: handler created; mia: ready to open")
	m.mustShow(t, "This link_token had a session before", "/session/token/create 200")
}

func TestSessionsStayApart(t *testing.T) {
	const n = 1000
	tell := newTeller()
	for i := range n {
		tell.token(i+1, fmt.Sprint("user-", i))
	}
	for i := range n {
		tell.act(i+1, fmt.Sprint("s", i), "create", "created")
	}
	for i := range n {
		if i%3 == 0 {
			tell.act(i+1, fmt.Sprint("s", i), "submit", "eligible")
		}
	}
	m := fresh(120, 36).with(tell)
	if sessions, tokens := m.lanes.count(); sessions != n || tokens != 0 {
		t.Fatalf("%d sessions, %d tokens", sessions, tokens)
	}
	for i := range n {
		l, lines, state := m.lanes.bySession[fmt.Sprint("s", i)], 2, "created"
		if i%3 == 0 {
			lines, state = 3, "eligible"
		}
		if l.name() != fmt.Sprint("user-", i) || len(l.lines) != lines || l.state != state {
			t.Fatalf("lane %d: %s, %d lines, %s", i, l.name(), len(l.lines), l.state)
		}
	}
}

func TestWhatBelongsNowhereHasALane(t *testing.T) {
	tell := newTeller()
	m := fresh(120, 36).with(tell.call(0, "", "/transactions/sync", 404, "{}", `{"error_code":"NOT_FOUND","error_message":"not simulated by layersim"}`))
	m.mustList(t, "Other calls: of no link_token")
	m.mustShow(t, "Other calls", "/transactions/sync 404 error NOT_FOUND", "! /transactions/sync 404: NOT_FOUND, not simulated by layersim")
}

func TestHeldEventsAreMarkedUntilTheyAreDelivered(t *testing.T) {
	tell := newTeller().token(1, "mia").act(1, "s", "create", "created").act(1, "s", "open", "consent").
		event(1, "s", flow.EventOpen, "").event(1, "s", "TRANSITION_VIEW", "CONSENT").event(1, "s", "TRANSITION_VIEW", "VERIFY_PHONE")
	m := fresh(120, 36).with(tell)
	m.mustShow(t, "OPEN sent", "TRANSITION_VIEW held CONSENT", "TRANSITION_VIEW held VERIFY_PHONE", "2 events are held back until then", "is held: Link keeps")
	m = m.with(tell.end(1, "s", "exit", ""))
	m.mustShow(t, "TRANSITION_VIEW sent CONSENT") // no longer held, not yet confirmed
	happened := m.sel.lines[4].Callback.Happened
	// The second view is delivered before the first: each finds its own line.
	for _, i := range []int{5, 4} {
		c := *m.sel.lines[i].Callback
		tell.add(Entry{Thread: 1, Session: "s", Callback: &c, Delivered: true})
	}
	m = m.with(tell)
	m.mustShow(t, "TRANSITION_VIEW late 2s VERIFY_PHONE #1", "TRANSITION_VIEW late 4s CONSENT #2 delivered")
	m.press("1", "up").mustShow(t, "It happened at 12:00:06.000 and was delivered at 12:00:08.000, as number 1 of this session.")
	if !m.sel.lines[4].Callback.Happened.Equal(happened) || len(m.sel.lines) != 7 {
		t.Errorf("a delivery has changed more than its line: %d lines", len(m.sel.lines))
	}
}

func TestFollowingTheNewest(t *testing.T) {
	tell := newTeller()
	m := fresh(120, 36).with(tell.token(1, "ann").token(2, "bob"))
	if m.sel.thread != 2 {
		t.Fatalf("lane %d is selected", m.sel.thread)
	}
	m = m.press("j") // whoever goes somewhere stays there
	m = m.with(tell.token(3, "cid"))
	if m.sel.thread != 1 {
		t.Errorf("lane %d is selected; the operator chose the first", m.sel.thread)
	}
	m.mustShow(t, "○ not following")
	m = m.press("f")
	m.mustShow(t, "● following")
	if m.sel.thread != 3 {
		t.Errorf("following, lane %d is selected", m.sel.thread)
	}
	m = m.with(tell.token(4, "dan"))
	if m.sel.thread != 4 {
		t.Errorf("following, lane %d is selected", m.sel.thread)
	}
	m = m.press("f").with(tell.token(5, "eve"))
	if m.sel.thread != 4 {
		t.Errorf("not following, lane %d is selected", m.sel.thread)
	}
}

func TestFilter(t *testing.T) {
	tell := newTeller().sessions()
	m := fresh(120, 36).with(tell).press("/").press(strings.Split("REVIEW two", "")...)
	m.mustList(t, "user-review: Link: review")
	m.mustShow(t, "/REVIEW two", "1 of 12")
	if m.sel.session != "s-review" {
		t.Errorf("%q is selected", m.sel.session)
	}
	m = m.press("enter", "q") // q is a key again, and no letter
	m.mustShow(t, "1 of 12")
	m = m.with(tell.token(50, "review-two-more"))
	m.mustList(t, "review-two-more: token, no handler; user-review: Link: review")
	m = m.press("/").press(strings.Split("zzz", "")...)
	m.mustShow(t, "No lane has these words")
	m = m.press("esc", "/").press(strings.Split("s-whole", "")...) // a link_session_id
	m.mustList(t, "user-whole: identity fetched")
	m = m.press("backspace").press("esc")
	if m.count() != 13 || m.filter != "" {
		t.Errorf("after Esc %d lanes, filter %q", m.count(), m.filter)
	}
}

func TestPrivateValuesAreMaskedUntilOneIsShown(t *testing.T) {
	secrets := []string{"987654321", "4321", "1975-01-18", "0a1b2c3d"}
	m := fresh(200, 50).with(newTeller().sessions()).lookAt(t, whole, "3")
	for _, tab := range []string{"1", "2", "3", "4", "5"} {
		m = m.press(tab)
		m.mustNotShow(t, secrets...)
		m.press("enter").mustNotShow(t, secrets...)
	}
	m = m.press("3", "end", "up", "r")
	m.mustShow(t, "987654321")
	m.mustNotShow(t, "1975-01-18")
	m.press("r").mustNotShow(t, secrets...)
	m.press("up").mustNotShow(t, secrets...)
	m.press("k", "j").mustNotShow(t, secrets...)
	m.press("4", "3").mustNotShow(t, secrets...)
	m.press("tab").mustNotShow(t, secrets...)
	m = m.press("5", "r")
	m.mustShow(t, "access-sandbox-0a1b2c3d-1111-2222-3333-44445555480e")
	m.press("3").mustNotShow(t, secrets...)
}

func TestNothingGrowsWithoutEnd(t *testing.T) {
	tell := newTeller()
	m := fresh(120, 36)
	m = m.with(tell.token(1, "busy").act(1, "s", "create", "created"))
	m = m.press("1", "home") // reads the first line
	for range 3 {
		for range maxLines {
			tell.event(1, "s", "TRANSITION_VIEW", "").call(1, "s", "/accounts/get", 200, "{}", "{}")
		}
		m = m.with(tell)
		m.View()
	}
	l := m.lanes.bySession["s"]
	if len(l.lines) > maxLines*3/2 || len(l.calls) > len(l.lines) || len(l.waiting) > maxLines*3/2 {
		t.Errorf("%d lines, %d calls, %d waiting", len(l.lines), len(l.calls), len(l.waiting))
	}
	if l.left+len(l.lines) != 2+6*maxLines {
		t.Errorf("%d lines and %d that are left out; want %d", len(l.lines), l.left, 2+6*maxLines)
	}
	calls := 0
	for _, n := range l.lines {
		if n.Exchange != nil {
			calls++
		}
	}
	if calls != len(l.calls) {
		t.Errorf("%d calls among the lines, %d on the wire", calls, len(l.calls))
	}
	for i := range 3 * maxLanes {
		tell.token(i+2, "someone").refused(i+2, "", "create", "the link_token is not good")
	}
	m = m.with(tell)
	if len(m.lanes.all) > maxLanes || len(m.lanes.byThread) > maxLanes || m.lanes.gone != 2*maxLanes+1 {
		t.Errorf("%d lanes, %d threads, %d gone", len(m.lanes.all), len(m.lanes.byThread), m.lanes.gone)
	}
	if m.lanes.bySession["s"] == nil {
		t.Error("the lane that is looked at was dropped")
	}
	kept := 0
	for _, l := range m.lanes.all {
		kept += len(l.lines)
	}
	if kept != m.lanes.kept {
		t.Errorf("%d lines are kept, %d are counted", kept, m.lanes.kept)
	}
	m.mustShow(t, "4001 left out")
}

// Whoever reads an entry or a call goes on reading it, whatever comes and goes.
func TestTheCursorStaysOnItsEntry(t *testing.T) {
	tell := newTeller().token(1, "busy").act(1, "s", "create", "created")
	for i := range maxLines {
		tell.call(1, "s", fmt.Sprint("/path/", i), 200, "{}", "{}")
	}
	m := fresh(120, 36).with(tell).press("1", "up", "up")
	wire := m.press("2", "up", "up")
	for i := range maxLines/2 + 10 {
		tell.call(1, "s", fmt.Sprint("/later/", i), 200, "{}", "{}")
	}
	m = m.with(tell)
	if m.sel.left == 0 {
		t.Fatal("nothing was left out, so this test proves nothing")
	}
	m.mustShow(t, "›12:06:40.000 server → /path/397 200")
	wire.sized(120, 36).mustShow(t, "›✓ 200 POST /path/397")
}

func TestItSaysWhatItMissedAndItsClock(t *testing.T) {
	m := fresh(120, 36).with(newTeller().token(1, "mia")).send(Batch{Forgotten: 7, Ahead: 48 * time.Hour})
	m.mustShow(t, "! 7 entries missed", "! its clock 2026-03-09 12:05", "2 days")
}
