package flow

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// ParsePhoneNumber reads a phone number as people type it: "415-555-0011",
// "(415) 555-0011", "14155550011", "+44 20 7946 0958". A number without a
// country code is taken as North American, because Layer serves the US only
// (Plaid docs: Layer overview). The error is a sentence fit for the person who
// is typing; it may simply say how much is missing.
//
// The test numbers of Plaid's Sandbox must pass, so a number counts as good
// when its length fits its country, whether or not it was ever assigned.
func ParsePhoneNumber(typed string) (PhoneNumber, error) {
	digits, international, err := phoneDigits(typed)
	if err != nil {
		return PhoneNumber{}, err
	}
	if !international || digits[0] == '1' {
		return parseNational(digits)
	}
	number, err := phonenumbers.Parse("+"+digits, "")
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return PhoneNumber{}, errors.New("No country has this code. Begin with + and a country code, such as +1 or +44.")
	case err != nil:
		return PhoneNumber{}, errors.New("Go on typing: this is too short for a phone number.")
	}
	switch phonenumbers.IsPossibleNumberWithReason(number) {
	case phonenumbers.IS_POSSIBLE:
	case phonenumbers.TOO_LONG:
		return PhoneNumber{}, errors.New("Too many digits for a number of this country.")
	default:
		return PhoneNumber{}, errors.New("Go on typing: this number is not complete yet.")
	}
	e164 := phonenumbers.Format(number, phonenumbers.E164)
	// The prefix for calls within a country is taken out. A number that then
	// begins with another one was never a number.
	if again, err := phonenumbers.Parse(e164, ""); err != nil || phonenumbers.Format(again, phonenumbers.E164) != e164 {
		return PhoneNumber{}, errors.New("This is no number of this country: too many zeros after the country code.")
	}
	return NewPhoneNumber(e164), nil
}

// phoneDigits strips what people put between digits and says whether the
// number begins with a country code.
func phoneDigits(typed string) (digits string, international bool, err error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", false, errors.New("Type a phone number, for example 415-555-0011.")
	}
	if rest, ok := strings.CutPrefix(typed, "+"); ok {
		international, typed = true, rest
	}
	var b strings.Builder
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" -.()/\u00a0", r):
		default:
			return "", false, errors.New("A phone number has only digits, spaces and - . ( ) and may begin with +.")
		}
	}
	if b.Len() == 0 {
		return "", false, errors.New("Type a phone number, for example 415-555-0011.")
	}
	if b.Len() > 15 {
		return "", false, errors.New("Too many digits: a phone number has 15 at the most.")
	}
	return b.String(), international, nil
}

// parseNational reads ten digits, or eleven that begin with 1, as a number of
// the North American plan. No area code begins with 1, so a 1 in front is the
// country code however many digits are there yet.
func parseNational(digits string) (PhoneNumber, error) {
	national := strings.TrimPrefix(digits, "1")
	switch {
	case national != "" && national[0] < '2':
		return PhoneNumber{}, errors.New("A US area code does not begin with " + national[:1] + ". For another country begin with +.")
	case len(national) < 10:
		return PhoneNumber{}, errors.New(missingDigits(10 - len(national)))
	case len(national) > 10:
		return PhoneNumber{}, errors.New("Too many digits for a US number. For another country begin with + and its code.")
	}
	return NewPhoneNumber("+1" + national), nil
}

func missingDigits(n int) string {
	if n == 1 {
		return "One more digit."
	}
	return fmt.Sprintf("%d more digits.", n)
}

// IsNorthAmerican reports whether the number has country code 1; Layer never
// finds any other eligible (Plaid docs: Layer overview). The mask of a number
// tells that as well, because it is as long and begins alike.
func IsNorthAmerican(p PhoneNumber) bool {
	return strings.HasPrefix(p.Reveal(), "+1") && utf8.RuneCountInString(p.Reveal()) == 12
}
