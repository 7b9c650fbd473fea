package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
)

// A walk against the real Plaid, with Link in a page from create() on.

// inPage is a live walk, in a window that shows one pane.
var inPage = setting{paged: true, width: 90, height: 40}

// create walks until the page is asked to create the handler.
func (w *world) create() {
	w.t.Helper()
	w.stands(flow.PhaseToken)
	w.press("enter")
	w.stands(flow.PhaseHandler)
	w.press("enter")
}

// phoneInPage walks until the phone number is asked for.
func (w *world) phoneInPage() {
	w.t.Helper()
	w.create()
	w.connect()
	w.stands(flow.PhasePhone)
}

func (w *world) submitInPage(phone string) {
	w.t.Helper()
	w.phoneInPage()
	w.typeText(phone)
	w.press("enter")
}

func TestLiveWalk(t *testing.T) {
	inBubble(t, inPage, func(w *world) {
		w.sees("live Plaid Sandbox · no page yet", "Step · live Plaid Sandbox · template_4uinBNe4B2x9")
		w.press("enter")
		w.sees("Real Link exists only in a page", "create the handler")
		w.press("enter")
		w.stands(flow.PhaseHandler)
		w.sees("page not open: "+pagedURL, "Plaid.create() waits for it", "The page is to be opened")
		w.seesNot("terminal", "simulated")
		w.pass(2 * time.Minute) // a call that waits for a person is not given up
		w.connect()
		w.stands(flow.PhasePhone)
		w.sees("page connected · Link loaded in", "lists the numbers that Plaid documents")
		w.press("enter") // nobody is proposed
		w.stands(flow.PhasePhone)
		w.typeText("4155550011")
		w.sees("one of Plaid's test numbers: The usual one")
		w.press("enter")
		w.stands(flow.PhaseReady)
		w.sees("open() will show it without a wait", "open Link in the page")
		w.seesNot("the simulator", "b browser")
		w.pass(5 * time.Second)
		w.press("enter")
		w.stands(flow.PhaseLink)
		w.sees("silence is normal", "without a wait", "→ Now look at the page: finish Link there. The code is 123456.")
		w.pass(42 * time.Second)
		w.share()
		w.stands(flow.PhaseOnboarded)
		w.press("tab", "tab", "tab")
		w.sees("held 42", "live Plaid Sandbox · page connected")
	})
}

func TestLiveByDateOfBirth(t *testing.T) {
	inBubble(t, inPage, func(w *world) {
		w.submitInPage("4155550000")
		w.stands(flow.PhaseDateOfBirth)
		w.sees("Plaid documents the date 1975-01-18")
		w.press("enter") // none is proposed
		w.stands(flow.PhaseDateOfBirth)
		w.typeText("1975-01-18")
		w.press("enter")
		w.stands(flow.PhaseReady)
	})
	inBubble(t, inPage, func(w *world) {
		w.submitInPage("4155550012")
		w.typeText("1975-01-18")
		w.press("enter")
		w.stands(flow.PhaseFallback)
		w.press("ctrl+n", "enter", "enter") // the page is open still
		w.stands(flow.PhasePhone)
		w.sees("page connected", "4155550012")
	})
}

// Whatever phase the page is lost in, the screen says what to do and the walk
// goes on where it stood.
func TestPageLostInEachPhase(t *testing.T) {
	phases := map[flow.Phase]func(w *world){
		flow.PhasePhone:       func(w *world) { w.phoneInPage(); w.typeText("415555") },
		flow.PhaseDateOfBirth: func(w *world) { w.submitInPage("4155550000") },
		flow.PhaseReady:       func(w *world) { w.submitInPage("4155550011") },
		flow.PhaseLink:        func(w *world) { w.submitInPage("4155550011"); w.press("enter") },
	}
	for phase, walk := range phases {
		inBubble(t, inPage, func(w *world) {
			walk(w)
			w.stands(phase)
			w.lose()
			w.stands(phase)
			w.sees("page not open: "+pagedURL, "The page was closed or is reloading", "open the page again")
			w.seesNot("in the terminal", "simulated")
			served := w.paged.served
			w.press(map[bool]string{true: "ctrl+o", false: "b"}[w.model().typing()])
			if w.paged.served != served+1 {
				t.Errorf("%s: the page was not opened again:\n%s", phase, w.screen())
			}
			w.connect()
			w.stands(phase)
			w.sees("page connected")
			w.seesNot("was closed")
			if phase == flow.PhasePhone {
				w.typeText("0011")
				w.press("enter")
				w.stands(flow.PhaseReady)
			}
		})
	}
}

// A submit waits for the page, and patience only begins when it has returned.
func TestSubmitWaitsForThePage(t *testing.T) {
	inBubble(t, inPage, func(w *world) {
		w.phoneInPage()
		w.lose()
		w.typeText("4155550011")
		w.press("enter")
		w.stands(flow.PhaseEligibility)
		w.sees("submit() waits for it.", "Enter open the page again")
		w.pass(time.Minute)
		w.seesNot("No LAYER_* event")
		w.connect()
		w.stands(flow.PhaseReady)
	})
}

func TestOpenWaitsForThePage(t *testing.T) {
	inBubble(t, inPage, func(w *world) {
		w.submitInPage("4155550011")
		w.lose()
		w.press("enter")
		w.stands(flow.PhaseLink)
		w.sees("page not open", "Enter open the page again")
		w.pass(time.Minute)
		w.connect()
		w.sees("The user is in Link")
	})
}

// A reload in Link begins another session with the same link_token.
func TestReloadInLink(t *testing.T) {
	inBubble(t, inPage, func(w *world) {
		w.submitInPage("4155550011")
		w.press("enter")
		w.inPage(flow.LinkAction{Kind: flow.LinkContinue}, flow.LinkAction{Kind: flow.LinkCode, Code: flow.NewOneTimeCode("111111")})
		w.reload("LAYER_READY", "OPEN")
		w.stands(flow.PhaseLink)
		w.sees("in another Link session on the same link_token", "123456")
		if s := w.model().state; s.LinkSessionID != "session-anew" || s.Link.WrongCodes != 0 {
			t.Errorf("session %q, %d wrong codes", s.LinkSessionID, s.Link.WrongCodes)
		}
	})
}

// Link may answer otherwise after a reload; then there is a way on.
func TestReloadContradicts(t *testing.T) {
	inBubble(t, inPage, func(w *world) {
		w.submitInPage("4155550011")
		w.reload("LAYER_NOT_AVAILABLE")
		w.stands(flow.PhaseReady)
		w.sees("page in trouble", "where the walk had LAYER_READY", "start over with a new token")
		w.press("n")
		w.stands(flow.PhaseToken)
		w.seesNot("trouble")
	})
}

func TestNoBrowserForThePage(t *testing.T) {
	inBubble(t, setting{paged: true, width: 90, height: 40, browser: errors.New("no display")}, func(w *world) {
		w.create()
		w.sees("No browser could be started: no display. Open the address below yourself.", pagedURL, "QR code")
		w.seesNot("terminal")
		w.press("u")
		w.sees("The address of the page", pagedURL)
		w.press("esc")
		w.connect()
		w.stands(flow.PhasePhone)
	})
}

// The script that does not load is told of, tried again, and nothing is lost.
func TestPageInTrouble(t *testing.T) {
	inBubble(t, inPage, func(w *world) {
		w.create()
		w.event(flow.PageTrouble{At: flow.At(time.Now()), Reason: "the script https://cdn.plaid.com/… did not load: a blocker?"})
		w.sees("The page reports trouble: the script", "Nothing that was entered is lost", "open the page again", "start over")
		w.connect()
		w.stands(flow.PhasePhone)
		w.seesNot("trouble")
	})
	inBubble(t, inPage, func(w *world) {
		w.create()
		w.event(flow.PageConnected{At: flow.At(time.Now()), Tab: 1})
		w.event(flow.PageTrouble{At: flow.At(time.Now()), Reason: "the script did not load"})
		w.sees("The page has no Link", "Plaid.create() waits until it can", "Enter open the page again")
	})
	inBubble(t, inPage, func(w *world) {
		w.create()
		w.pass(11 * time.Minute)
		w.stands(flow.PhaseFailed)
		w.sees("Plaid.create() failed", "the page could not create it. Nothing that was entered is lost.", "try again", "page not open")
		w.press("enter")
		w.stands(flow.PhaseHandler)
		w.connect()
		w.stands(flow.PhasePhone)
	})
}

func TestLinkTokenExpiresInPage(t *testing.T) {
	inBubble(t, inPage, func(w *world) {
		w.phoneInPage()
		w.typeText("415-555")
		w.pass(4*time.Hour + time.Minute)
		w.stands(flow.PhaseFailed)
		w.sees("What was entered is kept, and the page stays where it is.")
		w.press("enter", "enter", "enter")
		w.stands(flow.PhasePhone)
		w.sees("415-555", "page connected")
	})
}

// Settings that lead elsewhere than to Plaid are on every screen.
func TestElsewhereIsAlwaysShown(t *testing.T) {
	elsewhere := []string{"LAYERSIM_PLAID_URL=http://127.0.0.1:8137", "LAYERSIM_CA_FILE=ca.pem"}
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 36}, {200, 50}} {
		inBubble(t, setting{paged: true, elsewhere: elsewhere, width: size[0], height: size[1]}, func(w *world) {
			always := func() {
				w.t.Helper()
				w.sees("! not Plaid: LAYERSIM_PLAID_URL=http://127.0.0.1:8137", "LAYERSIM_CA_FILE=ca.pem")
				w.seesNot("live Plaid Sandbox")
				if problem := fills(w.model().View(), size[0], size[1]); problem != "" {
					t.Fatalf("%v: %s\n%s", size, problem, w.screen())
				}
			}
			always()
			w.press("?")
			always()
			w.press("esc", "p")
			always()
			w.press("esc")
			w.submitInPage("4155550011")
			always()
			w.press("enter")
			always()
			w.share()
			w.stands(flow.PhaseOnboarded)
			always()
			w.press("left", "left")
			always()
		})
	}
}

// The picker offers what Plaid documents, and no template.
func TestLivePickerOffersTestNumbers(t *testing.T) {
	inBubble(t, inPage, func(w *world) {
		w.press("p")
		w.sees("Plaid's test numbers", "+14155550011", "The usual one: full identity, two banks", "+15155550019")
		w.seesNot("Templates", "silent", "accounts-required")
		w.press("tab", "enter")
		w.create()
		w.connect()
		w.sees("+14155550011")
		w.press("enter")
		w.stands(flow.PhaseReady)
	})
}

// Nothing on a live screen speaks of a simulation, or of Link in the terminal.
func TestLiveScreensAreTrue(t *testing.T) {
	for name, walk := range map[string]func(w *world){
		"token":   func(*world) {},
		"creates": (*world).create,
		"phone":   (*world).phoneInPage,
		"birth":   func(w *world) { w.submitInPage("4155550000") },
		"ready":   func(w *world) { w.submitInPage("4155550011") },
		"link":    func(w *world) { w.submitInPage("4155550011"); w.press("enter") },
		"onboarded": func(w *world) {
			w.submitInPage("4155550011")
			w.press("enter")
			w.share()
		},
		"left": func(w *world) {
			w.submitInPage("4155550011")
			w.press("enter", "x")
		},
	} {
		inBubble(t, setting{paged: true, width: 200, height: 50}, func(w *world) {
			walk(w)
			for tab := range int(tabCount) {
				m := *w.model()
				m.inspector.tab = tabID(tab)
				screen := ansi.Strip(m.sized(200, 50).Content)
				flat := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "┃", " ").Replace(screen)), " ")
				for _, lie := range []string{"simulator", "simulated Plaid", "finish in the terminal", "go on in the terminal", "Here Link is in this program"} {
					if strings.Contains(flat, lie) {
						t.Errorf("%s, tab %d: %q\n%s", name, tab, lie, screen)
					}
				}
			}
		})
	}
}

// What a live walk cannot show is not offered.
func TestLiveMistakes(t *testing.T) {
	inBubble(t, inPage, func(w *world) {
		w.phoneInPage()
		m := w.model()
		for _, wrong := range flow.Wrongs() {
			why := m.wrongObstacle(wrong)
			if offered := why != "with the simulated Plaid only"; offered == wrong.SimulatedOnly {
				t.Errorf("%s: %q", wrong.ID, why)
			}
		}
	})
}

// A live screen fills its window in every state, whatever comes from outside.
func TestLiveScreensFill(t *testing.T) {
	oneAtATime(t)
	for name, state := range everyState(t) {
		for _, page := range [][]flow.Event{
			nil,
			{flow.PageServed{At: at, URL: pagedURL}, flow.BrowserFailed{At: at, Reason: hostile}},
			{flow.PageServed{At: at, URL: "http://127.0.0.1:1/" + hostile}},
			{flow.PageServed{At: at, URL: pagedURL}, flow.PageConnected{At: at, Tab: 2}, flow.PageTrouble{At: at, Reason: hostile}},
			{flow.PageServed{At: at, URL: pagedURL}, flow.PageConnected{At: at, Tab: 2}, flow.PageLost{At: at, Tab: 2}},
		} {
			o := state.opts
			o.Live, o.Config.InPage, o.Elsewhere = true, true, []string{"LAYERSIM_PLAID_URL=" + hostile, "LAYERSIM_LINK_SCRIPT=http://127.0.0.1:8137/link/v2/stable/link-initialize.js"}
			m := New(o)
			for i := range state.journal.Len() {
				m.take(state.journal.At(i).Event)
			}
			m.after(page...)
			for _, size := range [][2]int{{60, 16}, {80, 24}, {100, 30}, {120, 36}, {200, 50}} {
				if problem := fills(m.sized(size[0], size[1]), size[0], size[1]); problem != "" {
					t.Fatalf("%s with %d events of the page, %v: %s\n%s", name, len(page), size, problem, ansi.Strip(m.sized(size[0], size[1]).Content))
				}
			}
		}
	}
}
