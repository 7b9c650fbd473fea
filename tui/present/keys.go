package present

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"layersim/tui/pane"
)

// action is what a key asks for.
type action int

const (
	actNext action = iota
	actBack
	actFirst
	actNewest
	actNotes
	actRecall
	actAlone
	actPause
	actPrivate
	actReset
	actUndo
	actUp
	actDown
	actHelp
	actQuit
	actSuspend
	actInterrupt
)

// place is where the keyboard is.
type place uint8

const (
	inRoom place = 1 << iota
	inHelp
	attached // the notes, on a terminal of their own

	anywhere = inRoom | inHelp | attached
)

// rank is how much a key is wanted in the last line.
type rank int

const (
	roomy  rank = iota // if there is room
	soon               // before those
	always             // it keeps its place
)

// binding is one line of the key table.
type binding struct {
	action action
	place  place
	keys   []string
	help   string // what it does, in a few words; "" if help need not say so
	group  string
	short  string // what the last line says, "" for a key not worth its room
	rank   rank   // which keys go first where the last line has no room for all
	when   func(*Model) bool
}

// The groups of the key table, in the order in which help shows them.
const (
	groupRoom  = "The presentation"
	groupNotes = "The presenter"
	groupElse  = "The notes, on a second terminal"
	groupRest  = "The program"
)

// keyTable is the one list of keys: dispatch, the last line, help and the
// README are all made from it. Clickers for presentations send PgDn and PgUp.
var keyTable = []binding{
	{action: actNext, place: inRoom, keys: []string{"enter", "space", "right", "pgdown"}, help: "the answer, the next beat", group: groupRoom, short: "next", rank: always},
	{action: actBack, place: inRoom, keys: []string{"left", "pgup", "backspace"}, help: "look at the beat before", group: groupRoom, short: "back", when: canLookBack},
	{action: actNewest, place: inRoom, keys: []string{"end"}, help: "to the beat that goes on", group: groupRoom},
	{action: actFirst, place: inRoom, keys: []string{"home"}, help: "look at the first beat", group: groupRoom},
	{action: actAlone, place: inRoom, keys: []string{"tab"}, help: "one of the three, alone", group: groupRoom, short: "one alone", when: looksAtBeat},
	{action: actRecall, place: inRoom, keys: []string{"a"}, help: "the question once more", group: groupRoom, short: "question", when: hadQuestion},
	{action: actPrivate, place: inRoom, keys: []string{"P"}, help: "private, on or off", group: groupRoom},
	{action: actNotes, place: inRoom, keys: []string{"n"}, help: "notes; the room sees them", group: groupNotes, short: "notes", rank: soon},
	{action: actUp, place: inRoom | inHelp | attached, keys: []string{"up"}, help: "notes: up", group: groupNotes},
	{action: actDown, place: inRoom | inHelp | attached, keys: []string{"down"}, help: "notes: down", group: groupNotes},
	{action: actPause, place: inRoom, keys: []string{"p"}, help: "timer: pause, go on", group: groupNotes, short: "pause", rank: soon, when: hasBegun},
	{action: actReset, place: inRoom, keys: []string{"R"}, help: "begin again", group: groupNotes, short: "begin again", when: isOver},
	{action: actUndo, place: inRoom, keys: []string{"u"}, help: "take R back", group: groupNotes, short: "take it back", when: canUndo},
	{action: actNext, place: attached, keys: []string{"enter", "space", "right", "pgdown"}, help: "next, as in the room", group: groupElse, short: "next", rank: always},
	{action: actBack, place: attached, keys: []string{"left", "pgup", "backspace"}, help: "the room looks back", group: groupElse, short: "back"},
	{action: actPause, place: attached, keys: []string{"p"}, help: "timer: pause, go on", group: groupElse, short: "pause"},
	{action: actQuit, place: attached, keys: []string{"q", "esc"}, help: "leave; the room goes on", group: groupElse, short: "leave", rank: always},
	{action: actHelp, place: inRoom, keys: []string{"?", "f1"}, help: "all keys", group: groupRest, short: "keys", rank: always},
	{action: actHelp, place: inHelp, keys: []string{"esc", "q", "?", "f1", "enter"}, short: "close", rank: always},
	{action: actQuit, place: inRoom, keys: []string{"q"}, help: "quit, if pressed twice", group: groupRest, short: "quit", rank: always},
	{action: actSuspend, place: anywhere, keys: []string{"ctrl+z"}, help: "suspend; fg resumes", group: groupRest},
	{action: actInterrupt, place: anywhere, keys: []string{"ctrl+c"}, help: "quit at once", group: groupRest},
}

func canLookBack(m *Model) bool { return m.show.at > 0 }
func looksAtBeat(m *Model) bool { sc := m.show.looking(); return sc != nil && sc.stand == shown }
func hadQuestion(m *Model) bool { return looksAtBeat(m) && m.show.looking().question.Question != "" }
func hasBegun(m *Model) bool    { return len(m.show.scenes) > 0 && !m.show.over }
func isOver(m *Model) bool      { return m.show.over }
func canUndo(m *Model) bool     { return m.before != nil }

func (m *Model) place() place {
	if m.help {
		return inHelp
	}
	return inRoom
}

// find returns what a key means in a place.
func find(here place, key string) (*binding, bool) {
	for i := range keyTable {
		if b := &keyTable[i]; b.place&here != 0 && slices.Contains(b.keys, key) {
			return b, true
		}
	}
	return nil, false
}

// key does what a key asks for.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	leaving := m.leaving
	m.leaving, m.notice = false, ""
	b, known := find(m.place(), msg.String())
	if !known {
		return nil
	}
	switch b.action {
	case actNext:
		m.offset = 0
		return m.next()
	case actBack:
		m.offset = 0
		m.back()
	case actFirst:
		m.show.at, m.offset = 0, 0
	case actNewest:
		m.show.at, m.offset = max(len(m.show.scenes)-1, 0), 0
		if m.show.over {
			m.show.at = len(m.show.scenes)
		}
	case actNotes:
		m.notes, m.offset = !m.notes, 0
	case actRecall:
		m.recall = hadQuestion(m) && !m.recall
	case actAlone:
		m.alone = (m.alone + 1) % columns
	case actPause:
		m.pause()
	case actPrivate:
		m.open = !m.open
		m.notice = "✓ Private: everything personal is masked."
		if m.open {
			m.notice = "! Not private: Link shows its user's data. " + pane.KeyName("P") + " masks them again."
		}
	case actReset:
		m.reset()
	case actUndo:
		m.undo()
	case actUp:
		m.offset = max(m.offset-1, 0)
	case actDown:
		m.offset = min(m.offset+1, m.mostOffset())
	case actHelp:
		m.help, m.offset = !m.help, 0
	case actQuit:
		if leaving {
			return tea.Quit
		}
		m.leaving = true
	case actSuspend:
		return tea.Suspend
	case actInterrupt:
		return tea.Interrupt
	}
	return nil
}

// hint is one key of the last line.
type hint struct {
	key, does string
	rank      rank
}

// hints lists the keys of the last line that apply now.
func (m *Model) hints() []hint {
	var list []hint
	for i := range keyTable {
		b := &keyTable[i]
		if b.short == "" || b.place&m.place() == 0 || b.when != nil && !b.when(m) {
			continue
		}
		h := hint{pane.KeyName(b.keys[0]), b.short, b.rank}
		if b.action == actNext {
			if h.does = m.nextWords(); h.does == "" {
				continue
			}
		}
		if b.action == actPause && !m.show.watch.runs() {
			h.does = "timer on"
		}
		list = append(list, h)
	}
	return list
}

// KeyHelp is one line of the key table for people.
type KeyHelp struct{ Keys, Does string }

// KeyGroup is a named part of the key table.
type KeyGroup struct {
	Name string
	Keys []KeyHelp
}

// KeyTable returns the key table for people, group by group; help and the
// README show the same.
func KeyTable() []KeyGroup {
	var groups []KeyGroup
	for _, name := range []string{groupRoom, groupNotes, groupElse, groupRest} {
		g := KeyGroup{Name: name}
		for _, b := range keyTable {
			if b.group == name && b.help != "" {
				g.Keys = append(g.Keys, KeyHelp{pane.KeyNames(b.keys), b.help})
			}
		}
		groups = append(groups, g)
	}
	return groups
}
