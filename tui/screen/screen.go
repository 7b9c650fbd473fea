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
	"io"
	"os"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"layersim/flow/guard"
)

// stopProcess stops this process until it is told to go on. A test does not stop
// itself, nor the shell that it runs in.
var stopProcess = stopThis

// pace is the least time between two frames. The first change after a quiet
// moment is written at once; what follows sooner shares the next frame.
const pace = 4 * time.Millisecond

// patience is how long Close waits for a terminal that takes nothing more.
const patience = 500 * time.Millisecond

// Screen is a terminal that was taken over. One goroutine writes to it, so a
// terminal that is slow, or stuck, never holds up the program.
type Screen struct {
	in    *os.File
	saved *term.State
	out   io.Writer // reduces colours to what the terminal has

	wake chan struct{} // there is something new to show
	stop chan struct{} // closed to end the goroutine that writes
	done chan struct{} // closed when it has ended

	mu     sync.Mutex
	open   bool
	width  int
	height int
	wanted tea.View // the newest view
	fits   bool     // wanted was drawn for the size that the terminal has now
	erase  bool     // nobody knows what the terminal shows
	again  bool     // nobody knows in which modes it is
	shown  []string // the lines that the terminal shows
	cursor string   // what placed its cursor
	title  string
	mouse  tea.MouseMode
	shape  int

	// Of the goroutine that runs the program.
	drawn time.Time // when it last made a view
	later bool      // it will make one when the next frame is due
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
	// Below Ascii every sequence is taken out, those that place the lines too.
	profile = max(profile, colorprofile.Ascii)
	return &Screen{out: &colorprofile.Writer{Forward: out, Profile: profile}, wake: make(chan struct{}, 1)}
}

// enter begins to write, and leaving ends it; they bracket everything else.
func (s *Screen) enter() {
	s.open = true
	s.shown, s.cursor, s.title, s.mouse, s.shape = nil, "", "", tea.MouseModeNone, 0
	s.stop, s.done = make(chan struct{}), make(chan struct{})
	stop, done := s.stop, s.done
	guard.Go(func() { s.paint(stop, done) })
}

const entering = ansi.SetModeAltScreenSaveCursor + ansi.EraseEntireScreen + ansi.HideCursor + ansi.SetModeBracketedPaste

// paint writes a frame whenever there is something new, and never two in less
// than pace.
func (s *Screen) paint(stop <-chan struct{}, done chan<- struct{}) {
	defer close(done)
	s.write(entering)
	defer func() { s.write(s.leaving()) }()
	for {
		select {
		case <-stop:
			return
		case <-s.wake:
			frame := s.frame()
			if frame == "" {
				continue // nothing to see, so the next frame need not wait
			}
			s.write(frame)
		}
		select {
		case <-stop:
			return
		case <-time.After(pace):
		}
	}
}

func (s *Screen) leaving() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	b.WriteString(mouseMode(s.mouse, tea.MouseModeNone))
	b.WriteString(ansi.ResetModeBracketedPaste)
	if s.shape != 0 {
		b.WriteString(ansi.SetCursorStyle(0))
	}
	if s.title != "" {
		b.WriteString(ansi.SetWindowTitle(""))
	}
	// tmux 3.3 leaves lines of this screen on the other one if it was made wider
	// meanwhile: those that are there.
	b.WriteString(ansi.ResetStyle + ansi.EraseEntireScreen + ansi.ShowCursor + ansi.ResetModeAltScreenSaveCursor)
	return b.String()
}

// Close gives the terminal back as it was. It may be called twice.
func (s *Screen) Close() error {
	s.mu.Lock()
	if !s.open {
		s.mu.Unlock()
		return nil
	}
	s.open = false
	close(s.stop)
	s.mu.Unlock()
	select {
	case <-s.done:
	case <-time.After(patience):
	}
	if s.in == nil {
		return nil
	}
	return term.Restore(s.in.Fd(), s.saved)
}

// SuspendMsg asks for what Ctrl-Z does. Bubble Tea's own message waits inside of
// its event loop, where no signal ends the program, and it waits forever where
// the system ignores the stop.
type SuspendMsg struct{}

// ContinuedMsg says that the process was stopped, by whomever, and goes on:
// whoever had the terminal meanwhile may have changed everything about it.
type ContinuedMsg struct{}

// suspend gives the terminal back and stops the process, as Ctrl-Z does
// elsewhere; ResumeMsg says when it goes on.
func (s *Screen) suspend() tea.Msg {
	if err := s.Close(); err != nil {
		return tea.Quit()
	}
	stopProcess()
	return tea.ResumeMsg{}
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
	s.changed()
	return err
}

// takeAgain takes a terminal over that is ours, but was not ours meanwhile.
func (s *Screen) takeAgain() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open || s.in == nil {
		return nil
	}
	_, err := term.MakeRaw(s.in.Fd())
	s.shown, s.erase, s.again = nil, true, true
	s.cursor, s.title, s.mouse = "", "", tea.MouseModeNone
	s.changed()
	return err
}

// Resized forgets what the terminal shows: nobody knows what it made of it.
// Nothing is written before there is a view for the new size.
func (s *Screen) Resized(width, height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.width, s.height = width, height
	s.shown, s.erase, s.fits = nil, true, false
}

// Draw shows a view: at once if the screen has been quiet, else with the next
// frame. It never waits for the terminal.
func (s *Screen) Draw(v tea.View) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wanted, s.fits = v, s.height > 0
	s.changed()
}

func (s *Screen) changed() {
	select {
	case s.wake <- struct{}{}:
	default: // it is awake already
	}
}

// frame returns what changes the terminal from what it shows to the newest
// view, "" when there is nothing to change.
func (s *Screen) frame() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.fits {
		return ""
	}
	lines := strings.Split(s.wanted.Content, "\n")
	lines = lines[:min(len(lines), s.height)]
	var b strings.Builder
	if s.again {
		b.WriteString(entering)
		s.again = false
	}
	if s.erase {
		b.WriteString(ansi.ResetStyle + ansi.EraseEntireScreen)
		s.erase = false
	}
	for i, line := range lines {
		if i < len(s.shown) && s.shown[i] == line {
			continue
		}
		b.WriteString(ansi.CursorPosition(1, i+1))
		s.line(&b, line)
	}
	for i := len(lines); i < len(s.shown); i++ {
		b.WriteString(ansi.CursorPosition(1, i+1) + ansi.EraseEntireLine)
	}
	s.shown = lines
	if v := s.wanted; v.WindowTitle != s.title {
		b.WriteString(ansi.SetWindowTitle(v.WindowTitle))
		s.title = v.WindowTitle
	}
	b.WriteString(mouseMode(s.mouse, s.wanted.MouseMode))
	s.mouse = s.wanted.MouseMode
	cursor := s.place(s.wanted.Cursor)
	if b.Len() == 0 && cursor == s.cursor {
		return ""
	}
	s.cursor = cursor
	return ansi.SetModeSynchronizedOutput + ansi.HideCursor + ansi.ResetModeAutoWrap +
		b.String() + ansi.SetModeAutoWrap + cursor + ansi.ResetModeSynchronizedOutput
}

// line writes a line over the one that was there.
func (s *Screen) line(b *strings.Builder, line string) {
	width := ansi.StringWidth(line)
	if width > s.width {
		line = ansi.Truncate(line, s.width, "")
		width = ansi.StringWidth(line)
	}
	b.WriteString(line)
	b.WriteString(ansi.ResetStyle)
	// After a line that fills its row the cursor hangs at its last cell, and
	// erasing would take that cell away.
	if width < s.width {
		b.WriteString(ansi.EraseLineRight)
	}
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
func (s *Screen) write(text string) {
	if text != "" {
		_, _ = io.WriteString(s.out, text)
	}
}

// Watch returns the model with its views drawn on the screen.
func (s *Screen) Watch(m tea.Model) tea.Model { return watched{m, s} }

type watched struct {
	tea.Model
	screen *Screen
}

func (w watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		w.screen.Resized(msg.Width, msg.Height)
	case tea.KeyPressMsg:
		if msg.String() == "ctrl+z" {
			return w, w.screen.suspend
		}
	case SuspendMsg:
		return w, w.screen.suspend
	case ContinuedMsg:
		if err := w.screen.takeAgain(); err != nil {
			return w, tea.Quit
		}
		return w, nil
	case tea.ResumeMsg:
		if err := w.screen.Resume(); err != nil {
			return w, tea.Quit
		}
	}
	if _, due := msg.(frameDue); due {
		w.screen.later = false
		return w, nil
	}
	next, cmd := w.Model.Update(msg)
	if wait := pace - time.Since(w.screen.drawn); wait > 0 && !w.screen.later {
		w.screen.later = true
		cmd = tea.Batch(cmd, tea.Tick(wait, func(time.Time) tea.Msg { return frameDue{} }))
	}
	return watched{next, w.screen}, cmd
}

// frameDue says that a view would be shown now.
type frameDue struct{}

// View draws, unless nothing could be shown of it: a paste without marks is a
// key for each letter, and drawing costs more than a key does.
func (w watched) View() tea.View {
	if w.screen.later {
		return tea.View{}
	}
	v := w.Model.View()
	w.screen.Draw(v)
	w.screen.drawn = time.Now()
	return v
}

// The size of a terminal that says that it has none, as on a serial line, and
// the most of one that is drawn on: Bubble Tea believes in no larger one.
const (
	defaultWidth, defaultHeight = 80, 24
	mostWidth, mostHeight       = 2000, 500
)

// Size returns how much of a terminal is drawn on, in cells.
func Size(out *os.File) (width, height int, err error) {
	width, height, err = term.GetSize(out.Fd())
	if width <= 0 {
		width = defaultWidth
	}
	if height <= 0 {
		height = defaultHeight
	}
	return min(width, mostWidth), min(height, mostHeight), err
}
