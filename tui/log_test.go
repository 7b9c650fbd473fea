package tui

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/flow/journal"
)

// onboard walks to the end, with the log in focus.
func (w *world) onboard() {
	w.t.Helper()
	w.submit("4155550011")
	w.untilReview()
	w.press("enter")
	w.stands(flow.PhaseOnboarded)
	for range 3 {
		w.press("tab")
	}
}

// columnOf returns which lane of the log a text stands in, -1 if it is in none.
func (w *world) columnOf(text string) int {
	w.t.Helper()
	for line := range strings.SplitSeq(w.screen(), "\n") {
		if !strings.HasPrefix(line, "┃") {
			continue
		}
		line = strings.Trim(line, "┃")
		if before, _, found := strings.Cut(line, text); found {
			return strings.Count(before, "│") - 1
		}
	}
	w.t.Fatalf("the screen does not show %q:\n%s", text, w.screen())
	return -1
}

// Where there is room, a room full of people sees who acts.
func TestLogInLanes(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.submit("4155550011")
		w.sees("you and your app", "your server ↔ Plaid")
		w.seesNot("│ webhooks") // there was none yet
	})
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.onboard()
		w.seesNot("you and your app") // beside the inspector there is no room
		w.press("z")
		w.sees("you and your app", "Link SDK and its page", "your server ↔ Plaid", "│ webhooks")
		w.event(flow.WebhookReceived{At: flow.At(time.Now()), Code: "SESSION_FINISHED", Reason: "no signature"})
		w.event(flow.AppDid{At: flow.At(time.Now()), Deed: flow.DeedActedOnEvent, Because: flow.EventLayerReady})
		w.event(flow.PageConnected{At: flow.At(time.Now()), Tab: 7})
		for text, lane := range map[string]int{
			"ask for a link_token": 0, "phone number entered": 0, "app acted on event": 0, "LAYER_READY": 1, "onSuccess": 1, "page tab 7 connected": 1,
			"POST /session/token/create 200": 2, "session received": 2, "SESSION_FINISHED": 3,
		} {
			if got := w.columnOf(text); got != lane {
				t.Errorf("%q stands in lane %d, want %d:\n%s", text, got, lane, w.screen())
			}
		}
		w.program.Send(tea.WindowSizeMsg{Width: 114, Height: 50}) // there is less room, names run over the lanes to their right
		w.press("home")
		w.sees("POST /session/token/create 200", "ask for a link_token", "TRANSITION_VIEW PROFILE_DATA_REVIEW", "typed the code")
		w.program.Send(tea.WindowSizeMsg{Width: 100, Height: 40})
		w.press("end")
		w.sees("webhook   SESSION_FINISHED")
		w.seesNot("you and your app")
	})
}

// An event that Link held back says so, in every form of the log.
func TestLogShowsWhatCameLate(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.begin()
		w.event(flow.OnEvent{At: flow.At(time.Now()), HandlerID: 1, Name: "SEARCHED", Metadata: flow.Metadata{Timestamp: time.Now().Add(-3 * time.Second)}})
		w.sees("SEARCHED held 3s")
		w.press("shift+tab", "space")
		w.sees("Entry", "happened at", "3s late: Link held it back")
	})
}

// Space opens what is under the cursor: all of it, masked.
func TestAnEntryOpens(t *testing.T) {
	inBubble(t, setting{width: 120, height: 40}, func(w *world) {
		w.onboard()
		w.press("/")
		w.typeText("event:layer_ready")
		w.press("enter")
		w.sees("1 of ", "event:layer_ready")
		w.press("space")
		w.sees("LAYER_READY", "happened at:", "delivered at:", "phase: eligibility → ready", "link_session_id:", "request_id:",
			`"view_name": null`, "phone number entered: the submit that this event answers", "open Link: opens what this event made ready")
		w.press("right") // the only one that the filter shows
		w.sees("happened at:")
		w.press(",")
		w.sees("phone number entered", "led to: handler.submit() with phone_number", "+1••••••••11")
		w.seesNot("4155550011")
		w.press("right")
		w.sees("LAYER_READY", "the walk went on")
		w.press("left", "left")
		w.sees("create() returned")
		w.press("esc")
		w.sees("create() returned", "Identity")
	})
}

// A call has its request and its answer.
func TestAnOpenCall(t *testing.T) {
	inBubble(t, setting{width: 120, height: 50}, func(w *world) {
		w.onboard()
		w.press("/")
		w.typeText("post session/get")
		w.press("enter", "space")
		w.sees("Request", "Plaid-Secret: ••••", "profile-sandbox-••••", "Answer ✓ HTTP 200", `"identity": {`)
		w.press("/")
		w.typeText("last_name")
		w.press("enter")
		w.sees("identity.name.last_name")
		w.event(flow.PageTrouble{At: flow.At(time.Now()), Reason: "meanwhile"})
		w.sees("identity.name.last_name", "of 36") // what happens meanwhile moves nothing
		w.press("up", "up", "space")
		w.seesNot(`"first_name"`)
		w.sees(`"name": {`)
	})
}

// What was copied is all of the entry, as JSON.
func TestAnEntryIsCopiedAsJSON(t *testing.T) {
	inBubble(t, setting{width: 120, height: 40}, func(w *world) {
		w.onboard()
		w.press("/")
		w.typeText("LAYER_READY opens")
		w.press("esc", "/")
		w.typeText("event:layer_ready")
		w.press("enter")
		for _, keys := range [][]string{{"y"}, {"space", "y"}, {"Y"}} {
			w.press(keys...)
			var entry struct {
				Name        string
				PhaseBefore string `json:"phase_before"`
				Event       struct{ Metadata map[string]any }
			}
			if err := json.Unmarshal([]byte(w.model().board.text), &entry); err != nil || entry.Name != "LAYER_READY" || entry.PhaseBefore != "eligibility" {
				t.Fatalf("copied %v %+v: %s", err, entry, w.model().board.text)
			}
			if session, ok := entry.Event.Metadata["link_session_id"].(string); !ok || session == "" {
				t.Errorf("no link_session_id in %s", w.model().board.text)
			}
		}
	})
}

// The chain from the token to the identity can be followed with one key.
func TestWhatBelongsTogether(t *testing.T) {
	inBubble(t, setting{width: 120, height: 40}, func(w *world) {
		w.onboard()
		w.press("home")
		var way []string
		for range 40 {
			way = append(way, journal.Name(w.model().journal.At(w.model().logAt()).Event))
			w.press(".")
		}
		w.sees("Nothing follows from this entry")
		for _, name := range []string{"ask for a link_token", "link_token received", "create the handler", "phone number entered", "LAYER_READY", "open Link", "HANDOFF", "onSuccess", "session received", "accounts received"} {
			if !strings.Contains(strings.Join(way, "\n"), name) {
				t.Errorf("the way does not lead over %q:\n%s", name, strings.Join(way, "\n"))
			}
		}
		for range 40 {
			w.press(",")
		}
		w.sees("This entry comes from no other")
		if at := w.model().logAt(); at != 0 {
			t.Errorf("the way back ends at entry %d", at)
		}
		// From an open entry, Enter goes to the one under the cursor.
		w.press("space", "down", "down", "down", "down", "down", "down")
		w.sees("Enter go there")
		w.press("enter")
		w.sees("Entry 2 of", "Answer ✓ HTTP 200")
		w.press("home", "enter")
		w.sees("◂ 2 of")
	})
}

func TestMarks(t *testing.T) {
	inBubble(t, setting{width: 120, height: 40}, func(w *world) {
		w.onboard()
		w.press("home", "m", "down", "down", "down", "m", "end", "m")
		if n := strings.Count(w.screen(), "◆"); n < 1 {
			t.Fatalf("%d marks are seen:\n%s", n, w.screen())
		}
		var seen []int
		for range 4 {
			w.press("'")
			seen = append(seen, w.model().logAt())
		}
		last := w.model().journal.Len() - 1
		if want := []int{0, 3, last, 0}; fmt.Sprint(seen) != fmt.Sprint(want) {
			t.Errorf("the marks are at %v, want %v", seen, want)
		}
		w.press("/")
		w.typeText("marked")
		w.press("enter")
		w.sees("3 of ")
		w.press("home", "m")
		w.sees("2 of ")
		w.press("space")
		w.sees("◆ create the handler")
		w.press("m")
		w.seesNot("◆ create the handler")
	})
}

// Other panes jump to an entry, whatever filter and moment there is.
func TestShowEntry(t *testing.T) {
	inBubble(t, setting{width: 120, height: 40}, func(w *world) {
		w.onboard()
		m := *w.model()
		m.filterLog("lane:server")
		m.goTo(5)
		m.zoomed, m.focus = false, paneItems
		m.showEntry(12)
		if m.focus != paneLog || m.logAt() != 12 || m.moment() != 13 {
			t.Errorf("focus %s, entry %d, moment %d", m.focus.title(), m.logAt(), m.moment())
		}
		for _, none := range []int{-1, m.journal.Len()} {
			if m.showEntry(none); m.logAt() != 12 {
				t.Errorf("entry %d is shown, of which there is none", m.logAt())
			}
		}
	})
}

func TestFilterWords(t *testing.T) {
	m := everyStateWith(t, "text")["ready"]
	m.take(layerEvent("LATE_ONE", "x"))
	m.take(flow.OnEvent{At: flow.At(noon.Add(2 * time.Second)), HandlerID: 1, Name: "ERROR", Metadata: flow.Metadata{ErrorCode: "INVALID_OTP", ErrorMessage: "Wrong Code", Timestamp: noon}})
	m.take(flow.OnSuccess{At: at, HandlerID: 9})
	m.take(flow.PhoneNumberEntered{At: at, Phone: flow.NewPhoneNumber("+14155550011")})
	n := m.journal.Len()
	m.log.marks[2] = true
	for _, tc := range []struct {
		query string
		want  []string
	}{
		{"lane:server", []string{"POST /session/token/create 200", "link_token received"}},
		{"lane:LINK event:layer", []string{"LAYER_READY"}},
		{"event:error", []string{"ERROR"}},
		{"error", []string{"ERROR"}},
		{"late", []string{"ERROR"}},
		{"held", []string{"ERROR"}},
		{"refused", []string{"onSuccess", "phone number entered"}},
		{"refused lane:you", []string{"phone number entered"}},
		{"marked", []string{"link_token received"}},
		{"WRONG code", []string{"ERROR"}},
		{"code nothing", nil},
		{"14155550011", nil}, // what is masked cannot be searched for
		{"lane:", nil},
	} {
		m.filterLog(tc.query)
		var got []string
		for k := range m.logCount() {
			got = append(got, journal.Name(m.journal.At(m.logIndex(k)).Event))
		}
		if strings.Join(got, ", ") != strings.Join(tc.want, ", ") {
			t.Errorf("%q shows %q, want %q", tc.query, got, tc.want)
		}
	}
	m.filterLog("  ")
	if m.logCount() != n || m.logTitle() != "Log" {
		t.Errorf("without a filter %d lines of %d, title %q", m.logCount(), n, m.logTitle())
	}
}

// A filter goes on filtering what happens, and follows the newest of it; a
// moment of the past cuts it.
func TestFilterFollows(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.begin()
		w.press("shift+tab", "/")
		w.typeText("lane:webhook")
		w.sees("0 of ", "Nothing so far is what you search for")
		hook := func(code string) {
			w.event(flow.WebhookReceived{At: flow.At(time.Now()), Code: code, Reason: "no signature"})
		}
		hook("FIRST") // while it is being typed, too
		w.press("enter")
		w.sees("1 of ", "Why A webhook FIRST came")
		w.event(flow.PageTrouble{At: flow.At(time.Now()), Reason: "SOMETHING"})
		hook("SECOND")
		w.sees("2 of ", "Why A webhook SECOND came")
		w.seesNot("trouble on the page")
		w.press("up")
		hook("THIRD")
		w.sees("3 of ", "Why A webhook FIRST came")
		w.press("end")
		w.sees("Why A webhook THIRD came")
		w.press("left")
		w.sees("2 of ", "Why A webhook SECOND came")
		w.press("left", "left")
		w.sees("1 of ")
		w.press("enter", "/", "esc")
		w.sees("trouble on the page")
	})
}

// Every kind of event opens at every size, whatever stands in it.
func TestEveryEntryOpens(t *testing.T) {
	oneAtATime(t)
	kinds := map[string]bool{}
	for _, text := range []string{usual, hostile, strings.Repeat("宽", 400), "\u202eשלום" + strings.Repeat("e\u0301", 90), "{\"a\":[1,{\"b\":null}]}", "{\"broken"} {
		seen := map[string]bool{}
		for name, m := range everyStateWith(t, text) {
			m.after(eventsOfEveryKind(text)...)
			for i := range m.journal.Len() {
				kind := journal.Kind(m.journal.At(i).Event)
				if seen[kind] {
					continue
				}
				seen[kind], kinds[kind] = true, true
				for _, size := range [][2]int{{60, 16}, {120, 36}, {200, 50}} {
					for _, open := range []bool{false, true} {
						m.showEntry(i)
						if open {
							m.openEntry()
						}
						if problem := fills(m.sized(size[0], size[1]), size[0], size[1]); problem != "" {
							t.Fatalf("%s, entry %d (%s), open %v, %v: %s", name, i, kind, open, size, problem)
						}
					}
				}
				m.overlay = onScreen
			}
		}
	}
	if len(kinds) < 30 {
		t.Errorf("only %d kinds of events were opened: %v", len(kinds), kinds)
	}
}

func eventsOfEveryKind(text string) []flow.Event {
	raw := `{"a":null,"k` + strings.NewReplacer("\x1b", "", "\x07", "", "\n", "", "\t", "", `"`, "").Replace(text) + `":["x"]}`
	metadata := flow.Metadata{Raw: raw, RequestID: text, LinkSessionID: text, Timestamp: noon.Add(-time.Hour), Verdict: text}
	broken := metadata
	broken.Raw = text
	return []flow.Event{
		flow.OnEvent{At: at, HandlerID: 1, Name: text, Metadata: metadata}, flow.OnEvent{At: at, HandlerID: 1, Name: text, Metadata: broken},
		flow.OnExit{At: at, HandlerID: 9, Metadata: metadata, Failure: flow.Failure{Code: text, Message: text}}, flow.OnSuccess{At: at, HandlerID: 9, Metadata: metadata},
		flow.AppDid{At: at, Deed: flow.Deed(text), Because: text}, flow.WebhookReceived{At: at, Code: text, Reason: text, Status: text},
		flow.SurfaceChosen{At: at, Surface: flow.Surface(text)}, flow.LinkActed{At: at, Action: flow.LinkAction{Kind: flow.LinkActionKind(text), Choice: text}},
		flow.ExitRequested{At: at}, flow.RetryRequested{At: at}, flow.SignUpSubmitted{At: at}, flow.AutofillDeclined{At: at}, flow.LinkDriven{At: at}, flow.HandlerOpened{At: at},
		flow.HandlerExited{At: at}, flow.HandlerSubmitted{At: at}, flow.BrowserStarted{At: at}, flow.BrowserFailed{At: at, Reason: text}, flow.PageTrouble{At: at, Reason: text},
		flow.PageConnected{At: at, Tab: 3}, flow.PageLost{At: at, Tab: 3}, flow.AccountsFetched{At: at, Institution: text}, flow.UserAccountFetched{At: at, Account: someAccount(text)},
		flow.CallFailed{At: at, Failure: flow.Failure{Code: text, Message: text, RequestID: text}}, flow.PaneShown{At: at, Pane: somePane(flow.ViewReview, text, text)},
		flow.StartOverRequested{At: at, TemplateID: text},
	}
}

// Five megabytes of metadata open at once, and so does their end.
func TestAHugeEntry(t *testing.T) {
	oneAtATime(t)
	m := everyState(t)["ready"]
	m.width, m.height = 120, 36
	huge := `{"list":[` + strings.Repeat(`{"name":"`+strings.Repeat("x", 80)+`","null":null},`, 50_000) + `null]}`
	for _, raw := range []string{huge, huge[:len(huge)-5], strings.Repeat("\x1b[31m宽", 900_000)} {
		m.take(flow.OnEvent{At: at, HandlerID: 1, Name: "HUGE", Metadata: flow.Metadata{Raw: raw}})
		m.showEntry(m.journal.Len() - 1)
		m.openEntry()
		for range 3 {
			if problem := fills(m.sized(120, 36), 120, 36); problem != "" {
				t.Fatal(problem)
			}
			m.scrollEntry(actPageDown)
		}
		m.foldEntry()
		m.scrollEntry(actHome)
		if screen := ansi.Strip(m.sized(120, 36).Content); !strings.Contains(screen, "HUGE") {
			t.Errorf("the beginning is not shown:\n%s", screen)
		}
		if what, text := m.copyEntry(false); what == "" || len(text) < 1<<20 {
			t.Errorf("copied %q, %d bytes", what, len(text))
		}
		m.overlay = onScreen
	}
}

// longLog has a walk with n entries behind it.
func longLog(tb testing.TB, n int) *Model {
	m := everyStateWith(tb, usual)["ready"]
	raw := `{"view_name":"CONSENT","error_code":null,"link_session_id":"` + usual + `"}`
	for i := m.journal.Len(); i < n; i++ {
		m.take(flow.OnEvent{At: at, HandlerID: 1, Name: fmt.Sprintf("EVENT_%d", i%97), Metadata: flow.Metadata{ViewName: "CONSENT", LinkSessionID: usual, RequestID: fmt.Sprintf("request%d", i), Raw: raw}})
	}
	m.width, m.height = 200, 50
	m.focus, m.zoomed = paneLog, true
	next, _ := m.Update(tea.WindowSizeMsg{Width: 200, Height: 50})
	model := next.(Model)
	return &model
}

func BenchmarkLog5000(b *testing.B) {
	b.Run("first letter of a filter", func(b *testing.B) {
		m := longLog(b, 5000)
		for b.Loop() {
			m.log.filter = logFilter{}
			m.filterLog("e")
		}
	})
	b.Run("next letter", func(b *testing.B) {
		m := longLog(b, 5000)
		m.filterLog("e")
		for b.Loop() {
			m.filterLog("event:event_1 request")
		}
	})
	b.Run("view, filtered", func(b *testing.B) {
		m := longLog(b, 5000)
		m.filterLog("consent lane:link")
		for b.Loop() {
			m.View()
		}
	})
	b.Run("view", func(b *testing.B) {
		m := longLog(b, 5000)
		for b.Loop() {
			m.View()
		}
	})
	b.Run("open an entry", func(b *testing.B) {
		m := longLog(b, 5000)
		for b.Loop() {
			m.log.cursor = 2500
			m.openEntry()
			m.layOutEntry()
			m.View()
		}
	})
	b.Run("view of an open entry", func(b *testing.B) {
		m := longLog(b, 5000)
		m.log.cursor = 2500
		m.openEntry()
		m.layOutEntry()
		for b.Loop() {
			m.layOutEntry()
			m.View()
		}
	})
}

// A search is about the pane that has the focus; what has none is searched in
// the log.
func TestASearchIsAboutWhatHasTheFocus(t *testing.T) {
	inBubble(t, setting{width: 120, height: 36}, func(w *world) {
		w.onboard()
		for f := w.model().focus; f == paneLog || f == paneInspector; f = w.model().focus {
			w.press("tab")
		}
		if f := w.model().focus; f == paneLog || f == paneInspector {
			t.Fatalf("the focus is on %s", f.title())
		}
		w.press("/")
		w.typeText("lane:server")
		w.press("enter")
		w.sees("lane:server", "Log · ")
	})
}
