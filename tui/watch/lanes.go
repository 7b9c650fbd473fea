package watch

import (
	"slices"
	"strings"
)

// What is kept at most. The lanes that appeared first go first.
const (
	maxLanes = 2_000
	maxKept  = 60_000 // entries of all lanes
)

// lanes are all lanes that are kept.
type lanes struct {
	all       []*lane // in the order in which they appeared
	bySession map[string]*lane
	byThread  map[int]*lane // the first lane of each link_token
	other     *lane
	live      bool // events are not held back
	kept      int  // entries
	gone      int  // lanes that are not kept any more
	forgotten uint64
}

func newLanes(live bool) *lanes {
	return &lanes{live: live, bySession: map[string]*lane{}, byThread: map[int]*lane{}}
}

// take books a batch and returns the lane that appeared last in it, nil when
// none did. A lane that gets its session appears anew. spare is never dropped.
func (ls *lanes) take(b Batch, spare *lane) (appeared *lane) {
	ls.forgotten += b.Forgotten
	for _, e := range b.Entries {
		l, fresh := ls.laneOf(e)
		if fresh {
			appeared = l
		}
		before := len(l.lines)
		l.take(e)
		ls.kept += len(l.lines) - before
	}
	for _, a := range b.About {
		if l := ls.bySession[a.Session]; l != nil {
			l.about, l.state, l.verdict, l.text = a, a.State, a.Why, ""
		}
	}
	for _, f := range b.Findings {
		if l := ls.laneOfFinding(f); l != nil {
			l.found(f)
		}
	}
	ls.drop(spare, appeared)
	return appeared
}

// laneOf finds the lane of an entry, or makes it.
func (ls *lanes) laneOf(e Entry) (l *lane, fresh bool) {
	switch {
	case e.Session != "":
		if l := ls.bySession[e.Session]; l != nil {
			return l, false
		}
		first := ls.byThread[e.Thread]
		if first == nil || first.session != "" {
			l = ls.add(&lane{thread: e.Thread, since: e.At})
			if first != nil { // a link_token that is used again
				l.again = true
				if first.token != nil {
					l.keep(first.token)
					l.token = first.token
					ls.kept++
				}
			}
		} else { // the token's lane becomes the session's
			l = first
			l.since = e.At
			i := slices.Index(ls.all, l)
			ls.all = append(slices.Delete(ls.all, i, i+1), l)
		}
		l.session, l.text = e.Session, ""
		ls.bySession[e.Session] = l
		if ls.byThread[e.Thread] == nil && e.Thread != 0 {
			ls.byThread[e.Thread] = l
		}
		return l, true
	case e.Thread != 0:
		if l := ls.byThread[e.Thread]; l != nil {
			return l, false
		}
		l = ls.add(&lane{thread: e.Thread, since: e.At})
		ls.byThread[e.Thread] = l
		return l, true
	case ls.other == nil:
		ls.other = ls.add(&lane{other: true, since: e.At})
	}
	// Only the first thing that went wrong is a reason to look away from a session.
	return ls.other, e.Exchange != nil && ls.other.failure == nil && (e.Status == 0 || e.Status >= 400)
}

func (ls *lanes) add(l *lane) *lane {
	l.live = ls.live
	ls.all = append(ls.all, l)
	return l
}

// drop forgets the oldest lanes when there are too many, or too much in them.
func (ls *lanes) drop(spare ...*lane) {
	for i := 0; i < len(ls.all) && (len(ls.all) > maxLanes || ls.kept > maxKept); {
		l := ls.all[i]
		if l.other || slices.Contains(spare, l) {
			i++
			continue
		}
		ls.all = slices.Delete(ls.all, i, i+1)
		ls.kept -= len(l.lines)
		ls.gone++
		delete(ls.bySession, l.session)
		if ls.byThread[l.thread] == l {
			delete(ls.byThread, l.thread)
		}
	}
}

// count returns how many sessions there are, and how many tokens without one.
func (ls *lanes) count() (sessions, tokens int) {
	sessions = len(ls.bySession)
	tokens = len(ls.all) - sessions
	if ls.other != nil {
		tokens--
	}
	return sessions, tokens
}

// matches reports whether a lane has all words of a filter somewhere in what
// the list shows of it, or its link_session_id begins with them: anywhere in
// it a few digits are found by chance.
func (l *lane) matches(words []string) bool {
	if l.text == "" {
		_, stands := l.stands()
		l.text = strings.ToLower(strings.Join([]string{l.name(), stands, l.mistakes(), l.state, l.about.Persona, l.about.Template, l.about.Phone.String()}, " "))
	}
	for _, w := range words {
		if !strings.Contains(l.text, w) && !strings.HasPrefix(l.session, w) {
			return false
		}
	}
	return true
}
