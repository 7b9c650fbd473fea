package tui

import (
	"fmt"
	"slices"
	"strings"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/tui/pane"
)

// The inspector's Code tab: what the app's own code does at this step of the
// walk, with this session's values.

type codeView struct {
	// server and client are the languages; "" is the first one.
	server, client string
	selected       int
	offset         int
	drawn          codeKey
	entries        []pane.CodeEntry
}

// codeKey is all that the drawn entries depend on.
type codeKey struct {
	phase          flow.Phase
	server, client string
	selected       int
	width          int
	dark           bool
	sdk            flow.Client
	values         [7]string
}

// codeValue returns a value of the session as it may be shown: masked.
func (m *Model) codeValue(name string) string { return m.sessionValue(name, false) }

// sessionValue returns a value of the moment that is looked at, masked unless
// the operator asked for the value itself.
func (m *Model) sessionValue(name string, unmasked bool) string {
	s := &m.state
	if unmasked {
		switch name {
		case "link_token":
			return s.LinkToken.Reveal()
		case "phone_number":
			return s.Phone.Reveal()
		case "date_of_birth":
			return s.DateOfBirth.Reveal()
		case "public_token":
			return s.PublicToken.Reveal()
		}
	}
	return fixtures.CodeValue(m.state, name)
}

// codeSources lists the languages to choose from on one side.
func (m *Model) codeSources(side fixtures.Side) []fixtures.CodeSource {
	return fixtures.SourcesOf(side, m.state.Config.Client)
}

// codeLanguage returns the source of the chosen language of a side, else the
// first.
func (m *Model) codeLanguage(side fixtures.Side) string {
	chosen := m.inspector.code.server
	if side == fixtures.Client {
		chosen = m.inspector.code.client
	}
	return fixtures.ChosenSource(m.codeSources(side), chosen)
}

// snippets is what the tab shows now.
func (m *Model) snippets() []fixtures.Snippet {
	return fixtures.CodeAt(m.state.Phase, m.codeLanguage(fixtures.Server), m.codeLanguage(fixtures.Client))
}

// snippet returns the selected one.
func (m *Model) snippet() (fixtures.Snippet, bool) {
	all := m.snippets()
	if len(all) == 0 {
		return fixtures.Snippet{}, false
	}
	return all[max(min(m.inspector.code.selected, len(all)-1), 0)], true
}

// layOutCode draws the snippets again when anything they show has changed. It
// costs nothing while the tab is not looked at.
func (m *Model) layOutCode(f pane.Frame) {
	if f.Width <= 0 {
		return
	}
	c := &m.inspector.code
	key := codeKey{
		phase: m.state.Phase, server: m.codeLanguage(fixtures.Server), client: m.codeLanguage(fixtures.Client),
		selected: c.selected, width: f.Width, dark: m.dark, sdk: m.state.Config.Client,
	}
	for i, name := range fixtures.Placeholders() {
		key.values[i] = m.codeValue(name)
	}
	if c.entries != nil && c.drawn == key {
		return
	}
	c.drawn, c.entries = key, nil
	for i, s := range m.snippets() {
		e := pane.CodeEntry{CodeSnippet: pane.CodeSnippet{
			Whose: "your " + string(s.Source.Side), In: s.Source.Name, Title: s.Title, Notes: s.Notes,
			Warn: m.tooOld(s), Code: fixtures.Fill(s.Code, m.codeValue), Comment: s.Source.Comment(),
		}}
		if i == c.selected {
			e.Body = pane.CodeBody(m.styles, e.CodeSnippet, f.Width)
		}
		c.entries = append(c.entries, e)
	}
}

// tooOld says what the chosen version of the SDK makes of a snippet, "" when it
// does what it says.
func (m *Model) tooOld(s fixtures.Snippet) string {
	sdk := m.state.Config.Client
	switch {
	case s.Source.Side != fixtures.Client:
		return ""
	case !sdk.Layer:
		return fmt.Sprintf("%s is too old for Layer: no LAYER_* event will come. Layer needs %s.", sdk.Label(), sdk.MinLayer)
	case !sdk.Autofill && slices.Contains([]string{"birth", "events", "fallback"}, s.Step):
		return fmt.Sprintf("%s is too old for Extended Autofill: a date of birth is not read, so fall back on LAYER_NOT_AVAILABLE already. It needs %s.", sdk.Label(), sdk.MinAutofill)
	}
	return ""
}

// scrollCode chooses a snippet or moves in the selected one.
func (m *Model) scrollCode(a action, f pane.Frame) {
	c := &m.inspector.code
	n := len(c.entries)
	if n == 0 {
		return
	}
	switch a {
	case actUp, actDown:
		c.selected, c.offset = moved(a, min(c.selected, n-1), n, 1), 0
	default:
		rows := pane.CodeBodyRows(f, n)
		c.offset = scrolled(a, c.offset, len(c.entries[min(c.selected, n-1)].Body), rows)
	}
}

// nextLanguage writes the selected snippet's side in the next language; the
// server's, where a client has only one.
func (m *Model) nextLanguage() {
	s, ok := m.snippet()
	if !ok {
		return
	}
	side := s.Source.Side
	if len(m.codeSources(side)) < 2 {
		side = fixtures.Server
	}
	sources, now := m.codeSources(side), m.codeLanguage(side)
	at := slices.IndexFunc(sources, func(o fixtures.CodeSource) bool { return o.ID == now })
	c := &m.inspector.code
	c.offset = 0
	if next := sources[(at+1)%len(sources)].Language; side == fixtures.Server {
		c.server = next
	} else {
		c.client = next
	}
}

// copyCode returns the selected snippet: as it is shown, or with this session's
// own values, and then says which of them it holds.
func (m *Model) copyCode(unmasked bool) (what, text string) {
	s, ok := m.snippet()
	if !ok {
		return "", ""
	}
	what = "the " + s.Source.Name + " code"
	var held []string
	text = fixtures.Fill(s.Code, func(name string) string {
		v := m.sessionValue(name, unmasked)
		if v != m.codeValue(name) && !slices.Contains(held, name) {
			held = append(held, name)
		}
		return v
	})
	switch {
	case len(held) > 0:
		what += " with the real " + strings.Join(held, ", ")
	case unmasked:
		what += "; nothing in it is masked"
	}
	return what, text
}

func onCodeTab(m *Model) bool { return m.inspector.tab == tabCode && m.shown(paneInspector) }

func (m *Model) drawCode(f pane.Frame) string {
	c := &m.inspector.code
	return pane.Code(f, c.entries, c.selected, c.offset)
}
