package tui

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
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
		"eligible": func(w *world) {
			w.submit("4155550011")
			w.untilReview()
			w.press("enter")
		},
		"closed": func(w *world) {
			w.submit("4155550011")
			w.openLink()
			w.press("c")
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

// replayWorld runs a replay as a program, in a bubble.
type replayWorld struct {
	world
}

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

var _ atomic.Int32
var _ = time.Second

func TestReplayKeys(t *testing.T) {
	playBack(t, setting{width: 120, height: 36}, func(w *world) {
		w.submit("4155550011")
		w.untilReview()
		w.press("enter")
	}, func(w *world) {
		t.Log(w.screen())
		w.press("$")
		t.Log(w.screen())
	})
}
