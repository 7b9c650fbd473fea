package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/theme"
)

// Options is what the screen is told by whoever starts it. Config, Perform,
// Now and Context are required.
type Options struct {
	Config  flow.Config
	Catalog *fixtures.Catalog // personas, templates and guide texts; may be nil
	// Persona and Template name what was chosen on the command line.
	Persona, Template string
	// Perform does what an effect asks for and returns the event that answers
	// it, nil for none. It is called from many goroutines and may block.
	Perform func(ctx context.Context, e flow.Effect) flow.Event
	// Events is the ordered stream of everything that answers nothing:
	// callbacks, the local page, recorded exchanges.
	Events <-chan flow.Event
	Now    func() time.Time
	// Surface is where open() shows Link unless the operator asks otherwise.
	Surface flow.Surface
	// SurfaceReason says why Surface is the terminal, when nobody asked for it.
	SurfaceReason string
	Color         bool // false: no colour, whatever the terminal can do
	Light         bool // the terminal is taken for light until it says what it is
	// Context ends every command that is still running when it ends.
	Context context.Context
	// Mouse: clicks and the wheel do what keys do. SelectText leaves the mouse to
	// the terminal until it is asked for.
	Mouse, SelectText bool
	Private           bool // begin with everything personal hidden
	// WhatIf says what Layer would answer a persona under a template; nil when
	// nobody can say.
	WhatIf func(fixtures.Template, fixtures.Persona) Prospect
	// OpenURL opens a page of Plaid's documentation in a browser; nil without one.
	OpenURL func(address string) error
	// Record takes each entry of the walk's record as it is made; nil for nobody.
	// An error is of an earlier one, and is shown.
	Record func(journal.Entry) error
	Live   bool // the real Plaid: Link cannot be drawn in the terminal
	// Elsewhere names the settings that lead a live walk elsewhere than to Plaid,
	// such as "LAYERSIM_PLAID_URL=http://127.0.0.1:8137". They are always shown.
	Elsewhere []string
	// Replay is a recording to look at in place of a walk, nil for a walk. Perform,
	// Events, Now and Record are of no use then.
	Replay *Replay
}

// Model is the root model. Make one with New.
type Model struct {
	opts Options
	// state is that of the moment that is looked at: of the walk itself, unless
	// travel is on.
	state    flow.State
	journal  *journal.Journal
	sequence *journal.Sequence // the journal as a diagram; it grows with it
	hops     []hop             // from phase to phase, as the State tab shows
	answers  chan flow.Event   // from the commands that perform effects

	width, height int
	layout        layout
	dark          bool
	styles        theme.Styles

	focus   paneID
	zoomed  bool  // the pane with the focus has the whole screen
	overlay place // onScreen when nothing is laid over it
	prompt  prompt
	travel  travel
	replay  replayView
	board   clipboard
	// notice says what became of the last key, until the next one.
	notice string
	// struck is the key that is being carried out.
	struck string
	// mouse: the mouse is ours; without it the terminal selects text.
	mouse   bool
	picker  picker
	sdk     sdkView
	sdks    []sdkChange
	palette palette
	wrong   wrongMenu
	// helpOffset is how far the help is scrolled, helpLength how long it is.
	helpOffset, helpLength int

	phone, birth field
	signUp       form
	link         linkForm
	// insisted: Enter was pressed on something that cannot be sent, so that
	// the explanation stands out until it is corrected.
	insisted bool
	// refusal says why the last thing the operator asked for was refused.
	refusal string

	inspector inspector
	log       logView
	lint      lintView
	results   results
	private   private
	// revealed is the key of the one private value that is shown, "" for none.
	revealed string
}

// New returns a screen at the beginning of a walk.
func New(o Options) Model {
	if o.Surface == "" {
		o.Surface = flow.InBrowser
	}
	if o.Catalog == nil {
		o.Catalog = &fixtures.Catalog{}
	}
	if o.Replay != nil {
		o = o.forReplay()
	}
	if o.Live {
		o.Surface = flow.InBrowser
		o.Catalog = o.Catalog.Documented()
	}
	state := flow.New(o.Config)
	truth := journal.New(state)
	m := Model{
		opts: o, state: state, journal: truth, private: private{truth: truth}, sequence: journal.NewSequence(state), answers: make(chan flow.Event),
		dark: !o.Light, styles: theme.New(!o.Light, o.Color),
		overlay: onScreen,
		phone:   newPhone(), birth: newBirth(),
		inspector: newInspector(), log: newLogView(), lint: newLintView(state), mouse: o.Mouse && !o.SelectText,
	}
	if p, ok := o.Catalog.Persona(o.Persona); ok {
		m.propose(p)
	}
	if o.Replay != nil {
		m.load(*o.Replay)
	}
	if o.Private {
		m.setPrivate(true)
	}
	return m
}

// Init asks for the terminal's background and begins to listen.
func (m Model) Init() tea.Cmd {
	if m.replay.on {
		return tea.RequestBackgroundColor
	}
	return tea.Batch(tea.RequestBackgroundColor, m.listen())
}

// State returns where the walk stands.
func (m Model) State() flow.State { return m.walk() }

// Journal returns the record of the walk.
func (m Model) Journal() *journal.Journal { return m.private.truth }

// hasResults reports whether there is an identity to look at.
func (m *Model) hasResults() bool { return m.state.Phase == flow.PhaseOnboarded }

// place says where the keyboard is.
func (m *Model) place() place {
	if m.prompt.on {
		return inPrompt
	}
	return m.overlay
}

// at is the time stamp of an event that the operator causes now.
func (m *Model) at() flow.At { return flow.At(m.opts.Now()) }
