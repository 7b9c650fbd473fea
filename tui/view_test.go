package tui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
)

var noon = time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)

// still returns a model without a world: what it asks for is never answered,
// so that a test can say itself what happens.
func still(t testing.TB, surface flow.Surface) *Model {
	t.Helper()
	m := New(options(t, setting{surface: surface}, catalog(t), func(context.Context, flow.Effect) flow.Event { return nil }, nil, t.Context()))
	m.opts.Now = func() time.Time { return noon }
	return &m
}

// after lets events happen.
func (m *Model) after(events ...flow.Event) *Model {
	for _, e := range events {
		m.take(e)
	}
	return m
}

// at size returns the screen at a size.
func (m *Model) sized(w, h int) tea.View {
	next, _ := m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return next.View()
}

const hostile = "\x1b[2J\x1b]0;evil\x07 \u5bbd\u5b57\u7b26\u5bbd\u5b57\u7b26 \u202eabc\u202c e\u0301\u0301\u0301 \U0001f469\u200d\U0001f469\u200d\U0001f467 verylongwordverylongwordverylongwordverylongwordverylongwordverylongwordverylongword\n\tnext"

// bornOn is a date of birth that no text of ours has.
const bornOn = "1968-11-23"

var at = flow.At(noon)

func layerEvent(name, text string) flow.Event {
	return flow.OnEvent{At: at, HandlerID: 1, Name: name, Metadata: flow.Metadata{LinkSessionID: text, Timestamp: noon}}
}

func somePane(view, text, who string) flow.Pane {
	p := flow.Pane{View: view, Title: text, Text: text, Notice: text, Button: "Share", AttemptsLeft: 2, AccountsRule: "optional"}
	if view == flow.ViewSelectInstitution || view == flow.ViewReview {
		p.Others = []flow.PaneButton{{Verb: flow.LinkBack, Label: text}}
	}
	if view == flow.ViewSelectInstitution {
		p.Verb, p.Fields = flow.LinkSearch, []flow.PaneField{{Key: "query", Label: text, Value: flow.NewPaneValue(who)}}
		for i := range 4 {
			p.Options = append(p.Options, flow.PaneOption{ID: fmt.Sprint(i), Name: text, Detail: text})
		}
	}
	if view != flow.ViewReview {
		return p
	}
	for i := range 11 {
		p.Fields = append(p.Fields, flow.PaneField{Key: fmt.Sprint(i), Label: text, Value: flow.NewPaneValue(who), Private: i%2 == 0, Notice: text})
	}
	for i := range 3 {
		p.Banks = append(p.Banks, flow.PaneBank{ID: fmt.Sprint(i), Name: text, Accounts: []flow.PaneAccount{{ID: fmt.Sprint("a", i), Name: text, Mask: text}}})
	}
	return p
}

func someAccount(text string) flow.UserAccount {
	return flow.UserAccount{
		HasIdentity: true, HasHistory: true,
		Identity: flow.Identity{FirstName: text, LastName: text, Email: text, SSN: flow.NewSSN("123456789"), DateOfBirth: flow.NewDateOfBirth(bornOn), Address: flow.Address{Street: text, City: text}},
		Items:    []flow.Item{{ItemID: text, AccessToken: flow.NewAccessToken("access-sandbox-" + text)}, {ItemID: "2", AccessToken: flow.NewAccessToken("access-sandbox-2")}},
	}
}

// everyStateWith returns a model for each phase and sub-state, in which text
// stands wherever something comes from outside.
func everyStateWith(t testing.TB, text string) map[string]*Model { return everyStateOf(t, text, text) }

// everyStateOf is everyStateWith for a person whose values are all who.
func everyStateOf(t testing.TB, text, who string) map[string]*Model {
	token := []flow.Event{flow.LinkTokenRequested{At: at}, flow.ExchangeRecorded{At: at, Exchange: flow.Exchange{Method: "POST", URL: "https://sandbox.plaid.com/session/token/create", RequestBody: `{"a":1}`, Status: 200, ResponseBody: text}},
		flow.SessionTokenCreated{At: at, Call: 1, LinkToken: flow.NewLinkToken("link-sandbox-" + text)}}
	handler := append(token[:len(token):len(token)], flow.HandlerRequested{At: at}, flow.HandlerCreated{At: at, Call: 2}, flow.OnLoad{At: at, HandlerID: 1})
	submitted := append(handler[:len(handler):len(handler)], flow.PhoneNumberEntered{At: at, Phone: flow.NewPhoneNumber("+14155550011")})
	birth := append(submitted[:len(submitted):len(submitted)], layerEvent(flow.EventLayerNotAvailable, text))
	autofill := append(birth[:len(birth):len(birth)], flow.DateOfBirthEntered{At: at, DateOfBirth: flow.NewDateOfBirth(bornOn)})
	ready := append(submitted[:len(submitted):len(submitted)], layerEvent(flow.EventLayerReady, text))
	browser := append(ready[:len(ready):len(ready)], flow.OpenRequested{At: at, Surface: flow.InBrowser}, flow.PageServed{At: at, URL: "http://127.0.0.1:45678/" + strings.Repeat("5b1e0f", 20)})
	terminal := append(ready[:len(ready):len(ready)], flow.OpenRequested{At: at, Surface: flow.InTerminal})
	drawn := func(view string) []flow.Event {
		return append(terminal[:len(terminal):len(terminal)], flow.PaneShown{At: at, HandlerID: 1, Pane: somePane(view, text, who)})
	}
	session := append(terminal[:len(terminal):len(terminal)], flow.OnSuccess{At: at, HandlerID: 1, PublicToken: flow.NewPublicToken("profile-sandbox-1")})
	failure := flow.Failure{Type: "INVALID_INPUT", Code: text, Message: text, RequestID: text, Status: 400, Hint: text}
	states := map[string][]flow.Event{
		"token": nil, "asking": token[:1], "handler": token, "preloading": append(token[:3:3], flow.HandlerRequested{At: at}), "phone": handler,
		"eligibility": submitted, "silent": append(submitted[:len(submitted):len(submitted)], flow.TimerFired{At: at, Timer: flow.TimerID{Kind: flow.TimerEligibility, Call: 3}}),
		"date of birth": birth, "autofill": autofill, "ready": ready, "browser": browser,
		"browser failed": append(browser[:len(browser):len(browser)], flow.BrowserFailed{At: at, Reason: text}),
		"page lost":      append(browser[:len(browser):len(browser)], flow.PageConnected{At: at, Tab: 1}, flow.PageLost{At: at, Tab: 1}, flow.PageTrouble{At: at, Reason: text}),
		"opening":        terminal, "consent": drawn(flow.ViewConsent), "code": drawn(flow.ViewVerifyPhone), "review": drawn(flow.ViewReview), "bank": drawn(flow.ViewSelectInstitution), "link error": drawn(flow.ViewError),
		"link refuses": append(drawn(flow.ViewReview), flow.LinkActed{At: at, Action: flow.LinkAction{Kind: flow.LinkShare}}, flow.CallFailed{At: at, Call: 5, Failure: failure}),
		"session":      session, "onboarded": append(session[:len(session):len(session)], flow.UserAccountFetched{At: at, Call: 5, Account: someAccount(who)}),
		"empty":    append(session[:len(session):len(session)], flow.UserAccountFetched{At: at, Call: 5}),
		"fallback": append(birth[:len(birth):len(birth)], flow.AutofillDeclined{At: at}),
		"signed":   append(birth[:len(birth):len(birth)], flow.AutofillDeclined{At: at}, flow.SignUpSubmitted{At: at}),
		"exited":   append(terminal[:len(terminal):len(terminal)], flow.OnExit{At: at, HandlerID: 1, Failure: failure}),
		"failed":   append(token[:1:1], flow.CallFailed{At: at, Call: 1, Failure: failure}),
	}
	models := map[string]*Model{}
	for name, events := range states {
		m := still(t, flow.InTerminal).after(events...)
		models[name] = m
	}
	return models
}

// everyState is everyStateWith the worst of texts.
func everyState(t testing.TB) map[string]*Model { return everyStateWith(t, hostile) }

// fills says in which way a view does not fill w×h cells, "" if it does.
func fills(v tea.View, w, h int) string {
	lines := strings.Split(v.Content, "\n")
	if len(lines) != h {
		return fmt.Sprintf("it has %d lines", len(lines))
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != w {
			return fmt.Sprintf("line %d is %d cells wide", i, n)
		}
		if strings.ContainsAny(ansi.Strip(l), "\x1b\x07\t\r") || strings.Contains(l, cursorMark) || strings.Contains(l, "[2J") && strings.Contains(l, "\x1b[2J") {
			return fmt.Sprintf("line %d has a control character", i)
		}
	}
	if c := v.Cursor; c != nil && (c.X < 0 || c.X >= w || c.Y < 0 || c.Y >= h) {
		return fmt.Sprintf("the cursor is at %d,%d", c.X, c.Y)
	}
	return ""
}

// In every state there is a way on, and it is on the screen.
func TestEveryStateNamesItsKeys(t *testing.T) {
	want := map[string][]string{
		"token": {"Enter"}, "handler": {"Enter"}, "phone": {"Enter", "Ctrl+L"}, "silent": {"Enter submit again", "r ", "n "},
		"date of birth": {"Enter", "Ctrl+F"}, "ready": {"Enter", "b "}, "browser failed": {"Enter finish in the terminal", "b ", "t ", "u "},
		"page lost": {"b ", "t "}, "browser": {"t ", "u "}, "consent": {"Enter continue", "c ", "x "}, "code": {"Ctrl+G"},
		"review": {"Enter share", "Ctrl+S"}, "link refuses": {"Enter share"}, "fallback": {"Enter send the form"}, "signed": {"Enter start over"},
		"exited": {"Enter start over", "p "}, "failed": {"Enter try again", "n "}, "onboarded": {"n ", "p "},
	}
	states := everyState(t)
	for name, keys := range want {
		screen := ansi.Strip(states[name].sized(160, 50).Content)
		flat := strings.Join(strings.Fields(screen), " ")
		for _, k := range keys {
			if !strings.Contains(flat, k) {
				t.Errorf("%s: the screen does not name %q:\n%s", name, k, screen)
			}
		}
	}
}

// The terminal's cursor is where the next letter will appear.
func TestCursorIsInTheField(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {60, 16}} {
		m := everyState(t)["phone"]
		m.phone.set("415-555")
		for i := range 3 {
			v := m.sized(size[0], size[1])
			if v.Cursor == nil {
				t.Fatalf("%v: there is no cursor", size)
			}
			line := ansi.Strip(strings.Split(v.Content, "\n")[v.Cursor.Y])
			before := ansi.Truncate(line, v.Cursor.X, "")
			if want := "415-555"[:7-i]; !strings.HasSuffix(before, want) || !strings.Contains(line, "Phone number") {
				t.Errorf("%v: the cursor is behind %q, want behind %q", size, before, want)
			}
			m.typed(keyPress("left"))
		}
	}
}

func TestFieldScrollsWithItsCursor(t *testing.T) {
	f := newField(100)
	f.set(strings.Repeat("wide 宽 text ", 6))
	s := still(t, flow.InTerminal).styles
	for range 80 {
		text := f.view(s, look{width: 20, focused: true})
		if n := ansi.StringWidth(text); n != 20 {
			t.Fatalf("the field is %d cells wide: %q", n, ansi.Strip(text))
		}
		before, _, found := strings.Cut(text, cursorMark)
		if n := ansi.StringWidth(before); !found || n > 19 {
			t.Fatalf("the cursor is in cell %d of 20", n)
		}
		f.update(keyPress("left"))
	}
}

const usual = "c46b26a5-d6fa-40cc-8cae-11b06e446a5b"

func BenchmarkView(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
		for _, state := range []string{"phone", "review", "onboarded"} {
			b.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], state), func(b *testing.B) {
				benchmarkView(b, everyStateWith(b, usual)[state], size[0], size[1])
			})
		}
	}
	for _, n := range []int{100, 100_000} {
		b.Run(fmt.Sprintf("200x50/%d events", n), func(b *testing.B) {
			m := everyStateWith(b, usual)["phone"]
			for range n {
				m.take(layerEvent("SOMETHING", usual))
			}
			benchmarkView(b, m, 200, 50)
		})
	}
}

func benchmarkView(b *testing.B, m *Model, w, h int) {
	next, _ := m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	model := next.(Model)
	b.ReportAllocs()
	for b.Loop() {
		_ = model.View()
	}
}

// A key while typing: what it takes until the screen is drawn again.
func BenchmarkKeyToView(b *testing.B) {
	next, _ := everyStateWith(b, usual)["phone"].Update(tea.WindowSizeMsg{Width: 200, Height: 50})
	keys := []tea.KeyPressMsg{keyPress("4"), keyPress("backspace")}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		next, _ = next.Update(keys[i%2])
		_ = next.View()
	}
}
