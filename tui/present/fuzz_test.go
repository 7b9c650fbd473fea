package present

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/flow"
	"layersim/flow/scenario"
	"layersim/tui/pane"
)

// named are the keys that have no letter.
var named = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "left": tea.KeyLeft, "right": tea.KeyRight, "up": tea.KeyUp, "down": tea.KeyDown, "esc": tea.KeyEscape,
	"pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "home": tea.KeyHome, "end": tea.KeyEnd, "space": tea.KeySpace, "backspace": tea.KeyBackspace, "f1": tea.KeyF1,
}

// Whatever is pressed in the room and in the notes, whatever another terminal
// asks for, and whatever words a scenario has: the screen is filled exactly and
// holds nothing that a terminal would obey.
func FuzzKeys(f *testing.F) {
	names := slices.Sorted(maps.Keys(named))
	f.Add([]byte("\x03\x03nn\x03aP\x06?\x01?pR\x03u"), "word")
	f.Add([]byte("\x03\xc0\x14\x06\x03\xc0\xff\xff\x80\x80\x81\x82\x83qz\xc0\x50\x18n\x01\x01q"), "\x1b]0;x\x07\u202e界")
	f.Add([]byte("\x80\x80\x80\x80\x80\x80\x80\x80Ru\x80\x03\x05\x07\xe9\xff"), "e\u0301\u200b\xff")
	f.Fuzz(func(t *testing.T, script []byte, foreign string) {
		script, foreign = script[:min(len(script), 150)], foreign[:min(len(foreign), 150)]
		sc := scenario.Scenario{Title: foreign, About: foreign, Minutes: 1}
		for i := range 3 {
			s := scenario.Step{Beat: foreign + "beat", Notes: foreign, Do: scenario.ExpectPhase{}}
			if i == 1 {
				s.Ask = scenario.Question{Question: foreign + "?", Answer: foreign + "."}
			}
			sc.Steps = append(sc.Steps, s)
		}
		begin := func() (Play, error) {
			p := newFakePlay(sc.Steps)
			p.brings[1] = []flow.Event{flow.OnEvent{At: flow.At(start), Name: foreign, Metadata: flow.Metadata{ViewName: foreign}}, flow.OnExit{At: flow.At(start), Failure: flow.Failure{Code: foreign, Message: foreign}}}
			p.fails[2] = scenario.Failure{Expected: foreign, Got: foreign}
			return p, nil
		}
		var room *pressed
		notes := NewNotes(NotesOptions{Status: make(chan Status), Send: func(c Command) { room.tell(c) }, Context: t.Context()})
		room = open(t, sc, begin, 80, 24)
		other := &pressed{t: t, m: notes, w: 80, h: 24}
		size := tea.WindowSizeMsg{Width: 80, Height: 24}
		told := func(msg tea.Msg) { // what the notes ask for is sent, and their other commands wait
			other.m, _ = other.m.Update(msg)
		}
		told(size)
		look := func() {
			m := room.m.(Model)
			told(m.status())
			for _, p := range []*pressed{room, other} {
				content := p.m.View().Content
				if p.w < minWidth || p.h < minHeight {
					continue // it is too small, and still there is no panic
				}
				lines := strings.Split(content, "\n")
				if len(lines) != p.h {
					t.Fatalf("%d×%d has %d lines", p.w, p.h, len(lines))
				}
				for i, l := range lines {
					if n := pane.Width(l); n != p.w {
						t.Fatalf("%d×%d: line %d has %d cells: %q", p.w, p.h, i, n, l)
					}
					for _, r := range ansi.Strip(l) {
						if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
							t.Fatalf("%d×%d: line %d holds %U: %q", p.w, p.h, i, r, l)
						}
					}
				}
			}
		}
		press := func(msg tea.KeyPressMsg) {
			room.tell(msg)
			told(msg)
		}
		for i := 0; i < len(script) && !room.end; i++ {
			switch b := script[i]; {
			case b < 0x20:
				press(tea.KeyPressMsg{Code: named[names[int(b)%len(names)]]})
			case b < 0x7f:
				press(tea.KeyPressMsg{Code: rune(b), Text: string(rune(b))})
			case b < 0xc0:
				room.tell([]Command{CommandNext, CommandBack, CommandPause, Command(foreign)}[b%4])
			case b < 0xc8 && i+2 < len(script):
				size = tea.WindowSizeMsg{Width: int(script[i+1]), Height: int(script[i+2])}
				for _, p := range []*pressed{room, other} {
					p.w, p.h = size.Width, size.Height
				}
				room.tell(size)
				told(size)
				i += 2
			default:
				press(tea.KeyPressMsg{Code: rune(b), Mod: tea.KeyMod(b & 7), Text: string([]byte{b})})
			}
			if i%5 == 0 {
				look()
			}
		}
		look()
	})
}
