package plaidapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestWait bounds what a Retry-After may ask for: nobody waits longer for a
// call, and a wrong clock on the other side asks for years.
const longestWait = 24 * time.Hour

// retryAfter reads how long an answer asks to wait: a number of seconds, or a
// date (RFC 9110, 10.2.3). The date is counted from the answer's own Date, so
// that a wrong clock here does not matter. 0 if it does not say.
func (c *Client) retryAfter(response *http.Response) time.Duration {
	text := strings.TrimSpace(response.Header.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !(seconds > 0) { // NaN is not above 0 either
			return 0
		}
		return time.Duration(min(seconds, longestWait.Seconds()) * float64(time.Second))
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	from, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		from = c.options.Now()
	}
	return max(min(until.Sub(from), longestWait), 0)
}
