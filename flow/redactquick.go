package flow

import "strings"

// Most keys and texts of a body hold nothing that is masked, and a walk has
// thousands of them. What follows finds that out without a regular expression:
// each says no only where the pattern that it stands before cannot match.

// mayHoldToken stands before tokenText. (?i) also folds letters beyond ASCII.
func mayHoldToken(s string) bool {
	plain := isPlain(s)
	for i := strings.IndexByte(s, '-'); i >= 0 && i < len(s); {
		if !plain {
			return true
		}
		rest := s[i+1:]
		for _, environment := range []string{"sandbox-", "development-", "production-"} {
			if len(rest) > len(environment) && strings.EqualFold(rest[:len(environment)], environment) {
				return true
			}
		}
		next := strings.IndexByte(rest, '-')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return false
}

// mayHoldSSN stands before ssnText: it leaves out what must stand around it.
func mayHoldSSN(s string) bool {
	const form = "000-00-0000"
	for from := 0; from+len(form) <= len(s); from++ {
		i := 0
		for i < len(form) && (form[i] == '-' && s[from+i] == '-' || form[i] == '0' && '0' <= s[from+i] && s[from+i] <= '9') {
			i++
		}
		if i == len(form) {
			return true
		}
	}
	return false
}

// mayHoldNumber stands before what RedactStrictly looks for: nine digits or more,
// eight in a row, digits with something between, or the name of a month.
func mayHoldNumber(s string) bool {
	if !isPlain(s) {
		return true
	}
	digits, row, letters := 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
			if row++; digits >= 9 || row >= 8 {
				return true
			}
			letters = 0
			continue
		case c == '-', c == '_', c == ' ', c == '.', c == '/':
			return true
		case letters < 2:
			letters++
		default:
			if isMonth(s[i-2 : i+1]) {
				return true
			}
		}
		row = 0
	}
	return false
}

// isTimeOrUUID reports whether a text is one of what notPersonal leaves alone, from
// its first character to its last: a time as Plaid writes it, or a UUID.
func isTimeOrUUID(s string) bool {
	if strings.HasPrefix(s, "20") && (hasForm(s, "0000-00-00T00:00:00Z") || hasForm(s, "0000-00-00T00:00:00.000Z")) {
		return true
	}
	return hasForm(s, "ffffffff-ffff-ffff-ffff-ffffffffffff")
}

// hasForm compares a text with a form, in which 0 is any digit of ASCII and f any
// hexadecimal one.
func hasForm(s, form string) bool {
	if len(s) != len(form) {
		return false
	}
	for i := range len(s) {
		digit := '0' <= s[i] && s[i] <= '9'
		switch form[i] {
		case '0':
			if !digit {
				return false
			}
		case 'f':
			if letter := s[i] | lowerCase; !digit && (letter < 'a' || letter > 'f') {
				return false
			}
		default:
			if s[i] != form[i] {
				return false
			}
		}
	}
	return true
}

// isMonth reports whether three bytes of ASCII begin the name of a month.
func isMonth(s string) bool {
	switch string([]byte{s[0] | lowerCase, s[1] | lowerCase, s[2] | lowerCase}) {
	case "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec":
		return true
	}
	return false
}

// lowerCase makes a letter of ASCII a small one, and nothing else a letter.
const lowerCase = 0x20

// mayBePersonal stands before looksPersonal: it looks for the beginnings of the
// words, wherever they stand in a plain key.
func mayBePersonal(key string) bool {
	for i := 0; i+3 <= len(key); i++ {
		switch string([]byte{key[i] | lowerCase, key[i+1] | lowerCase, key[i+2] | lowerCase}) {
		case "ssn", "soc", "tax", "tin", "iti", "ein", "dob", "bor", "bir", "pas":
			return true
		}
	}
	return false
}

// leastInDate is how many digits a date has at least that has no slash and no
// name of a month: 1-8-1975.
const leastInDate = 6

// inForm is what a text has that a pattern needs.
type inForm struct {
	digits            int
	dot, slash, month bool
}

func (f *plainForm) has() (h inForm) {
	for i, c := range f.ascii {
		switch {
		case c >= '0' && c <= '9':
			h.digits++
		case c == '.':
			h.dot = true
		case c == '/':
			h.slash = true
		case i >= 2 && !h.month:
			h.month = isMonth(string(f.ascii[i-2 : i+1]))
		}
	}
	return h
}
