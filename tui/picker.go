package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/fixtures"
	"layersim/tui/pane"
)

// The picker offers personas by what they demonstrate, so that nobody needs to
// remember a number, and templates by what they ask for.

// picker is the open picker: which list, and where the cursor stands in each.
type picker struct {
	templates bool
	persona   int
	template  int
}

func (m *Model) openPicker() {
	m.overlay = inPicker
	m.picker.templates = len(m.opts.Catalog.Personas) == 0
	for i, t := range m.opts.Catalog.Templates {
		if t.ID == m.state.Config.TemplateID {
			m.picker.template = i
		}
	}
	if p, ok := m.persona(); ok {
		for i := range m.opts.Catalog.Personas {
			if m.opts.Catalog.Personas[i].Name == p.Name {
				m.picker.persona = i
			}
		}
	}
}

// cursor returns the cursor of the list that is shown, and the list's length.
func (p *picker) cursor(c *fixtures.Catalog) (*int, int) {
	if p.templates {
		return &p.template, len(c.Templates)
	}
	return &p.persona, len(c.Personas)
}

func (m *Model) otherList() { m.picker.templates = !m.picker.templates }

func (m *Model) scrollPicker(a action) {
	cursor, n := m.picker.cursor(m.opts.Catalog)
	*cursor = moved(a, *cursor, n, m.layout.overlay().h-6)
}

// propose fills in what a persona would type.
func (m *Model) propose(p fixtures.Persona) {
	m.phone.propose(p.Phone.Reveal())
	m.birth.set("")
	if p.Autofill != nil {
		m.birth.propose(p.Autofill.DateOfBirth)
	}
	m.insisted = false
}

// pick takes what is under the cursor. A persona fills in the phone number, and
// where one was submitted already a new attempt begins with it; a template
// always needs a new link_token.
func (m *Model) pick() tea.Cmd {
	m.overlay = onScreen
	c := m.opts.Catalog
	cursor, n := m.picker.cursor(c)
	if *cursor >= n {
		return nil
	}
	if m.picker.templates {
		return m.takeTemplate(c.Templates[*cursor])
	}
	return m.takePersona(c.Personas[*cursor])
}

func (m *Model) takeTemplate(t fixtures.Template) tea.Cmd {
	return m.startOver(t.ID)
}

func (m *Model) takePersona(p fixtures.Persona) tea.Cmd {
	m.propose(p)
	if m.phoneIsOut() {
		return m.startOver("")
	}
	return nil
}

// phoneIsOut reports whether the walk is past the point at which a phone number
// can still be chosen.
func (m *Model) phoneIsOut() bool {
	for _, p := range beforePhone {
		if m.state.Phase == p {
			return false
		}
	}
	return true
}

// drawPicker draws the list that is shown, windowed around the cursor.
func (m *Model) drawPicker(f pane.Frame) (title, body string) {
	s, c := m.styles, m.opts.Catalog
	personas, templates := s.Accent.Render("● Personas"), s.Dim.Render("○ Templates")
	if m.picker.templates {
		personas, templates = s.Dim.Render("○ Personas"), s.Accent.Render("● Templates")
	}
	title = personas + "  " + templates
	if m.opts.Live {
		title = s.Accent.Render("Plaid's test numbers")
	}
	cursor, n := m.picker.cursor(c)
	note := m.pickerNote(f.Width)
	rows := max(f.Height-len(note)-1, 1)
	// Descriptions take a second line where all of them have room for it.
	lines := make([][]string, n)
	for _, most := range []int{2, 1} {
		total := 0
		for i := range n {
			lines[i] = m.pickerLines(f.Width, i, i == *cursor, most)
			total += len(lines[i])
		}
		if total <= rows {
			break
		}
	}
	total, first := 0, 0
	for i := range n {
		total += len(lines[i])
	}
	if total > rows {
		first = max(min(*cursor-rows/2, n-rows), 0)
	}
	var drawn []string
	last := first
	for last < n && len(drawn)+len(lines[last]) <= rows {
		drawn = append(drawn, lines[last]...)
		last++
	}
	for len(drawn) < rows {
		drawn = append(drawn, "")
	}
	more := ""
	if words := pane.MoreWords(first, n-last); words != "" {
		more = clip(s.Dim.Render(fmt.Sprintf("  %s  %d/%d", words, *cursor+1, n)), f.Width)
	}
	drawn = append(drawn, more)
	return title, strings.Join(append(drawn, note...), "\n")
}

// pickerNote says what is under the cursor and what Enter would do.
func (m *Model) pickerNote(width int) []string {
	s, c := m.styles, m.opts.Catalog
	cursor, n := m.picker.cursor(c)
	if *cursor >= n {
		return []string{s.Dim.Render("There is nothing to choose from.")}
	}
	var does, shows string
	switch {
	case m.picker.templates:
		does, shows = "starts over with a link_token for this template", c.Templates[*cursor].Shows
	case m.phoneIsOut():
		does, shows = "starts over with this phone number", c.Personas[*cursor].Shows
	default:
		does, shows = "fills in the phone number", c.Personas[*cursor].Shows
	}
	note := strings.Split(ansi.Wrap(pane.Clean(shows), width, " "), "\n")
	return append(note, "", clip(s.Key.Render("Enter")+" "+does, width))
}

// pickerColumns returns how many cells the names and the values of the list
// take, as far as the window can spare them.
func (m *Model) pickerColumns(width int) (name, value int) {
	c := m.opts.Catalog
	_, n := m.picker.cursor(c)
	for i := range n {
		here, what := m.pickerWords(i)
		name, value = max(name, ansi.StringWidth(here)), max(value, ansi.StringWidth(what))
	}
	return min(name, width*2/5), min(value, width*3/10)
}

// pickerWords returns the name of an entry and the value that goes with it.
func (m *Model) pickerWords(i int) (name, value string) {
	c := m.opts.Catalog
	if !m.picker.templates {
		phone := c.Personas[i].Phone
		if m.private.on {
			return pane.Clean(c.Personas[i].Name), phone.String()
		}
		return pane.Clean(c.Personas[i].Name), phone.Reveal()
	}
	t := c.Templates[i]
	name = pane.Clean(t.Name)
	if t.ID == m.state.Config.TemplateID {
		name += " ● in use"
	}
	return name, "accounts " + pane.Clean(string(t.Accounts))
}

// pickerLines draws an entry of the list in at most so many lines; a description
// that needs more is cut to one, because the entry under the cursor has all of it
// below the list.
func (m *Model) pickerLines(width, i int, here bool, most int) []string {
	var shows string
	if m.picker.templates {
		shows = m.opts.Catalog.Templates[i].Shows
	} else {
		shows = m.opts.Catalog.Personas[i].Shows
	}
	mark := "  "
	if here {
		mark = "› "
	}
	name, value := m.pickerWords(i)
	names, values := m.pickerColumns(width)
	head := mark + fit(name, names) + "  " + fit(value, values) + "  "
	indent := ansi.StringWidth(head)
	told := strings.Split(ansi.Wrap(pane.Clean(shows), max(width-indent, 1), " "), "\n")
	if len(told) > most || width-indent < 20 {
		told = []string{pane.Clean(shows)}
	}
	for j := range told {
		text := head + told[j]
		if j > 0 {
			text = strings.Repeat(" ", indent) + told[j]
		}
		if here {
			told[j] = m.styles.Selected.Render(fit(text, width))
		} else {
			told[j] = clip(text, width)
		}
	}
	return told
}
