package present

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/tui/pane"
)

// Status is what a presenter needs to know of a presentation, on a terminal that
// the room does not see. It is sent as JSON.
type Status struct {
	Title string `json:"title"` // of the scenario
	// Beat is the number of the beat that goes on: 0 before the first, Of + 1
	// after the last.
	Beat int    `json:"beat"`
	Of   int    `json:"of"`
	Name string `json:"name,omitempty"`
	// Looking is the beat that the room looks at, if it is an earlier one; else 0.
	Looking int      `json:"looking,omitempty"`
	Notes   []string `json:"notes,omitempty"`
	// Name, Notes, Question, Answer, Headline and Trouble are those of what the
	// room sees. The answer is there before the room sees it.
	Question string `json:"question,omitempty"`
	Answer   string `json:"answer,omitempty"`
	Asked    bool   `json:"asked,omitempty"`    // the room sees the question
	Answered bool   `json:"answered,omitempty"` // and the answer
	Next     string `json:"next,omitempty"`     // what Enter does
	// ComesNext is the title of the beat after this one.
	ComesNext string        `json:"comes_next,omitempty"`
	Headline  string        `json:"headline,omitempty"`
	Trouble   string        `json:"trouble,omitempty"` // what is not as the scenario expects
	Elapsed   time.Duration `json:"elapsed"`
	OfBeat    time.Duration `json:"of_beat"`
	Planned   time.Duration `json:"planned,omitempty"`
	Behind    time.Duration `json:"behind,omitempty"`
	Paused    bool          `json:"paused,omitempty"`
	Busy      bool          `json:"busy,omitempty"`
}

// Command is what another terminal asks a presentation to do.
type Command string

// The commands.
const (
	CommandNext  Command = "next"
	CommandBack  Command = "back"
	CommandPause Command = "pause"
)

// obey does what another terminal asks for; of what it does not know it does
// nothing.
func (m *Model) obey(c Command) tea.Cmd {
	switch c {
	case CommandNext:
		return m.next()
	case CommandBack:
		m.back()
	case CommandPause:
		m.pause()
	}
	return nil
}

// pause stops the timer, or lets it run again.
func (m *Model) pause() {
	s, now := &m.show, m.opts.Now()
	switch {
	case s.watch.runs():
		s.watch.pause(now)
	case len(s.scenes) > 0 && !s.over:
		s.watch.start(now)
	}
}

// status is what is published.
func (m *Model) status() Status {
	s, now := &m.show, m.opts.Now()
	out := Status{
		Title: pane.Clean(m.opts.Scenario.Title), Of: len(m.beats), Elapsed: s.watch.elapsed(now),
		Planned: time.Duration(m.opts.Scenario.Minutes) * time.Minute, Next: m.nextWords(), Busy: s.busy,
		Paused: len(s.scenes) > 0 && !s.over && !s.watch.runs(),
	}
	last, begun := s.newest()
	switch {
	case !begun:
		if len(m.beats) > 0 {
			out.ComesNext = pane.Clean(m.beats[0].title)
		}
		out.Notes = m.notesBefore()
		return out
	case s.over:
		out.Beat = len(m.beats) + 1
	default:
		out.Beat = last.beat + 1
		out.OfBeat = out.Elapsed - last.began
		out.Behind = behind(out.Elapsed, out.Planned, last.beat, len(m.beats))
	}
	sc := s.looking()
	if sc == nil {
		out.Notes = notesAfter
		return out
	}
	if s.over || s.at < len(s.scenes)-1 {
		out.Looking = sc.beat + 1
	}
	b := m.beats[sc.beat]
	out.Name = pane.Clean(b.title)
	for _, line := range b.notes() {
		out.Notes = append(out.Notes, pane.Clean(line))
	}
	out.Question, out.Answer = pane.Clean(sc.question.Question), pane.Clean(sc.question.Answer)
	out.Asked, out.Answered = sc.stand == asking, sc.stand == answered
	if sc.stand == shown {
		out.Asked, out.Answered = out.Question != "", out.Question != ""
		out.Headline = m.headline(sc).name
	}
	if sc.beat+1 < len(m.beats) {
		out.ComesNext = pane.Clean(m.beats[sc.beat+1].title)
	}
	for _, f := range sc.failures {
		out.Trouble = pane.Clean(failureWords(f))
	}
	return out
}

// notesBefore are for the title: what it is about, and how it goes.
func (m *Model) notesBefore() []string {
	var notes []string
	for line := range strings.Lines(m.opts.Scenario.About) {
		notes = append(notes, pane.Clean(strings.TrimSpace(line)))
	}
	return append(notes, "", "Say who you are and what the room will see. The timer starts with the first beat: press Enter when you begin.")
}

// notesAfter are for the end.
var notesAfter = []string{"Ask for questions. To answer one, look back at the beat that it is about: that does nothing again.", "The timer stands."}

// nextWords says what Enter does.
func (m *Model) nextWords() string {
	s := &m.show
	last, begun := s.newest()
	switch {
	case s.busy:
		return "one moment"
	case !begun:
		return "begin"
	case s.at < len(s.scenes)-1:
		return "forward"
	case s.over && s.at < len(s.scenes):
		return "to the end"
	case s.over:
		return ""
	case last.stand == asking:
		return "the answer"
	case last.stand == answered:
		return "what happens"
	case last.beat+1 < len(m.beats):
		return "next beat"
	}
	return "the end"
}
