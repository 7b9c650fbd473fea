package tui

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
)

// typedBy turns bytes into what a terminal tells the program: keys by name, text,
// pastes, clicks, the wheel, sizes and colours.
func typedBy(script []byte, each func(tea.Msg)) {
	names := slices.Sorted(maps.Keys(namedKeys))
	next := func() int {
		if len(script) == 0 {
			return 0
		}
		b := script[0]
		script = script[1:]
		return int(b)
	}
	for len(script) > 0 {
		switch b := next(); {
		case b < 0x20:
			each(keyPress(names[b%len(names)]))
		case b < 0x7f:
			each(tea.KeyPressMsg{Code: rune(b), Text: string(rune(b))})
		case b < 0x9a:
			each(tea.KeyPressMsg{Code: 'a' + rune(b-0x80), Mod: tea.ModCtrl})
		case b < 0xa8:
			n := min(next(), len(script))
			each(tea.PasteMsg{Content: string(script[:n])})
			script = script[n:]
		case b < 0xb8:
			each(tea.MouseClickMsg{X: next(), Y: next(), Button: tea.MouseLeft})
		case b < 0xc0:
			each(tea.MouseWheelMsg{X: next(), Y: next(), Button: tea.MouseWheelUp + tea.MouseButton(b%2)})
		case b < 0xc8:
			each(tea.WindowSizeMsg{Width: next(), Height: next()})
		case b < 0xcc:
			each(tea.KeyPressMsg{Code: rune(next())<<8 | rune(next()), Mod: tea.KeyMod(b & 3), Text: string(rune(next()))})
		default:
			each(tea.KeyPressMsg{Code: rune(b), Text: string([]byte{byte(b)})}) // text that is none
		}
	}
}

// Whatever is typed, pasted, clicked or resized in whatever step of the walk: the
// screen is filled exactly and holds nothing that a terminal would obey.
func FuzzKeys(f *testing.F) {
	c, models := catalog(f), everyState(f)
	states := slices.Sorted(maps.Keys(models))
	begin := func(t *testing.T, state string) *Model {
		m := New(options(t, setting{surface: flow.InTerminal, catalog: c}, c, func(context.Context, flow.Effect) flow.Event { return nil }, nil, t.Context()))
		m.opts.Now = func() time.Time { return noon }
		for i := range models[state].journal.Len() {
			m.take(models[state].journal.At(i).Event)
		}
		return &m
	}
	for i := range states {
		f.Add(uint8(i), []byte("\x03?\x04:pho\x03"))
	}
	f.Add(uint8(0), []byte("\xa0\x08415\x1b[2J0\xff\xc0\x14\x06\xc0\xff\xff/x\x00\x00\x03"))
	f.Add(uint8(3), []byte("12345[]\xb0\x20\x05\xb8\x05\x05\xb9\x05\x05\xc8\x12\x34\x56\xe9\xff"))
	f.Fuzz(func(t *testing.T, state uint8, script []byte) {
		if len(script) > 60 { // more are another walk's
			script = script[:60]
		}
		m := begin(t, states[int(state)%len(states)])
		var program tea.Model = *m
		width, height := 120, 36
		program, _ = program.Update(tea.WindowSizeMsg{Width: width, Height: height})
		look := func() {
			if width < 20 || height < 6 {
				_ = program.View() // too small for anything, and still no panic
				return
			}
			if how := fills(program.View(), width, height); how != "" {
				t.Fatalf("%s, %d×%d: %s", states[int(state)%len(states)], width, height, how)
			}
		}
		told := 0
		typedBy(script, func(msg tea.Msg) {
			if size, ok := msg.(tea.WindowSizeMsg); ok {
				width, height = size.Width, size.Height
			}
			program, _ = program.Update(msg)
			if told++; told%5 == 0 {
				look()
			}
		})
		look()
	})
}
