package present

import (
	"context"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"layersim/tui/pane"
	"layersim/tui/theme"
	"layersim/tui/wait"
)

// NotesOptions is what the notes are told by whoever shows them on a terminal of
// their own. All but Color and Light are required.
type NotesOptions struct {
	// Status brings what the presentation publishes; closed when it is over.
	Status  <-chan Status
	Send    func(Command) // asks the presentation for something; it must not wait
	Context context.Context
	Color   bool
	Light   bool
}

// Notes is the presenter's own screen. Make one with NewNotes.
type Notes struct {
	opts   NotesOptions
	styles theme.Styles
	status Status
	known  bool // a status has come

	width, height int
	offset        int
}

// NewNotes returns the screen of a presenter who attaches to a presentation.
func NewNotes(o NotesOptions) Notes {
	return Notes{opts: o, styles: theme.New(!o.Light, o.Color)}
}

// ended says that the presentation is over.
type ended struct{}

// Init asks for the terminal's background and begins to listen.
func (n Notes) Init() tea.Cmd { return tea.Batch(tea.RequestBackgroundColor, n.listen()) }

func (n *Notes) listen() tea.Cmd {
	return wait.Next(n.opts.Context, n.opts.Status, ended{})
}

// Update takes one message.
func (n Notes) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case Status:
		msg = cleaned(msg)
		if msg.Beat != n.status.Beat || msg.Looking != n.status.Looking {
			n.offset = 0
		}
		n.status, n.known = msg, true
		return n, n.listen()
	case ended:
		return n, tea.Quit
	case tea.KeyPressMsg:
		return n, n.key(msg)
	case tea.WindowSizeMsg:
		n.width, n.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		n.styles = theme.New(msg.IsDark(), n.opts.Color)
	}
	return n, nil
}

// cleaned makes a status that came from elsewhere fit for a terminal.
func cleaned(s Status) Status {
	for _, text := range []*string{&s.Title, &s.Name, &s.Question, &s.Answer, &s.Next, &s.ComesNext, &s.Headline, &s.Trouble} {
		*text = pane.Clean(*text)
	}
	notes := make([]string, len(s.Notes))
	for i, line := range s.Notes {
		notes[i] = pane.Clean(line)
	}
	s.Notes = notes
	return s
}

func (n *Notes) key(msg tea.KeyPressMsg) tea.Cmd {
	b, known := find(attached, msg.String())
	if !known {
		return nil
	}
	switch b.action {
	case actNext:
		n.opts.Send(CommandNext)
	case actBack:
		n.opts.Send(CommandBack)
	case actPause:
		n.opts.Send(CommandPause)
	case actUp:
		n.offset = max(n.offset-1, 0)
	case actDown:
		f := pane.Inner(n.frame())
		n.offset = min(n.offset+1, max(len(notesText(f, n.status))-f.Height, 0))
	case actQuit:
		return tea.Quit
	case actSuspend:
		return tea.Suspend
	case actInterrupt:
		return tea.Interrupt
	}
	return nil
}

// View draws the screen.
func (n Notes) View() tea.View {
	v := tea.View{AltScreen: true, WindowTitle: "layersim present: notes"}
	switch {
	case n.width <= 0 || n.height <= 0:
	case n.width < minWidth || n.height < minHeight:
		v.Content = tooSmall(n.width, n.height)
	default:
		v.Content = n.screen()
	}
	return v
}

// head is how many lines are above the notes.
func (n *Notes) head() int {
	if n.height >= tallHeadline {
		return 2 + glyphRows/2 + 1
	}
	return 2
}

func (n *Notes) frame() pane.Frame {
	return pane.Frame{Styles: n.styles, Width: n.width, Height: n.height - n.head() - 1}
}

func (n *Notes) screen() string {
	s, st := n.styles, n.status
	where := s.Strong.Render(st.Title)
	switch {
	case !n.known:
		where = s.Dim.Render("One moment…")
	case st.Beat == 0:
		where += "  " + s.Dim.Render("not begun")
	case st.Looking > 0:
		where = s.Strong.Render(strconv.Itoa(st.Looking)+" of "+strconv.Itoa(st.Of)) + "  " + s.Title.Render(st.Name)
	case st.Beat > st.Of:
		where += "  " + s.Dim.Render("over")
	default:
		where = s.Strong.Render(strconv.Itoa(st.Beat)+" of "+strconv.Itoa(st.Of)) + "  " + s.Title.Render(st.Name)
	}
	lines := []string{pane.Fit(where, n.width), pane.Fit(n.room(), n.width)}
	time := minutes(st.Elapsed)
	rest := ""
	if st.Planned > 0 {
		rest += " of " + minutes(st.Planned)
	}
	if st.Beat > 0 && st.Beat <= st.Of {
		rest += "   this beat " + minutes(st.OfBeat)
	}
	if st.Behind > 0 {
		rest += "   " + minutes(st.Behind) + " behind"
	}
	if st.Paused {
		rest += "   the timer stands"
	}
	if n.height >= tallHeadline {
		big := bigText(time, 1, n.width/2)
		if big == nil {
			big = []string{"", "", time}
		}
		for i, line := range big {
			if i == len(big)-1 {
				line += "  " + s.Text.Render(strings.TrimSpace(rest))
			}
			lines = append(lines, pane.Fit(line, n.width))
		}
		lines = append(lines, pane.Fit("", n.width))
	} else {
		lines[1] = pane.Fit(s.Strong.Render(time)+s.Dim.Render(rest), n.width)
	}
	f := n.frame()
	inner := pane.Inner(f)
	text := notesText(inner, st)
	title := "Notes"
	if len(text) > inner.Height {
		title += " · ↑↓ for more"
	}
	lines = append(lines, pane.Box(f, title, pane.Text(inner, text, n.offset)))
	return strings.Join(lines, "\n") + "\n" + drawHints(s, n.hints(), n.width)
}

// room says what the room sees now.
func (n *Notes) room() string {
	s, st := n.styles, n.status
	sees := "The room sees "
	switch {
	case !n.known:
		return ""
	case st.Beat == 0:
		sees += "the title."
	case st.Looking > 0:
		sees += "this beat again. "
		if st.Beat > st.Of {
			sees += "All beats are over."
		} else {
			sees += "Beat " + strconv.Itoa(st.Beat) + " goes on."
		}
	case st.Beat > st.Of:
		sees += "the end."
	case st.Headline != "":
		sees += st.Headline + "."
	case st.Answered:
		sees += "the question and its answer."
	case st.Asked:
		sees += "the question."
	default:
		sees += "this beat."
	}
	return s.Dim.Render(sees)
}

func (n *Notes) hints() []hint {
	var list []hint
	for i := range keyTable {
		b := &keyTable[i]
		if b.short == "" || b.place&attached == 0 {
			continue
		}
		h := hint{pane.KeyName(b.keys[0]), b.short, b.rank}
		if b.action == actNext {
			if h.does = n.status.Next; h.does == "" {
				continue
			}
		}
		if b.action == actPause && n.status.Paused {
			h.does = "timer on"
		}
		list = append(list, h)
	}
	return list
}
