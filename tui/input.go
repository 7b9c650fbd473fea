package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"layersim/fixtures"
	"layersim/flow"
	"layersim/tui/pane"
	"layersim/tui/theme"
)

// The fields for the phone number and the date of birth: what is typed is
// explained while it is typed, and what will be submitted is shown.

func newPhone() field { return newField(24) }
func newBirth() field { return newField(10) }

// typing reports whether plain letters are text now.
func (m *Model) typing() bool {
	if m.prompt.on || m.overlay == inPalette {
		return true
	}
	if m.overlay != onScreen || m.focus != paneStage || m.layout.tooSmall || m.travel.on {
		return false
	}
	switch m.state.Phase {
	case flow.PhasePhone, flow.PhaseDateOfBirth:
		return true
	case flow.PhaseFallback:
		return !m.state.SignedUp
	case flow.PhaseLink:
		return linkIsDrawn(m) && m.link.takesText()
	default:
		return false
	}
}

// typed gives a key or a paste to whatever is being typed.
func (m *Model) typed(msg tea.Msg) tea.Cmd {
	if m.prompt.on {
		m.typedInPrompt(msg)
		return nil
	}
	switch m.overlay {
	case inPlatform:
		m.typedVersion(msg)
		return nil
	case inPalette:
		m.typedInPalette(msg)
		return nil
	}
	if !m.typing() {
		if !m.travel.on {
			m.keepAhead(msg)
		}
		return nil
	}
	changed := false
	switch m.state.Phase {
	case flow.PhasePhone:
		changed = m.phone.update(msg)
	case flow.PhaseDateOfBirth:
		changed = m.birth.update(msg)
	case flow.PhaseFallback:
		changed = m.signUp.update(msg)
	case flow.PhaseLink:
		return m.typedInLink(msg)
	default: // no other phase takes text
	}
	if changed {
		m.insisted, m.refusal = false, ""
	}
	return nil
}

// offer proposes what can be entered in the phase that has begun, so that Enter
// alone leads to the end of a simulated walk; typing replaces it. A real Plaid
// is asked about nobody whom the operator did not name.
func (m *Model) offer() {
	switch m.state.Phase {
	case flow.PhasePhone:
		if m.phone.value() == "" && !m.opts.Live {
			m.phone.set(examplePhone)
		}
		m.phone.keep()
	case flow.PhaseDateOfBirth:
		if !m.opts.Live && (m.birth.proposed || m.birth.value() == "") {
			m.birth.set(orElse(m.sandboxBirth(), exampleBirth))
		}
		m.birth.keep()
	default: // no other phase has a field of its own
	}
}

// onlyOffered reports whether the phone number in the field is one that nobody
// named: a mistake may then need another one.
func (m *Model) onlyOffered() bool { return m.phone.proposed && m.phone.value() == examplePhone }

// What the Sandbox is asked about when nothing else was named. For a number
// whose date of birth nobody knows, the date is as good as any other.
const (
	examplePhone = "415-555-0011"
	exampleBirth = "1975-01-18"
)

func (m *Model) submitPhone() tea.Cmd {
	phone, err := flow.ParsePhoneNumber(m.phone.value())
	if err != nil {
		m.insisted = true
		return nil
	}
	return m.take(flow.PhoneNumberEntered{At: m.at(), Phone: phone})
}

func (m *Model) submitBirth() tea.Cmd {
	birth, err := flow.ParseDateOfBirth(strings.TrimSpace(m.birth.value()), m.opts.Now())
	if err != nil {
		m.insisted = true
		return nil
	}
	return m.take(flow.DateOfBirthEntered{At: m.at(), DateOfBirth: birth})
}

// remark is what is said about something typed.
type remark struct {
	text string
	good bool // it can be sent as it is
}

// lines draws a remark in lines of at most width cells. Before anybody insists,
// something incomplete is no mistake yet.
func (r remark) lines(s theme.Styles, insisted bool, width int) []string {
	sign, style := "… ", s.Dim
	switch {
	case r.good:
		sign, style = "✓ ", s.Good
	case insisted:
		sign, style = "✗ ", s.Bad
	}
	return hanging(style, sign, r.text, width)
}

// hanging draws text behind a sign, wrapped beside it.
func hanging(style theme.Style, sign, text string, width int) []string {
	indent := ansi.StringWidth(sign)
	lines := strings.Split(ansi.Wrap(pane.Clean(text), max(width-indent, 1), " "), "\n")
	for i, l := range lines {
		if i > 0 {
			sign = strings.Repeat(" ", indent)
		}
		lines[i] = style.Render(sign + l)
	}
	return lines
}

// onPhone says what the phone number as typed so far amounts to.
func (m *Model) onPhone() remark {
	phone, err := flow.ParsePhoneNumber(m.phone.value())
	if recorded := m.state.Phone; recorded.IsRecorded() && m.phone.value() == recorded.String() {
		phone, err = recorded, nil
	}
	if err != nil {
		return remark{text: err.Error()}
	}
	shown := phone.Reveal()
	if m.private.on {
		shown = phone.String()
	}
	text := submits(m.state.Config.Client.Words().Phone, shown)
	if !flow.IsNorthAmerican(phone) {
		text += "  Not a US number: Layer will not find it."
	}
	return remark{text, true}
}

// onBirth says what the date as typed so far amounts to.
func (m *Model) onBirth() remark {
	birth, err := flow.ParseDateOfBirth(strings.TrimSpace(m.birth.value()), m.opts.Now())
	if recorded := m.state.DateOfBirth; recorded.IsRecorded() && m.birth.value() == recorded.String() {
		birth, err = recorded, nil
	}
	if err != nil {
		return remark{text: err.Error()}
	}
	shown := birth.Reveal()
	if m.private.on {
		shown = birth.String()
	}
	return remark{submits(m.state.Config.Client.Words().Birth, shown), true}
}

// submits says what goes out, by the field's name in the app's SDK.
func submits(field, value string) string { return "submit({ " + field + ": \"" + value + "\" })" }

// persona returns the persona behind the phone number in the field.
func (m *Model) persona() (fixtures.Persona, bool) {
	phone, err := flow.ParsePhoneNumber(m.phone.value())
	if err != nil {
		return fixtures.Persona{}, false
	}
	return m.opts.Catalog.PersonaByPhone(phone)
}

// inputBlock draws what the stage asks for in width cells, "" when it asks for
// nothing.
func (m *Model) inputBlock(width int) string {
	s := m.styles
	switch m.state.Phase {
	case flow.PhasePhone:
		lines := []string{m.labelled("Phone number", &m.phone, width, examplePhone)}
		if m.phone.value() != "" || m.insisted || !m.opts.Live { // else the field has the example already
			lines = append(lines, m.onPhone().lines(s, m.insisted, width)...)
		}
		p, ok := m.persona()
		switch {
		case ok && m.opts.Live:
			lines = append(lines, hanging(s.Dim, "  ", "one of Plaid's test numbers: "+p.Shows, width)...)
		case ok:
			shows := "persona " + p.Name
			if !m.private.on { // it may name what the person is to edit
				shows += ": " + p.Shows
			}
			lines = append(lines, hanging(s.Dim, "  ", shows, width)...)
		case m.opts.Live && m.phone.value() == "" && m.keyFor(actPicker) != "":
			lines = append(lines, hanging(s.Dim, "  ", m.keyFor(actPicker)+" lists the numbers that Plaid documents for tests.", width)...)
		}
		return strings.Join(lines, "\n")
	case flow.PhaseDateOfBirth:
		lines := []string{m.labelled("Date of birth", &m.birth, width, "1975-01-18 or 01/18/1975")}
		lines = append(lines, m.onBirth().lines(s, m.insisted, width)...)
		if hint := m.birthHint(); hint != "" {
			lines = append(lines, hanging(s.Dim, "  ", hint, width)...)
		}
		return strings.Join(lines, "\n")
	case flow.PhaseFallback:
		return m.signUpBlock(width)
	case flow.PhaseReady:
		return m.surfaceBlock(width)
	default:
		return ""
	}
}

// labelled draws a label and a field beside it.
func (m *Model) labelled(label string, f *field, width int, placeholder string) string {
	const column = 15
	if m.private.on {
		placeholder = "hidden while you type"
	}
	l := look{width: min(max(width-column, 8), 30), placeholder: placeholder, focused: m.typing(), masked: m.private.on}
	return m.styles.Strong.Render(fmt.Sprintf("%-*s", column, label)) + f.view(m.styles, l)
}

// birthHint says which date of birth leads on.
func (m *Model) birthHint() string {
	known := m.sandboxBirth()
	switch {
	case m.opts.Live && m.private.on:
		return ""
	case m.opts.Live:
		return "For its test numbers Plaid documents the date " + exampleBirth + "."
	case known == "":
		return "The Sandbox knows no date of birth for this number: any date ends in the app's own form."
	case m.private.on:
		return "Only the date that the Sandbox knows finds anything."
	case m.birth.value() != known:
		return "The Sandbox knows " + known + "; any other date finds nothing."
	}
	return ""
}

// sandboxBirth is the date of birth that Extended Autofill knows for the number
// that was submitted, "" if it knows none or Plaid is the real one.
func (m *Model) sandboxBirth() string {
	p, ok := m.opts.Catalog.PersonaByPhone(m.state.Phone)
	if !ok || p.Autofill == nil {
		return ""
	}
	return pane.Clean(p.Autofill.DateOfBirth)
}
