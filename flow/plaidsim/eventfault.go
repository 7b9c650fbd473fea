package plaidsim

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"layersim/flow"
)

// late is a callback that a fault keeps from the app for a while.
type late struct {
	callback
	due   time.Time // with Delay
	fault int       // with Hold: its id, while it is armed
}

// onCallback reports whether the fault is about callbacks rather than calls:
// its On is written as events are, or is one of the app's functions.
func (f Fault) onCallback() bool {
	switch f.On {
	case "onEvent", "onSuccess", "onExit":
		return true
	case "":
		return false
	}
	return strings.Trim(f.On, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// eventNames are the events that this Link sends.
var eventNames = []string{
	flow.EventLayerReady, flow.EventLayerNotAvailable, flow.EventLayerAutofillUnavailable, flow.EventOpen, flow.EventTransitionView,
	flow.EventSubmitOTP, flow.EventVerifyPhone, flow.EventSearchInstitution, flow.EventSelectInstitution, flow.EventSubmitCredentials,
	flow.EventSubmitMFA, flow.EventOpenOAuth, flow.EventError, flow.EventHandoff, flow.EventExit,
}

func (f Fault) fitsCallback(c callback) bool {
	switch f.On {
	case "onEvent":
		return c.Kind == kindEvent
	case "onSuccess":
		return c.Kind == kindSuccess
	case "onExit":
		return c.Kind == kindExit
	}
	return c.Kind == kindEvent && c.Name == f.On
}

// meddle lets faults act on what the app is about to be told, and returns what
// is left, and what became of each; the caller holds the lock.
func (s *Sim) meddle(l *linkSession, callbacks []callback) (left []callback, spoilt []string) {
	spoilt = make([]string, len(callbacks))
	if !s.faulty.Load() {
		return callbacks, spoilt
	}
	for i, c := range callbacks {
		f, ok := s.takeFault(c.spoiltBy)
		if !ok {
			left = append(left, c)
			continue
		}
		s.record(l, Record{Kind: KindNote, Note: "fault " + strconv.Itoa(f.id) + " acts: " + f.String()})
		switch {
		case f.Lose:
			spoilt[i] = "lost"
		case f.Duplicate:
			spoilt[i] = "duplicated"
			left = append(left, c, c)
		case f.Hold:
			spoilt[i] = "held"
			l.late = append(l.late, late{callback: c, fault: f.id})
		case f.Delay > 0:
			spoilt[i] = "delayed"
			l.late = append(l.late, late{callback: c, due: s.now().Add(f.Delay)})
		}
	}
	return left, spoilt
}

func (c callback) spoiltBy(f Fault) bool { return f.onCallback() && f.fitsCallback(c) }

// release posts what was kept back long enough, as if it had happened now: an
// event that Link withholds waits for the end all the same. The caller holds the
// lock.
func (s *Sim) release(l *linkSession) {
	if len(l.late) == 0 {
		return
	}
	now := s.now()
	l.late = slices.DeleteFunc(l.late, func(e late) bool {
		held := e.fault != 0 && slices.ContainsFunc(s.faults, func(a *armed) bool { return a.id == e.fault })
		if held || e.fault == 0 && now.Before(e.due) {
			return false
		}
		l.box = l.box.post([]callback{e.callback}, func() *ids { return s.orderOf(l.thread) })
		return true
	})
}
