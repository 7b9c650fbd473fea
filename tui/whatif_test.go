package tui

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/plaidsim"
)

// foretell asks the simulator's rules, as the program does.
func foretell(t fixtures.Template, p fixtures.Persona) Prospect {
	f := plaidsim.WhatIf(t, p)
	out := Prospect{Phone: Answer{f.Phone.Eligible, f.Phone.Why}, MinItems: f.MinItems, MaxItems: f.MaxItems}
	if !f.Phone.Eligible {
		out.Birth = &Answer{f.Birth.Eligible, f.Birth.Why}
	}
	return out
}

// toWhatIf goes to the tab, from the stage of a wide window.
func (w *world) toWhatIf() {
	w.t.Helper()
	w.press("tab")
	for w.model().inspector.tab != tabWhatIf {
		w.press("]")
	}
}

// under moves the cursor to a requirement or a persona.
func (w *world) under(name string) {
	w.t.Helper()
	w.press("home")
	for range w.model().inspector.whatIf.view.Stops() {
		v := w.model().inspector.whatIf.view
		switch at := v.Cursor; {
		case at < len(v.Needs) && v.Needs[at].Name == name,
			at == len(v.Needs) && name == "undo",
			at > len(v.Needs) && v.Rows[at-len(v.Needs)-1].Persona == name:
			return
		}
		w.press("down")
	}
	w.t.Fatalf("there is no %q:\n%s", name, w.screen())
}

// line returns the line of the screen that has a text.
func (w *world) line(text string) string {
	w.t.Helper()
	for l := range strings.SplitSeq(w.screen(), "\n") {
		if strings.Contains(l, text) {
			return l
		}
	}
	w.t.Fatalf("%q is not on the screen:\n%s", text, w.screen())
	return ""
}

func (w *world) lineSays(persona string, want ...string) {
	w.t.Helper()
	l := w.line("  " + persona + " ")
	for _, text := range want {
		if !strings.Contains(l, text) {
			w.t.Errorf("the line of %s does not say %q: %s", persona, text, l)
		}
	}
}

// A requirement is changed, rows follow, and a persona is taken into the walk.
func TestWhatIf(t *testing.T) {
	inBubble(t, setting{height: 44}, func(w *world) {
		w.toWhatIf()
		w.sees("Template default, as it is", "persona", "by phone", "Items")
		w.lineSays("no-ssn", "✗ not", "✓ ready", "0–1")
		w.lineSays("newcomer", "✗ not", "✓ ready", "0 ")
		w.lineSays("banks-only", "✗ not", "✗ not", "·")
		w.under("no-ssn")
		w.sees("By phone not eligible: template requires ssn; persona has none.", "By date of birth LAYER_READY")

		w.under("SSN")
		w.press("space")
		w.sees("* SSN", "Template default, changed")
		w.lineSays("no-ssn", "*", "✓ ready", "· not asked", "0–1")
		if strings.Contains(w.line("  two-banks "), "*") {
			t.Errorf("nothing changed for two-banks: %s", w.line("two-banks"))
		}
		w.under("no-ssn")
		w.sees("Before the change: ready by date of birth, Items 0–1.")

		w.under("accounts")
		w.press("space")
		w.lineSays("two-banks", "*", "✓ ready", "0")
		w.press("space")
		w.lineSays("newcomer", "*", "✗ not", "·")
		w.lineSays("two-banks", "*", "✓ ready", "1–2")

		w.under("undo")
		w.press("space")
		w.sees("Template default, as it is")
		w.seesNot("*")

		// The walk says the same, with its own template.
		w.under("no-ssn")
		w.press("space")
		w.sees("✓ no-ssn is in the walk, with template default as it is.", "● no-ssn")
		w.press("shift+tab", "enter", "enter", "enter")
		w.stands(flow.PhaseDateOfBirth)
		w.press("enter")
		w.stands(flow.PhaseReady)
		// Once a phone number is out, it starts over.
		w.press("tab")
		w.under("leslie-knope")
		w.press("space")
		w.stands(flow.PhaseToken)
		w.press("shift+tab", "enter", "enter", "enter")
		w.stands(flow.PhaseReady)
	})
}

// What was changed may be what another template asks for: the walk takes it.
func TestWhatIfTakesTheTemplateThatAsksForIt(t *testing.T) {
	inBubble(t, setting{width: 200, height: 50}, func(w *world) {
		w.toWhatIf()
		w.under("accounts")
		w.press("space", "space")
		w.sees("Changed: it asks for what template accounts-required does", "✗ requires a bank account")
		w.under("newcomer")
		w.press("space")
		w.sees("The walk starts over with template accounts-required and newcomer.", "Template accounts-required, as it is")
		if got := w.model().state.Config.TemplateID; got != "template_Rq7acc2kD8Lm" {
			t.Errorf("the walk's template is %s", got)
		}
		w.press("shift+tab", "enter", "enter", "enter")
		w.stands(flow.PhaseDateOfBirth)
		w.press("enter")
		w.stands(flow.PhaseFallback)
	})
}

// An SDK that reads no date of birth makes the second answer worthless.
func TestWhatIfKnowsTheSDK(t *testing.T) {
	inBubble(t, setting{platform: "ios", version: "6.3.0", height: 44}, func(w *world) {
		w.toWhatIf()
		w.under("no-ssn")
		w.sees("iOS 6.3.0 reads no date of birth, so the second answer never comes.")
	})
}

// The real Plaid gives no reasons, and nobody pretends to know them.
func TestWhatIfLive(t *testing.T) {
	m := still(t, flow.InBrowser)
	m.opts.Live = true
	screen := ansi.Strip(m.onTab(tabWhatIf).sized(120, 36).Content)
	if !strings.Contains(screen, "keeps the reason") || strings.Contains(screen, "two-banks") {
		t.Errorf("live:\n%s", screen)
	}
	if cmd := m.toggleWhatIf(); cmd != nil {
		t.Error("a key changes something")
	}
}

// From the past no persona is taken into the walk.
func TestWhatIfInThePast(t *testing.T) {
	inBubble(t, setting{height: 44}, func(w *world) {
		w.submit("4155550011")
		w.toWhatIf()
		w.press("left")
		w.under("newcomer")
		w.press("space")
		w.sees("This is the past.")
		if got := w.latest.Load().State().Phase; got != flow.PhaseReady {
			t.Errorf("the walk is in %s", got)
		}
	})
}

// The tab fills its place in every window, with the cursor anywhere and with
// names that come from anybody's files.
func TestWhatIfFillsItsPlace(t *testing.T) {
	oneAtATime(t)
	m := everyState(t)["eligibility"]
	c := &fixtures.Catalog{Personas: slices.Clone(m.opts.Catalog.Personas), Templates: m.opts.Catalog.Templates}
	for i := range 40 {
		p, _ := c.Persona("no-ssn")
		p.Name = hostile + strings.Repeat("x", i)
		c.Personas = append(c.Personas, p)
	}
	m.opts.Catalog = c
	for _, size := range [][2]int{{60, 16}, {80, 24}, {120, 36}, {200, 50}} {
		m.onTab(tabWhatIf).sized(size[0], size[1])
		for i := range 6 + 1 + len(c.Personas) {
			m.inspector.whatIf.cursor = i
			v := m.sized(size[0], size[1])
			if problem := fills(v, size[0], size[1]); problem != "" {
				t.Fatalf("cursor %d, %v: %s\n%s", i, size, problem, ansi.Strip(v.Content))
			}
			if !strings.Contains(ansi.Strip(v.Content), "›") {
				t.Errorf("cursor %d, %v: it is not seen:\n%s", i, size, ansi.Strip(v.Content))
			}
		}
	}
}
