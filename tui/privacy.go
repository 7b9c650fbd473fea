package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/flow/journal"
	"layersim/tui/pane"
)

// Privacy. Always: what identifies a person or opens an account is masked, and
// shown one value at a time until its reader looks elsewhere.
//
// With the switch on, for a room with a projector, everything personal is
// hidden. It is taken away where the screen reads from, not where it draws:
// Model.journal then is a copy of the walk's record with every personal value
// masked, and the State that is drawn is masked as well, so that no pane, tab,
// overlay or copy can show what it never had. What is typed, and what a text of
// ours or of Plaid's may repeat, is hidden by its value in the finished screen.

// private is the switch and what it needs.
type private struct {
	on bool
	// truth is the record of the walk as it was; Model.journal is what is shown
	// of it.
	truth *journal.Journal
	known *knownWords
}

// record puts an event on record and returns the entry that may be shown.
func (m *Model) record(e flow.Event, t flow.Transition) journal.Entry {
	entry := m.private.truth.Append(e, t)
	if m.opts.Record != nil {
		if err := m.opts.Record(entry); err != nil {
			m.notice = "✗ The recording: " + err.Error() + ". The walk goes on, and what is missing is tried again with the next entry."
		}
	}
	if m.private.on {
		entry = m.journal.Append(hiddenEvent(e), m.hiddenTransition(e, t))
	}
	return entry
}

// hiddenTransition hides what is personal in what became of an event. A sentence
// about it is hidden here, where it is whole: on the screen it may be cut.
func (m *Model) hiddenTransition(e flow.Event, t flow.Transition) flow.Transition {
	if x, ok := e.(flow.ExchangeRecorded); ok {
		t.Why = strings.ReplaceAll(t.Why, x.Exchange.URL, hiddenURL(x.Exchange.URL))
	}
	t.Why = m.hideWords(t.Why)
	t.Next = hiddenState(t.Next)
	t.Effects = slices.Clone(t.Effects)
	for i, e := range t.Effects {
		if q, ok := e.(flow.Question); ok {
			t.Effects[i] = hiddenQuestion(q)
		}
	}
	return t
}

// togglePrivate hides everything personal, or shows it again, masked where it
// always is.
func (m *Model) togglePrivate() {
	m.setPrivate(!m.private.on)
	m.notice = "✓ Private: names, addresses, numbers, dates, balances and ids of people are hidden everywhere, in copies too."
	if !m.private.on {
		m.notice = "✓ No longer private. SSN, date of birth and tokens stay masked; " + pane.KeyName("v") + " shows one."
	}
}

func (m *Model) setPrivate(on bool) {
	m.private.on, m.private.known = on, newKnownWords()
	m.revealed, m.board = "", clipboard{}
	m.journal = m.private.truth
	if on {
		m.journal = m.hiddenJournal()
	}
	m.readAgain()
}

// hiddenJournal copies the record without what is personal.
func (m *Model) hiddenJournal() *journal.Journal {
	truth := m.private.truth
	state := truth.StateAt(-1)
	j := journal.New(hiddenState(state))
	for i := range truth.Len() {
		entry := truth.At(i)
		state = journal.Fold(state, entry)
		j.Append(hiddenEvent(entry.Event), m.hiddenTransition(entry.Event, flow.Transition{Next: state, Effects: entry.Effects, Verdict: entry.Verdict, Why: entry.Why}))
	}
	return j
}

// readAgain drops what the screen has kept of the journal, after it was
// exchanged for another.
func (m *Model) readAgain() {
	in := &m.inspector
	for i, seq := range in.seqs {
		if x, ok := m.journal.At(seq - 1).Event.(flow.ExchangeRecorded); ok {
			in.calls[i] = pane.WireEntry{Exchange: x.Exchange}
		}
	}
	in.drawn, in.code.entries, in.state.outlook = drawnBody{}, nil, nil
	m.log.entry.made, m.log.entry.tracer = false, nil
	if f := &m.log.filter; f.texts != nil {
		f.texts = nil
		m.filterLog(f.query)
	}
	m.sequence = journal.NewSequence(m.journal.StateAt(-1))
	m.sequence.Grow(m.journal)
	m.lint.readAgain(m.journal)
	switch m.overlay {
	case inCopied: // it was made of what is no longer shown
		m.overlay = onScreen
	case inPalette:
		m.palette.moments, m.palette.foundMoments, m.palette.known = nil, nil, 0
		m.collectPalette()
	}
}

// conceal masks the State that is about to be drawn or copied from.
func (m *Model) conceal() {
	if m.private.on {
		m.state, m.travel.state = hiddenState(m.state), hiddenState(m.travel.state)
	}
}

// concealed lets f read nothing personal and leaves the State as it was.
func (m *Model) concealed(f func()) {
	state, walk := m.state, m.travel.state
	m.conceal()
	f()
	m.state, m.travel.state = state, walk
}

// whereabouts is what the reader of a revealed value looks at. When any of it
// changes, the value is masked again.
type whereabouts struct {
	focus   paneID
	tab     tabID
	overlay place
	moment  int
	travels bool
	phase   flow.Phase
	attempt int
}

func (m *Model) whereabouts() whereabouts {
	w := whereabouts{m.focus, m.inspector.tab, m.place(), 0, m.travel.on, m.state.Phase, m.state.Attempt}
	if m.travel.on {
		w.moment = m.travel.at
	}
	return w
}

// isRevealed reports whether the private value of that key is shown.
func (m *Model) isRevealed(key string) bool {
	return key != "" && key == m.revealed && !m.private.on
}

// refuseWhilePrivate says why a value is not shown, if that is so.
func (m *Model) refuseWhilePrivate() bool {
	if m.private.on {
		m.notice = "Private is on, so nothing is shown unmasked. " + orElse(m.keyFor(actPrivate), "P") + " turns it off."
	}
	return m.private.on
}

// hideWords masks, in a text that may hold styles, every personal value that is
// known. Cells stay where they are.
func (m *Model) hideWords(text string) string {
	if !m.private.on || text == "" {
		return text
	}
	m.private.known.mu.Lock()
	defer m.private.known.mu.Unlock()
	return m.words().hide(text)
}

// finish hides what is personal in a view that was drawn.
func (m *Model) finish(v tea.View) tea.View {
	v.Content, v.WindowTitle = m.hideWords(v.Content), m.hideWords(v.WindowTitle)
	return v
}
