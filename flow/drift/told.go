package drift

import "time"

// told is when the app was told of an event.
type told int

const (
	toldUnknown told = iota
	toldAtOnce
	toldAtTheEnd    // held back until onSuccess or onExit, and before it
	toldAfterTheEnd // after onSuccess or onExit
)

func (t told) String() string {
	return [...]string{"", "told at once", "held until the end", "told after the end"}[t]
}

// shortest is how long before the end an event must have happened, so that one
// can tell whether it was held.
const shortest = 500 * time.Millisecond

// classify says of each event when the app was told. Plaid's clock and ours may
// differ: the event that took the least time to come is taken for one that
// took none.
func (w *Walk) classify() {
	if len(w.Ends) == 0 {
		return
	}
	end := w.Ends[0]
	var skew time.Duration
	for i, e := range w.Events {
		if lag := e.at.Sub(e.happened); i == 0 || lag < skew {
			skew = lag
		}
	}
	for i := range w.Events {
		e := &w.Events[i]
		window := end.at.Sub(e.happened) - skew
		switch {
		case e.seq > end.seq:
			e.told = toldAfterTheEnd
		case window < shortest:
		case end.at.Sub(e.at) < window/4:
			e.told = toldAtTheEnd
		default:
			e.told = toldAtOnce
		}
	}
}
