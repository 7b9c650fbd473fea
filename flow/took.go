package flow

import (
	"strconv"
	"time"
)

// Took says how long a call took, "353 µs", "84 ms" or "1.2 s", the same
// wherever it is shown; "" when the clock stood still.
func Took(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d.Round(time.Microsecond) < time.Millisecond:
		return strconv.FormatInt(d.Round(time.Microsecond).Microseconds(), 10) + " µs"
	case d.Round(time.Millisecond) < time.Second:
		return strconv.FormatInt(d.Round(time.Millisecond).Milliseconds(), 10) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}
