package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/flow/plaidsim"
)

// Every branch of a walk, from the first key to the last screen.

// begin walks from the first key to the phone number.
func (w *world) begin() {
	w.t.Helper()
	w.stands(flow.PhaseToken)
	w.press("enter")
	w.stands(flow.PhaseHandler)
	w.press("enter")
	w.stands(flow.PhasePhone)
}

// submit begins and submits a phone number.
func (w *world) submit(phone string) {
	w.t.Helper()
	w.begin()
	w.typeText(phone)
	w.press("enter")
}

// openLink opens Link in the terminal and goes on to the pane for the code.
func (w *world) openLink() {
	w.t.Helper()
	w.stands(flow.PhaseReady)
	w.press("enter")
	w.stands(flow.PhaseLink)
	w.shows(flow.ViewConsent)
	w.press("enter")
	w.shows(flow.ViewVerifyPhone)
}

// untilReview walks on from LAYER_READY to Link's review, in the terminal.
func (w *world) untilReview() {
	w.t.Helper()
	w.openLink()
	w.typeText("123456")
	w.shows(flow.ViewReview)
}

// shows fails the test unless the terminal's Link shows this view.
func (w *world) shows(view string) {
	w.t.Helper()
	if got := w.model().state.Link.Pane.View; got != view {
		w.t.Fatalf("Link shows %q, want %q:\n%s", got, view, w.screen())
	}
}

func TestEligibleByPhone(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.sees("Ask for a link_token", "simulated")
		w.submit("415-555-0011")
		w.untilReview()
		w.sees("Maxine", "[x]", "simulated")
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		w.sees("Identity", "Edit history", "Items", "Maxine", "Everyday Checking", "/user_account/session/get")
		w.seesNot("1975-01-18")
	})
}

func TestEligibleByDateOfBirth(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550000")
		w.stands(flow.PhaseDateOfBirth)
		w.typeText("01/18/1975")
		w.sees(`date_of_birth: "1975-01-18"`)
		w.press("enter")
		w.untilReview()
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
	})
}

func TestFallbackAfterTheDateOfBirth(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550012")
		w.stands(flow.PhaseDateOfBirth)
		w.typeText("1975-01-18")
		w.press("enter")
		w.stands(flow.PhaseFallback)
		// The form knows the phone number and the date, and asks for the rest.
		w.sees("+14155550012", "First name", "Email")
		w.seesNot("1975-01-18")
		w.press("enter")
		w.sees("✗ First name is needed.")
		w.typeText("Zoë")
		w.press("down")
		w.typeText("O'Neil")
		w.press("down", "down", "down", "down", "down")
		w.typeText("zoe@example")
		w.press("enter")
		w.sees("An email address looks like")
		w.typeText(".com")
		w.press("down", "down", "ctrl+s")
		w.sees("1975-01-18")
		w.press("up")
		w.seesNot("1975-01-18") // masked again on leaving
		w.press("enter")
		if !w.model().state.SignedUp {
			t.Fatalf("the form was not sent:\n%s", w.screen())
		}
		w.sees("Zoë")
		w.press("n")
		w.stands(flow.PhaseToken)
	})
}

func TestOwnFormInsteadOfTheDateOfBirth(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550000")
		w.typeText("19")
		w.press("ctrl+f")
		w.stands(flow.PhaseFallback)
	})
}

func TestSDKTooOldForAutofill(t *testing.T) {
	inBubble(t, setting{platform: "ios", version: "6.3.0"}, func(w *world) {
		w.submit("4155550000")
		w.stands(flow.PhaseFallback)
		w.sees("iOS 6.3.0", "6.3.1")
	})
}

func TestLinkClosedByItsUser(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.press("enter")
		w.press("c")
		w.stands(flow.PhaseExited)
		w.press("n")
		w.stands(flow.PhaseToken)
		// What was entered is still there.
		w.press("enter", "enter")
		w.sees("4155550011")
	})
}

func TestLinkExitedByTheApp(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.openLink()
		w.typeText("12x") // x is text here
		w.stands(flow.PhaseLink)
		w.press("ctrl+x")
		w.stands(flow.PhaseExited)
	})
}

func TestThreeWrongCodes(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.openLink()
		w.typeText("111111")
		w.stands(flow.PhaseLink)
		if w.model().link.code != "" {
			t.Errorf("the refused code is still in the cells: %q", w.model().link.code)
		}
		w.typeText("22222")
		w.press("backspace")
		w.typeText("22")
		w.stands(flow.PhaseLink)
		w.sees("The last try")
		w.typeText("333333")
		w.stands(flow.PhaseExited)
		w.sees("PROFILE_AUTHENTICATION_FAILED", "start over")
	})
}

func TestLinkTokenExpires(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.begin()
		w.typeText("415-555")
		w.pass(4*time.Hour + time.Minute)
		w.stands(flow.PhaseFailed)
		w.sees("INVALID_LINK_TOKEN")
		w.press("enter") // start over
		w.stands(flow.PhaseToken)
		w.press("enter", "enter")
		w.sees("415-555")
	})
}

func TestCallFailsAndIsRetried(t *testing.T) {
	for _, status := range []int{400, 429, 500} {
		inBubble(t, setting{}, func(w *world) {
			w.sim.Fail(plaidsim.Fault{On: "CreateSessionToken", Status: status})
			w.press("enter")
			w.stands(flow.PhaseFailed)
			w.sees("request_id", "try again")
			w.press("r")
			w.stands(flow.PhaseHandler)
		})
	}
}

func TestNoAnswerAtAll(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.sim.Fail(plaidsim.Fault{On: "CreateSessionToken", NoAnswer: true})
		w.press("enter")
		w.stands(flow.PhaseToken)
		w.pass(time.Minute)
		w.stands(flow.PhaseFailed)
		w.press("enter")
		w.stands(flow.PhaseHandler)
	})
}

func TestSessionFailsAndIsRetried(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.sim.Fail(plaidsim.Fault{On: "GetUserAccountSession", Status: 500})
		w.press("enter")
		w.stands(flow.PhaseFailed)
		w.press("r")
		w.stands(flow.PhaseOnboarded)
	})
}

func TestAccountsFailAndAreRetried(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.sim.Fail(plaidsim.Fault{On: "GetAccounts", Status: 500})
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		w.seesNot("Everyday Checking")
		w.press("r")
		w.sees("Everyday Checking")
	})
}

func TestSubmitIsSwallowed(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.begin()
		w.sim.Fail(plaidsim.Fault{On: "SubmitHandler", Swallow: true})
		w.typeText("4155550011")
		w.press("enter")
		w.stands(flow.PhaseEligibility)
		w.pass(flow.EligibilityPatience + time.Second)
		w.sees("submit again")
		w.press("r")
		w.stands(flow.PhaseReady)
	})
}

// Six digits send themselves, once: what Link takes without a word is not sent
// again and again.
func TestASwallowedCodeIsSentOnce(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.press("enter", "enter")
		w.shows(flow.ViewVerifyPhone)
		w.sim.Fail(plaidsim.Fault{On: "/link/session/code", Swallow: true, Calls: -1})
		w.typeText("123456")
		w.shows(flow.ViewVerifyPhone)
		if sent := w.codesSent(); sent != 1 {
			t.Fatalf("the code was sent %d times", sent)
		}
		w.sim.Heal()
		w.press("backspace")
		w.typeText("6") // the same code, by hand
		w.shows(flow.ViewReview)
		if sent := w.codesSent(); sent != 2 {
			t.Fatalf("the code was sent %d times", sent)
		}
	})
}

func (w *world) codesSent() (n int) {
	for _, e := range w.model().journal.Entries() {
		if acted, ok := e.Event.(flow.LinkActed); ok && acted.Action.Kind == flow.LinkCode && e.Verdict != flow.Refused {
			n++
		}
	}
	return n
}

func TestStartOverWithAnotherPersona(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550012")
		w.stands(flow.PhaseDateOfBirth)
		w.press("ctrl+l")
		w.sees("Personas", "newcomer")
		for !strings.Contains(w.screen(), "› newcomer") {
			w.press("down")
		}
		w.press("enter")
		w.stands(flow.PhaseToken)
		w.press("enter", "enter")
		w.sees(`phone_number: "+14155550000"`, "newcomer")
		w.press("enter")
		w.stands(flow.PhaseDateOfBirth)
		w.press("enter") // the persona's date is there
		w.stands(flow.PhaseReady)
	})
}

func TestAnotherTemplate(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.press("p", "tab")
		for range 50 {
			if strings.Contains(w.screen(), "› accounts-skip") {
				break
			}
			w.press("down")
		}
		w.press("enter")
		w.sees("template accounts-skip")
		w.submit("4155550011")
		w.untilReview()
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		if n := len(w.model().state.Account.Items); n != 0 {
			t.Errorf("%d Items came although the template skips accounts", n)
		}
	})
}

func TestAddressEditedInTheTerminal(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		for w.model().link.stop().Key != "address.street" {
			w.press("down")
		}
		w.typeText(" North")
		w.sees("1 Imaginary Lane North", "edited")
		// Neither an overlay, a resize nor a look elsewhere loses it.
		w.press("f1", "esc", "tab", "shift+tab")
		w.program.Send(tea.WindowSizeMsg{Width: 80, Height: 24})
		w.press("down", "up")
		w.sees("1 Imaginary Lane North")
		w.sim.Fail(plaidsim.Fault{On: "/link/session/share", Status: 500})
		w.press("enter")
		w.stands(flow.PhaseLink)
		w.sees("1 Imaginary Lane North")
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		w.sees("1 Imaginary Lane North")
		if n := w.model().state.Account.History.Address.Current; n != 1 {
			t.Errorf("the address counts %d edits in this session, want 1", n)
		}
		w.press("tab")
		w.sees("Edit history", "+1")
	})
}

// What was edited survives Link's refusal and a look at the browser.
func TestEditsSurvive(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.press("down", "down")
		w.typeText(" North")
		w.press("ctrl+o")
		w.seesNot("Imaginary Lane North")
		w.press("t")
		w.shows(flow.ViewReview)
		w.sees("Imaginary Lane North", "edited")
		w.press("up", "up", "ctrl+u")
		w.press("enter") // a first name is required
		w.shows(flow.ViewReview)
		w.sees("Imaginary Lane North")
		w.typeText("Max")
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		if id := w.model().state.Account.Identity; id.FirstName != "Max" || id.Address.Street != "1 Imaginary Lane North" {
			t.Errorf("shared %q and %q", id.FirstName, id.Address.Street)
		}
	})
}

func TestNoAccountShared(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		for !onAccount(w.model()) {
			w.press("down")
		}
		w.press("space", "down", "space")
		w.seesNot("[x]")
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		if n := len(w.model().state.Account.Items); n != 0 {
			t.Errorf("%d Items came although no account was shared", n)
		}
	})
}

func TestBrowserFailsAndTheTerminalGoesOn(t *testing.T) {
	inBubble(t, setting{surface: flow.InBrowser, browser: errors.New("no display"), width: 160, height: 40}, func(w *world) {
		w.submit("4155550011")
		w.press("enter")
		w.stands(flow.PhaseLink)
		w.sees("no display", "http://127.0.0.1:45678/link/5b1e0f0c7c3f4a4f8a7c6f2d1e0b9a88", "terminal")
		w.press("u")
		w.sees("http://127.0.0.1:45678/", "▀")
		w.press("esc", "t")
		w.shows(flow.ViewConsent)
		w.press("enter")
		w.typeText("123456")
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
	})
}

func TestPageIsLostAndOpenedAgain(t *testing.T) {
	inBubble(t, setting{surface: flow.InBrowser}, func(w *world) {
		w.submit("4155550011")
		w.press("enter")
		w.event(flow.PageConnected{At: flow.At(time.Now()), Tab: 1})
		w.event(flow.PageLost{At: flow.At(time.Now()), Tab: 1})
		w.sees("open the page again")
		w.press("b")
		if n := w.page.presented.Load(); n != 2 {
			t.Errorf("the page was presented %d times, want 2", n)
		}
		w.press("t")
		w.shows(flow.ViewConsent)
		if w.page.dismissed.Load() == 0 {
			t.Error("the page was not told that Link goes on in the terminal")
		}
	})
}

func TestOperatorIsToldWhyNot(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.begin()
		w.typeText("415-555-00")
		w.sees("2 more digits.")
		w.press("enter")
		w.stands(flow.PhasePhone)
		w.sees("✗ 2 more digits.")
		w.typeText("11")
		w.sees(`✓ submit({ phone_number: "+14155550011" })`)
	})
}

func TestRevealShowsOneValueAtATime(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.press("enter")
		identity := w.model().state.Account.Identity
		for w.model().privateHere() != "date_of_birth" {
			w.press("down")
		}
		w.press("v")
		w.sees(identity.DateOfBirth.Reveal())
		w.press("down")
		w.seesNot(identity.DateOfBirth.Reveal())
		w.press("v")
		w.sees(identity.SSN.Reveal())
		w.press("tab")
		w.seesNot(identity.SSN.Reveal())
	})
}
