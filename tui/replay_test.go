package tui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/flow/journal"
)

// recordedFrom writes a walk as its recording has it, and reads it back.
func recordedFrom(t testing.TB, o Options, j *journal.Journal) Replay {
	t.Helper()
	h := journal.Header{
		Mode: journal.ModeSimulated, Started: j.At(0).At, TemplateID: o.Config.TemplateID, ClientUserID: o.Config.ClientUserID,
		Platform: o.Config.Client.Platform, SDKVersion: o.Config.Client.Version, InPage: o.Config.InPage, Webhooks: !o.Config.NoWebhooks,
	}
	var file bytes.Buffer
	line, err := h.Line()
	if err != nil {
		t.Fatal(err)
	}
	file.Write(append(line, '\n'))
	for _, e := range j.Entries() {
		var more []journal.Addition
		if entered, ok := e.Event.(flow.PhoneNumberEntered); ok {
			persona, _ := o.Catalog.PersonaByPhone(entered.Phone)
			more = append(more, journal.TestNumber(persona.Name))
		}
		if line, err = journal.Whole(e, more...); err != nil {
			t.Fatal(err)
		}
		file.Write(append(line, '\n'))
	}
	r, err := journal.ReadRecording(&file, "walk.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	r.PhoneOf = func(name string) flow.PhoneNumber {
		persona, _ := o.Catalog.Persona(name)
		return persona.Phone
	}
	entries, initial, err := journal.Replay(r)
	if err != nil {
		t.Fatal(err)
	}
	return Replay{Name: r.Name, Entries: entries, Initial: initial, Started: h.Started}
}

// replayOf is the screen of a walk's recording, of the same size but for the
// scrubber.
func replayOf(t testing.TB, m *Model) *Model {
	t.Helper()
	o := m.opts
	r := recordedFrom(t, o, m.private.truth)
	o.Replay, o.Persona = &r, ""
	replay := New(o)
	size := tea.WindowSizeMsg{Width: m.width, Height: m.height + 2}
	next, _ := replay.Update(size)
	replay = next.(Model)
	return &replay
}

// What a recording masks, and what a replay says in its own words.
var (
	ownWords = regexp.MustCompile(`Enter (back to now|play|pause)( from the start)?`)
	anyMask  = regexp.MustCompile(`\S*•[\S]*`)
	spaces   = regexp.MustCompile(`[ ─]+`)
)

// alike is a screen without what must differ.
func alike(screen string, secrets ...string) string {
	screen = ownWords.ReplaceAllString(spaces.ReplaceAllString(screen, " "), "Enter")
	for _, s := range secrets {
		screen = strings.ReplaceAll(screen, s, "•")
	}
	screen = anyMask.ReplaceAllString(screen, "•")
	return spaces.ReplaceAllString(screen, " ")
}

// maskedIn are the values of a walk that its recording masks, the longest first.
func maskedIn(j *journal.Journal) []string {
	var values []string
	for _, e := range j.Entries() {
		switch e := e.Event.(type) {
		case flow.PaneShown:
			for _, f := range e.Pane.Fields {
				values = append(values, f.Value.Reveal())
			}
		case flow.UserAccountFetched:
			values = append(values, e.Account.Identity.PhoneNumber.Reveal())
		}
	}
	values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
	slices.SortStableFunc(values, func(a, b string) int { return len(b) - len(a) })
	return values
}

// bodyOf is all of a screen above the line of keys.
func bodyOf(m *Model) string {
	lines := strings.Split(ansi.Strip(m.View().Content), "\n")
	return strings.Join(lines[:m.layout.footer.y], "\n")
}

// Every pane of a replay is as time travel showed it in the walk.
func TestReplayShowsEveryPaneAsItWas(t *testing.T) {
	oneAtATime(t)
	walks := map[string]func(w *world){
		"onboarded":  onboarded,
		"wrong code": oneWrongCode,
		"autofill, declined": func(w *world) {
			w.submit("5155550016")
			w.press("ctrl+f")
		},
		"another template, started over": func(w *world) {
			w.submit("4155550011")
			w.openLink()
			w.press("x", "n", "enter")
		},
	}
	for name, walk := range walks {
		t.Run(name, func(t *testing.T) {
			inBubble(t, setting{width: 140, height: 44}, func(w *world) {
				walk(w)
				m := *w.model()
				replay := replayOf(t, &m)
				secrets := maskedIn(m.journal)
				compared := 0
				for n := range m.journal.Len() {
					for tab := range tabCount {
						for _, of := range []*Model{&m, replay} {
							of.goTo(n)
							of.focus, of.inspector.tab = panesOf(of.hasResults())[0], tab
							next, _ := of.Update(nil)
							*of = next.(Model)
						}
						was, is := strings.Split(alike(bodyOf(&m), secrets...), "\n"), strings.Split(alike(bodyOf(replay), secrets...), "\n")
						for i := range was {
							if i >= len(is) || was[i] != is[i] {
								t.Fatalf("moment %d, tab %s, line %d:\nwas\n%s\nis\n%s", n, aspectOf(tab).title, i, was[i], strings.Join(is[i:], "\n"))
							}
						}
						compared++
					}
				}
				t.Logf("%d screens", compared)
			})
		})
	}
}

// playBack runs the replay of a walk as a program, in a bubble.
func playBack(t *testing.T, s setting, walk func(w *world), then func(w *world)) {
	t.Helper()
	var model Model
	inBubble(t, s, func(w *world) {
		walk(w)
		model = *w.model()
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		o := model.opts
		r := recordedFrom(t, o, model.private.truth)
		o.Replay, o.Context, o.Color = &r, ctx, false
		o.Perform = func(context.Context, flow.Effect) flow.Event { t.Error("something is done"); return nil }
		w := &world{t: t}
		w.program = tea.NewProgram(watched{New(o), &w.latest}, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard),
			tea.WithoutSignalHandler(), tea.WithFPS(1), tea.WithWindowSize(orInt(s.width, 120), orInt(s.height, 36)), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
		over := make(chan error, 1)
		go func() {
			_, err := w.program.Run()
			over <- err
		}()
		synctest.Wait()
		then(w)
		w.program.Quit()
		if err := <-over; err != nil {
			t.Errorf("the program ended with %v", err)
		}
		cancel()
		synctest.Wait()
	})
}

func onboarded(w *world) {
	w.submit("4155550011")
	w.untilReview()
	w.press("enter")
}

// oneWrongCode is a walk with one error, in which its user thinks for a while.
func oneWrongCode(w *world) {
	w.submit("4155550011")
	w.openLink()
	w.press("enter")
	w.pass(time.Minute)
	w.typeText("000000")
	w.pass(10 * time.Second)
	w.press("ctrl+g")
}

// Where a moment lies, and the ways to it.
func TestReplayIsGoneThrough(t *testing.T) {
	for _, size := range [][2]int{{120, 36}, {80, 24}, {60, 16}} {
		playBack(t, setting{width: size[0], height: size[1], live: true}, oneWrongCode, func(w *world) {
			n := w.model().journal.Len()
			at := func(moment int, more ...string) {
				t.Helper()
				w.sees(append([]string{fmt.Sprintf("%d of %d", moment, n)}, more...)...)
				if problem := fills(w.model().View(), size[0], size[1]); problem != "" {
					t.Fatalf("%s\n%s", problem, w.screen())
				}
			}
			at(0, "paused ×1", "●", "!", "┬", "Ask for a link_token")
			w.press("right")
			at(1)
			w.press("e")
			if e := w.model().journal.At(w.model().moment() - 1); !journal.IsError(e.Event) {
				t.Errorf("the next error is %s", journal.Name(e.Event))
			}
			w.press("e")
			w.sees("There is no error after this moment.")
			w.press("m", "left", "left")
			w.sees("◆")
			marked := w.model().moment()
			w.press("'")
			if w.model().moment() <= marked {
				t.Error("there is no way to the mark")
			}
			w.press("{")
			if e := w.model().journal.At(w.model().moment() - 1); e.Phase == e.Before {
				t.Errorf("no phase begins with %s", journal.Name(e.Event))
			}
			w.press("$")
			at(n, "at the end", "●")
			w.press("right")
			at(n)
			w.press("^")
			at(0)
			w.press("}")
			w.sees("Create the handler")
			w.press("{")
			at(0)
			w.press("{")
			w.sees("This is the beginning.")
		})
	}
}

// A replay takes the time that the walk took, as fast as is wanted; long pauses
// are cut short, and that is said.
func TestReplayIsPlayed(t *testing.T) {
	playBack(t, setting{width: 120, height: 36, live: true}, oneWrongCode, func(w *world) {
		n := w.model().journal.Len()
		w.press("*", "space")
		w.sees("▶ playing ×2")
		shortened, last, played := false, 0, time.Duration(0)
		for w.model().replay.playing && played < time.Minute {
			w.pass(10 * time.Millisecond)
			played += 10 * time.Millisecond
			if strings.Contains(w.screen(), "a pause of 1:00 is shortened") {
				shortened = true
			}
			if now := w.model().moment(); now < last {
				t.Fatalf("it goes back from %d to %d", last, now)
			} else {
				last = now
			}
		}
		if last != n || !shortened || played > 15*time.Second || played < 2*time.Second {
			t.Errorf("it stopped at %d of %d after %s; a shortened pause was said: %v", last, n, played, shortened)
		}
		w.sees("at the end ×2")
		w.press("enter")
		w.sees("▶ playing", "Enter pause")
		w.press("left")
		at := w.model().moment()
		w.pass(time.Minute)
		if w.model().moment() != at {
			t.Error("it plays on after somebody stepped")
		}
	})
}

// Nothing of the walk can be done again, by whatever way; each says why.
func TestReplayDoesNothing(t *testing.T) {
	playBack(t, setting{width: 140, height: 44}, onboarded, func(w *world) {
		before := w.model().journal.Len()
		for _, moment := range []string{"^", "}", "}", "$"} {
			w.press(moment)
			for _, key := range []string{"p", "s", "n", "w", "x", "c", "b", "t", "r"} {
				w.press(key)
				w.sees("This is a replay of walk.jsonl: what happened stays as it was.")
				if w.model().overlay != onScreen {
					t.Fatalf("%s opens something", key)
				}
			}
		}
		w.press("^", "7", "tab", "end", "space")
		w.sees("This is a replay of walk.jsonl")
		w.press(":")
		w.typeText("two-banks")
		w.press("enter")
		w.sees("Not now: this is a replay, and nothing is done in it.")
		w.press("esc")
		m := *w.model()
		if cmd := m.take(flow.StartOverRequested{At: m.at()}); cmd != nil || m.journal.Len() != before {
			t.Error("an event is taken into a replay")
		}
		if got := w.model().journal.Len(); got != before {
			t.Errorf("%d entries, were %d", got, before)
		}
	})
}

// What was masked in the recording cannot be shown or copied.
func TestReplayRevealsNothing(t *testing.T) {
	playBack(t, setting{width: 140, height: 44}, onboarded, func(w *world) {
		w.press("$")
		for range 11 {
			w.press("down")
		}
		w.press("v")
		w.sees("The recording does not hold this value", "•••-••-••••")
		w.press("tab", "tab", "tab", "tab", "2", "Y")
		w.sees("The recording does not hold this value")
		w.press("P")
		w.sees("Private: names", "at the end")
		w.press("^", "}")
		w.sees("Create the handler")
	})
}

// What this layersim would have made of it is said where it differs, and a last
// line that broke off at the end.
func TestReplaySaysWhatDiffers(t *testing.T) {
	inBubble(t, setting{width: 120, height: 36}, func(w *world) {
		w.submit("4155550011")
		m := *w.model()
		o := m.opts
		r := recordedFrom(t, o, m.journal)
		last := &r.Entries[len(r.Entries)-1]
		last.Phase, r.Torn = flow.PhaseExited, true
		o.Replay = &r
		next, _ := New(o).Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		replay := next.(Model)
		if screen := text(replay.View()); !strings.Contains(screen, "1 entry differs") {
			t.Errorf("it is not said that something differs:\n%s", screen)
		}
		replay.goTo(replay.journal.Len())
		if screen := text(replay.View()); !strings.Contains(screen, "! the recording says phase exited here, this layersim comes to") {
			t.Errorf("it is not said what differs:\n%s", screen)
		}
		r.Entries = r.Entries[:len(r.Entries)-1]
		next, _ = New(o).Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		replay = next.(Model)
		replay.goTo(replay.journal.Len())
		if screen := text(replay.View()); !strings.Contains(screen, "! the recording breaks off here: its last line is torn") {
			t.Errorf("it is not said that it breaks off:\n%s", screen)
		}
	})
}

// A recording in which nothing happened is no reason to fall over.
func TestReplayOfNothing(t *testing.T) {
	o := options(t, setting{}, catalog(t), nil, nil, t.Context())
	o.Replay = &Replay{Name: "walk.jsonl", Initial: flow.New(o.Config), Started: at.When()}
	next, _ := New(o).Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	for _, key := range []string{"enter", "space", "right", "left", "$", "^", "e", "}", "'", "m", ";", "*"} {
		next, _ = next.Update(keyPress(key))
	}
	if screen := text(next.View()); !strings.Contains(screen, "0 of 0") {
		t.Errorf("screen:\n%s", screen)
	}
}

// Every value of Link's review is one mask, also under the cursor: what is
// recorded of a name is not the mask of a Social Security number.
func TestReplayMasksTheReviewAlike(t *testing.T) {
	playBack(t, setting{width: 120, height: 40, live: true}, onboarded, func(w *world) {
		for range w.model().journal.Len() {
			w.press("right")
			if screen := w.screen(); strings.Contains(screen, "First name *") {
				if !regexp.MustCompile(`First name \* +•••• `).MatchString(screen) || strings.Contains(screen, "•••-••-••••") {
					t.Fatalf("the review is\n%s", screen)
				}
				return
			}
		}
		t.Error("there was no review")
	})
}
