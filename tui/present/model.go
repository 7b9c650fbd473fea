package present

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/flow/scenario"
	"layersim/tui/pane"
	"layersim/tui/theme"
	"layersim/tui/wait"
)

// Play is one playing of a scenario, as scenario.Player does it. It is used by
// one goroutine at a time.
type Play interface {
	// Next is the step that Step does next; ok is false after the last.
	Next() (s scenario.Step, ok bool)
	Step(ctx context.Context) (scenario.Outcome, error)
	State() flow.State
	Journal() *journal.Journal
	// Close lets go of everything the playing holds. It may be called twice.
	Close() error
}

// Options is what the screen is told by whoever starts it. Scenario, Begin, Now
// and Context are required.
type Options struct {
	Scenario scenario.Scenario
	// Begin begins a playing of the scenario, always from its first step.
	Begin   func() (Play, error)
	Now     func() time.Time // the wall's clock
	Context context.Context
	Color   bool // false: no colour, whatever the terminal can do
	Light   bool // the terminal is taken for light until it says what it is
	// Session is by what name another terminal attaches, "" if none can.
	Session string
	// Remark is what the presenter is told first, "" for nothing.
	Remark string
	// Publish takes what other terminals show, whenever it may have changed. It
	// must not wait. Commands brings what they ask for. Both may be nil.
	Publish  func(Status)
	Commands <-chan Command
}

// Model is the screen for the room. Make one with New.
type Model struct {
	opts   Options
	beats  []beat
	styles theme.Styles

	show   show
	before *show // what was reset, until the new one has begun; nil if there is none
	ran    bool  // its timer did

	width, height int

	open    bool // nothing personal is hidden that is not always masked
	alone   column
	notes   bool
	recall  bool // the question of the beat is looked at again
	help    bool
	offset  int    // of the notes, or of the help
	leaving bool   // q was pressed once
	notice  string // what the presenter is told, until the next key
}

// column is one of the three that a beat shows.
type column int

const (
	all column = iota
	user
	app
	plaid
	columns
)

// New returns a screen that shows what the presentation is about; the first
// Enter begins it.
func New(o Options) Model {
	m := Model{opts: o, beats: beatsOf(o.Scenario), styles: theme.New(!o.Light, o.Color), notice: pane.Clean(o.Remark)}
	m.publish()
	return m
}

// Init asks for the terminal's background and begins to listen.
func (m Model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, m.listen(), m.tick())
}

// listen waits for what another terminal asks for and is issued again after
// each.
func (m *Model) listen() tea.Cmd {
	if m.opts.Commands == nil {
		return nil
	}
	return wait.Next(m.opts.Context, m.opts.Commands, nil)
}

// ticked lets the timer be counted on.
type ticked struct{}

// tick waits for the timer's next second.
func (m *Model) tick() tea.Cmd { return wait.For(m.opts.Context, time.Second, ticked{}) }

// Update takes one message.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case played:
		m.played(msg)
	case Command:
		cmd = tea.Batch(m.obey(msg), m.listen())
	case ticked:
		cmd = m.tick()
	case tea.KeyPressMsg:
		cmd = m.key(msg)
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.styles = theme.New(msg.IsDark(), m.opts.Color)
	}
	m.publish()
	return m, cmd
}

func (m *Model) publish() {
	if m.opts.Publish != nil {
		m.opts.Publish(m.status())
	}
}
