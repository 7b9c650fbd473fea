package tui

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/flow/sdk"
)

// pick opens the chooser and goes to a platform and its nth version.
func (w *world) pickSDK(platform string, version int) {
	w.t.Helper()
	w.press("s")
	for range 10 {
		w.press("up")
	}
	for _, p := range sdk.Platforms() {
		if p.ID == platform {
			break
		}
		w.press("down")
	}
	w.press("tab")
	for range version {
		w.press("down")
	}
}

// An app whose SDK is too old for Layer hears nothing, and the screen says why
// when patience has run out.
func TestSDKTooOldForLayer(t *testing.T) {
	inBubble(t, setting{persona: "two-banks", width: 90, height: 30}, func(w *world) {
		w.pickSDK("ios", 4)
		w.sees("What differs with iOS 6.0.3", "✗ Layer", "iOS 6.0.3 is too old: no LAYER_* event will come. It needs 6.0.4 or later.", "Enter starts over with iOS 6.0.3")
		w.press("enter")
		w.stands(flow.PhaseToken)
		w.sees("iOS 6.0.3")
		w.begin()
		w.sees("! iOS 6.0.3 does not know Layer: handler.submit() will")
		w.press("enter")
		w.stands(flow.PhaseEligibility)
		w.pass(flow.EligibilityPatience - time.Second)
		w.seesNot("none will come")
		w.pass(2 * time.Second)
		w.stands(flow.PhaseEligibility)
		w.sees("No answer, and none will come", "it hears nothing: no event, no error, no callback", "s another Link SDK or version", "none will come: iOS 6.0.3 does not know Layer, which needs 6.0.4 or later", "Enter use the app's own form")
		for i := range w.model().journal.Len() {
			if e, ok := w.model().journal.At(i).Event.(flow.OnEvent); ok {
				t.Errorf("%s came", e.Name)
			}
		}
		w.press("enter")
		w.stands(flow.PhaseFallback)
		w.sees("your app waited no longer", "Layer needs 6.0.4 or later.")
	})
}

// One too old for Extended Autofill falls back where another asks for a date of
// birth.
func TestSDKTooOldForAutofillIsChosen(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.pickSDK("ios", 2)
		w.press("enter")
		w.submit("4155550000")
		w.stands(flow.PhaseFallback)
		w.sees(".layerNotAvailable, and iOS 6.3.0 cannot submit a date of birth", "Extended Autofill needs 6.3.1 or later", "letting go of the handler")
	})
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.pickSDK("ios", 1)
		w.press("enter")
		w.submit("4155550000")
		w.stands(flow.PhaseDateOfBirth)
		w.sees(".layerNotAvailable:", "submit dateOfBirth alone")
	})
}

// Every SDK can be walked to the end, in its own words, and the State is still
// a fold over the journal.
func TestEverySDKIsWalked(t *testing.T) {
	for _, p := range sdk.Platforms() {
		for version, choice := range p.Choices() {
			client, err := sdk.Client(p.ID, choice.Version)
			if err != nil {
				t.Fatal(err)
			}
			if !client.Layer || raceDetector && version > 0 { // versions differ in words
				continue
			}
			t.Run(client.Label()+" "+choice.Version, func(t *testing.T) {
				inBubble(t, setting{width: 200, height: 50, persona: "two-banks"}, func(w *world) {
					w.pickSDK(p.ID, version)
					w.press("enter")
					if client == w.model().opts.Config.Client {
						w.sees("is in use already")
					}
					n := client.Words()
					w.press("enter")
					w.sees(n.Create)
					w.press("enter")
					w.sees(n.Submit, n.Phone, "submit({ "+n.Phone+": ")
					w.press("enter")
					w.sees(n.Ready, n.Open)
					w.untilReview()
					w.press("enter")
					w.stands(flow.PhaseOnboarded)
					m := w.model()
					if got := m.state.Config.Client; got != client {
						t.Errorf("the walk has %+v; want %+v", got, client)
					}
					if fold := m.journal.StateAt(m.journal.Len() - 1); !reflect.DeepEqual(fold, m.state) {
						t.Errorf("the fold over the journal is another State")
					}
					if log := strings.Join(spelled(m), "\n"); !strings.Contains(log, "submit() returned") || n.Ready != flow.EventLayerReady && !strings.Contains(log, n.Ready) || n.Success != "onSuccess" && !strings.Contains(log, n.Success) {
						t.Errorf("the log does not speak its words:\n%s", log)
					}
				})
			})
		}
	}
}

// spelled returns the lines of the log as they are drawn.
func spelled(m *Model) (lines []string) {
	for i := range m.journal.Len() {
		e := m.journal.At(i)
		l := m.inItsWords(e, m.log.line(e))
		lines = append(lines, l.Name+" "+l.Detail)
	}
	return lines
}

// The log tells what was heard then in the words of the SDK of then.
func TestLogKeepsTheWordsOfItsTime(t *testing.T) {
	inBubble(t, setting{platform: "ios", version: "6.4.0", persona: "two-banks", width: 200, height: 50}, func(w *world) {
		w.begin()
		w.press("enter")
		w.pickSDK("react-native", 0)
		w.press("enter")
		w.begin()
		w.press("enter")
		var heard []string
		for _, l := range spelled(w.model()) {
			if strings.HasPrefix(l, "LAYER_READY") {
				heard = append(heard, strings.Fields(l)[1])
			}
		}
		if want := []string{".layerReady", "LinkEventName.LAYER_READY"}; !reflect.DeepEqual(heard, want) {
			t.Errorf("heard as %v; want %v", heard, want)
		}
	})
}

func TestVersionIsTyped(t *testing.T) {
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.pickSDK("react-native", 0)
		w.sees("createPlaidLayerSession()")
		w.typeText("11.11.")
		w.press("enter")
		w.sees("Refused", "is not a version; expected one such as 6.3.1")
		w.typeText("1")
		w.sees("What differs with React Native 11.11.1", "its LinkEventName has no LAYER_* before 11.12.0", "too old: it submits no date of birth")
		w.press("backspace")
		w.typeText("0")
		w.press("enter")
		if got := w.model().state.Config.Client.Label(); got != "React Native 11.11.0" {
			t.Errorf("the walk has %s", got)
		}
		w.press("s") // it opens where the walk is
		w.sees("11.11.0 ●", "Enter keeps it")
		w.press("enter")
		w.sees("React Native 11.11.0 is in use already.")
	})
	inBubble(t, setting{width: 160, height: 50}, func(w *world) {
		w.pickSDK("web", 0)
		w.typeText("2.0")
		w.sees("latest ●", "the only one: a page always loads it")
		w.seesNot("2.0")
		w.press("esc")
		w.stands(flow.PhaseToken)
		w.pickSDK("android", 5)
		w.sees("Type the version that your app has.")
		w.press("enter")
		w.sees("Type a version such as 5.3.0.")
	})
}

// Where Layer does not work at all, the chooser says why and what to do.
func TestUnsupportedCannotBeChosen(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.press("s")
		for range 5 {
			w.press("down")
		}
		for _, u := range sdk.Unsupported() {
			w.sees(u.Name+" ✗", "No Layer with "+u.Name, u.Why, u.Instead)
			w.press("tab", "enter")
			w.sees("No Layer with " + u.Name)
			w.press("down")
		}
		w.press("esc")
		if m := w.model(); m.state.Config.Client.Platform != "web" || m.journal.Len() != 0 {
			t.Errorf("the walk has %s after %d events", m.state.Config.Client.Label(), m.journal.Len())
		}
	})
}

// The phone number stays, and an attempt that is under way is left.
func TestChoosingAnSDKStartsOver(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.submit("4155550011")
		w.stands(flow.PhaseReady)
		w.pickSDK("android", 0)
		w.press("enter")
		w.stands(flow.PhaseToken)
		if m := w.model(); m.state.Attempt != 2 || m.state.Config.Client.Platform != "android" {
			t.Errorf("attempt %d with %s", m.state.Attempt, m.state.Config.Client.Label())
		}
		w.begin()
		w.sees("4155550011")
		// While the number is typed, s is a letter, and the chord opens it.
		w.press("s")
		w.seesNot("Link SDK of your app")
		w.program.Send(keyPress("alt+s"))
		w.press("pgdown", "pgup")
		w.sees("Link SDK of your app")
	})
}

// The chooser can be read to its end at every size.
func TestAllDifferencesCanBeRead(t *testing.T) {
	oneAtATime(t)
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 36}, {200, 50}} {
		for i := range append(sdk.Platforms(), make([]sdk.Platform, len(sdk.Unsupported()))...) {
			m := still(t, flow.InTerminal)
			m.sized(size[0], size[1])
			m.layout = layOut(size[0], size[1], false, paneStage, false)
			m.openSDKs()
			m.sdk.platform, m.sdk.version = i, 0
			seen := ""
			for range 40 {
				v := m.sized(size[0], size[1])
				if problem := fills(v, size[0], size[1]); problem != "" {
					t.Fatalf("%v: %s", size, problem)
				}
				m.layOutSDKs()
				seen += strings.Join(strings.Fields(strings.NewReplacer("│", " ", "┃", " ").Replace(ansi.Strip(v.Content))), " ")
				m.scrollSDKs(actPageDown)
			}
			for _, f := range m.sdkFacts() {
				for _, word := range strings.Fields(f.Text) {
					if !strings.Contains(seen, word) {
						t.Errorf("%v: %q of %q cannot be read", size, word, f.Text)
					}
				}
			}
		}
	}
}
