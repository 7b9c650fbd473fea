package lint

import (
	"regexp"
	"strconv"
	"strings"

	"layersim/flow"
)

// What is in a file may come from anybody. Here it becomes fit for a terminal,
// and what looks private is masked, before anything looks at it.

// quoted is a stranger's text in an error, no more than shows what it is.
func quoted(s string) string {
	return strconv.Quote(flow.CleanLine(flow.RedactStrictly(flow.CleanLine(s, 2000)), 40))
}

// kindOf is the JSON type that encoding/json names, without the value that it
// adds to numbers.
func kindOf(value string) string {
	kind, _, _ := strings.Cut(value, " ")
	return kind
}

// plainID is what an id may look like that is shown as it is. The simulator's
// are UUIDs.
var plainID = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$`)

func isLetter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// phoneText is a phone number, masked as soon as it is read.
type phoneText string

// hiddenPhone stands for text that is no phone number.
const hiddenPhone phoneText = "••••"

var (
	maskedPhone = regexp.MustCompile(`^\+\d•{2,13}\d{2}$`)
	plainPhone  = regexp.MustCompile(`^\+\d{5,15}$`)
)

// UnmarshalText masks what is not masked.
func (p *phoneText) UnmarshalText(text []byte) error {
	switch s := string(text); {
	case s == "" || maskedPhone.MatchString(s):
		*p = phoneText(s)
	case plainPhone.MatchString(s):
		*p = phoneText(flow.NewPhoneNumber(s).String())
	default:
		*p = hiddenPhone
	}
	return nil
}

// knownToken is a masked token as RedactText leaves it.
var knownToken = regexp.MustCompile(`^[a-z]+-(sandbox|development|production)-••••[\w-]{0,4}$`)

// maskedToken masks a token. Of one that is of no known shape no more is left
// than its kind.
func maskedToken(s string) string {
	shown := flow.RedactText(s)
	switch kind, _, _ := strings.Cut(shown, "-"); {
	case s == "" || knownToken.MatchString(shown):
		return shown
	case kind == "profile" || kind == "public" || kind == "access":
		return kind + "-••••"
	}
	return "••••"
}
