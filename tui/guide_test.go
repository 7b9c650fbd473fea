package tui

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/fixtures"
	"layersim/flow"
)

// The guide follows the walk, and topics are read on the way.
func TestGuideTopics(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.sees("● This step", "○ Events", "Your server calls /session/token/create")
		w.press("g")
		w.sees("● Events", "Which event means what, and what to do", "○ This step")
		w.press("g")
		w.sees("● Webhooks", "No webhook has reached this walk so far.", "LAYER_AUTHENTICATION_PASSED")
		w.press("G", "G", "G")
		w.sees("● Mistakes")
		// Another phase brings its own text back.
		w.press("enter")
		w.stands(flow.PhaseHandler)
		w.sees("● This step", "Your client passes the link_token to create")
		w.press("g", "enter", "tab", "g")
		w.sees("● Events")
		w.press("shift+tab")
		w.typeText("4155550011")
		w.press("enter")
		w.stands(flow.PhaseReady)
		w.sees("● This step", "Why, which the real Plaid never says: Plaid holds all that the template requires.")
	})
}

// What a topic says of this session is what has come, up to the moment that is
// looked at.
func TestGuideSaysWhatCame(t *testing.T) {
	inBubble(t, setting{width: 200, height: 50}, func(w *world) {
		w.submit("4155550011")
		w.press("tab", "g")
		w.sees("LAYER_READY", "✓ came at")
		w.press("g", "g", "g", "g", "g", "g", "g")
		w.sees("link_token link-sandbox-", "good until")
		w.press("shift+tab", "enter", "enter")
		w.typeText("000000")
		w.typeText("123456")
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		lines := func(m *Model) string { return strings.Join(strip(m.inspector.guide.lines), "\n") }
		w.model().onTab(tabGuide)
		w.press("tab", "tab", "tab", "tab", "z", "g")
		w.sees("● Events")
		events := lines(w.model())
		for _, name := range []string{"LAYER_READY", "OPEN", "HANDOFF", "ERROR", "VERIFY_PHONE", "onSuccess", "CONSENT pane", "VERIFY_PHONE pane"} {
			if _, after, _ := strings.Cut(events, "\n"+name); !strings.Contains(head(after, 7), " at 00:") {
				t.Errorf("nothing is said of when %s came:\n%s", name, head(after, 5))
			}
		}
		for _, name := range []string{"LAYER_NOT_AVAILABLE", "LAYER_AUTOFILL_NOT_AVAILABLE", "EXIT", "onExit", "EXIT pane"} {
			if _, after, _ := strings.Cut(events, "\n"+name); strings.Contains(head(after, 3), "came") {
				t.Errorf("%s did not come:\n%s", name, head(after, 5))
			}
		}
		if !strings.Contains(events, "✓ came 2 times") && !strings.Contains(events, "✓ came 3 times") {
			t.Errorf("no event came more than once:\n%s", events)
		}
		if !strings.Contains(events, "happened at") {
			t.Error("nothing says that an event was held back")
		}
		w.press("g", "g", "g")
		if errors := lines(w.model()); !strings.Contains(errors, "✓ came at") {
			t.Errorf("the wrong code is not among the errors that came:\n%s", errors)
		}
	})
}

func strip(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return out
}

// head returns the first n lines of a text.
func head(text string, n int) string {
	lines := strings.SplitN(text, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}

// What is null or empty in this session, and why.
func TestGuideSaysWhyAValueIsMissing(t *testing.T) {
	for _, test := range []struct {
		template, phone string
		want            []string
	}{
		{"default", "4155550011", []string{"Every field of the identity is there.", "items has one Item here."}},
		{"accounts-skip", "4155550011", []string{"items is empty here, which is no failure: the template takes no accounts."}},
		{"accounts-optional", "5155550013", []string{"email is null here: the template does not ask for it."}},
		{"default", "5155550013", []string{"email is null here: it is optional in the template, Plaid had none and the"}},
		{"ssn-masked", "4155550011", []string{"ssn is null here: the template masks it; ssn_last_4 is there."}},
		{"default", "4155550000", []string{"items is empty here, which is no failure: Extended Autofill found no bank"}},
	} {
		t.Run(test.template+" "+test.phone, func(t *testing.T) {
			inBubble(t, setting{template: test.template, width: 200, height: 50}, func(w *world) {
				w.submit(test.phone)
				if w.model().state.Phase == flow.PhaseDateOfBirth {
					w.typeText("1975-01-18")
					w.press("enter")
				}
				w.untilReview()
				w.press("enter")
				w.stands(flow.PhaseOnboarded)
				w.sees(test.want...)
				w.press("tab", "tab", "tab", "tab", "g", "g", "g")
				w.sees(append(test.want, "● Session")...)
			})
		})
	}
}

// o opens the page of the text that is shown, or copies its address.
func TestGuideOpensPlaidsPage(t *testing.T) {
	var opened []string
	inBubble(t, setting{openURL: func(address string) error { opened = append(opened, address); return nil }}, func(w *world) {
		w.press("o")
		w.sees("Opening https://plaid.com/docs/api/products/layer/#sessiontokencreate")
		w.press("g", "g", "o")
		if want := "https://plaid.com/docs/api/webhooks/webhook-verification/"; len(opened) != 2 || opened[1] != want {
			t.Errorf("opened %q; want the second to be %s", opened, want)
		}
	})
	inBubble(t, setting{openURL: func(string) error { return errors.New("there is no display") }}, func(w *world) {
		w.press("o")
		w.sees("No browser here (there is no display). Copied https://plaid.com/docs/api/products/layer/#sessiontokencreate")
		if got := w.model().board.text; got != "https://plaid.com/docs/api/products/layer/#sessiontokencreate\n" {
			t.Errorf("copied %q", got)
		}
		w.press("ctrl+y")
		w.sees("https://plaid.com/docs/api/products/layer/#sessiontokencreate", "select it with the mouse")
	})
	inBubble(t, setting{}, func(w *world) { // nobody can open anything
		w.press("o")
		w.sees("✓ Copied the address https://plaid.com/docs/api/products/layer/#sessiontokencreate")
	})
}

// A text of the user's may name any page; it is shown and not opened.
func TestGuideOpensNothingButPlaidsDocs(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "guide"), 0o700); err != nil {
		t.Fatal(err)
	}
	mine := "phase: token\ntitle: Mine\nhappens: a\nwhy: b\nyour_app: c\ngoes_wrong: d\nurl: https://example.com/docs/\n"
	if err := os.WriteFile(filepath.Join(dir, "guide", "mine.yaml"), []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := fixtures.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	inBubble(t, setting{catalog: c, openURL: func(string) error { t.Error("a page was opened"); return nil }}, func(w *world) {
		w.sees("Mine", "https://example.com/docs/")
		w.press("o")
		w.seesNot("o Plaid's page", "Opening", "Copied")
		if strings.Contains(w.model().View().Content, "\x1b]8;") {
			t.Error("the address is a hyperlink")
		}
	})
	for address, want := range map[string]bool{
		"https://plaid.com/docs/layer/": true, "https://plaid.com/docs/link/web/#onevent": true,
		"http://plaid.com/docs/layer/": false, "https://plaid.com.evil.example/docs/": false, "https://user@plaid.com/docs/": false, "https://plaid.com:444/docs/": false,
		"https://plaid.com/": false, "https://plaid.com/docs/../evil": false, "javascript:alert(1)": false, "": false, "https://plaid.com/docs/ --flag": false, "https://plaid.com/docs/\"x": false,
		"file:///docs/": false, "https://www.plaid.com/docs/": false,
	} {
		if got := plaidPage(address); got != want {
			t.Errorf("%q can be opened: %v", address, got)
		}
	}
}

// Every text can be read to its end in every window, whatever comes from
// outside.
func TestEveryGuideTextFillsItsPlace(t *testing.T) {
	oneAtATime(t)
	for name, m := range everyState(t) {
		for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 36}, {200, 50}} {
			c := *m
			next, _ := c.onTab(tabGuide).Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			c = next.(Model)
			for range len(fixtures.TopicNames()) + 1 {
				next, _ := c.Update(nil)
				c = next.(Model)
				c.look(actEnd)
				next, _ = c.Update(nil)
				c = next.(Model)
				v := c.View()
				if problem := fills(v, size[0], size[1]); problem != "" {
					t.Fatalf("%s, topic %q, %v: %s\n%s", name, c.topicShown(), size, problem, ansi.Strip(v.Content))
				}
				if !strings.Contains(ansi.Strip(v.Content), "https://plaid.com/docs/") {
					t.Errorf("%s, topic %q, %v: the end, with the page, is not seen:\n%s", name, c.topicShown(), size, ansi.Strip(v.Content))
				}
				c.otherTopic(+1)
			}
		}
	}
}

// The guide can be copied as it is read.
func TestGuideIsCopied(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.press("tab", "g", "g", "y")
		if got := w.model().board.text; !strings.Contains(got, "Verify it, in six steps") || !strings.Contains(got, "request_body_sha256") || strings.Contains(got, "\x1b") {
			t.Errorf("copied %q", got)
		}
	})
}

func BenchmarkGuideTopic(b *testing.B) {
	m := everyStateWith(b, usual)["onboarded"].onTab(tabGuide)
	for range 5000 {
		m.take(layerEvent("SOME_EVENT", usual))
	}
	m.otherTopic(+1)
	b.ReportAllocs()
	for b.Loop() {
		m.inspector.guide.lines = nil // as when it is opened
		_ = m.sized(200, 50)
	}
}

// A word is found in a long text.
func TestGuideIsSearched(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.press("tab", "g", "g")
		w.seesNot("request_body_sha256")
		w.press("/")
		w.typeText("SHA-256")
		w.press("enter")
		w.sees("SHA-256 of the raw body")
		if !strings.Contains(w.model().View().Content, w.model().styles.Selected.Render("SHA-256")) {
			t.Error("what was found is not marked")
		}
		w.press("/", "esc")
		if strings.Contains(w.model().View().Content, w.model().styles.Selected.Render("SHA-256")) {
			t.Error("it is still marked")
		}
	})
}

// A topic follows what happens, and what had happened at an earlier moment.
func TestGuideFollowsTheMoment(t *testing.T) {
	inBubble(t, setting{width: 160, height: 60}, func(w *world) {
		w.submit("4155550011")
		w.press("tab", "g", "g")
		w.sees("No webhook has reached this walk so far.")
		w.event(flow.WebhookReceived{At: flow.At(time.Now()), Type: "LAYER", Code: flow.WebhookLayerAuthenticationPassed, Verified: true})
		w.sees("● Webhooks", "Received and verified: 1.", "✓ came at")
		w.press("left")
		w.sees("◂ ", "● Webhooks", "No webhook has reached this walk so far.")
		w.press("right")
		w.sees("● Webhooks", "Received and verified: 1.")
	})
	inBubble(t, setting{width: 160, height: 50, mistakes: []string{"foreign-number"}}, func(w *world) {
		w.submit("+447700900123")
		w.press("tab", "G", "/")
		w.typeText("foreign-number")
		w.press("enter")
		w.sees("● Mistakes", "foreign-number", "✓ found at")
	})
}

// What is sought in vain in one text is led to where it stands.
func TestGuideSaysWhereElseToLook(t *testing.T) {
	inBubble(t, setting{width: 120, height: 36}, func(w *world) {
		w.press("tab", "/")
		w.typeText("expired_at")
		w.press("enter")
		w.sees("“expired_at” is not in this text, but in Webhooks", "g goes on")
		w.press("g", "g")
		w.sees("● Webhooks", "expired_at")
		w.press("/")
		w.typeText("nowhere to be seen")
		w.press("enter")
		w.sees("is not in the guide")
	})
}
