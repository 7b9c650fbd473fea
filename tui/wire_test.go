package tui

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/flow/plaidsim"
)

// toWire shows the Wire tab.
func (w *world) toWire() {
	w.t.Helper()
	for w.model().inspector.tab != tabWire {
		w.press("[")
	}
}

func TestWireOpensFoldsAndLeaves(t *testing.T) {
	inBubble(t, setting{width: 120, height: 36}, func(w *world) {
		w.press("enter", "enter")
		w.stands(flow.PhasePhone)
		w.press("tab")
		w.toWire()
		w.sees("✓ 200 POST /session/token/create", "Request POST /session/token/create", "▸ Headers", `"template_id": "template_`, "Answer ✓ HTTP 200", "Space open")
		w.press("space", "down")
		w.sees("›▸ Headers", "Esc list")
		w.press("space")
		w.sees("›▾ Headers", "Plaid-Secret: ••••", "Host: sandbox.plaid.com")
		w.press("space")
		w.seesNot("Plaid-Secret")
		w.press("down", "-")
		w.sees(`"user": {…} 1 key`)
		w.press("+")
		w.sees(`"client_user_id": "user-1"`)
		w.press("esc")
		w.sees("Space open")
		w.seesNot("Esc list")
	})
}

func TestWireIsReadWhole(t *testing.T) {
	inBubble(t, setting{width: 60, height: 16}, func(w *world) {
		w.press("enter", "tab")
		w.toWire()
		seen := ""
		w.press("space", "+")
		for range 60 {
			seen += w.screen()
			w.press("down")
		}
		for _, want := range []string{"Request POST", `"template_id"`, "Answer ✓ HTTP 200", `"expiration"`, `"request_id"`} {
			if !strings.Contains(seen, want) {
				t.Errorf("going down line by line never shows %q", want)
			}
		}
		for range 80 {
			w.press("up")
		}
		if w.sees("Request POST"); w.model().inspector.inBody { // past the first line is the list
			t.Error("the cursor does not come back to the list")
		}
	})
}

func TestWireSearchesTheCallAndTheOthers(t *testing.T) {
	inBubble(t, setting{width: 160, height: 40}, func(w *world) {
		w.press("enter")
		for i := range 3 {
			w.event(flow.ExchangeRecorded{At: flow.At(time.Now()), Exchange: flow.Exchange{
				Method: "POST", URL: "https://sandbox.plaid.com/accounts/get", Status: 200,
				ResponseBody: fmt.Sprintf(`{"deep":{"hay":["Needle %d",1]},"request_id":"r"}`, i),
			}})
		}
		w.press("tab")
		w.toWire()
		w.press("/")
		w.typeText("template_id")
		w.sees("call 1 of 4", "template_id 1 of 1")
		w.press("enter", "/", "esc") // esc drops what is searched for
		w.press("/")
		w.typeText("NEEDLE")
		w.sees("call 2 of 4", "deep.hay[0]")
		w.press("down")
		w.sees("call 3 of 4", "needle 1 of 1")
		w.press("enter", ">")
		w.sees("call 4 of 4")
		w.press("<")
		w.sees("call 3 of 4")
		w.press("/", "esc")
		w.seesNot("needle 1")
	})
}

func TestWireCopiesCurl(t *testing.T) {
	inBubble(t, setting{persona: "leslie-knope"}, func(w *world) {
		onboard(w)
		w.press("tab", "tab", "tab", "tab")
		w.toWire()
		for !strings.Contains(w.screen(), "Request POST /user_account/session/get") {
			w.press("up")
		}
		w.press("y")
		w.sees("Copied the call as curl")
		text := w.model().board.text
		if !strings.Contains(text, `"$PUBLIC_TOKEN"`) || strings.Contains(text, w.model().state.PublicToken.Reveal()) || !strings.Contains(text, "https://sandbox.plaid.com") {
			t.Errorf("copied\n%s", text)
		}
		w.press("Y")
		text = w.model().board.text
		if !strings.Contains(text, w.model().state.PublicToken.Reveal()) || strings.Contains(text, `"$PUBLIC_TOKEN"`) || strings.Contains(text, "PLAID-SECRET: secret") || !strings.Contains(text, "$PLAID_SECRET") || !strings.Contains(text, "another one does not know them") {
			t.Errorf("copied with real tokens\n%s", text)
		}
	})
}

// onboard walks to the end.
func onboard(w *world) {
	w.t.Helper()
	for range 30 {
		switch {
		case w.model().state.Phase == flow.PhaseOnboarded:
			return
		case w.model().link.asksCode():
			w.typeText("123456")
		default:
			w.press("enter")
		}
	}
	w.stands(flow.PhaseOnboarded)
}

func TestErrorsAreExplainedOnTheStageAndInWire(t *testing.T) {
	inBubble(t, setting{width: 140, height: 45}, func(w *world) {
		w.sim.Fail(plaidsim.Fault{On: "/session/token/create", Status: http.StatusBadRequest, ErrorType: "INVALID_INPUT", ErrorCode: "INVALID_API_KEYS", ErrorMessage: "invalid client_id or secret provided"})
		w.press("enter")
		w.stands(flow.PhaseFailed)
		w.sees("docs plaid.com/docs/errors/invalid-input/#invalid_api_keys", "Plaid does not know this client_id")
		w.press("tab")
		w.toWire()
		w.sees("✗ 400", "What this means INVALID_INPUT / INVALID_API_KEYS", "Likely cause: The secret of another environment", "Remedy: Take", "Try again: No.", "give this to Plaid's support", "Read more")
		if n := strings.Count(w.screen(), "Plaid does not know this client_id"); n > 2 {
			t.Errorf("it is said %d times", n)
		}
	})
}

func TestWhatIsNoAnswerOfPlaidsIsExplained(t *testing.T) {
	for name, c := range map[string]struct {
		fault plaidsim.Fault
		want  string
	}{
		"web page": {plaidsim.Fault{Garbage: true}, "A sign-in page of the network"},
		"gateway":  {plaidsim.Fault{Garbage: true, Status: 502}, "A server on the way has failed"},
		"dropped":  {plaidsim.Fault{Drop: true}, "did not reach Plaid"},
		"limit":    {plaidsim.Fault{Status: 429}, "Too many calls in too short a time"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, setting{width: 140, height: 45}, func(w *world) {
				c.fault.On = "/session/token/create"
				w.sim.Fail(c.fault)
				w.press("enter")
				w.stands(flow.PhaseFailed)
				w.press("tab")
				w.toWire()
				w.sees("What this means", c.want)
			})
		})
	}
}

func TestWireShowsThePast(t *testing.T) {
	inBubble(t, setting{width: 120, height: 36, persona: "leslie-knope"}, func(w *world) {
		onboard(w)
		w.press("tab", "tab", "tab", "tab")
		w.toWire()
		w.sees("/user_account/session/get")
		for w.model().state.Phase == flow.PhaseOnboarded || w.model().state.Phase == flow.PhaseSession {
			w.press("left")
		}
		w.seesNot("/user_account/session/get")
		w.sees("/session/token/create")
	})
}

// manyCalls is a screen that has seen so many calls, the last with this answer.
func manyCalls(t testing.TB, n int, last string) Model {
	m := New(options(t, setting{}, catalog(t), nil, nil, t.Context()))
	m.width, m.height = 200, 50
	m.focus, m.inspector.tab = paneInspector, tabGuide
	at := time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)
	m.opts.Now = func() time.Time { return at }
	for i := range n {
		x := flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/accounts/get", Status: 200, ResponseBody: `{"accounts":[{"name":"Checking"}],"request_id":"r"}`, Duration: time.Millisecond}
		if i == n-1 {
			x.ResponseBody = last
		}
		m.take(flow.ExchangeRecorded{At: flow.At(at), Exchange: x})
	}
	return m
}

// hostileBody is an answer of about so many bytes with what breaks terminals in
// its keys and values.
func hostileBody(n int) string {
	var b strings.Builder
	b.WriteString(`{"\u001b[31mred":"` + "\u202egnp" + `","界":"` + strings.Repeat("界", 500) + `","list":[`)
	for i := 0; b.Len() < n; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"account_id":"%d","name":"שלום %d","e\u0301":null}`, i, i)
	}
	b.WriteString(`]}`)
	return b.String()
}

func TestWireStandsAnAnswerOfFiveMegabytes(t *testing.T) {
	oneAtATime(t)
	m := manyCalls(t, 20, hostileBody(5<<20))
	press := func(keys ...string) {
		for _, k := range keys {
			next, _ := m.Update(keyPress(k))
			m = next.(Model)
			for i, l := range strings.Split(m.View().Content, "\n") {
				if n := ansi.StringWidth(l); n != m.width {
					t.Fatalf("after %s line %d has %d cells", k, i, n)
				}
			}
		}
	}
	for _, size := range [][2]int{{200, 50}, {60, 16}} {
		next, _ := m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		m = next.(Model)
		press("[", "[", "[", "space", "down", "pgdown", "space", "+", "pgdown", "end", "up", "-", "home", "esc", "y")
	}
	if strings.ContainsAny(ansi.Strip(m.View().Content), "\x1b\u202e") {
		t.Error("something that moves the terminal is on the screen")
	}
}

func BenchmarkOpenWire(b *testing.B) {
	for name, m := range map[string]Model{
		"5000 calls":       manyCalls(b, 5000, `{"request_id":"r"}`),
		"answer of 5 MB":   manyCalls(b, 1, hostileBody(5<<20)),
		"one text of 5 MB": manyCalls(b, 1, `{"a":"`+strings.Repeat("0123456789", 500_000)+`"}`),
	} {
		next, _ := m.Update(tea.WindowSizeMsg{Width: 200, Height: 50})
		m := next.(Model)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				m.inspector.drawn, m.inspector.tab = drawnBody{}, tabWire+1
				next, _ := m.Update(keyPress("["))
				_ = next.(Model).View()
			}
		})
	}
}
