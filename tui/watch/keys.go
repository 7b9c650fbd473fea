package watch

import (
	"slices"

	"layersim/tui/pane"
)

// action is what a key asks for.
type action int

const (
	actOpen action = iota
	actBack
	actFocus
	actLaneUp
	actLaneDown
	actUp
	actDown
	actPageUp
	actPageDown
	actHome
	actEnd
	actTabOne // and the five after it, one for each tab
	actTabTwo
	actTabThree
	actTabFour
	actTabFive
	actTabSix
	actTabPrevious
	actTabNext
	actFollow
	actFilter
	actFilterDone
	actFilterDrop
	actFilterErase
	actReveal
	actFold
	actFoldAll
	actOpenAll
	actHelp
	actQuit
	actSuspend
	actInterrupt
)

// place is where the keyboard is.
type place uint8

const (
	inList place = 1 << iota
	inLane
	inEntry // an entry is looked at as a whole
	inFilter
	inHelp

	onScreen = inList | inLane | inEntry
	anywhere = onScreen | inFilter | inHelp
)

// binding is one line of the key table.
type binding struct {
	action action
	place  place
	keys   []string
	help   string // what it does, in a few words; "" if help need not say so
	group  string
	short  string // what the last line says, "" for a key not worth its room
	always bool   // it keeps its place in the last line
	when   func(*Model) bool
}

// The groups of the key table, in the order in which help shows them.
const (
	groupLanes  = "The lanes"
	groupLane   = "One lane"
	groupFilter = "While typing a filter"
	groupRest   = "The program"
)

// keyTable is the one list of keys: dispatch, the last line, help and the
// README are all made from it. The order is that of the last line.
var keyTable = []binding{
	{action: actOpen, place: inList, keys: []string{"enter", "right", "l"}, help: "look into the lane", group: groupLanes, short: "look into it", when: hasLane},
	{action: actOpen, place: inLane, keys: []string{"enter"}, help: "the whole entry", group: groupLane, short: "whole entry", when: canOpen},
	{action: actBack, place: inEntry, keys: []string{"esc", "enter", "left", "h"}, help: "back to the entries", group: groupLane, short: "back", always: true},
	{action: actBack, place: inLane, keys: []string{"esc", "left", "h"}, help: "back to the lanes", group: groupLane, short: "lanes"},
	{action: actLaneDown, place: onScreen, keys: []string{"j"}, help: "the next lane", group: groupLanes, short: "next lane", when: hasLane},
	{action: actLaneUp, place: onScreen, keys: []string{"k"}, help: "the lane before", group: groupLanes, when: hasLane},
	{action: actFocus, place: inList | inLane, keys: []string{"tab", "shift+tab"}, help: "the lanes or one lane", group: groupLanes, when: hasLane},
	{action: actTabOne, place: onScreen, keys: []string{"1"}, help: "Events", group: groupLane, short: "tabs", when: hasLane},
	{action: actTabTwo, place: onScreen, keys: []string{"2"}, help: "Wire: calls to Plaid", group: groupLane, when: hasLane},
	{action: actTabThree, place: onScreen, keys: []string{"3"}, help: "Identity", group: groupLane, when: hasLane},
	{action: actTabFour, place: onScreen, keys: []string{"4"}, help: "Edit history", group: groupLane, when: hasLane},
	{action: actTabFive, place: onScreen, keys: []string{"5"}, help: "Items", group: groupLane, when: hasLane},
	{action: actTabSix, place: onScreen, keys: []string{"6"}, help: "Lint: mistakes, explained", group: groupLane, when: hasLane},
	{action: actTabPrevious, place: onScreen, keys: []string{"["}, help: "the tab before", group: groupLane, when: hasLane},
	{action: actTabNext, place: onScreen, keys: []string{"]"}, help: "the next tab", group: groupLane, when: hasLane},
	{action: actReveal, place: inLane, keys: []string{"r"}, help: "show or hide a value", group: groupLane, short: "show/hide", when: canReveal},
	{action: actFold, place: inEntry, keys: []string{"space"}, help: "entry: fold, open", group: groupLane, short: "fold/open"},
	{action: actFoldAll, place: inEntry, keys: []string{"-"}, help: "entry: fold all", group: groupLane, short: "fold all"},
	{action: actOpenAll, place: inEntry, keys: []string{"+", "="}, help: "entry: open all", group: groupLane, short: "open all"},
	{action: actUp, place: onScreen | inHelp, keys: []string{"up"}, help: "up", group: groupLanes},
	{action: actDown, place: onScreen | inHelp, keys: []string{"down"}, help: "down", group: groupLanes, short: "move", when: hasLane},
	{action: actPageUp, place: onScreen | inHelp, keys: []string{"pgup"}, help: "a page up", group: groupLanes},
	{action: actPageDown, place: onScreen | inHelp, keys: []string{"pgdown"}, help: "a page down", group: groupLanes},
	{action: actHome, place: onScreen | inHelp, keys: []string{"home"}, help: "to the first", group: groupLanes},
	{action: actEnd, place: onScreen | inHelp, keys: []string{"end"}, help: "to the last; follow", group: groupLanes},
	{action: actFollow, place: onScreen, keys: []string{"f"}, help: "follow newest, on/off", group: groupLanes, short: "follow"},
	{action: actFilter, place: onScreen, keys: []string{"/"}, help: "filter by words", group: groupLanes, short: "filter", when: hasAny},

	{action: actFilterDone, place: inFilter, keys: []string{"enter"}, help: "keep the filter", group: groupFilter, short: "keep", always: true},
	{action: actFilterDrop, place: inFilter, keys: []string{"esc"}, help: "drop the filter", group: groupFilter, short: "drop", always: true},
	{action: actFilterErase, place: inFilter, keys: []string{"backspace"}, help: "take a letter back", group: groupFilter},
	{action: actLaneUp, place: inFilter, keys: []string{"up"}, help: "the lane above", group: groupFilter},
	{action: actLaneDown, place: inFilter, keys: []string{"down"}, help: "the lane below", group: groupFilter, short: "move"},

	{action: actFilterDrop, place: inList, keys: []string{"esc"}, short: "no filter", when: hasFilter},
	{action: actHelp, place: onScreen, keys: []string{"?", "f1"}, help: "all keys", group: groupRest, short: "keys", always: true},
	{action: actHelp, place: inHelp, keys: []string{"esc", "q", "?", "f1"}, short: "close", always: true},
	{action: actQuit, place: onScreen, keys: []string{"q"}, help: "quit; serve stops", group: groupRest, short: "quit", always: true},
	{action: actSuspend, place: anywhere, keys: []string{"ctrl+z"}, help: "suspend serve; fg resumes", group: groupRest},
	{action: actInterrupt, place: anywhere, keys: []string{"ctrl+c"}, help: "quit, from anywhere", group: groupRest},
}

func hasLane(m *Model) bool   { return m.sel != nil }
func hasAny(m *Model) bool    { return len(m.lanes.all) > 0 }
func hasFilter(m *Model) bool { return m.filter != "" }

func canOpen(m *Model) bool {
	return m.sel != nil && (m.tab == tabEvents && len(m.sel.lines) > 0 || m.tab == tabWire && len(m.sel.calls) > 0 || m.tab == tabLint && m.blamed() != nil)
}

func canReveal(m *Model) bool {
	rows := m.rows()
	return m.row < len(rows) && rows[m.row].Private
}

// place says where the keyboard is.
func (m *Model) place() place {
	switch {
	case m.help:
		return inHelp
	case m.filtering:
		return inFilter
	case m.focus == onList || m.sel == nil:
		return inList
	case m.opened != nil:
		return inEntry
	}
	return inLane
}

// bindingFor finds what a key means here.
func (m *Model) bindingFor(key string) (*binding, bool) {
	here := m.place()
	for i := range keyTable {
		b := &keyTable[i]
		if b.place&here != 0 && slices.Contains(b.keys, key) && (b.when == nil || b.when(m)) {
			return b, !m.layout.tooSmall || b.action == actQuit || b.action == actInterrupt
		}
	}
	return nil, false
}

// hint is one key of the last line.
type hint struct {
	key, does string
	always    bool
}

// hints lists the keys of the last line that apply now.
func (m *Model) hints() []hint {
	here := m.place()
	list := make([]hint, 0, len(keyTable))
	for i := range keyTable {
		b := &keyTable[i]
		if b.short == "" || b.place&here == 0 || b.when != nil && !b.when(m) {
			continue
		}
		h := hint{pane.KeyName(b.keys[0]), b.short, b.always}
		switch b.action {
		case actTabOne:
			h.key = "1-6"
		case actDown, actLaneDown:
			if b.keys[0] == "down" {
				h.key = "↑↓"
			} else {
				h.key, h.does = "j k", "lane"
			}
			if b.keys[0] == "down" && here == inList {
				h.does = "lane"
			}
			if b.keys[0] == "j" && here == inList {
				continue // the arrows do the same here
			}
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

	bindings []*binding
}

// KeyTable returns the key table for people, group by group; help and the
// README show the same.
func KeyTable() []KeyGroup {
	var groups []KeyGroup
	for _, name := range []string{groupLanes, groupLane, groupFilter, groupRest} {
		g := KeyGroup{Name: name}
		for i := range keyTable {
			b := &keyTable[i]
			if b.group != name || b.help == "" {
				continue
			}
			g.Keys = append(g.Keys, KeyHelp{pane.KeyNames(b.keys), b.help})
			g.bindings = append(g.bindings, b)
		}
		groups = append(groups, g)
	}
	return groups
}
