package tui

import (
	"slices"
	"strconv"

	"layersim/tui/pane"
)

// action is what a key asks for.
type action int

const (
	actPrimary action = iota
	actRetry
	actStartOver
	actPicker
	actSDK
	actWrong
	actOwnForm
	actBrowser
	actTerminal
	actQR
	actCloseLink
	actExit
	actToggle
	actReveal
	actFocusNext
	actFocusPrevious
	actTabPrevious
	actTabNext
	actTab
	actLanguage
	actTopicNext
	actTopicPrevious
	actOpenPage
	actCopy
	actCopyReal
	actCopied
	actSearch
	actNextHit
	actPreviousHit
	actFoldAll
	actOpenAll
	actLeave
	actZoom
	actStepBack
	actStepForward
	actMark
	actNextMark
	actPlay
	actSpeed
	actNextError
	actPreviousError
	actPreviousMoment
	actNextPhase
	actPreviousPhase
	actToStart
	actToEnd
	actOrigin
	actSequel
	actEntryBefore
	actEntryAfter
	actUp
	actDown
	actPageUp
	actPageDown
	actHome
	actEnd
	actHelp
	actPalette
	actMouse
	actPrivate
	actCloseOverlay
	actQuit
	actSuspend
	actInterrupt
)

// place is where the keyboard is: on the screen or in something laid over it.
type place uint16

const (
	onScreen place = 1 << iota
	inPicker
	inHelp
	inQR
	inCopied
	inPlatform
	inEntry
	inPalette
	inWrong
	inPrompt // something is typed in the last line

	inOverlay = inPicker | inHelp | inQR | inCopied | inPlatform | inEntry | inPalette | inWrong
	anywhere  = onScreen | inOverlay | inPrompt
)

// binding is one line of the key table.
type binding struct {
	action action
	place  place
	keys   []string // while nothing is being typed
	chords []string // while something is being typed: plain letters are text then
	help   string   // what it does, in a few words
	named  string   // what people are told in place of keys where there are many
	group  string
	// short is what the last line says, "" for a key that is not worth its
	// room; always keeps a place there for it.
	short  string
	always bool
	// when says whether it applies now, worth whether it is worth a place in
	// the last line now; nil for always.
	when, worth func(*Model) bool
}

// The groups of the key table, in the order in which help shows them.
const (
	groupWalk = "The walk"
	groupLink = "Link"
	groupLook = "Looking around"
	groupTime = "Time travel"
	groupPlay = "A replay"
	groupLog  = "The log"
	groupList = "Lists laid over the walk"
	groupRest = "The program"
)

// keyTable is the one list of keys: dispatch, the last line, help and the
// README are all made from it. The order is that of the last line.
var keyTable []binding

// It is set here because its functions lead to what is made from it.
func init() { keyTable = bindings() }

func bindings() []binding {
	return []binding{
		{action: actPrimary, place: onScreen, keys: []string{"enter"}, chords: []string{"enter"}, help: "do what comes next", group: groupWalk, short: "do it", when: hasPrimary},
		{action: actToggle, place: onScreen | inEntry, keys: []string{"space"}, chords: []string{"space"}, help: "choose, open or fold", group: groupLook, short: "choose", when: canToggle, worth: func(m *Model) bool { return !spacePlays(m) }},
		{action: actRetry, place: onScreen, keys: []string{"r"}, chords: []string{"ctrl+r"}, help: "try again", group: groupWalk, short: "try again", when: canRetry, worth: func(m *Model) bool { _, say := m.choice(actRetry); return say }},
		{action: actBrowser, place: onScreen, keys: []string{"b"}, chords: []string{"ctrl+o"}, help: "open Link in the browser", group: groupLink, short: "browser", when: canBrowser, worth: wantsBrowser},
		{action: actTerminal, place: onScreen, keys: []string{"t"}, chords: []string{"ctrl+t"}, help: "go on in the terminal", group: groupLink, short: "terminal", when: canTerminal},
		{action: actQR, place: onScreen, keys: []string{"u"}, help: "QR code of the address", group: groupLink, short: "QR code", when: hasAddress},
		{action: actOwnForm, place: onScreen, keys: []string{"f"}, chords: []string{"ctrl+f"}, help: "own form instead", group: groupWalk, short: "own form", when: canDecline},
		{action: actReveal, place: onScreen, keys: []string{"v"}, chords: []string{"ctrl+s"}, help: "show or hide the value", group: groupLook, short: "show/hide", when: canReveal},
		{action: actLanguage, place: onScreen, keys: []string{"l"}, help: "Code: next language", group: groupLook, short: "language", when: onCodeTab},
		{action: actTopicNext, place: onScreen, keys: []string{"g"}, help: "Guide: next topic", group: groupLook, short: "topic", when: onGuideTab, worth: onInspector},
		{action: actTopicPrevious, place: onScreen, keys: []string{"G"}, help: "Guide: topic before", group: groupLook, when: onGuideTab},
		{action: actOpenPage, place: onScreen, keys: []string{"o"}, help: "Guide: Plaid's page", group: groupLook, short: "Plaid's page", when: canOpenPage, worth: onInspector},
		{action: actCopy, place: onScreen | inEntry, keys: []string{"y"}, help: "copy, values masked", group: groupLook, short: "copy", when: canCopy, worth: looksThere},
		{action: actCopyReal, place: onScreen | inEntry, keys: []string{"Y"}, help: "copy, real values", group: groupLook, when: canCopy},
		{action: actSearch, place: onScreen | inEntry, keys: []string{"/"}, help: "search, filter", group: groupLook, short: "search", when: canSearch, worth: looksThere},
		{action: actNextHit, place: onScreen, keys: []string{">"}, help: "next place found", group: groupLook, short: "next", when: canHit},
		{action: actPreviousHit, place: onScreen, keys: []string{"<"}, help: "place found before", group: groupLook, when: canHit},
		{action: actFoldAll, place: onScreen, keys: []string{"-"}, help: "fold everything", group: groupLook, when: canFoldAll},
		{action: actOpenAll, place: onScreen, keys: []string{"+", "="}, help: "open everything", group: groupLook, when: canFoldAll},
		{action: actLeave, place: onScreen, keys: []string{"esc"}, help: "Wire: back to the list", group: groupLook, short: "list", when: inWireBody},
		{action: actCloseLink, place: onScreen, keys: []string{"c"}, chords: []string{"ctrl+g"}, help: "close Link, as its user", group: groupLink, short: "close Link", when: linkIsDrawn},
		{action: actExit, place: onScreen, keys: []string{"x"}, chords: []string{"ctrl+x"}, help: "call exit(), as the app", group: groupLink, short: "exit()", when: canExit},
		{action: actPicker, place: onScreen, keys: []string{"p"}, chords: []string{"ctrl+l"}, help: "personas and templates", group: groupWalk, short: "personas", when: hasCatalog},
		{action: actSDK, place: onScreen | inPicker, keys: []string{"s"}, chords: []string{"alt+s"}, help: "Link SDK and version", group: groupWalk, short: "SDK"},
		{action: actStartOver, place: onScreen, keys: []string{"n"}, chords: []string{"ctrl+n"}, help: "start over, new token", group: groupWalk, short: "start over", when: canStartOver},
		{action: actWrong, place: onScreen, keys: []string{"w"}, chords: []string{"alt+w"}, help: "do it wrong, on purpose", group: groupWalk, short: "do it wrong"},

		{action: actFocusNext, place: onScreen, keys: []string{"tab"}, chords: []string{"tab"}, help: "next pane", group: groupLook, short: "pane", always: true},
		{action: actFocusPrevious, place: onScreen, keys: []string{"shift+tab"}, chords: []string{"shift+tab"}, help: "previous pane", group: groupLook},
		{action: actTabPrevious, place: onScreen, keys: []string{"["}, help: "inspector: tab before", group: groupLook, short: "tab before", when: hasTabBefore},
		{action: actTabNext, place: onScreen, keys: []string{"]"}, help: "inspector: next tab", group: groupLook, short: "next tab", when: hasTabAfter},
		{action: actTab, place: onScreen, keys: tabKeys(), named: "1–" + strconv.Itoa(int(tabCount)), help: "inspector: that tab", group: groupLook, when: digitsAreKeys},
		{action: actUp, place: anywhere, keys: []string{"up"}, chords: []string{"up"}, help: "up: line, field, call", group: groupLook},
		{action: actDown, place: anywhere, keys: []string{"down"}, chords: []string{"down"}, help: "down: line, field, call", group: groupLook, short: "move", worth: hasRows},
		{action: actPageUp, place: anywhere, keys: []string{"pgup"}, chords: []string{"pgup"}, help: "a page up", group: groupLook},
		{action: actPageDown, place: anywhere, keys: []string{"pgdown"}, chords: []string{"pgdown"}, help: "a page down", group: groupLook},
		{action: actHome, place: anywhere, keys: []string{"home"}, help: "to the beginning", group: groupLook},
		{action: actEnd, place: anywhere, keys: []string{"end"}, help: "end; follow the log", group: groupLook},
		{action: actCopied, place: onScreen | inEntry, keys: []string{copiedKey}, chords: []string{copiedKey}, help: "see what was copied", group: groupLook, when: hasCopied},
		{action: actZoom, place: onScreen, keys: []string{"z"}, chords: []string{"alt+z"}, help: "this pane alone, or all", group: groupLook, short: "zoom"},
		{action: actStepBack, place: onScreen, keys: []string{"left", "alt+left"}, chords: []string{"alt+left"}, help: "a moment back", group: groupTime, short: "back in time", when: canStepBack, worth: canStepForward},
		{action: actStepForward, place: onScreen, keys: []string{"right", "alt+right"}, chords: []string{"alt+right"}, help: "a moment forward", group: groupTime, short: "forward", when: canStepForward},

		{action: actPlay, place: onScreen, keys: []string{";"}, help: "play, pause", group: groupPlay, when: inReplay},
		{action: actSpeed, place: onScreen, keys: []string{"*"}, help: "speed: ×1, ×2, ×10", group: groupPlay, short: "speed", when: inReplay},
		{action: actNextError, place: onScreen, keys: []string{"e"}, help: "the next error", group: groupPlay, short: "error", when: inReplay, worth: hasErrors},
		{action: actPreviousError, place: onScreen, keys: []string{"E"}, help: "the error before", group: groupPlay, when: inReplay},
		{action: actNextPhase, place: onScreen, keys: []string{"}"}, help: "the next phase", group: groupPlay, short: "phase", when: inReplay},
		{action: actPreviousPhase, place: onScreen, keys: []string{"{"}, help: "the phase before", group: groupPlay, when: inReplay},
		{action: actPreviousMoment, place: onScreen, keys: []string{"\""}, help: "the mark before", group: groupPlay, when: inReplay},
		{action: actToStart, place: onScreen, keys: []string{"^", "ctrl+home"}, help: "to the start", group: groupPlay, when: inReplay},
		{action: actToEnd, place: onScreen, keys: []string{"$", "ctrl+end"}, help: "to the end", group: groupPlay, when: inReplay},

		{action: actPrimary, place: inEntry, keys: []string{"enter"}, help: "open: to that moment", group: groupLog, short: "to that moment"},
		{action: actMark, place: onScreen | inEntry, keys: []string{"m"}, help: "mark, unmark", group: groupLog, short: "mark", when: canMark},
		{action: actNextMark, place: onScreen | inEntry, keys: []string{"'"}, help: "the next mark", group: groupLog, short: "next mark", when: canGoToMark, worth: hasMarks},
		{action: actOrigin, place: onScreen | inEntry, keys: []string{","}, help: "what it comes from", group: groupLog, short: "comes from", when: looksAtEntry},
		{action: actSequel, place: onScreen | inEntry, keys: []string{"."}, help: "what follows from it", group: groupLog, short: "what follows", when: looksAtEntry},
		{action: actEntryBefore, place: inEntry, keys: []string{"left"}, help: "open: entry before", group: groupLog, short: "before"},
		{action: actEntryAfter, place: inEntry, keys: []string{"right"}, help: "open: entry after", group: groupLog, short: "after"},

		{action: actPrimary, place: inPicker | inPlatform, keys: []string{"enter"}, help: "choose this one", group: groupList, short: "choose"},
		{action: actPrimary, place: inWrong, keys: []string{"enter"}, help: "make this mistake", group: groupList, short: "do it wrong"},
		{action: actFocusNext, place: inPicker, keys: []string{"tab", "shift+tab"}, help: "personas or templates", group: groupList, short: "other list", when: hasTemplates},
		{action: actFocusNext, place: inPlatform, keys: []string{"tab", "shift+tab"}, help: "SDKs or versions", group: groupList, short: "other list"},
		{action: actFocusNext, place: inPlatform, keys: []string{"left", "right"}},
		{action: actPrimary, place: inPalette, chords: []string{"enter"}, help: "do it", group: groupList, short: "do it"},
		{action: actCloseOverlay, place: inPalette, chords: []string{"esc", "ctrl+p"}, help: "close the palette", group: groupList, short: "close", always: true},
		{action: actPrimary, place: inPrompt, chords: []string{"enter"}, help: "keep the search", group: groupList},
		{action: actCloseOverlay, place: inPrompt, chords: []string{"esc"}, help: "end the search", group: groupList},
		{action: actCloseOverlay, place: inOverlay, keys: []string{"esc", "q"}, help: "back to the walk", group: groupList, short: "close", always: true},
		// The key that opens help closes it as well, and help need not say so.
		{action: actCloseOverlay, place: inHelp, keys: []string{"?", "f1"}},
		{action: actHelp, place: onScreen, keys: []string{"?", "f1"}, chords: []string{"f1"}, help: "all keys", group: groupRest, short: "keys", always: true},
		{action: actPalette, place: onScreen, keys: []string{":", "ctrl+p"}, chords: []string{"ctrl+p"}, help: "do anything by name", group: groupRest, short: "anything", always: true},
		{action: actPrivate, place: anywhere, keys: []string{"P"}, chords: []string{"alt+p"}, help: "private, for a projector", group: groupRest},
		{action: actMouse, place: onScreen, keys: []string{"M"}, chords: []string{"alt+m"}, help: "mouse on or off", group: groupRest},
		{action: actQuit, place: onScreen, keys: []string{"q"}, help: "quit", group: groupRest, short: "quit", always: true},
		{action: actSuspend, place: anywhere, keys: []string{"ctrl+z"}, chords: []string{"ctrl+z"}, help: "suspend; fg comes back", group: groupRest, when: canSuspend},
		{action: actInterrupt, place: anywhere, keys: []string{"ctrl+c"}, chords: []string{"ctrl+c"}, help: "quit, also while typing", group: groupRest, short: "quit", always: true, worth: (*Model).typing},
	}
}

// tabKeys are the keys of the inspector's tabs, from the first on.
func tabKeys() []string {
	keys := make([]string, tabCount)
	for t := range tabCount {
		keys[t] = strconv.Itoa(int(t) + 1)
	}
	return keys
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// KeyHelp is one line of the key table for people.
type KeyHelp struct {
	Keys string // such as "p"
	// Typing is what to press while typing, when it is another key: "Ctrl+P".
	Typing string
	Does   string

	binding *binding
}

// KeyGroup is a named part of the key table.
type KeyGroup struct {
	Name string
	Keys []KeyHelp
}

// KeyTable returns the key table for people, group by group; help and the
// README show the same.
func KeyTable() []KeyGroup {
	var groups []KeyGroup
	for _, name := range []string{groupWalk, groupLink, groupLook, groupTime, groupPlay, groupLog, groupList, groupRest} {
		g := KeyGroup{Name: name}
		for i := range keyTable {
			b := &keyTable[i]
			if b.group != name {
				continue
			}
			h := KeyHelp{Keys: orElse(b.named, pane.KeyNames(b.keys)), Does: b.help, binding: b}
			for _, k := range b.chords {
				if !slices.Contains(b.keys, k) {
					h.Typing = pane.KeyName(k)
				}
			}
			g.Keys = append(g.Keys, h)
		}
		groups = append(groups, g)
	}
	return groups
}

// pressed returns the keys that count now.
func (b *binding) pressed(typing bool) []string {
	if typing {
		return b.chords
	}
	return b.keys
}

// bindingFor finds what a key means where the keyboard is now. In a window too
// small to show anything, only quitting means something.
func (m *Model) bindingFor(key string) (*binding, bool) {
	here, typing := m.place(), m.typing()
	for i := range keyTable {
		b := &keyTable[i]
		if b.place&here != 0 && slices.Contains(b.pressed(typing), key) && m.applies(b) {
			return b, !m.layout.tooSmall || b.action == actQuit || b.action == actInterrupt
		}
	}
	return nil, false
}

// applies reports whether a key means something now. In the past nothing of the
// walk can be done.
func (m *Model) applies(b *binding) bool {
	if m.travel.on && (b.group == groupWalk || b.group == groupLink) && b.action != actPrimary {
		return false
	}
	return b.when == nil || b.when(m)
}

// keyFor names the key of an action that applies now, "" if it does not.
func (m *Model) keyFor(a action) string {
	here, typing := m.place(), m.typing()
	for i := range keyTable {
		b := &keyTable[i]
		if b.action != a || b.place&here == 0 || !m.applies(b) {
			continue
		}
		if keys := b.pressed(typing); len(keys) > 0 {
			return pane.KeyName(keys[0])
		}
	}
	return ""
}

// hint is one key of the last line.
type hint struct {
	key, does string
	always    bool
}

// hints lists the keys of the last line that apply now.
func (m *Model) hints() []hint {
	here, typing := m.place(), m.typing()
	list := make([]hint, 0, len(keyTable)+1)
	if here == onScreen && m.width >= 100 && asksForCode(m) {
		list = append(list, hint{"123456", "type the code", false})
	}
	for i := range keyTable {
		b := &keyTable[i]
		if b.short == "" || b.place&here == 0 || !m.applies(b) {
			continue
		}
		if b.worth != nil && !b.worth(m) {
			continue
		}
		keys := b.pressed(typing)
		if len(keys) == 0 {
			continue
		}
		h := hint{pane.KeyName(keys[0]), b.short, b.always}
		switch {
		case b.action == actPrimary && here == onScreen:
			h.does, _ = m.primary()
		case b.action == actPicker && m.opts.Live:
			h.does = "test numbers"
		case b.action == actDown:
			h.key = "↑↓"
		case b.action == actZoom && m.zoomed:
			h.does = "all panes"
			list = slices.Insert(list, 0, h)
			continue
		case b.action == actPrimary && here == inEntry:
			if _, related := m.relatedUnderCursor(); related {
				h.does = "go there"
			}
		case b.action == actToggle:
			if does := m.toggles(); does != "" {
				h.does = does
			}
		}
		list = append(list, h)
	}
	return list
}
