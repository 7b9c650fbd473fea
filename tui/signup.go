package tui

import (
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"layersim/flow"
	"layersim/tui/pane"
)

// The app's own sign-up form, which takes over when Layer cannot: prefilled
// with what is known, editable, sent with Enter. What is typed here stays here.

const (
	signUpPhone = "phone_number"
	signUpBirth = "date_of_birth"
	signUpEmail = "email"
)

// newSignUp returns the form with what the app knows already.
func newSignUp(phone, birth string) form {
	f := newForm([]formRow{
		{key: "name.first_name", label: "First name", required: true},
		{key: "name.last_name", label: "Last name", required: true},
		{key: "address.street", label: "Street"},
		{key: "address.city", label: "City"},
		{key: "address.region", label: "State", placeholder: "IN"},
		{key: "address.postal_code", label: "Postal code"},
		{key: signUpEmail, label: "Email", required: true, placeholder: "name@example.com"},
		{key: signUpPhone, label: "Phone number", required: true, value: phone},
		{key: signUpBirth, label: "Date of birth", required: true, private: true, value: birth},
	})
	return f
}

// offerSignUp fills the form with what is known. What the same user typed into
// it in an earlier attempt is there again.
func (m *Model) offerSignUp() {
	before := m.signUp
	m.signUp = newSignUp(m.known())
	if m.signUp.value(signUpPhone) != before.value(signUpPhone) {
		return
	}
	for i, r := range m.signUp.rows {
		if r.value == "" {
			m.signUp.rows[i].value = before.value(r.key)
		}
	}
	m.signUp.load()
}

// known returns the phone number and the date of birth as far as the user gave
// them in this attempt: what a persona would type next was not given.
func (m *Model) known() (phone, birth string) {
	if m.state.SubmittedDOB {
		birth = m.state.DateOfBirth.Reveal()
	}
	return m.state.Phone.Reveal(), birth
}

// checkSignUp says what is wrong with a value of the form; nil if nothing is.
func (m *Model) checkSignUp(r formRow) error {
	value := strings.TrimSpace(r.value)
	if value == "" {
		if r.required {
			return errors.New(r.label + " is needed.")
		}
		return nil
	}
	if m.replay.on && isMask(value) {
		return nil
	}
	switch r.key {
	case signUpPhone:
		_, err := flow.ParsePhoneNumber(value)
		return err
	case signUpBirth:
		_, err := flow.ParseDateOfBirth(value, m.opts.Now())
		return err
	case signUpEmail:
		name, domain, _ := strings.Cut(value, "@")
		if name == "" || !strings.Contains(strings.Trim(domain, "."), ".") || strings.ContainsAny(value, " ,;") {
			return errors.New("An email address looks like name@example.com.")
		}
	}
	return nil
}

// sendSignUp sends the form, or goes to the first value that is not right.
func (m *Model) sendSignUp() tea.Cmd {
	for i, r := range m.signUp.rows {
		if m.checkSignUp(r) != nil {
			m.signUp.move(i)
			m.insisted, m.revealed = true, ""
			return nil
		}
	}
	return m.take(flow.SignUpSubmitted{At: m.at()})
}

// signUpBlock draws the form, and under it what is to say about the value under
// the cursor.
func (m *Model) signUpBlock(width int) string {
	const column = 18
	s := m.styles
	var lines []string
	for i, r := range m.signUp.rows {
		here := i == m.signUp.cursor && m.typing()
		cursor, label := "  ", s.Dim
		if here {
			cursor, label = s.Accent.Render("› "), s.Strong
		}
		name := r.label
		if r.required {
			name += " *"
		}
		lines = append(lines, cursor+label.Render(fmt.Sprintf("%-*s", column-2, name))+m.signUpValue(r, here, min(max(width-column, 8), 40)))
	}
	if m.state.SignedUp {
		return strings.Join(lines, "\n")
	}
	for _, l := range m.onSignUp().lines(s, m.insisted, width-2) {
		lines = append(lines, "  "+l)
	}
	return strings.Join(lines, "\n")
}

func (m *Model) signUpValue(r formRow, here bool, width int) string {
	masked := m.private.on || r.private && !m.isRevealed(r.key)
	if here {
		return m.signUp.edit.view(m.styles, look{width: width, placeholder: r.placeholder, focused: true, masked: masked})
	}
	value := pane.Clean(r.value)
	if masked {
		value = pane.MaskedText(value)
	}
	if value == "" {
		return m.styles.Dim.Render("·")
	}
	return m.styles.Text.Render(clip(value, width))
}

// onSignUp says what the value under the cursor amounts to.
func (m *Model) onSignUp() remark {
	r, ok := m.signUp.current()
	if !ok {
		return remark{}
	}
	if err := m.checkSignUp(r); err != nil {
		return remark{text: err.Error()}
	}
	if r.value == "" {
		return remark{text: "This may stay empty.", good: true}
	}
	return remark{text: r.label + " is fine.", good: true}
}
