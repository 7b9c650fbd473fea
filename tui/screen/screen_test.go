package screen

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func init() { stopProcess = func() {} }

// taken returns a screen on a terminal of w×h cells.
func taken(w, h int) (*Screen, *terminal) {
	t := newTerminal(w, h)
	s := newScreen(t, colorprofile.TrueColor)
	s.enter()
	s.Resized(w, h)
	return s, t
}

// settle lets everything that is due be written.
func settle() {
	time.Sleep(3 * pace)
	synctest.Wait()
}

// differs says how the terminal differs from a view, cell by cell; "" if it
// does not.
func differs(term *terminal, v tea.View) string {
	want := make([]string, term.height)
	lines := strings.Split(ansi.Strip(v.Content), "\n")
	for y := range want {
		if y < len(lines) {
			want[y] = lines[y]
		}
		want[y] += strings.Repeat(" ", max(term.width-ansi.StringWidth(want[y]), 0))
	}
	if got := term.text(); got != strings.Join(want, "\n") {
		return fmt.Sprintf("the terminal shows\n%s\ninstead of\n%s", got, strings.Join(want, "\n"))
	}
	if term.cursor != (v.Cursor != nil) {
		return fmt.Sprintf("the cursor is shown: %v", term.cursor)
	}
	if c := v.Cursor; c != nil && (term.x != c.X || term.y != c.Y || term.shape != cursorStyle(c)) {
		return fmt.Sprintf("the cursor is at %d,%d with shape %d, not as in %+v", term.x, term.y, term.shape, c)
	}
	if term.title != v.WindowTitle || !term.wrap || !term.alt || !term.paste || len(term.strange) > 0 {
		return fmt.Sprintf("title %q, wrap %v, alt %v, paste %v, not understood %q", term.title, term.wrap, term.alt, term.paste, term.strange)
	}
	if want := v.MouseMode == tea.MouseModeCellMotion; term.modes[1002] != want || term.modes[1006] != want {
		return fmt.Sprintf("mouse modes %v for %v", term.modes, v.MouseMode)
	}
	return ""
}

func shows(t *testing.T, term *terminal, v tea.View) {
	t.Helper()
	if diff := differs(term, v); diff != "" {
		t.Fatal(diff)
	}
}

// step is one thing that happens to a screen.
type step struct {
	what string
	w, h int           // the new size, after a resize
	wait time.Duration // before the view for it, or by itself
	view tea.View
}

// Whatever happens, and however fast, in the end the terminal shows exactly the
// newest view.
func TestTheTerminalShowsTheNewestView(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w, h := rapid.IntRange(1, 12).Draw(r, "w"), rapid.IntRange(1, 6).Draw(r, "h")
		first := drawView(r, w, h)
		steps := drawSteps(r, w, h)
		var diff string
		synctest.Test(t, func(*testing.T) { diff = happen(w, h, first, steps) })
		if diff != "" {
			r.Fatal(diff)
		}
	})
}

func drawSteps(r *rapid.T, w, h int) []step {
	steps := make([]step, rapid.IntRange(1, 12).Draw(r, "steps"))
	for i := range steps {
		x := step{what: rapid.SampledFrom([]string{"draw", "draw", "resize", "pause", "look", "suspend"}).Draw(r, "what")}
		if x.what == "resize" {
			w, h = rapid.IntRange(1, 12).Draw(r, "w"), rapid.IntRange(1, 6).Draw(r, "h")
		}
		x.w, x.h, x.wait = w, h, time.Duration(rapid.IntRange(0, 20).Draw(r, "ms"))*time.Millisecond
		x.view = drawView(r, w, h)
		steps[i] = x
	}
	return steps
}

// happen lets steps happen, looks now and then and at the end, and says what
// was wrong.
func happen(w, h int, view tea.View, steps []step) string {
	s, term := taken(w, h)
	defer s.Close()
	s.Draw(view)
	for _, x := range steps {
		switch x.what {
		case "draw":
			view = x.view
			s.Draw(view)
		case "resize":
			term.resize(x.w, x.h)
			s.Resized(x.w, x.h)
			time.Sleep(x.wait)
			view = x.view
			s.Draw(view)
		case "pause":
			time.Sleep(x.wait)
		case "look":
			settle()
			if diff := differs(term, view); diff != "" {
				return diff
			}
		case "suspend":
			if err := s.Close(); err != nil {
				return err.Error()
			}
			if term.alt || !term.cursor || term.paste || term.shape != 0 || term.title != "" || term.modes[1002] {
				return "the terminal was not given back"
			}
			if err := s.Resume(); err != nil {
				return err.Error()
			}
		}
	}
	settle()
	return differs(term, view)
}

var lineRunes = []rune("ab─█é世界 ")

func drawView(t *rapid.T, w, h int) tea.View {
	lines := make([]string, rapid.IntRange(0, h).Draw(t, "lines"))
	for i := range lines {
		text := ansi.Truncate(rapid.StringOfN(rapid.SampledFrom(lineRunes), 0, 14, -1).Draw(t, "line"), w, "")
		if rapid.Bool().Draw(t, "styled") {
			text = "\x1b[1;38;2;1;2;3m" + text + "\x1b[0m"
		}
		lines[i] = text
	}
	v := tea.View{Content: strings.Join(lines, "\n"), WindowTitle: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "title")}
	if rapid.Bool().Draw(t, "cursor") {
		v.Cursor = tea.NewCursor(rapid.IntRange(0, w-1).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y"))
		v.Cursor.Blink = rapid.Bool().Draw(t, "blink")
	}
	if rapid.Bool().Draw(t, "mouse") {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// A frame that was due when the window shrank must not be drawn into the new
// one: its last rows would all land on the last row there is.
func TestNoFrameOfTheOldSizeAfterAResize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, term := taken(4, 6)
		defer s.Close()
		s.Draw(tea.View{Content: "1\n2\n3\n4\n5\n6"})
		synctest.Wait()
		s.Draw(tea.View{Content: "1\n2\n3\n4\n5\nX"}) // due in a few milliseconds
		term.resize(4, 3)
		s.Resized(4, 3)
		settle()
		small := tea.View{Content: "1\n2\n3"}
		if strings.ContainsAny(term.text(), "1X") {
			t.Errorf("the old frame was drawn:\n%s", term.text())
		}
		s.Draw(small)
		settle()
		shows(t, term, small)
	})
}

func TestFirstChangeIsWrittenAtOnceAndTheRestShareAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, term := taken(8, 1)
		defer s.Close()
		settle()
		before := term.writes
		s.Draw(tea.View{Content: "0"})
		synctest.Wait() // no time passes
		if term.writes != before+1 || !strings.HasPrefix(term.text(), "0") {
			t.Fatalf("%d writes at once: %q", term.writes-before, term.text())
		}
		for i := range 1000 {
			s.Draw(tea.View{Content: fmt.Sprint(i)})
			time.Sleep(pace / 1000)
		}
		settle()
		if n := term.writes - before; n > 4 {
			t.Errorf("%d frames for %v of changes", n, pace)
		}
		shows(t, term, tea.View{Content: "999"})
		before = term.writes
		s.Draw(tea.View{Content: "999"})
		settle()
		if term.writes != before {
			t.Error("a view that changes nothing was written")
		}
	})
}

func TestOnlyChangedLinesAreWritten(t *testing.T) {
	s := newScreen(newTerminal(1, 1), colorprofile.TrueColor)
	s.Resized(10, 3)
	s.Draw(tea.View{Content: "first\nsecond\nthird"})
	s.frame()
	s.Draw(tea.View{Content: "first\nother\nthird"})
	frame := s.frame()
	if !strings.Contains(frame, "other") || strings.Contains(frame, "first") || strings.Contains(frame, "third") {
		t.Errorf("the frame is %q", frame)
	}
}

// A terminal that takes nothing more must not keep the program from drawing,
// nor from ending.
func TestStuckTerminalHoldsNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := newTerminal(4, 2)
		term.stuck = make(chan struct{})
		s := newScreen(term, colorprofile.TrueColor)
		s.enter()
		s.Resized(4, 2)
		began := time.Now()
		for i := range 100 {
			s.Draw(tea.View{Content: fmt.Sprint(i)})
		}
		if time.Since(began) > 0 {
			t.Error("drawing waited for the terminal")
		}
		if err := s.Close(); err != nil || time.Since(began) > time.Second {
			t.Errorf("closing took %v: %v", time.Since(began), err)
		}
		close(term.stuck) // or the goroutine outlives the test
	})
}

// Without colour, and on a terminal that nothing is known of, lines are still
// placed and bold is still bold.
func TestProfileTakesColoursOnly(t *testing.T) {
	for _, profile := range []colorprofile.Profile{colorprofile.Unknown, colorprofile.NoTTY, colorprofile.Ascii} {
		synctest.Test(t, func(t *testing.T) {
			var out strings.Builder
			s := newScreen(&out, profile)
			s.enter()
			s.Resized(9, 1)
			s.Draw(tea.View{Content: "\x1b[1;31mred\x1b[0m"})
			settle()
			s.Close()
			settle()
			got := out.String()
			if !strings.Contains(got, ansi.CursorPosition(1, 1)) || !strings.Contains(got, "\x1b[1mred") || strings.Contains(got, "31") {
				t.Errorf("%v: %q", profile, got)
			}
		})
	}
}

// model is the smallest model whose view tells its size.
type model struct{ w, h, keys int }

func (m model) Init() tea.Cmd { return nil }

func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case tea.KeyPressMsg:
		m.keys++
	}
	return m, nil
}

func (m model) View() tea.View { return tea.View{Content: fmt.Sprintf("%d×%d %d", m.w, m.h, m.keys)} }

func TestSuspendGivesTheTerminalBackAndResumeTakesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, term := taken(20, 2)
		defer s.Close()
		m := s.Watch(model{})
		m, _ = m.Update(tea.WindowSizeMsg{Width: 20, Height: 2})
		m.View()
		settle()
		shows(t, term, tea.View{Content: "20×2 0"})
		m, cmd := m.Update(tea.KeyPressMsg{Code: 'z', Mod: tea.ModCtrl})
		if cmd == nil {
			t.Fatal("Ctrl-Z does nothing")
		}
		if _, ok := cmd().(tea.ResumeMsg); !ok || term.alt || !term.cursor {
			t.Fatal("the program does not stop, or keeps the terminal")
		}
		writes := term.writes
		m, _ = m.Update(tea.KeyPressMsg{Code: 'a'})
		m.View()
		settle()
		if term.writes != writes {
			t.Error("it was drawn on while it belonged to the shell")
		}
		m, _ = m.Update(tea.ResumeMsg{})
		m.View()
		settle()
		shows(t, term, tea.View{Content: "20×2 1"})
	})
}

func BenchmarkFrame(b *testing.B) {
	s := newScreen(newTerminal(1, 1), colorprofile.TrueColor)
	s.Resized(200, 50)
	line := strings.Repeat("\x1b[1mx\x1b[0m─", 100)
	views := [2]tea.View{{Content: strings.Repeat(line+"\n", 49) + "a"}, {Content: strings.Repeat(line+"\n", 49) + "b"}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Draw(views[i%2])
		s.frame()
	}
}
