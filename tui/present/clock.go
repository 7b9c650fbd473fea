package present

import (
	"fmt"
	"time"
)

// stopwatch measures a presentation. It can be paused.
type stopwatch struct {
	gone  time.Duration // until since
	since time.Time     // zero while it stands
}

func (w stopwatch) elapsed(now time.Time) time.Duration {
	if w.since.IsZero() {
		return w.gone
	}
	return w.gone + max(now.Sub(w.since), 0)
}

func (w stopwatch) runs() bool { return !w.since.IsZero() }

func (w *stopwatch) start(now time.Time) {
	if w.since.IsZero() {
		w.since = now
	}
}

func (w *stopwatch) pause(now time.Time) {
	w.gone, w.since = w.elapsed(now), time.Time{}
}

// behind is how much later a presentation is than its plan, beat number at of n
// being shown: 0 if it is in time. A beat may take until the next one is due.
func behind(elapsed, planned time.Duration, at, n int) time.Duration {
	if planned <= 0 || n <= 0 {
		return 0
	}
	due := planned * time.Duration(min(at+1, n)) / time.Duration(n)
	if late := elapsed - due; late >= time.Second {
		return late
	}
	return 0
}

// minutes writes a duration as a clock does: "4:05", or "1:04:05".
func minutes(d time.Duration) string {
	s := int(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
