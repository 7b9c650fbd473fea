package lint

import (
	"strconv"
	"time"
)

// span says a time span in one unit, as people do.
func span(d time.Duration) string {
	count := func(n time.Duration, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return strconv.Itoa(int(n)) + " " + unit + "s"
	}
	switch {
	case d < time.Millisecond:
		return "an instant"
	case d < time.Second:
		return count(d/time.Millisecond, "millisecond")
	case d < 2*time.Minute:
		return count(d/time.Second, "second")
	case d < 2*time.Hour:
		return count(d/time.Minute, "minute")
	}
	return count(d/time.Hour, "hour")
}
