package tui

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

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

// knownWords are the personal values as they were when what they are read from
// last changed: to gather them for each frame would take longer than to draw it.
type knownWords struct {
	from  [5]string
	words []string
}

// record puts an event on record and returns the entry that may be shown.
func (m *Model) record(e flow.Event, t flow.Transition) journal.Entry {
	entry := m.private.truth.Append(e, t)
	if m.private.on {
		entry = m.journal.Append(hiddenEvent(e), hiddenTransition(t))
	}
	return entry
}

func hiddenTransition(t flow.Transition) flow.Transition {
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
	m.private.on, m.private.known = on, &knownWords{}
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
		j.Append(hiddenEvent(entry.Event), hiddenTransition(flow.Transition{Next: state, Effects: entry.Effects, Verdict: entry.Verdict, Why: entry.Why}))
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
	m.log.entry.made = false
	if f := &m.log.filter; f.texts != nil {
		f.texts = nil
		m.filterLog(f.query)
	}
	m.sequence = journal.NewSequence(m.journal.StateAt(-1))
	m.sequence.Grow(m.journal)
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
	if !m.private.on {
		return text
	}
	for _, value := range m.words() {
		if strings.Contains(text, value) {
			text = hideValue(text, value)
		}
	}
	return text
}

// hideValue masks a value where it stands as a word of its own; escape sequences
// are left alone.
func hideValue(text, value string) string {
	mask := strings.Repeat("•", ansi.StringWidth(value))
	var b strings.Builder
	b.Grow(len(text))
	for text != "" {
		at := strings.Index(text, value)
		if at < 0 {
			break
		}
		end := at + len(value)
		if inSequence(text[:at]) || isWordByte(text, at-1) && isWordByte(value, 0) || isWordByte(text, end) && isWordByte(value, len(value)-1) {
			b.WriteString(text[:end])
		} else {
			b.WriteString(text[:at] + mask)
		}
		text = text[end:]
	}
	return b.String() + text
}

// inSequence reports whether an escape sequence of a style is still open at the
// end of text.
func inSequence(text string) bool {
	esc := strings.LastIndexByte(text, 0x1b)
	return esc >= 0 && esc+1 < len(text) && text[esc+1] == '[' && !strings.ContainsFunc(text[esc+2:], func(r rune) bool { return r >= 0x40 && r <= 0x7e })
}

func isWordByte(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// words returns what personal found last, or finds it again.
func (m *Model) words() []string {
	from := [5]string{strconv.Itoa(m.private.truth.Len()), m.phone.value(), m.birth.value(), m.signUp.edit.value(), m.link.edit.value()}
	k := m.private.known
	if k.words == nil || k.from != from {
		k.from, k.words = from, m.personal()
	}
	return k.words
}

// personal lists every personal value that the walk knows or expects, the
// longest first, so that none hides behind a part of itself.
func (m *Model) personal() []string {
	var all []string
	add := func(values ...string) {
		for _, v := range values {
			v = pane.Clean(strings.TrimSpace(v))
			for _, part := range append(strings.Fields(v), v) {
				if len(part) >= shortestWord && strings.ContainsFunc(part, isLetterOrDigit) {
					all = append(all, part)
				}
			}
		}
	}
	s := m.private.truth.StateAt(m.private.truth.Len())
	add(s.Config.ClientUserID)
	add(valuesOf(s.Account)...)
	add(phoneForms(s.Phone.Reveal())...)
	add(dateForms(s.DateOfBirth.Reveal())...)
	add(phoneForms(m.phone.value())...)
	add(dateForms(m.birth.value())...)
	for _, r := range m.signUp.rows {
		add(r.value)
	}
	for _, f := range s.Link.Pane.Fields {
		add(f.Value.Reveal(), m.link.values[f.Key])
	}
	if p, ok := m.opts.Catalog.PersonaByPhone(s.Phone); ok {
		add(valuesOfPersona(p)...)
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(all)
}

// shortestWord is the length from which a word is hidden wherever it stands.
// Shorter ones, as of a state, are part of too many other words' sentences, and
// are masked where they are read.
const shortestWord = 4

func isLetterOrDigit(r rune) bool { return r != '•' && r != '-' && r != ' ' && r != '.' }

// finish hides what is personal in a view that was drawn.
func (m *Model) finish(v tea.View) tea.View {
	v.Content, v.WindowTitle = m.hideWords(v.Content), m.hideWords(v.WindowTitle)
	return v
}
