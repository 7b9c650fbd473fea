package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"layersim/flow"
	"layersim/flow/scenario"
	"layersim/tui/pane"
	"layersim/tui/present"
)

// audience drives the model of a presentation, one key after the other, with a
// stage behind it and a clock that only the test moves.
type audience struct {
	t        testing.TB
	model    tea.Model
	director *director
	now      time.Time
	quit     bool
	w, h     int
}

func seat(t testing.TB, sc scenario.Scenario, w, h int, change ...func(*present.Options)) *audience {
	t.Helper()
	a := &audience{t: t, now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC), w: w, h: h}
	a.director = &director{ctx: t.Context(), scenario: sc, catalog: builtin(t)}
	t.Cleanup(func() {
		if err := a.director.Close(); err != nil {
			t.Error(err)
		}
	})
	o := present.Options{Scenario: sc, Begin: a.director.begin, Now: func() time.Time { return a.now }, Context: t.Context()}
	for _, c := range change {
		c(&o)
	}
	a.model = present.New(o)
	a.tell(tea.WindowSizeMsg{Width: w, Height: h})
	return a
}

// tell gives the model a message, and does what it then asks for.
func (a *audience) tell(msg tea.Msg) {
	a.t.Helper()
	next, cmd := a.model.Update(msg)
	a.model = next
	a.do(cmd)
}

func (a *audience) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			a.do(c)
		}
	case tea.QuitMsg:
		a.quit = true
	default:
		a.tell(msg)
	}
}

func (a *audience) press(keys ...string) *audience {
	a.t.Helper()
	for _, k := range keys {
		a.tell(key(k))
	}
	return a
}

func (a *audience) screen() string {
	a.t.Helper()
	content := ansi.Strip(a.model.View().Content)
	lines := strings.Split(content, "\n")
	if len(lines) != a.h {
		a.t.Errorf("%d lines on a screen of %d:\n%s", len(lines), a.h, content)
	}
	for _, line := range lines {
		if n := pane.Width(line); n != a.w {
			a.t.Errorf("a line has %d cells on a screen of %d: %q", n, a.w, line)
		}
	}
	return content
}

// flat is the screen without frames and line breaks.
func (a *audience) flat() string { return flat(a.screen()) }

func (a *audience) mustShow(texts ...string) {
	a.t.Helper()
	screen := a.flat()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			a.t.Errorf("there is no %q on\n%s", text, a.screen())
		}
	}
}

func (a *audience) mustNotShow(texts ...string) {
	a.t.Helper()
	screen := a.flat()
	for _, text := range texts {
		if text != "" && strings.Contains(screen, text) {
			a.t.Errorf("there is a %q on\n%s", text, a.screen())
		}
	}
}

func (a *audience) isOver() bool { return strings.Contains(a.flat(), "R begins again") }

// toEnd presses Enter until all is over, and looks at each screen.
func (a *audience) toEnd(look func(screen string)) {
	a.t.Helper()
	const most = 2000
	for range most {
		a.press("enter")
		a.now = a.now.Add(7 * time.Second)
		if a.isOver() {
			return
		}
		look(a.screen())
	}
	a.t.Fatal("it does not end")
}

func find(t testing.TB, name string) scenario.Scenario {
	t.Helper()
	sc, err := scenario.Find(name, builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// The tour as the room sees it, beat by beat; after a wanted change
//
//	go test ./cmd/layersim -run TourAsText -update
func TestTourAsText(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			a := seat(t, find(t, builtInTour), size[0], size[1])
			var all strings.Builder
			n := 0
			keep := func(screen string) {
				if n++; size[0] == 200 && n%5 != 1 {
					return // a few tell how the largest one looks
				}
				for line := range strings.SplitSeq(screen, "\n") {
					all.WriteString(strings.TrimRight(line, " ") + "\n")
				}
				all.WriteString("\n" + strings.Repeat("=", size[0]) + "\n\n")
			}
			keep(a.screen())
			a.toEnd(keep)
			keep(a.screen())
			mustBeGolden(t, filepath.Join("testdata", "tour", fmt.Sprintf("%dx%d.txt", size[0], size[1])), all.String())
		})
	}
}

func mustBeGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is no longer what is shown:\n%s", file, cmp.Diff(string(want), got))
	}
}

// A trainer who has never seen the tool can give the tour: it has a plan, and
// for each beat something to say.
func TestTourCanBeGiven(t *testing.T) {
	sc := find(t, builtInTour)
	beats, questions, words := 0, 0, 0
	for _, s := range sc.Steps {
		if s.Beat != "" {
			beats++
			n := len(strings.Fields(s.Notes))
			words += n
			if n < 45 || n > 120 {
				t.Errorf("%q has %d words to say; forty seconds are 45 to 120", s.Beat, n)
			}
		}
		if s.Ask.Question != "" {
			questions++
			if s.Ask.Answer == "" {
				t.Errorf("%q has no answer", s.Ask.Question)
			}
		}
	}
	if beats < 12 || beats > 17 || questions < 3 || questions > 5 || sc.Minutes != 10 {
		t.Errorf("%d beats, %d questions, %d minutes", beats, questions, sc.Minutes)
	}
	if minutes := float64(words) / 140; minutes > 10 { // words that are said in a minute
		t.Errorf("to say all %d words takes %.1f minutes", words, minutes)
	}
	mustPass(t, sc)
}

// In a room everything personal is masked: nothing of the user is on any screen.
func TestPresentationShowsNothingPersonal(t *testing.T) {
	var personal, secret []string
	for _, p := range builtin(t).Personas {
		personal = append(personal, p.Profile.FirstName, p.Profile.LastName, p.Profile.Address.Street, p.Profile.Address.City, p.Profile.Email, p.Phone.Reveal())
		for _, b := range p.Banks {
			for _, account := range b.Accounts {
				personal = append(personal, account.Name, "••"+account.Mask)
			}
		}
		secret = append(secret, p.Profile.SSN, p.Profile.DateOfBirth, p.Code)
	}
	edits := scene(scenario.CreateToken{}, scenario.CreateHandler{}, scenario.SubmitPhone{}, scenario.Open{}, scenario.Continue{}, scenario.EnterCode{},
		scenario.EditField{Values: map[string]flow.SSN{"name.first_name": flow.NewPaneValue("Changed"), "ssn": flow.NewPaneValue("987654329"), "date_of_birth": flow.NewPaneValue("1980-02-29")}},
		scenario.Share{}, scenario.ExpectResult{Values: map[string]string{"identity.name.first_name": "Changed", "identity.ssn": "987654329", "identity.phone_number": "+14155550011"}})
	edits.Title = "Edits"
	personal, secret = append(personal, "2 New Street", "Changed"), append(secret, "987654329", "1980-02-29")
	for _, sc := range []scenario.Scenario{find(t, builtInTour), edits} {
		for _, size := range [][2]int{{80, 24}, {200, 50}} {
			a := seat(t, sc, size[0], size[1])
			a.toEnd(func(string) { a.mustNotShow(append(personal, secret...)...) })
			b := seat(t, sc, size[0], size[1]).press("P")
			seen := false
			b.toEnd(func(screen string) {
				if !strings.Contains(screen, "identity.ssn") { // what the scenario itself says
					b.mustNotShow(secret...)
				}
				seen = seen || strings.Contains(screen, "Madeup")
			})
			if !seen {
				t.Errorf("%s at %v: P does not show a name", sc.Title, size)
			}
		}
	}
}

// Any scenario can be presented, and all of it is as it should be.
func TestEveryScenarioCanBePresented(t *testing.T) {
	all, err := scenario.Shipped(builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range all {
		t.Run(sc.Name, func(t *testing.T) {
			a := seat(t, sc, 80, 24)
			a.toEnd(func(string) { a.mustNotShow("That was not the plan") })
			a.mustNotShow("not as the scenario expects")
		})
	}
}

func TestResetBeginsAgainAndCanBeTakenBack(t *testing.T) {
	a := seat(t, find(t, builtInTour), 120, 36)
	var first, second []string
	a.toEnd(func(screen string) { first = append(first, afterTop(screen)) })
	a.press("R")
	a.mustShow("At the start again", "u brings back", "0:00 of 10:00")
	a.toEnd(func(screen string) { second = append(second, afterTop(screen)) })
	if len(first) != len(second) {
		t.Fatalf("%d screens, then %d", len(first), len(second))
	}
	for i := range first {
		if first[i] != second[i] {
			t.Errorf("screen %d differs:\n%s\n%s", i, first[i], second[i])
		}
	}

	a = seat(t, find(t, builtInTour), 120, 36).press("enter", "enter", "enter")
	before := afterTop(a.screen())
	a.press("R", "R")
	a.mustShow("It stands at the start already")
	a.press("u")
	a.mustShow("Where you were", "3 of 17")
	if got := afterTop(a.press("x").screen()); got != before {
		t.Errorf("u brings back\n%s\nwant\n%s", got, before)
	}
	a.press("enter")
	a.mustShow("4 of 17")
	a.press("R", "enter", "u")
	a.mustShow("There is nothing to bring back")
}

// afterTop is a screen without its first line, which has the time, and its last.
func afterTop(screen string) string {
	lines := strings.Split(screen, "\n")
	return strings.Join(lines[1:len(lines)-1], "\n")
}

// Looking back shows a beat as it was, and does nothing else.
func TestLookingBackIsNotUndoing(t *testing.T) {
	a := seat(t, find(t, builtInTour), 120, 36).press("enter", "enter", "enter", "enter", "enter", "enter", "enter")
	a.mustShow("5 of 17", "Now open Link")
	here := afterTop(a.screen())
	a.press("left")
	a.mustShow("4 of 17", "LAYER_READY", "looking back", "What does the app hear?")
	a.press("pgup", "backspace", "left", "left", "left")
	a.mustShow("1 of 17", "Why Layer?")
	a.press("end")
	if got := afterTop(a.screen()); got != here {
		t.Errorf("it is no longer as it was:\n%s\nwas\n%s", got, here)
	}
	a.press("home", "right")
	a.mustShow("2 of 17", "link_token")
	a.press("right", "pgdown", "space", "enter")
	a.mustShow("6 of 17", "VERIFY_PHONE")
}

// A question comes before what it is about, its answer after it, and both can be
// read again.
func TestQuestionThenAnswerThenEvent(t *testing.T) {
	const question, answer = "What does the app hear?", "through onEvent."
	a := seat(t, find(t, builtInTour), 120, 36).press("enter", "enter", "enter", "enter")
	a.mustShow(question, "Enter the answer")
	a.mustNotShow(answer, "Plaid holds all that")
	a.press("enter")
	a.mustShow(question, answer, "Enter what happens")
	a.mustNotShow("Plaid holds all that")
	a.press("enter")
	a.mustShow(question, answer, "LAYER_READY", "Why: Plaid holds all that the template requires")

	small := seat(t, find(t, builtInTour), 80, 24).press("enter", "enter", "enter", "enter", "enter", "enter")
	small.mustNotShow(question)
	small.press("a")
	small.mustShow(question, answer)
	small.press("a")
	small.mustNotShow(question)
}

// What is not as expected is said in the room, kindly, and the rest is shown.
func TestFailureIsShownAndItGoesOn(t *testing.T) {
	sc := scene(scenario.CreateToken{}, scenario.CreateHandler{}, scenario.SubmitPhone{},
		scenario.ExpectEvent{Name: "LAYER_NOT_AVAILABLE"}, scenario.Share{}, scenario.Open{})
	sc.Title = "Wrong on purpose"
	for i, beat := range map[int]string{0: "Token", 2: "Phone", 4: "Too early", 5: "Open"} {
		sc.Steps[i].Beat = beat
	}
	a := seat(t, sc, 120, 36).press("enter", "enter")
	a.mustShow("! That was not the plan.", "LAYER_NOT_AVAILABLE", "LAYER_READY")
	a.mustNotShow("there came:", "..")
	a.press("enter")
	a.mustShow("Too early", "! That was not the plan.")
	a.press("enter")
	a.mustShow("Share your information", "OPEN")
	a.press("enter")
	a.mustShow("2 things were not as the scenario expects")
}

// Each take has a recording of its own, and the same seed gives the same bytes.
func TestPresentationIsRecorded(t *testing.T) {
	dir := t.TempDir()
	sc := find(t, builtInTour)
	a := seat(t, sc, 80, 24)
	a.director.record = filepath.Join(dir, "tour.jsonl")
	if err := a.director.rehearse(); err != nil {
		t.Fatal(err)
	}
	a.toEnd(func(string) {})
	a.press("R")
	a.toEnd(func(string) {})
	if err := a.director.Close(); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(filepath.Join(dir, "tour.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(filepath.Join(dir, "tour-2.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) || bytes.Count(first, []byte("\n")) < 50 {
		t.Errorf("two takes of %d and %d bytes differ", len(first), len(second))
	}

	again := &director{ctx: t.Context(), scenario: sc, catalog: builtin(t), record: filepath.Join(dir, "tour.jsonl")}
	if err := again.rehearse(); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("a recording is written over: %v", err)
	}
}

func TestTimer(t *testing.T) {
	a := seat(t, find(t, builtInTour), 120, 36)
	a.now = a.now.Add(time.Hour) // nothing has begun
	a.mustShow("0:00 of 10:00")
	a.press("enter")
	a.now = a.now.Add(30 * time.Second)
	a.mustShow("0:30 of 10:00 beat 0:30")
	a.mustNotShow("+0:")
	a.now = a.now.Add(20 * time.Second)
	a.mustShow("0:50 of 10:00 beat 0:50 +0:14") // a beat is due every 35.3 seconds
	a.press("enter")
	a.mustShow("0:50 of 10:00 beat 0:00")
	a.mustNotShow("+0:")
	a.press("p")
	a.now = a.now.Add(time.Hour)
	a.mustShow("0:50 of 10:00 beat 0:00 timer stands", "p timer on")
	a.press("p")
	a.now = a.now.Add(time.Second)
	a.mustShow("0:51 of 10:00 beat 0:01")
}

func TestQuittingTakesTwoKeys(t *testing.T) {
	a := seat(t, find(t, builtInTour), 80, 24).press("q")
	a.mustShow("q once more ends the presentation")
	if a.press("x", "q"); a.quit {
		t.Fatal("a key between them counts for nothing")
	}
	if a.press("q"); !a.quit {
		t.Error("q twice does not quit")
	}
}

// Without colour nothing is lost, and there is none.
func TestPresentationWithoutColour(t *testing.T) {
	a := seat(t, find(t, builtInTour), 120, 36).press("enter", "enter", "enter", "enter", "enter", "enter")
	if content := a.model.View().Content; strings.Contains(content, "[38;") || strings.Contains(content, "[48;") {
		t.Error("there is colour although none is wanted")
	}
	a.mustShow("✓ LAYER_READY")
}

// Each beat of the tour reveals what it is about, and nothing that a later one
// asks or tells.
func TestTourGivesNothingAway(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		a := seat(t, find(t, builtInTour), size[0], size[1])
		a.toEnd(func(screen string) {
			title := strings.TrimSpace(strings.Split(screen, "\n")[1])
			switch title {
			case "The code":
				a.mustNotShow("LAYER_AUTHENTICATION_PASSED", "verify(")
			case "The user shares":
				a.mustNotShow("/user_account/session/get", "Items", "SESSION_FINISHED", "linked")
			case "What the server gets":
				a.mustNotShow("SESSION_FINISHED")
			case "Another user":
				a.mustShow("LAYER_NOT_AVAILABLE", "this user has none")
				a.mustNotShow("date of birth", "Born", "persona")
			case "A mistake, on purpose":
				a.mustShow("handler.open()", "UNCONFIRMED")
				a.mustNotShow("/session/token/create")
			}
			a.mustNotShow("Plaid has not been asked")
		})
		a.press("left")
		a.mustShow("What to take home", "looking back")
	}
}

// What the presenter reads is about what the room sees, also when it looks back.
func TestNotesAreOfWhatTheRoomSees(t *testing.T) {
	var st present.Status
	a := seat(t, find(t, builtInTour), 120, 36, func(o *present.Options) { o.Publish = func(s present.Status) { st = s } })
	if len(st.Notes) == 0 {
		t.Error("the title has no notes")
	}
	a.press("enter", "enter", "enter", "enter", "enter", "enter", "enter")
	a.press("left")
	if st.Beat != 5 || st.Looking != 4 || st.Name != "The phone number" || !strings.Contains(st.Question, "What does the app hear?") || !strings.Contains(strings.Join(st.Notes, " "), "types a phone number") {
		t.Errorf("looking back at beat 4: %+v", st)
	}
	a.press("n")
	a.mustShow("types a phone number")
	a.press("n", "right")
	if st.Looking != 0 || st.Name != "Now open Link" || st.Question != "" {
		t.Errorf("back at beat 5: %+v", st)
	}
	a.toEnd(func(string) {})
	if st.Beat != 18 || len(st.Notes) == 0 {
		t.Errorf("at the end: %+v", st)
	}
}

func TestWhatAWrongCodeAndAnOldTokenAreCalled(t *testing.T) {
	a := seat(t, find(t, "wrong-code-three-times"), 120, 36).press("enter")
	a.mustShow("→ VERIFY_PHONE")
	a.press("enter")
	a.mustShow("✗ INVALID_OTP", "An ERROR event", "2 tries are left.")
	a = seat(t, find(t, "never-opened"), 120, 36).press("enter", "enter", "enter", "enter")
	a.mustShow("✗ link_token expired")
}
