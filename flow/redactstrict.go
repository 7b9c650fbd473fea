package flow

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// RedactStrictly is RedactText for what others wrote about a person, or may
// have: it also masks nine digits or more, however they are parted and in
// whatever script, since they may be a social security number, a tax id or a
// phone number, and dates, which may be one of birth. Tokens in their masked
// form, ids, addresses of computers and dates with a time of day stay.
func RedactStrictly(s string) string {
	s = RedactText(s)
	if !hasDigits(s, 4) || !mayHoldNumber(s) || isTimeOrUUID(s) {
		return s
	}
	f := newPlainForm(s)
	f.skip(notPersonal, nil)
	has := f.has()
	f.skip(longHex, func(m string) bool { return strings.ContainsAny(m, "abcdefABCDEF") })
	if has.dot {
		f.skip(ipv4, func(m string) bool {
			return !slices.ContainsFunc(strings.Split(m, "."), func(octet string) bool { n, _ := strconv.Atoi(octet); return n > 255 })
		})
	}
	for _, date := range dateTexts {
		if has.slash || has.digits >= leastInDate || has.month {
			f.hide(date, birthKind{}.mask(""), nil)
		}
	}
	if has.digits >= 8 {
		f.hide(digitRun, birthKind{}.mask(""), isCompactDate)
	}
	if has.digits >= 9 {
		f.hide(nineDigits, hidden, nil)
	}
	return f.String()
}

var (
	// A date with a time of day, also as HTTP writes it, a UUID, the id of a
	// template, what a mask left, the version of Plaid's API.
	notPersonal = regexp.MustCompile(`\b2020-09-14\b` +
		`|\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d GMT\b` +
		`|20\d\d-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)?` +
		`|\d{4}-\d\d-\d\d \d\d:\d\d UTC` +
		`|(?i:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})` +
		`|\btemplate_[0-9A-Za-z]+\b` +
		`|` + masking + `{2}[0-9A-Za-z]{1,4}\b`)
	longHex    = regexp.MustCompile(`\b[0-9a-fA-F]{24,}\b`)
	ipv4       = regexp.MustCompile(`\b(?:\d{1,3}\.){3}\d{1,3}\b`)
	nineDigits = regexp.MustCompile(`\d(?:(?:[-_ ./()]|` + coded + `){0,3}\d){8,}`)
	digitRun   = regexp.MustCompile(`\d+`)
)

const (
	year  = `(?:19|20)\d\d`
	month = `(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?`
	day   = `\d{1,2}(?:st|nd|rd|th)?`
	apart = `(?:[-_ ./]|` + coded + `){1,3}`
	blank = `(?:[ +]|` + coded + `)`
	comma = `(?:,|%2[Cc]|&#44;)?`
	// What stands between digits may be written as a URL or HTML has it.
	coded = `%[0-9A-Fa-f]{2}|&#x?[0-9A-Fa-f]{1,4};`
)

var dateTexts = []*regexp.Regexp{
	regexp.MustCompile(year + apart + `(?:1[0-2]|0?[1-9])` + apart + `(?:3[01]|[12]\d|0?[1-9])`),
	regexp.MustCompile(`\d{1,2}` + apart + `\d{1,2}` + apart + year),
	regexp.MustCompile(`\b\d{1,2}/\d{1,2}/\d\d\b`),
	regexp.MustCompile(month + blank + `*` + day + comma + blank + `+` + year),
	regexp.MustCompile(day + `(?:[-.]|` + blank + `)*` + month + comma + `(?:-|` + blank + `)*` + year),
}

// isCompactDate recognises eight digits that are a date: 19750118, 01181975,
// 18011975.
func isCompactDate(digits string) bool {
	if len(digits) != 8 {
		return false
	}
	within := func(from, to, least, most int) bool {
		n, _ := strconv.Atoi(digits[from:to])
		return least <= n && n <= most
	}
	return within(0, 4, 1900, 2099) && within(4, 6, 1, 12) && within(6, 8, 1, 31) ||
		within(4, 8, 1900, 2099) && within(0, 2, 1, 31) && within(2, 4, 1, 31)
}

// hasDigits reports whether a text has that many digits, of any script.
func hasDigits(s string, n int) bool {
	for _, r := range s {
		if unicode.IsNumber(r) {
			if n--; n == 0 {
				return true
			}
		}
	}
	return false
}

// In a plainForm, other stands for what means nothing here, and masking for a
// character of a mask.
const (
	other   = '~'
	masking = "\x02"
)

// plainForm is a text with one ASCII character for each of its own, so that a
// pattern for digits finds those of any script, with any dash or blank between.
type plainForm struct {
	text  []rune
	ascii []byte
	masks []maskedPart
}

type maskedPart struct {
	from, to int
	mask     string
}

func newPlainForm(s string) *plainForm {
	f := &plainForm{text: []rune(s)}
	f.ascii = make([]byte, len(f.text))
	for i, r := range f.text {
		f.ascii[i] = asciiOf(r)
	}
	return f
}

func asciiOf(r rune) byte {
	switch {
	case r > ' ' && r < unicode.MaxASCII:
		return byte(r)
	case unicode.Is(unicode.Nd, r):
		zero := r
		for unicode.Is(unicode.Nd, zero-1) {
			zero--
		}
		return "0123456789"[(r-zero)%10] // the digits of a script stand together, from zero on
	case unicode.IsNumber(r):
		return '1'
	case unicode.Is(unicode.Pd, r), strings.ContainsRune("−⁃·", r):
		return '-'
	case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.IsControl(r):
		return ' '
	case r == '•':
		return masking[0]
	}
	return other
}

// skip takes what a pattern finds out of what is looked at further, if it is
// meant; nil for always.
func (f *plainForm) skip(pattern *regexp.Regexp, meant func(string) bool) {
	for _, at := range pattern.FindAllIndex(f.ascii, -1) {
		if meant == nil || meant(string(f.ascii[at[0]:at[1]])) {
			f.blank(at)
		}
	}
}

// hide is skip for what is masked.
func (f *plainForm) hide(pattern *regexp.Regexp, mask string, meant func(string) bool) {
	for _, at := range pattern.FindAllIndex(f.ascii, -1) {
		if meant == nil || meant(string(f.ascii[at[0]:at[1]])) {
			f.masks = append(f.masks, maskedPart{at[0], at[1], mask})
			f.blank(at)
		}
	}
}

func (f *plainForm) blank(at []int) {
	for i := at[0]; i < at[1]; i++ {
		f.ascii[i] = other
	}
}

// String returns the text with its masks.
func (f *plainForm) String() string {
	slices.SortFunc(f.masks, func(a, b maskedPart) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	at := 0
	for _, m := range f.masks {
		b.WriteString(string(f.text[at:m.from]))
		b.WriteString(m.mask)
		at = m.to
	}
	b.WriteString(string(f.text[at:]))
	return b.String()
}

// IsAmountOrTime reports whether a number under a key of Plaid's is an amount of
// money or a time in seconds since 1970, which are no numbers of anybody's.
func IsAmountOrTime(key, number string) bool {
	switch key {
	case "available", "current", "limit", "amount", "margin_loan_amount":
		return true
	case "created_at", "expired_at", "iat":
		n, err := strconv.ParseInt(number, 10, 64)
		return err == nil && 1e9 <= n && n < 3e9 // 2001 to 2065
	}
	return false
}
