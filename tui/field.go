package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/tui/pane"
	"layersim/tui/theme"
)

// cursorMark stands where the terminal's cursor belongs while the screen is put
// together; View takes it out again. It looks like an escape sequence so that
// it has no width, and nothing from outside can contain it, because pane.Clean
// lets no escape through.
const cursorMark = "\x1b[7777z"

// field is one line of text being typed. Editing is textinput's; drawing is
// done here, because the real cursor must be right in a text that is longer
// than its field.
type field struct {
	// edit is behind a pointer because it has 8 kB, and a Model with four of
	// them is copied for every message.
	edit *textinput.Model
	// proposed: the text was not typed, so the first letter typed replaces it.
	proposed bool
}

// newField returns an empty field that takes at most limit characters.
func newField(limit int) field {
	edit := textinput.New()
	edit.Prompt = ""
	edit.CharLimit = limit
	edit.SetVirtualCursor(false)
	edit.KeyMap = fieldKeys
	edit.Focus()
	return field{edit: &edit}
}

// fieldKeys leaves the ctrl keys that the key table uses to the table. Pasting
// is the terminal's business: it sends what was pasted.
var fieldKeys = func() textinput.KeyMap {
	keys := textinput.DefaultKeyMap()
	keys.CharacterForward = key.NewBinding(key.WithKeys("right"))
	keys.CharacterBackward = key.NewBinding(key.WithKeys("left"))
	keys.DeleteCharacterForward = key.NewBinding(key.WithKeys("delete", "ctrl+d"))
	none := key.NewBinding(key.WithDisabled())
	keys.Paste, keys.AcceptSuggestion, keys.NextSuggestion, keys.PrevSuggestion = none, none, none, none
	return keys
}()

// line is the text being edited; the zero field is an empty one.
func (f *field) line() *textinput.Model {
	if f.edit == nil {
		f.edit = newField(longestValue).edit
	}
	return f.edit
}

func (f *field) value() string { return f.line().Value() }

func (f *field) set(s string) {
	f.line().SetValue(s)
	f.line().CursorEnd()
}

// propose fills the field with something that typing replaces.
func (f *field) propose(s string) {
	f.set(s)
	f.proposed = s != ""
}

// keep makes a proposal of what was typed before, so that a new number does not
// end up behind the old one.
func (f *field) keep() { f.propose(f.value()) }

// update takes a key or a paste and reports whether the text changed.
func (f *field) update(msg tea.Msg) bool {
	before := f.line().Value()
	if f.proposed {
		f.proposed = false
		switch msg := msg.(type) {
		case tea.KeyPressMsg:
			if msg.Text != "" {
				f.line().SetValue("")
			}
		case tea.PasteMsg:
			f.line().SetValue("")
		}
	}
	edit, _ := f.line().Update(msg)
	*f.edit = edit
	return f.line().Value() != before
}

// look is how a field is drawn.
type look struct {
	width       int
	placeholder string
	focused     bool
	masked      bool
}

// view draws the field exactly look.width cells wide, scrolled so that the
// cursor is in it.
func (f *field) view(s theme.Styles, l look) string {
	if l.width <= 0 {
		return ""
	}
	style := s.Field
	if l.focused {
		style = s.FieldFocus
	}
	before, after := f.around(l.masked)
	if before+after == "" {
		text := ansi.Truncate(pane.Clean(l.placeholder), l.width-1, "…")
		return mark(l.focused) + s.Dim.Render(text) + style.Render(strings.Repeat(" ", l.width-ansi.StringWidth(text)))
	}
	// One cell more where a wide letter would be cut in half.
	for cut := ansi.StringWidth(before) - l.width + 2; ansi.StringWidth(before) >= l.width; cut++ {
		before = ansi.TruncateLeft(before, cut, "…")
	}
	room := l.width - ansi.StringWidth(before)
	after = ansi.Truncate(after, room, "…")
	return style.Render(before) + mark(l.focused) + style.Render(after+strings.Repeat(" ", max(room-ansi.StringWidth(after), 0)))
}

// around returns the text before and after the cursor, fit for the terminal.
func (f *field) around(masked bool) (before, after string) {
	runes := []rune(f.line().Value())
	pos := min(f.line().Position(), len(runes))
	before, after = string(runes[:pos]), string(runes[pos:])
	if masked {
		return strings.Repeat("•", pos), strings.Repeat("•", len(runes)-pos)
	}
	return pane.Clean(before), pane.Clean(after)
}

func mark(focused bool) string {
	if focused {
		return cursorMark
	}
	return ""
}
