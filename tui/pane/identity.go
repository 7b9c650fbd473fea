package pane

import (
	"layersim/flow"
)

// Row is one value of a pane with a cursor. A private one is drawn masked until
// its reader asks to see it.
type Row struct {
	Key     string // names the value for reveal, such as "ssn"
	Label   string
	Private bool
	text    func(revealed bool) string
}

// Text returns the value, or its mask; "" when there is none.
func (r Row) Text(revealed bool) string {
	if r.text == nil {
		return ""
	}
	return Clean(r.text(revealed || !r.Private))
}

func plainRow(key, label, value string) Row {
	return Row{Key: key, Label: label, text: func(bool) string { return value }}
}

// private is what flow's masked types have in common.
type private interface {
	String() string
	Reveal() string
}

func privateRow(key, label string, value private) Row {
	return Row{Key: key, Label: label, Private: value.Reveal() != "", text: func(revealed bool) string {
		if revealed {
			return value.Reveal()
		}
		return value.String()
	}}
}

// IdentityRows returns the values of Identity in the order drawn, for whoever
// moves its cursor.
func IdentityRows(u flow.UserAccount) []Row {
	if !u.HasIdentity {
		return nil
	}
	id := u.Identity
	rows := []Row{
		plainRow("phone_number", "Phone", id.PhoneNumber.Reveal()),
		plainRow("name.first_name", "First name", id.FirstName),
		plainRow("name.last_name", "Last name", id.LastName),
		plainRow("address.street", "Street", id.Address.Street),
	}
	if id.Address.Street2 != "" {
		rows = append(rows, plainRow("address.street2", "Street 2", id.Address.Street2))
	}
	rows = append(rows,
		plainRow("address.city", "City", id.Address.City),
		plainRow("address.region", "Region", id.Address.Region),
		plainRow("address.postal_code", "Postal code", id.Address.PostalCode),
		plainRow("address.country", "Country", id.Address.Country),
		plainRow("email", "Email", id.Email),
		privateRow("date_of_birth", "Date of birth", id.DateOfBirth),
		privateRow("ssn", "SSN", id.SSN),
	)
	if id.SSNLast4 != "" {
		rows = append(rows, Row{Key: "ssn_last_4", Label: "SSN, last 4", Private: true, text: func(revealed bool) string {
			if revealed {
				return id.SSNLast4
			}
			return "••••"
		}})
	}
	return rows
}

// Identity draws what the user shared. The phone is marked as proven, by proof;
// everything else is the user's own word, because Link lets it be edited. SSN and
// date of birth are masked unless revealed(key).
func Identity(f Frame, u flow.UserAccount, proof flow.PhoneProof, revealed func(key string) bool, cursor int) string {
	s := f.Styles
	if !u.HasIdentity {
		return fill(paragraph(s.Text, "Plaid answered identity: null. The user shared no identity, so the app asks for it in its own form.", f.Width), f.Width, f.Height)
	}
	rows := IdentityRows(u)
	verified := "Only the phone is verified. The rest"
	if proof == "" {
		verified = "None of this is verified: it"
	}
	foot := paragraph(s.Dim, verified+" is what the user confirmed or edited in Link. Run your own checks on it.", f.Width)
	if f.Height < len(rows)+len(foot)+1 {
		foot = nil
	}
	lines := make([]string, 0, len(rows)+4)
	for i, r := range rows {
		lines = append(lines, identityLine(f, r, proof, revealed, i == cursor))
	}
	room := f.Height
	if len(foot) > 0 {
		room -= len(foot) + 1
	}
	lines = window(lines, cursor, room)
	if len(foot) > 0 {
		lines = append(append(lines, pad(f.Width)), foot...)
	}
	return fill(lines, f.Width, f.Height)
}

func identityLine(f Frame, r Row, proof flow.PhoneProof, revealed func(string) bool, here bool) string {
	s := f.Styles
	line := newRow(f.Width)
	cursor := " "
	if here && f.Focused {
		cursor = "›"
		line.under(s.Selected)
	}
	shown := revealed != nil && revealed(r.Key)
	text, style := r.Text(shown), s.Text
	if text == "" {
		text, style = "not returned", s.Dim
	}
	line.put(s.Accent, cursor).col(s.Dim, r.Label, 15).put(style, text)
	switch {
	case r.Key == "phone_number" && proof == flow.ProofWebhook:
		line.gap(2).put(s.Good, firstFit(line.left(), "✓ verified, by webhook", "✓ verified", "✓"))
	case r.Key == "phone_number" && proof != "":
		line.gap(2).put(s.Good, firstFit(line.left(), "✓ verified, by Plaid", "✓ verified", "✓"))
	case r.Private && shown:
		line.gap(2).put(s.Warn, firstFit(line.left(), "! shown", "!"))
	case r.Private && here && f.Focused:
		line.gap(2).put(s.Dim, firstFit(line.left(), "masked", ""))
	}
	return line.String()
}

// firstFit returns the first text that fits in w cells, the last if none does.
func firstFit(w int, texts ...string) string {
	for _, t := range texts {
		if width(t) <= w {
			return t
		}
	}
	return texts[len(texts)-1]
}

// window returns at most n of lines, those around the one with index cursor.
func window(lines []string, cursor, n int) []string {
	if n <= 0 {
		return nil
	}
	if len(lines) <= n {
		return lines
	}
	first := max(min(cursor-n/2, len(lines)-n), 0)
	return lines[first : first+n]
}
