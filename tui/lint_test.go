package tui

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/lint"
	"layersim/tui/pane"
)

// lints fails the test unless the walk broke just these rules of the linter,
// and what the simulator saw of it no others. What the walk was set up for is no
// mistake of it. A walk in which mistakes are made on purpose is not looked at.
func (w *world) lints(mistakes []string) {
	w.t.Helper()
	m := w.model()
	meant := slices.Clone(mistakes)
	if client := m.walk().Config.Client; !client.Layer || !client.Autofill {
		meant = append(meant, "sdk-too-old")
	}
	for _, t := range m.opts.Catalog.Templates {
		if t.ID == m.walk().Config.TemplateID && t.Accounts == fixtures.AccountsRequired {
			meant = append(meant, "autofill-needs-accounts")
		}
	}
	for i := range m.journal.Len() {
		if fmt.Sprintf("%T", m.journal.At(i).Event) == "flow.DoWrong" {
			return
		}
	}
	found := map[string]bool{}
	for _, f := range m.lint.linter.Findings() {
		found[f.Rule] = true
		if !slices.Contains(meant, f.Rule) {
			w.t.Errorf("a mistake is found in this walk: %s: %s", f.Rule, f.What)
		}
	}
	for _, rule := range mistakes {
		if !found[rule] {
			w.t.Errorf("%s is not found in this walk", rule)
		}
	}
	recording, linter := lint.NewRecording(), lint.New(lint.InRecording)
	records, _ := w.sim.Records(0, 1<<20)
	for i := range records {
		line, err := json.Marshal(&records[i])
		if err != nil {
			w.t.Fatal(err)
		}
		observations, err := recording.Read(line)
		if err != nil {
			w.t.Fatalf("%v in %s", err, line)
		}
		for _, o := range observations {
			linter.Add(o)
		}
	}
	for _, f := range linter.Findings() {
		if !slices.Contains(meant, f.Rule) {
			w.t.Errorf("a mistake is found in what the simulator saw: %s: %s", f.Rule, f.What)
		}
	}
}

func (w *world) showTab(t tabID) {
	w.t.Helper()
	for range tabCount {
		if w.model().inspector.tab == t {
			return
		}
		w.press("]")
	}
	for range tabCount {
		if w.model().inspector.tab == t {
			return
		}
		w.press("[")
	}
	w.t.Fatalf("there is no tab %d", t)
}

func TestAMistakeIsAnnounced(t *testing.T) {
	inBubble(t, setting{mistakes: []string{"foreign-number"}, width: 200, height: 50}, func(w *world) {
		w.begin()
		w.seesNot("foreign-number")
		w.typeText("+44 20 7183 8750")
		w.press("enter")
		w.stands(flow.PhaseDateOfBirth) // nothing is stopped
		w.sees("! foreign-number", "+4•••••••••50 was submitted", "Lint tab", "✗ foreign-")

		// The tab explains it, and what was kept.
		w.press("tab")
		w.showTab(tabLint)
		w.sees("A number without +1 was submitted", "foreign-number · A risk", "What happened here", "has no country code +1", "1 mistake", "✓ old-token-call", "· token-expired-used")
		w.press("down")
		w.sees("Kept so far in this walk", "session begins with /session/token/create")
		w.press("up", "space")
		if got := w.model().logCursor(); w.model().focus != paneLog || w.model().journal.At(got).Event.(flow.PhoneNumberEntered).Phone.IsZero() {
			t.Errorf("the log stands at entry %d", got+1)
		}

		// It is news until something else is done.
		w.press("tab")
		w.typeText("1975-01-18")
		w.press("enter")
		w.seesNot("Lint tab", "6 Lint")
		w.sees("✗ foreign-")
	})
}

func TestTheLintTabFollowsTime(t *testing.T) {
	inBubble(t, setting{mistakes: []string{"foreign-number"}, width: 200, height: 50}, func(w *world) {
		w.begin()
		w.typeText("+44 20 7183 8750")
		w.press("enter", "tab")
		w.showTab(tabLint)
		w.sees("1 mistake", "! foreign-number")
		for w.model().moment() > 3 {
			w.press("left")
		}
		w.sees("0 mistakes", "✓ old-token-call")
		w.seesNot("! foreign-number", "✓ both-fields")
		for w.model().travel.on {
			w.press("right")
		}
		w.sees("1 mistake", "✓ both-fields")
	})
}

func TestWhatTheLinterSaysCanBeCopied(t *testing.T) {
	inBubble(t, setting{mistakes: []string{"foreign-number"}}, func(w *world) {
		w.begin()
		w.typeText("+44 20 7183 8750")
		w.press("enter", "tab")
		w.showTab(tabLint)
		what, text := w.model().copyLint(false)
		if what != "what the linter says of foreign-number" || text != "Rule: foreign-number: A number without +1 was submitted\n"+
			"What happened: +4•••••••••50 was submitted, which has no country code +1.\n"+
			"Why it matters: Layer serves the United States. A number with another country code is always answered with LAYER_NOT_AVAILABLE, and asking such a user for a date of birth leads nowhere.\n"+
			"What to do: Look at the country code first and take other users straight to your own form.\n"+
			"Source: Plaid docs: Layer (https://plaid.com/docs/layer/)\n" {
			t.Errorf("%s:\n%s", what, text)
		}
	})
}

// What an app does by itself is found in the walk alone.
func TestDeedsAreFound(t *testing.T) {
	inBubble(t, setting{mistakes: []string{"identity-trusted", "second-otp"}, width: 120, height: 36}, func(w *world) {
		w.submit("415-555-0011")
		w.untilReview()
		w.press("enter")
		w.stands(flow.PhaseOnboarded)
		w.event(flow.AppDid{At: w.model().at(), Deed: flow.DeedTrustedIdentity, Because: "/user_account/session/get"})
		w.sees("✗ identity-trusted", "6 Lint", "✓ Onboarded")
		w.event(flow.AppDid{At: w.model().at(), Deed: flow.DeedSentOwnCode})
		w.sees("! second-otp", "6 Lint")
	})
}

// The log says of an entry that it was a mistake from when that was known, and
// the tab leads to it past a filter.
func TestAMistakeIsNotedWhenItIsKnown(t *testing.T) {
	m := longWalk(t, 60)
	m.take(flow.AppDid{At: at, Deed: flow.DeedTrustedPhone, Because: "onSuccess"})
	found := m.lint.linter.Findings()
	f := found[len(found)-1]
	seq, known := int(f.Seq), int(f.Known)
	m.lint.by[seq] = []blame{{f.Rule, known + 1}}
	for moment, want := range map[int]bool{known: false, known + 1: true} {
		var line pane.LogLine
		m.lint.note(&line, seq, moment)
		if got := line.Note != ""; got != want {
			t.Errorf("at moment %d of %d: %v", moment, known+1, got)
		}
	}
	m.filterLog("event:HANDOFF")
	m.inspector.tab, m.focus, m.lint.selected = tabLint, paneInspector, 0
	m.jumpToFinding()
	if m.logAt() != seq-1 {
		t.Errorf("the log is at %d, want %d", m.logAt(), seq-1)
	}
	m.filterLog("event:HANDOFF")
	m.inspector.tab, m.focus, m.inspector.sequence.cursor = tabSequence, paneInspector, 0
	m.toLog()
	if want := m.sequence.At(0).Seq - 1; m.logAt() != want {
		t.Errorf("the log is at %d, want %d", m.logAt(), want)
	}
}
