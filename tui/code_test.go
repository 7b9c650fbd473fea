package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/sdk"
)

// onTab returns the screen with the inspector's tab and the focus there.
func (m *Model) onTab(t tabID) *Model {
	m.inspector.tab = t
	m.focusOn(paneInspector)
	return m
}

// The Code tab, walked through as a developer would.
func TestCodeTab(t *testing.T) {
	inBubble(t, setting{persona: "two-banks", width: 160, height: 50}, func(w *world) {
		w.press("tab", "[")
		w.sees("● Code", "your server · Node", "Ask for a link_token", "client.sessionTokenCreate", "template_id: 'template_4uinBNe4B2x9'", "now 'user-1'", "return answer.data.link.link_token; // 'LINK_TOKEN'")
		w.press("l")
		w.sees("your server · curl", "plaid /session/token/create")
		w.press("l", "l", "l", "l")
		w.sees("your server · Go", "NewSessionTokenCreateRequest(\"template_4uinBNe4B2x9\")", "Plaid's guide passes it to the constructor")
		w.press("y")
		w.sees("✓ Copied the Go code, 12 lines.", "Ctrl+Y shows it")
		w.press("down")
		w.sees("AddDefaultHeader(\"PLAID-SECRET\", os.Getenv(\"PLAID_SECRET\"))")
		w.seesNot("✓ Copied")
		w.press("enter", "l", "down", "down")
		w.sees("your server · Node", "return answer.data.link.link_token; // 'link-sandbox-••••")
		w.press("l", "l", "l", "l", "l")
		w.sees("return link.GetLinkToken(), nil // \"link-sandbox-••••")
	})
}

// The client's code is that of the walk's platform, in each of its languages,
// and says what an old version does not do.
func TestCodeFollowsThePlatform(t *testing.T) {
	inBubble(t, setting{platform: "ios", version: "6.3.0", width: 200, height: 50, template: "ssn-required", persona: "no-ssn"}, func(w *world) {
		w.begin()
		w.press("enter")
		w.stands(flow.PhaseFallback)
		w.press("tab", "[")
		w.sees("your client · Swift", "iOS 6.3.0 is too old for Extended Autofill: a date of birth is not read", "It needs 6.3.1.", "private func fallBack() {")
		w.press("l")
		w.sees("your client · Objective-C", "- (void)fallBack {")
		w.press("l")
		w.sees("your client · Swift")
	})
}

// A copy is masked like the screen, and holds this session's own values when
// that is asked for, those of the moment that is looked at; the notice names
// them.
func TestCodeIsCopiedMaskedUnlessAsked(t *testing.T) {
	inBubble(t, setting{persona: "two-banks", width: 200, height: 50}, func(w *world) {
		w.press("enter")
		w.stands(flow.PhaseHandler)
		w.press("tab", "[", "y")
		token := w.model().State().LinkToken.Reveal()
		if text := w.model().board.text; strings.Contains(text, token) || !strings.Contains(text, "token: 'link-sandbox-••••") {
			t.Errorf("y copies:\n%s", text)
		}
		w.sees("✓ Copied the JavaScript code, ")
		w.press("Y")
		if text := w.model().board.text; !strings.Contains(text, "token: '"+token+"',") {
			t.Errorf("Y copies:\n%s", text)
		}
		w.sees("✓ Copied the JavaScript code with the real link_token, ")
		w.seesNot(token)
		w.press("down", "Y") // to install, which holds no value
		w.sees("✓ Copied the JavaScript code; nothing in it is masked, ")
		w.press("enter", "left", "left", "left", "left", "[", "Y")
		if text := w.model().board.text; strings.Contains(text, token) {
			t.Errorf("before there was a token, Y copies:\n%s", text)
		}
	})
	for _, value := range []string{"phone_number", "date_of_birth", "public_token", "link_token"} {
		m := everyStateWith(t, usual)["onboarded"]
		m.state.DateOfBirth = flow.NewDateOfBirth("1975-01-18")
		if own, shown := m.sessionValue(value, true), m.codeValue(value); own == shown || own == "" || strings.Contains(own, "•") {
			t.Errorf("%s is %q, masked %q", value, own, shown)
		}
	}
}

// No value that is masked elsewhere stands in the code, whether it is shown or
// copied.
func TestCodeIsMasked(t *testing.T) {
	for name, m := range everyStateWith(t, usual) {
		m.onTab(tabCode).sized(200, 50)
		for _, p := range sdk.Platforms() {
			m.state.Config.Client.Platform = p.ID
			for _, s := range m.snippets() {
				for _, private := range []string{"+14155550011", "1975-01-18", "link-sandbox-" + usual, "profile-sandbox-1"} {
					if code := fixtures.Fill(s.Code, m.codeValue); strings.Contains(code, private) {
						t.Errorf("%s: the code of %s holds %q:\n%s", name, s.Source.ID, private, code)
					}
				}
			}
		}
	}
}

// Every state has code for every platform and server language, at every size,
// whatever comes from outside.
func TestCodeTabFillsItsPlace(t *testing.T) {
	oneAtATime(t)
	for name, m := range everyState(t) {
		m.state.LinkSessionID = hostile
		for _, p := range sdk.Platforms() {
			for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 36}, {200, 50}} {
				c := *m
				c.state.Config.Client.Platform, c.state.Config.Client.Name = p.ID, p.Name
				v := c.onTab(tabCode).sized(size[0], size[1])
				if problem := fills(v, size[0], size[1]); problem != "" {
					t.Fatalf("%s, %s, %v: %s\n%s", name, p.ID, size, problem, ansi.Strip(v.Content))
				}
				if !strings.Contains(v.Content, "your server") && !strings.Contains(v.Content, "your client") {
					t.Errorf("%s, %s, %v: there is no code:\n%s", name, p.ID, size, ansi.Strip(v.Content))
				}
			}
		}
	}
}

// Even in a small window the last line names the tab's own keys.
func TestSmallWindowNamesTheCodeKeys(t *testing.T) {
	screen := ansi.Strip(everyStateWith(t, usual)["eligibility"].onTab(tabCode).sized(80, 24).Content)
	last := screen[strings.LastIndexByte(screen, '\n')+1:]
	if !strings.Contains(last, "l language") || !strings.Contains(last, "y copy") {
		t.Errorf("the last line is %q", last)
	}
}

// The keys of the tab do nothing elsewhere.
func TestCodeKeysNeedTheTab(t *testing.T) {
	m := still(t, flow.InTerminal)
	m.onTab(tabGuide).sized(120, 36)
	if _, ok := m.bindingFor("l"); ok {
		t.Error("l changes the language although the Code tab is not shown")
	}
	next, _ := m.onTab(tabCode).Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	model := next.(Model)
	if cmd := model.key(keyPress("y")); cmd == nil || fmt.Sprint(cmd()) != model.theCode() {
		t.Errorf("y copies %v; want %q", cmd, model.theCode())
	}
}

// theCode is what y copies.
func (m *Model) theCode() string {
	s, _ := m.snippet()
	return fixtures.Fill(s.Code, m.codeValue) + "\n"
}

func BenchmarkCodeTab(b *testing.B) {
	m := everyStateWith(b, usual)["onboarded"].onTab(tabCode)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.inspector.code.entries = nil // as when it is opened
		_ = m.sized(200, 50)
	}
}
