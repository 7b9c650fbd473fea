package pane

import (
	"slices"
	"strings"
	"unicode"

	"layersim/flow"
)

// Row is one value of a pane with a cursor. A private one is drawn masked until
// its reader asks to see it.
type Row struct {
	Key     string // names the value for reveal, such as "ssn"
	Label   string
	Private bool
	// Blank says how there is no value: "null", or that it was not returned.
	Blank string
	// Note is what is said of the value, after it; Short is for little room.
	Note, Short string
	text        func(revealed bool) string
	deviation   *flow.Deviation
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
// moves its cursor: the contract's, each of them, and then where the answer
// differs from the contract.
func IdentityRows(u flow.UserAccount) []Row {
	var rows []Row
	if u.HasIdentity {
		rows = identityRows(u.Identity)
		for i := range rows {
			rows[i].Blank = blankWords(flow.HowBlank(u.Blank, "identity."+rows[i].Key))
		}
	}
	return append(rows, deviationRows("session", u.Deviations)...)
}

func identityRows(id flow.Identity) []Row {
	rows := []Row{
		plainRow("phone_number", "Phone", id.PhoneNumber.Reveal()),
		textRow("name.first_name", "First name", id.FirstName),
		textRow("name.last_name", "Last name", id.LastName),
		textRow("address.street", "Street", id.Address.Street),
		textRow("address.street2", "Street 2", id.Address.Street2),
		textRow("address.city", "City", id.Address.City),
		textRow("address.region", "Region", id.Address.Region),
		textRow("address.postal_code", "Postal code", id.Address.PostalCode),
		textRow("address.country", "Country", id.Address.Country),
		textRow("email", "Email", id.Email),
		privateRow("date_of_birth", "Date of birth", id.DateOfBirth),
		privateRow("ssn", "SSN", id.SSN),
		hiddenRow("ssn_last_4", "SSN, last 4", id.SSNLast4),
	}
	last := &rows[len(rows)-1]
	last.Note, last.Short = tailNote(id, id.SSNLast4), "! differs"
	if id.SSNLast4Guide != "" {
		guide := hiddenRow("ssn_last4", "ssn_last4", id.SSNLast4Guide)
		guide.Note, guide.Short = tailNote(id, id.SSNLast4Guide), "! differs"
		switch {
		case id.SSNLast4 != "" && id.SSNLast4 != id.SSNLast4Guide:
			guide.Note = "is not the same as ssn_last_4"
		case guide.Note == "":
			guide.Note, guide.Short = "as Plaid's guide spells it", "as in guide"
		}
		rows = append(rows, guide)
	}
	return rows
}

// tailNote says when the last four digits are not those of the SSN.
func tailNote(id flow.Identity, tail string) string {
	if ssn := id.SSN.Reveal(); tail != "" && ssn != "" && !strings.HasSuffix(ssn, tail) {
		return "is not the end of ssn"
	}
	return ""
}

// textRow is a plain row, unless a number stands there that belongs elsewhere.
func textRow(key, label, value string) Row {
	digits := 0
	for _, r := range value {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case unicode.IsLetter(r):
			return plainRow(key, label, value)
		}
	}
	if digits == 9 { // as a social security number has
		return hiddenRow(key, label, value)
	}
	return plainRow(key, label, value)
}

// hiddenRow is a private text without a type of its own.
func hiddenRow(key, label, value string) Row {
	return Row{Key: key, Label: label, Private: value != "", text: func(revealed bool) string {
		if revealed || value == "" {
			return value
		}
		return "••••"
	}}
}

func blankWords(how flow.BlankAs) string {
	switch how {
	case flow.BlankNull:
		return "null"
	case flow.BlankEmpty:
		return `"", an empty text`
	case flow.BlankOdd:
		return "unreadable, see below"
	}
	return "not returned"
}

// Identity draws what the user shared. The phone is marked as proven, by proof;
// everything else is the user's own word, because Link lets it be edited. SSN and
// date of birth are masked unless revealed(key). Below stands where the session
// differs from the contract.
func Identity(f Frame, u flow.UserAccount, proof flow.PhoneProof, revealed func(key string) bool, cursor int) string {
	rows := IdentityRows(u)
	own := len(rows) - len(u.Deviations.List)
	var lines []string
	at := 0
	if !u.HasIdentity {
		lines = paragraph(f.Styles.Text, noIdentity(u)+" The app asks for it in its own form.", f.Width)
	}
	for i, r := range rows[:own] {
		if i == cursor {
			at = len(lines)
		}
		lines = append(lines, identityLine(f, r, proof, revealed, i == cursor))
	}
	below, here := deviationLines(f, u.Deviations, rows[own:], revealed, cursor-own)
	if foot := identityFoot(f, u, proof); len(foot) > 0 && f.Height > len(lines)+len(foot)+len(below) {
		lines = append(append(lines, pad(f.Width)), foot...)
	}
	if cursor >= own {
		at = len(lines) + here
	}
	return fill(windowOf(f, append(lines, below...), at), f.Width, f.Height)
}

// noIdentity says how the answer came without an identity.
func noIdentity(u flow.UserAccount) string {
	switch flow.HowBlank(u.Blank, "identity") {
	case flow.BlankOdd:
		return "Plaid answered with an identity that is no object, so nothing in it can be read."
	case "":
		if len(u.Blank) > 0 || !u.Deviations.IsZero() {
			return "Plaid's answer has no identity in it at all."
		}
	}
	return "Plaid answered identity: null. The user shared no identity."
}

func identityFoot(f Frame, u flow.UserAccount, proof flow.PhoneProof) []string {
	if !u.HasIdentity {
		return nil
	}
	return paragraph(f.Styles.Dim, whatIsProven(proof)+" is what the user confirmed or edited in Link. Run your own checks on it.", f.Width)
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
		text, style = or(r.Blank, "not returned"), s.Dim
	}
	line.put(s.Accent, cursor).col(s.Dim, r.Label, 15).put(style, text)
	switch {
	case r.Key == "phone_number" && proof == flow.ProofWebhook:
		line.gap(2).put(s.Good, firstFit(line.left(), "✓ verified, by webhook", "✓ verified", "✓"))
	case r.Key == "phone_number" && proof != "":
		line.gap(2).put(s.Good, firstFit(line.left(), "✓ verified, by Plaid", "✓ verified", "✓"))
	case r.Private && shown:
		line.gap(2).put(s.Warn, firstFit(line.left(), "! shown", "!"))
	case r.Note != "":
		line.gap(2).put(s.Warn, firstFit(line.left(), r.Note, r.Short))
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

// windowOf is window, and says if there is more below.
func windowOf(f Frame, lines []string, cursor int) []string {
	shown := window(lines, cursor, f.Height)
	if first := firstOf(len(lines), cursor, f.Height); len(shown) > 2 && first+len(shown) < len(lines) && cursor < first+len(shown)-1 {
		shown = slices.Clone(shown)
		shown[len(shown)-1] = newRow(f.Width).gap(1).put(f.Styles.Dim, "↓ "+count(len(lines)-first-len(shown)+1, "more line")).String()
	}
	return shown
}

// window returns at most n of lines, those around the one with index cursor.
func window(lines []string, cursor, n int) []string {
	if n <= 0 {
		return nil
	}
	if len(lines) <= n {
		return lines
	}
	first := firstOf(len(lines), cursor, n)
	return lines[first : first+n]
}

// firstOf returns which of all lines is the first of n around the cursor.
func firstOf(all, cursor, n int) int { return max(min(cursor-n/2, all-n), 0) }
