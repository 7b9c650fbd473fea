package watch

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/flow/lint"
	"layersim/tui/pane"
	"layersim/tui/theme"
	"layersim/tui/wait"
)

// Options is what the screen is told by whoever starts it. Address, Batches,
// Now and Context are required.
type Options struct {
	Address string // of the simulator, such as "http://127.0.0.1:8137"
	// Batches brings what the simulator's journal has to tell, in order.
	Batches <-chan Batch
	Now     func() time.Time // the wall's clock
	Context context.Context  // ends the waiting for batches
	// Recording is the file of which the screen shows what it has, "" where a
	// simulator runs.
	Recording string
	// Live says that the simulator delivers every event when it happens.
	Live  bool
	Color bool // false: no colour, whatever the terminal can do
	Light bool // the terminal is taken for light until it says what it is
}

// focus says what the arrow keys move in.
type focus int

const (
	onList focus = iota
	onLane
)

// tab is one way to look at a lane.
type tab int

const (
	tabEvents tab = iota
	tabWire
	tabIdentity
	tabHistory
	tabItems
	tabLint
	tabCount
)

func (t tab) title() string {
	return [...]string{"Events", "Wire", "Identity", "History", "Items", "Lint"}[t]
}

// newest as a cursor stays on the last line, whichever that is.
const newest = -1

// Model is the root model. Make one with New.
type Model struct {
	opts   Options
	lanes  *lanes
	ahead  time.Duration // of the simulator's clock
	frozen time.Time     // where it stands still, zero if it runs
	styles theme.Styles

	width, height int
	layout        layout

	focus  focus
	follow bool  // the lane that appeared last is selected by itself
	sel    *lane // nil while there is none

	filter    string
	filtering bool    // the filter is being typed
	shown     []*lane // what the filter leaves, while there is one

	help       bool
	helpOffset int

	tab      tab
	cursor   int    // Events: index of a line counted with those left out, or newest
	call     int    // Wire: the same, of calls
	row      int    // Identity and Items
	revealed string // key of the one private value that is shown
	opened   *line  // the entry that is looked at as a whole
	drawn    drawn

	checks     []lint.Check // how the app has kept the rules
	letGo      int          // sessions in which mistakes are not looked for any more
	lintOrder  []lint.Check // in the order of the tab, worked out once
	lintRow    int
	lintOffset int
	lintDrawn  lintDrawn
}

// drawn is the entry that is laid out, as a tree. An entry never changes, so
// that is made once.
type drawn struct {
	line *line
	tree pane.Tree
}

// New returns a screen to which nothing has been told yet.
func New(o Options) Model {
	return Model{
		opts: o, lanes: newLanes(o.Live), styles: theme.New(!o.Light, o.Color), follow: true, cursor: newest, call: newest,
	}
}

// Init asks for the terminal's background and begins to listen.
func (m Model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, m.listen(), m.tick())
}

// listen waits for a batch and is issued again after each.
func (m *Model) listen() tea.Cmd {
	return wait.Next(m.opts.Context, m.opts.Batches, nil)
}

// ticked lets ages be counted on.
type ticked struct{}

func (m *Model) tick() tea.Cmd { return wait.For(m.opts.Context, time.Second, ticked{}) }

// Update takes one message.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case Batch:
		m.take(msg)
		cmd = m.listen()
	case ticked:
		cmd = m.tick()
	case tea.KeyPressMsg:
		cmd = m.key(msg)
	case tea.PasteMsg:
		if m.filtering {
			m.setFilter(m.filter + msg.Content)
		}
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.styles = theme.New(msg.IsDark(), m.opts.Color)
	}
	m.layout = layOut(m.width, m.height, m.focus)
	m.layOutText()
	m.layOutLint()
	return m, cmd
}

// take lets the screen follow what is new.
func (m *Model) take(b Batch) {
	m.ahead, m.frozen = b.Ahead, b.Frozen
	if b.Checks != nil {
		m.checks, m.letGo, m.lintOrder = b.Checks, b.LetGo, nil
	}
	for i, e := range slices.Backward(b.Entries) {
		if e.Reset && e.Session == "" { // numbers and ids begin anew: what is on the screen is of another run
			b.Entries = b.Entries[i:]
			m.lanes, m.sel, m.opened, m.shown, m.focus = newLanes(m.opts.Live), nil, nil, nil, onList
			break
		}
	}
	appeared := m.lanes.take(b, m.sel)
	if m.filter != "" {
		m.applyFilter()
	}
	switch {
	case m.sel == nil:
		if m.count() > 0 {
			m.choose(m.laneAt(0))
		}
	case m.follow && appeared != nil && (m.filter == "" || slices.Contains(m.shown, appeared)):
		m.choose(appeared)
	}
}

// now is the time on the simulator's clock.
func (m *Model) now() time.Time {
	if !m.frozen.IsZero() {
		return m.frozen
	}
	return m.opts.Now().Add(m.ahead)
}

// count returns how many lanes the list has.
func (m *Model) count() int {
	if m.filter != "" {
		return len(m.shown)
	}
	return len(m.lanes.all)
}

// laneAt returns lane i of the list, the newest first.
func (m *Model) laneAt(i int) *lane {
	if m.filter != "" {
		return m.shown[len(m.shown)-1-i]
	}
	return m.lanes.all[len(m.lanes.all)-1-i]
}

// at returns where in the list the selected lane is, -1 if it is not there.
func (m *Model) at() int {
	all := m.lanes.all
	if m.filter != "" {
		all = m.shown
	}
	if i := slices.Index(all, m.sel); i >= 0 {
		return len(all) - 1 - i
	}
	return -1
}

// choose looks at a lane from its beginning.
func (m *Model) choose(l *lane) {
	if l == m.sel {
		return
	}
	m.sel = l
	m.cursor, m.call, m.row, m.revealed, m.opened = newest, newest, 0, "", nil
	m.lintRow, m.lintOffset = 0, 0
}

func (m *Model) setFilter(text string) {
	const longest = 60
	text = strings.TrimLeft(pane.Clean(text), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest])
	}
	m.filter = text
	m.applyFilter()
	if n := m.count(); n > 0 && m.at() < 0 {
		m.choose(m.laneAt(0))
	}
}

func (m *Model) applyFilter() {
	m.shown = m.shown[:0]
	words := strings.Fields(strings.ToLower(m.filter))
	if len(words) == 0 {
		m.filter = strings.TrimSpace(m.filter)
	}
	for _, l := range m.lanes.all {
		if l.matches(words) {
			m.shown = append(m.shown, l)
		}
	}
}

// layOutText makes a tree of the one entry that is looked at, if there is none
// yet, and reads what its frame shows.
func (m *Model) layOutText() {
	var of *line
	f := m.content()
	switch {
	case m.sel == nil:
	case m.opened != nil:
		of = m.opened
	case m.tab == tabWire:
		if i := m.callAt(); i >= 0 {
			of = m.sel.calls[i]
			f = m.wireFrame()
		}
	}
	if of == nil || f.Width <= 0 {
		return
	}
	if d := &m.drawn; d.line != of {
		*d = drawn{line: of, tree: wholeTree(of)}
	}
	m.drawn.tree = m.drawn.tree.LayOut(f)
}

// wireFrame is where the Wire tab shows the selected call.
func (m *Model) wireFrame() pane.Frame { return pane.WireBodyFrame(m.content(), len(m.sel.calls)) }

// wholeTree is everything about an entry.
func wholeTree(l *line) pane.Tree {
	switch {
	case l.Exchange != nil:
		x := l.call()
		return pane.WireTree(x, explained(x))
	case l.Whole == nil:
		return pane.Tree{}
	}
	return pane.NewTree(pane.TreePart{JSON: l.Whole()})
}

// explained returns what is to be known about a call that did not go well.
func explained(x flow.Exchange) pane.ErrorText {
	t, failed := fixtures.ErrorOf(x)
	if !failed {
		return pane.ErrorText{}
	}
	return pane.ErrorText{Name: t.Name(), Means: t.Means, Cause: t.Cause, Remedy: t.Remedy, Retry: t.Retry.Sentence(), URL: t.URL}
}

// lineAt and callAt return the index of what the cursor is on, -1 for nothing.
// The cursors count what the lane has left out, so that they stay on their line.
func (m *Model) lineAt() int { return cursorAt(m.cursor, m.sel.left, len(m.sel.lines)) }
func (m *Model) callAt() int { return cursorAt(m.call, m.sel.leftCalls, len(m.sel.calls)) }

func cursorAt(cursor, left, n int) int {
	if cursor == newest {
		return n - 1
	}
	return max(min(cursor-left, n-1), min(0, n-1))
}
