// Package screen writes frames to a terminal, and of each frame only the lines
// that differ from what the terminal shows.
//
// Bubble Tea has a renderer of its own, which keeps every cell of the screen
// several times and looks at all of them for each frame: 2 to 3 ms and some
// megabytes at 200×50, and no sooner than its next tick. The views of this
// program are whole lines of exactly the terminal's width, so comparing lines
// is enough. Bubble Tea still reads the keys and runs the program:
//
//	s, err := screen.Open(os.Stdin, os.Stdout, profile)
//	defer s.Close() // the terminal is as it was before
//	tea.NewProgram(s.Watch(model), tea.WithoutRenderer(), …).Run()
package screen

import (
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// pace is the least time between two frames. The first change after a quiet
// moment is written at once; what follows sooner shares the next frame.
const pace = 8 * time.Millisecond

// Screen is a terminal that was taken over.
type Screen struct {
	in    *os.File
	saved *term.State
	out   io.Writer // reduces colours to what the terminal has

	mu      sync.Mutex
	open    bool
	width   int
	wanted  tea.View // the newest view
	shown   []string // the lines that the terminal shows
	cursor  string   // what placed its cursor
	title   string
	mouse   tea.MouseMode
	shape   int
	last    time.Time // of the last frame
	waiting bool      // a frame is due
}

// Open puts the terminal into raw mode and shows an empty screen of its own.
func Open(in, out *os.File, profile colorprofile.Profile) (*Screen, error) {
	saved, err := term.MakeRaw(in.Fd())
	if err != nil {
		return nil, err
	}
	s := newScreen(out, profile)
	s.in, s.saved = in, saved
	s.enter()
	return s, nil
}

func newScreen(out io.Writer, profile colorprofile.Profile) *Screen {
	return &Screen{out: &colorprofile.Writer{Forward: out, Profile: profile}}
}

// enter and leave bracket everything else that is written.
func (s *Screen) enter() {
	s.open = true
	s.shown, s.cursor, s.title, s.mouse, s.shape = nil, "", "", tea.MouseModeNone, 0
	s.write(ansi.SetModeAltScreenSaveCursor + ansi.EraseEntireScreen + ansi.HideCursor + ansi.SetModeBracketedPaste)
}

func (s *Screen) leave() {
	s.open = false
	var b strings.Builder
	b.WriteString(mouseMode(s.mouse, tea.MouseModeNone))
	b.WriteString(ansi.ResetModeBracketedPaste)
	if s.shape != 0 {
		b.WriteString(ansi.SetCursorStyle(0))
	}
	if s.title != "" {
		b.WriteString(ansi.SetWindowTitle(""))
	}
	b.WriteString(ansi.ResetStyle + ansi.ShowCursor + ansi.ResetModeAltScreenSaveCursor)
	s.write(b.String())
}

// Close gives the terminal back as it was. It may be called twice.
func (s *Screen) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open {
		return nil
	}
	s.leave()
	if s.in == nil {
		return nil
	}
	return term.Restore(s.in.Fd(), s.saved)
}

// suspend gives the terminal back and stops the process, as Ctrl-Z does
// elsewhere; ResumeMsg says when it goes on.
func (s *Screen) suspend() tea.Msg {
	if err := s.Close(); err != nil {
		return tea.Quit()
	}
	return tea.Suspend()
}

// Resume takes the terminal over again and shows the newest view.
func (s *Screen) Resume() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open {
		return nil
	}
	var err error
	if s.in != nil {
		_, err = term.MakeRaw(s.in.Fd()) // the state to go back to is the first one
	}
	s.enter()
	s.flush()
	return err
}

// Resized forgets what the terminal shows: nobody knows what it made of it.
func (s *Screen) Resized(width int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.width, s.shown = width, nil
	if s.open {
		s.write(ansi.ResetStyle + ansi.EraseEntireScreen)
	}
}

// Draw shows a view: at once if the screen has been quiet, else with the next
// frame.
func (s *Screen) Draw(v tea.View) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wanted = v
	if !s.open || s.waiting {
		return
	}
	if due := pace - time.Since(s.last); due > 0 {
		s.waiting = true
		time.AfterFunc(due, s.tick)
		return
	}
	s.flush()
}

func (s *Screen) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = false
	if s.open {
		s.flush()
	}
}

// flush writes what changed since the last frame in one piece.
func (s *Screen) flush() {
	lines := strings.Split(s.wanted.Content, "\n")
	var b strings.Builder
	for i, line := range lines {
		if i < len(s.shown) && s.shown[i] == line {
			continue
		}
		b.WriteString(ansi.CursorPosition(1, i+1))
		b.WriteString(line)
		b.WriteString(ansi.ResetStyle)
		// After a line that fills its row the cursor hangs at its last cell,
		// and erasing would take that cell away.
		if ansi.StringWidth(line) < s.width {
			b.WriteString(ansi.EraseLineRight)
		}
	}
	for i := len(lines); i < len(s.shown); i++ {
		b.WriteString(ansi.CursorPosition(1, i+1) + ansi.EraseEntireLine)
	}
	if v := s.wanted; v.WindowTitle != s.title {
		b.WriteString(ansi.SetWindowTitle(v.WindowTitle))
		s.title = v.WindowTitle
	}
	b.WriteString(mouseMode(s.mouse, s.wanted.MouseMode))
	s.mouse = s.wanted.MouseMode
	s.shown = lines
	s.last = time.Now()
	cursor := s.place(s.wanted.Cursor)
	if b.Len() == 0 && cursor == s.cursor {
		return
	}
	s.cursor = cursor
	s.write(ansi.SetModeSynchronizedOutput + ansi.HideCursor + ansi.ResetModeAutoWrap +
		b.String() + ansi.SetModeAutoWrap + cursor + ansi.ResetModeSynchronizedOutput)
}

// place shows the cursor where the view wants it, or leaves it hidden.
func (s *Screen) place(c *tea.Cursor) string {
	if c == nil {
		return ""
	}
	s.shape = cursorStyle(c)
	return ansi.SetCursorStyle(s.shape) + ansi.CursorPosition(c.X+1, c.Y+1) + ansi.ShowCursor
}

// cursorStyle is the parameter of DECSCUSR: two for each shape, the blinking
// one first.
func cursorStyle(c *tea.Cursor) int {
	style := int(c.Shape)*2 + 1
	if !c.Blink {
		style++
	}
	return style
}

// mouseMode turns from one mode of mouse reports to another.
func mouseMode(from, to tea.MouseMode) string {
	if from == to {
		return ""
	}
	switch to {
	case tea.MouseModeCellMotion:
		return ansi.SetModeMouseButtonEvent + ansi.SetModeMouseExtSgr
	case tea.MouseModeAllMotion:
		return ansi.SetModeMouseAnyEvent + ansi.SetModeMouseExtSgr
	default:
		return ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr
	}
}

// write sends text to the terminal. A terminal that is gone ends the program
// by its own signal, so nothing is lost by not looking at the error.
func (s *Screen) write(text string) { _, _ = io.WriteString(s.out, text) }

// Watch returns the model with its views drawn on the screen.
func (s *Screen) Watch(m tea.Model) tea.Model { return watched{m, s} }

type watched struct {
	tea.Model
	screen *Screen
}

func (w watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		w.screen.Resized(msg.Width)
	case tea.KeyPressMsg:
		if msg.String() == "ctrl+z" {
			return w, w.screen.suspend
		}
	case tea.ResumeMsg:
		if err := w.screen.Resume(); err != nil {
			return w, tea.Quit
		}
	}
	next, cmd := w.Model.Update(msg)
	return watched{next, w.screen}, cmd
}

func (w watched) View() tea.View {
	v := w.Model.View()
	w.screen.Draw(v)
	return v
}

// Size returns the terminal's size in cells.
func Size(out *os.File) (width, height int, err error) {
	width, height, err = term.GetSize(out.Fd())
	if err == nil && (width <= 0 || height <= 0) {
		err = errors.New("the terminal says that it has no size")
	}
	return width, height, err
}
