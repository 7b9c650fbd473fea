package present

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/scenario"
	"layersim/tui/pane"
)

// fakePlay plays steps that each bring the events a test wants.
type fakePlay struct {
	steps   []scenario.Step
	brings  map[int][]flow.Event
	fails   map[int]scenario.Failure
	next    int
	state   flow.State
	journal *journal.Journal
	closed  int
}

func newFakePlay(steps []scenario.Step) *fakePlay {
	state := flow.New(flow.Config{TemplateID: "t", ClientUserID: "u"})
	return &fakePlay{steps: steps, brings: map[int][]flow.Event{}, fails: map[int]scenario.Failure{}, state: state, journal: journal.New(state)}
}

func (p *fakePlay) Next() (scenario.Step, bool) {
	if p.next >= len(p.steps) {
		return scenario.Step{}, false
	}
	return p.steps[p.next], true
}

func (p *fakePlay) Step(ctx context.Context) (scenario.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return scenario.Outcome{}, err
	}
	out := scenario.Outcome{Step: p.steps[p.next], From: p.journal.Len()}
	for _, e := range p.brings[p.next] {
		t := flow.Step(p.state, e)
		p.journal.Append(e, t)
		p.state = t.Next
	}
	if f, ok := p.fails[p.next]; ok {
		out.Failure = &f
	}
	p.next++
	out.To = p.journal.Len()
	return out, nil
}

func (p *fakePlay) State() flow.State         { return p.state }
func (p *fakePlay) Journal() *journal.Journal { return p.journal }
func (p *fakePlay) Close() error              { p.closed++; return nil }

// pressed drives a model without a program.
type pressed struct {
	t   *testing.T
	m   tea.Model
	w   int
	h   int
	end bool
}

var start = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

func open(t *testing.T, sc scenario.Scenario, begin func() (Play, error), w, h int) *pressed {
	p := &pressed{t: t, w: w, h: h, m: New(Options{Scenario: sc, Begin: begin, Now: func() time.Time { return start }, Context: t.Context()})}
	p.tell(tea.WindowSizeMsg{Width: w, Height: h})
	return p
}

func (p *pressed) tell(msg tea.Msg) {
	next, cmd := p.m.Update(msg)
	p.m = next
	p.do(cmd)
}

func (p *pressed) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			p.do(c)
		}
	case tea.QuitMsg:
		p.end = true
	default:
		p.tell(msg)
	}
}

func (p *pressed) press(keys ...string) {
	named := map[string]rune{"enter": tea.KeyEnter, "tab": tea.KeyTab, "left": tea.KeyLeft, "down": tea.KeyDown, "esc": tea.KeyEscape}
	for _, k := range keys {
		if code, ok := named[k]; ok {
			p.tell(tea.KeyPressMsg{Code: code})
		} else {
			p.tell(tea.KeyPressMsg{Code: rune(k[0]), Text: k})
		}
	}
}

// screen is the view without styles, of exactly the size of the window.
func (p *pressed) screen() string {
	p.t.Helper()
	content := p.m.View().Content
	for i, c := range ansi.Strip(content) {
		if c < 0x20 && c != '\n' || c >= 0x7f && c < 0xa0 {
			p.t.Fatalf("control character %U at %d", c, i)
		}
	}
	text := ansi.Strip(content)
	lines := strings.Split(text, "\n")
	if len(lines) != p.h {
		p.t.Fatalf("%d lines, want %d:\n%s", len(lines), p.h, text)
	}
	for _, line := range lines {
		if n := pane.Width(line); n != p.w {
			p.t.Fatalf("%d cells, want %d: %q", n, p.w, line)
		}
	}
	return text
}

// nasty is what a hostile scenario, or a hostile Plaid, would put anywhere.
const nasty = "\x1b[2J\x1b]0;own\x07\r\n\u202edesrever\u009b31m " + "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww 漢字漢字 e\u0301\u0301\u0301\u0301"

// No text breaks the screen, at any size, in any place of a presentation.
func TestHostileTextCannotBreakTheScreen(t *testing.T) {
	sc := scenario.Scenario{Name: nasty, Title: nasty, About: strings.Repeat(nasty, 20), Minutes: 3}
	for i := range 5 {
		sc.Steps = append(sc.Steps, scenario.Step{Beat: nasty, Notes: strings.Repeat(nasty+"\n", 9), Do: scenario.ExpectPhase{}})
		if i%2 == 0 {
			sc.Steps[i].Ask = scenario.Question{Question: strings.Repeat(nasty, 5), Answer: strings.Repeat(nasty, 9)}
		}
	}
	sc.Steps[1].Do = scenario.ExpectResult{Values: map[string]string{nasty: nasty}}
	sc.Steps[2].Do = scenario.EditField{Values: map[string]flow.SSN{nasty: flow.NewPaneValue(nasty)}}
	sc.Steps[3].Do = scenario.ChooseInstitution{Institution: nasty}
	sc.Steps[4].Do = scenario.ExpectEdits{Counts: map[string]map[string]int{nasty: {}}}
	begin := func() (Play, error) {
		p := newFakePlay(sc.Steps)
		meta := flow.Metadata{ViewName: nasty, ErrorCode: nasty, ErrorMessage: nasty, Verdict: nasty}
		at := flow.At(start)
		p.brings[0] = []flow.Event{
			flow.OnEvent{At: at, Name: nasty, Metadata: meta}, flow.OnEvent{At: at, Name: flow.EventError, Metadata: meta},
			flow.OnExit{At: at, Failure: flow.Failure{Code: nasty, Message: nasty}}, flow.PaneShown{At: at, Pane: flow.Pane{View: nasty, Title: nasty, Notice: nasty}},
		}
		p.brings[1] = []flow.Event{flow.WebhookReceived{At: at, Code: nasty, Status: nasty, Reason: nasty}, flow.CallFailed{At: at, Failure: flow.Failure{Code: nasty, Message: nasty}}}
		p.brings[3] = []flow.Event{flow.WebhooksTried{At: at, Trials: []flow.WebhookTrial{{What: nasty, Wrong: nasty}}}, flow.AppDid{At: at, Deed: nasty, Because: nasty}}
		p.fails[3] = scenario.Failure{Expected: nasty, Got: nasty}
		return p, nil
	}
	for _, size := range [][2]int{{20, 3}, {1, 1}, {39, 9}, {40, 10}, {48, 12}, {64, 18}, {80, 24}, {108, 30}, {120, 36}, {200, 50}} {
		p := open(t, sc, begin, size[0], size[1])
		p.screen()
		for range 16 {
			p.press("enter")
			p.screen()
			for _, keys := range [][]string{{"n"}, {"down", "n"}, {"tab"}, {"tab"}, {"tab"}, {"tab"}, {"a"}, {"a"}, {"P"}, {"?"}, {"down", "?"}} {
				p.press(keys...)
				p.screen()
			}
		}
		p.press("R")
		p.screen()
	}
}

// A size that changes while something is shown leaves nothing behind.
func TestResize(t *testing.T) {
	steps := []scenario.Step{{Beat: "One", Do: scenario.ExpectPhase{}, Notes: "Say it."}}
	p := open(t, scenario.Scenario{Title: "T", Steps: steps}, func() (Play, error) { return newFakePlay(steps), nil }, 120, 36)
	p.press("enter", "n")
	for _, size := range [][2]int{{20, 3}, {200, 50}, {41, 11}, {0, 0}, {80, 24}} {
		p.w, p.h = size[0], size[1]
		p.tell(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		if size[0] > 0 {
			p.screen()
		}
	}
	if !strings.Contains(p.screen(), "Say it.") {
		t.Errorf("the notes are gone:\n%s", p.screen())
	}
}

// A playing that cannot begin is said, and the next Enter tries again.
func TestItCannotBegin(t *testing.T) {
	steps := []scenario.Step{{Beat: "One", Do: scenario.ExpectPhase{}}}
	problem := errors.New("the disk is full")
	p := open(t, scenario.Scenario{Title: "T", Steps: steps}, func() (Play, error) {
		if problem != nil {
			return nil, problem
		}
		return newFakePlay(steps), nil
	}, 80, 24)
	p.press("enter")
	if screen := p.screen(); !strings.Contains(screen, "It could not begin: the disk is full") || !strings.Contains(screen, "Enter begin") {
		t.Errorf("it is not said:\n%s", screen)
	}
	problem = nil
	p.press("enter")
	if screen := p.screen(); !strings.Contains(screen, "1 of 1") || strings.Contains(screen, "disk") {
		t.Errorf("it does not begin:\n%s", screen)
	}
}

// A playing that is left behind is closed once its successor has begun.
func TestPlayingsAreClosed(t *testing.T) {
	steps := []scenario.Step{{Beat: "One", Do: scenario.ExpectPhase{}}, {Beat: "Two", Do: scenario.ExpectPhase{}}}
	var plays []*fakePlay
	p := open(t, scenario.Scenario{Title: "T", Steps: steps}, func() (Play, error) {
		plays = append(plays, newFakePlay(steps))
		return plays[len(plays)-1], nil
	}, 80, 24)
	p.press("enter", "enter", "R")
	if plays[0].closed != 0 {
		t.Error("it is closed although it can be brought back")
	}
	p.press("u", "enter", "R", "enter")
	if len(plays) != 2 || plays[0].closed != 1 || plays[1].closed != 0 {
		t.Errorf("%d playings, closed %d times and %d times", len(plays), plays[0].closed, plays[len(plays)-1].closed)
	}
}

func TestBeats(t *testing.T) {
	step := func(beat string, d scenario.Deed) scenario.Step { return scenario.Step{Beat: beat, Do: d} }
	for name, c := range map[string]struct {
		steps []scenario.Step
		want  string
	}{
		"named":            {[]scenario.Step{step("A", scenario.CreateToken{}), step("", scenario.CreateHandler{}), step("B", scenario.Open{})}, "A 2, B 1"},
		"before the first": {[]scenario.Step{step("", scenario.CreateToken{}), step("B", scenario.Open{})}, "Title 1, B 1"},
		"none named":       {[]scenario.Step{step("", scenario.ExpectPhase{}), step("", scenario.CreateToken{}), step("", scenario.ExpectPhase{}), step("", scenario.Open{})}, "Title 1, The server asks for a link_token 2, The app opens Link 1"},
	} {
		var got []string
		for _, b := range beatsOf(scenario.Scenario{Title: "Title", Steps: c.steps}) {
			got = append(got, fmt.Sprint(b.title, " ", len(b.steps)))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %s, want %s", name, s, c.want)
		}
	}
}

func TestBehind(t *testing.T) {
	for _, c := range []struct {
		elapsed time.Duration
		at, n   int
		want    time.Duration
	}{
		{59 * time.Second, 0, 10, 0}, {61 * time.Second, 0, 10, time.Second}, {61 * time.Second, 1, 10, 0},
		{11 * time.Minute, 9, 10, time.Minute}, {11 * time.Minute, 99, 10, time.Minute}, {time.Hour, 0, 0, 0},
	} {
		if got := behind(c.elapsed, 10*time.Minute, c.at, c.n); got != c.want {
			t.Errorf("after %v in beat %d of %d: %v behind, want %v", c.elapsed, c.at, c.n, got, c.want)
		}
	}
	if got := behind(time.Hour, 0, 0, 5); got != 0 {
		t.Errorf("without a plan: %v behind", got)
	}
}

// Every letter that a name of Plaid's has can be drawn, and is as wide in each
// of its rows.
func TestLargeLetters(t *testing.T) {
	for r, glyph := range glyphs {
		rows := strings.Split(glyph, "/")
		for _, row := range rows {
			if len(row) != len(rows[0]) || strings.Trim(row, "#.") != "" || len(rows) > glyphRows {
				t.Errorf("%c is drawn unevenly: %s", r, glyph)
			}
		}
	}
	drawn := map[string]rune{}
	for r, glyph := range glyphs {
		if other, twice := drawn[glyph]; twice {
			t.Errorf("%c looks like %c", r, other)
		}
		drawn[glyph] = r
	}
	for _, name := range []string{
		flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable, flow.EventTransitionView,
		flow.WebhookLayerAuthenticationPassed, flow.WebhookSessionFinished, "onLoad", "onSuccess", "onExit", "link_token",
	} {
		for _, scale := range []int{1, 2} {
			lines := bigText(name, scale, 400)
			if len(lines) != glyphRows*scale/2 {
				t.Errorf("%s at scale %d has %d lines", name, scale, len(lines))
			}
		}
	}
	if bigText("LAYER_READY", 1, 40) != nil || bigText("漢", 1, 40) != nil || bigText("", 1, 40) != nil {
		t.Error("what has no room, or no letters, is drawn")
	}
}

// A key means one thing in a place, and help has all of them.
func TestKeyTable(t *testing.T) {
	for _, here := range []place{inRoom, inHelp, attached} {
		seen := map[string]bool{}
		for _, b := range keyTable {
			if b.place&here == 0 {
				continue
			}
			for _, k := range b.keys {
				if seen[k] {
					t.Errorf("%s means two things in place %d", k, here)
				}
				seen[k] = true
			}
		}
	}
	p := open(t, scenario.Scenario{Title: "T"}, nil, 200, 50)
	p.press("?")
	screen := p.screen()
	for _, g := range KeyTable() {
		for _, k := range g.Keys {
			if !strings.Contains(screen, k.Does) || !strings.Contains(screen, k.Keys) {
				t.Errorf("help lacks %s: %s", k.Keys, k.Does)
			}
		}
	}
}

// The notes draw whatever a presentation sends, at any size, and end with it.
func TestNotes(t *testing.T) {
	status := make(chan Status, 1)
	var sent []Command
	n := tea.Model(NewNotes(NotesOptions{Status: status, Send: func(c Command) { sent = append(sent, c) }, Context: t.Context()}))
	p := &pressed{t: t, m: n}
	tell := func(msg tea.Msg) tea.Cmd {
		next, cmd := p.m.Update(msg)
		p.m = next
		return cmd
	}
	for _, st := range []Status{
		{}, {Title: nasty, Of: 3, ComesNext: nasty},
		{Title: nasty, Beat: 2, Of: 3, Name: nasty, Notes: slices.Repeat([]string{nasty}, 40), Question: nasty, Answer: nasty, Asked: true, Next: nasty, Headline: nasty, Trouble: nasty, Elapsed: 100 * time.Hour, Behind: time.Hour, Paused: true, Looking: 1},
		{Title: "T", Beat: 4, Of: 3},
	} {
		tell(st)
		for _, size := range [][2]int{{20, 3}, {40, 10}, {60, 20}, {80, 24}, {200, 50}} {
			p.w, p.h = size[0], size[1]
			tell(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			p.screen()
		}
	}
	tell(Status{Title: "T", Beat: 2, Of: 3, Name: "Two", Notes: []string{"Say it slowly."}, Question: "Why?", Answer: "Because.", Next: "the answer", ComesNext: "Three", Elapsed: 65 * time.Second, Planned: 3 * time.Minute})
	p.w, p.h = 80, 24
	tell(tea.WindowSizeMsg{Width: 80, Height: 24})
	for _, text := range []string{"2 of 3", "Two", "Say it slowly.", "? Why?", "✓ Because.", "Then: Three", "Enter the answer", "of 3:00"} {
		if !strings.Contains(p.screen(), text) {
			t.Errorf("there is no %q on\n%s", text, p.screen())
		}
	}
	tell(tea.KeyPressMsg{Code: tea.KeyEnter})
	tell(tea.KeyPressMsg{Code: tea.KeyLeft})
	tell(tea.KeyPressMsg{Code: 'p', Text: "p"})
	if want := []Command{CommandNext, CommandBack, CommandPause}; !slices.Equal(sent, want) {
		t.Errorf("it asks for %v, want %v", sent, want)
	}
	close(status)
	notes := p.m.(Notes)
	cmd := tell(notes.listen()())
	if cmd == nil || cmd() != tea.Quit() {
		t.Error("it does not end with the presentation")
	}
}

// Another beat is read from its beginning, and what came over the socket is
// cleaned.
func TestNotesBeginAtTheTopAndAreClean(t *testing.T) {
	n := tea.Model(NewNotes(NotesOptions{Status: make(chan Status), Send: func(Command) {}, Context: t.Context()}))
	p := &pressed{t: t, m: n, w: 80, h: 24}
	tell := func(msg tea.Msg) { p.m, _ = p.m.Update(msg) }
	tell(tea.WindowSizeMsg{Width: 80, Height: 24})
	notes := append([]string{"The beginning."}, slices.Repeat([]string{nasty}, 40)...)
	for _, st := range []Status{{Beat: 2, Of: 3, Notes: notes}, {Beat: 3, Of: 3, Notes: notes}, {Beat: 3, Of: 3, Looking: 1, Notes: notes}} {
		tell(st)
		if !strings.Contains(p.screen(), "The beginning.") {
			t.Errorf("beat %d, looking at %d: it does not begin at the top\n%s", st.Beat, st.Looking, p.screen())
		}
		tell(tea.KeyPressMsg{Code: tea.KeyDown})
		tell(st)
		if strings.Contains(p.screen(), "The beginning.") {
			t.Error("the same beat jumps back to its top")
		}
	}
}
