package tui

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
)

// hostileTexts break terminals and layouts: sequences, directions, widths,
// marks, and one that never ends.
func hostileTexts() map[string]string {
	return map[string]string{
		"all":    hostile,
		"right":  "\u202e\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd\u2066 \u0645\u0631\u062d\u0628\u0627\u202c",
		"escape": "\x1b[31m\x1b]8;;http://evil\x1b\\x\x1b]8;;\x1b\\\x1bP1$r\x1b\\\u009b2J\x07\x08\r\n\x00",
		"marks":  "e" + strings.Repeat("\u0301", 60) + "\u200b\u200d\ufeff \U000e0041",
		"long":   strings.Repeat("\u5bbd", 400) + strings.Repeat("x", 5000),
	}
}

// everySize are sizes at which the screen differs, and those next to them.
var everySize = [][2]int{{1, 1}, {59, 16}, {60, 16}, {61, 17}, {80, 24}, {99, 40}, {100, 30}, {120, 36}, {133, 29}, {200, 50}, {300, 90}}

// Whatever the state, the size, the tab, the pane and the overlay: the view
// fills the window and never leaves it, and nothing of a stranger's gets through
// that a terminal would obey. New tabs and overlays are looked at by themselves.
func TestViewFillsTheWindow(t *testing.T) {
	oneAtATime(t)
	for name, m := range everyState(t) {
		everyLook(m, everySize, func(how string, m *Model, v tea.View) {
			t.Helper()
			if problem := fills(v, m.width, m.height); problem != "" {
				t.Fatalf("%s, %s: %s\n%s", name, how, problem, text(v))
			}
		})
	}
}

// A field of any event may hold anything, here in metadata and bodies as well.
func TestHostileFieldsInEveryTab(t *testing.T) {
	oneAtATime(t)
	for kind, evil := range hostileTexts() {
		m := everyStateWith(t, evil)["onboarded"]
		for _, e := range hostileEvents(evil) {
			m.take(e)
		}
		for range 3 {
			for _, private := range []bool{false, true} {
				m.setPrivate(private)
				everyLook(m, [][2]int{{60, 16}, {80, 24}, {120, 36}}, func(how string, m *Model, v tea.View) {
					t.Helper()
					if problem := fills(v, m.width, m.height); problem != "" {
						t.Fatalf("%s, %s: %s\n%s", kind, how, problem, text(v))
					}
				})
			}
			m.step(-1) // each of the last entries opened and under the cursor
		}
	}
}

func hostileEvents(evil string) []flow.Event {
	quoted, _ := json.Marshal(evil) // a string always encodes
	body := "{" + string(quoted) + `: [null, {"a": ` + string(quoted) + "}]}"
	meta := flow.Metadata{ViewName: evil, ErrorType: evil, ErrorCode: evil, ErrorMessage: evil, ExitStatus: evil, LinkSessionID: evil, RequestID: evil, Timestamp: noon, Verdict: evil, Raw: body}
	return []flow.Event{
		flow.OnEvent{At: at, HandlerID: 1, Name: evil, Metadata: meta},
		flow.OnEvent{At: at, HandlerID: 1, Name: evil, Metadata: flow.Metadata{Raw: evil}},
		flow.OnExit{At: at, HandlerID: 1, Failure: flow.Failure{Type: evil, Code: evil, Message: evil, DisplayMessage: evil, RequestID: evil, Hint: evil, Status: 400}, Metadata: meta},
		flow.WebhookReceived{At: at, Type: evil, Code: evil, LinkSessionID: evil, LinkToken: flow.NewLinkToken(evil), Status: evil, Reason: evil},
		flow.PageTrouble{At: at, Reason: evil},
		flow.AppDid{At: at, Deed: flow.Deed(evil), Because: evil},
		flow.CallFailed{At: at, Call: 99, Failure: flow.Failure{Code: evil, Message: evil}},
		flow.ExchangeRecorded{At: at, Exchange: flow.Exchange{Method: evil, URL: "https://x/" + evil, Status: 400, RequestBody: body, ResponseBody: body, Error: evil, RequestID: evil, RequestHeaders: []flow.Header{{Name: evil, Value: evil}}, ResponseHeaders: []flow.Header{{Name: evil, Value: evil}}}},
		flow.ExchangeRecorded{At: at, Exchange: flow.Exchange{Method: "POST", URL: evil, RequestBody: evil, ResponseBody: evil, Error: evil}},
	}
}

// Five megabytes in an answer and in metadata are shown as far as that is of
// use, and cost no more than a moment.
func TestFiveMegabytes(t *testing.T) {
	oneAtATime(t)
	for kind, big := range map[string]string{
		"flat":   `{"a":"` + strings.Repeat("x", 5<<20) + `"}`,
		"many":   `{"list":[` + strings.Repeat(`{"name":"\u001b[31m Leslie","n":1},`, 150_000) + `null]}`,
		"nested": strings.Repeat("[", 5<<20),
		"text":   strings.Repeat("\x1b[2J no JSON \u202e ", 300_000),
	} {
		t.Run(kind, func(t *testing.T) {
			m := everyStateWith(t, usual)["onboarded"]
			m.take(flow.OnEvent{At: at, HandlerID: 1, Name: "BIG", Metadata: flow.Metadata{Raw: big}})
			m.take(flow.ExchangeRecorded{At: at, Exchange: flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/big", Status: 200, ResponseBody: big}})
			everyLook(m, [][2]int{{120, 36}}, func(how string, m *Model, v tea.View) {
				t.Helper()
				if problem := fills(v, m.width, m.height); problem != "" {
					t.Fatalf("%s: %s\n%s", how, problem, ansi.Truncate(text(v), 4000, ""))
				}
			})
			for _, i := range []int{m.journal.Len() - 1, m.journal.Len() - 2} {
				c := *m
				c.log.entry = entryView{index: i}
				c.overlay = inEntry
				if problem := fills(c.sized(120, 36), 120, 36); problem != "" {
					t.Fatalf("entry %d: %s", i, problem)
				}
			}
			m.setPrivate(true)
			if problem := fills(m.sized(120, 36), 120, 36); problem != "" {
				t.Fatal(problem)
			}
		})
	}
}

// At 120×36, as on a projector, nothing that a reader needs is cut off: no name
// of a tab, no title, no word of what to do now, of the guide or of the keys. What
// may be cut is what is a list and opens whole (lines of the log and of lists,
// arrows), and what nobody reads to its end: ids, addresses, tokens.
func TestNothingIsClippedForATrainer(t *testing.T) {
	oneAtATime(t)
	for name, m := range everyStateWith(t, usual) {
		m.phone.set("+14155550011")
		everyLook(m, [][2]int{{80, 24}, {120, 36}}, func(how string, m *Model, v tea.View) {
			t.Helper()
			check := func(where string, r rect, from int) {
				t.Helper()
				for _, line := range within(v, r)[from:] {
					if line = strings.TrimSpace(strings.Trim(line, "│┃ ")); strings.HasSuffix(line, "…") && !cuttable.MatchString(line) {
						t.Errorf("%s, %s, %s: %q is cut", name, how, where, line)
					}
				}
			}
			if m.overlay == inHelp {
				check("help", m.layout.overlay(), 0)
			}
			if m.overlay != onScreen {
				return
			}
			titles, _ := m.tabWords(m.inner(paneInspector).Width - 2)
			for tab := range tabCount {
				if m.shown(paneInspector) && !strings.Contains(titles[tab], aspectOf(tab).title) {
					t.Fatalf("%s, %s: the tab %s has no name: %q", name, how, aspectOf(tab).title, titles)
				}
			}
			for id, r := range m.layout.panes {
				if r.empty() {
					continue
				}
				if title := within(v, r)[0]; strings.Contains(title, "…") {
					t.Errorf("%s, %s: the title %q is cut", name, how, title)
				}
				// In a small window a paragraph gives way to what is asked for.
				if paneID(id) == paneStage && m.width >= wideWidth && !linkIsDrawn(m) || paneID(id) == paneInspector && m.inspector.tab == tabGuide {
					check(paneID(id).title(), r, 1)
				}
			}
		})
	}
}

// within returns the lines of a rectangle of a view, without styles.
func within(v tea.View, r rect) []string {
	lines := strings.Split(text(v), "\n")[r.y : r.y+r.h]
	for i, l := range lines {
		lines[i] = ansi.Cut(l, r.x, r.x+r.w)
	}
	return lines
}

// cuttable is what may be cut at the end of a line: one word that holds digits
// or hyphens, as ids, addresses and tokens do; and a wait is no cut.
var cuttable = regexp.MustCompile(`(^|[\s(=":])[^\s]*[-\d/•_=][^\s]*…$|^○ asking| \.\.\.$`)
