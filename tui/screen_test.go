package tui

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/flow/journal"
)

// A paste is typed text.
func TestPaste(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.begin()
		w.program.Send(tea.PasteMsg{Content: "(415) 555-0011\n"})
		w.press("enter")
		w.openLink()
		w.program.Send(tea.PasteMsg{Content: " 123-456"})
		w.press("down")
		w.shows(flow.ViewReview)
	})
}

// What Plaid answered is recorded before what was made of it, and Link's
// callbacks come before the call during which they came.
func TestLogTellsThingsInOrder(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		j := w.model().Journal()
		var names []string
		for i := range j.Len() {
			names = append(names, journal.Name(j.At(i).Event))
		}
		for _, pair := range [][2]string{
			{"POST /session/token/create 200", "link_token received"},
			{"onLoad", "create() returned"},
			{"LAYER_READY", "submit() returned"},
			{"onSuccess", "POST /user_account/session/get 200"},
			{"POST /user_account/session/get 200", "session received"},
			{"POST /accounts/get 200", "accounts received"},
		} {
			first, second := slices.Index(names, pair[0]), slices.Index(names, pair[1])
			if first < 0 || second < 0 || first > second {
				t.Errorf("%q is entry %d, %q entry %d:\n%s", pair[0], first, pair[1], second, strings.Join(names, "\n"))
			}
		}
	})
}

// Answers wait until everything that was emitted before them is taken.
func TestAnswersComeAfterTheStream(t *testing.T) {
	stream := make(chan flow.Event, 4)
	m := still(t, flow.InTerminal)
	m.opts.Events = stream
	m.answers = make(chan flow.Event, 1)
	for range 20 {
		m.answers <- flow.SessionTokenCreated{}
		for range 3 {
			stream <- flow.ExchangeRecorded{}
		}
		var got []flow.Event
		for len(got) < 4 {
			got = append(got, m.listen()().(arrived).events...)
		}
		if _, last := got[3].(flow.SessionTokenCreated); !last {
			t.Fatalf("the answer came before the stream: %T", got)
		}
	}
	close(stream)
	m.answers <- flow.SessionTokenCreated{}
	if got := m.listen()().(arrived).events; len(got) != 1 {
		t.Errorf("after the stream was closed %d events came, want the answer", len(got))
	}
}

// The log follows what happens until somebody looks back.
func TestLogFollowsUntilOneLooksBack(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.begin()
		w.press("shift+tab", "home")
		w.sees("›", "Why Our server asks Plaid for a link_token")
		w.event(flow.WebhookReceived{At: flow.At(time.Now()), Code: "SOMETHING", Reason: "no signature"})
		w.sees("Why Our server asks Plaid for a link_token")
		w.press("end")
		w.event(flow.WebhookReceived{At: flow.At(time.Now()), Code: "ANOTHER", Reason: "no signature"})
		w.sees("Why A webhook ANOTHER came")
	})
}

func TestWireShowsEveryCall(t *testing.T) {
	inBubble(t, setting{width: 200, height: 60}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.press("enter")
		w.press("shift+tab", "[", "[")
		w.sees("POST /accounts/get", "call 4 of 4")
		w.press("up", "up")
		w.sees("POST /webhook_verification_key/get", "call 2 of 4")
		w.press("up")
		w.sees("call 1 of 4", "template_id")
		w.press("]", "]")
		w.sees("What happens")
	})
}

// In a window too small to show anything, keys do nothing but quit.
func TestTooSmallAWindow(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.begin()
		w.typeText("415-555-0011")
		w.program.Send(tea.WindowSizeMsg{Width: 40, Height: 10})
		w.press("enter", "9", "n", "ctrl+n")
		w.sees("too small", "60×16", "40×10")
		w.stands(flow.PhasePhone)
		w.program.Send(tea.WindowSizeMsg{Width: 60, Height: 16})
		w.press("down")
		if got := w.model().phone.value(); got != "415-555-0011" {
			t.Errorf("the phone number is now %q", got)
		}
	})
}

func TestMouse(t *testing.T) {
	m := everyState(t)["phone"]
	m.mouse = true
	next, _ := m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	next, _ = next.Update(tea.MouseClickMsg{X: 3, Y: 33, Button: tea.MouseLeft})
	if got := next.(Model).focus; got != paneLog {
		t.Fatalf("after a click on the log the focus is on %v", got.title())
	}
	next, _ = next.Update(tea.MouseWheelMsg{X: 3, Y: 33, Button: tea.MouseWheelUp})
	if got := next.(Model).log.cursor; got == following {
		t.Error("the wheel did not move the log")
	}
	if v := next.View(); v.MouseMode != tea.MouseModeCellMotion || !v.AltScreen {
		t.Errorf("mouse mode %v, alternate screen %v", v.MouseMode, v.AltScreen)
	}
}

// Without colour, nothing sets one; bold, faint, underline and reverse remain.
func TestNoColour(t *testing.T) {
	colour := regexp.MustCompile("\x1b\\[[0-9;:]*\\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])\\b[0-9;:]*m")
	for name, state := range everyState(t) {
		o := state.opts
		o.Color = false
		m := New(o)
		for i := range state.journal.Len() {
			m.take(state.journal.At(i).Event)
		}
		if found := colour.FindString(m.sized(120, 36).Content); found != "" {
			t.Errorf("%s: the view sets a colour: %q", name, found)
		}
	}
}

// The real Link lives in a page only.
func TestLiveLinkIsNotDrawnHere(t *testing.T) {
	m := everyState(t)["browser failed"]
	m.opts.Live = true
	next, _ := m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	if _, ok := m.bindingFor("t"); ok {
		t.Error("t would draw the real Link in the terminal")
	}
	if does, act := m.primary(); act == nil || does != "open the page again" {
		t.Errorf("Enter does %q", does)
	}
	if screen := next.View().Content; !strings.Contains(screen, "live Plaid Sandbox") {
		t.Error("the screen does not say that it is live")
	}
}

// An answer to an attempt that was left changes nothing.
func TestLateAnswer(t *testing.T) {
	m := everyState(t)["asking"]
	m.do(actStartOver)
	m.after(flow.SessionTokenCreated{At: at, Call: 1, LinkToken: flow.NewLinkToken("link-sandbox-late")})
	if m.state.Phase != flow.PhaseToken || !m.state.LinkToken.IsZero() {
		t.Errorf("the late token was taken; the walk is in %q", m.state.Phase)
	}
}

// Personas chosen on the command line are there when the phone is asked for.
func TestPersonaFromTheCommandLine(t *testing.T) {
	inBubble(t, setting{persona: "newcomer"}, func(w *world) {
		w.begin()
		w.sees(`phone_number: "+14155550000"`)
		w.press("enter", "enter")
		w.stands(flow.PhaseReady)
	})
}
