package flow

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	isoDate      = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$`)
	americanDate = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$`)
	partOfDate   = regexp.MustCompile(`^[\d\-/. ]*$`)
)

// ParseDateOfBirth reads a date of birth as people type it, year first
// ("1975-01-18") or the American way ("01/18/1975"), and returns it the way
// submit wants it, YYYY-MM-DD. Dates that do not exist, lie after today or
// more than 130 years back are refused. The error is a sentence fit for the
// person who is typing.
func ParseDateOfBirth(typed string, today time.Time) (DateOfBirth, error) {
	typed = strings.TrimSpace(typed) // what is pasted often has a space around it
	var y, m, d int
	if parts := isoDate.FindStringSubmatch(typed); parts != nil {
		y, m, d = atoi(parts[1]), atoi(parts[2]), atoi(parts[3])
	} else if parts := americanDate.FindStringSubmatch(typed); parts != nil {
		m, d, y = atoi(parts[1]), atoi(parts[2]), atoi(parts[3])
	} else if !partOfDate.MatchString(typed) {
		return DateOfBirth{}, errors.New("A date has only digits and - or /, for example 1975-01-18 or 01/18/1975.")
	} else {
		return DateOfBirth{}, errors.New("Type a date as 1975-01-18 or 01/18/1975.")
	}
	if m < 1 || m > 12 {
		return DateOfBirth{}, errors.New("There is no month " + strconv.Itoa(m) + ". Month first, then day: 01/18/1975.")
	}
	date := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if date.Day() != d || d == 0 {
		return DateOfBirth{}, errors.New(time.Month(m).String() + " " + strconv.Itoa(y) + " has no day " + strconv.Itoa(d) + ".")
	}
	switch {
	case date.After(today):
		return DateOfBirth{}, errors.New("This date is in the future.")
	case date.Before(today.AddDate(-130, 0, 0)):
		return DateOfBirth{}, errors.New("This date is more than 130 years ago.")
	}
	return NewDateOfBirth(date.Format(time.DateOnly)), nil
}

// atoi reads digits that a pattern has already vouched for.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
