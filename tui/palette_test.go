package tui

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
)

// Everything that can be done can be done from the palette, also while typing.
func TestPaletteDoesWhatIsTyped(t *testing.T) {
	inBubble(t, setting{}, func(w *world) {
		w.begin()
		w.press("ctrl+p")
		w.sees("Do anything", "type what you want to do", "submit the phone number")
		w.typeText("no-ssn")
		w.press("enter")
		w.seesNot("Do anything")
		if p, ok := w.model().persona(); !ok || p.Name != "no-ssn" {
			t.Fatalf("the persona is %q", p.Name)
		}
		w.press("enter")
		w.stands(flow.PhaseDateOfBirth)
		w.press("ctrl+p")
		w.typeText("wire tab")
		w.press("enter")
		w.sees("● Wire", "POST /session/token/create")
		w.press(":")
		w.typeText("onload")
		w.press("enter")
		if !w.model().travel.on {
			t.Fatalf("the palette did not lead to the moment of onLoad:\n%s", w.screen())
		}
		w.press(":")
		w.typeText("start over")
		w.sees("this is the past")
		w.press("enter")
		w.sees("Not now: this is the past")
		w.press("esc")
		w.press("enter")
		w.press(":")
		w.typeText("ruby")
		w.press("enter")
		if m := w.model(); m.inspector.tab != tabCode || m.inspector.code.server != "ruby" {
			t.Errorf("tab %v, language %q", m.inspector.tab, m.inspector.code.server)
		}
	})
}

// The best answer to what is typed comes first, whatever the state.
func TestPaletteFindsTheBestFirst(t *testing.T) {
	m := everyStateWith(t, usual)["phone"]
	m.sized(120, 36)
	for typed, want := range map[string]string{
		"wire": "Wire tab", "log": "Log pane", "guide": "Guide tab", "submit": "submit the phone number", "quit": "quit",
		"newc": "newcomer", "over": "start over", "onload": "onLoad", "handler create": "create the handler", "zoom": "this pane alone",
	} {
		m.openPalette()
		m.typed(tea.PasteMsg{Content: typed})
		if len(m.palette.found) == 0 {
			t.Errorf("%q finds nothing", typed)
			continue
		}
		if got := m.palette.at(0).title; !strings.Contains(got, want) {
			t.Errorf("%q finds %q first, want %q", typed, got, want)
		}
	}
}

// In every state each entry that is offered does something or says why not, and
// nothing that a key does is missing.
func TestPaletteOffersEverything(t *testing.T) {
	for name, m := range everyState(t) {
		m.sized(120, 36)
		entries := paletteEntries(m)
		for _, e := range entries {
			if e.title == "" || e.group == "" || e.run == nil {
				t.Errorf("%s: entry %+v is not whole", name, e)
			}
		}
		for i := range keyTable {
			b := &keyTable[i]
			if b.place&onScreen == 0 || b.help == "" || slices.Contains(movements, b.action) {
				continue
			}
			does, _ := m.primary()
			at := slices.IndexFunc(entries, func(e paletteEntry) bool { return e.title == b.help || b.action == actPrimary && e.title == does })
			if at < 0 {
				t.Errorf("%s: the palette does not offer %q", name, b.help)
			} else if m.applies(b) != (entries[at].why == "") {
				t.Errorf("%s: %q applies: %v, but the palette says %q", name, b.help, m.applies(b), entries[at].why)
			}
		}
	}
}

func TestDigitsChooseTabs(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		m := everyState(t)["handler"]
		m.sized(size[0], size[1])
		var next tea.Model = *m
		next, _ = next.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		for tab := range tabCount {
			next, _ = next.Update(keyPress(string(rune('1' + tab))))
			if screen := ansi.Strip(next.View().Content); !strings.Contains(screen, "● "+aspectOf(tab).title) {
				t.Errorf("%v: %d does not show %s:\n%s", size, tab+1, aspectOf(tab).title, screen)
			}
		}
	}
}

// find returns the cell at which a text stands on the screen.
func find(t *testing.T, m tea.Model, text string) (x, y int) {
	t.Helper()
	for y, line := range strings.Split(ansi.Strip(m.View().Content), "\n") {
		if before, _, found := strings.Cut(line, text); found {
			return ansi.StringWidth(before), y
		}
	}
	t.Fatalf("%q is not on the screen:\n%s", text, ansi.Strip(m.View().Content))
	return 0, 0
}

func TestMouseChoosesTabsAndLines(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		m := everyStateWith(t, usual)["eligibility"]
		m.mouse = true
		next, _ := m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		click := func(text string) {
			t.Helper()
			x, y := find(t, next, text)
			next, _ = next.Update(tea.MouseClickMsg{X: x + 2, Y: y, Button: tea.MouseLeft})
		}
		if size[0] < wideWidth {
			click("○ Inspector")
		}
		for tab := range tabCount {
			title := aspectOf(tab).title
			if tab == next.(Model).inspector.tab {
				continue
			}
			click(title)
			find(t, next, "● "+title)
		}
		next, _ = next.Update(keyPress(":"))
		click("Guide tab")
		click("Guide tab") // the second click does it
		if got := next.(Model); got.inspector.tab != tabGuide || got.overlay != onScreen {
			t.Errorf("tab %v, overlay %v", got.inspector.tab, got.overlay)
		}
	}
}

// The mouse can be left to the terminal, and the footer says so.
func TestMouseCanBeGivenBack(t *testing.T) {
	m := everyState(t)["handler"]
	m.opts.Mouse, m.mouse = true, true
	next, _ := m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	next, _ = next.Update(keyPress("M"))
	if v := next.View(); v.MouseMode != tea.MouseModeNone || !strings.Contains(ansi.Strip(v.Content), "The mouse is your terminal's") {
		t.Fatalf("mouse mode %v:\n%s", v.MouseMode, ansi.Strip(v.Content))
	}
	next, _ = next.Update(keyPress("]"))
	find(t, next, "mouse off")
	next, _ = next.Update(keyPress("M"))
	if v := next.View(); v.MouseMode != tea.MouseModeCellMotion || strings.Contains(ansi.Strip(v.Content), "mouse off") {
		t.Errorf("mouse mode %v:\n%s", v.MouseMode, ansi.Strip(v.Content))
	}
}

// A click puts the cursor on the line that was clicked, whatever scrolled it
// there, and a second one opens it.
func TestClickChoosesALine(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
		m := longWalk(t, 60)
		m.focusOn(paneLog)
		next, _ := m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		click := func(y int) {
			next, _ = next.Update(tea.MouseClickMsg{X: 30, Y: y, Button: tea.MouseLeft})
		}
		clock := regexp.MustCompile(`\d\d:\d\d:\d\d(\.\d+)?`)
		for up := range 4 {
			r := next.(Model).layout.panes[paneLog]
			y := r.y + 3 + up
			line := strings.Split(text(next.View()), "\n")[y]
			if !strings.Contains(line, "›") { // that would open it
				click(y)
			}
			_, at := find(t, next, "›"+clock.FindString(line))
			if got := strings.Split(text(next.View()), "\n")[at]; clock.FindString(line) == "" || at <= r.y || at >= r.y+r.h {
				t.Fatalf("%v: a click on %q chose %q", size, line, got)
			}
			next, _ = next.Update(keyPress("pgup"))
		}
		_, y := find(t, next, "›")
		click(y)
		if next.(Model).overlay != inEntry {
			t.Errorf("%v: a click on the line with the cursor did not open it:\n%s", size, text(next.View()))
		}
	}
}

// What the program can explain or do wrong is found by name.
func TestThePaletteFindsTopicsAndMistakes(t *testing.T) {
	for typed, want := range map[string]string{"events": "Events:", "errors": "Errors:", "open twice": "do it wrong: open() twice", "react native": "walk with React Native"} {
		inBubble(t, setting{}, func(w *world) {
			w.press(":")
			w.typeText(typed)
			w.sees(want)
		})
	}
	inBubble(t, setting{}, func(w *world) {
		w.press(":")
		w.typeText("errors:")
		w.press("enter")
		w.sees("● Errors")
		if w.model().focus != paneInspector {
			t.Error("the guide has not the focus")
		}
	})
}

// What happens while the palette is open does not move its cursor to something
// else, and new moments are found as well.
func TestPaletteKeepsItsCursor(t *testing.T) {
	for _, typed := range []string{"", "webhook", "o"} {
		m := longWalk(t, 60)
		m.openPalette()
		m.typed(tea.PasteMsg{Content: typed})
		for k := range m.palette.found {
			m.palette.cursor = k
			was := *m.palette.at(k)
			m.arrived(arrived{events: []flow.Event{flow.WebhookReceived{At: at, Code: "WEBHOOK_TOO", Reason: "no"}}})
			m.layOutPalette()
			if now := m.palette.at(m.palette.cursor); now.title != was.title || now.group != was.group {
				t.Fatalf("typed %q: the cursor was on %q, now on %q", typed, was.title, now.title)
			}
		}
		kept := titlesOf(m)
		m.openPalette()
		m.typed(tea.PasteMsg{Content: typed})
		if fresh := titlesOf(m); !slices.Equal(kept, fresh) {
			t.Errorf("typed %q: collected bit by bit it is not what it is at once", typed)
		}
	}
}

func titlesOf(m *Model) []string {
	var all []string
	for i := range m.palette.found {
		all = append(all, m.palette.at(i).title)
	}
	return all
}
