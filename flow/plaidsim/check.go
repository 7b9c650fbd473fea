package plaidsim

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"layersim/fixtures"
	"layersim/flow"
)

// maxValue is the most characters a field takes.
const maxValue = 200

var (
	zipCode     = regexp.MustCompile(`^\d{5}(-\d{4})?$`)
	region      = regexp.MustCompile(`^\pL[\pL .'-]+$`)
	countryCode = regexp.MustCompile(`^[A-Z]{2}$`)
	plainSSN    = regexp.MustCompile(`^(\d{3})-?(\d{2})-?(\d{4})$`)
)

// checkFields puts the user's values into the fields, tidied, and notes what
// is wrong with them. A field that is not among the values stays as it is, and
// one that still stands as Plaid holds it is never found wrong. ok is false if
// there is any notice.
func checkFields(fields []field, values map[string]string, today time.Time) (checked []field, ok bool) {
	checked, ok = slices.Clone(fields), true
	for i := range checked {
		f := &checked[i]
		if v, given := values[f.Key]; given {
			f.Value = strings.TrimSpace(v)
		}
		f.Notice = ""
	}
	for i := range checked {
		f := &checked[i]
		switch {
		case f.Value == "" && needed(*f, checked):
			f.Notice = f.Label + " is needed."
		case f.Value == "" || f.Value == f.Shown:
		default:
			f.Value, f.Notice = tidy(f.Key, f.Value, countryOf(checked), today)
		}
		ok = ok && f.Notice == ""
	}
	return checked, ok
}

// needed says whether a field may not stay empty: it is required, or it
// belongs to an optional name or address that was filled in elsewhere.
func needed(f field, all []field) bool {
	if f.Required {
		return true
	}
	if f.Of != fixtures.FieldName && f.Of != fixtures.FieldAddress || f.Key == keyStreet2 || f.Shown == "" && !touched(f.Of, all) {
		return false
	}
	for _, o := range all {
		if o.Of == f.Of && o.Value != "" {
			return true
		}
	}
	return false
}

func touched(of fixtures.Field, all []field) bool {
	return slices.ContainsFunc(all, func(f field) bool { return f.Of == of && f.Value != f.Shown })
}

func countryOf(fields []field) string {
	for _, f := range fields {
		if f.Key == keyCountry {
			return strings.ToUpper(f.Value)
		}
	}
	return ""
}

// tidy brings a value into the form Plaid returns, or says what is wrong.
func tidy(key, v, country string, today time.Time) (value, notice string) {
	if len([]rune(v)) > maxValue {
		return v, "This is too long."
	}
	if strings.ContainsFunc(v, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }) {
		return v, "This contains characters that cannot be used."
	}
	switch key {
	case keyEmail:
		a, err := mail.ParseAddress(v)
		if err != nil || a.Address != v || !strings.Contains(v[strings.LastIndexByte(v, '@'):], ".") {
			return v, "An email address looks like name@example.com."
		}
	case keyBirth:
		d, err := flow.ParseDateOfBirth(v, today)
		if err != nil {
			return v, err.Error()
		}
		return d.Reveal(), ""
	case keySSN:
		parts := plainSSN.FindStringSubmatch(v)
		if parts == nil {
			return v, "A Social Security number has nine digits."
		}
		return parts[1] + parts[2] + parts[3], ""
	case keyRegion:
		// Both spellings occur: a code in the API contract ("IN"), a name in
		// the guide's sample ("Indiana").
		if !region.MatchString(v) {
			return v, "A state is a name or a code, such as Indiana or IN."
		}
	case keyPostalCode:
		if country == "US" && !zipCode.MatchString(v) {
			return v, "A ZIP code has five digits, such as 46001."
		}
	case keyCountry:
		if v = strings.ToUpper(v); !countryCode.MatchString(v) {
			return v, "A country is a code of two letters, such as US."
		}
	}
	return v, ""
}
